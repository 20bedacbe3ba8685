import { t } from "elysia";
import { BROWSE_FILTERS } from "../../domain/browse.ts";
import { MILESTONES } from "../../domain/milestone.ts";
import { CERTAINTIES } from "../../domain/plays.ts";
import { PROGRESS_STATES } from "../../domain/progress.ts";
import { LIST_NAMES } from "../../domain/show-list.ts";
import { UP_NEXT_SECTIONS } from "../../domain/up-next.ts";
import { Id, Iso, IsoOrNull, TextOrNull, Whole } from "./schemas.ts";

// Shapes of shows, episodes and plays. What a schema does not name is left out of the answer.

export const NumberOrNull = t.Union([Whole(), t.Null()]);

function oneOf<const Names extends readonly string[]>(names: Names) {
  return t.Unsafe<Names[number]>(t.Union(names.map((name) => t.Literal(name))));
}

export const List = oneOf(LIST_NAMES);
export const Progress = oneOf(PROGRESS_STATES);
export const ShowStatus = oneOf(["running", "ended", "upcoming"]);
export const Rating = t.Union([t.Integer({ minimum: 1, maximum: 10 }), t.Null()]);

export const Notes = t.Union([t.String({ maxLength: 10_000 }), t.Null()], { description: "Blank or null: none" });

export const Ids = t.Object({
  trakt: TextOrNull,
  tmdb: TextOrNull,
  tvdb: TextOrNull,
  imdb: TextOrNull,
  tvmaze: TextOrNull,
});

const episodeFields = {
  id: Id,
  season: Whole({ description: "0 = specials" }),
  number: t.Union([Whole(), t.Null()], { description: "Null: the server gave it none" }),
  title: TextOrNull,
  airedAt: IsoOrNull,
  airedExact: t.Boolean({ description: "False: only the day is known" }),
};

export const Episode = t.Object(episodeFields);

const showFields = {
  id: Id,
  title: t.String(),
  year: NumberOrNull,
  posterUrl: t.String({ description: "Path of the poster on this server" }),
};

export const ShowRef = t.Object(showFields);

const entryFields = {
  ...showFields,
  ids: Ids,
  list: List,
  listChosen: t.Boolean({ description: "False: the list follows from what has been watched" }),
  rating: NumberOrNull,
  status: t.Union([ShowStatus, t.Null()]),
  network: TextOrNull,
  genres: t.Array(t.String()),
  watched: Whole({ description: "Different episodes, without specials" }),
  aired: Whole({ description: "Episodes that are out, without specials" }),
  total: Whole(),
  lastWatchedAt: IsoOrNull,
  addedAt: Iso,
  nextAirAt: IsoOrNull,
  next: t.Union([Episode, t.Null()], { description: "What to watch next" }),
};

export const LibraryShow = t.Object({
  ...entryFields,
  newEpisode: t.Boolean({ description: "An episode that came out in the last seven days is waiting" }),
});

const facet = t.Array(t.Object({ value: t.String(), shows: Whole() }));

export const LibraryFacets = t.Object({
  lists: t.Object({ all: Whole(), ...Object.fromEntries(LIST_NAMES.map((name) => [name, Whole()])) }),
  networks: facet,
  genres: facet,
  statuses: facet,
  progress: facet,
});

const playFields = {
  id: Id,
  watchedAt: t.Union([Iso, t.Null()], { description: "Null: the time is not known" }),
  certainty: oneOf(CERTAINTIES),
  source: t.String({ description: "A provider, manual or import" }),
  serverName: TextOrNull,
  evidence: t.String({ description: "What the source said" }),
  syncId: TextOrNull,
  edited: t.Boolean({ description: "You have corrected the time; no sync changes it back" }),
  original: t.Union([t.Object({ watchedAt: IsoOrNull, certainty: oneOf(CERTAINTIES) }), t.Null()], {
    description: "What the source says of the time, when it is edited",
  }),
};

export const Play = t.Object(playFields);

export const EpisodeWithPlays = t.Object({
  ...episodeFields,
  runtimeMin: NumberOrNull,
  onServer: t.Boolean(),
  aired: t.Boolean(),
  watched: t.Boolean(),
  plays: t.Array(Play),
});

export const Show = t.Object({
  ...entryFields,
  notes: t.Union([t.String(), t.Null()], { description: "Your own, for nobody else to read" }),
  overview: TextOrNull,
  runtimeMin: NumberOrNull,
  enrichedFrom: TextOrNull,
  seasons: t.Array(
    t.Object({
      number: Whole(),
      title: t.String(),
      watched: Whole(),
      aired: Whole(),
      total: Whole(),
      episodes: t.Array(EpisodeWithPlays),
    }),
  ),
  matches: t.Array(
    t.Object({
      integrationId: Id,
      provider: t.String(),
      serverName: t.String(),
      title: t.String({ description: "What the server calls it" }),
      year: NumberOrNull,
      ids: Ids,
      method: t.String(),
      confidence: t.Number(),
      chosenByUser: t.Boolean(),
    }),
  ),
});

export const HistoryItem = t.Object({ ...playFields, show: ShowRef, episode: Episode });

export const UpNextSection = oneOf(UP_NEXT_SECTIONS);

export const UpNextItem = t.Object({
  show: ShowRef,
  episode: Episode,
  section: UpNextSection,
  isNew: t.Boolean({ description: "Came out in the last seven days" }),
  runtimeMin: NumberOrNull,
  watched: Whole(),
  aired: Whole(),
  remaining: Whole({ description: "Further unwatched episodes that are out" }),
  lastWatchedAt: IsoOrNull,
});

