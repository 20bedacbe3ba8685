import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Secret } from "../../src/kernel/secret.ts";
import type { Provider, WebhookListener, WebhookRegistry } from "../../src/providers/contract.ts";
import { readWebhook } from "../../src/providers/plex/webhooks.ts";
import { createImpatientClock, failureOf } from "../contracts/media-server.contract.ts";
import type { PlexAccount, PlexItem } from "../simulators/plex-world.ts";
import { plexEpisode } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld, type World } from "../simulators/world.ts";
import { optionsFor, plexOf, signIn } from "./plex-bench.ts";

const anna: WebhookListener = {
  serverId: "attic-1",
  owned: true,
  account: { id: "7300001", username: "anna", email: "anna@example.com" },
};
const guest: WebhookListener = { ...anna, owned: false };

const episode = {
  librarySectionType: "show",
  ratingKey: "5012",
  key: "/library/metadata/5012",
  parentRatingKey: "5001",
  grandparentRatingKey: "5000",
  guid: "plex://episode/5d9c120000000000000000aa",
  type: "episode",
  title: "The Door",
  grandparentTitle: "Some Show",
  index: 5,
  parentIndex: 6,
  viewCount: 2,
  lastViewedAt: 1_751_400_000,
};

type Parts = Record<string, unknown>;

function message(change: Parts = {}, metadata: Parts = {}): Parts {
  return {
    event: "media.scrobble",
    user: true,
    owner: true,
    Account: { id: 7_300_001, thumb: "https://plex.tv/users/ab/avatar", title: "anna" },
    Server: { title: "Attic", uuid: "attic-1" },
    Player: { local: true, publicAddress: "203.0.113.7", title: "Living Room", uuid: "x1y2" },
    Metadata: { ...episode, ...metadata },
    ...change,
  };
}

const tautulli = (change: Parts = {}, metadata: Parts = {}): Parts => ({
  event: "media.scrobble",
  user: "anna",
  Account: { title: "anna" },
  Server: { uuid: "attic-1", title: "Attic" },
  Metadata: { type: "episode", ratingKey: "5012", title: "The Door", index: "5", guid: "attic://5012", ...metadata },
  ...change,
});

const without = (key: string, from = message()): Parts =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));

const watched = { kind: "watched", itemId: "5012", viewCount: 2 } as const;
const uncounted = { ...watched, viewCount: null };

describe("a message of Plex is news", () => {
  const used: [string, unknown, WebhookListener, object][] = [
    ["as the payload of a form", { payload: JSON.stringify(message()) }, anna, watched],
    ["as bare JSON", message(), anna, watched],
    ["as JSON inside JSON", { payload: message() }, anna, watched],
    ["of an older server, which calls its owner 1", message({ Account: { id: 1, title: "Ann" } }), anna, watched],
    ["with numbers as texts", message({ Account: { id: "7300001" } }, { viewCount: "2" }), anna, watched],
    ["without a counter", message({}, { viewCount: undefined }), anna, uncounted],
    ["without Player", without("Player"), anna, watched],
    ["of a guest, on somebody else's server", message({ owner: false }), guest, watched],
    ["of a managed user, from the hook of the home's owner", message({ user: false }), guest, watched],
    ["with a name where the id is missing", message({ Account: { title: "Anna" } }), guest, watched],
    ["with flags as numbers", message({ user: 1, owner: "1" }), anna, watched],
    ["with fields of other types than expected", message({ Player: "?", rating: {} }, { Guid: 5 }), anna, watched],
    ["of Tautulli", tautulli(), anna, uncounted],
    ["of Tautulli, by mail address", tautulli({ user: "Anna@Example.com" }), guest, uncounted],
    ["of Tautulli, with an id made up", tautulli({ Account: { id: "1", title: "x" } }), guest, uncounted],
    ["of Tautulli, without its server", without("Server", tautulli()), anna, uncounted],
    ["about a new episode", message({ event: "library.new" }), anna, { kind: "added", itemId: "5012" }],
    [
      "about a new episode, from the owner's hook",
      message({ event: "library.new", Account: { id: 1 } }),
      guest,
      { kind: "added", itemId: "5012" },
    ],
    [
      "about a rated show",
      message({ event: "media.rate", rating: "8" }, { type: "show", ratingKey: "5000" }),
      anna,
      { kind: "rated", itemId: "5000" },
    ],
  ];

  test.each(used)("%s", (_, body, listener, news) => {
    expect(readWebhook(body, listener)).toMatchObject({ news: { ...news } });
  });

  test("and says for people what it is about", () => {
    expect(readWebhook(message(), anna).title).toBe("Some Show · S6 E5 · The Door");
    expect(readWebhook(message({}, { title: "x".repeat(900) }), anna).title).toHaveLength(300);
  });

  test("that is the same when it comes twice, and another one for the next viewing", () => {
    const print = (body: unknown) => readWebhook(body, anna).fingerprint;
    expect(print({ payload: JSON.stringify(message()) })).toBe(print(message()));
    expect(print(message({}, { viewCount: 3 }))).not.toBe(print(message()));
    expect(print(message({}, { ratingKey: "5013" }))).not.toBe(print(message()));
    expect(print(message({ event: "media.rate" }))).not.toBe(print(message()));
  });
});

