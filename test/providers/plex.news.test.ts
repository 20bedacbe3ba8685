import { afterEach, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/kernel/clock.ts";
import type { MediaServer, ServerNews } from "../../src/providers/contract.ts";
import { readNotification } from "../../src/providers/plex/notifications.ts";
import { failureOf } from "../contracts/media-server.contract.ts";
import { type PlexAccount, plexEpisode } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { startViewer } from "../simulators/viewer.ts";
import { createWorld } from "../simulators/world.ts";
import { optionsFor, plexOf } from "./plex-bench.ts";

const open: Simulators[] = [];
afterEach(async () => {
  for (const sims of open.splice(0)) await sims.stop();
});

function home(timeoutMs = 5_000) {
  const world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const ben = world.addAccount({ username: "ben" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  const films = world.addLibrary(attic, { title: "Films", type: "movie" });
  const film = world.addOther(films, { title: "A Film" });
  const show = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [5] }));
  world.share(attic, ben);
  const sims = startSimulators(world, { withKeys: false, pingMs: 50 });
  open.push(sims);
  const provider = plexOf(sims, systemClock, timeoutMs);
  const as = (account: PlexAccount) => provider.open(optionsFor(sims, attic, account));
  const watch = (account: PlexAccount, item = plexEpisode(show, 1, 1)) =>
    startViewer({ world, ...sims.server("Attic") }, { account, item, everyMs: 60_000, fromMs: 90_000 });
  return { world, anna, ben, attic, show, film, sims, as, watch, server: sims.server("Attic") };
}

