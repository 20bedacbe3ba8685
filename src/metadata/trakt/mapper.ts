import { cleanId, cleanIds, type ExternalIds } from "../../domain/external-ids.ts";
import { fromIso, type Instant, toDate } from "../../domain/instant.ts";
import { countryCode } from "../../domain/title.ts";
import { partsOfTag } from "../../domain/title-language.ts";
import type { PictureAddress } from "../artwork.ts";
import type { Catalogue, CatalogueEpisode, CatalogueShow, ShowStatus } from "../contract.ts";
import { airedOnDay, dateOrNull, minutesOrNull, textOrNull } from "../words.ts";
import type { TraktEpisode, TraktSeason, TraktShow, TraktTranslation } from "./schemas.ts";

const statuses: Record<string, ShowStatus> = {
  "returning series": "running",
  continuing: "running",
  "in production": "upcoming",
  planned: "upcoming",
  upcoming: "upcoming",
  pilot: "upcoming",
  canceled: "ended",
  ended: "ended",
};

function statusOf(show: TraktShow): ShowStatus | null {
  const status = statuses[show.status?.toLowerCase() ?? ""] ?? null;
  // "in production" is also said of the next season of a show that has long begun.
  return status === "upcoming" && (show.aired_episodes ?? 0) > 0 ? "running" : status;
}

/** "science-fiction" → "Science Fiction". */
function genreName(slug: string): string {
  return slug.replace(/(^|-)(\p{L})/gu, (_, dash: string, letter: string) => (dash && " ") + letter.toUpperCase());
}

/** Null without a usable Trakt number. */
export function toShow(show: TraktShow, picture: PictureAddress): CatalogueShow | null {
  const sourceId = cleanId("trakt", show.ids.trakt);
  if (sourceId === undefined) return null;
  return {
    sourceId,
    title: show.title,
    originalTitle: textOrNull(show.original_title),
    year: show.year ?? null,
    ids: idsOf(show.ids),
    overview: textOrNull(show.overview),
    status: statusOf(show),
    network: textOrNull(show.network),
    country: countryCode(show.country ?? "") ?? null,
    genres: (show.genres ?? []).map(genreName),
    runtimeMin: minutesOrNull(show.runtime),
    posterUrl: show.images?.poster?.map(picture).find((url) => url !== null) ?? null,
  };
}

export function toCatalogue(show: CatalogueShow, seasons: readonly TraktSeason[], timeZone: string | null): Catalogue {
  const dayOf = calendarIn(timeZone);
  const ordered = [...seasons].sort((a, b) => a.number - b.number);
  return {
    show,
    seasons: ordered.map(({ number, title }) => ({ number, title: textOrNull(title) })),
    episodes: ordered.flatMap(({ number, episodes }) => (episodes ?? []).map((each) => toEpisode(number, each, dayOf))),
  };
}

/** The country that a language without one means, where several write it differently. */
const HOMES: Record<string, string> = { pt: "pt", es: "es", zh: "cn" };

/** The title in a language; a tag with a country takes no other country's. */
export function titleIn(rows: readonly TraktTranslation[], tag: string): string | null {
  const { language, country } = partsOfTag(tag);
  const named = rows.filter((row) => row.language?.toLowerCase() === language && textOrNull(row.title) !== null);
  const ofCountry = (code: string | undefined) => named.find((row) => row.country?.toLowerCase() === code);
  if (country !== null) return textOrNull(ofCountry(country.toLowerCase())?.title);
  return textOrNull((ofCountry(HOMES[language] ?? language) ?? named[0])?.title);
}

function toEpisode(season: number, episode: TraktEpisode, dayOf: (at: Instant) => string): CatalogueEpisode {
  const guid = episode.ids.plex?.guid ?? "";
  return {
    season,
    number: episode.number,
    numberAbs: episode.number_abs ?? null,
    title: textOrNull(episode.title),
    ...broadcastOf(episode, dayOf),
    runtimeMin: minutesOrNull(episode.runtime),
    ids: idsOf(episode.ids),
    plexGuid: /^[0-9a-f]{24}$/.test(guid) ? guid : null,
  };
}

/** `first_aired` is the moment in UTC, `released` the day at the place of the broadcast; either may be missing. */
function broadcastOf(episode: TraktEpisode, dayOf: (at: Instant) => string) {
  const at = fromIso(episode.first_aired ?? "");
  if (at === null) return airedOnDay(episode.released);
  return { airedAt: at, airedExact: true, airedOn: dateOrNull(episode.released) ?? dayOf(at) };
}

function calendarIn(timeZone: string | null): (at: Instant) => string {
  if (timeZone === null || !isTimeZone(timeZone)) return toDate;
  // The Swedish form of a date is the ISO one.
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (at) => format.format(at);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function idsOf({ trakt, tmdb, tvdb, imdb }: TraktShow["ids"]): ExternalIds {
  return cleanIds({ trakt, tmdb, tvdb, imdb });
}
