import type { Config, MetadataSourceName } from "./config.ts";
import { settingOr } from "./db/repos/settings.ts";
import { createJobs } from "./jobs/runner.ts";
import { checkSchedule } from "./jobs/schedule.ts";
import { type Clock, systemClock } from "./kernel/clock.ts";
import { AppError, toAppError } from "./kernel/errors.ts";
import { createEventBus } from "./kernel/events.ts";
import { createHttp, type Transport } from "./kernel/http.ts";
import { randomUuid } from "./kernel/ids.ts";
import { createLog, type Log } from "./kernel/log.ts";
import { createSources } from "./metadata/registry.ts";
import { configuredProviders } from "./providers/configured.ts";
import { installationKeyState } from "./services/accounts/installation-key.ts";
import { createAccounts } from "./services/accounts/service.ts";
import { createCandidatePosters } from "./services/artwork/candidates.ts";
import { createArtwork } from "./services/artwork/service.ts";
import type { AppEvents, Deps } from "./services/context.ts";
import { createDiscovery } from "./services/discovery/service.ts";
import { createEnrichment } from "./services/enrichment/service.ts";
import { createHouseholds } from "./services/households/service.ts";
import { createIntegrations } from "./services/integrations/service.ts";
import { openData } from "./services/maintenance/open-data.ts";
import { finishInterruptedRekey } from "./services/maintenance/rekey.ts";
import { createMaintenance } from "./services/maintenance/service.ts";
import { createMatching } from "./services/matching/service.ts";
import { createNotifications } from "./services/notifications/service.ts";
import { createPush } from "./services/push/service.ts";
import { createSignIns } from "./services/sign-ins/service.ts";
import { createSourceDesk } from "./services/sources/service.ts";
import { createStream } from "./services/stream/service.ts";
import { createSyncService } from "./services/sync/service.ts";
import { refreshNewlyAired } from "./services/tracking/airing.ts";
import { createTracking } from "./services/tracking/service.ts";
import { createStats } from "./services/tracking/stats.ts";
import { createTransfer } from "./services/transfer/service.ts";
import { createWebhooks } from "./services/webhooks/service.ts";
import { loadKey } from "./vault/key.ts";
import { createVault } from "./vault/vault.ts";
import { VERSION } from "./version.ts";
import { createErrorRenderer } from "./web/pages/errors.ts";
import { liveNews } from "./web/pages/live.ts";
import { createWeb, type Listening } from "./web/server.ts";

export type AppOverrides = { clock?: Clock; log?: Log; transport?: Transport };

export type App = Awaited<ReturnType<typeof createApp>>;

export type { MetadataSourceName };

const FIRST_PAGE_MS = 30;

/** Builds everything once. Nothing listens and nothing runs by itself before `start`. */
export async function createApp(config: Config, overrides: AppOverrides = {}) {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog({ clock, level: config.logLevel, format: config.logFormat });
  const { db, applied } = openData(config.dataDir, clock.now());
  if (applied.length > 0) log.info("database.updated", { steps: applied.length });
  try {
    return await assemble(config, { clock, log, db, transport: overrides.transport });
  } catch (error) {
    db.close();
    throw error;
  }
}

type Ground = { clock: Clock; log: Log; db: Deps["db"]; transport: Transport | undefined };

