import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/domain/instant.ts";
import type { SyncErrorKind } from "../../../src/domain/sync.ts";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import type { SyncLogView } from "../../../src/services/sync/types.ts";
import type { FaultRule } from "../../simulators/faults.ts";
import { startPlexServer } from "../../simulators/plex-server.ts";
import {
  episodesOf,
  type PlexAccount,
  type PlexItem,
  type PlexLibrary,
  type PlexServerState,
  plexEpisode,
} from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import {
  hurriedClock,
  impatient,
  type PlayFact,
  type Product,
  playsOfUser,
  startProduct,
} from "../../support/product.ts";

let world: World;
let anna: PlexAccount;
let attic: PlexServerState;
let tv: PlexLibrary;
let lights: PlexItem;
let sims: Simulators;
let product: Product;
let integration: IntegrationView;
let skewMs = 0;
/** What nobody will ever answer; for everything else a busy machine has time. */
let hanging: RegExp | null = null;

const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;
const skewed: Clock = { ...hurriedClock, now: () => systemClock.now() + skewMs };

beforeEach(async () => {
  skewMs = 0;
  hanging = null;
  world = createWorld();
  anna = world.addAccount({ username: "anna" });
  attic = world.addServer({ name: "Attic", owner: anna });
  tv = world.addLibrary(attic, { title: "TV Shows" });
  const old = world.addLibrary(attic, { title: "Old TV", agent: "thetvdb" });
  lights = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [20, 20] }));
  const other = world.addToLibrary(old, world.addShow({ title: "Old Tide", year: 1999, seasons: [3] }));
  for (const [index, item] of episodesOf(lights).slice(0, 30).entries())
    world.play(anna, item, { at: at + index * HOUR_MS });
  world.play(anna, plexEpisode(other, 1, 1), { at });
  sims = startSimulators(world, { deadConnections: () => [] });
  product = await startProduct(sims, {
    clock: skewed,
    transport: impatient((url) => (hanging?.test(url) ? 250 : 30_000)),
  });
  integration = await product.connect(anna, "Attic");
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

const status = () => product.app.integrations.get(product.userId, integration.id);
const all = 31;

/** Whatever went wrong, the next good sync has everything, and what was there before has stayed. */
async function expectRecovery(): Promise<void> {
  const before = playsOfUser(product);
  sims.faults.clear();
  hanging = null;
  // Past any pause that was asked for.
  skewMs += 10 * MINUTE_MS;
  const log = await product.sync(integration, { full: true });
  expect({ status: log.status, errors: log.errors }).toEqual({ status: "success", errors: [] });
  const plays = playsOfUser(product);
  expect(plays).toHaveLength(all);
  expectAllOf(before, plays);
  expect(status()).toMatchObject({ status: "ok", statusMessage: null });
}

function expectAllOf(before: readonly PlayFact[], after: readonly PlayFact[]): void {
  // How sure a time is may grow.
  const there = new Set(after.map(({ certainty, ...play }) => JSON.stringify(play)));
  expect(before.filter(({ certainty, ...play }) => !there.has(JSON.stringify(play)))).toEqual([]);
}

type Case = {
  what: string;
  rule: FaultRule & { path: RegExp };
  ends: SyncLogView["status"];
  kind: SyncErrorKind;
  message: RegExp;
  hint: RegExp;
  health: IntegrationView["status"];
};

