import type { ViewContext } from "../context.ts";
import { type DateWriter, makeDateWriter, type Writing } from "./date-writer.ts";
import { counted } from "./text.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Making an Intl formatter costs far more than using one. Bounded, since the locale comes from the browser. */
const MAX_FORMATTERS = 256;
const MAX_WRITTEN = 1_000;
const dateWriters = new Map<string, DateWriter>();
const numberFormats = new Map<string, Intl.NumberFormat>();

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const found = cache.get(key);
  if (found !== undefined) return found;
  if (cache.size >= MAX_FORMATTERS) cache.clear();
  const made = make();
  cache.set(key, made);
  return made;
}

const FULL_TIME = { dateStyle: "full", timeStyle: "short" } as const;
const FULL_DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
const WEEKDAY = { weekday: "long" } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;
const SHORT_DAY = { day: "numeric", month: "short" } as const;
const SHORT_DATE = { ...SHORT_DAY, year: "numeric" } as const;

type Locale = Pick<ViewContext, "locale">;
type Moment = Writing & Pick<ViewContext, "now">;

export function formatNumber(value: number, { locale }: Locale): string {
  return cached(numberFormats, locale, () => new Intl.NumberFormat(locale)).format(value);
}

/** "1 show", "1,204 shows". */
export function count(value: number, ctx: Locale, one: string, many?: string): string {
  return counted(formatNumber(value, ctx), value === 1, one, many);
}

/** Options are told apart by what they say; of those that stay the same object that is written down once. */
const optionKeys = new WeakMap<Intl.DateTimeFormatOptions, string>();

function keyOf(options: Intl.DateTimeFormatOptions): string {
  const known = optionKeys.get(options);
  if (known !== undefined) return known;
  const key = Object.entries(options).join();
  optionKeys.set(options, key);
  return key;
}

/** Lists show the same days again and again, and to the next reader too. */
function remembering(write: DateWriter): DateWriter {
  const written = new Map<number, string>();
  return (at) => {
    const known = written.get(at);
    if (known !== undefined) return known;
    if (written.size >= MAX_WRITTEN) written.clear();
    const text = write(at);
    written.set(at, text);
    return text;
  };
}

/** Day, month, year and weekday as the reader wants dates, the rest as the locale has it. */
export function formatDate(at: number, ctx: Writing, options: Intl.DateTimeFormatOptions): string {
  const key = `${ctx.locale}|${ctx.timeZone}|${ctx.dateFormat}|${keyOf(options)}`;
  return cached(dateWriters, key, () => remembering(makeDateWriter(ctx, options)))(at);
}

/** "Monday, 3 March 2025 at 21:14" in the reader's words: for titles and screen readers. */
export function fullTime(at: number, ctx: Writing): string {
  if (ctx.dateFormat === "auto") return formatDate(at, ctx, FULL_TIME);
  return `${formatDate(at, ctx, FULL_DAY)}, ${clockTime(at, ctx)}`;
}

/** "Monday, 3 March 2025": of what only the day is known. */
export function fullDay(at: number, ctx: Writing): string {
  return formatDate(at, ctx, FULL_DAY);
}

/** "Friday, 4 Dec", with the year when it is not this one. */
export function weekdayText(at: number, ctx: Moment): string {
  return `${formatDate(at, ctx, WEEKDAY)}, ${dateText(at, ctx)}`;
}

export function clockTime(at: number, ctx: Writing): string {
  return formatDate(at, ctx, CLOCK);
}

function dayKey(at: number, { timeZone }: Writing): string {
  return cached(dateWriters, `day|${timeZone}`, () => {
    const format = new Intl.DateTimeFormat("en-CA", { timeZone });
    return remembering((moment) => format.format(moment));
  })(at);
}

/** "3 Mar", with the year when it is not this one. */
export function dateText(at: number, ctx: Moment): string {
  const sameYear = dayKey(at, ctx).slice(0, 4) === dayKey(ctx.now, ctx).slice(0, 4);
  return formatDate(at, ctx, sameYear ? SHORT_DAY : SHORT_DATE);
}

/** The clock for today, date and clock this year, the date alone before that: for lists that are read downwards. */
export function stampText(at: number, ctx: Moment): string {
  const [day, today] = [dayKey(at, ctx), dayKey(ctx.now, ctx)];
  if (day === today) return clockTime(at, ctx);
  return day.slice(0, 4) === today.slice(0, 4) ? `${dateText(at, ctx)}, ${clockTime(at, ctx)}` : dateText(at, ctx);
}

/** "12 min ago", "in 48 min", "yesterday"; a date beyond a week. */
export function relativeTime(at: number, ctx: Moment): string {
  const deltaMs = at - ctx.now;
  const awayMs = Math.abs(deltaMs);
  if (awayMs < MINUTE_MS) return deltaMs > 0 ? "in a moment" : "just now";
  const say = (amount: string): string => (deltaMs > 0 ? `in ${amount}` : `${amount} ago`);
  if (awayMs < HOUR_MS) return say(`${Math.round(awayMs / MINUTE_MS)} min`);
  if (awayMs < 12 * HOUR_MS) return say(`${Math.round(awayMs / HOUR_MS)} h`);
  const days = daysBetween(ctx.now, at, ctx);
  if (days === 0) return say(`${Math.round(awayMs / HOUR_MS)} h`);
  if (days === -1) return "yesterday";
  if (days === 1) return "tomorrow";
  if (Math.abs(days) <= 7) return say(`${Math.abs(days)} days`);
  return dateText(at, ctx);
}

/** The same in whole days, for what has no time of day: "today", "yesterday", "3 days ago". */
export function relativeDay(at: number, ctx: Moment): string {
  const days = daysBetween(ctx.now, at, ctx);
  if (days === 0) return "today";
  if (days === -1) return "yesterday";
  if (days === 1) return "tomorrow";
  if (Math.abs(days) > 7) return dateText(at, ctx);
  return days > 0 ? `in ${days} days` : `${-days} days ago`;
}

/** Calendar days, not 24-hour blocks: 23:50 is yesterday at 00:10. */
function daysBetween(from: number, to: number, ctx: Writing): number {
  return Math.round((Date.parse(dayKey(to, ctx)) - Date.parse(dayKey(from, ctx))) / DAY_MS);
}

/** "0.4 s", "1.2 s", "42 s", "3 min", "1 h 20 min". */
export function durationText(durationMs: number): string {
  if (durationMs < 50) return "< 0.1 s";
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)} s`;
  if (durationMs < 99_500) return `${Math.round(durationMs / 1000)} s`;
  const minutes = Math.round(durationMs / MINUTE_MS);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** "2025-03-03" where the reader lives. */
export function isoDay(at: number, ctx: Writing): string {
  return dayKey(at, ctx);
}

const UNITS = ["kB", "MB", "GB", "TB"] as const;

/** "412 kB", "41.6 MB". */
export function sizeText(bytes: number, { locale }: Locale): string {
  let amount = bytes / 1000;
  let unit = 0;
  for (; amount >= 999.5 && unit < UNITS.length - 1; unit += 1) amount /= 1000;
  const digits = amount < 99.5 && unit > 0 ? 1 : 0;
  const format = cached(numberFormats, `${locale}|${digits}`, () => {
    return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  });
  return `${format.format(amount)} ${UNITS[unit]}`;
}

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** What sources name in lower case ("science fiction"), where it stands alone. */
export function capitalised(text: string, { locale }: Locale): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}
