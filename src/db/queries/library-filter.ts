import { searchWords } from "../../domain/title.ts";

/** What a user's library is narrowed down to. All of it holds at once; a value that no show has finds nothing. */
export type LibraryFilter = {
  list?: string | undefined;
  /** Words, each anywhere in the title or in one of its translations. */
  query?: string | undefined;
  /** Any of these. */
  networks?: readonly string[] | undefined;
  /** Any of these. */
  genres?: readonly string[] | undefined;
  status?: string | undefined;
  progress?: string | undefined;
  rated?: boolean | undefined;
};

export type FilterParams = {
  userId: number;
  list: string | null;
  words: string | null;
  networks: string | null;
  genres: string | null;
  status: string | null;
  progress: string | null;
  rated: 0 | 1 | null;
};

/** As the domain's `progressState`, of the counts that are kept ready. */
export const progressColumn = `CASE
  WHEN s.status = 'ended' AND s.total > 0 AND l.watched >= s.total THEN 'finished'
  WHEN s.aired > 0 AND l.watched >= s.aired THEN 'up-to-date'
  WHEN l.watched > 0 THEN 'in-progress'
  ELSE 'not-started' END`;

export const libraryRows = "library_entries l CROSS JOIN shows s ON s.id = l.show_id";

/** `title_key` has the article but no "(2019)", `sort_title` the other way round: together they have every word. */
export const hasWords = `NOT EXISTS (
    SELECT 1 FROM json_each($words) word WHERE instr(s.title_key || ' ' || s.sort_title, word.value) = 0
  ) OR EXISTS (
    SELECT 1 FROM show_titles t WHERE t.show_id = s.id AND t.title IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM json_each($words) word WHERE instr(t.title_key || ' ' || t.sort_title, word.value) = 0
    )
  )`;

export const inFilter = `l.user_id = $userId
  AND ($list IS NULL OR l.list = $list)
  AND ($status IS NULL OR s.status = $status)
  AND ($rated IS NULL OR (l.rating IS NOT NULL) = $rated)
  AND ($progress IS NULL OR ${progressColumn} = $progress)
  AND ($networks IS NULL OR s.network IN (SELECT value FROM json_each($networks)))
  AND ($genres IS NULL OR EXISTS (
    SELECT 1 FROM json_each(s.genres) genre WHERE genre.value IN (SELECT value FROM json_each($genres))
  ))
  AND ($words IS NULL OR ${hasWords})`;

export function filterParams(userId: number, filter: LibraryFilter): FilterParams {
  const words = searchWords(filter.query ?? "");
  return {
    userId,
    list: filter.list ?? null,
    words: jsonOrNull(words),
    networks: jsonOrNull(filter.networks ?? []),
    genres: jsonOrNull(filter.genres ?? []),
    status: filter.status ?? null,
    progress: filter.progress ?? null,
    rated: filter.rated === undefined ? null : filter.rated ? 1 : 0,
  };
}

function jsonOrNull(values: readonly string[]): string | null {
  return values.length === 0 ? null : JSON.stringify(values);
}
