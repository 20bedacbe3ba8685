import { afterEach, describe, expect, test } from "bun:test";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { toAppError } from "../../src/kernel/errors.ts";
import { createHttp } from "../../src/kernel/http.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { secret } from "../../src/kernel/secret.ts";
import type { MediaServer, ServerNews } from "../../src/providers/contract.ts";
import { readFrame } from "../../src/providers/mediabrowser/frames.ts";
import { createProviders } from "../../src/providers/registry.ts";
import { failureOf } from "../contracts/media-server.contract.ts";
import { type MediaStyle, type MediaUser, mediaEpisode } from "../simulators/mediabrowser-state.ts";
import { startMediaViewer } from "../simulators/mediabrowser-viewer.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";

const styles = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"] as const;

const open: Simulators[] = [];
afterEach(async () => {
  for (const sims of open.splice(0)) await sims.stop();
});

/** The looks at who is playing come soon after one another. */
const eager: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 40), signal) };

function home(style: MediaStyle, lostMs = 60_000) {
  const world = createWorld();
  const state = world.media.addServer({ name: "Cellar", style });
  const anna = world.media.addUser(state, { name: "anna" });
  const ben = world.media.addUser(state, { name: "ben", admin: true });
  const library = world.media.addLibrary(state, { name: "Series" });
  const series = world.media.addToLibrary(library, world.addShow({ title: "Harbour Lights", seasons: [4] }));
  const film = world.media.addOther(world.media.addLibrary(state, { name: "Films", type: "movies" }), { name: "Film" });
  const sims = startSimulators(world, { withKeys: false, mediaSockets: { gatherMs: 5, lostMs } });
  open.push(sims);
  const simulator = sims.mediaServer("Cellar");
  const provider = createProviders({
    http: createHttp({ clock: eager, log: silentLog, userAgent: "EpisodeTracker/test" }),
    clock: eager,
    app: { product: "Episode Tracker", version: "0.0.0", deviceName: "Küche" },
    plex: { plexTv: "", plexApp: "", clientId: "", product: "", version: "", deviceName: "" },
  }).get(style === "emby" ? "emby" : "jellyfin");
  const as = (user: MediaUser, { token = simulator.credentials.issue(user).text, byKey = false } = {}): MediaServer =>
    provider.open({
      name: state.name,
      url: simulator.address,
      token: secret(token),
      account: { id: user.id, username: user.name, email: null },
      owned: false,
      relay: false,
      insecureTls: false,
      deviceId: "a-device",
      byKey,
    });
  const item = (number: number) => mediaEpisode(series, 1, number);
  return { world, media: world.media, state, anna, ben, series, film, sims, simulator, as, item };
}

/** Everything heard until it is enough. */
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
  const playing = () => heard.filter((news) => news.kind === "playing");
  return {
    heard,
    until,
    opened: () => until((all) => all.length > 0),
    items: (count = 1) => until((all) => all.filter(({ kind }) => kind === "items").length >= count),
    state: (state: string) => until(() => playing().at(-1)?.state === state).then(() => playing().at(-1)),
    leave: () => leave.abort(),
    ended,
  };
}

const codeOf = (ended: unknown) => (ended === undefined ? undefined : toAppError(ended).code);

const named = (heard: readonly ServerNews[]) =>
  new Set(heard.flatMap((news) => (news.kind === "items" ? news.itemIds : [])));

