import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { readConfig } from "../../src/config.ts";
import { createHttp } from "../../src/kernel/http.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { createSources } from "../../src/metadata/registry.ts";
import { createCandidatePosters } from "../../src/services/artwork/candidates.ts";
import { createDiscovery } from "../../src/services/discovery/service.ts";
import { createEnrichment } from "../../src/services/enrichment/service.ts";
import { createTracking } from "../../src/services/tracking/service.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { apiRoutes, pageRoutes } from "../../src/web/routes.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { createTestClock } from "../support/clock.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

const world = createWorld();
world.addShow({ title: "Harbour Lights", year: 2019, network: "HBO", seasons: [3], status: "running" });
world.addShow({ title: "Harbour Nights", year: 2001, genres: ["comedy"], runtimeMin: 25, seasons: [2] });
world.addShow({ title: `Harbour ${HOSTILE}`, year: 2020, overview: HOSTILE, network: HOSTILE, seasons: [1] });
const dusts = Array.from({ length: 30 }, (_, at) =>
  world.addShow({ title: `Dust ${at}`, genres: ["western"], seasons: [1] }),
);

let sims: Simulators;
let app: TestApp;
beforeAll(() => {
  sims = startSimulators(world);
});
afterAll(() => sims.stop());
afterEach(async () => {
  sims.faults.clear();
  await app.close();
});

/** The web layer before the real sources, and these before simulated services. */
async function start(sources = "trakt,tmdb,tvmaze") {
  const env = { ...sims.env, METADATA_SOURCES: sources };
  const clock = createTestClock();
  const http = createHttp({ clock, log: silentLog, userAgent: "EpisodeTracker/0.1.0 (test)" });
  const real = await createSources({ http, clock, config: readConfig(env) });
  app = createTestApp({
    env,
    services: (base) => {
      const deps = { ...base, sources: real };
      const { importShow } = createEnrichment(deps);
      return {
        sources: deps.sources,
        discovery: createDiscovery(deps),
        candidatePosters: createCandidatePosters(deps),
        tracking: createTracking(deps, { importShow }),
        integrations: fakeIntegrations({ list: () => [] }),
        sync: fakeSync({ running: () => null, list: () => [] }),
        apiRoutes,
        pageRoutes,
        renderError: createErrorRenderer(base),
      };
    },
  });
  return app.signIn("ana");
}

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

const titles = (answer: { json: { items: { title: string }[] } }) => answer.json.items.map(({ title }) => title);
const form = (client: Client, fields: Record<string, string>, headers = {}) =>
  client.request("/shows", { method: "POST", body: new URLSearchParams(fields), headers });

