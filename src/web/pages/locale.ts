/** Language, script and region only: extensions could switch calendars and digits behind the page's back. */
const TAG = /^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i;
const FALLBACK = "en-GB";
const MOST_TAGS = 10;

/** The first language of the browser that numbers and dates can be written in. */
export function localeOf(acceptLanguage: string | null): string {
  const wanted = (acceptLanguage ?? "")
    .split(",", MOST_TAGS)
    .map((part) => part.split(";")[0]?.trim() ?? "")
    .filter((tag) => TAG.test(tag));
  return Intl.DateTimeFormat.supportedLocalesOf(wanted)[0] ?? FALLBACK;
}

/** Where people who write like this mostly live. */
export function countryOf(locale: string): string | null {
  const { region } = new Intl.Locale(locale).maximize();
  return region !== undefined && /^[A-Z]{2}$/.test(region) ? region : null;
}

type WithWeek = Intl.Locale & { getWeekInfo?: () => { firstDay: number } };

/** 1 = Monday … 7 = Sunday. Runtimes that do not know begin the week on Monday, as ISO 8601 does. */
export function firstDayOfWeek(locale: string): number {
  const known: WithWeek = new Intl.Locale(locale);
  return known.getWeekInfo?.().firstDay ?? 1;
}
