import { Elysia, t } from "elysia";
import type { ViewContext } from "../../../views/context.ts";
import { type CalendarDayModel, CalendarPage, type CalendarRowModel } from "../../../views/pages/calendar.tsx";
import { type CalendarItem, calendar } from "../../db/queries/calendar.ts";
import { libraryCounts } from "../../db/queries/library.ts";
import { dateToInstant, toDate } from "../../domain/instant.ts";
import { addDays, dateIn, startOfDate } from "../../services/tracking/zoned-days.ts";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { dayLabel, shortDay } from "./days.ts";
import { episodeTitle, posterOf } from "./models.ts";

const DAYS = 28;
/** As far as anybody announces, and as far back as anybody looks. */
const EARLIEST = "1950-01-01";
const LATEST = "2199-01-01";

function row(ctx: ViewContext, { show, episode, watched }: CalendarItem): CalendarRowModel {
  return {
    episodeId: episode.id,
    showId: show.id,
    showTitle: show.title,
    posterUrl: posterOf(ctx, show),
    seasonNumber: episode.season,
    episodeNumber: episode.number,
    episodeTitle: episodeTitle(episode),
    clockAt: episode.airedExact ? episode.airedAt : null,
    watched,
  };
}

function daysOf(ctx: ViewContext, items: readonly CalendarItem[]): CalendarDayModel[] {
  const days = new Map<string, CalendarRowModel[]>();
  for (const item of items) {
    const { airedAt, airedExact } = item.episode;
    const day = airedExact ? dateIn(airedAt, ctx.timeZone) : toDate(airedAt);
    const rows = days.get(day) ?? [];
    days.set(day, rows);
    rows.push(row(ctx, item));
  }
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, rows]) => ({ day, label: dayLabel(day, ctx), rows }));
}

/** An address with another text than a date shows today's weeks. */
function firstDay(asked: string | undefined, today: string): string {
  if (asked === undefined || dateToInstant(asked) === null) return today;
  return asked < EARLIEST || asked > LATEST ? today : asked;
}

export function createCalendarPage(deps: RouteDeps) {
  const { db, paths } = deps;
  return new Elysia().get(
    "/calendar",
    ({ request, query }) => {
      const { ctx, userId, ...reply } = visit(deps, request);
      const today = dateIn(ctx.now, ctx.timeZone);
      const from = firstDay(query.from, today);
      const to = addDays(from, DAYS);
      const range = {
        from: startOfDate(from, ctx.timeZone) ?? 0,
        to: startOfDate(to, ctx.timeZone) ?? 0,
        fromDay: dateToInstant(from) ?? 0,
        toDay: dateToInstant(to) ?? 0,
      };
      const page = {
        days: daysOf(ctx, calendar(db, userId, range)),
        span: `${shortDay(from, ctx)} to ${shortDay(addDays(to, -1), ctx)}`,
        today: from === today,
        earlierHref: paths.calendar({ from: addDays(from, -DAYS) }),
        laterHref: paths.calendar({ from: to }),
        hasShows: libraryCounts(db, userId).all > 0,
      };
      return reply.page(CalendarPage({ ctx, page }));
    },
    { query: t.Object({ from: t.Optional(t.String()) }), detail: { hide: true } },
  );
}
