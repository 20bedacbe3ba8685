import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { formatNumber } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Poster } from "../ui/poster.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { attr } from "../ui/text.ts";
import { Time } from "../ui/time.tsx";
import { CheckButton } from "./check-button.tsx";
import { episodeCode } from "./episode-row.tsx";
import { ShowMenuFold } from "./show-menu.tsx";

export type NextEpisodeModel = {
  id: string;
  seasonNumber: number;
  number: number | null;
  title: string;
};

export type ShowCardModel = {
  id: string;
  title: string;
  year: number | null;
  posterUrl: string | null;
  hue?: number | undefined;
  /** Aired episodes without specials, and how many of them are watched. */
  watched: number;
  aired: number;
  /** One of them came out within a week and waits. */
  newEpisode: boolean;
  next: NextEpisodeModel | null;
  nextAirAt: number | null;
  lastWatchedAt: number | null;
  rating: number | null;
};

export type ShowView = "grid" | "list";

/** Boxes to choose several: none, empty ones, or all of them ticked. */
export type Picking = "no" | "yes" | "all";

export type ShowCardProps = {
  ctx: ViewContext;
  show: ShowCardModel;
  eager?: boolean | undefined;
  picking?: Picking | undefined;
};

const isComplete = (show: ShowCardModel): boolean => show.aired > 0 && show.watched >= show.aired;

/** A show of the library as a poster or as a line of a list. Both have the same id, so that answers find either. */
export function ShowItem({ view, ...props }: ShowCardProps & { view: ShowView }): JSX.Element {
  return view === "grid" ? <ShowCard {...props} /> : <ShowRow {...props} />;
}

export function ShowCard({ ctx, show, eager, picking = "no" }: ShowCardProps): JSX.Element {
  return (
    <li id={id("show-card", show.id)} class="show-card">
      <Around ctx={ctx} show={show} picking={picking}>
        <span class="show-card-art">
          <Poster title={show.title} src={show.posterUrl} hue={show.hue} eager={eager} />
          <Corner ctx={ctx} show={show} />
          {show.newEpisode ? <span class="show-new">New</span> : ""}
        </span>
        <Bar show={show} />
        <span class="show-card-title" dir="auto" safe>
          {show.title}
        </span>
      </Around>
      <div class="show-card-foot">
        <p class="show-card-facts">
          <span class="show-card-year" safe>
            {show.year === null ? "Year unknown" : String(show.year)}
          </span>
          <Counts ctx={ctx} show={show} />
        </p>
        {picking === "no" ? <ShowMenuFold ctx={ctx} showId={show.id} title={show.title} /> : ""}
      </div>
    </li>
  );
}

/** The way to the show, or while several are chosen one large box. */
function Around({
  ctx,
  show,
  picking,
  children,
}: PropsWithChildren<{ ctx: ViewContext; show: ShowCardModel; picking: Picking }>): JSX.Element {
  if (picking === "no") {
    return (
      <a class="show-card-link" href={ctx.paths.show(show.id)}>
        {children}
      </a>
    );
  }
  return (
    <label class="show-card-link" for={pickId(show)}>
      <Pick show={show} picking={picking} />
      {children}
    </label>
  );
}

const pickId = (show: ShowCardModel): string => id("field", `pick-${show.id}`);

/** Belongs to the form of the bar below the shows, wherever it stands. */
function Pick({ show, picking }: { show: ShowCardModel; picking: Picking }): JSX.Element {
  return (
    <input
      class="pick"
      type="checkbox"
      id={pickId(show)}
      name="ids"
      value={attr(show.id)}
      checked={picking === "all"}
      form={id("library-bulk")}
      autocomplete="off"
      aria-label={attr(show.title)}
    />
  );
}

function Corner({ ctx, show }: { ctx: ViewContext; show: ShowCardModel }): JSX.Element {
  if (isComplete(show)) {
    return (
      <span class="show-card-check">
        <Icon ctx={ctx} name="check" label="All watched" />
      </span>
    );
  }
  const left = show.aired - show.watched;
  if (left <= 0) return "";
  return (
    <span class="show-card-left numbers">
      <span safe>{formatNumber(left, ctx)}</span>
      <span class="visually-hidden"> to watch</span>
    </span>
  );
}

