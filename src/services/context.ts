import type { Config } from "../config.ts";
import type { Db } from "../db/open.ts";
import type { SyncStatus } from "../domain/sync.ts";
import type { Clock } from "../kernel/clock.ts";
import type { EventBus } from "../kernel/events.ts";
import type { Log } from "../kernel/log.ts";
import type { MetadataSource } from "../metadata/contract.ts";
import type { ProviderRegistry } from "../providers/registry.ts";
import type { Vault } from "../vault/vault.ts";

export type SyncPhase = "connecting" | "libraries" | "history" | "shows" | "episodes" | "finishing";

export type SyncProgress = {
  phase: SyncPhase;
  /** Rows of the current phase; `total` is 0 while the server has not said how many. */
  done: number;
  total: number;
  showsSynced: number;
  episodesSynced: number;
};

/** News inside the process, published after commit. Whoever shows it reads the truth from the database. */
export type AppEvents = {
  "sync.started": { syncId: number; integrationId: number; userId: number };
  "sync.progress": { syncId: number; integrationId: number; userId: number; progress: SyncProgress };
  "sync.finished": { syncId: number; integrationId: number; userId: number; status: SyncStatus };
  "integration.changed": { integrationId: number; userId: number };
  /** A webhook delivery has come, or is settled. */
  "webhook.delivery": { integrationId: number; userId: number };
  /** The connection that brings a server's news is open, or has been lost. */
  "stream.changed": { integrationId: number; userId: number };
  /** What this user is watching right now, or how far it has got. */
  "watching.changed": { userId: number };
  /** Plays of these shows changed for this user. */
  "plays.changed": { userId: number; showIds: number[] };
  /** Titles, dates, posters or numbers of this show changed for everybody. */
  "show.changed": { showId: number };
  /** Wishes for this server have come or gone. */
  "pushes.changed": { integrationId: number; userId: number };
  "enrichment.progress": { pending: number; done: number; failed: number };
};

/** What every service is given. */
export type Deps = {
  config: Config;
  db: Db;
  clock: Clock;
  log: Log;
  bus: EventBus<AppEvents>;
  vault: Vault;
  providers: ProviderRegistry;
  /** In the order of preference; empty when `METADATA_SOURCES=none`. */
  sources: MetadataSource[];
};
