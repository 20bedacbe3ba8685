import type { Db } from "../open.ts";

/** What is known about a show's poster: where it could come from, and what has been fetched. */
export type ArtworkState = {
  showId: number;
  title: string;
  posterVersion: number;
  posterUrl: string | null;
  enrichedFrom: string | null;
  posterIntegrationId: number | null;
  posterPath: string | null;
  /** File name in the folder of posters. */
  file: string | null;
  contentType: string | null;
  /** Of the stored file; without one, of the last attempt. */
  source: string | null;
  failedAt: number | null;
  /** Failures since the last success. */
  attempts: number;
};

export function artworkState(db: Db, showId: number): ArtworkState | undefined {
  const row = db.raw
    .query<ArtworkState, [{ showId: number }]>(
      `SELECT s.id AS showId, s.title, s.poster_version AS posterVersion, s.poster_url AS posterUrl,
         s.enriched_from AS enrichedFrom, s.poster_integration_id AS posterIntegrationId, s.poster_path AS posterPath,
         a.file, a.content_type AS contentType, a.source, a.failed_at AS failedAt, coalesce(a.attempts, 0) AS attempts
       FROM shows s LEFT JOIN artwork a ON a.show_id = s.id WHERE s.id = $showId`,
    )
    .get({ showId });
  return row ?? undefined;
}

export type StoredArtwork = {
  showId: number;
  file: string | null;
  contentType: string | null;
  source: string;
  fetchedAt: number | null;
  failedAt: number | null;
  attempts: number;
};

/** Another file is another address: the show's poster version counts on. To be called in a transaction. */
export function saveArtwork(db: Db, row: StoredArtwork): void {
  db.raw
    .query<unknown, [{ showId: number; file: string | null }]>(
      `UPDATE shows SET poster_version = poster_version + 1
       WHERE id = $showId AND $file IS NOT (SELECT file FROM artwork WHERE show_id = $showId)`,
    )
    .run({ showId: row.showId, file: row.file });
  db.raw
    .query<unknown, [StoredArtwork]>(
      `INSERT INTO artwork (show_id, file, content_type, source, fetched_at, failed_at, attempts)
       VALUES ($showId, $file, $contentType, $source, $fetchedAt, $failedAt, $attempts)
       ON CONFLICT (show_id) DO UPDATE SET file = excluded.file, content_type = excluded.content_type,
         source = excluded.source, fetched_at = coalesce(excluded.fetched_at, fetched_at),
         failed_at = excluded.failed_at, attempts = excluded.attempts`,
    )
    .run(row);
}

/** Shows of anybody's library with a poster that has not been fetched, last watched first. */
export function showsWithoutArtwork(db: Db): number[] {
  return db.raw
    .query<{ id: number }, []>(
      `SELECT s.id FROM library_entries l JOIN shows s ON s.id = l.show_id LEFT JOIN artwork a ON a.show_id = s.id
       WHERE (s.poster_url IS NOT NULL OR s.poster_path IS NOT NULL) AND a.file IS NULL
       GROUP BY s.id ORDER BY max(l.last_watched_at) DESC, s.id`,
    )
    .all()
    .map(({ id }) => id);
}
