import { type DayCount, weekdayOf, yearOf } from "./day-series.ts";
import { DAY_MS, HOUR_MS, type Instant } from "./instant.ts";

export type PlayFact = {
  at: Instant | null;
  episodeId: number;
  showId: number;
  /** The episode's own. */
  runtimeMin: number | null;
};

export type ShowTally = { plays: number; episodes: number; minutes: number };

/** What was watched in a year, or ever. */
export type PeriodTally = {
  plays: number;
  /** Different ones. */
  episodes: number;
  /** Plays of episodes that had been watched before. */
  rewatches: number;
  minutes: number;
  /** Plays that add no minutes, since nobody knows how long the episode is. */
  withoutRuntime: number;
  shows: Map<number, ShowTally>;
  /** Dated plays by weekday (from Monday) and hour: 7 × 24. */
  hours: number[];
};

export type WatchTally = {
  whole: PeriodTally;
  /** In order. A play without a date is in none. */
  years: Map<number, PeriodTally>;
  /** Those with a play, in order. */
  days: DayCount[];
  undated: number;
};

/** With the show and the episode that were counted last: plays come grouped, so most of them are of the same. */
type Period = PeriodTally & { show: ShowTally; showId: number; episodeId: number };
type Day = DayCount & { period: Period; weekday: number };

const NONE = -1;

function emptyPeriod(): Period {
  const hours = new Array<number>(7 * 24).fill(0);
  const counts = { plays: 0, episodes: 0, rewatches: 0, minutes: 0, withoutRuntime: 0 };
  return { ...counts, shows: new Map(), hours, show: emptyShow(), showId: NONE, episodeId: NONE };
}

function emptyShow(): ShowTally {
  return { plays: 0, episodes: 0, minutes: 0 };
}

function showIn(period: Period, showId: number): ShowTally {
  if (period.showId === showId) return period.show;
  const show = period.shows.get(showId) ?? emptyShow();
  period.shows.set(showId, show);
  period.show = show;
  period.showId = showId;
  return show;
}

function add(period: Period, episodeId: number, showId: number, minutes: number | null): void {
  const show = showIn(period, showId);
  period.plays += 1;
  show.plays += 1;
  if (minutes === null) period.withoutRuntime += 1;
  else {
    period.minutes += minutes;
    show.minutes += minutes;
  }
  if (period.episodeId === episodeId) return;
  period.episodeId = episodeId;
  period.episodes += 1;
  show.episodes += 1;
}

/**
 * One walk over all plays, those of one episode next to each other. `offsetAt`: how far the user's clocks were ahead of
 * UTC at that instant. `runtimeOf`: how long an episode of that show usually is.
 */
export function tallyPlays(
  plays: readonly PlayFact[],
  offsetAt: (at: Instant) => number,
  runtimeOf: (showId: number) => number | null,
): WatchTally {
  const whole = emptyPeriod();
  const years = new Map<number, Period>();
  const days = new Map<number, Day>();
  let undated = 0;
  /** Of the episode at hand: its first viewing is no rewatch. */
  let firstEpisode = NONE;
  let firstAt = 0;
  let firstPeriod = whole;

  function dayAt(day: number): Day {
    const known = days.get(day);
    if (known !== undefined) return known;
    const year = yearOf(day);
    const period = years.get(year) ?? emptyPeriod();
    years.set(year, period);
    const made = { day, plays: 0, minutes: 0, period, weekday: weekdayOf(day) };
    days.set(day, made);
    return made;
  }

  for (const { at, episodeId, showId, runtimeMin } of plays) {
    const minutes = runtimeMin ?? runtimeOf(showId);
    add(whole, episodeId, showId, minutes);
    if (at === null) {
      undated += 1;
      continue;
    }
    const local = at + offsetAt(at);
    const number = Math.floor(local / DAY_MS);
    const day = dayAt(number);
    day.plays += 1;
    day.minutes += minutes ?? 0;
    const { period } = day;
    add(period, episodeId, showId, minutes);
    const hour = day.weekday * 24 + Math.floor((local - number * DAY_MS) / HOUR_MS);
    period.hours[hour] = (period.hours[hour] ?? 0) + 1;
    const again = firstEpisode === episodeId;
    if (again && at >= firstAt) period.rewatches += 1;
    else {
      if (again) firstPeriod.rewatches += 1;
      firstEpisode = episodeId;
      firstAt = at;
      firstPeriod = period;
    }
  }
  whole.rewatches = whole.plays - whole.episodes;
  whole.hours = whole.hours.map((_, hour) =>
    [...years.values()].reduce((sum, { hours }) => sum + (hours[hour] ?? 0), 0),
  );
  return { whole, years: inOrder(years), days: [...days.values()].sort((a, b) => a.day - b.day), undated };
}

function inOrder<Value>(years: ReadonlyMap<number, Value>): Map<number, Value> {
  return new Map([...years].sort(([a], [b]) => a - b));
}
