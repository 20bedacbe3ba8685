import { and, asc, eq } from "drizzle-orm";
import type { Db } from "../open.ts";
import { calendarFeeds, users } from "../schema/tables.ts";
import type { UserRow } from "./users.ts";

export type CalendarFeedRow = typeof calendarFeeds.$inferSelect;

export function insertCalendarFeed(db: Db, row: typeof calendarFeeds.$inferInsert): CalendarFeedRow {
  return db.orm.insert(calendarFeeds).values(row).returning().get();
}

export function listCalendarFeeds(db: Db, userId: number): CalendarFeedRow[] {
  return db.orm
    .select()
    .from(calendarFeeds)
    .where(eq(calendarFeeds.userId, userId))
    .orderBy(asc(calendarFeeds.id))
    .all();
}

export function calendarFeedWithUser(db: Db, tokenHash: string): { feed: CalendarFeedRow; user: UserRow } | undefined {
  const rows = db.orm
    .select({ feed: calendarFeeds, user: users })
    .from(calendarFeeds)
    .innerJoin(users, eq(users.id, calendarFeeds.userId));
  return rows.where(eq(calendarFeeds.tokenHash, tokenHash)).get();
}

export function touchCalendarFeed(db: Db, id: number, at: number): void {
  db.orm.update(calendarFeeds).set({ lastUsedAt: at }).where(eq(calendarFeeds.id, id)).run();
}

/** False when there is no such feed, or it is somebody else's. */
export function deleteCalendarFeed(db: Db, userId: number, id: number): boolean {
  const gone = db.orm
    .delete(calendarFeeds)
    .where(and(eq(calendarFeeds.id, id), eq(calendarFeeds.userId, userId)))
    .returning({ id: calendarFeeds.id })
    .all();
  return gone.length > 0;
}
