import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "./instant.ts";

/**
 * A server moves the date, counts the view and sends its news at three separate moments. How long after the news the item
 * is looked at once more, while the server does not show yet what it has told.
 */
const looksMs = [2 * SECOND_MS, 10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS];

/** Null: the server has had its time. */
export function nextLook(receivedAt: Instant, now: Instant): Instant | null {
  const next = looksMs.map((ms) => receivedAt + ms).find((at) => at > now);
  return next ?? null;
}

const retriesMs = [30 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS];

/** When a server that could not be read is asked again; null after a day, by when a sync has brought it. */
export function nextTry(receivedAt: Instant, attempts: number, now: Instant): Instant | null {
  const at = now + (retriesMs[attempts] ?? HOUR_MS);
  return at > receivedAt + DAY_MS ? null : at;
}

/** What the server shows of an item. */
export type Shown = { viewCount: number; viewOffsetMs: number };

/** Whether the server shows by now that the account has watched it to its end. `viewCount`: what the news says it counts. */
export function isShown({ viewCount, viewOffsetMs }: Shown, news: { viewCount: number | null }): boolean {
  if (news.viewCount !== null) return viewCount >= Math.max(1, news.viewCount);
  return viewCount > 0 && viewOffsetMs === 0;
}
