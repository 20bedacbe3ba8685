import {
  type WatchedShow,
  watchedPlays,
  watchedPlaysOf,
  watchedShows,
  watchedShowsOf,
} from "../../db/queries/stats.ts";
import type { ShowRef } from "../../db/queries/view.ts";
import {
  type DayCount,
  firstDayOfYear,
  series,
  startOfUnit,
  stepUnit,
  type Unit,
  yearOf,
} from "../../domain/day-series.ts";
import { DAY_MS, dateToInstant, dayNumber, toDate } from "../../domain/instant.ts";
import { type Streak, streaksOf } from "../../domain/streaks.ts";
import {
  createTotals,
  type PeriodTally,
  type PlayFact,
  type ShowTally,
  type Totals,
  tallyPlays,
  type WatchTally,
} from "../../domain/watch-tally.ts";
import type { Deps } from "../context.ts";
import { packPlays, unpackPlays } from "./packed-plays.ts";
import { createZoneOffsets, type ZoneOffsets } from "./zone-offsets.ts";
import { dateIn } from "./zoned-days.ts";

type Watched = { plays: number; minutes: number };

export type TopShow = ShowRef & ShowTally;
export type TopName = Watched & { name: string; shows: number };
export type DatedStreak = { from: string; to: string; days: number };

/** How much was watched ever, or in one year of the user's calendar. */
export type StatsView = {
  /** Null: ever. */
  year: number | null;
  /** Shows with a play. */
  shows: number;
  /** Different episodes, specials included. */
  episodes: number;
  plays: number;
  /** Plays of episodes that had been watched before. */
  rewatches: number;
  /** Of plays whose episode's or show's runtime is known. */
  minutes: number;
  /** Plays that add nothing to the minutes. */
  withoutRuntime: number;
  /** Plays whose time is not known, ever: in no year, in no month and on no day. */
  undated: number;
  /** Every day of the year, else of the last 53 weeks, oldest first, for a heat map. */
  days: ({ date: string } & Watched)[];
  /** Weeks (by their Monday), months (`YYYY-MM`) and years with at least one dated play, oldest first. Years are all there are. */
  weeks: ({ week: string } & Watched)[];
  months: ({ month: string } & Watched)[];
  years: ({ year: number } & Watched)[];
  /** Dated plays by weekday, from Monday, and hour. */
  hours: number[][];
  activeDays: number;
  firstDay: string | null;
  lastDay: string | null;
  busiestDay: ({ date: string } & Watched) | null;
  /** Dated plays, from the first day to the last that has been. */
  averagePerWeek: number;
  longestStreak: DatedStreak | null;
  currentStreak: DatedStreak | null;
  topShows: TopShow[];
  topShowsByPlays: TopShow[];
  topNetworks: TopName[];
  topGenres: TopName[];
  /** Days with a play, as numbers, for charts by any unit. */
  played: readonly DayCount[];
  today: number;
};

export type Stats = {
  /** A year without plays is empty, not an error. */
  of(userId: number, timeZone: string, year?: number | null): StatsView;
};

const DAYS_SHOWN = 53 * 7;
const TOP_SHOWS = 20;
const TOP_NAMES = 12;
const MOST_YEARS_KEPT = 20;

/** From so many changed shows on, counting everything again is no slower. */
const MOST_SHOWS_COUNTED_AGAIN = 200;

type Ground = { tally: WatchTally; shows: ReadonlyMap<number, WatchedShow>; today: number };
type Kept = {
  key: string;
  today: number;
  totals: Totals;
  offsets: ZoneOffsets;
  shows: Map<number, WatchedShow>;
  /** By show, as they are counted in the totals. */
  plays: Map<number, Float64Array>;
  /** Shows of which something has changed since. */
  stale: Set<number>;
  views: Map<number | null, StatsView>;
};

/**
 * Counts all plays once, and from then on those of a show again when something of it has changed. After a sync, and on
 * another day, everything is counted anew.
 */
