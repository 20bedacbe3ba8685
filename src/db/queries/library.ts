import type { ExternalIds } from "../../domain/external-ids.ts";
import { DAY_MS } from "../../domain/instant.ts";
import { LIST_NAMES, type ListName } from "../../domain/show-list.ts";
import type { Db } from "../open.ts";
import { idsOfShows } from "../repos/shows.ts";
import { decodeCursor, pageOf } from "./cursor.ts";
import {
  type FilterParams,
  filterParams,
  inFilter,
  type LibraryFilter,
  libraryRows,
  progressColumn,
} from "./library-filter.ts";
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
  withShownTitle,
} from "./view.ts";

export const LIBRARY_SORTS = ["title", "lastWatched", "progress", "added", "rating", "nextAir"] as const;
export type LibrarySort = (typeof LIBRARY_SORTS)[number];
export const SORT_ORDERS = ["asc", "desc"] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

export type LibraryItem = ShowRef & {
  ids: ExternalIds;
  list: ListName;
  /** False: the list follows from what has been watched. */
  listChosen: boolean;
  rating: number | null;
  status: "running" | "ended" | "upcoming" | null;
  network: string | null;
  genres: string[];
  watched: number;
  aired: number;
  total: number;
  lastWatchedAt: number | null;
  addedAt: number;
  nextAirAt: number | null;
  /** An episode that has come out in the last seven days is waiting. */
  newEpisode: boolean;
  /** What to watch next; null when everything that is out has been watched. */
  next: EpisodeRef | null;
};

export type LibraryOptions = LibraryFilter & {
  /** Only these. */
  showIds?: readonly number[] | undefined;
  sort?: LibrarySort | undefined;
  /** Left out: as one usually wants it. */
  order?: SortOrder | undefined;
  cursor?: string | undefined;
  limit: number;
  /** Without it no episode is called new. */
  now?: number | undefined;
};

/** What is sorted by, null where it is not known, and which way round without being asked. */
const sortings: Record<LibrarySort, { value: string; order: SortOrder }> = {
  title: { value: "0", order: "asc" },
  lastWatched: { value: "l.last_watched_at", order: "desc" },
  progress: { value: "CASE WHEN s.aired > 0 THEN 1.0 * l.watched / s.aired END", order: "desc" },
  added: { value: "l.added_at", order: "desc" },
  rating: { value: "l.rating", order: "desc" },
  nextAir: { value: "s.next_air_at", order: "asc" },
};

export function usualOrder(sort: LibrarySort): SortOrder {
  return sortings[sort].order;
}

const NEW_FOR_MS = 7 * DAY_MS;

type Row = ShowColumns &
  Partial<EpisodeColumns> & {
    sortTitle: string;
    sortKey: number;
    list: ListName;
    listChosen: 0 | 1;
    rating: number | null;
    status: LibraryItem["status"];
    network: string | null;
    genres: string;
    watched: number;
    aired: number;
    total: number;
    lastWatchedAt: number | null;
    addedAt: number;
    nextAirAt: number | null;
    newEpisode: 0 | 1;
  };

type Params = FilterParams & {
  showIds: string | null;
  afterKey: number | null;
  afterTitle: string;
  afterId: number;
  limit: number;
  now: number;
  newSince: number;
};

/** What is not known comes last either way; the title breaks ties, from A to Z unless it is itself what is sorted by. */
function statement(sort: LibrarySort, order: SortOrder): string {
  const { value } = sortings[sort];
  const isBackward = sort === "title" && order === "desc";
  const sign = order === "desc" && !isBackward ? "-" : "";
  const by = (of: string) =>
    [`${of}sortKey`, `${of}sortTitle`, `${of}showId`].map((column) => `${column} ${isBackward ? "DESC" : "ASC"}`);
  // What is not sorted by is looked up for the page alone: sorting carries every column along.
  return `
  SELECT ${showColumns}, page.sortTitle, page.sortKey, l.list, l.list_chosen AS listChosen, l.rating, s.status, s.network,
    s.genres, l.watched, s.aired, s.total, l.last_watched_at AS lastWatchedAt, l.added_at AS addedAt,
    s.next_air_at AS nextAirAt, ${episodeColumns},
    l.watched < s.aired AND EXISTS (
      SELECT 1 FROM episodes n
      WHERE n.show_id = page.showId AND n.season <> 0 AND n.aired_at > $newSince AND n.aired_at <= $now
        AND NOT EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = n.id AND p.user_id = $userId)
    ) AS newEpisode
  FROM (
    SELECT * FROM (
      SELECT l.show_id AS showId, coalesce(named.sort_title, s.sort_title) AS sortTitle,
        coalesce(${sign}(${value}), 1e18) AS sortKey
      FROM ${libraryRows} ${withShownTitle}
      WHERE ${inFilter} AND ($showIds IS NULL OR l.show_id IN (SELECT value FROM json_each($showIds)))
    )
    WHERE $afterKey IS NULL OR (sortKey, sortTitle, showId) ${isBackward ? "<" : ">"} ($afterKey, $afterTitle, $afterId)
    ORDER BY ${by("").join(", ")} LIMIT $limit
  ) page
  CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = page.showId
  CROSS JOIN shows s ON s.id = page.showId
  LEFT JOIN episodes e ON e.id = l.next_episode_id
  ORDER BY ${by("page.").join(", ")}`;
}

