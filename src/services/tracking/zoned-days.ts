import { DAY_MS, dateToInstant, fromIso, SECOND_MS, toDate, toIso } from "../../domain/instant.ts";

// Calendar days as people in a time zone live them. Dates are `YYYY-MM-DD`.

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  formats.set(timeZone, made);
  return made;
}

const MOST_OFFSETS_KEPT = 4_000;
const offsets = new Map<string, Map<number, number>>();

/** How far the zone's clocks are ahead of UTC at that instant. Lists ask again for what they showed a moment ago. */
export function offsetMs(at: number, timeZone: string): number {
  const known = offsets.get(timeZone) ?? new Map<number, number>();
  offsets.set(timeZone, known);
  const found = known.get(at);
  if (found !== undefined) return found;
  if (known.size >= MOST_OFFSETS_KEPT) known.clear();
  const offset = askOffset(at, timeZone);
  known.set(at, offset);
  return offset;
}

function askOffset(at: number, timeZone: string): number {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] =
    /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(formatOf(timeZone).format(at)) ?? [];
  const ahead = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return (sign === "-" ? -ahead : ahead) * SECOND_MS;
}

/** The day it is in the zone. */
export function dateIn(at: number, timeZone: string): string {
  return toDate(at + offsetMs(at, timeZone));
}

/** When that day begins in the zone; null when there is no such date. */
export function startOfDate(date: string, timeZone: string): number | null {
  const midnight = dateToInstant(date);
  if (midnight === null) return null;
  const guess = midnight - offsetMs(midnight, timeZone);
  // The offset at the day's begin may differ from the one at UTC's midnight.
  return midnight - offsetMs(guess, timeZone);
}

export function addDays(date: string, days: number): string {
  return toDate((dateToInstant(date) ?? 0) + days * DAY_MS);
}

/** The first day of the month after. */
export function nextMonth(date: string): string {
  return `${addDays(`${date.slice(0, 7)}-01`, 31).slice(0, 7)}-01`;
}

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?$/;

/** As `<input type="datetime-local">` has it: `2026-03-01T21:14`, on the clocks of the zone. */
export function localTimeIn(at: number, timeZone: string): string {
  return toIso(at + offsetMs(at, timeZone)).slice(0, 16);
}

type Moment = { at: number; skipped: boolean };

/**
 * The moment at which the zone's clocks show that. Of two (clocks go back) the first; of none (clocks go forward) the
 * moment at which they are past it, and `skipped` says so. Null when it is no date and time.
 */
export function readLocalTime(text: string, timeZone: string): Moment | null {
  const wanted = LOCAL.test(text) ? fromIso(`${text}Z`) : null;
  return wanted === null ? null : momentOf(wanted, timeZone);
}

/** The same for a day and what its clocks show, in milliseconds since midnight; null when there is no such date. */
export function momentIn(date: string, timeOfDayMs: number, timeZone: string): number | null {
  const midnight = dateToInstant(date);
  return midnight === null ? null : momentOf(midnight + timeOfDayMs, timeZone).at;
}

/** `wanted`: the local time as if it were UTC. */
function momentOf(wanted: number, timeZone: string): Moment {
  const offsets = [wanted - DAY_MS, wanted + DAY_MS].map((around) => offsetMs(around, timeZone));
  const shown = offsets.map((offset) => wanted - offset).filter((at) => at + offsetMs(at, timeZone) === wanted);
  if (shown.length > 0) return { at: Math.min(...shown), skipped: false };
  return { at: jumpPast(wanted, timeZone), skipped: true };
}

/** When the zone's clocks jump over that local time. */
function jumpPast(wanted: number, timeZone: string): number {
  let [before, after] = [wanted - DAY_MS, wanted + DAY_MS];
  while (after - before > SECOND_MS) {
    const middle = Math.floor((before + after) / 2 / SECOND_MS) * SECOND_MS;
    if (middle + offsetMs(middle, timeZone) > wanted) after = middle;
    else before = middle;
  }
  return after;
}
