import type { ViewContext } from "../context.ts";

export type DateWriter = (at: number) => string;
export type Writing = Pick<ViewContext, "locale" | "timeZone" | "dateFormat">;

const PLACES = ["day", "month", "year"] as const;
const WANTED: Record<"dmy" | "mdy", string> = { dmy: "day month year", mdy: "month day year" };

/** `Intl` names a part of its options and of its answer alike. */
const partsOf = (format: Intl.DateTimeFormat, at: number): Map<string, string> =>
  new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));

/** Whether the locale puts day and month in that order by itself; then it knows best how its dates are written. */
function isLocalOrder(locale: string, timeZone: string, order: "dmy" | "mdy"): boolean {
  const format = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone });
  if (format.resolvedOptions().calendar !== "gregory") return false;
  const types = format.formatToParts(0).map(({ type }): string => type);
  return types.filter((type) => PLACES.some((place) => place === type)).join(" ") === WANTED[order];
}

function isoWriter(locale: string, timeZone: string, { weekday }: Intl.DateTimeFormatOptions): DateWriter {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone });
  if (weekday === undefined) return (at) => day.format(at);
  const name = new Intl.DateTimeFormat(locale, { weekday, timeZone });
  return (at) => `${name.format(at)}, ${day.format(at)}`;
}

/** "Thursday, 31 December 2026" or "Thursday, December 31, 2026", in the locale's words. */
function orderedWriter(
  locale: string,
  timeZone: string,
  order: "dmy" | "mdy",
  options: Intl.DateTimeFormatOptions,
): DateWriter {
  // Asked for together, so that a month stands in the form that it has beside a day.
  const format = new Intl.DateTimeFormat(locale, { ...options, calendar: "gregory", timeZone });
  return (at) => {
    const parts = partsOf(format, at);
    const [weekday, day = "", month = "", year] = ["weekday", ...PLACES].map((type) => parts.get(type));
    const lead = weekday === undefined ? "" : `${weekday}, `;
    const places = (order === "dmy" ? [day, month, year] : [month, day, year]).filter((place) => place !== undefined);
    // Where months have no names of their own, three numbers in a row need more than blanks.
    if (/^\p{N}+$/u.test(month)) return `${lead}${places.join("/")}`;
    if (order === "dmy") return `${lead}${places.join(" ")}`;
    return `${lead}${month} ${day}${year === undefined ? "" : `, ${year}`}`;
  };
}

/** How this reader has dates written. Months and weekdays alone have no order and are the locale's. */
export function makeDateWriter(
  { locale, timeZone, dateFormat }: Writing,
  options: Intl.DateTimeFormatOptions,
): DateWriter {
  const isLocal = dateFormat === "auto" || options.day === undefined;
  if (!isLocal && dateFormat === "ymd") return isoWriter(locale, timeZone, options);
  if (!isLocal && dateFormat !== "ymd" && !isLocalOrder(locale, timeZone, dateFormat)) {
    return orderedWriter(locale, timeZone, dateFormat, options);
  }
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone });
  return (at) => format.format(at);
}
