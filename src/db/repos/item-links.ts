import type { Db } from "../open.ts";

/** What was last seen of one item of a server, and which episode of ours it is. */
export type ItemLink = {
  itemId: string;
  libraryKey: string;
  serverShow: string;
  episodeId: number | null;
  viewCount: number;
  lastViewedAt: number | null;
  /** Fingerprint of everything that decides plays; equal means nothing to do. */
  state: string;
  /** When the server showed it so; looked at again since and found unchanged, it says nothing of that. */
  seenAt: number;
};

const columns = `l.item_id AS itemId, l.library_key AS libraryKey, l.server_show AS serverShow, l.episode_id AS episodeId,
  l.view_count AS viewCount, l.last_viewed_at AS lastViewedAt, l.state, l.seen_at AS seenAt`;

export function linksOfItems(db: Db, integrationId: number, itemIds: readonly string[]): ItemLink[] {
  return db.raw
    .query<ItemLink, [string, number]>(
      `SELECT ${columns} FROM json_each(?) wanted
       CROSS JOIN item_links l ON l.integration_id = ?2 AND l.item_id = wanted.value`,
    )
    .all(JSON.stringify(itemIds), integrationId);
}

/** All items of one server that are one of these episodes: copies in several libraries, or several files. */
export function linksOfEpisodes(db: Db, integrationId: number, episodeIds: readonly number[]): ItemLink[] {
  return db.raw
    .query<ItemLink, [string, number]>(
      `SELECT ${columns} FROM json_each(?) wanted
       CROSS JOIN item_links l INDEXED BY item_links_by_episode ON l.episode_id = wanted.value AND l.integration_id = ?2`,
    )
    .all(JSON.stringify(episodeIds), integrationId);
}

/** A file of several episodes that holds this one. */
export type SharedFile = { integrationId: number; episodeId: number; parts: number };

/** The largest for each server. The first item of a file goes by the server's own id of it, the others by that and a number. */
export function sharedFilesOf(db: Db, episodeIds: readonly number[]): SharedFile[] {
  return db.raw
    .query<SharedFile, [string]>(
      `WITH files AS MATERIALIZED (
         SELECT l.integration_id AS integrationId, l.episode_id AS episodeId,
           substr(l.item_id, 1, instr(l.item_id || '#', '#') - 1) AS file
         FROM json_each(?) wanted CROSS JOIN item_links l INDEXED BY item_links_by_episode ON l.episode_id = wanted.value
       )
       SELECT integrationId, episodeId, max(1 + (
         SELECT count(*) FROM item_links p
         WHERE p.integration_id = files.integrationId AND p.item_id >= file || '#' AND p.item_id < file || '$'
       )) AS parts
       FROM files GROUP BY integrationId, episodeId HAVING parts > 1`,
    )
    .all(JSON.stringify(episodeIds));
}

export function saveLink(db: Db, integrationId: number, link: ItemLink): void {
  db.raw
    .query<unknown, [number, string, string, string, number | null, number, number | null, string, number]>(
      `INSERT INTO item_links (integration_id, item_id, library_key, server_show, episode_id, view_count, last_viewed_at, state, seen_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (integration_id, item_id) DO UPDATE SET library_key = excluded.library_key, server_show = excluded.server_show,
         episode_id = excluded.episode_id, view_count = excluded.view_count, last_viewed_at = excluded.last_viewed_at, state = excluded.state,
         seen_at = excluded.seen_at`,
    )
    .run(
      integrationId,
      link.itemId,
      link.libraryKey,
      link.serverShow,
      link.episodeId,
      link.viewCount,
      link.lastViewedAt,
      link.state,
      link.seenAt,
    );
}

/**
 * The library has been read to its end, and only these items are in it. The others keep what is known of them, but
 * belong to no library any more.
 */
export function keepInLibrary(db: Db, integrationId: number, libraryKey: string, itemIds: ReadonlySet<string>): void {
  const known = db.raw
    .query<{ itemId: string }, [number, string]>(
      "SELECT item_id AS itemId FROM item_links WHERE integration_id = ? AND library_key = ?",
    )
    .all(integrationId, libraryKey);
  const gone = known.flatMap(({ itemId }) => (itemIds.has(itemId) ? [] : [itemId]));
  if (gone.length === 0) return;
  db.raw
    .query<unknown, [number, string]>(
      "UPDATE item_links SET library_key = '' WHERE integration_id = ? AND item_id IN (SELECT value FROM json_each(?))",
    )
    .run(integrationId, JSON.stringify(gone));
}

