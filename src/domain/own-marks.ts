import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "./instant.ts";
import type { HistoryRow, ViewState } from "./plays.ts";

// A server shows a mark that we have set ourselves like any other. What is ours is no play: the tracker had it first.

/** A mark that we have set on one item of a server. */
export interface OwnMark {
  /** When it was sent, by our clock. */
  at: Instant;
  /** The date it was given, or found on the item and left; null or left out where the server takes the moment. */
  datedAt?: Instant | null;
  /** The views of the item that it explains. */
  viewCount: number;
  /**
   * The date that the server gave it, by its own clock; null while nobody has looked. The time of sending itself says that
   * it is there, under the date of a playback that was broken off since.
   */
  seenAs: Instant | null;
  /** Taken back since, and nobody has seen whether that has arrived. */
  isDoubtful?: boolean;
}

/** Server clocks differ from ours, and a mark arrives a moment after it was sent. */
export const PUSH_TOLERANCE_MS = 2 * MINUTE_MS;
/** A mark of which nobody has seen the date may be on a server whose clock is wrong. */
const UNSEEN_TOLERANCE_MS = 10 * MINUTE_MS;
/** Some servers keep whole seconds. */
const DATE_TOLERANCE_MS = SECOND_MS;
/** Servers have told a date back in another zone than the one it was given in. */
const ZONE_STEP_MS = 15 * MINUTE_MS;
const FURTHEST_ZONE_MS = 14 * HOUR_MS;
/** Rows of a history are written a moment before or after the view they belong to. */
const ROW_TOLERANCE_MS = 2 * SECOND_MS;

/**
 * What a listing says of an item beyond our own mark; the item counts as unwatched when that is all there is. The counter
 * decides and not the date: a playback that was broken off moves the date, and a viewing may follow within a second. Only
 * where a mark keeps the date it was given, that date tells it from every viewing.
 *
 * `elsewhere`: our marks on other copies of the episode. Services carry a mark from one copy to another by themselves.
 */
export function viewWithoutOwn(
  view: ViewState,
  own: OwnMark | undefined,
  elsewhere: readonly OwnMark[] = [],
): ViewState {
  if (view.viewCount < 1) return view;
  if (own === undefined) return view.viewCount === 1 && isCopied(view, elsewhere) ? { ...view, viewCount: 0 } : view;
  if (explains(own, view)) return { ...view, viewCount: 0 };
  return view.lastViewedAt === own.seenAs ? { ...view, lastViewedAt: null } : view;
}

function explains(own: OwnMark, view: ViewState): boolean {
  const { viewCount, viewOffset, lastViewedAt } = view;
  if (lastViewedAt !== null && isOwnDate(own, lastViewedAt)) return true;
  if (viewCount > own.viewCount) return false;
  if (viewOffset > 0 || lastViewedAt === null) return true;
  if (isDated(own))
    return isOwnDateElsewhere(own, lastViewedAt) || (own.seenAs === null && isAtSending(own, lastViewedAt));
  // Perhaps it never arrived, or is gone again: then somebody else has set it, at another time.
  if (own.seenAs === null) return isAtSending(own, lastViewedAt);
  return !own.isDoubtful || !hasOwnDate(own) || lastViewedAt === own.seenAs;
}

/**
 * Whether what an item shows right after our mark was sent is that mark, and no viewing of the same moment. How often it was
 * begun before does not show while it is not marked, so that a date speaks louder than the counter.
 */
export function isOwnMark(own: OwnMark, { viewCount, lastViewedAt }: ViewState): boolean {
  if (!isDated(own) || lastViewedAt === null) return viewCount === own.viewCount;
  if (isOwnDate(own, lastViewedAt) || isOwnDateElsewhere(own, lastViewedAt)) return true;
  return viewCount === own.viewCount && lastViewedAt > own.at - PUSH_TOLERANCE_MS;
}

const isDated = ({ datedAt }: OwnMark): boolean => typeof datedAt === "number";

function isOwnDate({ datedAt = null, seenAs }: OwnMark, at: Instant): boolean {
  return datedAt !== null && (at === seenAs || Math.abs(at - datedAt) <= DATE_TOLERANCE_MS);
}

/** The same date by the clocks of another zone. */
function isOwnDateElsewhere({ datedAt = null }: OwnMark, at: Instant): boolean {
  if (datedAt === null) return false;
  const offMs = at - datedAt;
  const shiftMs = Math.round(offMs / ZONE_STEP_MS) * ZONE_STEP_MS;
  return Math.abs(shiftMs) <= FURTHEST_ZONE_MS && Math.abs(offMs - shiftMs) <= DATE_TOLERANCE_MS;
}

const isAtSending = (own: OwnMark, at: Instant): boolean => Math.abs(at - own.at) <= UNSEEN_TOLERANCE_MS;

/** A date that we have given is that of a viewing, which a copy may tell of by itself. */
function isCopied({ lastViewedAt }: ViewState, elsewhere: readonly OwnMark[]): boolean {
  if (lastViewedAt === null) return false;
  return elsewhere.some((mark) => !isDated(mark) && isNear(lastViewedAt, mark, PUSH_TOLERANCE_MS));
}

const isNear = (at: Instant, { at: sentAt, seenAs }: OwnMark, toleranceMs: number): boolean =>
  Math.abs(at - (seenAs ?? sentAt)) <= toleranceMs;

/**
 * Servers that write a row for a mark set from outside (Plex before 1.40) show us our own there too: where nobody knows the
 * server's date of it, the row nearest to its sending.
 */
export function rowsWithoutOwn(rows: readonly HistoryRow[], marks: readonly OwnMark[]): HistoryRow[] {
  const dated = marks.filter(hasOwnDate);
  const left = rows.filter(({ at }) => at === null || !dated.some((mark) => isNear(at, mark, ROW_TOLERANCE_MS)));
  for (const mark of marks.filter((each) => !hasOwnDate(each))) {
    const [nearest] = left
      .filter(({ at }) => at !== null && Math.abs(at - mark.at) <= UNSEEN_TOLERANCE_MS)
      .sort((one, other) => Math.abs((one.at ?? 0) - mark.at) - Math.abs((other.at ?? 0) - mark.at));
    if (nearest !== undefined) left.splice(left.indexOf(nearest), 1);
  }
  return left;
}

const hasOwnDate = ({ at, seenAs }: OwnMark): boolean => seenAs !== null && seenAs !== at;
