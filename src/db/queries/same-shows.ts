import { titleKey } from "../../domain/title.ts";
import type { Db } from "../open.ts";
import { type ShowColumns, type ShowRef, showColumns, showRef } from "./view.ts";

/** Another show of the user's library, with what tells it from its namesakes. */
export type OtherShow = ShowRef & { network: string | null; watched: number; aired: number };

type Row = ShowColumns & Pick<OtherShow, "network" | "watched" | "aired">;

/** So short a title is in too many others. */
const SHORTEST_PART = 4;

/**
 * The user's other shows that may be the same one: those whose title holds this show's title or lies in it. With words
 * to look for instead, those whose title has them. One statement.
 */
export function otherShows(
  db: Db,
  userId: number,
  show: { id: number; title: string },
  { query = "", limit }: { query?: string; limit: number },
): OtherShow[] {
  const asked = query.trim() !== "";
  const { key } = titleKey(asked ? query : show.title);
  if (key === "") return [];
  const rows = db.raw
    .query<Row, [{ userId: number; showId: number; key: string; asked: number; shortest: number; limit: number }]>(
      `SELECT ${showColumns}, s.network, l.watched, s.aired
       FROM library_entries l CROSS JOIN shows s ON s.id = l.show_id
       WHERE l.user_id = $userId AND l.show_id <> $showId
         AND (s.title_key = $key
           OR (instr(s.title_key, $key) > 0 AND ($asked = 1 OR length($key) >= $shortest))
           OR (instr($key, s.title_key) > 0 AND $asked = 0 AND length(s.title_key) >= $shortest))
       ORDER BY s.title_key <> $key, s.sort_title, s.year, s.id LIMIT $limit`,
    )
    .all({ userId, showId: show.id, key, asked: Number(asked), shortest: SHORTEST_PART, limit });
  return rows.map((row) => ({
    ...showRef(row),
    network: row.network,
    watched: row.watched,
    aired: row.aired,
  }));
}
