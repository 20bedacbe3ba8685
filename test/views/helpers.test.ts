import { describe, expect, test } from "bun:test";
import { id, target } from "../../views/dom.ts";
import { createPaths, normalizeBasePath } from "../../views/paths.ts";
import {
  clockTime,
  dateText,
  durationText,
  formatDate,
  formatNumber,
  fullDay,
  fullTime,
  isoDay,
  relativeDay,
  relativeTime,
  stampText,
  weekdayText,
} from "../../views/ui/format.ts";
import { safeHref } from "../../views/ui/link.tsx";
import { hueOf, initials, numberInWords } from "../../views/ui/text.ts";
import { NOW, viewContext } from "./support/context.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ctx = viewContext();

describe("paths", () => {
  test.each([
    ["", ""],
    ["/", ""],
    ["tracker", "/tracker"],
    ["/tracker/", "/tracker"],
    ["//a/b//", "/a/b"],
  ])("base path %p becomes %p", (given, expected) => {
    expect(normalizeBasePath(given)).toBe(expected);
  });

  test("every address stands under the base path", () => {
    const paths = createPaths("/tracker");
    expect(paths.home()).toBe("/tracker/");
    expect(paths.syncUndo("7")).toBe("/tracker/syncs/7/undo");
    expect(paths.seasonWatched("5", 0)).toBe("/tracker/shows/5/seasons/0/watched");
    expect(paths.poster("5", 3)).toBe("/tracker/images/shows/5/poster?v=3");
    expect(paths.api.docs()).toBe("/tracker/api/docs");
  });

  test("a hostile id stays inside its segment", () => {
    expect(createPaths("").show("../../x?y#z")).toBe("/shows/..%2F..%2Fx%3Fy%23z");
  });

  test("empty query values are left out", () => {
    expect(createPaths("").shows({ query: "", list: "later" })).toBe("/shows?list=later");
  });
});

describe("days without a time of day", () => {
  const day = (offset: number) => NOW + offset * DAY_MS;
  test.each([
    [0, "today"],
    [-1, "yesterday"],
    [1, "tomorrow"],
    [-5, "5 days ago"],
    [3, "in 3 days"],
    [-30, "12 Feb"],
    [-400, "8 Feb 2024"],
  ])("%i days away is %s", (offset, words) => {
    expect(relativeDay(day(offset), ctx)).toBe(words);
  });

  test("are written with their weekday, and as machines want them, where the reader lives", () => {
    // 20:26 in UTC is past midnight in Tokyo.
    const tokyo = viewContext({ timeZone: "Asia/Tokyo" });
    expect(weekdayText(NOW, ctx)).toBe("Friday, 14 Mar");
    expect(weekdayText(NOW, tokyo)).toBe("Saturday, 15 Mar");
    expect(fullDay(NOW, tokyo)).toBe("Saturday, 15 March 2025");
    expect(isoDay(NOW, tokyo)).toBe("2025-03-15");
  });
});

describe("DOM ids", () => {
  test("different keys never share an id and all are usable in a selector", () => {
    const keys = ["a b", "a_b", "a-b", "a.b", "ä", "a#b", "A B"];
    const ids = keys.map((key) => id("show", key));
    expect(new Set(ids).size).toBe(keys.length);
    for (const each of ids) expect(each).toMatch(/^[A-Za-z][A-Za-z0-9_-]*$/);
    expect(target("show", "1")).toBe("#show--1");
  });
});

describe("links", () => {
  test.each([
    ["https://example.org/a", "https://example.org/a"],
    ["/shows/1", "/shows/1"],
    ["javascript:alert(1)", null],
    [" javascript:alert(1)", null],
    ["data:text/html,x", null],
    ["//evil.example/x", null],
    ["/\\evil.example", null],
    ["/\t/evil.example", null],
    ["relative", null],
  ])("%p is %p", (given, expected) => {
    expect(safeHref(given)).toBe(expected);
  });
});

