import { afterEach, describe, expect, test } from "bun:test";
import type { MediaServer, Provider } from "../../src/providers/contract.ts";
import { createImpatientClock, failureOf, readAll } from "../contracts/media-server.contract.ts";
import type { MediaServerSimulator } from "../simulators/mediabrowser-server.ts";
import {
  type MediaItem,
  type MediaLibrary,
  type MediaQuirks,
  type MediaStyle,
  type MediaUser,
  mediaEpisode,
} from "../simulators/mediabrowser-state.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld, type World } from "../simulators/world.ts";
import { openFor, providerFor } from "./mediabrowser-bench.ts";

const day = 86_400_000;
const styles: MediaStyle[] = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"];

type Stage = {
  clock: ReturnType<typeof createImpatientClock>;
  world: World;
  sims: Simulators;
  simulator: MediaServerSimulator;
  provider: Provider;
  server: MediaServer;
  anna: MediaUser;
  series: MediaLibrary;
  anime: MediaLibrary;
  /** Twelve episodes in two seasons, in the library "Series". */
  lights: MediaItem;
  /** Four episodes, in the library "Anime". */
  towns: MediaItem;
};

const stages: Stage[] = [];

afterEach(async () => {
  for (const { sims } of stages.splice(0)) await sims.stop();
});

function stage(style: MediaStyle, quirks: Partial<MediaQuirks> = {}, timeoutMs?: number): Stage {
  const clock = createImpatientClock(Date.UTC(2026, 5, 1, 12));
  const world = createWorld({ now: () => clock.now() });
  const { media } = world;
  const state = media.addServer({ name: "Cellar", style, quirks });
  const anna = media.addUser(state, { name: "anna" });
  const series = media.addLibrary(state, { name: "Series" });
  const anime = media.addLibrary(state, { name: "Anime", type: null });
  media.addLibrary(state, { name: "Films", type: "movies" });
  const lights = media.addToLibrary(series, world.addShow({ title: "Harbour Lights", year: 2001, seasons: [8, 4] }));
  const towns = media.addToLibrary(anime, world.addShow({ title: "Two Towns", year: 2002, seasons: [4] }));
  const sims = startSimulators(world, { withKeys: false });
  const simulator = sims.mediaServer("Cellar");
  const provider = providerFor(style, clock, timeoutMs);
  const server = openFor(provider, simulator, anna);
  const built = { clock, world, sims, simulator, provider, server, anna, series, anime, lights, towns };
  stages.push(built);
  return built;
}

const libraryOf = (library: MediaLibrary) => ({ key: library.id, title: library.name, type: "show" as const });
const readEpisodes = ({ server, series }: Stage) => readAll(server.episodes(libraryOf(series), {}));
const asked = ({ sims, simulator }: Stage) => sims.requests.all({ server: simulator.state.name });

describe("libraries", () => {
  test.each(styles)("without a kind may hold shows: %s", async (style) => {
    const { server } = stage(style);
    expect((await server.libraries()).map(({ title, type }) => `${title} ${type}`)).toEqual([
      "Series show",
      "Anime show",
      "Films other",
    ]);
  });

  test.each(styles)("are told of items that are read by their ids: %s", async (style) => {
    const { server, lights, towns, series, anime } = stage(style);
    const ids = [mediaEpisode(lights, 1, 1).id, mediaEpisode(towns, 1, 2).id];
    const found = await server.episodesById(ids);
    expect(found.map(({ libraryKey }) => libraryKey).sort()).toEqual([series.id, anime.id].sort());
    expect((await server.showsById([towns.id]))[0]?.libraryKey).toBe(anime.id);
  });

  test("are known without asking once a listing has shown them", async () => {
    const built = stage("jellyfin-12");
    await readAll(built.server.episodes(libraryOf(built.series), {}));
    const before = built.server.requests();
    expect((await built.server.episodesById([mediaEpisode(built.lights, 1, 1).id]))[0]?.libraryKey).toBe(
      built.series.id,
    );
    expect(built.server.requests()).toBe(before + 1);
  });

  test.each(["jellyfin-10.11", "jellyfin-12"] as const)(
    "that were taken from the account end their own reading, not the sign-in: %s",
    async (style) => {
      const built = stage(style);
      built.anna.allowed = [built.anime];
      const failure = await failureOf(() => readEpisodes(built));
      expect(failure.code).toBe("not-found");
      expect(failure.message).toBe('Cellar does not show "Series" to this account any more.');
    },
  );

  test("of an account whose token is dead ask for a new sign-in", async () => {
    const built = stage("jellyfin-12");
    built.simulator.credentials.revokeAll(built.anna);
    expect((await failureOf(() => readEpisodes(built))).code).toBe("auth-expired");
  });
});

