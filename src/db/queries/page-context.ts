import type { Db } from "../open.ts";
import { LIVE_TRIGGER_LIST } from "../repos/sync-logs.ts";

/** What every page says about the user's servers. */
export type ServerGlance = {
  integrationId: number;
  provider: string;
  serverName: string;
  enabled: boolean;
  status: "ok" | "unreachable" | "needs-login";
  firstFailureAt: number | null;
  failureLevel: number;
  /** When the user put the banner about the present trouble away. */
  dismissedAt: number | null;
  /** The last sync, when the guard waits for the user's word on it. What a server's news brings since then answers nothing. */
  heldSyncId: string | null;
};

type Row = Omit<ServerGlance, "enabled" | "heldSyncId"> & {
  enabled: number;
  lastStatus: string | null;
  lastSyncId: number | null;
};

/** One statement. */
export function serverGlances(db: Db, userId: number): ServerGlance[] {
  return db.raw
    .query<Row, [{ userId: number }]>(
      `SELECT i.id AS integrationId, i.provider, i.server_name AS serverName, i.enabled, i.status, i.first_failure_at AS firstFailureAt,
         i.failure_level AS failureLevel, i.dismissed_at AS dismissedAt, l.id AS lastSyncId, l.status AS lastStatus
       FROM integrations i
       LEFT JOIN sync_logs l ON l.id = (
         SELECT s.id FROM sync_logs s
         WHERE s.integration_id = i.id AND s.mode <> 'preview' AND s.trigger NOT IN (${LIVE_TRIGGER_LIST})
         ORDER BY s.started_at DESC LIMIT 1
       )
       WHERE i.user_id = $userId AND i.disconnected_at IS NULL ORDER BY i.id`,
    )
    .all({ userId })
    .map(({ enabled, lastStatus, lastSyncId, ...glance }) => ({
      ...glance,
      enabled: enabled === 1,
      heldSyncId: lastStatus === "held" && lastSyncId !== null ? String(lastSyncId) : null,
    }));
}
