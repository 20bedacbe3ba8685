import type { Db } from "../open.ts";
import { decodeCursor, pageOf } from "./cursor.ts";
import { type PlayColumns, type PlayView, playColumns, playView } from "./episode-view.ts";
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

export type HistoryItem = PlayView & { show: ShowRef; episode: EpisodeRef };

export type HistoryOptions = {
  /** Inclusive. With `from` or `to`, plays of unknown time are left out. */
  from?: number | undefined;
  /** Exclusive. */
  to?: number | undefined;
  showId?: number | undefined;
  cursor?: string | undefined;
  limit: number;
};

type Row = ShowColumns & EpisodeColumns & PlayColumns;

type Params = {
  userId: number;
  from: number;
  to: number;
  beforeAt: number;
  beforeId: number;
  undatedBefore: number;
  limit: number;
  showId?: number;
};

const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** All plays are found by time, those of one show by its episodes (`+` keeps a column out of the search): neither walks through the other's rows. */
const inTime = { plays: "plays p", at: "p.watched_at" };
const ofShow = {
  plays: "episodes f CROSS JOIN plays p ON p.episode_id = f.id AND f.show_id = $showId",
  at: "+p.watched_at",
};

const statement = ({ plays, at }: typeof inTime) => `
  SELECT ${playColumns}, ${showColumns}, ${episodeColumns}
  FROM (
    SELECT * FROM (
      SELECT p.id FROM ${plays}
      WHERE p.user_id = $userId AND ${at} >= $from AND ${at} < $to AND (${at}, p.id) < ($beforeAt, $beforeId)
      ORDER BY p.watched_at DESC, p.id DESC LIMIT $limit
    )
    UNION ALL
    SELECT * FROM (
      SELECT p.id FROM ${plays}
      WHERE p.user_id = $userId AND ${at} IS NULL AND p.id < $undatedBefore ORDER BY p.id DESC LIMIT $limit
    )
  ) page
  CROSS JOIN plays p ON p.id = page.id
  CROSS JOIN episodes e ON e.id = p.episode_id
  CROSS JOIN shows s ON s.id = e.show_id
  LEFT JOIN integrations i ON i.id = p.integration_id
  ORDER BY p.watched_at DESC, p.id DESC LIMIT $limit`;

/** The user's plays, newest first; those of unknown time come last. One statement. */
export function history(db: Db, userId: number, options: HistoryOptions): ListPage<HistoryItem> {
  const after = options.cursor === undefined ? null : decodeCursor(options.cursor, ["number?", "number"]);
  const [at, id] = after ?? [END_OF_TIME, END_OF_TIME];
  const isFiltered = options.from !== undefined || options.to !== undefined;
  const params: Params = {
    userId,
    from: options.from ?? -END_OF_TIME,
    to: options.to ?? END_OF_TIME,
    // Past the last dated one: none is before the beginning of time.
    beforeAt: at === null ? -END_OF_TIME : Number(at),
    beforeId: Number(id),
    undatedBefore: isFiltered ? 0 : at === null ? Number(id) : END_OF_TIME,
    limit: options.limit + 1,
  };
  const found =
    options.showId === undefined
      ? db.raw.query<Row, [Params]>(statement(inTime)).all(params)
      : db.raw.query<Row, [Params]>(statement(ofShow)).all({ ...params, showId: options.showId });
  const { rows, nextCursor } = pageOf(found, options.limit, (row) => [row.watchedAt, row.id]);
  return {
    items: rows.map((row) => ({ ...playView(row), show: showRef(row), episode: episodeRef(row) })),
    nextCursor,
  };
}
