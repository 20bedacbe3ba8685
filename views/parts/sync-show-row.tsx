import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { ButtonLink } from "../ui/button.tsx";
import { count, formatNumber } from "../ui/format.ts";
import { hx } from "../ui/hx.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { episodeCode } from "./episode-row.tsx";

export type SyncChangeModel = {
  kind: "added" | "removed" | "kept" | "skipped";
  seasonNumber: number;
  episodeNumber: number | null;
  title: string;
  /** Why, in words; needed for `skipped` and `kept`. */
  note?: string | undefined;
};

export type SyncShowRowModel = {
  /** Of the log's line, not of the show. */
  key: string;
  showId: string | null;
  title: string;
  year: number | null;
  outcome: "matched" | "created" | "doubtful" | "failed" | "unchanged";
  added: number;
  removed: number;
  leftOut: number;
  episodes: number;
  note?: string | undefined;
  /** null: not loaded; asked for when the fold opens. */
  changes: readonly SyncChangeModel[] | null;
  /** Where the changes are to be had while `changes` is null. */
  changesHref?: string | undefined;
  /** More than are listed. */
  moreChanges?: number | undefined;
};

const OUTCOME: Record<SyncShowRowModel["outcome"], { icon: IconName; label: string; tone: string }> = {
  matched: { icon: "check", label: "Found", tone: "good" },
  created: { icon: "plus", label: "New in the library", tone: "good" },
  doubtful: { icon: "eye", label: "Needs your eye", tone: "attention" },
  failed: { icon: "x-circle", label: "Failed", tone: "bad" },
  unchanged: { icon: "check", label: "Unchanged", tone: "neutral" },
};

const CHANGE: Record<SyncChangeModel["kind"], { icon: IconName; label: string; tone: string }> = {
  added: { icon: "plus", label: "Added", tone: "good" },
  removed: { icon: "x", label: "Removed", tone: "bad" },
  kept: { icon: "check", label: "Already there", tone: "neutral" },
  skipped: { icon: "info", label: "Left out", tone: "attention" },
};

function summary(ctx: ViewContext, row: SyncShowRowModel): string {
  const parts: string[] = [];
  if (row.added > 0) parts.push(`+${count(row.added, ctx, "play")}`);
  if (row.removed > 0) parts.push(`−${count(row.removed, ctx, "play")}`);
  if (row.leftOut > 0) parts.push(`${formatNumber(row.leftOut, ctx)} left out`);
  if (parts.length === 0) parts.push(`${count(row.episodes, ctx, "watched episode")}, nothing new`);
  return parts.join(", ");
}

export type SyncShowRowProps = { ctx: ViewContext; row: SyncShowRowModel };

export function SyncShowRow({ ctx, row }: SyncShowRowProps): JSX.Element {
  const look = OUTCOME[row.outcome];
  return (
    <li id={id("sync-show", row.key)} class="sync-show">
      <details>
        <summary>
          <Icon ctx={ctx} name={look.icon} label={look.label} class={`tone-${look.tone}`} />
          <span class="sync-show-title">
            <span dir="auto" safe>
              {row.title}
            </span>
            {row.year === null ? "" : <span class="dim numbers" safe>{` ${row.year}`}</span>}
          </span>
          <span class="dim numbers" safe>
            {summary(ctx, row)}
          </span>
          <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        </summary>
        <div class="sync-show-body">
          {row.note === undefined ? (
            ""
          ) : (
            <p dir="auto" safe>
              {row.note}
            </p>
          )}
          {row.changes === null ? <ChangesLater row={row} /> : <SyncChanges ctx={ctx} row={row} />}
          {row.showId === null ? (
            ""
          ) : (
            <div class="actions">
              <ButtonLink
                ctx={ctx}
                kind="quiet"
                href={ctx.paths.show(row.showId)}
                label="Open show"
                name={`Open show: ${row.title}`}
              />
              <ButtonLink
                ctx={ctx}
                kind="quiet"
                href={ctx.paths.showMatch(row.showId)}
                label="Wrong show?"
                name={`Wrong show? ${row.title}`}
              />
            </div>
          )}
        </div>
      </details>
    </li>
  );
}

/** Thousands of episodes in one page help nobody: they come when their fold opens. */
function ChangesLater({ row }: Pick<SyncShowRowProps, "row">): JSX.Element {
  if (row.added + row.removed + row.leftOut === 0) return <p class="dim">No episode changed.</p>;
  const href = row.changesHref ?? "";
  const load = hx({ get: href, trigger: "toggle from:'closest details' once", swap: "outerHTML", keepOnError: true });
  return (
    <p {...load}>
      <a class="link" href={href}>
        See the episodes
      </a>
    </p>
  );
}

export function SyncChanges({ ctx, row }: SyncShowRowProps): JSX.Element {
  const changes = row.changes ?? [];
  if (changes.length === 0) return <p class="dim">No episode changed.</p>;
  return (
    <ul class="sync-changes">
      {changes.map((change) => (
        <li>
          <Icon
            ctx={ctx}
            name={CHANGE[change.kind].icon}
            label={CHANGE[change.kind].label}
            class={`tone-${CHANGE[change.kind].tone}`}
          />
          <span class="numbers" safe>
            {episodeCode(change.seasonNumber, change.episodeNumber)}
          </span>
          <span dir="auto" safe>
            {change.title}
          </span>
          {change.note === undefined ? (
            ""
          ) : (
            <span class="dim" dir="auto" safe>
              {change.note}
            </span>
          )}
        </li>
      ))}
      {row.moreChanges === undefined || row.moreChanges === 0 ? (
        ""
      ) : (
        <li class="dim" safe>{`and ${formatNumber(row.moreChanges, ctx)} more`}</li>
      )}
    </ul>
  );
}
