import { allIntegrations, type IntegrationRow, updateIntegration } from "../db/repos/integrations.ts";
import { userById } from "../db/repos/users.ts";
import { HOUR_MS } from "../domain/instant.ts";
import { readPreferences } from "../domain/preferences.ts";
import { isQuiet } from "../domain/quiet-hours.ts";
import { staggerMs } from "../domain/schedule.ts";
import type { SyncTrigger } from "../domain/sync.ts";
import { hasCode, toAppError } from "../kernel/errors.ts";
import type { Deps } from "../services/context.ts";
import type { SyncService } from "../services/sync/types.ts";
import { localTimeIn } from "../services/tracking/zoned-days.ts";
import { endOfQuiet } from "./quiet.ts";
import { every, nextRun, type Ticker } from "./schedule.ts";

export type Upkeep = {
  pingAll(): Promise<void>;
  refreshStale(): void;
  refreshNewlyAired(): void;
  prune(): void;
  clearAwaySignIns(): Promise<void>;
  warmArtwork(): Promise<void>;
  notify(): Promise<void>;
};

export type Jobs = {
  start(): void;
  stop(): Promise<void>;
  /** Starts what is due. Public for tests, which own the time. */
  tick(trigger?: SyncTrigger): void;
};

/** Integrations of one minute are spread over this much, each always at its own place. */
const spreadMs = 45_000;
/** At night, and when the last reading of everything is this old, a scheduled run reads everything: only that shows unmarks. */
const fullAfterMs = 22 * HOUR_MS;
const fullAtLatestMs = 40 * HOUR_MS;
const nightHours = [2, 3, 4, 5];
/** How long after quiet hours the night still counts as missed. */
const afterQuietMs = HOUR_MS;

export type JobsOptions = { sync: Pick<SyncService, "start" | "running">; upkeep: Upkeep; canSync: () => boolean };

/** What happens by itself: due syncs, and the housekeeping around them. */
export function createJobs(deps: Deps, { sync, upkeep, canSync }: JobsOptions): Jobs {
  const { db, clock, log, bus, config } = deps;
  const tickers: Ticker[] = [];
  const running = new Set<Promise<void>>();
  /** The time zone behind each `next_sync_at`: a user who moves to another one keeps the hour on the wall. */
  const plannedIn = new Map<number, string>();
  let unsubscribe = () => undefined as unknown;

  const zoneOf = (row: IntegrationRow) => userById(db, row.userId)?.timeZone ?? config.timeZone;

  function planNext(row: IntegrationRow, from: number): number | null {
    const zone = zoneOf(row);
    plannedIn.set(row.id, zone);
    try {
      const next = nextRun(row.schedule, zone, from);
      return next === null ? null : awake(row, zone, next + staggerMs(row.id, spreadMs));
    } catch (error) {
      // One unusable schedule must not stop the others.
      log.error("schedule.broken", { integration: row.id, reason: toAppError(error) });
      return null;
    }
  }

  /** What falls into the quiet hours happens at their end. */
  function awake(row: IntegrationRow, zone: string, at: number): number {
    const { quietHours } = readPreferences(row.preferences);
    return quietHours === null ? at : (endOfQuiet(quietHours, at, zone) ?? at);
  }

  /** Keeps `next_sync_at` true after every change of an integration; null while it does not run by itself. */
  function replan(row: IntegrationRow): void {
    const wanted = row.enabled && row.autoSync ? planNext(row, clock.now()) : null;
    if (wanted !== row.nextSyncAt) updateIntegration(db, row.id, { nextSyncAt: wanted });
  }

  function wantsFull(row: IntegrationRow, now: number): boolean {
    const age = now - (row.lastFullAt ?? 0);
    // A clock that was ahead once must not put the nightly run off until it gets there again.
    if (age > fullAtLatestMs || age < 0) return true;
    if (age <= fullAfterMs) return false;
    const zone = zoneOf(row);
    const { quietHours } = readPreferences(row.preferences);
    const night = nightHours.map((hour) => `0${hour}:00`);
    // Whoever wants the whole night quiet gets the long run right after it.
    const sleeps = quietHours !== null && night.every((hour) => isQuiet(quietHours, hour));
    const rested = sleeps && endOfQuiet(quietHours, now - afterQuietMs, zone) !== null;
    return rested || nightHours.includes(Number(localTimeIn(now, zone).slice(11, 13)));
  }

  function begin(row: IntegrationRow, trigger: SyncTrigger, now: number): void {
    try {
      sync.start(row.id, { trigger, full: wantsFull(row, now) });
    } catch (error) {
      if (!hasCode(error, "conflict")) log.error("schedule.sync", { integration: row.id, reason: toAppError(error) });
    }
  }

  function tick(trigger: SyncTrigger = "schedule"): void {
    if (!canSync()) return;
    const now = clock.now();
    for (const row of allIntegrations(db)) {
      if (!row.enabled || !row.autoSync || row.status === "needs-login") continue;
      if (row.nextSyncAt === null) continue;
      if (row.nextSyncAt > now) {
        if (plannedIn.has(row.id) && plannedIn.get(row.id) !== zoneOf(row)) replan(row);
        continue;
      }
      const quietUntil = awake(row, zoneOf(row), now);
      if (quietUntil > now) {
        updateIntegration(db, row.id, { nextSyncAt: quietUntil });
        continue;
      }
      // A server that is down is asked again by its own ladder, not at every turn of the schedule.
      const postponed = row.retryAt !== null && row.retryAt > now;
      if (!postponed && sync.running(row.id) === null) begin(row, trigger, now);
      const next = planNext(row, now);
      const soon = row.retryAt !== null && postponed && (next === null || row.retryAt < next) ? row.retryAt : next;
      updateIntegration(db, row.id, { nextSyncAt: soon });
    }
  }

  function own(name: string, work: () => Promise<void> | void): () => Promise<void> {
    return async () => {
      const started = (async () => work())();
      running.add(started);
      try {
        await started;
      } catch (error) {
        log.error("job.failed", { job: name, reason: toAppError(error) });
      } finally {
        running.delete(started);
      }
    };
  }

  const failed = (error: unknown) => log.error("job.failed", { reason: toAppError(error) });

  function start(): void {
    for (const row of allIntegrations(db)) {
      if (row.nextSyncAt === null) replan(row);
      else plannedIn.set(row.id, zoneOf(row));
    }
    unsubscribe = bus.subscribe((name, payload) => {
      if (name !== "integration.changed" || !("integrationId" in payload)) return;
      const row = allIntegrations(db).find(({ id }) => id === payload.integrationId);
      if (row !== undefined) replan(row);
    });
    // What was missed while the machine was off happens now, under its own name in the log.
    tick("start-up");
    tickers.push(
      every(
        "*/10 * * * * *",
        own("sync", () => tick()),
        failed,
      ),
      every("20 */2 * * * *", own("airing", upkeep.refreshNewlyAired), failed),
      every("40 7 * * * *", own("stale", upkeep.refreshStale), failed),
      every("30 11 */6 * * *", own("ping", upkeep.pingAll), failed),
      every("10 23 5 * * *", own("prune", upkeep.prune), failed),
      every("50 19 * * * *", own("sign-ins", upkeep.clearAwaySignIns), failed),
      every("15 */10 * * * *", own("artwork", upkeep.warmArtwork), failed),
      every("35 * * * * *", own("notify", upkeep.notify), failed),
    );
  }

  return {
    start,
    tick,
    stop: async () => {
      unsubscribe();
      for (const ticker of tickers) ticker.stop();
      await Promise.all([...running].map((work) => work.catch(failed)));
    },
  };
}
