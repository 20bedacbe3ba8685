import type { Db } from "../open.ts";

// What several pages show of the same thing. Instants in epoch milliseconds, ids as opaque text.

export type ListPage<Item> = { items: Item[]; nextCursor: string | null };

export type ShowRef = {
  id: string;
  title: string;
  year: number | null;
  /** Belongs into the poster's address, so that a new picture is a new address. */
  posterVersion: number;
  /** False: nobody has named a picture, the drawn one is all there is. */
  hasPoster: boolean;
};

export type EpisodeRef = {
  id: string;
  season: number;
  number: number | null;
  title: string | null;
  airedAt: number | null;
  /** False: only the day is known, `airedAt` is its midnight in UTC. */
  airedExact: boolean;
};

export type ShowColumns = {
  showId: number;
  showTitle: string;
  year: number | null;
  posterVersion: number;
  hasPoster: 0 | 1;
};

/** Asked once a statement; without a wish it is null, and nothing has a title in that language. */
const wantedLanguage = "(SELECT u.title_language FROM users u WHERE u.id = $userId)";

/** Titles as `$userId` wants to read them: in the chosen language where that is known. */
const shownShowTitle = `coalesce((SELECT named.title FROM show_titles named
  WHERE named.show_id = s.id AND named.language = ${wantedLanguage}), s.title)`;
const shownEpisodeTitle = `coalesce((SELECT named.title FROM episode_titles named
  WHERE named.episode_id = e.id AND named.language = ${wantedLanguage}), e.title)`;

/** For statements that also search or sort by what is shown: `named` stands beside `s`. */
export const withShownTitle = `LEFT JOIN show_titles named
  ON named.show_id = s.id AND named.language = ${wantedLanguage} AND named.title IS NOT NULL`;

export const showColumns = `s.id AS showId, ${shownShowTitle} AS showTitle, s.year, s.poster_version AS posterVersion,
  (s.poster_url IS NOT NULL OR s.poster_path IS NOT NULL) AS hasPoster`;

export function showRef(row: ShowColumns): ShowRef {
  return {
    id: String(row.showId),
    title: row.showTitle,
    year: row.year,
    posterVersion: row.posterVersion,
    hasPoster: row.hasPoster === 1,
  };
}

export type EpisodeColumns = {
  episodeId: number;
  season: number;
  number: number | null;
  episodeTitle: string | null;
  airedAt: number | null;
  airedExact: 0 | 1;
};

export const episodeColumns = `e.id AS episodeId, e.season, e.number, ${shownEpisodeTitle} AS episodeTitle, e.aired_at AS airedAt,
  e.aired_exact AS airedExact`;

export function episodeRef(row: EpisodeColumns): EpisodeRef {
  return {
    id: String(row.episodeId),
    season: row.season,
    number: row.number,
    title: row.episodeTitle,
    airedAt: row.airedAt,
    airedExact: row.airedExact === 1,
  };
}

/** What this user calls a show; null when there is none. */
export function shownTitle(db: Db, userId: number, showId: number): string | null {
  const row = db.raw
    .query<{ title: string }, [{ userId: number; showId: number }]>(
      `SELECT ${shownShowTitle} AS title FROM shows s WHERE s.id = $showId`,
    )
    .get({ userId, showId });
  return row?.title ?? null;
}
