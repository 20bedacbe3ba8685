import type { Db } from "../open.ts";
import { type PlayColumns, type PlayView, playColumns, playView } from "./episode-view.ts";
import {
  type EpisodeColumns,
  type EpisodeRef,
  episodeColumns,
  episodeRef,
  type ShowColumns,
  type ShowRef,
  showColumns,
  showRef,
} from "./view.ts";

export type OnePlay = PlayView & {
  show: ShowRef;
  episode: EpisodeRef;
  /** The episode's, else what the show's usually have. */
  runtimeMin: number | null;
};

export type OnePlayColumns = PlayColumns & ShowColumns & EpisodeColumns & { runtimeMin: number | null };

export const onePlayColumns = `${playColumns}, ${showColumns}, ${episodeColumns},
  coalesce(e.runtime_min, s.runtime_min) AS runtimeMin`;

export function onePlayView(row: OnePlayColumns): OnePlay {
  return { ...playView(row), show: showRef(row), episode: episodeRef(row), runtimeMin: row.runtimeMin };
}

/** One play of the user's, of a show in the library; null when it is not there. One statement. */
export function onePlay(db: Db, userId: number, playId: number): OnePlay | null {
  const row = db.raw
    .query<OnePlayColumns, [{ userId: number; playId: number }]>(
      `SELECT ${onePlayColumns} FROM plays p
       CROSS JOIN episodes e ON e.id = p.episode_id
       CROSS JOIN shows s ON s.id = e.show_id
       CROSS JOIN library_entries l ON l.user_id = p.user_id AND l.show_id = e.show_id
       LEFT JOIN integrations i ON i.id = p.integration_id
       WHERE p.id = $playId AND p.user_id = $userId`,
    )
    .get({ userId, playId });
  return row === null ? null : onePlayView(row);
}
