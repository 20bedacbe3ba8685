import type { ViewContext } from "../../../views/context.ts";
import type { ShowPageModel } from "../../../views/pages/show.tsx";
import type { SeasonBlockModel } from "../../../views/parts/season-block.tsx";
import type { SeasonView, ShowPage } from "../../db/queries/show-page.ts";
import { showPage } from "../../db/queries/show-page.ts";
import { toRowId } from "../../db/row-id.ts";
import type { ExternalIds } from "../../domain/external-ids.ts";
import { LIST_NAMES, type ListName } from "../../domain/show-list.ts";
import { AppError } from "../../kernel/errors.ts";
import type { RouteDeps } from "../deps.ts";
import { airedAt, episodeRowModel, episodeTitle, posterOf } from "./models.ts";

export const LIST_WORDS: Record<ListName, string> = {
  watching: "Watching",
  later: "Watch later",
  ended: "Ended",
  archived: "Archived",
};

const STATUS_WORDS = { running: "running", ended: "ended", upcoming: "not out yet" } as const;

const SITES: Record<keyof ExternalIds, { label: string; href: (id: string) => string }> = {
  tmdb: { label: "TMDB", href: (id) => `https://www.themoviedb.org/tv/${encodeURIComponent(id)}` },
  tvdb: { label: "TheTVDB", href: (id) => `https://www.thetvdb.com/dereferrer/series/${encodeURIComponent(id)}` },
  imdb: { label: "IMDb", href: (id) => `https://www.imdb.com/title/${encodeURIComponent(id)}/` },
  trakt: { label: "Trakt", href: (id) => `https://trakt.tv/search/trakt/${encodeURIComponent(id)}?id_type=show` },
  tvmaze: { label: "TVmaze", href: (id) => `https://www.tvmaze.com/shows/${encodeURIComponent(id)}` },
};

/** The same show elsewhere, by the ids known of it. */
export function linksOf(ids: ExternalIds): { label: string; value: string; href: string }[] {
  return Object.entries(SITES).flatMap(([kind, { label, href }]) => {
    const value = ids[kind as keyof ExternalIds];
    return value === undefined ? [] : [{ label, value, href: href(value) }];
  });
}

export function sourceLabel({ sources }: Pick<RouteDeps, "sources">, source: string): string {
  return sources.find(({ id }) => id === source)?.label ?? SITES[source as keyof ExternalIds]?.label ?? source;
}

/** Throws `not-found` for a show outside the user's library. */
export function readShow(deps: RouteDeps, userId: number, showId: string): ShowPage {
  const id = toRowId(showId);
  const show = id === null ? null : showPage(deps.db, userId, id, deps.clock.now());
  if (show === null) throw new AppError("not-found", "This show is not in your library.");
  return show;
}

export function seasonModel(ctx: ViewContext, show: ShowPage, season: SeasonView): SeasonBlockModel {
  const { number, title, watched, aired, total } = season;
  return {
    showId: show.id,
    number,
    title,
    watched,
    aired,
    total,
    open: number === openSeason(show),
    episodes: season.episodes.map((episode) => episodeRowModel(ctx, episode)),
  };
}

/** The one that the user is in: of the next episode, else the last one with a mark, else the first. */
function openSeason({ next, seasons }: ShowPage): number | undefined {
  if (next !== null) return next.season;
  const begun = seasons.filter(({ watched, number }) => watched > 0 && number > 0).at(-1);
  return (begun ?? seasons[0])?.number;
}

export function showModel(deps: RouteDeps, ctx: ViewContext, show: ShowPage): ShowPageModel {
  const { next } = show;
  const facts = [
    show.year === null ? "Year unknown" : String(show.year),
    show.genres.slice(0, 3).join(", "),
    show.network ?? "",
    show.runtimeMin === null ? "" : `${show.runtimeMin} min`,
    show.status === null ? "" : STATUS_WORDS[show.status],
  ];
  return {
    id: show.id,
    title: show.title,
    year: show.year,
    posterUrl: posterOf(ctx, show),
    overview: show.overview,
    facts: facts.filter((fact) => fact !== ""),
    watched: show.watched,
    aired: show.aired,
    total: show.total,
    next:
      next === null
        ? null
        : {
            id: next.id,
            seasonNumber: next.season,
            number: next.number,
            title: episodeTitle(next),
            airedAt: airedAt(ctx, next),
          },
    nextAirAt: show.nextAirAt,
    lastWatchedAt: show.lastWatchedAt,
    list: show.list,
    lists: LIST_NAMES.map((value) => ({ value, label: LIST_WORDS[value] })),
    rating: show.rating,
    seasons: show.seasons.map((season) => seasonModel(ctx, show, season)),
    links: linksOf(show.ids),
    factsFrom: show.enrichedFrom === null ? null : sourceLabel(deps, show.enrichedFrom),
  };
}
