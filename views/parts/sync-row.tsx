import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { count, durationText, formatNumber } from "../ui/format.ts";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { Time } from "../ui/time.tsx";
import {
  outcomeText,
  STATUS_LOOK,
  type SyncMode,
  type SyncStatus,
  type SyncTrigger,
  TRIGGER_SHORT,
} from "./sync-words.ts";

export type SyncRowModel = {
  id: string;
  /** Shown when the user has more than one integration: "Plex · Attic". */
  integrationLabel?: string | undefined;
  trigger: SyncTrigger;
  mode: SyncMode;
  status: SyncStatus;
  startedAt: number;
  durationMs: number | null;
  shows: number;
  episodes: number;
  added: number;
  /** How many shows wait for the user's eye. */
  attention: number;
};

function outcome(ctx: ViewContext, sync: SyncRowModel): string {
  if (sync.status === "running") return "running";
  if (sync.status === "held") return "waits for your word";
  if (sync.status === "cancelled" && sync.added === 0) return "cancelled";
  if (sync.attention > 0 && sync.added === 0) return `${formatNumber(sync.attention, ctx)} to look at`;
  const base = outcomeText(sync, ctx);
  return sync.attention > 0 ? `${base}, ${formatNumber(sync.attention, ctx)} to look at` : base;
}

/** A run that could read nothing has only its predecessor's numbers. */
function covered(ctx: ViewContext, { status, shows, episodes }: SyncRowModel): string {
  return status === "error" ? "" : `${count(shows, ctx, "show")} · ${count(episodes, ctx, "episode")}`;
}

function bringsNews({ added, mode, status }: SyncRowModel): boolean {
  return added > 0 && mode !== "preview" && (status === "success" || status === "partial");
}

export function SyncRow({ ctx, sync }: { ctx: ViewContext; sync: SyncRowModel }): JSX.Element {
  const look = STATUS_LOOK[sync.status];
  const what = sync.mode === "preview" ? "preview" : TRIGGER_SHORT[sync.trigger];
  return (
    <li id={id("sync", sync.id)} class="sync-row">
      <a class="sync-row-link" href={ctx.paths.sync(sync.id)}>
        <Icon ctx={ctx} name={look.icon} label={look.label} class={`tone-${look.tone}`} />
        <span class="sync-row-when numbers">
          <Time ctx={ctx} at={sync.startedAt} as="stamp" />
        </span>
        <span class="sync-row-what dim">
          <span safe>{what}</span>
          {sync.integrationLabel === undefined ? (
            ""
          ) : (
            <span class="sync-row-server" dir="auto" safe>
              {` · ${sync.integrationLabel}`}
            </span>
          )}
        </span>
        <span class="sync-row-covered dim numbers" safe>
          {covered(ctx, sync)}
        </span>
        <span class={`sync-row-outcome numbers${bringsNews(sync) ? " strong" : ""}`} safe>
          {outcome(ctx, sync)}
        </span>
        <span class="sync-row-duration dim numbers" safe>
          {sync.durationMs === null ? "" : durationText(sync.durationMs)}
        </span>
      </a>
    </li>
  );
}

export type RecentSyncsModel = {
  syncs: readonly SyncRowModel[];
  /** What a server's own news brought between them. */
  live: readonly SyncRowModel[];
};

export type RecentSyncsProps = { ctx: ViewContext; recent: RecentSyncsModel };

/** Refreshes itself when a run starts or ends (`HX-Trigger: sync-started`, `sync-ended`). */
export function RecentSyncs({ ctx, recent }: RecentSyncsProps): JSX.Element {
  const refresh = hx({
    get: ctx.paths.recentSyncs(),
    trigger: "sync-started from:body, sync-ended from:body",
    swap: "outerMorph",
    keepOnError: true,
  });
  return (
    <section id={id("recent-syncs")} class="section" aria-label="Recent syncs" {...refresh}>
      <h2>Recent syncs</h2>
      {recent.syncs.length === 0 ? (
        <p class="dim">Nothing yet. Every sync will be listed here, with what it did to each show.</p>
      ) : (
        <SyncRows ctx={ctx} syncs={recent.syncs} />
      )}
      <ArrivedLive ctx={ctx} syncs={recent.live} />
    </section>
  );
}

function ArrivedLive({ ctx, syncs }: SyncRowsProps): JSX.Element {
  const [latest] = syncs;
  if (latest === undefined) return "";
  return (
    <details class="technical">
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span>
          Arrived live between syncs, last <Time ctx={ctx} at={latest.startedAt} />
        </span>
      </summary>
      <SyncRows ctx={ctx} syncs={syncs} />
    </details>
  );
}

type SyncRowsProps = { ctx: ViewContext; syncs: readonly SyncRowModel[] };

function SyncRows({ ctx, syncs }: SyncRowsProps): JSX.Element {
  return (
    <ol class="sync-rows">
      {syncs.map((sync) => (
        <SyncRow ctx={ctx} sync={sync} />
      ))}
    </ol>
  );
}
