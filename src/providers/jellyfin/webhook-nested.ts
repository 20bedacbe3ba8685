import type { WebhookDelivery, WebhookListener } from "../contract.ts";
import { flag, number, plainId, recordIn, text } from "../mediabrowser/values.ts";
import {
  begun,
  type Claim,
  deliveryOf,
  goesOn,
  type Lacks,
  leftEarly,
  pauses,
  ratings,
  unrelated,
} from "../mediabrowser/webhooks.ts";

// Messages of the unofficial plugin, Webhooks: the server's own objects, one inside the other.

type Fields = Record<string, unknown>;

const choose = "Choose the format Default in the plugin's settings.";

const lacks: Lacks = {
  server: `It does not say which server it comes from. ${choose}`,
  user: `It does not say who. ${choose}`,
  item: `It does not say which episode. ${choose}`,
};

export function readNested(fields: Fields, listener: WebhookListener): WebhookDelivery | null {
  const event = text(fields["Event"]) ?? "unreadable";
  // Every few seconds while something plays.
  if (event === "Progress") return null;
  const item = recordIn(fields["Item"]);
  const data = recordIn(item["UserData"]);
  const message = {
    event,
    serverId: plainId(recordIn(fields["Server"])["Id"]),
    userId: plainId(recordIn(fields["User"])["Id"]),
    itemId: plainId(item["Id"]),
    itemType: text(item["Type"]),
    show: text(item["SeriesName"]) ?? text(recordIn(fields["Series"])["Name"]),
    season: number(item["ParentIndexNumber"]),
    number: number(item["IndexNumber"]),
    title: text(item["Name"]),
    viewing: [data["Played"], data["PlayCount"], data["LastPlayedDate"]],
    sentAt: null,
  };
  return deliveryOf(message, claimOf(event, flag(data["Played"])), listener, lacks);
}

function claimOf(event: string, played: boolean | null): Claim {
  switch (event) {
    case "Scrobble":
      return { kind: "watched" };
    case "Stop":
      return played === true ? { kind: "watched" } : { reason: leftEarly };
    case "MarkPlayed":
    case "MarkUnplayed":
      return { kind: "changed" };
    case "ItemAdded":
      return { kind: "added" };
    case "Play":
      return { reason: begun };
    case "Resume":
      return { reason: goesOn };
    case "Pause":
      return { reason: pauses };
    case "Rate":
      return { reason: ratings };
    default:
      return { reason: unrelated };
  }
}
