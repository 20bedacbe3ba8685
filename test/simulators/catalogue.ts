import { hexOf } from "./random.ts";

/** The truth about shows that all simulated services share; each service tells it in its own way. */

export type ExternalIds = { tmdb?: number; tvdb?: number; imdb?: string; trakt?: number; tvmaze?: number };

export type ServiceWithNumbers = "trakt" | "tmdb" | "tvmaze";

export type CatalogueEpisode = {
  show: CatalogueShow;
  season: number;
  number: number;
  absolute: number | null;
  title: string;
  overview: string;
  /** Calendar day at the place of the broadcast, or null when unannounced. */
  airedOn: string | null;
  /** The instant of the broadcast, ISO with Z. */
  airstamp: string | null;
  runtimeMin: number | null;
  ids: ExternalIds;
  /** 24 hex digits of plex://episode/… */
  plexHex: string;
};

export type CatalogueSeason = {
  number: number;
  title: string;
  ids: { trakt: number; tmdb: number; tvdb: number; tvmaze: number };
  plexHex: string;
  episodes: CatalogueEpisode[];
};

export type ShowStatus = "running" | "ended" | "canceled" | "in production";

/** By language ("de", "pt-BR"); episodes by their number in Plex's order, "S1E3". */
export type Translations = Record<string, { title?: string; episodes?: Record<string, string> }>;

export type CatalogueShow = {
  id: number;
  title: string;
  year: number | null;
  slug: string;
  ids: ExternalIds;
  plexHex: string;
  status: ShowStatus;
  network: string;
  country: string;
  language: string;
  genres: string[];
  runtimeMin: number;
  overview: string;
  airs: { day: string; time: string; timezone: string; utcOffsetMinutes: number };
  seasons: CatalogueSeason[];
  /** Where a service numbers differently from Plex: "S1E3" → [season, number]; null = that service lacks the episode. */
  numbering: Partial<Record<ServiceWithNumbers, Record<string, [number, number] | null>>>;
  /** False: the services do not know the show at all (home videos, a wrong title on the server). */
  known: boolean;
  aliases: string[];
  translations: Translations;
  /** Hue of the drawn poster, degrees. */
  hue: number;
};

export type EpisodeInput = {
  number?: number;
  title?: string;
  overview?: string;
  airedOn?: string | null;
  runtimeMin?: number | null;
  ids?: ExternalIds;
};

export type SeasonInput = {
  number: number;
  title?: string;
  episodes: number | EpisodeInput[];
  /** Day of the first episode; the others follow every `everyDays` (7). */
  firstAired?: string;
  everyDays?: number;
};

export type ShowInput = {
  title: string;
  year?: number | null;
  /** Only the ids given are known to anybody; "invented" (the default) makes one of each kind. */
  ids?: ExternalIds | "invented";
  status?: ShowStatus;
  network?: string;
  country?: string;
  language?: string;
  genres?: string[];
  runtimeMin?: number;
  overview?: string;
  airs?: { day: string; time: string; timezone: string; utcOffsetMinutes: number };
  /** A number is a regular season with so many episodes; season numbers then count from 1. */
  seasons?: (number | SeasonInput)[];
  /** Number of specials in season 0. */
  specials?: number;
  firstAired?: string;
  numbering?: CatalogueShow["numbering"];
  known?: boolean;
  aliases?: string[];
  translations?: Translations;
  hue?: number;
};

const dayMs = 86_400_000;

export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + days * dayMs);
}

export function slugOf(title: string): string {
  const slug = title
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80);
  return slug === "" ? `show-${hexOf(title, 6)}` : slug;
}

export function episodeCode(episode: { season: number; number: number }): string {
  return `S${episode.season}E${episode.number}`;
}

/** The numbers one service gives to an episode; null when the service lacks it. */
export function numbersAt(
  episode: CatalogueEpisode,
  service: ServiceWithNumbers,
): { season: number; number: number } | null {
  const table = episode.show.numbering[service];
  const other = table === undefined ? undefined : table[episodeCode(episode)];
  if (other === null) return null;
  if (other === undefined) return { season: episode.season, number: episode.number };
  return { season: other[0], number: other[1] };
}

export type Catalogue = {
  shows: CatalogueShow[];
  addShow(input: ShowInput): CatalogueShow;
  addSeason(show: CatalogueShow, input: SeasonInput): CatalogueSeason;
  addEpisode(show: CatalogueShow, season: number, input?: EpisodeInput): CatalogueEpisode;
};

export function allEpisodes(show: CatalogueShow): CatalogueEpisode[] {
  return show.seasons.flatMap((season) => season.episodes);
}

export function findEpisode(show: CatalogueShow, season: number, number: number): CatalogueEpisode {
  const found = show.seasons
    .find((candidate) => candidate.number === season)
    ?.episodes.find((candidate) => candidate.number === number);
  if (found === undefined) throw new Error(`${show.title} has no S${season}E${number}`);
  return found;
}

