import type { Db } from "../open.ts";
import { tx } from "../tx.ts";

export type QueuedShow = { showId: number; attempts: number };

const inSomeLibrary = "EXISTS (SELECT 1 FROM library_entries l WHERE l.show_id = s.id)";

/**
 * Queues shows that have no catalogue yet, or that the server has episodes of which the catalogue did not know.
 * Those watched last come first. Shows that nobody has in the library wait until somebody does.
 */
export function enqueueShows(db: Db, showIds: readonly number[], now: number, staleBefore: number): number {
  return db.raw
    .query<unknown, [number, string, number]>(
      `INSERT INTO enrichment_queue (show_id, state, priority, updated_at)
       SELECT s.id, 'pending', coalesce((SELECT max(l.last_watched_at) FROM library_entries l WHERE l.show_id = s.id), 0), ?1
       FROM json_each(?2) wanted JOIN shows s ON s.id = wanted.value
       WHERE ${inSomeLibrary} AND (s.enriched_at IS NULL OR (s.enriched_at < ?3 AND EXISTS (
         SELECT 1 FROM episodes e WHERE e.show_id = s.id AND e.in_catalogue = 0 AND e.number IS NOT NULL)))
       ON CONFLICT (show_id) DO UPDATE SET priority = max(priority, excluded.priority),
         state = CASE WHEN enrichment_queue.state = 'done' THEN 'pending' ELSE enrichment_queue.state END,
         next_attempt_at = CASE WHEN enrichment_queue.state = 'done' THEN 0 ELSE enrichment_queue.next_attempt_at END`,
    )
    .run(now, JSON.stringify(showIds), staleBefore).changes;
}

/** Shows whose catalogue may have moved on: those that run after a day, ended ones after a month, unfound ones when due. */
export function enqueueStale(db: Db, now: number, runningBefore: number, endedBefore: number): number {
  return db.raw
    .query<unknown, [number, number, number]>(
      `INSERT INTO enrichment_queue (show_id, state, priority, updated_at)
       SELECT s.id, 'pending', 0, ?1 FROM shows s
       WHERE s.enriched_at < CASE WHEN s.status = 'ended' THEN ?3 ELSE ?2 END AND ${inSomeLibrary}
       ON CONFLICT (show_id) DO UPDATE SET state = 'pending', attempts = 0, next_attempt_at = 0, priority = 0
         WHERE enrichment_queue.state = 'done'`,
    )
    .run(now, runningBefore, endedBefore).changes;
}

/** Every show of a library is asked for anew, also those that could not be found. Its catalogue counts as old from now on. */
export function enqueueAll(db: Db, now: number): number {
  return tx(db, () => {
    db.raw.run(`UPDATE shows AS s SET enriched_at = 0 WHERE s.enriched_at IS NOT NULL AND ${inSomeLibrary}`);
    return db.raw
      .query<unknown, [number]>(
        `INSERT INTO enrichment_queue (show_id, state, priority, updated_at)
         SELECT s.id, 'pending', coalesce((SELECT max(l.last_watched_at) FROM library_entries l WHERE l.show_id = s.id), 0), ?1
         FROM shows s WHERE ${inSomeLibrary}
         ON CONFLICT (show_id) DO UPDATE SET state = 'pending', attempts = 0, next_attempt_at = 0`,
      )
      .run(now).changes;
  });
}

export type Ages = { running: number; ended: number; uncatalogued: number };

/** Whether a queued show waits for its catalogue, and not only for titles in other languages. */
export function isCatalogueDue(db: Db, showId: number, before: Ages): boolean {
  const row = db.raw
    .query<{ due: 0 | 1 }, [Ages & { showId: number }]>(
      `SELECT s.enriched_at IS NULL OR s.enriched_at < CASE WHEN s.status = 'ended' THEN $ended ELSE $running END
         OR (s.enriched_at < $uncatalogued AND EXISTS (
           SELECT 1 FROM episodes e WHERE e.show_id = s.id AND e.in_catalogue = 0 AND e.number IS NOT NULL)) AS due
       FROM shows s WHERE s.id = $showId`,
    )
    .get({ ...before, showId });
  return row?.due === 1;
}

export function dueShows(db: Db, now: number, limit: number): QueuedShow[] {
  return db.raw
    .query<QueuedShow, [number, number]>(
      `SELECT show_id AS showId, attempts FROM enrichment_queue
       WHERE state IN ('pending', 'failed') AND next_attempt_at <= ? ORDER BY state = 'failed', priority DESC, show_id LIMIT ?`,
    )
    .all(now, limit);
}

/** When the next waiting show is due; null when none waits. */
export function nextDue(db: Db): number | null {
  const row = db.raw
    .query<{ at: number | null }, []>(
      "SELECT min(next_attempt_at) AS at FROM enrichment_queue WHERE state IN ('pending', 'failed')",
    )
    .get();
  return row?.at ?? null;
}

export function settleShow(
  db: Db,
  showId: number,
  outcome: {
    state: "pending" | "done" | "failed";
    attempts: number;
    nextAttemptAt: number;
    lastError: string | null;
    now: number;
  },
): void {
  db.raw
    .query<unknown, [typeof outcome & { showId: number }]>(
      `UPDATE enrichment_queue SET state = $state, attempts = $attempts, next_attempt_at = $nextAttemptAt, last_error = $lastError,
         updated_at = $now WHERE show_id = $showId`,
    )
    .run({ ...outcome, showId });
}

/** A show that somebody looks at comes next. */
export function promoteShow(db: Db, showId: number, now: number): void {
  db.raw
    .query<unknown, [number, number]>(
      `UPDATE enrichment_queue SET priority = 9007199254740991, next_attempt_at = min(next_attempt_at, ?)
       WHERE show_id = ? AND state = 'pending' AND attempts = 0`,
    )
    .run(now, showId);
}

export function queueCounts(db: Db): { pending: number; done: number; failed: number } {
  const counts = { pending: 0, done: 0, failed: 0 };
  const rows = db.raw
    .query<{ state: "pending" | "done" | "failed"; n: number }, []>(
      "SELECT state, count(*) AS n FROM enrichment_queue GROUP BY state",
    )
    .all();
  for (const { state, n } of rows) counts[state] = n;
  return counts;
}
