import type { PlayFact } from "../../domain/watch-tally.ts";
import type { Db } from "../open.ts";
import { type ShowColumns, type ShowRef, showColumns, showRef } from "./view.ts";

export type WatchedShow = ShowRef & { network: string | null; genres: string[]; runtimeMin: number | null };

/** Everything of the library, for names and runtimes. One statement. */
export function watchedShows(db: Db, userId: number): Map<number, WatchedShow> {
  const rows = db.raw
    .query<ShowColumns & { network: string | null; genres: string; runtimeMin: number | null }, [{ userId: number }]>(
      `SELECT ${showColumns}, s.network, s.genres, s.runtime_min AS runtimeMin
       FROM library_entries l CROSS JOIN shows s ON s.id = l.show_id WHERE l.user_id = $userId`,
    )
    .all({ userId });
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
