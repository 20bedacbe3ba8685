import { and, desc, eq, inArray, notInArray } from "drizzle-orm";
import { LIVE_TRIGGERS } from "../../domain/sync.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Db } from "../open.ts";
import { type syncLogItems, syncLogs } from "../schema/tables.ts";

export type SyncLogRow = typeof syncLogs.$inferSelect;
export type SyncLogItemRow = typeof syncLogItems.$inferSelect;

/** For `IN (…)`. */
export const LIVE_TRIGGER_LIST = LIVE_TRIGGERS.map((trigger) => `'${trigger}'`).join(", ");

type NewSyncLog = Pick<SyncLogRow, "integrationId" | "userId" | "provider" | "trigger" | "mode" | "startedAt">;

export function insertSyncLog(db: Db, row: NewSyncLog): number {
  const made = db.raw
    .query<{ id: number }, [NewSyncLog]>(
      `INSERT INTO sync_logs (integration_id, user_id, provider, trigger, mode, status, started_at)
       VALUES ($integrationId, $userId, $provider, $trigger, $mode, 'running', $startedAt) RETURNING id`,
    )
    .get(row);
  if (made === null) throw new AppError("internal", "The log of a sync was not made.");
  return made.id;
}

export function updateSyncLog(db: Db, id: number, change: Partial<SyncLogRow>): void {
  db.orm.update(syncLogs).set(change).where(eq(syncLogs.id, id)).run();
}

export function syncLogById(db: Db, id: number): SyncLogRow | undefined {
  return db.orm.select().from(syncLogs).where(eq(syncLogs.id, id)).get();
}

export type SyncLogChoice = {
  integrationId?: number | undefined;
  provider?: string | undefined;
  /** Only what a server's own news brought, or only what did more than that; else both. */
  live?: boolean | undefined;
  limit: number;
};

/** Newest first; of one integration, of all of a kind, or of all that are connected. */
export function listSyncLogs(
  db: Db,
  userId: number,
  { integrationId, provider, live, limit }: SyncLogChoice,
): SyncLogRow[] {
  const { trigger } = syncLogs;
  const where = and(
    eq(syncLogs.userId, userId),
    integrationId === undefined ? undefined : eq(syncLogs.integrationId, integrationId),
    provider === undefined ? undefined : eq(syncLogs.provider, provider),
    live === undefined
      ? undefined
      : live
        ? inArray(trigger, [...LIVE_TRIGGERS])
        : notInArray(trigger, [...LIVE_TRIGGERS]),
  );
  return db.orm.select().from(syncLogs).where(where).orderBy(desc(syncLogs.id)).limit(limit).all();
}

export function latestSyncLog(db: Db, integrationId: number, status: SyncLogRow["status"]): SyncLogRow | undefined {
  return db.orm
    .select()
    .from(syncLogs)
    .where(and(eq(syncLogs.integrationId, integrationId), eq(syncLogs.status, status)))
    .orderBy(desc(syncLogs.id))
    .limit(1)
    .get();
}

export function deleteSyncLog(db: Db, id: number): void {
  db.orm.delete(syncLogs).where(eq(syncLogs.id, id)).run();
}

/** Plays that news of a server has taken away since then, one by one. */
export function removedByNews(db: Db, integrationId: number, since: number): number {
  const row = db.raw
    .query<{ n: number | null }, [number, number]>(
      `SELECT sum(watches_removed) AS n FROM sync_logs
       WHERE integration_id = ? AND started_at >= ? AND trigger IN (${LIVE_TRIGGER_LIST})`,
    )
    .get(integrationId, since);
  return row?.n ?? 0;
}

/** What the latest run that read everything it wanted had covered; null when single items were read again since. */
export function latestCovered(db: Db, integrationId: number): { shows: number; episodes: number } | null {
  return db.raw
    .query<{ shows: number; episodes: number }, [number]>(
      `SELECT shows_synced AS shows, episodes_synced AS episodes FROM (
         SELECT * FROM sync_logs WHERE integration_id = ? AND mode <> 'preview' AND status <> 'running' ORDER BY id DESC LIMIT 1
       ) WHERE status = 'success' AND trigger NOT IN (${LIVE_TRIGGER_LIST})`,
    )
    .get(integrationId);
}

