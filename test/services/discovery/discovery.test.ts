import { describe, expect, test } from "bun:test";
import type { BrowseCriteria } from "../../../src/domain/browse.ts";
import type { MatchCandidate } from "../../../src/domain/matching.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { Browse, CatalogueShow, MetadataSource, MetadataSourceId } from "../../../src/metadata/contract.ts";
import { createDiscovery } from "../../../src/services/discovery/service.ts";
import { createTestClock } from "../../support/clock.ts";
import { standIn } from "../../support/fake-services.ts";
import * as given from "../../support/fixtures.ts";

type Members = Partial<MetadataSource>;

const labels = { trakt: "Trakt", tmdb: "TMDB", tvmaze: "TVmaze" } as const;

/** Members that a test did not give throw when they are called, and are no capabilities. */
function source(id: MetadataSourceId, members: Members = {}): MetadataSource {
  const idKinds = {
    trakt: ["trakt", "tvdb", "imdb"],
    tmdb: ["tmdb", "tvdb", "imdb"],
    tvmaze: ["tvmaze", "imdb"],
  } as const;
  const calls = standIn<MetadataSource>(id, members);
  return {
    id,
    label: labels[id],
    attribution: { text: id, url: "https://example.invalid" },
    idKinds: idKinds[id],
    find: (...args) => calls.find(...args),
    search: (...args) => calls.search(...args),
    catalogue: (...args) => calls.catalogue(...args),
    artwork: (...args) => calls.artwork(...args),
    probe: (...args) => calls.probe(...args),
    waitingUntil: () => null,
    ...members,
  };
}

function candidate(title: string, more: Partial<MatchCandidate> = {}): MatchCandidate {
  return { source: "tvmaze", sourceId: title, title, ids: {}, ...more };
}

function catalogueShow(title: string): CatalogueShow {
  return {
    sourceId: "7",
    title,
    originalTitle: null,
    year: 2019,
    ids: { imdb: "tt0944947" },
    overview: null,
    status: "ended",
    network: "ABC",
    country: "US",
    genres: ["Drama"],
    runtimeMin: 45,
    posterUrl: null,
  };
}

const down = (label: string, retryAfterMs?: number) => () =>
  Promise.reject(
    new AppError("unreachable", `${label} cannot be reached.`, retryAfterMs === undefined ? {} : { retryAfterMs }),
  );

function setUp(sources: MetadataSource[], patienceMs?: number) {
  const db = given.createTestDb();
  const userId = given.addUser(db);
  const clock = createTestClock(Date.UTC(2026, 10, 25, 23, 30));
  const options = patienceMs === undefined ? {} : { patienceMs };
  const discovery = createDiscovery({ db, clock, log: silentLog, sources }, options);
  return { db, userId, clock, discovery };
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => "no failure",
    (error: unknown) => error,
  );

