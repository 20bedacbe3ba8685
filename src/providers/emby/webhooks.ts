import type { WebhookDelivery, WebhookListener, Webhooks } from "../contract.ts";
import { isRecord } from "../loose.ts";
import { flag, number, plainId, recordIn, text } from "../mediabrowser/values.ts";
import {
  begun,
  type Claim,
  deliveryOf,
  goesOn,
  type Lacks,
  leftEarly,
  type Message,
  pauses,
  ratings,
  received,
  unreadable,
  unrelated,
} from "../mediabrowser/webhooks.ts";
import { embyWebhookGuide } from "./webhook-guide.ts";

export function createEmbyWebhooks(): Webhooks {
  return { read: readWebhook, guide: embyWebhookGuide };
}

type Fields = Record<string, unknown>;

const tests = ["system.notificationtest", "system.webhooktest"];

const lacks: Lacks = {
  server: "It does not say which server it comes from.",
  user: "It does not say who. In Emby's webhook, select your user under Limit user events to.",
  item: "It does not say which episode.",
};

export function readWebhook(body: unknown, listener: WebhookListener): WebhookDelivery {
  // Up to 4.9 a test has no text at all.
  if (body === "") return received("test");
  const fields = payloadOf(body);
  const event = isRecord(fields) ? text(fields["Event"]) : null;
  if (!isRecord(fields) || event === null) return unreadable("It is not a message of Emby.");
  if (tests.includes(event)) return received(event);
  return deliveryOf(messageIn(fields, event), claimIn(fields, event), listener, lacks);
}

/** In a form it is JSON under the name `data`. */
function payloadOf(body: unknown): unknown {
  if (!isRecord(body) || typeof body["data"] !== "string") return body;
  try {
    return JSON.parse(body["data"]);
  } catch {
    return null;
  }
}

function messageIn(fields: Fields, event: string): Message {
  const item = recordIn(fields["Item"]);
  const info = recordIn(fields["PlaybackInfo"]);
  return {
    event,
    serverId: plainId(recordIn(fields["Server"])["Id"]),
    userId: plainId(recordIn(fields["User"])["Id"]),
    itemId: plainId(item["Id"]),
    itemType: text(item["Type"]),
    show: text(item["SeriesName"]),
    season: number(item["ParentIndexNumber"]),
    number: number(item["IndexNumber"]),
    title: text(item["Name"]),
    viewing: [info["PlayedToCompletion"], info["PositionTicks"]],
    sentAt: text(fields["Date"]),
  };
}

/** The session already plays the next episode by the time the end of one is told: nothing is taken from there. */
function claimIn(fields: Fields, event: string): Claim {
  switch (event) {
    case "playback.stop":
      return flag(recordIn(fields["PlaybackInfo"])["PlayedToCompletion"]) === true
        ? { kind: "watched" }
        : { reason: leftEarly };
    case "playback.scrobble":
      return { kind: "watched" };
    case "item.markplayed":
    case "item.markunplayed":
      return { kind: "changed" };
    case "library.new":
      return { kind: "added" };
    case "playback.start":
      return { reason: begun };
    case "playback.unpause":
      return { reason: goesOn };
    case "playback.pause":
      return { reason: pauses };
    case "item.rate":
      return { reason: ratings };
    default:
      return { reason: unrelated };
  }
}
