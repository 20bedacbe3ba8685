import type { Db } from "../../db/open.ts";
import type { IntegrationRow, LibraryRow } from "../../db/repos/integrations.ts";
import { type PlacedItem, placedItems, replaceItems } from "../../db/repos/item-places.ts";
import { refreshProgress } from "../../db/repos/library.ts";
import type { Numbering } from "../../domain/preferences.ts";
import type { EpisodeIndex } from "../sync/episode-index.ts";
import { numbersIn } from "../sync/item-state.ts";
import { indexOfShow, localOf } from "../sync/shows.ts";

/**
 * The user says how a library numbers its episodes. What was placed by its numbers moves to the episode that they mean
 * now, with the plays that came from there; what an id has placed stays. Returns the shows in which something moved.
 */
export function renumber(
  db: Db,
  row: Pick<IntegrationRow, "id" | "userId">,
  library: Pick<LibraryRow, "key" | "numbering">,
  numbering: Numbering,
  now: number,
): number[] {
  const byShow = Map.groupBy(placedItems(db, row.id, library.key), ({ showId }) => showId);
  const moved: number[] = [];
  for (const [showId, items] of byShow) {
    const index = indexOfShow(db, showId);
    const moves = items.flatMap((item) => {
      const to = meantBy(index, item, numbering);
      const isByNumber = meantBy(index, item, library.numbering) === item.episodeId;
      return to === undefined || to === item.episodeId || !isByNumber
        ? []
        : [{ itemId: item.itemId, from: item.episodeId, to }];
    });
    if (moves.length === 0) continue;
    replaceItems(db, row, moves);
    refreshProgress(db, row.userId, [showId], now);
    moved.push(showId);
  }
  return moved;
}

/** The episode of ours that the item's numbers mean by themselves. */
function meantBy(index: EpisodeIndex, { state }: PlacedItem, numbering: Numbering): number | undefined {
  return index.find(localOf({ ...numbersIn(state), title: null, airedOn: null }, numbering))?.id;
}
