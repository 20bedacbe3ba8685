import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { BrowseCriteria, BrowseFilter } from "../../src/domain/browse.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { createHttp, type HttpClient } from "../../src/kernel/http.ts";
import { createLog } from "../../src/kernel/log.ts";
import type { MetadataSource, MetadataSourceId } from "../../src/metadata/contract.ts";
import type { SourceDeps } from "../../src/metadata/service.ts";
import type { CatalogueShow } from "../simulators/catalogue.ts";
import type { FaultEffect } from "../simulators/faults.ts";
import type { LoggedRequest } from "../simulators/request-log.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld, type World } from "../simulators/world.ts";

export type MetadataHarness = {
  id: MetadataSourceId;
  create(deps: SourceDeps, sims: Simulators): MetadataSource;
  /** The number under which the source itself knows a show of the world. */
  idOf(show: CatalogueShow): string;
  /** Requests for a whole show, and only those. */
  wholeShow: RegExp;
  /** Whether the source numbers its specials. */
  numbersSpecials: boolean;
};

export type TestClock = Clock & { waitedMs(): number; advance(ms: number): void };

/** Time that passes only where the product sleeps. */
export function createTestClock(): TestClock {
  let now = Date.UTC(2026, 10, 22, 18);
  let waited = 0;
  return {
    now: () => now,
    ticks: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waited += ms;
      now += ms;
    },
    waitedMs: () => waited,
    advance(ms) {
      now += ms;
    },
  };
}

export type MetadataStage = {
  world: World;
  sims: Simulators;
  clock: TestClock;
  source: MetadataSource;
  deps: SourceDeps;
  logLines: string[];
  requests(): LoggedRequest[];
};

/** A fresh source in front of the running simulators. `timeoutMs` lets a test notice silence soon. */
export function stageFor(
  harness: Pick<MetadataHarness, "id" | "create">,
  world: World,
  sims: Simulators,
  clock: TestClock,
  timeoutMs = 20_000,
) {
  const logLines: string[] = [];
  const log = createLog({ clock, level: "debug", format: "json", write: (line) => logLines.push(line) });
  const http = createHttp({ clock, log, userAgent: "EpisodeTracker/0.1.0 (+https://example.org)" });
  const hasty: HttpClient = { ...http, request: (spec) => http.request({ ...spec, timeoutMs: timeoutMs }) };
  const deps: SourceDeps = { http: hasty, clock };
  const requests = () => sims.requests.all({ service: harness.id });
  return { world, sims, clock, source: harness.create(deps, sims), deps, logLines, requests } satisfies MetadataStage;
}

export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (outcome instanceof AppError) return outcome;
  throw new Error(`Expected an AppError, got ${String(outcome)}`);
}

