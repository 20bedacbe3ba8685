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

export type CaughtUpItem = {
  show: ShowRef;
  /** What comes next; null when no date is known. */
  next: EpisodeRef | null;
  lastWatchedAt: number | null;
};

type Row = ShowColumns &
  Partial<EpisodeColumns> & { continuesAt: number; sortTitle: string; lastWatchedAt: number | null };

/** Sorts shows without a date behind all others. */
const NEVER = 1e15;

/** The earliest announced episode of a show. */
const nextToAir = `(
  SELECT n.id FROM episodes n WHERE n.show_id = page.showId AND n.season <> 0 AND n.aired_at = page.continuesAt
  ORDER BY n.season, n.number LIMIT 1
)`;

/**
 * Shows being watched of which everything that is out has been watched, by when they go on; those without a date last.
 * One that has ended does not go on. One statement.
 */
export function caughtUp(
  db: Db,
  userId: number,
  options: { cursor?: string | undefined; limit: number },
): ListPage<CaughtUpItem> {
  const after = options.cursor === undefined ? null : decodeCursor(options.cursor, ["number", "string", "number"]);
  const found = db.raw
    .query<Row, [{ userId: number; afterAt: number | null; afterTitle: string; afterId: number; limit: number }]>(
      `SELECT ${showColumns}, page.continuesAt, page.sortTitle, page.lastWatchedAt, ${episodeColumns}
       FROM (
         SELECT * FROM (
           SELECT s.id AS showId, s.sort_title AS sortTitle, l.last_watched_at AS lastWatchedAt,
             coalesce(s.next_air_at, ${NEVER}) AS continuesAt
           FROM library_entries l CROSS JOIN shows s ON s.id = l.show_id
           WHERE l.user_id = $userId AND l.list = 'watching' AND l.next_episode_id IS NULL
             AND (s.next_air_at IS NOT NULL OR s.status IS NOT 'ended')
         )
         WHERE $afterAt IS NULL OR (continuesAt, sortTitle, showId) > ($afterAt, $afterTitle, $afterId)
         ORDER BY continuesAt, sortTitle, showId LIMIT $limit
       ) page
       CROSS JOIN shows s ON s.id = page.showId
       LEFT JOIN episodes e ON e.id = ${nextToAir}
       ORDER BY page.continuesAt, page.sortTitle, page.showId`,
    )
    .all({
      userId,
      afterAt: after === null ? null : Number(after[0]),
      afterTitle: String(after?.[1] ?? ""),
      afterId: Number(after?.[2] ?? 0),
      limit: options.limit + 1,
    });
  const { rows, nextCursor } = pageOf(found, options.limit, (row) => [row.continuesAt, row.sortTitle, row.showId]);
  return {
    items: rows.map((row) => ({
      show: showRef(row),
      next: hasNext(row) ? episodeRef(row) : null,
      lastWatchedAt: row.lastWatchedAt,
    })),
    nextCursor,
  };
}

function hasNext(row: Row): row is Row & EpisodeColumns {
  return typeof row.episodeId === "number";
}
