import { cleanIds } from "../../domain/external-ids.ts";
import { fromIso } from "../../domain/instant.ts";
import { countryCode } from "../../domain/title.ts";
import type { PictureAddress } from "../artwork.ts";
import type { Catalogue, CatalogueEpisode, CatalogueShow, ShowStatus } from "../contract.ts";
import { airedOnDay, dateOrNull, minutesOrNull, textOrNull, yearOf } from "../words.ts";
import { countriesOf } from "./languages.ts";
import type { TvmazeEpisode, TvmazeShow, TvmazeWhole } from "./schemas.ts";

const statuses: Record<string, ShowStatus> = {
  Running: "running",
  // Between two seasons: nobody has said that it is over.
  "To Be Determined": "running",
  "In Development": "upcoming",
  Ended: "ended",
};

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", hellip: "…" };

function entity(whole: string, name: string): string {
  if (!name.startsWith("#")) return entities[name] ?? whole;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
}

/** Summaries are fragments of HTML; we keep their words. */
export function plainText(html: string | null | undefined): string | null {
  const spaced = (html ?? "").replace(/<(?:br|\/p|\/li)\b[^>]*>/gi, " ").replace(/<\/?[a-z][^>]*>/gi, "");
  return textOrNull(spaced.replace(/&(#x?[\da-f]+|[a-z]+);/gi, entity).replace(/\s+/g, " "));
}

export function toShow(show: TvmazeShow, picture: PictureAddress): CatalogueShow {
  const broadcaster = show.network ?? show.webChannel;
  return {
    sourceId: String(show.id),
    title: show.name,
    originalTitle: null,
    year: yearOf(show.premiered),
    ids: cleanIds({ tvmaze: show.id, tvdb: show.externals?.thetvdb, imdb: show.externals?.imdb }),
    overview: plainText(show.summary),
    status: statuses[show.status ?? ""] ?? null,
    network: textOrNull(broadcaster?.name),
    country: countryCode(broadcaster?.country?.code ?? "") ?? null,
    genres: show.genres ?? [],
    runtimeMin: minutesOrNull(show.averageRuntime) ?? minutesOrNull(show.runtime),
    posterUrl: picture(show.image?.medium) ?? picture(show.image?.original),
  };
}

export function toCatalogue(show: TvmazeWhole, picture: PictureAddress): Catalogue {
  const episodes = show._embedded.map(toEpisode);
  const numbers = [...new Set(episodes.map(({ season }) => season))].sort((a, b) => a - b);
  return {
    show: toShow(show, picture),
    // Its seasons have names only now and then, and those would cost a request of their own.
    seasons: numbers.map((number) => ({ number, title: null })),
    episodes,
  };
}

/** What the show is called in the countries of a language, the nearest country first. */
export function titleIn({ akas }: Pick<TvmazeWhole, "akas">, language: string): string | null {
  const named = countriesOf(language).flatMap((code) => akas.filter(({ country }) => country?.code === code));
  return named.map(({ name }) => textOrNull(name)).find((name) => name !== null) ?? null;
}

/** There is no season 0: specials stand without a number in the season they belong to. */
function isSpecial({ number, type }: TvmazeEpisode): boolean {
  return number == null || (type?.endsWith("_special") ?? false);
}

function toEpisode(episode: TvmazeEpisode): CatalogueEpisode {
  const special = isSpecial(episode);
  return {
    season: special ? 0 : episode.season,
    number: special ? null : (episode.number ?? null),
    numberAbs: null,
    title: textOrNull(episode.name),
    ...broadcastOf(episode),
    runtimeMin: minutesOrNull(episode.runtime),
    ids: cleanIds({ tvmaze: episode.id }),
    plexGuid: null,
  };
}

/** Without a time of day the stamp is noon, invented to have one. */
function broadcastOf({ airdate, airtime, airstamp }: TvmazeEpisode) {
  const at = textOrNull(airtime) === null ? null : fromIso(airstamp ?? "");
  return at === null ? airedOnDay(airdate) : { airedAt: at, airedExact: true, airedOn: dateOrNull(airdate) };
}

/** The show links to an episode while the list that came with it holds none. */
export function isPartial({ _embedded, _links }: TvmazeWhole): boolean {
  return _embedded.length === 0 && (_links?.previousepisode != null || _links?.nextepisode != null);
}
