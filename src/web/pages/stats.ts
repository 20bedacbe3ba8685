import { Elysia, t } from "elysia";
import type { ViewContext } from "../../../views/context.ts";
import { StatsPage, type StatsPageModel, StatsSection, type TopNameModel } from "../../../views/pages/stats.tsx";
import type { StatsQuery } from "../../../views/paths.ts";
import { count, formatNumber } from "../../../views/ui/format.ts";
import type { Tab } from "../../../views/ui/tabs.tsx";
import {
  type DayCount,
  firstDayOfYear,
  series,
  startOfUnit,
  stepUnit,
  UNITS,
  type Unit,
} from "../../domain/day-series.ts";
import type { DatedStreak, StatsView, TopName, TopShow } from "../../services/tracking/stats.ts";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { fullDay } from "./days.ts";
import { firstDayOfWeek } from "./locale.ts";
import { posterOf } from "./models.ts";
import { barChart, heatChart, hourChart } from "./stats-charts.ts";
import { hoursText, watchTime } from "./watch-time.ts";

const TOP_SHOWS_SHOWN = 12;
const TOP_NAMES_SHOWN = 8;
/** How many bars of a unit "all time" shows: years are always all. */
const BARS: Record<Exclude<Unit, "year">, number> = { day: 31, week: 53, month: 60 };

const UNIT_WORDS: Record<Unit, string> = { day: "Days", week: "Weeks", month: "Months", year: "Years" };
const ORDERS = { time: "By time", plays: "By plays" } as const;

type Wanted = { by: Unit; year: number | null; top: keyof typeof ORDERS };

/** An address that asks for nonsense gets the usual page. */
function wantedOf(query: { by?: string | undefined; year?: string | undefined; top?: string | undefined }): Wanted {
  return {
    by: UNITS.find((unit) => unit === query.by) ?? "month",
    year: /^(?:19|20|21)\d\d$/.test(query.year ?? "") ? Number(query.year) : null,
    top: query.top === "plays" ? "plays" : "time",
  };
}

/** Links keep what is chosen and leave out what is usual. */
function hrefOf(ctx: ViewContext, { by, year, top }: Wanted): string {
  const query: StatsQuery = {
    by: by === "month" ? undefined : by,
    year: year ?? undefined,
    top: top === "time" ? undefined : top,
  };
  return ctx.paths.stats(query);
}

function periodTabs(ctx: ViewContext, stats: StatsView, wanted: Wanted): Tab[] {
  const years = stats.years.map(({ year }) => year);
  const listed = wanted.year === null || years.includes(wanted.year) ? years : [...years, wanted.year].sort();
  const tab = (label: string, year: number | null) => ({
    label,
    href: hrefOf(ctx, { ...wanted, year }),
    current: wanted.year === year,
  });
  return [tab("All time", null), ...listed.reverse().map((year) => tab(String(year), year))];
}

/** The bars to draw: with a year those of the year, else the latest. Nothing before the first play, or yet to come. */
function barsOf({ played, years, today, year }: StatsView, by: Unit, firstDay: number): DayCount[] {
  if (by === "year") return yearBars(years);
  const from = year === null ? stepUnit(startOfUnit(today, by, firstDay), by, 1 - BARS[by]) : firstDayOfYear(year);
  const end = year === null ? today : Math.min(today, stepUnit(from, "year") - 1);
  const first = played[0]?.day ?? from;
  const begin = year === null && by === "month" ? Math.max(from, startOfUnit(first, by)) : from;
  return series(played, { unit: by, from: begin, to: Math.max(begin, end), firstDay });
}

/** Years without a play between two with one are empty bars. */
function yearBars(years: StatsView["years"]): DayCount[] {
  const days = years.map(({ year, ...counts }) => ({ day: firstDayOfYear(year), ...counts }));
  const [first, last] = [days[0], days.at(-1)];
  return first === undefined || last === undefined ? [] : series(days, { unit: "year", from: first.day, to: last.day });
}

function barsTitle(by: Unit, { year }: StatsView): string {
  if (by === "year") return "Year by year";
  const words = { day: "Day by day", week: "Week by week", month: "Month by month" }[by];
  return year === null ? words : `${words} in ${year}`;
}

function streakWords(ctx: ViewContext, streak: DatedStreak | null): { value: string; note?: string } {
  if (streak === null) return { value: "None" };
  const { from, to, days } = streak;
  const note = from === to ? fullDay(from, ctx) : `${fullDay(from, ctx)} to ${fullDay(to, ctx)}`;
  return { value: count(days, ctx, "day"), note };
}

