import {
  CLOCK_SKEW_MS,
  DAY_MS,
  dateToInstant,
  fromIso,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  SECOND_MS,
} from "../instant.ts";
import type { DateOrder, ParseOptions } from "./model.ts";

/** People bring what they saw on television long ago; before that nobody had one. */
const EARLIEST = Date.UTC(1900, 0, 1);

const CLOCK = /^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/i;
const SLASHED = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** A time that can be one. Services write the first seconds of 1970 for "some time"; the future was not watched yet. */
export function believed(at: Instant | null, now: Instant): Instant | null {
  if (at === null || !Number.isFinite(at) || at < EARLIEST || at > now + CLOCK_SKEW_MS) return null;
  return at >= -DAY_MS && at < DAY_MS ? null : at;
}

type Zoned = ParseOptions["zoned"];

const utc: Zoned = (date, timeOfDayMs) => {
  const midnight = dateToInstant(date);
  return midnight === null ? null : midnight + timeOfDayMs;
};

/** ISO, with a blank for the T or not; without a zone the clock is `zoned`'s. A day alone is its begin. Null: no time. */
export function readTime(text: string, zoned: Zoned = utc): Instant | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const parts = CLOCK.exec(trimmed);
  if (parts === null) return zoned(trimmed, 0);
  const [, date = "", hours = "0", minutes = "0", seconds = "0", fraction = "0", zone] = parts;
  const timeOfDayMs = timeOfDay(hours, minutes, seconds);
  if (timeOfDayMs === null) return null;
  if (zone === undefined) return zoned(date, timeOfDayMs + Number(fraction.slice(0, 3).padEnd(3, "0")));
  const offset = zone.toUpperCase() === "UTC" ? "Z" : zone;
  return fromIso(`${date}T${hours.padStart(2, "0")}:${minutes}:${seconds}.${fraction}${offset}`);
}

function timeOfDay(hours: string, minutes: string, seconds: string): number | null {
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * SECOND_MS;
}

/** Unix time in seconds or milliseconds. */
function readUnix(text: string): Instant | null {
  if (/^\d{9,10}$/.test(text)) return Number(text) * SECOND_MS;
  return /^\d{12,13}$/.test(text) ? Number(text) : null;
}

/** Whether day or month comes first in a date such as 31/12/2024, which can only be one; null where either may. */
export function dateOrderOf(text: string): Exclude<DateOrder, "auto"> | null {
  const [, first, second] = SLASHED.exec(text.trim()) ?? [];
  return Number(first) > 12 ? "dmy" : Number(second) > 12 ? "mdy" : null;
}

export type ReadDate = { at: Instant } | { problem: string };

/** What a person's own table says about when. */
export function readDate(text: string, order: Exclude<DateOrder, "auto"> | null, zoned: Zoned): ReadDate {
  const trimmed = text.trim();
  const plain = readUnix(trimmed) ?? readTime(trimmed, zoned);
  if (plain !== null) return { at: plain };
  const parts = SLASHED.exec(trimmed);
  if (parts === null) return { problem: `"${shortened(trimmed)}" is not a date that is understood` };
  const [, first = "", second = "", year = "", hours = "0", minutes = "0", seconds = "0"] = parts;
  if (order === null && first !== second) {
    return { problem: `"${trimmed}" may be two different days; say which comes first, the day or the month` };
  }
  const [day, month] = order === "mdy" ? [second, first] : [first, second];
  const timeOfDayMs = timeOfDay(hours, minutes, seconds);
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const at = timeOfDayMs === null ? null : zoned(date, timeOfDayMs);
  return at === null ? { problem: `there is no such day as "${trimmed}"` } : { at };
}

/** For messages: a cell may hold a whole page. */
export function shortened(text: string, length = 60): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
