import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/domain/instant.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import {
  type PlexAccount,
  type PlexItem,
  type PlexLibrary,
  type PlexServerState,
  plexEpisode,
} from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";

let world: World;
let anna: PlexAccount;
let ben: PlexAccount;
let attic: PlexServerState;
let tv: PlexLibrary;
let second: PlexLibrary;
let lights: PlexItem;
let sims: Simulators;
let product: Product;
let integration: IntegrationView;

/** Whole seconds, as Plex keeps them. */
const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;

beforeEach(async () => {
  world = createWorld();
  anna = world.addAccount({ username: "anna" });
  ben = world.addAccount({ username: "ben" });
  attic = world.addServer({ name: "Attic", owner: anna });
  world.share(attic, ben);
  tv = world.addLibrary(attic, { title: "TV Shows" });
  second = world.addLibrary(attic, { title: "Old TV", agent: "thetvdb" });
  lights = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [6, 4], specials: 2 }));
  sims = startSimulators(world, { deadConnections: () => [] });
  product = await startProduct(sims, { clock: hurriedClock });
  integration = await product.connect(anna, "Attic");
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

const episode = (season = 1, number = 1) => plexEpisode(lights, season, number);
const sync = (how: Parameters<Product["sync"]>[1] = {}) => product.sync(integration, how);
const plays = () =>
  playsOfUser(product).map(({ season, number, at: when, certainty }) => ({ season, number, at: when, certainty }));
const played = (when: number | null, season = 1, number: number | null = 1, certainty = "played") => ({
  season,
  number,
  at: when,
  certainty,
});

