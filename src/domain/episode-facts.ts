import { agree, conflict, type ExternalIds, ID_KINDS } from "./external-ids.ts";
import { dateToInstant, dayNumber, type Instant } from "./instant.ts";
import type { Numbering } from "./preferences.ts";
import { titleKey } from "./title.ts";

export interface EpisodeFacts {
  /** 0: specials. Null when unknown. */
  season: number | null;
  /** Null: not numbered by the server, or a TVmaze special. */
  number: number | null;
  title?: string | undefined;
  /** The broadcaster's own calendar day, `YYYY-MM-DD`. Two of these can be compared to the day. */
  airDate?: string | null | undefined;
  airedAt?: Instant | null | undefined;
  ids: ExternalIds;
  /** The server's global guid, where both sides know it. */
  guid?: string | undefined;
}

/** An episode as the media server has it. A file of several episodes is one of these for each number. */
export interface LocalEpisode extends EpisodeFacts {
  key: string;
  /** What the user says of its library's numbers. */
  numbering?: Numbering | undefined;
}

/** The first season of a library that numbers straight through, and what has no season there, is the whole show. */
export function countsThrough({
  numbering,
  season,
  number,
}: Pick<LocalEpisode, "numbering" | "season" | "number">): boolean {
  return numbering === "absolute" && number !== null && (season === null || season === 1);
}

export interface CatalogueEpisode extends EpisodeFacts {
  absolute?: number | null | undefined;
}

/** An episode of the server, with what it is compared by. */
export interface Subject {
  local: LocalEpisode;
  day: number | null;
  title: string | null;
}

/** An episode of the catalogue, with what it is compared by. */
export interface Entry {
  index: number;
  episode: CatalogueEpisode;
  day: number | null;
  title: string | null;
}

const GENERIC_TITLE =
  /^(?:tba|tbd|(?:episode|episodio|épisode|folge|aflevering|avsnitt|afsnit|odcinek|epizoda|chapter|part|day|week)? ?\d+)$/;

export function subjectsOf(locals: readonly LocalEpisode[]): Subject[] {
  return locals.map((local) => ({ local, day: dayOf(local), title: comparableTitle(local.title) }));
}

export function entriesOf(catalogue: readonly CatalogueEpisode[]): Entry[] {
  return catalogue.map((episode, index) => ({
    index,
    episode,
    day: dayOf(episode),
    title: comparableTitle(episode.title),
  }));
}

export function placeOf({ season, number }: EpisodeFacts): string {
  return `${season ?? "?"}x${number ?? "?"}`;
}

export function idNames({ ids, guid }: EpisodeFacts): string[] {
  const names = ID_KINDS.flatMap((kind) => (ids[kind] === undefined ? [] : [`${kind}:${ids[kind]}`]));
  return guid?.startsWith("plex://") ? [...names, guid] : names;
}

/** Both know an id of one kind, and it differs. */
export function contradicts(a: EpisodeFacts, b: EpisodeFacts): boolean {
  return conflict(a.ids, b.ids);
}

/** Copies of one episode: the same number and no id against it, or the same id. */
export function isSameEpisode(a: LocalEpisode, b: LocalEpisode): boolean {
  if (a === b) return true;
  if (conflict(a.ids, b.ids)) return false;
  if (agree(a.ids, b.ids) || (a.guid !== undefined && a.guid === b.guid)) return true;
  return a.season !== null && a.number !== null && placeOf(a) === placeOf(b);
}

/** TVmaze leaves the number of specials out and keeps them in the season they belong to. */
export function isSpecialFacts(episode: LocalEpisode | CatalogueEpisode): boolean {
  return episode.season === 0 || (!("key" in episode) && episode.number === null);
}

function dayOf({ airDate, airedAt }: EpisodeFacts): number | null {
  const at = (airDate ? dateToInstant(airDate) : null) ?? airedAt ?? null;
  return at === null ? null : dayNumber(at);
}

export function isDayExact(a: EpisodeFacts, b: EpisodeFacts): boolean {
  return typeof a.airDate === "string" && a.airDate === b.airDate;
}

/** In days; infinite when a side has no date. */
export function dayDistance(a: { day: number | null }, b: { day: number | null }): number {
  return a.day === null || b.day === null ? Number.POSITIVE_INFINITY : Math.abs(a.day - b.day);
}

function comparableTitle(title: string | undefined): string | null {
  if (title === undefined || title.trim() === "") return null;
  const { key } = titleKey(title);
  return GENERIC_TITLE.test(key) ? null : key;
}

/** "Folge 3", "第 3 集", "3. Bölüm": nothing but a word and the episode's own number, in any language. */
export function isPlaceholder(title: string, number: number): boolean {
  const { key } = titleKey(title);
  if (GENERIC_TITLE.test(key)) return true;
  return /^(?:[\p{L}\p{M}]+ ?)?(\d+)(?: ?[\p{L}\p{M}]+)?$/u.exec(key)?.[1] === String(number);
}

export function hasSameTitle(a: { title: string | null }, b: { title: string | null }): boolean {
  return a.title !== null && a.title === b.title;
}

export function groupByTitle<T extends { title: string | null }>(items: readonly T[]): Map<string, T[]> {
  return groupBy(items, ({ title }) => title);
}

export function groupByDay<T extends { day: number | null }>(items: readonly T[]): Map<number, T[]> {
  return groupBy(items, ({ day }) => day);
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K | null): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

export function only<T>(items: readonly T[]): T | null {
  return items.length === 1 ? (items[0] ?? null) : null;
}
