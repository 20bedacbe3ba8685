import { describe, expect, test } from "bun:test";
import type { Db } from "../../../src/db/open.ts";
import { calendar } from "../../../src/db/queries/calendar.ts";
import { caughtUp } from "../../../src/db/queries/caught-up.ts";
import { oneEpisode } from "../../../src/db/queries/episode-view.ts";
import { exportedMatches, exportedShowIds, exportedShows } from "../../../src/db/queries/export.ts";
import { type HistoryOptions, history, historyTotals, MOST_COUNTED } from "../../../src/db/queries/history.ts";
import { serverNames, showNames } from "../../../src/db/queries/history-choices.ts";
import { usesOfAccounts, waitingOffers } from "../../../src/db/queries/households.ts";
import { importItems, importList, oneImport } from "../../../src/db/queries/imports.ts";
import { findInLibrary } from "../../../src/db/queries/in-library.ts";
import {
  LIBRARY_SORTS,
  type LibrarySort,
  libraryCounts,
  libraryFacets,
  libraryPage,
  libraryTitles,
} from "../../../src/db/queries/library.ts";
import { inLibrary } from "../../../src/db/queries/now-watching.ts";
import { onePlay } from "../../../src/db/queries/one-play.ts";
import { serverGlances } from "../../../src/db/queries/page-context.ts";
import { people } from "../../../src/db/queries/people.ts";
import { pushCounts, recentPushes, waitingPushes } from "../../../src/db/queries/pushes.ts";
import { otherShows } from "../../../src/db/queries/same-shows.ts";
import { liveSessions } from "../../../src/db/queries/sessions.ts";
import { showPage } from "../../../src/db/queries/show-page.ts";
import { connectedAccounts, signInGlances } from "../../../src/db/queries/sign-ins.ts";
import { watchedPlays, watchedShows } from "../../../src/db/queries/stats.ts";
import { upNext, upNextOfShow, upNextSections } from "../../../src/db/queries/up-next.ts";
import { type ListPage, shownTitle } from "../../../src/db/queries/view.ts";
import { integrationByServer, librariesOf, listIntegrations } from "../../../src/db/repos/integrations.ts";
import { setList, setRating } from "../../../src/db/repos/library.ts";
import { listTargets } from "../../../src/db/repos/notifications.ts";
import { pinById } from "../../../src/db/repos/pins.ts";
import { differencesTo } from "../../../src/db/repos/pushes.ts";
import { signInAccountOf, signInPinById } from "../../../src/db/repos/sign-ins.ts";
import { listSyncLogs } from "../../../src/db/repos/sync-logs.ts";
import { dueLanguages, saveTitles, titleProgress } from "../../../src/db/repos/titles.ts";
import { deliveriesOf, dueDeliveries, hasCome, nextDeliveryAt, waitingCount } from "../../../src/db/repos/webhooks.ts";
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
  function household() {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const ben = given.addUser(db, "ben");
    const make = (title: string, watched: number, watchedAt: number | null, ages: number[], added = 400) => {
      const showId = given.addShow(db, { title, runtimeMin: 40 });
      given.addEntry(db, userId, showId, "watching", NOW - added * DAY);
      given.addEntry(db, ben, showId);
      const ids = ages.map((age, at) => given.addEpisode(db, showId, 1, at + 1, { airedAt: NOW - age * DAY }));
      for (const id of ids.slice(0, watched)) given.addPlay(db, userId, id, { watchedAt });
      given.addEpisode(db, showId, 0, 1, { airedAt: NOW - DAY });
      given.settle(db, userId, [showId]);
      return showId;
    };
    return { db, userId, make };
  }

  function filled() {
    const { db, userId, make } = household();
    make("Finished", 2, NOW - DAY, [20, 10]);
    make("Long ago", 1, NOW - 300 * DAY, [600, 590]);
    make("Longer ago", 1, NOW - 350 * DAY, [600, 590]);
    make("Yesterday", 1, NOW - DAY, [60, 50, 40]);
    make("Last month", 1, NOW - 30 * DAY, [60, 50, 40]);
    make("Nobody knows when", 1, null, [60, 50], 45);
    make("Just out", 1, NOW - 300 * DAY, [600, 0.5]);
    make("Out a week ago", 1, NOW - 2 * DAY, [600, 6.9]);
    make("Out eight days ago", 1, NOW - 3 * DAY, [600, 8]);
    make("Added first", 0, null, [600, 590]);
    make("Added last", 0, null, [600, 590], 10);
    setList(db, userId, make("Put away", 1, NOW, [60, 50]), "archived");
    setList(db, userId, make("For later", 0, NOW, [60, 50]), "later");
    return { db, userId };
  }

  const inOrder: [string, number, number, string][] = [
    ["Just out", 2, 0, "new"],
    ["Out a week ago", 2, 0, "new"],
    ["Yesterday", 2, 1, "continue"],
    ["Out eight days ago", 2, 0, "continue"],
    ["Last month", 2, 1, "continue"],
    ["Nobody knows when", 2, 0, "continue"],
    ["Added last", 1, 1, "not-started"],
    ["Added first", 1, 1, "not-started"],
    ["Long ago", 2, 0, "a-while-ago"],
    ["Longer ago", 2, 0, "a-while-ago"],
  ];
  const row = ({ show, episode, remaining, section }: ReturnType<typeof upNext>["items"][number]) => [
    show.title,
    episode.number,
    remaining,
    section,
  ];

  test.each([1, 2, 3, 100])("has what is new, begun, not begun and left, %i at a time in one order", (limit) => {
    const { db, userId } = filled();
    const items = walk((cursor) => upNext(db, userId, { now: NOW, cursor, limit }));
    expect(items.map(row)).toEqual(inOrder);
    expect(items.every(({ isNew, section }) => isNew === (section === "new"))).toBe(true);
    expect(items.every(({ episode }) => episode.season > 0)).toBe(true);
    expect(items[0]?.runtimeMin).toBe(40);
  });

  test("keeps to the sections of its first page while time goes on", () => {
    const { db, userId } = filled();
    let hours = 0;
    const later = () => NOW + (hours++ * DAY) / 24;
    const items = walk((cursor) => upNext(db, userId, { now: later(), cursor, limit: 1 }));
    expect(items.map(row)).toEqual(inOrder);
  });

  test("of one section has only that", () => {
    const { db, userId } = filled();
    const items = walk((cursor) => upNext(db, userId, { now: NOW, section: "not-started", cursor, limit: 1 }));
    expect(items.map(({ show }) => show.title)).toEqual(["Added last", "Added first"]);
  });

  test("by sections has the beginning of each, how many there are, and where it goes on", () => {
    const { db, userId } = filled();
    const sections = upNextSections(db, userId, { now: NOW, limit: 2 });
    expect(sections.map(({ section, total, items }) => [section, total, items.length])).toEqual([
      ["new", 2, 2],
      ["continue", 4, 2],
      ["not-started", 2, 2],
      ["a-while-ago", 2, 2],
    ]);
    expect(sections.map(({ nextCursor }) => nextCursor === null)).toEqual([true, false, true, true]);
    const cursor = sections[1]?.nextCursor ?? "";
    const rest = upNext(db, userId, { now: NOW, section: "continue", cursor, limit: 9 });
    expect(rest.items.map(({ show }) => show.title)).toEqual(["Last month", "Nobody knows when"]);
  });

  test("of one show is the same card", () => {
    const { db, userId } = filled();
    for (const item of upNext(db, userId, { now: NOW, limit: 100 }).items) {
      expect(upNextOfShow(db, userId, Number(item.show.id), NOW)).toEqual(item);
    }
    const { items } = libraryPage(db, userId, { list: "archived", limit: 1 });
    expect(upNextOfShow(db, userId, Number(items[0]?.id), NOW)).toBeNull();
  });
});

