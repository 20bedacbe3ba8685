import type { Clock } from "../kernel/clock.ts";

/** What was read a moment ago, so that asking for a show and then for its episodes does not cost the same request twice. */
export type Recent<Value> = {
  get(key: string): Value | null;
  set(key: string, value: Value): void;
};

export function createRecent<Value>(clock: Clock, limits: { entries: number; forMs: number }): Recent<Value> {
  const kept = new Map<string, { value: Value; until: number }>();
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return null;
      kept.delete(key);
      if (found.until <= clock.ticks()) return null;
      kept.set(key, found);
      return found.value;
    },
    set(key, value) {
      kept.delete(key);
      kept.set(key, { value, until: clock.ticks() + limits.forMs });
      for (const oldest of kept.keys()) {
        if (kept.size <= limits.entries) break;
        kept.delete(oldest);
      }
    },
  };
}
