import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { formatNumber } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Poster } from "../ui/poster.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";

export type ShowCardModel = {
  id: string;
  title: string;
  year: number | null;
  posterUrl: string | null;
  hue?: number | undefined;
  /** Aired episodes without specials, and how many of them are watched. */
  watched: number;
  aired: number;
};

export type ShowCardProps = { ctx: ViewContext; show: ShowCardModel; eager?: boolean | undefined };

export function ShowCard({ ctx, show, eager }: ShowCardProps): JSX.Element {
  const complete = show.aired > 0 && show.watched >= show.aired;
  const counts = `${formatNumber(show.watched, ctx)} / ${formatNumber(show.aired, ctx)}`;
  return (
    <li id={id("show-card", show.id)} class="show-card">
      <a class="show-card-link" href={ctx.paths.show(show.id)}>
        <span class="show-card-art">
          <Poster title={show.title} src={show.posterUrl} hue={show.hue} eager={eager} />
          {complete ? (
            <span class="show-card-check">
              <Icon ctx={ctx} name="check" label="All watched" />
            </span>
          ) : (
            ""
          )}
        </span>
        <ProgressBar label="Watched" value={show.watched} max={Math.max(show.aired, 1)} complete={complete} hidden />
        <span class="show-card-title" dir="auto" safe>
          {show.title}
        </span>
        <span class="show-card-facts">
          <span safe>{show.year === null ? "Year unknown" : String(show.year)}</span>
          <span class="numbers">
            <span safe>{counts}</span>
            <span class="visually-hidden"> episodes watched</span>
          </span>
        </span>
      </a>
    </li>
  );
}
