import { describe, expect, test } from "bun:test";
import type { Db } from "../../../src/db/open.ts";
import { calendar } from "../../../src/db/queries/calendar.ts";
import { oneEpisode } from "../../../src/db/queries/episode-view.ts";
import { exportedMatches, exportedShowIds, exportedShows } from "../../../src/db/queries/export.ts";
import { type HistoryOptions, history } from "../../../src/db/queries/history.ts";
import { importItems, importList, oneImport } from "../../../src/db/queries/imports.ts";
import { LIBRARY_SORTS, type LibrarySort, libraryCounts, libraryPage } from "../../../src/db/queries/library.ts";
import { showPage } from "../../../src/db/queries/show-page.ts";
import { playsInSpans } from "../../../src/db/queries/stats.ts";
import { upNext } from "../../../src/db/queries/up-next.ts";
import type { ListPage } from "../../../src/db/queries/view.ts";
import { setList, setRating } from "../../../src/db/repos/library.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

/** `count` shows of three episodes each, the first of them watched, with plays of another user beside them. */
function libraryOf(count: number): { db: Db; userId: number; showIds: number[] } {
  const db = given.createTestDb();
  const [userId, ben] = [given.addUser(db), given.addUser(db, "ben")];
  const integrationId = given.addIntegration(db, userId);
  const showIds = Array.from({ length: count }, (_, at) => {
    const showId = given.addShow(db, {
      title: `Show ${(at * 7) % count}`,
      ids: { tmdb: String(at + 1), tvdb: String(at + 1) },
    });
    const [first] = given.addSeasons(db, showId, [3]) as [number];
    given.addEntry(db, userId, showId, "watching", NOW - at * DAY);
    given.addEntry(db, ben, showId);
    given.addPlay(db, userId, first, { watchedAt: NOW - ((at * 5) % count) * DAY, integrationId });
    given.addPlay(db, ben, first);
    if (at % 3 > 0) setRating(db, userId, showId, (at % 3) * 4);
    if (at % 2 === 0) given.addEpisode(db, showId, 2, 1, { airedAt: NOW + (at + 1) * DAY });
    return showId;
  });
  given.settle(db, userId, showIds);
  return { db, userId, showIds };
}

function walk<Item>(read: (cursor: string | undefined) => ListPage<Item>): Item[] {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = read(cursor);
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < 1_000);
  return items;
}

const byNumber =
  <Item>(key: (item: Item) => number) =>
  (a: Item, b: Item) =>
    key(a) - key(b);

