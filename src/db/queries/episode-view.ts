import { type SourceWord, sourceWord } from "../../domain/play-edit.ts";
import type { Certainty } from "../../domain/plays.ts";
import { hasAired } from "../../domain/progress.ts";
import type { Db } from "../open.ts";
import { type EpisodeColumns, type EpisodeRef, episodeColumns, episodeRef } from "./view.ts";

export type PlayView = {
  id: string;
  watchedAt: number | null;
  certainty: Certainty;
  /** A provider's id, `manual` or `import`. */
  source: string;
  serverName: string | null;
  evidence: string;
  syncId: string | null;
  /** The user has corrected the time. */
  edited: boolean;
  /** What the source says of the time, when the user says something else. */
  original: SourceWord | null;
};

export type EpisodeView = EpisodeRef & {
  runtimeMin: number | null;
  onServer: boolean;
  /** Out already. */
  aired: boolean;
  watched: boolean;
  plays: PlayView[];
};

export type EpisodeViewColumns = EpisodeColumns & { runtimeMin: number | null; onServer: 0 | 1 };

export const episodeViewColumns = `${episodeColumns}, e.runtime_min AS runtimeMin, e.on_server AS onServer`;

export type PlayColumns = {
  id: number;
  watchedAt: number | null;
  certainty: Certainty;
  source: string;
  serverName: string | null;
  evidence: string;
  syncLogId: number | null;
  editedFrom: string | null;
};

export const playColumns = `p.id, p.watched_at AS watchedAt, p.certainty, p.source, p.evidence,
  p.sync_log_id AS syncLogId, p.edited_from AS editedFrom, i.server_name AS serverName`;

export function playView(row: PlayColumns): PlayView {
  return {
    id: String(row.id),
    watchedAt: row.watchedAt,
    certainty: row.certainty,
    source: row.source,
    serverName: row.serverName,
    evidence: row.evidence,
    syncId: row.syncLogId === null ? null : String(row.syncLogId),
    edited: row.editedFrom !== null,
    original: row.editedFrom === null ? null : sourceWord(row),
  };
}

export function episodeView(row: EpisodeViewColumns, plays: PlayView[], now: number): EpisodeView {
  const onServer = row.onServer === 1;
  return {
    ...episodeRef(row),
    runtimeMin: row.runtimeMin,
    onServer,
    aired: hasAired({ airedAt: row.airedAt, onServer, plays: plays.length }, now),
    watched: plays.length > 0,
    plays,
  };
}

/** One episode of the user's library; null when it is not there. Two statements. */
export function oneEpisode(
  db: Db,
  userId: number,
  episodeId: number,
  now: number,
): (EpisodeView & { showId: string }) | null {
  const row = db.raw
    .query<EpisodeViewColumns & { showId: number }, [{ userId: number; episodeId: number }]>(
      `SELECT ${episodeViewColumns}, e.show_id AS showId FROM episodes e
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = e.show_id WHERE e.id = $episodeId`,
    )
    .get({ userId, episodeId });
  if (row === null) return null;
  const plays = db.raw
    .query<PlayColumns, [{ userId: number; episodeId: number }]>(
      `SELECT ${playColumns} FROM plays p LEFT JOIN integrations i ON i.id = p.integration_id
       WHERE p.episode_id = $episodeId AND p.user_id = $userId ORDER BY p.watched_at, p.id`,
    )
    .all({ userId, episodeId });
  return { ...episodeView(row, plays.map(playView), now), showId: String(row.showId) };
}
