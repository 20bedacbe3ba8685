import type { WebhookDelivery, WebhookListener, Webhooks } from "../contract.ts";
import { isRecord } from "../loose.ts";
import { text } from "../mediabrowser/values.ts";
import { unreadable } from "../mediabrowser/webhooks.ts";
import { readFlat } from "./webhook-flat.ts";
import { jellyfinWebhookGuide } from "./webhook-guide.ts";
import { readNested } from "./webhook-nested.ts";

export function createJellyfinWebhooks(): Webhooks {
  return { read: readWebhook, guide: jellyfinWebhookGuide };
}

const sendAll = "tick Send All Properties in the plugin's destination";

/** Two plugins write here, one of them in whatever words its administrator has put into a template. */
export function readWebhook(body: unknown, listener: WebhookListener): WebhookDelivery | null {
  const message = typeof body === "string" ? mended(body) : body;
  if (isRecord(message)) {
    if (typeof message["Event"] === "string" && isRecord(message["Item"])) return readNested(message, listener);
    if (text(message["NotificationType"]) !== null) return readFlat(message, listener);
    return unreadable(
      `It does not say what has happened. A template needs "NotificationType": "{{NotificationType}}"; or ${sendAll}.`,
    );
  }
  if (typeof body !== "string") return unreadable("It is not a message of Jellyfin's Webhook plugin.");
  if (body.trim() === "") return unreadable(`It was empty. The template has no text: ${sendAll}.`);
  return unreadable(
    `Its text is not valid JSON: often a comma or a quotation mark is missing in the template. Correct the template, or ${sendAll}.`,
    eventIn(body),
  );
}

/** A template puts descriptions in as they are; their line breaks may not stand in JSON. */
function mended(body: string): unknown {
  try {
    return JSON.parse(body.replace(/\p{Cc}+/gu, " "));
  } catch {
    return null;
  }
}

const eventIn = (body: string): string => /"NotificationType"\s*:\s*"(\w{1,60})"/.exec(body)?.[1] ?? "unreadable";
