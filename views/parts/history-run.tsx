import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { Poster } from "../ui/poster.tsx";
import { Time } from "../ui/time.tsx";
import { episodeCode } from "./episode-row.tsx";
import type { PlayModel } from "./play-evidence.tsx";
import { EditTimeLink } from "./play-time.tsx";

export type HistoryPlayModel = {
  play: PlayModel;
  seasonNumber: number;
  episodeNumber: number | null;
  episodeTitle: string;
};

/** What was watched of one show without another in between. */
export type HistoryRunModel = {
  showId: string;
  showTitle: string;
  posterUrl: string | null;
  hue?: number | undefined;
  plays: readonly HistoryPlayModel[];
};

type RunProps = { ctx: ViewContext; run: HistoryRunModel };

export function HistoryRun({ ctx, run }: RunProps): JSX.Element {
  return (
    <li class="history-run">
      <Poster title={run.showTitle} src={run.posterUrl} hue={run.hue} size="thumb" />
      <div class="run-text">
        <a class="history-show" href={ctx.paths.show(run.showId)} dir="auto" safe>
          {run.showTitle}
        </a>
        <ol>
          {run.plays.map((row) => (
            <HistoryPlay ctx={ctx} run={run} row={row} />
          ))}
        </ol>
      </div>
    </li>
  );
}

/** Under a heading that names the day, the clock says enough. */
function HistoryPlay({ ctx, run, row }: RunProps & { row: HistoryPlayModel }): JSX.Element {
  const { play } = row;
  const code = episodeCode(row.seasonNumber, row.episodeNumber);
  return (
    <li id={id("play", play.id)} class="history-play">
      <p class="history-episode">
        <span class="numbers" safe>
          {code}
        </span>
        <span class="dim"> · </span>
        <span dir="auto" safe>
          {row.episodeTitle}
        </span>
      </p>
      <p class="play-words dim">
        <Time ctx={ctx} at={play.watchedAt} as="clock" unknown="No date" />
        <span> · </span>
        <span dir="auto" safe>
          {play.source}
        </span>
        <span safe>{certaintyWords(play)}</span>
      </p>
      <PlayMenu ctx={ctx} run={run} play={play} subject={`${code}, ${row.episodeTitle}`} />
    </li>
  );
}

function certaintyWords({ certainty, original, byHand }: PlayModel): string {
  if (original !== undefined) return " · time set by you";
  return certainty === "marked" && !byHand ? " · marked" : "";
}

function PlayMenu({ ctx, run, play, subject }: RunProps & { play: PlayModel; subject: string }): JSX.Element {
  return (
    <Menu ctx={ctx} label={`More for ${subject}`}>
      <EditTimeLink ctx={ctx} playId={play.id} name={`Edit time: ${subject}`} />
      <ButtonLink
        ctx={ctx}
        kind="quiet"
        icon="history"
        href={ctx.paths.history({ show: run.showId })}
        label="All plays of this show"
      />
      {play.syncId ? (
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          icon="refresh"
          href={ctx.paths.sync(play.syncId)}
          label="The sync it came from"
        />
      ) : (
        ""
      )}
      <ActionForm
        action={ctx.paths.play(play.id)}
        method="delete"
        live={{ target: target("history"), swap: "outerMorph", include: `${target("history-reach")} input` }}
      >
        <Button ctx={ctx} kind="quiet" icon="trash" label="Remove" name={`Remove: ${subject}`} />
      </ActionForm>
    </Menu>
  );
}
