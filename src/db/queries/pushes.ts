import type { PushOutcome, Wish } from "../../domain/push.ts";
import type { Db } from "../open.ts";
import { decodeCursor, pageOf } from "./cursor.ts";
import {
  type EpisodeColumns,
  type EpisodeRef,
  episodeColumns,
  episodeRef,
  type ListPage,
  type ShowColumns,
  type ShowRef,
  showColumns,
  showRef,
} from "./view.ts";

// What one server is still to follow, and what became of the last wishes.

export type WaitingPush = {
  show: ShowRef;
  episode: EpisodeRef;
  wanted: Wish;
  since: number;
  /** It goes nowhere before the user says so. */
  held: boolean;
  attempts: number;
  /** When it is tried (again); null while it is held. */
  nextAt: number | null;
  lastError: string | null;
};

export type PushLine = {
  id: string;
  show: ShowRef;
  episode: EpisodeRef;
  wanted: Wish;
  outcome: PushOutcome;
  at: number;
};

type Whose = { userId: number; integrationId: number };

type WaitingRow = ShowColumns &
  EpisodeColumns & {
    wanted: Wish;
    since: number;
    state: string;
    attempts: number;
    nextAt: number;
    lastError: string | null;
  };

/** Oldest wish first. One statement. */
export function waitingPushes(
  db: Db,
  { userId, integrationId }: Whose,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): ListPage<WaitingPush> {
  const [since, after] = cursor === undefined ? [-1, -1] : decodeCursor(cursor, ["number", "number"]);
  const found = db.raw
    .query<WaitingRow, [Record<string, string | number | null>]>(
      `SELECT ${showColumns}, ${episodeColumns}, q.wanted, q.wished_at AS since, q.state, q.attempts, q.next_attempt_at AS nextAt,
         q.last_error AS lastError
       FROM push_queue q JOIN episodes e ON e.id = q.episode_id JOIN shows s ON s.id = e.show_id
       WHERE q.integration_id = $integrationId AND (q.wished_at, q.episode_id) > ($since, $after)
       ORDER BY q.wished_at, q.episode_id LIMIT $limit`,
    )
    .all({ userId, integrationId, since: since ?? null, after: after ?? null, limit: limit + 1 });
  const { rows, nextCursor } = pageOf(found, limit, (row) => [row.since, row.episodeId]);
  return {
    nextCursor,
    items: rows.map((row) => ({
      show: showRef(row),
      episode: episodeRef(row),
      wanted: row.wanted,
      since: row.since,
      held: row.state === "held",
      attempts: row.attempts,
      nextAt: row.state === "held" ? null : row.nextAt,
      lastError: row.lastError,
    })),
  };
}

type LineRow = ShowColumns & EpisodeColumns & { id: number; wanted: Wish; outcome: PushOutcome; at: number };

/** Newest first. One statement. */
export function recentPushes(db: Db, { userId, integrationId }: Whose, limit: number): PushLine[] {
  return db.raw
    .query<LineRow, [Whose & { limit: number }]>(
      `SELECT ${showColumns}, ${episodeColumns}, o.id, o.wanted, o.outcome, o.at
       FROM push_log o JOIN episodes e ON e.id = o.episode_id JOIN shows s ON s.id = e.show_id
       WHERE o.integration_id = $integrationId ORDER BY o.id DESC LIMIT $limit`,
    )
    .all({ userId, integrationId, limit })
    .map((row) => ({
      id: String(row.id),
      show: showRef(row),
      episode: episodeRef(row),
      wanted: row.wanted,
      outcome: row.outcome,
      at: row.at,
    }));
}

export type PushCounts = {
  waiting: number;
  /** Of these, how many wait for the user's word: marks, and marks taken away. */
  heldMarks: number;
  heldUnmarks: number;
};

export function pushCounts(db: Db, integrationId: number): PushCounts {
  const row = db.raw
    .query<PushCounts, [number]>(
      `SELECT count(*) AS waiting, count(*) FILTER (WHERE state = 'held' AND wanted = 'watched') AS heldMarks,
         count(*) FILTER (WHERE state = 'held' AND wanted = 'unwatched') AS heldUnmarks
       FROM push_queue WHERE integration_id = ?`,
    )
    .get(integrationId);
  return row ?? { waiting: 0, heldMarks: 0, heldUnmarks: 0 };
}
