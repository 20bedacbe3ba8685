import { type BrowseCriteria, isWithin } from "../domain/browse.ts";
import type { ExternalIds } from "../domain/external-ids.ts";
import { dateToInstant } from "../domain/instant.ts";
import type { CatalogueEpisode, CatalogueShow, MetadataSourceId, ShowCandidate } from "./contract.ts";

/** Text with something in it, or null. */
export function textOrNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}

/** A duration in whole minutes; 0 and nonsense mean that nobody knows. */
export function minutesOrNull(minutes: number | null | undefined): number | null {
  return minutes != null && Number.isFinite(minutes) && minutes >= 0.5 ? Math.round(minutes) : null;
}

/** The date itself when it is one. */
export function dateOrNull(date: string | null | undefined): string | null {
  const text = date?.trim() ?? "";
  return dateToInstant(text) === null ? null : text;
}

export function yearOf(date: string | null | undefined): number | null {
  const known = dateOrNull(date);
  return known === null ? null : Number(known.slice(0, 4));
}

type Broadcast = Pick<CatalogueEpisode, "airedAt" | "airedExact" | "airedOn">;

/** For an episode of which only the day is known. */
export function airedOnDay(date: string | null | undefined): Broadcast {
  const airedOn = dateOrNull(date);
  return { airedAt: airedOn === null ? null : dateToInstant(airedOn), airedExact: false, airedOn };
}

export function candidateOf(source: MetadataSourceId, show: CatalogueShow): ShowCandidate {
  return {
    source,
    sourceId: show.sourceId,
    title: show.title,
    originalTitle: show.originalTitle ?? undefined,
    year: show.year ?? undefined,
    country: show.country ?? undefined,
    ids: show.ids,
    posterUrl: show.posterUrl ?? undefined,
    overview: show.overview ?? undefined,
    status: show.status ?? undefined,
    network: show.network ?? undefined,
    genres: show.genres,
    runtimeMin: show.runtimeMin ?? undefined,
  };
}

/** "Science Fiction" → "science-fiction". */
export function genreSlug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}

/** Whether a show is what was asked for, as far as the show itself says so. Day and country are not among its facts. */
export function fits(show: CatalogueShow, { genre, network, status, runtime, year }: BrowseCriteria): boolean {
  return (
    (genre === undefined || show.genres.some((name) => genreSlug(name) === genre)) &&
    (network === undefined || (show.network?.toLowerCase().includes(network.toLowerCase()) ?? false)) &&
    (status === undefined || show.status === status) &&
    (runtime === undefined || isWithin(show.runtimeMin, runtime)) &&
    (year === undefined || isWithin(show.year, year))
  );
}

/** Whether a list holds a show of about that year; without a year every list does. */
export function hasYear(found: readonly { year: number | null }[], year: number | null): boolean {
  return year === null || found.some((show) => show.year !== null && Math.abs(show.year - year) <= 1);
}

/** The only show that carries the id; two are as good as none, because nothing tells which one is meant. */
export function onlyOne<Show extends { ids: ExternalIds }>(
  shows: readonly Show[],
  kind: keyof ExternalIds,
  id: string,
): Show | null {
  const carriers = shows.filter((show) => show.ids[kind] === id);
  return carriers.length === 1 ? (carriers[0] ?? null) : null;
}
