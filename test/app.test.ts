import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { createLog, type Log, silentLog } from "../src/kernel/log.ts";
import { contentOf } from "./services/sync/harness.ts";
import { plexEpisode } from "./simulators/plex-world.ts";
import { type Simulators, startSimulators } from "./simulators/start.ts";
import { createWorld } from "./simulators/world.ts";
import { testPassword } from "./support/app.ts";
import { createClient } from "./support/http.ts";
import { hurriedClock, type Product, type ProductOptions, playsOfUser, startProduct } from "./support/product.ts";

const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "episode-tracker-app-"));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function open(dataDir: string, env: Record<string, string> = {}, log: Log = silentLog): Promise<App> {
  const environment = { METADATA_SOURCES: "none", HOST: "127.0.0.1", PORT: "0", TZ: "UTC", ...env };
  const app = await createApp(readConfig({ ...environment, DATA_DIR: dataDir }), { log });
  endings.push(() => app.stop());
  return app;
}

function recording(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  return { lines, log: createLog({ clock: systemClock, level: "info", format: "json", write }) };
}

/** One server with three episodes, one of them watched. */
function house() {
  const world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  const lights = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [3] }));
  world.play(anna, plexEpisode(lights, 1, 1), { at: Date.UTC(2025, 10, 1, 20) });
  const sims = startSimulators(world, { deadConnections: () => [] });
  endings.push(() => sims.stop());
  return { world, anna, attic, lights, sims };
}

async function product(sims: Simulators, options: ProductOptions = {}): Promise<Product> {
  const made = await startProduct(sims, { clock: hurriedClock, ...options });
  endings.push(() => made.stop());
  return made;
}

