import { t } from "elysia";
import { CERTAINTIES } from "../../domain/plays.ts";
import { LIST_NAMES } from "../../domain/show-list.ts";
import { Id, Iso, IsoOrNull, TextOrNull } from "./schemas.ts";

// Shapes of shows, episodes and plays. What a schema does not name is left out of the answer.

const NumberOrNull = t.Union([t.Integer(), t.Null()]);

function oneOf<const Names extends readonly string[]>(names: Names) {
  return t.Unsafe<Names[number]>(t.Union(names.map((name) => t.Literal(name))));
}

export const List = oneOf(LIST_NAMES);
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
  season: t.Integer({ description: "0 = specials" }),
  number: t.Union([t.Integer(), t.Null()], { description: "Null: the server gave it none" }),
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
  rating: NumberOrNull,
  watched: t.Integer({ description: "Different episodes, without specials" }),
  aired: t.Integer({ description: "Episodes that are out, without specials" }),
  total: t.Integer(),
  lastWatchedAt: IsoOrNull,
  addedAt: Iso,
  nextAirAt: IsoOrNull,
  next: t.Union([Episode, t.Null()], { description: "What to watch next" }),
};

export const LibraryShow = t.Object(entryFields);

const playFields = {
  id: Id,
  watchedAt: t.Union([Iso, t.Null()], { description: "Null: the time is not known" }),
  certainty: oneOf(CERTAINTIES),
  source: t.String({ description: "A provider, manual or import" }),
  serverName: TextOrNull,
  evidence: t.String({ description: "What the source said" }),
  syncId: TextOrNull,
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
  status: t.Union([oneOf(["running", "ended", "upcoming"]), t.Null()]),
  network: TextOrNull,
  genres: t.Array(t.String()),
  runtimeMin: NumberOrNull,
  enrichedFrom: TextOrNull,
  seasons: t.Array(
    t.Object({
      number: t.Integer(),
      title: t.String(),
      watched: t.Integer(),
      aired: t.Integer(),
      total: t.Integer(),
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

export const UpNextItem = t.Object({
  show: ShowRef,
  episode: Episode,
  watched: t.Integer(),
  aired: t.Integer(),
  remaining: t.Integer({ description: "Further unwatched episodes that are out" }),
  lastWatchedAt: IsoOrNull,
});

export const CalendarItem = t.Object({ show: ShowRef, episode: Episode, watched: t.Boolean() });

export const Stats = t.Object({
  shows: t.Integer(),
  episodes: t.Integer({ description: "Different episodes, specials included" }),
  plays: t.Integer(),
  minutes: t.Integer({ description: "Of plays whose runtime is known" }),
  undated: t.Integer({ description: "Plays whose time is not known" }),
  months: t.Array(t.Object({ month: t.String(), plays: t.Integer() })),
  days: t.Array(t.Object({ date: t.String(), plays: t.Integer() })),
});

export const SearchResult = t.Object({
  source: t.String(),
  id: t.String({ description: "The source's own id, for POST /api/shows" }),
  title: t.String(),
  year: NumberOrNull,
  ids: Ids,
  showId: t.Union([Id, t.Null()], { description: "When it is in your library" }),
});

/** How many rows a list may give at once. */
export const Limit = t.Optional(t.Integer({ minimum: 1, maximum: 500, description: "Rows in one answer" }));
export const Cursor = t.Optional(t.String({ description: "nextCursor of the answer before" }));

export function listOf<Item extends ReturnType<typeof t.Object>>(item: Item) {
  return t.Object({ items: t.Array(item), nextCursor: TextOrNull });
}
