import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { count, formatNumber } from "../ui/format.ts";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { Time } from "../ui/time.tsx";
import { CheckButton } from "./check-button.tsx";
import { episodeCode } from "./episode-row.tsx";

export type ShowEpisodeModel = {
  id: string;
  seasonNumber: number;
  number: number | null;
  title: string;
  airedAt: number | null;
};

export type ShowProgressModel = {
  id: string;
  title: string;
  watched: number;
  aired: number;
  /** Without specials, like the two before. */
  total: number;
  hasEnded: boolean;
  /** What to watch next. */
  next: ShowEpisodeModel | null;
  /** What airs next. */
  coming: ShowEpisodeModel | null;
};

type Props = { ctx: ViewContext; show: ShowProgressModel };

/** How far the user is, and what comes next with the one button for it. */
export function ShowProgress({ ctx, show }: Props): JSX.Element {
  const complete = show.aired > 0 && show.watched >= show.aired;
  const words = `${formatNumber(show.watched, ctx)} of ${count(show.aired, ctx, "episode")} watched`;
  return (
    <div id={id("show-progress", show.id)} class="show-progress">
      {show.aired === 0 ? (
        ""
      ) : (
        <>
          <ProgressBar label={words} value={show.watched} max={show.aired} complete={complete} />
          <p class="numbers">
            <span safe>{words}</span>
            {show.total > show.aired ? (
              <span class="dim" safe>{` · ${formatNumber(show.total - show.aired, ctx)} to come`}</span>
            ) : (
              ""
            )}
          </p>
        </>
      )}
      {show.next === null ? <NothingOpen ctx={ctx} show={show} /> : <Next ctx={ctx} show={show} next={show.next} />}
    </div>
  );
}

function Next({ ctx, show, next }: Props & { next: ShowEpisodeModel }): JSX.Element {
  const code = episodeCode(next.seasonNumber, next.number);
  return (
    <div class="show-next">
      <div class="show-next-text">
        <p class="dim">Next episode</p>
        <p class="show-next-title">
          <span class="numbers" safe>
            {code}
          </span>
          <span class="dim"> · </span>
          <span dir="auto" safe>
            {next.title}
          </span>
        </p>
        <p class="dim show-next-date">
          <span>Aired </span>
          <Time ctx={ctx} at={next.airedAt} unknown="on an unknown date" />
        </p>
      </div>
      <CheckButton
        ctx={ctx}
        size="big"
        action={ctx.paths.episodeWatched(next.id)}
        watched={false}
        subject={`${code}, ${next.title}`}
        live={{
          target: target("show", show.id),
          swap: "outerMorph",
          include: `${target("show", show.id)} [name=open]`,
        }}
      />
    </div>
  );
}

/** Nothing to watch just now, and why. */
function NothingOpen({ ctx, show }: Props): JSX.Element {
  const { coming } = show;
  if (show.total === 0) {
    return <p class="show-state">No episodes are known yet. They appear as soon as a source or a server names them.</p>;
  }
  const standing = show.aired === 0 ? "Nothing is out yet." : "You are up to date.";
  if (coming !== null) {
    return (
      <p class="show-state">
        <span safe>{`${standing} ${show.aired === 0 ? "The first" : "The next"} episode, `}</span>
        <span class="numbers" safe>
          {episodeCode(coming.seasonNumber, coming.number)}
        </span>
        <span>, airs </span>
        <Time ctx={ctx} at={coming.airedAt} />
        <span>.</span>
      </p>
    );
  }
  const finished = show.hasEnded && show.aired > 0;
  return (
    <p class="show-state" safe>
      {finished
        ? "Finished: the show has ended, and you have watched all of it."
        : `${standing} No date is known for what comes next.`}
    </p>
  );
}