describe("a full reading", () => {
  test("leaves out what the server only knows to be missing", async () => {
    const built = stage("jellyfin-12");
    const [missing] = built.world.addShow({ title: "Later", year: 2003, seasons: [1] }).seasons[0]!.episodes;
    built.world.media.addExistingEpisode(built.lights, missing!, { virtual: true });
    const read = await readEpisodes(built);
    expect(read.items).toHaveLength(12);
    expect(read.complete).toBe(true);
  });

  test("has the episodes of a show together, in their order", async () => {
    const built = stage("jellyfin-10.11");
    built.world.media.addToLibrary(
      built.series,
      built.world.addShow({ title: "A Show Before", year: 2004, seasons: [3] }),
    );
    const { items } = await readEpisodes(built);
    expect(items.map(({ showTitle }) => showTitle).join(" ")).toMatch(/^(A Show Before ){3}(Harbour Lights ?){12}$/);
    expect(
      items
        .slice(3)
        .map(({ season, number }) => `${season}x${number}`)
        .slice(0, 9),
    ).toEqual(["1x1", "1x2", "1x3", "1x4", "1x5", "1x6", "1x7", "1x8", "2x1"]);
  });

  test("asks for the number of rows on the first page and on the last only", async () => {
    const built = stage("jellyfin-12", { maxPageRows: 5 });
    await readEpisodes(built);
    const counted = asked(built).map(({ query }) => query["EnableTotalRecordCount"]);
    expect(counted).toEqual(["true", "true", "true"]);
    built.sims.requests.reset();
    const long = built.world.addShow({ title: "The Long Run", year: 2004, seasons: [600, 600] });
    built.world.media.addToLibrary(built.series, long);
    built.world.media.setQuirks(built.simulator.state, { maxPageRows: null });
    expect((await readEpisodes(built)).complete).toBe(true);
    expect(asked(built).map(({ query }) => query["EnableTotalRecordCount"])).toEqual(["true", "false", "true"]);
  });

  test("asks for an easier order when the one that is wanted takes too long", async () => {
    const built = stage("jellyfin-10.11", {}, 400);
    built.sims.faults.add({ path: /SeriesSortName/, effect: { kind: "hang" } });
    const read = await readEpisodes(built);
    expect(read.items).toHaveLength(12);
    expect(read.complete).toBe(true);
  });

  test.each(styles)("knows an account by its own views, with count, date and position: %s", async (style) => {
    const built = stage(style, { sentinelDates: true });
    const { world, anna, lights, clock } = built;
    const at = clock.now() - 3 * day;
    world.media.play(anna, mediaEpisode(lights, 1, 1), { at });
    world.media.play(anna, mediaEpisode(lights, 1, 1), { at: at + day });
    world.media.setData(anna, mediaEpisode(lights, 1, 2), { played: true });
    world.media.partial(anna, mediaEpisode(lights, 1, 3), { positionMs: 900_000, at });
    const { items } = await readEpisodes(built);
    const state = items
      .slice(0, 4)
      .map(({ viewCount, lastViewedAt, viewOffsetMs }) => [viewCount, lastViewedAt, viewOffsetMs]);
    expect(state).toEqual([
      [2, at + day, 0],
      [1, null, 0],
      [0, at, 900_000],
      [0, null, 0],
    ]);
    expect(items[2]?.begunAnew).toBe(true);
    expect(await built.server.watchedCount(libraryOf(built.series))).toBe(2);
  });

  test("of a file with several episodes brings them all, and says how many rows came", async () => {
    const built = stage("emby");
    built.world.media.joinEpisodes(mediaEpisode(built.lights, 1, 2), 4);
    const read = await readEpisodes(built);
    expect(read.items.slice(0, 5).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(read.pages[0]).toMatchObject({ received: 10, total: 10, skipped: 0 });
    expect(read.complete).toBe(true);
  });
});

describe("a question for recent views", () => {
  test("ends where they end, in one small page", async () => {
    const built = stage("jellyfin-10.11");
    const { world, anna, lights, clock, server, series } = built;
    for (const number of [1, 2, 3]) {
      world.media.play(anna, mediaEpisode(lights, 1, number), { at: clock.now() - number * day });
    }
    built.sims.requests.reset();
    const read = await readAll(server.episodes(libraryOf(series), { viewedSince: clock.now() - 2.5 * day }));
    expect(read.items.map(({ number }) => number)).toEqual([1, 2]);
    expect(read.complete).toBe(true);
    expect(asked(built).map(({ query }) => query["Limit"])).toEqual(["100"]);
  });

  test("also brings what was begun again and not finished", async () => {
    const { world, anna, lights, clock, server, series } = stage("jellyfin-10.11");
    const first = mediaEpisode(lights, 1, 1);
    world.media.play(anna, first, { at: clock.now() - 30 * day });
    world.media.partial(anna, first, { positionMs: 600_000, at: clock.now() - day });
    const { items } = await readAll(server.episodes(libraryOf(series), { viewedSince: clock.now() - 2 * day }));
    expect(items).toMatchObject([{ number: 1, viewCount: 0, begunAnew: true }]);
  });

  test("goes on from page to page as long as there are such", async () => {
    const { world, anna, clock, server, series } = stage("jellyfin-12");
    const long = world.media.addToLibrary(series, world.addShow({ title: "The Long Run", year: 2004, seasons: [250] }));
    for (let number = 1; number <= 230; number++) {
      world.media.play(anna, mediaEpisode(long, 1, number), { at: clock.now() - number * 60_000 });
    }
    const read = await readAll(server.episodes(libraryOf(series), { viewedSince: clock.now() - day }));
    expect(read.items).toHaveLength(230);
    expect(read.pages.map(({ received }) => received)).toEqual([100, 100, 62]);
    expect(read.complete).toBe(true);
  });

  test("reads everything where the server cannot sort by view in time", async () => {
    const { sims, server, series } = stage("jellyfin-10.11", {}, 400);
    sims.faults.add({ path: /DatePlayed/, effect: { kind: "hang" } });
    const read = await readAll(server.episodes(libraryOf(series), { viewedSince: 1 }));
    expect(read.items).toHaveLength(12);
    expect(read.complete).toBe(true);
  });

  test("shows also marks that were taken away, where the server can be asked for changes", async () => {
    const { world, anna, lights, clock, server, series } = stage("emby");
    const first = mediaEpisode(lights, 1, 1);
    world.media.play(anna, first, { at: clock.now() - 30 * day });
    world.media.unmark(anna, first);
    const { items } = await readAll(server.episodes(libraryOf(series), { viewedSince: clock.now() - day }));
    expect(items).toMatchObject([{ number: 1, viewCount: 0, lastViewedAt: null }]);
    expect(items[0]?.begunAnew).toBeUndefined();
  });
});

describe("single items", () => {
  test.each(styles)("that cannot exist do not cost the others their answer: %s", async (style) => {
    const built = stage(style);
    const there = mediaEpisode(built.lights, 1, 1).id;
    const found = await built.server.episodesById(["no such thing", there, "../x", "0".repeat(32)]);
    expect(found.map(({ itemId }) => itemId)).toEqual([there]);
    const before = built.server.requests();
    expect(await built.server.episodesById(["no such thing"])).toEqual([]);
    expect(built.server.requests()).toBe(before);
  });

  test("of a file are all its episodes, or the one that is asked for", async () => {
    const { world, lights, server } = stage("jellyfin-12");
    const file = world.media.joinEpisodes(mediaEpisode(lights, 1, 2), 3).id;
    expect((await server.episodesById([file])).map(({ number }) => number)).toEqual([2, 3]);
    expect((await server.episodesById([`${file}#3`])).map(({ number }) => number)).toEqual([3]);
  });

  test("more than a hundred at once are nobody's question", async () => {
    const { server } = stage("jellyfin-12");
    const ids = Array.from({ length: 101 }, (_, index) => index.toString(16).padStart(32, "0"));
    expect((await failureOf(() => server.episodesById(ids))).code).toBe("internal");
  });

  test("have the account's own rating, where it has given one", async () => {
    const { provider, simulator, anna } = stage("jellyfin-12");
    const show = "a".repeat(32);
    const rated = (rating: number | undefined) =>
      Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: () => Response.json({ Items: [{ Id: show, Type: "Series", UserData: { Rating: rating } }] }),
      });
    for (const [rating, found] of [
      [7.6, { rating: 8, at: null }],
      [0, null],
      [undefined, null],
    ] as const) {
      const other = rated(rating);
      expect(await openFor(provider, simulator, anna, { url: other.url.origin }).showRating!(show)).toEqual(found);
      await other.stop(true);
    }
  });

  test("have no history", async () => {
    const { server } = stage("jellyfin-12");
    expect((await failureOf(() => readAll(server.history({})))).code).toBe("unsupported");
  });

  test("have a poster in a useful size, and nothing else can be fetched that way", async () => {
    const built = stage("emby");
    const [show] = await built.server.showsById([built.lights.id]);
    built.sims.requests.reset();
    expect((await built.server.artwork(show!.posterPath!)).type).toBe("image/png");
    expect(asked(built)[0]?.query).toMatchObject({ maxWidth: "600", maxHeight: "900" });
    for (const path of ["/System/Info", "//example.org/x", "/Items/1/Images/Primary/../../../Users"]) {
      expect((await failureOf(() => built.server.artwork(path))).code).toBe("not-found");
    }
  });
});