describe.each(styles)("the news of %s", (style) => {
  test("a mark and an unmark by hand name the item and not what it is in; others' are not heard", async () => {
    const { media, anna, ben, as, item } = home(style);
    const feed = listenTo(as(anna));
    await feed.opened();
    media.mark(ben, item(2));
    media.mark(anna, item(1));
    await feed.items(1);
    media.unmark(anna, item(1));
    await feed.items(2);
    media.mark(anna, item(3));
    media.mark(anna, item(4));
    expect(named(await feed.until((all) => named(all).size === 3))).toEqual(new Set([1, 3, 4].map((n) => item(n).id)));
    expect(feed.heard.some(({ kind }) => kind === "library")).toBe(false);
    feed.leave();
    await feed.ended;
  });

  test("what somebody plays is followed from beginning to end, of themselves only", async () => {
    const { media, anna, ben, as, item, state } = home(style);
    const feed = listenTo(as(anna));
    const theirs = startMediaViewer(media, { user: ben, item: item(2), everyMs: 60_000 });
    await feed.opened();
    const viewer = startMediaViewer(media, { user: anna, item: item(1), everyMs: 60_000, fromMs: 90_000 });
    const session = { kind: "playing", sessionId: viewer.session.id, itemId: item(1).id } as const;
    expect(await feed.state("playing")).toEqual({ ...session, offsetMs: 90_000, state: "playing" });
    viewer.pause();
    expect(await feed.state("paused")).toEqual({ ...session, offsetMs: 90_000, state: "paused" });
    viewer.resume();
    await feed.state("playing");
    viewer.finish();
    expect(await feed.state("stopped")).toEqual({ ...session, offsetMs: null, state: "stopped" });
    theirs.stop();
    const sessions = new Set(feed.heard.flatMap((news) => (news.kind === "playing" ? [news.sessionId] : [])));
    expect([...sessions]).toEqual([viewer.session.id]);
    expect(state.sessions).toEqual([]);
    feed.leave();
    await feed.ended;
  });

  test("what was already playing when it opens is heard too", async () => {
    const { media, anna, as, item } = home(style);
    const viewer = startMediaViewer(media, { user: anna, item: item(1), everyMs: 60_000, fromMs: 60_000 });
    const feed = listenTo(as(anna));
    await feed.state("playing");
    viewer.stop();
    await feed.state("stopped");
    feed.leave();
    await feed.ended;
  });

  test("a look that gets no answer is made again without further news", async () => {
    const { media, anna, as, item, sims } = home(style);
    startMediaViewer(media, { user: anna, item: item(1), everyMs: 60_000, fromMs: 60_000 });
    // The first question with all its repetitions.
    const service = style === "emby" ? "emby-server" : "jellyfin-server";
    sims.faults.add({ service, path: /\/Sessions/i, effect: { kind: "status", status: 500 }, times: 3 });
    const feed = listenTo(as(anna));
    await feed.opened();
    expect(await feed.state("playing")).toMatchObject({ itemId: item(1).id });
    feed.leave();
    await feed.ended;
  });

  test("sessions say whose they are, with the episode and its mark; a film is nobody's episode", async () => {
    const { media, anna, ben, as, item, film } = home(style);
    media.play(anna, item(1), { at: Date.now() - 86_400_000 });
    const mine = startMediaViewer(media, { user: anna, item: item(1), everyMs: 60_000, fromMs: 30_000 });
    startMediaViewer(media, { user: ben, item: film, everyMs: 60_000 });
    const own = await as(anna).news!.sessions();
    expect(own.filter((each) => each.own)).toMatchObject([
      {
        sessionId: mine.session.id,
        itemId: item(1).id,
        offsetMs: 30_000,
        state: "playing",
        player: "Living Room",
        episode: { itemId: item(1).id, season: 1, number: 1, showTitle: "Harbour Lights" },
      },
    ]);
    expect(own.filter((each) => !each.own && each.episode !== null)).toEqual([]);
    expect((await as(ben).news!.sessions()).find((each) => each.own)).toMatchObject({ itemId: film.id, episode: null });
  });

  test("a token that does not stand any more is said so, and stands in no message", async () => {
    const { anna, as } = home(style);
    const refused = await failureOf(async () => {
      for await (const _ of as(anna, { token: "no-such-token" }).news!.listen(AbortSignal.timeout(5_000))) break;
    });
    expect(refused.code).toBe("auth-expired");
    expect(`${refused.message} ${refused.detail}`).not.toContain("no-such-token");
  });

  test("it ends when the server ends it, and nothing stays open when it is left", async () => {
    const { anna, as, simulator } = home(style);
    const first = listenTo(as(anna));
    await first.opened();
    simulator.sockets.dropAll();
    // With or without a word of farewell.
    expect([undefined, "unreachable"]).toContain(codeOf(await first.ended));
    const second = listenTo(as(anna));
    await second.opened();
    expect(simulator.sockets.listeners()).toBe(1);
    second.leave();
    await second.ended;
    while (simulator.sockets.listeners() > 0) await Bun.sleep(2);
  });

  test("whoever comes with a key hears nothing, and why is said", () => {
    const { anna, as } = home(style);
    const server = as(anna, { byKey: true });
    expect(server.news).toBeUndefined();
    expect(server.noNews).toMatch(/^Cellar tells nothing live to a connection by API key\./);
  });
});

