import { MINUTE_MS } from "../../domain/instant.ts";
import type { Clock } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/errors.ts";

const allowed = 10;
const windowMs = 15 * MINUTE_MS;
/** Names are free to invent; the memory for them is not. */
const remembered = 10_000;

export type LoginLimit = {
  /**
   * Counts an attempt before it is tried, so that many at once do not slip through. `succeeded` forgives all there were,
   * `untried` takes this one back: nobody has said whether it was right. Throws `too-many` after repeated failures.
   */
  attempt(key: string): { succeeded(): void; untried(): void };
  /** As `succeeded`, for those whose attempt was begun by an earlier request. */
  forgive(key: string): void;
};

/** Failed sign-ins for one name and address, or wrong PINs. Lives in memory: a restart forgives. */
export function createLoginLimit(clock: Clock, tooMany = "Too many failed sign-ins."): LoginLimit {
  const failures = new Map<string, number[]>();

  function recent(key: string): number[] {
    const now = clock.now();
    return (failures.get(key) ?? []).filter((at) => at > now - windowMs && at <= now);
  }

  function remember(key: string, times: number[]): void {
    failures.delete(key);
    failures.set(key, times);
    // A Map keeps the order of insertion: the first key is the one that was quiet for longest.
    for (const oldest of failures.keys()) {
      if (failures.size <= remembered) break;
      failures.delete(oldest);
    }
  }

  return {
    attempt(key) {
      const times = recent(key);
      const first = times[0];
      if (first !== undefined && times.length >= allowed) {
        const retryAfterMs = first + windowMs - clock.now();
        throw new AppError("too-many", tooMany, {
          retryAfterMs,
          hint: `Try again in ${Math.max(1, Math.ceil(retryAfterMs / MINUTE_MS))} minutes.`,
        });
      }
      const at = clock.now();
      remember(key, [...times, at]);
      return {
        succeeded: () => failures.delete(key),
        untried: () => {
          const known = recent(key);
          const mine = known.lastIndexOf(at);
          if (mine >= 0) remember(key, known.toSpliced(mine, 1));
        },
      };
    },
    forgive: (key) => failures.delete(key),
  };
}
