import type { Db } from "../../db/open.ts";
import {
  closeMarks,
  closeUnseenMarks,
  type DueWish,
  dateMark,
  dropOverdue,
  dueWishes,
  endWish,
  forgetMark,
  isStillWished,
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
import { type Instant, MINUTE_MS } from "../../domain/instant.ts";
import { wholeItemId } from "../../domain/item-part.ts";
import { isOwnMark, type OwnMark, viewWithoutOwn } from "../../domain/own-marks.ts";
import type { ViewState } from "../../domain/plays.ts";
import { type PushStep, pushStep, wishStep } from "../../domain/push.ts";
import { mapLimit } from "../../kernel/async.ts";
import type { Clock } from "../../kernel/clock.ts";
import { AppError, hasCode, toAppError } from "../../kernel/errors.ts";
import type { EpisodeItem, MediaServer, ProviderManifest } from "../../providers/contract.ts";
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
  capabilities: Pick<ProviderManifest["capabilities"], "pushDates" | "datesBeginning">;
  /** The user wants the dates of plays sent. */
  sendsDates: boolean;
  contact: Contact;
  signal: AbortSignal;
};

/** An episode in a file of the server. */
type Part = {
  item: PushItem;
  /** As the server shows it; undefined: it does not. */
  seen: EpisodeItem | undefined;
  /** Our own mark that stands on it. */
  own: PushedMark | undefined;
};

type Copy = Part & {
  /** All that the server shows of the same file, this one too: nearly always it alone. */
  file: Part[];
  step: PushStep;
  /** How sending ended; null: it was not tried. */
  sent: Sent | null;
};

/** The marks in the ledger by item, and what went wrong. */
type Sent = { marks: ReadonlyMap<string, SentMark>; error: AppError | null };

type SentMark = OwnMark & { id: number };

type Delivery = { wish: DueWish; copies: Copy[] };

/** What a server is asked once: it has one mark for all episodes of a file. */
type Letter = { itemId: string; watched: boolean; file: Part[]; wishes: DueWish[]; copies: Copy[] };

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
  const episodeIds = wishes.map(({ episodeId }) => episodeId);
  const items = itemsToPush(db, { userId, integrationId, episodeIds });
  const { from, seen } = await contact.first(async (server) => {
    if (!contact.isKnown()) await contact.identify(server);
    return { from: server, seen: await look(server, items, signal) };
  });
  const { setWatched } = from;
  if (setWatched === undefined) throw new AppError("unsupported", "This server takes no marks from outside.");
  const deliveries = plan(options, wishes, items, seen);
  await spareViewers(from, deliveries, signal);
  settleUnsent(options, deliveries);
  const open = deliveries.filter(({ copies }) => wishStep(copies.map(({ step }) => step)) === "send");
  const letters = lettersOf(open);
  let isAway = false;
  await mapLimit(letters, atOnce, async (letter) => {
    // Each of the others would wait as long for nothing.
    if (isAway) return;
    const error = await send(options, setWatched, letter);
    isAway ||= hasCode(error, "unreachable", "rate-limited", "auth-expired");
    await clock.sleep(pauseMs, signal);
  });
  const after = await look(
    from,
    letters.flatMap(({ copies, file }) =>
      copies.some(({ sent }) => sent?.error === null) ? file.map(({ item }) => item) : [],
    ),
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
  const files = [...new Set(items.map(({ itemId }) => wholeItemId(itemId)))];
  for (let at = 0; at < files.length; at += mostIdsAtOnce) {
    for (const item of await server.episodesById(files.slice(at, at + mostIdsAtOnce), signal))
      seen.set(item.itemId, item);
  }
  return seen;
}

