import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { AppError } from "../../src/kernel/errors.ts";
import { secret } from "../../src/kernel/secret.ts";
import { pictureAddresses } from "../../src/metadata/artwork.ts";
import { escapeQuery } from "../../src/metadata/trakt/client.ts";
import { createTrakt } from "../../src/metadata/trakt/index.ts";
import { toCatalogue, toShow } from "../../src/metadata/trakt/mapper.ts";
import { type TraktShow, traktSearch, traktSeasons } from "../../src/metadata/trakt/schemas.ts";
import {
  createTestClock,
  failureOf,
  type MetadataHarness,
  type MetadataStage,
  metadataSourceContract,
  stageFor,
} from "../contracts/metadata-source.contract.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";

const harness: MetadataHarness = {
  id: "trakt",
  create: (deps, sims) => createTrakt({ ...deps, apiUrl: sims.trakt.url, clientId: secret(sims.trakt.clientId) }),
  idOf: (show) => String(show.ids.trakt),
  wholeShow: /\/shows\/\d+\/seasons\?extended=full%2Cepisodes$/,
  numbersSpecials: true,
};

metadataSourceContract("Trakt", harness);

const picture = pictureAddresses(["trakt.tv"], ["https://api.trakt.tv"]);
const show = (changes: Partial<TraktShow> = {}): TraktShow => ({
  title: "Copper Bay",
  year: 2016,
  ids: { trakt: 812_345, tmdb: 71_234, tvdb: 301_234, imdb: "tt5012345" },
  ...changes,
});

describe("Trakt's shows", () => {
  test.each([
    ["returning series", 12, "running"],
    ["continuing", 0, "running"],
    ["in production", 0, "upcoming"],
    ["in production", 20, "running"],
    ["planned", 0, "upcoming"],
    ["pilot", 0, "upcoming"],
    ["canceled", 8, "ended"],
    ["ended", 8, "ended"],
    ["lost in the mail", 8, null],
    [null, 8, null],
  ] as const)("of status %p with %p aired episodes are %p", (status, aired, wanted) => {
    expect(toShow(show({ status, aired_episodes: aired }), picture)?.status ?? null).toBe(wanted);
  });

  test("have their junk ids dropped", () => {
    const ids = { trakt: 812_345, tmdb: null, tvdb: 0, imdb: "" };
    expect(toShow(show({ ids }), picture)?.ids).toEqual({ trakt: "812345" });
    expect(toShow(show({ ids: { trakt: null } }), picture)).toBeNull();
  });

  test("get readable genres, a country code and an address with a scheme", () => {
    const images = { poster: ["assets.example.net/x.jpg", "media.trakt.tv/images/shows/000/p.jpg.webp"] };
    expect(toShow(show({ genres: ["science-fiction", "drama"], country: "us", images }), picture)).toMatchObject({
      genres: ["Science Fiction", "Drama"],
      country: "US",
      posterUrl: "https://media.trakt.tv/images/shows/000/p.jpg.webp",
    });
  });

  test("are read although the score is larger than a number can be", () => {
    const text = '[{"type":"show","score":1157451471441102847,"show":{"title":"A","ids":{"trakt":5},"colors":{}}}]';
    expect(traktSearch.parse(JSON.parse(text))[0]?.show?.title).toBe("A");
  });
});

describe("Trakt's episodes", () => {
  const episode = (changes: Record<string, unknown>, timeZone: string | null = "America/New_York") => {
    const seasons = traktSeasons.parse([
      { number: 3, title: "", episodes: [{ number: 2, ids: { trakt: 9_000_001 }, title: "Ebb", ...changes }] },
    ]);
    return toCatalogue(toShow(show(), picture)!, seasons, timeZone).episodes[0]!;
  };

  test.each([
    ["a moment and a day", { first_aired: "2016-04-02T01:00:00.000Z", released: "2016-04-01" }, true, "2016-04-01"],
    [
      "a moment alone: the day at the place of broadcast",
      { first_aired: "2016-04-02T01:00:00.000Z" },
      true,
      "2016-04-01",
    ],
    ["a day alone", { first_aired: null, released: "2016-04-01" }, false, "2016-04-01"],
    ["neither", { first_aired: null, released: null }, false, null],
    ["a day that does not exist", { released: "2016-02-31" }, false, null],
  ] as const)("air at %s", (_, dates, exact, airedOn) => {
    expect(episode(dates)).toMatchObject({ airedExact: exact, airedOn });
  });

  test("fall back to the day in UTC without a known time zone", () => {
    const dates = { first_aired: "2016-04-02T01:00:00.000Z" };
    expect(episode(dates, null).airedOn).toBe("2016-04-02");
    expect(episode(dates, "Atlantis/Harbour").airedOn).toBe("2016-04-02");
  });

  test("keep absolute numbers and usable Plex ids only", () => {
    expect(episode({ number_abs: 31, ids: { trakt: 1, plex: { guid: "5d9c0a1bcb3ffa001f1b2aaa" } } })).toMatchObject({
      season: 3,
      number: 2,
      numberAbs: 31,
      plexGuid: "5d9c0a1bcb3ffa001f1b2aaa",
    });
    expect(episode({ ids: { trakt: 1, plex: { guid: null } } }).plexGuid).toBeNull();
    expect(episode({ ids: { trakt: 1, plex: { guid: "local://7" } } }).plexGuid).toBeNull();
  });
});

