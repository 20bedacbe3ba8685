import type { Paths } from "../../../views/paths.ts";
import type { CalendarItem } from "../../db/queries/calendar.ts";
import type { CaughtUpItem } from "../../db/queries/caught-up.ts";
import type { EpisodeView, PlayView } from "../../db/queries/episode-view.ts";
import type { HistoryItem } from "../../db/queries/history.ts";
import type { LibraryItem } from "../../db/queries/library.ts";
import type { ShowPage } from "../../db/queries/show-page.ts";
import type { UpNextItem } from "../../db/queries/up-next.ts";
import type { EpisodeRef, ListPage, ShowRef } from "../../db/queries/view.ts";
import type { ExternalIds } from "../../domain/external-ids.ts";
import type { FoundShow, SourceFailure } from "../../services/discovery/types.ts";
import type { StatsView, TopShow } from "../../services/tracking/stats.ts";
import { iso, isoOrNull } from "./schemas.ts";

// From view models to what the API says: ISO times, every id kind named.

export function idsJson({ trakt, tmdb, tvdb, imdb, tvmaze }: ExternalIds) {
  return {
    trakt: trakt ?? null,
    tmdb: tmdb ?? null,
    tvdb: tvdb ?? null,
    imdb: imdb ?? null,
    tvmaze: tvmaze ?? null,
  };
}

export function showRefJson({ id, title, year, posterVersion }: ShowRef, paths: Paths) {
  return { id, title, year, posterUrl: paths.poster(id, posterVersion) };
}

export function episodeJson<Episode extends EpisodeRef>(episode: Episode) {
  return { ...episode, airedAt: isoOrNull(episode.airedAt) };
}

export function playJson<Play extends PlayView>(play: Play) {
  const { original } = play;
  return {
    ...play,
    watchedAt: isoOrNull(play.watchedAt),
    original: original === null ? null : { ...original, watchedAt: isoOrNull(original.watchedAt) },
  };
}

export function episodeWithPlaysJson(episode: EpisodeView) {
  return { ...episodeJson(episode), plays: episode.plays.map(playJson) };
}

export function libraryShowJson<Item extends Omit<LibraryItem, "newEpisode">>(item: Item, paths: Paths) {
  return {
    ...item,
    ...showRefJson(item, paths),
    ids: idsJson(item.ids),
    lastWatchedAt: isoOrNull(item.lastWatchedAt),
    addedAt: iso(item.addedAt),
    nextAirAt: isoOrNull(item.nextAirAt),
    next: item.next === null ? null : episodeJson(item.next),
  };
}

export function showJson(show: ShowPage, paths: Paths) {
  return {
    ...show,
    ...libraryShowJson(show, paths),
    seasons: show.seasons.map((season) => ({ ...season, episodes: season.episodes.map(episodeWithPlaysJson) })),
    matches: show.matches.map((match) => ({ ...match, ids: idsJson(match.ids) })),
  };
}

export function historyJson(item: HistoryItem, paths: Paths) {
  return { ...playJson(item), show: showRefJson(item.show, paths), episode: episodeJson(item.episode) };
}

export function upNextJson(item: UpNextItem, paths: Paths) {
  return {
    ...item,
    show: showRefJson(item.show, paths),
    episode: episodeJson(item.episode),
    lastWatchedAt: isoOrNull(item.lastWatchedAt),
  };
}

export function caughtUpJson({ show, next, lastWatchedAt }: CaughtUpItem, paths: Paths) {
  return {
    show: showRefJson(show, paths),
    next: next === null ? null : episodeJson(next),
    lastWatchedAt: isoOrNull(lastWatchedAt),
  };
}

export function calendarJson(item: CalendarItem, paths: Paths) {
  return { ...item, show: showRefJson(item.show, paths), episode: episodeJson(item.episode) };
}

export function statsJson(stats: StatsView, timezone: string, paths: Paths) {
  const shape = (show: TopShow) => ({ ...show, ...showRefJson(show, paths) });
  return {
    ...stats,
    timezone,
    topShows: stats.topShows.map(shape),
    topShowsByPlays: stats.topShowsByPlays.map(shape),
  };
}

export function searchResultJson(found: FoundShow, posterUrl: string | null) {
  const { source, sourceId, title, ids, inLibrary } = found;
  return {
    source,
    id: sourceId,
    title,
    year: found.year ?? null,
    ids: idsJson(ids),
    overview: found.overview ?? null,
    status: found.status ?? null,
    network: found.network ?? null,
    country: found.country ?? null,
    genres: [...(found.genres ?? [])],
    runtimeMin: found.runtimeMin ?? null,
    posterUrl,
    showId: inLibrary?.sure ? inLibrary.showId : null,
    list: inLibrary?.sure ? inLibrary.list : null,
    maybeShowId: inLibrary !== null && !inLibrary.sure ? inLibrary.showId : null,
  };
}

export function sourceFailureJson({ source, label, error }: SourceFailure, now: number) {
  const { message, hint, retryAfterMs } = error;
  return {
    source,
    label,
    message,
    hint: hint ?? null,
    retryAt: retryAfterMs === undefined ? null : iso(now + retryAfterMs),
  };
}

export function listJson<In, Out>({ items, nextCursor }: ListPage<In>, shape: (item: In) => Out) {
  return { items: items.map(shape), nextCursor };
}
