import type { Db } from "../open.ts";

export type RunChange = {
  season: number;
  number: number | null;
  title: string | null;
  watchedAt: number | null;
  certainty: string;
  action: "add" | "remove";
};

/** The plays that one run added and removed (not those that it only gave a better time), by show, at most `limit` a show, in the order of episodes. */
export function changesOfRun(db: Db, syncLogId: number, limit: number): Map<number, RunChange[]> {
  const rows = db.raw
    .query<RunChange & { showId: number }, [number, number]>(
      `SELECT showId, season, number, title, watchedAt, certainty, action FROM (
         SELECT c.*, row_number() OVER (PARTITION BY showId ORDER BY season, number, watchedAt) AS place FROM (
           SELECT e.show_id AS showId, e.season, e.number, e.title, p.watched_at AS watchedAt, p.certainty, 'add' AS action
           FROM plays p JOIN episodes e ON e.id = p.episode_id WHERE p.sync_log_id = ?1
             AND NOT EXISTS (SELECT 1 FROM sync_removals r WHERE r.sync_log_id = ?1 AND r.episode_id = p.episode_id AND r.created_at = p.created_at)
           UNION ALL
           SELECT e.show_id, e.season, e.number, e.title, r.watched_at, r.certainty, 'remove'
           FROM sync_removals r JOIN episodes e ON e.id = r.episode_id WHERE r.sync_log_id = ?1
             AND NOT EXISTS (SELECT 1 FROM plays p WHERE p.sync_log_id = ?1 AND p.episode_id = r.episode_id AND p.created_at = r.created_at)
         ) c
       ) WHERE place <= ?2 ORDER BY showId, place`,
    )
    .all(syncLogId, limit);
  const changes = new Map<number, RunChange[]>();
  for (const { showId, ...change } of rows) {
    const list = changes.get(showId);
    if (list === undefined) changes.set(showId, [change]);
    else list.push(change);
  }
  return changes;
}
