import type { Db } from "../../db/open.ts";
import { forgetStates } from "../../db/repos/item-links.ts";
import { deleteEntry, type EntryRow, entryOf, refreshProgress, restoreEntry } from "../../db/repos/library.ts";
import {
  deletePlays,
  insertPlay,
  type NewPlay,
  type PlayRow,
  playById,
  playCounts,
  restorePlays,
  setPlayTime,
} from "../../db/repos/plays.ts";
import { refreshShowCounts } from "../../db/repos/shows.ts";
import {
  deleteSuppressions,
  insertSuppression,
  type NewSuppression,
  restoreSuppressions,
  type SuppressionRow,
} from "../../db/repos/suppressions.ts";
import { type PlayTime, withEditOf } from "../../domain/play-edit.ts";
import { wish, wishAround } from "../push/wishes.ts";
import { forgetMade, type Move, undoMove } from "./undo-move.ts";

/** What one change of a user has done, in enough detail to take it back. */
export type Journal = {
  userId: number;
  /** Shows whose progress is to be computed again. */
  shows: Set<number>;
  addedPlays: number[];
  removedPlays: PlayRow[];
  /** How many plays more (or fewer) each episode has. */
  balance: Map<number, number>;
  /** What servers are to take back for it waits until the user has been asked. */
  asks: boolean;
  /** As they were before. */
  changedPlays: PlayRow[];
  addedSuppressions: number[];
  removedSuppressions: SuppressionRow[];
  /** Whole shows that became others. */
  moves: Move[];
  /** As they were before; null: there was none. */
  entries: Map<number, EntryRow | null>;
};

export function createJournal(userId: number): Journal {
  return {
    userId,
    shows: new Set(),
    addedPlays: [],
    removedPlays: [],
    balance: new Map(),
    asks: false,
    changedPlays: [],
    addedSuppressions: [],
    removedSuppressions: [],
    moves: [],
    entries: new Map(),
  };
}

export function addPlay(db: Db, journal: Journal, play: NewPlay): number {
  const id = insertPlay(db, play);
  journal.addedPlays.push(id);
  weigh(journal, play.episodeId, 1);
  return id;
}

function weigh({ balance }: Journal, episodeId: number, plays: number): void {
  balance.set(episodeId, (balance.get(episodeId) ?? 0) + plays);
}

export function changePlay(db: Db, journal: Journal, play: PlayRow, time: PlayTime): void {
  journal.changedPlays.push(play);
  setPlayTime(db, play.id, time);
}

export function removePlays(db: Db, journal: Journal, plays: readonly PlayRow[]): void {
  journal.removedPlays.push(...plays);
  for (const { episodeId } of plays) weigh(journal, episodeId, -1);
  deletePlays(
    db,
    plays.map(({ id }) => id),
  );
}

export function suppress(db: Db, journal: Journal, row: NewSuppression): void {
  journal.addedSuppressions.push(insertSuppression(db, row));
}

export function removeSuppressions(db: Db, journal: Journal, rows: readonly SuppressionRow[]): void {
  journal.removedSuppressions.push(...rows);
  deleteSuppressions(
    db,
    rows.map(({ id }) => id),
  );
}

/** To be called before an entry is made, changed or removed. */
export function rememberEntry(db: Db, journal: Journal, showId: number): void {
  journal.shows.add(showId);
  if (!journal.entries.has(showId)) journal.entries.set(showId, entryOf(db, journal.userId, showId) ?? null);
}

export function settle(db: Db, journal: Journal, now: number): void {
  const showIds = [...journal.shows];
  if (showIds.length === 0) return;
  refreshShowCounts(db, showIds, now);
  refreshProgress(db, journal.userId, showIds, now);
}

/** Lets the user's servers know. That a show has become another says nothing about what was watched. */
export function pass(db: Db, { userId, balance, moves, asks }: Journal, now: number): void {
  if (balance.size === 0 || moves.length > 0) return;
  const counts = playCounts(db, userId, [...balance.keys()]);
  const changed = [...balance].filter(([id, by]) => {
    const after = counts.get(id) ?? 0;
    return after > 0 !== after - by > 0;
  });
  wish(db, { userId, episodeIds: changed.map(([id]) => id), origin: null, ask: asks, now });
}

/** Takes everything back that the journal names, and leaves alone what has come since. */
export function revert(db: Db, journal: Journal, now: number): void {
  const { userId, balance, moves } = journal;
  const episodeIds = moves.length > 0 ? [] : [...balance.keys()];
  wishAround(db, { userId, episodeIds, origin: null, takingBack: true, now }, () => putBack(db, journal, now));
  // A server's viewing that was taken for a play which is gone now has one of its own.
  forgetStates(db, episodeIds);
}

function putBack(db: Db, journal: Journal, now: number): void {
  for (const [showId, entry] of journal.entries) {
    if (entry === null) deleteEntry(db, journal.userId, showId);
    else restoreEntry(db, entry);
  }
  deletePlays(db, journal.addedPlays);
  for (const move of journal.moves.toReversed()) undoMove(db, move, now);
  restorePlays(db, journal.removedPlays);
  for (const before of journal.changedPlays.toReversed()) {
    const play = playById(db, before.id);
    // A sync may have learned more about it since; only the user's word is taken back.
    if (play !== undefined) setPlayTime(db, play.id, withEditOf(play, before));
  }
  deleteSuppressions(db, journal.addedSuppressions);
  restoreSuppressions(db, journal.removedSuppressions);
  forgetMade(db, journal.moves);
  settle(db, journal, now);
}