describe("the library", () => {
  const expectations: Record<LibrarySort, (a: ReturnType<typeof libraryPage>["items"][number]) => number> = {
    title: () => 0,
    lastWatched: (item) => -(item.lastWatchedAt ?? 0),
    progress: (item) => -item.watched / item.aired,
    added: (item) => -item.addedAt,
    rating: (item) => -(item.rating ?? 0),
    nextAir: (item) => item.nextAirAt ?? Number.MAX_SAFE_INTEGER,
  };

  test.each([...LIBRARY_SORTS])(
    "sorted by %s comes page by page without gaps, doubles or other people's rows",
    (sort) => {
      const { db, userId, showIds } = libraryOf(23);
      const items = walk((cursor) => libraryPage(db, userId, { sort, cursor, limit: 5 }));
      expect(new Set(items.map(({ id }) => id))).toEqual(new Set(showIds.map(String)));
      expect(items).toHaveLength(23);
      expect(items).toEqual(items.toSorted(byNumber(expectations[sort])));
    },
  );

  test("by title leaves the article out", () => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    for (const title of ["Zebra", "The Boat", "A Ark", "Éclair"])
      given.addEntry(db, userId, given.addShow(db, { title }));
    const titles = libraryPage(db, userId, { limit: 9 }).items.map(({ title }) => title);
    expect(titles).toEqual(["A Ark", "The Boat", "Éclair", "Zebra"]);
  });

  test("is filtered by list and by part of a title, however it is written", () => {
    const { db, userId, showIds } = libraryOf(6);
    setList(db, userId, showIds[0]!, "archived");
    const archived = libraryPage(db, userId, { list: "archived", limit: 9 });
    expect(archived.items.map(({ id, list }) => [id, list])).toEqual([[String(showIds[0]), "archived"]]);
    const named = given.addShow(db, { title: "Café Noir & Blanc" });
    given.addEntry(db, userId, named);
    expect(libraryPage(db, userId, { query: " CAFE noir and ", limit: 9 }).items.map(({ id }) => id)).toEqual([
      String(named),
    ]);
    expect(libraryPage(db, userId, { query: "100%_'", limit: 9 }).items).toEqual([]);
    expect(libraryCounts(db, userId)).toEqual({ watching: 6, later: 0, ended: 0, archived: 1, all: 7 });
  });

  test("tells ids, counts and what comes next", () => {
    const { db, userId, showIds } = libraryOf(1);
    const [item] = libraryPage(db, userId, { limit: 1 }).items;
    expect(item).toMatchObject({
      id: String(showIds[0]),
      ids: { tmdb: "1", tvdb: "1" },
      watched: 1,
      aired: 3,
      total: 4,
      nextAirAt: NOW + DAY,
      next: { season: 1, number: 2 },
      hasPoster: false,
    });
  });

  test("refuses a cursor that no list has given", () => {
    const { db, userId } = libraryOf(1);
    for (const cursor of [
      "",
      "x",
      Buffer.from('["a",1,2]').toString("base64url"),
      Buffer.from("{}").toString("base64url"),
    ]) {
      expect(() => libraryPage(db, userId, { cursor, limit: 5 })).toThrow(AppError);
    }
  });
});

describe("up next", () => {
  test("has the shows being watched, last watched or just out first, without finished ones", () => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const make = (title: string, watched: number, watchedAt: number, ages: number[]) => {
      const showId = given.addShow(db, { title });
      given.addEntry(db, userId, showId, "watching", NOW - 400 * DAY);
      const ids = ages.map((age, at) => given.addEpisode(db, showId, 1, at + 1, { airedAt: NOW - age * DAY }));
      for (const id of ids.slice(0, watched)) given.addPlay(db, userId, id, { watchedAt });
      given.settle(db, userId, [showId]);
      return showId;
    };
    make("Finished", 2, NOW - DAY, [20, 10]);
    make("Long ago", 1, NOW - 300 * DAY, [600, 590]);
    make("Yesterday", 1, NOW - DAY, [60, 50, 40]);
    make("Just out", 1, NOW - 300 * DAY, [600, 0.5]);
    make("Not begun", 0, 0, [600, 590]);
    setList(db, userId, make("Put away", 1, NOW, [60, 50]), "archived");
    const items = walk((cursor) => upNext(db, userId, { cursor, limit: 2 }));
    expect(items.map(({ show, episode, remaining }) => [show.title, episode.number, remaining])).toEqual([
      ["Just out", 2, 0],
      ["Yesterday", 2, 1],
      ["Long ago", 2, 0],
      ["Not begun", 1, 1],
    ]);
  });
});

