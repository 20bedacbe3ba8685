import { describe, expect, test } from "bun:test";
import { createEventBus } from "../../../src/kernel/events.ts";
import type { AppEvents } from "../../../src/services/context.ts";
import { createStats } from "../../../src/services/tracking/stats.ts";
import { addDays, dateIn, nextMonth, startOfDate } from "../../../src/services/tracking/zoned-days.ts";
import { createTestClock } from "../../support/clock.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

function setUp() {
  const db = given.createTestDb();
  const bus = createEventBus<AppEvents>((error) => {
    throw error;
  });
  const clock = createTestClock(NOW);
  const userId = given.addUser(db);
  const showId = given.addShow(db, { runtimeMin: 40 });
  given.addEntry(db, userId, showId);
  const [first, second] = given.addSeasons(db, showId, [2]) as [number, number];
  return { db, bus, clock, userId, showId, first, second, stats: createStats({ db, bus, clock }) };
}

describe("statistics", () => {
  test("count episodes once, plays each, and minutes by the runtime of the episode, else of the show", () => {
    const { db, userId, first, second, showId, stats } = setUp();
    const short = given.addEpisode(db, showId, 1, 3, { runtimeMin: 10 });
    given.addPlay(db, userId, first, { watchedAt: NOW - 40 * DAY });
    given.addPlay(db, userId, first);
    given.addPlay(db, userId, short);
    given.addPlay(db, userId, second, { watchedAt: null, certainty: "unknown" });
    given.addPlay(db, given.addUser(db, "ben"), first);
    given.settle(db, userId, [showId]);
    const view = stats.of(userId, "UTC");
    expect(view).toMatchObject({ shows: 1, episodes: 3, plays: 4, minutes: 130, undated: 1 });
    expect(view.months).toEqual([
      { month: "2024-01", plays: 1 },
      { month: "2024-02", plays: 2 },
    ]);
    expect(view.days).toHaveLength(371);
    expect(view.days.filter(({ plays }) => plays > 0)).toEqual([
      { date: "2024-01-21", plays: 1 },
      { date: "2024-02-29", plays: 2 },
    ]);
    expect(view.days.at(-1)?.date).toBe("2024-03-01");
  });

  test("belong to the day where the user lives", () => {
    const { db, userId, first, stats } = setUp();
    given.addPlay(db, userId, first, { watchedAt: Date.UTC(2024, 1, 29, 23, 30) });
    const dayIn = (zone: string) => stats.of(userId, zone).days.find(({ plays }) => plays > 0)?.date;
    expect(["UTC", "Europe/Berlin", "America/New_York"].map(dayIn)).toEqual(["2024-02-29", "2024-03-01", "2024-02-29"]);
    expect(stats.of(userId, "Europe/Berlin").months).toEqual([{ month: "2024-03", plays: 1 }]);
  });

  test("are counted again after a change of that user, and not before", () => {
    const { db, bus, userId, showId, first, second, stats } = setUp();
    expect(stats.of(userId, "UTC")).toMatchObject({ plays: 0, months: [] });
    given.addPlay(db, userId, first);
    expect(given.statementsOf(db, () => stats.of(userId, "UTC"))).toEqual([]);
    bus.publish("plays.changed", { userId, showIds: [showId] });
    expect(stats.of(userId, "UTC").plays).toBe(1);
    given.addPlay(db, userId, second);
    bus.publish("plays.changed", { userId: userId + 1, showIds: [showId] });
    expect(stats.of(userId, "UTC").plays).toBe(1);
    bus.publish("show.changed", { showId });
    expect(stats.of(userId, "UTC").plays).toBe(2);
  });
});

describe("days in a zone", () => {
  test("begin at midnight there, also on the days on which clocks change", () => {
    const starts = ["2024-03-31", "2024-04-01", "2024-10-27", "2024-10-28"].map((date) =>
      startOfDate(date, "Europe/Berlin"),
    );
    expect(starts).toEqual([
      Date.UTC(2024, 2, 30, 23),
      Date.UTC(2024, 2, 31, 22),
      Date.UTC(2024, 9, 26, 22),
      Date.UTC(2024, 9, 27, 23),
    ]);
    expect(startOfDate("2024-01-01", "Asia/Kathmandu")).toBe(Date.UTC(2023, 11, 31, 18, 15));
    expect(startOfDate("2024-02-30", "UTC")).toBeNull();
  });

  test("know what day it is and what follows", () => {
    expect(dateIn(Date.UTC(2024, 0, 1, 2), "America/New_York")).toBe("2023-12-31");
    expect(addDays("2024-02-28", 2)).toBe("2024-03-01");
    expect([nextMonth("2024-01-31"), nextMonth("2024-12-01")]).toEqual(["2024-02-01", "2025-01-01"]);
  });
});
