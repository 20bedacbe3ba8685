import type { Instant } from "../instant.ts";
import type { ListName } from "../show-list.ts";
import { type Collector, createCollector, episodeOf, wholeNumber } from "./collector.ts";
import type { ImportedEpisode, ImportedShow, ImportFile, ParsedImport, ParseOptions } from "./model.ts";
import { baseName, hasColumns, headerOf, type TableRow, tableRows } from "./table.ts";
import { believed, readTime, shortened } from "./times.ts";

// TV Time's two exports. Its ids are TheTVDB's, of shows and of episodes; its times have no zone and are UTC.

type Kind = "records" | "episodes" | "series";

function kindOf(file: ImportFile): Kind | null {
  const header = headerOf(file);
  if (hasColumns(header, "key", "created_at", "s_id", "series_name")) return "records";
  if (hasColumns(header, "series_tvdb_id", "season", "episode", "is_watched")) return "episodes";
  return hasColumns(header, "uuid", "tvdb_id", "title", "status", "created_at") ? "series" : null;
}

export const isTvTimeTable = (file: ImportFile): boolean => kindOf(file) !== null;

/** Plays of one episode whose times are partly not known: how many viewings there were beyond those with a time. */
type Rewatches = { show: ImportedShow; episode: ImportedEpisode; counted: number; dated: number };

export function* parseTvTime(files: readonly ImportFile[], options: ParseOptions): Generator<void, ParsedImport> {
  const collector = createCollector("tvtime");
  collector.note("TV Time writes its times without a time zone; they are read as UTC.");
  const inZip = files.length > 1;
  const rewatches = new Map<string, Rewatches>();
  const take = { records: takeRecord, episodes: takeEpisode, series: takeSeries };
  for (const file of files) {
    const kind = kindOf(file);
    if (kind === null) {
      collector.note(`${baseName(file.name)} holds nothing that is kept here.`);
      continue;
    }
    for (const row of tableRows(file, collector, inZip)) {
      take[kind](row, { collector, rewatches, now: options.now });
      yield;
    }
  }
  for (const { show, episode, counted, dated } of rewatches.values()) {
    for (let index = dated; index < Math.min(counted, 100); index += 1)
      collector.play(show, { episode, watchedAt: null, certainty: "unknown" });
  }
  return collector.result();
}

type Context = { collector: Collector; rewatches: Map<string, Rewatches>; now: Instant };

const isTrue = (text: string): boolean => text === "true" || text === "1";

/** One line of the records that the law gives out: `watch-episode-…`, `rewatch-episode-…` or `user-series-…`. */
function takeRecord(row: TableRow, context: Context): void {
  const { collector } = context;
  const key = row.get("key");
  const title = row.get("series_name");
  if (title === "" && row.get("movie_name") !== "") {
    collector.movie(row.place, row.get("movie_name"));
    return;
  }
  if (/^tracking-stats/.test(key)) return;
  const facts = { title, ids: { tvdb: row.get("s_id") }, place: row.place };
  if (key.startsWith("user-series-")) {
    if (title === "" && row.get("s_id") === "") {
      collector.notUnderstood(row.place, "it names no show");
      return;
    }
    const show = collector.show(facts);
    const list: ListName | null = isTrue(row.get("is_archived"))
      ? "archived"
      : isTrue(row.get("is_for_later"))
        ? "later"
        : null;
    show.list = list ?? show.list;
    show.addedAt ??= believed(readTime(row.get("created_at")), context.now);
    return;
  }
  const again = key.startsWith("rewatch-episode-");
  if (!again && !key.startsWith("watch-episode-")) {
    collector.notUnderstood(row.place, `"${shortened(key)}" is not a kind of record that is known`);
    return;
  }
  takeViewing(row, context, facts, {
    season: row.get("season_number") || row.get("s_no"),
    number: row.get("episode_number") || row.get("ep_no"),
    tvdb: row.get("ep_id") || row.get("episode_id"),
    special: isTrue(row.get("is_special")),
    watchedAt: row.get("created_at"),
    rewatched: row.get("rewatch_count"),
    again,
  });
}

function takeEpisode(row: TableRow, context: Context): void {
  const facts = {
    title: row.get("title"),
    ids: { tvdb: row.get("series_tvdb_id"), imdb: row.get("series_imdb_id") },
    place: row.place,
  };
  if (facts.title === "" && facts.ids.tvdb === "") {
    context.collector.notUnderstood(row.place, "it names no show");
    return;
  }
  if (!isTrue(row.get("is_watched"))) {
    context.collector.show(facts);
    return;
  }
  takeViewing(row, context, facts, {
    season: row.get("season"),
    number: row.get("episode"),
    tvdb: row.get("tvdb_id"),
    special: isTrue(row.get("special")),
    watchedAt: row.get("watched_at"),
    rewatched: row.get("rewatch_count"),
    again: false,
  });
}

const LISTS: Readonly<Record<string, ListName>> = { not_started_yet: "later", stopped: "archived" };

function takeSeries(row: TableRow, { collector, now }: Context): void {
  const ids = { tvdb: row.get("tvdb_id"), imdb: row.get("imdb_id") };
  if (row.get("title") === "" && ids.tvdb === "") {
    collector.notUnderstood(row.place, "it names no show");
    return;
  }
  const show = collector.show({ title: row.get("title"), ids, place: row.place });
  show.list = LISTS[row.get("status")] ?? show.list;
  show.addedAt ??= believed(readTime(row.get("created_at")), now);
}

type Viewing = {
  season: string;
  number: string;
  tvdb: string;
  special: boolean;
  watchedAt: string;
  rewatched: string;
  /** A viewing after the first, with a time of its own. */
  again: boolean;
};

function takeViewing(
  row: TableRow,
  { collector, rewatches, now }: Context,
  facts: { title: string; ids: Record<string, unknown>; place: string },
  viewing: Viewing,
): void {
  const [season, number] = [wholeNumber(viewing.season), wholeNumber(viewing.number)];
  if (facts.title === "" && !facts.ids["tvdb"]) {
    collector.notUnderstood(row.place, "it names no show");
    return;
  }
  if (season === null || number === null) {
    collector.notUnderstood(row.place, `it does not say which episode of "${shortened(facts.title)}"`);
    return;
  }
  const show = collector.show(facts);
  const isSpecial = season === 0 || viewing.special;
  const episode = episodeOf({
    season: isSpecial ? 0 : season,
    number,
    ids: { tvdb: viewing.tvdb },
    byIdOnly: isSpecial,
  });
  const watchedAt = believed(readTime(viewing.watchedAt), now);
  collector.play(show, { episode, watchedAt, certainty: watchedAt === null ? "unknown" : "marked" });
  const key = `${show.key} ${episode.ids.tvdb ?? `${season}x${number}`}`;
  const known = rewatches.get(key) ?? { show, episode, counted: 0, dated: 0 };
  known.counted = Math.max(known.counted, wholeNumber(viewing.rewatched) ?? 0);
  if (viewing.again) known.dated += 1;
  rewatches.set(key, known);
}