/** The user's shows; two statements. */
export function libraryPage(db: Db, userId: number, options: LibraryOptions): ListPage<LibraryItem> {
  const { sort = "title", order = usualOrder(sort), limit, showIds, now = 0 } = options;
  const after = options.cursor === undefined ? null : decodeCursor(options.cursor, ["number", "string", "number"]);
  const found = db.raw.query<Row, [Params]>(statement(sort, order)).all({
    ...filterParams(userId, options),
    showIds: showIds === undefined ? null : JSON.stringify(showIds),
    afterKey: after === null ? null : Number(after[0]),
    afterTitle: String(after?.[1] ?? ""),
    afterId: Number(after?.[2] ?? 0),
    limit: limit + 1,
    now,
    newSince: now - NEW_FOR_MS,
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
    listChosen: row.listChosen === 1,
    rating: row.rating,
    status: row.status,
    network: row.network,
    genres: JSON.parse(row.genres) as string[],
    watched: row.watched,
    aired: row.aired,
    total: row.total,
    lastWatchedAt: row.lastWatchedAt,
    addedAt: row.addedAt,
    nextAirAt: row.nextAirAt,
    newEpisode: row.newEpisode === 1,
    next: hasNext(row) ? episodeRef(row) : null,
  };
}

function hasNext(row: Row): row is Row & EpisodeColumns {
  return typeof row.episodeId === "number";
}

export type ListCounts = Record<ListName, number> & { all: number };

/** How many shows each list has, or has left within a filter; its own list does not count. One statement. */
export function libraryCounts(db: Db, userId: number, filter: LibraryFilter = {}): ListCounts {
  const rows = db.raw
    .query<{ list: ListName; shows: number }, [FilterParams]>(
      `SELECT l.list, count(*) AS shows FROM ${libraryRows} WHERE ${inFilter} GROUP BY l.list`,
    )
    .all(filterParams(userId, { ...filter, list: undefined }));
  const counts = { watching: 0, later: 0, ended: 0, archived: 0, all: 0 };
  for (const { list, shows } of rows) if (LIST_NAMES.includes(list)) counts[list] = shows;
  counts.all = counts.watching + counts.later + counts.ended + counts.archived;
  return counts;
}

export type Facet = { value: string; shows: number };

export type LibraryFacets = { networks: Facet[]; genres: Facet[]; statuses: Facet[]; progress: Facet[] };

type FacetKind = keyof LibraryFacets;

/** What the library can be filtered by and how many shows each value has, the most frequent first. One statement. */
export function libraryFacets(db: Db, userId: number, list?: string): LibraryFacets {
  const rows = db.raw
    .query<Facet & { kind: FacetKind }, [{ userId: number; list: string | null }]>(
      `WITH mine AS MATERIALIZED (
         SELECT s.network, s.genres, s.status, ${progressColumn} AS progress
         FROM ${libraryRows} WHERE l.user_id = $userId AND ($list IS NULL OR l.list = $list)
       )
       SELECT 'networks' AS kind, network AS value, count(*) AS shows FROM mine GROUP BY network
       UNION ALL
       SELECT 'genres', genre.value, count(*) FROM mine CROSS JOIN json_each(mine.genres) genre GROUP BY genre.value
       UNION ALL
       SELECT 'statuses', status, count(*) FROM mine GROUP BY status
       UNION ALL
       SELECT 'progress', progress, count(*) FROM mine GROUP BY progress`,
    )
    .all({ userId, list: list ?? null });
  const facets: LibraryFacets = { networks: [], genres: [], statuses: [], progress: [] };
  const known = rows.filter(({ value }) => value !== null);
  known.sort((a, b) => b.shows - a.shows || (a.value < b.value ? -1 : 1));
  for (const { kind, value, shows } of known) facets[kind].push({ value, shows });
  return facets;
}

/** Titles of those of these shows that the user has. One statement. */
export function libraryTitles(db: Db, userId: number, showIds: readonly number[]): string[] {
  return db.raw
    .query<{ title: string }, [{ userId: number; ids: string }]>(
      `SELECT s.title FROM json_each($ids) wanted
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = wanted.value
       CROSS JOIN shows s ON s.id = l.show_id ORDER BY s.sort_title`,
    )
    .all({ userId, ids: JSON.stringify(showIds) })
    .map(({ title }) => title);
}
