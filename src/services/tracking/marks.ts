import type { Db } from "../../db/open.ts";
import { type MarkableEpisode, type PlayRow, playsOfEpisodes, playsOfShow } from "../../db/repos/plays.ts";
import { suppressionsOf } from "../../db/repos/suppressions.ts";
import { toDate } from "../../domain/instant.ts";
import { sourceWord, withoutEdit, withTime } from "../../domain/play-edit.ts";
import { hasAired, isSpecial } from "../../domain/progress.ts";
import { randomUuid } from "../../kernel/ids.ts";
import { addPlay, changePlay, type Journal, removePlays, removeSuppressions, suppress } from "./journal.ts";
import type { When } from "./types.ts";
import { startOfDate } from "./zoned-days.ts";

// What marking and unmarking write. All of it runs inside the caller's transaction and goes into the journal.

/** `source` of plays that a person has entered. */
export const MANUAL_SOURCE = "manual";

/** The time that a play entered by hand gets. A time that nobody knows is never made up. */
function dated(
  when: When | undefined,
  episode: MarkableEpisode,
  now: number,
): Pick<PlayRow, "watchedAt" | "certainty"> {
  const at = when === undefined ? now : typeof when === "object" && when !== null ? airing(episode, when, now) : when;
  return at === null ? { watchedAt: null, certainty: "unknown" } : { watchedAt: at, certainty: "marked" };
}

/** Where only the day is known, its begin where the user lives: that may still be some hours away. */
function airing(
  { airedAt, airedExact }: MarkableEpisode,
  { airedIn }: { airedIn: string },
  now: number,
): number | null {
  if (airedAt === null || airedAt > now) return null;
  return Math.min(airedExact ? airedAt : (startOfDate(toDate(airedAt), airedIn) ?? airedAt), now);
}

export function addManualPlay(
  db: Db,
  journal: Journal,
  episode: MarkableEpisode,
  when: When | undefined,
  now: number,
): number {
  return addPlay(db, journal, {
    userId: journal.userId,
    episodeId: episode.id,
    ...dated(when, episode, now),
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
  episode: MarkableEpisode,
  { when, now }: { when: When | undefined; now: number },
): boolean {
  const plays = playsOfEpisodes(db, journal.userId, [episode.id]);
  const [only] = plays;
  if (only === undefined) {
    clearSuppressions(db, journal, [episode.id]);
    addManualPlay(db, journal, episode, when, now);
    return true;
  }
  const isOwnMark = plays.length === 1 && only.source === MANUAL_SOURCE;
  if (!isOwnMark || when === undefined) return false;
  return correct(db, journal, only, dated(when, episode, now).watchedAt);
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

/** Returns how many became watched. */
export function markAll(
  db: Db,
  journal: Journal,
  episodes: readonly MarkableEpisode[],
  { when, now }: { when: When | undefined; now: number },
): number {
  clearSuppressions(
    db,
    journal,
    episodes.map(({ id }) => id),
  );
  for (const episode of episodes) addManualPlay(db, journal, episode, when, now);
  return episodes.length;
}

/** Of a season, or of a whole show without its specials: what is out. */
export function airedOf(episodes: readonly MarkableEpisode[], season: number | null, now: number): MarkableEpisode[] {
  return episodes.filter(
    (episode) => (season === null ? !isSpecial(episode) : episode.season === season) && hasAired(episode, now),
  );
}

/** Returns how many episodes were watched before. */
export function unmark(db: Db, journal: Journal, plays: readonly PlayRow[], now: number): number {
  const episodeIds = [...new Set(plays.map(({ episodeId }) => episodeId))];
  removePlays(db, journal, plays);
  suppressEpisodes(db, journal, episodeIds, now);
  suppressAhead(db, journal, plays, now);
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
    suppressAhead(db, journal, plays, now);
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

/** Plays of a server whose clock is ahead of ours are kept out by that server's own time. */
function suppressAhead(db: Db, journal: Journal, plays: readonly PlayRow[], now: number): void {
  for (const play of plays) {
    const { watchedAt: until } = sourceWord(play);
    const { episodeId, integrationId } = play;
    if (integrationId === null || until === null || until <= now) continue;
    const who = { userId: journal.userId, episodeId, integrationId, syncLogId: null };
    suppress(db, journal, { ...who, evidence: null, until, reason: "user" });
  }
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
