import { eq } from "drizzle-orm";
import { type ExternalIds, ID_KINDS, type IdKind, isIdKind } from "../../domain/external-ids.ts";
import { sortTitle, titleKey } from "../../domain/title.ts";
import type { Db } from "../open.ts";
import { shows } from "../schema/tables.ts";

export type ShowRow = typeof shows.$inferSelect;

/** What is known when a show is met for the first time; keys for search and order are derived from its title. */
export type NewShow = {
  title: string;
  year: number | null;
  overview?: string | null;
  status?: "running" | "ended" | "upcoming" | null;
  network?: string | null;
  genres?: readonly string[];
  runtimeMin?: number | null;
  posterUrl?: string | null;
  posterIntegrationId?: number | null;
  posterPath?: string | null;
};

/** An id that already belongs to another show. */
export type IdConflict = { kind: IdKind; value: string; ownerId: number };

export function insertShow(
  db: Db,
  show: NewShow,
  ids: ExternalIds,
  now: number,
): { id: number; conflicts: IdConflict[] } {
  const { id } = insertStatement(db).get({
    title: show.title,
    titleKey: titleKey(show.title).key,
    sortTitle: sortTitle(show.title),
    year: show.year,
    overview: show.overview ?? null,
    status: show.status ?? null,
    network: show.network ?? null,
    genres: JSON.stringify(show.genres ?? []),
    runtimeMin: show.runtimeMin ?? null,
    posterUrl: show.posterUrl ?? null,
    posterIntegrationId: show.posterIntegrationId ?? null,
    posterPath: show.posterPath ?? null,
    now,
  }) as { id: number };
  return { id, conflicts: addExternalIds(db, id, ids) };
}

function insertStatement(db: Db) {
  return db.raw.query<{ id: number }, [Record<string, string | number | null>]>(
    `INSERT INTO shows (title, title_key, sort_title, year, overview, status, network, genres, runtime_min,
       poster_url, poster_integration_id, poster_path, created_at)
     VALUES ($title, $titleKey, $sortTitle, $year, $overview, $status, $network, $genres, $runtimeMin,
       $posterUrl, $posterIntegrationId, $posterPath, $now)
     RETURNING id`,
  );
}

export function showById(db: Db, id: number): ShowRow | undefined {
  return db.orm.select().from(shows).where(eq(shows.id, id)).get();
}

export function findShowByExternalId(db: Db, kind: IdKind, value: string): number | null {
  const row = db.raw
    .query<{ show_id: number }, [{ kind: string; value: string }]>(
      "SELECT show_id FROM external_ids WHERE kind = $kind AND value = $value",
    )
    .get({ kind, value });
  return row?.show_id ?? null;
}

/** Every show that carries one of these ids, in the order in which kinds of id are believed; each show once. */
export function findShowsByExternalIds(db: Db, ids: ExternalIds): number[] {
  const found = ID_KINDS.flatMap((kind) => {
    const value = ids[kind];
    const showId = value === undefined ? null : findShowByExternalId(db, kind, value);
    return showId === null ? [] : [showId];
  });
  return [...new Set(found)];
}

/** Shows of that title; with a year, only those of that year or of an unknown one. */
export function findShowsByTitle(db: Db, key: string, year: number | null): { id: number; year: number | null }[] {
  return db.raw
    .query<{ id: number; year: number | null }, [{ key: string; year: number | null }]>(
      `SELECT id, year FROM shows
       WHERE title_key = $key AND ($year IS NULL OR year IS NULL OR year = $year) ORDER BY year IS NULL, id`,
    )
    .all({ key, year });
}

/** Adds what is free. An id never moves from one show to another here: the owner is reported instead. */
export function addExternalIds(db: Db, showId: number, ids: ExternalIds): IdConflict[] {
  const conflicts: IdConflict[] = [];
  for (const kind of ID_KINDS) {
    const value = ids[kind];
    if (value === undefined) continue;
    const ownerId = findShowByExternalId(db, kind, value);
    if (ownerId === null) {
      db.raw
        .query<unknown, [{ kind: string; value: string; showId: number }]>(
          "INSERT INTO external_ids (kind, value, show_id) VALUES ($kind, $value, $showId)",
        )
        .run({ kind, value, showId });
    } else if (ownerId !== showId) conflicts.push({ kind, value, ownerId });
  }
  return conflicts;
}

