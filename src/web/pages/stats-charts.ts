import type { ViewContext } from "../../../views/context.ts";
import type { BarChartModel } from "../../../views/parts/bar-chart.tsx";
import type { ChartTable } from "../../../views/parts/chart.tsx";
import type { HeatMapModel } from "../../../views/parts/heat-map.tsx";
import type { HourGridModel } from "../../../views/parts/hour-grid.tsx";
import { count, formatNumber } from "../../../views/ui/format.ts";
import { type DayCount, MONDAY, type Unit, weekdayOf } from "../../domain/day-series.ts";
import { heatLevels, heatPlace } from "../../domain/heat.ts";
import { DAY_MS, dateToInstant, dayNumber, toDate } from "../../domain/instant.ts";
import type { StatsView } from "../../services/tracking/stats.ts";
import { addDays } from "../../services/tracking/zoned-days.ts";
import { fullDay, hourLabel, longWeekday, monthLabel, shortDay, shortMonth, shortWeekday } from "./days.ts";
import { watchTime } from "./watch-time.ts";

// From counts to what the charts show: words, places, colours.

type Drawn<Picture> = { picture: Picture; table: ChartTable };

/** Months nearer to each other than this many columns would run into each other. */
const LEAST_WEEKS_BETWEEN = 3;
/** Any Monday will do for the names of the weekdays. */
const SOME_MONDAY = "2024-01-01";
const MOST_NAMED_BARS = 12;

const numberOf = (date: string): number => dayNumber(dateToInstant(date) ?? 0);
const dateOf = (day: number): string => toDate(day * DAY_MS);

/** The days of a week in the reader's order, as any dates of that weekday. */
function weekdayDates(firstDay: number): string[] {
  return Array.from({ length: 7 }, (_, row) => addDays(SOME_MONDAY, (firstDay - MONDAY + row) % 7));
}

export function heatChart(ctx: ViewContext, days: StatsView["days"], firstDay: number): Drawn<HeatMapModel> {
  const level = heatLevels(days.map(({ plays }) => plays));
  const first = numberOf(days[0]?.date ?? SOME_MONDAY);
  const placed = days.map((day) => ({ ...day, ...heatPlace(numberOf(day.date), first, firstDay) }));
  const weekdays = weekdayDates(firstDay);
  const plays = days.reduce((sum, day) => sum + day.plays, 0);
  const active = days.filter((day) => day.plays > 0).length;
  return {
    picture: {
      gist: `${count(plays, ctx, "play")} on ${count(active, ctx, "day")}`,
      days: placed.map((day) => ({
        label: `${fullDay(day.date, ctx)}: ${count(day.plays, ctx, "play")}`,
        level: level(day.plays),
        week: day.week,
        weekday: day.weekday,
      })),
      monthMarks: monthMarks(ctx, placed),
      weekdays: [0, 2, 4].map((row) => ({ label: shortWeekday(weekdays[row] ?? "", ctx), row })),
    },
    table: heatTable(ctx, placed, weekdays),
  };
}

type Placed = { date: string; plays: number; week: number; weekday: number };

