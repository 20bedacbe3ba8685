import type { Db } from "../open.ts";

/** What the user (or an undone sync) has taken away: older views on a server do not bring it back. */
export type SuppressionRow = {
  id: number;
  userId: number;
  episodeId: number;
  /** Null: views on any server. */
  integrationId: number | null;
  /** Null: the whole episode was unmarked; else only the play with this evidence. */
  evidence: string | null;
  /** When the removed play was: keeps out the same viewing under another name. */
  watchedAt: number | null;
  /** Views after this instant are new. */
  until: number;
  reason: "user" | "undo";
  syncLogId: number | null;
};

export type NewSuppression = Omit<SuppressionRow, "id" | "watchedAt"> & { watchedAt?: number | null };

const columns = `s.id, s.user_id AS userId, s.episode_id AS episodeId, s.integration_id AS integrationId, s.evidence,
  s.watched_at AS watchedAt, s.until, s.reason, s.sync_log_id AS syncLogId`;

/** One user's suppressions of these episodes, in one statement for any number of episodes. */
export function suppressionsOf(db: Db, userId: number, episodeIds: readonly number[]): SuppressionRow[] {
  return db.raw
    .query<SuppressionRow, [{ userId: number; ids: string }]>(
      `SELECT ${columns} FROM json_each($ids) wanted
       CROSS JOIN suppressions s ON s.episode_id = wanted.value AND s.user_id = $userId ORDER BY s.id`,
    )
    .all({ userId, ids: JSON.stringify(episodeIds) });
}

export function insertSuppression(db: Db, row: NewSuppression): number {
  const inserted = db.raw
    .query<{ id: number }, [Omit<SuppressionRow, "id">]>(
      `INSERT INTO suppressions (user_id, episode_id, integration_id, evidence, watched_at, until, reason, sync_log_id)
       VALUES ($userId, $episodeId, $integrationId, $evidence, $watchedAt, $until, $reason, $syncLogId) RETURNING id`,
    )
    .get({
      userId: row.userId,
      episodeId: row.episodeId,
      integrationId: row.integrationId,
      evidence: row.evidence,
      watchedAt: row.watchedAt ?? null,
      until: row.until,
      reason: row.reason,
      syncLogId: row.syncLogId,
    }) as { id: number };
  return inserted.id;
}

export function deleteSuppressions(db: Db, ids: readonly number[]): number {
  if (ids.length === 0) return 0;
  return db.raw
    .query<unknown, [{ ids: string }]>("DELETE FROM suppressions WHERE id IN (SELECT value FROM json_each($ids))")
    .run({ ids: JSON.stringify(ids) }).changes;
}

/** Puts removed ones back; those whose episode or integration is gone have nothing left to keep out. */
export function restoreSuppressions(db: Db, rows: readonly SuppressionRow[]): number {
  if (rows.length === 0) return 0;
  return db.raw
    .query<unknown, [{ rows: string }]>(
      `INSERT OR IGNORE INTO suppressions
         (id, user_id, episode_id, integration_id, evidence, watched_at, until, reason, sync_log_id)
       SELECT r.value ->> 'id', r.value ->> 'userId', e.id, i.id, r.value ->> 'evidence', r.value ->> 'watchedAt',
         r.value ->> 'until', r.value ->> 'reason', l.id
       FROM json_each($rows) r
       JOIN episodes e ON e.id = r.value ->> 'episodeId'
       LEFT JOIN integrations i ON i.id = r.value ->> 'integrationId'
       LEFT JOIN sync_logs l ON l.id = r.value ->> 'syncLogId'
       WHERE i.id IS r.value ->> 'integrationId'`,
    )
    .run({ rows: JSON.stringify(rows) }).changes;
}
