import { HOUR_MS, type Instant } from "./instant.ts";
import { PUSH_TOLERANCE_MS } from "./own-marks.ts";
import type { ViewState } from "./plays.ts";

// What is to be done about the tracker's wish that an item of a server be watched, or not.

export const WISHES = ["watched", "unwatched"] as const;
export type Wish = (typeof WISHES)[number];

export const PUSH_OUTCOMES = ["sent", "already", "newer", "gone", "refused", "given-up", "part"] as const;
export type PushOutcome = (typeof PUSH_OUTCOMES)[number];

/**
 * `send`: it differs. `already`: it is as wished; a further mark would count as a further viewing. `newer`: it was watched
 * there after the wish. `later`: it is being watched right now, and a mark would lose the place. `part`: its file also holds
 * an episode that is not watched, and has one mark for all of them.
 */
export type PushStep = "send" | "already" | "newer" | "later" | "part";

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
  /** It has lost its mark to somebody who has begun to watch it again. */
  begunAnew?: boolean | undefined;
  /** How long after its date a viewing may have ended; 0 where views are dated by their end. */
  lastsMs?: number;
  /** Of the other episodes in its file, which are marked and unmarked with it: whether they are watched here. */
  mates?: readonly boolean[];
}

/** A playback that stopped longer ago than this is not going on. */
const IN_PROGRESS_MS = 4 * HOUR_MS;

export function pushStep(question: PushQuestion): PushStep {
  const { wanted, wishedAt, view, others, known, now, begunAnew = false, lastsMs = 0, mates = [] } = question;
  if (begunAnew && isRecent(view, now)) return "later";
  if (view.viewCount > 0 === (wanted === "watched")) return "already";
  if (wanted === "watched" && mates.includes(false)) return "part";
  if (wanted === "unwatched" && isNews(others, known)) {
    if (isAfter(others.lastViewedAt, wishedAt - lastsMs)) return "newer";
    // A reading has to find first what the unmark would take from the others.
    if (mates.length > 0) return "later";
  }
  return view.viewOffset > 0 && isRecent(view, now) ? "later" : "send";
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

function isRecent({ lastViewedAt }: ViewState, now: Instant): boolean {
  return lastViewedAt !== null && lastViewedAt > now - IN_PROGRESS_MS;
}

/** All copies of an episode together: what one of them says may hold for the whole wish. */
export function wishStep(steps: readonly PushStep[]): PushStep {
  for (const decisive of ["newer", "later", "send", "part"] as const) if (steps.includes(decisive)) return decisive;
  return "already";
}