describe("the search API", () => {
  test("tells what the source knows, and shows posters from this server", async () => {
    const ana = await start();
    const answer = await ana.get("/api/search?query=harbour%20lights");
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ source: "trakt", nextCursor: null, failures: [] });
    const [found] = answer.json.items;
    expect(found).toMatchObject({
      title: "Harbour Lights",
      year: 2019,
      network: "HBO",
      country: "US",
      status: "running",
      genres: ["Drama"],
      runtimeMin: 45,
      overview: "A series named Harbour Lights.",
      showId: null,
      list: null,
      maybeShowId: null,
    });
    expect(found.posterUrl).toMatch(/^\/images\/candidates\/[0-9a-f]{32}$/);
    const picture = await ana.get(found.posterUrl);
    expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/png"]);
    expect(picture.headers.get("cache-control")).toBe("private, max-age=86400");
    expect((await ana.get(`/images/candidates/${"0".repeat(32)}`)).status).toBe(404);
  });

  test("asks the source that is named, and follows ids and links", async () => {
    const ana = await start();
    expect((await ana.get("/api/search?query=harbour&source=tvmaze&limit=2")).json).toMatchObject({
      source: "tvmaze",
      items: { length: 2 },
    });
    const { ids } = world.catalogue.shows[0] ?? {};
    for (const link of [
      ids?.imdb,
      `tvdb:${ids?.tvdb}`,
      `https://www.themoviedb.org/tv/${ids?.tmdb}-x`,
      "https://trakt.tv/shows/harbour-lights",
    ]) {
      expect(titles(await ana.get(`/api/search?query=${encodeURIComponent(link ?? "")}`))).toEqual(["Harbour Lights"]);
    }
    expect((await ana.get("/api/search?query=tt7777777")).json.items).toEqual([]);
    const wrong = await ana.get("/api/search?query=x&source=imdb");
    expect([wrong.status, wrong.json.errors]).toEqual([
      422,
      [{ path: "source", message: "is not a metadata source that is switched on" }],
    ]);
  });

  test("says which source failed, and fails only when nobody answered", async () => {
    const ana = await start("trakt,tvmaze");
    sims.faults.add({ service: "trakt", effect: { kind: "status", status: 429, retryAfterSeconds: 240 } });
    const answer = await ana.get("/api/search?query=harbour");
    expect(answer.json).toMatchObject({ source: "tvmaze", failures: [{ source: "trakt", label: "Trakt" }] });
    expect(answer.json.failures[0].retryAt).toEndWith("Z");
    sims.faults.add({ service: "tvmaze", effect: { kind: "status", status: 500 } });
    const none = await ana.get("/api/search?query=another");
    expect([none.status, none.json.detail.includes("Trakt"), none.json.detail.includes("TVmaze")]).toEqual([
      502,
      true,
      true,
    ]);
    expect(Number(none.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("recognises what is in the own library, and in nobody else's", async () => {
    const ana = await start();
    const [found] = (await ana.get("/api/search?query=harbour%20lights")).json.items;
    const added = await ana.post("/api/shows", { source: found.source, id: found.id, list: "later" });
    expect(added.status).toBe(201);
    for (const source of ["trakt", "tmdb", "tvmaze"]) {
      const [again] = (await ana.get(`/api/search?query=harbour%20lights&source=${source}`)).json.items;
      expect(again).toMatchObject({ showId: added.json.id, list: "later", maybeShowId: null });
    }
    const ben = await app.signIn("ben");
    expect((await ben.get("/api/search?query=harbour%20lights")).json.items[0]).toMatchObject({
      showId: null,
      list: null,
    });
  });

  test("is for those who are signed in", async () => {
    await start();
    const visitor = app.client();
    const paths = ["/api/search?query=x", "/api/browse", "/api/browse/filters"];
    for (const path of paths) expect([path, (await visitor.get(path)).status]).toEqual([path, 401]);
    expect((await visitor.get("/images/candidates/x")).status).not.toBe(200);
    expect((await visitor.get("/search")).headers.get("location")).toContain("/login");
  });
});

describe("the browse API", () => {
  test("lists by filters, page after page", async () => {
    const ana = await start();
    for (const source of ["trakt", "tmdb"]) {
      const first = await ana.get(`/api/browse?source=${source}&genre=western`);
      expect(first.json).toMatchObject({ source, filters: { genre: "western" } });
      const next = await ana.get(`/api/browse?source=${source}&genre=western&cursor=${first.json.nextCursor}`);
      expect(next.json.nextCursor).toBeNull();
      expect(new Set([...titles(first), ...titles(next)])).toEqual(new Set(dusts.map(({ title }) => title)));
    }
    expect(titles(await ana.get("/api/browse?network=HBO&status=running"))).toEqual(["Harbour Lights"]);
    expect(titles(await ana.get("/api/browse?source=tmdb&runtime=20-30&year=2001"))).toEqual(["Harbour Nights"]);
  });

  test("says what it cannot do and what to do instead", async () => {
    const ana = await start();
    const cases: [string, string][] = [
      ["weekday=monday", "weekday"],
      ["genre=opera", "genre"],
      ["year=soon", "year"],
      ["runtime=long", "runtime"],
      ["country=Germany", "country"],
      ["source=imdb", "source"],
      ["cursor=x", "cursor"],
      ["cursor=WzAuNV0", "cursor"],
    ];
    for (const [query, path] of cases) {
      const answer = await ana.get(`/api/browse?${query}`);
      expect([query, answer.status, answer.json.errors?.[0]?.path]).toEqual([query, 422, path]);
    }
  });

  test("names the filters of each source, also while one is down", async () => {
    const ana = await start();
    sims.faults.add({ service: "tmdb", effect: { kind: "status", status: 500 } });
    const { items } = (await ana.get("/api/browse/filters")).json;
    expect(items.map(({ source }: { source: string }) => source)).toEqual(["trakt", "tmdb", "tvmaze"]);
    expect(items.map(({ problem }: { problem: string | null }) => problem === null)).toEqual([true, false, true]);
    const named = items[2].filters.map(({ filter, needed }: { filter: string; needed: boolean }) => [filter, needed]);
    expect(named).toContainEqual(["weekday", true]);
    expect(items[0].filters.map(({ filter }: { filter: string }) => filter)).not.toContain("weekday");
    expect((await ana.get("/api/browse?source=tmdb")).status).toBe(502);
  });

  test("lists what is shown where the reader is, unless told otherwise", async () => {
    const ana = await start("tvmaze");
    const german = await ana.get("/api/browse", { "accept-language": "de" });
    expect(german.json.filters).toEqual({ weekday: "thursday", country: "DE" });
    expect((await ana.get("/api/browse?weekday=sunday&country=us")).json.filters).toEqual({
      weekday: "sunday",
      country: "us",
    });
  });
});

describe("the search page", () => {
  test.each([
    "/search?query=harbour",
    "/search?source=tmdb&genre=drama",
    `/search?query=${encodeURIComponent(HOSTILE)}`,
  ])("loads nothing from elsewhere and keeps hostile text as text: %s", async (path) => {
    const ana = await start();
    const answer = await ana.get(path);
    expect(answer.status).toBe(200);
    const doc = parse(answer.text);
    const pictures = [...doc.querySelectorAll("img")].map((img) => img.getAttribute("src") ?? "");
    expect(pictures.some((src) => src.startsWith("/images/candidates/"))).toBe(true);
    expect(pictures.filter((src) => !/^\/(?!\/)/.test(src))).toEqual([]);
    const names = [...doc.querySelectorAll("*")].flatMap((element) => element.getAttributeNames());
    expect(names.filter((name) => name.startsWith("on"))).toEqual([]);
    expect(doc.querySelector(".found-list")?.textContent).toContain(HOSTILE);
  });

  test("adds to a list right where the show is, and says where it is", async () => {
    const ana = await start();
    const row = parse((await ana.get("/search?query=harbour%20lights")).text).querySelector(".found");
    const later = [...(row?.querySelectorAll("form") ?? [])].find((each) => each.textContent?.includes("Watch later"));
    const fields = Object.fromEntries(
      [...(later?.querySelectorAll("input") ?? [])].map((input) => [input.name, input.value]),
    );
    expect(fields).toMatchObject({ source: "trakt", list: "later" });
    const part = await form(ana, fields, htmx);
    expect(part.text).toContain("In your library: Watch later");
    expect(part.text).toContain("Added to Watch later: Harbour Lights");
    expect(part.text).not.toContain("Start watching");
    const again = await form(ana, { ...fields, list: "watching" }, htmx);
    expect(again.text).toContain("In your library: Watch later");
    expect(again.text).toContain("in your library already");
    const anew = parse((await ana.get("/search?query=harbour%20lights")).text);
    expect(anew.querySelector(".found-actions")?.textContent).toContain("In your library: Watch later");
    expect(anew.querySelector(".own-shows")?.textContent).toContain("Harbour Lights");
  });

  test("goes back to the results after a plain post", async () => {
    const ana = await start();
    const [found] = (await ana.get("/api/search?query=harbour%20nights")).json.items;
    const referer = `${app.url}/search?query=harbour`;
    const posted = await form(ana, { source: found.source, id: found.id }, { referer });
    expect([posted.status, posted.headers.get("location")]).toEqual([303, "/search?query=harbour"]);
    expect((await ana.get("/search?query=harbour")).text).toContain("Added to Watching: Harbour Nights");
    expect((await form(ana, { source: "trakt", id: "" })).status).toBe(422);
    expect((await form(ana, { source: "trakt", id: "1", list: "gone" })).status).toBe(422);
  });

  test("offers a show with the same title and year as one that is perhaps there", async () => {
    const ana = await start("tmdb");
    const showId = given.addShow(app.db, { title: "Harbour Lights", year: 2019 });
    given.addEntry(app.db, ana.user.id, showId);
    const actions = parse((await ana.get("/search?query=harbour%20lights")).text).querySelector(".found-actions");
    expect(actions?.textContent).toContain("Maybe in your library");
    expect(actions?.querySelector("a")?.getAttribute("href")).toBe(`/shows/${showId}`);
    expect(actions?.textContent).toContain("Start watching");
  });

  test("answers typing with the section alone, and waits for a second letter", async () => {
    const ana = await start();
    const part = await ana.get("/search?query=dust", htmx);
    expect(part.text).toStartWith('<div id="search"');
    expect(parse(part.text).querySelectorAll(".found").length).toBeGreaterThan(10);
    sims.requests.reset();
    expect((await ana.get("/search?query=d", htmx)).text).toContain("One more letter");
    expect(sims.requests.all()).toEqual([]);
  });

  test("makes the page first and the list afterwards", async () => {
    const ana = await start();
    sims.requests.reset();
    const doc = parse((await ana.get("/search")).text);
    expect(sims.requests.all()).toEqual([]);
    const later = doc.querySelector("[hx-trigger='load']");
    const href = later?.getAttribute("hx-get") ?? "";
    const part = await ana.get(href, { ...htmx, "hx-target": "section#browse" });
    expect(part.text).toStartWith('<section id="browse"');
    const browse = parse(part.text);
    expect(browse.querySelectorAll(".found")).toHaveLength(24);
    const labels = [...browse.querySelectorAll("label")].map((label) => label.textContent);
    expect(labels).toEqual(["Order", "Genre", "Network", "Status", "Length", "Year", "Country"]);
    expect(browse.body.textContent).toContain("Trakt cannot filter by day of the week.");
    const more = browse.querySelector(".more-row a")?.getAttribute("href") ?? "";
    const rows = await ana.get(more, { ...htmx, "hx-target": "li#more--browse" });
    expect(rows.text).toStartWith('<li id="found--');
    expect(parse(rows.text).querySelectorAll(".found").length).toBe(33 - 24);
    expect(parse((await ana.get(href)).text).querySelectorAll(".found")).toHaveLength(24);
  });

  test("tells a failure by name, with another try, and shows the others' results", async () => {
    const ana = await start("trakt,tvmaze");
    sims.faults.add({ service: "trakt", effect: { kind: "status", status: 429, retryAfterSeconds: 240 } });
    const doc = parse((await ana.get("/search?query=harbour")).text);
    const problem = doc.querySelector("[role=alert]");
    expect(problem?.textContent).toContain("Trakt asks us to wait");
    expect(problem?.textContent).toContain("It goes on");
    expect(problem?.querySelector("a")?.getAttribute("href")).toBe("/search?query=harbour");
    expect(doc.querySelectorAll(".found").length).toBe(3);
    expect(doc.querySelector(".tab[aria-current]")?.textContent).toBe("TVmaze");
    const alone = parse((await ana.get("/search?query=harbour&source=trakt")).text);
    expect(alone.querySelector("[role=alert]")?.textContent).toContain("Trakt");
    expect(alone.body.textContent).not.toContain("No show of that name");
    const browse = parse((await ana.get("/search?source=trakt")).text);
    expect(browse.querySelector("#browse [role=alert]")?.textContent).toContain("Trakt");
    expect(browse.body.textContent).not.toContain("Nothing like that");
  });

  test("does not say that there is none while a source could not be asked", async () => {
    const ana = await start("trakt,tvmaze");
    sims.faults.add({ service: "trakt", effect: { kind: "status", status: 500 } });
    const { textContent } = parse((await ana.get("/search?query=zzzz")).text).body;
    expect(textContent).toContain("Others could not be asked, so it may exist all the same.");
  });

  test("finds in the own library without any source, by title and by link", async () => {
    const ana = await start("none");
    const showId = given.addShow(app.db, { title: "Harbour Lights", year: 2019, ids: { imdb: "tt0944947" } });
    given.addEntry(app.db, ana.user.id, showId, "later");
    for (const query of ["harbour", "https://www.imdb.com/title/tt0944947/"]) {
      const doc = parse((await ana.get(`/search?query=${encodeURIComponent(query)}`)).text);
      const [own] = [...doc.querySelectorAll(".own-show")];
      expect([own?.getAttribute("href"), own?.textContent]).toEqual(
        [`/shows/${showId}`, "Harbour Lights2019 · Watch later"].map((text) => expect.stringContaining(text)),
      );
      expect(doc.body.textContent).toContain("No metadata source is switched on.");
    }
    expect((await ana.get("/search")).status).toBe(200);
    expect((await ana.get("/api/search?query=harbour")).status).toBe(502);
  });
});
