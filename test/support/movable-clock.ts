import { type Clock, systemClock } from "../../src/kernel/clock.ts";

/** Real time that can be put forward: whoever sleeps past that moment wakes at once. */
export type MovableClock = Clock & { advance(ms: number): void };

export function createMovableClock(): MovableClock {
  let ahead = 0;
  const sleepers = new Set<() => void>();
  const now = () => systemClock.now() + ahead;
  return {
    now,
    ticks: systemClock.ticks,
    async sleep(ms, signal) {
      const until = now() + ms;
      while (now() < until) {
        const { promise, resolve } = Promise.withResolvers<void>();
        sleepers.add(resolve);
        const waking = new AbortController();
        const woken = signal === undefined ? waking.signal : AbortSignal.any([signal, waking.signal]);
        try {
          await Promise.race([promise, systemClock.sleep(until - now(), woken)]);
        } finally {
          sleepers.delete(resolve);
          waking.abort();
        }
      }
    },
    advance(ms) {
      ahead += ms;
      for (const wake of sleepers) wake();
    },
  };
}
