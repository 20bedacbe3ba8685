import type { Db } from "../open.ts";

// Moving marks from one episode to another. A row that is there already (same evidence) is the same play twice.

type Who = { userId: number } | "everybody";

const userOf = (who: Who): number | null => (who === "everybody" ? null : who.userId);

/** Moves plays and what was taken away, of one user or of everybody, from each episode to its counterpart. */
export function moveMarks(db: Db, pairs: ReadonlyMap<number, number>, who: Who): void {
  const user = userOf(who);
  for (const [from, to] of pairs) {
    db.raw
      .query<unknown, [number, number, number | null]>(
        "UPDATE OR IGNORE plays SET episode_id = ?1 WHERE episode_id = ?2 AND (?3 IS NULL OR user_id = ?3)",
      )
      .run(to, from, user);
    db.raw
      .query<unknown, [number, number | null]>(
        "DELETE FROM plays WHERE episode_id = ?1 AND (?2 IS NULL OR user_id = ?2)",
      )
      .run(from, user);
    db.raw
      .query<unknown, [number, number, number | null]>(
        "UPDATE suppressions SET episode_id = ?1 WHERE episode_id = ?2 AND (?3 IS NULL OR user_id = ?3)",
      )
      .run(to, from, user);
    db.raw
      .query<unknown, [number, number, number | null]>(
        `UPDATE item_links SET episode_id = ?1 WHERE episode_id = ?2
         AND (?3 IS NULL OR integration_id IN (SELECT id FROM integrations WHERE user_id = ?3))`,
      )
      .run(to, from, user);
    db.raw
      .query<unknown, [number, number, number | null]>(
        `UPDATE sync_removals SET episode_id = ?1 WHERE episode_id = ?2
         AND (?3 IS NULL OR sync_log_id IN (SELECT id FROM sync_logs WHERE user_id = ?3))`,
      )
      .run(to, from, user);
    foldViewings(db, to);
    foldImported(db, to);
  }
}

/**
 * Two episodes that turn out to be one may have seen one viewing twice: rows of one server closer together than half
 * the runtime are one play, at the earlier time. Everything else stays.
 */
function foldViewings(db: Db, episodeId: number): void {
  db.raw
    .query<unknown, [number]>(
      `DELETE FROM plays WHERE id IN (
         SELECT later.id FROM plays later
         JOIN episodes e ON e.id = later.episode_id
         JOIN plays first ON first.episode_id = later.episode_id AND first.user_id = later.user_id
           AND first.integration_id = later.integration_id AND first.evidence LIKE 'history:%'
           AND (first.watched_at, first.id) < (later.watched_at, later.id)
         WHERE later.episode_id = ?1 AND later.evidence LIKE 'history:%'
           AND later.watched_at - first.watched_at < coalesce(e.runtime_min, 60) * 30000)`,
    )
    .run(episodeId);
}

/**
 * What a file says and what a server says of one viewing were two plays while they stood on two episodes. The server's
 * stays: it knows more.
 */
function foldImported(db: Db, episodeId: number): void {
  db.raw
    .query<unknown, [number]>(
      `DELETE FROM plays WHERE id IN (
         SELECT p.id FROM plays p
         JOIN episodes e ON e.id = p.episode_id
         JOIN plays other ON other.episode_id = p.episode_id AND other.user_id = p.user_id AND other.source <> 'import'
         WHERE p.episode_id = ?1 AND p.source = 'import'
           AND abs(p.watched_at - other.watched_at) < coalesce(e.runtime_min, 60) * 30000)`,
    )
    .run(episodeId);
}

export function deleteEpisodes(db: Db, ids: readonly number[]): void {
  db.raw
    .query<unknown, [string]>("DELETE FROM episodes WHERE id IN (SELECT value FROM json_each(?))")
    .run(JSON.stringify(ids));
}

/** Of these episodes, those that nobody has watched and no server has. */
export function withoutTraces(db: Db, ids: readonly number[]): number[] {
  return db.raw
    .query<{ id: number }, [string]>(
      `SELECT e.id FROM json_each(?) wanted JOIN episodes e ON e.id = wanted.value
       WHERE NOT EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id)
         AND NOT EXISTS (SELECT 1 FROM item_links l WHERE l.episode_id = e.id)
         AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.episode_id = e.id)`,
    )
    .all(JSON.stringify(ids))
    .map(({ id }) => id);
}

/** Library entries of one show go to another; where a user has both, the elder choice stays and the rating is kept. */
export function moveEntries(db: Db, fromShowId: number, toShowId: number, who: Who): void {
  const user = userOf(who);
  db.raw
    .query<unknown, [number, number, number | null]>(
      `INSERT INTO library_entries (user_id, show_id, list, list_chosen, rating, added_at, added_by_sync)
       SELECT user_id, ?1, list, list_chosen, rating, added_at, added_by_sync FROM library_entries
       WHERE show_id = ?2 AND (?3 IS NULL OR user_id = ?3)
       ON CONFLICT (user_id, show_id) DO UPDATE SET rating = coalesce(library_entries.rating, excluded.rating),
         list = CASE WHEN library_entries.list_chosen = 0 AND excluded.list_chosen = 1 THEN excluded.list ELSE library_entries.list END,
         list_chosen = max(library_entries.list_chosen, excluded.list_chosen)`,
    )
    .run(toShowId, fromShowId, user);
  db.raw
    .query<unknown, [number, number | null]>(
      "DELETE FROM library_entries WHERE show_id = ?1 AND (?2 IS NULL OR user_id = ?2)",
    )
    .run(fromShowId, user);
}

/** Everything else that points to a show that is about to go. */
export function moveShowLinks(db: Db, fromShowId: number, toShowId: number): void {
  db.raw.query<unknown, [number, number]>("UPDATE matches SET show_id = ? WHERE show_id = ?").run(toShowId, fromShowId);
  db.raw
    .query<unknown, [number, number]>("UPDATE external_ids SET show_id = ? WHERE show_id = ?")
    .run(toShowId, fromShowId);
  db.raw
    .query<unknown, [number, number]>("UPDATE sync_log_items SET show_id = ? WHERE show_id = ?")
    .run(toShowId, fromShowId);
}

export function deleteShow(db: Db, showId: number): void {
  db.raw.query<unknown, [number]>("DELETE FROM shows WHERE id = ?").run(showId);
}

/** The catalogue is about to be laid anew: nothing of this show counts as catalogued until it says so again. */
export function uncatalogue(db: Db, showId: number): void {
  db.raw
    .query<unknown, [number]>("UPDATE episodes SET in_catalogue = 0 WHERE show_id = ? AND in_catalogue = 1")
    .run(showId);
}
