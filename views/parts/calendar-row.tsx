import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Icon } from "../ui/icon.tsx";
import { Poster } from "../ui/poster.tsx";
import { Time } from "../ui/time.tsx";
import { CheckButton } from "./check-button.tsx";

export type CalendarEpisodeModel = {
  id: string;
  /** "S2 E5" */
  code: string;
  title: string;
  /** null: only the day is known. */
  clockAt: number | null;
  watched: boolean;
  /** Can be marked. */
  out: boolean;
  /** "Season premiere" */
  milestone: string | null;
};

/** What of one show comes out on one day. */
export type CalendarRowModel = {
  showId: string;
  showTitle: string;
  posterUrl: string | null;
  /** "S2 E5", "S1 E1–E8" */
  code: string;
  milestone: string | null;
  episodes: readonly CalendarEpisodeModel[];
};

type EpisodeProps = { ctx: ViewContext; showTitle: string; episode: CalendarEpisodeModel };

/** Stands alone, so that a press swaps nothing else. What is not out yet has nothing to press. */
export function CalendarCheck({ ctx, showTitle, episode }: EpisodeProps): JSX.Element {
  const { id: episodeId, code, title, watched, out } = episode;
  return (
    <span id={id("calendar-check", episodeId)} class="calendar-check">
      {out || watched ? (
        <CheckButton
          ctx={ctx}
          action={ctx.paths.episodeWatched(episodeId)}
          watched={watched}
          subject={`${showTitle}, ${code}, ${title}`}
          live={{ target: target("calendar-check", episodeId), swap: "outerMorph" }}
        />
      ) : (
        ""
      )}
    </span>
  );
}

export function CalendarRow({ ctx, row }: { ctx: ViewContext; row: CalendarRowModel }): JSX.Element {
  const [only] = row.episodes;
  const single = row.episodes.length === 1 && only !== undefined;
  return (
    <li class="calendar-row">
      <Poster title={row.showTitle} src={row.posterUrl} size="thumb" />
      <div class="calendar-text">
        <a class="history-show" href={ctx.paths.show(row.showId)} dir="auto" safe>
          {row.showTitle}
        </a>
        {single ? <OneEpisode ctx={ctx} episode={only} /> : <Episodes ctx={ctx} row={row} />}
      </div>
      {single ? <CalendarCheck ctx={ctx} showTitle={row.showTitle} episode={only} /> : ""}
    </li>
  );
}

function OneEpisode({ ctx, episode }: Omit<EpisodeProps, "showTitle">): JSX.Element {
  return (
    <>
      <p class="calendar-episode">
        <span class="numbers" safe>
          {episode.code}
        </span>
        <span class="dim"> · </span>
        <span dir="auto" safe>
          {episode.title}
        </span>
      </p>
      <Facts ctx={ctx} clockAt={episode.clockAt} milestone={episode.milestone} />
    </>
  );
}

/** A whole season on one day is one row; its fold has each to mark. */
function Episodes({ ctx, row }: { ctx: ViewContext; row: CalendarRowModel }): JSX.Element {
  const watched = row.episodes.filter((episode) => episode.watched).length;
  const total = row.episodes.length;
  return (
    <>
      <Facts ctx={ctx} clockAt={row.episodes[0]?.clockAt ?? null} milestone={row.milestone} />
      <details class="calendar-group">
        <summary>
          <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
          <span class="numbers" safe>
            {row.code}
          </span>
          <span class="dim" safe>{` ${total} episodes${watched === 0 ? "" : `, ${watched} watched`}`}</span>
        </summary>
        <ol>
          {row.episodes.map((episode) => (
            <li class="calendar-one">
              <CalendarCheck ctx={ctx} showTitle={row.showTitle} episode={episode} />
              <span class="numbers" safe>
                {episode.code}
              </span>
              <span class="calendar-one-title" dir="auto" safe>
                {episode.title}
              </span>
            </li>
          ))}
        </ol>
      </details>
    </>
  );
}

type FactsProps = { ctx: ViewContext; clockAt: number | null; milestone: string | null };

function Facts({ ctx, clockAt, milestone }: FactsProps): JSX.Element {
  if (clockAt === null && milestone === null) return "";
  return (
    <p class="calendar-facts dim">
      {clockAt === null ? "" : <Time ctx={ctx} at={clockAt} as="clock" />}
      {clockAt === null || milestone === null ? "" : <span> · </span>}
      {milestone === null ? (
        ""
      ) : (
        <span class="calendar-milestone" safe>
          {milestone}
        </span>
      )}
    </p>
  );
}
