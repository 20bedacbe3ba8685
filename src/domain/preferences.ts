import { z } from "zod";
import { dateToInstant } from "./instant.ts";
import { LIST_NAMES, type ListName } from "./show-list.ts";

/** What the user wants brought from one server. Nothing here ever removes a play that is there. */
export type Preferences = {
  /** Null: watched is what the server says. Else a view that was broken off counts from this percentage on. */
  watchedFrom: number | null;
  /** Shorter videos are not read; 0 reads all. */
  minMinutes: number;
  specials: "read" | "skip";
  /** `first`: an episode that has a play gets no further one. */
  rewatches: "all" | "first";
  /** Plays before this day (`YYYY-MM-DD`, in the user's time zone) are not brought. */
  since: string | null;
  /** Where a show goes that a sync brings. */
  addTo: ListName | "automatic";
  /** Nothing is brought of shows that are not in the library yet. */
  onlyKnownShows: boolean;
  newLibraries: "on" | "off";
  /** Two-way: marks go out with the date of the play, where the server keeps it; else with the moment. */
  pushDates: boolean;
  /** No scheduled sync begins between these times of the user's clock. */
  quietHours: { from: string; to: string } | null;
};

export const DEFAULT_PREFERENCES: Preferences = {
  watchedFrom: null,
  minMinutes: 0,
  specials: "read",
  rewatches: "all",
  since: null,
  addTo: "automatic",
  onlyKnownShows: false,
  newLibraries: "on",
  pushDates: true,
  quietHours: null,
};

export const WATCHED_FROM = { least: 50, most: 99 };
export const LONGEST_MINIMUM = 600;
export const NUMBERINGS = ["auto", "aired", "absolute"] as const;
/** How a library numbers episodes: as it looks, by season as they aired, or straight through. */
export type Numbering = (typeof NUMBERINGS)[number];

const percentage = `A whole number from ${WATCHED_FROM.least} to ${WATCHED_FROM.most}.`;
const length = `Whole minutes, at most ${LONGEST_MINIMUM}.`;
const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "A time such as 23:00.");

const shape = {
  watchedFrom: z.int(percentage).min(WATCHED_FROM.least, percentage).max(WATCHED_FROM.most, percentage).nullable(),
  minMinutes: z.int(length).min(0, length).max(LONGEST_MINIMUM, length),
  specials: z.enum(["read", "skip"]),
  rewatches: z.enum(["all", "first"]),
  since: z
    .string()
    .refine((text) => dateToInstant(text) !== null, "A day such as 2024-01-31.")
    .nullable(),
  addTo: z.enum(["automatic", ...LIST_NAMES]),
  onlyKnownShows: z.boolean(),
  newLibraries: z.enum(["on", "off"]),
  pushDates: z.boolean(),
  quietHours: z
    .object({ from: clockTime, to: clockTime })
    .refine(({ from, to }) => from !== to, "Quiet hours begin and end at different times.")
    .nullable(),
} satisfies { [Name in keyof Preferences]: z.ZodType<Preferences[Name]> };

export const preferencesInput = z.strictObject(shape).partial();
export type PreferencesInput = Partial<Preferences>;

const stored = z.object({
  watchedFrom: shape.watchedFrom.catch(DEFAULT_PREFERENCES.watchedFrom),
  minMinutes: shape.minMinutes.catch(DEFAULT_PREFERENCES.minMinutes),
  specials: shape.specials.catch(DEFAULT_PREFERENCES.specials),
  rewatches: shape.rewatches.catch(DEFAULT_PREFERENCES.rewatches),
  since: shape.since.catch(DEFAULT_PREFERENCES.since),
  addTo: shape.addTo.catch(DEFAULT_PREFERENCES.addTo),
  onlyKnownShows: shape.onlyKnownShows.catch(DEFAULT_PREFERENCES.onlyKnownShows),
  newLibraries: shape.newLibraries.catch(DEFAULT_PREFERENCES.newLibraries),
  pushDates: shape.pushDates.catch(DEFAULT_PREFERENCES.pushDates),
  quietHours: shape.quietHours.catch(DEFAULT_PREFERENCES.quietHours),
});

/** What is stored; whatever cannot be read of it is as if it had never been chosen. */
export function readPreferences(text: string): Preferences {
  try {
    const read = stored.safeParse(JSON.parse(text));
    return read.success ? read.data : DEFAULT_PREFERENCES;
  } catch {
    return DEFAULT_PREFERENCES;
  }
}

/** The stored text with these choices in it; members of other parts of the program stay. */
export function withPreferences(text: string, change: PreferencesInput): string {
  return JSON.stringify({ ...membersOf(text), ...change });
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const read = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    return read.success ? read.data : {};
  } catch {
    return {};
  }
}

/** What decides which plays are brought. */
const deciding = ["watchedFrom", "minMinutes", "specials", "rewatches", "since", "onlyKnownShows"] as const;

/** Whether what was read before has to be looked at again under the new choice. */
export function decidesAnew(before: Preferences, after: Preferences): boolean {
  return deciding.some((name) => before[name] !== after[name]);
}