describe("a fresh folder", () => {
  test("gets a database and a key that only this user may read", async () => {
    const folder = join(temporaryFolder(), "deep", "data");
    await open(folder);
    expect(existsSync(join(folder, "encryption.key"))).toBe(true);
    const databases = [...new Bun.Glob("*.db").scanSync(folder)];
    expect(databases).toHaveLength(1);
    for (const name of ["encryption.key", ...databases]) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  test("gets no key file when the key comes from the environment", async () => {
    const folder = temporaryFolder();
    await open(folder, { INTEGRATION_ENCRYPTION_KEY: "k".repeat(32) });
    expect(existsSync(join(folder, "encryption.key"))).toBe(false);
  });

  test("keeps its key, its users and its name on Plex at the next start", async () => {
    const folder = temporaryFolder();
    const first = await open(folder);
    await first.accounts.createUser({ username: "anna", password: testPassword });
    const key = readFileSync(join(folder, "encryption.key"), "utf8");
    const name = first.deps.db.sql("SELECT value FROM settings WHERE key = 'installation-id'").get();
    await first.stop();
    const { log, lines } = recording();
    const second = await open(folder, {}, log);
    expect(second.accounts.byName("anna")?.username).toBe("anna");
    expect(readFileSync(join(folder, "encryption.key"), "utf8")).toBe(key);
    expect(second.deps.db.sql("SELECT value FROM settings WHERE key = 'installation-id'").get()).toEqual(name);
    expect(lines.join()).not.toContain("database.updated");
  });
});

describe("starting and stopping", () => {
  test("a second start gives the same address", async () => {
    const app = await open(temporaryFolder(), { BASE_PATH: "tv" });
    const [first, second] = await Promise.all([app.start(), app.start()]);
    expect(second).toEqual(first);
    expect(first.url).toBe(`http://127.0.0.1:${first.port}/tv`);
    expect((await fetch(`${first.url}/api/health`)).status).toBe(200);
  });

  test("stopping again is the same stop, and afterwards nothing answers or starts", async () => {
    const app = await open(temporaryFolder());
    const { url } = await app.start();
    expect(app.stop()).toBe(app.stop());
    await app.stop();
    await expect(fetch(`${url}/api/health`)).rejects.toThrow();
    await expect(app.start()).rejects.toMatchObject({ code: "conflict" });
  });

  test("one that never started can be stopped", async () => {
    const app = await open(temporaryFolder());
    await app.stop();
    expect(() => app.deps.db.sql("SELECT 1").get()).toThrow();
  });

  test("a port that is taken is a clear failure, and the program can still be stopped", async () => {
    const other = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("other") });
    endings.push(() => other.stop(true));
    const app = await open(temporaryFolder(), { PORT: String(other.port) });
    await expect(app.start()).rejects.toMatchObject({ code: "invalid" });
    await app.stop();
    expect(await (await fetch(`http://127.0.0.1:${other.port}/`)).text()).toBe("other");
  });

  test("stops in time while a sync waits for a silent server and an event stream is open", async () => {
    const { sims, anna } = house();
    const { app, connect, dataDir } = await product(sims);
    const integration = await connect(anna, "Attic");
    const { url } = await app.start();
    await app.accounts.createUser({ username: "ben", password: testPassword });
    const browser = createClient(url);
    expect((await browser.post("/api/auth/login", { username: "ben", password: testPassword })).status).toBeLessThan(
      300,
    );
    const stream = await browser.open("/events");
    expect([stream.status, stream.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    sims.requests.reset();
    sims.faults.add({ service: "plex-server", effect: { kind: "hang" } });
    const syncId =
      app.sync.running(Number(integration.id)) ?? app.sync.start(Number(integration.id), { trigger: "manual" });
    while (sims.requests.count({ service: "plex-server" }) === 0) await systemClock.sleep(5);
    expect(app.sync.running(Number(integration.id))).toBe(syncId);

    const late = systemClock.sleep(8_000).then(() => "late");
    const end = Promise.all([app.stop(20_000), stream.text()]).then(() => "stopped");
    expect(await Promise.race([end, late])).toBe("stopped");
    await expect(fetch(`${url}/api/health`)).rejects.toThrow();

    const again = await open(dataDir, sims.env);
    expect(again.deps.db.sql("SELECT status FROM sync_logs WHERE id = $id").get({ id: Number(syncId) })).toEqual({
      status: "interrupted",
    });
  });

  test("does not wait for ever for work that does not end", async () => {
    const app = await open(temporaryFolder());
    await app.start();
    Object.assign(app.sync, { stop: () => new Promise<void>(() => undefined) });
    const late = systemClock.sleep(4_000).then(() => "late");
    expect(await Promise.race([app.stop(100).then(() => "stopped"), late])).toBe("stopped");
    app.deps.db.close();
  });
});

describe("another encryption key", () => {
  const former = "f".repeat(32);
  const other = "o".repeat(32);

  /** A house with a synced server, sealed with the former key, and its program ended. */
  async function sealed() {
    const scene = house();
    const env = { INTEGRATION_ENCRYPTION_KEY: former };
    const first = await product(scene.sims, { env, start: true });
    const integration = await first.connect(scene.anna, "Attic");
    await first.sync(integration);
    // Long ago, so that upkeep would want to use the sign-in again.
    first.app.deps.db.sql("UPDATE integrations SET pinged_at = 1").run();
    const before = contentOf(first);
    const plays = playsOfUser(first);
    await first.app.stop();
    return { ...scene, dataDir: first.dataDir, integration, before, plays };
  }

  const reopen = (sims: Simulators, dataDir: string, key: string, log: Log = silentLog) =>
    product(sims, { env: { INTEGRATION_ENCRYPTION_KEY: key }, dataDir, log });

  test("does not keep the program from starting; the log and the integration name the variable", async () => {
    const { sims, dataDir, plays } = await sealed();
    const { log, lines } = recording();
    const wrong = await reopen(sims, dataDir, other, log);
    const { url } = await wrong.app.start();
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    expect(lines.join()).toContain("INTEGRATION_ENCRYPTION_KEY");
    expect(lines.join()).not.toContain(former);
    expect(lines.join()).not.toContain(other);
    const [shown] = wrong.app.integrations.list(wrong.userId);
    expect(shown?.status).toBe("needs-login");
    expect(shown?.statusMessage).toContain("INTEGRATION_ENCRYPTION_KEY");
    expect(playsOfUser(wrong)).toEqual(plays);
  });

  test("lets nobody connect or sync, by hand or by schedule, and asks Plex nothing", async () => {
    const { sims, dataDir, integration } = await sealed();
    const wrong = await reopen(sims, dataDir, other);
    wrong.app.deps.db.sql("UPDATE integrations SET next_sync_at = 1").run();
    await wrong.app.start();
    sims.requests.reset();
    const names = expect.objectContaining({
      code: "conflict",
      message: expect.stringContaining("INTEGRATION_ENCRYPTION_KEY"),
    });
    const { integrations, sync } = wrong.app;
    await expect(integrations.startPin(wrong.userId, "plex", { forwardUrl: null })).rejects.toEqual(names);
    await expect(integrations.connect(wrong.userId, "plex", { pinId: "1" })).rejects.toEqual(names);
    expect(() => sync.start(Number(integration.id), { trigger: "manual" })).toThrow(names);
    wrong.app.jobs.tick();
    expect(sync.running(Number(integration.id))).toBeNull();
    expect(sims.requests.all({}).length).toBe(0);
    // What is due stays due for the former key.
    expect(wrong.app.deps.db.sql("SELECT next_sync_at AS next FROM integrations").all()).toEqual([{ next: 1 }]);
  });

  test("changes nothing, and with the former key everything works again", async () => {
    const { sims, dataDir, integration, before, world, anna, lights } = await sealed();
    const wrong = await reopen(sims, dataDir, other);
    await wrong.app.start();
    await wrong.app.integrations.pingAll();
    expect(contentOf(wrong)).toEqual(before);
    await wrong.app.stop();

    const right = await reopen(sims, dataDir, former);
    expect(right.app.integrations.list(right.userId)[0]?.status).toBe("ok");
    world.play(anna, plexEpisode(lights, 1, 2), { at: Date.UTC(2025, 10, 2, 20) });
    const run = await right.sync(integration, { full: true });
    expect([run.status, run.watchesAdded]).toEqual(["success", 1]);
  });
});
