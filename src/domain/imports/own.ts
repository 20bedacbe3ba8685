import { z } from "zod";
import { readCell, writeRow } from "../../kernel/csv.ts";
import { type ExternalIds, ID_KINDS } from "../external-ids.ts";
import { fromIso, type Instant, toIso } from "../instant.ts";
import { MATCH_METHODS } from "../matching.ts";
import { CERTAINTIES } from "../plays.ts";
import { LIST_NAMES } from "../show-list.ts";
import { createCollector, episodeOf, listOf, notesOf, ratingOf, wholeNumber, yearOf } from "./collector.ts";
import { parseJson } from "./json.ts";
import type { ImportedPlay, ImportedShow, ImportFile, ParsedImport } from "./model.ts";
import { hasColumns, headerOf, type TableRow, tableRows } from "./table.ts";

// Our own export, both ways: the shape of the JSON document, and the columns of the CSV table.

export const OWN_FORMAT = "episode-tracker";
export const OWN_VERSION = 1;

const time = z.string().transform((text, context) => {
  const at = fromIso(text);
  if (at === null) context.addIssue("is no time");
  return at ?? 0;
});
const ids = z.partialRecord(z.enum(ID_KINDS), z.string());
const episode = z.object({
  season: z.int().min(0),
  number: z.int().min(0).nullable(),
  title: z.string().nullable(),
  airedAt: time.nullable(),
  ids,
  guid: z.string().nullable(),
});
const play = z.object({
  episode,
  watchedAt: time.nullable(),
  certainty: z.enum(CERTAINTIES),
  source: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
  evidence: z.string().max(500),
  editedFrom: z.string().max(2_000).nullable(),
});
const removal = z.object({
  episode,
  evidence: z.string().max(500).nullable(),
  watchedAt: time.nullable(),
  until: time,
});
const library = z.object({
  list: z.enum(LIST_NAMES),
  chosen: z.boolean(),
  rating: z.int().min(1).max(10).nullable(),
  notes: z.string().nullable(),
  addedAt: time,
});
const show = z.object({
  title: z.string().min(1),
  year: z.int().nullable(),
  ids,
  moreIds: z.array(z.object({ kind: z.string().max(20), value: z.string().max(300) })),
  library: library.nullable(),
  plays: z.array(z.unknown()),
  removed: z.array(z.unknown()),
});
const match = z.object({
  provider: z.string(),
  serverId: z.string().max(300),
  serverName: z.string().max(300),
  accountId: z.string().max(300),
  accountName: z.string().max(300),
  serverShow: z.string().max(1_000),
  title: z.string(),
  year: z.int().nullable(),
  ids,
  method: z.enum(MATCH_METHODS),
  confidence: z.number().min(0).max(1),
  chosen: z.boolean(),
  show: z.int().min(0),
});
const user = z.object({
  name: z.string(),
  timeZone: z.string().nullable(),
  theme: z.string(),
  dateFormat: z.string(),
  titleLanguage: z.string().nullable(),
});
const head = z.object({
  format: z.literal(OWN_FORMAT),
  version: z.int(),
  user: user.nullish(),
  shows: z.array(z.unknown()),
  matches: z.array(z.unknown()).nullish(),
});

type Written<Schema extends z.ZodType> = z.input<Schema>;
export type OwnEpisode = Written<typeof episode>;
export type OwnPlay = Written<typeof play>;
export type OwnRemoval = Written<typeof removal>;
export type OwnShow = Omit<Written<typeof show>, "plays" | "removed"> & { plays: OwnPlay[]; removed: OwnRemoval[] };
export type OwnMatch = Written<typeof match>;
export type OwnUser = Written<typeof user>;

