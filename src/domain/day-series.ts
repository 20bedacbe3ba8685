import { DAY_MS, dayNumber } from "./instant.ts";

// Days as whole numbers since 1970-01-01, as `dayNumber` counts them: no zone can move them any more.

export type DayCount = { day: number; plays: number; minutes: number };

export const UNITS = ["day", "week", "month", "year"] as const;
export type Unit = (typeof UNITS)[number];

/** 1 = Monday … 7 = Sunday, as Intl counts them. */
export const MONDAY = 1;

/** How many days after the week's begin: 0–6. */
export function weekdayOf(day: number, firstDay: number = MONDAY): number {
  // 1970-01-01 was a Thursday.
  return (((day + 4 - firstDay) % 7) + 7) % 7;
}

export function yearOf(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

export function firstDayOfYear(year: number): number {
  return dayOf(year, 0);
}

/** The first day of the week, month or year that a day lies in. */
export function startOfUnit(day: number, unit: Unit, firstDay: number = MONDAY): number {
  if (unit === "day") return day;
  if (unit === "week") return day - weekdayOf(day, firstDay);
  const date = new Date(day * DAY_MS);
  return dayOf(date.getUTCFullYear(), unit === "year" ? 0 : date.getUTCMonth());
}

/** Where the next one begins, or one further on; negative steps go back. `start` is a first day. */
export function stepUnit(start: number, unit: Unit, steps = 1): number {
  if (unit === "day") return start + steps;
  if (unit === "week") return start + 7 * steps;
  const date = new Date(start * DAY_MS);
  if (unit === "year") return dayOf(date.getUTCFullYear() + steps, 0);
  return dayOf(date.getUTCFullYear(), date.getUTCMonth() + steps);
}

export type Span = {
  unit: Unit;
  /** Both included; the units that they lie in are whole. */
  from: number;
  to: number;
  firstDay?: number;
};

/** Every unit of the span in order, also the empty ones. `days` may come in any order and reach beyond the span. */
export function series(days: readonly DayCount[], { unit, from, to, firstDay = MONDAY }: Span): DayCount[] {
  const units = new Map<number, DayCount>();
  for (let day = startOfUnit(from, unit, firstDay); day <= to; day = stepUnit(day, unit))
    units.set(day, { day, plays: 0, minutes: 0 });
  for (const { day, plays, minutes } of days) {
    const found = units.get(startOfUnit(day, unit, firstDay));
    if (found === undefined) continue;
    found.plays += plays;
    found.minutes += minutes;
  }
  return [...units.values()];
}

/** Years below 100 are meant as they are written. */
function dayOf(year: number, month: number): number {
  const date = new Date(0);
  return dayNumber(date.setUTCFullYear(year, month, 1));
}
