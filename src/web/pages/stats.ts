import { Elysia } from "elysia";
import type { ViewContext } from "../../../views/context.ts";
import { StatsPage, type StatsPageModel } from "../../../views/pages/stats.tsx";
import { formatNumber } from "../../../views/ui/format.ts";
import { dateToInstant } from "../../domain/instant.ts";
import type { StatsView } from "../../services/tracking/stats.ts";
import { addDays } from "../../services/tracking/zoned-days.ts";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { fullDay, monthLabel, shortMonth, shortWeekday } from "./days.ts";

const LEVELS = 4;
/** Months nearer to each other than this many columns would run into each other. */
const LEAST_WEEKS_BETWEEN = 3;

/** Monday = 0. */
function weekdayOf(day: string): number {
  return (new Date(dateToInstant(day) ?? 0).getUTCDay() + 6) % 7;
}

/** "42 days", "3 h 20 min": what people can picture. */
function watchTime(minutes: number, ctx: ViewContext): string {
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  if (days >= 10) return `${formatNumber(days, ctx)} days`;
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}

/** How warm a day is beside the year's busy ones: by rank among them, so that one marathon does not cool the rest. */
function levelsOf(days: StatsView["days"]): (plays: number) => number {
  const busy = days
    .map(({ plays }) => plays)
    .filter((plays) => plays > 0)
    .sort((a, b) => a - b);
  const limits = Array.from(
    { length: LEVELS - 1 },
    (_, index) => busy[Math.floor((busy.length * (index + 1)) / LEVELS)] ?? 0,
  );
  return (plays) => (plays === 0 ? 0 : 1 + limits.filter((limit) => plays > limit).length);
}

function monthMarks(
  ctx: ViewContext,
  days: readonly { date: string; week: number }[],
): { label: string; week: number }[] {
  const marks: { label: string; week: number }[] = [];
  let month = "";
  for (const { date, week } of days) {
    if (date.slice(0, 7) === month) continue;
    const begins = month !== "" || Number(date.slice(8)) <= 14;
    month = date.slice(0, 7);
    const last = marks.at(-1);
    if (begins && (last === undefined || week - last.week >= LEAST_WEEKS_BETWEEN))
      marks.push({ label: shortMonth(date, ctx), week });
  }
  return marks;
}

function model(ctx: ViewContext, stats: StatsView): StatsPageModel {
  const level = levelsOf(stats.days);
  const offset = weekdayOf(stats.days[0]?.date ?? "1970-01-05");
  const placed = stats.days.map((day, index) => ({
    ...day,
    week: Math.floor((index + offset) / 7),
    weekday: (index + offset) % 7,
  }));
  const most = stats.days.reduce((best, day) => (day.plays > best.plays ? day : best), { date: "", plays: 0 });
  // Any Monday will do for the names of the weekdays.
  const monday = "2024-01-01";
  return {
    episodes: stats.episodes,
    plays: stats.plays,
    shows: stats.shows,
    time: watchTime(stats.minutes, ctx),
    undated: stats.undated,
    days: placed.map(({ date, plays, week, weekday }) => ({
      label: fullDay(date, ctx),
      plays,
      level: level(plays),
      week,
      weekday,
    })),
    monthMarks: monthMarks(ctx, placed),
    weekdays: [0, 2, 4].map((row) => ({ label: shortWeekday(addDays(monday, row), ctx), row })),
    playsInYear: stats.days.reduce((sum, { plays }) => sum + plays, 0),
    busiest: most.plays === 0 ? null : { label: fullDay(most.date, ctx), plays: most.plays },
    months: stats.months.map(({ month, plays }) => ({ label: monthLabel(month, ctx), plays })).reverse(),
  };
}

export function createStatsPage(deps: RouteDeps) {
  const { stats } = deps;
  return new Elysia().get(
    "/stats",
    ({ request }) => {
      const { ctx, userId, ...reply } = visit(deps, request);
      return reply.page(StatsPage({ ctx, stats: model(ctx, stats.of(userId, ctx.timeZone)) }));
    },
    { detail: { hide: true } },
  );
}
