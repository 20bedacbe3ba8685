import type { Db } from "../open.ts";

// What the history can be narrowed down to.

export type ShowName = { id: number; title: string; titleKey: string; year: number | null };

/** Every show of the user's library by name. One statement. */
export function showNames(db: Db, userId: number): ShowName[] {
  return db.raw
    .query<ShowName, [{ userId: number }]>(
      `SELECT s.id, s.title, s.title_key AS titleKey, s.year FROM library_entries l
       CROSS JOIN shows s ON s.id = l.show_id WHERE l.user_id = $userId ORDER BY s.sort_title, s.id`,
    )
    .all({ userId });
}

export type ServerName = { integrationId: number; provider: string; serverName: string };

/** All servers that have ever told something, also disconnected ones. One statement. */
export function serverNames(db: Db, userId: number): ServerName[] {
  return db.raw
    .query<ServerName, [{ userId: number }]>(
      `SELECT id AS integrationId, provider, server_name AS serverName FROM integrations
       WHERE user_id = $userId ORDER BY id`,
    )
    .all({ userId });
}
