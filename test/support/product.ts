import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { insertUser } from "../../src/db/repos/users.ts";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import type { Transport } from "../../src/kernel/http.ts";
import { type Log, silentLog } from "../../src/kernel/log.ts";
import type { IntegrationView } from "../../src/services/integrations/types.ts";
import type { StartOptions, SyncLogView } from "../../src/services/sync/types.ts";
import type { PlexAccount } from "../simulators/plex-world.ts";
import type { Simulators } from "../simulators/start.ts";

/** The whole product in this process, beside simulated services, on a database file of its own. */
export type Product = {
  app: App;
  dataDir: string;
  userId: number;
  /** Signs in by PIN and connects the server of that name. */
  connect(account: PlexAccount, serverName: string, userId?: number): Promise<IntegrationView>;
  sync(integration: IntegrationView, options?: Partial<StartOptions>): Promise<SyncLogView>;
  addUser(name: string): Promise<number>;
  /** Ends the process's hold on the data without any farewell, as a power cut would, and starts again on it. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type ProductOptions = {
  env?: Record<string, string>;
  clock?: Clock;
  start?: boolean;
  transport?: Transport;
  log?: Log;
  /** Continues on the data of an earlier product. */
  dataDir?: string;
};

export async function startProduct(sims: Simulators, options: ProductOptions = {}): Promise<Product> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "episode-tracker-test-"));
  const config = readConfig({
    ...sims.env,
    METADATA_SOURCES: "none",
    TZ: "UTC",
    ...options.env,
    DATA_DIR: dataDir,
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "error",
  });
  const open = async () => {
    const app = await createApp(config, {
      log: options.log ?? silentLog,
      ...(options.clock ? { clock: options.clock } : {}),
      ...(options.transport ? { transport: options.transport } : {}),
    });
    if (options.start) await app.start();
    else app.sync.recover();
    return app;
  };
  const product: Product = {
    app: await open(),
    dataDir,
    userId: 0,
    async addUser(name) {
      // Without a password: hashing one takes longer than most of what is tested here.
      const found = insertUser(product.app.deps.db, {
        username: name,
        usernameKey: name,
        passwordHash: "none",
        role: "admin",
        createdAt: 0,
      });
      if (found === null) throw new Error(`there is a user ${name} already`);
      return found.id;
    },
    async connect(account, serverName, userId = product.userId) {
      const { integrations } = product.app;
      const pin = await integrations.startPin(userId, "plex", { forwardUrl: null });
      sims.plexTv.approve(pin.code, account);
      const check = await integrations.checkPin(userId, pin.pinId);
      if (!check.authorized) throw new Error("the simulated sign-in was not accepted");
      const server = check.servers.find(({ name }) => name === serverName);
      if (server === undefined) throw new Error(`no server ${serverName}`);
      const { integration } = await integrations.connect(userId, "plex", {
        pinId: pin.pinId,
        machineIdentifier: server.machineIdentifier,
      });
      return integration;
    },
    async sync(integration, how = {}) {
      const { sync } = product.app;
      return sync.finished(sync.start(Number(integration.id), { trigger: "manual", ...how }));
    },
    async restart() {
      product.app.deps.db.raw.close();
      product.app = await open();
    },
    async stop() {
      await product.app.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  if (options.dataDir === undefined) product.userId = await product.addUser("anna");
  else product.userId = 1;
  return product;
}

/** Real time, except that waiting before another try takes hardly any. */
export const hurriedClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 3), signal),
};

/** Gives up on every answer after that long, whatever patience the request has. */
export function impatient(ms: (url: string) => number): Transport {
  return (url, init) => {
    const late = AbortSignal.timeout(ms(url));
    const signal = init.signal ? AbortSignal.any([init.signal, late]) : late;
    return fetch(url, { ...init, signal });
  };
}

export type PlayFact = {
  show: string;
  season: number;
  number: number | null;
  title: string | null;
  at: number | null;
  certainty: string;
};

/** Every play of a user, in words, in a fixed order. */
export function playsOfUser(product: Product, userId = product.userId): PlayFact[] {
  return product.app.deps.db.raw
    .query<PlayFact, [number]>(
      `SELECT s.title AS show, e.season, e.number, e.title, p.watched_at AS at, p.certainty
       FROM plays p JOIN episodes e ON e.id = p.episode_id JOIN shows s ON s.id = e.show_id
       WHERE p.user_id = ? ORDER BY s.title, e.season, e.number, e.title, p.watched_at, p.certainty`,
    )
    .all(userId);
}
