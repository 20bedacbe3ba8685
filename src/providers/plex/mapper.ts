import { type CollectedGuids, identityOf } from "../../domain/guid.ts";
import { dateToInstant, type Instant } from "../../domain/instant.ts";
import type { EpisodeItem, HistoryItem, Library, ShowItem } from "../contract.ts";
import { readGuids } from "./guids.ts";
import type { HistoryRow, RatedRow, Row, ShowRow } from "./rows.ts";

// From the wire to what the core knows. Null = nothing to track: seasons, films, extras, live TV, rows without an id.

export function toShow(row: ShowRow, libraryKey: string): ShowItem | null {
  if (row.ratingKey === undefined || row.type !== "show" || isExtra(row)) return null;
  const found = readGuids(row.guid, row.guids);
  if (found.live) return null;
  return {
    itemId: row.ratingKey,
    identity: identityOf(row.guid, row.ratingKey),
    libraryKey: row.librarySectionID ?? libraryKey,
    title: words(row.title) ?? words(row.originalTitle) ?? "Untitled show",
    originalTitle: words(row.originalTitle),
    year: positive(row.year),
    ids: found.ids,
    guid: found.plexGuid?.startsWith("plex://show/") ? found.plexGuid : null,
    overview: words(row.summary),
    network: words(row.studio),
    genres: row.genres,
    runtimeMin: row.duration === undefined ? null : positive(Math.round(row.duration / 60_000)),
    firstAired: calendarDay(row.originallyAvailableAt),
    posterPath: row.thumb?.startsWith("/") ? row.thumb : null,
  };
}

export function toEpisode(row: Row, libraryKey: string): EpisodeItem | null {
  if (row.ratingKey === undefined || row.type !== "episode" || isExtra(row)) return null;
  const found = readGuids(row.guid, row.guids);
  if (found.live) return null;
  return {
    itemId: row.ratingKey,
    libraryKey: row.librarySectionID ?? libraryKey,
    showItemId: row.grandparentRatingKey ?? idInPath(row.grandparentKey),
    showTitle: words(row.grandparentTitle),
    season: natural(row.parentIndex) ?? found.season ?? null,
    number: natural(row.index) ?? found.episode ?? null,
    title: words(row.title),
    airedOn: calendarDay(row.originallyAvailableAt) ?? found.airDate ?? null,
    durationMs: positive(row.duration),
    ids: found.ids,
    guid: episodeHex(found),
    viewCount: natural(row.viewCount) ?? 0,
    viewOffsetMs: natural(row.viewOffset) ?? 0,
    lastViewedAt: instant(row.lastViewedAt),
  };
}

/** Half a star is 1. Plex takes nought, and what is below it, for no rating at all. */
export function toRating({ userRating, lastRatedAt }: RatedRow): { rating: number; at: Instant | null } | null {
  if (userRating === undefined || userRating <= 0) return null;
  return { rating: Math.min(10, Math.max(1, Math.round(userRating))), at: instant(lastRatedAt) };
}

export function toHistory(row: HistoryRow): HistoryItem | null {
  const key = historyKey(row);
  if (key === undefined || row.type !== "episode" || row.key?.startsWith("/livetv")) return null;
  return {
    key,
    at: instant(row.viewedAt),
    itemId: row.ratingKey ?? idInPath(row.key),
    showItemId: idInPath(row.grandparentKey),
    libraryKey: row.librarySectionID ?? null,
    showTitle: words(row.grandparentTitle),
    title: words(row.title),
    season: natural(row.parentIndex),
    number: natural(row.index),
    airedOn: calendarDay(row.originallyAvailableAt),
  };
}

export function toLibrary(section: { key: string; type?: string | undefined; title?: string | undefined }): Library {
  return {
    key: section.key,
    title: section.title ?? `Library ${section.key}`,
    type: section.type === "show" ? "show" : "other",
  };
}

/** `/status/sessions/history/9001` → `9001`, which the row keeps when its item is deleted. Without it, item and second. */
export function historyKey(row: HistoryRow): string | undefined {
  const id = /([^/]+)\/?$/.exec(row.historyKey ?? "")?.[1];
  if (id !== undefined || row.ratingKey === undefined || row.viewedAt === undefined) return id;
  return `${row.ratingKey}@${row.viewedAt}`;
}

export function isExtra(row: Row): boolean {
  return (
    row.extraType !== undefined ||
    row.subtype !== undefined ||
    row.live === true ||
    row.key?.startsWith("/livetv") === true
  );
}

function episodeHex(found: CollectedGuids): string | null {
  const prefix = "plex://episode/";
  return found.plexGuid?.startsWith(prefix) ? found.plexGuid.slice(prefix.length) : null;
}

/** `/library/metadata/5000/children` → `5000`. */
function idInPath(path: string | undefined): string | null {
  return path === undefined ? null : (/^\/library\/metadata\/([^/?]+)/.exec(path)?.[1] ?? null);
}

export function words(text: string | undefined): string | null {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === "" ? null : trimmed;
}

/** Epoch seconds. 0 stands for "never"; whether a time can be believed is for the domain to say. */
function instant(seconds: number | undefined): Instant | null {
  return seconds === undefined || seconds <= 0 ? null : seconds * 1000;
}

function natural(number: number | undefined): number | null {
  return number === undefined || number < 0 ? null : number;
}

function positive(number: number | undefined): number | null {
  return number === undefined || number <= 0 ? null : number;
}

function calendarDay(text: string | undefined): string | null {
  const day = text?.slice(0, 10);
  return day === undefined || dateToInstant(day) === null ? null : day;
}
