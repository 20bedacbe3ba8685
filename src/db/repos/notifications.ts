import { and, asc, eq } from "drizzle-orm";
import type { Outage } from "../../domain/outage.ts";
import type { Db } from "../open.ts";
import { notificationTargets } from "../schema/tables.ts";

export type TargetRow = typeof notificationTargets.$inferSelect;

export function insertTarget(db: Db, row: typeof notificationTargets.$inferInsert): void {
  db.orm.insert(notificationTargets).values(row).run();
}

export function listTargets(db: Db, userId: number): TargetRow[] {
  const { createdAt, id } = notificationTargets;
  const mine = db.orm.select().from(notificationTargets).where(eq(notificationTargets.userId, userId));
  return mine.orderBy(asc(createdAt), asc(id)).all();
}

/** Undefined when there is none, or it is somebody else's. */
export function targetOf(db: Db, userId: number, id: string): TargetRow | undefined {
  return db.orm
    .select()
    .from(notificationTargets)
    .where(and(eq(notificationTargets.id, id), eq(notificationTargets.userId, userId)))
    .get();
}

export function updateTarget(db: Db, id: string, change: Partial<TargetRow>): void {
  db.orm.update(notificationTargets).set(change).where(eq(notificationTargets.id, id)).run();
}

export function deleteTarget(db: Db, id: string): void {
  db.orm.delete(notificationTargets).where(eq(notificationTargets.id, id)).run();
}

export type MessageKind = Outage | "recovered";

/** To be said at every place the user has named, once for each outage however often this is called. */
export function queueOutage(
  db: Db,
  about: { userId: number; integrationId: number; kind: Outage; outageAt: number; now: number },
): void {
  db.raw
    .query<unknown, typeof about>(
      `INSERT OR IGNORE INTO notifications (target_id, integration_id, kind, outage_at, next_attempt_at, created_at)
       SELECT id, $integrationId, $kind, $outageAt, $now, $now FROM notification_targets
       WHERE user_id = $userId AND enabled = 1`,
    )
    .run(about);
}

/** The server is well: what has not been said of its outage need not be, and who has heard of it hears the end. */
export function queueRecovery(db: Db, integrationId: number, now: number): void {
  db.raw
    .query<unknown, [number]>(
      `UPDATE notifications SET next_attempt_at = NULL
       WHERE integration_id = ? AND kind <> 'recovered' AND next_attempt_at IS NOT NULL`,
    )
    .run(integrationId);
  db.raw
    .query<unknown, { integrationId: number; now: number }>(
      `INSERT OR IGNORE INTO notifications (target_id, integration_id, kind, outage_at, next_attempt_at, created_at)
       SELECT DISTINCT n.target_id, n.integration_id, 'recovered', n.outage_at, $now, $now
       FROM notifications n JOIN notification_targets t ON t.id = n.target_id AND t.enabled = 1
       WHERE n.integration_id = $integrationId AND n.kind <> 'recovered' AND n.sent_at IS NOT NULL`,
    )
    .run({ integrationId, now });
}

export type DueMessage = {
  id: number;
  targetId: string;
  kind: MessageKind;
  outageAt: number;
  attempts: number;
  userId: number;
  provider: string;
  serverName: string;
  sealedUrl: string;
  host: string;
};

export function dueMessages(db: Db, now: number, limit: number): DueMessage[] {
  return db.raw
    .query<DueMessage, { now: number; limit: number }>(
      `SELECT n.id, n.target_id AS targetId, n.kind, n.outage_at AS outageAt, n.attempts, t.user_id AS userId,
         i.provider, i.server_name AS serverName, t.sealed_url AS sealedUrl, t.host
       FROM notifications n INDEXED BY notifications_by_turn
       JOIN notification_targets t ON t.id = n.target_id AND t.enabled = 1
       JOIN integrations i ON i.id = n.integration_id AND i.disconnected_at IS NULL
       WHERE n.next_attempt_at <= $now ORDER BY n.id LIMIT $limit`,
    )
    .all({ now, limit });
}

/** `nextAttemptAt` null without `sentAt`: given up. */
export function settleMessage(
  db: Db,
  id: number,
  change: { sentAt: number | null; nextAttemptAt: number | null; attempts: number },
): void {
  db.raw
    .query<unknown, { id: number; sentAt: number | null; nextAttemptAt: number | null; attempts: number }>(
      "UPDATE notifications SET sent_at = $sentAt, next_attempt_at = $nextAttemptAt, attempts = $attempts WHERE id = $id",
    )
    .run({ id, ...change });
}

export function deleteMessagesBefore(db: Db, before: number): void {
  db.raw
    .query<unknown, [number]>("DELETE FROM notifications WHERE created_at < ? AND next_attempt_at IS NULL")
    .run(before);
}
