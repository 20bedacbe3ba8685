import type { Db } from "../../db/open.ts";
import { type IntegrationRow, integrationById, updateIntegration } from "../../db/repos/integrations.ts";
import {
  forgetStates,
  forgetViews,
  hasWelcomeItems,
  lookAgainElsewhere,
  viewedSince,
} from "../../db/repos/item-links.ts";
import { refreshProgress } from "../../db/repos/library.ts";
import { closeMarks } from "../../db/repos/pushes.ts";
import { episodesOfRun, latestEntryOf, liftUndone, showsOfEpisodes, undoRun } from "../../db/repos/removals.ts";
import {
  addedBy,
  deleteSyncLog,
  insertSyncLog,
  interruptRunning,
  itemsOfSync,
  listSyncLogs,
  type SyncLogRow,
  syncLogById,
  updateSyncLog,
} from "../../db/repos/sync-logs.ts";
import { tx } from "../../db/tx.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import type { SyncMode, SyncStatus, SyncTrigger } from "../../domain/sync.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { Deps, SyncProgress } from "../context.ts";
import { applySettings, checkSettings } from "../integrations/settings.ts";
import type { Integrations } from "../integrations/types.ts";
import { numericId } from "../integrations/view.ts";
import { isTwoWay, wishAround } from "../push/wishes.ts";
import { type Contact, createContact } from "./contact.ts";
import { executePreview } from "./preview.ts";
import { executeReread } from "./reread.ts";
import { executeRun, type RunOutcome } from "./run.ts";
import type { IdentityMemory } from "./run-options.ts";
import { createTurns } from "./turns.ts";
import type { DecidingSettings, Reread, StartOptions, SyncLogView, SyncService } from "./types.ts";
import { removeEpisodes } from "./unmarks.ts";
import { heldSchema, syncItemView, syncLogView } from "./view.ts";

type Running = {
  syncId: number;
  userId: number;
  abort: AbortController;
  progress: SyncProgress;
  ended: Promise<void>;
};

/** Addresses are handed on by routers, not within minutes. */
const identityForMs = 15 * MINUTE_MS;
/** News of progress at most this often; the log itself is always right. */
const publishEveryMs = 250;

export type SyncOptions = {
  integrations: Pick<Integrations, "open" | "rediscover" | "succeeded" | "failed" | "requireKey">;
  /** Shows in somebody's library whose catalogue may be missing. */
  enqueue: (showIds: readonly number[]) => void;
};

/** A press on Sync Now asks for what an undone run had brought; schedules leave it out. */
function letUndoneIn(db: Db, row: IntegrationRow): void {
  tx(db, () => {
    const episodes = liftUndone(db, row.id);
    if (episodes.length === 0) return;
    forgetStates(db, episodes, row.id);
    updateIntegration(db, row.id, { needsFull: true });
  });
}

