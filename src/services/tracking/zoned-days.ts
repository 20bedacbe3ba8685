import { DAY_MS, dateToInstant, SECOND_MS, toDate } from "../../domain/instant.ts";

// Calendar days as people in a time zone live them. Dates are `YYYY-MM-DD`.

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  formats.set(timeZone, made);
  return made;
}

/** How far the zone's clocks are ahead of UTC at that instant. */
function offsetMs(at: number, timeZone: string): number {
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

/** The moment at which clocks in the zone show that time on that day; null when there is no such date. */
export function momentIn(date: string, timeOfDayMs: number, timeZone: string): number | null {
  const midnight = dateToInstant(date);
  if (midnight === null) return null;
  const shown = midnight + timeOfDayMs;
  const guess = shown - offsetMs(shown, timeZone);
  return shown - offsetMs(guess, timeZone);
}

/** The first day of the month after. */
export function nextMonth(date: string): string {
  return `${addDays(`${date.slice(0, 7)}-01`, 31).slice(0, 7)}-01`;
}
