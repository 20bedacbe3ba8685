import type { PushCounts, PushLine, WaitingPush } from "../../db/queries/pushes.ts";
import type { ListPage } from "../../db/queries/view.ts";
import type { Wish } from "../../domain/push.ts";

export type PlannedEpisode = { season: number; number: number | null; title: string | null; wanted: Wish };
export type PlannedShow = {
  showId: string;
  title: string;
  marks: number;
  unmarks: number;
  /** The first 100. */
  episodes: PlannedEpisode[];
};

/** The tracker and a server laid side by side, as of the server's last reading. */
export type TwoWayPlan = {
  /** Watched here and not there. */
  marks: number;
  /** Watched there, and unmarked here by hand. */
  unmarks: number;
  shows: PlannedShow[];
  /** Names this very plan: another one is not agreed to by accident. */
  fingerprint: string;
  readAt: number;
};

export type Agreement = { fingerprint: string; marks: boolean; unmarks: boolean };

/** Marks of the tracker on their way to the user's servers. Another user's integration is `not-found`. */
export type Push = {
  start(): void;
  stop(): Promise<void>;
  /** Sends what is due; resolves when nothing more can be done now. */
  deliverDue(): Promise<void>;
  /** Throws `conflict` while two-way sync is off or the server has never been read. */
  preview(userId: number, integrationId: string): TwoWayPlan;
  /**
   * From now on changes go to the server; what the plan names goes first, as far as it is agreed to. Returns how much that
   * is. Throws `conflict` when the plan is another one by now.
   */
  confirm(userId: number, integrationId: string, agreement: Agreement): number;
  counts(userId: number, integrationId: string): PushCounts;
  /** What waits, oldest wish first. */
  waiting(
    userId: number,
    integrationId: string,
    options: { cursor?: string | undefined; limit: number },
  ): ListPage<WaitingPush>;
  /** What became of the last wishes, newest first. */
  recent(userId: number, integrationId: string, limit: number): PushLine[];
  /** What waits for the user's word goes on. Returns how many. */
  release(userId: number, integrationId: string): number;
  /** Lets one wish go, or all. Throws `not-found` when that one does not wait. */
  giveUp(userId: number, integrationId: string, episodeId?: string): number;
  prune(): void;
};
