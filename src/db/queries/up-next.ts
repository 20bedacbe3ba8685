import type { Db } from "../open.ts";
import { decodeCursor, pageOf } from "./cursor.ts";
import {
  type EpisodeColumns,
  type EpisodeRef,
  episodeColumns,
  episodeRef,
  type ListPage,
  type ShowColumns,
  type ShowRef,
  showColumns,
  showRef,
} from "./view.ts";

export type UpNextItem = {
  show: ShowRef;
  episode: EpisodeRef;
  watched: number;
  aired: number;
  /** Further episodes that are out and not watched, besides this one. */
  remaining: number;
  lastWatchedAt: number | null;
};

type Row = ShowColumns &
  EpisodeColumns & { watched: number; aired: number; lastWatchedAt: number | null; recency: number };

/**
 * The next episode of every show on the list "watching". What was last watched, or has just come out, is first; a show
 * not begun counts from when it was added. One statement.
 */
export function upNext(
  db: Db,
  userId: number,
  options: { cursor?: string | undefined; limit: number },
): ListPage<UpNextItem> {
  const after = options.cursor === undefined ? null : decodeCursor(options.cursor, ["number", "number"]);
  const found = db.raw
    .query<Row, [{ userId: number; recency: number | null; showId: number; limit: number }]>(
      `SELECT * FROM (
         SELECT ${showColumns}, ${episodeColumns}, l.watched, s.aired, l.last_watched_at AS lastWatchedAt,
           max(coalesce(l.last_watched_at, l.added_at), coalesce(e.aired_at, 0)) AS recency
         FROM library_entries l CROSS JOIN episodes e ON e.id = l.next_episode_id CROSS JOIN shows s ON s.id = l.show_id
         WHERE l.user_id = $userId AND l.list = 'watching'
       )
       WHERE $recency IS NULL OR (-recency, showId) > (-$recency, $showId)
       ORDER BY recency DESC, showId LIMIT $limit`,
    )
    .all({
      userId,
      recency: after === null ? null : Number(after[0]),
      showId: Number(after?.[1] ?? 0),
      limit: options.limit + 1,
    });
  const { rows, nextCursor } = pageOf(found, options.limit, (row) => [row.recency, row.showId]);
  return {
    items: rows.map((row) => ({
      show: showRef(row),
      episode: episodeRef(row),
      watched: row.watched,
      aired: row.aired,
      remaining: Math.max(0, row.aired - row.watched - 1),
      lastWatchedAt: row.lastWatchedAt,
    })),
    nextCursor,
  };
}
