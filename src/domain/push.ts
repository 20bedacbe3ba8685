import { HOUR_MS, type Instant } from "./instant.ts";
import { PUSH_TOLERANCE_MS } from "./own-marks.ts";
import type { ViewState } from "./plays.ts";

// What is to be done about the tracker's wish that an item of a server be watched, or not.

export const WISHES = ["watched", "unwatched"] as const;
export type Wish = (typeof WISHES)[number];

export const PUSH_OUTCOMES = ["sent", "already", "newer", "gone", "refused", "given-up"] as const;
export type PushOutcome = (typeof PUSH_OUTCOMES)[number];

/**
 * `send`: it differs. `already`: it is as wished; a further mark would count as a further viewing. `newer`: it was watched
 * there after the wish. `later`: it is being watched right now, and a mark would lose the place.
 */
export type PushStep = "send" | "already" | "newer" | "later";

export interface PushQuestion {
  wanted: Wish;
  wishedAt: Instant;
  /** What the server shows of the item now. */
  view: ViewState;
  /** The same beyond our own mark. */
  others: ViewState;
  /** What the tracker knew of it when it was last read. */
  known: Pick<ViewState, "viewCount" | "lastViewedAt">;
  now: Instant;
}

/** A playback that stopped longer ago than this is not going on. */
const IN_PROGRESS_MS = 4 * HOUR_MS;

export function pushStep({ wanted, wishedAt, view, others, known, now }: PushQuestion): PushStep {
  if (view.viewCount > 0 === (wanted === "watched")) return "already";
  if (wanted === "unwatched" && isNews(others, known) && isAfter(others.lastViewedAt, wishedAt)) return "newer";
  return isInProgress(view, now) ? "later" : "send";
}

/** A viewing that the tracker had not heard of when the wish was made. */
function isNews(view: ViewState, known: PushQuestion["known"]): boolean {
  if (view.viewCount < 1) return false;
  if (view.viewCount > known.viewCount) return true;
  return view.viewOffset <= 0 && (view.lastViewedAt ?? 0) > (known.lastViewedAt ?? 0);
}

/** The last change wins; where the clocks cannot tell, the viewing stays. */
function isAfter(at: Instant | null, wishedAt: Instant): boolean {
  return at !== null && at >= wishedAt - PUSH_TOLERANCE_MS;
}

function isInProgress({ viewOffset, lastViewedAt }: ViewState, now: Instant): boolean {
  return viewOffset > 0 && lastViewedAt !== null && lastViewedAt > now - IN_PROGRESS_MS;
}

/** All copies of an episode together: what one of them says may hold for the whole wish. */
export function wishStep(steps: readonly PushStep[]): PushStep {
  for (const decisive of ["newer", "later", "send"] as const) if (steps.includes(decisive)) return decisive;
  return "already";
}
