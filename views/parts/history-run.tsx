import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Poster } from "../ui/poster.tsx";
import { Time } from "../ui/time.tsx";
import { episodeCode } from "./episode-row.tsx";
import type { PlayModel } from "./play-evidence.tsx";
import { sheetLink } from "./play-sheet.tsx";

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
            <HistoryPlay ctx={ctx} row={row} />
          ))}
        </ol>
      </div>
    </li>
  );
}

/** Under a heading that names the day, the clock says enough. */
function HistoryPlay({ ctx, row }: { ctx: ViewContext; row: HistoryPlayModel }): JSX.Element {
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
      <ButtonLink
        ctx={ctx}
        kind="quiet"
        icon="more"
        iconOnly
        label="More"
        name={`More: ${code}, ${row.episodeTitle}`}
        {...sheetLink(ctx, play.id)}
      />
    </li>
  );
}

function certaintyWords({ certainty, original, byHand, evidence }: PlayModel): string {
  if (original !== undefined) return " · time set by you";
  return certainty === "marked" && !byHand && evidence === undefined ? " · marked" : "";
}