function factsOf(ctx: ViewContext, stats: StatsView): StatsPageModel["facts"] {
  const { firstDay, busiestDay, rewatches, plays, averagePerWeek, activeDays } = stats;
  const share = plays === 0 ? 0 : Math.round((100 * rewatches) / plays);
  return [
    { name: "Longest streak", ...streakWords(ctx, stats.longestStreak) },
    { name: "Current streak", ...streakWords(ctx, stats.currentStreak) },
    {
      name: "Busiest day",
      ...(busiestDay === null
        ? { value: "None" }
        : { value: fullDay(busiestDay.date, ctx), note: count(busiestDay.plays, ctx, "play") }),
    },
    { name: "First day", value: firstDay === null ? "None" : fullDay(firstDay, ctx) },
    {
      name: "Average",
      value: `${formatNumber(averagePerWeek, ctx)} a week`,
      note: `on ${count(activeDays, ctx, "day")}`,
    },
    { name: "Watched again", value: `${share} %`, note: count(rewatches, ctx, "play") },
  ];
}

function notesOf(ctx: ViewContext, { undated, withoutRuntime, year }: StatsView): string[] {
  const notes: string[] = [];
  if (undated > 0) {
    const where = year === null ? "counted above, but on no day" : "in no year";
    notes.push(`${count(undated, ctx, "play")} of unknown date: ${where}.`);
  }
  if (withoutRuntime > 0) {
    notes.push(`${count(withoutRuntime, ctx, "play")} of unknown length: counted, but no time is added for them.`);
  }
  return notes;
}

function topShow(ctx: ViewContext, show: TopShow, top: Wanted["top"]): StatsPageModel["topShows"][number] {
  const { plays, episodes, minutes } = show;
  const again =
    plays === episodes
      ? count(plays, ctx, "episode")
      : `${count(plays, ctx, "play")} of ${count(episodes, ctx, "episode")}`;
  const time = minutes === 0 ? "time unknown" : hoursText(minutes, ctx);
  return {
    id: show.id,
    title: show.title,
    posterUrl: posterOf(ctx, show),
    facts: top === "time" ? `${time} · ${again}` : `${again} · ${time}`,
    value: top === "time" ? minutes : plays,
  };
}

function topName(ctx: ViewContext, { name, shows, minutes }: TopName): TopNameModel {
  return { name, facts: `${hoursText(minutes, ctx)} · ${count(shows, ctx, "show")}`, value: minutes };
}

function model(ctx: ViewContext, stats: StatsView, wanted: Wanted): StatsPageModel {
  const { by, year, top } = wanted;
  const firstDay = firstDayOfWeek(ctx.locale);
  const shows = top === "time" ? stats.topShows : stats.topShowsByPlays;
  return {
    selfHref: hrefOf(ctx, wanted),
    hasPlays: stats.years.length > 0 || stats.undated > 0,
    periods: periodTabs(ctx, stats, wanted),
    plays: stats.plays,
    episodes: stats.episodes,
    shows: stats.shows,
    time: watchTime(stats.minutes, ctx),
    heat: { title: year === null ? "The last year" : `${year}, day by day`, ...heatChart(ctx, stats.days, firstDay) },
    units: UNITS.map((unit) => ({
      label: UNIT_WORDS[unit],
      href: hrefOf(ctx, { ...wanted, by: unit }),
      current: unit === by,
    })),
    bars: { title: barsTitle(by, stats), ...barChart(ctx, barsOf(stats, by, firstDay), by) },
    hours: { title: "Weekdays and hours", ...hourChart(ctx, stats.hours, firstDay) },
    facts: factsOf(ctx, stats),
    topBy: (["time", "plays"] as const).map((order) => ({
      label: ORDERS[order],
      href: hrefOf(ctx, { ...wanted, top: order }),
      current: order === top,
    })),
    topShows: shows.slice(0, TOP_SHOWS_SHOWN).map((show) => topShow(ctx, show, top)),
    topNetworks: stats.topNetworks.slice(0, TOP_NAMES_SHOWN).map((name) => topName(ctx, name)),
    topGenres: stats.topGenres.slice(0, TOP_NAMES_SHOWN).map((name) => topName(ctx, name)),
    notes: notesOf(ctx, stats),
  };
}

export function createStatsPage(deps: RouteDeps) {
  const { stats } = deps;
  const text = t.Optional(t.String());
  return new Elysia().get(
    "/stats",
    ({ request, query }) => {
      const { ctx, userId, part, ...reply } = visit(deps, request);
      const wanted = wantedOf(query);
      const page = model(ctx, stats.of(userId, ctx.timeZone, wanted.year), wanted);
      return part ? reply.fragment(StatsSection({ ctx, stats: page })) : reply.page(StatsPage({ ctx, stats: page }));
    },
    { query: t.Object({ by: text, year: text, top: text }), detail: { hide: true } },
  );
}
