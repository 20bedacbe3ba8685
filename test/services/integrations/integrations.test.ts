import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DAY_MS } from "../../../src/domain/instant.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { type PlexAccount, type PlexItem, type PlexServerState, plexEpisode } from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";
import { contentOf } from "../sync/harness.ts";

const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;

let world: World;
let anna: PlexAccount;
let attic: PlexServerState;
let lights: PlexItem;
let sims: Simulators;
let product: Product;
let integration: IntegrationView;

beforeEach(async () => {
  world = createWorld();
  anna = world.addAccount({ username: "anna" });
  attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  lights = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [6] }));
  world.play(anna, plexEpisode(lights, 1, 1), { at });
  sims = startSimulators(world, { deadConnections });
  product = await startProduct(sims, { clock: hurriedClock });
  integration = await product.connect(anna, "Attic");
  await product.sync(integration);
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

/** Addresses at which nobody listens; a refusal comes at once. */
const deadConnections = () =>
  [1, 2, 3].map((port) => ({
    protocol: "http" as const,
    address: "127.0.0.1",
    port,
    uri: `http://127.0.0.1:${port}`,
    local: port === 1,
    relay: port === 3,
    IPv6: false,
  }));

const plays = (userId = product.userId) => playsOfUser(product, userId);

describe("connecting", () => {
  test("tries every address and keeps the one that answers", () => {
    expect(integration).toMatchObject({
      serverUrl: sims.server("Attic").url,
      connectionKind: "local",
      owned: true,
      status: "ok",
    });
  });

  test("stores nothing that opens Plex in the clear", () => {
    const everything = JSON.stringify(contentOf(product));
    for (const secret of [attic.ownerAccessToken, anna.token]) expect(everything).not.toContain(secret);
    expect(JSON.stringify(integration)).not.toMatch(/token/i);
  });

  test("a server that cannot be reached is refused with the reason for each address", async () => {
    await sims.takeDown("Attic");
    const { integrations } = product.app;
    const pin = await integrations.startPin(product.userId, "plex", { forwardUrl: null });
    sims.plexTv.approve(pin.code, anna);
    const attempt = integrations.connect(product.userId, "plex", { pinId: pin.pinId });
    const failure = await attempt.then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "unreachable" });
    expect(Reflect.get(failure as object, "extra").attempts).toHaveLength(4);
    // The integration that was there is untouched.
    expect(integrations.get(product.userId, integration.id).status).toBe("ok");
  });

  test("a code that was not approved, or somebody else's, opens nothing", async () => {
    const { integrations } = product.app;
    const pin = await integrations.startPin(product.userId, "plex", { forwardUrl: null });
    expect(await integrations.checkPin(product.userId, pin.pinId)).toEqual({ authorized: false, expired: false });
    expect(integrations.connect(product.userId, "plex", { pinId: pin.pinId })).rejects.toMatchObject({
      code: "invalid",
    });
    const other = await product.addUser("ben");
    expect(integrations.checkPin(other, pin.pinId)).rejects.toMatchObject({ code: "not-found" });
    sims.plexTv.expire(pin.code);
    expect(await integrations.checkPin(product.userId, pin.pinId)).toEqual({ authorized: false, expired: true });
  });
});

