import { describe, expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import { nextOnBasement } from "./demo-media.ts";
import { demoWorld, nextToWatch } from "./demo-world.ts";
import { generateWorld, watchedItems } from "./generate.ts";
import { generateMedia } from "./generate-media.ts";
import { type MediaServerState, mediaEpisodesOf } from "./mediabrowser-state.ts";
import { mediaSeries } from "./mediabrowser-world.ts";
import { episodesOf, showOf } from "./plex-world.ts";
import { drawPoster } from "./poster-art.ts";
import { createRandom } from "./random.ts";

const now = Date.parse("2026-06-01T12:00:00Z");

describe("generated worlds", () => {
  test("a regular world has exactly the shows, episodes and plays it was asked for", () => {
    const { server, account } = generateWorld({ shows: 20, seasons: 2, episodes: 5, watchedShare: 1, seed: 1 });
    expect(server.libraries[0]?.shows).toHaveLength(20);
    expect(watchedItems(server, account)).toHaveLength(200);
    expect(server.history).toHaveLength(200);
  });

  test("the same seed makes the same world, another seed another one", () => {
    const digest = (seed: number): string => {
      const { world } = generateWorld({
        shows: 30,
        seasons: 2,
        episodes: 4,
        watchedShare: 0.7,
        seed,
        oddities: true,
        now: () => now,
      });
      return JSON.stringify(
        world.servers.map((server) => [
          [...server.items.values()].map((item) => [item.ratingKey, item.guid, item.title, item.index]),
          server.history.map((row) => [row.id, row.viewedAt, row.title]),
        ]),
      );
    };
    expect(digest(5)).toBe(digest(5));
    expect(digest(5)).not.toBe(digest(6));
  });

  test("oddities cover the states a sync has to survive", () => {
    const { world, server, account } = generateWorld({
      shows: 120,
      seasons: 2,
      episodes: 5,
      watchedShare: 0.8,
      seed: 3,
      oddities: true,
    });
    const episodes = server.libraries.flatMap((library) => library.episodes);
    const views = episodes.map((item) => world.viewOf(account, item)).filter((view) => view !== null);
    expect(episodes.some((item) => item.index === null)).toBe(true);
    expect(episodes.some((item) => item.originallyAvailableAt === null)).toBe(true);
    expect(episodes.some((item) => item.parent?.index === 0)).toBe(true);
    expect(episodes.some((item) => (item.parent?.index ?? 0) > 1900)).toBe(true);
    expect(episodes.some((item) => item.guid.includes("hama://"))).toBe(true);
    expect(episodes.some((item) => showOf(item).title.includes("<img"))).toBe(true);
    expect(views.some((view) => view.viewCount > 0 && view.lastViewedAt === null)).toBe(true);
    expect(views.some((view) => view.viewCount > 0 && view.viewOffsetMs > 0)).toBe(true);
    expect(views.some((view) => view.viewCount === 0 && view.viewOffsetMs > 0)).toBe(true);
    expect(server.history.some((row) => row.item?.deleted === true)).toBe(true);
    expect(server.history.some((row) => row.account !== account)).toBe(true);
    expect(server.libraries.some((library) => library.type === "movie" && library.others.length > 0)).toBe(true);
  });
});

describe("generated libraries of Jellyfin and Emby", () => {
  test.each(["jellyfin-12", "emby"] as const)("a regular %s has the shows and viewings it was asked for", (style) => {
    const options = { shows: 20, seasons: 2, episodes: 5, watchedShare: 1, seed: 1 };
    const { state, user } = generateMedia(style, options);
    expect([...state.items.values()].filter(({ kind }) => kind === "Episode")).toHaveLength(200);
    const rows = [...(state.data.get(user)?.values() ?? [])];
    expect(rows.filter(({ played, playCount }) => played && playCount === 1)).toHaveLength(200);
  });

  test("oddities cover the states a sync has to survive, and are the same for the same seed", () => {
    const odd = () => {
      const options = { shows: 120, seasons: 2, episodes: 5, watchedShare: 0.8, seed: 3, oddities: true };
      const { state, user } = generateMedia("jellyfin-10.11", { ...options, now: () => now });
      return { items: [...state.items.values()], rows: [...(state.data.get(user) ?? [])] };
    };
    const { items, rows } = odd();
    expect(items.some(({ kind, index }) => kind === "Episode" && index === null)).toBe(true);
    expect(items.some(({ indexEnd, index }) => (indexEnd ?? 0) > (index ?? 0) + 100)).toBe(true);
    expect(items.some(({ virtual }) => virtual)).toBe(true);
    expect(items.some(({ name }) => name.includes("<img"))).toBe(true);
    expect(rows.some(([, row]) => row.played && row.lastPlayed === null)).toBe(true);
    expect(rows.some(([, row]) => row.lastPlayed?.startsWith("0001") === true)).toBe(true);
    expect(rows.some(([, row]) => !row.played && row.playCount > 1)).toBe(true);
    expect(rows.some(([, row]) => !row.played && row.playCount === 0 && row.lastPlayed === null)).toBe(true);
    expect(rows.some(([item]) => items.some((other) => other !== item && other.episode === item.episode))).toBe(true);
    expect(odd().rows.map(([item, row]) => [item.id, row])).toEqual(rows.map(([item, row]) => [item.id, row]));
  });
});

describe("the demo", () => {
  test("has a Jellyfin and an Emby with shows of their own and one viewing that Plex reports too", () => {
    const { world, anna, attic, media } = demoWorld({ now: () => now });
    const titles = (state: MediaServerState): string[] =>
      state.libraries.flatMap(({ items }) => items.filter(({ kind }) => kind === "Series").map(({ name }) => name));
    expect(titles(media.basement.state)).toEqual(["Detectorists", "Deutschland 83", "Fargo", "Firefly", "Chernobyl"]);
    expect(titles(media.cabin.state)).toEqual(["Borgen", "Slow Horses"]);
    const chernobyl = mediaSeries(media.basement.state, "Chernobyl");
    const seen = mediaEpisodesOf(chernobyl).filter((item) => world.media.dataOf(media.basement.anna, item)?.played);
    expect(seen).toHaveLength(1);
    const begun = Date.parse(world.media.dataOf(media.basement.anna, seen[0] ?? chernobyl)?.lastPlayed ?? "");
    const ends = attic.history
      .filter(({ item, account }) => account === anna && item?.episode === seen[0]?.episode)
      .map(({ viewedAt }) => viewedAt * 1_000);
    const runtimeMs = seen[0]?.runtimeMs ?? 0;
    expect(ends.some((end) => end - begun > 0 && end - begun <= runtimeMs)).toBe(true);
    expect(nextOnBasement(world, media)?.show?.title).toBe("Deutschland 83");
  });

  test("is a believable household", () => {
    const { world, anna, attic, bens } = demoWorld({ now: () => now });
    const shows = [attic, bens].flatMap((server) => server.libraries.flatMap((library) => library.shows));
    expect(shows.length).toBeGreaterThanOrEqual(30);
    expect(shows.length).toBeLessThanOrEqual(40);
    expect(shows.filter((show) => show.title === "The Office")).toHaveLength(2);
    const plays = [...attic.history, ...bens.history].filter((row) => row.account === anna);
    const times = plays.map((row) => row.viewedAt * 1000);
    expect(Math.max(...times)).toBeLessThanOrEqual(now);
    expect(Math.min(...times)).toBeGreaterThan(now - 1_100 * 86_400_000);
    expect(plays.some((row) => row.item?.deleted === true)).toBe(true);
    const states = shows.flatMap(episodesOf).map((item) => world.viewOf(anna, item));
    expect(states.some((view) => view !== null && view.viewCount > 1)).toBe(true);
    expect(states.some((view) => view !== null && view.viewCount > 0 && view.lastViewedAt === null)).toBe(true);
    const upcoming = world.catalogue.shows
      .flatMap((show) => show.seasons.flatMap((season) => season.episodes))
      .filter((episode) => episode.airstamp !== null && Date.parse(episode.airstamp) > now);
    expect(upcoming.length).toBeGreaterThan(5);
  });

  test("never has somebody watch an episode before it was broadcast", () => {
    const { attic, bens } = demoWorld({ now: () => now });
    for (const row of [...attic.history, ...bens.history]) {
      if (row.originallyAvailableAt === null) continue;
      expect(row.viewedAt * 1000).toBeGreaterThanOrEqual(Date.parse(row.originallyAvailableAt));
    }
  });

  test("goes on: Anna is in the middle of something and has not seen what comes next", () => {
    const demo = demoWorld({ now: () => now });
    const item = nextToWatch(demo, createRandom(1));
    expect(item?.kind).toBe("episode");
    expect(demo.world.viewOf(demo.anna, item!)?.viewCount ?? 0).toBe(0);
    expect(item?.library.shows).toContain(item!.parent!.parent!);
  });

  test("keeps the same past when it is built again as of the same instant", () => {
    const history = (today: number) =>
      demoWorld({ now: () => today, asOf: now }).attic.history.map((row) => row.viewedAt);
    expect(history(now + 9 * 86_400_000)).toEqual(history(now));
  });
});

test("a drawn poster is a valid PNG of 300 by 450 pixels, different for every title", () => {
  const bytes = drawPoster("Harbour Lights", 200);
  const view = new DataView(bytes.buffer);
  expect([view.getUint32(16), view.getUint32(20)]).toEqual([300, 450]);
  const length = view.getUint32(33);
  expect(new TextDecoder().decode(bytes.subarray(37, 41))).toBe("IDAT");
  expect(inflateSync(bytes.subarray(41, 41 + length))).toHaveLength((300 * 3 + 1) * 450);
  expect(Buffer.from(drawPoster("Glass Station", 200)).equals(Buffer.from(bytes))).toBe(false);
  expect(Buffer.from(drawPoster("Harbour Lights", 200)).equals(Buffer.from(bytes))).toBe(true);
});

test("the simulators know nothing of the product, so that a mistake there cannot hide here", async () => {
  for await (const file of new Bun.Glob("*.ts").scan(import.meta.dir)) {
    const source = await Bun.file(`${import.meta.dir}/${file}`).text();
    expect([file, /from "(?:\.\.\/)+(?:src|views)\//.test(source)]).toEqual([file, false]);
  }
});
