import type { BrowseCriteria, BrowseFilter, BrowseSort } from "../domain/browse.ts";
import type { ExternalIds } from "../domain/external-ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { MatchCandidate } from "../domain/matching.ts";

export type MetadataSourceId = "trakt" | "tmdb" | "tvmaze";

export type ShowStatus = "running" | "ended" | "upcoming";

/** A show as a metadata source describes it. */
export type CatalogueShow = {
  sourceId: string;
  title: string;
  originalTitle: string | null;
  year: number | null;
  ids: ExternalIds;
  overview: string | null;
  status: ShowStatus | null;
  network: string | null;
  country: string | null;
  genres: string[];
  runtimeMin: number | null;
  /** Absolute https address of a poster, to be fetched by us and never linked. */
  posterUrl: string | null;
};

/** A show in a list of answers, with what the list itself tells of it. */
export type ShowCandidate = MatchCandidate & {
  overview?: string | undefined;
  status?: ShowStatus | undefined;
  network?: string | undefined;
  genres?: readonly string[] | undefined;
  runtimeMin?: number | undefined;
};

export type CatalogueEpisode = {
  season: number;
  /** Null for specials of sources that do not number them. */
  number: number | null;
  numberAbs: number | null;
  title: string | null;
  airedAt: Instant | null;
  /** True when `airedAt` is the moment of broadcast, false when only the date is known (midnight UTC of that date). */
  airedExact: boolean;
  /** Local date of broadcast `YYYY-MM-DD`. */
  airedOn: string | null;
  runtimeMin: number | null;
  ids: ExternalIds;
  /** Global Plex id (hex), where the source knows it. */
  plexGuid: string | null;
};

export type CatalogueSeason = { number: number; title: string | null };

/** Everything about one show. */
export type Catalogue = { show: CatalogueShow; seasons: CatalogueSeason[]; episodes: CatalogueEpisode[] };

/** What a show and its episodes are called in one language, as far as the source knows. */
export type TranslatedTitles = {
  show: string | null;
  /** Without placeholders such as "Episode 3". `id` is the source's own for the episode. */
  episodes: { season: number; number: number; id: string | null; title: string }[];
};

/** One value that a filter takes, and what people call it. */
export type Choice = { value: string; label: string };

/** Listing shows without a title to search for. */
export type Browse = {
  /** What can be listed here, one sentence for people. */
  scope: string;
  /** What it can narrow a list by; nobody asks for more. */
  filters: readonly BrowseFilter[];
  /** Those without which there is no list. */
  needs: readonly BrowseFilter[];
  sorts: readonly BrowseSort[];
  /** `free`: any other name may be typed. */
  networks: { known: readonly Choice[]; free: boolean };
  genres(signal?: AbortSignal): Promise<readonly Choice[]>;
  /** Pages count from 1. */
  find(
    criteria: BrowseCriteria,
    page: number,
    signal?: AbortSignal,
  ): Promise<{ items: ShowCandidate[]; nextPage: number | null }>;
};

/**
 * A service that knows television. Failures are AppErrors (`unreachable`, `rate-limited`, `auth-expired` for a key that is
 * not accepted, `bad-answer`); "there is none" is null or an empty list, and never a reason to remove anything.
 */
export type MetadataSource = {
  id: MetadataSourceId;
  label: string;
  /** The credit line that the source's terms ask for. */
  attribution: { text: string; url: string };
  /** Id kinds that `find` understands, in the order of trust. */
  idKinds: readonly (keyof ExternalIds)[];
  /** The show that carries this very id, checked; null when there is none. One or two requests, whole show where that costs no more. */
  find(kind: keyof ExternalIds, value: string, signal?: AbortSignal): Promise<CatalogueShow | null>;
  /** Text search, best first. */
  search(title: string, year: number | null, signal?: AbortSignal): Promise<ShowCandidate[]>;
  /** The show behind the name in an address of the source's own site; absent where addresses carry the number. */
  findByName?(slug: string, signal?: AbortSignal): Promise<CatalogueShow | null>;
  /** Absent: it answers questions about shows, but cannot list them. */
  browse?: Browse;
  /** One show with all seasons and episodes, specials included. Null when the source no longer knows the id. */
  catalogue(sourceId: string, signal?: AbortSignal): Promise<Catalogue | null>;
  /** Titles in another language (a tag such as `de` or `pt-BR`). Null when the source no longer knows the id. */
  titles?(sourceId: string, language: string, signal?: AbortSignal): Promise<TranslatedTitles | null>;
  /** Whether its `titles` bring those of episodes too. */
  translatesEpisodes?: boolean;
  /** Fetches an image that `posterUrl` named. Refuses other hosts. */
  artwork(url: string, signal?: AbortSignal): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string }>;
  /** One cheap call that tells whether address and key work. */
  probe(signal?: AbortSignal): Promise<void>;
  /** Until when its limits make us wait, or null. */
  waitingUntil(): Instant | null;
};
