import type { Db } from "../../db/open.ts";
import { hasSeason } from "../../db/repos/episodes.ts";
import { entryOf, libraryShowOfEpisode } from "../../db/repos/library.ts";
import { type MarkableEpisode, markableEpisodes, type PlayRow, playById } from "../../db/repos/plays.ts";
import { toRowId } from "../../db/row-id.ts";
import { HOUR_MS } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import type { When } from "./types.ts";

// From the ids that come from outside to rows of this user. Somebody else's, and what is in no library, is not there.

export function showOf(db: Db, userId: number, showId: string): number {
  const id = toRowId(showId);
  if (id === null || entryOf(db, userId, id) === undefined)
    throw new AppError("not-found", "This show is not in your library.");
  return id;
}

export function seasonOf(db: Db, userId: number, showId: string, season: number): number {
  const id = showOf(db, userId, showId);
  if (!hasSeason(db, id, season)) throw new AppError("not-found", "This show has no such season.");
  return id;
}

type TheirEpisode = { showId: number; episode: MarkableEpisode; episodes: MarkableEpisode[] };

/** The episode, and the whole show around it. */
export function episodeOf(db: Db, userId: number, episodeId: string): TheirEpisode {
  const id = toRowId(episodeId);
  const showId = id === null ? null : libraryShowOfEpisode(db, userId, id);
  const episodes = showId === null ? [] : markableEpisodes(db, userId, showId);
  const episode = episodes.find((each) => each.id === id);
  if (showId === null || episode === undefined) throw new AppError("not-found", "This episode is not in your library.");
  return { showId, episode, episodes };
}

export function playOf(db: Db, userId: number, playId: string): PlayRow & { showId: number } {
  const id = toRowId(playId);
  const play = id === null ? undefined : playById(db, id);
  const showId = play?.userId === userId ? libraryShowOfEpisode(db, userId, play.episodeId) : null;
  if (play === undefined || showId === null) throw new AppError("not-found", "This play is not in your history.");
  return { ...play, showId };
}

/** People enter what they saw on television long ago; the server's rules for its own dates do not apply to them. */
const EARLIEST_ENTERED = Date.UTC(1900, 0, 1);

export function checkWatchedAt(when: When | undefined, now: number): void {
  if (typeof when !== "number") return;
  const problem =
    !Number.isInteger(when) || when < EARLIEST_ENTERED
      ? "must be after 1900"
      : when > now + HOUR_MS
        ? "must not be in the future"
        : null;
  if (problem !== null) {
    throw new AppError("invalid", `The date ${problem}.`, { fields: [{ path: "watchedAt", message: problem }] });
  }
}
