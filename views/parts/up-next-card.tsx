import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { count } from "../ui/format.ts";
import { Poster } from "../ui/poster.tsx";
import { Time } from "../ui/time.tsx";
import { CheckButton } from "./check-button.tsx";
import { episodeCode } from "./episode-row.tsx";

export type UpNextModel = {
  showId: string;
  showTitle: string;
  posterUrl: string | null;
  /** A still of the episode; the poster stands in. */
  stillUrl?: string | null | undefined;
  hue?: number | undefined;
  episodeId: string;
  seasonNumber: number;
  episodeNumber: number | null;
  episodeTitle: string;
  airedAt: number | null;
  /** Aired and unwatched after this one. */
  remaining: number;
};

export function UpNextCard({ ctx, next }: { ctx: ViewContext; next: UpNextModel }): JSX.Element {
  const code = episodeCode(next.seasonNumber, next.episodeNumber);
  const still = next.stillUrl ?? null;
  return (
    <li id={id("up-next", next.showId)} class="up-next">
      <span class="up-next-art">
        <Poster
          title={next.showTitle}
          src={still ?? next.posterUrl}
          hue={next.hue}
          size="thumb"
          shape={still === null ? "poster" : "still"}
        />
      </span>
      <div class="up-next-text">
        <h2 class="up-next-show">
          <a href={ctx.paths.show(next.showId)} dir="auto" safe>
            {next.showTitle}
          </a>
        </h2>
        <p class="up-next-episode">
          <span class="numbers" safe>
            {code}
          </span>
          <span class="dim"> · </span>
          <span dir="auto" safe>
            {next.episodeTitle}
          </span>
        </p>
        <p class="up-next-facts dim">
          <span>{next.airedAt !== null && next.airedAt > ctx.now ? "Airs " : "Aired "}</span>
          <Time ctx={ctx} at={next.airedAt} unknown="on an unknown date" />
          {next.remaining > 0 ? <span safe>{` · ${count(next.remaining, ctx, "more episode")} waiting`}</span> : ""}
        </p>
      </div>
      <CheckButton
        ctx={ctx}
        size="big"
        action={ctx.paths.episodeWatched(next.episodeId)}
        watched={false}
        subject={`${next.showTitle}, ${code}, ${next.episodeTitle}`}
        live={{ target: target("up-next", next.showId), swap: "outerHTML" }}
      />
    </li>
  );
}
