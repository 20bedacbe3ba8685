import type { Db } from "../../db/open.ts";
import {
  deleteUntouchedEntries,
  deleteUnusedEpisodes,
  deleteUnusedShows,
  type ImportRow,
  showItemsOf,
  someImported,
} from "../../db/repos/imports.ts";
import { refreshProgress } from "../../db/repos/library.ts";
import { deletePlays } from "../../db/repos/plays.ts";
import { refreshShowCounts } from "../../db/repos/shows.ts";
import { deleteSuppressions } from "../../db/repos/suppressions.ts";
import { tx } from "../../db/tx.ts";
import { wishAround } from "../push/wishes.ts";
import { emptyEntry } from "./entry.ts";
import { takeBackExtras } from "./extras.ts";
import { importUndoOf, itemUndoOf } from "./undo-journal.ts";

const PLAYS = 1_000;
const SHOWS = 50;

/**
 * Takes back exactly what one import added, piece by piece; what came since stays. Interrupted, it is simply done again.
 * Returns the shows it touched.
 */
export function* takeBack(db: Db, row: ImportRow, now: number): Generator<void, number[]> {
  const { id: importId, userId } = row;
  for (;;) {
    const left = tx(db, () => ({ plays: takeSome(db, row, now) }));
    if (left.plays === 0) break;
    yield;
  }
  const items = showItemsOf(db, importId).map((item) => ({ showId: item.showId, undo: itemUndoOf(item) }));
  for (let at = 0; at < items.length; at += SHOWS) {
    tx(db, () => {
      for (const { showId, undo } of items.slice(at, at + SHOWS)) {
        deleteSuppressions(db, undo.suppressions);
        deleteUnusedEpisodes(db, undo.episodes);
        if (showId !== null) emptyEntry(db, userId, showId, undo.filled);
      }
    });
    yield;
  }
  const created = items.flatMap(({ showId, undo }) => (undo.created && showId !== null ? [showId] : []));
  const touched = items.flatMap(({ showId }) => showId ?? []);
  tx(db, () => {
    takeBackExtras(db, userId, importUndoOf(row));
    deleteUntouchedEntries(db, userId, importId);
  });
  const gone = new Set<number>();
  for (let at = 0; at < created.length; at += SHOWS) {
    for (const id of tx(db, () => deleteUnusedShows(db, created.slice(at, at + SHOWS)))) gone.add(id);
    yield;
  }
  const left = touched.filter((id) => !gone.has(id));
  for (let at = 0; at < left.length; at += SHOWS) {
    tx(db, () => {
      refreshShowCounts(db, left.slice(at, at + SHOWS), now);
      refreshProgress(db, userId, left.slice(at, at + SHOWS), now);
    });
    yield;
  }
  return touched;
}

/** A server takes back what it was given for the import, and only when the user says so. */
function takeSome(db: Db, { id: importId, userId }: ImportRow, now: number): number {
  const plays = someImported(db, importId, PLAYS);
  const episodeIds = [...new Set(plays.map(({ episodeId }) => episodeId))];
  return wishAround(db, { userId, episodeIds, origin: null, ask: true, takingBack: true, now }, () =>
    deletePlays(
      db,
      plays.map(({ id }) => id),
    ),
  );
}