describe("what is a play", () => {
  test("every history row of the account", async () => {
    world.play(anna, episode(), { at });
    world.play(anna, episode(), { at: at + 3 * DAY_MS });
    world.play(anna, episode(1, 2), { at: at + 4 * DAY_MS });
    const log = await sync();
    expect(plays()).toEqual([played(at), played(at + 3 * DAY_MS), played(at + 4 * DAY_MS, 1, 2)]);
    expect(log).toMatchObject({ status: "success", showsSynced: 1, episodesSynced: 2, watchesAdded: 3 });
  });

  test("no row of anybody else", async () => {
    world.play(ben, episode(), { at });
    expect((await sync()).watchesAdded).toBe(0);
    expect(plays()).toEqual([]);
  });

  test("the row of an item that is unmarked today", async () => {
    world.play(anna, episode(), { at });
    world.unmark(anna, episode());
    await sync();
    expect(plays()).toEqual([played(at)]);
  });

  test("the row of an item that has been deleted", async () => {
    world.play(anna, episode(1, 3), { at });
    world.deleteItem(episode(1, 3));
    await sync();
    expect(plays()).toEqual([played(at, 1, 3)]);
  });

  test("the row of an item that was added again under a new key, and once only", async () => {
    world.play(anna, episode(1, 3), { at });
    await sync();
    world.readdEpisode(episode(1, 3));
    await sync();
    await sync({ full: true });
    expect(plays()).toEqual([played(at, 1, 3)]);
  });

  test("the rows of a whole show that was added again, for a database that sees it only now", async () => {
    world.play(anna, episode(1, 3), { at });
    lights = world.readdShow(lights);
    await sync();
    expect(playsOfUser(product)).toMatchObject([{ show: "Harbour Lights", season: 1, number: 3, at }]);
    expect(product.app.deps.db.raw.query("SELECT count(*) AS n FROM shows").get()).toEqual({ n: 1 });
  });

  test("rows of a show that is gone lie under a show of its name, and join it when it comes back", async () => {
    world.play(anna, episode(1, 3), { at });
    world.deleteItem(lights);
    await sync();
    expect(playsOfUser(product)).toMatchObject([{ show: "Harbour Lights", season: 1, number: 3, at }]);
    const show = lights.show;
    if (show === null) throw new Error("no show");
    world.addToLibrary(tv, show);
    await sync({ full: true });
    expect(playsOfUser(product)).toMatchObject([{ show: "Harbour Lights", season: 1, number: 3, at }]);
    expect(product.app.deps.db.raw.query("SELECT count(*) AS n, max(year) AS year FROM shows").get()).toEqual({
      n: 1,
      year: 2019,
    });
  });

  test("rows closer together than half the runtime are one, at the earlier time", async () => {
    const half = (episode().durationMs ?? 0) / 2;
    world.addHistoryRow(anna, episode(), at);
    world.addHistoryRow(anna, episode(), at + half - 5_000);
    world.addHistoryRow(anna, episode(), at + half + 5_000);
    await sync();
    expect(plays()).toEqual([played(at), played(Math.floor((at + half + 5_000) / 1000) * 1000)]);
  });

  test("half an hour counts when the runtime is unknown", async () => {
    world.edit(episode(), { durationMs: null });
    world.addHistoryRow(anna, episode(), at);
    world.addHistoryRow(anna, episode(), at + 29 * MINUTE_MS);
    world.addHistoryRow(anna, episode(), at + 31 * MINUTE_MS);
    await sync();
    expect(plays()).toEqual([played(at), played(at + 31 * MINUTE_MS)]);
  });

  test("a count without any row is one at its date, marked", async () => {
    world.markWatched(anna, episode(), { at });
    world.setView(anna, episode(), { viewCount: 4 });
    await sync();
    expect(plays()).toEqual([played(at, 1, 1, "marked")]);
  });

  test("a count above the number of rows adds nothing by itself", async () => {
    world.play(anna, episode(), { at });
    world.setView(anna, episode(), { viewCount: 5 });
    await sync();
    expect(plays()).toEqual([played(at)]);
  });

  test("a last view more than an hour after the newest row is one more, marked", async () => {
    world.play(anna, episode(), { at });
    world.markWatched(anna, episode(), { at: at + HOUR_MS + 1_000 });
    world.play(anna, episode(1, 2), { at });
    world.markWatched(anna, episode(1, 2), { at: at + HOUR_MS - 1_000 });
    await sync();
    expect(plays()).toEqual([played(at), played(at + HOUR_MS + 1_000, 1, 1, "marked"), played(at, 1, 2)]);
  });

  test("… but not while a playback is open", async () => {
    world.play(anna, episode(), { at });
    world.partial(anna, episode(), { offsetMs: 600_000, at: at + 5 * DAY_MS });
    await sync();
    expect(plays()).toEqual([played(at)]);
  });

  for (const [what, when] of [
    ["no time", null],
    ["a time before 1990", Date.UTC(1989, 11, 31)],
    ["a time more than an hour in the future", Date.now() + 2 * HOUR_MS],
  ] as const) {
    test(`${what}: one, at an unknown time`, async () => {
      world.markWatched(anna, episode(), { at: when });
      await sync();
      expect(plays()).toEqual([played(null, 1, 1, "unknown")]);
    });
  }

  test("a rewatch in progress without history: one, at an unknown time", async () => {
    world.markWatched(anna, episode(), { at });
    world.partial(anna, episode(), { offsetMs: 600_000, at: at + DAY_MS });
    await sync();
    expect(plays()).toEqual([played(null, 1, 1, "unknown")]);
  });

  test("a first playback that was not finished is none", async () => {
    world.partial(anna, episode(), { offsetMs: 600_000, at });
    const log = await sync();
    expect(plays()).toEqual([]);
    expect(log).toMatchObject({ showsSynced: 0, episodesSynced: 0 });
  });

  test("an episode without a number keeps its mark, and the log says so once, with something to do", async () => {
    world.play(anna, episode(), { at });
    world.edit(episode(), { index: null });
    const log = await sync();
    expect(plays()).toEqual([played(at, 1, null)]);
    expect(log.status).toBe("success");
    expect(log.errors).toHaveLength(1);
    expect(log.errors[0]).toMatchObject({ kind: "show-match", show: "Harbour Lights", episode: "Episode 1" });
    expect(log.errors[0]?.message).toContain("has no episode number");
    expect(log.errors[0]?.hint).toContain("S01E05");
    const [item] = product.app.sync.items(product.userId, log.id);
    expect(item).toMatchObject({ outcome: "added", added: 1 });
    expect((await sync()).errors).toEqual([]);
    expect((await sync({ full: true })).errors).toEqual([]);
    expect(plays()).toEqual([played(at, 1, null)]);
  });

  test("unmarks on the server are ignored unless the setting says otherwise", async () => {
    world.markWatched(anna, episode(), { at });
    await sync();
    world.unmark(anna, episode());
    const log = await sync({ full: true });
    expect(log).toMatchObject({ status: "success", watchesRemoved: 0 });
    expect(plays()).toEqual([played(at, 1, 1, "marked")]);
  });

  test("followed, an unmark takes the play away, a quick sync does it too, and undo brings it back", async () => {
    product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
    world.play(anna, episode(), { at });
    world.play(anna, episode(1, 2), { at });
    await sync();
    world.unmark(anna, episode());
    const log = await sync();
    expect(log).toMatchObject({ mode: "incremental", status: "success", watchesRemoved: 1 });
    expect(plays()).toEqual([played(at, 1, 2)]);
    await sync({ full: true });
    expect(plays()).toEqual([played(at, 1, 2)]);
    expect(product.app.sync.undo(product.userId, log.id)).toEqual({ removed: 0, restored: 1 });
    expect(plays()).toEqual([played(at), played(at, 1, 2)]);
    await sync({ trigger: "schedule", full: true });
    expect(plays()).toEqual([played(at), played(at, 1, 2)]);
  });
});

