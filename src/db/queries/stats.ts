import type { PlayFact } from "../../domain/watch-tally.ts";
import type { Db } from "../open.ts";
import { type ShowColumns, type ShowRef, showColumns, showRef } from "./view.ts";

export type WatchedShow = ShowRef & { network: string | null; genres: string[]; runtimeMin: number | null };

type ShowRow = ShowColumns & { network: string | null; genres: string; runtimeMin: number | null };

const shownColumns = `${showColumns}, s.network, s.genres, s.runtime_min AS runtimeMin`;

/** Everything of the library, for names and runtimes. One statement. */
export function watchedShows(db: Db, userId: number): Map<number, WatchedShow> {
  const rows = db.raw
    .query<ShowRow, [{ userId: number }]>(
      `SELECT ${shownColumns} FROM library_entries l CROSS JOIN shows s ON s.id = l.show_id WHERE l.user_id = $userId`,
    )
    .all({ userId });
  return byShowId(rows);
}

/** Those of these shows that are in the library. One statement. */
export function watchedShowsOf(db: Db, userId: number, showIds: readonly number[]): Map<number, WatchedShow> {
  const rows = db.raw
    .query<ShowRow, [{ userId: number; ids: string }]>(
      `SELECT ${shownColumns} FROM json_each($ids) wanted
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = wanted.value
       CROSS JOIN shows s ON s.id = l.show_id`,
    )
    .all({ userId, ids: JSON.stringify(showIds) });
  return byShowId(rows);
}

function byShowId(rows: readonly ShowRow[]): Map<number, WatchedShow> {
  return new Map(
    rows.map((row) => [
      row.showId,
      {
        ...showRef(row),
        network: row.network,
        genres: JSON.parse(row.genres) as string[],
        runtimeMin: row.runtimeMin,
      },
    ]),
  );
}

/**
 * Every play of the user, those of one episode next to each other, with the episode's own runtime. Walks through
 * everybody's plays in the order of episodes: far faster than collecting the user's own by time, and still something to
 * be kept instead of asked for on every page. One statement.
 */
export function watchedPlays(db: Db, userId: number): PlayFact[] {
  return db.raw
    .query<PlayFact, [{ userId: number }]>(
      `SELECT p.watched_at AS at, p.episode_id AS episodeId, e.show_id AS showId, e.runtime_min AS runtimeMin
       FROM plays p INDEXED BY plays_by_episode CROSS JOIN episodes e ON e.id = p.episode_id
       WHERE +p.user_id = $userId ORDER BY p.episode_id`,
    )
    .all({ userId });
}

/** The same of these shows only. One statement. */
export function watchedPlaysOf(db: Db, userId: number, showIds: readonly number[]): PlayFact[] {
  return db.raw
    .query<PlayFact, [{ userId: number; ids: string }]>(
      `SELECT p.watched_at AS at, p.episode_id AS episodeId, e.show_id AS showId, e.runtime_min AS runtimeMin
       FROM json_each($ids) wanted CROSS JOIN episodes e ON e.show_id = wanted.value
       CROSS JOIN plays p ON p.episode_id = e.id AND p.user_id = $userId ORDER BY p.episode_id`,
    )
    .all({ userId, ids: JSON.stringify(showIds) });
}
