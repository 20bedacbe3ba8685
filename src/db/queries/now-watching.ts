import type { Db } from "../open.ts";
import {
  type EpisodeColumns,
  type EpisodeRef,
  episodeColumns,
  episodeRef,
  type ShowColumns,
  type ShowRef,
  showColumns,
  showRef,
} from "./view.ts";

/** A thing on a server, and the show it belongs to there. */
export type ServerItem = { integrationId: string; itemId: string; showItemId: string | null };

export type InLibrary = {
  show: ShowRef;
  /** Null: an episode that no sync has brought yet. */
  episode: EpisodeRef | null;
};

type Row = ShowColumns & { [Name in keyof EpisodeColumns]: EpisodeColumns[Name] | null } & { at: number };

/** What these are in the user's library, in their order; null for shows outside it. One statement, none for nothing. */
export function inLibrary(db: Db, userId: number, items: readonly ServerItem[]): (InLibrary | null)[] {
  if (items.length === 0) return [];
  const rows = db.raw
    .query<Row, [{ userId: number; items: string }]>(
      `SELECT w.key AS at, ${showColumns}, ${episodeColumns}
       FROM json_each($items) w
       LEFT JOIN item_links k ON k.integration_id = w.value ->> 0 AND k.item_id = w.value ->> 1
       LEFT JOIN episodes e ON e.id = k.episode_id
       LEFT JOIN matches m ON e.id IS NULL AND m.integration_id = w.value ->> 0 AND m.item_id = w.value ->> 2
       CROSS JOIN shows s ON s.id = coalesce(e.show_id, m.show_id)
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = s.id
       ORDER BY w.key`,
    )
    .all({
      userId,
      items: JSON.stringify(
        items.map(({ integrationId, itemId, showItemId }) => [Number(integrationId), itemId, showItemId]),
      ),
    });
  const found = new Map(rows.map((row) => [row.at, { show: showRef(row), episode: episodeOf(row) }]));
  return items.map((_, at) => found.get(at) ?? null);
}

function episodeOf({ episodeId, season, number, episodeTitle, airedAt, airedExact }: Row): EpisodeRef | null {
  if (episodeId === null || season === null || airedExact === null) return null;
  return episodeRef({ episodeId, season, number, episodeTitle, airedAt, airedExact });
}