describe("a search", () => {
  test("is answered by the first source that finds something, and says which could not be asked", async () => {
    const { discovery, userId } = setUp([
      source("trakt", { search: down("Trakt", 60_000) }),
      source("tmdb", { search: async () => [] }),
      source("tvmaze", { search: async () => [candidate("Harbour Lights")] }),
    ]);
    const answer = await discovery.search(userId, " harbour ");
    expect(answer).toMatchObject({
      source: "tvmaze",
      items: [{ title: "Harbour Lights", inLibrary: null }],
      link: null,
    });
    expect(answer.failures.map(({ label, error }) => [label, error.retryAfterMs])).toEqual([["Trakt", 60_000]]);
  });

  test("tells nothing found from nobody answered", async () => {
    const trakt = source("trakt", { search: down("Trakt") });
    const empty = source("tvmaze", { search: async () => [] });
    const both = setUp([trakt, empty]);
    const answer = await both.discovery.search(both.userId, "nothing");
    expect([answer.items, answer.source, answer.failures.length]).toEqual([[], null, 1]);
    const alone = setUp([trakt]);
    expect(await failureOf(alone.discovery.search(alone.userId, "nothing"))).toMatchObject({
      code: "unreachable",
      message: "Trakt cannot be reached.",
    });
    const two = setUp([trakt, source("tmdb", { search: down("TMDB", 5_000) })]);
    expect(await failureOf(two.discovery.search(two.userId, "nothing"))).toMatchObject({
      message: "Trakt cannot be reached. TMDB cannot be reached.",
      retryAfterMs: 5_000,
    });
    const none = setUp([]);
    expect(await failureOf(none.discovery.search(none.userId, "x"))).toMatchObject({ code: "unsupported" });
  });

  test("asks only the source that is named, and refuses one that is not there", async () => {
    const asked: string[] = [];
    const search = (name: string) => async () => {
      asked.push(name);
      return [candidate(name)];
    };
    const { discovery, userId } = setUp([
      source("trakt", { search: search("trakt") }),
      source("tvmaze", { search: search("tvmaze") }),
    ]);
    expect((await discovery.search(userId, "x", "tvmaze")).items.map(({ title }) => title)).toEqual(["tvmaze"]);
    expect(asked).toEqual(["tvmaze"]);
    expect(await failureOf(discovery.search(userId, "x", "tmdb"))).toMatchObject({
      code: "invalid",
      fields: [{ path: "source" }],
    });
  });

  test("does not wait for a source that takes too long, and tells it to stop", async () => {
    let stopped = false;
    const slow = source("trakt", {
      search: (_title, _year, signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener("abort", () => {
            stopped = true;
            reject(signal.reason);
          });
        }),
    });
    const { discovery, userId } = setUp([slow, source("tvmaze", { search: async () => [candidate("Found")] })], 20);
    const answer = await discovery.search(userId, "found");
    expect(answer.items.map(({ title }) => title)).toEqual(["Found"]);
    expect(answer.failures.map(({ error }) => error.message)).toEqual(["Trakt did not answer within 1 s."]);
    expect(stopped).toBe(true);
  });

  test("keeps an answer for some minutes, never a failure", async () => {
    let asked = 0;
    let broken = true;
    const { discovery, userId, clock } = setUp([
      source("tvmaze", {
        search: async () => {
          asked += 1;
          if (broken) throw new AppError("unreachable", "Down.");
          return [candidate("Dark")];
        },
      }),
    ]);
    expect(await failureOf(discovery.search(userId, "dark"))).toBeInstanceOf(AppError);
    broken = false;
    await discovery.search(userId, "dark");
    await discovery.search(userId, " DARK");
    expect(asked).toBe(2);
    clock.advance(11 * 60_000);
    await discovery.search(userId, "dark");
    expect(asked).toBe(3);
  });

  test("leaves faults of our own what they are", async () => {
    const { discovery, userId } = setUp([source("tvmaze", { search: () => Promise.reject(new Error("a bug")) })]);
    expect(await failureOf(discovery.search(userId, "x"))).toMatchObject({ code: "internal" });
  });

  test("shows the beginning of a long story only, and no nameless shows", async () => {
    const long = `${"word ".repeat(100)}\nand more`;
    const shows = [candidate("Long"), candidate(" ")].map((each) => ({ ...each, overview: long }));
    const { discovery, userId } = setUp([source("tvmaze", { search: async () => shows })]);
    const { items } = await discovery.search(userId, "long");
    expect(items).toHaveLength(1);
    expect(items[0]?.overview).toMatch(/^(word )+word…$/);
    expect(items[0]?.overview?.length).toBeLessThanOrEqual(241);
  });
});

