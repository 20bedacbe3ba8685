import type { Db } from "../../db/open.ts";
import { type MatchRow, restoreMatches } from "../../db/repos/matches.ts";
import { deleteEpisodes, type MarkPlaces, moveBack, withoutTraces } from "../../db/repos/relink.ts";

/** A show of one user that became another, and what it takes to bring it back. */
export type Move = {
  fromShowId: number;
  intoShowId: number;
  matches: MatchRow[];
  pairs: ReadonlyMap<number, number>;
  places: MarkPlaces;
  made: number[];
};

/** Everything where it was, except what has gone elsewhere or away since. */
export function undoMove(db: Db, move: Move, now: number): void {
  restoreMatches(db, move.matches, move.intoShowId, now);
  moveBack(db, move.places, move.pairs);
}

/** Episodes that were made for the move, when nothing needs them any more. */
export function forgetMade(db: Db, moves: readonly Move[]): void {
  deleteEpisodes(
    db,
    withoutTraces(
      db,
      moves.flatMap(({ made }) => made),
    ),
  );
}