test("a Jellyfin that hangs up on who says nothing keeps the connection, and no token is in an address", async () => {
  const { anna, as, simulator, sims } = home("jellyfin-12", 300);
  const feed = listenTo(as(anna));
  await feed.opened();
  await Bun.sleep(20);
  expect(simulator.sockets.listeners()).toBe(1);
  expect(sims.requests.all({ path: /[?&](api_?key|token)=/i })).toEqual([]);
  feed.leave();
  await feed.ended;
});

describe("one frame", () => {
  const anna = "08ca0000000000000000000000000001";
  const frame = (MessageType: string, Data?: unknown) => JSON.stringify({ MessageType, Data, MessageId: "x" });
  const rows = (...list: object[]) => frame("UserDataChanged", { UserId: anna, UserDataList: list });
  const episode = { ItemId: "464ed2dbeeed347ad2b23cbe9e8b560c", Played: true, PlayCount: 1 };
  const season = { ItemId: "bf2eedc270d1af7e199235a2b1bed3d1", UnplayedItemCount: 3, Played: false };
  const items: ServerNews = { kind: "items", itemIds: [episode.ItemId], each: true };

  const frames: [string, string, ServerNews | null][] = [
    ["a mark", rows(episode, season), items],
    ["a mark that is said twice", rows(episode, episode), items],
    ["an id in dashes", rows({ ...episode, ItemId: "464ED2DB-EEED-347A-D2B2-3CBE9E8B560C" }), items],
    ["an account in dashes", rows(episode).replace(anna, "08CA0000-0000-0000-0000-000000000001"), items],
    ["a season only", rows(season), { kind: "library" }],
    ["nobody's marks", frame("UserDataChanged", { UserDataList: [episode] }), null],
    ["somebody else's marks", rows(episode).replace(anna, "x"), null],
    ["no rows", rows(), null],
    ["rows without an id", rows({ Played: true }), { kind: "library" }],
    ["something new", frame("LibraryChanged", { ItemsAdded: ["a"], IsEmpty: false }), { kind: "library" }],
    ["something gone", frame("LibraryChanged", { ItemsRemoved: ["a"] }), { kind: "library" }],
    ["new pictures", frame("LibraryChanged", { ItemsUpdated: ["a"], ItemsAdded: [] }), null],
    ["nothing changed", frame("LibraryChanged", { ItemsAdded: ["a"], IsEmpty: true }), null],
    ["life", frame("KeepAlive"), null],
    ["a demand for life", frame("ForceKeepAlive", 60), null],
    ["another kind", frame("ServerRestarting"), null],
    ["no JSON", "{", null],
    ["no object", "[1]", null],
  ];
  test.each(frames)("%s", (_, message, news) => expect(readFrame(message, anna)).toEqual(news));

  test("a show marked as a whole is one message", () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ ...episode, ItemId: String(at) }));
    expect(readFrame(rows(...many, season), anna)).toMatchObject({ kind: "items", itemIds: { length: 300 } });
  });
});
