import { A_WHILE_MS, NEW_FOR_MS, UP_NEXT_SECTIONS, type UpNextSection } from "../../domain/up-next.ts";
import type { Db } from "../open.ts";
import { decodeCursor, encodeCursor, pageOf } from "./cursor.ts";
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
  section: UpNextSection;
  /** Came out in the last days. */
  isNew: boolean;
  /** The episode's own, else the show's usual one. */
  runtimeMin: number | null;
  watched: number;
  aired: number;
  /** Further episodes that are out and not watched, besides this one. */
  remaining: number;
  lastWatchedAt: number | null;
};

type Row = ShowColumns &
  EpisodeColumns & {
    rank: number;
    /** What its section is sorted by. */
    recency: number;
    runtimeMin: number | null;
    watched: number;
    aired: number;
    lastWatchedAt: number | null;
  };

const rankOf = (section: UpNextSection): number => UP_NEXT_SECTIONS.indexOf(section);

/** Every show on the list "watching" that has a next episode, with its section and its place in there. */
const nextEpisodes = `
  SELECT *, CASE rank WHEN ${rankOf("new")} THEN airedAt WHEN ${rankOf("not-started")} THEN addedAt
      ELSE coalesce(lastWatchedAt, addedAt) END AS recency
  FROM (
    SELECT l.show_id AS showId, e.aired_at AS airedAt, l.last_watched_at AS lastWatchedAt, l.added_at AS addedAt,
      CASE WHEN e.aired_at > $now - ${NEW_FOR_MS} AND e.aired_at <= $now THEN ${rankOf("new")}
        WHEN l.watched = 0 THEN ${rankOf("not-started")}
        WHEN coalesce(l.last_watched_at, l.added_at) < $now - ${A_WHILE_MS} THEN ${rankOf("a-while-ago")}
        ELSE ${rankOf("continue")} END AS rank
    FROM library_entries l CROSS JOIN episodes e ON e.id = l.next_episode_id
    WHERE l.user_id = $userId AND l.list = 'watching' AND ($showId IS NULL OR l.show_id = $showId)
  )`;

/** With all that a card shows; looked up for the rows of the page alone, since sorting carries every column along. */
const withCards = (page: string, extra = ""): string => `
  SELECT ${showColumns}, ${episodeColumns}, coalesce(e.runtime_min, s.runtime_min) AS runtimeMin, l.watched, s.aired,
    l.last_watched_at AS lastWatchedAt, page.rank, page.recency ${extra}
  FROM (${page}) page
  CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = page.showId
  CROSS JOIN episodes e ON e.id = l.next_episode_id
  CROSS JOIN shows s ON s.id = page.showId`;

function itemOf(row: Row): UpNextItem {
  const section = UP_NEXT_SECTIONS[row.rank] ?? "continue";
  return {
    show: showRef(row),
    episode: episodeRef(row),
    section,
    isNew: section === "new",
    runtimeMin: row.runtimeMin,
    watched: row.watched,
    aired: row.aired,
    remaining: Math.max(0, row.aired - row.watched - 1),
    lastWatchedAt: row.lastWatchedAt,
  };
}

/** Sections are told apart as of the first page's time, or a show could slip from one page into another. */
const cursorOf = (now: number, { rank, recency, showId }: Row) => [now, rank, recency, showId];

export type UpNextOptions = {
  now: number;
  /** One section alone; else all of them, one after the other. */
  section?: UpNextSection | undefined;
  cursor?: string | undefined;
  limit: number;
};

type Params = { userId: number; now: number; showId: number | null };

/**
 * What is new, latest first; then what was last watched, the latest first; then what was added last and not begun; then
 * what has not been watched for a while. One statement.
 */
export function upNext(db: Db, userId: number, options: UpNextOptions): ListPage<UpNextItem> {
  const after =
    options.cursor === undefined ? null : decodeCursor(options.cursor, ["number", "number", "number", "number"]);
  const now = after === null ? options.now : Number(after[0]);
  const found = db.raw
    .query<
      Row,
      [Params & { section: number | null; rank: number | null; recency: number; after: number; limit: number }]
    >(
      `${withCards(`SELECT * FROM (${nextEpisodes})
       WHERE ($section IS NULL OR rank = $section)
         AND ($rank IS NULL OR (rank, -recency, showId) > ($rank, -$recency, $after))
       ORDER BY rank, recency DESC, showId LIMIT $limit`)}
       ORDER BY page.rank, page.recency DESC, page.showId`,
    )
    .all({
      userId,
      now,
      showId: null,
      section: options.section === undefined ? null : rankOf(options.section),
      rank: after === null ? null : Number(after[1]),
      recency: Number(after?.[2] ?? 0),
      after: Number(after?.[3] ?? 0),
      limit: options.limit + 1,
    });
  const { rows, nextCursor } = pageOf(found, options.limit, (row) => cursorOf(now, row));
  return { items: rows.map(itemOf), nextCursor };
}

export type UpNextSectionPage = ListPage<UpNextItem> & { section: UpNextSection; total: number };

/** The beginning of every section that has something, in order. One statement. */
export function upNextSections(
  db: Db,
  userId: number,
  { now, limit }: { now: number; limit: number },
): UpNextSectionPage[] {
  const rows = db.raw
    .query<Row & { size: number }, [Params & { limit: number }]>(
      `${withCards(
        `SELECT * FROM (
         SELECT showId, rank, recency, row_number() OVER (PARTITION BY rank ORDER BY recency DESC, showId) AS place,
           count(*) OVER (PARTITION BY rank) AS size
         FROM (${nextEpisodes})
       )
       WHERE place <= $limit`,
        ", page.size",
      )}
       ORDER BY page.rank, page.place`,
    )
    .all({ userId, now, showId: null, limit });
  return UP_NEXT_SECTIONS.flatMap((section) => {
    const own = rows.filter(({ rank }) => rank === rankOf(section));
    const last = own.at(-1);
    if (last === undefined) return [];
    const nextCursor = last.size > own.length ? encodeCursor(cursorOf(now, last)) : null;
    return [{ section, total: last.size, items: own.map(itemOf), nextCursor }];
  });
}

/** The same of one show; null when nothing of it is next. One statement. */
export function upNextOfShow(db: Db, userId: number, showId: number, now: number): UpNextItem | null {
  const row = db.raw.query<Row, [Params]>(withCards(nextEpisodes)).get({ userId, now, showId });
  return row === null ? null : itemOf(row);
}
