import type { Instant } from "./instant.ts";
import { type PlayTime, sourceWord, withEditOf } from "./play-edit.ts";

export interface FoldablePlay extends PlayTime {
  id: number;
}

export interface PlayFold<Play extends FoldablePlay> {
  /** Seen twice: the viewing is there already. */
  remove: Play[];
  /** Keeps the viewing, with the time that the user gave to the one that goes. */
  change: { play: Play; time: PlayTime }[];
}

/**
 * Two episodes that turn out to be one may have seen one viewing twice. Of history rows of one server closer together
 * than `windowMs` the earliest stays. What the user has said of any of them stays too; two plays that were given
 * different times by hand are two, since the user said so.
 */
export function foldPlays<Play extends FoldablePlay>(plays: readonly Play[], windowMs: number): PlayFold<Play> {
  const fold: PlayFold<Play> = { remove: [], change: [] };
  for (const [kept, ...doubles] of viewingsOf(plays, windowMs)) {
    if (kept === undefined) continue;
    let time: PlayTime = kept;
    for (const double of doubles) {
      if (double.editedFrom !== null && time.editedFrom === null) {
        time = withEditOf(kept, double);
        if (time.editedFrom !== null) fold.change.push({ play: kept, time });
      } else if (double.editedFrom !== null && double.watchedAt !== time.watchedAt) continue;
      fold.remove.push(double);
    }
  }
  return fold;
}

/** By the source's word on their times; what has none is left out. */
function viewingsOf<Play extends FoldablePlay>(plays: readonly Play[], windowMs: number): Play[][] {
  const dated = plays
    .flatMap((play) => {
      const { watchedAt: at } = sourceWord(play);
      return at === null ? [] : [{ play, at }];
    })
    .sort((a, b) => a.at - b.at || a.play.id - b.play.id);
  const viewings: { beganAt: Instant; plays: Play[] }[] = [];
  for (const { play, at } of dated) {
    const open = viewings.at(-1);
    if (open !== undefined && at - open.beganAt < windowMs) open.plays.push(play);
    else viewings.push({ beganAt: at, plays: [play] });
  }
  return viewings.map((viewing) => viewing.plays);
}
