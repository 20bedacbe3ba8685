import { MINUTE_MS } from "../../domain/instant.ts";
import { foldPlays } from "../../domain/play-fold.ts";
import { sameViewingWindowMs } from "../../domain/plays.ts";
import type { Db } from "../open.ts";
import { deletePlays, type PlayRow, playRowColumns, setPlayTime } from "./plays.ts";

// Moving marks from one episode to another. A row that is there already (same evidence) is the same play twice.

type Who = { userId: number } | "everybody";

const userOf = (who: Who): number | null => (who === "everybody" ? null : who.userId);

/** Moves plays and what was taken away, of one user or of everybody, from each episode to its counterpart. */
export function moveMarks(db: Db, pairs: ReadonlyMap<number, number>, who: Who): void {
  const user = userOf(who);
  for (const [from, to] of pairs) {
    keepEdits(db, from, to, user);
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
    movePushes(db, from, to, user);
    foldViewings(db, to, user);
    foldImported(db, to, user);
  }
}

/** What was set on servers, and what they are still to follow, belongs to the items that move along. */
function movePushes(db: Db, from: number, to: number, user: number | null): void {
  const theirs = "(?3 IS NULL OR integration_id IN (SELECT id FROM integrations WHERE user_id = ?3))";
  for (const table of ["push_queue", "pushed_marks", "push_log"] as const) {
    db.raw
      .query<unknown, [number, number, number | null]>(
        `UPDATE OR IGNORE ${table} SET episode_id = ?1 WHERE episode_id = ?2 AND ${theirs}`,
      )
      .run(to, from, user);
  }
}

type Placed = { id: number; episodeId: number };

/** Where one user's marks were before they moved. */
export type MarkPlaces = {
  plays: Placed[];
  suppressions: Placed[];
  removals: Placed[];
  pushed: Placed[];
  links: { integrationId: number; itemId: string; episodeId: number }[];
};

export function placesOf(db: Db, userId: number, episodeIds: readonly number[]): MarkPlaces {
  const ids = JSON.stringify(episodeIds);
  const placed = (sql: string): Placed[] =>
    db.raw.query<Placed, [{ ids: string; userId: number }]>(sql).all({ ids, userId });
  return {
    plays: placed(
      `SELECT p.id, p.episode_id AS episodeId FROM json_each($ids) wanted
       CROSS JOIN plays p ON p.episode_id = wanted.value AND p.user_id = $userId`,
    ),
    suppressions: placed(
      `SELECT s.id, s.episode_id AS episodeId FROM json_each($ids) wanted
       CROSS JOIN suppressions s ON s.episode_id = wanted.value AND s.user_id = $userId`,
    ),
    removals: placed(
      `SELECT r.id, r.episode_id AS episodeId FROM sync_logs l CROSS JOIN sync_removals r ON r.sync_log_id = l.id
       WHERE l.user_id = $userId AND r.episode_id IN (SELECT value FROM json_each($ids))`,
    ),
    pushed: placed(
      `SELECT m.id, m.episode_id AS episodeId FROM json_each($ids) wanted
       CROSS JOIN pushed_marks m INDEXED BY pushed_marks_by_episode ON m.episode_id = wanted.value
       JOIN integrations i ON i.id = m.integration_id AND i.user_id = $userId`,
    ),
    links: db.raw
      .query<MarkPlaces["links"][number], [{ ids: string; userId: number }]>(
        `SELECT l.integration_id AS integrationId, l.item_id AS itemId, l.episode_id AS episodeId
         FROM json_each($ids) wanted
         CROSS JOIN item_links l INDEXED BY item_links_by_episode ON l.episode_id = wanted.value
         CROSS JOIN integrations i ON i.id = l.integration_id AND i.user_id = $userId`,
      )
      .all({ ids, userId }),
  };
}

/** Back to where they were, except what has gone elsewhere or away since. */
export function moveBack(db: Db, places: MarkPlaces, pairs: ReadonlyMap<number, number>): void {
  for (const table of ["plays", "suppressions"] as const) moveRowsBack(db, table, places[table], pairs);
  moveRowsBack(db, "sync_removals", places.removals, pairs);
  moveRowsBack(db, "pushed_marks", places.pushed, pairs);
  for (const { integrationId, itemId, episodeId } of places.links) {
    db.raw
      .query<unknown, [number, number, string, number]>(
        "UPDATE item_links SET episode_id = ? WHERE integration_id = ? AND item_id = ? AND episode_id = ?",
      )
      .run(episodeId, integrationId, itemId, pairs.get(episodeId) ?? 0);
  }
}

