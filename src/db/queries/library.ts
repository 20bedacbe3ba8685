import type { ExternalIds } from "../../domain/external-ids.ts";
import { LIST_NAMES, type ListName } from "../../domain/show-list.ts";
import { titleKey } from "../../domain/title.ts";
import type { Db } from "../open.ts";
import { idsOfShows } from "../repos/shows.ts";
import { decodeCursor, pageOf } from "./cursor.ts";
import {
  type EpisodeColumns,
  type EpisodeRef,
  episodeColumns,
  episodeRef,
  type ListPage,
  type ShowRef,
  showRef,
  withShownTitle,
} from "./view.ts";

export const LIBRARY_SORTS = ["title", "lastWatched", "progress", "added", "rating", "nextAir"] as const;
export type LibrarySort = (typeof LIBRARY_SORTS)[number];

export type LibraryItem = ShowRef & {
  ids: ExternalIds;
  list: ListName;
  rating: number | null;
  watched: number;
  aired: number;
  total: number;
  lastWatchedAt: number | null;
  addedAt: number;
  nextAirAt: number | null;
  /** What to watch next; null when everything that is out has been watched. */
  next: EpisodeRef | null;
};

export type LibraryOptions = {
  list?: ListName | undefined;
  /** Part of the title. */
  query?: string | undefined;
  sort?: LibrarySort | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** Numbers that rise in the wanted order; the title breaks ties. */
const sortKeys: Record<LibrarySort, string> = {
  title: "0",
  lastWatched: "-coalesce(l.last_watched_at, -1e15)",
  progress: "CASE s.aired WHEN 0 THEN 1 ELSE -1.0 * l.watched / s.aired END",
  added: "-l.added_at",
  rating: "-coalesce(l.rating, 0)",
  nextAir: "coalesce(s.next_air_at, 1e15)",
};

type Row = Partial<EpisodeColumns> & {
  showId: number;
  showTitle: string;
  year: number | null;
  posterVersion: number;
  hasPoster: 0 | 1;
  sortTitle: string;
  sortKey: number;
  list: ListName;
  rating: number | null;
  watched: number;
  aired: number;
  total: number;
  lastWatchedAt: number | null;
  addedAt: number;
  nextAirAt: number | null;
};

type Params = {
  userId: number;
  list: string | null;
  text: string | null;
  afterKey: number | null;
  afterTitle: string;
  afterId: number;
  limit: number;
};

const statement = (sort: LibrarySort) => `
  SELECT page.*, ${episodeColumns}
  FROM (
    SELECT * FROM (
      SELECT s.id AS showId, coalesce(named.title, s.title) AS showTitle, s.year, s.poster_version AS posterVersion,
        (s.poster_url IS NOT NULL OR s.poster_path IS NOT NULL) AS hasPoster,
        coalesce(named.sort_title, s.sort_title) AS sortTitle, ${sortKeys[sort]} AS sortKey, l.list, l.rating, l.watched, s.aired, s.total,
        l.last_watched_at AS lastWatchedAt, l.added_at AS addedAt, s.next_air_at AS nextAirAt,
        l.next_episode_id AS nextId
      FROM library_entries l CROSS JOIN shows s ON s.id = l.show_id ${withShownTitle}
      WHERE l.user_id = $userId AND ($list IS NULL OR l.list = $list)
        AND ($text IS NULL OR instr(s.title_key, $text) > 0 OR instr(named.title_key, $text) > 0)
    )
    WHERE $afterKey IS NULL OR (sortKey, sortTitle, showId) > ($afterKey, $afterTitle, $afterId)
    ORDER BY sortKey, sortTitle, showId LIMIT $limit
  ) page
  LEFT JOIN episodes e ON e.id = page.nextId
  ORDER BY page.sortKey, page.sortTitle, page.showId`;

/** The user's shows; two statements. */
export function libraryPage(db: Db, userId: number, options: LibraryOptions): ListPage<LibraryItem> {
  const { list = null, query = "", sort = "title", limit } = options;
  const after = options.cursor === undefined ? null : decodeCursor(options.cursor, ["number", "string", "number"]);
  const found = db.raw.query<Row, [Params]>(statement(sort)).all({
    userId,
    list,
    text: query.trim() === "" ? null : titleKey(query).key,
    afterKey: after === null ? null : Number(after[0]),
    afterTitle: String(after?.[1] ?? ""),
    afterId: Number(after?.[2] ?? 0),
    limit: limit + 1,
  });
  const { rows, nextCursor } = pageOf(found, limit, (row) => [row.sortKey, row.sortTitle, row.showId]);
  const ids = idsOfShows(
    db,
    rows.map(({ showId }) => showId),
  );
  return { items: rows.map((row) => libraryItem(row, ids.get(row.showId) ?? {})), nextCursor };
}

function libraryItem(row: Row, ids: ExternalIds): LibraryItem {
  return {
    ...showRef(row),
    ids,
    list: row.list,
    rating: row.rating,
    watched: row.watched,
    aired: row.aired,
    total: row.total,
    lastWatchedAt: row.lastWatchedAt,
    addedAt: row.addedAt,
    nextAirAt: row.nextAirAt,
    next: hasNext(row) ? episodeRef(row) : null,
  };
}

function hasNext(row: Row): row is Row & EpisodeColumns {
  return typeof row.episodeId === "number";
}

/** How many shows each list has. */
export function libraryCounts(db: Db, userId: number): Record<ListName, number> & { all: number } {
  const rows = db.raw
    .query<{ list: ListName; shows: number }, [{ userId: number }]>(
      "SELECT list, count(*) AS shows FROM library_entries WHERE user_id = $userId GROUP BY list",
    )
    .all({ userId });
  const counts = { watching: 0, later: 0, ended: 0, archived: 0, all: 0 };
  for (const { list, shows } of rows) if (LIST_NAMES.includes(list)) counts[list] = shows;
  counts.all = counts.watching + counts.later + counts.ended + counts.archived;
  return counts;
}
