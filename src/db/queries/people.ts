import type { Db } from "../open.ts";

export type Person = {
  id: number;
  username: string;
  role: "admin" | "member";
  createdAt: number;
  /** By browser or by API token; null: never. */
  lastSeenAt: number | null;
  shows: number;
};

/** Everybody with an account, the first one first. One statement. */
export function people(db: Db): Person[] {
  return db.raw
    .query<Person, []>(
      `SELECT u.id, u.username, u.role, u.created_at AS createdAt,
         nullif(max(
           coalesce((SELECT max(v.last_seen_at) FROM sessions v WHERE v.user_id = u.id), 0),
           coalesce((SELECT max(k.last_used_at) FROM api_tokens k WHERE k.user_id = u.id), 0)
         ), 0) AS lastSeenAt,
         (SELECT count(*) FROM library_entries l WHERE l.user_id = u.id) AS shows
       FROM users u ORDER BY u.id`,
    )
    .all();
}
