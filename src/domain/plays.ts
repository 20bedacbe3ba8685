import { HOUR_MS, type Instant, isBelievableViewTime, MINUTE_MS } from "./instant.ts";

/** How sure the time of a play is: seen by the server as it happened, set by hand, or not known at all. */
export const CERTAINTIES = ["played", "marked", "unknown"] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** One line of the server's play history. `key` is the server's stable id of the line. */
export interface HistoryRow {
  key: string;
  at: Instant | null;
}

/** What a listing says about an item. Absent numbers are zero. */
export interface ViewState {
  viewCount: number;
  /** Where an unfinished playback stopped, in milliseconds. */
  viewOffset: number;
  lastViewedAt: Instant | null;
}

/** A play that a server's answers prove. */
export interface DesiredPlay {
  watchedAt: Instant | null;
  certainty: Certainty;
  /**
   * `history:<row key>` of the earliest row of the viewing, `view:<viewCount>` for the listing's word, or
   * `unfinished:<when>` for a playback that was broken off and that the user wants counted.
   *
   * The listing has one date for all its views, and that date moves: with a partial play, with a state copied from
   * another server. So its evidence is the counter, not the date. As long as the counter stands still it is the same
   * mark, whatever its date says by then; when it moves on, the server counted a further viewing.
   */
  evidence: string;
  /** The item was seen without a mark before: whatever number its counter has, it counts this viewing for the first time. */
  isFresh?: boolean;
  /** Evidence of the viewing's other rows: what it was stored under by a read that did not have the earliest. */
  alsoKnownAs?: readonly string[];
}

/** All that one server says about one episode; for several copies of it put their rows together and {@link combineViews}. */
export interface PlayInput {
  rows: readonly HistoryRow[];
  view: ViewState | null;
  durationMs: number | null;
  now: Instant;
  /** A playback that was broken off so late that it counts, by the user's preference. */
  unfinished?: UnfinishedView | undefined;
}

export interface UnfinishedView {
  at: Instant | null;
}

const UNKNOWN_RUNTIME_WINDOW_MS = 30 * MINUTE_MS;
/** A listing date this much after the newest row belongs to the row: players report the end of an episode late. */
export const LISTING_TOLERANCE_MS = HOUR_MS;

/** Two views of one episode closer together than this are one viewing. */
export function sameViewingWindowMs(durationMs: number | null): number {
  return durationMs !== null && Number.isFinite(durationMs) && durationMs > 0
    ? durationMs / 2
    : UNKNOWN_RUNTIME_WINDOW_MS;
}

export function isListingEvidence(evidence: string): boolean {
  return evidence.startsWith("view:");
}

export function isHistoryEvidence(evidence: string): boolean {
  return evidence.startsWith("history:");
}

export function isUnfinishedEvidence(evidence: string): boolean {
  return evidence.startsWith("unfinished:");
}

/** Every row proves a play, even if the item is unmarked or gone by now. The listing fills in what has no row. */
export function playsOf(input: PlayInput): DesiredPlay[] {
  const rows = readRows(input.rows, input.now);
  const viewings = clusterRows(rows.dated, sameViewingWindowMs(input.durationMs));
  const fromHistory: DesiredPlay[] = [
    ...viewings.map((viewing) => playedAt(viewing)),
    ...rows.undated.map((key): DesiredPlay => ({ watchedAt: null, certainty: "unknown", evidence: `history:${key}` })),
  ];
  const listed = input.view ? listingPlay(input.view, rows, input.now) : null;
  const unfinished = input.unfinished ? unfinishedPlay(input.unfinished, input.view, rows, input.now) : null;
  return [...fromHistory, ...(listed ? [listed] : []), ...(unfinished ? [unfinished] : [])];
}

/** What one copy of an episode shows on a server that keeps no history. */
export interface CopyView extends ViewState {
  isFresh?: boolean | undefined;
}

export interface CopiesInput {
  copies: readonly CopyView[];
  now: Instant;
  unfinished?: UnfinishedView | undefined;
}

/**
 * Where there are no rows, each copy tells of its last viewing. The counters of all copies together, in the order of their
 * dates, are the evidence: a viewing keeps its number when another copy is watched later.
 */
export function playsOfCopies({ copies, now, unfinished }: CopiesInput): DesiredPlay[] {
  const watched = copies.filter(({ viewCount }) => viewCount >= 1);
  if (watched.length === 0) {
    const play = unfinished ? unfinishedPlay(unfinished, null, { dated: [], undated: [] }, now) : null;
    return play ? [play] : [];
  }
  const seen = watched.map((view) => ({ ...view, at: timeOf(view, now) }));
  seen.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || a.viewCount - b.viewCount);
  let counted = 0;
  const plays = seen.map(({ at, viewCount, isFresh }): DesiredPlay => {
    counted += viewCount;
    const certainty = at === null ? "unknown" : "marked";
    return { watchedAt: at, certainty, evidence: `view:${counted}`, ...(isFresh ? { isFresh } : {}) };
  });
  const dated = plays.filter(({ watchedAt }) => watchedAt !== null);
  // "Watched at some time" says nothing beside a viewing with a date.
  return dated.length > 0 ? dated : plays.slice(-1);
}

