import type { Db } from "../open.ts";
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

export type CalendarItem = { show: ShowRef; episode: EpisodeRef & { airedAt: number }; watched: boolean };

type Row = ShowColumns & EpisodeColumns & { airedAt: number; watched: 0 | 1 };

export type CalendarRange = {
  /** `[from, to)` for moments of broadcast. */
  from: number;
  to: number;
  /** The same in whole days, as midnights in UTC: for episodes of which only the day is known. */
  fromDay: number;
  toDay: number;
};

/** Episodes of the user's shows (archived ones left out) that come out in that time. One statement. */
export function calendar(db: Db, userId: number, range: CalendarRange): CalendarItem[] {
  return db.raw
    .query<Row, [CalendarRange & { userId: number }]>(
      `SELECT ${showColumns}, ${episodeColumns},
         EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id AND p.user_id = $userId) AS watched
       FROM episodes e
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = e.show_id AND l.list <> 'archived'
       CROSS JOIN shows s ON s.id = e.show_id
       WHERE e.in_catalogue = 1 AND e.aired_at >= min($from, $fromDay) AND e.aired_at < max($to, $toDay)
         AND CASE e.aired_exact WHEN 1 THEN e.aired_at >= $from AND e.aired_at < $to
           ELSE e.aired_at >= $fromDay AND e.aired_at < $toDay END
       ORDER BY e.aired_at, s.sort_title, e.season, e.number`,
    )
    .all({ userId, from: range.from, to: range.to, fromDay: range.fromDay, toDay: range.toDay })
    .map((row) => ({
      show: showRef(row),
      episode: { ...episodeRef(row), airedAt: row.airedAt },
      watched: row.watched === 1,
    }));
}
