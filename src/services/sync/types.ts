import type { SyncLogChoice } from "../../db/repos/sync-logs.ts";
import type { SyncError, SyncMode, SyncStatus, SyncTrigger } from "../../domain/sync.ts";
import type { EpisodeItem } from "../../providers/contract.ts";
import type { SyncProgress } from "../context.ts";
import type { SettingsInput } from "../integrations/types.ts";
import type { Contact } from "./contact.ts";

export type PlanEpisode = {
  season: number;
  number: number | null;
  title: string | null;
  watchedAt: number | null;
  certainty: string;
  /** `leave-out`: watched on the server, and kept out by the user's preferences. */
  action: "add" | "remove" | "leave-out";
};

/** What one sync did (or, for a preview, would do) with one show of the server. */
export type SyncItemView = {
  serverShow: string;
  showId: string | null;
  title: string;
  year: number | null;
  method: string;
  /** 0 to 1. */
  confidence: number;
  outcome: "added" | "unchanged" | "removed" | "doubtful" | "failed";
  episodes: number;
  added: number;
  removed: number;
  notes: string[];
  /** For previews and held runs: the first 100 changes. */
  plan: PlanEpisode[];
};

export type SyncLogView = {
  id: string;
  integrationId: string;
  provider: string;
  trigger: SyncTrigger;
  mode: SyncMode;
  status: SyncStatus;
  showsSynced: number;
  episodesSynced: number;
  watchesAdded: number;
  watchesRemoved: number;
  showsDoubtful: number;
  errors: SyncError[];
  notes: string[];
  /** What the guard waits for, when `status` is `held`. */
  held: { removals: number; existing: number } | null;
  /** Milliseconds; so far, while it runs. */
  duration: number;
  startedAt: number;
  syncedAt: number | null;
  /** The latest progress of a running sync. */
  progress: SyncProgress | null;
};

export type StartOptions = {
  trigger: SyncTrigger;
  mode?: "preview";
  full?: boolean;
  /** For a preview: as if these had been saved. Throws `invalid` for what could not be. */
  settings?: DecidingSettings;
};

/** Settings that decide what a sync brings. */
export type DecidingSettings = Pick<SettingsInput, "libraries" | "unmarks" | "addShows" | "preferences" | "numbering">;

/** One item read again. `gone`: the server does not show it to this account; `library-off`: the user does not want it read. */
export type RereadItem = { itemId: string; state: "read" | "library-off" | "gone"; item: EpisodeItem | null };

export type Reread = {
  /** The log of what was stored; null when there was nothing new. */
  syncId: string | null;
  items: RereadItem[];
  watchesAdded: number;
  watchesRemoved: number;
};

export type SyncService = {
  /**
   * Starts a run in the background. Throws `conflict` with `extra.syncId` while one runs,
   * `conflict` with a hint when a login is needed, `not-found` when the integration is not connected.
   */
  start(integrationId: number, options: StartOptions): string;
  /** Resolves when that run has ended. */
  finished(syncId: string): Promise<SyncLogView>;
  running(integrationId: number): string | null;
  /**
   * Reads single items of the server again, as its news suggests, and stores what has changed; waits for a running sync.
   * Throws `not-found` when the integration is not connected, `conflict` when a login is needed, and what the server's
   * refusal means. `leftEarly`: they were seen to be left near their beginning, which the server does not tell from a view.
   */
  reread(
    integrationId: number,
    how: { itemIds: readonly string[]; trigger: SyncTrigger; leftEarly?: boolean },
  ): Promise<Reread>;
  /**
   * Talks to the server while no run and no other small reading does; waits until then. Whoever changes something there
   * needs this: a run that has read it before would take the change for the server's own.
   */
  inTurn<Out>(integrationId: number, work: (contact: Contact) => Promise<Out>): Promise<Out>;
  get(userId: number, syncId: string): SyncLogView;
  items(userId: number, syncId: string): SyncItemView[];
  /** Newest first. */
  list(userId: number, choice: SyncLogChoice): SyncLogView[];
  /** Ends a running one; what it has committed stays. Throws `conflict` when it does not run. */
  cancel(userId: number, syncId: string): Promise<SyncLogView>;
  /** The same for the program itself, e.g. before an integration goes away. */
  cancelRun(syncId: string): Promise<void>;
  /** Applies what the guard held back. Throws `conflict` when nothing is held. */
  approve(userId: number, syncId: string): SyncLogView;
  /** Throws `conflict` while it runs or when it is already undone. */
  undo(userId: number, syncId: string): { removed: number; restored: number };
  /** Rows that were `running` when the program ended become `interrupted`. */
  recover(): void;
  /** Takes no new runs, lets running ones commit their page, and waits for them. */
  stop(): Promise<void>;
};
