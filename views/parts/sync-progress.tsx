import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { count, formatNumber } from "../ui/format.ts";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { outcomeText, phaseText, STATUS_LOOK, type SyncMode, type SyncStatus } from "./sync-words.ts";

export type SyncProgressModel = {
  syncId: string;
  status: SyncStatus;
  mode: SyncMode;
  phase: string;
  done: number;
  /** null: not known yet. */
  total: number | null;
  shows: number;
  episodes: number;
  added: number;
  /** What a preview has to say besides its numbers, once it has ended. */
  notes?: readonly string[] | undefined;
  /** The user asked to stop; the run commits its page first. */
  cancelling?: boolean | undefined;
  /** Set while the run waits for a rate limit to pass. */
  waitingUntil?: number | null | undefined;
};

export type SyncProgressProps = {
  ctx: ViewContext;
  sync: SyncProgressModel;
  /** Off on the sync's own page. */
  linkToSync?: boolean | undefined;
};

/**
 * While the run lasts the part asks for itself once a second; morphing keeps the focus on Cancel. The last state has no
 * trigger, so the asking ends with it. The answer that brings the last state sends `HX-Trigger: sync-ended`, on which
 * cards and lists refresh themselves.
 */
export function SyncProgress(props: SyncProgressProps): JSX.Element {
  return props.sync.status === "running" ? <Running {...props} /> : <Ended {...props} />;
}

function Running({ ctx, sync, linkToSync = true }: SyncProgressProps): JSX.Element {
  const self = target("sync-progress", sync.syncId);
  const phase = sync.cancelling ? "Stopping" : phaseText(sync.phase);
  const polling = hx({
    get: ctx.paths.syncProgress(sync.syncId),
    trigger: "every 1s",
    target: self,
    swap: "outerMorph",
    keepOnError: true,
  });
  return (
    <div id={id("sync-progress", sync.syncId)} class="sync-progress" {...polling}>
      <div class="sync-progress-line">
        <p class="sync-progress-phase" role="status">
          <span safe>{sync.mode === "preview" ? `${phase} (preview, nothing is changed)` : phase}</span>
        </p>
        <p class="sync-progress-count numbers" safe>
          {sync.total === null
            ? sync.done === 0
              ? ""
              : formatNumber(sync.done, ctx)
            : `${formatNumber(sync.done, ctx)} / ${formatNumber(sync.total, ctx)}`}
        </p>
      </div>
      <ProgressBar label={phase} value={sync.done} max={sync.total} />
      <div class="sync-progress-line">
        <p class="dim numbers" safe>
          {`${count(sync.shows, ctx, "show")} · ${count(sync.episodes, ctx, "episode")}`}
        </p>
        <div class="actions">
          {linkToSync ? (
            <a class="link" href={ctx.paths.sync(sync.syncId)}>
              Details
            </a>
          ) : (
            ""
          )}
          <ActionForm
            action={ctx.paths.sync(sync.syncId)}
            method="delete"
            live={{ target: self, swap: "outerMorph", disable: undefined, sync: "drop" }}
          >
            <Button ctx={ctx} kind="quiet" label="Cancel" name="Cancel this sync" disabled={sync.cancelling ?? false} />
          </ActionForm>
        </div>
      </div>
    </div>
  );
}

function Ended({ ctx, sync, linkToSync = true }: SyncProgressProps): JSX.Element {
  const look = STATUS_LOOK[sync.status];
  return (
    <div id={id("sync-progress", sync.syncId)} class="sync-progress sync-progress-ended">
      <p role="status">
        <Icon ctx={ctx} name={look.icon} class={`tone-${look.tone}`} />
        <span safe>{`${look.label}: ${outcomeText(sync, ctx)} from ${count(sync.shows, ctx, "show")}`}</span>
      </p>
      {(sync.notes ?? []).map((note) => (
        <p class="sync-progress-note" safe>
          {note}
        </p>
      ))}
      {linkToSync ? (
        <a class="link" href={ctx.paths.sync(sync.syncId)}>
          {sync.mode === "preview" ? "See what would change" : "See what happened"}
        </a>
      ) : (
        ""
      )}
    </div>
  );
}
