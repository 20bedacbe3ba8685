import type { SyncLogItemRow } from "../../db/repos/sync-logs.ts";
import type { MatchMethod } from "../../domain/matching.ts";

/** One show of the server during a run, with what the run did to it. */
export type RunShow = {
  /** The provider's stable name for it. */
  identity: string;
  showId: number;
  title: string;
  year: number | null;
  method: MatchMethod;
  confidence: number;
  doubtful: boolean;
  hasEntry: boolean;
  seen: number;
  added: number;
  removed: number;
  failed: boolean;
  notes: Set<string>;
  logItem(): Omit<SyncLogItemRow, "syncLogId">;
};

function outcomeOf(show: RunShow): SyncLogItemRow["outcome"] {
  if (show.failed) return "failed";
  if (show.doubtful) return "doubtful";
  if (show.removed > 0) return "removed";
  return show.added > 0 ? "added" : "unchanged";
}

export function createRunShow(
  facts: Pick<RunShow, "identity" | "showId" | "title" | "year" | "method" | "confidence" | "doubtful">,
): RunShow {
  const show: RunShow = {
    ...facts,
    hasEntry: false,
    seen: 0,
    added: 0,
    removed: 0,
    failed: false,
    notes: new Set(),
    logItem: () => ({
      serverShow: show.identity,
      showId: show.showId,
      title: show.title,
      year: show.year,
      method: show.method,
      confidence: show.confidence,
      outcome: outcomeOf(show),
      episodes: show.seen,
      added: show.added,
      removed: show.removed,
      notes: JSON.stringify([...show.notes]),
      plan: "[]",
    }),
  };
  return show;
}
