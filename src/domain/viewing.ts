/** Where servers begin to count an episode as watched: most at 90 %, the earliest at 80 %, some where the credits begin. */
const LOOK_AT = [0.8, 0.9, 0.95];

/** So near to the beginning servers forget the place: there it looks as if nobody had begun, or had watched to the end. */
const FORGOTTEN_SHARE = 0.05;

/** Playing on from one place to another has passed one where the server may have made up its mind. */
export function passesLook(fromMs: number, toMs: number, durationMs: number | null): boolean {
  if (durationMs === null) return false;
  return LOOK_AT.some((share) => fromMs < share * durationMs && share * durationMs <= toMs);
}

/** Far enough for the server to count it, or too little is known to say so. */
export function mayBeWatched(offsetMs: number, durationMs: number | null): boolean {
  return durationMs === null || LOOK_AT.some((share) => share * durationMs <= offsetMs);
}

/** Left where the server keeps no place of it. */
export function isLeftEarly(offsetMs: number, durationMs: number | null): boolean {
  return durationMs !== null && offsetMs < FORGOTTEN_SHARE * durationMs;
}
