import { describe, expect, test } from "bun:test";
import { firstDayOfYear } from "../../src/domain/day-series.ts";
import { heatLevels, heatPlace } from "../../src/domain/heat.ts";

describe("warmth", () => {
  test("is nothing without a play and something with one", () => {
    const level = heatLevels([0, 0, 1]);
    expect([level(0), level(1)]).toEqual([0, 1]);
    expect(heatLevels([])(0)).toBe(0);
  });

  test("goes by rank, so that one marathon does not cool the rest", () => {
    const level = heatLevels([1, 2, 3, 4, 100]);
    expect([1, 2, 3, 4, 100].map(level)).toEqual([1, 1, 2, 3, 4]);
    const calm = heatLevels([1, 1, 1, 1, 90]);
    expect([calm(1), calm(90)]).toEqual([1, 4]);
  });
});

describe("a place on the map", () => {
  test.each([
    // 2023-01-01 was a Sunday, 2024-01-01 a Monday.
    [2023, 1, { week: 0, weekday: 6 }, { week: 52, weekday: 6 }],
    [2024, 1, { week: 0, weekday: 0 }, { week: 52, weekday: 1 }],
    [2023, 7, { week: 0, weekday: 0 }, { week: 52, weekday: 0 }],
    [2024, 7, { week: 0, weekday: 1 }, { week: 52, weekday: 2 }],
    // A leap year that begins on the last day of a week needs a 54th column.
    [2012, 1, { week: 0, weekday: 6 }, { week: 53, weekday: 0 }],
  ])("of the first and last day of %i, weeks beginning on day %i", (year, firstDay, first, last) => {
    const start = firstDayOfYear(year);
    const end = firstDayOfYear(year + 1) - 1;
    expect(heatPlace(start, start, firstDay)).toEqual(first);
    expect(heatPlace(end, start, firstDay)).toEqual(last);
  });

  test("is never taken twice", () => {
    const start = firstDayOfYear(2024);
    const places = Array.from({ length: 366 }, (_, day) => JSON.stringify(heatPlace(start + day, start)));
    expect(new Set(places).size).toBe(366);
  });
});
