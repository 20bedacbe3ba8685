import type { Db } from "../open.ts";

export type DeliveryOutcome = "waiting" | "used" | "ignored" | "failed";

export type DeliveryRow = {
  id: number;
  event: string;
  title: string | null;
  outcome: DeliveryOutcome;
  reason: string | null;
  syncLogId: number | null;
  receivedAt: number;
  settledAt: number | null;
  nextAttemptAt: number | null;
};

export type WaitingDelivery = { id: number; news: string; receivedAt: number; attempts: number };

export type NewDelivery = {
  integrationId: number;
  fingerprint: string;
  event: string;
  title: string | null;
  outcome: DeliveryOutcome;
  reason: string | null;
  /** JSON. */
  news: string | null;
  now: number;
};

export function insertDelivery(db: Db, delivery: NewDelivery): void {
  db.raw
    .query<unknown, [NewDelivery]>(
      `INSERT INTO webhook_seen (integration_id, fingerprint, event, title, outcome, reason, news, received_at, settled_at, next_attempt_at)
       VALUES ($integrationId, $fingerprint, $event, $title, $outcome, $reason, $news, $now,
         CASE $outcome WHEN 'waiting' THEN NULL ELSE $now END, CASE $outcome WHEN 'waiting' THEN $now END)`,
    )
    .run(delivery);
}

export type Came = { fingerprint: string; since: number; alsoUsed: boolean };

/** Whether the same news has come since then and is waiting for its turn, or `alsoUsed`, has had it. */
export function hasCome(db: Db, integrationId: number, came: Came): boolean {
  return (
    db.raw
      .query<unknown, [Came & { integrationId: number }]>(
        `SELECT 1 FROM webhook_seen WHERE integration_id = $integrationId AND fingerprint = $fingerprint
           AND received_at >= $since AND (outcome = 'waiting' OR $alsoUsed AND outcome = 'used') LIMIT 1`,
      )
      .get({ integrationId, ...came }) !== null
  );
}

export function waitingCount(db: Db, integrationId: number): number {
  const row = db.raw
    .query<{ n: number }, [number]>(
      "SELECT count(*) AS n FROM webhook_seen WHERE integration_id = ? AND outcome = 'waiting'",
    )
    .get(integrationId);
  return row?.n ?? 0;
}

/** Those whose turn has come, oldest first. */
export function dueDeliveries(db: Db, integrationId: number, now: number): WaitingDelivery[] {
  return db.raw
    .query<WaitingDelivery, [number, number]>(
      `SELECT id, news, received_at AS receivedAt, attempts FROM webhook_seen
       WHERE integration_id = ? AND outcome = 'waiting' AND news IS NOT NULL AND next_attempt_at <= ? ORDER BY id`,
    )
    .all(integrationId, now);
}

export function nextDeliveryAt(db: Db, integrationId: number): number | null {
  const row = db.raw
    .query<{ at: number | null }, [number]>(
      "SELECT min(next_attempt_at) AS at FROM webhook_seen WHERE integration_id = ? AND outcome = 'waiting'",
    )
    .get(integrationId);
  return row?.at ?? null;
}

export function integrationsWithWaiting(db: Db): number[] {
  return db.raw
    .query<{ id: number }, []>("SELECT DISTINCT integration_id AS id FROM webhook_seen WHERE outcome = 'waiting'")
    .all()
    .map(({ id }) => id);
}

export function settleDelivery(
  db: Db,
  id: number,
  settled: { outcome: DeliveryOutcome; reason: string | null; syncLogId: number | null; now: number },
): void {
  db.raw
    .query<unknown, [typeof settled & { id: number }]>(
      `UPDATE webhook_seen SET outcome = $outcome, reason = $reason, settled_at = $now, next_attempt_at = NULL,
         sync_log_id = (SELECT id FROM sync_logs WHERE id = $syncLogId) WHERE id = $id`,
    )
    .run({ id, ...settled });
}

export function postponeDelivery(db: Db, id: number, next: { at: number; attempts: number; reason: string }): void {
  db.raw
    .query<unknown, [typeof next & { id: number }]>(
      "UPDATE webhook_seen SET next_attempt_at = $at, attempts = $attempts, reason = $reason WHERE id = $id",
    )
    .run({ id, ...next });
}

/** Newest first. */
export function deliveriesOf(db: Db, integrationId: number, limit: number): DeliveryRow[] {
  return db.raw
    .query<DeliveryRow, [number, number]>(
      `SELECT id, event, title, outcome, reason, sync_log_id AS syncLogId, received_at AS receivedAt, settled_at AS settledAt,
         next_attempt_at AS nextAttemptAt
       FROM webhook_seen WHERE integration_id = ? ORDER BY id DESC LIMIT ?`,
    )
    .all(integrationId, limit);
}

/** Leaves the newest; those that wait are never forgotten. */
export function forgetDeliveries(db: Db, integrationId: number, keep: number): void {
  db.raw
    .query<unknown, [{ integrationId: number; keep: number }]>(
      `DELETE FROM webhook_seen WHERE integration_id = $integrationId AND outcome <> 'waiting' AND id <=
         (SELECT id FROM webhook_seen WHERE integration_id = $integrationId ORDER BY id DESC LIMIT 1 OFFSET $keep)`,
    )
    .run({ integrationId, keep });
}

export function deleteDeliveries(db: Db, integrationId: number): void {
  db.raw.query<unknown, [number]>("DELETE FROM webhook_seen WHERE integration_id = ?").run(integrationId);
}

/** The show of ours that an item of the server is, when that is known. */
export function showOfItem(db: Db, integrationId: number, itemId: string): number | null {
  const row = db.raw
    .query<{ showId: number }, [number, string]>(
      "SELECT show_id AS showId FROM matches WHERE integration_id = ? AND item_id = ? LIMIT 1",
    )
    .get(integrationId, itemId);
  return row?.showId ?? null;
}