describe("history", () => {
  function filled() {
    const { db, userId, showIds } = libraryOf(12);
    const episode = given.addEpisode(db, showIds[0]!, 5, 1);
    for (let at = 0; at < 5; at += 1) given.addPlay(db, userId, episode, { watchedAt: null, certainty: "unknown" });
    for (let at = 0; at < 4; at += 1) given.addPlay(db, userId, episode, { watchedAt: NOW - 3 * DAY });
    const all = (options: Partial<HistoryOptions> = {}) =>
      walk((cursor) => history(db, userId, { limit: 3, ...options, cursor }));
    return { db, userId, showIds, all };
  }

  test("goes from new to old page by page, plays of unknown time last, none twice", () => {
    const items = filled().all();
    expect(items).toHaveLength(21);
    expect(new Set(items.map(({ id }) => id)).size).toBe(21);
    const times = items.map(({ watchedAt }) => watchedAt ?? Number.NEGATIVE_INFINITY);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(items[0]).toMatchObject({ serverName: "Attic", source: "plex", certainty: "played" });
  });

  test("of a time has only plays of that time, its end left out", () => {
    const { all } = filled();
    const some = all({ from: NOW - 4 * DAY, to: NOW - 2 * DAY });
    expect(some).toHaveLength(6);
    expect(
      some.every(({ watchedAt }) => watchedAt !== null && watchedAt >= NOW - 4 * DAY && watchedAt < NOW - 2 * DAY),
    ).toBe(true);
  });

  test("of a show has its plays in the same order", () => {
    const { all, showIds } = filled();
    const id = String(showIds[0]);
    expect(all({ showId: showIds[0]! })).toEqual(all().filter(({ show }) => show.id === id));
  });
});

describe("the calendar", () => {
  test("has what comes out in that time, by the day where only the day is known", () => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const showId = given.addShow(db);
    given.addEntry(db, userId, showId);
    const put = given.addShow(db, { title: "Put away" });
    given.addEntry(db, userId, put);
    setList(db, userId, put, "archived");
    // A day in New York: from 05:00Z to 05:00Z.
    const day = Date.UTC(2024, 2, 5);
    const range = { from: day + 5 * 3_600_000, to: day + 29 * 3_600_000, fromDay: day, toDay: day + DAY };
    const exact = given.addEpisode(db, showId, 1, 1, { airedAt: range.from, airedExact: true });
    given.addEpisode(db, showId, 1, 2, { airedAt: range.to, airedExact: true });
    given.addEpisode(db, showId, 1, 3, { airedAt: range.from - 1, airedExact: true });
    const dayOnly = given.addEpisode(db, showId, 1, 4, { airedAt: day });
    given.addEpisode(db, showId, 1, 5, { airedAt: day + DAY });
    given.addEpisode(db, put, 1, 1, { airedAt: day });
    given.addPlay(db, userId, exact);
    expect(calendar(db, userId, range).map(({ episode, watched }) => [episode.id, watched])).toEqual([
      [String(dayOnly), false],
      [String(exact), true],
    ]);
  });
});

describe("a show's page", () => {
  test("has seasons with specials last, every play with its origin, and how each server's show was matched", () => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const showId = given.addShow(db, {
      genres: ["Drama"],
      ids: { tmdb: "5" },
      posterUrl: "https://images.invalid/x.jpg",
    });
    given.addEntry(db, userId, showId);
    const integrationId = given.addIntegration(db, userId);
    const syncLogId = given.addSync(db, userId, integrationId);
    const special = given.addEpisode(db, showId, 0, 1);
    const unnumbered = given.addEpisode(db, showId, 1, null);
    const [first, second] = given.addSeasons(db, showId, [2]) as [number, number];
    given.addPlay(db, userId, first, { integrationId, syncLogId, evidence: "history:1" });
    given.addPlay(db, userId, special, { source: "manual", watchedAt: null, certainty: "unknown" });
    given.addPlay(db, given.addUser(db, "ben"), second);
    db.raw.run(`INSERT INTO seasons VALUES (${showId}, 1, 'Winter')`);
    db.raw.run(
      `INSERT INTO matches VALUES (${integrationId}, 'k', '9', ${showId}, 'tmdb', 1, 0, 'Harbor Lights', 2019, '{"tmdb":"5","x":1}', '[]', 0)`,
    );
    given.settle(db, userId, [showId]);
    const page = showPage(db, userId, showId, NOW);
    expect(page).toMatchObject({
      genres: ["Drama"],
      ids: { tmdb: "5" },
      hasPoster: true,
      watched: 1,
      aired: 3,
      total: 3,
    });
    expect(page?.next?.id).toBe(String(second));
    expect(page?.seasons.map(({ number, title, watched, total }) => [number, title, watched, total])).toEqual([
      [1, "Winter", 1, 3],
      [0, "Specials", 1, 1],
    ]);
    expect(page?.seasons[0]?.episodes.map(({ id }) => id)).toEqual([first, second, unnumbered].map(String));
    expect(page?.seasons[0]?.episodes[0]?.plays).toMatchObject([
      { serverName: "Attic", source: "plex", syncId: String(syncLogId) },
    ]);
    expect(page?.matches).toMatchObject([
      { title: "Harbor Lights", ids: { tmdb: "5" }, method: "tmdb", chosenByUser: false },
    ]);
    expect(oneEpisode(db, userId, first, NOW)).toEqual({ ...page!.seasons[0]!.episodes[0]!, showId: String(showId) });
    expect(showPage(db, given.addUser(db, "kim"), showId, NOW)).toBeNull();
    expect(oneEpisode(db, given.addUser(db, "lea"), first, NOW)).toBeNull();
  });
});

