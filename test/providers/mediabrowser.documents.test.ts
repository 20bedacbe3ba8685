import { afterEach, describe, expect, test } from "bun:test";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { createHttp, type Transport } from "../../src/kernel/http.ts";
import { secret } from "../../src/kernel/secret.ts";
import type { Listing, MediaServer } from "../../src/providers/contract.ts";
import { createEmby } from "../../src/providers/emby/index.ts";
import { createJellyfin } from "../../src/providers/jellyfin/index.ts";
import { asObject } from "../simulators/helpers.ts";
import { documents } from "../simulators/mediabrowser-documents.ts";
import {
  type Exchange,
  misfits,
  misfitsOfAnswer,
  nameOf,
  routeOf,
  strangeParameters,
} from "../simulators/mediabrowser-shape.ts";
import { isEmby, type MediaStyle, mediaEpisode } from "../simulators/mediabrowser-state.ts";
import { startMediaViewer } from "../simulators/mediabrowser-viewer.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";
import { familyOf, optionsFor, placeOf } from "./mediabrowser-bench.ts";
import { quiet } from "./plex-bench.ts";

const styles = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"] as const;
const evening = Date.parse("2026-05-01T20:00:00Z");

/** What our clients ask although the document does not know it, and why. */
const exceptions: Record<MediaStyle, Record<string, string>> = {
  "jellyfin-10.8": {
    "GET /UserViews": "asked first, since 10.9 has it; 404 leads to the older address",
    "POST /QuickConnect/Initiate": "asked first, since 12 has nothing else; 405 leads to the older method",
    ...wordsForEmby(),
  },
  "jellyfin-10.11": wordsForEmby(),
  "jellyfin-12": wordsForEmby(),
  emby: {
    "GET /Users/{UserId}/Items ExcludeLocationTypes":
      "where it is not heeded, rows are looked at again for what the server only knows to be missing",
    "GET /Users/{UserId}/Items EnableTotalRecordCount":
      "its maker's own clients send it; where it is not heeded, the count comes for nothing",
  },
};

/** Words of `Fields` without which Emby leaves these out. Jellyfin always tells them, and passes over unknown words. */
function wordsForEmby(): Record<string, string> {
  const missing = ["PremiereDate", "ProductionYear", "UserDataLastPlayedDate", "UserDataPlayCount"];
  return Object.fromEntries(missing.map((word) => [`GET /Items Fields=${word}`, "a word of Emby's"]));
}

let sims: Simulators | null = null;
afterEach(async () => {
  await sims?.stop();
  sims = null;
});

const eager: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) };

function home(style: MediaStyle) {
  const world = createWorld();
  const { media } = world;
  const state = media.addServer({ name: "Cellar", style });
  const anna = media.addUser(state, { name: "anna", password: "opensesame", admin: true });
  const ben = media.addUser(state, { name: "ben" });
  const series = media.addLibrary(state, { name: "Series" });
  const mixed = media.addLibrary(state, { name: "Everything", type: null, ids: "odd" });
  media.addOther(media.addLibrary(state, { name: "Films", type: "movies" }), { name: "A Film" });
  const long = world.addShow({ title: "The Long Run", year: 2015, seasons: [300, 300] });
  const lights = media.addToLibrary(
    series,
    world.addShow({ title: "Harbour Lights", year: 2019, seasons: [6, 4], specials: 1 }),
    { virtual: ({ season, number }) => season === 2 && number === 4 },
  );
  media.addToLibrary(mixed, long);
  const item = (season: number, number: number) => mediaEpisode(lights, season, number);
  media.joinEpisodes(item(1, 5), 6);
  media.play(anna, item(1, 1), { at: evening });
  media.mark(anna, item(1, 2), { at: evening });
  media.setData(anna, item(1, 3), { played: true });
  media.partial(anna, item(1, 4), { positionMs: 600_000, at: evening });
  media.play(anna, item(1, 5), { at: evening });
  const running = startSimulators(world, { withKeys: false, mediaSockets: { gatherMs: 5 } });
  sims = running;
  const simulator = running.mediaServer("Cellar");
  const exchanges: Exchange[] = [];
  const recording: Transport = async (url, init) => {
    const answer = await fetch(url, init);
    const { pathname, searchParams } = new URL(url);
    exchanges.push({
      method: init.method ?? "GET",
      path: pathname.replace(/^\/emby(?=\/)/, ""),
      query: [...searchParams],
      status: answer.status,
      type: answer.headers.get("content-type")?.split(";")[0] ?? "",
      body: await answer.clone().text(),
    });
    return answer;
  };
  const family = {
    ...familyOf(eager),
    http: createHttp({ clock: eager, log: quiet, userAgent: "EpisodeTracker/test", transport: recording }),
  };
  const provider = style === "emby" ? createEmby(family) : createJellyfin(family);
  return { media, anna, ben, lights, item, sims: running, simulator, provider, exchanges };
}

