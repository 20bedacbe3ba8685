import { describe, expect, test } from "bun:test";
import { comingDay, isWithin, readSpan, WEEKDAYS, weekdayOf } from "../../src/domain/browse.ts";

describe("spans", () => {
  test.each([
    ["2019", { from: 2019, to: 2019 }],
    ["2010-2019", { from: 2010, to: 2019 }],
    [" 2010 – 2019 ", { from: 2010, to: 2019 }],
    ["50-", { from: 50, to: null }],
    ["-30", { from: null, to: 30 }],
    ["", null],
    ["-", null],
    ["2019-2010", null],
    ["20191", null],
    ["about 2019", null],
    ["1-2-3", null],
  ])("%p is %p", (text, span) => {
    expect(readSpan(text)).toEqual(span);
  });

  test("hold their ends and nothing that is not known", () => {
    const span = { from: 20, to: 30 };
    expect([19, 20, 30, 31, null, undefined].map((value) => isWithin(value, span))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(isWithin(5, { from: null, to: null })).toBe(true);
  });
});

describe("days of the week", () => {
  test("begin on Monday", () => {
    expect(["2026-11-23", "2026-11-28", "2026-11-29"].map(weekdayOf)).toEqual(["monday", "saturday", "sunday"]);
  });

  test("come within the next seven days, today included", () => {
    expect(comingDay("2026-11-25", "wednesday")).toBe("2026-11-25");
    expect(comingDay("2026-11-25", "tuesday")).toBe("2026-12-01");
    for (const weekday of WEEKDAYS) expect(weekdayOf(comingDay("2026-12-30", weekday))).toBe(weekday);
  });
});
