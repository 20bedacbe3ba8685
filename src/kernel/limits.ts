import { AsyncLocalStorage } from "node:async_hooks";
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
  /** Milliseconds until the caller could start: less for somebody who waits than for work in the background. */
  waitMs(): number;
  /** Epoch milliseconds until which somebody has to wait, or null. */
  waitingUntil(): number | null;
};

const background = new AsyncLocalStorage<true>();

/**
 * Work that nobody waits for. At a gate it lets others go first, and leaves them a quarter of every window: whoever searches
 * while a thousand shows are looked up gets an answer at once.
 */
export function inBackground<Out>(work: () => Out): Out {
  return background.run(true, work);
}

const backgroundShare = 0.75;

/** The part of every window that the caller may use. */
const share = () => (background.getStore() ? backgroundShare : 1);

type Waiting = { start(): void };

export function createGate(clock: Clock, limit: RateLimit): Gate {
  const starts: number[] = [];
  const urgent: Waiting[] = [];
  const patient: Waiting[] = [];
  let active = 0;
  /** `since` is when it was shut: before that moment the clock has jumped back, and the pause means nothing any more. */
  let closed = { since: 0, until: 0 };
  let shownUntil = 0;
  let alarm: { at: number; cancel: AbortController } | null = null;

  /** Milliseconds until one more may start. */
  function delay(part: number): number {
    const now = clock.now();
    const closedMs = now < closed.since ? 0 : Math.max(closed.until - now, 0);
    if (limit.window === undefined) return closedMs;
    const { count, perMs } = limit.window;
    // A clock that jumped back would leave marks in the future and shut the gate for ever.
    while (starts[0] !== undefined && (starts[0] > now || starts[0] <= now - perMs)) starts.shift();
    const allowed = Math.max(1, Math.floor(count * part));
    const blocking = starts[starts.length - allowed];
    return Math.max(closedMs, blocking === undefined ? 0 : blocking + perMs - now);
  }

  function wakeIn(ms: number): void {
    const at = clock.now() + ms;
    shownUntil = at;
    if (alarm !== null && alarm.at <= at && alarm.at > clock.now()) return;
    alarm?.cancel.abort();
    const cancel = new AbortController();
    const own = { at, cancel };
    alarm = own;
    // Those let in just now begin before the waiting does.
    setImmediate(() => {
      clock.sleep(ms, cancel.signal).then(
        () => {
          if (alarm === own) alarm = null;
          pump();
        },
        // Cancelled: another alarm has taken over, or nobody waits any more.
        () => undefined,
      );
    });
  }

  function pump(): void {
    while (active < limit.concurrency) {
      const queue = urgent.length > 0 ? urgent : patient;
      const next = queue[0];
      if (next === undefined) break;
      const waitMs = delay(queue === urgent ? 1 : backgroundShare);
      if (waitMs > 0) {
        wakeIn(waitMs);
        return;
      }
      queue.shift();
      active += 1;
      if (limit.window) starts.push(clock.now());
      next.start();
    }
    if (urgent.length + patient.length === 0) {
      alarm?.cancel.abort();
      alarm = null;
    }
  }

  function turn(signal?: AbortSignal): Promise<void> {
    const queue = background.getStore() ? patient : urgent;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const waiting: Waiting = {
        start: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal?.reason);
        pump();
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      queue.push(waiting);
      pump();
    });
  }

  return {
    async run(work, signal) {
      await turn(signal);
      try {
        return await work();
      } finally {
        active -= 1;
        pump();
      }
    },
    pauseUntil(until) {
      const now = clock.now();
      closed = { since: now, until: now < closed.since ? until : Math.max(closed.until, until) };
    },
    waitMs: () => delay(share()),
    waitingUntil() {
      const until = Math.max(shownUntil, closed.until);
      return until > clock.now() && clock.now() >= closed.since ? until : null;
    },
  };
}
