import type { PlayTime } from "../../domain/play-edit.ts";
import type { Certainty } from "../../domain/plays.ts";
import type { EpisodeProgress } from "../../domain/progress.ts";
import type { Db } from "../open.ts";

export type PlayRow = {
  id: number;
  userId: number;
  episodeId: number;
  watchedAt: number | null;
  certainty: Certainty;
  /** A provider's id for what a media server told us, `manual` for a mark made by hand, `import` for a file. */
  source: string;
  integrationId: number | null;
  evidence: string;
  syncLogId: number | null;
  createdAt: number;
  /** The source's word on the time, where the user has corrected it. */
  editedFrom: string | null;
  /** The import that added it, so that it can be taken back. */
  importId: number | null;
};

export type NewPlay = Omit<PlayRow, "id" | "editedFrom" | "importId">;

export const playRowColumns = `p.id, p.user_id AS userId, p.episode_id AS episodeId, p.watched_at AS watchedAt, p.certainty, p.source,
  p.integration_id AS integrationId, p.evidence, p.sync_log_id AS syncLogId, p.created_at AS createdAt,
  p.edited_from AS editedFrom, p.import_id AS importId`;

/** When the source says that a play was, whatever the user has made of it. */
export const sourceWatchedAt = (alias: string): string =>
  `CASE WHEN ${alias}.edited_from IS NULL THEN ${alias}.watched_at ELSE ${alias}.edited_from ->> 'watchedAt' END`;

export function playById(db: Db, id: number): PlayRow | undefined {
  return (
    db.raw.query<PlayRow, [{ id: number }]>(`SELECT ${playRowColumns} FROM plays p WHERE p.id = $id`).get({ id }) ??
    undefined
  );
}

/** One user's plays of these episodes, oldest row first, in one statement for any number of episodes. */
export function playsOfEpisodes(db: Db, userId: number, episodeIds: readonly number[]): PlayRow[] {
  return db.raw
    .query<PlayRow, [{ userId: number; ids: string }]>(
      `SELECT ${playRowColumns} FROM json_each($ids) wanted
       CROSS JOIN plays p ON p.episode_id = wanted.value AND p.user_id = $userId ORDER BY p.id`,
    )
    .all({ userId, ids: JSON.stringify(episodeIds) });
}

/** How many plays one user has of each of these episodes. */
export function playCounts(db: Db, userId: number, episodeIds: readonly number[]): Map<number, number> {
  const rows = db.raw
    .query<{ episodeId: number; n: number }, [string, number]>(
      `SELECT w.value AS episodeId, count(*) AS n FROM json_each(?1) w
       CROSS JOIN plays p ON p.episode_id = w.value AND p.user_id = ?2 GROUP BY w.value`,
    )
    .all(JSON.stringify(episodeIds), userId);
  return new Map(rows.map(({ episodeId, n }) => [episodeId, n]));
}

/** One user's plays of a show, or of one of its seasons. */
export function playsOfShow(db: Db, userId: number, showId: number, season: number | null): PlayRow[] {
  return db.raw
    .query<PlayRow, [{ userId: number; showId: number; season: number | null }]>(
      `SELECT ${playRowColumns} FROM episodes e CROSS JOIN plays p ON p.episode_id = e.id AND p.user_id = $userId
       WHERE e.show_id = $showId AND ($season IS NULL OR e.season = $season) ORDER BY p.id`,
    )
    .all({ userId, showId, season });
}

/** What marking wants to know of an episode: where it stands, when it came out, how often this user has seen it. */
export type MarkableEpisode = EpisodeProgress & { id: number; airedExact: boolean };

type MarkableRow = Omit<MarkableEpisode, "onServer" | "airedExact"> & { onServer: 0 | 1; airedExact: 0 | 1 };

/** A show's episodes as one user has them, in the order of their numbers. */
export function markableEpisodes(db: Db, userId: number, showId: number): MarkableEpisode[] {
  return db.raw
    .query<MarkableRow, [{ userId: number; showId: number }]>(
      `SELECT e.id, e.season, e.number, e.aired_at AS airedAt, e.aired_exact AS airedExact, e.on_server AS onServer,
         (SELECT count(*) FROM plays p WHERE p.episode_id = e.id AND p.user_id = $userId) AS plays
       FROM episodes e WHERE e.show_id = $showId ORDER BY e.season, e.number, e.id`,
    )
    .all({ userId, showId })
    .map((row) => ({ ...row, onServer: row.onServer === 1, airedExact: row.airedExact === 1 }));
}

export function insertPlay(db: Db, play: NewPlay): number {
  const { lastInsertRowid } = db.raw
    .query<unknown, (string | number | null)[]>(
      `INSERT INTO plays (user_id, episode_id, watched_at, certainty, source, integration_id, evidence, sync_log_id, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      play.userId,
      play.episodeId,
      play.watchedAt,
      play.certainty,
      play.source,
      play.integrationId,
      play.evidence,
      play.syncLogId,
      play.createdAt,
    );
  return Number(lastInsertRowid);
}

/** The user's word on when a play was; its evidence stays. */
export function setPlayTime(db: Db, id: number, { watchedAt, certainty, editedFrom }: PlayTime): void {
  db.raw
    .query<unknown, [{ id: number; watchedAt: number | null; certainty: string; editedFrom: string | null }]>(
      "UPDATE plays SET watched_at = $watchedAt, certainty = $certainty, edited_from = $editedFrom WHERE id = $id",
    )
    .run({ id, watchedAt, certainty, editedFrom });
}

/** Returns how many there were. */
export function deletePlays(db: Db, ids: readonly number[]): number {
  if (ids.length === 0) return 0;
  return db.raw
    .query<unknown, [{ ids: string }]>("DELETE FROM plays WHERE id IN (SELECT value FROM json_each($ids))")
    .run({ ids: JSON.stringify(ids) }).changes;
}

/**
 * Puts removed plays back under their old ids. What they pointed to may be gone by now: an integration or a sync is
 * then forgotten, and a play whose episode is gone or that a sync has brought back meanwhile is left out.
 */
export function restorePlays(db: Db, plays: readonly PlayRow[]): number {
  if (plays.length === 0) return 0;
  return db.raw
    .query<unknown, [{ rows: string }]>(
      `INSERT INTO plays (id, user_id, episode_id, watched_at, certainty, source, integration_id, evidence, sync_log_id, created_at,
         edited_from, import_id)
       SELECT r.value ->> 'id', r.value ->> 'userId', e.id, r.value ->> 'watchedAt', r.value ->> 'certainty',
         r.value ->> 'source', i.id, r.value ->> 'evidence', s.id, r.value ->> 'createdAt',
         r.value ->> 'editedFrom', f.id
       FROM json_each($rows) r
       JOIN episodes e ON e.id = r.value ->> 'episodeId'
       LEFT JOIN integrations i ON i.id = r.value ->> 'integrationId'
       LEFT JOIN sync_logs s ON s.id = r.value ->> 'syncLogId'
       LEFT JOIN imports f ON f.id = r.value ->> 'importId'
       WHERE NOT EXISTS (SELECT 1 FROM plays p WHERE p.id = r.value ->> 'id')
         AND NOT EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id AND p.user_id = r.value ->> 'userId'
           AND p.evidence = r.value ->> 'evidence' AND p.integration_id IS i.id)`,
    )
    .run({ rows: JSON.stringify(plays) }).changes;
}
