import { sortTitle, titleKey } from "../../domain/title.ts";
import type { Db } from "../open.ts";
import { tx } from "../tx.ts";

/** Titles of one show in one language. Episodes by our ids. */
export type TitleSet = {
  showId: number;
  language: string;
  /** Null: asked for, and there is none. */
  title: string | null;
  episodes: ReadonlyMap<number, string>;
};

/** So many rows are written at a time: a daily serial has thousands of episodes, and pages wait meanwhile. */
const batch = 1_000;

/** Replaces what was known. The show's own row comes last: without it the whole is asked for again. */
export function saveTitles(db: Db, { showId, language, title, episodes }: TitleSet, now: number): void {
  const rows = [...episodes];
  tx(db, () => deleteEpisodeTitles(db, showId, language));
  for (let at = 0; at < rows.length; at += batch) {
    tx(db, () => insertEpisodeTitles(db, language, rows.slice(at, at + batch)));
  }
  db.raw
    .query<unknown, [Record<string, string | number | null>]>(
      `INSERT INTO show_titles (show_id, language, title, title_key, sort_title, fetched_at)
       SELECT s.id, $language, $title, $titleKey, $sortTitle, $now FROM shows s WHERE s.id = $showId
       ON CONFLICT (show_id, language) DO UPDATE SET title = excluded.title, title_key = excluded.title_key,
         sort_title = excluded.sort_title, fetched_at = excluded.fetched_at`,
    )
    .run({
      showId,
      language,
      title,
      titleKey: title === null ? null : titleKey(title).key,
      sortTitle: title === null ? null : sortTitle(title),
      now,
    });
}

function deleteEpisodeTitles(db: Db, showId: number, language: string): void {
  db.raw
    .query<unknown, [{ showId: number; language: string }]>(
      `DELETE FROM episode_titles
       WHERE language = $language AND episode_id IN (SELECT id FROM episodes WHERE show_id = $showId)`,
    )
    .run({ showId, language });
}

/** An episode that has gone meanwhile has no use for its title. */
function insertEpisodeTitles(db: Db, language: string, rows: readonly (readonly [number, string])[]): void {
  db.raw
    .query<unknown, [{ language: string; rows: string }]>(
      `INSERT OR REPLACE INTO episode_titles (episode_id, language, title)
       SELECT e.id, $language, named.value ->> 1 FROM json_each($rows) named JOIN episodes e ON e.id = named.value ->> 0`,
    )
    .run({ language, rows: JSON.stringify(rows) });
}

/** Not asked for yet, or older than the catalogue that the show has now. */
const isDue = `s.enriched_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM show_titles named
  WHERE named.show_id = s.id AND named.language = u.title_language AND named.fetched_at >= s.enriched_at)`;

/** The languages in which people who have this show want its titles, and do not have them. */
export function dueLanguages(db: Db, showId: number): string[] {
  return db.raw
    .query<{ language: string }, [{ showId: number }]>(
      `SELECT DISTINCT u.title_language AS language FROM library_entries l
       CROSS JOIN users u ON u.id = l.user_id AND u.title_language IS NOT NULL
       CROSS JOIN shows s ON s.id = l.show_id
       WHERE l.show_id = $showId AND ${isDue} ORDER BY language`,
    )
    .all({ showId })
    .map(({ language }) => language);
}

/** Queues the catalogued shows (of these, or of all) whose titles are due for anybody, the last watched first. */
export function enqueueUntitled(db: Db, now: number, showIds: readonly number[] | null): number {
  return db.raw
    .query<unknown, [{ now: number; shows: string | null }]>(
      `INSERT INTO enrichment_queue (show_id, state, priority, updated_at)
       SELECT l.show_id, 'pending', max(coalesce(l.last_watched_at, 0)), $now FROM users u
       CROSS JOIN library_entries l ON l.user_id = u.id CROSS JOIN shows s ON s.id = l.show_id
       WHERE u.title_language IS NOT NULL AND ($shows IS NULL OR l.show_id IN (SELECT value FROM json_each($shows)))
         AND ${isDue} GROUP BY l.show_id
       ON CONFLICT (show_id) DO UPDATE SET state = 'pending', attempts = 0, next_attempt_at = 0
         WHERE enrichment_queue.state = 'done'`,
    )
    .run({ now, shows: showIds === null ? null : JSON.stringify(showIds) }).changes;
}

/** How many of the user's catalogued shows have been asked for in the chosen language. One statement. */
export function titleProgress(db: Db, userId: number): { done: number; total: number } {
  const row = db.raw
    .query<{ done: number; total: number }, [{ userId: number }]>(
      `SELECT count(*) AS total, count(named.show_id) AS done FROM users u
       CROSS JOIN library_entries l ON l.user_id = u.id
       CROSS JOIN shows s ON s.id = l.show_id
       LEFT JOIN show_titles named ON named.show_id = s.id AND named.language = u.title_language
       WHERE u.id = $userId AND u.title_language IS NOT NULL AND s.enriched_at IS NOT NULL`,
    )
    .get({ userId });
  return row ?? { done: 0, total: 0 };
}
