import { type ExternalIds, isIdKind } from "../../domain/external-ids.ts";
import type { MatchMethod } from "../../domain/matching.ts";
import type { ListName } from "../../domain/show-list.ts";
import type { Db } from "../open.ts";

/** Everything of one show that is this user's, in an order of its own: the same library gives the same document. */
export type ExportedShow = {
  id: number;
  title: string;
  year: number | null;
  ids: ExternalIds;
  moreIds: { kind: string; value: string }[];
  entry: {
    list: ListName;
    listChosen: 0 | 1;
    rating: number | null;
    notes: string | null;
    addedAt: number;
  } | null;
  plays: ExportedPlay[];
  removals: ExportedRemoval[];
};

export type ExportedEpisode = {
  season: number;
  number: number | null;
  title: string | null;
  airedAt: number | null;
  ids: ExternalIds;
  guid: string | null;
};

export type ExportedPlay = {
  episode: ExportedEpisode;
  watchedAt: number | null;
  certainty: "played" | "marked" | "unknown";
  source: string;
  evidence: string;
  editedFrom: string | null;
};

export type ExportedRemoval = {
  episode: ExportedEpisode;
  evidence: string | null;
  watchedAt: number | null;
  until: number;
};

/** The shows of which the user has anything: in the library, with a play, or with one taken away. */
export function exportedShowIds(db: Db, userId: number): number[] {
  return db.raw
    .query<{ id: number }, [number]>(
      `SELECT s.id FROM shows s WHERE s.id IN (
         SELECT show_id FROM library_entries WHERE user_id = ?1
         UNION SELECT e.show_id FROM plays p JOIN episodes e ON e.id = p.episode_id WHERE p.user_id = ?1
         UNION SELECT e.show_id FROM suppressions x JOIN episodes e ON e.id = x.episode_id WHERE x.user_id = ?1 AND x.reason = 'user')
       ORDER BY s.sort_title, s.year, s.id`,
    )
    .all(userId)
    .map(({ id }) => id);
}

const wanted = "json_each($ids) wanted CROSS JOIN";
const episodeColumns = `e.show_id AS showId, e.season, e.number, e.title, e.aired_at AS airedAt, e.tmdb, e.tvdb, e.imdb, e.trakt,
  e.tvmaze, e.plex AS guid`;
const inOrder = "e.season, e.number IS NULL, e.number, e.title, e.aired_at";

type Params = { ids: string; userId: number };
type EpisodeColumns = Omit<ExportedEpisode, "ids"> & { showId: number } & Record<
    "tmdb" | "tvdb" | "imdb" | "trakt" | "tvmaze",
    string | null
  >;
type HeadRow = Pick<ExportedShow, "id" | "title" | "year"> & {
  list: ListName | null;
  listChosen: 0 | 1;
  rating: number | null;
  notes: string | null;
  addedAt: number;
};

/** Four statements for any number of shows. */
export function exportedShows(db: Db, userId: number, showIds: readonly number[]): ExportedShow[] {
  const params = { ids: JSON.stringify(showIds), userId };
  const shows = heads(db, params);
  const byId = new Map(shows.map((show) => [show.id, show]));
  for (const { showId, kind, value } of idRows(db, params.ids)) {
    const show = byId.get(showId);
    if (show === undefined) continue;
    if (isIdKind(kind) && show.ids[kind] === undefined) show.ids[kind] = value;
    else show.moreIds.push({ kind, value });
  }
  for (const row of playRows(db, params)) {
    const { watchedAt, certainty, source, evidence, editedFrom } = row;
    byId.get(row.showId)?.plays.push({ episode: episode(row), watchedAt, certainty, source, evidence, editedFrom });
  }
  for (const row of removalRows(db, params)) {
    const { evidence, watchedAt, until } = row;
    byId.get(row.showId)?.removals.push({ episode: episode(row), evidence, watchedAt, until });
  }
  return shows;
}