function Bar({ show }: { show: ShowCardModel }): JSX.Element {
  return (
    <ProgressBar
      label="Watched"
      value={show.watched}
      max={Math.max(show.aired, 1)}
      complete={isComplete(show)}
      hidden
    />
  );
}

function Counts({ ctx, show }: { ctx: ViewContext; show: ShowCardModel }): JSX.Element {
  return (
    <span class="numbers">
      <span safe>{`${formatNumber(show.watched, ctx)} / ${formatNumber(show.aired, ctx)}`}</span>
      <span class="visually-hidden"> episodes watched</span>
    </span>
  );
}

/** The columns are those of app.css, so that every line has them at the same place. */
export function ShowRow({ ctx, show, eager, picking = "no" }: ShowCardProps): JSX.Element {
  return (
    <li id={id("show-card", show.id)} class={picking === "no" ? "show-row" : "show-row show-row-picking"}>
      {picking === "no" ? "" : <Pick show={show} picking={picking} />}
      <span class="show-row-art">
        <Poster title={show.title} src={show.posterUrl} hue={show.hue} size="thumb" eager={eager} />
      </span>
      <p class="show-row-name">
        {picking === "no" ? (
          <a class="show-row-link" href={ctx.paths.show(show.id)} dir="auto" safe>
            {show.title}
          </a>
        ) : (
          <label class="show-row-link" for={pickId(show)} dir="auto" safe>
            {show.title}
          </label>
        )}
        <span class="show-row-facts dim numbers">
          <span safe>{show.year === null ? "Year unknown" : String(show.year)}</span>
          {show.newEpisode ? <span class="show-new">New</span> : ""}
        </span>
      </p>
      <RowNext ctx={ctx} show={show} />
      <div class="show-row-progress dim">
        <Bar show={show} />
        <Counts ctx={ctx} show={show} />
      </div>
      <p class="show-row-when dim">
        <span class="visually-hidden">Last watched </span>
        <Time ctx={ctx} at={show.lastWatchedAt} unknown={show.watched === 0 ? "Never" : "Date unknown"} />
      </p>
      <RowRating ctx={ctx} rating={show.rating} />
      {picking === "no" ? (
        <div class="show-row-actions">
          <RowCheck ctx={ctx} show={show} />
          <ShowMenuFold ctx={ctx} showId={show.id} title={show.title} />
        </div>
      ) : (
        ""
      )}
    </li>
  );
}

function RowNext({ ctx, show }: { ctx: ViewContext; show: ShowCardModel }): JSX.Element {
  const { next, nextAirAt } = show;
  if (next !== null) {
    return (
      <p class="show-row-next">
        <span class="visually-hidden">Next: </span>
        <span class="numbers" safe>
          {episodeCode(next.seasonNumber, next.number)}
        </span>
        <span class="dim"> · </span>
        <span dir="auto" safe>
          {next.title}
        </span>
      </p>
    );
  }
  return (
    <p class="show-row-next dim">
      {show.aired === 0 ? <span>Nothing out yet</span> : <span>All watched</span>}
      {nextAirAt === null ? (
        ""
      ) : (
        <>
          <span>, next </span>
          <Time ctx={ctx} at={nextAirAt} />
        </>
      )}
    </p>
  );
}

function RowRating({ ctx, rating }: { ctx: ViewContext; rating: number | null }): JSX.Element {
  if (rating === null) return <span class="show-row-rating"></span>;
  return (
    <p class="show-row-rating dim numbers">
      <Icon ctx={ctx} name="star" label="Rated" />
      <span safe>{String(rating)}</span>
    </p>
  );
}

function RowCheck({ ctx, show }: { ctx: ViewContext; show: ShowCardModel }): JSX.Element {
  const { next } = show;
  if (next === null) return "";
  const code = episodeCode(next.seasonNumber, next.number);
  return (
    <CheckButton
      ctx={ctx}
      action={ctx.paths.episodeWatched(next.id)}
      watched={false}
      subject={`${show.title}, ${code}, ${next.title}`}
      live={{ target: target("show-card", show.id), swap: "outerMorph" }}
    />
  );
}
