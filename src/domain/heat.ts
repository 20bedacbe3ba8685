import { MONDAY, weekdayOf } from "./day-series.ts";

/** The warmest. 0 is empty. */
export const HEAT_LEVELS = 4;

/** How warm a count is beside the busy ones: by rank among them, so that one marathon does not cool the rest. */
export function heatLevels(counts: readonly number[]): (count: number) => number {
  const busy = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const limits = Array.from(
    { length: HEAT_LEVELS - 1 },
    (_, index) => busy[Math.floor((busy.length * (index + 1)) / HEAT_LEVELS)] ?? 0,
  );
  return (count) => (count === 0 ? 0 : 1 + limits.filter((limit) => count > limit).length);
}

/** Column and row of a day on a map of weeks that begins with `first`. */
export function heatPlace(day: number, first: number, firstDay: number = MONDAY): { week: number; weekday: number } {
  const offset = weekdayOf(first, firstDay);
  return { week: Math.floor((day - first + offset) / 7), weekday: weekdayOf(day, firstDay) };
}
