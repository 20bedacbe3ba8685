import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { formatNumber } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Poster } from "../ui/poster.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { episodeCode } from "./episode-row.tsx";
import { refreshing } from "./more.tsx";

export type NowWatchingModel = {
  id: string;
  /** Null: not in the library yet. */
  showId: string | null;
  showTitle: string;
  posterUrl: string | null;
  season: number | null;
  number: number | null;
  episodeTitle: string | null;
  paused: boolean;
  positionMs: number;
  durationMs: number | null;
  player: string | null;
};

type Props = { ctx: ViewContext; items: readonly NowWatchingModel[] };

/** What plays right now, quietly: nothing is announced, and it is gone when it stops. */
export function NowWatching({ ctx, items }: Props): JSX.Element {
  const refresh = refreshing({
    href: ctx.paths.nowWatching(),
    into: target("now-watching"),
    on: ["watching-changed", "resync"],
  });
  return (
    <section
      id={id("now-watching")}
      class="now-watching"
      aria-label="Now watching"
      hidden={items.length === 0}
      {...refresh}
    >
      {items.length === 0 ? "" : <h2>Now watching</h2>}
      <NowWatchingList ctx={ctx} items={items} />
    </section>
  );
}

export function NowWatchingList({ ctx, items }: Props): JSX.Element {
  if (items.length === 0) return "";
  return (
    <ul class="now-watching-list">
      {items.map((item) => (
        <Playing ctx={ctx} item={item} />
      ))}
    </ul>
  );
}

function Playing({ ctx, item }: { ctx: ViewContext; item: NowWatchingModel }): JSX.Element {
  const { showId, showTitle, season, number, episodeTitle, positionMs, durationMs } = item;
  const code = season === null ? null : episodeCode(season, number);
  return (
    <li id={id("now-watching", item.id)} class="now-playing">
      <span class="now-playing-art">
        <Poster title={showTitle} src={item.posterUrl} size="thumb" eager />
      </span>
      <div class="now-playing-text">
        <h3 class="now-playing-show">
          {showId === null ? (
            <span dir="auto" safe>
              {showTitle}
            </span>
          ) : (
            <a href={ctx.paths.show(showId)} dir="auto" safe>
              {showTitle}
            </a>
          )}
        </h3>
        <p class="now-playing-episode">
          {code === null ? (
            ""
          ) : (
            <span class="numbers" safe>
              {code}
            </span>
          )}
          {code === null || episodeTitle === null ? "" : <span class="dim"> · </span>}
          {episodeTitle === null ? (
            ""
          ) : (
            <span dir="auto" safe>
              {episodeTitle}
            </span>
          )}
        </p>
        <p class="now-playing-facts dim">
          <Icon ctx={ctx} name={item.paused ? "pause" : "play"} />
          <span class="numbers" safe>
            {stateWords(ctx, item)}
          </span>
          {item.player === null ? (
            ""
          ) : (
            <span class="now-playing-player" dir="auto" safe>
              {item.player}
            </span>
          )}
        </p>
        {durationMs === null ? (
          ""
        ) : (
          <ProgressBar
            label={`Watched of ${showTitle}`}
            value={Math.round(positionMs / 1000)}
            max={Math.round(durationMs / 1000)}
          />
        )}
      </div>
    </li>
  );
}

function stateWords(ctx: ViewContext, { paused, positionMs, durationMs }: NowWatchingModel): string {
  const state = paused ? "Paused" : "Playing";
  if (durationMs === null) return state;
  const minutes = Math.max(1, Math.ceil((durationMs - positionMs) / 60_000));
  return `${state}, ${formatNumber(minutes, ctx)} min left`;
}
