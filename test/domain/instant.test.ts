import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  DAY_MS,
  dateToInstant,
  dayNumber,
  EARLIEST_VIEW,
  fromIso,
  HOUR_MS,
  isBelievableViewTime,
  toDate,
  toIso,
} from "../../src/domain/instant.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

describe("ISO text", () => {
  test.each([
    ["2024-02-29T08:30:05Z", Date.UTC(2024, 1, 29, 8, 30, 5)],
    ["2024-02-29T08:30:05.123Z", Date.UTC(2024, 1, 29, 8, 30, 5, 123)],
    ["2024-02-29T08:30:05.1234567Z", Date.UTC(2024, 1, 29, 8, 30, 5, 123)],
    ["2024-02-29T08:30Z", Date.UTC(2024, 1, 29, 8, 30)],
    ["2024-02-29T08:30:05+02:00", Date.UTC(2024, 1, 29, 6, 30, 5)],
    ["2024-02-29T20:30:05-0530", Date.UTC(2024, 2, 1, 2, 0, 5)],
  ])("%s is read", (text, at) => {
    expect(fromIso(text)).toBe(at);
  });

  test.each([
    "",
    "yesterday",
    "2024-02-29",
    "2024-02-29T08:30:05",
    "2023-02-29T08:30:05Z",
    "2024-13-01T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T10:60:00Z",
    "2024-01-01T10:00:00+99:00",
    "1700000000",
  ])("%p is refused", (text) => {
    expect(fromIso(text)).toBeNull();
  });

  test("writing and reading back gives the same instant", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (at) => {
        expect(fromIso(toIso(at))).toBe(at);
        expect(dateToInstant(toDate(at))).toBe(dayNumber(at) * DAY_MS);
      }),
    );
  });
});

describe("calendar days", () => {
  test("are midnight UTC", () => {
    expect(dateToInstant("2016-05-22")).toBe(Date.UTC(2016, 4, 22));
    expect(dateToInstant("1955-01-02")).toBe(Date.UTC(1955, 0, 2));
    expect(dateToInstant("0099-01-02")).toBe(Date.parse("0099-01-02T00:00:00Z"));
  });

  test.each(["2023-02-29", "2024-00-10", "2024-04-31", "0000-01-01", "24-04-01", "2024-4-1", "2024-04-01T00:00:00Z"])(
    "%s is no day",
    (date) => {
      expect(dateToInstant(date)).toBeNull();
    },
  );
});

describe("a believable view time", () => {
  test.each([
    ["the epoch", 0, false],
    ["just before 1990", EARLIEST_VIEW - 1, false],
    ["the first moment of 1990", EARLIEST_VIEW, true],
    ["now", NOW, true],
    ["a clock that runs an hour ahead", NOW + HOUR_MS, true],
    ["more than an hour ahead", NOW + HOUR_MS + 1, false],
    ["no number", Number.NaN, false],
    ["infinite", Number.POSITIVE_INFINITY, false],
  ])("%s", (_, at, expected) => {
    expect(isBelievableViewTime(at, NOW)).toBe(expected);
  });
});