describe("what is in the library already", () => {
  test("is recognised by any id, and only guessed by title and year", async () => {
    const finds = [
      candidate("Another name", { ids: { tvmaze: "1", tvdb: "20" } }),
      candidate("Harbour Lights", { year: 2019, ids: { tmdb: "5" } }),
      candidate("Harbour Lights", { year: 2001, ids: { tmdb: "6" } }),
      candidate("Harbour Lights", { year: 2019, ids: { tvdb: "99" } }),
      candidate("Elsewhere", { year: 2019, ids: { tmdb: "7" } }),
    ];
    const { db, discovery, userId } = setUp([source("tvmaze", { search: async () => finds })]);
    const showId = given.addShow(db, { title: "Harbour Lights", year: 2019, ids: { tvdb: "20" } });
    given.addEntry(db, userId, showId, "later");
    given.addShow(db, { title: "Elsewhere", year: 2019, ids: { tmdb: "7" } });
    const { items } = await discovery.search(userId, "harbour");
    expect(items.map(({ inLibrary }) => inLibrary)).toEqual([
      { showId: String(showId), list: "later", sure: true },
      { showId: String(showId), list: "later", sure: false },
      null,
      null,
      null,
    ]);
    const ben = given.addUser(db, "ben");
    expect((await discovery.search(ben, "harbour")).items.every(({ inLibrary }) => inLibrary === null)).toBe(true);
  });
});

describe("a pasted link", () => {
  test("leads to that very show, through any source that understands it", async () => {
    const asked: string[] = [];
    const { discovery, userId } = setUp([
      source("tvmaze"),
      source("tmdb", {
        find: async (kind, id) => {
          asked.push(`${kind}:${id}`);
          return catalogueShow("Harbour Lights");
        },
      }),
    ]);
    const answer = await discovery.search(userId, "https://www.themoviedb.org/tv/1399-harbour-lights", "tvmaze");
    expect(answer).toMatchObject({ source: "tmdb", items: [{ title: "Harbour Lights", network: "ABC" }] });
    expect(answer.link).toEqual({ by: "id", kind: "tmdb", id: "1399" });
    expect(asked).toEqual(["tmdb:1399"]);
  });

  test("that nobody can follow is told, and not searched for as a title", async () => {
    const { discovery, userId } = setUp([source("tvmaze")]);
    expect(await failureOf(discovery.search(userId, "tmdb:1399"))).toMatchObject({
      code: "unsupported",
      message: "No source that is switched on knows TMDB numbers.",
    });
  });

  test("with an id that nobody carries finds nothing", async () => {
    const { discovery, userId } = setUp([
      source("trakt", { find: async () => null }),
      source("tvmaze", { find: async () => null }),
    ]);
    const answer = await discovery.search(userId, "tt0944947");
    expect([answer.items, answer.failures]).toEqual([[], []]);
  });

  test("with a name instead of a number is followed on its own site, and is a title to the others", async () => {
    const titles: string[] = [];
    const search: MetadataSource["search"] = async (title) => {
      titles.push(title);
      return [candidate("Harbour Lights")];
    };
    const tvmaze = source("tvmaze", { search });
    const named = setUp([tvmaze, source("trakt", { findByName: async () => catalogueShow("Harbour Lights") })]);
    const link = "https://trakt.tv/shows/harbour-lights";
    expect(await named.discovery.search(named.userId, link)).toMatchObject({
      source: "trakt",
      items: [{ sourceId: "7" }],
    });
    expect(titles).toEqual([]);
    const without = setUp([tvmaze]);
    expect(await without.discovery.search(without.userId, link)).toMatchObject({ source: "tvmaze" });
    expect(titles).toEqual(["harbour lights"]);
  });
});

