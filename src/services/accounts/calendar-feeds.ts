import {
  calendarFeedWithUser,
  deleteCalendarFeed,
  insertCalendarFeed,
  listCalendarFeeds,
  touchCalendarFeed,
} from "../../db/repos/calendar-feeds.ts";
import { toRowId } from "../../db/row-id.ts";
import { HOUR_MS } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import { randomToken, sha256Hex } from "../../kernel/ids.ts";
import type { Deps } from "../context.ts";
import { checkFeedName } from "./rules.ts";
import { userView } from "./sessions.ts";
import type { CalendarFeedView, FoundCalendarFeed } from "./types.ts";

const touchEveryMs = HOUR_MS;

/** Secret addresses for calendar programs: whoever knows one may read the calendar behind it, and nothing else. */
export function createCalendarFeeds({ db, clock }: Pick<Deps, "db" | "clock">) {
  return {
    create(userId: number, name: string) {
      const token = randomToken();
      const row = insertCalendarFeed(db, {
        userId,
        name: checkFeedName(name),
        tokenHash: sha256Hex(token),
        createdAt: clock.now(),
      });
      return { id: String(row.id), name: row.name, token, createdAt: row.createdAt };
    },

    list(userId: number): CalendarFeedView[] {
      return listCalendarFeeds(db, userId).map(({ id, name, createdAt, lastUsedAt }) => ({
        id: String(id),
        name,
        createdAt,
        lastFetchedAt: lastUsedAt,
      }));
    },

    remove(userId: number, feedId: string): void {
      const id = toRowId(feedId);
      if (id === null || !deleteCalendarFeed(db, userId, id)) {
        throw new AppError("not-found", "There is no such calendar address.");
      }
    },

    find(token: string): FoundCalendarFeed | null {
      const found = calendarFeedWithUser(db, sha256Hex(token));
      if (found === undefined) return null;
      const now = clock.now();
      if (now - (found.feed.lastUsedAt ?? 0) >= touchEveryMs) touchCalendarFeed(db, found.feed.id, now);
      return { feedId: found.feed.id, user: userView(found.user) };
    },
  };
}
