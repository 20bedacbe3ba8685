import { DAY_MS, type Instant } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import { asJson, checked, type HttpAnswer, jsonValue } from "../../kernel/http.ts";
import type { Secret } from "../../kernel/secret.ts";
import { createRecent } from "../recent.ts";
import { createService, type SourceDeps } from "../service.ts";
import {
  type TmdbDiscover,
  type TmdbFind,
  type TmdbGenre,
  type TmdbSearchRow,
  type TmdbSeason,
  type TmdbShow,
  type TmdbTranslated,
  tmdbDiscover,
  tmdbFind,
  tmdbGenres,
  tmdbParts,
  tmdbSearch,
  tmdbSeason,
  tmdbShow,
  tmdbTranslated,
} from "./schemas.ts";

export type TmdbDeps = SourceDeps & { apiUrl: string; imageUrl: string; apiKey: Secret };

type Seasoned = Pick<TmdbShow, "seasons">;

/** A show with its seasons, each exactly once. */
export type TmdbWhole = { show: TmdbShow; seasons: TmdbSeason[] };

export type TmdbClient = {
  find(kind: "tvdb" | "imdb", id: string, signal?: AbortSignal): Promise<TmdbFind>;
  whole(tmdbId: string, signal?: AbortSignal): Promise<TmdbWhole | null>;
  /** The show and its seasons in another language; `de`, `pt-BR`. */
  translated(
    tmdbId: string,
    language: string,
    signal?: AbortSignal,
  ): Promise<{ show: TmdbTranslated; seasons: TmdbSeason[] } | null>;
  search(title: string, year: number | undefined, signal?: AbortSignal): Promise<TmdbSearchRow[]>;
  discover(query: Record<string, string | number | undefined>, signal?: AbortSignal): Promise<TmdbDiscover>;
  /** Asked for once a day. */
  genres(signal?: AbortSignal): Promise<TmdbGenre[]>;
  /** What `genres` said last, without asking. */
  knownGenres(): readonly TmdbGenre[];
  waitingUntil(): Instant | null;
};

const name = "TMDB";
const listBytes = 4_000_000;
/** Twenty seasons of a daily serial, with crew and guest stars in every episode. */
const showBytes = 64_000_000;
/** `append_to_response` takes this many parts. */
const mostParts = 20;
const firstSeasons = Array.from({ length: mostParts - 1 }, (_, season) => `season/${season}`);

/** Rows carry the numbers of their genres only. These have stood for years; the list itself is asked for when somebody browses. */
const usualGenres: readonly TmdbGenre[] = [
  { id: 10_759, name: "Action & Adventure" },
  { id: 16, name: "Animation" },
  { id: 35, name: "Comedy" },
  { id: 80, name: "Crime" },
  { id: 99, name: "Documentary" },
  { id: 18, name: "Drama" },
  { id: 10_751, name: "Family" },
  { id: 10_762, name: "Kids" },
  { id: 9648, name: "Mystery" },
  { id: 10_763, name: "News" },
  { id: 10_764, name: "Reality" },
  { id: 10_765, name: "Sci-Fi & Fantasy" },
  { id: 10_766, name: "Soap" },
  { id: 10_767, name: "Talk" },
  { id: 10_768, name: "War & Politics" },
  { id: 37, name: "Western" },
];

function refused(status: number): AppError {
  return new AppError("auth-expired", `TMDB does not accept the API key (HTTP ${status}).`, {
    status,
    hint: "Check TMDB_API_KEY: it takes the API key (v3) or the API read access token (v4) from your TMDB account's settings.",
  });
}

/** A v4 token is a JWT and goes into a header; a v3 key has 32 hex digits and is understood in the query only. */
function credentials(apiKey: Secret): { headers?: Record<string, string>; query?: Record<string, string> } {
  const key = apiKey.reveal();
  return key.includes(".") ? { headers: { authorization: `Bearer ${key}` } } : { query: { api_key: key } };
}

function readSeasons(answer: HttpAnswer): TmdbSeason[] {
  const parts = checked(name, tmdbParts, jsonValue(name, answer));
  return Object.entries(parts)
    .filter(([part]) => /^season\/\d+$/.test(part))
    .map(([, season]) => checked(name, tmdbSeason, season));
}

