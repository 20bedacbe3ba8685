import type { Numbering } from "../../domain/preferences.ts";
import type { Db } from "../open.ts";

/** An item of a library and the episode of ours that it was found to be. */
export type PlacedItem = { itemId: string; state: string; episodeId: number; showId: number };

export function placedItems(db: Db, integrationId: number, libraryKey: string): PlacedItem[] {
  return db.raw
    .query<PlacedItem, [number, string]>(
      `SELECT l.item_id AS itemId, l.state, l.episode_id AS episodeId, e.show_id AS showId
       FROM item_links l JOIN episodes e ON e.id = l.episode_id WHERE l.integration_id = ? AND l.library_key = ?`,
    )
    .all(integrationId, libraryKey);
}

/** What users say of the numbers of episodes that only a server knows so far; those without a word are left out. */
export function numberingsOf(db: Db, showId: number): Map<number, Numbering> {
  const rows = db.raw
    .query<{ id: number; numbering: Numbering }, [number]>(
      `SELECT e.id, b.numbering FROM episodes e
       JOIN item_links l INDEXED BY item_links_by_episode ON l.episode_id = e.id
       JOIN integration_libraries b ON b.integration_id = l.integration_id AND b.key = l.library_key
       WHERE e.show_id = ? AND e.in_catalogue = 0 AND b.numbering <> 'auto'`,
    )
    .all(showId);
  return new Map(rows.map(({ id, numbering }) => [id, numbering]));
}

export type ItemMove = { itemId: string; from: number; to: number };

/**
 * Items turn out to be other episodes, all of these at the same time: one may move to where another comes from. What
 * the user has from this server moves along, unless an item that stays speaks for the episode too.
 */
export function replaceItems(
  db: Db,
  { id: integrationId, userId }: { id: number; userId: number },
  moves: readonly ItemMove[],
): void {
  const all = JSON.stringify(moves);
  const emptied = JSON.stringify(
    db.raw
      .query<{ from: number; to: number }, { all: string; integrationId: number }>(
        `WITH moves AS (SELECT value ->> 'itemId' AS item, value ->> 'from' AS origin, value ->> 'to' AS goal FROM json_each($all))
         SELECT origin AS "from", min(goal) AS "to" FROM moves
         WHERE NOT EXISTS (SELECT 1 FROM item_links l INDEXED BY item_links_by_episode
           WHERE l.episode_id = origin AND l.integration_id = $integrationId AND l.item_id NOT IN (SELECT item FROM moves))
         GROUP BY origin`,
      )
      .all({ all, integrationId }),
  );
  const goal = `(SELECT value ->> 'to' FROM json_each($emptied) WHERE value ->> 'from' = episode_id)`;
  const here = `user_id = $userId AND integration_id = $integrationId`;
  const leaving = `episode_id IN (SELECT value ->> 'from' FROM json_each($emptied))`;
  const whose = { emptied, userId, integrationId };
  // Under a name of its own on the way: the same proof may be at home where it arrives, and leave in the same step.
  db.raw
    .query<unknown, typeof whose>(
      `UPDATE plays SET evidence = 'moving:' || evidence, episode_id = ${goal} WHERE ${here} AND ${leaving}`,
    )
    .run(whose);
  db.raw
    .query<unknown, typeof whose>(`UPDATE suppressions SET episode_id = ${goal} WHERE ${here} AND ${leaving}`)
    .run(whose);
  db.raw
    .query<unknown, { userId: number; integrationId: number }>(
      `UPDATE OR IGNORE plays SET evidence = substr(evidence, 8) WHERE ${here} AND evidence LIKE 'moving:%'`,
    )
    .run({ userId, integrationId });
  db.raw
    .query<unknown, { userId: number; integrationId: number }>(
      `DELETE FROM plays WHERE ${here} AND evidence LIKE 'moving:%'`,
    )
    .run({ userId, integrationId });
  db.raw
    .query<unknown, { all: string; integrationId: number }>(
      `UPDATE item_links SET episode_id = m.value ->> 'to' FROM json_each($all) m
       WHERE integration_id = $integrationId AND item_id = m.value ->> 'itemId'`,
    )
    .run({ all, integrationId });
}
