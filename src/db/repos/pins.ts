import { and, eq, lt } from "drizzle-orm";
import type { Db } from "../open.ts";
import { pins } from "../schema/tables.ts";

export type PinRow = typeof pins.$inferSelect;

export function insertPin(db: Db, row: typeof pins.$inferInsert): void {
  db.orm.insert(pins).values(row).run();
}

export function pinById(db: Db, id: string): PinRow | undefined {
  return db.orm.select().from(pins).where(eq(pins.id, id)).get();
}

export function grantPin(
  db: Db,
  id: string,
  granted: { sealedToken: string; account: string; expiresAt?: number; place?: string },
): void {
  db.orm.update(pins).set(granted).where(eq(pins.id, id)).run();
}

export function deletePin(db: Db, id: string): PinRow[] {
  return db.orm.delete(pins).where(eq(pins.id, id)).returning().all();
}

/** With the integration its sign-ins go too: an approved one holds a token. */
export function deletePinsOf(db: Db, userId: number, provider?: string): PinRow[] {
  const mine = eq(pins.userId, userId);
  const where = provider === undefined ? mine : and(mine, eq(pins.provider, provider));
  return db.orm.delete(pins).where(where).returning().all();
}

export function deletePinsBefore(db: Db, expiredBefore: number): PinRow[] {
  return db.orm.delete(pins).where(lt(pins.expiresAt, expiredBefore)).returning().all();
}