export function createSyncService(deps: Deps, options: SyncOptions): SyncService {
  const { db, clock, bus, log } = deps;
  const running = new Map<number, Running>();
  const turns = createTurns((integrationId) => running.get(integrationId)?.ended ?? null);
  const leaving = new AbortController();
  /** When the right server was last seen to answer at an address. */
  const identified = new Map<string, number>();
  let stopping = false;

  const cancelled = () => new AppError("cancelled", "Cancelled.");

  /** How runs ended whose end the database would not take; written as soon as it does. */
  const unwritten = new Map<number, Partial<SyncLogRow>>();

  function close(syncId: number, change: Partial<SyncLogRow>): void {
    unwritten.set(syncId, change);
    updateSyncLog(db, syncId, change);
    unwritten.delete(syncId);
  }

  function view(stored: SyncLogRow): SyncLogView {
    const row = { ...stored, ...unwritten.get(stored.id) };
    const live = [...running.values()].find(({ syncId }) => syncId === row.id);
    return syncLogView(row, { now: clock.now(), progress: live?.progress ?? null });
  }

  function own(userId: number, syncId: string): SyncLogRow {
    const row = syncLogById(db, numericId(syncId, "sync"));
    if (row === undefined || row.userId !== userId) throw new AppError("not-found", "There is no such sync.");
    return row;
  }

  function modeOf(row: IntegrationRow, { mode, full }: StartOptions): SyncMode {
    if (mode === "preview") return "preview";
    // A watermark in the future was set by a clock that has been put right since.
    const since = row.watermarkAt !== null && row.watermarkAt <= clock.now();
    return full || row.needsFull || !since || hasWelcomeItems(db, row.userId, row.id) ? "full" : "incremental";
  }

  function usable(integrationId: number): IntegrationRow {
    const found = integrationById(db, integrationId);
    if (found === undefined) throw new AppError("not-found", "This server is not connected.");
    options.integrations.requireKey();
    if (found.status === "needs-login") {
      throw new AppError("conflict", `${found.serverName} needs a new sign-in.`, {
        hint: found.statusMessage ?? "Connect it again on the Integrations page. Everything that was synced stays.",
      });
    }
    return found;
  }

  function start(integrationId: number, how: StartOptions): string {
    if (stopping) throw new AppError("conflict", "Episode Tracker is shutting down.");
    const current = running.get(integrationId);
    if (current !== undefined) {
      throw new AppError("conflict", "A sync of this server is already running.", {
        extra: { syncId: String(current.syncId) },
      });
    }
    const found = usable(integrationId);
    if (how.trigger === "manual" && how.mode !== "preview") letUndoneIn(db, found);
    if (how.settings !== undefined) checkSettings(db, found, how.settings);
    const row = integrationById(db, integrationId) ?? found;
    const mode = modeOf(row, how);
    for (const [lost, change] of unwritten) close(lost, change);
    const startedAt = clock.now();
    const syncId = insertSyncLog(db, {
      integrationId,
      userId: row.userId,
      provider: row.provider,
      trigger: how.trigger,
      mode,
      startedAt,
    });
    const abort = new AbortController();
    const progress: SyncProgress = { phase: "connecting", done: 0, total: 0, showsSynced: 0, episodesSynced: 0 };
    const entry: Running = { syncId, userId: row.userId, abort, progress, ended: Promise.resolve() };
    running.set(integrationId, entry);
    bus.publish("sync.started", { syncId, integrationId, userId: row.userId });
    log.info("sync.started", { sync: syncId, integration: integrationId, mode, trigger: how.trigger });
    entry.ended = run(row, entry, { mode, startedAt, settings: how.settings }).catch((error: unknown) => {
      log.error("sync.lost", { sync: syncId, reason: toAppError(error) });
    });
    return String(syncId);
  }

  function identityOf(integrationId: number): IdentityMemory {
    const key = (address: string) => `${integrationId} ${address}`;
    return {
      isFresh: (address) => clock.ticks() - (identified.get(key(address)) ?? Number.NEGATIVE_INFINITY) < identityForMs,
      seen: (address) => identified.set(key(address), clock.ticks()),
    };
  }

  function groundOf(row: IntegrationRow, own: { syncId: number; startedAt: number; signal: AbortSignal }) {
    return {
      deps,
      db,
      integrations: options.integrations,
      identity: identityOf(row.id),
      row,
      ...own,
      onChanged: (showIds: number[]) => {
        options.enqueue(showIds);
        bus.publish("plays.changed", { userId: row.userId, showIds });
      },
    };
  }

  type RunPlan = { mode: SyncMode; startedAt: number; settings: DecidingSettings | undefined };

  async function run(row: IntegrationRow, entry: Running, { mode, startedAt, settings }: RunPlan): Promise<void> {
    const { syncId, userId } = entry;
    await turns.free(row.id);
    const began = clock.ticks();
    let publishedAt = Number.NEGATIVE_INFINITY;
    const common = {
      ...groundOf(row, { syncId, startedAt, signal: entry.abort.signal }),
      onProgress: (progress: SyncProgress) => {
        entry.progress = { ...progress };
        if (clock.ticks() - publishedAt < publishEveryMs) return;
        publishedAt = clock.ticks();
        bus.publish("sync.progress", { syncId, integrationId: row.id, userId, progress: entry.progress });
      },
    };
    let status: SyncStatus = "error";
    try {
      const outcome =
        mode === "preview"
          ? await executePreview({ ...common, mode: "full" }, (copy) => {
              letUndoneIn(copy, row);
              if (settings !== undefined) applySettings(copy, row, settings, startedAt);
            })
          : await executeRun({ ...common, mode: mode === "full" ? "full" : "incremental" });
      status = outcome.status;
      settle(row, outcome, mode, startedAt);
      finish(syncId, status, began, outcome);
    } catch (error) {
      // The database itself failed: say so as far as it lets us.
      const known = toAppError(error);
      log.error("sync.failed", { sync: syncId, reason: known });
      const errors = JSON.stringify([
        { kind: "database", message: known.message, hint: known.hint ?? "Look at the log." },
      ]);
      close(syncId, { status: "error", errors, finishedAt: clock.now(), durationMs: elapsed(began) });
    } finally {
      running.delete(row.id);
      log.info("sync.finished", { sync: syncId, integration: row.id, status, ms: elapsed(began) });
      bus.publish("sync.finished", { syncId, integrationId: row.id, userId, status });
    }
  }

  function inTurn<Out>(integrationId: number, work: (contact: Contact) => Promise<Out>): Promise<Out> {
    return turns.take(integrationId, async () => {
      if (stopping) throw cancelled();
      const row = usable(integrationId);
      const { manifest } = deps.providers.all().find((each) => each.manifest.id === row.provider) ?? {};
      return work(
        createContact({
          deps,
          integrations: options.integrations,
          identity: identityOf(row.id),
          row,
          signal: leaving.signal,
          integrationId,
          label: manifest?.label ?? row.provider,
        }),
      );
    });
  }

  type RereadOptions = { itemIds: readonly string[]; trigger: SyncTrigger; leftEarly?: boolean };

  async function reread(integrationId: number, how: RereadOptions): Promise<Reread> {
    usable(integrationId);
    return turns.take(integrationId, () => rereadNow(integrationId, how));
  }

  async function rereadNow(
    integrationId: number,
    { itemIds, trigger, leftEarly = false }: RereadOptions,
  ): Promise<Reread> {
    if (stopping) throw cancelled();
    const row = usable(integrationId);
    const { userId, provider } = row;
    const startedAt = clock.now();
    const began = clock.ticks();
    const facts = { integrationId, userId, provider, trigger, mode: "incremental" as const, startedAt };
    const syncId = insertSyncLog(db, facts);
    try {
      const ground = groundOf(row, { syncId, startedAt, signal: leaving.signal });
      const run = { ...ground, mode: "incremental" as const, onProgress: () => undefined };
      const outcome = await executeReread(run, { itemIds, leftEarly });
      options.integrations.succeeded(integrationId);
      const { items } = outcome;
      if (!outcome.changed) {
        deleteSyncLog(db, syncId);
        return { syncId: null, items, watchesAdded: 0, watchesRemoved: 0 };
      }
      const status: SyncStatus = outcome.held === null ? "success" : "held";
      finish(syncId, status, began, { ...outcome, status, error: null, complete: true });
      bus.publish("sync.finished", { syncId, integrationId, userId, status });
      const written = syncLogById(db, syncId);
      const watchesAdded = written?.watchesAdded ?? 0;
      log.info("sync.reread", { sync: syncId, integration: integrationId, trigger, added: watchesAdded });
      return { syncId: String(syncId), items, watchesAdded, watchesRemoved: written?.watchesRemoved ?? 0 };
    } catch (error) {
      giveUpReread(syncId, began);
      options.integrations.failed(integrationId, error);
      throw error;
    }
  }

  /** What had been stored before the failure keeps its log; without any there is nothing to tell. */
  function giveUpReread(syncId: number, began: number): void {
    const written = syncLogById(db, syncId);
    if (written === undefined) return;
    if (addedBy(db, syncId) + written.watchesRemoved === 0) deleteSyncLog(db, syncId);
    else close(syncId, { status: "partial", finishedAt: clock.now(), durationMs: elapsed(began) });
  }

  const elapsed = (began: number) => Math.round(clock.ticks() - began);

  function finish(syncId: number, status: SyncStatus, began: number, outcome: RunOutcome): void {
    updateSyncLog(db, syncId, {
      status: status === "cancelled" && stopping ? "interrupted" : status,
      held: outcome.held === null ? null : JSON.stringify(outcome.held),
      requests: outcome.requests,
      finishedAt: clock.now(),
      durationMs: elapsed(began),
    });
  }

  function settle(row: IntegrationRow, outcome: RunOutcome, mode: SyncMode, startedAt: number): void {
    if (outcome.error !== null) options.integrations.failed(row.id, outcome.error);
    else if (outcome.status !== "cancelled") options.integrations.succeeded(row.id);
    if (mode === "preview" || outcome.status === "cancelled" || outcome.status === "error") return;
    const whole = outcome.complete
      ? { watermarkAt: startedAt, ...(mode === "full" ? { lastFullAt: startedAt, needsFull: false } : {}) }
      : {};
    updateIntegration(db, row.id, { lastSyncAt: clock.now(), ...whole });
  }

  async function cancelRun(syncId: string): Promise<void> {
    const entry = [...running.values()].find((each) => String(each.syncId) === syncId);
    if (entry === undefined) throw new AppError("conflict", "This sync has already ended.");
    entry.abort.abort(cancelled());
    await entry.ended;
  }

  async function cancel(userId: number, syncId: string): Promise<SyncLogView> {
    await cancelRun(String(own(userId, syncId).id));
    return view(own(userId, syncId));
  }

  function approve(userId: number, syncId: string): SyncLogView {
    const row = own(userId, syncId);
    if (row.status !== "held" || row.held === null) throw new AppError("conflict", "This sync holds nothing back.");
    const held = heldSchema.parse(JSON.parse(row.held));
    const now = clock.now();
    // What has been watched again since is no longer what the user was asked about.
    const again = new Set(viewedSince(db, row.integrationId, held.episodeIds, row.startedAt));
    const integration = integrationById(db, row.integrationId);
    const isBoth = integration !== undefined && isTwoWay(integration);
    const everywhere = isBoth ? new Map(held.episodeIds.map((id) => [id, held.since])) : null;
    const entered = isBoth ? latestEntryOf(db, userId, row.integrationId, held.episodeIds) : new Map<number, number>();
    const episodeIds = held.episodeIds.filter((id) => !again.has(id) && (entered.get(id) ?? 0) <= row.startedAt);
    tx(db, () => {
      const base = { db, syncId: row.id, userId, integrationId: row.integrationId, now, everywhere };
      const removed = [...removeEpisodes(base, episodeIds).values()].reduce((sum, plays) => sum + plays, 0);
      forgetViews(db, row.integrationId, held.itemIds, episodeIds);
      closeMarks(db, row.integrationId, held.itemIds);
      updateSyncLog(db, row.id, { status: "success", watchesRemoved: row.watchesRemoved + removed });
      refreshProgress(db, userId, showsOfEpisodes(db, episodeIds), now);
    });
    bus.publish("plays.changed", { userId, showIds: showsOfEpisodes(db, episodeIds) });
    return view(own(userId, syncId));
  }

  function undo(userId: number, syncId: string): { removed: number; restored: number } {
    const row = own(userId, syncId);
    if (row.status === "running") throw new AppError("conflict", "This sync is still running. Cancel it first.");
    if (row.mode === "preview") throw new AppError("conflict", "A preview changes nothing; there is nothing to undo.");
    if (row.undoneAt !== null) throw new AppError("conflict", "This sync has already been undone.");
    const now = clock.now();
    const result = tx(db, () => {
      const episodeIds = episodesOfRun(db, row.id);
      const undone = wishAround(db, { userId, episodeIds, origin: row.integrationId, takingBack: true, now }, () =>
        undoRun(db, { syncLogId: row.id, userId, integrationId: row.integrationId, now }),
      );
      if (undone.removed > 0) lookAgainElsewhere(db, { userId, integrationId: row.integrationId, episodeIds });
      refreshProgress(db, userId, undone.showIds, now);
      updateSyncLog(db, row.id, { status: "undone", undoneAt: now });
      return undone;
    });
    log.info("sync.undone", { sync: row.id, removed: result.removed, restored: result.restored });
    bus.publish("plays.changed", { userId, showIds: result.showIds });
    return { removed: result.removed, restored: result.restored };
  }

  return {
    start,
    finished: async (syncId) => {
      const id = numericId(syncId, "sync");
      await [...running.values()].find((entry) => entry.syncId === id)?.ended;
      const row = syncLogById(db, id);
      if (row === undefined) throw new AppError("not-found", "There is no such sync.");
      return view(row);
    },
    running: (integrationId) => {
      const entry = running.get(integrationId);
      return entry === undefined ? null : String(entry.syncId);
    },
    reread,
    inTurn,
    get: (userId, syncId) => view(own(userId, syncId)),
    items: (userId, syncId) => itemsOfSync(db, own(userId, syncId).id).map(syncItemView),
    list: (userId, how) => listSyncLogs(db, userId, how).map(view),
    cancel,
    cancelRun,
    approve,
    undo,
    recover: () => {
      const count = interruptRunning(db, clock.now());
      if (count > 0) log.warn("sync.interrupted", { count });
    },
    stop: async () => {
      stopping = true;
      for (const { abort } of running.values()) abort.abort(cancelled());
      leaving.abort(cancelled());
      await Promise.all([...[...running.values()].map(({ ended }) => ended), turns.allEnded()]);
    },
  };
}