function readTranslated(answer: HttpAnswer): { show: TmdbTranslated; seasons: TmdbSeason[] } {
  return { show: asJson(name, tmdbTranslated)(answer), seasons: readSeasons(answer) };
}

function readWhole(answer: HttpAnswer): TmdbWhole {
  return { show: asJson(name, tmdbShow)(answer), seasons: readSeasons(answer) };
}

export function createTmdbClient({ apiUrl, apiKey, http, clock }: TmdbDeps): TmdbClient {
  const service = createService(
    { http, clock },
    {
      name,
      baseUrl: apiUrl,
      ...credentials(apiKey),
      limit: { concurrency: 6, window: { count: 40, perMs: 1_050 } },
      refused,
    },
  );
  const recent = createRecent<TmdbWhole>(clock, { entries: 30, forMs: 300_000 });
  const genreList = createRecent<TmdbGenre[]>(clock, { entries: 1, forMs: DAY_MS });
  let lastGenres: readonly TmdbGenre[] = usualGenres;

  type Asked = { tmdbId: string; language?: string | undefined; signal?: AbortSignal | undefined };

  async function parts<Out>({ tmdbId, language, signal }: Asked, names: string[], read: (answer: HttpAnswer) => Out) {
    const query = { append_to_response: names.join(","), language };
    return service.get({ path: `/tv/${tmdbId}`, query, read, maxBytes: showBytes, signal });
  }

  /** Seasons that the show lists and the first request did not ask for: long-running shows, years as numbers. */
  async function laterSeasons(asked: Asked, { show, seasons }: Pick<TmdbWhole, "seasons"> & { show: Seasoned }) {
    const have = new Set(seasons.map(({ season_number }) => season_number));
    const missing = show.seasons
      .filter(({ season_number }) => !have.has(season_number) && !firstSeasons.includes(`season/${season_number}`))
      .map(({ season_number }) => `season/${season_number}`);
    const later: TmdbSeason[] = [];
    for (let at = 0; at < missing.length; at += mostParts) {
      const more = await parts(asked, missing.slice(at, at + mostParts), readSeasons);
      later.push(...(more ?? []));
    }
    return later;
  }

  return {
    async find(kind, id, signal) {
      const query = { external_source: `${kind}_id` };
      const read = asJson(name, tmdbFind);
      const found = await service.get({ path: `/find/${id}`, query, read, maxBytes: listBytes, signal });
      return found ?? { tv_results: [] };
    },
    async whole(tmdbId, signal) {
      const known = recent.get(tmdbId);
      if (known) return known;
      const asked = { tmdbId, signal };
      const first = await parts(asked, ["external_ids", ...firstSeasons], readWhole);
      if (first === null) return null;
      const seasons = [...first.seasons, ...(await laterSeasons(asked, first))];
      const whole = { show: first.show, seasons };
      recent.set(tmdbId, whole);
      return whole;
    },
    async translated(tmdbId, language, signal) {
      // Alone it would mean Taiwan's writing now and then.
      const asked = { tmdbId, language: language === "zh" ? "zh-CN" : language, signal };
      const first = await parts(asked, ["translations", ...firstSeasons], readTranslated);
      return first && { show: first.show, seasons: [...first.seasons, ...(await laterSeasons(asked, first))] };
    },
    async search(title, year, signal) {
      const query = { query: title, first_air_date_year: year };
      const read = asJson(name, tmdbSearch);
      return (await service.get({ path: "/search/tv", query, read, maxBytes: listBytes, signal }))?.results ?? [];
    },
    async discover(query, signal) {
      const read = asJson(name, tmdbDiscover);
      const found = await service.get({ path: "/discover/tv", query, read, maxBytes: listBytes, signal });
      if (found === null) throw new AppError("bad-answer", "TMDB does not know its own list of shows.");
      return found;
    },
    async genres(signal) {
      const known = genreList.get("tv");
      if (known) return known;
      const read = asJson(name, tmdbGenres);
      const found = await service.get({ path: "/genre/tv/list", read, maxBytes: listBytes, signal });
      if (found === null) throw new AppError("bad-answer", "TMDB does not know its own list of genres.");
      genreList.set("tv", found.genres);
      lastGenres = found.genres;
      return found.genres;
    },
    knownGenres: () => lastGenres,
    waitingUntil: service.waitingUntil,
  };
}
