import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { refreshing } from "../parts/more.tsx";
import { SeasonBlock, type SeasonBlockModel, seasonHref } from "../parts/season-block.tsx";
import { ShowEntry, type ShowEntryModel } from "../parts/show-entry.tsx";
import { ShowNotes, type ShowNotesModel } from "../parts/show-notes.tsx";
import { ShowProgress, type ShowProgressModel } from "../parts/show-progress.tsx";
import { OutLink } from "../ui/link.tsx";
import { BackLink } from "../ui/page-header.tsx";
import { Poster } from "../ui/poster.tsx";
import { Time } from "../ui/time.tsx";

export type ShowPageModel = ShowProgressModel &
  ShowEntryModel &
  ShowNotesModel & {
    year: number | null;
    posterUrl: string | null;
    overview: string | null;
    /** "2019 · Drama · BBC One · ended", piece by piece. */
    facts: readonly string[];
    lastWatchedAt: number | null;
    /** In order, specials last. */
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
    include: `${target("show", show.id)} [name=open]`,
  });
  return (
    <article id={id("show", show.id)} {...refresh}>
      <BackLink ctx={ctx} href={ctx.paths.shows()} label="Library" />
      <header class="show-head">
        <Poster title={show.title} src={show.posterUrl} size="page" eager />
        <div class="show-info">
          <h1 dir="auto" safe>
            {show.title}
          </h1>
          <p class="show-facts dim numbers">
            {show.facts.map((fact) => (
              <span class="fact">
                <bdi safe>{fact}</bdi>
              </span>
            ))}
          </p>
          <ShowLinks ctx={ctx} show={show} />
        </div>
        <div class="show-body">
          <ShowProgress ctx={ctx} show={show} />
          <ShowEntry ctx={ctx} show={show} />
          {show.overview === null ? (
            ""
          ) : (
            <p class="show-overview" dir="auto" safe>
              {show.overview}
            </p>
          )}
          <ShowNotes ctx={ctx} show={show} />
        </div>
      </header>
      <Seasons ctx={ctx} show={show} />
      <ShowFoot ctx={ctx} show={show} />
    </article>
  );
}

function ShowLinks({ ctx, show }: Props): JSX.Element {
  if (show.links.length === 0) return "";
  return (
    <p class="show-links">
      {show.links.map((link) => (
        <OutLink ctx={ctx} href={link.href} label={link.label} />
      ))}
    </p>
  );
}

/** From here on the page is too long to look for a season by eye. */
const MANY_SEASONS = 8;

function Seasons({ ctx, show }: Props): JSX.Element {
  if (show.seasons.length === 0) return "";
  const regular = show.seasons.filter(({ number }) => number !== 0);
  const specials = show.seasons.filter(({ number }) => number === 0);
  return (
    <>
      {regular.length > MANY_SEASONS ? <JumpList ctx={ctx} show={show} /> : ""}
      <div class="seasons">
        {regular.map((season) => (
          <SeasonBlock ctx={ctx} season={season} />
        ))}
      </div>
      {specials.length === 0 ? (
        ""
      ) : (
        <div class="seasons specials">
          {specials.map((season) => (
            <SeasonBlock ctx={ctx} season={season} />
          ))}
        </div>
      )}
    </>
  );
}

function JumpList({ ctx, show }: Props): JSX.Element {
  return (
    <nav class="jumps" aria-label="Seasons">
      {show.seasons.map((season) => (
        <a
          class="jump numbers"
          href={seasonHref(ctx, season)}
          data-unfold={id("season", `${season.showId}-${season.number}`)}
          {...(season.open ? { "aria-current": "true" } : {})}
        >
          {season.number === 0 ? (
            <span>Specials</span>
          ) : (
            <>
              <span class="visually-hidden">Season </span>
              <span safe>{String(season.number)}</span>
            </>
          )}
        </a>
      ))}
    </nav>
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
    </footer>
  );
}
