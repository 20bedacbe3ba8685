import type { ExternalIds } from "../external-ids.ts";
import type { Instant } from "../instant.ts";
import type { MatchMethod } from "../matching.ts";
import type { Certainty } from "../plays.ts";
import type { ListName } from "../show-list.ts";

export const IMPORT_FORMATS = [
  "episode-tracker-json",
  "episode-tracker-csv",
  "trakt",
  "tvtime",
  "simkl",
  "yamtrack",
  "csv",
] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export function isImportFormat(text: string): text is ImportFormat {
  return (IMPORT_FORMATS as readonly string[]).includes(text);
}

/** How one file of an export names an episode. */
export type ImportedEpisode = {
  /** 0: specials. */
  season: number;
  number: number | null;
  title: string | null;
  airedAt: Instant | null;
  ids: ExternalIds;
  /** Global Plex id. */
  guid: string | null;
  /** The file numbers this one in its own way: only an id says which episode it is. */
  byIdOnly: boolean;
};

export type ImportedPlay = {
  episode: ImportedEpisode;
  /** Null: the file does not say when. */
  watchedAt: Instant | null;
  certainty: Certainty;
  /** Only our own export says where a play came from; everything else comes from the file. */
  origin: { source: string; evidence: string; editedFrom: string | null } | null;
};

/** What the user had taken away; only our own export knows. */
export type ImportedRemoval = {
  episode: ImportedEpisode;
  /** Null: the whole episode was unmarked. */
  evidence: string | null;
  watchedAt: Instant | null;
  until: Instant;
};

export type ImportedShow = {
  /** Names the show within its file, the same whenever the file is read. */
  key: string;
  title: string;
  year: number | null;
  ids: ExternalIds;
  /** Further ids of a kind, and the servers' global ones; only our own export knows. */
  moreIds: { kind: string; value: string }[];
  /** False: the file names the show, but not as one of the user's. */
  inLibrary: boolean;
  /** Null: nothing that the user has chosen. */
  list: ListName | null;
  rating: number | null;
  notes: string | null;
  addedAt: Instant | null;
  plays: ImportedPlay[];
  removals: ImportedRemoval[];
  /** Where the file first names it: "line 12". */
  place: string;
};

/** Something of the file that is not imported, and why. */
export type ImportProblem = { kind: "not-understood" | "left-out"; place: string; reason: string };

/** Which show of the file a media server's show is. */
export type ImportedMatch = {
  provider: string;
  serverId: string;
  serverName: string;
  accountId: string;
  accountName: string;
  serverShow: string;
  title: string;
  year: number | null;
  ids: ExternalIds;
  method: MatchMethod;
  confidence: number;
  /** By the user. */
  chosen: boolean;
  /** Key of the show it is. */
  show: string;
};

export type ImportedProfile = {
  timeZone: string | null;
  theme: string | null;
  dateFormat: string | null;
  titleLanguage: string | null;
};

export type ParsedImport = {
  format: ImportFormat;
  shows: ImportedShow[];
  problems: ImportProblem[];
  /** Problems beyond those listed. */
  unlisted: number;
  notUnderstood: number;
  leftOut: number;
  notes: string[];
  matches: ImportedMatch[];
  profile: ImportedProfile | null;
};

/** One file of what was chosen; of a zip there are many, unpacked one at a time. */
export type ImportFile = {
  name: string;
  /** Its first characters, as many as telling what it is may need. */
  head: string;
  read(): string;
};

export const HEAD_LENGTH = 20_000;

/** What a column of a plain CSV file holds. */
export const CSV_FIELDS = [
  "show",
  "year",
  "season",
  "episode",
  "code",
  "title",
  "watchedAt",
  "rating",
  "notes",
  "tmdb",
  "tvdb",
  "imdb",
] as const;
export type CsvField = (typeof CSV_FIELDS)[number];
/** Field → name of the column. */
export type CsvColumns = Partial<Record<CsvField, string>>;

export const DATE_ORDERS = ["auto", "dmy", "mdy"] as const;
/** What 03/04/2024 means. */
export type DateOrder = (typeof DATE_ORDERS)[number];

export type ParseOptions = {
  now: Instant;
  /** A clock time on a calendar day (`YYYY-MM-DD`) in the user's time zone; null when there is no such day. */
  zoned: (date: string, timeOfDayMs: number) => Instant | null;
  columns?: CsvColumns | undefined;
  dateOrder?: DateOrder | undefined;
};