describe("caught up", () => {
  function filled() {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const make = (title: string, status: "running" | "ended" | null, coming: number[], left = false) => {
      const showId = given.addShow(db, { title, ...(status === null ? {} : { status }) });
      given.addEntry(db, userId, showId);
      given.addPlay(db, userId, given.addEpisode(db, showId, 1, 1));
      if (left) given.addEpisode(db, showId, 1, 2);
      for (const [at, days] of coming.entries()) given.addEpisode(db, showId, 2, at + 1, { airedAt: NOW + days * DAY });
      given.addEpisode(db, showId, 0, 1, { airedAt: NOW + DAY });
      given.settle(db, userId, [showId]);
      return showId;
    };
    make("Next week", "running", [7, 14]);
    make("Tomorrow", "running", [1]);
    make("Two at once", "running", [3, 3]);
    make("Some day", "running", []);
    make("Who knows", null, []);
    make("Over", "ended", []);
    make("Something left", "running", [2], true);
    setList(db, userId, make("Put away", "running", [2]), "archived");
    setList(db, userId, make("Over but kept", "ended", []), "watching");
    return { db, userId };
  }

  test.each([1, 2, 100])("has the shows with nothing left, the soonest first, %i at a time", (limit) => {
    const { db, userId } = filled();
    const items = walk((cursor) => caughtUp(db, userId, { cursor, limit }));
    expect(items.map(({ show, next }) => [show.title, next?.season, next?.number])).toEqual([
      ["Tomorrow", 2, 1],
      ["Two at once", 2, 1],
      ["Next week", 2, 1],
      ["Some day", undefined, undefined],
      ["Who knows", undefined, undefined],
    ]);
  });
});

