import type { ViewContext } from "../../../views/context.ts";
import type { ShowPageModel } from "../../../views/pages/show.tsx";
import type { SeasonBlockModel, SeasonRows } from "../../../views/parts/season-block.tsx";
import type { ShowEpisodeModel } from "../../../views/parts/show-progress.tsx";
import { capitalised, formatNumber } from "../../../views/ui/format.ts";
import type { EpisodeView } from "../../db/queries/episode-view.ts";
import type { SeasonView, ShowPage } from "../../db/queries/show-page.ts";
import { showPage } from "../../db/queries/show-page.ts";
import type { EpisodeRef } from "../../db/queries/view.ts";
import { libraryShowOfEpisode } from "../../db/repos/library.ts";
import { toRowId } from "../../db/row-id.ts";
import type { ExternalIds } from "../../domain/external-ids.ts";
import { toDate } from "../../domain/instant.ts";
import { LIST_NAMES, type ListName } from "../../domain/show-list.ts";
import { AppError } from "../../kernel/errors.ts";
import { LONGEST_NOTES } from "../../services/tracking/entry-rules.ts";
import { formOf } from "../context.ts";
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

/** Which seasons are unfolded, and which part of each; undefined: the part that the user is in. */
export type Unfolded = ReadonlyMap<number, number | undefined>;

const NOTHING_UNFOLDED: Unfolded = new Map();

/** What the page behind a request has unfolded: fields that travel along as `open=season:part`. */
export function unfoldedOf(request: Request): Unfolded {
  const sent = [...new URL(request.url).searchParams.getAll("open"), ...formOf(request).getAll("open")];
  return new Map(
    sent.flatMap((text) => {
      const [, season, part] = /^(\d{1,6}):(\d{1,6})$/.exec(text) ?? [];
      return season === undefined ? [] : [[Number(season), Number(part)] as const];
    }),
  );
}

/** Longer seasons come in parts. */
const LONGEST_SEASON = 200;
const PER_PART = 100;

function rowsOf(ctx: ViewContext, show: ShowPage, { episodes }: SeasonView, wanted: number | undefined): SeasonRows {
  if (episodes.length <= LONGEST_SEASON) {
    return { episodes: episodes.map((episode) => episodeRowModel(ctx, episode)), part: 1, parts: [] };
  }
  const count = Math.ceil(episodes.length / PER_PART);
  const next = episodes.findIndex(({ id }) => id === show.next?.id);
  const part = Math.min(Math.max(wanted ?? Math.floor(Math.max(next, 0) / PER_PART) + 1, 1), count);
  const parts = Array.from({ length: count }, (_, at) => {
    const [first, last] = [episodes[at * PER_PART], episodes[Math.min((at + 1) * PER_PART, episodes.length) - 1]];
    return `${first?.number ?? "–"}–${last?.number ?? "…"}`;
  });
  const here = episodes.slice((part - 1) * PER_PART, part * PER_PART);
  return { episodes: here.map((episode) => episodeRowModel(ctx, episode)), part, parts };
}

/** With its rows, in the given part of a long one. */
export function unfoldedSeason(ctx: ViewContext, show: ShowPage, season: SeasonView, part?: number): SeasonBlockModel {
  return { ...foldedSeason(show, season), open: true, rows: rowsOf(ctx, show, season, part) };
}

function foldedSeason(show: ShowPage, { number, title, watched, aired, total }: SeasonView): SeasonBlockModel {
  return { showId: show.id, number, title, watched, aired, total, open: false, rows: null };
}

/** The show of an episode of the user's library. */
export function showOfEpisode({ db }: RouteDeps, userId: number, episodeId: string): string {
  const id = toRowId(episodeId);
  const showId = id === null ? null : libraryShowOfEpisode(db, userId, id);
  if (showId === null) throw new AppError("not-found", "This episode is not in your library.");
  return String(showId);
}

export function findEpisode(show: ShowPage, episodeId: string): { season: SeasonView; episode: EpisodeView } {
  for (const season of show.seasons) {
    const episode = season.episodes.find(({ id }) => id === episodeId);
    if (episode !== undefined) return { season, episode };
  }
  throw new AppError("not-found", "This episode is not in your library.");
}

export function findSeason(show: ShowPage, number: number): SeasonView {
  const season = show.seasons.find((each) => each.number === number);
  if (season === undefined) throw new AppError("not-found", "This show has no such season.");
  return season;
}

