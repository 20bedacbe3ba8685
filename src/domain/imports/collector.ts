import { cleanIds, type ExternalIds, ID_KINDS, type IdKind, mergeIds } from "../external-ids.ts";
import type { Instant } from "../instant.ts";
import { isListName, type ListName } from "../show-list.ts";
import { titleKey } from "../title.ts";
import type {
  ImportedEpisode,
  ImportedPlay,
  ImportedShow,
  ImportFormat,
  ImportProblem,
  ParsedImport,
} from "./model.ts";
import { shortened } from "./times.ts";

/** More of them are counted, not listed. */
const mostProblems = 500;
const longestTitle = 1_000;
const longestNotes = 20_000;

export type ShowFacts = {
  title: string;
  year?: number | null;
  ids?: Partial<Record<IdKind, unknown>>;
  place: string;
  /** Its name in the file, where shows are told apart already: namesakes stay as many as they are. */
  key?: string;
};

export type EpisodeFacts = {
  season: number;
  number: number | null;
  title?: string | null;
  airedAt?: Instant | null;
  ids?: Partial<Record<IdKind, unknown>>;
  guid?: string | null;
  byIdOnly?: boolean;
};

export type Collector = ReturnType<typeof createCollector>;

/** Brings the rows of a file together by show. Rows that name a show alike (an id, or title and year) are of one show. */
export function createCollector(format: ImportFormat) {
  const shows: ImportedShow[] = [];
  const byId = new Map<string, ImportedShow>();
  const byTitle = new Map<string, ImportedShow>();
  const problems: ImportProblem[] = [];
  const notes = new Set<string>();
  const counts = { "not-understood": 0, "left-out": 0 };
  const isOwn = format === "episode-tracker-json" || format === "episode-tracker-csv";

  const names = (ids: ExternalIds) =>
    ID_KINDS.flatMap((kind) => (ids[kind] === undefined ? [] : `${kind}:${ids[kind]}`));
  /** A show's rows are many and its title is one: making its key is the dearest part of reading a row. */
  const titleNames = new Map<string, string>();

  function titleName(title: string, year: number | null): string {
    const spelling = `${year ?? ""} ${title}`;
    const known = titleNames.get(spelling);
    if (known !== undefined) return known;
    const { key, year: inTitle } = titleKey(title);
    const name = `${key} (${year ?? inTitle ?? "?"})`;
    titleNames.set(spelling, name);
    return name;
  }

  function find(title: string, year: number | null, ids: ExternalIds): ImportedShow | undefined {
    for (const name of names(ids)) {
      const found = byId.get(name);
      if (found !== undefined) return found;
    }
    const namesake = title === "" ? undefined : byTitle.get(titleName(title, year));
    // Two shows of one title and year, told apart by their ids alone, stay two.
    const isOther = namesake !== undefined && names(ids).length > 0 && names(namesake.ids).length > 0;
    return isOther ? undefined : namesake;
  }

  function show({ title: given, year = null, ids: raw = {}, place, key }: ShowFacts): ImportedShow {
    const title = given.trim().slice(0, longestTitle);
    const ids = cleanIds(raw);
    const there = key === undefined ? find(title, year, ids) : undefined;
    const known = there ?? create(title, year, ids, place, key);
    if (there !== undefined) {
      known.ids = mergeIds(known.ids, ids);
      known.year ??= year;
      if (known.title === "") known.title = title;
    }
    for (const name of names(ids)) byId.set(name, known);
    if (title !== "") byTitle.set(titleName(title, year), byTitle.get(titleName(title, year)) ?? known);
    return known;
  }

  function create(title: string, year: number | null, ids: ExternalIds, place: string, key?: string): ImportedShow {
    const created: ImportedShow = {
      key: key ?? names(ids)[0] ?? `title:${titleName(title, year)}`,
      title,
      year,
      ids,
      moreIds: [],
      inLibrary: true,
      list: null,
      rating: null,
      notes: null,
      addedAt: null,
      plays: [],
      removals: [],
      place,
    };
    shows.push(created);
    return created;
  }

  function problem(kind: ImportProblem["kind"], place: string, reason: string): void {
    counts[kind] += 1;
    if (problems.length < mostProblems) problems.push({ kind, place, reason });
  }

  /** A show that no file gives a title keeps its id for a name until a catalogue knows better. */
  function named(each: ImportedShow): ImportedShow {
    if (each.title === "") each.title = `Show ${each.key}`;
    // Elsewhere a show stays on the watchlist when it is begun; here that would hide what comes next.
    if (each.list === "later" && each.plays.length > 0 && !isOwn) each.list = null;
    return each;
  }

  return {
    show,
    play(of: ImportedShow, play: Omit<ImportedPlay, "origin"> & Partial<Pick<ImportedPlay, "origin">>): void {
      of.plays.push({ origin: null, ...play });
    },
    notUnderstood: (place: string, reason: string) => problem("not-understood", place, reason),
    leftOut: (place: string, reason: string) => problem("left-out", place, reason),
    movie: (place: string, title: string) =>
      problem("left-out", place, `"${shortened(title)}" is a film; only shows are tracked here`),
    note: (text: string) => void notes.add(text),
    result(): ParsedImport {
      return {
        format,
        shows: shows.map(named),
        problems,
        unlisted: counts["not-understood"] + counts["left-out"] - problems.length,
        notUnderstood: counts["not-understood"],
        leftOut: counts["left-out"],
        notes: [...notes],
        matches: [],
        profile: null,
      };
    },
  };
}

export function episodeOf({ season, number, title, airedAt, ids, guid, byIdOnly }: EpisodeFacts): ImportedEpisode {
  return {
    season,
    number,
    title: title?.trim().slice(0, longestTitle) || null,
    airedAt: airedAt ?? null,
    ids: cleanIds(ids ?? {}),
    guid: guid ?? null,
    byIdOnly: byIdOnly ?? false,
  };
}

/** A whole number from 0 to 99,999, as files write it ("01", 1, "1.0"); null for anything else. */
export function wholeNumber(value: unknown): number | null {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  return /^\d{1,5}(?:\.0+)?$/.test(text) ? Number(text) : null;
}

export function yearOf(value: unknown): number | null {
  const year = wholeNumber(value);
  return year !== null && year >= 1900 && year <= 2200 ? year : null;
}

/** From any scale of ten, with halves or not, to ours; 0 means "not rated" everywhere. */
export function ratingOf(value: unknown): number | null {
  const text = typeof value === "string" ? value.trim().replace(",", ".") : value;
  const rating = typeof text === "number" ? text : typeof text === "string" && text !== "" ? Number(text) : Number.NaN;
  return Number.isFinite(rating) && rating > 0 && rating <= 10 ? Math.max(1, Math.round(rating)) : null;
}

export function notesOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, longestNotes) : null;
}

export function listOf(value: unknown): ListName | null {
  return typeof value === "string" && isListName(value) ? value : null;
}
