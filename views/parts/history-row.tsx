import type { ViewContext } from "../context.ts";
import { Poster } from "../ui/poster.tsx";
import { Time } from "../ui/time.tsx";
import { episodeCode } from "./episode-row.tsx";
import type { PlayModel } from "./play-evidence.tsx";

export type HistoryRowModel = {
  play: PlayModel;
  showId: string;
  showTitle: string;
  posterUrl: string | null;
  hue?: number | undefined;
  seasonNumber: number;
  episodeNumber: number | null;
  episodeTitle: string;
};

const SHORT_CERTAINTY: Record<PlayModel["certainty"], string> = {
  played: "",
  marked: " · marked",
  unknown: "",
};

/** Under a heading that names the day, the clock says enough. */
export function HistoryRow({ ctx, row }: { ctx: ViewContext; row: HistoryRowModel }): JSX.Element {
  return (
    <li class="history-row">
      <Poster title={row.showTitle} src={row.posterUrl} hue={row.hue} size="thumb" />
      <div class="history-text">
        <a class="history-show" href={ctx.paths.show(row.showId)} dir="auto" safe>
          {row.showTitle}
        </a>
        <p>
          <span class="numbers" safe>
            {episodeCode(row.seasonNumber, row.episodeNumber)}
          </span>
          <span class="dim"> · </span>
          <span dir="auto" safe>
            {row.episodeTitle}
          </span>
        </p>
      </div>
      <p class="history-facts dim">
        <Time ctx={ctx} at={row.play.watchedAt} as="clock" unknown="No date" />
        <span safe>{` · ${row.play.source}${SHORT_CERTAINTY[row.play.certainty]}`}</span>
      </p>
    </li>
  );
}