/** Whether anything of that library has ever been read. */
export function hasBeenRead(db: Db, integrationId: number, libraryKey: string): boolean {
  return (
    db.raw
      .query<unknown, [number, string]>("SELECT 1 FROM item_links WHERE integration_id = ? AND library_key = ? LIMIT 1")
      .get(integrationId, libraryKey) !== null
  );
}

/**
 * How many items of a library the server showed as watched when last seen: files, of which some hold several episodes,
 * without those that it does not mark while they are watched again.
 */
export function watchedLinks(db: Db, integrationId: number, libraryKey: string): number {
  const row = db.raw
    .query<{ n: number }, [number, string]>(
      "SELECT count(*) AS n FROM item_links WHERE integration_id = ? AND library_key = ? AND view_count > 0 AND instr(item_id, '#') = 0 AND ltrim(state, '?+-') NOT LIKE '~%'",
    )
    .get(integrationId, libraryKey);
  return row?.n ?? 0;
}

/** Makes the next reading look at these episodes again, whatever the server says of them. */
export function forgetStates(db: Db, episodeIds: readonly number[], integrationId?: number): void {
  db.raw
    .query<unknown, [string, number | null]>(
      `UPDATE item_links SET state = '?' || ltrim(state, '?') WHERE episode_id IN (SELECT value FROM json_each(?1))
       AND (?2 IS NULL OR integration_id = ?2)`,
    )
    .run(JSON.stringify(episodeIds), integrationId ?? null);
}

/**
 * Plays of one server are taken back. What the user's other servers had seen of the same viewings was nothing new then, and is
 * now: they are read anew. Those in step with the tracker are told instead.
 */
export function lookAgainElsewhere(
  db: Db,
  { userId, integrationId, episodeIds }: { userId: number; integrationId: number; episodeIds: readonly number[] },
): void {
  const concerned = db.raw
    .query<{ id: number }, [string, number, number]>(
      `UPDATE item_links SET state = '?' || ltrim(state, '?')
       WHERE episode_id IN (SELECT value FROM json_each(?1)) AND view_count > 0
         AND integration_id IN (SELECT id FROM integrations WHERE user_id = ?2 AND id <> ?3 AND two_way = 0)
       RETURNING integration_id AS id`,
    )
    .all(JSON.stringify(episodeIds), userId, integrationId);
  const ids = [...new Set(concerned.map(({ id }) => id))];
  db.raw
    .query<unknown, [string]>("UPDATE integrations SET needs_full = 1 WHERE id IN (SELECT value FROM json_each(?))")
    .run(JSON.stringify(ids));
}

/** These items of these episodes count as unwatched from now on. */
export function forgetViews(
  db: Db,
  integrationId: number,
  itemIds: readonly string[],
  episodeIds: readonly number[],
): void {
  db.raw
    .query<unknown, [number, string, string]>(
      `UPDATE item_links SET view_count = 0, last_viewed_at = NULL, state = '?' || ltrim(state, '?')
       WHERE integration_id = ? AND item_id IN (SELECT value FROM json_each(?))
         AND episode_id IN (SELECT value FROM json_each(?))`,
    )
    .run(integrationId, JSON.stringify(itemIds), JSON.stringify(episodeIds));
}

/** Another account is asked from now on: what the former one had seen says nothing about it. */
export function forgetAllViews(db: Db, integrationId: number): void {
  db.raw
    .query<unknown, [number]>(
      `UPDATE item_links SET view_count = 0, last_viewed_at = NULL, state = '?' || ltrim(state, '?') WHERE integration_id = ?`,
    )
    .run(integrationId);
}

/** The user decides anew what is brought from this server: everything is looked at again. */
export function forgetAllStates(db: Db, integrationId: number): void {
  db.raw
    .query<unknown, [number]>("UPDATE item_links SET state = '?' || ltrim(state, '?') WHERE integration_id = ?")
    .run(integrationId);
}

