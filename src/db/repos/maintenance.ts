import type { Db } from "../open.ts";
import { tx } from "../tx.ts";

export type ConnectedServer = { provider: string; name: string; url: string; insecureTls: boolean };

/** Every server that is connected now. Asks for nothing that older databases do not have. */
export function listConnected(db: Db): ConnectedServer[] {
  return db.raw
    .query<Omit<ConnectedServer, "insecureTls"> & { insecureTls: number }, []>(
      `SELECT DISTINCT provider, server_name AS name, server_url AS url, insecure_tls AS insecureTls
       FROM integrations WHERE disconnected_at IS NULL ORDER BY server_name`,
    )
    .all()
    .map((row) => ({ ...row, insecureTls: row.insecureTls === 1 }));
}

export type Pruned = { sessions: number; pins: number; syncLogs: number };

/**
 * Removes what has had its time, in one transaction: expired sessions and sign-ins, and sync logs that ended before
 * `logsBefore`, except the newest `keepLogs` of each integration. Plays stay; they only lose the link to their log.
 * Sign-ins that a server has granted stay too: they are signed out first.
 */
export function deleteOutdated(db: Db, limits: { now: number; logsBefore: number; keepLogs: number }): Pruned {
  return tx(db, () => {
    const sessions = db.raw
      .query<unknown, { now: number }>("DELETE FROM sessions WHERE expires_at <= $now")
      .run({ now: limits.now });
    const pins = db.raw
      .query<unknown, { now: number }>(
        "DELETE FROM pins WHERE expires_at <= $now AND (place IS NULL OR sealed_token IS NULL)",
      )
      .run({ now: limits.now });
    const signIns = db.raw
      .query<unknown, { now: number }>("DELETE FROM sign_in_pins WHERE expires_at <= $now")
      .run({ now: limits.now });
    const logs = db.raw
      .query<unknown, { logsBefore: number; keepLogs: number }>(
        `DELETE FROM sync_logs WHERE id IN (
           SELECT id FROM (
             SELECT id, started_at, status, row_number() OVER (PARTITION BY integration_id ORDER BY started_at DESC, id DESC) AS place
             FROM sync_logs
           ) WHERE place > $keepLogs AND started_at < $logsBefore AND status NOT IN ('running', 'held')
         )`,
      )
      .run({ logsBefore: limits.logsBefore, keepLogs: limits.keepLogs });
    return { sessions: sessions.changes, pins: pins.changes + signIns.changes, syncLogs: logs.changes };
  });
}

/** Names of the image files that rows refer to. */
export function imageFiles(db: Db): Set<string> {
  const rows = db.raw.query<{ file: string }, []>("SELECT file FROM artwork WHERE file IS NOT NULL").all();
  return new Set(rows.map((row) => row.file));
}

export type TableCounts = Record<string, number>;

const counted = ["users", "integrations", "shows", "episodes", "plays", "sync_logs", "enrichment_queue", "artwork"];

export function tableCounts(db: Db): TableCounts {
  const parts = counted.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
  return db.raw.query<TableCounts, []>(`SELECT ${parts.join(", ")}`).get() ?? {};
}

export type IntegrationHealth = {
  id: number;
  provider: string;
  serverVersion: string | null;
  connectionKind: string;
  status: string;
  failureLevel: number;
  lastSyncAt: number | null;
  lastFailureAt: number | null;
};

export function integrationHealth(db: Db): IntegrationHealth[] {
  return db.raw
    .query<IntegrationHealth, []>(
      `SELECT id, provider, server_version AS serverVersion, connection_kind AS connectionKind, status,
         failure_level AS failureLevel, last_sync_at AS lastSyncAt, last_failure_at AS lastFailureAt
       FROM integrations WHERE disconnected_at IS NULL ORDER BY id`,
    )
    .all();
}