/** Everything heard until `ready` says that it is enough. */
function listenTo(server: MediaServer) {
  const leave = new AbortController();
  const heard: ServerNews[] = [];
  let wake: () => void = () => undefined;
  const ended = (async () => {
    for await (const news of server.news!.listen(leave.signal)) {
      heard.push(news);
      wake();
    }
  })().catch((error: unknown) => error);
  const until = async (ready: (heard: readonly ServerNews[]) => boolean): Promise<readonly ServerNews[]> => {
    while (!ready(heard)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
    return heard;
  };
  return {
    until,
    opened: () => until((all) => all.length > 0),
    playing: (count = 1) =>
      until((all) => all.filter(({ kind }) => kind === "playing").length >= count).then((all) =>
        all.filter((news) => news.kind === "playing"),
      ),
    leave: () => leave.abort(),
    ended,
  };
}

describe("the news of a Plex server", () => {
  for (const way of ["event stream", "WebSocket"] as const) {
    test(`over the ${way}: the owner hears of everybody, a guest of themselves`, async () => {
      const { world, attic, anna, ben, show, as, watch, server } = home();
      world.setQuirks(attic, { noEventStream: way === "WebSocket" });
      const owner = listenTo(as(anna));
      const guest = listenTo(as(ben));
      await Promise.all([owner.opened(), guest.opened()]);
      expect(server.notifications.listeners()).toBe(2);
      const [one, two] = [watch(anna), watch(ben, plexEpisode(show, 1, 2))];
      one.pause();
      two.stop();
      const itemIds = [plexEpisode(show, 1, 1), plexEpisode(show, 1, 2)].map(({ ratingKey }) => ratingKey);
      const said = await owner.playing(6);
      expect(new Set(said.map(({ itemId }) => itemId))).toEqual(new Set(itemIds));
      expect(said.map(({ state }) => state)).toEqual(["playing", "playing", "playing", "playing", "paused", "stopped"]);
      expect(said[0]).toEqual({
        kind: "playing",
        sessionId: "1",
        itemId: itemIds[0]!,
        offsetMs: 90_000,
        state: "playing",
      });
      expect(new Set((await guest.playing(3)).map(({ sessionId }) => sessionId))).toEqual(new Set(["2"]));
      owner.leave();
      guest.leave();
      await Promise.all([owner.ended, guest.ended]);
    });
  }

  test("a mark by hand names the item, a scan the library, once each is done", async () => {
    const { anna, show, as, server } = home();
    const feed = listenTo(as(anna));
    await feed.opened();
    const item = plexEpisode(show, 1, 3);
    server.notifications.itemsChanged(item, 1);
    server.notifications.itemsChanged(item.parent!, 1);
    server.notifications.scanned([item]);
    const heard = await feed.until((all) => all.filter(({ kind }) => kind === "library").length === 2);
    expect(heard.filter(({ kind }) => kind !== "alive")).toEqual([
      { kind: "items", itemIds: [item.ratingKey] },
      { kind: "items", itemIds: [item.ratingKey] },
      { kind: "items", itemIds: [item.parent!.ratingKey] },
      { kind: "library" },
      { kind: "items", itemIds: [item.ratingKey] },
      { kind: "library" },
    ]);
    feed.leave();
    await feed.ended;
  });

  test("the token travels in a header only, and a closed feed leaves nothing open", async () => {
    for (const noEventStream of [false, true]) {
      const { world, attic, anna, as, sims, server } = home();
      world.setQuirks(attic, { noEventStream });
      const feed = listenTo(as(anna));
      await feed.opened();
      const asked = sims.requests.all({ service: "plex-server", path: /notifications/ });
      expect(asked.length).toBe(noEventStream ? 2 : 1);
      expect(asked.every(({ query }) => !Object.keys(query).some((name) => /token/i.test(name)))).toBe(true);
      feed.leave();
      await feed.ended;
      while (server.notifications.listeners() > 0) await Bun.sleep(5);
    }
  });

  test("pings keep it alive; silence ends it, and the other way is tried when nothing came through", async () => {
    const { anna, as, server, sims } = home(400);
    const attic = as(anna);
    const first = listenTo(attic);
    // Ten pings, more than the silence that would end it.
    await first.until((all) => all.length >= 11);
    server.notifications.fallSilent();
    expect(String(await first.ended)).toContain("Attic has gone silent");
    const second = listenTo(attic);
    expect(String(await second.ended)).toContain("Attic did not answer");
    const third = listenTo(attic);
    await third.opened();
    expect(sims.requests.all({ service: "plex-server", path: /websockets/ })).toHaveLength(1);
    third.leave();
    await third.ended;
  });

  test("a server that ends it, refuses it or is not there says so", async () => {
    const { world, attic, anna, as, server, sims } = home();
    const feed = listenTo(as(anna));
    await feed.opened();
    server.notifications.dropAll();
    expect(await feed.ended).toBeUndefined();
    world.setQuirks(attic, { noEventStream: true, noWebSocket: true });
    expect(await listenTo(as(anna)).ended).toMatchObject({ code: "not-found" });
    attic.claimed = false;
    expect(await listenTo(as(anna)).ended).toMatchObject({ code: "auth-expired" });
    await sims.takeDown("Attic");
    expect(await listenTo(as(anna)).ended).toMatchObject({ code: "unreachable" });
  });
});

describe("who is watching", () => {
  test("is told to the owner, with what and where", async () => {
    const { world, attic, anna, ben, show, film, as, watch } = home();
    watch(anna).pause();
    watch(ben, plexEpisode(show, 1, 2));
    watch(anna, film);
    for (const xmlOnly of [false, true]) {
      world.setQuirks(attic, { xmlOnly });
      const sessions = await as(anna).news!.sessions();
      expect(sessions.map(({ own, state, player, offsetMs }) => ({ own, state, player, offsetMs }))).toEqual([
        { own: true, state: "paused", player: "Living Room", offsetMs: 90_000 },
        { own: false, state: "playing", player: "Living Room", offsetMs: 90_000 },
        { own: true, state: "playing", player: "Living Room", offsetMs: 90_000 },
      ]);
      expect(sessions.map(({ episode }) => episode?.number ?? null)).toEqual([1, 2, null]);
      expect(sessions[0]?.episode).toMatchObject({ showTitle: "Harbour Lights", season: 1, viewCount: 0 });
    }
  });

  test("is kept from guests, which says nothing about their sign-in; a bad moment is no refusal", async () => {
    const { anna, ben, as, sims } = home();
    expect((await failureOf(() => as(ben).news!.sessions())).code).toBe("unsupported");
    expect(sims.requests.all({ service: "plex-server" })).toHaveLength(0);
    sims.faults.add({ service: "plex-server", path: /sessions/, effect: { kind: "status", status: 503 }, times: 1 });
    expect((await failureOf(() => as(anna).news!.sessions())).code).toBe("unreachable");
    expect(await as(anna).news!.sessions()).toEqual([]);
    sims.faults.add({ service: "plex-server", path: /sessions/, effect: { kind: "status", status: 403 }, times: 1 });
    expect((await failureOf(() => as(anna).news!.sessions())).code).toBe("unsupported");
  });
});

describe("a message that is not as expected", () => {
  const container = (type: string, key: string, ...entries: unknown[]) => ({
    NotificationContainer: { type, size: entries.length, [key]: entries },
  });

  test("several in one frame are all read, texts for numbers and paths for ids too", () => {
    const frame = container(
      "playing",
      "PlaySessionStateNotification",
      { sessionKey: 7, ratingKey: "/library/metadata/12", viewOffset: "5000", state: "buffering", key: "/elsewhere/9" },
      { sessionKey: "8", key: "/library/metadata/13", state: "stopped" },
    );
    expect(readNotification(frame)).toEqual([
      { kind: "playing", sessionId: "7", itemId: "12", offsetMs: 5_000, state: "playing" },
      { kind: "playing", sessionId: "8", itemId: "13", offsetMs: null, state: "stopped" },
    ]);
  });

  test("a container without its frame is read as well", () => {
    const activity = {
      event: "ended",
      Activity: { type: "library.refresh.items", Context: { key: "/library/metadata/5" } },
    };
    expect(readNotification({ type: "activity", size: 1, ActivityNotification: [activity] })).toEqual([
      { kind: "items", itemIds: ["5"] },
    ]);
  });

  test.each([
    ["nothing", null],
    ["a list", []],
    ["a kind nobody knows", container("status", "StatusNotification", { title: "Scanning" })],
    ["an unknown state", { PlaySessionStateNotification: { sessionKey: "1", ratingKey: "2", state: "dreaming" } }],
    ["a session without an item", { PlaySessionStateNotification: { sessionKey: "1", state: "playing" } }],
    ["an entry that is no object", { PlaySessionStateNotification: "playing" }],
    ["an item still in the works", { TimelineEntry: { itemID: "5", type: 4, state: 1 } }],
    ["a deleted one", { TimelineEntry: { itemID: "5", type: 4, state: 9 } }],
    ["a film", { TimelineEntry: { itemID: 5, type: 1, state: 5 } }],
    ["another program's entry", { TimelineEntry: { identifier: "com.plexapp.system", itemID: 5, type: 4, state: 5 } }],
    [
      "an activity that has only begun",
      { ActivityNotification: { event: "started", Activity: { type: "library.refresh.items" } } },
    ],
    ["an activity of another kind", { ActivityNotification: { event: "ended", Activity: { type: "media.download" } } }],
  ])("%s says nothing", (_, value) => {
    expect(readNotification(value)).toEqual([]);
  });
});