test.each([
  ["9-1-1", "9\\-1\\-1"],
  ["What If...?", "What If...\\?"],
  ["Law & Order: UK", "Law & Order\\: UK"],
  ["This && That || (More)", "This \\&& That \\|| \\(More\\)"],
  ["M*A*S*H / AfterMASH", "M\\*A\\*S\\*H \\/ AfterMASH"],
  ["Plain Title", "Plain Title"],
])("the title %p is searched for as %p", (title, escaped) => {
  expect(escapeQuery(title)).toBe(escaped);
});

describe("Trakt's manners", () => {
  const clock = createTestClock();
  const world = createWorld({ now: () => clock.now() });
  const bay = world.addShow({ title: "Copper Bay", year: 2016, seasons: [2] });
  let sims: Simulators;
  let stage: MetadataStage;

  beforeAll(() => {
    sims = startSimulators(world);
  });
  afterAll(() => sims.stop());
  beforeEach(() => {
    sims.faults.clear();
    sims.requests.reset();
    stage = stageFor(harness, world, sims, clock);
  });
  const answerWith = (value: unknown, path: RegExp) =>
    sims.faults.add({ service: "trakt", path, effect: { kind: "wrong-json", json: value } });

  test("every call carries key, version, content type and our name", async () => {
    await stage.source.find("tmdb", String(bay.ids.tmdb));
    expect(stage.requests()[0]?.headers).toMatchObject({
      "trakt-api-key": sims.trakt.clientId,
      "trakt-api-version": "2",
      "content-type": "application/json",
      "user-agent": expect.stringContaining("EpisodeTracker"),
    });
    expect(stage.requests()[0]).toMatchObject({ path: `/search/tmdb/${bay.ids.tmdb}`, query: { type: "show" } });
  });

  test.each([401, 403, 426])("a refused client id (HTTP %p) names the variable to look at", async (status) => {
    sims.faults.add({ service: "trakt", effect: { kind: "status", status } });
    const error = await failureOf(stage.source.probe());
    expect(error).toMatchObject({ code: "auth-expired", status });
    expect(error.hint).toContain("TRAKT_CLIENT_ID");
    expect(error.hint).toContain("VIP");
    expect(stage.requests()).toHaveLength(1);
  });

  test("a wrong client id is refused by Trakt itself without a body", async () => {
    const source = createTrakt({ ...stage.deps, apiUrl: sims.trakt.url, clientId: secret("0".repeat(64)) });
    expect((await failureOf(source.probe())).code).toBe("auth-expired");
  });

  test("no seasons for a show with episodes is a bad answer and no empty catalogue", async () => {
    answerWith([], /\/seasons/);
    expect((await failureOf(stage.source.catalogue(String(bay.ids.trakt)))).code).toBe("bad-answer");
  });

  test("a season that arrives without its episodes is a bad answer", async () => {
    const ids = { trakt: 1 };
    const episodes = [{ number: 1, ids }];
    answerWith(
      [
        { number: 1, ids, aired_episodes: 1, episodes },
        { number: 2, ids, aired_episodes: 8 },
      ],
      /\/seasons/,
    );
    expect((await failureOf(stage.source.catalogue(String(bay.ids.trakt)))).code).toBe("bad-answer");
  });

  test("an answer about another show is no answer", async () => {
    const row = (trakt: number, tmdb: number) => ({ type: "show", show: { title: "X", ids: { trakt, tmdb } } });
    answerWith([row(1, 2)], /\/search\/tmdb/);
    expect(await stage.source.find("tmdb", "3")).toBeNull();
    sims.faults.clear();
    answerWith([row(1, 3), row(2, 3)], /\/search\/tmdb/);
    expect(await stage.source.find("tmdb", "3")).toBeNull();
    sims.faults.clear();
    answerWith([{ type: "movie", movie: {} }], /\/search\/tmdb/);
    expect(await stage.source.find("tmdb", "3")).toBeNull();
    sims.faults.clear();
    answerWith({ title: "X", ids: { trakt: 9 } }, /\/shows\/8/);
    expect(await stage.source.catalogue("8")).toBeNull();
  });

  test("text search asks exactly first and keeps to three calls", async () => {
    await stage.source.search("Copper Bay", 1971);
    expect(stage.requests().map(({ path, query }) => [path, query["years"]])).toEqual([
      ["/search/show/exact", undefined],
      ["/search/show", undefined],
      ["/search/show", "1970-1972"],
    ]);
  });

  test("a budget that the headers call used up is waited for", async () => {
    const until = new Date(clock.now() + 90_000).toISOString();
    const http: typeof stage.deps.http = {
      ...stage.deps.http,
      request: (spec) =>
        stage.deps.http.request({
          ...spec,
          read: (answer) => {
            answer.headers.set("x-ratelimit", JSON.stringify({ period: 300, limit: 500, remaining: 0, until }));
            return spec.read(answer);
          },
        }),
    };
    const source = createTrakt({ http, clock, apiUrl: sims.trakt.url, clientId: secret(sims.trakt.clientId) });
    await source.probe();
    expect(source.waitingUntil()).toBe(Date.parse(until));
  });

  test("500 calls in five minutes are never exceeded", async () => {
    sims.trakt.limiter.configure(500, 300_000);
    const before = clock.now();
    for (let call = 0; call < 520; call += 1) {
      try {
        await stage.source.probe();
      } catch (error) {
        // Nobody is held for minutes: the caller is told how long to stay away.
        if (!(error instanceof AppError) || error.code !== "rate-limited") throw error;
        clock.advance(error.retryAfterMs ?? 0);
      }
    }
    sims.trakt.limiter.configure(0, 300_000);
    expect(stage.requests().filter(({ status }) => status === 429)).toEqual([]);
    expect(clock.now() - before).toBeGreaterThan(299_000);
  });
});