describe("a message is left alone", () => {
  const elsewhere = /another server/;
  const strange = /another account/;
  const ignored: [string, unknown, WebhookListener, RegExp][] = [
    ["nothing", null, anna, /not a message/],
    ["text", "media.scrobble", anna, /not a message/],
    ["a list", [message()], anna, /not a message/],
    ["a form without payload", { other: "1" }, anna, /not a message/],
    ["a payload that breaks off", { payload: '{"event":"media.scr' }, anna, /not a message/],
    ["no event", without("event"), anna, /not a message/],
    ["an event of another type", message({ event: { a: 1 } }), anna, /not a message/],
    ["a beginning", message({ event: "media.play" }), anna, /only begun/],
    ["a pause", message({ event: "media.pause" }), anna, /only pauses/],
    ["going on", message({ event: "media.resume" }), anna, /goes on/],
    ["a stop", message({ event: "media.stop" }), anna, /was stopped/],
    ["a device", { event: "device.new", user: true, Server: { uuid: "attic-1" } }, anna, /not about what you/],
    ["on deck", message({ event: "library.on.deck" }), anna, /not about what you/],
    ["another server", message({ Server: { uuid: "cabin-2" } }), anna, elsewhere],
    ["no server", without("Server"), anna, elsewhere],
    ["a blank server", message({ Server: { uuid: " " } }), anna, elsewhere],
    ["another server, by Tautulli", tautulli({ Server: { uuid: "cabin-2" } }), anna, elsewhere],
    ["somebody else", message({ user: false, Account: { id: 99, title: "ben" } }), anna, strange],
    ["somebody else of the same name", message({ Account: { id: 99, title: "anna" } }), anna, strange],
    ["the owner, to a guest", message({ Account: { id: 1, title: "anna" } }), guest, strange],
    ["nobody", without("Account"), anna, strange],
    ["somebody else, by Tautulli", tautulli({ user: "ben" }), anna, strange],
    ["a pause of somebody else", message({ event: "media.pause", Account: { id: 99 } }), anna, strange],
    ["a film", message({}, { type: "movie" }), anna, /Films/],
    ["a song", message({}, { type: "track" }), anna, /Music/],
    ["a clip", message({}, { type: "clip" }), anna, /Trailers/],
    ["a trailer of an episode", message({}, { extraType: 1 }), anna, /Trailers/],
    ["live TV by its key", message({}, { key: "/livetv/sessions/1" }), anna, /Live TV/],
    ["live TV by its flag", message({}, { live: "1" }), anna, /Live TV/],
    ["live TV by its guid", message({}, { guid: "tv.plex.xmltv://x" }), anna, /Live TV/],
    ["an episode without a key", message({}, { ratingKey: undefined }), anna, /which episode/],
    ["no item at all", without("Metadata"), anna, /not about an episode/],
    ["a new show", message({ event: "library.new" }, { type: "show" }), anna, /next full sync/],
    ["a new season", message({ event: "library.new" }, { type: "season" }), anna, /next full sync/],
    ["a new film", message({ event: "library.new" }, { type: "movie" }), anna, /Films/],
    ["a rated episode", message({ event: "media.rate", rating: 8 }), anna, /whole shows/],
    ["a rating taken back", message({ event: "media.rate", rating: -1 }, { type: "show" }), anna, /taken back/],
    [
      "a rating of somebody else",
      message({ event: "media.rate", Account: { id: 9 } }, { type: "show" }),
      anna,
      strange,
    ],
  ];

  test.each(ignored)("with a reason: %s", (_, body, listener, reason) => {
    const read = readWebhook(body, listener);
    expect(read.news).toBeNull();
    expect(read.news === null && read.reason).toMatch(reason);
  });

  test("without naming what somebody else has watched", () => {
    expect(readWebhook(message({ Account: { id: 99, title: "ben" } }), anna).title).toBeNull();
  });
});

