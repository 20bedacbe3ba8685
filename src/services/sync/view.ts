import { z } from "zod";
import type { SyncLogItemRow, SyncLogRow } from "../../db/repos/sync-logs.ts";
import { SYNC_ERROR_KINDS, type SyncError } from "../../domain/sync.ts";
import type { SyncProgress } from "../context.ts";
import type { PlanEpisode, SyncItemView, SyncLogView } from "./types.ts";

// JSON columns are ours, but a database is a file that people restore and edit: read them as outside data.
const errorsSchema = z.array(
  z.object({
    kind: z.enum(SYNC_ERROR_KINDS),
    show: z.string().optional(),
    episode: z.string().optional(),
    message: z.string(),
    hint: z.string(),
  }),
);
const textsSchema = z.array(z.string());
const planSchema = z.array(
  z.object({
    season: z.number(),
    number: z.number().nullable(),
    title: z.string().nullable(),
    watchedAt: z.number().nullable(),
    certainty: z.string(),
    action: z.enum(["add", "remove", "leave-out"]),
  }),
);
export const heldSchema = z.object({
  removals: z.number(),
  existing: z.number(),
  episodeIds: z.array(z.number()),
  itemIds: z.array(z.string()),
  since: z.number().default(0),
});

const parsed = <Out>(schema: z.ZodType<Out>, text: string): Out => schema.parse(JSON.parse(text));

export function syncLogView(row: SyncLogRow, live: { now: number; progress: SyncProgress | null }): SyncLogView {
  const held = row.held === null ? null : parsed(heldSchema, row.held);
  return {
    id: String(row.id),
    integrationId: String(row.integrationId),
    provider: row.provider,
    trigger: row.trigger,
    mode: row.mode,
    status: row.status,
    showsSynced: row.showsSynced,
    episodesSynced: row.episodesSynced,
    watchesAdded: row.watchesAdded,
    watchesRemoved: row.watchesRemoved,
    showsDoubtful: row.showsDoubtful,
    errors: parsed(errorsSchema, row.errors) as SyncError[],
    notes: parsed(textsSchema, row.notes),
    held: held === null || row.status !== "held" ? null : { removals: held.removals, existing: held.existing },
    duration: row.status === "running" ? Math.max(0, live.now - row.startedAt) : row.durationMs,
    startedAt: row.startedAt,
    syncedAt: row.finishedAt,
    progress: live.progress,
  };
}

export function syncItemView(row: SyncLogItemRow): SyncItemView {
  return {
    serverShow: row.serverShow,
    showId: row.showId === null ? null : String(row.showId),
    title: row.title,
    year: row.year,
    method: row.method,
    confidence: row.confidence,
    outcome: row.outcome,
    episodes: row.episodes,
    added: row.added,
    removed: row.removed,
    notes: parsed(textsSchema, row.notes),
    plan: parsed(planSchema, row.plan) as PlanEpisode[],
  };
}