/** Plays that a run has added so far; those that it only gave a better time are older. */
export function addedBy(db: Db, syncLogId: number): number {
  const row = db.raw
    .query<{ n: number }, [number]>(
      `SELECT count(*) AS n FROM plays p JOIN sync_logs l ON l.id = p.sync_log_id
       WHERE p.sync_log_id = ? AND p.created_at = l.started_at`,
    )
    .get(syncLogId);
  return row?.n ?? 0;
}

/** Rows that still say `running`: with no run behind them after a start. */
export function interruptRunning(db: Db, now: number): number {
  return db.raw
    .query<unknown, [number]>("UPDATE sync_logs SET status = 'interrupted', finished_at = ? WHERE status = 'running'")
    .run(now).changes;
}

/** Doubts that were noted while the run went on stay with the show. */
export function saveSyncLogItem(db: Db, row: SyncLogItemRow): void {
  db.raw
    .query<unknown, [SyncLogItemRow]>(
      `INSERT INTO sync_log_items (sync_log_id, server_show, show_id, title, year, method, confidence, outcome, episodes, added, removed, notes, plan)
       VALUES ($syncLogId, $serverShow, $showId, $title, $year, $method, $confidence, $outcome, $episodes, $added, $removed, $notes, $plan)
       ON CONFLICT (sync_log_id, server_show) DO UPDATE SET show_id = excluded.show_id, method = excluded.method,
         confidence = excluded.confidence, episodes = excluded.episodes, added = excluded.added,
         removed = excluded.removed, notes = excluded.notes, plan = excluded.plan,
         outcome = CASE WHEN outcome = 'doubtful' AND excluded.outcome <> 'failed' THEN outcome ELSE excluded.outcome END`,
    )
    .run(row);
}

/** Those that changed or need an eye first, then by title. */
export function itemsOfSync(db: Db, syncLogId: number): SyncLogItemRow[] {
  return db.raw
    .query<SyncLogItemRow, [number]>(
      `SELECT sync_log_id AS syncLogId, server_show AS serverShow, show_id AS showId, title, year, method, confidence, outcome,
         episodes, added, removed, notes, plan
       FROM sync_log_items WHERE sync_log_id = ?
       ORDER BY CASE outcome WHEN 'failed' THEN 0 WHEN 'doubtful' THEN 1 WHEN 'removed' THEN 2 WHEN 'added' THEN 3 ELSE 4 END, title`,
    )
    .all(syncLogId);
}

/** A match turned out doubtful after its sync had ended: the newest log of that server says so too. */
export function noteDoubt(
  db: Db,
  match: { integrationId: number; serverShow: string },
  error: { kind: string; show: string; message: string; hint: string },
): void {
  const log = db.raw
    .query<{ id: number }, [number, string]>(
      `SELECT max(l.id) AS id FROM sync_logs l JOIN sync_log_items i ON i.sync_log_id = l.id
       WHERE l.integration_id = ? AND l.mode <> 'preview' AND i.server_show = ? HAVING max(l.id) IS NOT NULL`,
    )
    .get(match.integrationId, match.serverShow);
  if (log === null) return;
  const noted = db.raw
    .query<unknown, [number, string]>(
      "UPDATE sync_log_items SET outcome = 'doubtful' WHERE sync_log_id = ? AND server_show = ? AND outcome <> 'doubtful'",
    )
    .run(log.id, match.serverShow).changes;
  if (noted === 0) return;
  db.raw
    .query<unknown, [string, number]>(
      "UPDATE sync_logs SET errors = json_insert(errors, '$[#]', json(?)), shows_doubtful = shows_doubtful + 1 WHERE id = ?",
    )
    .run(JSON.stringify(error), log.id);
}