const everywhere = /./;
const cases: Case[] = [
  {
    what: "answers 500 to everything",
    rule: { path: everywhere, effect: { kind: "status", status: 500 } },
    ends: "error",
    kind: "connection",
    message: /Attic is having trouble \(HTTP 500\)/,
    hint: /Attic/,
    health: "unreachable",
  },
  {
    what: "is restarting for good (503)",
    rule: { path: everywhere, effect: { kind: "status", status: 503 } },
    ends: "error",
    kind: "connection",
    message: /Attic is having trouble \(HTTP 503\)/,
    hint: /Attic/,
    health: "unreachable",
  },
  {
    what: "is a web page",
    rule: { path: everywhere, effect: { kind: "html" } },
    ends: "error",
    kind: "episode-fetch",
    message: /Attic answered with a web page/,
    hint: /login page|another program/,
    health: "unreachable",
  },
  {
    what: "never answers",
    rule: { path: everywhere, effect: { kind: "hang" } },
    ends: "error",
    kind: "connection",
    message: /Attic did not answer \(timed out/,
    hint: /Attic/,
    health: "unreachable",
  },
  {
    what: "closes every connection",
    rule: { path: everywhere, effect: { kind: "reset" } },
    ends: "error",
    kind: "connection",
    message: /Attic/,
    hint: /Attic/,
    health: "unreachable",
  },
  {
    what: "asks for a long pause",
    rule: { path: everywhere, effect: { kind: "status", status: 429, retryAfterSeconds: 90 } },
    ends: "error",
    kind: "rate-limit",
    message: /Attic asks us to wait/,
    hint: /pause of 2 minutes/,
    health: "unreachable",
  },
  {
    what: "asks for a pause without saying how long",
    rule: { path: everywhere, effect: { kind: "status", status: 429 } },
    ends: "error",
    kind: "rate-limit",
    message: /Attic asks us to wait/,
    hint: /asks for a pause/,
    health: "unreachable",
  },
  {
    what: "fails in one library",
    rule: { path: /sections\/2\/all/, effect: { kind: "status", status: 500 } },
    ends: "partial",
    kind: "connection",
    message: /Attic is having trouble/,
    hint: /Attic/,
    health: "unreachable",
  },
  {
    what: "sends one library as a web page",
    rule: { path: /sections\/2\/all/, effect: { kind: "html" } },
    ends: "partial",
    kind: "episode-fetch",
    message: /Attic answered with a web page/,
    hint: /./,
    health: "ok",
  },
  {
    what: "keeps breaking off one library",
    rule: { path: /sections\/2\/all.*type=4/, effect: { kind: "truncate" } },
    ends: "partial",
    kind: "episode-fetch",
    message: /Attic sent an answer that breaks off/,
    hint: /Sync again/,
    health: "ok",
  },
  {
    what: "cuts the connection in one library",
    rule: { path: /sections\/2\/all.*type=4/, effect: { kind: "cut" } },
    ends: "partial",
    kind: "connection",
    message: /Attic/,
    hint: /Attic/,
    health: "unreachable",
  },
  {
    what: "sends nonsense for one library",
    rule: { path: /sections\/2\/all.*type=4/, effect: { kind: "wrong-json" } },
    ends: "partial",
    kind: "episode-fetch",
    message: /Attic sent/,
    hint: /Sync again/,
    health: "ok",
  },
  {
    what: "sends a library without end",
    rule: { path: /sections\/2\/all.*type=4/, effect: { kind: "endless" } },
    ends: "partial",
    kind: "connection",
    message: /Attic/,
    hint: /./,
    health: "unreachable",
  },
  {
    what: "forbids one library",
    rule: { path: /sections\/2\/all/, effect: { kind: "status", status: 403 } },
    ends: "partial",
    kind: "authorization",
    message: /Attic refuses access \(HTTP 403\)/,
    hint: /./,
    health: "ok",
  },
  {
    what: "has lost one library",
    rule: { path: /sections\/2\/all/, effect: { kind: "status", status: 404 } },
    ends: "partial",
    kind: "episode-fetch",
    message: /Attic does not know/,
    hint: /./,
    health: "ok",
  },
  {
    what: "cannot read its history",
    rule: { path: /history/, effect: { kind: "status", status: 500 } },
    ends: "partial",
    kind: "connection",
    message: /Attic is having trouble/,
    hint: /Attic/,
    health: "unreachable",
  },
];

describe("a server that", () => {
  for (const { what, rule, ends, kind, message, hint, health } of cases) {
    for (const full of [true, false]) {
      test(`${what} (${full ? "full" : "quick"} sync)`, async () => {
        if (!full) await product.sync(integration);
        const before = playsOfUser(product);
        sims.faults.add({ ...rule, service: "plex-server" });
        if (rule.effect.kind === "hang" || rule.effect.kind === "endless") hanging = rule.path;
        const log = await product.sync(integration, { full });
        expect({ ends: log.status, kind: log.errors[0]?.kind, health: status().status }).toEqual({
          ends,
          kind,
          health,
        });
        expect(log.errors[0]?.message).toMatch(message);
        expect(log.errors[0]?.hint).toMatch(hint);
        if (health !== "ok") expect(status().statusMessage).toMatch(/Attic/);
        expect(JSON.stringify(log)).not.toContain(attic.ownerAccessToken);
        const plays = playsOfUser(product);
        expectAllOf(before, plays);
        if (ends === "error") expect(plays).toHaveLength(before.length);
        await expectRecovery();
      }, 20_000);
    }
  }

  test("is off says so, and everything stays", async () => {
    await product.sync(integration);
    await sims.takeDown("Attic");
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "error", errors: [{ kind: "connection" }] });
    expect(log.errors[0]?.message).toMatch(/Attic refused the connection|Attic cannot be reached/);
    expect(status().status).toBe("unreachable");
    expect(playsOfUser(product)).toHaveLength(all);
  });

  test("keeps one library to itself is covered as far as the others go", async () => {
    await product.sync(integration);
    sims.faults.add({ path: /sections\/2\/all/, effect: { kind: "truncate" } });
    expect(await product.sync(integration)).toMatchObject({
      mode: "incremental",
      status: "partial",
      showsSynced: 1,
      episodesSynced: 30,
    });
    sims.faults.clear();
    expect(await product.sync(integration)).toMatchObject({ status: "success", showsSynced: 2, episodesSynced: 31 });
  });

  test("restarts for a moment (503) is asked again and nothing is said", async () => {
    sims.faults.add({ service: "plex-server", path: /type=4/, times: 2, effect: { kind: "status", status: 503 } });
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "success", errors: [], watchesAdded: all });
  });

  test("is too slow for large pages gets smaller ones", async () => {
    hanging = /type=4.*Container-Size=500/;
    sims.faults.add({ service: "plex-server", path: hanging, effect: { kind: "hang" } });
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "success", watchesAdded: all });
  });

  test("gets or loses episodes while it is read: nothing of it is taken as removed", async () => {
    product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
    await product.sync(integration);
    world.unmark(anna, plexEpisode(lights, 1, 1));
    world.setQuirks(attic, { maxPageRows: 10 });
    const change = () => world.deleteItem(plexEpisode(lights, 1, 2));
    sims.faults.add({
      service: "plex-server",
      path: /sections\/1\/all.*type=4/,
      nth: 2,
      effect: { kind: "change", change },
    });
    const log = await product.sync(integration, { full: true });
    expect(log).toMatchObject({ status: "success", watchesRemoved: 0 });
    expect(log.notes.join()).toContain('"TV Shows" changed while it was read');
    expect(playsOfUser(product)).toHaveLength(all);
    const next = await product.sync(integration, { full: true });
    expect(next).toMatchObject({ status: "success", watchesRemoved: 1 });
  });

  test("is another one at the same address changes nothing", async () => {
    await product.sync(integration);
    const url = new URL(status().serverUrl);
    const cellar = world.addServer({ name: "Cellar", owner: anna });
    const library = world.addLibrary(cellar, { title: "TV Shows" });
    // The worst case: the other server takes the token too.
    cellar.ownerAccessToken = attic.ownerAccessToken;
    const stranger = world.addToLibrary(library, world.addShow({ title: "Not Ours", year: 2000, seasons: [2] }));
    world.play(anna, plexEpisode(stranger, 1, 1), { at: Date.now() - HOUR_MS });
    await sims.takeDown("Attic");
    const deps = {
      faults: sims.faults,
      log: sims.requests,
      now: world.now,
      world,
      state: cellar,
      accountOfToken: sims.plexTv.accountOf,
      drawPosters: false,
    };
    const wrong = startPlexServer(deps, { port: Number(url.port) });
    await product.restart();
    for (const full of [false, true]) {
      const log = await product.sync(integration, { full });
      expect(log).toMatchObject({ status: "error", watchesAdded: 0, errors: [{ kind: "connection" }] });
      expect(log.errors[0]?.message).toContain("Another server (Cellar) answers at the address of Attic");
      expect(log.errors[0]?.hint).toContain("Attic");
    }
    expect(status().status).toBe("unreachable");
    expect(playsOfUser(product)).toHaveLength(all);
    await wrong.stop();
  });

  test("has moved is found again through plex.tv", async () => {
    await product.sync(integration);
    const state = sims.server("Attic").state;
    await sims.takeDown("Attic");
    const deps = {
      faults: sims.faults,
      log: sims.requests,
      now: world.now,
      world,
      state,
      accountOfToken: sims.plexTv.accountOf,
      drawPosters: false,
    };
    const moved = startPlexServer(deps, { port: 0 });
    const connection = {
      protocol: "http",
      address: "127.0.0.1",
      port: moved.port,
      uri: moved.url,
      local: true,
      relay: false,
      IPv6: false,
    } as const;
    sims.plexTv.connections.set(state, [connection]);
    world.play(anna, plexEpisode(lights, 2, 20), { at: Date.now() - HOUR_MS });
    for (const added of [1, 0]) {
      expect(await product.sync(integration)).toMatchObject({ status: "success", errors: [], watchesAdded: added });
      expect(status()).toMatchObject({ status: "ok", serverUrl: moved.url });
    }
    await moved.stop();
  });
});

