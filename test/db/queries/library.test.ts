import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Db } from "../../../src/db/open.ts";
import {
  LIBRARY_SORTS,
  type LibraryItem,
  type LibraryOptions,
  type LibrarySort,
  libraryCounts,
  libraryFacets,
  libraryPage,
  libraryTitles,
  SORT_ORDERS,
  type SortOrder,
  usualOrder,
} from "../../../src/db/queries/library.ts";
import { setList, setRating } from "../../../src/db/repos/library.ts";
import { saveTitles } from "../../../src/db/repos/titles.ts";
import { PROGRESS_STATES, progressState } from "../../../src/domain/progress.ts";
import { LIST_NAMES } from "../../../src/domain/show-list.ts";
import { searchWords, sortTitle } from "../../../src/domain/title.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

const NETWORKS = ["HBO", "A&E, Bravo", null] as const;
const GENRES = ["Drama", "Sci-Fi, Fantasy", "Crime"];
const STATUSES = ["running", "ended", "upcoming", null] as const;
const WORDS = ["Café", "The", "Night", "Müller", "100%", "O'Brien", "夜"];

/** Forty shows that differ in everything they can be filtered or sorted by, and the same ones of somebody else. */
function library(): { db: Db; userId: number; items: LibraryItem[] } {
  const db = given.createTestDb();
  const [userId, ben] = [given.addUser(db), given.addUser(db, "ben")];
  const showIds = Array.from({ length: 40 }, (_, at) => {
    const showId = given.addShow(db, {
      title: `${WORDS[at % 7]} ${WORDS[(at * 3 + 1) % 7]}${at % 5 === 0 ? "" : ` ${at % 11}`}`,
      network: NETWORKS[at % 3] ?? null,
      genres: GENRES.slice(at % 3, 1 + (at % 4)),
      status: STATUSES[at % 4] ?? null,
    });
    const episodes = at % 6 === 0 ? [] : given.addSeasons(db, showId, [4]);
    if (at % 9 === 1) given.addEpisode(db, showId, 2, 1, { airedAt: NOW + ((at % 4) + 1) * DAY });
    given.addEntry(db, userId, showId, "watching", NOW - (at % 6) * DAY);
    given.addEntry(db, ben, showId);
    for (const episode of episodes.slice(0, at % 5)) {
      given.addPlay(db, userId, episode, { watchedAt: at % 7 === 0 ? null : NOW - ((at * 5) % 13) * DAY });
      given.addPlay(db, ben, episode);
    }
    if (at % 3 > 0) setRating(db, userId, showId, 1 + (at % 4));
    return showId;
  });
  given.settle(db, userId, showIds);
  for (const [at, showId] of showIds.entries())
    if (at % 4 > 1) setList(db, userId, showId, LIST_NAMES[at % 3] ?? "later");
  return { db, userId, items: libraryPage(db, userId, { limit: 100 }).items };
}

function walk(db: Db, userId: number, options: Omit<LibraryOptions, "limit">, limit: number): LibraryItem[] {
  const items: LibraryItem[] = [];
  let cursor: string | undefined;
  do {
    const page = libraryPage(db, userId, { ...options, cursor, limit });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < 1_000);
  return items;
}

const stateOf = (item: LibraryItem) => progressState({ ...item, hasEnded: item.status === "ended" });

/** The filter once more, in plain words. */
function passes(item: LibraryItem, filter: Omit<LibraryOptions, "limit">): boolean {
  const { list, query = "", networks = [], genres = [], status, progress, rated } = filter;
  return (
    (list === undefined || item.list === list) &&
    (status === undefined || item.status === status) &&
    (progress === undefined || stateOf(item) === progress) &&
    (rated === undefined || (item.rating !== null) === rated) &&
    (networks.length === 0 || networks.some((network) => network === item.network)) &&
    (genres.length === 0 || genres.some((genre) => item.genres.includes(genre))) &&
    searchWords(query).every((word) => searchWords(item.title).join(" ").includes(word))
  );
}

const values: Record<LibrarySort, (item: LibraryItem) => number | string | null> = {
  title: (item) => sortTitle(item.title),
  lastWatched: (item) => item.lastWatchedAt,
  progress: (item) => (item.aired === 0 ? null : item.watched / item.aired),
  added: (item) => item.addedAt,
  rating: (item) => item.rating,
  nextAir: (item) => item.nextAirAt,
};

function compare(a: LibraryItem, b: LibraryItem, sort: LibrarySort, order: SortOrder): number {
  const [x, y] = [values[sort](a), values[sort](b)];
  const direction = order === "asc" ? 1 : -1;
  if (x !== y) {
    if (x === null) return 1;
    if (y === null) return -1;
    return x < y ? -direction : direction;
  }
  const ties = sort === "title" ? direction : 1;
  const [s, t] = [sortTitle(a.title), sortTitle(b.title)];
  return s === t ? ties * (Number(a.id) - Number(b.id)) : s < t ? -1 : 1;
}

const maybe = <Value>(...all: Value[]) => fc.option(fc.constantFrom(...all), { nil: undefined });
const anyFilter = fc.record({
  list: maybe(...LIST_NAMES, "nonsense"),
  query: maybe("caf", "NIGHT the", "muller", "100%", "_", "o'b 3", "夜", " "),
  networks: maybe(["HBO"], ["A&E, Bravo", "HBO"], ["nowhere"], []),
  genres: maybe(["Drama"], ["Sci-Fi, Fantasy", "Crime"], ["none"]),
  status: maybe("running", "ended", "upcoming", "nonsense"),
  progress: maybe(...PROGRESS_STATES, "nonsense"),
  rated: maybe(true, false),
});

