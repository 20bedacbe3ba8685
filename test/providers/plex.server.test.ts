import { afterEach, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/kernel/clock.ts";
import { secret } from "../../src/kernel/secret.ts";
import type { Library, MediaServerOptions } from "../../src/providers/contract.ts";
import { failureOf, readAll } from "../contracts/media-server.contract.ts";
import { type PlexAgent, type PlexQuirks, plexEpisode } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";
import { optionsFor, plexOf } from "./plex-bench.ts";

let sims: Simulators | null = null;
afterEach(async () => {
  await sims?.stop();
  sims = null;
});

const now = Date.now();
const day = 86_400_000;

function home(options: { agent?: PlexAgent; quirks?: Partial<PlexQuirks>; seasons?: number[] } = {}) {
  const world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const ben = world.addAccount({ username: "ben" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows", agent: options.agent ?? "series" });
  const show = world.addToLibrary(
    tv,
    world.addShow({ title: "Harbour Lights", year: 2019, seasons: options.seasons ?? [5, 5], specials: 1 }),
  );
  world.share(attic, ben);
  world.setQuirks(attic, options.quirks ?? {});
  const running = startSimulators(world, { withKeys: false });
  sims = running;
  const provider = plexOf(running, systemClock);
  const library: Library = { key: tv.key, title: "TV Shows", type: "show" };
  const open = (account = anna, more: Partial<MediaServerOptions> = {}) =>
    provider.open({ ...optionsFor(running, attic, account), ...more });
  const asked = (path: RegExp) => running.requests.all({ service: "plex-server", path });
  return { world, anna, ben, attic, tv, show, library, sims: running, open, asked };
}

describe("a Plex server", () => {
  for (const agent of ["series", "thetvdb", "hama", "none"] as const) {
    test(`answers in XML with the same items as in JSON (${agent})`, async () => {
      const { world, anna, attic, show, library, open } = home({ agent });
      world.play(anna, plexEpisode(show, 1, 1), { at: now - day });
      world.edit(plexEpisode(show, 1, 2), { title: `It's "5 < 6" & more`, index: null });
      const readEverything = async () => {
        const server = open();
        return {
          identity: await server.identify(),
          libraries: await server.libraries(),
          shows: await readAll(server.shows(library)),
          episodes: await readAll(server.episodes(library, {})),
          history: await readAll(server.history({})),
          watched: await server.watchedCount(library),
        };
      };
      const json = await readEverything();
      world.setQuirks(attic, { xmlOnly: true });
      expect(await readEverything()).toEqual(json);
      expect(json.episodes.items).toHaveLength(11);
      expect(json.history.items).toHaveLength(1);
    });
  }

  test("gets a size with every listing, up to 500 rows, 200 through a relay", async () => {
    const { world, anna, show, library, open, asked } = home({ quirks: { requireContainerSize: "everywhere" } });
    world.play(anna, plexEpisode(show, 1, 1), { at: now - day });
    const server = open();
    await readAll(server.episodes(library, {}));
    await readAll(server.history({}));
    await server.showsById(["1"]);
    await readAll(open(undefined, { relay: true }).shows(library));
    const sizes = asked(/history|\/all|\/library\/metadata\/1/).map(({ query, headers }) => [
      query["X-Plex-Container-Start"],
      query["X-Plex-Container-Size"],
      headers["x-plex-container-size"],
    ]);
    expect(sizes).toEqual([
      ["0", "500", "500"],
      ["0", "500", "500"],
      ["0", "1", "1"],
      ["0", "200", "200"],
    ]);
  });

  test("that refuses large pages is read in smaller ones", async () => {
    const { library, open } = home({ seasons: [150], quirks: { maxPageRows: 100, overCap: 400 } });
    const read = await readAll(open().episodes(library, {}));
    expect(read.items).toHaveLength(151);
    expect(read.complete).toBe(true);
  });

  test("without totals is read to the end", async () => {
    const { library, open } = home({ quirks: { omitTotalSize: true } });
    const read = await readAll(open().episodes(library, {}));
    expect(read).toMatchObject({ complete: true });
    expect(read.items).toHaveLength(11);
  });

  test("whose front page is blocked by a proxy is identified all the same", async () => {
    const { attic, open, sims: running } = home();
    running.faults.add({ service: "plex-server", path: /^\/$/, effect: { kind: "status", status: 403 } });
    expect(await open().identify()).toMatchObject({ serverId: attic.machineIdentifier, name: "Attic" });
  });

  test("that does not say how many are watched gives null", async () => {
    const { library, open, sims: running } = home();
    running.faults.add({ service: "plex-server", path: /unwatched/, effect: { kind: "status", status: 400 } });
    expect(await open().watchedCount(library)).toBeNull();
  });

  test("is not asked for pictures elsewhere", async () => {
    const { open, sims: running } = home();
    for (const path of ["//elsewhere.invalid/a.png", "https://elsewhere.invalid/a.png", ""]) {
      expect((await failureOf(() => open().artwork(path))).code).toBe("not-found");
    }
    expect(running.requests.count({ service: "plex-server" })).toBe(0);
  });

  test("that cannot resize a picture sends the original; what is no picture is refused", async () => {
    const { show, open, sims: running } = home();
    running.faults.add({ service: "plex-server", path: /transcode/, effect: { kind: "status", status: 500 } });
    const path = `/library/metadata/${show.ratingKey}/thumb/1`;
    expect((await open().artwork(path)).type).toBe("image/png");
    running.faults.add({ service: "plex-server", path: /thumb/, effect: { kind: "html" } });
    expect((await failureOf(() => open().artwork(path))).code).toBe("bad-answer");
  });

  test("with libraries announced but missing is not a server without libraries", async () => {
    const { open, sims: running } = home();
    const json = { MediaContainer: { size: 3 } };
    running.faults.add({ service: "plex-server", path: /sections/, effect: { kind: "wrong-json", json } });
    expect((await failureOf(() => open().libraries())).code).toBe("bad-answer");
  });

  test("with rows announced but missing is not an empty library", async () => {
    const { library, open, sims: running } = home();
    const json = { MediaContainer: { size: 11, totalSize: 11, offset: 0 } };
    running.faults.add({ service: "plex-server", path: /type=4/, effect: { kind: "wrong-json", json } });
    expect((await failureOf(() => readAll(open().episodes(library, {})))).code).toBe("bad-answer");
  });

  test("of somebody else refuses an account's token that was not made for it", async () => {
    const { anna, attic, ben, open, sims: running } = home();
    expect(running.plexTv.accountOf(ben.token)).toBe(ben);
    const server = open(ben, { token: secret(ben.token) });
    expect((await failureOf(() => server.libraries())).code).toBe("auth-expired");
    attic.claimed = false;
    expect((await failureOf(() => open(anna).libraries())).code).toBe("auth-expired");
  });
});

describe("Plex's history", () => {
  test("holds the owner's rows only, although the server keeps everybody's", async () => {
    const { world, anna, ben, show, open, asked } = home();
    world.play(anna, plexEpisode(show, 1, 1), { at: now - 2 * day });
    world.play(ben, plexEpisode(show, 1, 2), { at: now - day });
    const { items } = await readAll(open().history({}));
    expect(items.map((each) => each.number)).toEqual([1]);
    expect(asked(/history/).map(({ query }) => query["accountID"])).toEqual(["1"]);
  });

  test("is asked once more without the filter when an owner seems to have none, and filtered here", async () => {
    const { anna, ben, world, show, open, asked, sims: running } = home();
    world.play(ben, plexEpisode(show, 1, 2), { at: now - day });
    world.play(anna, plexEpisode(show, 1, 1), { at: now - 2 * day });
    const none = { MediaContainer: { size: 0, totalSize: 0, offset: 0 } };
    running.faults.add({ service: "plex-server", path: /accountID/, effect: { kind: "wrong-json", json: none } });
    const { items, complete } = await readAll(open().history({}));
    expect(items.map((each) => each.number)).toEqual([1]);
    expect(complete).toBe(true);
    expect(asked(/history/).map(({ query }) => query["accountID"])).toEqual(["1", undefined]);
    await readAll(open().history({ since: now }));
    expect(asked(/history/)).toHaveLength(3);
  });

  test("of a guest holds the guest's rows where the server allows it", async () => {
    const { world, anna, ben, show, open } = home({ quirks: { guestHistory: "own" } });
    world.play(anna, plexEpisode(show, 1, 1), { at: now - 2 * day });
    world.play(ben, plexEpisode(show, 1, 2), { at: now - day });
    const { items } = await readAll(open(ben).history({}));
    expect(items.map((each) => each.number)).toEqual([2]);
  });

  test("keeps rows of deleted episodes, without an item", async () => {
    const { world, anna, show, open } = home();
    const episode = plexEpisode(show, 2, 3);
    world.play(anna, episode, { at: now - day });
    world.deleteItem(episode);
    const { items } = await readAll(open().history({}));
    expect(items).toMatchObject([{ itemId: null, showTitle: "Harbour Lights", season: 2, number: 3 }]);
  });
});

describe("marks", () => {
  test("go to a server that knows them as GET only, and are asked that way from then on", async () => {
    const world = createWorld();
    const anna = world.addAccount({ username: "anna" });
    const attic = world.addServer({ name: "Attic", owner: anna, quirks: { scrobbleNeedsGet: true } });
    const tv = world.addLibrary(attic, { title: "TV" });
    const show = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [3] }));
    const sims = startSimulators(world, { withKeys: false });
    try {
      const server = plexOf(sims, systemClock).open(optionsFor(sims, attic, anna));
      for (const number of [1, 2]) {
        await server.setWatched?.(plexEpisode(show, 1, number).ratingKey, true, { at: null });
        expect(world.viewOf(anna, plexEpisode(show, 1, number))?.viewCount).toBe(1);
      }
      expect(sims.requests.all({ path: "scrobble" }).map(({ method }) => method)).toEqual(["PUT", "GET", "GET"]);
    } finally {
      await sims.stop();
    }
  });
});
