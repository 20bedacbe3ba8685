import { z } from "zod";
import type { Certainty } from "../plays.ts";
import type { ListName } from "../show-list.ts";
import { type Collector, createCollector, episodeOf, notesOf, ratingOf, wholeNumber, yearOf } from "./collector.ts";
import { parseJson } from "./json.ts";
import type { ImportedShow, ImportFile, ParsedImport, ParseOptions } from "./model.ts";
import { baseName } from "./table.ts";
import { believed, readTime, shortened } from "./times.ts";

// Trakt's export: JSON lists in the shapes of its API, one kind a file. What a list holds is told by its entries; only
// lists of shows, which all look alike, are told by their names.

const ids = z.record(z.string(), z.unknown()).catch({});
const named = z.object({ title: z.string().nullish(), year: z.unknown().optional(), ids });
const entry = z.object({
  type: z.string().optional(),
  action: z.string().optional(),
  watched_at: z.string().nullish(),
  rated_at: z.string().nullish(),
  rating: z.unknown().optional(),
  listed_at: z.string().nullish(),
  hidden_at: z.string().nullish(),
  last_watched_at: z.string().nullish(),
  notes: z.unknown().optional(),
  show: named.optional(),
  episode: z
    .object({ season: z.unknown().optional(), number: z.unknown().optional(), title: z.string().nullish(), ids })
    .optional(),
  movie: named.optional(),
  seasons: z.unknown().optional(),
});
type Entry = z.infer<typeof entry>;

const season = z.object({ number: z.unknown().optional(), episodes: z.array(z.unknown()).catch([]) });
const watchedEpisode = z.object({
  number: z.unknown().optional(),
  plays: z.unknown().optional(),
  last_watched_at: z.string().nullish(),
});

type Kind = "history" | "watched" | "ratings" | "watchlist" | "dropped" | "other";