async function assemble(config: Config, { clock, log, db, transport }: Ground) {
  if (await finishInterruptedRekey(db, config.dataDir, clock.now())) log.warn("key.change-finished");
  const { key } = loadKey({ configured: config.encryptionKey, dataDir: config.dataDir });
  const vault = createVault({ key });
  const keyState = await installationKeyState({ db, vault });
  if (keyState === "different") {
    log.error("key.different", {
      message:
        "INTEGRATION_ENCRYPTION_KEY is not the one the stored sign-ins were encrypted with. Nothing was changed; start again with the former key.",
    });
  }
  const bus = createEventBus<AppEvents>((error) => log.error("bus.failed", { reason: toAppError(error) }));
  const userAgent = `EpisodeTracker/${VERSION} (self-hosted)`;
  const http = createHttp({ clock, log, userAgent, ...(transport === undefined ? {} : { transport }) });
  const installation = settingOr(db, "installation-id", randomUuid());
  const providers = configuredProviders(config, { http, clock, installation });
  const sourceDesk = createSourceDesk(config, clock, await createSources({ http, clock, config }));
  const { sources } = sourceDesk;
  const deps: Deps = { config, db, clock, log, bus, vault, providers, sources };

  const accounts = createAccounts(deps);
  const enrichment = createEnrichment(deps);
  const integrations = createIntegrations(deps, {
    checkSchedule,
    keyState: () => keyState,
    cancelRunning: async (integrationId) => {
      const running = sync.running(integrationId);
      if (running !== null) await sync.cancelRun(running);
    },
    leave: (integrationId) => webhooks.leave(integrationId),
  });
  const sync = createSyncService(deps, { integrations, enqueue: enrichment.enqueue });
  const stream = createStream(deps, { integrations, sync, canListen: () => keyState === "ok" });
  const households = createHouseholds({ ...deps, accounts, integrations });
  const signIns = createSignIns({ ...deps, accounts, requireKey: integrations.requireKey });
  const notifications = createNotifications(deps, { http, requireKey: integrations.requireKey });
  const importShow = enrichment.importShow;
  const tracking = createTracking(deps, { importShow });
  const webhooks = createWebhooks(deps, { sync, integrations, tracking });
  const matching = createMatching(deps, { importShow, tracking });
  const transfer = createTransfer(deps, { enqueue: enrichment.enqueue });
  const push = createPush(deps, { sync });
  const artwork = createArtwork(deps, { openServer: integrations.open });
  const maintenance = createMaintenance(deps);
  const web = createWeb({
    ...deps,
    accounts,
    integrations,
    households,
    signIns,
    sync,
    webhooks,
    stream,
    tracking,
    matching,
    transfer,
    push,
    artwork,
    notifications,
    discovery: createDiscovery(deps),
    candidatePosters: createCandidatePosters(deps),
    maintenance,
    stats: createStats(deps),
    enrichmentStatus: enrichment.status,
    enrichment,
    sourceDesk,
    renderError: createErrorRenderer(deps),
    live: liveNews,
  });
  const jobs = createJobs(deps, {
    sync,
    canSync: () => keyState === "ok",
    upkeep: {
      pingAll: integrations.pingAll,
      refreshStale: enrichment.refreshStale,
      refreshNewlyAired: () => {
        refreshNewlyAired(deps);
      },
      prune: () => {
        accounts.prune();
        maintenance.prune();
        transfer.prune();
        push.prune();
        notifications.prune();
      },
      clearAwaySignIns: integrations.clearAwaySignIns,
      notify: notifications.run,
      warmArtwork: async () => {
        await artwork.warm(40);
      },
    },
  });

  let listening: Listening | null = null;
  let started: ReturnType<typeof begin> | null = null;
  let stopped: Promise<void> | null = null;

  async function begin(): Promise<{ url: string; port: number }> {
    if (stopped !== null) throw new AppError("conflict", "This program is shutting down.");
    sync.recover();
    transfer.recover();
    listening = web.listen({ host: config.host, port: config.port });
    // Whoever waits for the first page comes before work that nobody waits for.
    await clock.sleep(FIRST_PAGE_MS);
    if (stopped === null) {
      enrichment.start();
      notifications.start();
      webhooks.start();
      jobs.start();
      push.start();
      stream.start();
    }
    const shown = config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host;
    return {
      url: `http://${shown.includes(":") ? `[${shown}]` : shown}:${listening.port}${config.basePath}`,
      port: listening.port,
    };
  }

  /** No new work, then open streams, then running work up to its next commit, then the database. */
  async function shutDown(): Promise<void> {
    const news = [webhooks.stop(), stream.stop()];
    const work = [push.stop(), sync.stop(), transfer.stop(), enrichment.stop()];
    const ended = [jobs.stop(), ...news, ...work, notifications.stop(), listening?.stop()];
    for (const outcome of await Promise.allSettled(ended)) {
      if (outcome.status === "rejected") log.error("stop.failed", { reason: toAppError(outcome.reason) });
    }
    try {
      db.close();
    } catch (error) {
      log.warn("stop.database", { reason: toAppError(error) });
    }
  }

  return {
    deps,
    accounts,
    integrations,
    households,
    signIns,
    sync,
    webhooks,
    stream,
    enrichment,
    sourceDesk,
    matching,
    tracking,
    transfer,
    push,
    artwork,
    notifications,
    maintenance,
    web,
    jobs,
    /** Idempotent: a second call gives the same address. */
    start: (): ReturnType<typeof begin> => {
      if (stopped !== null) return begin();
      started ??= begin();
      return started;
    },
    /** Idempotent. What has not ended after `deadlineMs` is left to roll back. */
    stop: (deadlineMs = 8_000): Promise<void> => {
      stopped ??= Promise.race([shutDown(), clock.sleep(deadlineMs)]);
      return stopped;
    },
  };
}
