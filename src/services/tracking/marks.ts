import type { Db } from "../../db/open.ts";
import { type PlayRow, playsOfEpisodes, playsOfShow, unwatchedAired } from "../../db/repos/plays.ts";
import { suppressionsOf } from "../../db/repos/suppressions.ts";
import { sourceWord, withoutEdit, withTime } from "../../domain/play-edit.ts";
import { randomUuid } from "../../kernel/ids.ts";
import { addPlay, changePlay, type Journal, removePlays, removeSuppressions, suppress } from "./journal.ts";

// What marking and unmarking write. All of it runs inside the caller's transaction and goes into the journal.

/** `source` of plays that a person has entered. */
export const MANUAL_SOURCE = "manual";

export function addManualPlay(db: Db, journal: Journal, episodeId: number, watchedAt: number, now: number): number {
  return addPlay(db, journal, {
    userId: journal.userId,
    episodeId,
    watchedAt,
    certainty: "marked",
    source: MANUAL_SOURCE,
    integrationId: null,
    evidence: `manual:${randomUuid()}`,
    syncLogId: null,
    createdAt: now,
  });
}

/**
 * Marks one episode. Watched already, it stays as it is; only the date of a single mark made by hand follows a date
 * that is given now. True when something changed.
 */
export function mark(
  db: Db,
  journal: Journal,
  episodeId: number,
  at: { watchedAt: number | undefined; now: number },
): boolean {
  const plays = playsOfEpisodes(db, journal.userId, [episodeId]);
  const [only] = plays;
  if (only === undefined) {
    clearSuppressions(db, journal, [episodeId]);
    addManualPlay(db, journal, episodeId, at.watchedAt ?? at.now, at.now);
    return true;
  }
  const isOwnMark = plays.length === 1 && only.source === MANUAL_SOURCE;
  if (!isOwnMark || at.watchedAt === undefined || at.watchedAt === only.watchedAt) return false;
  return correct(db, journal, only, at.watchedAt);
}

/** The user's word on when a play was (null: not known) stands from now on, whatever its source says. True when that is news. */
export function correct(db: Db, journal: Journal, play: PlayRow, watchedAt: number | null): boolean {
  if (watchedAt === play.watchedAt) return false;
  changePlay(db, journal, play, withTime(play, watchedAt));
  return true;
}

/** Back to what the source says. */
export function uncorrect(db: Db, journal: Journal, play: PlayRow): boolean {
  if (play.editedFrom === null) return false;
  changePlay(db, journal, play, withoutEdit(play));
  return true;
}

/** A show's episodes that are out (specials only when their season is named). Returns how many became watched. */
export function markMany(db: Db, journal: Journal, showId: number, season: number | null, now: number): number {
  const episodeIds = unwatchedAired(db, journal.userId, showId, season, now);
  clearSuppressions(db, journal, episodeIds);
  for (const episodeId of episodeIds) addManualPlay(db, journal, episodeId, now, now);
  return episodeIds.length;
}

/** Returns how many episodes were watched before. */
export function unmark(db: Db, journal: Journal, plays: readonly PlayRow[], now: number): number {
  const episodeIds = [...new Set(plays.map(({ episodeId }) => episodeId))];
  removePlays(db, journal, plays);
  suppressEpisodes(db, journal, episodeIds, now);
  return episodeIds.length;
}

export function unmarkMany(db: Db, journal: Journal, showId: number, season: number | null, now: number): number {
  return unmark(db, journal, playsOfShow(db, journal.userId, showId, season), now);
}

/**
 * Removes one viewing. The last one of an episode takes its mark with it, and older views of any server must not bring
 * that back; of several, only this one is kept out.
 */
export function removeOne(db: Db, journal: Journal, play: PlayRow, now: number): void {
  const plays = playsOfEpisodes(db, journal.userId, [play.episodeId]);
  removePlays(db, journal, [play]);
  if (plays.length === 1) {
    suppressEpisodes(db, journal, [play.episodeId], now);
    return;
  }
  for (const watchedAt of namesInTime(play)) {
    suppress(db, journal, {
      userId: journal.userId,
      episodeId: play.episodeId,
      integrationId: play.integrationId,
      evidence: play.evidence,
      // A server's view that was taken for this play is the same viewing, also when the play was entered by hand.
      watchedAt,
      until: now,
      reason: "user",
      syncLogId: null,
    });
  }
}

/** The times that a view of the same viewing may have: its source's, and for a play of no server also the user's own. */
function namesInTime(play: PlayRow): (number | null)[] {
  const { watchedAt } = sourceWord(play);
  const isShared = play.integrationId === null && play.watchedAt !== null && play.watchedAt !== watchedAt;
  return isShared ? [watchedAt, play.watchedAt] : [watchedAt];
}

function clearSuppressions(db: Db, journal: Journal, episodeIds: readonly number[]): void {
  removeSuppressions(db, journal, suppressionsOf(db, journal.userId, episodeIds));
}

/** One row per episode: the newest unmark says it all. */
function suppressEpisodes(db: Db, journal: Journal, episodeIds: readonly number[], now: number): void {
  const outdated = suppressionsOf(db, journal.userId, episodeIds).filter(
    ({ reason, evidence, integrationId, until }) =>
      reason === "user" && evidence === null && integrationId === null && until <= now,
  );
  removeSuppressions(db, journal, outdated);
  for (const episodeId of episodeIds) {
    suppress(db, journal, {
      userId: journal.userId,
      episodeId,
      integrationId: null,
      evidence: null,
      until: now,
      reason: "user",
      syncLogId: null,
    });
  }
}
