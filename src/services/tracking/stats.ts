import { firstPlayAt, playsInSpans, type Span, type WatchTotals, watchTotals } from "../../db/queries/stats.ts";
import type { Deps } from "../context.ts";
import { addDays, dateIn, nextMonth, startOfDate } from "./zoned-days.ts";

export type StatsView = WatchTotals & {
  /** Months with at least one dated play, oldest first: `YYYY-MM`. */
  months: { month: string; plays: number }[];
  /** Every day of the last 53 weeks, oldest first, for a heat map. */
  days: { date: string; plays: number }[];
  /** Plays whose time is not known: in no month and on no day. */
  undated: number;
};

export type Stats = { of(userId: number, timeZone: string): StatsView };

const DAYS_SHOWN = 53 * 7;

/** Counts once and keeps the answer until something changes for that user, or the day does. */
export function createStats({ db, bus, clock }: Pick<Deps, "db" | "bus" | "clock">): Stats {
  const kept = new Map<number, { key: string; view: StatsView }>();
  bus.subscribe((name, payload) => {
    // What changes runtimes of a show changes everybody's minutes.
    if (name === "show.changed") kept.clear();
    else if ("userId" in payload && (name === "plays.changed" || name === "sync.finished")) kept.delete(payload.userId);
  });
  return {
    of(userId, timeZone) {
      const today = dateIn(clock.now(), timeZone);
      const key = `${today} ${timeZone}`;
      const known = kept.get(userId);
      if (known?.key === key) return known.view;
      const view = count(userId, timeZone, today);
      kept.set(userId, { key, view });
      return view;
    },
  };

  function count(userId: number, timeZone: string, today: string): StatsView {
    const totals = watchTotals(db, userId);
    const first = firstPlayAt(db, userId);
    const months = first === null ? [] : monthsBetween(dateIn(first, timeZone), today);
    const days = Array.from({ length: DAYS_SHOWN }, (_, index) => addDays(today, index - DAYS_SHOWN + 1));
    const counts = playsInSpans(db, userId, [
      ...spansOf(months, nextMonth, timeZone),
      ...spansOf(days, (day) => addDays(day, 1), timeZone),
    ]);
    const byMonth = months.map((month, index) => ({ month: month.slice(0, 7), plays: counts[index] ?? 0 }));
    return {
      ...totals,
      months: byMonth.filter(({ plays }) => plays > 0),
      days: days.map((date, index) => ({ date, plays: counts[months.length + index] ?? 0 })),
      undated: totals.plays - byMonth.reduce((sum, { plays }) => sum + plays, 0),
    };
  }
}

/** First days of all months from one date to another. */
function monthsBetween(from: string, to: string): string[] {
  const months: string[] = [];
  // A mark may be dated up to an hour ahead, and that may be another month.
  const end = addDays(to, 1);
  for (let month = `${from.slice(0, 7)}-01`; month <= end; month = nextMonth(month)) months.push(month);
  return months;
}

/** Each date's time until the next one begins. */
function spansOf(dates: readonly string[], after: (date: string) => string, timeZone: string): Span[] {
  const last = dates.at(-1);
  const starts = [...dates, ...(last === undefined ? [] : [after(last)])].map(
    (date) => startOfDate(date, timeZone) ?? 0,
  );
  return dates.map((_, index) => [starts[index] ?? 0, starts[index + 1] ?? 0]);
}
