import { DAY_MS, fromIso, type Instant } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import { asJson } from "../../kernel/http.ts";
import type { Secret } from "../../kernel/secret.ts";
import { createRecent } from "../recent.ts";
import { createService, type SourceDeps } from "../service.ts";
import {
  type TraktGenre,
  type TraktSearch,
  type TraktSeason,
  type TraktShow,
  type TraktTranslation,
  traktGenres,
  traktList,
  traktRateLimit,
  traktSearch,
  traktSeasons,
  traktShow,
  traktTranslations,
} from "./schemas.ts";

export type TraktDeps = SourceDeps & { apiUrl: string; clientId: Secret };
export type TraktIdKind = "trakt" | "tmdb" | "tvdb" | "imdb";

type ListQuery = Record<string, string | number | undefined> & { page: number };

export type TraktPage = { shows: TraktShow[]; pages: number };

export type TraktClient = {
  lookup(kind: TraktIdKind, id: string, signal?: AbortSignal): Promise<TraktSearch>;
  searchExact(title: string, signal?: AbortSignal): Promise<TraktSearch>;
  /** `years` is one year or a range, as in `2018-2020`. */
  search(title: string, years: string | undefined, signal?: AbortSignal): Promise<TraktSearch>;
  /** By Trakt number, or by the name in the address of its page. */
  show(traktId: string, signal?: AbortSignal): Promise<TraktShow | null>;
  list(order: "popular" | "trending", query: ListQuery, signal?: AbortSignal): Promise<TraktPage>;
  /** Asked for once a day. */
  genres(signal?: AbortSignal): Promise<TraktGenre[]>;
  seasons(traktId: string, signal?: AbortSignal): Promise<TraktSeason[] | null>;
  /** What the show is called in a language of two letters, once for each country that has its own. */
  translations(traktId: string, language: string, signal?: AbortSignal): Promise<TraktTranslation[] | null>;
  waitingUntil(): Instant | null;
};

const name = "Trakt";
const listBytes = 8_000_000;
/** A daily serial has some 15,000 episodes of about 0.9 kB. */
const seasonsBytes = 40_000_000;

/** Their search reads these as operators (guide "search"); a title means them literally. */
export function escapeQuery(title: string): string {
  return title.replace(/&&|\|\||[+\-!(){}[\]^"~*?:/\\]/g, "\\$&");
}

function refused(status: number): AppError {
  return new AppError("auth-expired", `Trakt does not accept the client id (HTTP ${status}).`, {
    status,
    hint: "Check TRAKT_CLIENT_ID: Trakt accepts client ids of VIP members only since July 2026. Without it the other sources go on.",
  });
}

/** `X-Ratelimit` comes on some answers only; where it does, it knows better than our own count. */
function renewedAt(headers: Headers): Instant | null {
  const header = headers.get("x-ratelimit");
  if (header === null || !header.startsWith("{") || !header.endsWith("}")) return null;
  const limit = traktRateLimit.safeParse(parsed(header));
  return limit.success && limit.data.remaining <= 0 ? fromIso(limit.data.until) : null;
}

/** The number sent is only a wish; the headers say how many pages there really are. */
function pageCount(headers: Headers): number {
  const count = Number(headers.get("x-pagination-page-count") ?? "1");
  return Number.isInteger(count) && count > 0 ? count : 1;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // A header that cannot be read says nothing about the answer it came with.
    return null;
  }
}

export function createTraktClient({ apiUrl, clientId, ...deps }: TraktDeps): TraktClient {
  const service = createService(deps, {
    name,
    baseUrl: apiUrl,
    headers: { "trakt-api-key": clientId, "trakt-api-version": "2", "content-type": "application/json" },
    // 500 per 300 s are allowed, for all programs of the house together. A first enrichment uses them up at once; whoever
    // searches meanwhile is told to wait and asked of the next source instead.
    limit: { concurrency: 4, window: { count: 470, perMs: 302_000 } },
    refused,
    renewedAt,
  });
  const shows = createRecent<TraktShow>(deps.clock, { entries: 500, forMs: 900_000 });

  const genreList = createRecent<TraktGenre[]>(deps.clock, { entries: 1, forMs: DAY_MS });

  const remember = (show: TraktShow): void => shows.set(String(show.ids.trakt), show);

  async function list(path: string, query: Record<string, string | number | undefined>, signal?: AbortSignal) {
    const rows = await service.get({ path, query, read: asJson(name, traktSearch), maxBytes: listBytes, signal });
    for (const { show } of rows ?? []) if (show) remember(show);
    return rows ?? [];
  }

  return {
    lookup: (kind, id, signal) => list(`/search/${kind}/${id}`, { type: "show", extended: "full" }, signal),
    searchExact: (title, signal) =>
      list("/search/show/exact", { query: escapeQuery(title), extended: "full", limit: 20 }, signal),
    search: (title, years, signal) =>
      list("/search/show", { query: escapeQuery(title), years, extended: "full", limit: 20 }, signal),
    async show(traktId, signal) {
      const known = shows.get(traktId);
      if (known) return known;
      const read = asJson(name, traktShow);
      const query = { extended: "full" };
      const show = await service.get({ path: `/shows/${traktId}`, query, read, maxBytes: listBytes, signal });
      if (show) remember(show);
      return show;
    },
    async list(order, query, signal) {
      const page = await service.get({
        path: `/shows/${order}`,
        query: { ...query, extended: "full" },
        read: (answer) => ({ shows: asJson(name, traktList)(answer), pages: pageCount(answer.headers) }),
        maxBytes: listBytes,
        signal,
      });
      if (page === null) throw new AppError("bad-answer", `Trakt does not know its own list of ${order} shows.`);
      for (const show of page.shows) remember(show);
      return page;
    },
    async genres(signal) {
      const known = genreList.get("shows");
      if (known) return known;
      const read = asJson(name, traktGenres);
      const found = await service.get({ path: "/genres/shows", read, maxBytes: listBytes, signal });
      if (found === null) throw new AppError("bad-answer", "Trakt does not know its own list of genres.");
      genreList.set("shows", found);
      return found;
    },
    seasons: (traktId, signal) =>
      service.get({
        path: `/shows/${traktId}/seasons`,
        query: { extended: "full,episodes" },
        read: asJson(name, traktSeasons),
        maxBytes: seasonsBytes,
        signal,
      }),
    translations: (traktId, language, signal) =>
      service.get({
        path: `/shows/${traktId}/translations/${language}`,
        read: asJson(name, traktTranslations),
        maxBytes: listBytes,
        signal,
      }),
    waitingUntil: service.waitingUntil,
  };
}