/** The next report of a player would undo a mark: what is being watched right now is left alone. */
async function spareViewers(
  { news }: MediaServer,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<void> {
  const sending = deliveries.flatMap(({ copies }) => copies.filter(({ step }) => step === "send"));
  if (news === undefined || sending.length === 0) return;
  const playing = await beingPlayed(news, signal);
  for (const copy of sending) if (playing.has(wholeItemId(copy.item.itemId))) copy.step = "later";
}

/** Nothing where the account may not ask; a server that is in trouble says so when the mark is sent. */
async function beingPlayed(news: NonNullable<MediaServer["news"]>, signal: AbortSignal): Promise<Set<string>> {
  try {
    const sessions = await news.sessions(signal);
    return new Set(sessions.flatMap(({ own, itemId }) => (own ? wholeItemId(itemId) : [])));
  } catch (error) {
    if (hasCode(error, "cancelled")) throw error;
    return new Set();
  }
}

function lettersOf(deliveries: readonly Delivery[]): Letter[] {
  const letters = new Map<string, Letter>();
  for (const { wish, copies } of deliveries) {
    for (const copy of copies.filter(({ step }) => step === "send")) {
      const itemId = wholeItemId(copy.item.itemId);
      const there = letters.get(itemId);
      const letter = there ?? { itemId, watched: wish.wanted === "watched", file: copy.file, wishes: [], copies: [] };
      letter.wishes.push(wish);
      letter.copies.push(copy);
      letters.set(itemId, letter);
    }
  }
  return [...letters.values()];
}

const viewOf = ({ viewCount, viewOffsetMs, lastViewedAt }: EpisodeItem): ViewState => ({
  viewCount,
  viewOffset: viewOffsetMs,
  lastViewedAt,
});

function plan(
  options: DeliveryOptions,
  wishes: readonly DueWish[],
  items: readonly PushItem[],
  seen: ReadonlyMap<string, EpisodeItem>,
): Delivery[] {
  const { db, integrationId, userId } = options;
  const unwatched = [...seen.values()].flatMap(({ itemId, viewCount }) => (viewCount === 0 ? [itemId] : []));
  if (unwatched.length > 0) closeUnseenMarks(db, integrationId, unwatched);
  const episodeIds = [...new Set(items.map(({ episodeId }) => episodeId))];
  const marks = Map.groupBy(
    pushedMarksOf(db, { userId, integrationId, episodeIds }).standing,
    ({ episodeId }) => episodeId,
  );
  const parts = items.map((item): Part => {
    const own = marks.get(item.episodeId)?.find((mark) => isOn(mark, integrationId, item));
    return { item, seen: seen.get(item.itemId), own };
  });
  const byEpisode = Map.groupBy(parts, ({ item }) => item.episodeId);
  const byFile = Map.groupBy(
    parts.filter((part) => part.seen !== undefined),
    ({ item }) => wholeItemId(item.itemId),
  );
  return wishes.map((wish) => ({
    wish,
    copies: (byEpisode.get(wish.episodeId) ?? []).map((part): Copy => {
      const file = byFile.get(wholeItemId(part.item.itemId)) ?? [];
      const step = stepFor(options, wish, part, { file, marks: marks.get(wish.episodeId) ?? [] });
      return { ...part, file, step, sent: null };
    }),
  }));
}

const isOn = (mark: PushedMark, integrationId: number, { itemId }: PushItem): boolean =>
  mark.integrationId === integrationId && mark.itemId === itemId;

function stepFor(
  { clock, capabilities }: DeliveryOptions,
  wish: DueWish,
  { item, seen, own }: Part,
  { file, marks }: { file: readonly Part[]; marks: readonly PushedMark[] },
): PushStep {
  if (seen === undefined) return "already";
  const view = viewOf(seen);
  return pushStep({
    ...wish,
    view,
    others: viewWithoutOwn(view, own, marks),
    known: item,
    now: clock.now(),
    begunAnew: seen.begunAnew,
    lastsMs: capabilities.datesBeginning ? (seen.durationMs ?? 0) : 0,
    mates: file.flatMap((each) => (each.item.episodeId === item.episodeId ? [] : each.item.isWatched)),
  });
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
        for (const copy of there) noteUnread(options, wish, copy);
        endWish(db, integrationId, wish, arrived ? "sent" : "already", now);
      } else if (step === "part") endWish(db, integrationId, wish, "part", now);
    }
  });
}

/**
 * What was set there after the wish is somebody else's, however much it looks like the mark that was ours before. During an
 * open playback the date is not that of the viewing.
 */
function letIn({ db, userId, integrationId }: DeliveryOptions, { episodeId }: DueWish, { item, seen }: Copy): void {
  closeMarks(db, integrationId, [item.itemId]);
  letInFrom(db, userId, episodeId, seen === undefined || seen.viewOffsetMs > 0 ? null : seen.lastViewedAt);
}

/** It had been sent, and nobody saw whether it came through: now it shows. */
function arrivedBefore(options: DeliveryOptions, wish: DueWish, { item, file }: Copy): boolean {
  if (wish.wanted === "unwatched") {
    for (const part of file) if (part.item.viewCount > 0) noteUnwatched(options, part.seen);
    return item.viewCount > 0;
  }
  return file.map((part) => hasArrived(options, part)).some(Boolean);
}

function hasArrived(options: DeliveryOptions, { seen, own }: Part): boolean {
  if (seen === undefined || own === undefined || own.seenAs !== null) return false;
  if (viewWithoutOwn(viewOf(seen), own).viewCount > 0) return false;
  noteWatched(options, own, seen);
  return true;
}

/**
 * It was watched there before any reading of it: the next one reads it, or finds it unmarked since. Or it has lost its mark
 * to somebody who began to watch it again, which no reading takes for an unmark.
 */
