import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { formatNumber } from "../ui/format.ts";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { attr } from "../ui/text.ts";
import { EpisodeRow, type EpisodeRowModel } from "./episode-row.tsx";
import { SheetLink } from "./sheet-link.tsx";

/** A long season comes in parts. */
export type SeasonRows = {
  episodes: readonly EpisodeRowModel[];
  part: number;
  /** "1–100", "101–200"; empty when all of it is here. */
  parts: readonly string[];
};

export type SeasonBlockModel = {
  showId: string;
  number: number;
  title: string;
  watched: number;
  aired: number;
  total: number;
  open: boolean;
  /** Null: comes when the fold is opened. */
  rows: SeasonRows | null;
};

export function SeasonBlock({ ctx, season }: SeasonProps): JSX.Element {
  return (
    <details id={id("season", keyOf(season))} class="season" open={season.open}>
      <SeasonHead ctx={ctx} season={season} />
      <SeasonBody ctx={ctx} season={season} />
    </details>
  );
}

type SeasonProps = { ctx: ViewContext; season: SeasonBlockModel };

const keyOf = ({ showId, number }: Pick<SeasonBlockModel, "showId" | "number">): string => `${showId}-${number}`;
const isComplete = ({ aired, watched }: SeasonBlockModel): boolean => aired > 0 && watched >= aired;

/** The page with this season unfolded, for readers without script. */
export function seasonHref(
  { paths }: ViewContext,
  season: Pick<SeasonBlockModel, "showId" | "number">,
  part?: number,
): string {
  return `${paths.show(season.showId, { season: season.number, part })}${target("season", keyOf(season))}`;
}

export function SeasonHead({ ctx, season }: SeasonProps): JSX.Element {
  const complete = isComplete(season);
  const counts = `${formatNumber(season.watched, ctx)} / ${formatNumber(season.aired, ctx)}`;
  return (
    <summary id={id("season-head", keyOf(season))} class="season-head">
      <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
      <h2 class="season-title">
        <span dir="auto" safe>
          {season.title}
        </span>
        {season.number === 0 ? <span class="season-note dim"> not counted</span> : ""}
      </h2>
      {complete ? <Icon ctx={ctx} name="check" class="good" label="All watched" /> : ""}
      <span class="season-counts numbers dim">
        <span safe>{counts}</span>
        <span class="visually-hidden"> episodes watched</span>
      </span>
      <ProgressBar label="Watched" value={season.watched} max={Math.max(season.aired, 1)} complete={complete} hidden />
    </summary>
  );
}

export function SeasonBody({ ctx, season }: SeasonProps): JSX.Element {
  const { rows } = season;
  const body = id("season-body", keyOf(season));
  if (rows === null) {
    const load = hx({
      get: ctx.paths.season(season.showId, season.number),
      // What lies in a closed fold is not in view.
      trigger: "revealed",
      target: `#${body}`,
      swap: "outerHTML",
      keepOnError: true,
    });
    return (
      <p id={body} class="season-wait" {...load}>
        <a class="link" href={seasonHref(ctx, season)} safe>
          {`Show the episodes of ${season.title}`}
        </a>
      </p>
    );
  }
  return (
    <div id={body}>
      <input type="hidden" name="open" value={`${season.number}:${rows.part}`} />
      <Parts ctx={ctx} season={season} rows={rows} />
      <ol class="episodes">
        {rows.episodes.map((episode) => (
          <EpisodeRow ctx={ctx} episode={episode} />
        ))}
      </ol>
      <SeasonActions ctx={ctx} season={season} />
    </div>
  );
}

function Parts({ ctx, season, rows }: SeasonProps & { rows: SeasonRows }): JSX.Element {
  if (rows.parts.length < 2) return "";
  return (
    <nav class="season-parts" aria-label={attr(`Episodes of ${season.title}`)}>
      {rows.parts.map((label, index) => (
        <a
          class="jump numbers"
          href={seasonHref(ctx, season, index + 1)}
          {...(index + 1 === rows.part ? { "aria-current": "true" } : {})}
          {...hx({
            get: ctx.paths.season(season.showId, season.number, index + 1),
            target: target("season-body", keyOf(season)),
            swap: "outerHTML",
          })}
          safe
        >
          {label}
        </a>
      ))}
    </nav>
  );
}

export function SeasonActions({ ctx, season }: SeasonProps): JSX.Element {
  const complete = isComplete(season);
  const action = ctx.paths.seasonWatched(season.showId, season.number);
  const live = {
    target: target("season", keyOf(season)),
    swap: "outerMorph",
    include: `${target("season", keyOf(season))} [name=open]`,
  } as const;
  if (season.aired === 0) return <div id={id("season-actions", keyOf(season))}></div>;
  return (
    <div id={id("season-actions", keyOf(season))} class="season-actions actions">
      {complete ? (
        <ActionForm
          action={action}
          method="delete"
          live={{ ...live, confirm: `Take back every mark of ${season.title}?`, confirmLabel: "Take marks back" }}
        >
          <Button ctx={ctx} kind="quiet" icon="undo" label="Unmark season" name={`Unmark season: ${season.title}`} />
        </ActionForm>
      ) : (
        <ActionForm action={action} method="put" live={live}>
          <Button
            ctx={ctx}
            kind="quiet"
            icon="check"
            label="Mark season watched"
            name={`Mark season watched: ${season.title}`}
          />
        </ActionForm>
      )}
      <SheetLink
        ctx={ctx}
        href={ctx.paths.seasonMarks(season.showId, season.number)}
        label={`More for ${season.title}`}
      />
    </div>
  );
}
