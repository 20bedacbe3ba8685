import { describe, expect, test } from "bun:test";
import { SCHEDULE_PRESETS } from "../../src/domain/schedule.ts";
import { checkSchedule, every, nextRun } from "../../src/jobs/schedule.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/errors.ts";

function refusalOf(schedule: string): string | null {
  try {
    checkSchedule(schedule);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "invalid") throw error;
    expect(error.fields).toHaveLength(1);
    expect(error.fields[0]?.path).toBe("schedule");
    return error.fields[0]?.message ?? null;
  }
}

describe("a schedule", () => {
  test.each([
    ...SCHEDULE_PRESETS.map(({ cron }) => cron),
    "*/5 * * * *",
    "17 3 * * *",
    "0 4 * * SUN",
    "0 0 29 2 *",
    "0 0 L * *",
    "58 23 * * *",
    " 0  4 * * * ",
  ])("%p is taken", (schedule) => {
    expect(refusalOf(schedule)).toBeNull();
  });

  test.each(["", "hourly", "@daily", "0 * * *", "0 0 * * * *", "0 4 * * * 2030"])(
    "%p has not five fields",
    (schedule) => {
      expect(refusalOf(schedule)).toStartWith("A schedule has five fields");
    },
  );

  test.each(["0 25 * * *", "61 * * * *", "a b c d e", "0 4 * * FUNDAY", "0 4 0 * *"])("%p is none", (schedule) => {
    expect(refusalOf(schedule)).toStartWith("This is not a schedule.");
  });

  test("one that never comes is refused", () => {
    expect(refusalOf("0 0 30 2 *")).toBe("This schedule never runs.");
  });

  test.each([
    ["* * * * *", "every minute"],
    ["*/4 * * * *", "every four"],
    ["0,1 * * * *", "two minutes in a row, once an hour"],
    ["0,3 4 * * 1", "twice within three minutes, once a week"],
    ["*/7 * * * *", "across the hour"],
    ["0,58 0,23 * * *", "across midnight"],
  ])("%p is too often: %s", (schedule) => {
    expect(refusalOf(schedule)).toBe("Every five minutes is the shortest interval.");
  });
});

describe("the next run", () => {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

  /** The next `count` runs after an instant. */
  function runs(schedule: string, zone: string, from: string, count: number): string[] {
    const all: string[] = [];
    let at = Date.parse(from);
    for (let number = 0; number < count; number += 1) {
      at = nextRun(schedule, zone, at) ?? Number.NaN;
      all.push(new Date(at).toISOString());
    }
    return all;
  }

  test("follows the wall clock of the zone", () => {
    const from = Date.parse("2026-01-15T12:00:00Z");
    expect(iso(nextRun("0 4 * * *", "UTC", from))).toBe("2026-01-16T04:00:00.000Z");
    expect(iso(nextRun("0 4 * * *", "Europe/Berlin", from))).toBe("2026-01-16T03:00:00.000Z");
    expect(iso(nextRun("0 4 * * *", "America/New_York", from))).toBe("2026-01-16T09:00:00.000Z");
    expect(iso(nextRun("0 4 * * *", "Asia/Kathmandu", from))).toBe("2026-01-15T22:15:00.000Z");
  });

  test("lies after the moment it is asked at", () => {
    const at = Date.parse("2026-01-15T12:00:00Z");
    expect(iso(nextRun("0 * * * *", "UTC", at))).toBe("2026-01-15T13:00:00.000Z");
    expect(iso(nextRun("0 * * * *", "UTC", at - 1))).toBe("2026-01-15T12:00:00.000Z");
  });

  test("keeps four o'clock on the wall when the clocks change", () => {
    expect(runs("0 4 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 2)).toEqual([
      "2026-03-28T03:00:00.000Z",
      "2026-03-29T02:00:00.000Z",
    ]);
    expect(runs("0 4 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", 2)).toEqual([
      "2026-10-24T02:00:00.000Z",
      "2026-10-25T03:00:00.000Z",
    ]);
  });

  test("in the hour that spring leaves out happens right after it", () => {
    expect(runs("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  test("in the hour that autumn has twice happens once a day", () => {
    expect(runs("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  test("every hour means every hour, on both days", () => {
    for (const day of ["2026-03-28T22:30:00Z", "2026-10-24T22:30:00Z"]) {
      const all = runs("0 * * * *", "Europe/Berlin", day, 6).map(Date.parse);
      const gaps = all.slice(1).map((at, index) => at - (all[index] ?? 0));
      expect(gaps).toEqual([3_600_000, 3_600_000, 3_600_000, 3_600_000, 3_600_000]);
    }
  });

  test("of a schedule that never comes is null", () => {
    expect(nextRun("0 0 30 2 *", "UTC", 0)).toBeNull();
  });
});

describe("a ticker", () => {
  test("tells what its work throws, goes on, and ends when stopped", async () => {
    const errors: unknown[] = [];
    const twice = Promise.withResolvers<void>();
    let calls = 0;
    const ticker = every(
      "* * * * * *",
      async () => {
        calls += 1;
        if (calls === 2) twice.resolve();
        throw new Error(`no ${calls}`);
      },
      (error) => errors.push(error),
    );
    await twice.promise;
    ticker.stop();
    await systemClock.sleep(1_200);
    expect(calls).toBe(2);
    expect(errors).toEqual([new Error("no 1"), new Error("no 2")]);
  });
});