async function all<Item>(listing: Listing<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for (;;) {
    const { done, value } = await listing.next();
    if (done) return found;
    found.push(...value.items);
  }
}

/** Everything a connection ever asks: signing in each way, reading, news, marks, signing out. */
async function wholeLife(at: ReturnType<typeof home>): Promise<void> {
  const { media, anna, ben, item, simulator, provider } = at;
  const address = provider.address ?? expect.unreachable();
  const place = placeOf(simulator, anna);
  await address.find({ url: simulator.address, insecureTls: false });
  const { token } = await address.withPassword(place, { username: "anna", password: secret("opensesame") });
  await address.accountsOf(place, secret(simulator.credentials.addKey("Episode Tracker").text));
  const keyed = { place: placeOf(simulator, ben, true), key: secret(simulator.credentials.addKey("Another").text) };
  await provider.account.account(keyed.key, keyed.place);
  await byCode(at);

  await provider.account.account(token, place);
  await provider.account.servers(token, place);
  await provider.account.ping(token, place);
  const connections = [{ url: simulator.address, kind: "typed" as const }];
  await provider.account.probe({ serverId: simulator.state.id, connections, token, place });

  const server = provider.open(optionsFor(simulator, anna, token));
  await server.identify();
  const libraries = (await server.libraries()).filter(({ type }) => type === "show");
  for (const library of libraries) {
    const shows = await all(server.shows(library));
    const episodes = await all(server.episodes(library, {}));
    await all(server.episodes(library, { viewedSince: evening - 1 }));
    await server.watchedCount(library);
    await server.showsById(shows.map(({ itemId }) => itemId));
    await server.episodesById(episodes.slice(0, 20).map(({ itemId }) => itemId));
    const poster = shows.find(({ posterPath }) => posterPath !== null)?.posterPath ?? expect.unreachable();
    await server.artwork(poster);
    await server.showRating?.(shows[0]?.itemId ?? "");
  }
  // Opened anew it does not know yet which library an item is in.
  const anew = provider.open(optionsFor(simulator, anna, token));
  await anew.episodesById([item(1, 1).id]);
  await news(at, anew);
  await anew.setWatched?.(item(2, 1).id, true, { at: evening });
  await anew.setWatched?.(item(2, 2).id, true, { at: null });
  await anew.setWatched?.(item(2, 1).id, false, { at: null });
  media.unmark(anna, item(2, 2));
  await provider.account.signOut?.(token, place);
}

async function byCode({ ben, simulator, provider }: ReturnType<typeof home>): Promise<void> {
  const code = provider.address?.code;
  if (code === undefined) return;
  const place = placeOf(simulator, ben);
  const started = await code.start(place);
  await code.check(place, started.secret);
  simulator.credentials.approve(started.code, ben);
  await code.check(place, started.secret);
}

/** Somebody plays something, is looked at, and a mark is set meanwhile. */
async function news({ media, anna, item }: ReturnType<typeof home>, { news: feed }: MediaServer): Promise<void> {
  if (feed === undefined) expect.unreachable();
  const leave = new AbortController();
  const viewer = startMediaViewer(media, { user: anna, item: item(1, 4), everyMs: 60_000, fromMs: 60_000 });
  let looked = false;
  for await (const heard of feed.listen(leave.signal)) {
    if (looked && heard.kind === "items") break;
    if (looked || heard.kind !== "playing") continue;
    looked = true;
    await feed.sessions();
    media.mark(anna, item(2, 3));
  }
  viewer.stop();
}

