import { CLOCK_SKEW_MS, type Instant } from "./instant.ts";
import type { Suppression } from "./play-merge.ts";
import type { HistoryRow, ViewState } from "./plays.ts";

// A server whose clock is behind dates a new viewing before the unmark that it followed. Its counter tells better.

/** What an item shows that counted fewer views before. */
export interface FreshView {
  view: ViewState;
  /** When it was last seen with fewer, by our clock. */
  fewerAt: Instant;
}

/**
 * What still keeps old views of an episode out, and lets those in that were not there when it was unmarked.
 *
 * `rows`: what the server's history has of the episode.
 */
export function lettingIn(
  suppressed: readonly Suppression[],
  fresh: readonly FreshView[],
  rows: readonly HistoryRow[],
): Suppression[] {
  return suppressed.map((each) =>
    fresh.filter((seen) => isAfter(seen, each, rows)).reduce((left, { view }) => without(left, view), each),
  );
}

/** What is kept out no longer takes the listing's date for its own, where the listing counts something later. */
export function rowsBeside(rows: readonly HistoryRow[], suppressed: readonly Suppression[]): readonly HistoryRow[] {
  const passed = suppressed.filter(({ exceptListing = false }) => exceptListing);
  return passed.length === 0 ? rows : rows.filter(({ at }) => at !== null && passed.every(({ until }) => at > until));
}

function isAfter({ view, fewerAt }: FreshView, { evidence, until }: Suppression, rows: readonly HistoryRow[]): boolean {
  const { viewCount, viewOffset, lastViewedAt } = view;
  if (evidence !== undefined || viewCount < 1 || lastViewedAt === null) return false;
  // A date far back is none of a clock: such a view was carried over, or comes from a backup.
  if (fewerAt >= until) return lastViewedAt > until - CLOCK_SKEW_MS;
  if (lastViewedAt <= until) return false;
  // An open playback has moved the date: what is counted may be from before the unmark. Unless a row says so, it stays.
  return viewOffset <= 0 || !rows.some(({ at }) => at !== null && at > fewerAt - CLOCK_SKEW_MS && at <= until);
}

/** During an open playback the date is not that of the viewing, and no row can be told by it. */
function without(suppression: Suppression, { viewOffset, lastViewedAt }: ViewState): Suppression {
  if (viewOffset > 0 || lastViewedAt === null) return { ...suppression, exceptListing: true };
  return { ...suppression, exceptListing: true, until: Math.min(suppression.until, lastViewedAt - 1) };
}
