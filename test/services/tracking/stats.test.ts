import { describe, expect, test } from "bun:test";
import { createEventBus } from "../../../src/kernel/events.ts";
import type { AppEvents } from "../../../src/services/context.ts";
import { createStats } from "../../../src/services/tracking/stats.ts";
import { offsetsBetween } from "../../../src/services/tracking/zone-offsets.ts";
import { addDays, dateIn, nextMonth, offsetMs, startOfDate } from "../../../src/services/tracking/zoned-days.ts";
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
      { month: "2024-01", plays: 1, minutes: 40 },
      { month: "2024-02", plays: 2, minutes: 50 },
    ]);
    expect(view.days).toHaveLength(371);
    expect(view.days.filter(({ plays }) => plays > 0)).toEqual([
      { date: "2024-01-21", plays: 1, minutes: 40 },
      { date: "2024-02-29", plays: 2, minutes: 50 },
    ]);
    expect(view.days.at(-1)?.date).toBe("2024-03-01");
  });

  test("belong to the day where the user lives", () => {
    const { db, userId, first, stats } = setUp();
    given.addPlay(db, userId, first, { watchedAt: Date.UTC(2024, 1, 29, 23, 30) });
    const dayIn = (zone: string) => stats.of(userId, zone).days.find(({ plays }) => plays > 0)?.date;
    expect(["UTC", "Europe/Berlin", "America/New_York"].map(dayIn)).toEqual(["2024-02-29", "2024-03-01", "2024-02-29"]);
    expect(stats.of(userId, "Europe/Berlin").months).toEqual([{ month: "2024-03", plays: 1, minutes: 40 }]);
  });

  test("of a year hold that year only, as the user's calendar has it, and every year says which there are", () => {
    const { db, userId, first, second, stats } = setUp();
    given.addPlay(db, userId, first, { watchedAt: Date.UTC(2022, 11, 31, 23, 30) });
    given.addPlay(db, userId, first, { watchedAt: Date.UTC(2023, 5, 1, 20) });
    given.addPlay(db, userId, second, { watchedAt: null, certainty: "unknown" });
    const years = (zone: string) => stats.of(userId, zone).years.map(({ year, plays }) => [year, plays]);
    expect(years("Europe/Berlin")).toEqual([[2023, 2]]);
    expect(years("UTC")).toEqual([
      [2022, 1],
      [2023, 1],
    ]);
    expect(stats.of(userId, "UTC", 2023)).toMatchObject({
      year: 2023,
      plays: 1,
      episodes: 1,
      rewatches: 1,
      undated: 1,
    });
    expect(stats.of(userId, "UTC", 2023).days).toHaveLength(365);
    expect(stats.of(userId, "UTC", 2024)).toMatchObject({
      plays: 0,
      busiestDay: null,
      topShows: [],
      averagePerWeek: 0,
    });
    expect(stats.of(userId, "UTC", 2024).days).toHaveLength(366);
  });

  test("of nobody's first day are empty, and of one play are that play", () => {
    const { db, bus, userId, showId, first, stats } = setUp();
    expect(stats.of(userId, "UTC")).toMatchObject({
      plays: 0,
      years: [],
      firstDay: null,
      longestStreak: null,
      topShows: [],
    });
    given.addPlay(db, userId, first, { watchedAt: NOW - DAY });
    bus.publish("plays.changed", { userId, showIds: [showId] });
    const streak = { from: "2024-02-29", to: "2024-02-29", days: 1 };
    expect(stats.of(userId, "UTC")).toMatchObject({
      plays: 1,
      rewatches: 0,
      activeDays: 1,
      firstDay: "2024-02-29",
      lastDay: "2024-02-29",
      busiestDay: { date: "2024-02-29", plays: 1, minutes: 40 },
      averagePerWeek: 1,
      longestStreak: streak,
      currentStreak: streak,
    });
  });

  test("say which shows, networks and genres took most time, and which plays add none", () => {
    const { db, userId, first, second, stats } = setUp();
    const long = given.addShow(db, { title: "Long", runtimeMin: 90, network: "Sea TV", genres: ["Drama", "Crime"] });
    const unknown = given.addShow(db, { title: "Unknown", network: "Sea TV", genres: ["Drama", "Drama"] });
    for (const showId of [long, unknown]) given.addEntry(db, userId, showId);
    given.addPlay(db, userId, first);
    given.addPlay(db, userId, second);
    given.addPlay(db, userId, given.addEpisode(db, long, 1, 1));
    const again = given.addEpisode(db, unknown, 1, 1);
    for (let at = 0; at < 3; at += 1) given.addPlay(db, userId, again, { watchedAt: NOW - at * DAY });
    const view = stats.of(userId, "UTC");
    expect(view.topShows.map(({ title, minutes, plays, episodes }) => [title, minutes, plays, episodes])).toEqual([
      ["Long", 90, 1, 1],
      ["Harbour Lights", 80, 2, 2],
      ["Unknown", 0, 3, 1],
    ]);
    expect(view.topShowsByPlays.map(({ title }) => title)).toEqual(["Unknown", "Harbour Lights", "Long"]);
    expect(view.topNetworks).toEqual([{ name: "Sea TV", shows: 2, plays: 4, minutes: 90 }]);
    expect(view.topGenres).toEqual([
      { name: "Drama", shows: 2, plays: 4, minutes: 90 },
      { name: "Crime", shows: 1, plays: 1, minutes: 90 },
    ]);
    expect([view.withoutRuntime, view.rewatches]).toEqual([3, 2]);
  });

  test("counted again show by show come to the same as counted from the beginning", () => {
    const { db, bus, clock, userId, showId, first, second, stats } = setUp();
    const other = given.addShow(db, { title: "Other", network: "Sea TV", genres: ["Drama"] });
    given.addEntry(db, userId, other);
    const own = given.addEpisode(db, other, 1, 1, { runtimeMin: 25 });
    const zone = "America/New_York";
    const changed = (...showIds: number[]) => bus.publish("plays.changed", { userId, showIds });
    const steps: [string, () => void][] = [
      [
        "plays of two shows",
        () => {
          given.addPlay(db, userId, first, { watchedAt: NOW - 40 * DAY });
          given.addPlay(db, userId, own, { watchedAt: NOW - 400 * DAY });
          changed(showId, other);
        },
      ],
      [
        "one long before and one after all others",
        () => {
          given.addPlay(db, userId, second, { watchedAt: Date.UTC(1999, 6, 4, 3) });
          given.addPlay(db, userId, first, { watchedAt: NOW });
          changed(showId);
        },
      ],
      [
        "one without a date",
        () => {
          given.addPlay(db, userId, own, { watchedAt: null, certainty: "unknown" });
          changed(other);
        },
      ],
      [
        "a runtime that has become known",
        () => {
          db.raw.run("UPDATE shows SET runtime_min = 90, network = 'Hill TV' WHERE id = ?", [other]);
          db.raw.run("UPDATE episodes SET runtime_min = NULL WHERE id = ?", [own]);
          bus.publish("show.changed", { showId: other });
        },
      ],
      [
        "a play that has moved to another show",
        () => {
          db.raw.run("UPDATE plays SET episode_id = ? WHERE episode_id = ?", [own, second]);
          for (const moved of [showId, other]) bus.publish("show.changed", { showId: moved });
        },
      ],
      [
        "a show that has left the library",
        () => {
          db.raw.run("DELETE FROM plays WHERE episode_id = ?", [own]);
          db.raw.run("DELETE FROM library_entries WHERE show_id = ?", [other]);
          changed(other);
        },
      ],
      [
        "nothing left",
        () => {
          db.raw.run("DELETE FROM plays");
          changed(showId);
        },
      ],
    ];
    stats.of(userId, zone);
    for (const [what, change] of steps) {
      change();
      const anew = createStats({ db, bus: createEventBus<AppEvents>(() => undefined), clock });
      for (const year of [null, 1999, 2023, 2024])
        expect([what, year, stats.of(userId, zone, year)]).toEqual([what, year, anew.of(userId, zone, year)]);
    }
  });

  test("read only what belongs to the shows that have changed", () => {
    const { db, bus, userId, showId, first, stats } = setUp();
    given.addPlay(db, userId, first);
    stats.of(userId, "UTC");
    given.addPlay(db, userId, first, { watchedAt: NOW - DAY });
    bus.publish("plays.changed", { userId, showIds: [showId] });
    const statements = given.statementsOf(db, () => stats.of(userId, "UTC"));
    expect(statements).toHaveLength(2);
    for (const statement of statements) expect(statement).toContain("json_each");
    expect(stats.of(userId, "UTC").plays).toBe(2);
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

describe("offsets of a zone", () => {
  const cases: [string, number, number][] = [
    ["Europe/Berlin", Date.UTC(2019, 5, 1), Date.UTC(2024, 5, 1)],
    ["America/St_Johns", Date.UTC(2019, 5, 1), Date.UTC(2024, 5, 1)],
    ["Australia/Lord_Howe", Date.UTC(2022, 0, 1), Date.UTC(2024, 0, 1)],
    // Clocks go back for Ramadan and forward after it, and for good in other years.
    ["Africa/Casablanca", Date.UTC(2016, 0, 1), Date.UTC(2024, 0, 1)],
    // Skipped 2011-12-30 altogether.
    ["Pacific/Apia", Date.UTC(2011, 0, 1), Date.UTC(2013, 0, 1)],
    ["UTC", NOW, NOW],
  ];
  test.each(cases)("%s are what Intl says, to the minute", (zone, from, to) => {
    const offsetAt = offsetsBetween(from, to, zone);
    const instants = Array.from({ length: 4_000 }, (_, step) => from + Math.floor(((to - from) * step) / 4_000));
    expect(instants.filter((at) => offsetAt(at) !== offsetMs(at, zone))).toEqual([]);
  });

  test("change at the very minute", () => {
    const change = Date.UTC(2024, 2, 31, 1);
    const offsetAt = offsetsBetween(change - 9 * DAY, change + 9 * DAY, "Europe/Berlin");
    expect([change - 1, change].map(offsetAt)).toEqual([3_600_000, 7_200_000]);
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
