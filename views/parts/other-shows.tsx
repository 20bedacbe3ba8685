import type { ViewContext } from "../context.ts";
import { ButtonLink } from "../ui/button.tsx";
import { count, formatNumber } from "../ui/format.ts";
import { Poster } from "../ui/poster.tsx";

/** A show of the user's library that may be the same as another. */
export type OtherShowModel = {
  id: string;
  title: string;
  year: number | null;
  network: string | null;
  posterUrl: string | null;
  watched: number;
  aired: number;
};

type Props = {
  ctx: ViewContext;
  /** The show that would go. */
  showId: string;
  shows: readonly OtherShowModel[];
};

/** What tells namesakes apart: year and network. */
export function showFacts(show: Pick<OtherShowModel, "year" | "network">): string {
  return [show.year === null ? "year unknown" : String(show.year), show.network ?? ""]
    .filter((fact) => fact !== "")
    .join(" · ");
}

export function OtherShows({ ctx, showId, shows }: Props): JSX.Element {
  return (
    <ul class="candidates">
      {shows.map((show) => (
        <li class="candidate">
          <Poster title={show.title} src={show.posterUrl} size="thumb" />
          <div class="candidate-text">
            <h3 dir="auto" safe>
              {show.title}
            </h3>
            <p class="dim numbers" safe>
              {`${showFacts(show)} · ${formatNumber(show.watched, ctx)} of ${count(show.aired, ctx, "episode")} watched`}
            </p>
          </div>
          <ButtonLink
            ctx={ctx}
            href={ctx.paths.showMerge(showId, { into: show.id })}
            label="Merge…"
            name={`Merge… with ${show.title}, ${showFacts(show)}`}
          />
        </li>
      ))}
    </ul>
  );
}