export const CaughtUpItem = t.Object({
  show: ShowRef,
  next: t.Union([Episode, t.Null()], { description: "What comes next; null: no date is known" }),
  lastWatchedAt: IsoOrNull,
});

export const CalendarItem = t.Object({
  show: ShowRef,
  episode: Episode,
  watched: t.Boolean(),
  milestone: t.Union([oneOf(MILESTONES), t.Null()], {
    description: "What it begins or ends; finales only where they are known",
  }),
  runtimeMin: NumberOrNull,
});

const watchedFields = { plays: Whole(), minutes: Whole() };

const TopShow = t.Object({ ...showFields, ...watchedFields, episodes: Whole() });
const TopName = t.Object({ name: t.String(), shows: Whole(), ...watchedFields });

const StreakOrNull = t.Union([t.Object({ from: t.String(), to: t.String(), days: Whole() }), t.Null()]);

export const Stats = t.Object({
  year: t.Union([Whole(), t.Null()], { description: "Null: ever" }),
  timezone: t.String({ description: "Whose days these are" }),
  shows: Whole({ description: "With a play" }),
  episodes: Whole({ description: "Different episodes, specials included" }),
  plays: Whole(),
  rewatches: Whole({ description: "Plays of episodes that had been watched before" }),
  minutes: Whole({ description: "Of plays whose runtime is known" }),
  withoutRuntime: Whole({ description: "Plays whose runtime is not known" }),
  undated: Whole({ description: "Plays whose time is not known, ever: in no year and on no day" }),
  months: t.Array(t.Object({ month: t.String({ examples: ["2026-08"] }), ...watchedFields }), {
    description: "Those with a play, oldest first",
  }),
  days: t.Array(t.Object({ date: t.String(), ...watchedFields }), {
    description: "Every day of the year, else of the last 53 weeks",
  }),
  weeks: t.Array(t.Object({ week: t.String({ description: "Its Monday" }), ...watchedFields })),
  years: t.Array(t.Object({ year: Whole(), ...watchedFields }), { description: "Every year with a play" }),
  hours: t.Array(t.Array(Whole()), { description: "Dated plays by weekday, from Monday, and hour" }),
  activeDays: Whole({ description: "Days with a play" }),
  firstDay: TextOrNull,
  lastDay: TextOrNull,
  busiestDay: t.Union([t.Object({ date: t.String(), ...watchedFields }), t.Null()]),
  averagePerWeek: t.Number({ description: "Dated plays, from the first one on" }),
  longestStreak: StreakOrNull,
  currentStreak: StreakOrNull,
  topShows: t.Array(TopShow, { description: "By minutes" }),
  topShowsByPlays: t.Array(TopShow),
  topNetworks: t.Array(TopName, { description: "By minutes" }),
  topGenres: t.Array(TopName, { description: "By minutes; a show counts for each of its genres" }),
});

export const SearchResult = t.Object({
  source: t.String(),
  id: t.String({ description: "The source's own id, for POST /api/shows" }),
  title: t.String(),
  year: NumberOrNull,
  ids: Ids,
  overview: t.Union([t.String(), t.Null()], { description: "Its beginning. Like all facts only what the list tells" }),
  status: t.Union([oneOf(["running", "ended", "upcoming"]), t.Null()]),
  network: TextOrNull,
  country: TextOrNull,
  genres: t.Array(t.String()),
  runtimeMin: NumberOrNull,
  posterUrl: t.Union([t.String(), t.Null()], { description: "Path of the poster on this server, good for some hours" }),
  showId: t.Union([Id, t.Null()], { description: "When it is in your library" }),
  list: t.Union([List, t.Null()]),
  maybeShowId: t.Union([Id, t.Null()], { description: "A show of your library with the same title and year" }),
});

/** A source that could not be asked while another could. */
export const SourceFailure = t.Object({
  source: t.String(),
  label: t.String(),
  message: t.String(),
  hint: TextOrNull,
  retryAt: t.Union([Iso, t.Null()], { description: "When another try makes sense, where it is known" }),
});

export const SearchAnswer = t.Object({
  items: t.Array(SearchResult),
  nextCursor: TextOrNull,
  source: t.Union([t.String(), t.Null()], { description: "Who found them" }),
  failures: t.Array(SourceFailure),
});

export const BrowseAnswer = t.Object({
  items: t.Array(SearchResult),
  nextCursor: TextOrNull,
  source: t.String(),
  filters: t.Record(t.String(), t.String(), {
    description: "What the list is narrowed by, with values put in where needed",
  }),
});

export const SourceFilters = t.Object({
  source: t.String(),
  label: t.String(),
  scope: t.String({ description: "What the source can list, one sentence" }),
  filters: t.Array(
    t.Object({
      filter: oneOf(BROWSE_FILTERS),
      options: t.Array(t.Object({ value: t.String(), label: t.String() })),
      free: t.Boolean({ description: "Other values may be given: 2010-2019 for year, 20-40 for runtime" }),
      needed: t.Boolean({ description: "Always has a value; today and your country where none is given" }),
    }),
  ),
  problem: t.Union([t.String(), t.Null()], { description: "Why the genres are missing" }),
});

/** How many rows a list may give at once. */
export const Limit = t.Optional(t.Integer({ minimum: 1, maximum: 500, description: "Rows in one answer" }));
export const Cursor = t.Optional(t.String({ description: "nextCursor of the answer before" }));

export function listOf<Item extends ReturnType<typeof t.Object>>(item: Item) {
  return t.Object({ items: t.Array(item), nextCursor: TextOrNull });
}