function monthMarks(ctx: ViewContext, days: readonly Placed[]): { label: string; week: number }[] {
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

/** A row for each week, so that a year is one screen and not ten. Days outside the year are empty. */
function heatTable(ctx: ViewContext, days: readonly Placed[], weekdays: readonly string[]): ChartTable {
  const weeks = new Map<number, { from: string; cells: string[] }>();
  for (const { date, plays, week, weekday } of days) {
    const row = weeks.get(week) ?? { from: date, cells: new Array<string>(7).fill("") };
    weeks.set(week, row);
    row.cells[weekday] = formatNumber(plays, ctx);
  }
  return {
    columns: ["Week of", ...weekdays.map((date) => shortWeekday(date, ctx))],
    rows: [...weeks.values()].map(({ from, cells }) => [fullDay(from, ctx), ...cells]),
  };
}

export function barChart(ctx: ViewContext, bars: readonly DayCount[], unit: Unit): Drawn<BarChartModel> {
  const names = bars.map(({ day }) => unitName(ctx, dateOf(day), unit));
  const ticks = ticksOf(ctx, bars, unit);
  const plays = bars.reduce((sum, bar) => sum + bar.plays, 0);
  const minutes = bars.reduce((sum, bar) => sum + bar.minutes, 0);
  const most = bars.reduce((best, bar, index) => (bar.plays > (bars[best]?.plays ?? 0) ? index : best), 0);
  const playsTop = roundUp(Math.max(...bars.map((bar) => bar.plays), 0));
  const hoursTop = roundUp(Math.max(...bars.map((bar) => bar.minutes), 0) / 60);
  const peak = plays === 0 ? "" : `; most in ${names[most]}: ${count(bars[most]?.plays ?? 0, ctx, "play")}`;
  return {
    picture: {
      gist: `${count(plays, ctx, "play")}, ${watchTime(minutes, ctx)}${peak}`,
      bars: bars.map((bar, index) => ({
        label: `${names[index]}: ${count(bar.plays, ctx, "play")}, ${watchTime(bar.minutes, ctx)}`,
        tick: ticks[index] ?? "",
        plays: bar.plays,
        minutes: bar.minutes,
      })),
      playsTop: { value: playsTop, label: count(playsTop, ctx, "play") },
      minutesTop: { value: hoursTop * 60, label: count(hoursTop, ctx, "hour") },
    },
    table: {
      columns: [unitTitle[unit], "Plays", "Time"],
      rows: bars
        .map((bar, index) => [names[index] ?? "", formatNumber(bar.plays, ctx), watchTime(bar.minutes, ctx)])
        .reverse(),
    },
  };
}

const unitTitle: Record<Unit, string> = { day: "Day", week: "Week of", month: "Month", year: "Year" };

function unitName(ctx: ViewContext, date: string, unit: Unit): string {
  if (unit === "year") return date.slice(0, 4);
  if (unit === "month") return monthLabel(date.slice(0, 7), ctx);
  return unit === "week" ? `the week of ${fullDay(date, ctx)}` : fullDay(date, ctx);
}

/** Names where there is room: of all bars when they are few, else where a month or a year begins. */
function ticksOf(ctx: ViewContext, bars: readonly DayCount[], unit: Unit): string[] {
  const dates = bars.map(({ day }) => dateOf(day));
  if (unit === "year") {
    const every = Math.ceil(bars.length / MOST_NAMED_BARS);
    return dates.map((date, index) => ((bars.length - 1 - index) % every === 0 ? date.slice(0, 4) : ""));
  }
  if (unit === "month") {
    if (bars.length <= MOST_NAMED_BARS) return dates.map((date) => shortMonth(date, ctx));
    return dates.map((date) => (date.slice(5, 7) === "01" ? date.slice(0, 4) : ""));
  }
  if (unit === "day" && bars.length <= 31) {
    return dates.map((date, index) => (index % 7 === 3 ? shortDay(date, ctx) : ""));
  }
  return beginsOfMonths(ctx, dates, unit === "week" ? LEAST_WEEKS_BETWEEN : 1);
}

function beginsOfMonths(ctx: ViewContext, dates: readonly string[], apart: number): string[] {
  let last = -apart;
  return dates.map((date, index) => {
    const begins = index > 0 && date.slice(0, 7) !== dates[index - 1]?.slice(0, 7);
    if (!begins || index - last < apart) return "";
    last = index;
    return shortMonth(date, ctx);
  });
}

/** The next number with which a scale looks tidy; at least 1. */
export function roundUp(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 3, 4, 5, 6, 8, 10].find((each) => each * power >= value) ?? 10;
  return step * power;
}

export function hourChart(ctx: ViewContext, hours: StatsView["hours"], firstDay: number): Drawn<HourGridModel> {
  const level = heatLevels(hours.flat());
  const rows = weekdayDates(firstDay).map((date) => ({ date, counts: hours[weekdayOf(numberOf(date))] ?? [] }));
  const cells = rows.flatMap(({ date, counts }) => counts.map((plays, hour) => ({ date, hour, plays })));
  const peak = cells.reduce<(typeof cells)[number] | null>(
    (best, cell) => (cell.plays > (best?.plays ?? 0) ? cell : best),
    null,
  );
  return {
    picture: {
      gist:
        peak === null
          ? "No play with a known time"
          : `Most plays on ${longWeekday(peak.date, ctx)} from ${hourLabel(peak.hour, ctx)}: ${formatNumber(peak.plays, ctx)}`,
      rows: rows.map(({ date, counts }) => ({
        label: shortWeekday(date, ctx),
        hours: counts.map((plays, hour) => ({
          label: `${longWeekday(date, ctx)}, ${hourLabel(hour, ctx)}: ${count(plays, ctx, "play")}`,
          level: level(plays),
        })),
      })),
      ticks: [0, 6, 12, 18].map((hour) => ({ hour, label: hourLabel(hour, ctx) })),
    },
    table: {
      columns: ["Hour", ...rows.map(({ date }) => shortWeekday(date, ctx)), "All"],
      rows: Array.from({ length: 24 }, (_, hour) => {
        const counts = rows.map((row) => row.counts[hour] ?? 0);
        const all = counts.reduce((sum, plays) => sum + plays, 0);
        return [hourLabel(hour, ctx), ...counts.map((plays) => formatNumber(plays, ctx)), formatNumber(all, ctx)];
      }),
    },
  };
}
