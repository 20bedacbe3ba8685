import { searchWords, titleKey } from "../../domain/title.ts";
import type { Db } from "../open.ts";
import { hasWords, libraryRows } from "./library-filter.ts";
import { type ShowColumns, type ShowRef, showColumns, showRef } from "./view.ts";

/** Another show of the user's library, with what tells it from its namesakes. */
export type OtherShow = ShowRef & { network: string | null; watched: number; aired: number };

type Row = ShowColumns & Pick<OtherShow, "network" | "watched" | "aired">;

/** So short a title is in too many others. */
const SHORTEST_PART = 4;

const isAlike = `(s.title_key = $key
  OR (instr(s.title_key, $key) > 0 AND length($key) >= ${SHORTEST_PART})
  OR (instr($key, s.title_key) > 0 AND length(s.title_key) >= ${SHORTEST_PART}))`;

/**
 * The user's other shows that may be the same one: those whose title holds this show's title or lies in it. With words
 * to look for instead, those whose title, or a translation of it, has them. One statement.
 */
export function otherShows(
  db: Db,
  userId: number,
  show: { id: number; title: string },
  { query = "", limit }: { query?: string; limit: number },
): OtherShow[] {
  const { key } = titleKey(show.title);
  const words = query.trim() === "" ? null : JSON.stringify(searchWords(query));
  if (words === null && key === "") return [];
  const rows = db.raw
    .query<Row, [{ userId: number; showId: number; key: string; words: string | null; limit: number }]>(
      `SELECT ${showColumns}, s.network, l.watched, s.aired
       FROM ${libraryRows}
       WHERE l.user_id = $userId AND l.show_id <> $showId
         AND CASE WHEN $words IS NULL THEN ${isAlike} ELSE ${hasWords} END
       ORDER BY s.title_key <> $key, s.sort_title, s.year, s.id LIMIT $limit`,
    )
    .all({ userId, showId: show.id, key, words, limit });
  return rows.map((row) => ({
    ...showRef(row),
    network: row.network,
    watched: row.watched,
    aired: row.aired,
  }));
}
