import type { SeasonInput, ShowInput } from "./catalogue.ts";
import { episodesOf } from "./plex-world.ts";
import { createWorld, type World } from "./world.ts";

/** What no library looks like, but some part of every large one does: for judging layouts. */

const dayMs = 86_400_000;

const long = (words: string, length: number): string => `${words} `.repeat(length).slice(0, length).trim();

const episodes = (count: number, title: (number: number) => string): SeasonInput["episodes"] =>
  Array.from({ length: count }, (_, index) => ({ title: title(index + 1), runtimeMin: 25 }));

const undated = (count: number): SeasonInput["episodes"] =>
  Array.from({ length: count }, () => ({ airedOn: null, runtimeMin: null }));

/** Named as the journeys find them. */
export const EXTREMES: Record<string, ShowInput> = {
  longWords: {
    title: long("A Title That Goes On and On", 500),
    year: 2001,
    overview: long("Nothing much happens, and then it happens again.", 3_000),
    seasons: [{ number: 1, episodes: episodes(5, (number) => long(`Episode ${number} That Does Not End`, 500)) }],
  },
  oneWord: { title: "W".repeat(500), year: 2002, seasons: [{ number: 1, episodes: 4, firstAired: "2002-01-01" }] },
  rightToLeft: {
    title: "مسلسل طويل جداً عن مدينة بعيدة",
    year: 2003,
    overview: "قصة عن مدينة بعيدة لا يصل إليها أحد.",
    seasons: [{ number: 1, episodes: episodes(6, (number) => `الحلقة رقم ${number} من الموسم الأول`) }],
  },
  mixed: { title: "שלום World (2004) – עולם", year: 2004, seasons: [{ number: 1, episodes: 3 }] },
  noDates: { title: "Without Any Date", year: null, seasons: [{ number: 1, episodes: undated(6) }] },
  specialsOnly: { title: "Specials Only", year: 2006, seasons: [{ number: 0, episodes: 4, firstAired: "2006-12-24" }] },
  sixtySeasons: {
    title: "Sixty Seasons",
    year: 1960,
    seasons: Array.from({ length: 60 }, (_, index) => ({
      number: index + 1,
      episodes: 8,
      firstAired: `${1960 + index}-09-05`,
    })),
  },
  years: {
    title: "By the Year",
    year: 2012,
    seasons: [2012, 2013, 2014, 2015].map((year) => ({ number: year, episodes: 10, firstAired: `${year}-01-09` })),
  },
  oneSeason: {
    title: "Twelve Hundred in One Season",
    year: 1999,
    seasons: [{ number: 1, episodes: 1_200, firstAired: "1999-10-20", everyDays: 5 }],
  },
};

/** All of them, or the one of that name. */
export function extremeWorld(only?: string): World {
  const world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const library = world.addLibrary(world.addServer({ name: "Attic", owner: anna }), { title: "TV Shows" });
  for (const [name, input] of Object.entries(EXTREMES)) {
    if (only !== undefined && only !== name) continue;
    const items = episodesOf(world.addToLibrary(library, world.addShow({ ids: {}, known: false, ...input })));
    // All but the last ones, so that something is next.
    for (const [index, item] of items.slice(0, Math.max(1, items.length - 2)).entries()) {
      world.play(anna, item, { at: world.now() - (items.length - index) * dayMs });
    }
  }
  return world;
}
