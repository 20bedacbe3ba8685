import type { ViewContext } from "../../../views/context.ts";
import type { CalendarDayModel } from "../../../views/pages/calendar.tsx";
import type { MonthDayModel, MonthModel } from "../../../views/parts/calendar-month.tsx";
import type { CalendarEpisodeModel, CalendarRowModel } from "../../../views/parts/calendar-row.tsx";
import { episodeCode } from "../../../views/parts/episode-row.tsx";
import { count } from "../../../views/ui/format.ts";
import type { CalendarItem } from "../../db/queries/calendar.ts";
import { runsOfEpisodes } from "../../domain/episode-runs.ts";
import { toDate } from "../../domain/instant.ts";
import { addDays, dateIn } from "../../services/tracking/zoned-days.ts";
import { MILESTONE_WORDS } from "../calendar-file.ts";
import { dayLabel, fullWeekday, longWeekday, monthLabel, shortWeekday, weekdayAndDay } from "./days.ts";
import { episodeTitle, posterOf } from "./models.ts";

/** More runs than this say less than a number. */
const MOST_RUNS = 3;
const ENTRIES_IN_CELL = 3;

/** A known day is that day wherever the reader lives; a moment lies on the reader's own day. */
function dayOf(ctx: ViewContext, { airedAt, airedExact }: CalendarItem["episode"]): string {
  return airedExact ? dateIn(airedAt, ctx.timeZone) : toDate(airedAt);
}

export function calendarEpisodeModel(ctx: ViewContext, item: CalendarItem): CalendarEpisodeModel {
  const { episode, watched, milestone } = item;
  const { airedAt, airedExact } = episode;
  return {
    id: episode.id,
    code: episodeCode(episode.season, episode.number),
    title: episodeTitle(episode),
    clockAt: airedExact ? airedAt : null,
    watched,
    out: airedExact ? airedAt <= ctx.now : toDate(airedAt) <= dateIn(ctx.now, ctx.timeZone),
    milestone: milestone === null ? null : MILESTONE_WORDS[milestone],
  };
}

/** "S1 E1–E8", "S1 E9, S2 E1" */
function codeOf(episodes: readonly CalendarItem["episode"][]): string {
  const runs = runsOfEpisodes(episodes);
  if (runs.length > MOST_RUNS) return `Season ${episodes[0]?.season ?? 0}`;
  return runs
    .map(({ season, first, last }) => (first === last ? episodeCode(season, first) : runCode(season, first, last)))
    .join(", ");
}

function runCode(season: number, first: number | null, last: number | null): string {
  return season === 0 ? `Specials ${first}–${last}` : `S${season} E${first}–E${last}`;
}

/** A day that begins and ends a season has all of it. */
function milestoneOf(items: readonly CalendarItem[]): string | null {
  const known = items.flatMap(({ milestone }) => (milestone === null ? [] : [milestone]));
  const [first] = known;
  if (first === undefined) return null;
  const begins = known.some((each) => each.endsWith("premiere"));
  const ends = known.some((each) => each.endsWith("finale"));
  return begins && ends ? "Whole season" : MILESTONE_WORDS[first];
}

function rowOf(ctx: ViewContext, items: readonly CalendarItem[]): CalendarRowModel[] {
  const [first] = items;
  if (first === undefined) return [];
  return [
    {
      showId: first.show.id,
      showTitle: first.show.title,
      posterUrl: posterOf(ctx, first.show),
      code: codeOf(items.map(({ episode }) => episode)),
      milestone: milestoneOf(items),
      episodes: items.map((item) => calendarEpisodeModel(ctx, item)),
    },
  ];
}

export type RowsByDay = ReadonlyMap<string, readonly CalendarRowModel[]>;

/** Days with something on them. What of one show comes out on one day is one row, where its first one stands. */
export function rowsByDay(ctx: ViewContext, items: readonly CalendarItem[]): RowsByDay {
  const days = new Map<string, Map<string, CalendarItem[]>>();
  for (const item of items) {
    const day = dayOf(ctx, item.episode);
    const shows = days.get(day) ?? new Map<string, CalendarItem[]>();
    days.set(day, shows);
    const ofShow = shows.get(item.show.id) ?? [];
    shows.set(item.show.id, ofShow);
    ofShow.push(item);
  }
  return new Map([...days].map(([day, shows]) => [day, [...shows.values()].flatMap((each) => rowOf(ctx, each))]));
}

export function agendaDays(ctx: ViewContext, rows: RowsByDay): CalendarDayModel[] {
  return [...rows.keys()].sort().map((day) => dayModel(ctx, rows, day, dayLabel(day, ctx)));
}

export function weekDays(ctx: ViewContext, rows: RowsByDay, from: string): CalendarDayModel[] {
  return Array.from({ length: 7 }, (_, index) => {
    const day = addDays(from, index);
    return dayModel(ctx, rows, day, weekdayAndDay(day, ctx));
  });
}

export function chosenDay(ctx: ViewContext, rows: RowsByDay, day: string): CalendarDayModel {
  return dayModel(ctx, rows, day, dayLabel(day, ctx));
}

function dayModel(ctx: ViewContext, rows: RowsByDay, day: string, label: string): CalendarDayModel {
  return { day, label, today: day === dateIn(ctx.now, ctx.timeZone), rows: rows.get(day) ?? [] };
}

export type MonthInput = {
  /** The first day of the grid, and how many weeks it has. */
  from: string;
  weeks: number;
  /** Lies in the month that is shown. */
  chosen: string;
  hrefOf: (day: string) => string;
};

export function monthModel(ctx: ViewContext, rows: RowsByDay, { from, weeks, chosen, hrefOf }: MonthInput): MonthModel {
  const month = chosen.slice(0, 7);
  return {
    caption: monthLabel(month, ctx),
    weekdays: Array.from({ length: 7 }, (_, index) => {
      const day = addDays(from, index);
      return { short: shortWeekday(day, ctx), long: longWeekday(day, ctx) };
    }),
    weeks: Array.from({ length: weeks }, (_, week) =>
      Array.from({ length: 7 }, (_, index) => {
        const day = addDays(from, week * 7 + index);
        return monthDay(ctx, rows.get(day) ?? [], {
          day,
          href: hrefOf(day),
          chosen: day === chosen,
          outside: day.slice(0, 7) !== month,
        });
      }),
    ),
  };
}

type Cell = Pick<MonthDayModel, "day" | "href" | "chosen" | "outside">;

function monthDay(ctx: ViewContext, rows: readonly CalendarRowModel[], cell: Cell): MonthDayModel {
  const today = cell.day === dateIn(ctx.now, ctx.timeZone);
  const words = [fullWeekday(cell.day, ctx), today ? "today" : "", cell.chosen ? "shown below" : ""];
  const what = rows.length === 0 ? "nothing" : count(rows.length, ctx, "show");
  // All of them, rather than one less and a line that says "1 more".
  const fits = rows.length <= ENTRIES_IN_CELL ? rows.length : ENTRIES_IN_CELL - 1;
  return {
    ...cell,
    number: String(Number(cell.day.slice(8))),
    name: `${words.filter((word) => word !== "").join(", ")}: ${what}`,
    today,
    entries: rows.slice(0, fits).map(({ showTitle, code, episodes }) => ({
      title: showTitle,
      code,
      watched: episodes.every(({ watched }) => watched),
    })),
    count: rows.length,
  };
}