describe("the library", () => {
  const { db, userId, items } = library();

  test("has every state of progress, so that what follows means something", () => {
    expect(new Set(items.map(stateOf))).toEqual(new Set(PROGRESS_STATES));
  });

  test.each(LIBRARY_SORTS.flatMap((sort) => SORT_ORDERS.map((order) => [sort, order] as const)))(
    "by %s %s comes in that order, what is not known last, each show once, whatever the filter and the size of a page",
    (sort, order) => {
      fc.assert(
        fc.property(anyFilter, fc.integer({ min: 1, max: 12 }), (filter, limit) => {
          const found = walk(db, userId, { ...filter, sort, order }, limit);
          const expected = items.filter((item) => passes(item, filter));
          expect(found.map(({ id }) => id)).toEqual(
            expected.toSorted((a, b) => compare(a, b, sort, order)).map(({ id }) => id),
          );
        }),
        { numRuns: 40 },
      );
    },
  );

  test.each([...LIBRARY_SORTS])("by %s goes the usual way round without being asked", (sort) => {
    const ids = (options: Partial<LibraryOptions>) =>
      libraryPage(db, userId, { sort, limit: 100, ...options }).items.map(({ id }) => id);
    expect(ids({})).toEqual(ids({ order: usualOrder(sort) }));
  });

  test("counts on each list what a filter leaves, without its own list", () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const left = items.filter((item) => passes(item, { ...filter, list: undefined }));
        const counts = libraryCounts(db, userId, filter);
        expect(counts.all).toBe(left.length);
        for (const list of LIST_NAMES) expect(counts[list]).toBe(left.filter((item) => item.list === list).length);
      }),
    );
  });

  test("tells what it can be filtered by, with as many shows as the filter then finds", () => {
    for (const list of [undefined, "watching"]) {
      const { networks, genres, statuses, progress } = libraryFacets(db, userId, list);
      const found = (filter: Partial<LibraryOptions>) =>
        libraryPage(db, userId, { list, limit: 100, ...filter }).items.length;
      for (const { value, shows } of networks) expect([value, found({ networks: [value] })]).toEqual([value, shows]);
      for (const { value, shows } of genres) expect([value, found({ genres: [value] })]).toEqual([value, shows]);
      for (const { value, shows } of statuses) expect([value, found({ status: value })]).toEqual([value, shows]);
      for (const { value, shows } of progress) expect([value, found({ progress: value })]).toEqual([value, shows]);
      expect(networks.map(({ value }) => value).toSorted()).toEqual(["A&E, Bravo", "HBO"]);
      expect(genres).toEqual(genres.toSorted((a, b) => b.shows - a.shows));
    }
  });

  test("names of shows only those that the user has", () => {
    const eve = given.addUser(db, "eve");
    const [first] = items as [LibraryItem];
    expect(libraryTitles(db, userId, [Number(first.id), 9_999])).toEqual([first.title]);
    expect(libraryTitles(db, eve, [Number(first.id)])).toEqual([]);
  });
});

describe("a title", () => {
  function named(title: string) {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const showId = given.addShow(db, { title });
    given.addEntry(db, userId, showId);
    const finds = (query: string) => libraryPage(db, userId, { query, limit: 5 }).items.length === 1;
    return { db, showId, finds };
  }

  test.each([
    ["The Office (US)", ["office us", "THE OFFICE", "off (us)"], ["uk", "officer"]],
    ["Kingdom (2019)", ["kingdom 2019"], ["2018"]],
    ["Élite & Co", ["elite and", "ÉLITE", "co eli"], ["elites"]],
    ["Spider-Man", ["spider-man", "spider man"], ["spidermen"]],
    ["Grey’s Anatomy", ["grey's", "greys"], ["grey's anatomies"]],
  ])("%p is found by any part of any word, however it is written", (title, good, bad) => {
    const { finds } = named(title);
    expect(good.filter((query) => !finds(query))).toEqual([]);
    expect(bad.filter(finds)).toEqual([]);
  });

  test("is found by its translations too", () => {
    const { db, showId, finds } = named("Money Heist");
    saveTitles(db, { showId, language: "es", title: "La Casa de Papel 100%", episodes: new Map() }, NOW);
    saveTitles(db, { showId, language: "de", title: "Haus des Geldes", episodes: new Map() }, NOW);
    saveTitles(db, { showId, language: "fr", title: null, episodes: new Map() }, NOW);
    expect(["papel casa", "GELD", "100%", "money"].every(finds)).toBe(true);
    expect(["casa geldes", "c_sa", "pap%l"].some(finds)).toBe(false);
  });
});

describe("a new episode", () => {
  test.each([
    ["came out yesterday and waits", 1, false, true],
    ["came out yesterday and has been seen", 1, true, false],
    ["came out eight days ago", 8, false, false],
    ["comes tomorrow", -1, false, false],
  ])("%s", (_, age, seen, expected) => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const showId = given.addShow(db);
    given.addEntry(db, userId, showId);
    given.addSeasons(db, showId, [2], { airedAt: NOW - 300 * DAY });
    const latest = given.addEpisode(db, showId, 2, 1, { airedAt: NOW - age * DAY });
    given.addPlay(db, given.addUser(db, "ben"), latest);
    if (seen) given.addPlay(db, userId, latest);
    given.settle(db, userId, [showId]);
    expect(libraryPage(db, userId, { limit: 1, now: NOW }).items[0]?.newEpisode).toBe(expected);
  });
});
