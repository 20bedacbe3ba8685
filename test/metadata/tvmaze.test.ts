import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { pictureAddresses } from "../../src/metadata/artwork.ts";
import { createTvmaze } from "../../src/metadata/tvmaze/index.ts";
import { isPartial, plainText, toCatalogue, toShow } from "../../src/metadata/tvmaze/mapper.ts";
import { tvmazeShow, tvmazeWhole } from "../../src/metadata/tvmaze/schemas.ts";
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
  id: "tvmaze",
  create: (deps, sims) => createTvmaze({ ...deps, apiUrl: sims.tvmaze.url }),
  idOf: (show) => String(show.ids.tvmaze),
  wholeShow: /^\/shows\/\d+\?embed%5B%5D=episodeswithspecials$/,
  numbersSpecials: false,
};

metadataSourceContract("TVmaze", harness);

const picture = pictureAddresses(["tvmaze.com"], ["https://api.tvmaze.com"]);
const base = { id: 4_321, name: "Copper Bay" };
const show = (changes: Record<string, unknown> = {}) => toShow(tvmazeShow.parse({ ...base, ...changes }), picture);
const episodes = (...rows: Record<string, unknown>[]) =>
  toCatalogue(tvmazeWhole.parse({ ...base, _embedded: { episodes: rows } }), picture).episodes;

describe("TVmaze's shows", () => {
  test.each([
    ["Running", "running"],
    ["To Be Determined", "running"],
    ["In Development", "upcoming"],
    ["Ended", "ended"],
    ["Somewhere", null],
    [null, null],
  ] as const)("of status %p are %p", (status, wanted) => {
    expect(show({ status }).status).toBe(wanted);
  });

  test("stand empty ids", () => {
    expect(show({ externals: { tvrage: null, thetvdb: null, imdb: null } }).ids).toEqual({ tvmaze: "4321" });
    expect(show({ externals: null }).ids).toEqual({ tvmaze: "4321" });
  });

  test("of streaming services have no country and still a name of the service", () => {
    const streamed = show({ network: null, webChannel: { id: 1, name: "Streamer", country: null } });
    expect(streamed).toMatchObject({ network: "Streamer", country: null });
  });

  test("get https pictures although old rows say http", () => {
    const image = { medium: "http://static.tvmaze.com/uploads/images/medium_portrait/1/2.jpg", original: null };
    expect(show({ image }).posterUrl).toBe("https://static.tvmaze.com/uploads/images/medium_portrait/1/2.jpg");
    expect(show({ image: { medium: "http://evil.example/1.jpg", original: null } }).posterUrl).toBeNull();
  });

  test.each([
    ["<p>One &amp; <b>two</b>.</p><p>Three&nbsp;&#39;four&#x27;</p>", "One & two. Three 'four'"],
    ["<p>5 &lt; 6 &unknown; &#0;</p>", "5 < 6 &unknown; &#0;"],
    ["", null],
    ["<p> </p>", null],
    [null, null],
  ])("have the summary %p as the words %p", (html, words) => {
    expect(plainText(html)).toBe(words);
  });
});

