import { sha256Hex } from "../../kernel/ids.ts";
import type { WebhookDelivery, WebhookListener, WebhookNews, Webhooks } from "../contract.ts";
import { asBool, asNumber, isRecord } from "../loose.ts";
import type { PlexDeps } from "./config.ts";
import { isExtra, words } from "./mapper.ts";
import { type Row, readRow } from "./rows.ts";
import { type WebhookPayload, webhookSchema } from "./schemas.ts";
import { plexWebhookGuide } from "./webhook-guide.ts";
import { createWebhookRegistry } from "./webhook-registry.ts";

// Deliveries carry no signature and may come twice, late or never: they only say which item to look at again.

export function createPlexWebhooks(deps: PlexDeps): Webhooks {
  return { read: readWebhook, guide: plexWebhookGuide, registry: createWebhookRegistry(deps) };
}

type Verdict = { news: WebhookNews } | { reason: string };

const strangers = "It is about another account.";

/** Why events are left alone that are no news to a tracker. */
const unused: Readonly<Record<string, string>> = {
  "media.play": "It has only begun. What counts is an episode watched to its end.",
  "media.resume": "It goes on. What counts is an episode watched to its end.",
  "media.pause": "It only pauses. What counts is an episode watched to its end.",
  "media.stop": "It was stopped. An episode watched to its end has a message of its own.",
};

export function readWebhook(body: unknown, listener: WebhookListener): WebhookDelivery {
  const read = webhookSchema.safeParse(payloadOf(body));
  const row = read.success ? readRow(read.data.Metadata) : null;
  if (!read.success || row === null) {
    const reason = "It is not a message of Plex or Tautulli.";
    return { event: "unreadable", title: null, fingerprint: sha256Hex("unreadable"), news: null, reason };
  }
  const payload = read.data;
  const verdict = judge(payload, row, listener);
  const isStrange = "reason" in verdict && verdict.reason === strangers;
  const seen = {
    event: payload.event.slice(0, 60),
    title: isStrange ? null : titleOf(row),
    fingerprint: fingerprintOf(payload, row),
  };
  return "news" in verdict ? { ...seen, news: verdict.news } : { ...seen, news: null, reason: verdict.reason };
}

/** In a form it is JSON under the name `payload`; Tautulli and others send it as it is. */
function payloadOf(body: unknown): unknown {
  if (!isRecord(body) || !("payload" in body)) return body;
  const { payload } = body;
  if (typeof payload !== "string") return payload;
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}

function judge(payload: WebhookPayload, row: Row, listener: WebhookListener): Verdict {
  if (isOfAnotherServer(payload, listener)) return { reason: "It is about another server." };
  switch (payload.event) {
    case "media.scrobble":
      return isTheirs(payload, listener) ? scrobbled(row) : { reason: strangers };
    case "media.rate":
      return isTheirs(payload, listener) ? rated(payload, row) : { reason: strangers };
    case "library.new":
      return added(row);
    default: {
      if (payload.event.startsWith("media.") && !isTheirs(payload, listener)) return { reason: strangers };
      return { reason: unused[payload.event] ?? "It is not about what you have watched." };
    }
  }
}

function scrobbled(row: Row): Verdict {
  const reason = whyNoEpisode(row);
  if (reason !== null) return { reason };
  if (row.ratingKey === undefined) return { reason: "It does not say which episode." };
  return { news: { kind: "watched", itemId: row.ratingKey, viewCount: row.viewCount ?? null } };
}

function rated(payload: WebhookPayload, row: Row): Verdict {
  if (row.type !== "show") return { reason: "Only ratings of whole shows are kept here." };
  if (row.ratingKey === undefined) return { reason: "It does not say which show." };
  const rating = asNumber(payload.rating ?? payload.Metadata["userRating"]);
  if (rating !== undefined && rating <= 0) return { reason: "A rating that is taken back in Plex stays here." };
  return { news: { kind: "rated", itemId: row.ratingKey } };
}

function added(row: Row): Verdict {
  if (row.type === "show" || row.type === "season") {
    return { reason: "Shows and seasons that were added as a whole come with the next full sync." };
  }
  const reason = whyNoEpisode(row);
  if (reason !== null) return { reason };
  if (row.ratingKey === undefined) return { reason: "It does not say which episode." };
  return { news: { kind: "added", itemId: row.ratingKey } };
}

function whyNoEpisode(row: Row): string | null {
  if (row.live === true || row.key?.startsWith("/livetv") || row.guid?.startsWith("tv.plex.xmltv")) {
    return "Live TV is not tracked.";
  }
  if (isExtra(row) || row.type === "clip") return "Trailers and other extras are not tracked.";
  switch (row.type) {
    case "episode":
      return null;
    case "movie":
      return "Films are not tracked.";
    case "track":
    case "album":
    case "artist":
      return "Music is not tracked.";
    default:
      return "It is not about an episode.";
  }
}

/** Tautulli has a name where Plex says whether it is the hook owner's own doing. */
function tautulliName({ user }: WebhookPayload): string | null {
  return typeof user === "string" && asBool(user) === undefined ? user : null;
}

function isOfAnotherServer(payload: WebhookPayload, listener: WebhookListener): boolean {
  const uuid = words(payload.Server.uuid);
  // Tautulli watches the one server it was set up for, and people leave out what their template does not need.
  if (uuid === null) return tautulliName(payload) === null;
  return uuid !== listener.serverId;
}

/**
 * By the id of plex.tv; older servers call their owner 1. Names change and exist twice, so they count only where there is
 * no id: in messages of Tautulli, whose templates put anything there.
 */
function isTheirs(payload: WebhookPayload, { account, owned }: WebhookListener): boolean {
  const id = words(payload.Account.id);
  const name = tautulliName(payload);
  if (id !== null && id === account.id) return true;
  if (name !== null) return isNamed(name, account);
  if (id !== null && id !== "0") return id === "1" && owned;
  return isNamed(payload.Account.title, account);
}

function isNamed(name: string | undefined, { username, email }: WebhookListener["account"]): boolean {
  const said = name?.trim().toLowerCase();
  if (said === undefined || said === "") return false;
  return said === username.toLowerCase() || said === email?.toLowerCase();
}

function titleOf(row: Row): string | null {
  const [show, title] = [words(row.grandparentTitle), words(row.title)];
  const { parentIndex, index } = row;
  const number = parentIndex === undefined || index === undefined ? null : `S${parentIndex} E${index}`;
  const parts = [show, number, title].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" · ").slice(0, 300);
}

/** What tells one piece of news from the next about the same item. */
function fingerprintOf(payload: WebhookPayload, row: Row): string {
  const { event, Account, Server, Metadata, rating, user } = payload;
  const who = [Account.id, Account.title, typeof user === "string" ? user : undefined, Server.uuid];
  const what = [row.ratingKey, row.guid, row.viewCount, row.viewOffset, row.lastViewedAt];
  return sha256Hex(JSON.stringify([event, who, what, rating, Metadata["lastRatedAt"], Metadata["addedAt"]]));
}