describe("a sign-in that", () => {
  test("the server refuses while plex.tv accepts it is not asked for again: the server is signed out", async () => {
    attic.claimed = false;
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "error", errors: [{ kind: "authorization" }] });
    expect(log.errors[0]?.message).toContain("Attic does not accept the sign-in");
    expect(status()).toMatchObject({ status: "unreachable" });
    expect(status().statusMessage).toContain("signed in to its account");
    attic.claimed = true;
    await expectRecovery();
  });

  test("plex.tv itself refuses has to be renewed", async () => {
    await product.sync(integration);
    attic.claimed = false;
    sims.plexTv.revokeAll(anna);
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "error", errors: [{ kind: "authorization" }] });
    expect(log.errors[0]?.hint).toMatch(/[Cc]onnect it again/);
    expect(status().status).toBe("needs-login");
    expect(playsOfUser(product)).toHaveLength(all);
    attic.claimed = true;
    await product.connect(anna, "Attic");
    await expectRecovery();
  });

  test("the server refuses on a bad day of plex.tv says nothing about the sign-in", async () => {
    attic.claimed = false;
    sims.faults.add({ service: "plex.tv", path: everywhere, effect: { kind: "status", status: 503 } });
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "error", errors: [{ kind: "authorization" }] });
    expect(status().status).toBe("unreachable");
    attic.claimed = true;
    await expectRecovery();
  });

  test("is fine is enough while plex.tv is down", async () => {
    sims.faults.add({ service: "plex.tv", path: everywhere, effect: { kind: "reset" } });
    expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: all });
    expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: 0 });
  });

  test("got a new token for the server goes on with that", async () => {
    await product.sync(integration);
    attic.ownerAccessToken = "a-renewed-token-12345";
    expect(await product.sync(integration, { full: true })).toMatchObject({ status: "success", errors: [] });
    expect(status().status).toBe("ok");
  });

  test("lost its share has to be renewed, and plays stay", async () => {
    const ben = world.addAccount({ username: "ben" });
    world.share(attic, ben, [tv]);
    world.play(ben, plexEpisode(lights, 1, 1), { at });
    const userId = await product.addUser("ben");
    const guest = await product.connect(ben, "Attic", userId);
    expect(await product.sync(guest)).toMatchObject({ status: "success", watchesAdded: 1 });
    world.unshare(attic, ben);
    const log = await product.sync(guest);
    expect(log).toMatchObject({ status: "error", errors: [{ kind: "authorization" }] });
    expect(log.errors[0]?.message).toContain("ben no longer has access to Attic");
    expect(product.app.integrations.get(userId, guest.id).status).toBe("needs-login");
    expect(playsOfUser(product, userId)).toHaveLength(1);
  });
});