export function createCatalogue(): Catalogue {
  const shows: CatalogueShow[] = [];
  const slugs = new Set<string>();
  let nextEpisode = 1;
  let nextSeason = 1;

  const uniqueSlug = (title: string, year: number | null): string => {
    const plain = slugOf(title);
    const slug = slugs.has(plain) ? `${plain}-${year ?? shows.length + 1}` : plain;
    slugs.add(slug);
    return slug;
  };

  const newEpisode = (show: CatalogueShow, season: number, number: number, input: EpisodeInput): CatalogueEpisode => {
    const serial = nextEpisode++;
    const airedOn = input.airedOn === undefined ? null : input.airedOn;
    const regularBefore = show.seasons
      .filter((candidate) => candidate.number > 0 && candidate.number < season)
      .reduce((sum, candidate) => sum + candidate.episodes.length, 0);
    return {
      show,
      season,
      number,
      absolute: season === 0 ? null : regularBefore + number,
      title: input.title ?? (season === 0 ? `Special ${number}` : `Episode ${number}`),
      overview: input.overview ?? `What happens in part ${number} of ${show.title}.`,
      airedOn,
      airstamp:
        airedOn === null
          ? null
          : new Date(
              Date.parse(`${airedOn}T${show.airs.time}:00Z`) - show.airs.utcOffsetMinutes * 60_000,
            ).toISOString(),
      runtimeMin: input.runtimeMin === undefined ? show.runtimeMin : input.runtimeMin,
      ids: input.ids ?? {
        tmdb: 5_000_000 + serial,
        tvdb: 9_000_000 + serial,
        imdb: `tt8${String(serial).padStart(7, "0")}`,
        trakt: 73_000_000 + serial,
        tvmaze: 2_900_000 + serial,
      },
      plexHex: hexOf(`episode ${show.plexHex} ${season} ${number}`, 24),
    };
  };

  const addSeason = (show: CatalogueShow, input: SeasonInput): CatalogueSeason => {
    const serial = nextSeason++;
    const season: CatalogueSeason = {
      number: input.number,
      title: input.title ?? (input.number === 0 ? "Specials" : `Season ${input.number}`),
      ids: { trakt: 300_000 + serial, tmdb: 400_000 + serial, tvdb: 1_900_000 + serial, tvmaze: 190_000 + serial },
      plexHex: hexOf(`season ${show.plexHex} ${input.number}`, 24),
      episodes: [],
    };
    const inputs: EpisodeInput[] =
      typeof input.episodes === "number" ? Array.from({ length: input.episodes }, () => ({})) : input.episodes;
    show.seasons.push(season);
    show.seasons.sort((a, b) => a.number - b.number);
    for (const [position, episode] of inputs.entries()) {
      const airedOn =
        episode.airedOn !== undefined
          ? episode.airedOn
          : input.firstAired === undefined
            ? null
            : addDays(input.firstAired, position * (input.everyDays ?? 7));
      season.episodes.push(newEpisode(show, input.number, episode.number ?? position + 1, { ...episode, airedOn }));
    }
    return season;
  };

  return {
    shows,
    addSeason,
    addShow(input) {
      const id = shows.length + 1;
      const year = input.year === undefined ? 2015 : input.year;
      const firstAired = input.firstAired ?? `${year ?? 2015}-03-01`;
      const show: CatalogueShow = {
        id,
        title: input.title,
        year,
        slug: uniqueSlug(input.title, year),
        ids:
          input.ids === undefined || input.ids === "invented"
            ? {
                tmdb: 900_000 + id,
                tvdb: 470_000 + id,
                imdb: `tt9${String(id).padStart(6, "0")}`,
                trakt: 500_000 + id,
                tvmaze: 80_000 + id,
              }
            : input.ids,
        plexHex: hexOf(`show ${id} ${input.title} ${year}`, 24),
        status: input.status ?? "ended",
        network: input.network ?? "ABC",
        country: input.country ?? "us",
        language: input.language ?? "en",
        genres: input.genres ?? ["drama"],
        runtimeMin: input.runtimeMin ?? 45,
        overview: input.overview ?? `A series named ${input.title}.`,
        airs: input.airs ?? { day: "Friday", time: "21:00", timezone: "America/New_York", utcOffsetMinutes: -300 },
        seasons: [],
        numbering: input.numbering ?? {},
        known: input.known ?? true,
        aliases: input.aliases ?? [],
        translations: input.translations ?? {},
        hue: input.hue ?? (id * 47) % 360,
      };
      shows.push(show);
      if (input.specials !== undefined && input.specials > 0) {
        addSeason(show, { number: 0, episodes: input.specials, firstAired: addDays(firstAired, 30), everyDays: 200 });
      }
      for (const [position, season] of (input.seasons ?? []).entries()) {
        addSeason(
          show,
          typeof season === "number"
            ? { number: position + 1, episodes: season, firstAired: addDays(firstAired, position * 365) }
            : season,
        );
      }
      return show;
    },
    addEpisode(show, seasonNumber, input = {}) {
      const season =
        show.seasons.find((candidate) => candidate.number === seasonNumber) ??
        addSeason(show, { number: seasonNumber, episodes: [] });
      const number = input.number ?? Math.max(0, ...season.episodes.map((episode) => episode.number)) + 1;
      const episode = newEpisode(show, seasonNumber, number, input);
      season.episodes.push(episode);
      return episode;
    },
  };
}
