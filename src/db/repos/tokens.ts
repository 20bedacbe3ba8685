import { and, asc, eq } from "drizzle-orm";
import type { Db } from "../open.ts";
import { apiTokens, users } from "../schema/tables.ts";
import type { UserRow } from "./users.ts";

export type ApiTokenRow = typeof apiTokens.$inferSelect;

export function insertApiToken(db: Db, row: typeof apiTokens.$inferInsert): ApiTokenRow {
  return db.orm.insert(apiTokens).values(row).returning().get();
}

export function listApiTokens(db: Db, userId: number): ApiTokenRow[] {
  return db.orm.select().from(apiTokens).where(eq(apiTokens.userId, userId)).orderBy(asc(apiTokens.id)).all();
}

export function apiTokenWithUser(db: Db, tokenHash: string): { token: ApiTokenRow; user: UserRow } | undefined {
  const rows = db.orm
    .select({ token: apiTokens, user: users })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId));
  return rows.where(eq(apiTokens.tokenHash, tokenHash)).get();
}

export function touchApiToken(db: Db, id: number, at: number): void {
  db.orm.update(apiTokens).set({ lastUsedAt: at }).where(eq(apiTokens.id, id)).run();
}

/** False when there is no such token, or it is somebody else's. */
export function deleteApiToken(db: Db, userId: number, id: number): boolean {
  const gone = db.orm
    .delete(apiTokens)
    .where(and(eq(apiTokens.id, id), eq(apiTokens.userId, userId)))
    .returning({ id: apiTokens.id })
    .all();
  return gone.length > 0;
}
