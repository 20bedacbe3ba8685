import type { Db } from "../../db/open.ts";
import {
  closeMarks,
  type DueWish,
  dateMark,
  dropOverdue,
  dueWishes,
  endWish,
  forgetMark,
  forgetUnseenMarks,
  itemsToPush,
  letInFrom,
  noteSending,
  noteView,
  type PushedMark,
  type PushItem,
  postponeWish,
  pushedMarksOf,
  savePushedMark,
} from "../../db/repos/pushes.ts";
import { tx } from "../../db/tx.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import { viewWithoutOwn } from "../../domain/own-marks.ts";
import type { ViewState } from "../../domain/plays.ts";
import { type PushStep, pushStep, wishStep } from "../../domain/push.ts";
import { mapLimit } from "../../kernel/async.ts";
import type { Clock } from "../../kernel/clock.ts";
import { AppError, hasCode, toAppError } from "../../kernel/errors.ts";
import type { EpisodeItem, MediaServer } from "../../providers/contract.ts";
import type { Contact } from "../sync/contact.ts";
import { isLeftOut, stateOf, unsettled } from "../sync/item-state.ts";
import { patienceMs } from "./patience.ts";

/** A home server also has films to stream. */
const atOnce = 2;
const pauseMs = 50;
const wishesAtOnce = 100;
const mostIdsAtOnce = 100;
/** Somebody is watching it. */
const laterMs = 5 * MINUTE_MS;
/** A server that says no so often means it. */
const mostRefusals = 5;

export type DeliveryOptions = {
  db: Db;
  clock: Clock;
  integrationId: number;
  userId: number;
  contact: Contact;
  signal: AbortSignal;
};

type Copy = {
  item: PushItem;
  /** As the server shows it; undefined: it does not. */
  seen: EpisodeItem | undefined;
  /** Our own mark that stands on it. */
  own: PushedMark | undefined;
  step: PushStep;
  /** How sending ended; null: it was not tried. */
  sent: { mark: SentMark | null; error: AppError | null } | null;
};

/** A mark in the ledger, and when it was sent. */
type SentMark = Pick<PushedMark, "id" | "at">;

type Delivery = { wish: DueWish; copies: Copy[] };

/**
 * One round: looks at the items first, sends what differs, and looks again at what was sent, so that the server's own date
 * and count of our mark are known. Whatever stops it in between, the next round finds out by looking. Returns how many
 * wishes it had to do with.
 */
export async function deliver(options: DeliveryOptions): Promise<number> {
  const { db, clock, integrationId, userId, contact, signal } = options;
  dropOverdue(db, integrationId, userId);
  const wishes = dueWishes(db, integrationId, clock.now(), wishesAtOnce);
  if (wishes.length === 0) return 0;
  const items = itemsToPush(
    db,
    integrationId,
    wishes.map(({ episodeId }) => episodeId),
  );
  const { from, seen } = await contact.first(async (server) => {
    if (!contact.isKnown()) await contact.identify(server);
    return { from: server, seen: await look(server, items, signal) };
  });
  const { setWatched } = from;
  if (setWatched === undefined) throw new AppError("unsupported", "This server takes no marks from outside.");
  const deliveries = plan(options, wishes, items, seen);
  settleUnsent(options, deliveries);
  const open = deliveries.filter(({ copies }) => wishStep(copies.map(({ step }) => step)) === "send");
  const letters = open.flatMap(({ wish, copies }) =>
    copies.flatMap((copy) => (copy.step === "send" ? [{ wish, copy }] : [])),
  );
  let isAway = false;
  await mapLimit(letters, atOnce, async ({ wish, copy }) => {
    // Each of the others would wait as long for nothing.
    if (isAway) return;
    await send(options, setWatched, wish, copy);
    isAway ||= hasCode(copy.sent?.error, "unreachable", "rate-limited", "auth-expired");
    await clock.sleep(pauseMs, signal);
  });
  const after = await look(
    from,
    letters.flatMap(({ copy }) => (copy.sent?.error === null ? [copy.item] : [])),
    signal,
  );
  tx(db, () => {
    for (const delivery of open) settleSent(options, delivery, after);
  });
  return wishes.length;
}

