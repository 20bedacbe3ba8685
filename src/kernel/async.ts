import { fullGC } from "bun:jsc";
import { AppError } from "./errors.ts";

/** Runs `work` over `items` with at most `width` at a time, in order of results. The first failure rejects, and nothing more is begun. */
export async function mapLimit<In, Out>(
  items: readonly In[],
  width: number,
  work: (item: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = new Array(items.length);
  let next = 0;
  const lane = async () => {
    try {
      for (let index = next++; index < items.length; index = next++) {
        results[index] = await work(items[index] as In, index);
      }
    } catch (error) {
      next = items.length;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}

/** One running piece of work per key: a second call while the first runs joins it. */
export function singleFlight<Key, Out>(): (key: Key, work: () => Promise<Out>) => Promise<Out> {
  const running = new Map<Key, Promise<Out>>();
  return (key, work) => {
    const current = running.get(key);
    if (current !== undefined) return current;
    const started = work().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}

/** Work with the same key goes one after the other. */
export function oneByOne<Key>(): <Out>(key: Key, work: () => Promise<Out>) => Promise<Out> {
  const last = new Map<Key, Promise<unknown>>();
  return async (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}

/** Lets timers, sockets and other requests have their turn inside a long loop. */
export function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Long work on pages of data leaves their remains to a collector that waits as long as the machine has memory. On a NAS
 * that memory belongs to others: called between pages, this gives it back every `each` calls once the process holds more
 * than `aboveBytes`. Bun.gc would also give back what is free by chance, which the next page of data asks for again.
 */
export function tidyMemory(each = 16, aboveBytes = 130_000_000, collect: () => void = fullGC): () => void {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls < each || process.memoryUsage.rss() < aboveBytes) return;
    calls = 0;
    collect();
  };
}

/** Rejects with `message` when `work` has not settled after `ms`; the work itself is told by the signal it was given. */
export async function withDeadline<Out>(work: Promise<Out>, ms: number, message: string): Promise<Out> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError("unreachable", message)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export type SilenceWatch = ReturnType<typeof watchSilence>;

/** For connections that stay open: `signal` is aborted when nothing has been heard for as long as was last agreed. */
export function watchSilence() {
  const gone = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    signal: gone.signal,
    /** The next sign of life has to come within `ms`; without it the signal is aborted with `reason`. */
    within(ms: number, reason: unknown): void {
      clearTimeout(timer);
      timer = setTimeout(() => gone.abort(reason), ms);
    },
    /** Nothing is expected any more; whatever is still open is closed. */
    hangUp(): void {
      clearTimeout(timer);
      gone.abort();
    },
  };
}
