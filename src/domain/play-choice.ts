import type { Instant } from "./instant.ts";
import type { DesiredPlay } from "./plays.ts";

export interface PlayChoice {
  /** False: an episode gets one play and no further one. */
  rewatches: boolean;
  /** What was watched before is not wanted. Undated plays are: they may be from after it. */
  since: Instant | null;
}

export type Unwanted = "earlier" | "rewatch";

/**
 * Of the plays that are about to be added to an episode, those that the user wants. `stored`: how many it has, of
 * whatever source. The first of several is the one that counts, dated ones before undated.
 */
export function choosePlays(
  add: readonly DesiredPlay[],
  stored: number,
  { rewatches, since }: PlayChoice,
): { wanted: DesiredPlay[]; unwanted: { play: DesiredPlay; why: Unwanted }[] } {
  const isEarlier = ({ watchedAt }: DesiredPlay) => since !== null && watchedAt !== null && watchedAt < since;
  const recent = add.filter((play) => !isEarlier(play));
  const first = rewatches || stored > 0 ? null : [...recent].sort(byTime)[0];
  const wanted = rewatches ? recent : recent.filter((play) => play === first);
  const unwanted = add.flatMap((play) => {
    if (wanted.includes(play)) return [];
    return [{ play, why: isEarlier(play) ? ("earlier" as const) : ("rewatch" as const) }];
  });
  return { wanted, unwanted };
}

function byTime(a: DesiredPlay, b: DesiredPlay): number {
  return (a.watchedAt ?? Number.POSITIVE_INFINITY) - (b.watchedAt ?? Number.POSITIVE_INFINITY);
}