describe("what a sync counts", () => {
  test("distinct watched shows and episodes, copies merged; plays added", async () => {
    const show = lights.show;
    if (show === null) throw new Error("no show");
    const copy = world.addToLibrary(second, show);
    world.play(anna, episode(), { at });
    world.play(anna, plexEpisode(copy, 1, 1), { at: at + 2 * MINUTE_MS });
    world.play(anna, plexEpisode(copy, 1, 2), { at });
    const log = await sync();
    expect(log).toMatchObject({ showsSynced: 1, episodesSynced: 2, watchesAdded: 2 });
    world.play(anna, episode(1, 3), { at: Date.now() - MINUTE_MS });
    expect(await sync()).toMatchObject({ mode: "incremental", showsSynced: 1, episodesSynced: 3, watchesAdded: 1 });
  });

  test("a guest whose history the server refuses has a success with a note, and its integration stays ok", async () => {
    world.setQuirks(attic, { guestHistory: 403 });
    world.markWatched(ben, episode(), { at });
    const userId = await product.addUser("ben");
    const guest = await product.connect(ben, "Attic", userId);
    const log = await product.sync(guest);
    expect(log).toMatchObject({ status: "success", errors: [], watchesAdded: 1 });
    expect(log.notes).toEqual(["Attic does not show its play history to ben; dates come from the library itself."]);
    expect(product.app.integrations.get(userId, guest.id)).toMatchObject({ status: "ok" });
    expect(product.app.integrations.get(userId, guest.id).historyNote).toContain("does not show its play history");
  });

  test("duration is known, and a second sync with no change needs three requests", async () => {
    world.play(anna, episode(), { at });
    product.app.integrations.update(product.userId, integration.id, { libraries: [tv.key] });
    const first = await sync();
    expect(first.duration).toBeGreaterThan(0);
    sims.requests.reset();
    await sync();
    expect(sims.requests.count({ service: "plex-server" })).toBeLessThanOrEqual(3);
  });
});