/** By the names in the first entries; they come in any order. */
function kindOf({ name, head }: ImportFile): Kind {
  const has = (key: string) => new RegExp(`"${key}"\\s*:`).test(head);
  if (!/^\ufeff?\s*\[/.test(head) || !(has("show") || has("movie"))) return "other";
  if (has("watched_at")) return "history";
  if (has("last_watched_at")) return "watched";
  if (has("rated_at")) return "ratings";
  if (has("listed_at") && /watchlist/i.test(baseName(name))) return "watchlist";
  return has("hidden_at") && /dropped/i.test(baseName(name)) ? "dropped" : "other";
}

export const isTraktList = (file: ImportFile): boolean => kindOf(file) !== "other";

/** `watched-history-10` comes after `watched-history-2`. */
function inOrder(files: readonly ImportFile[]): ImportFile[] {
  const place = (name: string): [string, number] => {
    const [, stem = "", number = "1"] = /^(.*?)(?:-(\d+))?\.json$/i.exec(baseName(name)) ?? [];
    return [stem, Number(number)];
  };
  return files.toSorted((a, b) => {
    const [[stemA, numberA], [stemB, numberB]] = [place(a.name), place(b.name)];
    return stemA === stemB ? numberA - numberB : stemA < stemB ? -1 : 1;
  });
}

const idsOf = ({ trakt, tmdb, tvdb, imdb }: Record<string, unknown>) => ({ trakt, tmdb, tvdb, imdb });

function showOf(collector: Collector, show: NonNullable<Entry["show"]>, place: string): ImportedShow {
  return collector.show({ title: show.title ?? "", year: yearOf(show.year), ids: idsOf(show.ids), place });
}

export function* parseTrakt(given: readonly ImportFile[], options: ParseOptions): Generator<void, ParsedImport> {
  const collector = createCollector("trakt");
  const files = inOrder(given).map((file) => ({ file, kind: kindOf(file) }));
  const hasHistory = files.some(({ kind }) => kind === "history");
  const unused = files.filter(({ kind, file }) => kind === "other" && !/^\ufeff?\s*\[?\s*\]?\s*$/.test(file.head));
  if (unused.length > 0)
    collector.note(`Not needed: ${shortened(unused.map(({ file }) => baseName(file.name)).join(", "), 300)}.`);
  for (const { file, kind } of files.filter((each) => each.kind !== "other")) {
    const entries = parseJson(file);
    if (!Array.isArray(entries)) {
      collector.notUnderstood(baseName(file.name), "it is damaged or cut off, and nothing of it can be read");
      continue;
    }
    for (const [index, raw] of entries.entries()) {
      const place = `${baseName(file.name)}, entry ${index + 1}`;
      const read = entry.safeParse(raw);
      if (read.success) takeEntry(collector, kind, read.data, place, { ...options, hasHistory });
      else collector.notUnderstood(place, "it is not an entry as Trakt writes them");
      // A history is large: what has been read of it may go.
      entries[index] = null;
      yield;
    }
  }
  return collector.result();
}

type Context = ParseOptions & { hasHistory: boolean };

function takeEntry(collector: Collector, kind: Kind, found: Entry, place: string, context: Context): void {
  if (found.movie !== undefined) {
    collector.movie(place, found.movie.title ?? "?");
    return;
  }
  if (found.show === undefined) {
    collector.notUnderstood(place, "it names no show");
    return;
  }
  if (Object.keys(found.show.ids).length === 0 && !found.show.title) {
    collector.notUnderstood(place, "its show has neither a title nor an id");
    return;
  }
  if (kind === "history") {
    takePlay(collector, found, found.show, place, context);
    return;
  }
  const ofShow = found.type === undefined || found.type === "show";
  if (!ofShow) {
    collector.leftOut(place, `only shows as a whole have ratings and lists here, not a ${found.type}`);
    return;
  }
  const show = showOf(collector, found.show, place);
  if (kind === "watched" && !context.hasHistory) takeSeasons(collector, show, found.seasons, place, context);
  if (kind === "ratings") show.rating = ratingOf(found.rating) ?? show.rating;
  const lists: Partial<Record<Kind, ListName>> = { watchlist: "later", dropped: "archived" };
  show.list = lists[kind] ?? show.list;
  if (kind === "watchlist") show.notes = notesOf(found.notes) ?? show.notes;
}

function takePlay(
  collector: Collector,
  found: Entry,
  named: NonNullable<Entry["show"]>,
  place: string,
  { now }: ParseOptions,
): void {
  const { episode } = found;
  const [seasonNumber, number] = [wholeNumber(episode?.season), wholeNumber(episode?.number)];
  if (episode === undefined || seasonNumber === null || number === null) {
    collector.notUnderstood(place, `it does not say which episode of "${shortened(named.title ?? "?")}"`);
    return;
  }
  const watchedAt = believed(readTime(found.watched_at ?? ""), now);
  const seen: Certainty = found.action === "scrobble" || found.action === "checkin" ? "played" : "marked";
  collector.play(showOf(collector, named, place), {
    episode: episodeOf({ season: seasonNumber, number, title: episode.title ?? null, ids: idsOf(episode.ids) }),
    watchedAt,
    certainty: watchedAt === null ? "unknown" : seen,
  });
}

/** Knows of each episode how often it was watched, and when last. */
function takeSeasons(
  collector: Collector,
  show: ImportedShow,
  seasons: unknown,
  place: string,
  { now }: ParseOptions,
): void {
  const read = z.array(season).safeParse(seasons);
  if (!read.success) {
    collector.notUnderstood(place, `it does not say which episodes of "${shortened(show.title)}"`);
    return;
  }
  for (const { number: seasonValue, episodes } of read.data) {
    for (const raw of episodes) {
      const episode = watchedEpisode.safeParse(raw);
      const [inSeason, number] = [wholeNumber(seasonValue), wholeNumber(episode.data?.number)];
      if (!episode.success || inSeason === null || number === null) {
        collector.notUnderstood(place, `an episode of "${shortened(show.title)}" has no number`);
        continue;
      }
      const last = believed(readTime(episode.data.last_watched_at ?? ""), now);
      const facts = episodeOf({ season: inSeason, number });
      const plays = Math.max(1, Math.min(wholeNumber(episode.data.plays) ?? 1, 100));
      for (let index = 0; index < plays; index += 1) {
        const watchedAt = index === 0 ? last : null;
        collector.play(show, { episode: facts, watchedAt, certainty: watchedAt === null ? "unknown" : "marked" });
      }
    }
  }
}
