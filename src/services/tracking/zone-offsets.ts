import { DAY_MS, type Instant, MINUTE_MS } from "../../domain/instant.ts";
import { offsetMs } from "./zoned-days.ts";

type Step = { from: Instant; offset: number };

/** No zone has ever changed its clocks twice within fewer days. */
const PROBE_MS = 7 * DAY_MS;

/** The minute at which the offset becomes another one than at `low`. */
function changeBetween(low: Instant, high: Instant, timeZone: string): Instant {
  const before = offsetMs(low, timeZone);
  let [same, other] = [low, high];
  while (other - same > MINUTE_MS) {
    const middle = same + Math.floor((other - same) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetMs(middle, timeZone) === before) same = middle;
    else other = middle;
  }
  return other;
}

function stepsBetween(from: Instant, to: Instant, timeZone: string): Step[] {
  const begin = Math.floor(from / MINUTE_MS) * MINUTE_MS;
  const steps: Step[] = [{ from: begin, offset: offsetMs(begin, timeZone) }];
  for (let at = begin; at <= to; at += PROBE_MS) {
    const offset = offsetMs(at + PROBE_MS, timeZone);
    if (offset !== steps.at(-1)?.offset) steps.push({ from: changeBetween(at, at + PROBE_MS, timeZone), offset });
  }
  return steps;
}

/**
 * How far the zone's clocks are ahead of UTC, for any number of instants of that time: Intl is asked once a week of it
 * and not once an instant.
 */
export function offsetsBetween(from: Instant, to: Instant, timeZone: string): (at: Instant) => number {
  const steps = stepsBetween(from, to, timeZone);
  let last = 0;
  return (at) => {
    // What was watched together lies between the same two changes.
    if ((steps[last]?.from ?? at) <= at && at < (steps[last + 1]?.from ?? Number.MAX_SAFE_INTEGER)) {
      return steps[last]?.offset ?? 0;
    }
    let low = 0;
    let high = steps.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((steps[middle]?.from ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    last = low;
    return steps[low]?.offset ?? 0;
  };
}

export type ZoneOffsets = {
  /** How far the zone's clocks are ahead of UTC, at least for the time of these plays. */
  of(plays: readonly { at: Instant | null }[]): (at: Instant) => number;
};

const AHEAD_MS = 400 * DAY_MS;

/** The offsets of the time up to next year and of all plays so far; Intl is asked again only beyond that. */
export function createZoneOffsets(timeZone: string, now: Instant): ZoneOffsets {
  let [from, to] = [now, now + AHEAD_MS];
  let offsetAt: ((at: Instant) => number) | undefined;
  return {
    of(plays) {
      let [first, last] = [from, to];
      for (const { at } of plays) {
        if (at === null) continue;
        if (at < first) first = at;
        if (at > last) last = at;
      }
      if (offsetAt === undefined || first < from || last > to) offsetAt = offsetsBetween(first, last, timeZone);
      [from, to] = [first, last];
      return offsetAt;
    },
  };
}
