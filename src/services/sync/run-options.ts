import type { Db } from "../../db/open.ts";
import type { IntegrationRow } from "../../db/repos/integrations.ts";
import type { Deps, SyncProgress } from "../context.ts";
import type { Integrations } from "../integrations/types.ts";
import type { LeftOutWhy } from "./sieve.ts";
import type { PlanEpisode } from "./types.ts";

export type LeftOutEpisode = Pick<PlanEpisode, "season" | "number" | "title" | "watchedAt">;

/** When the server behind an address was last seen to be the right one. */
export type IdentityMemory = { isFresh(address: string): boolean; seen(address: string): void };

export type RunOptions = {
  deps: Deps;
  /** The database to write to: the product's, or a copy of it for a preview. */
  db: Db;
  integrations: Pick<Integrations, "open" | "rediscover">;
  identity: IdentityMemory;
  row: IntegrationRow;
  syncId: number;
  mode: "full" | "incremental";
  startedAt: number;
  signal: AbortSignal;
  onProgress: (progress: SyncProgress) => void;
  /** Each play that the user's preferences keep out; for plans. */
  onLeftOut?: ((showId: number, episode: LeftOutEpisode, why: LeftOutWhy) => void) | undefined;
  /** Shows whose plays have changed, after each commit. */
  onChanged: (showIds: number[]) => void;
};
