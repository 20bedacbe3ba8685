import { sha256Hex } from "../../kernel/ids.ts";
import type { WebhookDelivery, WebhookListener, WebhookNews } from "../contract.ts";
import { plainId } from "./values.ts";

// What every kind of message to a webhook has in common, whoever wrote it. Messages carry no signature and may come twice,
// late or never: they only say which item to look at again.

export type Message = {
  /** In the sender's own word. */
  event: string;
  serverId: string | null;
  userId: string | null;
  itemId: string | null;
  itemType: string | null;
  show: string | null;
  season: number | null;
  number: number | null;
  title: string | null;
  /** What tells one viewing of the item from the next. */
  viewing: readonly unknown[];
  /** When it was sent, in the sender's words. */
  sentAt: string | null;
};

/** What a message claims, before it is known whether it may. */
export type Claim = { kind: "watched" | "changed" | "added" } | { reason: string };

/** What to say where a message lacks something, which depends on who writes it. */
export type Lacks = { server: string; user: string; item: string };

export const begun = "It has only begun. What counts is an episode watched to its end.";
export const goesOn = "It goes on. What counts is an episode watched to its end.";
export const pauses = "It only pauses. What counts is an episode watched to its end.";
export const leftEarly = "It was stopped before its end.";
export const unrelated = "It is not about what you have watched.";
export const ratings = "Ratings on the server stay there.";

export function unreadable(reason: string, event = "unreadable"): WebhookDelivery {
  return { event, title: null, fingerprint: sha256Hex("unreadable"), news: null, reason };
}

export function received(event: string): WebhookDelivery {
  const reason = "Test received: messages of this server arrive here.";
  return { event, title: null, fingerprint: sha256Hex("test"), news: null, reason, isTest: true };
}

export function deliveryOf(message: Message, claim: Claim, listener: WebhookListener, lacks: Lacks): WebhookDelivery {
  const verdict = judge(message, claim, listener, lacks);
  const isNobodys = "kind" in claim && claim.kind === "added" && message.userId === null;
  const isTheirs = isSame(message.serverId, listener.serverId) && isSame(message.userId, listener.account.id);
  const seen = {
    event: message.event.slice(0, 60),
    title: isTheirs || isNobodys ? titleOf(message) : null,
    fingerprint: fingerprintOf(message, claim),
  };
  return "reason" in verdict ? { ...seen, news: null, reason: verdict.reason } : { ...seen, news: verdict };
}

function judge(
  { serverId, userId, itemId, itemType }: Message,
  claim: Claim,
  { serverId: ours, account }: WebhookListener,
  lacks: Lacks,
): WebhookNews | { reason: string } {
  if (serverId !== null && !isSame(serverId, ours)) return { reason: "It is about another server." };
  if (userId !== null && !isSame(userId, account.id)) return { reason: "It is about another account." };
  if ("reason" in claim) return claim;
  if (serverId === null) return { reason: lacks.server };
  // That something has come to the server is nobody's doing; everything else is somebody's, and never guessed whose.
  if (userId === null && claim.kind !== "added") return { reason: lacks.user };
  const other = whyNoEpisode(itemType);
  if (other !== null) return { reason: other };
  if (itemId === null) return { reason: lacks.item };
  return claim.kind === "watched" ? { kind: "watched", itemId, viewCount: null } : { kind: claim.kind, itemId };
}

const isSame = (said: string | null, ours: string): boolean => said !== null && plainId(said) === plainId(ours);

/** A message that does not say what it is about may be about an episode: the server will tell. */
function whyNoEpisode(itemType: string | null): string | null {
  switch (itemType?.toLowerCase()) {
    case undefined:
    case "episode":
      return null;
    case "movie":
      return "Films are not tracked.";
    case "audio":
    case "musicalbum":
    case "musicartist":
    case "musicvideo":
      return "Music is not tracked.";
    case "season":
    case "series":
      return "Its episodes have messages of their own.";
    case "tvchannel":
    case "livetvchannel":
    case "program":
    case "livetvprogram":
      return "Live TV is not tracked.";
    case "trailer":
    case "video":
      return "Trailers and other extras are not tracked.";
    default:
      return "It is not about an episode.";
  }
}

function titleOf({ show, season, number, title }: Message): string | null {
  const place = season === null || number === null ? null : `S${season} E${number}`;
  const parts = [show, place, title].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" · ").slice(0, 300);
}

/** One viewing is told in several messages. A mark may be set, taken back and set again within a minute. */
function fingerprintOf({ event, serverId, userId, itemId, viewing, sentAt }: Message, claim: Claim): string {
  const isChange = "kind" in claim && claim.kind === "changed";
  return sha256Hex(JSON.stringify([event, serverId, userId, itemId, viewing, isChange ? sentAt : null]));
}