async function look(
  server: MediaServer,
  items: readonly PushItem[],
  signal: AbortSignal,
): Promise<Map<string, EpisodeItem>> {
  const seen = new Map<string, EpisodeItem>();
  for (let at = 0; at < items.length; at += mostIdsAtOnce) {
    const ids = items.slice(at, at + mostIdsAtOnce).map(({ itemId }) => itemId);
    for (const item of await server.episodesById(ids, signal)) seen.set(item.itemId, item);
  }
  return seen;
}

const viewOf = ({ viewCount, viewOffsetMs, lastViewedAt }: EpisodeItem): ViewState => ({
  viewCount,
  viewOffset: viewOffsetMs,
  lastViewedAt,
});

function plan(
  { db, clock, integrationId, userId }: DeliveryOptions,
  wishes: readonly DueWish[],
  items: readonly PushItem[],
  seen: ReadonlyMap<string, EpisodeItem>,
): Delivery[] {
  const now = clock.now();
  const unwatched = [...seen.values()].flatMap(({ itemId, viewCount }) => (viewCount === 0 ? [itemId] : []));
  if (unwatched.length > 0) forgetUnseenMarks(db, integrationId, unwatched);
  const episodeIds = wishes.map(({ episodeId }) => episodeId);
  const { standing } = pushedMarksOf(db, { userId, integrationId, episodeIds });
  const byEpisode = Map.groupBy(items, ({ episodeId }) => episodeId);
  return wishes.map((wish) => ({
    wish,
    copies: (byEpisode.get(wish.episodeId) ?? []).map((item): Copy => {
      const found = seen.get(item.itemId);
      const marks = standing.filter(({ episodeId }) => episodeId === wish.episodeId);
      const own = marks.find((mark) => mark.integrationId === integrationId && mark.itemId === item.itemId);
      if (found === undefined) return { item, seen: found, own, step: "already", sent: null };
      const view = viewOf(found);
      const others = viewWithoutOwn(view, own, marks);
      const step = pushStep({ ...wish, view, others, known: item, now });
      return { item, seen: found, own, step, sent: null };
    }),
  }));
}

/** Wishes for which there is nothing to send. */
function settleUnsent(options: DeliveryOptions, deliveries: readonly Delivery[]): void {
  const { db, clock, integrationId } = options;
  const now = clock.now();
  tx(db, () => {
    for (const { wish, copies } of deliveries) {
      const there = copies.filter(({ seen }) => seen !== undefined);
      const step = wishStep(copies.map((copy) => copy.step));
      if (there.length === 0) endWish(db, integrationId, wish, "gone", now);
      else if (step === "later") postponeWish(db, integrationId, wish, { until: now + laterMs, failed: null });
      else if (step === "newer") {
        for (const copy of there.filter((each) => each.step === "newer")) letIn(options, wish, copy);
        endWish(db, integrationId, wish, "newer", now);
      } else if (step === "already") {
        const arrived = wish.sentAt !== null && there.map((copy) => arrivedBefore(options, wish, copy)).some(Boolean);
        for (const copy of there) noteUnread(options, copy);
        endWish(db, integrationId, wish, arrived ? "sent" : "already", now);
      }
    }
  });
}

/** During an open playback the date is not that of the viewing. */
function letIn({ db, userId }: DeliveryOptions, { episodeId }: DueWish, { seen }: Copy): void {
  letInFrom(db, userId, episodeId, seen === undefined || seen.viewOffsetMs > 0 ? null : seen.lastViewedAt);
}

/** It had been sent, and nobody saw whether it came through: now it shows. */
function arrivedBefore(options: DeliveryOptions, wish: DueWish, { item, seen, own }: Copy): boolean {
  if (seen === undefined) return false;
  if (wish.wanted === "unwatched") {
    if (item.viewCount > 0) noteUnwatched(options, seen);
    return item.viewCount > 0;
  }
  if (own === undefined || own.seenAs !== null || viewWithoutOwn(viewOf(seen), own).viewCount > 0) return false;
  noteWatched(options, own, seen);
  return true;
}

