import { HOUR_MS } from "../../domain/instant.ts";
import type { Db } from "../open.ts";
import { sourceWatchedAt } from "./plays.ts";

const removalColumns =
  "episode_id, watched_at, certainty, source, integration_id, evidence, sync_log_id, created_at, edited_from, id";
const removalTarget = `sync_removals (sync_log_id, episode_id, watched_at, certainty, source, integration_id, evidence,
  origin_sync_log_id, created_at, edited_from, play_id)`;

export type RemovedPlays = {
  episodeId: number;
  integrationId: number | null;
  plays: number;
  /** The latest time that their source gives. */
  latest: number | null;
};

/**
 * Copies one user's plays that came from one integration (null: all of them) into the journal of a run and deletes them.
 * Returns their episodes.
 */
export function removePlaysOf(
  db: Db,
  options: { syncLogId: number; userId: number; integrationId: number | null; episodeIds: readonly number[] },
): RemovedPlays[] {
  const ids = JSON.stringify(options.episodeIds);
  const { syncLogId, userId, integrationId } = options;
  const theirs =
    "episode_id IN (SELECT value FROM json_each(?1)) AND user_id = ?2 AND (?3 IS NULL OR integration_id = ?3)";
  db.raw
    .query<unknown, [string, number, number | null, number]>(
      `INSERT INTO ${removalTarget} SELECT ?4, ${removalColumns} FROM plays WHERE ${theirs}`,
    )
    .run(ids, userId, integrationId, syncLogId);
  const counted = db.raw
    .query<RemovedPlays, [string, number, number | null]>(
      `SELECT episode_id AS episodeId, integration_id AS integrationId, count(*) AS plays,
         max(${sourceWatchedAt("plays")}) AS latest
       FROM plays WHERE ${theirs} GROUP BY episode_id, integration_id`,
    )
    .all(ids, userId, integrationId);
  db.raw
    .query<unknown, [string, number, number | null]>(`DELETE FROM plays WHERE ${theirs}`)
    .run(ids, userId, integrationId);
  return counted;
}

/**
 * Gives plays a better time or a better proof. The run that does it takes them over and keeps what they were, so that
 * undoing it brings that back. Where the user has corrected the time, the better one goes behind the user's.
 */
export function changePlays(
  db: Db,
  syncLogId: number,
  changes: readonly { id: number; watchedAt: number | null; certainty: string; evidence: string }[],
): void {
  for (const { id } of changes) {
    db.raw
      .query<unknown, [number, number]>(
        `INSERT INTO ${removalTarget} SELECT ?1, ${removalColumns} FROM plays WHERE id = ?2 AND sync_log_id IS NOT ?1`,
      )
      .run(syncLogId, id);
    // One may take over the proof that another gives up: nobody holds any while they are exchanged.
    if (changes.length > 1)
      db.raw.query<unknown, [number]>("UPDATE plays SET evidence = 'moving:' || id WHERE id = ?").run(id);
  }
  for (const { id, watchedAt, certainty, evidence } of changes) {
    db.raw
      .query<unknown, [number | null, string, string, number, number]>(
        `UPDATE plays SET evidence = ?3, sync_log_id = ?4,
           watched_at = CASE WHEN edited_from IS NULL THEN ?1 ELSE watched_at END,
           certainty = CASE WHEN edited_from IS NULL THEN ?2 ELSE certainty END,
           edited_from = CASE WHEN edited_from IS NOT NULL THEN json_object('watchedAt', ?1, 'certainty', ?2) END
         WHERE id = ?5`,
      )
      .run(watchedAt, certainty, evidence, syncLogId, id);
  }
}

/** All the user's plays that came from one integration; null: whatever they came from. */
export function playsFromIntegration(db: Db, userId: number, integrationId: number | null): number {
  const row = db.raw
    .query<{ n: number }, [number, number | null]>(
      "SELECT count(*) AS n FROM plays WHERE user_id = ?1 AND (?2 IS NULL OR integration_id = ?2)",
    )
    .get(userId, integrationId);
  return row?.n ?? 0;
}

export function countPlaysOf(
  db: Db,
  userId: number,
  integrationId: number | null,
  episodeIds: readonly number[],
): number {
  const row = db.raw
    .query<{ n: number }, [string, number, number | null]>(
      `SELECT count(*) AS n FROM plays WHERE episode_id IN (SELECT value FROM json_each(?1)) AND user_id = ?2
       AND (?3 IS NULL OR integration_id = ?3)`,
    )
    .get(JSON.stringify(episodeIds), userId, integrationId);
  return row?.n ?? 0;
}

/** A viewing may be dated by its beginning, and by a clock that is behind. */
const VIEWING_MS = 6 * HOUR_MS;

/**
 * When the tracker last got word of each of these episodes from anybody but this server. A viewing that another server told of
 * late is as old as its date says.
 */
