import { afterEach, describe, expect, test } from "bun:test";
import { asArray, asObject, type Json } from "./helpers.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { createWorld } from "./world.ts";

let sims: Simulators;
afterEach(() => sims.stop());

function catalogue() {
  const world = createWorld({ now: () => Date.parse("2026-06-01T12:00:00Z") });
  const lights = world.addShow({
    title: "Harbour Lights",
    year: 2019,
    specials: 1,
    seasons: [3, 2],
    numbering: { tmdb: { S1E3: [2, 1], S2E1: [2, 2], S2E2: null } },
  });
  world.addShow({ title: "The Office", year: 2001, country: "gb", seasons: [6] });
  world.addShow({ title: "The Office", year: 2005, seasons: [6] });
  world.addShow({ title: "Home Films", known: false, seasons: [1] });
  sims = startSimulators(world);
  return { world, lights };
}

const traktHeaders = (): Record<string, string> => ({
  "user-agent": "EpisodeTracker/0.1 (+https://example.invalid)",
  "content-type": "application/json",
  "trakt-api-version": "2",
  "trakt-api-key": sims.keys.traktClientId,
});

const trakt = (path: string, change: Record<string, string> = {}) =>
  fetch(sims.trakt.url + path, { headers: { ...traktHeaders(), ...change } });
const tmdb = (path: string) =>
  fetch(`${sims.tmdb.url}/3${path}${path.includes("?") ? "&" : "?"}api_key=${sims.keys.tmdbApiKey}`);
const tvmaze = (path: string) => fetch(sims.tvmaze.url + path, { redirect: "manual" });
const rows = async (answer: Promise<Response>): Promise<Json[]> => asArray(await (await answer).json());

describe("Trakt", () => {
  test("nameless clients meet Cloudflare's page, a wrong key plain 403, a missing version 412", async () => {
    catalogue();
    const blocked = await trakt("/search/tvdb/470001?type=show", { "user-agent": "Bun/1.4" });
    expect([blocked.status, blocked.headers.get("server")]).toEqual([403, "cloudflare"]);
    expect(await blocked.text()).toContain("<html>");
    expect((await trakt("/search/tvdb/470001?type=show", { "trakt-api-key": "wrong" })).status).toBe(403);
    expect((await trakt("/search/tvdb/470001?type=show", { "content-type": "text/plain" })).status).toBe(412);
  });

  test("a lookup finds by id; a miss is an empty list", async () => {
    const { lights } = catalogue();
    const [hit] = await rows(trakt("/search/tvdb/470001?type=show&extended=full"));
    const show = asObject(hit?.["show"]);
    expect(asObject(show["ids"])).toMatchObject({ trakt: lights.ids.trakt, slug: "harbour-lights", tmdb: 900_001 });
    expect(show["aired_episodes"]).toBe(5);
    expect(await rows(trakt("/search/tvdb/999999?type=show"))).toEqual([]);
    expect(await rows(trakt("/shows/no-such-show/seasons?extended=full,episodes"))).toEqual([]);
  });

  test("one call brings all seasons with specials, null ids and UTC times of the evening before", async () => {
    catalogue();
    const seasons = await rows(trakt("/shows/harbour-lights/seasons?extended=full,episodes"));
    expect(seasons.map((season) => season["number"])).toEqual([0, 1, 2]);
    const special = asArray(seasons[0]?.["episodes"])[0];
    expect(asObject(special?.["ids"])).toMatchObject({ tvdb: null, imdb: null });
    const pilot = asArray(seasons[1]?.["episodes"])[0];
    expect([pilot?.["first_aired"], pilot?.["released"]]).toEqual(["2019-03-02T02:00:00.000Z", "2019-03-01"]);
  });

  test("namesakes tie with a score that no double can hold", async () => {
    catalogue();
    const found = await rows(trakt("/search/show?query=the%20office"));
    expect(found.map((row) => asObject(row["show"])["year"])).toEqual([2001, 2005]);
    expect(Number(found[0]?.["score"])).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
    expect(found[0]?.["score"]).toBe(found[1]?.["score"] ?? null);
    expect(await rows(trakt("/search/show?query=the%20office&years=2005"))).toHaveLength(1);
  });

  test("over the limit comes 429 with Retry-After and the state of the bucket", async () => {
    catalogue();
    sims.trakt.limiter.configure(1, 300_000);
    expect((await trakt("/shows/harbour-lights")).status).toBe(200);
    const refused = await trakt("/shows/harbour-lights");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "300"]);
    expect(refused.headers.get("x-ratelimit")).toContain("UNAUTHED_API_GET_LIMIT");
  });
});

