import { z } from "zod";
import type { ListName } from "../show-list.ts";
import { type Collector, createCollector, episodeOf, notesOf, ratingOf, wholeNumber, yearOf } from "./collector.ts";
import { parseJson } from "./json.ts";
import type { ImportFile, ParsedImport, ParseOptions } from "./model.ts";
import { believed, readTime, shortened } from "./times.ts";

// Simkl's backup: one JSON object with shows, anime and films. Ids are text; the first second of 1970 is "some time".

const item = z.object({
  status: z.string().nullish(),
  user_rating: z.unknown().optional(),
  memo: z.unknown().optional(),
  added_to_watchlist_at: z.string().nullish(),
  watched_episodes_count: z.unknown().optional(),
  show: z.object({
    title: z.string().nullish(),
    year: z.unknown().optional(),
    ids: z.record(z.string(), z.unknown()).catch({}),
  }),
  seasons: z.array(z.unknown()).nullish(),
});
const season = z.object({ number: z.unknown().optional(), episodes: z.array(z.unknown()).catch([]) });
const episode = z.object({ number: z.unknown().optional(), watched_at: z.string().nullish() });
const memo = z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)]).catch("");
const backup = z.object({
  shows: z.array(z.unknown()).nullish(),
  anime: z.array(z.unknown()).nullish(),
  movies: z.array(z.unknown()).nullish(),
});
const movie = z.object({ movie: z.object({ title: z.string().nullish() }) });

export const isSimklBackup = ({ head }: ImportFile): boolean =>
  /^\ufeff?\s*\{/.test(head) && /"(?:shows|anime|movies)"\s*:\s*\[\s*(?:\]|\{)/.test(head);

const LISTS: Readonly<Record<string, ListName>> = {
  plantowatch: "later",
  hold: "archived",
  dropped: "archived",
  notinteresting: "archived",
};

export function* parseSimkl(file: ImportFile, options: ParseOptions): Generator<void, ParsedImport> {
  const collector = createCollector("simkl");
  const read = backup.safeParse(parseJson(file));
  if (!read.success) collector.notUnderstood(file.name, "it is not a backup as Simkl writes them");
  const { shows, anime, movies } = read.data ?? {};
  for (const [name, items] of [
    ["shows", shows],
    ["anime", anime],
  ] as const) {
    for (const [index, raw] of (items ?? []).entries()) {
      takeItem(collector, raw, `${name}, entry ${index + 1}`, options);
      yield;
    }
  }
  for (const [index, raw] of (movies ?? []).entries()) {
    collector.movie(`movies, entry ${index + 1}`, movie.safeParse(raw).data?.movie.title ?? "?");
    yield;
  }
  return collector.result();
}

function takeItem(collector: Collector, raw: unknown, place: string, options: ParseOptions): void {
  const read = item.safeParse(raw);
  if (!read.success) {
    collector.notUnderstood(place, "it is not an entry as Simkl writes them");
    return;
  }
  const { show: named, status, seasons, watched_episodes_count: watched } = read.data;
  const { imdb, tmdb, tvdb } = named.ids;
  if (!named.title && [imdb, tmdb, tvdb].every((id) => id === undefined)) {
    collector.notUnderstood(place, "its show has neither a title nor an id");
    return;
  }
  const ids = { imdb, tmdb, tvdb };
  const show = collector.show({ title: named.title ?? "", year: yearOf(named.year), ids, place });
  show.list = LISTS[status ?? ""] ?? show.list;
  show.rating = ratingOf(read.data.user_rating) ?? show.rating;
  show.notes = notesOf(memo.parse(read.data.memo)) ?? show.notes;
  show.addedAt ??= believed(readTime(read.data.added_to_watchlist_at ?? ""), options.now);
  const before = show.plays.length;
  for (const each of seasons ?? []) takeSeason(collector, show, each, place, options);
  const counted = wholeNumber(watched) ?? 0;
  if (counted > 0 && show.plays.length === before) {
    const title = shortened(show.title);
    collector.notUnderstood(place, `Simkl counts ${counted} watched episodes of "${title}" and does not say which`);
  }
}

function takeSeason(
  collector: Collector,
  show: ReturnType<Collector["show"]>,
  raw: unknown,
  place: string,
  { now }: ParseOptions,
): void {
  const read = season.safeParse(raw);
  const inSeason = wholeNumber(read.data?.number);
  for (const each of read.data?.episodes ?? [null]) {
    const found = episode.safeParse(each);
    const number = wholeNumber(found.data?.number);
    if (!found.success || inSeason === null || number === null) {
      collector.notUnderstood(place, `an episode of "${shortened(show.title)}" has no number`);
      continue;
    }
    const watchedAt = believed(readTime(found.data.watched_at ?? ""), now);
    collector.play(show, {
      episode: episodeOf({ season: inSeason, number }),
      watchedAt,
      certainty: watchedAt === null ? "unknown" : "marked",
    });
  }
}
