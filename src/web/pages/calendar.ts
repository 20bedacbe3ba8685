import { Elysia, t } from "elysia";
import { z } from "zod";
import type { ViewContext } from "../../../views/context.ts";
import { CalendarPage, type CalendarPageModel, CalendarSection } from "../../../views/pages/calendar.tsx";
import type { CalendarFeedsModel } from "../../../views/parts/calendar-feeds.tsx";
import { calendar } from "../../db/queries/calendar.ts";
import { libraryCounts } from "../../db/queries/library.ts";
import { stepUnit, weekdayOf } from "../../domain/day-series.ts";
import { DAY_MS, dateToInstant, dayNumber, toDate } from "../../domain/instant.ts";
import { isAppError } from "../../kernel/errors.ts";
import { addDays, dateIn, nextMonth, startOfDate } from "../../services/tracking/zoned-days.ts";
import { feedLinks } from "../calendar-links.ts";
import { contextOf, userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { agendaDays, chosenDay, monthModel, rowsByDay, weekDays } from "./calendar-model.ts";
import { monthLabel, shortDay } from "./days.ts";
import { firstDayOfWeek } from "./locale.ts";

const AGENDA_DAYS = 28;
/** As far as anybody announces, and as far back as anybody looks. */
const EARLIEST = "1950-01-01";
const LATEST = "2199-01-01";

const VIEWS = ["agenda", "week", "month"] as const;
type View = (typeof VIEWS)[number];

const VIEW_WORDS: Record<View, string> = { agenda: "Agenda", week: "Week", month: "Month" };

type Query = { view?: string | undefined; from?: string | undefined; list?: string | undefined };
type Wanted = { view: View; from: string; today: string; onlyWatching: boolean };

/** The days on the page, `to` excluded, and where one gets from here. */
type Stretch = { from: string; to: string; earlier: string; later: string; unit: string };

/** An address that asks for nonsense gets the usual page. */
function wantedOf(query: Query, today: string): Wanted {
  return {
    view: VIEWS.find((view) => view === query.view) ?? "agenda",
    from: dayIn(query.from, today),
    today,
    onlyWatching: query.list === "watching",
  };
}

function dayIn(asked: string | undefined, today: string): string {
  if (asked === undefined || dateToInstant(asked) === null) return today;
  return asked < EARLIEST || asked > LATEST ? today : asked;
}

function weekOf(date: string, firstDay: number): string {
  return addDays(date, -weekdayOf(dayNumber(dateToInstant(date) ?? 0), firstDay));
}

function stretchOf({ view, from }: Wanted, firstDay: number): Stretch {
  if (view === "agenda") {
    const to = addDays(from, AGENDA_DAYS);
    return { from, to, earlier: addDays(from, -AGENDA_DAYS), later: to, unit: "four weeks" };
  }
  if (view === "week") {
    const begin = weekOf(from, firstDay);
    return { from: begin, to: addDays(begin, 7), earlier: addDays(begin, -7), later: addDays(begin, 7), unit: "week" };
  }
  const month = `${from.slice(0, 7)}-01`;
  const later = nextMonth(month);
  const earlier = toDate(stepUnit(dayNumber(dateToInstant(month) ?? 0), "month", -1) * DAY_MS);
  // Whole weeks around the month.
  const to = addDays(weekOf(addDays(later, -1), firstDay), 7);
  return { from: weekOf(month, firstDay), to, earlier, later, unit: "month" };
}

/** Links leave out what is usual. */
function hrefOf(ctx: ViewContext, { view, from, today, onlyWatching }: Wanted): string {
  return ctx.paths.calendar({
    view: view === "agenda" ? undefined : view,
    from: from === today ? undefined : from,
    list: onlyWatching ? "watching" : undefined,
  });
}

function spanOf(ctx: ViewContext, { view, from }: Wanted, stretch: Stretch): string {
  if (view === "month") return monthLabel(from.slice(0, 7), ctx);
  return `${shortDay(stretch.from, ctx)} to ${shortDay(addDays(stretch.to, -1), ctx)}`;
}

const feedForm = z.object({
  name: z.string().max(1000),
  watching: z.literal("true").optional(),
  unwatched: z.literal("true").optional(),
});

type FeedChange = Partial<Pick<CalendarFeedsModel, "made" | "errors">>;

export function createCalendarPage(deps: RouteDeps) {
  const { db, accounts, paths } = deps;

  function model(ctx: ViewContext, userId: number, query: Query, feeds: FeedChange = {}): CalendarPageModel {
    const today = dateIn(ctx.now, ctx.timeZone);
    const wanted = wantedOf(query, today);
    const stretch = stretchOf(wanted, firstDayOfWeek(ctx.locale));
    const at = (change: Partial<Wanted>) => hrefOf(ctx, { ...wanted, ...change });
    return {
      shown: shownOf(ctx, userId, wanted, stretch),
      span: spanOf(ctx, wanted, stretch),
      tabs: VIEWS.map((view) => ({ label: VIEW_WORDS[view], href: at({ view }), current: view === wanted.view })),
      kept: [
        ...(wanted.view === "agenda" ? [] : [{ name: "view", value: wanted.view }]),
        ...(wanted.from === today ? [] : [{ name: "from", value: wanted.from }]),
      ],
      onlyWatching: wanted.onlyWatching,
      earlier: { href: at({ from: stretch.earlier }), name: `Earlier: the ${stretch.unit} before` },
      later: { href: at({ from: stretch.later }), name: `Later: the ${stretch.unit} after` },
      todayHref: wanted.from === today ? null : at({ from: today }),
      selfHref: at({}),
      hasShows: libraryCounts(db, userId).all > 0,
      feeds: { feeds: accounts.listCalendarFeeds(userId), made: null, errors: {}, ...feeds },
    };
  }

  function shownOf(
    ctx: ViewContext,
    userId: number,
    wanted: Wanted,
    { from, to }: Stretch,
  ): CalendarPageModel["shown"] {
    const range = {
      from: startOfDate(from, ctx.timeZone) ?? 0,
      to: startOfDate(to, ctx.timeZone) ?? 0,
      fromDay: dateToInstant(from) ?? 0,
      toDay: dateToInstant(to) ?? 0,
    };
    const rows = rowsByDay(ctx, calendar(db, userId, range, { list: wanted.onlyWatching ? "watching" : undefined }));
    if (wanted.view === "agenda") return { view: "agenda", days: agendaDays(ctx, rows) };
    if (wanted.view === "week") return { view: "week", days: weekDays(ctx, rows, from) };
    const weeks = Math.round((range.toDay - range.fromDay) / (7 * DAY_MS));
    const month = monthModel(ctx, rows, {
      from,
      weeks,
      chosen: wanted.from,
      hrefOf: (day) => hrefOf(ctx, { ...wanted, from: day }),
    });
    return { view: "month", month, chosen: chosenDay(ctx, rows, wanted.from) };
  }

  /** Shown in the answer itself: a redirect would have to keep the secret somewhere. */
  function makeFeed(request: Request): Response {
    const { ctx, userId, ...reply } = visit(deps, request);
    const show = (feeds: FeedChange, status: number) =>
      reply.page(CalendarPage({ ctx, page: model(ctx, userId, {}, feeds) }), status);
    try {
      const { name, watching, unwatched } = readForm(request, feedForm);
      const { token, ...made } = accounts.createCalendarFeed(userId, name);
      const options = { watching: watching !== undefined, unwatched: unwatched !== undefined };
      return show({ made: { name: made.name, ...feedLinks(deps, contextOf(request), token, options) } }, 201);
    } catch (error) {
      if (!isAppError(error) || error.fields.length === 0) throw error;
      return show({ errors: Object.fromEntries(error.fields.map(({ path, message }) => [path, message])) }, 422);
    }
  }

  const text = t.Optional(t.String());
  return new Elysia()
    .get(
      "/calendar",
      ({ request, query }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const page = model(ctx, userId, query);
        return part ? reply.fragment(CalendarSection({ ctx, page })) : reply.page(CalendarPage({ ctx, page }));
      },
      { query: t.Object({ view: text, from: text, list: text }), detail: { hide: true } },
    )
    .post("/calendar/feeds", ({ request }) => makeFeed(request), { detail: { hide: true } })
    .delete(
      "/calendar/feeds/:id",
      ({ request, params }) => {
        accounts.deleteCalendarFeed(userOf(request).id, params.id);
        const done = "The address is taken back. Programs that use it get nothing any more.";
        return visit(deps, request).go(paths.calendar(), { tone: "success", text: done });
      },
      { params: t.Object({ id: t.String() }), detail: { hide: true } },
    );
}
