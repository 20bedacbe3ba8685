import { z } from "zod";
import type { ViewContext } from "../../../views/context.ts";
import type { SyncPageModel, SyncShowsModel } from "../../../views/pages/sync.tsx";
import type { SyncErrorModel } from "../../../views/parts/sync-error.tsx";
import type { SyncChangeModel, SyncShowRowModel } from "../../../views/parts/sync-show-row.tsx";
import { TRIGGER_WORDS } from "../../../views/parts/sync-words.ts";
import { count, durationText, formatNumber, fullTime } from "../../../views/ui/format.ts";
import {
  changesOfShow,
  countSyncShows,
  type SyncShow,
  type SyncShowCounts,
  syncShows,
  syncShowWithPlan,
} from "../../db/queries/sync-shows.ts";
import { providerLabel } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import type { PlanEpisode, SyncLogView } from "../../services/sync/types.ts";
import type { RouteDeps } from "../deps.ts";
import { progressModel } from "./integration-model.ts";

const PER_PAGE = 60;
const MOST_CHANGES = 200;

const textsSchema = z.array(z.string());
const planSchema = z.array(
  z.object({
    season: z.number(),
    number: z.number().nullable(),
    title: z.string().nullable(),
    action: z.enum(["add", "remove", "leave-out"]),
  }),
);

const OUTCOMES = {
  added: "matched",
  removed: "matched",
  unchanged: "unchanged",
  doubtful: "doubtful",
  failed: "failed",
} as const;

const KIND = { add: "added", remove: "removed", "leave-out": "skipped" } as const;

function change({
  season,
  number,
  title,
  action,
}: Pick<PlanEpisode, "season" | "number" | "title" | "action">): SyncChangeModel {
  const name = title ?? (number === null ? "Episode without a number" : `Episode ${number}`);
  return { kind: KIND[action], seasonNumber: season, episodeNumber: number, title: name };
}

function row(deps: RouteDeps, syncId: string, show: SyncShow): SyncShowRowModel {
  const notes = textsSchema.parse(JSON.parse(show.notes));
  return {
    key: `${syncId}-${show.serverShow}`,
    showId: show.showId,
    title: show.title,
    year: show.year,
    outcome: OUTCOMES[show.outcome],
    added: show.added,
    removed: show.removed,
    leftOut: show.leftOut,
    episodes: show.episodes,
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
    changes: null,
    changesHref: deps.paths.syncShow(syncId, show.serverShow),
  };
}

export function syncShowsModel(deps: RouteDeps, syncId: string, total: number, cursor?: string): SyncShowsModel {
  const { items, nextCursor } = syncShows(deps.db, Number(syncId), { cursor, limit: PER_PAGE });
  return {
    syncId,
    rows: items.map((show) => row(deps, syncId, show)),
    total,
    moreHref: nextCursor === null ? null : deps.paths.syncMore(syncId, nextCursor),
  };
}

/** One show with its episodes: what was planned where the run only planned, else what it did. */
export function syncShowModel(deps: RouteDeps, syncId: string, serverShow: string): SyncShowRowModel {
  const found = syncShowWithPlan(deps.db, Number(syncId), serverShow);
  if (found === null) throw new AppError("not-found", "This sync had nothing to do with that show.");
  const { show } = found;
  const planned = planSchema.parse(JSON.parse(found.plan));
  const showId = show.showId === null ? null : Number(show.showId);
  const done =
    planned.length > 0 || showId === null ? [] : changesOfShow(deps.db, Number(syncId), showId, MOST_CHANGES);
  const changes = [...planned, ...done].slice(0, MOST_CHANGES).map(change);
  return {
    ...row(deps, syncId, show),
    changes,
    moreChanges: Math.max(0, show.added + show.removed + show.leftOut - changes.length),
  };
}

export function sourceOf(log: SyncLogView, serverName: string | null): string {
  const label = providerLabel(log.provider);
  return serverName === null ? label : `${label} · ${serverName}`;
}

export function syncPageModel(
  deps: RouteDeps,
  ctx: ViewContext,
  log: SyncLogView,
  serverName: string | null,
): SyncPageModel {
  const running = log.status === "running";
  const counts = countSyncShows(deps.db, Number(log.id));
  const shows = syncShowsModel(deps, log.id, counts.total);
  const undoable =
    !running && log.mode !== "preview" && log.status !== "undone" && log.watchesAdded + log.watchesRemoved > 0;
  return {
    id: log.id,
    source: sourceOf(log, serverName),
    mode: log.mode,
    status: log.status,
    startedAt: log.startedAt,
    sentence: sentence(ctx, log, counts),
    running: running ? progressModel(log) : null,
    held: log.held,
    undoable,
    problems: problems(deps, log, shows.rows),
    notes: log.notes,
    shows,
    technical: technical(ctx, log),
  };
}

