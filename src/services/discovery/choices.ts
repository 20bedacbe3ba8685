import {
  BROWSE_FILTERS,
  BROWSE_SORTS,
  type BrowseCriteria,
  type BrowseFilter,
  type BrowseSort,
  comingDay,
  readSpan,
  SHOW_STATUSES,
  WEEKDAYS,
  weekdayOf,
} from "../../domain/browse.ts";
import { countryName } from "../../domain/country-name.ts";
import type { Browse, Choice } from "../../metadata/contract.ts";
import type { Asked, FilterChoices } from "./types.ts";

// What each filter can be set to, and what a set of values means to a source.

const SORT_WORDS: Record<BrowseSort, string> = {
  popular: "Popular first",
  trending: "Watched now",
  newest: "Newest first",
  rated: "Best rated first",
};

const STATUS_WORDS: Record<(typeof SHOW_STATUSES)[number], string> = {
  running: "Running",
  ended: "Ended",
  upcoming: "Not out yet",
};

const RUNTIMES: readonly Choice[] = [
  { value: "-30", label: "Up to 30 min" },
  { value: "31-50", label: "31 to 50 min" },
  { value: "51-", label: "More than 50 min" },
];

const COUNTRIES =
  "AU AT BE BR CA CN CZ DK FI FR DE GR HU IN IE IL IT JP MX NL NZ NO PL PT KR ZA ES SE CH TR UA GB US".split(" ");

const words = <Value extends string>(values: readonly Value[], said: Record<Value, string>): Choice[] =>
  values.map((value) => ({ value, label: said[value] }));

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function choicesOf(browse: Browse, genres: readonly Choice[]): FilterChoices[] {
  const options: Record<BrowseFilter, readonly Choice[]> = {
    sort: words(browse.sorts, SORT_WORDS),
    genre: genres,
    network: browse.networks.known,
    status: words(SHOW_STATUSES, STATUS_WORDS),
    runtime: RUNTIMES,
    year: [],
    weekday: WEEKDAYS.map((value) => ({ value, label: capitalised(value) })),
    country: COUNTRIES.map((value) => ({ value, label: countryName(value) ?? value })),
  };
  const isFree = (filter: BrowseFilter) =>
    filter === "year" || filter === "runtime" || filter === "country" || (filter === "network" && browse.networks.free);
  return browse.filters.map((filter) => ({
    filter,
    options: options[filter],
    free: isFree(filter),
    needed: browse.needs.includes(filter),
  }));
}

/** Values for the filters that must have one: today, and where the reader is. */
export function withNeeded(asked: Asked, needs: readonly BrowseFilter[], today: string, country: string | null): Asked {
  const usual = { weekday: weekdayOf(today), country: country ?? "US" };
  const filled = { ...asked };
  for (const need of needs) if (need === "weekday" || need === "country") filled[need] ??= usual[need];
  return filled;
}

type Reading = { criteria: BrowseCriteria; asked: Asked; problems: { path: BrowseFilter; message: string }[] };

/** What a value asks for, or what is wrong with it. */
const READERS: Record<BrowseFilter, (text: string, today: string) => BrowseCriteria | string> = {
  sort: (text) => ({ sort: BROWSE_SORTS.find((each) => each === text) }),
  genre: (genre) => ({ genre }),
  network: (network) => ({ network }),
  status: (text) => ({ status: SHOW_STATUSES.find((each) => each === text) }),
  runtime(text) {
    const runtime = readSpan(text);
    return runtime === null ? "must be minutes like 20-40" : { runtime };
  },
  year(text) {
    const year = readSpan(text);
    return year === null ? "must be like 2019 or 2010-2019" : { year };
  },
  weekday(text, today) {
    const weekday = WEEKDAYS.find((each) => each === text);
    return weekday === undefined ? "must be a day of the week" : { airsOn: comingDay(today, weekday) };
  },
  country: (text) =>
    /^[a-z]{2}$/i.test(text) ? { country: text.toUpperCase() } : "must be a country's code of two letters",
};

/** Takes over what this source offers and understands, and names the rest. */
export function readAsked(asked: Asked, choices: readonly FilterChoices[], today: string): Reading {
  const reading: Reading = { criteria: {}, asked: {}, problems: [] };
  for (const filter of BROWSE_FILTERS) {
    const text = asked[filter]?.trim() ?? "";
    if (text === "") continue;
    const read = readOne(filter, text, choices, today);
    if (typeof read === "string") reading.problems.push({ path: filter, message: read });
    else {
      Object.assign(reading.criteria, read);
      reading.asked[filter] = text;
    }
  }
  return reading;
}

function readOne(filter: BrowseFilter, text: string, choices: readonly FilterChoices[], today: string) {
  const choice = choices.find((each) => each.filter === filter);
  if (choice === undefined) return "is nothing that this source can filter by";
  if (!choice.free && !choice.options.some(({ value }) => value === text)) return "is not one of the values offered";
  return READERS[filter](text, today);
}