describe("times in words", () => {
  test.each([
    [-20_000, "just now"],
    [20_000, "in a moment"],
    [-12 * MINUTE_MS, "12 min ago"],
    [48 * MINUTE_MS, "in 48 min"],
    [-5 * HOUR_MS, "5 h ago"],
    [-22 * HOUR_MS, "yesterday"],
    [DAY_MS, "tomorrow"],
    [-4 * DAY_MS, "4 days ago"],
    [-20 * DAY_MS, "22 Feb"],
    [-400 * DAY_MS, "8 Feb 2024"],
  ])("%d ms away is %p", (deltaMs, expected) => {
    expect(relativeTime(NOW + deltaMs, ctx)).toBe(expected);
  });

  test("the reader's zone decides the day", () => {
    const lateEvening = Date.UTC(2025, 2, 14, 23, 30);
    expect(dateText(lateEvening, ctx)).toBe("15 Mar");
    expect(dateText(lateEvening, { ...ctx, timeZone: "UTC" })).toBe("14 Mar");
    expect(clockTime(NOW, ctx)).toBe("21:26");
    expect(fullTime(NOW, ctx)).toContain("14 March 2025");
  });

  test("a stamp is the clock today, date and clock this year, the date before that", () => {
    expect(stampText(NOW, ctx)).toBe("21:26");
    expect(stampText(NOW - 2 * DAY_MS, ctx)).toBe("12 Mar, 21:26");
    expect(stampText(NOW - 400 * DAY_MS, ctx)).toBe("8 Feb 2024");
  });

  const day = { day: "numeric", month: "short", year: "numeric" } as const;
  const newYearsEve = Date.UTC(2026, 11, 31, 20, 14);

  test.each([
    ["en-GB", "auto", "31 Dec 2026", "Thursday, 31 December 2026 at 21:14"],
    ["en-GB", "dmy", "31 Dec 2026", "Thursday, 31 December 2026, 21:14"],
    ["en-GB", "mdy", "Dec 31, 2026", "Thursday, December 31, 2026, 21:14"],
    ["en-GB", "ymd", "2026-12-31", "Thursday, 2026-12-31, 21:14"],
    ["en-US", "auto", "Dec 31, 2026", "Thursday, December 31, 2026 at 9:14 PM"],
    ["en-US", "dmy", "31 Dec 2026", "Thursday, 31 December 2026, 09:14 PM"],
    ["en-US", "mdy", "Dec 31, 2026", "Thursday, December 31, 2026, 09:14 PM"],
    ["en-US", "ymd", "2026-12-31", "Thursday, 2026-12-31, 09:14 PM"],
    ["de-DE", "auto", "31. Dez. 2026", "Donnerstag, 31. Dezember 2026 um 21:14"],
    ["de-DE", "dmy", "31. Dez. 2026", "Donnerstag, 31. Dezember 2026, 21:14"],
    ["de-DE", "mdy", "Dez. 31, 2026", "Donnerstag, Dezember 31, 2026, 21:14"],
    ["de-DE", "ymd", "2026-12-31", "Donnerstag, 2026-12-31, 21:14"],
    ["ja-JP", "auto", "2026年12月31日", "2026年12月31日木曜日 21:14"],
    ["ja-JP", "dmy", "31/12/2026", "木曜日, 31/12/2026, 21:14"],
    ["ja-JP", "mdy", "12/31/2026", "木曜日, 12/31/2026, 21:14"],
    ["ja-JP", "ymd", "2026-12-31", "木曜日, 2026-12-31, 21:14"],
    ["fa-IR", "dmy", "۳۱ دسامبر ۲۰۲۶", "پنجشنبه, ۳۱ دسامبر ۲۰۲۶, ۲۱:۱۴"],
    ["fa-IR", "ymd", "2026-12-31", "پنجشنبه, 2026-12-31, ۲۱:۱۴"],
  ] as const)("a date in %s as %s is %p", (locale, dateFormat, date, moment) => {
    const reader = { ...ctx, locale, dateFormat };
    expect(formatDate(newYearsEve, reader, day)).toBe(date);
    expect(fullTime(newYearsEve, reader).replaceAll("\u202f", " ")).toBe(moment);
  });

  test.each([
    ["dmy", "4 Mar", "8 Feb 2024", "12 Mar, 21:26"],
    ["mdy", "Mar 4", "Feb 8, 2024", "Mar 12, 21:26"],
    ["ymd", "2025-03-04", "2024-02-08", "2025-03-12, 21:26"],
  ] as const)("the wish %s is kept by short, old and stamped dates", (dateFormat, near, old, stamp) => {
    const reader = { ...ctx, dateFormat };
    expect(relativeTime(NOW - 10 * DAY_MS, reader)).toBe(near);
    expect(dateText(NOW - 400 * DAY_MS, reader)).toBe(old);
    expect(stampText(NOW - 2 * DAY_MS, reader)).toBe(stamp);
  });

  test.each([
    [420, "0.4 s"],
    [1240, "1.2 s"],
    [42_400, "42 s"],
    [180_000, "3 min"],
    [4_800_000, "1 h 20 min"],
    [7_200_000, "2 h"],
  ])("%d ms is %p", (durationMs, expected) => {
    expect(durationText(durationMs)).toBe(expected);
  });

  test("numbers carry the locale's separators", () => {
    expect(formatNumber(1204, ctx)).toBe("1,204");
    expect(formatNumber(1204, { locale: "de-DE" })).toBe("1.204");
  });
});

describe("drawn posters", () => {
  test.each([
    ["The Door", "TD"],
    ["<img src=x>", "IS"],
    ["🎬", "?"],
    ["", "?"],
    ["24", "2"],
  ])("%p has the initials %p", (title, expected) => {
    expect(initials(title)).toBe(expected);
  });

  test("a title keeps its hue", () => {
    expect(hueOf("The Door")).toBe(hueOf("The Door"));
    expect(hueOf("The Door")).toBeLessThan(360);
    expect(hueOf("The Door")).not.toBe(hueOf("The Doors"));
  });
});

test.each([
  [0, "zero"],
  [3, "three"],
  [12, "twelve"],
  [19, "nineteen"],
  [20, "twenty"],
  [42, "forty-two"],
  [100, "one hundred"],
  [305, "three hundred and five"],
  [999, "nine hundred and ninety-nine"],
  [1_000, "1000"],
])("%p in words is %p", (value, words) => {
  expect(numberInWords(value)).toBe(words);
});

test("several values of one name stand one after the other in an address", () => {
  expect(createPaths("").shows({ network: ["A&E, Bravo", "HBO"], genre: [], query: "x" })).toBe(
    "/shows?network=A%26E%2C+Bravo&network=HBO&query=x",
  );
});