/** Whether items were left out because their show was not in the library, which it is by now. */
export function hasWelcomeItems(db: Db, userId: number, integrationId: number): boolean {
  return (
    db.raw
      .query<unknown, [number, number]>(
        `SELECT 1 FROM matches m
         JOIN library_entries e ON e.user_id = ?1 AND e.show_id = m.show_id
         JOIN item_links l ON l.integration_id = m.integration_id AND l.server_show = m.server_show AND l.state LIKE '+%'
         WHERE m.integration_id = ?2 LIMIT 1`,
      )
      .get(userId, integrationId) !== null
  );
}

/** Of these episodes, those that the server has seen watched after that instant. */
export function viewedSince(db: Db, integrationId: number, episodeIds: readonly number[], since: number): number[] {
  return db.raw
    .query<{ id: number }, [string, number, number]>(
      `SELECT DISTINCT l.episode_id AS id FROM json_each(?1) wanted
       CROSS JOIN item_links l INDEXED BY item_links_by_episode ON l.episode_id = wanted.value
       WHERE l.integration_id = ?2 AND l.view_count > 0 AND l.last_viewed_at > ?3`,
    )
    .all(JSON.stringify(episodeIds), integrationId, since)
    .map(({ id }) => id);
}

export type Covered = { shows: number; episodes: number };

/** Distinct shows and episodes that one server has seen watched, or that have a play from it. */
export function coveredBy(db: Db, userId: number, integrationId: number): Covered {
  const row = db.raw
    .query<Covered, [number, number]>(
      `SELECT count(DISTINCT e.show_id) AS shows, count(*) AS episodes FROM (
         SELECT episode_id FROM item_links WHERE integration_id = ?2 AND view_count > 0 AND episode_id IS NOT NULL
         UNION SELECT episode_id FROM plays WHERE user_id = ?1 AND integration_id = ?2
       ) seen JOIN episodes e ON e.id = seen.episode_id`,
    )
    .get(userId, integrationId);
  return row ?? { shows: 0, episodes: 0 };
}

/** The same of what lies in these libraries. */
export function coveredIn(db: Db, userId: number, integrationId: number, libraryKeys: readonly string[]): Covered {
  const row = db.raw
    .query<Covered, [number, number, string]>(
      `SELECT count(DISTINCT e.show_id) AS shows, count(DISTINCT e.id) AS episodes
       FROM item_links l JOIN episodes e ON e.id = l.episode_id
       WHERE l.integration_id = ?2 AND l.library_key IN (SELECT value FROM json_each(?3)) AND (l.view_count > 0 OR EXISTS (
         SELECT 1 FROM plays p WHERE p.episode_id = e.id AND p.user_id = ?1 AND p.integration_id = ?2))`,
    )
    .get(userId, integrationId, JSON.stringify(libraryKeys));
  return row ?? { shows: 0, episodes: 0 };
}

/** Where rows of a server's history were placed before, plays that were taken away since included. */
export function placedRows(
  db: Db,
  userId: number,
  integrationId: number,
  rowKeys: readonly string[],
): Map<string, { episodeId: number; showId: number }> {
  const rows = db.raw
    .query<{ key: string; episodeId: number; showId: number }, [string, number, number]>(
      `WITH wanted AS (SELECT value AS key, 'history:' || value AS evidence FROM json_each(?1))
       SELECT wanted.key, p.episode_id AS episodeId, e.show_id AS showId
       FROM plays p JOIN wanted ON wanted.evidence = p.evidence JOIN episodes e ON e.id = p.episode_id
       WHERE p.user_id = ?2 AND p.integration_id = ?3
       UNION ALL
       SELECT wanted.key, s.episode_id, e.show_id
       FROM suppressions s JOIN wanted ON wanted.evidence = s.evidence JOIN episodes e ON e.id = s.episode_id
       WHERE s.user_id = ?2 AND s.integration_id = ?3`,
    )
    .all(JSON.stringify(rowKeys), userId, integrationId);
  return new Map(rows.map(({ key, ...place }) => [key, place]));
}
