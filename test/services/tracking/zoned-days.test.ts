import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fromIso, toIso } from "../../../src/domain/instant.ts";
import { localTimeIn, readLocalTime } from "../../../src/services/tracking/zoned-days.ts";

describe("a time on the reader's clocks", () => {
  test.each<[string, string, string, string]>([
    ["in winter", "2026-01-15T21:14", "Europe/Berlin", "2026-01-15T20:14:00.000Z"],
    ["in summer", "2026-07-15T21:14", "Europe/Berlin", "2026-07-15T19:14:00.000Z"],
    ["with seconds", "2026-07-15T21:14:09", "Europe/Berlin", "2026-07-15T19:14:09.000Z"],
    ["west of Greenwich", "2026-01-15T21:14", "America/New_York", "2026-01-16T02:14:00.000Z"],
    ["half an hour off", "2026-01-15T21:14", "Asia/Kolkata", "2026-01-15T15:44:00.000Z"],
    ["that clocks show twice is the first", "2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
    ["that clocks show twice, over there", "2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
  ])("%s", (_, text, zone, moment) => {
    expect(readLocalTime(text, zone)).toEqual({ at: fromIso(moment) ?? 0, skipped: false });
  });

  test.each<[string, string, string, string]>([
    ["in an hour that clocks leave out", "2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00.000Z"],
    ["in half an hour left out", "2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00.000Z"],
    ["on a day that a country left out", "2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
  ])("%s is the next that there was", (_, text, zone, moment) => {
    const read = readLocalTime(text, zone);
    expect([toIso(read?.at ?? 0), read?.skipped]).toEqual([moment, true]);
  });

  test.each(["", "soon", "2026-02-30T10:00", "2026-01-01T25:00", "2026-01-01", "2026-01-01T10:00Z", "20260101T1000"])(
    "%p is none",
    (text) => expect(readLocalTime(text, "Europe/Berlin")).toBeNull(),
  );

  test("written and read again is the same minute, or the first of two", () => {
    const zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"];
    const from = Date.UTC(1990, 0) / 60_000;
    const to = Date.UTC(2040, 0) / 60_000;
    fc.assert(
      fc.property(fc.integer({ min: from, max: to }), fc.constantFrom(...zones), (minute, zone) => {
        const text = localTimeIn(minute * 60_000, zone);
        const read = readLocalTime(text, zone);
        expect(read?.skipped).toBe(false);
        expect(localTimeIn(read?.at ?? 0, zone)).toBe(text);
        expect(minute * 60_000 - (read?.at ?? 0)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });
});
