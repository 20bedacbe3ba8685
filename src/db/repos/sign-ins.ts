import { and, eq, lt } from "drizzle-orm";
import type { Db } from "../open.ts";
import { signInAccounts, signInPins } from "../schema/tables.ts";

export type SignInAccountRow = typeof signInAccounts.$inferSelect;
export type SignInPinRow = typeof signInPins.$inferSelect;

/** Null when this account, or this name, is there already. */
export function insertSignInAccount(db: Db, row: typeof signInAccounts.$inferInsert): SignInAccountRow | null {
  return db.orm.insert(signInAccounts).values(row).onConflictDoNothing().returning().get() ?? null;
}

export function signInAccountById(db: Db, id: number): SignInAccountRow | undefined {
  return db.orm.select().from(signInAccounts).where(eq(signInAccounts.id, id)).get();
}

export function signInAccountOf(db: Db, provider: string, accountId: string): SignInAccountRow | undefined {
  return db.orm
    .select()
    .from(signInAccounts)
    .where(and(eq(signInAccounts.provider, provider), eq(signInAccounts.accountId, accountId)))
    .get();
}

/** The oldest that was allowed by one of these names and that nobody has used yet. */
export function signInAccountNamed(db: Db, provider: string, names: readonly string[]): SignInAccountRow | undefined {
  const found = db.raw
    .query<{ id: number }, [{ provider: string; names: string }]>(
      `SELECT id FROM sign_in_accounts
       WHERE provider = $provider AND wanted_name IN (SELECT value FROM json_each($names)) ORDER BY id LIMIT 1`,
    )
    .get({ provider, names: JSON.stringify(names) });
  return found === null ? undefined : signInAccountById(db, found.id);
}

export function updateSignInAccount(db: Db, id: number, change: Partial<SignInAccountRow>): void {
  db.orm.update(signInAccounts).set(change).where(eq(signInAccounts.id, id)).run();
}

/** Sessions that were begun with it end with it (ON DELETE CASCADE). */
export function deleteSignInAccount(db: Db, id: number): void {
  db.orm.delete(signInAccounts).where(eq(signInAccounts.id, id)).run();
}

/** Ends the sessions begun with accounts of one service; returns whose they were. */
export function deleteSessionsThrough(db: Db, provider: string): number[] {
  const ended = db.raw
    .query<{ userId: number }, [{ provider: string }]>(
      `DELETE FROM sessions WHERE sign_in_account_id IN (SELECT id FROM sign_in_accounts WHERE provider = $provider)
       RETURNING user_id AS userId`,
    )
    .all({ provider });
  return [...new Set(ended.map(({ userId }) => userId))];
}

/** Ends a user's sessions begun with accounts that somebody else has bound to them. */
export function deleteSessionsNotChosen(db: Db, userId: number): void {
  db.raw
    .query<unknown, [{ userId: number }]>(
      `DELETE FROM sessions WHERE user_id = $userId
         AND sign_in_account_id IN (SELECT id FROM sign_in_accounts WHERE user_id = $userId AND chosen_by_user = 0)`,
    )
    .run({ userId });
}

export function insertSignInPin(db: Db, row: SignInPinRow): void {
  db.orm.insert(signInPins).values(row).run();
}

export function signInPinById(db: Db, id: string): SignInPinRow | undefined {
  return db.orm.select().from(signInPins).where(eq(signInPins.id, id)).get();
}

export function deleteSignInPin(db: Db, id: string): void {
  db.orm.delete(signInPins).where(eq(signInPins.id, id)).run();
}

export function deleteSignInPinsBefore(db: Db, expiredBefore: number): void {
  db.orm.delete(signInPins).where(lt(signInPins.expiresAt, expiredBefore)).run();
}
