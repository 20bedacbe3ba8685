import { type Milestone, milestoneOf } from "../../domain/milestone.ts";
import type { ListName } from "../../domain/show-list.ts";
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

export type CalendarItem = {
  show: ShowRef;
  episode: EpisodeRef & { airedAt: number };
  watched: boolean;
  milestone: Milestone | null;
  /** The episode's runtime, else the show's. */
  runtimeMin: number | null;
  /** When the show's facts were last looked up. */
  changedAt: number;
};

export type CalendarRange = {
  /** `[from, to)` for moments of broadcast. */
  from: number;
  to: number;
  /** The same in whole days, as midnights in UTC: for episodes of which only the day is known. */
  fromDay: number;
  toDay: number;
};

export type CalendarFilter = {
  /** Left out: all but archived ones. */
  list?: ListName | undefined;
};

type Row = ShowColumns &
  EpisodeColumns & {
    airedAt: number;
    watched: 0 | 1;
    runtimeMin: number | null;
    changedAt: number;
    lastNumber: number | null;
    hasLaterSeason: 0 | 1;
    hasEnded: 0 | 1;
  };

const columns = `${showColumns}, ${episodeColumns}, coalesce(e.runtime_min, s.runtime_min) AS runtimeMin,
  coalesce(s.enriched_at, s.created_at) AS changedAt, s.status IS 'ended' AS hasEnded,
  EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id AND p.user_id = $userId) AS watched,
  (SELECT max(x.number) FROM episodes x
   WHERE x.show_id = e.show_id AND x.season = e.season AND x.in_catalogue = 1) AS lastNumber,
  EXISTS (SELECT 1 FROM episodes x
    WHERE x.show_id = e.show_id AND x.season > e.season AND x.in_catalogue = 1) AS hasLaterSeason`;

/** Episodes of the user's shows that come out in that time. One statement. */
export function calendar(db: Db, userId: number, range: CalendarRange, { list }: CalendarFilter = {}): CalendarItem[] {
  return db.raw
    .query<Row, [CalendarRange & { userId: number; list: string | null }]>(
      `SELECT ${columns}
       FROM episodes e
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = e.show_id
         AND CASE WHEN $list IS NULL THEN l.list <> 'archived' ELSE l.list = $list END
       CROSS JOIN shows s ON s.id = e.show_id
       WHERE e.in_catalogue = 1 AND e.aired_at >= min($from, $fromDay) AND e.aired_at < max($to, $toDay)
         AND CASE e.aired_exact WHEN 1 THEN e.aired_at >= $from AND e.aired_at < $to
           ELSE e.aired_at >= $fromDay AND e.aired_at < $toDay END
       ORDER BY e.aired_at, s.sort_title, e.season, e.number`,
    )
    .all({ userId, list: list ?? null, from: range.from, to: range.to, fromDay: range.fromDay, toDay: range.toDay })
    .map(calendarItem);
}

/** One dated episode of the user's library; null when it is not there. One statement. */
export function calendarEpisode(db: Db, userId: number, episodeId: number): CalendarItem | null {
  const row = db.raw
    .query<Row, [{ userId: number; episodeId: number }]>(
      `SELECT ${columns}
       FROM episodes e
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = e.show_id
       CROSS JOIN shows s ON s.id = e.show_id
       WHERE e.id = $episodeId AND e.aired_at IS NOT NULL`,
    )
    .get({ userId, episodeId });
  return row === null ? null : calendarItem(row);
}

function calendarItem(row: Row): CalendarItem {
  const { season, number, lastNumber } = row;
  const isLastSeason = row.hasLaterSeason === 0;
  return {
    show: showRef(row),
    episode: { ...episodeRef(row), airedAt: row.airedAt },
    watched: row.watched === 1,
    milestone: milestoneOf({ season, number, lastNumber, isLastSeason, hasEnded: row.hasEnded === 1 }),
    runtimeMin: row.runtimeMin,
    changedAt: row.changedAt,
  };
}
