import type { IntegrationRow } from "../../db/repos/integrations.ts";
import { readPreferences } from "../../domain/preferences.ts";
import { isProviderId } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import type { IntegrationView } from "./types.ts";

/** The row without its credentials. */
export function integrationView(row: IntegrationRow): IntegrationView {
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
    lastSync: row.lastSyncAt,
    enabled: row.enabled,
    autoSync: row.autoSync,
    schedule: row.schedule,
    nextSync: row.enabled && row.autoSync ? row.nextSyncAt : null,
    status: row.status,
    statusMessage: row.status === "ok" ? null : row.statusMessage,
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

/** Reads an opaque id of the API; throws `not-found` for anything that cannot be one of ours. */
export function numericId(id: string, what: string): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new AppError("not-found", `There is no such ${what}.`);
  return Number(id);
}