function noteUnread(options: DeliveryOptions, { wanted }: DueWish, { item, seen, own }: Copy): void {
  if (seen === undefined || isLeftOut(item.state)) return;
  if (wanted === "unwatched" && seen.begunAnew && item.viewCount > 0) noteUnwatched(options, seen);
  if (seen.viewCount < 1 || item.viewCount > 0 || own !== undefined) return;
  const { db, clock, integrationId } = options;
  const { viewCount } = seen;
  const { lastViewedAt, state } = item;
  noteView(db, integrationId, item.itemId, { viewCount, lastViewedAt, state: unsettled(state), seenAt: clock.now() });
}

/** Returns what went wrong. */
async function send(
  options: DeliveryOptions,
  setWatched: NonNullable<MediaServer["setWatched"]>,
  letter: Letter,
): Promise<AppError | null> {
  const { itemId, watched, file, copies } = letter;
  const at = options.sendsDates ? newest(file) : null;
  const marks = begin(options, letter, at);
  // The user has changed their mind.
  if (marks === null) return null;
  const ended = (error: AppError | null) => {
    for (const copy of copies) copy.sent = { marks, error };
    return error;
  };
  try {
    await setWatched(itemId, watched, { at }, options.signal);
    return ended(null);
  } catch (thrown) {
    const error = toAppError(thrown);
    // Anything but a refusal may have arrived all the same.
    if (!hasCode(error, "unreachable", "cancelled", "internal"))
      for (const { id } of marks.values()) forgetMark(options.db, id);
    if (error.code === "cancelled") throw error;
    return ended(error);
  }
}

/** A server has one date for all that was ever watched of a file. */
function newest(file: readonly Part[]): Instant | null {
  const dates = file.flatMap(({ item }) => item.watchedAt ?? []);
  return dates.length === 0 ? null : Math.max(...dates);
}

/** Notes what is about to be sent, on every episode of the file; null when it is not wished any more. */
function begin(
  { db, clock, integrationId, capabilities }: DeliveryOptions,
  { wishes, watched, file }: Letter,
  date: Instant | null,
): Map<string, SentMark> | null {
  const at = clock.now();
  return tx(db, () => {
    if (!wishes.every((wish) => isStillWished(db, integrationId, wish))) return null;
    for (const wish of wishes) noteSending(db, integrationId, wish, at);
    const marks = new Map<string, SentMark>();
    if (!watched) return marks;
    for (const { item, seen } of file) {
      const { itemId, episodeId } = item;
      // Without a date of ours a server keeps the one it has.
      const datedAt = capabilities.pushDates ? (date ?? seen?.lastViewedAt ?? null) : null;
      const mark = { at, datedAt, viewCount: (seen?.viewCount ?? 0) + 1 };
      const id = savePushedMark(db, { integrationId, itemId, episodeId, ...mark });
      marks.set(itemId, { ...mark, id, seenAs: null });
    }
    return marks;
  });
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
  for (const copy of sent) noteSent(options, wish, copy, after);
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

function noteSent(
  options: DeliveryOptions,
  { wanted }: DueWish,
  { file, sent }: Copy,
  after: ReadonlyMap<string, EpisodeItem>,
): void {
  if (sent === null || sent.error !== null) return;
  for (const { item } of file) {
    const seen = after.get(item.itemId);
    const mark = sent.marks.get(item.itemId);
    if (wanted === "unwatched") noteUnwatched(options, seen);
    // Watched in the same moment: that viewing is for the next reading to find.
    else if (seen !== undefined && mark !== undefined && isOwnMark(mark, viewOf(seen)))
      noteWatched(options, mark, seen);
  }
}

/** During an open playback the date is not that of our mark. */
function noteWatched(options: DeliveryOptions, mark: SentMark, seen: EpisodeItem): void {
  const { viewCount, viewOffsetMs, lastViewedAt } = seen;
  dateMark(options.db, mark.id, { viewCount, lastViewedAt: viewOffsetMs > 0 ? mark.at : lastViewedAt });
  note(options, seen);
}

/** All that was marked in the file has gone with it, and no reading is to take that for an unmark of the user's. */
function noteUnwatched(options: DeliveryOptions, seen: EpisodeItem | undefined): void {
  if (seen === undefined || seen.viewCount > 0) return;
  closeMarks(options.db, options.integrationId, [seen.itemId]);
  note(options, seen);
}

/** What the server shows now is our own doing: the next reading has nothing to find. */
function note({ db, clock, integrationId }: DeliveryOptions, seen: EpisodeItem): void {
  const { itemId, viewCount, lastViewedAt } = seen;
  noteView(db, integrationId, itemId, { viewCount, lastViewedAt, state: stateOf(seen, null), seenAt: clock.now() });
}
