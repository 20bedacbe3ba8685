/** A moment as integer epoch milliseconds. ISO text exists only at the edges. */
export type Instant = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Servers answer 0, 1 and "now + years" for times they do not know. Nothing was watched on them before this. */
export const EARLIEST_VIEW: Instant = Date.UTC(1990, 0, 1);
/** How far ahead of ours a server's clock may run. */
export const CLOCK_SKEW_MS = HOUR_MS;

const ISO = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})$/i;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

export function toIso(at: Instant): string {
  return new Date(at).toISOString();
}

/** Reads an ISO 8601 date and time with a zone; anything else, or a day that does not exist, is null. */
export function fromIso(text: string): Instant | null {
  const parts = ISO.exec(text.trim());
  if (!parts) return null;
  const [, date = "", hours = "", minutes = "", seconds = "0", fraction = "0", zone = "Z"] = parts;
  const midnight = dateToInstant(date);
  const offset = zoneOffsetMs(zone);
  if (midnight === null || offset === null) return null;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  // Jellyfin writes seven digits of a second; we keep three.
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
  return midnight + Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * SECOND_MS + ms - offset;
}

/** Midnight UTC of a calendar day written `YYYY-MM-DD`; null when there is no such day. */
export function dateToInstant(date: string): Instant | null {
  const parts = DATE.exec(date.trim());
  if (!parts) return null;
  const [, year, month, day] = parts.map(Number);
  if (year === undefined || month === undefined || day === undefined || year < 1) return null;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  const exists = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return exists ? at.getTime() : null;
}

/** The calendar day in UTC, as `YYYY-MM-DD`. */
export function toDate(at: Instant): string {
  return toIso(at).slice(0, 10);
}

/** The number of whole days since 1970-01-01 UTC. */
export function dayNumber(at: Instant): number {
  return Math.floor(at / DAY_MS);
}

export function isBelievableViewTime(at: Instant, now: Instant): boolean {
  return Number.isFinite(at) && at >= EARLIEST_VIEW && at <= now + CLOCK_SKEW_MS;
}

function zoneOffsetMs(zone: string): number | null {
  if (zone.toUpperCase() === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
}