export function createStats({ db, bus, clock }: Pick<Deps, "db" | "bus" | "clock">): Stats {
  const kept = new Map<number, Kept>();
  bus.subscribe((name, payload) => {
    // What changes runtimes of a show changes everybody's minutes.
    if ("showId" in payload) for (const each of kept.values()) each.stale.add(payload.showId);
    else if ("showIds" in payload) for (const showId of payload.showIds) kept.get(payload.userId)?.stale.add(showId);
    else if (name === "sync.finished" && "userId" in payload) kept.delete(payload.userId);
  });

  function groundOf(userId: number, timeZone: string): Kept {
    const today = dateIn(clock.now(), timeZone);
    const key = `${today} ${timeZone}`;
    const known = kept.get(userId);
    if (known?.key === key && known.stale.size <= MOST_SHOWS_COUNTED_AGAIN) return upToDate(known, userId);
    const made = countAll(userId, timeZone, { key, today: dayNumber(dateToInstant(today) ?? 0) });
    kept.set(userId, made);
    return made;
  }

  function countAll(userId: number, timeZone: string, of: Pick<Kept, "key" | "today">): Kept {
    const shows = watchedShows(db, userId);
    const plays = watchedPlays(db, userId);
    const made: Kept = {
      ...of,
      totals: createTotals(),
      offsets: createZoneOffsets(timeZone, clock.now()),
      shows,
      plays: new Map(),
      stale: new Set(),
      views: new Map(),
    };
    made.totals.add(tallyPlays(plays, made.offsets.of(plays), runtimeIn(shows)));
    for (const [showId, own] of Map.groupBy(plays, (play) => play.showId))
      made.plays.set(showId, packPlays(own, runtimeIn(shows)));
    return made;
  }

  /** Reads before it counts, so that a failure leaves everything as it was and the next visit tries again. */
  function upToDate(known: Kept, userId: number): Kept {
    if (known.stale.size === 0) return known;
    const showIds = [...known.stale];
    const shows = watchedShowsOf(db, userId, showIds);
    const plays = Map.groupBy(watchedPlaysOf(db, userId, showIds), (play) => play.showId);
    for (const showId of showIds) {
      const show = shows.get(showId);
      if (show === undefined) known.shows.delete(showId);
      else known.shows.set(showId, show);
      recount(known, showId, packPlays(plays.get(showId) ?? [], runtimeIn(shows)));
    }
    known.stale.clear();
    known.views.clear();
    return known;
  }

  return {
    of(userId, timeZone, year = null) {
      const ground = groundOf(userId, timeZone);
      const known = ground.views.get(year);
      if (known !== undefined) return known;
      if (ground.views.size >= MOST_YEARS_KEPT) ground.views.clear();
      const view = viewOf({ tally: ground.totals.tally(), shows: ground.shows, today: ground.today }, year);
      ground.views.set(year, view);
      return view;
    },
  };
}

const runtimeIn = (shows: Ground["shows"]) => (showId: number) => shows.get(showId)?.runtimeMin ?? null;

/** The plays of one show take the place of those that were counted before. */
function recount({ totals, offsets, plays }: Kept, showId: number, packed: Float64Array): void {
  const tallyOf = (facts: readonly PlayFact[]) => tallyPlays(facts, offsets.of(facts), () => null);
  totals.remove(tallyOf(unpackPlays(plays.get(showId), showId)));
  totals.add(tallyOf(unpackPlays(packed, showId)));
  if (packed.length === 0) plays.delete(showId);
  else plays.set(showId, packed);
}

function viewOf({ tally, shows, today }: Ground, year: number | null): StatsView {
  const period = year === null ? tally.whole : (tally.years.get(year) ?? nothing);
  const played = year === null ? tally.days : tally.days.filter(({ day }) => yearOf(day) === year);
  const { longest } = streaksOf(dayNumbers(played), today);
  const { current } = streaksOf(dayNumbers(tally.days), today);
  const busiest = played.reduce<DayCount | null>((best, day) => (best && best.plays >= day.plays ? best : day), null);
  const inUnits = (unit: Unit) => filled(played, unit);
  return {
    year,
    shows: period.shows.size,
    episodes: period.episodes,
    plays: period.plays,
    rewatches: period.rewatches,
    minutes: period.minutes,
    withoutRuntime: period.withoutRuntime,
    undated: tally.undated,
    days: heatDays(played, year, today).map(({ day, ...counts }) => ({ date: dateOf(day), ...counts })),
    weeks: inUnits("week").map(({ day, ...counts }) => ({ week: dateOf(day), ...counts })),
    months: inUnits("month").map(({ day, ...counts }) => ({ month: dateOf(day).slice(0, 7), ...counts })),
    years: filled(tally.days, "year").map(({ day, ...counts }) => ({ year: yearOf(day), ...counts })),
    hours: Array.from({ length: 7 }, (_, weekday) => period.hours.slice(weekday * 24, weekday * 24 + 24)),
    activeDays: played.length,
    firstDay: dateOrNull(played[0]),
    lastDay: dateOrNull(played.at(-1)),
    busiestDay: busiest === null ? null : { date: dateOf(busiest.day), plays: busiest.plays, minutes: busiest.minutes },
    averagePerWeek: perWeek(played, year, today),
    longestStreak: datedStreak(longest),
    currentStreak: datedStreak(current),
    ...topsOf(period, shows),
    played,
    today,
  };
}