describe("TMDB", () => {
  test("a wrong key is 401 code 7, an unknown show 404 code 34, too many parts 400 code 27", async () => {
    catalogue();
    const code = async (answer: Promise<Response>) => [
      (await answer).status,
      asObject(await (await answer).clone().json())["status_code"],
    ];
    expect(await code(fetch(`${sims.tmdb.url}/3/tv/900001?api_key=wrong`))).toEqual([401, 7]);
    expect(await code(tmdb("/tv/1"))).toEqual([404, 34]);
    const parts = Array.from({ length: 21 }, (_, number) => `season/${number}`).join(",");
    expect(await code(tmdb(`/tv/900001?append_to_response=${parts}`))).toEqual([400, 27]);
  });

  test("appended seasons follow this service's numbers and absent ones are absent", async () => {
    catalogue();
    const show = asObject(
      await (await tmdb("/tv/900001?append_to_response=external_ids,season/0,season/1,season/2,season/3")).json(),
    );
    expect(asObject(show["external_ids"])["tvdb_id"]).toBe(470_001);
    expect(asArray(asObject(show["season/1"])["episodes"])).toHaveLength(2);
    expect(asArray(asObject(show["season/2"])["episodes"]).map((episode) => episode["name"])).toEqual([
      "Episode 3",
      "Episode 1",
    ]);
    expect(show).not.toHaveProperty("season/3");
  });

  test("find rescues a TVDB id that belongs to an episode", async () => {
    const { lights } = catalogue();
    const episode = lights.seasons[1]?.episodes[0];
    const found = asObject(await (await tmdb(`/find/${episode?.ids.tvdb}?external_source=tvdb_id`)).json());
    expect(found["tv_results"]).toEqual([]);
    expect(asArray(found["tv_episode_results"])[0]?.["show_id"]).toBe(900_001);
  });

  test("a poster path leads to an image", async () => {
    catalogue();
    const show = asObject(await (await tmdb("/tv/900001")).json());
    const image = await fetch(`${sims.env["TMDB_IMAGE_URL"]}/w342${show["poster_path"]}`);
    expect([image.status, image.headers.get("content-type")]).toEqual([200, "image/png"]);
  });
});

describe("TVmaze", () => {
  test("a lookup is a redirect, a miss an empty 404, and TMDB ids are not known", async () => {
    catalogue();
    const hit = await tvmaze("/lookup/shows?thetvdb=470001");
    expect([hit.status, hit.headers.get("location")]).toEqual([301, `${sims.tvmaze.url}/shows/80001`]);
    const miss = await tvmaze("/lookup/shows?imdb=tt0000000");
    expect([miss.status, await miss.text()]).toEqual([404, ""]);
    expect((await tvmaze("/lookup/shows?themoviedb=900001")).status).toBe(404);
  });

  test("specials have no number and stand in the season they belong to", async () => {
    catalogue();
    const embedded = async (name: string) =>
      asArray(asObject(asObject(await (await tvmaze(`/shows/80001?embed[]=${name}`)).json())["_embedded"])[name]);
    expect(await embedded("episodes")).toHaveLength(5);
    const special = (await embedded("episodeswithspecials")).find((episode) => episode["type"] !== "regular");
    expect([special?.["number"], special?.["season"]]).toEqual([null, 1]);
  });

  test("what no service knows is found nowhere", async () => {
    catalogue();
    expect(await rows(tvmaze("/search/shows?q=home%20films"))).toEqual([]);
    expect(await rows(trakt("/search/show?query=home%20films"))).toEqual([]);
    expect(asObject(await (await tmdb("/search/tv?query=home%20films")).json())["results"]).toEqual([]);
  });

  test("over the limit comes 429 without Retry-After", async () => {
    catalogue();
    sims.tvmaze.limiter.configure(1, 10_000);
    await tvmaze("/shows/80001");
    const refused = await tvmaze("/shows/80001");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, null]);
  });
});
