import type { Db } from "../../db/open.ts";
import { saveSyncLogItem, syncLogById, updateSyncLog } from "../../db/repos/sync-logs.ts";
import { tx } from "../../db/tx.ts";
import { type HintContext, hintFor, type SyncError, type SyncErrorKind } from "../../domain/sync.ts";
import { type AppError, toAppError } from "../../kernel/errors.ts";
import type { SyncPhase, SyncProgress } from "../context.ts";
import type { LeftOutEpisode, RunOptions } from "./run-options.ts";
import type { RunShow } from "./run-show.ts";
import type { LeftOutWhy } from "./sieve.ts";

/** More of one kind than this are counted, not listed. */
const mostErrors = 200;

const kinds: Partial<Record<AppError["code"], SyncErrorKind>> = {
  "auth-expired": "authorization",
  "rate-limited": "rate-limit",
  database: "database",
  unreachable: "connection",
  unsupported: "connection",
  "bad-answer": "episode-fetch",
  "not-found": "episode-fetch",
};

/** What one run has done so far, kept in step with what it has committed. */
export type Journal = ReturnType<typeof createJournal>;

export function createJournal(
  db: Db,
  syncId: number,
  context: HintContext,
  onLeftOut: RunOptions["onLeftOut"] = () => undefined,
) {
  const errors: SyncError[] = [];
  const notes: string[] = [];
  const touched = new Set<RunShow>();
  const shows = new Set<number>();
  const episodes = new Set<number>();
  const doubtful = new Set<string>();
  const leftOut = new Map<LeftOutWhy, number>();
  const progress: SyncProgress = { phase: "connecting", done: 0, total: 0, showsSynced: 0, episodesSynced: 0 };
  let added = 0;
  let removed = 0;
  let failures = 0;
  let unlisted = 0;
  let base = { shows: 0, episodes: 0 };
  /** As last seen in the log: whatever else stands there by the next time has been added by somebody else. */
  let listed = "[]";

  /** The catalogue may find a match doubtful while the run still goes on; what it has noted stays. */
  function adoptNoted(): void {
    const current = syncLogById(db, syncId)?.errors ?? listed;
    if (current === listed) return;
    const known = new Set((JSON.parse(listed) as SyncError[]).map(({ message }) => message));
    for (const error of JSON.parse(current) as SyncError[]) {
      if (known.has(error.message)) continue;
      report(error);
      if (error.kind === "show-match") doubtful.add(error.message);
    }
  }

  function report(error: SyncError): void {
    if (errors.length < mostErrors) errors.push(error);
    else unlisted += 1;
  }

  return {
    progress,
    errors,
    notes,
    phase(phase: SyncPhase) {
      Object.assign(progress, { phase, done: 0, total: 0 });
    },
    /** What earlier runs covered and this one has confirmed without reading it again. */
    carryOver(counts: { shows: number; episodes: number }) {
      base = counts;
    },
    covered(showId: number, episodeId: number) {
      shows.add(showId);
      episodes.add(episodeId);
    },
    touch(show: RunShow) {
      touched.add(show);
      if (!show.doubtful || doubtful.has(show.identity)) return;
      doubtful.add(show.identity);
      const message = `Several shows are called "${show.title}"; it stays as the server has it until you choose the right one.`;
      report({
        kind: "show-match",
        show: show.title,
        message,
        hint: hintFor("show-match", { ...context, show: show.title }),
      });
    },
    added(show: RunShow, count: number) {
      show.added += count;
      added += count;
      touched.add(show);
    },
    removed(show: RunShow, count: number) {
      show.removed += count;
      removed += count;
      touched.add(show);
    },
    /** A play that the user's preferences keep out. */
    leftOut(show: RunShow, episode: LeftOutEpisode, why: LeftOutWhy) {
      leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
      onLeftOut(show.showId, episode, why);
      touched.add(show);
    },
    leftOutCounts: (): ReadonlyMap<LeftOutWhy, number> => leftOut,
    note(text: string) {
      if (!notes.includes(text)) notes.push(text);
    },
    /** Something about one show that the user may want to know; the run itself is none the worse. */
    remark(
      kind: SyncErrorKind,
      where: { show?: string; episode?: string },
      message: string,
      about: { show?: RunShow; hint?: string } = {},
    ) {
      report({ kind, ...where, message, hint: about.hint ?? hintFor(kind, { ...context, ...where }) });
      about.show?.notes.add(message);
      if (about.show !== undefined) touched.add(about.show);
    },
    /** A part of the run failed. Everything that was committed stays. */
    failed(thrown: unknown, where: { show?: string } = {}) {
      const error = toAppError(thrown);
      const kind = kinds[error.code] ?? "episode-fetch";
      failures += 1;
      const hint = error.hint ?? hintFor(kind, { ...context, ...where, waitMs: error.retryAfterMs });
      report({ kind, ...where, message: error.message, hint });
    },
    /** A page was rolled back: what it had added does not count. */
    correct(count: number) {
      added = count;
    },
    failures: () => failures,
    counts: () => ({ added, removed, shows: base.shows + shows.size, episodes: base.episodes + episodes.size }),
    /** Writes the state of the log, in the transaction of whoever calls. */
    flush(change: Parameters<typeof updateSyncLog>[2] = {}) {
      progress.showsSynced = base.shows + shows.size;
      progress.episodesSynced = base.episodes + episodes.size;
      tx(db, () => {
        adoptNoted();
        for (const show of touched) saveSyncLogItem(db, { syncLogId: syncId, ...show.logItem() });
        touched.clear();
        listed = JSON.stringify(errors);
        const said = unlisted > 0 ? [...notes, `${unlisted} more problems of the same kinds are not listed.`] : notes;
        updateSyncLog(db, syncId, {
          showsSynced: progress.showsSynced,
          episodesSynced: progress.episodesSynced,
          watchesAdded: added,
          watchesRemoved: removed,
          showsDoubtful: doubtful.size,
          errors: listed,
          notes: JSON.stringify(said),
          ...change,
        });
      });
    },
  };
}
