import { copyInMemory } from "../../db/copy.ts";
import type { Db } from "../../db/open.ts";
import { changesOfRun } from "../../db/queries/run-changes.ts";
import { integrationById } from "../../db/repos/integrations.ts";
import { showById } from "../../db/repos/shows.ts";
import { itemsOfSync, saveSyncLogItem, syncLogById, updateSyncLog } from "../../db/repos/sync-logs.ts";
import { tx } from "../../db/tx.ts";
import { executeRun, type RunOutcome } from "./run.ts";
import type { LeftOutEpisode, RunOptions } from "./run-options.ts";
import type { PlanEpisode } from "./types.ts";

/** Changes of one show that a plan lists; the rest is counted. */
const mostPerShow = 100;

/**
 * What a sync would do, found out by doing it: the very same run, on a copy of the database in memory. Only its log and
 * its plan are kept.
 */
export async function executePreview(options: RunOptions, prepare: (copy: Db) => void): Promise<RunOutcome> {
  const copy = copyInMemory(options.db);
  const leftOut: LeftOut = new Map();
  try {
    prepare(copy);
    const row = integrationById(copy, options.row.id) ?? options.row;
    const onLeftOut: RunOptions["onLeftOut"] = (showId, episode) => {
      const episodes = leftOut.get(showId) ?? [];
      if (episodes.length < mostPerShow)
        leftOut.set(showId, [...episodes, { ...planned(episode), certainty: "unknown", action: "leave-out" }]);
    };
    const outcome = await executeRun({ ...options, db: copy, row, onLeftOut, onChanged: () => undefined });
    keepPlan(copy, options.db, options, outcome, leftOut);
    return { ...outcome, status: outcome.status === "held" ? "success" : outcome.status };
  } finally {
    copy.close();
  }
}

type LeftOut = Map<number, PlanEpisode[]>;

const planned = ({ season, number, title, watchedAt }: LeftOutEpisode) => ({ season, number, title, watchedAt });

function keepPlan(
  copy: Db,
  db: Db,
  { syncId }: Pick<RunOptions, "syncId">,
  outcome: RunOutcome,
  leftOut: LeftOut,
): void {
  const log = syncLogById(copy, syncId);
  if (log === undefined) return;
  const changes = changesOfRun(copy, syncId, mostPerShow);
  const held = outcome.held;
  const notes: string[] = JSON.parse(log.notes);
  if (held !== null)
    notes.push(`This sync would stop before removing ${held.removals} of ${held.existing} marks and ask first.`);
  tx(db, () => {
    for (const item of itemsOfSync(copy, syncId)) {
      const plan =
        item.showId === null ? [] : [...(changes.get(item.showId) ?? []), ...(leftOut.get(item.showId) ?? [])];
      // Several of the server's shows may be one of ours: its changes are told once.
      if (item.showId !== null) {
        changes.delete(item.showId);
        leftOut.delete(item.showId);
      }
      const showId = item.showId !== null && showById(db, item.showId) !== undefined ? item.showId : null;
      saveSyncLogItem(db, { ...item, syncLogId: syncId, showId, plan: JSON.stringify(plan) });
    }
    updateSyncLog(db, syncId, {
      showsSynced: log.showsSynced,
      episodesSynced: log.episodesSynced,
      watchesAdded: log.watchesAdded,
      watchesRemoved: log.watchesRemoved,
      errors: log.errors,
      notes: JSON.stringify(notes),
      requests: log.requests,
    });
  });
}
