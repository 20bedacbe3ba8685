import { and, asc, eq } from "drizzle-orm";
import type { Db } from "../open.ts";
import { homeOffers } from "../schema/tables.ts";

export type HomeOfferRow = typeof homeOffers.$inferSelect;
export type HomeOfferInsert = typeof homeOffers.$inferInsert;

/** A member is offered to one user: the newest offer counts. */
export function saveOffer(db: Db, row: HomeOfferInsert): HomeOfferRow {
  const { memberName, asksPin, userId, createdAt } = row;
  return db.orm
    .insert(homeOffers)
    .values(row)
    .onConflictDoUpdate({
      target: [homeOffers.integrationId, homeOffers.memberId],
      set: { memberName, asksPin, userId, createdAt },
    })
    .returning()
    .get();
}

export function offerById(db: Db, id: number): HomeOfferRow | undefined {
  return db.orm.select().from(homeOffers).where(eq(homeOffers.id, id)).get();
}

export function offersOf(db: Db, integrationId: number): HomeOfferRow[] {
  return db.orm
    .select()
    .from(homeOffers)
    .where(eq(homeOffers.integrationId, integrationId))
    .orderBy(asc(homeOffers.id))
    .all();
}

export function deleteOffer(db: Db, integrationId: number, memberId: string): boolean {
  const where = and(eq(homeOffers.integrationId, integrationId), eq(homeOffers.memberId, memberId));
  return db.orm.delete(homeOffers).where(where).returning({ id: homeOffers.id }).get() !== undefined;
}
