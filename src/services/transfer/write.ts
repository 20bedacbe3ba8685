import { ensureSeason, insertEpisode } from "../../db/repos/episodes.ts";
import {
  addMoreIds,
  type ImportItemRow,
  type ImportRow,
  importedSoFar,
  insertImportedPlay,
  updateItem,
} from "../../db/repos/imports.ts";
import { refreshProgress } from "../../db/repos/library.ts";
import { completeYear } from "../../db/repos/matches.ts";
import { playsOfEpisodes } from "../../db/repos/plays.ts";
import { addExternalIds, insertShow, refreshShowCounts, showById } from "../../db/repos/shows.ts";
import { insertSuppression, suppressionsOf } from "../../db/repos/suppressions.ts";
import { tx } from "../../db/tx.ts";
import type { ImportedShow, ImportFormat } from "../../domain/imports/model.ts";
import { titleKey } from "../../domain/title.ts";
import type { Deps } from "../context.ts";
import { fillEntry } from "./entry.ts";
import { comesIn } from "./read.ts";
import { createShowSettler, type Settled } from "./settle-show.ts";
import { findTarget } from "./targets.ts";
import type { ImportOptions } from "./types.ts";
import { type ItemUndo, itemUndoOf } from "./undo-journal.ts";

export type WriteContext = Pick<Deps, "db"> & {
  row: Pick<ImportRow, "id" | "userId">;
  format: ImportFormat;
  options: ImportOptions;
  /** Shows that this import has made so far. */
  made: Set<number>;
  now: number;
};

/** `source` of plays that come from a file of another program. */
export const IMPORT_SOURCE = "import";

/**
 * Writes one show of a file, a few hundred episodes to a transaction; each yield is a commit. Begun again after a stop it
 * adds what is missing. Returns our show, or null when the user has not said which it is.
 */
export function* writeShow(
  context: WriteContext,
  show: ImportedShow,
  item: ImportItemRow,
): Generator<void, number | null> {
  const { db, row, format, options } = context;
  const undo = itemUndoOf(item);
  const begun = tx(db, () => ({ showId: begin(context, show, item, undo) }));
  if (begun.showId === null) return null;
  const { showId } = begun;
  const before = importedSoFar(db, row.id, showId);
  const settler = createShowSettler(
    {
      db,
      userId: row.userId,
      format,
      bringBack: options.bringBack ?? false,
      sink: {
        episode: (wanted) => makeEpisode(context, showId, wanted, undo),
        play: (episodeId, viewing) => {
          const { play, evidence } = viewing;
          insertImportedPlay(db, {
            userId: row.userId,
            episodeId,
            watchedAt: play.watchedAt,
            certainty: play.certainty,
            source: play.origin?.source ?? IMPORT_SOURCE,
            evidence,
            editedFrom: play.origin?.editedFrom ?? null,
            importId: row.id,
            createdAt: context.now,
          });
        },
      },
    },
    show,
    showId,
  );
  const sum: Settled = { added: before, there: -before, suppressed: 0 };
  for (const [index, part] of settler.parts.entries()) {
    tx(db, () => {
      const { added, there, suppressed } = settler.settle(part);
      sum.added += added;
      sum.there += there;
      sum.suppressed += suppressed;
      const isLast = index === settler.parts.length - 1;
      if (isLast) finish(context, show, showId, settler.episodeId, { undo, sum });
      updateItem(db, item, {
        added: sum.added,
        alreadyThere: Math.max(0, sum.there),
        suppressed: sum.suppressed,
        done: isLast,
        undo: JSON.stringify(undo),
      });
    });
    yield;
  }
  return showId;
}

/** Our show for the file's, found or made. What was made before an interruption is found again by the item. */
function begin(context: WriteContext, show: ImportedShow, item: ImportItemRow, undo: ItemUndo): number | null {
  const { db, options, now } = context;
  const known = undo.created && item.showId !== null ? item.showId : null;
  const target = known === null ? findTarget(db, show, options.choices?.[item.key], context.made) : null;
  if (target?.kind === "doubtful" || target?.kind === "skipped") {
    updateItem(db, item, { outcome: target.kind, done: true });
    return null;
  }
  const showId = known ?? (target?.kind === "matched" ? target.showId : create(context, show, undo));
  if (undo.created) context.made.add(showId);
  addExternalIds(db, showId, show.ids);
  addMoreIds(db, showId, show.moreIds);
  if (show.year !== null && showById(db, showId)?.year === null) completeYear(db, showId, show.year);
  updateItem(db, item, { showId, outcome: undo.created ? "created" : "matched", undo: JSON.stringify(undo) });
  return showId;

  function create({ db: into }: WriteContext, { title, year, ids }: ImportedShow, journal: ItemUndo): number {
    journal.created = true;
    return insertShow(into, { title, year: year ?? titleKey(title).year ?? null }, ids, now).id;
  }
}

type Wanted = Parameters<Parameters<typeof createShowSettler>[0]["sink"]["episode"]>[0];

function makeEpisode({ db }: WriteContext, showId: number, wanted: Wanted, undo: ItemUndo): number {
  ensureSeason(db, showId, wanted.season);
  const { season, number, title, airedAt, ids, guid } = wanted;
  const id = insertEpisode(db, { showId, season, number, title, airedAt, ids, plex: guid });
  undo.episodes.push(id);
  return id;
}

function finish(
  { db, row, now }: WriteContext,
  show: ImportedShow,
  showId: number,
  episodeId: (wanted: ImportedShow["removals"][number]["episode"]) => number,
  { undo, sum }: { undo: ItemUndo; sum: Settled },
): void {
  const { userId, id: importId } = row;
  restoreRemovals(db, userId, show, episodeId, undo);
  const belongs = comesIn(show, { ...sum, alreadyThere: sum.there });
  undo.filled = { ...fillEntry(db, { userId, showId, importId, now }, show, belongs), ...undo.filled };
  refreshShowCounts(db, [showId], now);
  refreshProgress(db, userId, [showId], now);
}

function restoreRemovals(
  db: Deps["db"],
  userId: number,
  show: ImportedShow,
  episodeId: (wanted: ImportedShow["removals"][number]["episode"]) => number,
  undo: ItemUndo,
): void {
  for (const { episode, evidence, watchedAt, until } of show.removals) {
    const id = episodeId(episode);
    const isThere = suppressionsOf(db, userId, [id]).some(
      (known) => known.evidence === evidence && known.until === until && known.watchedAt === watchedAt,
    );
    // What is watched here was marked again since.
    const isMarked = playsOfEpisodes(db, userId, [id]).some(
      (play) => evidence === null && (play.watchedAt === null || play.watchedAt <= until),
    );
    if (isThere || isMarked) continue;
    const reason = "user";
    undo.suppressions.push(
      insertSuppression(db, {
        userId,
        episodeId: id,
        integrationId: null,
        evidence,
        watchedAt,
        until,
        reason,
        syncLogId: null,
      }),
    );
  }
}
