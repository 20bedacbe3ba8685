import type { Db } from "../open.ts";

export type SessionGlance = { tokenHash: string; userAgent: string; createdAt: number; lastSeenAt: number };

/** Where the user is signed in, last seen first. */
export function liveSessions(db: Db, userId: number, now: number): SessionGlance[] {
  return db.raw
    .query<SessionGlance, [{ userId: number; now: number }]>(
      `SELECT token_hash AS tokenHash, user_agent AS userAgent, created_at AS createdAt, last_seen_at AS lastSeenAt
       FROM sessions WHERE user_id = $userId AND expires_at > $now ORDER BY last_seen_at DESC, token_hash LIMIT 100`,
    )
    .all({ userId, now });
}