describe("disconnecting", () => {
  test("keeps the plays, forgets the tokens, and signs out at plex.tv", async () => {
    const before = plays();
    sims.requests.reset();
    await product.app.integrations.disconnect(product.userId, integration.id);
    expect(plays()).toEqual(before);
    expect(product.app.integrations.list(product.userId)).toEqual([]);
    expect(sims.requests.count({ service: "plex.tv", method: "DELETE", path: /signout/ })).toBe(1);
    const row = product.app.deps.db.raw
      .query("SELECT sealed_server_token AS s, sealed_account_token AS a FROM integrations")
      .get();
    expect(row).toEqual({ s: null, a: null });
    expect(() => product.app.sync.start(Number(integration.id), { trigger: "manual" })).toThrow(
      expect.objectContaining({ code: "not-found" }),
    );
    expect(product.app.deps.db.raw.query("SELECT count(*) AS n FROM pins").get()).toEqual({ n: 0 });
  });

  test("works while plex.tv is down", async () => {
    sims.faults.add({ service: "plex.tv", effect: { kind: "reset" } });
    await product.app.integrations.disconnect(product.userId, integration.id);
    expect(product.app.integrations.list(product.userId)).toEqual([]);
  });

  test("ends a running sync first", async () => {
    sims.faults.add({ service: "plex-server", path: /type=4/, effect: { kind: "delay", delayMs: 200 } });
    const id = product.app.sync.start(Number(integration.id), { trigger: "manual", full: true });
    await Bun.sleep(30);
    await product.app.integrations.disconnect(product.userId, integration.id);
    expect(product.app.sync.get(product.userId, id).status).toBe("cancelled");
    expect(plays()).toHaveLength(1);
  });

  test("and connecting again goes on where it left off: same integration, no play twice", async () => {
    const before = plays();
    await product.app.integrations.disconnect(product.userId, integration.id);
    world.play(anna, plexEpisode(lights, 1, 2), { at: at + DAY_MS });
    const again = await product.connect(anna, "Attic");
    expect(again.id).toBe(integration.id);
    expect(await product.sync(again)).toMatchObject({ mode: "full", status: "success", watchesAdded: 1 });
    expect(plays()).toEqual(expect.arrayContaining(before));
    expect(plays()).toHaveLength(2);
  });
});

test("connecting with another account of the server takes nothing as unmarked", async () => {
  product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
  const ben = world.addAccount({ username: "ben" });
  world.share(attic, ben);
  world.play(ben, plexEpisode(lights, 1, 3), { at: at + DAY_MS });
  const again = await product.connect(ben, "Attic");
  expect(again).toMatchObject({ id: integration.id, username: "ben" });
  expect(await product.sync(again)).toMatchObject({
    mode: "full",
    status: "success",
    watchesAdded: 1,
    watchesRemoved: 0,
  });
  expect(plays().map(({ number }) => number)).toEqual([1, 3]);
});

describe("two people", () => {
  test("on one server see their own plays only, the guest with and without a history", async () => {
    const ben = world.addAccount({ username: "ben" });
    world.share(attic, ben);
    world.play(ben, plexEpisode(lights, 1, 3), { at: at + DAY_MS });
    world.markWatched(ben, plexEpisode(lights, 1, 4), { at: at + 2 * DAY_MS });
    const userId = await product.addUser("ben");
    const guest = await product.connect(ben, "Attic", userId);
    expect(guest.owned).toBe(false);
    for (const guestHistory of ["own", 401, 403] as const) {
      world.setQuirks(attic, { guestHistory });
      expect(await product.sync(guest, { full: true })).toMatchObject({ status: "success" });
      expect(await product.sync(integration, { full: true })).toMatchObject({ status: "success", watchesAdded: 0 });
      expect(plays(userId).map(({ number }) => number)).toEqual([3, 4]);
      expect(plays().map(({ number }) => number)).toEqual([1]);
    }
    const run = product.app.sync.list(userId, { limit: 1 })[0];
    expect(() => product.app.sync.get(product.userId, run?.id ?? "")).toThrow(
      expect.objectContaining({ code: "not-found" }),
    );
    expect(() => product.app.sync.undo(product.userId, run?.id ?? "")).toThrow(
      expect.objectContaining({ code: "not-found" }),
    );
    expect(() => product.app.integrations.get(product.userId, guest.id)).toThrow(
      expect.objectContaining({ code: "not-found" }),
    );
  });

  test("undoing one's sync leaves the other's plays of the same episodes alone", async () => {
    const ben = world.addAccount({ username: "ben" });
    world.share(attic, ben);
    world.play(ben, plexEpisode(lights, 1, 1), { at });
    const userId = await product.addUser("ben");
    const guest = await product.connect(ben, "Attic", userId);
    const run = await product.sync(guest);
    expect(product.app.sync.undo(userId, run.id)).toEqual({ removed: 1, restored: 0 });
    expect(plays(userId)).toEqual([]);
    expect(plays()).toHaveLength(1);
    await product.sync(guest, { trigger: "schedule", full: true });
    expect(plays(userId)).toEqual([]);
  });
});