function heads(db: Db, params: Params): ExportedShow[] {
  return db.raw
    .query<HeadRow, [Params]>(
      `SELECT s.id, s.title, s.year, l.list, l.list_chosen AS listChosen, l.rating, l.notes, l.added_at AS addedAt
       FROM ${wanted} shows s ON s.id = wanted.value
       LEFT JOIN library_entries l ON l.show_id = s.id AND l.user_id = $userId ORDER BY wanted.key`,
    )
    .all(params)
    .map(({ id, title, year, list, ...entry }) => ({
      id,
      title,
      year,
      ids: {},
      moreIds: [],
      entry: list === null ? null : { list, ...entry },
      plays: [],
      removals: [],
    }));
}

function idRows(db: Db, ids: string): { showId: number; kind: string; value: string }[] {
  return db.raw
    .query<{ showId: number; kind: string; value: string }, [{ ids: string }]>(
      `SELECT x.show_id AS showId, x.kind, x.value FROM ${wanted} external_ids x ON x.show_id = wanted.value
       ORDER BY x.kind, x.value`,
    )
    .all({ ids });
}

type PlayRow = EpisodeColumns & Omit<ExportedPlay, "episode">;

function playRows(db: Db, params: Params): PlayRow[] {
  return db.raw
    .query<PlayRow, [Params]>(
      `SELECT ${episodeColumns}, p.watched_at AS watchedAt, p.certainty, p.source, p.evidence, p.edited_from AS editedFrom
       FROM ${wanted} episodes e ON e.show_id = wanted.value
       CROSS JOIN plays p ON p.episode_id = e.id AND p.user_id = $userId
       ORDER BY wanted.key, ${inOrder}, p.watched_at, p.evidence, p.id`,
    )
    .all(params);
}

type RemovalRow = EpisodeColumns & Omit<ExportedRemoval, "episode">;

/** What an undone sync keeps out is that server's matter and ends with its next run. */
function removalRows(db: Db, params: Params): RemovalRow[] {
  return db.raw
    .query<RemovalRow, [Params]>(
      `SELECT ${episodeColumns}, x.evidence, x.watched_at AS watchedAt, x.until
       FROM ${wanted} episodes e ON e.show_id = wanted.value
       CROSS JOIN suppressions x ON x.episode_id = e.id AND x.user_id = $userId AND x.reason = 'user'
       ORDER BY wanted.key, ${inOrder}, x.until, x.evidence, x.id`,
    )
    .all(params);
}

function episode({
  season,
  number,
  title,
  airedAt,
  guid,
  tmdb,
  tvdb,
  imdb,
  trakt,
  tvmaze,
}: EpisodeColumns): ExportedEpisode {
  const ids = Object.fromEntries(
    Object.entries({ tmdb, tvdb, imdb, trakt, tvmaze }).filter(([, value]) => value !== null),
  );
  return { season, number, title, airedAt, ids, guid };
}

export type ExportedMatch = {
  provider: string;
  serverId: string;
  serverName: string;
  accountId: string;
  accountName: string;
  serverShow: string;
  title: string;
  year: number | null;
  /** JSON. */
  ids: string;
  method: MatchMethod;
  confidence: number;
  chosen: 0 | 1;
  showId: number;
};

/** Which show each of the user's servers' shows is, also of servers that are not connected now. */
export function exportedMatches(db: Db, userId: number): ExportedMatch[] {
  return db.raw
    .query<ExportedMatch, [number]>(
      `SELECT i.provider, i.server_id AS serverId, i.server_name AS serverName, i.account_id AS accountId,
         i.account_name AS accountName, m.server_show AS serverShow, m.title, m.year, m.ids, m.method, m.confidence,
         m.chosen_by_user AS chosen, m.show_id AS showId
       FROM integrations i JOIN matches m ON m.integration_id = i.id
       WHERE i.user_id = ? ORDER BY i.provider, i.server_id, m.server_show`,
    )
    .all(userId);
}