/** What every metadata source promises, against its simulator, with and without faults. */
export function metadataSourceContract(name: string, harness: MetadataHarness): void {
  describe(`${name} as a metadata source`, () => {
    const clock = createTestClock();
    const world = createWorld({ now: () => clock.now() });
    const lights = world.addShow({
      title: "Harbour Lights",
      year: 2019,
      seasons: [4, 3],
      specials: 2,
      status: "running",
      translations: {
        de: { title: "Hafenlichter", episodes: { S1E1: "Ebbe", S2E3: "Die letzte Nacht" } },
        "pt-BR": { title: "Luzes do Porto" },
        fr: {},
      },
    });
    const kingdoms = [2014, 2019].map((year) => world.addShow({ title: "Kingdom", year, seasons: [2] }));
    const daily = world.addShow({
      title: "The Evening Desk",
      year: 2012,
      seasons: [
        { number: 2012, episodes: 3, firstAired: "2012-09-03", everyDays: 1 },
        { number: 2013, episodes: 2, firstAired: "2013-01-07", everyDays: 1 },
      ],
    });
    const empty = world.addShow({ title: "Not Yet Begun", year: 2027, status: "in production" });
    const future = world.addShow({ title: "Next Spring", year: 2027, seasons: [2], status: "in production" });
    const bare = world.addShow({
      title: "Known To Nobody Else",
      year: 2001,
      ids: { trakt: 61_001, tmdb: 61_002, tvmaze: 61_003 },
      seasons: [
        {
          number: 1,
          episodes: [
            { ids: {}, airedOn: null, runtimeMin: null },
            { ids: {}, airedOn: "2001-05-04" },
          ],
        },
      ],
    });

    const bay = world.addShow({
      title: "Copper Bay",
      year: 2018,
      network: "Netflix",
      genres: ["comedy"],
      runtimeMin: 25,
      seasons: [{ number: 1, episodes: [{ airedOn: "2018-05-04" }, { airedOn: "2019-03-01" }] }],
    });
    const westerns = Array.from({ length: 30 }, (_, at) =>
      world.addShow({
        title: `Dust ${at + 1}`,
        genres: ["western"],
        seasons: [{ number: 1, episodes: [{ airedOn: "2019-03-01" }] }],
      }),
    );

    let sims: Simulators;
    let stage: MetadataStage;
    let source: MetadataSource;

    beforeAll(() => {
      sims = startSimulators(world);
    });
    afterAll(() => sims.stop());
    beforeEach(() => {
      sims.faults.clear();
      sims.requests.reset();
      stage = stageFor(harness, world, sims, clock);
      source = stage.source;
    });

    const fault = (effect: FaultEffect, more: { times?: number; path?: RegExp } = {}) =>
      sims.faults.add({ service: harness.id, effect, ...more });
    const idOf = (show: CatalogueShow) => harness.idOf(show);
    const whole = (show: CatalogueShow) => source.catalogue(idOf(show));

    test("names itself and gives the credit its terms ask for", () => {
      expect(source.id).toBe(harness.id);
      expect(source.label).not.toBe("");
      expect(source.attribution.text).toContain(source.label);
      expect(source.attribution.url).toStartWith("https://");
    });

    test("finds a show by every kind of id it understands", async () => {
      expect(source.idKinds.length).toBeGreaterThanOrEqual(3);
      for (const kind of source.idKinds) {
        const id = String(lights.ids[kind]);
        const found = await source.find(kind, id);
        expect(found).toMatchObject({ title: "Harbour Lights", year: 2019, sourceId: idOf(lights), status: "running" });
        expect(found?.ids[kind]).toBe(id);
      }
    });

    test("needs at most two requests to find a show and read all of it", async () => {
      for (const kind of source.idKinds) {
        clock.advance(3_600_000);
        sims.requests.reset();
        const found = await source.find(kind, String(lights.ids[kind]));
        await source.catalogue(found?.sourceId ?? "");
        expect(stage.requests().map(({ path }) => path).length).toBeLessThanOrEqual(2);
      }
    });

    test("describes the show fully", async () => {
      const found = await source.find(source.idKinds[0]!, idOf(lights));
      expect(found).toMatchObject({
        overview: "A series named Harbour Lights.",
        network: "ABC",
        country: "US",
        genres: ["Drama"].map((genre) => expect.stringMatching(new RegExp(genre, "i"))),
        runtimeMin: 45,
      });
      expect(found?.posterUrl).toStartWith("http");
    });

    test("reads every season and episode, specials included", async () => {
      const catalogue = await whole(lights);
      expect(catalogue?.show.title).toBe("Harbour Lights");
      expect(catalogue?.seasons.map(({ number }) => number)).toEqual([0, 1, 2]);
      const regular = catalogue!.episodes.filter(({ season }) => season > 0);
      expect(regular.map(({ season, number }) => `S${season}E${number}`)).toEqual([
        "S1E1",
        "S1E2",
        "S1E3",
        "S1E4",
        "S2E1",
        "S2E2",
        "S2E3",
      ]);
      const wanted = lights.seasons.find(({ number }) => number === 2)!.episodes[0]!;
      const got = regular[4]!;
      expect(got).toMatchObject({ title: wanted.title, runtimeMin: 45, airedOn: wanted.airedOn });
      expect(got.ids[harness.id]).toBe(String(wanted.ids[harness.id]));
      expect(got.airedAt).toBe(Date.parse(got.airedExact ? wanted.airstamp! : `${wanted.airedOn}T00:00:00Z`));
    });

    test("keeps specials in season 0, with a number only where the source gives one", async () => {
      const specials = (await whole(lights))!.episodes.filter(({ season }) => season === 0);
      expect(specials.map(({ title }) => title).sort()).toEqual(["Special 1", "Special 2"]);
      expect(specials.map(({ number }) => number)).toEqual(harness.numbersSpecials ? [1, 2] : [null, null]);
      expect(specials.every(({ airedAt }) => airedAt !== null)).toBe(true);
    });

    test("takes years as season numbers", async () => {
      const catalogue = await whole(daily);
      expect(catalogue?.seasons.map(({ number }) => number)).toEqual([2012, 2013]);
      expect(catalogue?.episodes.map(({ season, number }) => `${season}/${number}`)).toEqual([
        "2012/1",
        "2012/2",
        "2012/3",
        "2013/1",
        "2013/2",
      ]);
    });

    test("stands missing ids, dates and lengths", async () => {
      const catalogue = await whole(bare);
      expect(catalogue?.show.ids[harness.id]).toBe(idOf(bare));
      expect(catalogue?.show.ids.imdb).toBeUndefined();
      expect(catalogue?.show.ids.tvdb).toBeUndefined();
      expect(catalogue?.episodes.map(({ airedOn }) => airedOn).sort()).toEqual(["2001-05-04", null]);
      const undated = catalogue?.episodes.find(({ airedOn }) => airedOn === null);
      expect(undated).toMatchObject({ airedAt: null, airedExact: false, runtimeMin: null, ids: {} });
    });

    test("tells a show without episodes from one that failed to arrive", async () => {
      expect((await whole(empty))?.episodes).toEqual([]);
      expect((await whole(future))?.episodes).toHaveLength(2);
    });

    test("answers null for ids that nobody carries", async () => {
      for (const kind of source.idKinds) {
        expect(await source.find(kind, kind === "imdb" ? "tt7777777" : "77777777")).toBeNull();
      }
      expect(await source.catalogue("77777777")).toBeNull();
    });

    test("asks nobody about ids that are none", async () => {
      for (const kind of source.idKinds) {
        for (const junk of ["", "0", "-1", "tt0000000", "abc", "../shows/1", "1?x=1", "99999999999"]) {
          expect(await source.find(kind, junk)).toBeNull();
        }
      }
      for (const junk of ["", "harbour-lights", "tt7654321", "0", "1/../2"]) {
        expect(await source.catalogue(junk)).toBeNull();
      }
      expect(await source.search("  ", null)).toEqual([]);
      expect(stage.requests()).toEqual([]);
    });

    test("does not understand the numbers of every other service", async () => {
      const foreign = (["trakt", "tvmaze", "tmdb"] as const).filter((kind) => !source.idKinds.includes(kind));
      for (const kind of foreign) expect(await source.find(kind, String(lights.ids[kind]))).toBeNull();
      expect(stage.requests()).toEqual([]);
    });

    test("finds namesakes by title and tells them apart by year", async () => {
      const found = await source.search("Kingdom", 2019);
      expect(found.map(({ year }) => year).sort()).toEqual([2014, 2019]);
      expect(new Set(found.map(({ sourceId }) => sourceId))).toEqual(new Set(kingdoms.map(idOf)));
      expect(found.every(({ source: from, ids }) => from === harness.id && ids[harness.id] !== undefined)).toBe(true);
      expect(stage.requests().length).toBeLessThanOrEqual(3);
      expect(await source.search("No Such Programme", 1999)).toEqual([]);
    });

    test("tells of what it finds as much as the answer itself says, with no further request", async () => {
      const [found] = await source.search("Copper Bay", null);
      expect(found).toMatchObject({
        title: "Copper Bay",
        year: 2018,
        genres: ["Comedy"],
        overview: "A series named Copper Bay.",
      });
      expect(found?.posterUrl).toStartWith("http");
      expect(stage.requests().every(({ path }) => path.includes("/search/"))).toBe(true);
    });

    const onThatDay: BrowseCriteria = { airsOn: "2019-03-01", country: "US" };
    const titlesIn = async (criteria: BrowseCriteria) =>
      (await source.browse?.find({ ...onThatDay, ...criteria }, 1))?.items.map(({ title }) => title) ?? [];

    test("says what it can list, in words and in filters", () => {
      const { browse } = source;
      if (browse === undefined) return;
      expect(browse.scope).toContain(source.label);
      expect(new Set(browse.filters).size).toBe(browse.filters.length);
      expect(browse.needs.filter((need) => !browse.filters.includes(need))).toEqual([]);
      expect(browse.sorts.length > 1).toBe(browse.filters.includes("sort"));
      expect(browse.networks.known.map(({ label }) => label)).toContain("Netflix");
    });

    test("offers genres that it then understands", async () => {
      const genres = (await source.browse?.genres()) ?? [];
      expect(genres.map(({ label }) => label)).toContain("Western");
      expect(genres.every(({ value }) => /^[a-z\d-]+$/.test(value))).toBe(true);
      const western = genres.find(({ label }) => label === "Western")?.value;
      expect((await titlesIn({ genre: western })).every((title) => title.startsWith("Dust "))).toBe(true);
    });

    const narrowing: [BrowseFilter, BrowseCriteria][] = [
      ["genre", { genre: "comedy" }],
      ["network", { network: "Netflix" }],
      ["status", { status: "ended" }],
      ["runtime", { runtime: { from: 20, to: 30 } }],
      ["year", { year: { from: 2018, to: 2018 } }],
    ];
    test.each(narrowing)("narrows its list down by %s", async (filter, criteria) => {
      if (!source.browse?.filters.includes(filter)) return;
      const other = filter === "status" ? { genre: "comedy" } : {};
      expect(await titlesIn({ ...criteria, ...other })).toEqual([bay.title]);
      expect(await titlesIn({ network: "ABC", status: "running" })).toEqual([lights.title]);
    });

    test("knows what is shown on a day where it says so", async () => {
      if (!source.browse?.filters.includes("weekday")) return;
      expect(await titlesIn({ genre: "comedy" })).toEqual([bay.title]);
      expect(await titlesIn({ genre: "comedy", airsOn: "2019-03-02" })).toEqual([]);
    });

    test("keeps to the country where it says so", async () => {
      if (!source.browse?.filters.includes("country")) return;
      expect(await titlesIn({ network: "ABC", status: "running", country: "DE" })).toEqual([]);
    });

    test("gives every row of its pages once and says when there are no more", async () => {
      const { browse } = source;
      if (browse === undefined) return;
      const seen: string[] = [];
      for (let page: number | null = 1; page !== null; ) {
        const answer = await browse.find({ ...onThatDay, genre: "western" }, page);
        seen.push(...answer.items.map(({ sourceId }) => sourceId));
        expect(answer.nextPage === null || answer.nextPage === page + 1).toBe(true);
        page = answer.nextPage;
      }
      expect(seen.toSorted()).toEqual(westerns.map(idOf).toSorted());
    });

    test("lists nothing for a genre that there is none of", async () => {
      expect(await source.browse?.find({ ...onThatDay, genre: "no-such-genre" }, 1)).toEqual({
        items: [],
        nextPage: null,
      });
    });

    test("finds a show by the name in its address, where addresses have names", async () => {
      if (source.findByName === undefined) return;
      expect(await source.findByName(lights.slug)).toMatchObject({ title: "Harbour Lights", sourceId: idOf(lights) });
      expect(await source.findByName("no-such-programme")).toBeNull();
      const asked = stage.requests().length;
      for (const junk of ["", "../x", "12", "tt7654321", "a b"]) expect(await source.findByName(junk)).toBeNull();
      expect(stage.requests()).toHaveLength(asked);
    });

    test("waits as long as the service says and then goes on", async () => {
      fault({ kind: "status", status: 429, retryAfterSeconds: 7 }, { times: 1 });
      const before = clock.waitedMs();
      expect((await whole(lights))?.episodes).toHaveLength(9);
      expect(clock.waitedMs() - before).toBeGreaterThanOrEqual(7_000);
      expect(source.waitingUntil()).toBeNull();
    });

    test("hands a long wait back instead of holding the caller", async () => {
      fault({ kind: "status", status: 429, retryAfterSeconds: 240 });
      const error = await failureOf(whole(lights));
      expect(error).toMatchObject({ code: "rate-limited", retryAfterMs: 240_000, status: 429 });
      expect(source.waitingUntil()).toBe(clock.now() + 240_000);
      expect((await failureOf(source.search("Kingdom", null))).code).toBe("rate-limited");
      expect(stage.requests()).toHaveLength(1);
    });

    test("waits on its own account, longer each time, when no time is named", async () => {
      fault({ kind: "status", status: 429 }, { times: 3 });
      const before = clock.waitedMs();
      const error = await failureOf(whole(lights));
      expect(error.code).toBe("rate-limited");
      const first = clock.waitedMs() - before;
      expect(first).toBeGreaterThanOrEqual(3_750);
      expect(source.waitingUntil()).toBeGreaterThan(clock.now());
      expect(error.retryAfterMs).toBeGreaterThan(first);
      expect((await whole(lights))?.episodes).toHaveLength(9);
    });

    test("tries once more after a stumble", async () => {
      fault({ kind: "status", status: 502 }, { times: 1 });
      expect((await whole(lights))?.episodes).toHaveLength(9);
    });

    const failures: [FaultEffect, AppError["code"]][] = [
      [{ kind: "status", status: 500 }, "unreachable"],
      [{ kind: "status", status: 503, body: "<html>busy</html>", contentType: "text/html" }, "unreachable"],
      [{ kind: "reset" }, "unreachable"],
      [{ kind: "cut" }, "unreachable"],
      [{ kind: "hang" }, "unreachable"],
      [{ kind: "html" }, "bad-answer"],
      [{ kind: "truncate" }, "bad-answer"],
      [{ kind: "wrong-json" }, "bad-answer"],
      [{ kind: "redirect", to: "http://127.0.0.1:9/login" }, "bad-answer"],
      [{ kind: "status", status: 404, body: "<html>nginx</html>", contentType: "text/html" }, "bad-answer"],
    ];
    for (const [effect, code] of failures) {
      const what = effect.kind === "status" ? `status ${effect.status}` : effect.kind;
      test(`never takes a failure for an empty answer: ${what}`, async () => {
        if (effect.kind === "hang") source = stageFor(harness, world, sims, clock, 100).source;
        fault(effect);
        expect((await failureOf(whole(lights))).code).toBe(code);
        const kind = source.idKinds[0]!;
        expect((await failureOf(source.find(kind, String(lights.ids[kind])))).code).toBe(code);
        expect((await failureOf(source.search("Kingdom", null))).code).toBe(code);
        if (source.browse) expect((await failureOf(source.browse.find(onThatDay, 1))).code).toBe(code);
        expect((await failureOf(source.probe())).code).toBe(code);
      });
    }

    test("stops reading an answer that never ends", async () => {
      fault({ kind: "endless", chunkBytes: 2_000_000 });
      expect(["bad-answer", "unreachable"]).toContain((await failureOf(source.search("Kingdom", null))).code);
    });

    test("calls a page from the filter in front of the service a block, not a wrong key", async () => {
      fault({ kind: "status", status: 403, body: "<!DOCTYPE html><title>Attention</title>", contentType: "text/html" });
      const error = await failureOf(source.probe());
      expect(error.code).toBe("unreachable");
      expect(error.message).toContain("blocked by Cloudflare");
      expect(stage.requests()).toHaveLength(1);
    });

    test("stops when it is told to", async () => {
      fault({ kind: "hang" });
      const abort = new AbortController();
      const work = failureOf(source.catalogue(idOf(lights), abort.signal));
      abort.abort(new AppError("cancelled", "Cancelled."));
      expect((await work).code).toBe("cancelled");
    });

    test("knows what a show is called in other languages, and says so where nobody has translated it", async () => {
      const inLanguage = (tag: string) => source.titles?.(idOf(lights), tag);
      expect((await inLanguage("de"))?.show).toBe("Hafenlichter");
      expect((await inLanguage("pt-BR"))?.show).toBe("Luzes do Porto");
      for (const tag of ["fr", "ja"]) expect(await inLanguage(tag)).toEqual({ show: null, episodes: [] });
    });

    test("brings real titles of episodes and no placeholders", async () => {
      const lastEpisode = lights.seasons.find(({ number }) => number === 2)?.episodes[2]?.ids[harness.id];
      const found = (await source.titles?.(idOf(lights), "de"))?.episodes;
      const wanted = [
        ["Ebbe", 1, 1],
        ["Die letzte Nacht", 2, 3],
      ];
      expect(found?.map(({ title, season, number }) => [title, season, number])).toEqual(
        source.translatesEpisodes ? wanted : [],
      );
      expect(found?.at(-1)?.id ?? String(lastEpisode)).toBe(String(lastEpisode));
    });

    test("asks at most once for titles, and nobody about ids that are none", async () => {
      await whole(lights);
      sims.requests.reset();
      await source.titles?.(idOf(lights), "de");
      expect(stage.requests().length).toBeLessThanOrEqual(1);
      sims.requests.reset();
      for (const junk of ["", "harbour-lights", "0", "1/../2"]) expect(await source.titles?.(junk, "de")).toBeNull();
      expect(stage.requests()).toEqual([]);
      expect(await source.titles?.("77777777", "de")).toBeNull();
    });

    test("never takes a failure for a show without a translation", async () => {
      for (const effect of [{ kind: "status", status: 500 }, { kind: "html" }, { kind: "truncate" }] as const) {
        fault(effect);
        const fresh = stageFor(harness, world, sims, clock).source;
        expect((await failureOf(fresh.titles?.(idOf(lights), "de") ?? Promise.resolve())).code).toMatch(
          /^(unreachable|bad-answer)$/,
        );
        sims.faults.clear();
      }
    });

    test("probes with one request", async () => {
      await source.probe();
      expect(stage.requests()).toHaveLength(1);
    });

    test("fetches its own posters without showing its key", async () => {
      const found = await source.find(source.idKinds[0]!, idOf(lights));
      sims.requests.reset();
      const picture = await source.artwork(found?.posterUrl ?? "");
      expect(picture.type).toBe("image/png");
      expect([...picture.bytes.slice(1, 4)]).toEqual([...Buffer.from("PNG")]);
      const [request] = stage.requests();
      expect(request?.headers["trakt-api-key"]).toBeUndefined();
      expect(request?.headers["authorization"]).toBeUndefined();
      expect(request?.query).toEqual({});
    });

    test("refuses pictures from elsewhere and files that are none", async () => {
      const found = await source.find(source.idKinds[0]!, idOf(lights));
      const poster = found?.posterUrl ?? "";
      const elsewhere = [
        "https://example.org/p.png",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "",
        "javascript:1",
      ];
      for (const url of elsewhere) expect((await failureOf(source.artwork(url))).code).toBe("invalid");
      fault({ kind: "html" });
      expect((await failureOf(source.artwork(poster))).code).toBe("bad-answer");
      sims.faults.clear();
      fault({ kind: "redirect", to: "http://127.0.0.1:9/p.png" });
      expect((await failureOf(source.artwork(poster))).code).toBe("bad-answer");
      sims.faults.clear();
      fault({ kind: "endless", chunkBytes: 2_000_000 });
      expect((await failureOf(source.artwork(poster))).message).toContain("5 MB");
    });

    test("keeps keys out of the log and out of messages", async () => {
      await whole(lights);
      fault({ kind: "reset" });
      const error = await failureOf(source.search("Kingdom", null));
      const told = [...stage.logLines, error.message, error.detail ?? "", error.hint ?? "", String(error.cause)].join(
        "\n",
      );
      expect(stage.logLines.length).toBeGreaterThan(0);
      for (const key of [sims.trakt.clientId, sims.tmdb.apiKey, sims.tmdb.readToken]) expect(told).not.toContain(key);
    });

    test("asks for the whole show and never for season after season", async () => {
      await whole(lights);
      const asked = stage
        .requests()
        .filter(({ path, query }) => harness.wholeShow.test(`${path}?${new URLSearchParams(query).toString()}`));
      expect(asked).toHaveLength(1);
    });
  });
}