describe("history", () => {
  function filled() {
    const { db, userId, showIds } = libraryOf(12);
    const episode = given.addEpisode(db, showIds[0]!, 5, 1);
    for (let at = 0; at < 5; at += 1)
      given.addPlay(db, userId, episode, { watchedAt: null, certainty: "unknown", integrationId: 1 });
    for (let at = 0; at < 4; at += 1)
      given.addPlay(db, userId, episode, { watchedAt: NOW - 3 * DAY, integrationId: 1 });
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

  test("without a date, or with one, is each a part of the whole", () => {
    const { all } = filled();
    const [only, dated] = [all({ undated: "only" }), all({ undated: "exclude" })];
    expect(only).toHaveLength(5);
    expect(only.every(({ watchedAt }) => watchedAt === null)).toBe(true);
    expect([...dated, ...only]).toEqual(all());
  });

  test("of a server, and of what came without one, has those plays in the same order", () => {
    const { db, userId, showIds, all } = filled();
    const [first] = showPage(db, userId, showIds[3]!, NOW)!.seasons[0]!.episodes;
    const cellar = given.addIntegration(db, userId, { serverName: "Cellar" });
    for (const age of [1, 5, 9]) {
      given.addPlay(db, userId, Number(first?.id), { integrationId: cellar, watchedAt: NOW - age * DAY });
      given.addPlay(db, userId, Number(first?.id), { source: "manual", watchedAt: age === 5 ? null : NOW - age * DAY });
    }
    const byServer = all({ source: { integrationId: cellar } });
    expect(byServer).toEqual(all().filter(({ serverName }) => serverName === "Cellar"));
    expect(byServer).toHaveLength(3);
    const byHand = all({ source: { offServer: "manual" } });
    expect(byHand).toEqual(all().filter(({ source }) => source === "manual"));
    expect(byHand).toHaveLength(3);
    expect(all({ source: { offServer: "manual" }, showId: showIds[3]! })).toEqual(byHand);
    expect(all({ source: { offServer: "import" } })).toEqual([]);
  });

  test("is split by its sources without rest, whichever kinds of servers and files there are", () => {
    const { db, userId, showIds, all } = filled();
    const [first] = showPage(db, userId, showIds[3]!, NOW)!.seasons[0]!.episodes;
    const episodeId = Number(first?.id);
    const kinds = ["jellyfin", "emby"] as const;
    const servers = kinds.map((provider) => given.addIntegration(db, userId, { provider, serverName: provider }));
    for (const [at, provider] of kinds.entries()) {
      for (const integrationId of [servers[at]!, null]) {
        given.addPlay(db, userId, episodeId, { source: provider, integrationId, watchedAt: NOW - (at + 2) * DAY });
      }
      given.addPlay(db, userId, episodeId, { source: provider, integrationId: servers[at]!, watchedAt: null });
    }
    given.addPlay(db, userId, episodeId, { source: "import", integrationId: null, watchedAt: NOW - 9 * DAY });
    given.addPlay(db, userId, episodeId, { source: "manual", integrationId: null, watchedAt: NOW - 8 * DAY });
    const [jellyfin, emby] = servers.map((integrationId) => all({ source: { integrationId } }));
    expect(jellyfin?.map(({ source, serverName }) => [source, serverName])).toEqual(
      Array(2).fill(["jellyfin", "jellyfin"]),
    );
    expect(emby?.map(({ source, serverName }) => [source, serverName])).toEqual(Array(2).fill(["emby", "emby"]));
    const fromFiles = all({ source: { offServer: "import" } }).map(({ source }) => source);
    expect(fromFiles).toEqual(["jellyfin", "emby", "import"]);
    const parts = [{ integrationId: 1 }, { offServer: "manual" as const }, { offServer: "import" as const }];
    const ids = [...parts.flatMap((source) => all({ source })), ...(jellyfin ?? []), ...(emby ?? [])].map(
      (each) => each.id,
    );
    expect(ids.toSorted()).toEqual(
      all()
        .map((each) => each.id)
        .toSorted(),
    );
  });

  test("down to the end of a page is what the pages before it had, with what is new since", () => {
    const { db, userId, showIds } = filled();
    const pages: string[] = [];
    const read: string[] = [];
    for (let cursor: string | undefined, at = 0; at < 6; at += 1) {
      const page = history(db, userId, { limit: 3, cursor });
      read.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      if (cursor === undefined) break;
      const again = history(db, userId, { limit: 100, until: cursor });
      expect(again.items.map(({ id }) => id)).toEqual(read);
      pages.push(cursor);
    }
    expect(pages.length).toBeGreaterThan(4);
    const [episode] = showPage(db, userId, showIds[0]!, NOW)!.seasons[0]!.episodes;
    const added = given.addPlay(db, userId, Number(episode?.id), { watchedAt: NOW + 1 });
    const anew = history(db, userId, { limit: 100, until: pages[1]! });
    expect(anew.items.map(({ id }) => id)).toEqual([String(added), ...read.slice(0, 6)]);
  });

  test("counts a day, and stops counting where nobody can have watched so much", () => {
    const { db, userId, showIds } = filled();
    db.raw.run("UPDATE episodes SET runtime_min = 40");
    const day = { from: NOW - 3 * DAY, to: NOW - 2 * DAY };
    // One play of a library show, and one episode four times.
    expect(historyTotals(db, userId, {}, day)).toEqual({ plays: 5, episodes: 2, minutes: 200 });
    expect(historyTotals(db, userId, { showId: showIds[0]! }, day)).toEqual({ plays: 4, episodes: 1, minutes: 160 });
    expect(historyTotals(db, userId, { from: NOW - DAY }, day)).toEqual({ plays: 0, episodes: 0, minutes: 0 });
    expect(historyTotals(db, userId, {}, "undated")).toEqual({ plays: 5, episodes: 1, minutes: 200 });
    const [episode] = showPage(db, userId, showIds[1]!, NOW)!.seasons[0]!.episodes;
    for (let count = 0; count < MOST_COUNTED + 5; count += 1)
      given.addPlay(db, userId, Number(episode?.id), { watchedAt: NOW - 500 * DAY });
    const busy = { from: NOW - 500 * DAY, to: NOW - 499 * DAY };
    expect(historyTotals(db, userId, {}, busy).plays).toBe(MOST_COUNTED + 1);
  });

  test("of one play has show, episode and what its source said, for its owner alone", () => {
    const { db, userId } = filled();
    const [item] = history(db, userId, { limit: 1 }).items;
    expect(onePlay(db, userId, Number(item?.id))).toEqual(item ?? null);
    expect(item).toMatchObject({ edited: false, original: null });
    expect(onePlay(db, given.addUser(db, "kim"), Number(item?.id))).toBeNull();
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

describe("shows that may be one", () => {
  test("are those with the title in theirs or the other way round, equal ones first, and never itself", () => {
    const db = given.createTestDb();
    const [userId, ben] = [given.addUser(db), given.addUser(db, "ben")];
    const make = (title: string, user = userId, year = 2019) => {
      const id = given.addShow(db, { title, year, network: "BBC One" });
      given.addEntry(db, user, id);
      return id;
    };
    const id = make("Kingdom");
    for (const title of ["A Kingdom of Salt", "King", "Kin", "Harbour Lights", "KINGDOM!"]) make(title);
    make("Kingdom", ben);
    const titles = (query?: string) =>
      otherShows(db, userId, { id, title: "Kingdom" }, { limit: 9, ...(query === undefined ? {} : { query }) }).map(
        ({ title }) => title,
      );
    expect(titles()).toEqual(["KINGDOM!", "King", "A Kingdom of Salt"]);
    expect(titles(" harbour ")).toEqual(["Harbour Lights"]);
    expect(titles("in").toSorted()).toEqual(["A Kingdom of Salt", "KINGDOM!", "Kin", "King"]);
    expect(titles("100%_'")).toEqual([]);
  });
});

describe("titles in the reader's language", () => {
  /** Two shows, one of them translated with its first two episodes; ben reads German, anna what the sources say. */
  function translated() {
    const db = given.createTestDb();
    const [anna, ben] = [given.addUser(db), given.addUser(db, "ben")];
    db.raw.run("UPDATE users SET title_language = 'de' WHERE id = ?", [ben]);
    const [lights, zebra] = [given.addShow(db), given.addShow(db, { title: "Zebra" })];
    const [first, second, third] = given.addSeasons(db, lights, [3], { airedAt: NOW - DAY }) as [
      number,
      number,
      number,
    ];
    given.addSeasons(db, zebra, [1]);
    for (const userId of [anna, ben]) {
      for (const showId of [lights, zebra]) given.addEntry(db, userId, showId);
      given.addPlay(db, userId, first);
      given.settle(db, userId, [lights, zebra]);
    }
    const episodes = new Map([
      [first, "Ebbe"],
      [second, "Flut"],
    ]);
    saveTitles(db, { showId: lights, language: "de", title: "Äther über dem Hafen", episodes }, NOW);
    saveTitles(
      db,
      { showId: lights, language: "fr", title: "Les Lumières", episodes: new Map([[first, "Marée"]]) },
      NOW,
    );
    saveTitles(db, { showId: zebra, language: "de", title: null, episodes: new Map() }, NOW);
    return { db, anna, ben, lights, zebra, first, third };
  }

  test("stand on every page, and what is not translated keeps its own", () => {
    const { db, ben, lights, zebra, first } = translated();
    const shown = [{ title: "Äther über dem Hafen" }, { title: "Zebra" }];
    expect(libraryPage(db, ben, { limit: 9 }).items).toMatchObject(shown);
    expect(libraryPage(db, ben, { limit: 9 }).items[0]?.next?.title).toBe("Flut");
    expect(upNext(db, ben, { limit: 9, now: NOW }).items.find(({ show }) => show.id === String(lights))).toMatchObject({
      show: { title: "Äther über dem Hafen" },
      episode: { title: "Flut" },
    });
    expect(upNextOfShow(db, ben, lights, NOW)).toMatchObject({ show: shown[0], episode: { title: "Flut" } });
    expect(history(db, ben, { limit: 9 }).items).toMatchObject([{ show: shown[0], episode: { title: "Ebbe" } }]);
    const page = showPage(db, ben, lights, NOW);
    expect(page).toMatchObject({ ...shown[0], next: { title: "Flut" } });
    expect(page?.seasons[0]?.episodes.map(({ title }) => title)).toEqual(["Ebbe", "Flut", "Episode 3"]);
    expect(oneEpisode(db, ben, first, NOW)?.title).toBe("Ebbe");
    const days = calendar(db, ben, { from: 0, to: 2 * NOW, fromDay: 0, toDay: 2 * NOW });
    expect(days.map(({ show, episode }) => [show.title, episode.title])).toContainEqual([
      "Äther über dem Hafen",
      "Ebbe",
    ]);
    expect([shownTitle(db, ben, lights), shownTitle(db, ben, zebra)]).toEqual(["Äther über dem Hafen", "Zebra"]);
  });

  test("are nobody else's, and gone with the wish", () => {
    const { db, anna, ben, lights } = translated();
    expect(libraryPage(db, anna, { limit: 9 }).items.map(({ title }) => title)).toEqual(["Harbour Lights", "Zebra"]);
    expect(showPage(db, anna, lights, NOW)?.seasons[0]?.episodes[0]?.title).toBe("Episode 1");
    db.raw.run("UPDATE users SET title_language = NULL");
    expect(libraryPage(db, ben, { limit: 9 }).items.map(({ title }) => title)).toEqual(["Harbour Lights", "Zebra"]);
  });

  test("set the order of the library, and are found beside the source's own", () => {
    const { db, ben, zebra, lights } = translated();
    saveTitles(db, { showId: zebra, language: "de", title: "Aal", episodes: new Map() }, NOW);
    expect(libraryPage(db, ben, { limit: 9 }).items.map(({ title }) => title)).toEqual(["Aal", "Äther über dem Hafen"]);
    const first = libraryPage(db, ben, { limit: 1 });
    expect(libraryPage(db, ben, { limit: 1, cursor: first.nextCursor ?? "" }).items[0]?.id).toBe(String(lights));
    for (const query of ["ather uber", "harbour"]) {
      expect(libraryPage(db, ben, { query, limit: 9 }).items.map(({ id }) => id)).toEqual([String(lights)]);
    }
  });

  test("are counted for those shows that have a catalogue", () => {
    const { db, anna, ben, lights } = translated();
    expect(titleProgress(db, ben)).toEqual({ done: 0, total: 0 });
    db.raw.run("UPDATE shows SET enriched_at = 1");
    expect([titleProgress(db, ben), titleProgress(db, anna)]).toEqual([
      { done: 2, total: 2 },
      { done: 0, total: 0 },
    ]);
    expect(dueLanguages(db, lights)).toEqual([]);
    db.raw.run("UPDATE shows SET enriched_at = ?", [NOW + 1]);
    expect(dueLanguages(db, lights)).toEqual(["de"]);
  });
});

describe("every page", () => {
  const pages: [string, (db: Db, userId: number, showId: number) => unknown][] = [
    ...LIBRARY_SORTS.map((sort): [string, (db: Db, userId: number) => unknown] => [
      `library by ${sort}`,
      (db, userId) =>
        libraryPage(db, userId, { sort, query: "show", genres: ["Drama"], networks: ["HBO"], limit: 100, now: NOW }),
    ]),
    ["library counts", (db, userId) => libraryCounts(db, userId, { query: "show", progress: "finished" })],
    ["library facets", (db, userId) => libraryFacets(db, userId)],
    ["library titles", (db, userId, showId) => libraryTitles(db, userId, [showId])],
    ["up next", (db, userId) => upNext(db, userId, { now: NOW, limit: 100 })],
    ["up next by sections", (db, userId) => upNextSections(db, userId, { now: NOW, limit: 100 })],
    ["up next of a show", (db, userId, showId) => upNextOfShow(db, userId, showId, NOW)],
    ["caught up", (db, userId) => caughtUp(db, userId, { limit: 100 })],
    ["history", (db, userId) => history(db, userId, { limit: 100 })],
    ["history of a show", (db, userId, showId) => history(db, userId, { showId, limit: 100 })],
    ["history of a server", (db, userId) => history(db, userId, { source: { integrationId: 1 }, limit: 100 })],
    ["history by hand", (db, userId) => history(db, userId, { source: { offServer: "manual" }, limit: 100 })],
    ["history without dates", (db, userId) => history(db, userId, { undated: "only", limit: 100 })],
    ["a day of the history", (db, userId) => historyTotals(db, userId, {}, { from: 0, to: NOW })],
    ["a show's day", (db, userId, showId) => historyTotals(db, userId, { showId }, { from: 0, to: NOW })],
    ["one play", (db, userId, showId) => onePlay(db, userId, showId)],
    ["names to choose from", (db, userId) => [showNames(db, userId), serverNames(db, userId)]],
    ["show", (db, userId, showId) => showPage(db, userId, showId, NOW)],
    ["other shows", (db, userId, id) => otherShows(db, userId, { id, title: "Show 1" }, { limit: 24 })],
    ["episode", (db, userId, showId) => oneEpisode(db, userId, showId, NOW)],
    ["calendar", (db, userId) => calendar(db, userId, { from: 0, to: 2 * NOW, fromDay: 0, toDay: 2 * NOW })],
    [
      "what waits for a server",
      (db, userId) => [
        waitingPushes(db, { userId, integrationId: 1 }, { limit: 50 }),
        recentPushes(db, { userId, integrationId: 1 }, 10),
        pushCounts(db, 1),
      ],
    ],
    ["people", (db) => people(db)],
    ["sign-ins", (db, userId) => liveSessions(db, userId, NOW)],
    ["profiles that are offered", (db, userId) => waitingOffers(db, userId)],
    ["who uses an account", (db) => usesOfAccounts(db, "plex", ["1", "2"])],
    ["accounts that may sign in", (db) => [signInGlances(db, null), connectedAccounts(db, null)]],
    ["one's own ways in", (db, userId) => [signInGlances(db, userId), connectedAccounts(db, userId)]],
    ["title of a show", (db, userId, showId) => shownTitle(db, userId, showId)],
    ["progress of titles", (db, userId) => titleProgress(db, userId)],
    ["statistics' shows", (db, userId) => watchedShows(db, userId)],
    [
      "what of a search is in the library",
      (db, userId) =>
        findInLibrary(db, userId, [
          { title: "Show 1", year: 2019, ids: { tmdb: "1", tvdb: "2" } },
          { title: "Harbour Lights", year: 2019, ids: {} },
        ]),
    ],
    ["places for notifications", (db, userId) => listTargets(db, userId)],
    ["servers and their state", (db, userId) => [listIntegrations(db, userId), serverGlances(db, userId)]],
    [
      "recent syncs",
      (db, userId) => [
        listSyncLogs(db, userId, { live: false, limit: 20 }),
        listSyncLogs(db, userId, { live: true, limit: 20 }),
        listSyncLogs(db, userId, { integrationId: 1, live: false, limit: 10 }),
      ],
    ],
    [
      "the address of a server, and a sign-in at it",
      (db, userId) => [
        integrationByServer(db, userId, "jellyfin", "5e27e4"),
        pinById(db, "a sign-in"),
        listIntegrations(db, userId, "jellyfin"),
        usesOfAccounts(db, "jellyfin", ["1"]),
      ],
    ],
    ["a way in, and who has come by it", (db) => [signInPinById(db, "a sign-in"), signInAccountOf(db, "plex", "1")]],
    ["a server's libraries", (db) => librariesOf(db, 1)],
    ["what two-way sync would change at first", (db, userId) => differencesTo(db, userId, 1)],
    ["a webhook's deliveries", (db, userId) => deliveriesOf(db, userId, 50)],
    [
      "what plays now, in the library",
      (db, userId) =>
        inLibrary(db, userId, [
          { integrationId: "1", itemId: "5", showItemId: "6" },
          { integrationId: "1", itemId: "7", showItemId: null },
        ]),
    ],
    ["imports", (db, userId) => importList(db, userId, { limit: 20 })],
    ["import", (db, userId) => [oneImport(db, userId, "1"), importItems(db, 1, { kind: "show", limit: 100 })]],
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
    expect(
      steps.filter((step) => /^SCAN (e|f|p|s|l|m|x|k|v|plays|episodes|shows|library_entries)\b/.test(step)),
    ).toEqual([]);
  });

  test("of a household finds accounts and offers through their indexes", () => {
    const { db, userId } = libraryOf(1);
    const statements = given.statementsOf(db, () => [usesOfAccounts(db, "plex", ["1"]), waitingOffers(db, userId)]);
    const steps = statements.flatMap((sql) => given.planOf(db, sql));
    expect(steps.filter((step) => /^SCAN [iou]\b/.test(step))).toEqual([]);
    expect(steps.join()).toContain("integrations_by_account");
    expect(steps.join()).toContain("home_offers_by_user");
  });

  test("of statistics reads all plays in one walk, one episode after the other, sorting nothing", () => {
    const { db, userId, showIds } = libraryOf(30);
    const again = given.addSeasons(db, showIds[3]!, [1], { inCatalogue: false })[0]!;
    for (const at of [3, 1, 2]) given.addPlay(db, userId, again, { watchedAt: NOW - at * DAY });
    const sql = given.statementsOf(db, () => watchedPlays(db, userId));
    expect(sql).toHaveLength(1);
    expect(given.planOf(db, sql[0]!).filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
    const episodes = watchedPlays(db, userId).map(({ episodeId }) => episodeId);
    expect(episodes).toHaveLength(33);
    expect(episodes).toEqual(episodes.toSorted((a, b) => a - b));
  });

  test("the history begins its search at the page and not at the newest play, and looks for a server in the index alone", () => {
    const { db, userId } = libraryOf(3);
    const [sql] = given.statementsOf(db, () => history(db, userId, { source: { integrationId: 1 }, limit: 5 })) as [
      string,
    ];
    const steps = given.planOf(db, sql).filter((step) => step.includes("plays_by_time"));
    expect(steps[0]).toContain("COVERING INDEX plays_by_time (user_id=? AND watched_at>? AND watched_at<?)");
    expect(steps[1]).toContain("COVERING INDEX plays_by_time (user_id=? AND watched_at=?");
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

  test.each<[string, (db: Db) => unknown]>([
    ["listed", (db) => deliveriesOf(db, 1, 50)],
    ["compared", (db) => hasCome(db, 1, { fingerprint: "print", since: NOW, alsoUsed: true })],
    ["counted", (db) => waitingCount(db, 1)],
    ["taken up", (db) => dueDeliveries(db, 1, NOW)],
    ["waited for", (db) => nextDeliveryAt(db, 1)],
  ])("deliveries of a webhook are %s through an index", (_, read) => {
    const db = given.createTestDb();
    const steps = given.statementsOf(db, () => read(db)).flatMap((sql) => given.planOf(db, sql));
    expect(steps.some((step) => step.includes("USING") && step.includes("webhook_seen_"))).toBe(true);
    expect(steps.filter((step) => step.startsWith("SCAN"))).toEqual([]);
  });

  test("of one show's history never walks through the user's other plays", () => {
    const { db, userId, showIds } = libraryOf(3);
    const [sql] = given.statementsOf(db, () => history(db, userId, { showId: showIds[0]!, limit: 5 })) as [string];
    expect(given.planOf(db, sql).filter((step) => step.includes("plays_by_time"))).toEqual([]);
  });
});
