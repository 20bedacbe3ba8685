import type { Clock } from "./clock.ts";

export type RateLimit = {
  /** Requests at the same time. */
  concurrency: number;
  /** At most `count` starts in any `perMs` milliseconds; absent = no window. */
  window?: { count: number; perMs: number };
};

/** A gate in front of one service: holds its published limits and waits out a 429 for everyone who shares it. */
export type Gate = {
  run<Out>(work: () => Promise<Out>, signal?: AbortSignal): Promise<Out>;
  /** Nobody starts before `until` (epoch milliseconds). */
  pauseUntil(until: number): void;
  /** Epoch milliseconds until which the gate is shut, or null. */
  waitingUntil(): number | null;
};

export function createGate(clock: Clock, limit: RateLimit): Gate {
  const starts: number[] = [];
  const queue: (() => void)[] = [];
  let active = 0;
  let closedUntil = 0;
  let shownUntil = 0;
  let closedAt = 0;

  const delay = (): number => {
    const now = clock.now();
    // A clock that jumped back would leave marks in the future and shut the gate for ever.
    while (
      starts.length > 0 &&
      ((starts[0] as number) > now || (starts[0] as number) <= now - (limit.window?.perMs ?? 0))
    ) {
      starts.shift();
    }
    if (now < closedAt) {
      closedUntil = 0;
      shownUntil = 0;
    }
    const windowMs =
      limit.window && starts.length >= limit.window.count ? (starts[0] as number) + limit.window.perMs - now : 0;
    return Math.max(windowMs, closedUntil - now, 0);
  };

  const enter = async (signal?: AbortSignal) => {
    if (active >= limit.concurrency) {
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => {
          queue.splice(queue.indexOf(go), 1);
          reject(signal?.reason);
        };
        const go = () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener("abort", onAbort, { once: true });
        queue.push(go);
      });
    } else {
      active += 1;
    }
  };

  const leave = () => {
    const next = queue.shift();
    if (next) next();
    else active -= 1;
  };

  return {
    async run(work, signal) {
      await enter(signal);
      try {
        for (let wait = delay(); wait > 0; wait = delay()) {
          shownUntil = clock.now() + wait;
          await clock.sleep(wait, signal);
        }
        if (limit.window) starts.push(clock.now());
        return await work();
      } finally {
        leave();
      }
    },
    pauseUntil(until) {
      closedAt = clock.now();
      closedUntil = Math.max(closedUntil, until);
      shownUntil = Math.max(shownUntil, until);
    },
    waitingUntil() {
      return shownUntil > clock.now() ? shownUntil : null;
    },
  };
}