/** The ids of one show. Where it has two of one kind (after a merge), the smaller spelling, always the same. */
export function idsOfShow(db: Db, showId: number): ExternalIds {
  return idsOfShows(db, [showId]).get(showId) ?? {};
}

export function idsOfShows(db: Db, showIds: readonly number[]): Map<number, ExternalIds> {
  const rows = db.raw
    .query<{ show_id: number; kind: string; value: string }, [{ ids: string }]>(
      `SELECT x.show_id, x.kind, x.value FROM json_each($ids) wanted
       CROSS JOIN external_ids x ON x.show_id = wanted.value ORDER BY x.kind, x.value DESC`,
    )
    .all({ ids: JSON.stringify(showIds) });
  const all = new Map<number, ExternalIds>(showIds.map((id) => [id, {}]));
  for (const { show_id, kind, value } of rows) {
    const ids = all.get(show_id);
    if (ids !== undefined && isIdKind(kind)) ids[kind] = value;
  }
  return all;
}

export type CatalogueFacts = {
  title: string;
  year: number | null;
  overview: string | null;
  status: "running" | "ended" | "upcoming" | null;
  network: string | null;
  genres: readonly string[];
  runtimeMin: number | null;
  posterUrl: string | null;
  enrichedFrom: string;
  enrichedId: string;
};

/** A catalogue that does not know something leaves what the server said. */
export function updateShowFromCatalogue(db: Db, showId: number, facts: CatalogueFacts, now: number): void {
  db.raw
    .query<unknown, [Record<string, string | number | null>]>(
      `UPDATE shows SET title = $title, title_key = $titleKey, sort_title = $sortTitle, year = coalesce($year, year),
         overview = coalesce($overview, overview), status = coalesce($status, status),
         network = coalesce($network, network), genres = CASE $genres WHEN '[]' THEN genres ELSE $genres END,
         runtime_min = coalesce($runtimeMin, runtime_min), poster_url = coalesce($posterUrl, poster_url),
         enriched_from = $enrichedFrom, enriched_id = $enrichedId, enriched_at = $now
       WHERE id = $showId`,
    )
    .run({
      ...facts,
      titleKey: titleKey(facts.title).key,
      sortTitle: sortTitle(facts.title),
      genres: JSON.stringify(facts.genres),
      showId,
      now,
    });
}

/** Where the media server keeps a poster; used while no catalogue names one. */
export function setServerPoster(db: Db, showId: number, integrationId: number, path: string): void {
  db.raw
    .query<unknown, [{ showId: number; integrationId: number; path: string }]>(
      `UPDATE shows SET poster_integration_id = $integrationId, poster_path = $path
       WHERE id = $showId AND (poster_integration_id IS NOT $integrationId OR poster_path IS NOT $path)`,
    )
    .run({ showId, integrationId, path });
}

/**
 * Counts of these shows without specials, for everybody. Out is what has been broadcast, what lies on a server though
 * no date is known, and what anybody has watched. Rows that stay the same are not written.
 */
export function refreshShowCounts(db: Db, showIds: readonly number[], now: number): void {
  db.raw
    .query<unknown, [{ ids: string; now: number }]>(
      `UPDATE shows SET total = counted.total, aired = counted.aired, next_air_at = counted.next_air_at
       FROM (
         SELECT wanted.value AS show_id, count(e.id) AS total,
           count(e.id) FILTER (WHERE e.aired_at <= $now OR (e.aired_at IS NULL AND e.on_server = 1)
             OR EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id)) AS aired,
           min(e.aired_at) FILTER (WHERE e.aired_at > $now) AS next_air_at
         FROM json_each($ids) wanted
         LEFT JOIN episodes e ON e.show_id = wanted.value AND e.season <> 0
         GROUP BY wanted.value
       ) AS counted
       WHERE shows.id = counted.show_id AND (shows.total <> counted.total OR shows.aired <> counted.aired
         OR shows.next_air_at IS NOT counted.next_air_at)`,
    )
    .run({ ids: JSON.stringify(showIds), now });
}

/** Shows with an episode that has come out since their counts were made. */
export function showsWithNewlyAired(db: Db, now: number): number[] {
  return db.raw
    .query<{ id: number }, [{ now: number }]>("SELECT id FROM shows WHERE next_air_at <= $now ORDER BY next_air_at")
    .all({ now })
    .map(({ id }) => id);
}
