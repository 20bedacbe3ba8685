import type { IntegrationRow } from "../../db/repos/integrations.ts";
import { outageOf } from "../../domain/outage.ts";
import { readPreferences } from "../../domain/preferences.ts";
import { isProviderId } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import { readTried } from "./tried.ts";
import type { HealthView, IntegrationView } from "./types.ts";

/** The row without its credentials. */
export function integrationView(row: IntegrationRow, now: number): IntegrationView {
  if (!isProviderId(row.provider)) throw new AppError("internal", "An integration of an unknown kind is stored.");
  return {
    id: String(row.id),
    provider: row.provider,
    serverUrl: row.serverUrl,
    serverName: row.serverName,
    serverVersion: row.serverVersion,
    connectionKind: row.connectionKind,
    owned: row.owned,
    machineIdentifier: row.serverId,
    accountId: row.accountId,
    username: row.accountName,
    email: row.accountEmail,
    throughHome: row.homeMemberId !== null,
    byKey: row.byKey,
    lastSync: row.lastSyncAt,
    enabled: row.enabled,
    autoSync: row.autoSync,
    schedule: row.schedule,
    nextSync: row.enabled && row.autoSync ? row.nextSyncAt : null,
    status: row.status,
    statusMessage: row.status === "ok" ? null : row.statusMessage,
    health: healthView(row, now),
    unmarks: row.unmarks,
    addShows: row.addShows,
    preferences: readPreferences(row.preferences),
    twoWay: row.twoWay,
    twoWaySince: row.twoWaySince,
    historyNote: row.historyNote,
    insecureTls: row.insecureTls,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function healthView(row: IntegrationRow, now: number): HealthView | null {
  if (row.status === "ok" || row.firstFailureAt === null) return null;
  const runsByItself = row.enabled && row.autoSync && row.status !== "needs-login" && row.nextSyncAt !== null;
  return {
    since: row.firstFailureAt,
    failures: row.failureLevel,
    lastFailure: row.lastFailureAt ?? row.firstFailureAt,
    // A turn of the schedule before the pause is over is left out.
    nextTry: runsByItself ? Math.max(row.nextSyncAt ?? 0, row.retryAt ?? 0) : null,
    tried: row.status === "needs-login" ? null : readTried(row.tried),
    needsYou: outageOf(row, now) !== null,
    dismissed: row.dismissedAt !== null,
  };
}

/** Reads an opaque id of the API; throws `not-found` for anything that cannot be one of ours. */
export function numericId(id: string, what: string): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new AppError("not-found", `There is no such ${what}.`);
  return Number(id);
}
