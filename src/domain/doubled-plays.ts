import type { Instant } from "./instant.ts";
import { type Certainty, isListingEvidence } from "./plays.ts";

/** A play of an episode that two episodes have become. */
export interface JoinedPlay {
  id: number;
  /** Of the two, the one it was noted for. */
  episodeId: number;
  watchedAt: Instant | null;
  certainty: Certainty;
  evidence: string;
}

/**
 * Two episodes that turn out to be one may each have noted the same viewing. These are the plays that say nothing new:
 * a time close to one of the other episode, each of which stands for one viewing only, and a listing's "watched at some
 * time" beside anything else. What was noted twice for one and the same episode was meant so and stays.
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
  if (play.watchedAt === null) return isListingEvidence(play.evidence);
  return apart(kept, play) < windowMs;
}

function apart(a: JoinedPlay, b: JoinedPlay): number {
  if (a.watchedAt === null || b.watchedAt === null) return Number.POSITIVE_INFINITY;
  return Math.abs(a.watchedAt - b.watchedAt);
}

const STRENGTH: Record<Certainty, number> = { played: 0, marked: 1, unknown: 2 };

/** Seen by a server before ticked off by hand, dated before undated, then the earlier. */
function strongestFirst(a: JoinedPlay, b: JoinedPlay): number {
  const at = (play: JoinedPlay): number => play.watchedAt ?? Number.MAX_SAFE_INTEGER;
  return (
    Number(a.watchedAt === null) - Number(b.watchedAt === null) ||
    STRENGTH[a.certainty] - STRENGTH[b.certainty] ||
    at(a) - at(b) ||
    a.id - b.id
  );
}
