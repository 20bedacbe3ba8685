import { titleKey } from "../title.ts";
import { type Collector, createCollector, episodeOf, notesOf, ratingOf, wholeNumber, yearOf } from "./collector.ts";
import {
  CSV_FIELDS,
  type CsvColumns,
  type CsvField,
  type DateOrder,
  type ImportFile,
  type ParsedImport,
  type ParseOptions,
} from "./model.ts";
import { headerOf, type TableRow, tableRows } from "./table.ts";
import { believed, dateOrderOf, readDate, shortened } from "./times.ts";

// Anybody's own table: the user says which column is what, and the names of the columns are a first guess.

const NAMES: Readonly<Record<CsvField, RegExp>> = {
  show: /^(?:tv )?(?:show|series|serie|program|programme)(?: ?(?:title|name))?$|^(?:title|name|titel)$/,
  year: /^(?:show )?(?:year|jahr|release year|first aired)$/,
  season: /^(?:season|series|staffel|saison)(?: ?(?:number|no|nr|#))?$|^s$/,
  episode: /^(?:episode|folge|ep|e)(?: ?(?:number|no|nr|#))?$/,
  code: /^(?:episode )?code$|^sxxexx$|^s ?e$/,
  title: /^(?:episode|folge) ?(?:title|name|titel)$/,
  watchedAt:
    /^(?:last )?(?:watched|viewed|seen|gesehen|play(?:ed)?)(?: ?(?:at|on|date|time|am))?$|^(?:watch |view )?date(?: ?time| watched)?$|^(?:datum|timestamp|when)$/,
  rating: /^(?:my |your |show )?(?:rating|score|bewertung)$/,
  notes: /^(?:notes?|comments?|notizen?)$/,
  tmdb: /^(?:show )?(?:tmdb|themoviedb)(?: ?(?:show )?id)?$/,
  tvdb: /^(?:show )?(?:tvdb|thetvdb)(?: ?(?:show )?id)?$/,
  imdb: /^(?:show )?imdb(?: ?(?:show )?id)?$|^const$/,
};

const plain = (column: string): string =>
  column
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}#]+/gu, " ")
    .trim();

/** Which column is what, as far as their names tell; each column once. */
export function guessColumns(header: readonly string[]): CsvColumns {
  const guessed: CsvColumns = {};
  const taken = new Set<string>();
  for (const field of ["season", "show", ...CSV_FIELDS] as const) {
    if (guessed[field] !== undefined) continue;
    const column = header.find((each) => !taken.has(each) && NAMES[field].test(plain(each)));
    // "Series" beside "Season" is the show; alone with "Episode" it may be either, and the show is needed more.
    if (column === undefined || (field === "season" && plain(column) === "series")) continue;
    guessed[field] = column;
    taken.add(column);
  }
  return guessed;
}

/** The least that says which episode of which show. */
export function isCompleteChoice({ show, season, episode, code, tmdb, tvdb, imdb }: CsvColumns): boolean {
  const namesShow = [show, tmdb, tvdb, imdb].some((column) => column !== undefined);
  return namesShow && (code !== undefined || (season !== undefined && episode !== undefined));
}

export type Sample = { header: string[]; rows: string[][] };

export function sampleOf(file: ImportFile, count = 3): Sample {
  const header = headerOf(file);
  const rows: string[][] = [];
  for (const row of tableRows({ name: file.name, read: () => file.head }, createCollector("csv"), false)) {
    rows.push(header.map((column) => row.get(column)));
    if (rows.length === count) break;
  }
  return { header, rows };
}

export function* parsePlainCsv(files: readonly ImportFile[], options: ParseOptions): Generator<void, ParsedImport> {
  const collector = createCollector("csv");
  for (const file of files) {
    const columns = options.columns ?? guessColumns(headerOf(file));
    const dateOrder = yield* orderOf(file, columns, options.dateOrder ?? "auto");
    for (const row of tableRows(file, collector, files.length > 1)) {
      takeRow(collector, row, columns, { ...options, order: dateOrder });
      yield;
    }
  }
  return collector.result();
}

/** Reads as far as the first date that can only be written one way. */
function* orderOf(
  file: ImportFile,
  { watchedAt }: CsvColumns,
  asked: DateOrder,
): Generator<void, Exclude<DateOrder, "auto"> | null> {
  if (asked !== "auto") return asked;
  if (watchedAt === undefined) return null;
  for (const row of tableRows(file, createCollector("csv"), false)) {
    const order = dateOrderOf(row.get(watchedAt));
    if (order !== null) return order;
    yield;
  }
  return null;
}

const CODE = /^s?(\d{1,4})\s*[xe.:-]+\s*(\d{1,5})$/i;

function numbersOf(cell: (field: CsvField) => string): { season: number | null; number: number | null } {
  const [, season, number] = CODE.exec(cell("code")) ?? [];
  const inColumn = (field: CsvField) => wholeNumber(cell(field).replace(/^\D{1,10}(?=\d+$)/, ""));
  return { season: inColumn("season") ?? wholeNumber(season), number: inColumn("episode") ?? wholeNumber(number) };
}

function takeRow(
  collector: Collector,
  row: TableRow,
  columns: CsvColumns,
  options: ParseOptions & { order: Exclude<DateOrder, "auto"> | null },
): void {
  const cell = (field: CsvField): string => {
    const column = columns[field];
    return column === undefined ? "" : row.get(column);
  };
  const ids = { tmdb: cell("tmdb"), tvdb: cell("tvdb"), imdb: cell("imdb") };
  const title = cell("show");
  if (title === "" && Object.values(ids).every((id) => id === "")) {
    collector.notUnderstood(row.place, "it names no show");
    return;
  }
  const { season, number } = numbersOf(cell);
  const facts = { title, year: yearOf(cell("year")) ?? titleKey(title).year ?? null, ids, place: row.place };
  if (season === null || number === null) {
    // A row about the show as a whole.
    const isShow = ["season", "episode", "code", "watchedAt"].every((field) => cell(field as CsvField) === "");
    if (!isShow) {
      collector.notUnderstood(row.place, `it does not say which episode of "${shortened(title)}"`);
      return;
    }
    takeShow(collector.show(facts), cell);
    return;
  }
  const text = cell("watchedAt");
  const read = text === "" ? null : readDate(text, options.order, options.zoned);
  if (read !== null && "problem" in read) {
    collector.notUnderstood(row.place, read.problem);
    return;
  }
  const watchedAt = believed(read?.at ?? null, options.now);
  const show = collector.show(facts);
  takeShow(show, cell);
  collector.play(show, {
    episode: episodeOf({ season, number, title: cell("title") }),
    watchedAt,
    certainty: watchedAt === null ? "unknown" : "marked",
  });
}

function takeShow(show: ReturnType<Collector["show"]>, cell: (field: CsvField) => string): void {
  show.rating ??= ratingOf(cell("rating"));
  show.notes ??= notesOf(cell("notes"));
}