/** "3 new plays from 2 shows; nothing was removed; 1 show needs your eye." */
function sentence(ctx: ViewContext, log: SyncLogView, counts: SyncShowCounts): string {
  if (log.status === "running")
    return log.mode === "preview" ? "Looking at what a sync would do." : "Reading what you have watched.";
  if (log.status === "undone")
    return "This sync was taken back: what it had added is gone, what it had removed is here again.";
  if (log.status === "error") return "Nothing could be read, so nothing was changed.";
  const preview = log.mode === "preview";
  const from = counts.changed > 0 ? ` from ${count(counts.changed, ctx, "show")}` : "";
  const added = count(log.watchesAdded, ctx, preview ? "play" : "new play");
  const removed = count(log.watchesRemoved, ctx, "mark");
  const parts = preview
    ? [
        log.watchesAdded === 0 ? "A sync would add nothing" : `A sync would add ${added}${from}`,
        log.watchesRemoved === 0 ? "remove nothing" : `remove ${removed}`,
      ]
    : [
        log.watchesAdded === 0 ? "Nothing new" : `${added}${from}`,
        log.watchesRemoved === 0 ? "nothing was removed" : `${removed} removed`,
      ];
  if (log.showsDoubtful > 0) {
    parts.push(
      log.showsDoubtful === 1 ? "1 show needs your eye" : `${count(log.showsDoubtful, ctx, "show")} need your eye`,
    );
  }
  const early = log.status === "cancelled" ? "Cancelled early. " : log.status === "interrupted" ? "Interrupted. " : "";
  return `${early}${parts.join("; ")}.`;
}

/** What needs the user, each with the action that helps. */
function problems(deps: RouteDeps, log: SyncLogView, rows: readonly SyncShowRowModel[]): SyncErrorModel[] {
  const { paths } = deps;
  const doubtful = rows
    .filter(({ outcome }) => outcome === "doubtful")
    .map(
      (show): SyncErrorModel => ({
        key: `doubt-${show.key}`,
        kind: "show-match",
        show: show.year === null ? show.title : `${show.title} (${show.year})`,
        message: show.note ?? "It is not certain which show this is.",
        hint: "Its marks are kept under the server's own show until you choose.",
        ...(show.showId === null
          ? {}
          : { action: { label: "Choose the right show", href: paths.showMatch(show.showId) } }),
      }),
    );
  const named = new Set(rows.filter(({ outcome }) => outcome === "doubtful").map(({ title }) => title));
  const failures = log.errors
    .filter((error) => error.kind !== "show-match" || error.show === undefined || !named.has(error.show))
    .map(
      (error, index): SyncErrorModel => ({
        key: `${log.id}-${index}`,
        kind: error.kind,
        message: error.message,
        hint: error.hint,
        show: error.show,
        episode: error.episode,
        ...(error.kind === "authorization" || error.kind === "connection"
          ? { action: { label: "Open Integrations", href: paths.integrations() } }
          : {}),
      }),
    );
  return [...failures, ...doubtful];
}

function technical(ctx: ViewContext, log: SyncLogView): { label: string; value: string }[] {
  return [
    { label: "Number", value: log.id },
    { label: "Started", value: `${fullTime(log.startedAt, ctx)}, ${TRIGGER_WORDS[log.trigger]}` },
    { label: "Ended", value: log.syncedAt === null ? "not yet" : fullTime(log.syncedAt, ctx) },
    { label: "Took", value: durationText(log.duration) },
    { label: "Kind", value: KINDS[log.mode] },
    { label: "Shows covered", value: formatNumber(log.showsSynced, ctx) },
    { label: "Episodes covered", value: formatNumber(log.episodesSynced, ctx) },
    { label: "Plays added", value: formatNumber(log.watchesAdded, ctx) },
    { label: "Marks removed", value: formatNumber(log.watchesRemoved, ctx) },
  ];
}

const KINDS = {
  full: "everything read",
  incremental: "what changed since the last sync",
  preview: "preview; nothing is stored",
} as const;
