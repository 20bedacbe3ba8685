import type { PlayFact } from "../../domain/watch-tally.ts";

// Fifty thousand plays as objects would be four megabytes that every collection of garbage looks through.

const FIELDS = 3;

/** Plays of one show with their length, the show's usual one where the episode has none of its own. */
export function packPlays(plays: readonly PlayFact[], runtimeOf: (showId: number) => number | null): Float64Array {
  const packed = new Float64Array(plays.length * FIELDS);
  for (const [index, { at, episodeId, showId, runtimeMin }] of plays.entries()) {
    packed[index * FIELDS] = at ?? Number.NaN;
    packed[index * FIELDS + 1] = episodeId;
    packed[index * FIELDS + 2] = runtimeMin ?? runtimeOf(showId) ?? Number.NaN;
  }
  return packed;
}

export function unpackPlays(packed: Float64Array | undefined, showId: number): PlayFact[] {
  if (packed === undefined) return [];
  return Array.from({ length: packed.length / FIELDS }, (_, index) => {
    const [at = Number.NaN, episodeId = 0, minutes = Number.NaN] = packed.subarray(
      index * FIELDS,
      (index + 1) * FIELDS,
    );
    return { at: orNull(at), episodeId, showId, runtimeMin: orNull(minutes) };
  });
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
