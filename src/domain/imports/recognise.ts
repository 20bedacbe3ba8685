import { isJson } from "./json.ts";
import type { ImportFile, ImportFormat, ParsedImport, ParseOptions } from "./model.ts";
import { isOwnDocument, isOwnTable, parseOwnCsv, parseOwnJson } from "./own.ts";
import { parsePlainCsv } from "./plain-csv.ts";
import { isSimklBackup, parseSimkl } from "./simkl.ts";
import { headerOf } from "./table.ts";
import { isTraktList, parseTrakt } from "./trakt.ts";
import { isTvTimeTable, parseTvTime } from "./tvtime.ts";
import { isYamtrackTable, parseYamtrack } from "./yamtrack.ts";

/** What files are, told by what is in them, and how to read them. Reading yields now and then, for others to have a turn. */
export type Recognised = { format: ImportFormat; read(options: ParseOptions): Generator<void, ParsedImport> };

/** Not the rubbish that packing programs leave in archives. */
export function isWorthReading(path: string): boolean {
  return !/(?:^|\/)(?:__MACOSX\/|\.)/.test(path) && /\.(?:json|csv|tsv|txt)$/i.test(path);
}

type Kind = {
  format: ImportFormat;
  fits(file: ImportFile): boolean;
  parse(
    fitting: readonly ImportFile[],
    all: readonly ImportFile[],
    options: ParseOptions,
  ): Generator<void, ParsedImport>;
};

/** Of a document there is one; a second is another export, to be imported by itself. */
const first =
  (parse: (file: ImportFile, options: ParseOptions) => Generator<void, ParsedImport>): Kind["parse"] =>
  ([file], _, options) => {
    if (file === undefined) throw new RangeError("Something has to fit.");
    return parse(file, options);
  };

const isTable = (file: ImportFile): boolean => !isJson(file) && headerOf(file).length > 1;

/** The most particular first. */
const kinds: readonly Kind[] = [
  { format: "episode-tracker-json", fits: isOwnDocument, parse: first(parseOwnJson) },
  { format: "trakt", fits: isTraktList, parse: (_, all, options) => parseTrakt(all.filter(isJson), options) },
  { format: "simkl", fits: isSimklBackup, parse: first(parseSimkl) },
  { format: "episode-tracker-csv", fits: isOwnTable, parse: parseOwnCsv },
  { format: "tvtime", fits: isTvTimeTable, parse: (fitting, _, options) => parseTvTime(fitting, options) },
  { format: "yamtrack", fits: isYamtrackTable, parse: (fitting, _, options) => parseYamtrack(fitting, options) },
  { format: "csv", fits: isTable, parse: (fitting, _, options) => parsePlainCsv(fitting, options) },
];

/** Null: it is nothing that is known here, or not what was `asked` for. */
export function recognise(files: readonly ImportFile[], asked?: ImportFormat): Recognised | null {
  for (const { format, fits, parse } of kinds) {
    if (asked !== undefined && asked !== format) continue;
    const fitting = files.filter(fits);
    if (fitting.length > 0) return { format, read: (options) => parse(fitting, files, options) };
  }
  return null;
}
