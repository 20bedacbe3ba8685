import type { Instant } from "./instant.ts";
import { type PlayTime, sourceWord } from "./play-edit.ts";
import { type Certainty, isListingEvidence } from "./plays.ts";

/** A play of an episode that two episodes have become. */
export interface JoinedPlay extends PlayTime {
  id: number;
  /** Of the two, the one it was noted for. */
  episodeId: number;
  evidence: string;
}

/**
 * Two episodes that turn out to be one may each have noted the same viewing. These are the plays that say nothing new:
 * a time close to one of the other episode, each of which stands for one viewing only, and a listing's "watched at some
 * time" beside anything else. What was noted twice for one and the same episode was meant so and stays, and so does
 * what the user has said of a time.
 */
export function doubledPlays(plays: readonly JoinedPlay[], windowMs: number): number[] {
  const kept: JoinedPlay[] = [];
  const taken = new Set<string>();
  const doubled: number[] = [];
  const twinOf = (play: JoinedPlay): JoinedPlay | undefined =>
    kept
      .filter((other) => other.episodeId !== play.episodeId && !taken.has(`${other.id}:${play.episodeId}`))
      .filter((other) => isSame(other, play, windowMs))
      .sort((a, b) => apart(a, play) - apart(b, play))[0];
  for (const play of [...plays].sort(strongestFirst)) {
    const twin = twinOf(play);
    if (twin === undefined) {
      kept.push(play);
      continue;
    }
    taken.add(`${twin.id}:${play.episodeId}`);
    doubled.push(play.id);
  }
  return doubled;
}

function isSame(kept: JoinedPlay, play: JoinedPlay, windowMs: number): boolean {
  if (isEdited(play)) return isEdited(kept) && kept.watchedAt === play.watchedAt;
  return play.watchedAt === null ? isListingEvidence(play.evidence) : apart(kept, play) < windowMs;
}

function isEdited({ editedFrom }: JoinedPlay): boolean {
  return editedFrom !== null;
}

/** By what the user says, or by what the sources say, whichever is closer. */
function apart(a: JoinedPlay, b: JoinedPlay): number {
  return Math.min(distance(a.watchedAt, b.watchedAt), distance(sourceWord(a).watchedAt, sourceWord(b).watchedAt));
}

function distance(a: Instant | null, b: Instant | null): number {
  return a === null || b === null ? Number.POSITIVE_INFINITY : Math.abs(a - b);
}

const STRENGTH: Record<Certainty, number> = { played: 0, marked: 1, unknown: 2 };

/** What the user has corrected, then dated before undated, seen by a server before ticked off by hand, the earlier. */
function strongestFirst(a: JoinedPlay, b: JoinedPlay): number {
  const at = (play: JoinedPlay): number => play.watchedAt ?? Number.MAX_SAFE_INTEGER;
  return (
    Number(isEdited(b)) - Number(isEdited(a)) ||
    Number(a.watchedAt === null) - Number(b.watchedAt === null) ||
    STRENGTH[a.certainty] - STRENGTH[b.certainty] ||
    at(a) - at(b) ||
    a.id - b.id
  );
}
