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
  return (at) => {
    let [low, high] = [0, steps.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((steps[middle]?.from ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return steps[low]?.offset ?? 0;
  };
}