describe("the list of webhooks at plex.tv", () => {
  let world: World;
  let sims: Simulators;
  let plex: Provider;
  let owner: PlexAccount;
  let token: Secret;
  let list: WebhookRegistry;
  const foreign = ["https://example.com/hook1", "https://example.com/hook2"];
  const ours = "http://192.0.2.9:4747/api/webhooks/plex/new";
  const former = "http://192.0.2.9:4747/api/webhooks/plex/old";

  beforeEach(async () => {
    const clock = createImpatientClock(Date.UTC(2026, 5, 1, 12));
    world = createWorld({ now: () => clock.now() });
    owner = world.addAccount({ username: "anna" });
    world.addServer({ name: "Attic", owner });
    sims = startSimulators(world, { withKeys: false });
    plex = plexOf(sims, clock);
    token = await signIn(plex, sims, owner);
    list = plex.webhooks!.registry!;
  });
  afterEach(() => sims.stop());

  test("keeps foreign entries, and a former address of ours gives way", async () => {
    owner.webhooks = [foreign[0]!, former, foreign[1]!];
    await list.change(token, { add: ours, isOurs: (url) => url === former });
    expect(owner.webhooks).toEqual([...foreign, ours]);
    expect(await list.list(token)).toEqual([...foreign, ours]);
  });

  test("is not written when there is nothing to change", async () => {
    owner.webhooks = [...foreign, ours];
    await list.change(token, { add: ours, isOurs: () => false });
    expect(sims.requests.count({ service: "plex.tv", method: "POST", path: /webhooks/ })).toBe(0);
  });

  test("is cleared when the last entry was ours", async () => {
    owner.webhooks = [ours];
    await list.change(token, { add: null, isOurs: (url) => url === ours });
    expect(owner.webhooks).toEqual([]);
  });

  test("is for Plex Pass only, which says nothing about the sign-in", async () => {
    owner.plexPass = false;
    const failure = await failureOf(() => list.change(token, { add: ours, isOurs: () => false }));
    expect([failure.code, failure.message]).toEqual(["unsupported", expect.stringMatching(/Plex Pass/)]);
  });

  test("a dead sign-in is a dead sign-in", async () => {
    sims.plexTv.revokeAll(owner);
    expect((await failureOf(() => list.list(token))).code).toBe("auth-expired");
  });

  test("a bad day of plex.tv is no answer", async () => {
    sims.faults.add({ service: "plex.tv", path: /webhooks/, effect: { kind: "status", status: 503 } });
    expect((await failureOf(() => list.list(token))).code).toBe("unreachable");
  });
});

describe("the rating of a show", () => {
  test("is the account's own, from 1 to 10, with its time", async () => {
    const clock = createImpatientClock(Date.UTC(2026, 5, 1, 12));
    const world = createWorld({ now: () => clock.now() });
    const [owner, ben] = [world.addAccount({ username: "anna" }), world.addAccount({ username: "ben" })];
    const attic = world.addServer({ name: "Attic", owner });
    world.share(attic, ben);
    const tv = world.addLibrary(attic, { title: "TV Shows" });
    const show: PlexItem = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [2] }));
    const sims = startSimulators(world, { withKeys: false });
    const open = (account: PlexAccount) => plexOf(sims, clock).open(optionsFor(sims, attic, account));
    const rating = (account: PlexAccount, item = show) => open(account).showRating!(item.ratingKey);
    expect(await rating(owner)).toBeNull();
    world.rate(owner, show, 9.5);
    expect(await rating(owner)).toEqual({ rating: 10, at: clock.now() });
    expect(await rating(ben)).toBeNull();
    world.rate(ben, show, 0.4);
    expect(await rating(ben)).toMatchObject({ rating: 1 });
    expect(await open(owner).showRating!("999999")).toBeNull();
    expect(await rating(owner, plexEpisode(show, 1, 1))).toBeNull();
    await sims.stop();
  });
});
