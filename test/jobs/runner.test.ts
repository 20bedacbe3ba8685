import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readConfig } from "../../src/config.ts";
import type { Db } from "../../src/db/open.ts";
import {
  type IntegrationInsert,
  type IntegrationRow,
  integrationById,
  updateIntegration,
} from "../../src/db/repos/integrations.ts";
import { updateUser } from "../../src/db/repos/users.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/instant.ts";
import { createJobs, type Jobs, type Upkeep } from "../../src/jobs/runner.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { createEventBus, type EventBus } from "../../src/kernel/events.ts";
import { createLog } from "../../src/kernel/log.ts";
import type { AppEvents } from "../../src/services/context.ts";
import type { StartOptions } from "../../src/services/sync/types.ts";
import { createVault } from "../../src/vault/vault.ts";
import { createTestClock, type TestClock } from "../support/clock.ts";
import { plexOnly, testKey } from "../support/fake-services.ts";
import { addIntegration, addUser, createTestDb } from "../support/fixtures.ts";

/** Noon, in winter. */
const noon = Date.UTC(2026, 0, 15, 12);
const lateBy = 45_000;

let db: Db;
let clock: TestClock;
let bus: EventBus<AppEvents>;
let jobs: Jobs;
let anna: number;
let started: ({ id: number } & StartOptions)[];
let running: Set<number>;
let failing: Map<number, unknown>;
let canSync: boolean;
let lines: string[];
const made: Jobs[] = [];

const idle: Upkeep = {
  pingAll: async () => undefined,
  refreshStale: () => undefined,
  refreshNewlyAired: () => undefined,
  prune: () => undefined,
  clearAwaySignIns: async () => undefined,
  warmArtwork: async () => undefined,
  notify: async () => undefined,
};

function create(): Jobs {
  const log = createLog({ clock, level: "debug", format: "json", write: (line) => lines.push(line) });
  const config = readConfig({ TZ: "UTC" });
  const deps = { config, db, clock, log, bus, vault: createVault({ key: testKey }), providers: plexOnly, sources: [] };
  const created = createJobs(deps, {
    sync: {
      start(id, options) {
        if (failing.has(id)) throw failing.get(id);
        started.push({ id, ...options });
        return String(started.length);
      },
      running: (id) => (running.has(id) ? "1" : null),
    },
    upkeep: idle,
    canSync: () => canSync,
  });
  made.push(created);
  return created;
}

beforeEach(() => {
  db = createTestDb();
  clock = createTestClock(noon);
  bus = createEventBus<AppEvents>((error) => {
    throw error;
  });
  started = [];
  running = new Set();
  failing = new Map();
  canSync = true;
  lines = [];
  anna = addUser(db);
  jobs = create();
});

afterEach(async () => {
  for (const each of made.splice(0)) await each.stop();
  db.close();
});

let serial = 0;

/** An integration that runs every hour, was read as a whole an hour ago and is due now. */
function server(change: Partial<IntegrationInsert> = {}): number {
  serial += 1;
  const id = addIntegration(db, anna, { serverName: `Server ${serial}` });
  updateIntegration(db, id, { nextSyncAt: clock.now(), lastFullAt: clock.now() - HOUR_MS, ...change });
  return id;
}

function row(id: number): IntegrationRow {
  const found = integrationById(db, id);
  if (found === undefined) throw new Error("no such integration");
  return found;
}

const startedIds = () => started.map(({ id }) => id);
const changed = (id: number) => bus.publish("integration.changed", { integrationId: id, userId: anna });

