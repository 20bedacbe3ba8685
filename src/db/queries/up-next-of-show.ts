import type { Db } from "../open.ts";
import type { UpNextItem } from "./up-next.ts";
import { type EpisodeColumns, episodeColumns, episodeRef, type ShowColumns, showColumns, showRef } from "./view.ts";

type Row = ShowColumns & EpisodeColumns & { watched: number; aired: number; lastWatchedAt: number | null };

/** What "up next" shows of one show; null when nothing of it is next. One statement. */
export function upNextOfShow(db: Db, userId: number, showId: number): UpNextItem | null {
  const row = db.raw
    .query<Row, [{ userId: number; showId: number }]>(
      `SELECT ${showColumns}, ${episodeColumns}, l.watched, s.aired, l.last_watched_at AS lastWatchedAt
       FROM library_entries l CROSS JOIN episodes e ON e.id = l.next_episode_id CROSS JOIN shows s ON s.id = l.show_id
       WHERE l.user_id = $userId AND l.show_id = $showId AND l.list = 'watching'`,
    )
    .get({ userId, showId });
  if (row === null) return null;
  const { watched, aired, lastWatchedAt } = row;
  return {
    show: showRef(row),
    episode: episodeRef(row),
    watched,
    aired,
    lastWatchedAt,
    remaining: Math.max(0, aired - watched - 1),
  };
}
