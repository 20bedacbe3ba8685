import { isPlaceholder } from "../../domain/episode-facts.ts";
import { cleanId, cleanIds } from "../../domain/external-ids.ts";
import { countryCode } from "../../domain/title.ts";
import { partsOfTag } from "../../domain/title-language.ts";
import type { PictureAddress } from "../artwork.ts";
import type { Catalogue, CatalogueShow, ShowCandidate, ShowStatus, TranslatedTitles } from "../contract.ts";
import { airedOnDay, minutesOrNull, textOrNull, yearOf } from "../words.ts";
import type { TmdbWhole } from "./client.ts";
import type { TmdbFind, TmdbGenre, TmdbSearchRow, TmdbSeason, TmdbShow, TmdbTranslated } from "./schemas.ts";

const statuses: Record<string, ShowStatus> = {
  "Returning Series": "running",
  "In Production": "upcoming",
  Planned: "upcoming",
  Pilot: "upcoming",
  Canceled: "ended",
  Ended: "ended",
};

function statusOf(show: TmdbShow): ShowStatus | null {
  const status = statuses[show.status ?? ""] ?? null;
  return status === "upcoming" && textOrNull(show.last_air_date) !== null ? "running" : status;
}

export function toShow(show: TmdbShow, picture: PictureAddress): CatalogueShow {
  return {
    sourceId: String(show.id),
    title: show.name,
    originalTitle: textOrNull(show.original_name),
    year: yearOf(show.first_air_date),
    ids: cleanIds({ tmdb: show.id, tvdb: show.external_ids?.tvdb_id, imdb: show.external_ids?.imdb_id }),
    overview: textOrNull(show.overview),
    status: statusOf(show),
    network: textOrNull(show.networks?.[0]?.name),
    country: countryCode(show.origin_country?.[0] ?? "") ?? null,
    genres: (show.genres ?? []).map(({ name }) => textOrNull(name)).filter((name) => name !== null),
    runtimeMin: minutesOrNull(show.episode_run_time?.[0]) ?? minutesOrNull(show.last_episode_to_air?.runtime),
    posterUrl: picture(show.poster_path),
  };
}

export function toCatalogue({ show, seasons }: TmdbWhole, picture: PictureAddress): Catalogue {
  const ordered = [...seasons].sort((a, b) => a.season_number - b.season_number);
  return {
    show: toShow(show, picture),
    seasons: ordered.map(({ season_number, name }) => ({ number: season_number, title: textOrNull(name) })),
    episodes: ordered.flatMap(({ season_number, episodes }) =>
      episodes.map((episode) => ({
        season: season_number,
        number: episode.episode_number,
        numberAbs: null,
        title: textOrNull(episode.name),
        ...airedOnDay(episode.air_date),
        runtimeMin: minutesOrNull(episode.runtime),
        ids: cleanIds({ tmdb: episode.id }),
        plexGuid: null,
      })),
    ),
  };
}

/** The country that a language without one means, where several write it differently. */
const HOMES: Record<string, string> = { pt: "PT", es: "ES", zh: "CN" };

function translatedName({ translations, ...show }: TmdbTranslated, tag: string): string | null {
  const { language, country } = partsOfTag(tag);
  const named = translations.translations.filter(
    ({ iso_639_1, data }) => iso_639_1 === language && textOrNull(data?.name) !== null,
  );
  const ofCountry = (code: string) => named.find(({ iso_3166_1 }) => iso_3166_1 === code);
  const home = country ?? HOMES[language];
  const found = (home === undefined ? undefined : ofCountry(home)) ?? (country === null ? named[0] : undefined);
  // The list leaves the original language's name blank: the show has it.
  return textOrNull(found?.data?.name) ?? (show.original_language === tag ? textOrNull(show.original_name) : null);
}

/** Episodes without a translation come as "Folge 3"; those are left out. */
export function toTitles(
  { show, seasons }: { show: TmdbTranslated; seasons: readonly TmdbSeason[] },
  tag: string,
): TranslatedTitles {
  return {
    show: translatedName(show, tag),
    episodes: seasons.flatMap(({ season_number, episodes }) =>
      episodes.flatMap(({ id, name, episode_number }) => {
        const title = textOrNull(name);
        if (title === null || isPlaceholder(title, episode_number)) return [];
        return [{ season: season_number, number: episode_number, id: cleanId("tmdb", id) ?? null, title }];
      }),
    ),
  };
}

/** A row names neither network, status nor length. */
export function toCandidate(
  row: TmdbSearchRow,
  picture: PictureAddress,
  genres: readonly TmdbGenre[] = [],
): ShowCandidate {
  return {
    source: "tmdb",
    sourceId: String(row.id),
    title: row.name,
    originalTitle: textOrNull(row.original_name) ?? undefined,
    year: yearOf(row.first_air_date) ?? undefined,
    country: countryCode(row.origin_country?.[0] ?? "") ?? undefined,
    ids: cleanIds({ tmdb: row.id }),
    posterUrl: picture(row.poster_path) ?? undefined,
    overview: textOrNull(row.overview) ?? undefined,
    genres: (row.genre_ids ?? []).flatMap((id) => genres.find((genre) => genre.id === id)?.name ?? []),
  };
}

/**
 * The show that an outside id leads to. `own`: the id is the show's. Otherwise it belongs to one of its seasons or
 * episodes, as it happens with TVDB numbers that servers hold for a show. Null when it leads to none or to several.
 */
export function showFound(found: TmdbFind): { tmdbId: string; own: boolean } | null {
  const own = found.tv_results.length > 0;
  const parents = [...(found.tv_season_results ?? []), ...(found.tv_episode_results ?? [])].map(
    ({ show_id }) => show_id,
  );
  const ids = new Set(own ? found.tv_results.map(({ id }) => id) : parents);
  const [only] = ids;
  return only !== undefined && ids.size === 1 ? { tmdbId: String(only), own } : null;
}

/** Something that the show lists did not arrive. */
export function isPartial({ show, seasons }: TmdbWhole): boolean {
  const arrived = new Set(
    seasons.filter(({ episodes }) => episodes.length > 0).map(({ season_number }) => season_number),
  );
  if (arrived.size === 0 && (show.number_of_episodes ?? 0) > 0) return true;
  return show.seasons.some(
    ({ season_number, episode_count }) => (episode_count ?? 0) > 0 && !arrived.has(season_number),
  );
}
