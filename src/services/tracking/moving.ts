import type { Db } from "../../db/open.ts";
import { type EpisodeRow, episodesOfShow } from "../../db/repos/episodes.ts";
import { episodesTouchedBy, type MatchRow, matchesOfUser, saveMatch } from "../../db/repos/matches.ts";
import { type PlayRow, playsOfEpisodes } from "../../db/repos/plays.ts";
import { moveEntries, moveMarks, placesOf } from "../../db/repos/relink.ts";
import { doubledPlays } from "../../domain/doubled-plays.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import { sameViewingWindowMs } from "../../domain/plays.ts";
import { counterparts } from "../matching/merge.ts";
import { type Journal, rememberEntry, removePlays } from "./journal.ts";
import type { MovedShow } from "./types.ts";

// All that one user has of a show goes to another show. Other people's marks stay where they are.

type MoveOrder = {
  fromShowId: number;
  intoShowId: number;
  /** Said as the reason of the match from now on. */
  reason: string;
  now: number;
};

/** Runs inside the caller's transaction and goes into the journal. */
export function moveShow(db: Db, journal: Journal, { fromShowId, intoShowId, reason, now }: MoveOrder): MovedShow {
  const { userId } = journal;
  const matches = matchesOfUser(db, userId, fromShowId);
  pointMatches(db, matches, { showId: intoShowId, reason, now });
  const nothing = { pairs: new Map<number, number>(), places: placesOf(db, userId, []), made: [] };
  if (fromShowId === intoShowId) {
    journal.moves.push({ fromShowId, intoShowId, matches, ...nothing });
    return { plays: 0, folded: 0, kept: [] };
  }
  rememberEntry(db, journal, fromShowId);
  rememberEntry(db, journal, intoShowId);
  const touched = new Set(episodesTouchedBy(db, userId, fromShowId));
  const { pairs, made } = counterparts(db, fromShowId, intoShowId, touched);
  const places = placesOf(db, userId, [...pairs.keys()]);
  const before = playsOfEpisodes(db, userId, [...pairs.keys(), ...new Set(pairs.values())]);
  moveMarks(db, pairs, { userId });
  const episodes = new Map(episodesOfShow(db, intoShowId).map((row) => [row.id, row]));
  const folded = foldDoubles(db, journal, before, episodes);
  moveEntries(db, fromShowId, intoShowId, { userId });
  journal.moves.push({ fromShowId, intoShowId, matches, pairs, places, made });
  const watched = new Set(playsOfEpisodes(db, userId, made).map(({ episodeId }) => episodeId));
  const kept = made.flatMap((id) => (watched.has(id) ? (episodes.get(id) ?? []) : []));
  return {
    plays: places.plays.length,
    folded,
    kept: kept.map(({ season, number, title }) => ({ season, number, title })),
  };
}

/** Later syncs take the server's shows for this one. */
function pointMatches(
  db: Db,
  matches: readonly MatchRow[],
  { showId, reason, now }: { showId: number; reason: string; now: number },
): void {
  const evidence = JSON.stringify({ lines: [{ label: reason, points: 100 }] });
  for (const match of matches) {
    saveMatch(db, { ...match, showId, method: "chosen", confidence: 1, chosenByUser: 1, evidence }, now);
  }
}

/** One viewing that both shows had noted stays once. Returns how many plays that takes. */
function foldDoubles(
  db: Db,
  journal: Journal,
  before: readonly PlayRow[],
  episodes: ReadonlyMap<number, EpisodeRow>,
): number {
  const origin = new Map(before.map((play) => [play.id, play.episodeId]));
  const joined = playsOfEpisodes(db, journal.userId, [...episodes.keys()]).map((play) => ({
    ...play,
    episodeId: origin.get(play.id) ?? play.episodeId,
    joinedTo: play.episodeId,
  }));
  const there = new Map(joined.map((play) => [play.id, play]));
  const gone = before.filter(({ id }) => !there.has(id));
  journal.removedPlays.push(...gone);
  // What the user had said of the time of a double is said of the play that is left.
  journal.changedPlays.push(...before.filter((play) => hasOtherWord(play, there.get(play.id))));
  const doubled = new Set<number>();
  for (const [episodeId, plays] of Map.groupBy(joined, ({ joinedTo }) => joinedTo)) {
    const runtimeMin = episodes.get(episodeId)?.runtimeMin ?? null;
    const windowMs = sameViewingWindowMs(runtimeMin === null ? null : runtimeMin * MINUTE_MS);
    for (const id of doubledPlays(plays, windowMs)) doubled.add(id);
  }
  // Journalled as they were before they moved: that is where an undo puts them.
  const rows = before.filter(({ id }) => doubled.has(id));
  removePlays(db, journal, rows);
  return gone.length + rows.length;
}

function hasOtherWord(before: PlayRow, after: PlayRow | undefined): boolean {
  return after !== undefined && (after.editedFrom !== before.editedFrom || after.watchedAt !== before.watchedAt);
}
