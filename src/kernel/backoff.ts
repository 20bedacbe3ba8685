import { randomUnit } from "./ids.ts";

export type Backoff = { baseMs: number; maxMs: number };

/** Exponential delay before try number `attempt` (1 = first retry), with up to 25 % of jitter so that many do not come back together. */
export function backoffMs(attempt: number, { baseMs, maxMs }: Backoff, unit: () => number = randomUnit): number {
  const exponential = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(exponential * (0.75 + 0.25 * unit()));
}

/** Reads a Retry-After header: seconds or an HTTP date (RFC 9110 10.2.3). Null when absent or unreadable. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header.trim());
  if (Number.isFinite(seconds) && seconds >= 0) return Math.min(seconds, 86_400) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.min(date - now, 86_400_000));
}