const nothing: PeriodTally = tallyPlays(
  [],
  () => 0,
  () => null,
).whole;

const dayNumbers = (days: readonly DayCount[]): number[] => days.map(({ day }) => day);
const dateOf = (day: number): string => toDate(day * DAY_MS);
const dateOrNull = (day: DayCount | undefined): string | null => (day === undefined ? null : dateOf(day.day));

function datedStreak(streak: Streak | null): DatedStreak | null {
  return streak === null ? null : { from: dateOf(streak.from), to: dateOf(streak.to), days: streak.days };
}

/** The units that hold a play. */
function filled(played: readonly DayCount[], unit: Unit): DayCount[] {
  const [first, last] = [played[0], played.at(-1)];
  if (first === undefined || last === undefined) return [];
  return series(played, { unit, from: first.day, to: last.day }).filter(({ plays }) => plays > 0);
}

function heatDays(played: readonly DayCount[], year: number | null, today: number): DayCount[] {
  if (year === null) return series(played, { unit: "day", from: today - DAYS_SHOWN + 1, to: today });
  const from = firstDayOfYear(year);
  return series(played, { unit: "day", from, to: stepUnit(from, "year") - 1 });
}

/** From the first play on; a year that has not ended counts as far as it has come. */
function perWeek(played: readonly DayCount[], year: number | null, today: number): number {
  const first = played[0];
  if (first === undefined) return 0;
  const end = year === null ? today : Math.min(today, stepUnit(startOfUnit(first.day, "year"), "year") - 1);
  const weeks = Math.max(1, (end - first.day + 1) / 7);
  const plays = played.reduce((sum, day) => sum + day.plays, 0);
  return Math.round((10 * plays) / weeks) / 10;
}

/** Among equals the order must not hang on what was counted first. */
const inOrder = <Value extends string | number>(a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0);

type Tops = Pick<StatsView, "topShows" | "topShowsByPlays" | "topNetworks" | "topGenres">;

function topsOf({ shows: tallies }: PeriodTally, shows: Ground["shows"]): Tops {
  const watched = [...tallies].flatMap(([showId, tally]) => {
    const show = shows.get(showId);
    return show === undefined ? [] : [{ show, tally }];
  });
  const top = (first: "minutes" | "plays", second: "minutes" | "plays"): TopShow[] =>
    watched
      .toSorted(
        (a, b) =>
          b.tally[first] - a.tally[first] ||
          b.tally[second] - a.tally[second] ||
          inOrder(a.show.title, b.show.title) ||
          inOrder(Number(a.show.id), Number(b.show.id)),
      )
      .slice(0, TOP_SHOWS)
      .map(({ show: { network: _, genres: __, runtimeMin: ___, ...ref }, tally }) => ({ ...ref, ...tally }));
  return {
    topShows: top("minutes", "plays"),
    topShowsByPlays: top("plays", "minutes"),
    topNetworks: topNames(watched, ({ network }) => (network === null ? [] : [network])),
    topGenres: topNames(watched, ({ genres }) => genres),
  };
}

function topNames(
  watched: readonly { show: WatchedShow; tally: ShowTally }[],
  namesOf: (show: WatchedShow) => readonly string[],
): TopName[] {
  const names = new Map<string, TopName>();
  for (const { show, tally } of watched) {
    for (const name of new Set(namesOf(show))) {
      const found = names.get(name) ?? { name, shows: 0, plays: 0, minutes: 0 };
      names.set(name, found);
      found.shows += 1;
      found.plays += tally.plays;
      found.minutes += tally.minutes;
    }
  }
  return [...names.values()]
    .sort((a, b) => b.minutes - a.minutes || b.plays - a.plays || inOrder(a.name, b.name))
    .slice(0, TOP_NAMES);
}
