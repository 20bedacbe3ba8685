import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { formatNumber } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { EpisodeRow, type EpisodeRowModel } from "./episode-row.tsx";

export type SeasonBlockModel = {
  showId: string;
  number: number;
  title: string;
  watched: number;
  aired: number;
  total: number;
  open: boolean;
  episodes: readonly EpisodeRowModel[];
};

export function SeasonBlock({ ctx, season }: { ctx: ViewContext; season: SeasonBlockModel }): JSX.Element {
  return (
    <details id={id("season", keyOf(season))} class="season" open={season.open}>
      <SeasonHead ctx={ctx} season={season} />
      <ol class="episodes">
        {season.episodes.map((episode) => (
          <EpisodeRow ctx={ctx} episode={episode} />
        ))}
      </ol>
      <SeasonActions ctx={ctx} season={season} />
    </details>
  );
}

type SeasonProps = { ctx: ViewContext; season: SeasonBlockModel };

const keyOf = ({ showId, number }: SeasonBlockModel): string => `${showId}-${number}`;
const isComplete = ({ aired, watched }: SeasonBlockModel): boolean => aired > 0 && watched >= aired;

export function SeasonHead({ ctx, season }: SeasonProps): JSX.Element {
  const complete = isComplete(season);
  const counts = `${formatNumber(season.watched, ctx)} / ${formatNumber(season.aired, ctx)}`;
  return (
    <summary id={id("season-head", keyOf(season))} class="season-head">
      <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
      <h2 class="season-title" dir="auto" safe>
        {season.title}
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

export function SeasonActions({ ctx, season }: SeasonProps): JSX.Element {
  const complete = isComplete(season);
  const action = ctx.paths.seasonWatched(season.showId, season.number);
  const live = { target: target("season", keyOf(season)), swap: "outerMorph" } as const;
  if (season.aired === 0) return <div id={id("season-actions", keyOf(season))}></div>;
  return (
    <div id={id("season-actions", keyOf(season))} class="season-actions">
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
    </div>
  );
}