describe("marks", () => {
  test.each(styles)("are set with their date, once, and taken away: %s", async (style) => {
    const { world, anna, lights, clock, server } = stage(style);
    const episode = mediaEpisode(lights, 1, 1);
    const at = clock.now() - 40 * day;
    await server.setWatched!(episode.id, true, { at });
    await server.setWatched!(episode.id, true, { at });
    expect(world.media.dataOf(anna, episode)).toMatchObject({ played: true, playCount: 1 });
    expect((await server.episodesById([episode.id]))[0]).toMatchObject({ viewCount: 1, lastViewedAt: at });
    await server.setWatched!(episode.id, false, { at: null });
    expect(world.media.dataOf(anna, episode)).toMatchObject({ played: false, playCount: 0, lastPlayed: null });
  });

  test.each(styles)("without a date take the server's own: %s", async (style) => {
    const { world, anna, lights, server } = stage(style);
    await server.setWatched!(mediaEpisode(lights, 1, 1).id, true, { at: null });
    expect(world.media.dataOf(anna, mediaEpisode(lights, 1, 1))).toMatchObject({ played: true, playCount: 1 });
  });

  test("of an episode inside a file are the file's", async () => {
    const { world, anna, lights, server } = stage("jellyfin-12");
    const file = world.media.joinEpisodes(mediaEpisode(lights, 1, 2), 3);
    await server.setWatched!(`${file.id}#3`, true, { at: null });
    expect(world.media.dataOf(anna, file)?.played).toBe(true);
  });

  test("are not taken away where there are none: a view that has begun stays", async () => {
    const { world, anna, lights, clock, server } = stage("jellyfin-12");
    const episode = mediaEpisode(lights, 1, 1);
    world.media.partial(anna, episode, { positionMs: 600_000, at: clock.now() - day });
    await server.setWatched!(episode.id, false, { at: null });
    expect(world.media.dataOf(anna, episode)).toMatchObject({ positionTicks: 6_000_000_000, playCount: 1 });
  });

  test.each(styles)("of an item that has gone are refused as such: %s", async (style) => {
    const { world, lights, server } = stage(style);
    const episode = mediaEpisode(lights, 1, 1);
    world.media.deleteItem(episode);
    expect((await failureOf(() => server.setWatched!(episode.id, true, { at: null }))).code).toBe("not-found");
    expect((await failureOf(() => server.setWatched!("gone", false, { at: null }))).code).toBe("not-found");
  });

  test.each([-300, 120, 330])(
    "keep their date on a server that reads dates in its own zone, %p minutes off",
    async (minutes) => {
      const { lights, clock, server } = stage("emby", { readsDatesAsLocal: true, utcOffsetMinutes: minutes });
      const at = clock.now() - 40 * day;
      const episodes = [1, 2, 3, 4].map((number) => mediaEpisode(lights, 1, number).id);
      // The first two at the same time: neither knows of the zone.
      await Promise.all(episodes.slice(0, 2).map((id) => server.setWatched!(id, true, { at })));
      for (const id of episodes.slice(2)) await server.setWatched!(id, true, { at });
      const found = await server.episodesById(episodes);
      expect(found.map(({ lastViewedAt }) => lastViewedAt)).toEqual([at, at, at, at]);
    },
  );

  test("are set once more only where the server has read the first date in its own zone", async () => {
    for (const [quirks, counts] of [
      [{ readsDatesAsLocal: true, utcOffsetMinutes: 120 }, [2, 1]],
      [{ utcOffsetMinutes: 120 }, [1, 1]],
    ] as const) {
      const { world, anna, lights, clock, server } = stage("emby", quirks);
      const episodes = [1, 2].map((number) => mediaEpisode(lights, 1, number));
      for (const { id } of episodes) await server.setWatched!(id, true, { at: clock.now() - 40 * day });
      expect(episodes.map((each) => world.media.dataOf(anna, each)?.playCount)).toEqual([...counts]);
    }
  });

  test("are sent once, whatever becomes of the answer", async () => {
    const { world, sims, anna, lights, server } = stage("jellyfin-10.11");
    const episode = mediaEpisode(lights, 1, 1);
    sims.faults.add({ method: "POST", path: /PlayedItems/, effect: { kind: "cut" } });
    expect((await failureOf(() => server.setWatched!(episode.id, true, { at: null }))).code).toBe("unreachable");
    expect(sims.requests.all().filter(({ method }) => method === "POST")).toHaveLength(1);
    expect(world.media.dataOf(anna, episode)?.playCount).toBe(1);
  });
});

test("a server that has just been started says so, and for how long", async () => {
  const { server, simulator } = stage("jellyfin-12");
  simulator.state.starting = true;
  const failure = await failureOf(() => server.libraries());
  expect(failure).toMatchObject({
    code: "unreachable",
    message: "Cellar is starting (HTTP 503).",
    retryAfterMs: 5_000,
  });
});

test("an address that has lost its path leads to a web page, which is no answer", async () => {
  const { provider, simulator, anna } = stage("jellyfin-12");
  simulator.state.basePath = "/tv";
  const failure = await failureOf(() => openFor(provider, simulator, anna, { url: simulator.url }).libraries());
  expect(failure.code).toBe("bad-answer");
  expect(failure.hint).toContain("path is wrong");
});