describe("a run", () => {
  const slowly = () =>
    sims.faults.add({ service: "plex-server", path: /type=4/, effect: { kind: "delay", delayMs: 60 } });

  test("is the only one of its server; the second is told which one runs", async () => {
    slowly();
    const { sync } = product.app;
    const id = sync.start(Number(integration.id), { trigger: "manual" });
    expect(() => sync.start(Number(integration.id), { trigger: "schedule" })).toThrow(
      expect.objectContaining({ code: "conflict", extra: { syncId: id } }),
    );
    expect(await sync.finished(id)).toMatchObject({ status: "success" });
    expect(sync.running(Number(integration.id))).toBeNull();
  });

  test("that is cancelled keeps what it has written and leaves the integration as it was", async () => {
    world.setQuirks(attic, { maxPageRows: 10 });
    slowly();
    const { sync } = product.app;
    const id = sync.start(Number(integration.id), { trigger: "manual" });
    await Bun.sleep(100);
    const log = await sync.cancel(product.userId, id);
    expect(log).toMatchObject({ status: "cancelled", errors: [] });
    expect(playsOfUser(product).length).toBe(log.watchesAdded);
    expect(status()).toMatchObject({ status: "ok", lastSync: null });
    expect(sync.cancel(product.userId, id)).rejects.toMatchObject({ code: "conflict" });
    await expectRecovery();
  });

  test("that the program's end cuts short is interrupted, and the next one completes it", async () => {
    world.setQuirks(attic, { maxPageRows: 10 });
    slowly();
    const id = product.app.sync.start(Number(integration.id), { trigger: "manual" });
    await Bun.sleep(100);
    await product.app.sync.stop();
    expect(product.app.sync.get(product.userId, id)).toMatchObject({ status: "interrupted" });
    expect(() => product.app.sync.start(Number(integration.id), { trigger: "manual" })).toThrow("shutting down");
    await product.restart();
    await expectRecovery();
  });

  test("that a power cut ends is interrupted after the next start", async () => {
    slowly();
    const id = product.app.sync.start(Number(integration.id), { trigger: "manual" });
    await Bun.sleep(30);
    await product.restart();
    expect(product.app.sync.get(product.userId, id)).toMatchObject({ status: "interrupted" });
    await expectRecovery();
  });

  test("that would remove too much is held, waits for a press, and then does it", async () => {
    product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
    await product.sync(integration);
    world.unmark(anna, lights);
    const held = await product.sync(integration, { full: true });
    expect(held).toMatchObject({ status: "held", held: { removals: 30, existing: all }, watchesRemoved: 0 });
    expect(playsOfUser(product)).toHaveLength(all);
    const preview = await product.sync(integration, { mode: "preview" });
    expect(preview.notes.join()).toContain("would stop before removing 30 of 31");
    const approved = product.app.sync.approve(product.userId, held.id);
    expect(approved).toMatchObject({ status: "success", watchesRemoved: 30, held: null });
    expect(playsOfUser(product)).toHaveLength(1);
    expect(() => product.app.sync.approve(product.userId, held.id)).toThrow("holds nothing back");
    expect(await product.sync(integration, { full: true })).toMatchObject({ status: "success", watchesAdded: 0 });
    expect(playsOfUser(product)).toHaveLength(1);
    expect(product.app.sync.undo(product.userId, held.id)).toEqual({ removed: 0, restored: 30 });
    expect(playsOfUser(product)).toHaveLength(all);
  });

  test("that is approved late leaves alone what has been watched again since", async () => {
    product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
    await product.sync(integration);
    world.unmark(anna, lights);
    const held = await product.sync(integration, { full: true });
    world.play(anna, plexEpisode(lights, 1, 1), { at: Date.now() + 2_000 });
    await product.sync(integration, { full: true });
    product.app.sync.approve(product.userId, held.id);
    const left = playsOfUser(product).filter(({ show }) => show === "Harbour Lights");
    expect(left.map(({ season, number }) => [season, number])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});

describe("a database that", () => {
  test("is full ends the run with the reason, and the run after it completes", async () => {
    world.addToLibrary(tv, world.addShow({ title: "Long One", year: 1980, seasons: [400, 400, 400] }));
    const { raw } = product.app.deps.db;
    const { page_count: pages } = raw.query("PRAGMA page_count").get() as { page_count: number };
    raw.run(`PRAGMA max_page_count = ${pages + 1}`);
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "partial", errors: [{ kind: "database" }] });
    expect(log.watchesAdded).toBe(playsOfUser(product).length);
    expect(log.errors[0]?.message).toContain("disk is full");
    expect(log.errors[0]?.hint).toContain("Free some space");
    expect(product.app.sync.running(Number(integration.id))).toBeNull();
    raw.run("PRAGMA max_page_count = 1000000");
    await expectRecovery();
    expect(product.app.sync.get(product.userId, log.id).status).toBe("partial");
  });

  test("somebody else holds ends the run with the reason, and the run after it completes", async () => {
    const { raw } = product.app.deps.db;
    raw.run("PRAGMA busy_timeout = 50");
    let other: Database | undefined;
    const change = () => {
      other = new Database(join(product.dataDir, "episode-tracker.db"));
      other.run("BEGIN IMMEDIATE");
    };
    sims.faults.add({ service: "plex-server", path: /type=4/, nth: 1, effect: { kind: "change", change } });
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "error", errors: [{ kind: "database" }] });
    expect(log.errors[0]?.message).toContain("locked by another program");
    other?.run("ROLLBACK");
    other?.close();
    expect(product.app.sync.get(product.userId, log.id)).toMatchObject({
      status: "error",
      errors: [{ kind: "database" }],
    });
    await expectRecovery();
  });
});

describe("a clock that", () => {
  test("was in the past makes no time unknown for good", async () => {
    skewMs = -365 * DAY_MS;
    await product.sync(integration);
    const early = playsOfUser(product);
    expect(early.every(({ at: when }) => when === null)).toBe(true);
    skewMs = 0;
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "success", watchesAdded: 0 });
    await product.sync(integration, { full: true });
    const plays = playsOfUser(product);
    expect(plays).toHaveLength(all);
    expect(plays.every(({ at: when }) => when !== null)).toBe(true);
  });

  test("was in the future misses nothing afterwards", async () => {
    skewMs = 365 * DAY_MS;
    await product.sync(integration);
    skewMs = 0;
    world.play(anna, plexEpisode(lights, 2, 20), { at: Date.now() - HOUR_MS });
    expect(await product.sync(integration)).toMatchObject({ status: "success", watchesAdded: 1 });
  });
});