/** It was watched there before any reading of it: the next one reads it, or finds it unmarked since. */
function noteUnread({ db, clock, integrationId }: DeliveryOptions, { item, seen, own }: Copy): void {
  if (seen === undefined || seen.viewCount < 1 || item.viewCount > 0 || own !== undefined) return;
  if (isLeftOut(item.state)) return;
  const { viewCount } = seen;
  const { lastViewedAt, state } = item;
  noteView(db, integrationId, item.itemId, { viewCount, lastViewedAt, state: unsettled(state), seenAt: clock.now() });
}

async function send(
  { db, clock, integrationId, signal }: DeliveryOptions,
  setWatched: NonNullable<MediaServer["setWatched"]>,
  wish: DueWish,
  copy: Copy,
): Promise<void> {
  const { item, seen } = copy;
  const watched = wish.wanted === "watched";
  const at = clock.now();
  const begun = tx(db, () => {
    if (!noteSending(db, integrationId, wish, at)) return null;
    if (!watched) return { mark: null };
    const viewCount = (seen?.viewCount ?? 0) + 1;
    const id = savePushedMark(db, { integrationId, itemId: item.itemId, episodeId: wish.episodeId, at, viewCount });
    return { mark: { id, at } };
  });
  // The user has changed their mind.
  if (begun === null) return;
  const { mark } = begun;
  try {
    await setWatched(item.itemId, watched, { at: wish.watchedAt }, signal);
    copy.sent = { mark, error: null };
  } catch (thrown) {
    const error = toAppError(thrown);
    // Anything but a refusal may have arrived all the same.
    if (mark !== null && !hasCode(error, "unreachable", "cancelled", "internal")) forgetMark(db, mark.id);
    if (error.code === "cancelled") throw error;
    copy.sent = { mark, error };
  }
}

function settleSent(
  options: DeliveryOptions,
  { wish, copies }: Delivery,
  after: ReadonlyMap<string, EpisodeItem>,
): void {
  const { db, clock, integrationId } = options;
  const now = clock.now();
  const wanted = copies.filter(({ step }) => step === "send");
  const sent = wanted.filter((copy) => copy.sent !== null);
  for (const copy of sent) noteSent(options, wish, copy, after.get(copy.item.itemId));
  // The server went away, or the user has changed their mind: the rest is for the next round.
  if (sent.length < wanted.length) return;
  const failure = sent.flatMap(({ sent: ended }) => ended?.error ?? []).find(({ code }) => code !== "not-found");
  if (failure !== undefined && hasCode(failure, "bad-answer", "unsupported") && wish.attempts >= mostRefusals) {
    endWish(db, integrationId, wish, "refused", now);
    return;
  }
  if (failure !== undefined) {
    const until = now + patienceMs(wish.attempts, failure.retryAfterMs);
    postponeWish(db, integrationId, wish, { until, failed: failure.message });
    return;
  }
  const isGone = sent.every(({ sent: ended }) => ended?.error !== null);
  endWish(db, integrationId, wish, isGone ? "gone" : "sent", now);
}

function noteSent(options: DeliveryOptions, wish: DueWish, copy: Copy, seen: EpisodeItem | undefined): void {
  if (seen === undefined || copy.sent === null || copy.sent.error !== null) return;
  if (wish.wanted === "unwatched") {
    if (seen.viewCount === 0) noteUnwatched(options, seen);
    return;
  }
  const { mark } = copy.sent;
  const viewCount = (copy.seen?.viewCount ?? 0) + 1;
  // Watched in the same moment: that viewing is for the next reading to find.
  if (mark !== null && seen.viewCount === viewCount) noteWatched(options, mark, seen);
}

/** During an open playback the date is not that of our mark. */
function noteWatched(options: DeliveryOptions, mark: SentMark, seen: EpisodeItem): void {
  dateMark(options.db, mark.id, seen.viewOffsetMs > 0 ? mark.at : seen.lastViewedAt);
  note(options, seen);
}

function noteUnwatched(options: DeliveryOptions, seen: EpisodeItem): void {
  closeMarks(options.db, options.integrationId, [seen.itemId]);
  note(options, seen);
}

/** What the server shows now is our own doing: the next reading has nothing to find. */
function note({ db, clock, integrationId }: DeliveryOptions, seen: EpisodeItem): void {
  const { itemId, viewCount, lastViewedAt } = seen;
  noteView(db, integrationId, itemId, { viewCount, lastViewedAt, state: stateOf(seen, null), seenAt: clock.now() });
}
