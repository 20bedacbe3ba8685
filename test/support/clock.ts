import type { Clock } from "../../src/kernel/clock.ts";

/** A clock that moves only when told to. Sleeping moves it. */
export type TestClock = Clock & { advance(ms: number): void };

export function createTestClock(start = Date.UTC(2026, 0, 15, 12)): TestClock {
  let now = start;
  return {
    now: () => now,
    ticks: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
    },
    advance(ms) {
      now += ms;
    },
  };
}
