import { describe, expect, test } from "bun:test";
import {
  type DayCount,
  firstDayOfYear,
  series,
  startOfUnit,
  stepUnit,
  type Unit,
  weekdayOf,
  yearOf,
} from "../../src/domain/day-series.ts";
import { DAY_MS, dateToInstant, dayNumber, toDate } from "../../src/domain/instant.ts";

const dayOf = (date: string): number => dayNumber(dateToInstant(date) ?? Number.NaN);
const dateOf = (day: number): string => toDate(day * DAY_MS);
const played = (...dates: string[]): DayCount[] => dates.map((date) => ({ day: dayOf(date), plays: 1, minutes: 30 }));

describe("a day", () => {
  test.each([
    ["1970-01-01", 3],
    ["2024-02-29", 3],
    ["2024-03-03", 6],
    ["2024-03-04", 0],
    ["1969-12-29", 0],
  ])("%s is that many days after Monday: %i", (date, weekday) => {
    expect(weekdayOf(dayOf(date))).toBe(weekday);
  });

  test("is the first of the week when the week begins on it", () => {
    expect([7, 6, 1].map((firstDay) => weekdayOf(dayOf("2024-03-03"), firstDay))).toEqual([0, 1, 6]);
  });
});

describe("units", () => {
  const cases: [Unit, string, string, string][] = [
    ["day", "2024-02-28", "2024-02-28", "2024-02-29"],
    ["week", "2025-01-01", "2024-12-30", "2025-01-06"],
    ["month", "2024-02-29", "2024-02-01", "2024-03-01"],
    ["month", "2024-12-31", "2024-12-01", "2025-01-01"],
    ["year", "2024-12-31", "2024-01-01", "2025-01-01"],
  ];
  test.each(cases)("the %s of %s begins on %s and ends before %s", (unit, date, first, next) => {
    const start = startOfUnit(dayOf(date), unit);
    expect(dateOf(start)).toBe(first);
    expect(dateOf(stepUnit(start, unit))).toBe(next);
    expect(stepUnit(stepUnit(start, unit), unit, -1)).toBe(start);
  });

  test("years begin on their first of January", () => {
    expect([1999, 2000, 2024].map((year) => dateOf(firstDayOfYear(year)))).toEqual([
      "1999-01-01",
      "2000-01-01",
      "2024-01-01",
    ]);
    expect(yearOf(firstDayOfYear(2024) - 1)).toBe(2023);
  });
});

describe("a series", () => {
  test("has every unit of the span, the empty ones too, and nothing from outside it", () => {
    const days = played("2023-11-30", "2023-12-31", "2024-02-01", "2024-02-29", "2024-03-01");
    const months = series(days, { unit: "month", from: dayOf("2023-12-15"), to: dayOf("2024-02-10") });
    expect(months.map(({ day, plays, minutes }) => [dateOf(day), plays, minutes])).toEqual([
      ["2023-12-01", 1, 30],
      ["2024-01-01", 0, 0],
      ["2024-02-01", 2, 60],
    ]);
  });

  test("of a leap year has 366 days", () => {
    const daysIn = (year: number) =>
      series([], { unit: "day", from: firstDayOfYear(year), to: firstDayOfYear(year + 1) - 1 }).length;
    expect([2023, 2024, 2100].map(daysIn)).toEqual([365, 366, 365]);
  });

  test("of weeks follows the reader's week", () => {
    const days = played("2024-03-03", "2024-03-04");
    const weeks = (firstDay: number) =>
      series(days, { unit: "week", from: dayOf("2024-03-03"), to: dayOf("2024-03-04"), firstDay }).map(
        ({ plays }) => plays,
      );
    expect([weeks(1), weeks(7)]).toEqual([[1, 1], [2]]);
  });
});