describe("browsing", () => {
  const genres = [{ value: "drama", label: "Drama" }];

  function browsing(change: Partial<Browse> = {}) {
    const asked: [BrowseCriteria, number][] = [];
    const browse: Browse = {
      scope: "TVmaze lists a day.",
      filters: ["weekday", "country", "sort", "genre", "network", "year", "runtime"],
      needs: ["weekday", "country"],
      sorts: ["popular", "newest"],
      networks: { known: [{ value: "ABC", label: "ABC" }], free: true },
      genres: async () => genres,
      find: async (criteria, page) => {
        asked.push([criteria, page]);
        return { items: [candidate("Harbour Lights")], nextPage: page + 1 };
      },
      ...change,
    };
    return { asked, ...setUp([source("tmdb"), source("tvmaze", { browse })]) };
  }

  const here = { timeZone: "Europe/Berlin", country: "DE" };

  test("asks the first source that can list shows, by what was chosen", async () => {
    const { discovery, userId, asked } = browsing();
    expect(discovery.browser()).toBe("tvmaze");
    expect(discovery.browser("tmdb")).toBe("tvmaze");
    const wanted = {
      sort: "newest",
      genre: "drama",
      network: "Netf",
      year: "2010-2019",
      runtime: "-30",
      weekday: "monday",
      country: "us",
    };
    const answer = await discovery.browse(userId, undefined, wanted, 2, here);
    expect(answer).toMatchObject({ source: "tvmaze", nextPage: 3, problems: [], asked: wanted });
    expect(asked).toEqual([
      [
        {
          sort: "newest",
          genre: "drama",
          network: "Netf",
          year: { from: 2010, to: 2019 },
          runtime: { from: null, to: 30 },
          airsOn: "2026-11-30",
          country: "US",
        },
        2,
      ],
    ]);
  });

  test("fills in today and the reader's country where a list needs them", async () => {
    const { discovery, userId, asked } = browsing();
    const answer = await discovery.browse(userId, "tvmaze", {}, 1, here);
    // Half past midnight in Berlin.
    expect(answer.asked).toEqual({ weekday: "thursday", country: "DE" });
    await discovery.browse(userId, "tvmaze", { weekday: "someday" }, 1, { timeZone: "UTC", country: null });
    expect(asked).toEqual([
      [{ airsOn: "2026-11-26", country: "DE" }, 1],
      [{ airsOn: "2026-11-25", country: "US" }, 1],
    ]);
  });

  test("names what cannot be read and goes by the rest", async () => {
    const { discovery, userId } = browsing();
    const wanted = {
      genre: "opera",
      year: "soon",
      runtime: "x",
      sort: "rated",
      country: "Germany",
      status: "ended",
      network: " ",
    };
    const { problems, asked } = await discovery.browse(userId, "tvmaze", wanted, 1, here);
    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      "country",
      "genre",
      "runtime",
      "sort",
      "status",
      "year",
    ]);
    expect(asked).toEqual({ weekday: "thursday", country: "DE" });
  });

  test("offers the choices of every filter in words", async () => {
    const { discovery } = browsing();
    const [offer, ...others] = await discovery.filters();
    expect(others).toEqual([]);
    const byName = Object.fromEntries((offer?.filters ?? []).map((each) => [each.filter, each]));
    expect(byName["sort"]?.options).toEqual([
      { value: "popular", label: "Popular first" },
      { value: "newest", label: "Newest first" },
    ]);
    expect(byName["genre"]).toMatchObject({ options: genres, free: false, needed: false });
    expect(byName["weekday"]).toMatchObject({ needed: true, options: { length: 7 } });
    expect(byName["country"]?.options).toContainEqual({ value: "DE", label: "Germany" });
    expect(byName["status"]).toBeUndefined();
  });

  test("goes on without genres when they cannot be had, and says so", async () => {
    const { discovery, userId } = browsing({ genres: down("TVmaze") });
    const offer = await discovery.filtersOf("tvmaze");
    expect(offer.failure?.message).toBe("TVmaze cannot be reached.");
    expect((await discovery.browse(userId, "tvmaze", {}, 1, here)).items).toHaveLength(1);
  });

  test("fails when the list does, and where no source has one", async () => {
    const { discovery, userId } = browsing({ find: down("TVmaze", 9_000) });
    expect(await failureOf(discovery.browse(userId, "tvmaze", {}, 1, here))).toMatchObject({ retryAfterMs: 9_000 });
    expect(await failureOf(discovery.browse(userId, "tmdb", {}, 1, here))).toMatchObject({ code: "unsupported" });
    const without = setUp([source("tmdb")]);
    expect(without.discovery.browser()).toBeNull();
    expect(await failureOf(without.discovery.browse(without.userId, undefined, {}, 1, here))).toMatchObject({
      code: "unsupported",
    });
  });

  test("asks for the same page once", async () => {
    const { discovery, userId, asked } = browsing();
    await Promise.all([1, 1, 2].map((page) => discovery.browse(userId, "tvmaze", {}, page, here)));
    await discovery.browse(userId, "tvmaze", {}, 1, here);
    expect(asked.map(([, page]) => page)).toEqual([1, 2]);
  });
});
