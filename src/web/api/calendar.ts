import { Elysia, t } from "elysia";
import { calendar } from "../../db/queries/calendar.ts";
import { DAY_MS } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import { addDays, dateIn } from "../../services/tracking/zoned-days.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readBound, zoneOf } from "./times.ts";
import { CalendarItem, List, listOf } from "./tracker-schemas.ts";
import { calendarJson, listJson } from "./tracker-shapes.ts";

const DEFAULT_DAYS = 28;
const LONGEST_MS = 400 * DAY_MS;

export function createCalendarRoutes({ db, clock, config, paths }: RouteDeps) {
  return new Elysia().get(
    "/api/calendar",
    ({ request, query }) => {
      const user = userOf(request);
      const zone = zoneOf(user, config.timeZone);
      const from = query.from ?? dateIn(clock.now(), zone);
      const begin = readBound(from, "from", zone);
      const end = readBound(query.to ?? addDays(dateIn(begin.at, zone), DEFAULT_DAYS - 1), "to", zone);
      if (end.at - begin.at > LONGEST_MS) {
        const message = "must be at most 400 days after the begin";
        throw new AppError("invalid", `The end ${message}.`, { fields: [{ path: "to", message }] });
      }
      const range = { from: begin.at, to: end.at, fromDay: begin.day, toDay: end.day };
      const items = calendar(db, user.id, range, { list: query.list });
      return listJson({ items, nextCursor: null }, (item) => calendarJson(item, paths));
    },
    {
      query: t.Object({
        from: t.Optional(t.String({ description: "A time, or a date: from its begin. Default: today" })),
        to: t.Optional(t.String({ description: "A time, or a date: to its end. Default: four weeks" })),
        list: t.Optional(List),
      }),
      response: { 200: listOf(CalendarItem) },
      detail: {
        summary: "What comes out when",
        description: "Days are those of your time zone. Without `list`, all shows but archived ones.",
        tags: ["Calendar"],
      },
    },
  );
}
