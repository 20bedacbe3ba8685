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

export function deletePin(db: Db, id: string): void {
  db.orm.delete(pins).where(eq(pins.id, id)).run();
}

/** With the integration its sign-ins go too: an approved one holds a token. */
export function deletePinsOf(db: Db, userId: number, provider: string): void {
  db.orm
    .delete(pins)
    .where(and(eq(pins.userId, userId), eq(pins.provider, provider)))
    .run();
}

export function deletePinsBefore(db: Db, expiredBefore: number): void {
  db.orm.delete(pins).where(lt(pins.expiresAt, expiredBefore)).run();
}
