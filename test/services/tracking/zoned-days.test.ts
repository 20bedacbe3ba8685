import { describe, expect, test } from "bun:test";
import { momentIn } from "../../../src/services/tracking/zoned-days.ts";

describe("a clock's time in a zone", () => {
  test.each([
    ["2026-01-10T21:30", "Europe/Berlin", "2026-01-10T20:30:00.000Z"],
    ["2026-07-10T21:30", "Europe/Berlin", "2026-07-10T19:30:00.000Z"],
    ["2026-07-10T21:30:59", "Asia/Kolkata", "2026-07-10T16:00:00.000Z"],
    // The night in which clocks are put back shows 2:30 twice, and forward not at all: a moment close by is meant.
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T01:30:00.000Z"],
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ])("%s in %s is %s", (local, zone, moment) => {
    expect(new Date(momentIn(local, zone) ?? 0).toISOString()).toBe(moment);
  });

  test.each(["", "2026-01-10", "2026-02-30T10:00", "2026-01-10T24:00", "2026-01-10T10:60", "10:00"])(
    "%p is none",
    (local) => {
      expect(momentIn(local, "Europe/Berlin")).toBeNull();
    },
  );
});