export function latestEntryOf(
  db: Db,
  userId: number,
  integrationId: number,
  episodeIds: readonly number[],
): Map<number, number> {
  const rows = db.raw
    .query<{ episodeId: number; at: number }, [string, number, number, number]>(
      `SELECT p.episode_id AS episodeId, max(CASE
           WHEN p.integration_id IS NULL OR p.watched_at IS NULL OR p.edited_from IS NOT NULL THEN p.created_at
           ELSE min(p.created_at, p.watched_at + ?4) END) AS at
       FROM json_each(?1) w
       CROSS JOIN plays p ON p.episode_id = w.value AND p.user_id = ?2 AND p.integration_id IS NOT ?3 GROUP BY p.episode_id`,
    )
    .all(JSON.stringify(episodeIds), userId, integrationId, VIEWING_MS);
  return new Map(rows.map(({ episodeId, at }) => [episodeId, at]));
}

/** Episodes whose plays a run has added, changed or taken away. */
export function episodesOfRun(db: Db, syncLogId: number): number[] {
  return db.raw
    .query<{ id: number }, [number]>(
      `SELECT episode_id AS id FROM plays WHERE sync_log_id = ?1
       UNION SELECT episode_id FROM sync_removals WHERE sync_log_id = ?1`,
    )
    .all(syncLogId)
    .map(({ id }) => id);
}

type Undone = { removed: number; restored: number; showIds: number[] };

/**
 * Takes back what one run did: its plays go (and older views on the server stay away until the user syncs by hand),
 * what it removed comes back, shows that it brought and that nobody touched since leave the library.
 */
export function undoRun(
  db: Db,
  run: { syncLogId: number; userId: number; integrationId: number; now: number },
): Undone {
  const { syncLogId, userId, integrationId, now } = run;
  const showIds = db.raw
    .query<{ id: number }, [number, number]>(
      `SELECT DISTINCT e.show_id AS id FROM episodes e WHERE e.id IN (
         SELECT episode_id FROM plays WHERE sync_log_id = ?1 UNION SELECT episode_id FROM sync_removals WHERE sync_log_id = ?2)`,
    )
    .all(syncLogId, syncLogId)
    .map(({ id }) => id);
  db.raw
    .query<unknown, [number, number, number]>(
      `INSERT INTO suppressions (user_id, episode_id, integration_id, evidence, watched_at, until, reason, sync_log_id)
       SELECT user_id, episode_id, ?, evidence, ${sourceWatchedAt("plays")}, ?, 'undo', sync_log_id FROM plays
       WHERE sync_log_id = ?`,
    )
    .run(integrationId, now, syncLogId);
  keepEdits(db, syncLogId);
  const removed = db.raw.query<unknown, [number]>("DELETE FROM plays WHERE sync_log_id = ?").run(syncLogId).changes;
  const restored = db.raw
    .query<unknown, [number, number]>(
      `INSERT OR IGNORE INTO plays (user_id, episode_id, watched_at, certainty, source, integration_id, evidence, sync_log_id, created_at,
         edited_from)
       SELECT ?, episode_id, watched_at, certainty, source, integration_id, evidence, origin_sync_log_id, created_at, edited_from
       FROM sync_removals WHERE sync_log_id = ?`,
    )
    .run(userId, syncLogId).changes;
  db.raw.query<unknown, [number]>("DELETE FROM suppressions WHERE sync_log_id = ? AND reason = 'user'").run(syncLogId);
  db.raw
    .query<unknown, [number, number]>(
      `DELETE FROM library_entries WHERE user_id = ? AND added_by_sync = ? AND list_chosen = 0 AND rating IS NULL AND notes IS NULL
       AND NOT EXISTS (SELECT 1 FROM episodes e JOIN plays p ON p.episode_id = e.id AND p.user_id = library_entries.user_id
                       WHERE e.show_id = library_entries.show_id)`,
    )
    .run(userId, syncLogId);
  return { removed, restored, showIds };
}

/** A play that the run only changed comes back with what the user has made of its time since: that was not the run's doing. */
function keepEdits(db: Db, syncLogId: number): void {
  db.raw
    .query<unknown, [number]>(
      `UPDATE sync_removals AS r SET
         watched_at = CASE WHEN p.edited_from IS NULL THEN ${sourceWatchedAt("r")} ELSE p.watched_at END,
         certainty = CASE WHEN p.edited_from IS NULL THEN coalesce(r.edited_from ->> 'certainty', r.certainty) ELSE p.certainty END,
         edited_from = CASE WHEN p.edited_from IS NOT NULL THEN coalesce(r.edited_from,
           json_object('watchedAt', r.watched_at, 'certainty', r.certainty)) END
       FROM plays p
       WHERE r.sync_log_id = ?1 AND p.id = r.play_id AND p.sync_log_id = ?1
         AND (p.edited_from IS NOT NULL OR r.edited_from IS NOT NULL)`,
    )
    .run(syncLogId);
}

/** What undone runs keep out is let in again; returns the episodes concerned. */
export function liftUndone(db: Db, integrationId: number): number[] {
  return db.raw
    .query<{ episodeId: number }, [number]>(
      "DELETE FROM suppressions WHERE integration_id = ? AND reason = 'undo' RETURNING episode_id AS episodeId",
    )
    .all(integrationId)
    .map(({ episodeId }) => episodeId);
}

export function showsOfEpisodes(db: Db, episodeIds: readonly number[]): number[] {
  return db.raw
    .query<{ id: number }, [string]>(
      "SELECT DISTINCT show_id AS id FROM episodes WHERE id IN (SELECT value FROM json_each(?))",
    )
    .all(JSON.stringify(episodeIds))
    .map(({ id }) => id);
}
