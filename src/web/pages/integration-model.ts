import type { ViewContext } from "../../../views/context.ts";
import type { IntegrationsPageModel, ProfileOfferModel } from "../../../views/pages/integrations.tsx";
import type { IntegrationCardModel } from "../../../views/parts/integration-card.tsx";
import type { SyncProgressModel } from "../../../views/parts/sync-progress.tsx";
import type { RecentSyncsModel, SyncRowModel } from "../../../views/parts/sync-row.tsx";
import { providerLabel } from "../../domain/providers.ts";
import { presetOf, SCHEDULE_PRESETS } from "../../domain/schedule.ts";
import type { IntegrationView } from "../../services/integrations/types.ts";
import type { SyncLogView } from "../../services/sync/types.ts";
import type { RouteDeps } from "../deps.ts";
import { liveModel } from "./now-watching.ts";

const RECENT_SYNCS = 20;
/** Runs of one server to look through for its last one that changed anything. */
const LOOK_BACK = 10;

export function progressModel(log: SyncLogView): SyncProgressModel {
  const { progress } = log;
  return {
    syncId: log.id,
    status: log.status,
    mode: log.mode,
    phase: progress?.phase ?? "connecting",
    done: progress?.done ?? 0,
    total: progress === null || progress.total <= 0 ? null : progress.total,
    shows: progress?.showsSynced ?? log.showsSynced,
    episodes: progress?.episodesSynced ?? log.episodesSynced,
    added: log.watchesAdded,
    ...(log.mode === "preview" && log.status !== "running" ? { notes: log.notes } : {}),
  };
}

export function syncRowModel(log: SyncLogView, labels: ReadonlyMap<string, string>): SyncRowModel {
  const label = labels.get(log.integrationId);
  return {
    id: log.id,
    ...(labels.size > 1 && label !== undefined ? { integrationLabel: label } : {}),
    trigger: log.trigger,
    mode: log.mode,
    status: log.status,
    startedAt: log.startedAt,
    durationMs: log.status === "running" ? null : log.duration,
    shows: log.showsSynced,
    episodes: log.episodesSynced,
    added: log.watchesAdded,
    attention: log.mode === "preview" ? 0 : log.showsDoubtful,
  };
}

/** What arrives live stands apart: an evening of episodes pushes no sync out of the list. */
export function recentSyncsModel(
  { sync }: Pick<RouteDeps, "sync">,
  userId: number,
  integrations: readonly IntegrationView[],
): RecentSyncsModel {
  const labels = labelsOf(integrations);
  const rows = (live: boolean) =>
    sync.list(userId, { live, limit: RECENT_SYNCS }).map((log) => syncRowModel(log, labels));
  return { syncs: rows(false), live: rows(true) };
}

function labelsOf(integrations: readonly IntegrationView[]): Map<string, string> {
  const named = (name: string) => integrations.filter(({ serverName }) => serverName === name).length;
  return new Map(
    integrations.map(({ id, provider, serverName, username }) => {
      // Two servers of one name are told apart by who is signed in there.
      const whose = named(serverName) > 1 ? ` (${username})` : "";
      return [id, `${providerLabel(provider)} · ${serverName}${whose}`];
    }),
  );
}

/** The offered schedules, and the user's own where it is none of these. */
export function scheduleOptions(schedule: string): { value: string; label: string }[] {
  const options = SCHEDULE_PRESETS.map(({ cron, label }) => ({ value: cron, label }));
  return presetOf(schedule) === undefined ? [...options, { value: schedule, label: `Own: ${schedule}` }] : options;
}

export function cardModel(
  deps: RouteDeps,
  ctx: ViewContext,
  userId: number,
  view: IntegrationView,
): IntegrationCardModel {
  const { sync, providers } = deps;
  const logs = sync.list(userId, { integrationId: Number(view.id), live: false, limit: LOOK_BACK });
  const running = logs.find(({ status }) => status === "running");
  const last = logs.find(({ status, mode }) => status !== "running" && mode !== "preview");
  const provider = providers.get(view.provider);
  const byAddress = provider.manifest.connect === "address";
  const state = view.enabled ? view.status : "disabled";
  const disabledHint = "Nothing is asked of this server. Switch it on in its settings.";
  const hint = state === "disabled" ? disabledHint : (view.statusMessage ?? view.historyNote);
  return {
    id: view.id,
    provider: view.provider,
    providerName: providerLabel(view.provider),
    state,
    ...(hint === null ? {} : { stateHint: hint }),
    ...(view.health === null || state === "disabled" ? {} : { health: view.health }),
    serverName: view.serverName,
    accountName: view.username,
    throughHome: view.throughHome,
    byAddress,
    byKey: view.byKey,
    household: !view.throughHome && provider.home !== undefined,
    ...(view.serverVersion === null ? {} : { serverVersion: view.serverVersion.split("-")[0] }),
    // Every address of some servers is typed: that says nothing about this one.
    ...(byAddress ? {} : { connection: { kind: view.connectionKind, latencyMs: null } }),
    lastSync:
      last === undefined || last.syncedAt === null
        ? null
        : { id: last.id, endedAt: last.syncedAt, status: last.status, added: last.watchesAdded },
    nextSyncAt: view.nextSync,
    autoSync: view.autoSync,
    schedule: presetOf(view.schedule)?.cron ?? view.schedule,
    schedules: scheduleOptions(view.schedule),
    running: running === undefined ? null : progressModel(running),
    ...liveModel(deps, ctx, userId, view.id),
  };
}

export function providerModels({ providers }: Pick<RouteDeps, "providers">) {
  return providers.all().map(({ manifest }) => ({
    provider: manifest.id,
    providerName: manifest.label,
    byAddress: manifest.connect === "address",
    text: `Brings in what you have watched on ${manifest.label}, and keeps up with it. Only reads, until you switch on two-way sync.`,
  }));
}

/** `refused`: what was wrong with connecting one of them. */
export type RefusedOffer = { id: string; problem: string };

function offerModels({ households }: RouteDeps, userId: number, refused: RefusedOffer | null): ProfileOfferModel[] {
  return households.offers(userId).map(({ provider, ...offer }) => ({
    ...offer,
    providerName: providerLabel(provider),
    problem: refused?.id === offer.id ? refused.problem : undefined,
  }));
}

export function integrationsModel(
  deps: RouteDeps,
  ctx: ViewContext,
  userId: number,
  refused: RefusedOffer | null = null,
): IntegrationsPageModel {
  const all = deps.integrations.list(userId);
  return {
    offers: offerModels(deps, userId, refused),
    integrations: all.map((view) => cardModel(deps, ctx, userId, view)),
    providers: providerModels(deps),
    recent: recentSyncsModel(deps, userId, all),
  };
}
