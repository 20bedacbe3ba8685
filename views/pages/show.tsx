import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { episodeCode } from "../parts/episode-row.tsx";
import { refreshing } from "../parts/more.tsx";
import { SeasonBlock, type SeasonBlockModel } from "../parts/season-block.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { count, formatNumber } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { OutLink } from "../ui/link.tsx";
import { Menu } from "../ui/menu.tsx";
import { Poster } from "../ui/poster.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { Time } from "../ui/time.tsx";

export type ShowPageModel = {
  id: string;
  title: string;
  year: number | null;
  posterUrl: string | null;
  overview: string | null;
  /** "2019 · Drama · BBC One · ended", piece by piece. */
  facts: readonly string[];
  watched: number;
  aired: number;
  total: number;
  next: {
    id: string;
    seasonNumber: number;
    number: number | null;
    title: string;
    airedAt: number | null;
  } | null;
  nextAirAt: number | null;
  lastWatchedAt: number | null;
  list: string;
  lists: readonly SelectOption[];
  rating: number | null;
  seasons: readonly SeasonBlockModel[];
  /** Pages of the same show elsewhere. */
  links: readonly { label: string; href: string }[];
  /** Where the facts come from: "TVmaze", or null while only the server's own are known. */
  factsFrom: string | null;
};

type Props = { ctx: ViewContext; show: ShowPageModel };

export function ShowPage({ ctx, show }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title={show.title} nav="library" live>
      <ShowSection ctx={ctx} show={show} />
    </Layout>
  );
}

/** The whole show; comes anew when its plays or facts have changed elsewhere. Folds stay as the reader left them. */
export function ShowSection({ ctx, show }: Props): JSX.Element {
  const refresh = refreshing({
    href: ctx.paths.show(show.id),
    into: target("show", show.id),
    on: [`show-${show.id}`, "many-shows", "resync"],
  });
  return (
    <article id={id("show", show.id)} {...refresh}>
      <a class="back-link" href={ctx.paths.shows()}>
        <Icon ctx={ctx} name="arrow-left" />
        <span>Library</span>
      </a>
      <header class="show-head">
        <Poster title={show.title} src={show.posterUrl} size="page" eager />
        <div class="show-info">
          <h1 dir="auto" safe>
            {show.title}
          </h1>
          <p class="show-facts dim numbers">
            {show.facts.map((fact) => (
              <span class="fact" dir="auto" safe>
                {fact}
              </span>
            ))}
          </p>
          <ShowProgress ctx={ctx} show={show} />
        </div>
        <ShowEntry ctx={ctx} show={show} />
        {show.overview === null ? (
          ""
        ) : (
          <p class="show-overview" dir="auto" safe>
            {show.overview}
          </p>
        )}
      </header>
      <Seasons ctx={ctx} show={show} />
      <ShowFoot ctx={ctx} show={show} />
    </article>
  );
}

export function ShowProgress({ ctx, show }: Props): JSX.Element {
  const complete = show.aired > 0 && show.watched >= show.aired;
  return (
    <div id={id("show-progress", show.id)} class="show-progress">
      <ProgressBar
        label={`${formatNumber(show.watched, ctx)} of ${count(show.aired, ctx, "episode")} watched`}
        value={show.watched}
        max={Math.max(show.aired, 1)}
        complete={complete}
      />
      <p class="numbers">
        <span safe>{`${formatNumber(show.watched, ctx)} of ${count(show.aired, ctx, "episode")} watched`}</span>
        {show.total > show.aired ? (
          <span class="dim" safe>{` · ${formatNumber(show.total - show.aired, ctx)} to come`}</span>
        ) : (
          ""
        )}
      </p>
      <NextLine ctx={ctx} show={show} />
    </div>
  );
}

