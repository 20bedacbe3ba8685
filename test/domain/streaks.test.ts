import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { streaksOf } from "../../src/domain/streaks.ts";

const TODAY = 20_000;
const run = (from: number, days: number) => ({ from, to: from + days - 1, days });

describe("streaks", () => {
  const cases: [string, number[], ReturnType<typeof streaksOf>][] = [
    ["no day", [], { longest: null, current: null }],
    ["one play today", [TODAY], { longest: run(TODAY, 1), current: run(TODAY, 1) }],
    ["the last play yesterday", [TODAY - 1], { longest: run(TODAY - 1, 1), current: run(TODAY - 1, 1) }],
    ["the last play two days ago", [TODAY - 2], { longest: run(TODAY - 2, 1), current: null }],
    ["three days up to yesterday", [19_997, 19_998, 19_999], { longest: run(19_997, 3), current: run(19_997, 3) }],
    ["a gap of a day", [10, 11, 13, 14, 15], { longest: run(13, 3), current: null }],
    ["two equally long", [1, 2, 5, 6], { longest: run(5, 2), current: null }],
    [
      "a mark dated an hour ahead, after midnight",
      [TODAY, TODAY + 1],
      { longest: run(TODAY, 2), current: run(TODAY, 2) },
    ],
  ];
  test.each(cases)("with %s", (_, days, expected) => {
    expect(streaksOf(days, TODAY)).toEqual(expected);
  });

  test("are made of days that all have a play, and end where one has none", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: TODAY - 60, max: TODAY })), (given) => {
        const days = given.toSorted((a, b) => a - b);
        const has = new Set(days);
        const { longest, current } = streaksOf(days, TODAY);
        for (const streak of [longest, current]) {
          if (streak === null) continue;
          for (let day = streak.from; day <= streak.to; day += 1) expect(has.has(day)).toBe(true);
          expect([has.has(streak.from - 1), has.has(streak.to + 1)]).toEqual([false, false]);
          expect(streak.days).toBe(streak.to - streak.from + 1);
        }
        expect(current === null).toBe(!has.has(TODAY) && !has.has(TODAY - 1));
        expect((longest?.days ?? 0) >= (current?.days ?? 0)).toBe(true);
      }),
    );
  });
});
