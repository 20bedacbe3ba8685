import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { secret } from "../../src/kernel/secret.ts";
import { createTmdb } from "../../src/metadata/tmdb/index.ts";
import { isPartial, showFound, toCatalogue, toShow } from "../../src/metadata/tmdb/mapper.ts";
import { type TmdbShow, tmdbFind, tmdbSeason, tmdbShow } from "../../src/metadata/tmdb/schemas.ts";
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

const create = (key: (sims: Simulators) => string): MetadataHarness["create"] => {
  return (deps, sims) =>
    createTmdb({ ...deps, apiUrl: `${sims.tmdb.url}/3`, imageUrl: `${sims.tmdb.url}/t/p`, apiKey: secret(key(sims)) });
};
const harness: MetadataHarness = {
  id: "tmdb",
  create: create((sims) => sims.tmdb.apiKey),
  idOf: (show) => String(show.ids.tmdb),
  wholeShow: /^\/3\/tv\/\d+\?.*append_to_response=external_ids%2Cseason%2F0%2C/,
  numbersSpecials: true,
};

metadataSourceContract("TMDB", harness);

const noPicture = () => null;
const show = (changes: Record<string, unknown> = {}): TmdbShow =>
  tmdbShow.parse({ id: 71_234, name: "Copper Bay", seasons: [], ...changes });

describe("TMDB's shows", () => {
  test.each([
    ["Returning Series", "2020-01-01", "running"],
    ["In Production", null, "upcoming"],
    ["In Production", "2020-01-01", "running"],
    ["Planned", "", "upcoming"],
    ["Pilot", null, "upcoming"],
    ["Canceled", "2020-01-01", "ended"],
    ["Ended", "2020-01-01", "ended"],
    ["Rumoured", null, null],
  ] as const)("of status %p last seen %p are %p", (status, last_air_date, wanted) => {
    expect(toShow(show({ status, last_air_date }), noPicture).status).toBe(wanted);
  });

  test("take the length from the last episode when the show names none", () => {
    const last_episode_to_air = { runtime: 52 };
    expect(toShow(show({ episode_run_time: [], last_episode_to_air }), noPicture).runtimeMin).toBe(52);
    expect(toShow(show({ episode_run_time: [0] }), noPicture).runtimeMin).toBeNull();
  });

  test("are without a year, ids and network where the fields are empty", () => {
    const bare = show({ first_air_date: "", external_ids: { imdb_id: "", tvdb_id: null }, networks: [], overview: "" });
    expect(toShow(bare, noPicture)).toMatchObject({
      year: null,
      ids: { tmdb: "71234" },
      network: null,
      overview: null,
    });
  });

  test("know the day of an episode but never the time", () => {
    const season = tmdbSeason.parse({
      season_number: 2,
      name: "Part Two",
      episodes: [
        { id: 31, season_number: 2, episode_number: 1, name: "", air_date: "2017-03-04", runtime: 0 },
        { id: 32, season_number: 2, episode_number: 2, name: "Ebb", air_date: "", runtime: 48 },
      ],
    });
    const { seasons, episodes } = toCatalogue({ show: show(), seasons: [season] }, noPicture);
    expect(seasons).toEqual([{ number: 2, title: "Part Two" }]);
    expect(episodes[0]).toMatchObject({
      title: null,
      airedAt: Date.UTC(2017, 2, 4),
      airedExact: false,
      airedOn: "2017-03-04",
      runtimeMin: null,
      ids: { tmdb: "31" },
    });
    expect(episodes[1]).toMatchObject({ airedAt: null, airedOn: null, runtimeMin: 48 });
  });

  test.each([
    ["one show", { tv_results: [{ id: 7 }] }, { tmdbId: "7", own: true }],
    ["a season", { tv_results: [], tv_season_results: [{ show_id: 7 }] }, { tmdbId: "7", own: false }],
    ["an episode", { tv_results: [], tv_episode_results: [{ show_id: 7 }] }, { tmdbId: "7", own: false }],
    [
      "a season and an episode of one show",
      {
        tv_results: [],
        tv_season_results: [{ show_id: 7 }],
        tv_episode_results: [{ show_id: 7 }],
      },
      { tmdbId: "7", own: false },
    ],
    ["two shows", { tv_results: [{ id: 7 }, { id: 8 }] }, null],
    ["episodes of two shows", { tv_results: [], tv_episode_results: [{ show_id: 7 }, { show_id: 8 }] }, null],
    ["nothing", { tv_results: [] }, null],
  ] as const)("are found through %s", (_, answer, wanted) => {
    expect(showFound(tmdbFind.parse(answer))).toEqual(wanted);
  });

  test("are partial when a listed season did not arrive", () => {
    const listed = show({
      number_of_episodes: 3,
      seasons: [
        { season_number: 1, episode_count: 3 },
        { season_number: 2, episode_count: 0 },
      ],
    });
    const season = { season_number: 1, name: null, episodes: [{ season_number: 1, episode_number: 1 }] };
    expect(isPartial({ show: listed, seasons: [] })).toBe(true);
    expect(isPartial({ show: listed, seasons: [{ ...season, episodes: [] }] })).toBe(true);
    expect(isPartial({ show: listed, seasons: [tmdbSeason.parse(season)] })).toBe(false);
    expect(isPartial({ show: show({ number_of_episodes: 0 }), seasons: [] })).toBe(false);
  });
});

