import { asc, eq } from "drizzle-orm";
import type { Db } from "../open.ts";
import { users } from "../schema/tables.ts";

export type UserRow = typeof users.$inferSelect;
export type UserInsert = typeof users.$inferInsert;
export type UserChange = Partial<
  Pick<
    UserRow,
    "username" | "usernameKey" | "passwordHash" | "timeZone" | "theme" | "dateFormat" | "titleLanguage" | "role"
  >
>;

export function countUsers(db: Db, role?: UserRow["role"]): number {
  const row = db.raw
    .query<{ count: number }, [{ role: string | null }]>(
      "SELECT count(*) AS count FROM users WHERE $role IS NULL OR role = $role",
    )
    .get({ role: role ?? null });
  return row?.count ?? 0;
}

export function listUsers(db: Db): UserRow[] {
  return db.orm.select().from(users).orderBy(asc(users.id)).all();
}

export function userById(db: Db, id: number): UserRow | undefined {
  return db.orm.select().from(users).where(eq(users.id, id)).get();
}

/** `key` is the name as it is compared: see `usernameKey`. */
export function userByKey(db: Db, key: string): UserRow | undefined {
  return db.orm.select().from(users).where(eq(users.usernameKey, key)).get();
}

/** Null when the name is taken. */
export function insertUser(db: Db, row: UserInsert): UserRow | null {
  return db.orm.insert(users).values(row).onConflictDoNothing({ target: users.usernameKey }).returning().get() ?? null;
}

export function updateUser(db: Db, id: number, change: UserChange): void {
  db.orm.update(users).set(change).where(eq(users.id, id)).run();
}

/** Everything of the user's goes with the row (ON DELETE CASCADE). */
export function deleteUser(db: Db, id: number): void {
  db.orm.delete(users).where(eq(users.id, id)).run();
}