describe("another INTEGRATION_ENCRYPTION_KEY", () => {
  const withKey = (key: string) =>
    startProduct(sims, { clock: hurriedClock, dataDir: product.dataDir, env: { INTEGRATION_ENCRYPTION_KEY: key } });

  test("changes nothing and says which variable; with the right one back, all works", async () => {
    await product.stop();
    const first = await startProduct(sims, {
      clock: hurriedClock,
      env: { INTEGRATION_ENCRYPTION_KEY: "a".repeat(32) },
    });
    const connected = await first.connect(anna, "Attic");
    await first.sync(connected);
    const before = contentOf(first);
    product = first;
    first.app.deps.db.close();

    const wrong = await withKey("b".repeat(32));
    const view = wrong.app.integrations.get(wrong.userId, connected.id);
    expect(view.status).toBe("needs-login");
    expect(view.statusMessage).toContain("INTEGRATION_ENCRYPTION_KEY");
    expect(() => wrong.app.sync.start(Number(connected.id), { trigger: "manual" })).toThrow(
      expect.objectContaining({ code: "conflict", message: expect.stringContaining("INTEGRATION_ENCRYPTION_KEY") }),
    );
    expect(wrong.app.integrations.startPin(wrong.userId, "plex", { forwardUrl: null })).rejects.toMatchObject({
      code: "conflict",
    });
    await wrong.app.integrations.pingAll();
    expect(contentOf(wrong)).toEqual(before);
    wrong.app.deps.db.close();

    product = await withKey("a".repeat(32));
    expect(product.app.integrations.get(product.userId, connected.id).status).toBe("ok");
    expect(await product.sync(connected, { full: true })).toMatchObject({ status: "success", watchesAdded: 0 });
  });
});

describe("the sign-in", () => {
  test("is kept in use once a day; only a refusal by plex.tv itself asks for a new one", async () => {
    const { integrations, deps } = product.app;
    const stale = () => deps.db.raw.run("UPDATE integrations SET pinged_at = 0");
    stale();
    sims.faults.add({ service: "plex.tv", path: /ping/, effect: { kind: "status", status: 503 } });
    await integrations.pingAll();
    expect(integrations.get(product.userId, integration.id).status).toBe("ok");
    sims.faults.clear();
    sims.plexTv.revokeAll(anna);
    await integrations.pingAll();
    expect(integrations.get(product.userId, integration.id)).toMatchObject({ status: "needs-login" });
    const again = await product.connect(anna, "Attic");
    expect(again).toMatchObject({ id: integration.id, status: "ok", statusMessage: null });
    expect(plays()).toHaveLength(1);
  });
});

describe("the health of a server", () => {
  const health = () => product.app.integrations.get(product.userId, integration.id).health;

  test("says since when it is down, what each address answered and when it is asked again", async () => {
    expect(health()).toBeNull();
    product.app.jobs.start();
    sims.faults.add({ service: "plex-server", effect: { kind: "status", status: 503 } });
    await product.sync(integration);
    await product.sync(integration);
    const found = health();
    expect(found).toMatchObject({ failures: 2, needsYou: false, dismissed: false });
    expect(found?.nextTry ?? 0).toBeGreaterThan(found?.lastFailure ?? 0);
    expect(found?.tried?.addresses).toHaveLength(4);
    for (const { url, reason } of found?.tried?.addresses ?? []) {
      expect(url).toStartWith("http://127.0.0.1:");
      expect(reason).toBeString();
    }
    sims.faults.clear();
    await product.sync(integration);
    expect(health()).toBeNull();
  });

  test("of a sign-in that ended needs the user, and putting it away lasts until it is another trouble", async () => {
    sims.plexTv.revokeAll(anna);
    attic.claimed = false;
    await product.sync(integration);
    expect(health()).toMatchObject({ needsYou: true, nextTry: null, tried: null, dismissed: false });
    product.app.integrations.dismiss(product.userId, integration.id);
    expect(health()?.dismissed).toBe(true);
    const ben = await product.addUser("ben");
    expect(() => product.app.integrations.dismiss(ben, integration.id)).toThrow(
      expect.objectContaining({ code: "not-found" }),
    );
    attic.claimed = true;
    await product.connect(anna, "Attic");
    expect(health()).toBeNull();
    sims.plexTv.revokeAll(anna);
    attic.claimed = false;
    await product.sync(integration);
    expect(health()?.dismissed).toBe(false);
  });
});