describe("every page", () => {
  const pages: [string, (db: Db, userId: number, showId: number) => unknown][] = [
    ...LIBRARY_SORTS.map((sort): [string, (db: Db, userId: number) => unknown] => [
      `library by ${sort}`,
      (db, userId) => libraryPage(db, userId, { sort, query: "show", limit: 100 }),
    ]),
    ["up next", (db, userId) => upNext(db, userId, { limit: 100 })],
    ["history", (db, userId) => history(db, userId, { limit: 100 })],
    ["history of a show", (db, userId, showId) => history(db, userId, { showId, limit: 100 })],
    ["show", (db, userId, showId) => showPage(db, userId, showId, NOW)],
    ["episode", (db, userId, showId) => oneEpisode(db, userId, showId, NOW)],
    ["calendar", (db, userId) => calendar(db, userId, { from: 0, to: 2 * NOW, fromDay: 0, toDay: 2 * NOW })],
    ["imports", (db, userId) => importList(db, userId, { limit: 20 })],
    ["import", (db, userId) => [oneImport(db, userId, "1"), importItems(db, 1, { kind: "show", limit: 100 })]],
    ["plays in time", (db, userId) => playsInSpans(db, userId, [[0, NOW]])],
  ];

  test.each(pages)("%s costs the same few statements with 3 shows and with 60", (_, read) => {
    const [few, many] = [3, 60].map((count) => {
      const { db, userId, showIds } = libraryOf(count);
      return given.statementsOf(db, () => read(db, userId, showIds[0]!)).length;
    });
    expect(many).toBe(few!);
    expect(few).toBeLessThanOrEqual(6);
  });

  test.each(pages)("%s reads shows, episodes and plays through their indexes", (_, read) => {
    const { db, userId, showIds } = libraryOf(3);
    const statements = given.statementsOf(db, () => read(db, userId, showIds[0]!));
    const steps = statements.flatMap((sql) => given.planOf(db, sql));
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.filter((step) => /^SCAN (e|f|p|s|l|m|x|plays|episodes|shows|library_entries)\b/.test(step))).toEqual(
      [],
    );
  });

  test("the export of sixty shows costs as many statements as that of three", () => {
    const [few, many] = [3, 60].map((count) => {
      const { db, userId } = libraryOf(count);
      return given.statementsOf(db, () => {
        expect(exportedShows(db, userId, exportedShowIds(db, userId))).toHaveLength(count);
        exportedMatches(db, userId);
      }).length;
    });
    expect([few, many]).toEqual([6, 6]);
  });

  test("of one show's history never walks through the user's other plays", () => {
    const { db, userId, showIds } = libraryOf(3);
    const [sql] = given.statementsOf(db, () => history(db, userId, { showId: showIds[0]!, limit: 5 })) as [string];
    expect(given.planOf(db, sql).filter((step) => step.includes("plays_by_time"))).toEqual([]);
  });
});
