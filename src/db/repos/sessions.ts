import { and, eq, lte, ne } from "drizzle-orm";
import type { Db } from "../open.ts";
import { sessions } from "../schema/tables.ts";
import type { UserRow } from "./users.ts";

export type SessionRow = typeof sessions.$inferSelect;

export function insertSession(db: Db, row: SessionRow): void {
  db.orm.insert(sessions).values(row).run();
}

type SessionOfUser = Omit<UserRow, "usernameKey" | "passwordHash"> & Pick<SessionRow, "lastSeenAt" | "expiresAt">;

/** Asked for every request: one prepared statement. */
export function sessionWithUser(db: Db, tokenHash: string): SessionOfUser | null {
  return db.raw
    .query<SessionOfUser, { tokenHash: string }>(
      `SELECT u.id, u.username, u.role, u.time_zone AS timeZone, u.theme, u.date_format AS dateFormat,
              u.title_language AS titleLanguage, u.created_at AS createdAt, s.last_seen_at AS lastSeenAt,
              s.expires_at AS expiresAt
       FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $tokenHash`,
    )
    .get({ tokenHash });
}

export function extendSession(db: Db, tokenHash: string, times: { lastSeenAt: number; expiresAt: number }): void {
  db.orm.update(sessions).set(times).where(eq(sessions.tokenHash, tokenHash)).run();
}

export function deleteSession(db: Db, tokenHash: string): void {
  db.orm.delete(sessions).where(eq(sessions.tokenHash, tokenHash)).run();
}

/** Ends a user's sessions, except the one named. */
export function deleteSessionsOf(db: Db, userId: number, except: string | null): void {
  const mine = eq(sessions.userId, userId);
  db.orm
    .delete(sessions)
    .where(except === null ? mine : and(mine, ne(sessions.tokenHash, except)))
    .run();
}

export function deleteExpiredSessions(db: Db, now: number): void {
  db.orm.delete(sessions).where(lte(sessions.expiresAt, now)).run();
}
