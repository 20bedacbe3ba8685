import type { WebhookDelivery, WebhookListener } from "../contract.ts";
import { flag, number, plainId, text } from "../mediabrowser/values.ts";
import {
  begun,
  type Claim,
  deliveryOf,
  type Lacks,
  leftEarly,
  type Message,
  ratings,
  unrelated,
} from "../mediabrowser/webhooks.ts";

// Messages of the Webhook plugin: one flat object, as Send All Properties writes it or as a template may. In a template
// everything is text.

type Fields = Record<string, unknown>;

const field = (name: string) =>
  `Tick Send All Properties in the plugin's destination, or add "${name}": "{{${name}}}" to its template.`;

const lacks: Lacks = {
  server: `It does not say which server it comes from. ${field("ServerId")}`,
  user: `It does not say who. Choose your user under User Filter. ${field("UserId")}`,
  item: `It does not say which episode. ${field("ItemId")}`,
};

export function readFlat(fields: Fields, listener: WebhookListener): WebhookDelivery | null {
  const event = text(fields["NotificationType"]) ?? "";
  const saved = text(fields["SaveReason"]);
  // About every ten seconds while something plays.
  if (event === "PlaybackProgress" || saved === "PlaybackProgress" || saved === "PlaybackStart") return null;
  return deliveryOf(
    messageIn(fields, saved === null ? event : `${event}: ${saved}`),
    claimIn(fields, event, saved),
    listener,
    lacks,
  );
}

function messageIn(fields: Fields, event: string): Message {
  return {
    event,
    serverId: plainId(fields["ServerId"]),
    userId: plainId(fields["UserId"]),
    itemId: plainId(fields["ItemId"]),
    itemType: text(fields["ItemType"]),
    show: unescaped(fields["SeriesName"]),
    season: number(fields["SeasonNumber"]),
    number: number(fields["EpisodeNumber"]),
    title: unescaped(fields["Name"]),
    viewing: ["Played", "PlayCount", "LastPlayedDate", "PlayedToCompletion", "PlaybackPositionTicks"].map((name) =>
      text(String(fields[name] ?? "")),
    ),
    sentAt: text(fields["UtcTimestamp"]) ?? text(fields["Timestamp"]),
  };
}

function claimIn(fields: Fields, event: string, saved: string | null): Claim {
  switch (event) {
    case "PlaybackStop":
      return flag(fields["PlayedToCompletion"]) === true ? { kind: "watched" } : { reason: leftEarly };
    case "PlaybackStart":
      return { reason: begun };
    case "ItemAdded":
      return { kind: "added" };
    case "UserDataSaved":
      return savedClaim(fields, saved);
    default:
      return { reason: unrelated };
  }
}

function savedClaim(fields: Fields, saved: string | null): Claim {
  const played = flag(fields["Played"]);
  switch (saved) {
    case "PlaybackFinished":
      return played === true ? { kind: "watched" } : { reason: leftEarly };
    case "UpdateUserRating":
      return { reason: ratings };
    case "TogglePlayed":
    case "UpdateUserData":
      if (played === true || (played === false && isUnmarked(fields))) return { kind: "changed" };
      return { reason: played === null ? `It does not say whether it is watched. ${field("Played")}` : notWatched };
    case null:
      return { reason: `It does not say why it was saved. ${field("SaveReason")}` };
    default:
      return played === true ? { kind: "changed" } : { reason: notWatched };
  }
}

const notWatched = "It is not marked as watched.";

/** Whoever takes a mark away takes its count and date along; whoever begins to watch again leaves both. */
const isUnmarked = (fields: Fields): boolean =>
  (number(fields["PlayCount"]) ?? 0) === 0 && text(fields["LastPlayedDate"]) === null;

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The plugin puts a backslash before quotation marks, and its templates write for web pages. */
function unescaped(value: unknown): string | null {
  const said = text(value)
    ?.replaceAll('\\"', '"')
    .replace(/&(?:#x([0-9a-f]{1,5})|#(\d{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
      if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
  return said ?? null;
}
