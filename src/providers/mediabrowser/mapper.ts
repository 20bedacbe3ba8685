import { ID_KINDS } from "../../domain/external-ids.ts";
import { dateToInstant, fromIso, type Instant } from "../../domain/instant.ts";
import { partItemId } from "../../domain/item-part.ts";
import type { Account, EpisodeItem, Library, ShowItem } from "../contract.ts";
import type { Dialect } from "./dialect.ts";
import type { Row, ShowRow } from "./rows.ts";
import type { User, View } from "./schemas.ts";

// From the wire to what the core knows. Null = nothing to track: films, seasons, rows without an id, episodes that the
// server only knows to be missing.

type Ids = Pick<Dialect, "itemId">;

const ticksPerMs = 10_000;
/** Servers have taken digits of a title for the number of a file's last episode. */
const mostParts = 10;

export function toAccount({ Id, Name }: User): Account {
  return { id: Id, username: words(Name) ?? `Account ${Id}`, email: null };
}

/** A library without a kind is a mixed one and may hold shows. */
export function toLibrary(ids: Ids, { Id, Name, CollectionType }: View): Library {
  const kind = CollectionType?.toLowerCase() ?? "";
  const holdsShows = kind === "" || kind === "tvshows" || kind === "mixed" || kind === "unknown";
  return { key: ids.itemId(Id) ?? Id, title: words(Name) ?? `Library ${Id}`, type: holdsShows ? "show" : "other" };
}

export function toShow(ids: Ids, row: ShowRow, libraryKey: string): ShowItem | null {
  const itemId = ids.itemId(row.id ?? "");
  if (itemId === null || row.type !== "Series" || isVirtual(row)) return null;
  return {
    itemId,
    identity: identityOf(row, itemId),
    libraryKey,
    title: words(row.name) ?? words(row.originalTitle) ?? "Untitled show",
    originalTitle: words(row.originalTitle),
    year: positive(row.year),
    ids: row.ids,
    guid: null,
    overview: words(row.overview),
    network: words(row.studio),
    genres: row.genres,
    runtimeMin: row.ticks === undefined ? null : positive(Math.round(row.ticks / ticksPerMs / 60_000)),
    firstAired: calendarDay(row.premiere),
    posterPath: row.posterTag === undefined ? null : posterPath(itemId, row.posterTag),
  };
}

/** The show's number in a catalogue where it has one: a server gives a show that is added again another id of its own. */
function identityOf({ ids }: ShowRow, itemId: string): string {
  const kind = ID_KINDS.find((each) => ids[each] !== undefined);
  return kind === undefined ? `item:${itemId}` : `${kind}://${ids[kind]}`;
}

const posterPath = (itemId: string, tag: string): string =>
  `/Items/${encodeURIComponent(itemId)}/Images/Primary?tag=${encodeURIComponent(tag)}`;

/** Adds the episodes of one row: a file may hold several. */
export function addEpisodes(ids: Ids, row: Row, libraryKey: string, items: EpisodeItem[]): void {
  const first = toEpisode(ids, row, libraryKey);
  if (first === null) return;
  const further = furtherNumbers(row);
  if (further.length === 0) items.push(first);
  else items.push(...partsOf(first, further));
}

function toEpisode(ids: Ids, row: Row, libraryKey: string): EpisodeItem | null {
  const itemId = ids.itemId(row.id ?? "");
  if (itemId === null || row.type !== "Episode" || isVirtual(row)) return null;
  const played = row.played === true;
  const lastViewedAt = instant(row.lastPlayed);
  const item: EpisodeItem = {
    itemId,
    libraryKey,
    showItemId: row.seriesId === undefined ? null : ids.itemId(row.seriesId),
    showTitle: words(row.seriesName),
    season: natural(row.season),
    number: natural(row.number),
    title: words(row.name),
    airedOn: calendarDay(row.premiere),
    durationMs: row.ticks === undefined ? null : positive(Math.round(row.ticks / ticksPerMs)),
    ids: row.ids,
    guid: null,
    viewCount: played ? Math.max(1, row.playCount ?? 0) : 0,
    viewOffsetMs: Math.floor(Math.max(0, row.positionTicks ?? 0) / ticksPerMs),
    lastViewedAt,
  };
  // Who unmarks takes count and date away as well.
  if (!played && (row.playCount ?? 0) > 0 && lastViewedAt !== null) item.begunAnew = true;
  return item;
}

function furtherNumbers({ number, numberEnd }: Row): number[] {
  if (number === undefined || number < 0 || numberEnd === undefined || numberEnd <= number) return [];
  const count = numberEnd - number;
  return count >= mostParts ? [] : Array.from({ length: count }, (_, index) => number + 1 + index);
}

/** The file's ids, title and day are those of its first episode; they share its length and what has been seen of it. */
function partsOf(first: EpisodeItem, further: readonly number[]): EpisodeItem[] {
  const { itemId, viewOffsetMs } = first;
  const durationMs = first.durationMs === null ? null : Math.round(first.durationMs / (further.length + 1));
  // Whoever is in the middle of the file has begun, or is before, each of its episodes: none of them has a settled date.
  const offset = (index: number): number => {
    if (viewOffsetMs === 0 || durationMs === null) return viewOffsetMs;
    return Math.min(durationMs, Math.max(1, viewOffsetMs - index * durationMs));
  };
  return [
    { ...first, durationMs, viewOffsetMs: offset(0) },
    ...further.map((number, index) => ({
      ...first,
      itemId: partItemId(itemId, number),
      number,
      title: null,
      airedOn: null,
      ids: {},
      durationMs,
      viewOffsetMs: offset(index + 1),
    })),
  ];
}

/** Known to be missing, or to come. */
const isVirtual = (row: Row): boolean => row.locationType === "Virtual";

function words(text: string | undefined): string | null {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === "" ? null : trimmed;
}

/** Without a zone it is meant to be UTC. "Never" is the year 1, or nothing. */
export function instant(text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const zoned = text.endsWith("Z") || /(?:z|[+-]\d{2}:?\d{2})$/.test(text);
  const at = fromIso(zoned ? text : `${text}Z`);
  return at === null || at <= 0 ? null : at;
}

function natural(number: number | undefined): number | null {
  return number === undefined || number < 0 ? null : number;
}

function positive(number: number | undefined): number | null {
  return number === undefined || number <= 0 ? null : number;
}

function calendarDay(text: string | undefined): string | null {
  const day = text?.slice(0, 10);
  const at = day === undefined ? null : dateToInstant(day);
  return day === undefined || at === null || day < "1900" ? null : day;
}