describe("a tick", () => {
  test("starts what is due, once, and plans the next run", () => {
    const id = server();
    jobs.tick();
    expect(started).toEqual([{ id, trigger: "schedule", full: false }]);
    const next = row(id).nextSyncAt ?? 0;
    expect(next).toBeGreaterThanOrEqual(noon + HOUR_MS);
    expect(next).toBeLessThan(noon + HOUR_MS + lateBy);
    jobs.tick();
    expect(started).toHaveLength(1);
    clock.advance(next - noon);
    jobs.tick();
    expect(startedIds()).toEqual([id, id]);
  });

  test("leaves alone what is not due yet", () => {
    server({ nextSyncAt: noon + 1 });
    server({ nextSyncAt: null });
    jobs.tick();
    expect(started).toEqual([]);
  });

  test.each([
    ["switched off", { enabled: false }],
    ["not automatic", { autoSync: false }],
    ["in need of a new sign-in", { status: "needs-login" }],
    ["disconnected", { disconnectedAt: noon - HOUR_MS }],
  ] as const)("does not start one that is %s", (_, change) => {
    server(change);
    const other = server();
    jobs.tick();
    expect(startedIds()).toEqual([other]);
  });

  test("never starts one that is still running, and does not queue it up", () => {
    const id = server();
    running.add(id);
    jobs.tick();
    running.clear();
    jobs.tick();
    expect(started).toEqual([]);
    expect(row(id).nextSyncAt).toBeGreaterThanOrEqual(noon + HOUR_MS);
  });

  test("starts nothing while the stored sign-ins cannot be read, and everything afterwards", () => {
    const id = server();
    canSync = false;
    jobs.tick();
    expect(started).toEqual([]);
    expect(row(id).nextSyncAt).toBe(noon);
    canSync = true;
    jobs.tick();
    expect(startedIds()).toEqual([id]);
  });

  test("asks a server that is down no sooner than its ladder says", () => {
    const id = server({ status: "unreachable", retryAt: noon + 5 * MINUTE_MS });
    jobs.tick();
    expect(started).toEqual([]);
    expect(row(id).nextSyncAt).toBe(noon + 5 * MINUTE_MS);
    clock.advance(5 * MINUTE_MS);
    jobs.tick();
    expect(startedIds()).toEqual([id]);
  });

  test("with a ladder longer than the schedule looks again at the schedule's next turn", () => {
    const id = server({ status: "unreachable", retryAt: noon + 6 * HOUR_MS });
    jobs.tick();
    const next = row(id).nextSyncAt ?? 0;
    expect(next).toBeLessThan(noon + 2 * HOUR_MS);
    clock.advance(next - noon);
    jobs.tick();
    expect(started).toEqual([]);
  });

  test("is not stopped by one that cannot be started", () => {
    const broken = server();
    const good = server();
    failing.set(broken, new AppError("database", "The disk is full."));
    jobs.tick();
    expect(startedIds()).toEqual([good]);
    expect(lines.join()).toContain("schedule.sync");
    expect(row(broken).nextSyncAt).toBeGreaterThan(noon);
  });

  test("does not complain about one that somebody else has just started", () => {
    const id = server();
    failing.set(id, new AppError("conflict", "A sync of this server is already running."));
    jobs.tick();
    expect(lines).toEqual([]);
  });

  test("is not stopped by a schedule that cannot be read, and does not start that one over and over", () => {
    const broken = server({ schedule: "whenever" });
    const good = server();
    jobs.tick();
    jobs.tick();
    expect(startedIds()).toEqual([broken, good]);
    expect(row(broken).nextSyncAt).toBeNull();
    expect(lines.join()).toContain("schedule.broken");
  });

  test("spreads servers of one minute, each always at its own second", () => {
    const ids = Array.from({ length: 6 }, () => server());
    jobs.tick();
    const first = ids.map((id) => (row(id).nextSyncAt ?? 0) - noon - HOUR_MS);
    expect(new Set(first.map((ms) => Math.floor(ms / 1_000))).size).toBeGreaterThan(3);
    for (const ms of first) expect(ms >= 0 && ms < lateBy).toBe(true);
    clock.advance(HOUR_MS + lateBy);
    jobs.tick();
    expect(ids.map((id) => (row(id).nextSyncAt ?? 0) - noon - 2 * HOUR_MS)).toEqual(first);
  });
});

describe("how much is read", () => {
  /** Whether a run at that time reads everything. */
  function full(at: number, lastFullAt: number | null, timeZone: string | null = null): boolean | undefined {
    updateUser(db, anna, { timeZone });
    clock.advance(at - clock.now());
    server({ lastFullAt });
    jobs.tick();
    return started.at(-1)?.full;
  }

  const night = Date.UTC(2026, 0, 16, 3, 30);

  test("everything at night, when the last time is a day ago", () => {
    expect(full(night, night - 23 * HOUR_MS)).toBe(true);
  });

  test("only news at night, when everything was read the evening before", () => {
    expect(full(night, night - 8 * HOUR_MS)).toBe(false);
  });

  test("only news by day, up to forty hours", () => {
    expect(full(noon, noon - 39 * HOUR_MS)).toBe(false);
    expect(full(noon, noon - 41 * HOUR_MS)).toBe(true);
  });

  test("everything when it never was, or was in the future", () => {
    expect(full(noon, null)).toBe(true);
    expect(full(noon, noon + 30 * HOUR_MS)).toBe(true);
  });

  test("night is where the user is", () => {
    expect(full(night, night - 30 * HOUR_MS, "America/New_York")).toBe(false);
    expect(full(Date.UTC(2026, 0, 16, 8, 30), night - 30 * HOUR_MS, "America/New_York")).toBe(true);
  });
});

