import { DEFAULT_PREFERENCES } from "../../src/domain/preferences.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { secret } from "../../src/kernel/secret.ts";
import type { Provider } from "../../src/providers/contract.ts";
import type { ProviderRegistry } from "../../src/providers/registry.ts";
import type { Integrations, IntegrationView } from "../../src/services/integrations/types.ts";
import type { Matching } from "../../src/services/matching/types.ts";
import type { SyncLogView, SyncService } from "../../src/services/sync/types.ts";
import type { Tracking } from "../../src/services/tracking/types.ts";

// Stand-ins for tests of the web layer. Every member that a test did not give throws.

export function standIn<Service extends object>(name: string, members: Partial<Service> = {}): Service {
  return new Proxy(members, {
    get(target, key) {
      const known: unknown = Reflect.get(target, key);
      if (known !== undefined) return known;
      return () => {
        throw new Error(`${name}.${String(key)} was not expected to be called`);
      };
    },
  }) as Service;
}

export const plexOnly: ProviderRegistry = {
  get(id) {
    if (id !== "plex") throw new AppError("not-found", `${id} cannot be connected.`);
    return standIn<Provider>("provider", {
      manifest: {
        id: "plex",
        label: "Plex",
        connect: "pin",
        capabilities: {
          history: true,
          incremental: true,
          webhooks: true,
          push: true,
          pushDates: false,
          datesBeginning: false,
        },
        accountUrl: "https://app.plex.tv",
      },
    });
  },
  all: () => [plexOnly.get("plex")],
};

const began = Date.UTC(2026, 0, 2, 3, 4, 5);

export function integrationView(change: Partial<IntegrationView> = {}): IntegrationView {
  return {
    id: "1",
    provider: "plex",
    serverUrl: "http://192.0.2.7:32400",
    serverName: "Attic",
    serverVersion: "1.43.0",
    connectionKind: "local",
    owned: true,
    machineIdentifier: "machine-1",
    accountId: "7",
    throughHome: false,
    byKey: false,
    username: "ana",
    email: "ana@example.invalid",
    lastSync: null,
    enabled: true,
    autoSync: true,
    schedule: "0 * * * *",
    nextSync: began + 3_600_000,
    status: "ok",
    statusMessage: null,
    health: null,
    preferences: DEFAULT_PREFERENCES,
    unmarks: "ignore",
    addShows: "watched",
    twoWay: false,
    twoWaySince: null,
    historyNote: null,
    insecureTls: false,
    createdAt: began,
    updatedAt: began,
    ...change,
  };
}

export function syncLogView(change: Partial<SyncLogView> = {}): SyncLogView {
  return {
    id: "7",
    integrationId: "1",
    provider: "plex",
    trigger: "manual",
    mode: "full",
    status: "success",
    showsSynced: 2,
    episodesSynced: 5,
    watchesAdded: 5,
    watchesRemoved: 0,
    showsDoubtful: 0,
    errors: [],
    notes: [],
    held: null,
    duration: 1234,
    startedAt: began,
    syncedAt: began + 1234,
    progress: null,
    ...change,
  };
}

/** Nobody has begun to sign in anywhere, unless a test says so. */
export const fakeIntegrations = (members: Partial<Integrations> = {}) =>
  standIn<Integrations>("integrations", { giveUpAll: async () => undefined, ...members });
export const fakeSync = (members: Partial<SyncService> = {}) => standIn<SyncService>("sync", members);
export const fakeTracking = (members: Partial<Tracking> = {}) => standIn<Tracking>("tracking", members);
export const fakeMatching = (members: Partial<Matching> = {}) => standIn<Matching>("matching", members);
export const testKey = secret("0123456789abcdef0123456789abcdef");