function moveRowsBack(
  db: Db,
  table: "plays" | "suppressions" | "sync_removals" | "pushed_marks",
  rows: readonly Placed[],
  pairs: ReadonlyMap<number, number>,
): void {
  for (const { id, episodeId } of rows) {
    db.raw
      .query<unknown, [number, number, number]>(`UPDATE ${table} SET episode_id = ? WHERE id = ? AND episode_id = ?`)
      .run(episodeId, id, pairs.get(episodeId) ?? 0);
  }
}

/** Of a play that is on both episodes one goes: what the user has said of its time must not go with it. */
function keepEdits(db: Db, from: number, to: number, user: number | null): void {
  db.raw
    .query<unknown, [number, number, number | null]>(
      `UPDATE plays AS kept SET watched_at = moved.watched_at, certainty = moved.certainty,
         edited_from = json_object('watchedAt', kept.watched_at, 'certainty', kept.certainty)
       FROM plays moved
       WHERE moved.episode_id = ?2 AND (?3 IS NULL OR moved.user_id = ?3) AND moved.edited_from IS NOT NULL
         AND kept.episode_id = ?1 AND kept.user_id = moved.user_id AND kept.evidence = moved.evidence
         AND kept.integration_id = moved.integration_id AND kept.edited_from IS NULL`,
    )
    .run(to, from, user);
}

/** What was one viewing in two episodes is one play of the one that is left. */
function foldViewings(db: Db, episodeId: number, userId: number | null): void {
  const rows = db.raw
    .query<PlayRow & { runtimeMin: number | null }, [number, number | null]>(
      `SELECT ${playRowColumns}, e.runtime_min AS runtimeMin FROM plays p JOIN episodes e ON e.id = p.episode_id
       WHERE p.episode_id = ?1 AND (?2 IS NULL OR p.user_id = ?2) AND p.integration_id IS NOT NULL
         AND p.evidence LIKE 'history:%'`,
    )
    .all(episodeId, userId);
  const byServer = Map.groupBy(rows, ({ userId, integrationId }) => `${userId} ${integrationId}`);
  for (const plays of byServer.values()) {
    const runtimeMin = plays[0]?.runtimeMin ?? null;
    const { remove, change } = foldPlays(
      plays,
      sameViewingWindowMs(runtimeMin === null ? null : runtimeMin * MINUTE_MS),
    );
    for (const { play, time } of change) setPlayTime(db, play.id, time);
    deletePlays(
      db,
      remove.map(({ id }) => id),
    );
  }
}

/**
 * What a file says and what a server says of one viewing were two plays while they stood on two episodes. The server's
 * stays: it knows more. One whose time the user has corrected is the user's own word, and stays too.
 */
function foldImported(db: Db, episodeId: number, userId: number | null): void {
  db.raw
    .query<unknown, [number, number | null]>(
      `DELETE FROM plays WHERE id IN (
         SELECT p.id FROM plays p
         JOIN episodes e ON e.id = p.episode_id
         JOIN plays other ON other.episode_id = p.episode_id AND other.user_id = p.user_id AND other.source <> 'import'
         WHERE p.episode_id = ?1 AND (?2 IS NULL OR p.user_id = ?2) AND p.source = 'import' AND p.edited_from IS NULL
           AND abs(p.watched_at - other.watched_at) < coalesce(e.runtime_min, 60) * 30000)`,
    )
    .run(episodeId, userId);
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

/**
 * Library entries of one show go to another; where a user has both, the elder choice stays, the rating is kept, and the
 * notes stand below each other.
 */
export function moveEntries(db: Db, fromShowId: number, toShowId: number, who: Who): void {
  const user = userOf(who);
  db.raw
    .query<unknown, [number, number, number | null]>(
      `INSERT INTO library_entries (user_id, show_id, list, list_chosen, rating, rated_at, notes, added_at, added_by_sync, added_by_import)
       SELECT user_id, ?1, list, list_chosen, rating, rated_at, notes, added_at, added_by_sync, added_by_import FROM library_entries
       WHERE show_id = ?2 AND (?3 IS NULL OR user_id = ?3)
       ON CONFLICT (user_id, show_id) DO UPDATE SET rating = coalesce(library_entries.rating, excluded.rating),
         rated_at = CASE WHEN library_entries.rating IS NULL THEN excluded.rated_at ELSE library_entries.rated_at END,
         notes = CASE WHEN library_entries.notes IS NOT NULL AND excluded.notes IS NOT NULL
           THEN library_entries.notes || char(10, 10) || excluded.notes
           ELSE coalesce(library_entries.notes, excluded.notes) END,
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
