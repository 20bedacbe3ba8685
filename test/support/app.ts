import { readConfig } from "../../src/config.ts";
import { loadMigrations, migrate } from "../../src/db/migrate.ts";
import { type Db, openDatabase } from "../../src/db/open.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { createEventBus } from "../../src/kernel/events.ts";
import { createHttp } from "../../src/kernel/http.ts";
import { type Log, silentLog } from "../../src/kernel/log.ts";
import { createAccounts } from "../../src/services/accounts/service.ts";
import type { User } from "../../src/services/accounts/types.ts";
import { createCandidatePosters } from "../../src/services/artwork/candidates.ts";
import type { AppEvents } from "../../src/services/context.ts";
import { createDiscovery } from "../../src/services/discovery/service.ts";
import { createHouseholds } from "../../src/services/households/service.ts";
import { createNotifications } from "../../src/services/notifications/service.ts";
import { createPush } from "../../src/services/push/service.ts";
import { createSignIns } from "../../src/services/sign-ins/service.ts";
import { createSourceDesk } from "../../src/services/sources/service.ts";
import { createStats } from "../../src/services/tracking/stats.ts";
import { createTransfer } from "../../src/services/transfer/service.ts";
import { createVault } from "../../src/vault/vault.ts";
import type { WebDeps } from "../../src/web/deps.ts";
import { createWeb, type Web } from "../../src/web/server.ts";
import { createTestClock, type TestClock } from "./clock.ts";
import { fakeIntegrations, fakeMatching, fakeSync, fakeTracking, plexOnly, standIn, testKey } from "./fake-services.ts";
import { type Client, createClient } from "./http.ts";

/** A private database with the current schema. */
export function createTestDb(path = ":memory:"): Db {
  const db = openDatabase(path);
  migrate(db.raw, loadMigrations(), Date.UTC(2026, 0, 1));
  return db;
}

export type TestAppOptions = {
  /** Environment variables, as the program would read them. */
  env?: Record<string, string>;
  log?: Log;
  dbPath?: string;
  /** Replaces services; a function gets the rest to build real ones from. */
  services?: Partial<WebDeps> | ((base: WebDeps) => Partial<WebDeps>);
};

export type TestApp = {
  deps: WebDeps;
  web: Web;
  db: Db;
  clock: TestClock;
  /** Root of the server, with the base path. */
  url: string;
  /** A browser with its own cookies; sends the same-origin headers a browser would. */
  client(): Client;
  /** A browser signed in as a new user; the first one is the admin. */
  signIn(username?: string): Promise<Client & { user: User }>;
  close(): Promise<void>;
};

export const testPassword = "correct horse battery";

/** The web layer on a real socket. Services are stand-ins unless given. */
export function createTestApp(options: TestAppOptions = {}): TestApp {
  const config = readConfig({ DATA_DIR: "/nonexistent", TZ: "Europe/Berlin", LOG_FORMAT: "json", ...options.env });
  const clock = createTestClock();
  const db = createTestDb(options.dbPath);
  const log = options.log ?? silentLog;
  const bus = createEventBus<AppEvents>((error) => {
    throw error;
  });
  const accounts = createAccounts({ db, clock, config, log });
  const vault = createVault({ key: testKey });
  const integrations = fakeIntegrations();
  const base: WebDeps = {
    config,
    db,
    clock,
    log,
    bus,
    vault,
    providers: plexOnly,
    sources: [],
    accounts,
    integrations,
    households: createHouseholds({ db, clock, log, accounts, integrations }),
    signIns: createSignIns({ db, clock, log, vault, providers: plexOnly, accounts, requireKey: () => undefined }),
    sync: fakeSync(),
    webhooks: standIn<WebDeps["webhooks"]>("webhooks"),
    stream: { state: () => ({ state: "off" }), nowWatching: () => [] },
    tracking: fakeTracking(),
    matching: fakeMatching(),
    // Waiting for an import to end takes as long as it takes.
    transfer: createTransfer(
      { config, db, clock: { ...clock, sleep: systemClock.sleep }, log, bus },
      { enqueue: () => undefined },
    ),
    push: createPush({ db, clock, log, bus, providers: plexOnly }, { sync: fakeSync() }),
    notifications: createNotifications(
      { config, db, clock, log, bus, vault, providers: plexOnly, sources: [] },
      { http: createHttp({ clock, log, userAgent: "EpisodeTracker/test" }), requireKey: () => undefined },
    ),
    artwork: standIn<WebDeps["artwork"]>("artwork"),
    discovery: createDiscovery({ db, clock, log, sources: [] }),
    candidatePosters: createCandidatePosters({ clock, log, sources: [] }),
    stats: createStats({ db, bus, clock }),
    maintenance: standIn<WebDeps["maintenance"]>("maintenance"),
    enrichment: { enqueueTitles: () => undefined, lookUpAgain: () => 0 },
    sourceDesk: createSourceDesk(config, clock, []),
    enrichmentStatus: () => ({ pending: 0, done: 0, failed: 0, waitingUntil: null }),
  };
  const given = typeof options.services === "function" ? options.services(base) : options.services;
  const deps: WebDeps = { ...base, ...given };
  const web = createWeb(deps);
  const server = web.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${server.port}${config.basePath}`;
  const client = () => createClient(url);

  return {
    deps,
    web,
    db,
    clock,
    url,
    client,
    async signIn(username = "ana") {
      const browser = client();
      const credentials = { username, password: testPassword };
      if (!accounts.hasUsers()) await browser.post("/api/auth/setup", credentials);
      else {
        if (accounts.byName(username) === null) await accounts.createUser(credentials);
        await browser.post("/api/auth/login", credentials);
      }
      const user = accounts.byName(username);
      if (user === null) throw new Error(`${username} could not sign in`);
      return { ...browser, user };
    },
    async close() {
      await server.stop();
      db.close();
    },
  };
}