/** The one that the user is in: of the next episode, else the last one with a mark, else the first. */
function currentSeason({ next, seasons }: ShowPage): number | undefined {
  if (next !== null) return next.season;
  const begun = seasons.filter(({ watched, number }) => watched > 0 && number > 0).at(-1);
  return (begun ?? seasons[0])?.number;
}

export type ShowModelOptions = {
  /** What the reader has unfolded beside the season that is open by itself. */
  unfolded?: Unfolded;
  /** Opens this one instead of the one that the user is in. */
  season?: number | undefined;
};

export function showModel(
  deps: RouteDeps,
  ctx: ViewContext,
  show: ShowPage,
  { unfolded = NOTHING_UNFOLDED, season: wanted }: ShowModelOptions = {},
): ShowPageModel {
  const isKnown = wanted !== undefined && show.seasons.some(({ number }) => number === wanted);
  const current = isKnown ? wanted : currentSeason(show);
  return {
    id: show.id,
    title: show.title,
    year: show.year,
    posterUrl: posterOf(ctx, show),
    overview: show.overview,
    facts: factsOf(ctx, show),
    watched: show.watched,
    aired: show.aired,
    total: show.total,
    hasEnded: show.status === "ended",
    next: show.next === null ? null : refModel(ctx, show.next),
    coming: comingOf(ctx, show),
    lastWatchedAt: show.lastWatchedAt,
    list: show.listChosen ? show.list : "",
    lists: [
      { value: "", label: show.listChosen ? "Automatic" : `Automatic (${LIST_WORDS[show.list]})` },
      ...LIST_NAMES.map((value) => ({ value, label: LIST_WORDS[value] })),
    ],
    rating: show.rating,
    notes: show.notes,
    longestNotes: LONGEST_NOTES,
    seasons: show.seasons.map((season) =>
      season.number === current || unfolded.has(season.number)
        ? { ...unfoldedSeason(ctx, show, season, unfolded.get(season.number)), open: season.number === current }
        : foldedSeason(show, season),
    ),
    links: linksOf(show.ids),
    factsFrom: show.enrichedFrom === null ? null : sourceLabel(deps, show.enrichedFrom),
  };
}

function refModel(ctx: ViewContext, episode: EpisodeRef): ShowEpisodeModel {
  return {
    id: episode.id,
    seasonNumber: episode.season,
    number: episode.number,
    title: episodeTitle(episode),
    airedAt: airedAt(ctx, episode),
  };
}

/** What airs next. */
function comingOf(ctx: ViewContext, { seasons }: ShowPage): ShowEpisodeModel | null {
  const ahead = seasons
    .flatMap(({ number, episodes }) => (number === 0 ? [] : episodes))
    .filter(({ airedAt: at, watched }) => at !== null && at > ctx.now && !watched);
  const [first, ...others] = ahead;
  if (first === undefined) return null;
  return refModel(
    ctx,
    others.reduce((soonest, each) => ((each.airedAt ?? 0) < (soonest.airedAt ?? 0) ? each : soonest), first),
  );
}

function factsOf(ctx: ViewContext, show: ShowPage): string[] {
  const facts = [
    yearsOf(show),
    show.genres.slice(0, 3).join(", "),
    show.network ?? "",
    show.runtimeMin === null ? "" : `${show.runtimeMin} min`,
    wholeTime(ctx, show),
    show.status === null ? "" : STATUS_WORDS[show.status],
  ];
  return facts.filter((fact) => fact !== "").map((fact) => capitalised(fact, ctx));
}

/** "2019", "2019–2024", "since 2019". */
function yearsOf({ year, status, seasons }: ShowPage): string {
  if (year === null) return "Year unknown";
  if (status === "running") return `since ${year}`;
  const dates = seasons
    .flatMap(({ number, episodes }) => (number === 0 ? [] : episodes))
    .map(({ airedAt: at }) => at ?? 0);
  const last = dates.length === 0 ? year : Number(toDate(dates.reduce((a, b) => Math.max(a, b))).slice(0, 4));
  return status === "ended" && last > year ? `${year}–${last}` : String(year);
}

/** How long all of it takes that is out, without specials; as far as lengths are known. */
function wholeTime(ctx: ViewContext, show: ShowPage): string {
  const minutes = show.seasons
    .flatMap(({ number, episodes }) => (number === 0 ? [] : episodes))
    .filter(({ aired }) => aired)
    .reduce((sum, { runtimeMin }) => sum + (runtimeMin ?? show.runtimeMin ?? 0), 0);
  if (minutes === 0) return "";
  const hours = Math.round(minutes / 60);
  return hours < 2 ? `${minutes} min in all` : `${formatNumber(hours, ctx)} h in all`;
}