/** While a playback is open, the date is that of the unfinished one. */
function timeOf({ viewOffset, lastViewedAt }: ViewState, now: Instant): Instant | null {
  return viewOffset > 0 ? null : believable(lastViewedAt, now);
}

/**
 * One state for several copies of an episode on one server. A finished copy speaks louder than one that is being
 * watched again, so the date of a partial playback never stands in for a viewing.
 */
export function combineViews(views: readonly ViewState[]): ViewState | null {
  const [first] = views;
  if (first === undefined) return null;
  // Nearly all episodes have one copy.
  if (views.length === 1) return first;
  const watched = views.filter((view) => view.viewCount >= 1);
  const finished = watched.filter((view) => view.viewOffset <= 0);
  const speaking = finished.length > 0 ? finished : watched.length > 0 ? watched : views;
  const dates = speaking.flatMap((view) => (view.lastViewedAt === null ? [] : [view.lastViewedAt]));
  return {
    viewCount: Math.max(...views.map((view) => view.viewCount)),
    viewOffset: Math.max(...speaking.map((view) => view.viewOffset)),
    lastViewedAt: dates.length > 0 ? Math.max(...dates) : null,
  };
}

interface DatedRow {
  key: string;
  at: Instant;
}

interface ReadRows {
  dated: DatedRow[];
  undated: string[];
}

/** Sorted and each key once, so that overlapping pages and any order of rows give the same plays. */
function readRows(rows: readonly HistoryRow[], now: Instant): ReadRows {
  const [only] = rows;
  // Nearly all episodes were watched once.
  if (only !== undefined && rows.length === 1) {
    const { key, at } = only;
    return at !== null && isBelievableViewTime(at, now)
      ? { dated: [{ key, at }], undated: [] }
      : { dated: [], undated: [key] };
  }
  const timeOf = new Map<string, Instant | null>();
  for (const { key, at } of rows) {
    const believed = at !== null && isBelievableViewTime(at, now) ? at : null;
    const known = timeOf.get(key) ?? null;
    timeOf.set(key, known === null || (believed !== null && believed < known) ? believed : known);
  }
  const dated: DatedRow[] = [];
  const undated: string[] = [];
  for (const [key, at] of timeOf) {
    if (at === null) undated.push(key);
    else dated.push({ key, at });
  }
  dated.sort((a, b) => a.at - b.at || compareText(a.key, b.key));
  return { dated, undated: undated.sort(compareText) };
}

/** Measured from a viewing's first row, not its last: a chain of close rows cannot swallow an evening. */
function clusterRows(rows: readonly DatedRow[], windowMs: number): DatedRow[][] {
  const viewings: DatedRow[][] = [];
  for (const row of rows) {
    const open = viewings.at(-1);
    const first = open?.[0];
    if (open && first && row.at - first.at < windowMs) open.push(row);
    else viewings.push([row]);
  }
  return viewings;
}

function playedAt(viewing: readonly DatedRow[]): DesiredPlay {
  const [first, ...others] = viewing;
  if (!first) throw new RangeError("A viewing has at least one row.");
  return {
    watchedAt: first.at,
    certainty: "played",
    evidence: `history:${first.key}`,
    ...(others.length > 0 ? { alsoKnownAs: others.map((row) => `history:${row.key}`) } : {}),
  };
}

function listingPlay(view: ViewState, rows: ReadRows, now: Instant): DesiredPlay | null {
  if (view.viewCount < 1) return null;
  const evidence = `view:${view.viewCount}`;
  const at = timeOf(view, now);
  const newest = rows.dated.at(-1)?.at;
  if (newest !== undefined) {
    const isLater = at !== null && at - newest > LISTING_TOLERANCE_MS;
    return isLater ? { watchedAt: at, certainty: "marked", evidence } : null;
  }
  if (rows.undated.length > 0) return null;
  return { watchedAt: at, certainty: at === null ? "unknown" : "marked", evidence };
}

/** Once the server counts a view, that view is the play; and a playback close to a row of the history is that row's. */
function unfinishedPlay(
  unfinished: UnfinishedView,
  view: ViewState | null,
  rows: ReadRows,
  now: Instant,
): DesiredPlay | null {
  if (view !== null && view.viewCount >= 1) return null;
  const at = believable(unfinished.at, now);
  const newest = rows.dated.at(-1)?.at;
  if (newest !== undefined && (at === null || at - newest <= LISTING_TOLERANCE_MS)) return null;
  if (rows.undated.length > 0) return null;
  return { watchedAt: at, certainty: at === null ? "unknown" : "marked", evidence: `unfinished:${at ?? ""}` };
}

function believable(at: Instant | null, now: Instant): Instant | null {
  return at !== null && isBelievableViewTime(at, now) ? at : null;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
