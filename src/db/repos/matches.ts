import type { MatchMethod } from "../../domain/matching.ts";
import type { Db } from "../open.ts";

/** Which show of ours a server's show is, and why. */
export type MatchRow = {
  integrationId: number;
  /** The provider's stable name for the show. */
  serverShow: string;
  itemId: string;
  showId: number;
  method: MatchMethod;
  /** 0 to 1. */
  confidence: number;
  chosenByUser: 0 | 1;
  title: string;
  year: number | null;
  /** JSON of ExternalIds as the server gave them. */
  ids: string;
  /** JSON of MatchEvidence. */
  evidence: string;
};

const columns = `m.integration_id AS integrationId, m.server_show AS serverShow, m.item_id AS itemId, m.show_id AS showId,
  m.method, m.confidence, m.chosen_by_user AS chosenByUser, m.title, m.year, m.ids, m.evidence`;

export function matchesOf(db: Db, integrationId: number): MatchRow[] {
  return db.raw
    .query<MatchRow, [number]>(`SELECT ${columns} FROM matches m WHERE m.integration_id = ?`)
    .all(integrationId);
}

export function matchOf(db: Db, integrationId: number, serverShow: string): MatchRow | undefined {
  return (
    db.raw
      .query<MatchRow, [number, string]>(
        `SELECT ${columns} FROM matches m WHERE m.integration_id = ? AND m.server_show = ?`,
      )
      .get(integrationId, serverShow) ?? undefined
  );
}

/** The year of a show that was met without one. */
export function completeYear(db: Db, showId: number, year: number): void {
  db.raw.query<unknown, [number, number]>("UPDATE shows SET year = ? WHERE id = ? AND year IS NULL").run(year, showId);
}

export function matchesOfShow(db: Db, showId: number): MatchRow[] {
  return db.raw.query<MatchRow, [number]>(`SELECT ${columns} FROM matches m WHERE m.show_id = ?`).all(showId);
}

export function saveMatch(db: Db, row: MatchRow, now: number): void {
  db.raw
    .query<unknown, [Omit<MatchRow, "chosenByUser"> & { chosenByUser: 0 | 1; now: number }]>(
      `INSERT INTO matches (integration_id, server_show, item_id, show_id, method, confidence, chosen_by_user, title, year, ids, evidence, updated_at)
       VALUES ($integrationId, $serverShow, $itemId, $showId, $method, $confidence, $chosenByUser, $title, $year, $ids, $evidence, $now)
       ON CONFLICT (integration_id, server_show) DO UPDATE SET item_id = excluded.item_id, show_id = excluded.show_id,
         method = excluded.method, confidence = excluded.confidence, chosen_by_user = excluded.chosen_by_user,
         title = excluded.title, year = excluded.year, ids = excluded.ids, evidence = excluded.evidence, updated_at = excluded.updated_at`,
    )
    .run({ ...row, now });
}

/** A match that no sync has met yet. */
export function deleteUnmetMatch(db: Db, integrationId: number, serverShow: string): void {
  db.raw
    .query<unknown, [number, string]>(
      "DELETE FROM matches WHERE integration_id = ? AND server_show = ? AND item_id = ''",
    )
    .run(integrationId, serverShow);
}

/** The user's servers' shows that are this show of ours; those of disconnected servers too, for when they come back. */
export function matchesOfUser(db: Db, userId: number, showId: number): MatchRow[] {
  return db.raw
    .query<MatchRow, [number, number]>(
      `SELECT ${columns} FROM matches m JOIN integrations i ON i.id = m.integration_id
       WHERE m.show_id = ? AND i.user_id = ? ORDER BY m.title`,
    )
    .all(showId, userId);
}

/** Rows as they were, where they still lead to that show. */
export function restoreMatches(db: Db, rows: readonly MatchRow[], showId: number, now: number): void {
  for (const row of rows) {
    if (matchOf(db, row.integrationId, row.serverShow)?.showId === showId) saveMatch(db, row, now);
  }
}

/** Episodes of a show that this user has anything to do with: plays, links of own servers, what was taken away. */
export function episodesTouchedBy(db: Db, userId: number, showId: number): number[] {
  return db.raw
    .query<{ id: number }, [number, number]>(
      `SELECT e.id FROM episodes e WHERE e.show_id = ?1 AND (
         EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id AND p.user_id = ?2)
         OR EXISTS (SELECT 1 FROM suppressions s WHERE s.episode_id = e.id AND s.user_id = ?2)
         OR EXISTS (SELECT 1 FROM item_links l JOIN integrations i ON i.id = l.integration_id
                    WHERE l.episode_id = e.id AND i.user_id = ?2))`,
    )
    .all(showId, userId)
    .map(({ id }) => id);
}