function NextLine({ ctx, show }: Props): JSX.Element {
  const { next } = show;
  if (next !== null) {
    return (
      <p class="show-next">
        <span class="dim">Next: </span>
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
  if (show.nextAirAt !== null) {
    return (
      <p class="show-next">
        <span class="dim">Next episode airs </span>
        <Time ctx={ctx} at={show.nextAirAt} />
      </p>
    );
  }
  return "";
}

const RATINGS: readonly SelectOption[] = [
  { value: "", label: "Not rated" },
  ...Array.from({ length: 10 }, (_, index) => ({ value: String(10 - index), label: `${10 - index} of 10` })),
];

/** List and rating save as they change; the button is for readers without script. */
export function ShowEntry({ ctx, show }: Props): JSX.Element {
  const onChange = { "data-submit-on-change": "" };
  const complete = show.aired > 0 && show.watched >= show.aired;
  return (
    <div id={id("show-entry", show.id)} class="show-entry">
      <ActionForm
        action={ctx.paths.showEntry(show.id)}
        class="show-entry-form"
        live={{ target: target("show-entry", show.id), swap: "outerMorph", disable: undefined }}
      >
        <Select
          ctx={ctx}
          label="List"
          name="list"
          scope="show"
          options={show.lists}
          value={show.list}
          attributes={onChange}
        />
        <Select
          ctx={ctx}
          label="Rating"
          name="rating"
          scope="show"
          options={RATINGS}
          value={show.rating === null ? "" : String(show.rating)}
          attributes={onChange}
        />
        <span class="no-script">
          <Button ctx={ctx} label="Save" />
        </span>
      </ActionForm>
      <div class="actions show-actions">
        {complete || show.aired === 0 ? (
          ""
        ) : (
          <ActionForm
            action={ctx.paths.showWatched(show.id)}
            method="put"
            live={{
              target: target("show", show.id),
              swap: "outerMorph",
              confirm: `Mark every episode of ${show.title} that is out as watched?`,
              confirmLabel: "Mark all watched",
            }}
          >
            <Button ctx={ctx} icon="check" label="Mark all watched" />
          </ActionForm>
        )}
        <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.showMatch(show.id)} label="Wrong show?" />
        <Menu ctx={ctx} label="More for this show">
          <ButtonLink
            ctx={ctx}
            kind="quiet"
            icon="history"
            href={ctx.paths.history({ show: show.id })}
            label="All plays"
          />
          {show.watched === 0 ? (
            ""
          ) : (
            <ActionForm
              action={ctx.paths.showWatched(show.id)}
              method="delete"
              live={{
                target: target("show", show.id),
                swap: "outerMorph",
                confirm: `Take back every mark of ${show.title}?`,
                confirmLabel: "Take marks back",
              }}
            >
              <Button ctx={ctx} kind="quiet" icon="undo" label="Unmark all" />
            </ActionForm>
          )}
          <ActionForm
            action={ctx.paths.show(show.id)}
            method="delete"
            live={{
              target: target("show", show.id),
              swap: "none",
              confirm: `Remove ${show.title} and its marks from your library?`,
              confirmLabel: "Remove",
            }}
          >
            <Button ctx={ctx} kind="quiet" icon="trash" label="Remove from library" />
          </ActionForm>
        </Menu>
      </div>
    </div>
  );
}

function Seasons({ ctx, show }: Props): JSX.Element {
  if (show.seasons.length === 0) {
    return <p class="dim">No episodes are known yet. They appear here as soon as a source or a server names them.</p>;
  }
  return (
    <div class="seasons">
      {show.seasons.map((season) => (
        <SeasonBlock ctx={ctx} season={season} />
      ))}
    </div>
  );
}

function ShowFoot({ ctx, show }: Props): JSX.Element {
  return (
    <footer class="show-foot dim">
      <p>
        <span>Last watched </span>
        <Time ctx={ctx} at={show.lastWatchedAt} unknown={show.watched === 0 ? "never" : "on an unknown date"} />
        <span safe>{show.factsFrom === null ? "" : ` · Facts from ${show.factsFrom}`}</span>
      </p>
      {show.links.length === 0 ? (
        ""
      ) : (
        <p class="show-links">
          {show.links.map((link) => (
            <OutLink ctx={ctx} href={link.href} label={link.label} />
          ))}
        </p>
      )}
    </footer>
  );
}