describe("what is in the library", () => {
  const entries = () =>
    product.app.deps.db.raw
      .query<{ title: string }, []>(
        "SELECT s.title FROM library_entries l JOIN shows s ON s.id = l.show_id ORDER BY s.title",
      )
      .all()
      .map(({ title }) => title);

  test("shows with a play", async () => {
    world.addToLibrary(tv, world.addShow({ title: "Never Seen", year: 2001, seasons: [2] }));
    world.play(anna, episode(), { at });
    await sync();
    expect(entries()).toEqual(["Harbour Lights"]);
  });

  test("all shows of the server when the setting says so", async () => {
    world.addToLibrary(tv, world.addShow({ title: "Never Seen", year: 2001, seasons: [2] }));
    world.play(anna, episode(), { at });
    await sync();
    product.app.integrations.update(product.userId, integration.id, { addShows: "all" });
    await sync();
    expect(entries()).toEqual(["Harbour Lights", "Never Seen"]);
  });

  test("specials are not counted among what is out", async () => {
    world.play(anna, episode(), { at });
    await sync();
    expect(product.app.deps.db.raw.query("SELECT total, aired FROM shows").get()).toEqual({ total: 10, aired: 10 });
  });
});

describe("connecting", () => {
  test("starts no sync", () => {
    expect(product.app.sync.running(Number(integration.id))).toBeNull();
    expect(product.app.sync.list(product.userId, { limit: 10 })).toEqual([]);
    expect(integration).toMatchObject({ lastSync: null, status: "ok" });
  });

  test("the same server again renews login and address and keeps everything", async () => {
    world.play(anna, episode(), { at });
    await sync();
    product.app.integrations.update(product.userId, integration.id, {
      schedule: "5 * * * *",
      unmarks: "follow",
      libraries: [tv.key],
    });
    const again = await product.connect(anna, "Attic");
    expect(again).toMatchObject({ id: integration.id, schedule: "5 * * * *", unmarks: "follow" });
    expect(plays()).toEqual([played(at)]);
    const libraries = await product.app.integrations.libraries(product.userId, again.id);
    expect(libraries.filter(({ enabled }) => enabled).map(({ title }) => title)).toEqual(["TV Shows"]);
    expect(await product.sync(again)).toMatchObject({ mode: "incremental", watchesAdded: 0 });
  });

  test("another server becomes a second integration, and a choice between them is then needed", async () => {
    world.addServer({ name: "Cellar", owner: anna });
    await sims.stop();
    sims = startSimulators(world, { deadConnections: () => [] });
    await product.stop();
    product = await startProduct(sims, { clock: hurriedClock });
    const first = await product.connect(anna, "Attic");
    const other = await product.connect(anna, "Cellar");
    expect(product.app.integrations.list(product.userId).map(({ serverName }) => serverName)).toEqual([
      "Attic",
      "Cellar",
    ]);
    expect(() => product.app.integrations.pick(product.userId, "plex")).toThrow("several Plex servers");
    expect(product.app.integrations.pick(product.userId, "plex", other.id).serverName).toBe("Cellar");
    expect(first.id).not.toBe(other.id);
  });

  test("a server that the account does not have is refused as wrong input", async () => {
    const { integrations } = product.app;
    const pin = await integrations.startPin(product.userId, "plex", { forwardUrl: null });
    sims.plexTv.approve(pin.code, anna);
    const attempt = integrations.connect(product.userId, "plex", { pinId: pin.pinId, machineIdentifier: "nobody" });
    expect(attempt).rejects.toMatchObject({ code: "invalid", fields: [{ path: "machineIdentifier" }] });
  });

  test("a sync when a login is needed is a conflict with a hint", async () => {
    sims.plexTv.revokeAll(anna);
    attic.claimed = false;
    const log = await sync();
    expect(log.status).toBe("error");
    expect(product.app.integrations.get(product.userId, integration.id).status).toBe("needs-login");
    expect(() => product.app.sync.start(Number(integration.id), { trigger: "manual" })).toThrow(
      expect.objectContaining({
        code: "conflict",
        hint: expect.stringMatching(/Sign in again on the Integrations page/),
      }),
    );
  });
});
