import type { ExternalIds } from "../../domain/external-ids.ts";
import type { ListName } from "../../domain/show-list.ts";
import type { Db } from "../open.ts";
import { idsOfShow } from "../repos/shows.ts";
import {
  type EpisodeView,
  type EpisodeViewColumns,
  episodeView,
  episodeViewColumns,
  type PlayColumns,
  type PlayView,
  playColumns,
  playView,
} from "./episode-view.ts";
import { type MatchSummary, matchesOfShow } from "./match-summary.ts";
import { type EpisodeRef, type ShowColumns, type ShowRef, showColumns, showRef } from "./view.ts";

export type SeasonView = {
  number: number;
  title: string;
  watched: number;
  aired: number;
  total: number;
  episodes: EpisodeView[];
};

export type ShowPage = ShowRef & {
  ids: ExternalIds;
  overview: string | null;
  status: "running" | "ended" | "upcoming" | null;
  network: string | null;
  genres: string[];
  runtimeMin: number | null;
  /** The metadata source that the facts come from. */
  enrichedFrom: string | null;
  list: ListName;
  listChosen: boolean;
  rating: number | null;
  /** The user's own words. */
  notes: string | null;
  addedAt: number;
  watched: number;
  aired: number;
  total: number;
  lastWatchedAt: number | null;
  nextAirAt: number | null;
  next: EpisodeRef | null;
  seasons: SeasonView[];
  matches: MatchSummary[];
};

type HeadRow = ShowColumns &
  Pick<
    ShowPage,
    | "overview"
    | "status"
    | "network"
    | "runtimeMin"
    | "enrichedFrom"
    | "list"
    | "rating"
    | "notes"
    | "addedAt"
    | "watched"
    | "aired"
    | "total"
    | "lastWatchedAt"
    | "nextAirAt"
  > & { genres: string; listChosen: 0 | 1; nextEpisodeId: number | null };

/** One show of the user's library with everything on its page; null when it is not there. Six statements. */
export function showPage(db: Db, userId: number, showId: number, now: number): ShowPage | null {
  const head = readHead(db, userId, showId);
  if (head === null) return null;
  const plays = readPlays(db, userId, showId);
  const episodes = readEpisodes(db, userId, showId).map((row) => episodeView(row, plays.get(row.episodeId) ?? [], now));
  const next = episodes.find(({ id }) => id === String(head.nextEpisodeId));
  return {
    ...showRef(head),
    ids: idsOfShow(db, showId),
    overview: head.overview,
    status: head.status,
    network: head.network,
    genres: JSON.parse(head.genres) as string[],
    runtimeMin: head.runtimeMin,
    enrichedFrom: head.enrichedFrom,
    list: head.list,
    listChosen: head.listChosen === 1,
    rating: head.rating,
    notes: head.notes,
    addedAt: head.addedAt,
    watched: head.watched,
    aired: head.aired,
    total: head.total,
    lastWatchedAt: head.lastWatchedAt,
    nextAirAt: head.nextAirAt,
    next: next === undefined ? null : refOf(next),
    seasons: seasonsOf(readSeasons(db, showId), episodes),
    matches: matchesOfShow(db, userId, showId),
  };
}

function readHead(db: Db, userId: number, showId: number): HeadRow | null {
  return db.raw
    .query<HeadRow, [{ userId: number; showId: number }]>(
      `SELECT ${showColumns}, s.overview, s.status, s.network, s.genres, s.runtime_min AS runtimeMin,
         s.enriched_from AS enrichedFrom, l.list, l.list_chosen AS listChosen, l.rating, l.notes, l.added_at AS addedAt,
         l.watched,
         s.aired, s.total, l.last_watched_at AS lastWatchedAt, s.next_air_at AS nextAirAt,
         l.next_episode_id AS nextEpisodeId
       FROM library_entries l CROSS JOIN shows s ON s.id = l.show_id
       WHERE l.user_id = $userId AND l.show_id = $showId`,
    )
    .get({ userId, showId });
}

function readEpisodes(db: Db, userId: number, showId: number): EpisodeViewColumns[] {
  return db.raw
    .query<EpisodeViewColumns, [{ userId: number; showId: number }]>(
      `SELECT ${episodeViewColumns} FROM episodes e
       WHERE e.show_id = $showId ORDER BY e.season, e.number IS NULL, e.number, e.aired_at IS NULL, e.aired_at, e.id`,
    )
    .all({ userId, showId });
}

function readPlays(db: Db, userId: number, showId: number): Map<number, PlayView[]> {
  const rows = db.raw
    .query<PlayColumns & { episodeId: number }, [{ userId: number; showId: number }]>(
      `SELECT ${playColumns}, p.episode_id AS episodeId
       FROM episodes e CROSS JOIN plays p ON p.episode_id = e.id AND p.user_id = $userId
       LEFT JOIN integrations i ON i.id = p.integration_id
       WHERE e.show_id = $showId ORDER BY p.watched_at, p.id`,
    )
    .all({ userId, showId });
  const byEpisode = new Map<number, PlayView[]>();
  for (const row of rows) {
    const plays = byEpisode.get(row.episodeId) ?? [];
    byEpisode.set(row.episodeId, plays);
    plays.push(playView(row));
  }
  return byEpisode;
}

function readSeasons(db: Db, showId: number): Map<number, string | null> {
  const rows = db.raw
    .query<{ number: number; title: string | null }, [{ showId: number }]>(
      "SELECT number, title FROM seasons WHERE show_id = $showId",
    )
    .all({ showId });
  return new Map(rows.map(({ number, title }) => [number, title]));
}

function refOf({ id, season, number, title, airedAt, airedExact }: EpisodeView): EpisodeRef {
  return { id, season, number, title, airedAt, airedExact };
}

/** In order, specials last. A season that only its episodes prove is there too. */
function seasonsOf(titles: ReadonlyMap<number, string | null>, episodes: readonly EpisodeView[]): SeasonView[] {
  const bySeason = new Map<number, EpisodeView[]>([...titles.keys()].map((number) => [number, []]));
  for (const episode of episodes) {
    const list = bySeason.get(episode.season) ?? [];
    bySeason.set(episode.season, list);
    list.push(episode);
  }
  return [...bySeason]
    .sort(([a], [b]) => (a || Number.MAX_SAFE_INTEGER) - (b || Number.MAX_SAFE_INTEGER))
    .map(([number, list]) => ({
      number,
      title: titles.get(number) ?? (number === 0 ? "Specials" : `Season ${number}`),
      watched: list.filter(({ watched }) => watched).length,
      aired: list.filter(({ aired }) => aired).length,
      total: list.length,
      episodes: list,
    }));
}