describe("TVmaze's episodes", () => {
  const row = { id: 99_001, name: "Ebb", season: 2, number: 5, type: "regular", runtime: 60 };
  const aired = { airdate: "2017-03-03", airtime: "21:00", airstamp: "2017-03-04T02:00:00+00:00" };

  test("carry the moment and the local day", () => {
    expect(episodes({ ...row, ...aired })[0]).toMatchObject({
      season: 2,
      number: 5,
      airedAt: Date.UTC(2017, 2, 4, 2),
      airedExact: true,
      airedOn: "2017-03-03",
      ids: { tvmaze: "99001" },
    });
  });

  test("have only a day when the time of day is missing and noon was put in its place", () => {
    const streamed = { ...row, airdate: "2017-03-03", airtime: "", airstamp: "2017-03-03T12:00:00+00:00" };
    expect(episodes(streamed)[0]).toMatchObject({
      airedAt: Date.UTC(2017, 2, 3),
      airedExact: false,
      airedOn: "2017-03-03",
    });
    expect(episodes({ ...row, airdate: "", airtime: "", airstamp: null })[0]).toMatchObject({
      airedAt: null,
      airedOn: null,
    });
  });

  test.each([
    ["significant_special", null],
    ["insignificant_special", null],
    ["significant_special", 6],
    [undefined, null],
  ])("of type %p and number %p are specials", (type, number) => {
    expect(episodes({ ...row, ...aired, type, number })[0]).toMatchObject({ season: 0, number: null, title: "Ebb" });
  });

  test("have to be there: an answer without the embedded list is not understood", () => {
    expect(tvmazeWhole.safeParse(base).success).toBe(false);
    expect(tvmazeWhole.safeParse({ ...base, _embedded: {} }).success).toBe(false);
    const named = tvmazeWhole.safeParse({ ...base, _embedded: { episodeswithspecials: [row] } });
    expect(named.data?._embedded).toHaveLength(1);
  });

  test("are missing when the show links to one and lists none", () => {
    const links = { previousepisode: { href: "https://api.tvmaze.com/episodes/1" } };
    expect(isPartial(tvmazeWhole.parse({ ...base, _links: links, _embedded: { episodes: [] } }))).toBe(true);
    expect(isPartial(tvmazeWhole.parse({ ...base, _links: {}, _embedded: { episodes: [] } }))).toBe(false);
  });
});

describe("TVmaze's manners", () => {
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

  test("the redirect of a lookup is read, not followed", async () => {
    await stage.source.find("tvdb", String(bay.ids.tvdb));
    expect(stage.requests().map(({ path, query }) => [path, query])).toEqual([
      ["/lookup/shows", { thetvdb: String(bay.ids.tvdb) }],
      [`/shows/${bay.ids.tvmaze}`, { "embed[]": "episodeswithspecials" }],
    ]);
  });

  test("a lookup that leads to a show with another id has found nothing", async () => {
    const to = `${sims.tvmaze.url}/shows/${bay.ids.tvmaze}`;
    sims.faults.add({ service: "tvmaze", path: /\/lookup/, effect: { kind: "redirect", to, status: 301 } });
    expect(await stage.source.find("tvdb", "123456")).toBeNull();
  });

  test("a lookup that leads anywhere but to a show is a bad answer", async () => {
    sims.faults.add({ service: "tvmaze", path: /\/lookup/, effect: { kind: "redirect", to: "/login", status: 301 } });
    expect((await failureOf(stage.source.find("tvdb", "123456"))).code).toBe("bad-answer");
  });

  test("a show that links to an episode and lists none is a bad answer", async () => {
    const links = { previousepisode: { href: "https://api.tvmaze.com/episodes/1" } };
    const json = { id: bay.ids.tvmaze, name: "Copper Bay", _links: links, _embedded: { episodes: [] } };
    sims.faults.add({ service: "tvmaze", path: /\/shows\//, effect: { kind: "wrong-json", json } });
    expect((await failureOf(stage.source.catalogue(String(bay.ids.tvmaze)))).code).toBe("bad-answer");
  });

  test("a refusal is about the address, since there is no key", async () => {
    sims.faults.add({ service: "tvmaze", effect: { kind: "status", status: 403 } });
    expect((await failureOf(stage.source.probe())).code).toBe("unreachable");
  });

  test("twenty calls in ten seconds are never exceeded", async () => {
    sims.tvmaze.limiter.configure(20, 10_000);
    const before = clock.now();
    for (let call = 0; call < 50; call += 1) await stage.source.probe();
    sims.tvmaze.limiter.configure(0, 10_000);
    expect(stage.requests().filter(({ status }) => status === 429)).toEqual([]);
    expect(clock.now() - before).toBeGreaterThan(20_000);
  });
});
