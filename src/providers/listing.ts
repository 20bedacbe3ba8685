import { backoffMs } from "../kernel/backoff.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError, hasCode, isAppError, throwIfAborted } from "../kernel/errors.ts";
import type { Listing } from "./contract.ts";

/**
 * One page. Its rows are read as soon as it is there, null where one is none: what else a server sends along is many times
 * as much and is let go at once, not when the page's turn has come.
 */
export type PageAnswer<Row> = {
  rows: (Row | null)[];
  total: number | null;
  /** Where the server says that the page begins. */
  offset: number | null;
  /** As many rows came as the page itself says. */
  intact: boolean;
};

export type ListingSpec<Row, Item> = {
  clock: Clock;
  askFor: (offset: number, size: number, signal: AbortSignal) => Promise<PageAnswer<Row>>;
  pageSize: number;
  keyOf: (row: Row) => string | undefined;
  /** Adds what a row holds: one item as a rule. Rows that add nothing are not for us and count as skipped. */
  addItems: (row: Row, items: Item[]) => void;
  /** Where the order tells: from this row on nothing is wanted. */
  isBeyond?: (row: Row) => boolean;
  signal?: AbortSignal | undefined;
};

const smallestPage = 25;
const mostTries = 3;
const mostTimeouts = 2;
/** Longer waits are for whoever planned the reading. */
const longestWaitMs = 20_000;

/**
 * Reads a paged listing, one page ahead of the caller. Advances by the rows received, since a page may be shorter than
 * asked for; ends at the announced total, at an empty page or at one that brings nothing new. The library may change
 * meanwhile: a row that moved to a later page is delivered once.
 */
export async function* readListing<Row, Item>(spec: ListingSpec<Row, Item>): Listing<Item> {
  const stop = new AbortController();
  const signal = spec.signal ? AbortSignal.any([spec.signal, stop.signal]) : stop.signal;
  const pageAt = pageReader(spec, signal);
  const seen = new Set<string>();
  let received = 0;
  let total: number | null = null;
  let steady = true;
  let pages = 0;
  let next = settled(pageAt(0));
  try {
    for (;;) {
      const page = unwrap(await next);
      const offset = received;
      const known = seen.size;
      const { rows } = page;
      const fresh = rows.filter((row) => row !== null && isNew(seen, spec.keyOf(row)));
      const repeated = rows.length > 0 && seen.size === known;
      // Without a total, an empty page is the end, and so is the whole first page once more: that server does not page.
      const unpaged = page.total === null && repeated && pages === 1 && rows.length === received;
      if (pages > 0 && page.total !== total) steady = false;
      if (!page.intact || (page.offset !== null && page.offset !== offset && !unpaged)) steady = false;
      total = page.total;
      pages += 1;
      if (repeated) return { complete: steady && unpaged && seen.size === received };

      received += rows.length;
      const { isBeyond } = spec;
      const beyond = isBeyond !== undefined && rows.some((row) => row !== null && isBeyond(row));
      const ended = beyond || rows.length === 0 || (total !== null && received >= total);
      if (!ended) next = settled(pageAt(received));
      const items: Item[] = [];
      let used = 0;
      for (const row of fresh) {
        const before = items.length;
        if (row !== null) spec.addItems(row, items);
        if (items.length > before) used += 1;
      }
      yield { items, received: rows.length, offset, total, skipped: rows.length - used };
      if (ended) return { complete: steady && seen.size === received && (beyond || received === (total ?? received)) };
    }
  } finally {
    stop.abort(new AppError("cancelled", "The rest of the list was not wanted."));
  }
}

function isNew(seen: Set<string>, key: string | undefined): boolean {
  if (key === undefined || seen.has(key)) return false;
  seen.add(key);
  return true;
}

/**
 * Fetches pages and tries again where that can help. A server that refuses the size (400) or does not manage the page in
 * time gets smaller pages from then on.
 */
function pageReader<Row>(
  { clock, askFor, pageSize }: Pick<ListingSpec<Row, unknown>, "clock" | "askFor" | "pageSize">,
  signal: AbortSignal,
): (offset: number) => Promise<PageAnswer<Row>> {
  let size = pageSize;
  const smaller = (divisor: number): boolean => {
    if (size <= smallestPage) return false;
    size = Math.max(smallestPage, Math.floor(size / divisor));
    return true;
  };
  return async (offset) => {
    let timeouts = 0;
    for (let number = 1; ; ) {
      try {
        return await askFor(offset, size, signal);
      } catch (error) {
        throwIfAborted(signal);
        if (isAppError(error) && error.status === 400) {
          if (!smaller(2)) throw error;
        } else if (tookTooLong(error)) {
          timeouts += 1;
          if (timeouts > mostTimeouts || !smaller(4)) throw error;
        } else {
          const waitMs = waitBefore(error, number);
          if (waitMs === null) throw error;
          number += 1;
          await clock.sleep(waitMs, signal);
        }
      }
    }
  };
}

export function tookTooLong(error: unknown): boolean {
  if (!isAppError(error)) return false;
  const timedOut = error.cause instanceof Error && error.cause.name === "TimeoutError";
  return timedOut || error.status === 408 || error.status === 504;
}

/** Milliseconds before try number `number + 1`; null when it would not help. */
function waitBefore(error: unknown, number: number): number | null {
  if (!isAppError(error) || number >= mostTries) return null;
  const again = hasCode(error, "unreachable", "rate-limited") || (error.code === "bad-answer" && number === 1);
  const waitMs = error.retryAfterMs ?? backoffMs(number, { baseMs: 400, maxMs: 15_000 });
  return again && waitMs <= longestWaitMs ? waitMs : null;
}

type Settled<Value> = { value: Value } | { error: unknown };

/** A page read ahead may fail while nobody waits for it; the failure is kept until somebody does. */
function settled<Value>(work: Promise<Value>): Promise<Settled<Value>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function unwrap<Value>(result: Settled<Value>): Value {
  if ("error" in result) throw result.error;
  return result.value;
}