describe("starting", () => {
  test("runs what was missed while the machine was off, once, under its own name", () => {
    const missed = server({ nextSyncAt: noon - 9 * HOUR_MS });
    const later = server({ nextSyncAt: noon + 10 * MINUTE_MS });
    jobs.start();
    expect(started).toEqual([{ id: missed, trigger: "start-up", full: false }]);
    expect(row(missed).nextSyncAt).toBeGreaterThan(noon);
    expect(row(later).nextSyncAt).toBe(noon + 10 * MINUTE_MS);
  });

  test("plans what was never planned, without running it", () => {
    const id = server({ nextSyncAt: null });
    const off = server({ nextSyncAt: null, autoSync: false });
    jobs.start();
    expect(started).toEqual([]);
    expect(row(id).nextSyncAt).toBeGreaterThanOrEqual(noon + HOUR_MS);
    expect(row(off).nextSyncAt).toBeNull();
  });

  test("is not prevented by a schedule that cannot be read", () => {
    server({ nextSyncAt: null, schedule: "whenever" });
    const missed = server();
    jobs.start();
    expect(startedIds()).toEqual([missed]);
  });
});

describe("the plan", () => {
  test("follows a change of the schedule", () => {
    const id = server({ nextSyncAt: noon + HOUR_MS });
    jobs.start();
    updateIntegration(db, id, { schedule: "0 4 * * *" });
    changed(id);
    const next = (row(id).nextSyncAt ?? 0) - Date.UTC(2026, 0, 16, 4);
    expect(next >= 0 && next < lateBy).toBe(true);
  });

  test("is empty while a server does not run by itself, and back afterwards", () => {
    const id = server({ nextSyncAt: noon + HOUR_MS });
    jobs.start();
    for (const change of [{ autoSync: false }, { autoSync: true, enabled: false }]) {
      updateIntegration(db, id, change);
      changed(id);
      expect(row(id).nextSyncAt).toBeNull();
    }
    updateIntegration(db, id, { enabled: true });
    changed(id);
    expect(row(id).nextSyncAt).toBeGreaterThanOrEqual(noon + HOUR_MS);
  });

  test("follows the user to another time zone", () => {
    const id = server({ schedule: "0 4 * * *", nextSyncAt: null });
    jobs.start();
    const inUtc = row(id).nextSyncAt ?? 0;
    updateUser(db, anna, { timeZone: "America/New_York" });
    jobs.tick();
    expect((row(id).nextSyncAt ?? 0) - inUtc).toBe(5 * HOUR_MS);
    expect(started).toEqual([]);
  });

  test("follows the user also when it was made before this start", () => {
    const id = server({ schedule: "0 4 * * *", nextSyncAt: Date.UTC(2026, 0, 16, 4) });
    jobs.start();
    updateUser(db, anna, { timeZone: "Europe/Berlin" });
    jobs.tick();
    const next = (row(id).nextSyncAt ?? 0) - Date.UTC(2026, 0, 16, 3);
    expect(next >= 0 && next < lateBy).toBe(true);
  });

  test("takes no notice of other servers' news, nor of any after stopping", async () => {
    const id = server({ nextSyncAt: noon + HOUR_MS });
    jobs.start();
    updateIntegration(db, id, { schedule: "0 4 * * *" });
    changed(id + 100);
    expect(row(id).nextSyncAt).toBe(noon + HOUR_MS);
    await jobs.stop();
    changed(id);
    expect(row(id).nextSyncAt).toBe(noon + HOUR_MS);
  });
});

test("stopping twice is stopping once", async () => {
  jobs.start();
  await jobs.stop();
  await jobs.stop();
  expect(started).toEqual([]);
});

describe("quiet hours", () => {
  const quiet = (from: string, to: string) => JSON.stringify({ quietHours: { from, to } });

  test("put off what is due, also at the start of the program, and the next run is at their end", () => {
    const id = server({ preferences: quiet("11:30", "14:00") });
    jobs.tick("start-up");
    expect(started).toEqual([]);
    expect(row(id).nextSyncAt).toBe(noon + 2 * HOUR_MS);
    clock.advance(2 * HOUR_MS);
    jobs.tick();
    expect(startedIds()).toEqual([id]);
  });

  test("are those of the user's clock", () => {
    updateUser(db, anna, { timeZone: "Asia/Tokyo" });
    const id = server({ preferences: quiet("20:00", "23:30") });
    jobs.tick();
    expect(started).toEqual([]);
    expect(row(id).nextSyncAt).toBe(noon + 2.5 * HOUR_MS);
  });

  test("move a daily run to their end instead of losing it", () => {
    const id = server({ schedule: "0 4 * * *", nextSyncAt: null, preferences: quiet("23:00", "07:00") });
    changed(id);
    jobs.start();
    changed(id);
    expect(row(id).nextSyncAt).toBe(Date.UTC(2026, 0, 16, 7));
  });

  test("that take the whole night give the long run to the hour after them", () => {
    clock.advance(19 * HOUR_MS + 10 * MINUTE_MS);
    const rested = server({ preferences: quiet("23:00", "07:00"), lastFullAt: clock.now() - 23 * HOUR_MS });
    const other = server({ lastFullAt: clock.now() - 23 * HOUR_MS });
    jobs.tick();
    expect(started.map(({ id, full }) => [id, full])).toEqual([
      [rested, true],
      [other, false],
    ]);
  });
});
