import type { Db } from "../open.ts";
import { decodeCursor, pageOf } from "./cursor.ts";
import type { RunChange } from "./run-changes.ts";
import type { ListPage } from "./view.ts";

/** One show of a run, without its episodes. */
export type SyncShow = {
  serverShow: string;
  showId: string | null;
  title: string;
  year: number | null;
  outcome: "added" | "unchanged" | "removed" | "doubtful" | "failed";
  episodes: number;
  added: number;
  removed: number;
  /** Watched on the server, and kept out by the user's preferences; only plans know. */
  leftOut: number;
  /** JSON: an array of sentences. */
  notes: string;
};

type Row = Omit<SyncShow, "showId"> & { showId: number | null; rank: number };

/** What matters first: failures, doubts, changes, the rest. */
const RANK = `CASE outcome WHEN 'failed' THEN 0 WHEN 'doubtful' THEN 1 WHEN 'unchanged' THEN iif(plan = '[]', 3, 2) ELSE 2 END`;
const LEFT_OUT = `(SELECT count(*) FROM json_each(plan) WHERE value ->> 'action' = 'leave-out')`;

/** The shows of a run that is the user's (the caller has checked). One statement. */
export function syncShows(
  db: Db,
  syncLogId: number,
  options: { cursor?: string | undefined; limit: number },
): ListPage<SyncShow> {
  const after = options.cursor === undefined ? null : decodeCursor(options.cursor, ["number", "string", "string"]);
  const found = db.raw
    .query<Row, [{ syncLogId: number; rank: number | null; title: string; serverShow: string; limit: number }]>(
      `SELECT * FROM (
         SELECT server_show AS serverShow, show_id AS showId, title, year, outcome, episodes, added, removed, notes, ${LEFT_OUT} AS leftOut, ${RANK} AS rank
         FROM sync_log_items WHERE sync_log_id = $syncLogId
       )
       WHERE $rank IS NULL OR (rank, title, serverShow) > ($rank, $title, $serverShow)
       ORDER BY rank, title, serverShow LIMIT $limit`,
    )
    .all({
      syncLogId,
      rank: after === null ? null : Number(after[0]),
      title: String(after?.[1] ?? ""),
      serverShow: String(after?.[2] ?? ""),
      limit: options.limit + 1,
    });
  const { rows, nextCursor } = pageOf(found, options.limit, (row) => [row.rank, row.title, row.serverShow]);
  return { items: rows.map(syncShow), nextCursor };
}

export type SyncShowCounts = { total: number; changed: number };

export function countSyncShows(db: Db, syncLogId: number): SyncShowCounts {
  const row = db.raw
    .query<SyncShowCounts, [{ syncLogId: number }]>(
      `SELECT count(*) AS total, coalesce(sum(added > 0 OR removed > 0), 0) AS changed
       FROM sync_log_items WHERE sync_log_id = $syncLogId`,
    )
    .get({ syncLogId });
  return row ?? { total: 0, changed: 0 };
}

/** One show of a run with what was planned for it (previews and held runs; JSON). */
export function syncShowWithPlan(
  db: Db,
  syncLogId: number,
  serverShow: string,
): { show: SyncShow; plan: string } | null {
  const row = db.raw
    .query<Row & { plan: string }, [{ syncLogId: number; serverShow: string }]>(
      `SELECT server_show AS serverShow, show_id AS showId, title, year, outcome, episodes, added, removed, notes, ${LEFT_OUT} AS leftOut, plan, 0 AS rank
       FROM sync_log_items WHERE sync_log_id = $syncLogId AND server_show = $serverShow`,
    )
    .get({ syncLogId, serverShow });
  return row === null ? null : { show: syncShow(row), plan: row.plan };
}

/** The plays of one show that a run added and removed, in the order of episodes. */
export function changesOfShow(db: Db, syncLogId: number, showId: number, limit: number): RunChange[] {
  return db.raw
    .query<RunChange, [{ syncLogId: number; showId: number; limit: number }]>(
      `SELECT * FROM (
         SELECT e.season, e.number, e.title, p.watched_at AS watchedAt, p.certainty, 'add' AS action
         FROM episodes e CROSS JOIN plays p ON p.episode_id = e.id AND p.sync_log_id = $syncLogId
         WHERE e.show_id = $showId
         UNION ALL
         SELECT e.season, e.number, e.title, r.watched_at, r.certainty, 'remove'
         FROM sync_removals r CROSS JOIN episodes e ON e.id = r.episode_id AND e.show_id = $showId
         WHERE r.sync_log_id = $syncLogId
       ) ORDER BY season, number, watchedAt LIMIT $limit`,
    )
    .all({ syncLogId, showId, limit });
}

function syncShow({ rank: _, showId, ...row }: Row): SyncShow {
  return { ...row, showId: showId === null ? null : String(showId) };
}
