import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../domain/instant.ts";

/** Until the next attempt, by failures in a row. Whoever hears that the server is back does not wait for it. */
const ladderMs = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS];
const longestMs = 6 * HOUR_MS;

export const patienceMs = (attempts: number, askedForMs = 0): number =>
  Math.min(Math.max(ladderMs[attempts] ?? longestMs, askedForMs), longestMs);
