import type { Instant } from "../instant.ts";
import type { ListName } from "../show-list.ts";
import { type Collector, createCollector, episodeOf, notesOf, ratingOf, wholeNumber } from "./collector.ts";
import type { ImportFile, ParsedImport, ParseOptions } from "./model.ts";
import { hasColumns, headerOf, type TableRow, tableRows } from "./table.ts";
import { believed, readTime, shortened } from "./times.ts";

// Yamtrack's CSV: a row for every show, season and episode (and film, game, book). Ids are of the source the row names.

export const isYamtrackTable = (file: ImportFile): boolean =>
  hasColumns(headerOf(file), "media_id", "media_type", "title", "season_number", "episode_number", "status");

const LISTS: Readonly<Record<string, ListName>> = {
  planning: "later",
  paused: "archived",
  dropped: "archived",
};

export function* parseYamtrack(files: readonly ImportFile[], options: ParseOptions): Generator<void, ParsedImport> {
  const collector = createCollector("yamtrack");
  for (const file of files) {
    for (const row of tableRows(file, collector, files.length > 1)) {
      takeRow(collector, row, options);
      yield;
    }
  }
  return collector.result();
}

function takeRow(collector: Collector, row: TableRow, options: ParseOptions): void {
  const type = row.get("media_type").toLowerCase();
  const title = row.get("title");
  if (type === "movie") {
    collector.movie(row.place, title);
    return;
  }
  if (type !== "tv" && type !== "season" && type !== "episode") {
    collector.leftOut(
      row.place,
      `"${shortened(title)}" is of the kind "${shortened(type)}"; only shows are tracked here`,
    );
    return;
  }
  if (title === "" && row.get("media_id") === "") {
    collector.notUnderstood(row.place, "it names no show");
    return;
  }
  const isTmdb = row.get("source") === "" || row.get("source").toLowerCase() === "tmdb";
  const show = collector.show({ title, ids: isTmdb ? { tmdb: row.get("media_id") } : {}, place: row.place });
  if (type === "episode") {
    takePlay(collector, show, row, options);
    return;
  }
  if (type === "season") {
    if (ratingOf(row.get("score")) !== null)
      collector.leftOut(row.place, `only shows as a whole have ratings here, not a season of "${shortened(title)}"`);
    return;
  }
  show.list = LISTS[row.get("status").toLowerCase()] ?? show.list;
  show.rating = ratingOf(row.get("score")) ?? show.rating;
  show.notes = notesOf(row.get("notes")) ?? show.notes;
}

function takePlay(
  collector: Collector,
  show: ReturnType<Collector["show"]>,
  row: TableRow,
  options: ParseOptions,
): void {
  const [season, number] = [wholeNumber(row.get("season_number")), wholeNumber(row.get("episode_number"))];
  if (season === null || number === null) {
    collector.notUnderstood(row.place, `it does not say which episode of "${shortened(show.title)}"`);
    return;
  }
  const watchedAt = believed(timeOf(row, options), options.now);
  collector.play(show, {
    episode: episodeOf({ season, number }),
    watchedAt,
    certainty: watchedAt === null ? "unknown" : "marked",
  });
}

/** Some versions know the day only, which is that day where the user lives; a clock time without a zone is UTC. */
function timeOf(row: TableRow, { zoned }: ParseOptions): Instant | null {
  const text = row.get("end_date") || row.get("watch_date");
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? zoned(text, 0) : readTime(text);
}
