import { CLOCK_SKEW_MS, type Instant } from "./instant.ts";
import type { Suppression } from "./play-merge.ts";
import type { ViewState } from "./plays.ts";

// A server whose clock is behind dates a new viewing before the unmark that it followed. Its counter tells better.

/** What an item shows that was seen unwatched before. */
export interface FreshView {
  view: ViewState;
  /** When it was last seen unwatched, by our clock. */
  unwatchedAt: Instant;
}

/** What still keeps old views of an episode out, and lets those in that were not there when it was unmarked. */
export function lettingIn(suppressed: readonly Suppression[], fresh: readonly FreshView[]): Suppression[] {
  return suppressed.map((each) =>
    fresh.filter((seen) => isAfter(seen, each)).reduce((left, { view }) => without(left, view), each),
  );
}

/** A date far back is none of a clock: such a view was carried over, or comes from a backup. */
function isAfter({ view, unwatchedAt }: FreshView, { evidence, until }: Suppression): boolean {
  if (evidence !== undefined || view.viewCount < 1 || unwatchedAt < until) return false;
  return view.lastViewedAt !== null && view.lastViewedAt > until - CLOCK_SKEW_MS;
}

/** During an open playback the date is not that of the viewing, and no row can be told by it. */
function without(suppression: Suppression, { viewOffset, lastViewedAt }: ViewState): Suppression {
  if (viewOffset > 0 || lastViewedAt === null) return { ...suppression, exceptListing: true };
  return { ...suppression, exceptListing: true, until: Math.min(suppression.until, lastViewedAt - 1) };
}
