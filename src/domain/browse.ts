import { DAY_MS, dateToInstant, toDate } from "./instant.ts";

// The words in which a list of shows is asked for. A source answers those that it really can.

export const BROWSE_FILTERS = ["sort", "genre", "network", "status", "runtime", "year", "weekday", "country"] as const;
export type BrowseFilter = (typeof BROWSE_FILTERS)[number];

export const BROWSE_SORTS = ["popular", "trending", "newest", "rated"] as const;
export type BrowseSort = (typeof BROWSE_SORTS)[number];

export const SHOW_STATUSES = ["running", "ended", "upcoming"] as const;

/** As the calendar counts them: Monday first. */
export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Both ends belong to it; an end that is null is open. */
export type Span = { from: number | null; to: number | null };

export type BrowseCriteria = {
  sort?: BrowseSort | undefined;
  genre?: string | undefined;
  network?: string | undefined;
  status?: (typeof SHOW_STATUSES)[number] | undefined;
  /** Minutes of an episode. */
  runtime?: Span | undefined;
  /** Of the first broadcast. */
  year?: Span | undefined;
  /** An episode is shown on this day, `YYYY-MM-DD`. */
  airsOn?: string | undefined;
  /** ISO 3166, upper case. */
  country?: string | undefined;
};

/** "2019", "2010-2019", "50-" or "-30"; null for anything else, and for spans that end before they begin. */
export function readSpan(text: string): Span | null {
  const parts = /^(\d{1,4})?(?:(\s*[-–]\s*)(\d{1,4})?)?$/.exec(text.trim());
  const [, first, dash, last] = parts ?? [];
  if (first === undefined && last === undefined) return null;
  const from = first === undefined ? null : Number(first);
  const to = dash === undefined ? from : last === undefined ? null : Number(last);
  return from !== null && to !== null && from > to ? null : { from, to };
}

/** What is not known is in no span. */
export function isWithin(value: number | null | undefined, { from, to }: Span): boolean {
  return value != null && (from === null || value >= from) && (to === null || value <= to);
}

export function weekdayOf(date: string): Weekday {
  const day = new Date(dateToInstant(date) ?? 0).getUTCDay();
  return WEEKDAYS[(day + 6) % 7] ?? "monday";
}

/** The next such day, counted from a day that may be it already. */
export function comingDay(today: string, weekday: Weekday): string {
  const ahead = (WEEKDAYS.indexOf(weekday) - WEEKDAYS.indexOf(weekdayOf(today)) + 7) % 7;
  return toDate((dateToInstant(today) ?? 0) + ahead * DAY_MS);
}