/** The messages of a socket from its opening to the first about marks. */
function framesOf({ media, anna, item, simulator }: ReturnType<typeof home>): Promise<unknown[]> {
  const { text: token } = simulator.credentials.issue(anna);
  const place = isEmby(simulator.state) ? `embywebsocket?api_key=${token}` : `socket?ApiKey=${token}`;
  const socket = new WebSocket(`${simulator.address.replace("http", "ws")}/${place}`);
  const frames: unknown[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
  socket.onopen = () => media.mark(anna, item(2, 1));
  socket.onerror = () => reject(new Error("The socket does not open"));
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(String(data)));
    if (String(data).includes("UserDataChanged")) resolve(frames);
  };
  return promise.finally(() => socket.close());
}

describe.each(styles)("all that is asked of a %s, by its document", (style) => {
  const document = documents[style];

  test("the requests are known, with every parameter, or an exception is named", async () => {
    const at = home(style);
    await wholeLife(at);
    const strange = at.exchanges.flatMap((exchange) => {
      const route = routeOf(document, exchange);
      return route === null ? [nameOf(exchange)] : strangeParameters(route, exchange.query);
    });
    expect([...new Set(strange)].sort()).toEqual(Object.keys(exceptions[style]).sort());
    const asked = new Set(at.exchanges.map((exchange) => routeOf(document, exchange)));
    expect(document.routes.filter((route) => !asked.has(route)).map(nameOf)).toEqual([]);
  });

  test("the answers have the fields it states, of its types, and no others", async () => {
    const at = home(style);
    await wholeLife(at);
    const wrong = at.exchanges
      .filter(({ status }) => status < 400)
      .flatMap((exchange) => {
        const route = routeOf(document, exchange);
        return route === null ? [`${exchange.path} is not known`] : misfitsOfAnswer(document, route, exchange);
      });
    expect([...new Set(wrong)]).toEqual([]);
  });

  test("the messages of the socket are of its shapes", async () => {
    const frames = await framesOf(home(style));
    const kindOf = (frame: unknown) =>
      asObject(frame)["MessageType"] === "UserDataChanged" ? "UserDataChanged" : "KeepAlive";
    expect(frames.flatMap((frame) => misfits(document, kindOf(frame), frame, kindOf(frame)))).toEqual([]);
    expect(frames.map(kindOf)).toContain("UserDataChanged");
  });
});

describe("what does not fit a document is said", () => {
  const document = documents["jellyfin-12"];
  const ratedRow = {
    PlaybackPositionTicks: 0,
    PlayCount: 1,
    IsFavorite: false,
    Played: true,
    Key: "1",
    ItemId: "a".repeat(32),
  };

  test.each([
    ["nothing", {}, []],
    ["a field it does not know", { Watched: true }, ["row.Watched is not known"]],
    ["a field that is always there, left out", { Played: undefined }, ["row.Played is missing"]],
    ["a number as a text", { PlayCount: "1" }, ['row.PlayCount is no int: "1"']],
    ["an id with dashes", { ItemId: "a-b" }, ['row.ItemId is no uuid: "a-b"']],
    [
      "a date without a zone",
      { LastPlayedDate: "2026-05-01T20:00:00" },
      ['row.LastPlayedDate is no date: "2026-05-01T20:00:00"'],
    ],
    ["null where null may be", { Likes: null }, []],
  ])("in an answer: %s", (_, change, expected) => {
    const row: unknown = JSON.parse(JSON.stringify({ ...ratedRow, ...change }));
    expect(misfits(document, "UserItemData", row, "row")).toEqual(expected);
  });

  test("in a request: an address, a parameter, a word, a form", () => {
    const items = { method: "GET", path: "/items" };
    expect(routeOf(document, { ...items, path: "/Users/1/PlayedItems/2" })).toBeNull();
    const route = routeOf(document, items) ?? expect.unreachable();
    const query = [
      ["LIMIT", "5"],
      ["Limit", "five"],
      ["SeriesId", "1"],
      ["Filters", "IsPlayed,IsSeen"],
      ["Ids", "a-b"],
    ] as const;
    const expected = ["Limit=five", "SeriesId", "Filters=IsSeen", "Ids=a-b"].map((each) => `GET /Items ${each}`);
    expect(strangeParameters(route, query)).toEqual(expected);
  });
});