export const isOwnDocument = ({ head: start }: ImportFile): boolean =>
  /^\ufeff?\s*\{\s*"format"\s*:\s*"episode-tracker"/.test(start);

/** In words, where a document is not as we write it. */
function fault(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? "it is not as expected" : `"${issue.path.join(".")}" ${issue.message.toLowerCase()}`;
}

export function* parseOwnJson(file: ImportFile): Generator<void, ParsedImport> {
  const collector = createCollector("episode-tracker-json");
  const read = head.safeParse(parseJson(file));
  if (!read.success) {
    collector.notUnderstood("the document", fault(read.error));
    return collector.result();
  }
  if (read.data.version > OWN_VERSION)
    collector.note("The file was written by a newer version of Episode Tracker; what only that one knows is left out.");
  const keys: (string | undefined)[] = [];
  for (const [index, raw] of read.data.shows.entries()) {
    const found = show.safeParse(raw);
    const place = `shows, entry ${index + 1}`;
    if (!found.success) {
      collector.notUnderstood(place, fault(found.error));
      keys.push(undefined);
      continue;
    }
    const { data } = found;
    const to = collector.show({ title: data.title, year: data.year, ids: data.ids, place, key: place });
    keys.push(to.key);
    takeLibrary(to, data.library);
    to.moreIds.push(...data.moreIds);
    for (const [at, each] of data.plays.entries()) {
      const one = play.safeParse(each);
      const where = `${place}, play ${at + 1}`;
      if (one.success) collector.play(to, playOf(one.data));
      else collector.notUnderstood(where, fault(one.error));
      yield;
    }
    for (const [at, each] of data.removed.entries()) {
      const one = removal.safeParse(each);
      if (one.success) to.removals.push({ ...one.data, episode: episodeOf(one.data.episode) });
      else collector.notUnderstood(`${place}, removal ${at + 1}`, fault(one.error));
    }
  }
  const result = collector.result();
  for (const [index, raw] of (read.data.matches ?? []).entries()) {
    const one = match.safeParse(raw);
    const key = one.success ? keys[one.data.show] : undefined;
    if (one.success && key !== undefined) result.matches.push({ ...one.data, show: key });
    else collector.notUnderstood(`matches, entry ${index + 1}`, one.success ? "its show is missing" : fault(one.error));
  }
  const { name: _, ...profile } = read.data.user ?? { name: "" };
  return { ...collector.result(), matches: result.matches, profile: "theme" in profile ? profile : null };
}

function takeLibrary(to: ImportedShow, entry: z.infer<typeof library> | null): void {
  if (entry === null) {
    to.inLibrary = false;
    return;
  }
  to.list = entry.chosen ? entry.list : null;
  to.rating = entry.rating;
  to.notes = entry.notes;
  to.addedAt = entry.addedAt;
}

function playOf({
  episode: of,
  watchedAt,
  certainty,
  source,
  evidence,
  editedFrom,
}: z.infer<typeof play>): ImportedPlay {
  return { episode: episodeOf(of), watchedAt, certainty, origin: { source, evidence, editedFrom } };
}

/** Stable: scripts and spreadsheets rely on the names. New ones are added at the end. */
const COLUMNS = [
  "show",
  "show_year",
  ...ID_KINDS.map((kind) => `show_${kind}` as const),
  "list",
  "list_chosen",
  "rating",
  "notes",
  "added_at",
  "season",
  "episode",
  "episode_title",
  "episode_aired_at",
  ...ID_KINDS.map((kind) => `episode_${kind}` as const),
  "episode_guid",
  "watched_at",
  "certainty",
  "source",
  "evidence",
  "edited_from",
] as const;
type Column = (typeof COLUMNS)[number];

export const CSV_HEADER = writeRow(COLUMNS);

const idCells = (of: ExternalIds) => ID_KINDS.map((kind) => of[kind] ?? null);

/** A row for every play; a show without any has one row of its own. */
export function csvRows({ title, year, ids: of, library: entry, plays }: OwnShow): string {
  const head = [
    title,
    year,
    ...idCells(of),
    entry?.list ?? null,
    entry === null ? null : entry.chosen ? "yes" : "no",
    entry?.rating ?? null,
    entry?.notes ?? null,
    entry?.addedAt ?? null,
  ];
  if (plays.length === 0)
    return entry === null ? "" : writeRow([...head, ...COLUMNS.slice(head.length).map(() => null)]);
  return plays
    .map(({ episode: e, ...each }) =>
      writeRow([
        ...head,
        e.season,
        e.number,
        e.title,
        e.airedAt,
        ...idCells(e.ids),
        e.guid,
        each.watchedAt,
        each.certainty,
        each.source,
        each.evidence,
        each.editedFrom,
      ]),
    )
    .join("");
}

export const isOwnTable = (file: ImportFile): boolean =>
  hasColumns(headerOf(file), "show", "show_tmdb", "season", "episode", "watched_at", "certainty", "evidence");

export function* parseOwnCsv(files: readonly ImportFile[]): Generator<void, ParsedImport> {
  const collector = createCollector("episode-tracker-csv");
  for (const file of files) {
    for (const row of tableRows(file, collector, files.length > 1)) {
      const cell = (column: Column) => readCell(row.raw(column));
      const idsIn = (of: "show" | "episode") =>
        Object.fromEntries(ID_KINDS.map((kind) => [kind, cell(`${of}_${kind}`)]));
      yield;
      if (cell("show").trim() === "") {
        collector.notUnderstood(row.place, "it names no show");
        continue;
      }
      const year = yearOf(cell("show_year"));
      const to = collector.show({ title: cell("show"), year, ids: idsIn("show"), place: row.place });
      if (cell("list") === "") to.inLibrary = false;
      if (cell("list_chosen") === "yes") to.list = listOf(cell("list")) ?? to.list;
      to.rating ??= ratingOf(cell("rating"));
      to.notes ??= notesOf(cell("notes"));
      to.addedAt ??= fromIso(cell("added_at"));
      if (cell("certainty") === "" && cell("season") === "") continue;
      const one = rowPlay(row, cell, idsIn("episode"));
      if (typeof one === "string") collector.notUnderstood(row.place, one);
      else collector.play(to, one);
    }
  }
  return collector.result();
}

function rowPlay(row: TableRow, cell: (column: Column) => string, of: Record<string, string>): ImportedPlay | string {
  const season = wholeNumber(row.get("season"));
  const number = wholeNumber(row.get("episode"));
  const watched = row.get("watched_at");
  const watchedAt = watched === "" ? null : fromIso(watched);
  if (season === null) return "it does not say which season";
  if (number === null && row.get("episode") !== "") return "it does not say which episode";
  if (watched !== "" && watchedAt === null) return "watched_at is not a time such as 2026-08-31T19:30:00Z";
  const evidence = cell("evidence");
  const origin = { source: row.get("source") || "import", evidence, editedFrom: cell("edited_from") || null };
  const isOwn = evidence !== "" && /^[a-z][a-z0-9-]{0,30}$/.test(origin.source);
  return {
    episode: episodeOf({
      season,
      number,
      title: cell("episode_title"),
      airedAt: fromIso(row.get("episode_aired_at")),
      ids: of,
      guid: cell("episode_guid") || null,
    }),
    watchedAt,
    certainty: CERTAINTIES.find((each) => each === row.get("certainty")) ?? (watchedAt === null ? "unknown" : "marked"),
    origin: isOwn ? origin : null,
  };
}

export function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}
