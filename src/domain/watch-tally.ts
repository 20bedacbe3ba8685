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

/** One more episode, unless it is the one that was counted last. */
function addEpisode(period: Period, episodeId: number, showId: number): void {
  if (period.episodeId === episodeId) return;
  period.episodeId = episodeId;
  period.episodes += 1;
  showIn(period, showId).episodes += 1;
}

function addPlay(period: Period, showId: number, minutes: number | null): void {
  const show = showIn(period, showId);
  period.plays += 1;
  show.plays += 1;
  if (minutes === null) period.withoutRuntime += 1;
  else {
    period.minutes += minutes;
    show.minutes += minutes;
  }
}

/** What does not depend on which episodes are the same. */
function addPeriod(whole: Period, part: Period): void {
  whole.plays += part.plays;
  whole.minutes += part.minutes;
  whole.withoutRuntime += part.withoutRuntime;
  for (const [hour, plays] of part.hours.entries()) whole.hours[hour] = (whole.hours[hour] ?? 0) + plays;
  for (const [showId, { plays, minutes }] of part.shows) {
    const show = showIn(whole, showId);
    show.plays += plays;
    show.minutes += minutes;
  }
}

export type Totals = {
  add(part: WatchTally): void;
  /** Of what was added before, and just as it was. */
  remove(part: WatchTally): void;
  /** As it stands now; the periods go on changing with the parts. */
  tally(): WatchTally;
};

/** What parts come to that have no episode in common: a change of one of them need not count the others again. */
export function createTotals(): Totals {
  const whole = emptyPeriod();
  const years = new Map<number, PeriodTally>();
  const days = new Map<number, DayCount>();
  let undated = 0;

  function countYears(part: WatchTally, sign: Sign): void {
    for (const [year, period] of part.years) {
      const found = years.get(year) ?? emptyPeriod();
      countPeriod(found, period, sign);
      if (found.plays === 0) years.delete(year);
      else years.set(year, found);
    }
  }

  function countDays(part: WatchTally, sign: Sign): void {
    for (const { day, plays, minutes } of part.days) {
      const found = days.get(day);
      const now = { day, plays: (found?.plays ?? 0) + sign * plays, minutes: (found?.minutes ?? 0) + sign * minutes };
      if (now.plays === 0) days.delete(day);
      else days.set(day, now);
    }
  }

  function countPart(part: WatchTally, sign: Sign): void {
    countPeriod(whole, part.whole, sign);
    countYears(part, sign);
    countDays(part, sign);
    undated += sign * part.undated;
  }

  return {
    add: (part) => countPart(part, 1),
    remove: (part) => countPart(part, -1),
    tally: () => ({
      whole,
      years: new Map([...years].sort(([a], [b]) => a - b)),
      days: [...days.values()].sort((a, b) => a.day - b.day),
      undated,
    }),
  };
}

type Sign = 1 | -1;

function countPeriod(into: PeriodTally, part: PeriodTally, sign: Sign): void {
  into.plays += sign * part.plays;
  into.episodes += sign * part.episodes;
  into.rewatches += sign * part.rewatches;
  into.minutes += sign * part.minutes;
  into.withoutRuntime += sign * part.withoutRuntime;
  for (const [hour, plays] of part.hours.entries()) into.hours[hour] = (into.hours[hour] ?? 0) + sign * plays;
  for (const [showId, tally] of part.shows) {
    const show = into.shows.get(showId) ?? emptyShow();
    show.plays += sign * tally.plays;
    show.episodes += sign * tally.episodes;
    show.minutes += sign * tally.minutes;
    if (show.plays === 0) into.shows.delete(showId);
    else into.shows.set(showId, show);
  }
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
  const dateless = emptyPeriod();
  const years = new Map<number, Period>();
  const days = new Map<number, Day>();
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
    addEpisode(whole, episodeId, showId);
    if (at === null) {
      addPlay(dateless, showId, minutes);
      continue;
    }
    const local = at + offsetAt(at);
    const number = Math.floor(local / DAY_MS);
    const day = dayAt(number);
    day.plays += 1;
    day.minutes += minutes ?? 0;
    const { period } = day;
    addPlay(period, showId, minutes);
    addEpisode(period, episodeId, showId);
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
  for (const part of [...years.values(), dateless]) addPeriod(whole, part);
  whole.rewatches = whole.plays - whole.episodes;
  const inOrder = [...days.values()].sort((a, b) => a.day - b.day);
  return {
    whole,
    years: new Map([...years].sort(([a], [b]) => a - b)),
    days: inOrder.map(({ day, plays, minutes }) => ({ day, plays, minutes })),
    undated: dateless.plays,
  };
}