describe("TMDB's manners", () => {
  const clock = createTestClock();
  const world = createWorld({ now: () => clock.now() });
  const bay = world.addShow({ title: "Copper Bay", year: 2016, seasons: [2] });
  const serial = world.addShow({
    title: "Forty Winters",
    year: 1980,
    seasons: Array.from({ length: 42 }, () => 2),
    specials: 1,
  });
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

  test("forty-two seasons take three requests, and none is lost", async () => {
    const catalogue = await stage.source.catalogue(String(serial.ids.tmdb));
    expect(catalogue?.seasons).toHaveLength(43);
    expect(catalogue?.episodes).toHaveLength(85);
    expect(stage.requests()).toHaveLength(3);
  });

  test("an id of a season or an episode leads to its show, whose own id it does not become", async () => {
    const season = bay.seasons[0]!;
    for (const id of [season.ids.tvdb, season.episodes[0]!.ids.tvdb]) {
      const found = await stage.source.find("tvdb", String(id));
      expect(found?.sourceId).toBe(String(bay.ids.tmdb));
      expect(found?.ids.tvdb).toBe(String(bay.ids.tvdb));
    }
  });

  test("the lookup vouches for an id that the show's own list leaves empty, not against one it names", async () => {
    sims.faults.add({
      service: "tmdb",
      path: /\/find\//,
      effect: { kind: "wrong-json", json: { tv_results: [{ id: bay.ids.tmdb }] } },
    });
    expect(await stage.source.find("tvdb", "123456")).toBeNull();
    const answer = { id: bay.ids.tmdb, name: "Copper Bay", seasons: [], external_ids: { tvdb_id: null } };
    sims.faults.add({ service: "tmdb", path: /\/tv\//, effect: { kind: "wrong-json", json: answer } });
    const fresh = stageFor(harness, world, sims, clock).source;
    expect((await fresh.find("tvdb", "123456"))?.ids.tvdb).toBe("123456");
  });

  test("a v4 token goes into a header and a v3 key into the query", async () => {
    await stage.source.probe();
    const token = stageFor({ id: "tmdb", create: create((all) => all.tmdb.readToken) }, world, sims, clock);
    await token.source.probe();
    const [first, second] = stage.requests();
    expect(first?.query["api_key"]).toBe(sims.tmdb.apiKey);
    expect(first?.headers["authorization"]).toBeUndefined();
    expect(second?.query["api_key"]).toBeUndefined();
    expect(second?.headers["authorization"]).toBe(`Bearer ${sims.tmdb.readToken}`);
  });

  test("a wrong key names the variable to look at", async () => {
    const wrong = stageFor({ id: "tmdb", create: create(() => "f".repeat(32)) }, world, sims, clock);
    const error = await failureOf(wrong.source.probe());
    expect(error).toMatchObject({ code: "auth-expired", status: 401 });
    expect(error.hint).toContain("TMDB_API_KEY");
  });

  test("seasons that are listed and do not arrive are a bad answer", async () => {
    const json = {
      id: bay.ids.tmdb,
      name: "Copper Bay",
      number_of_episodes: 2,
      seasons: [{ season_number: 1, episode_count: 2 }],
    };
    sims.faults.add({ service: "tmdb", path: /\/tv\//, effect: { kind: "wrong-json", json } });
    expect((await failureOf(stage.source.catalogue(String(bay.ids.tmdb)))).code).toBe("bad-answer");
  });

  test("posters come in the size that is shown", async () => {
    const found = await stage.source.find("tmdb", String(bay.ids.tmdb));
    expect(found?.posterUrl).toStartWith(`${sims.tmdb.url}/t/p/w342/`);
  });

  test("forty calls a second are never exceeded", async () => {
    sims.tmdb.limiter.configure(40, 1_000);
    for (let call = 0; call < 100; call += 1) await stage.source.probe();
    sims.tmdb.limiter.configure(0, 1_000);
    expect(stage.requests().filter(({ status }) => status === 429)).toEqual([]);
  });
});
