import type { CatalogueShow } from "./catalogue.ts";
import type { DemoShow } from "./demo-shows.ts";
import {
  type MediaItem,
  type MediaServerState,
  type MediaStyle,
  type MediaUser,
  mediaEpisodesOf,
} from "./mediabrowser-state.ts";
import { createRandom, type Random } from "./random.ts";
import type { World } from "./world.ts";

/**
 * The household's other servers: a Jellyfin "Basement" that Anna and Ben share, and the Emby of the "Cabin", with some
 * of the shows that are on Plex too and some of their own.
 */

export type DemoMedia = {
  basement: { state: MediaServerState; anna: MediaUser; ben: MediaUser };
  cabin: { state: MediaServerState; anna: MediaUser };
};

export const demoPasswords = { basement: "jellyfin", cabin: "emby" };

const dayMs = 86_400_000;

export const basementShows: DemoShow[] = [
  {
    title: "Detectorists",
    year: 2014,
    network: "BBC Four",
    country: "gb",
    genres: ["comedy"],
    runtimeMin: 30,
    status: "ended",
    overview: "Two friends walk the fields of Essex with metal detectors, and mostly find ring pulls.",
    seasons: [
      { starts: "2014-10-02", episodes: 6 },
      { starts: "2015-10-29", episodes: 6 },
      { starts: "2017-11-08", episodes: 6 },
    ],
    hue: 95,
  },
  {
    title: "Deutschland 83",
    year: 2015,
    network: "RTL",
    country: "de",
    genres: ["drama", "thriller"],
    runtimeMin: 45,
    status: "ended",
    overview: "A young soldier from the East is sent West as an aide to a general, and has to learn about kiwis.",
    seasons: [{ starts: "2015-11-26", episodes: 8 }],
    hue: 10,
  },
];

export const cabinShows: DemoShow[] = [
  {
    title: "Borgen",
    year: 2010,
    network: "DR1",
    country: "dk",
    genres: ["drama"],
    runtimeMin: 58,
    status: "ended",
    overview: "A leader of a small party becomes Prime Minister of Denmark over a weekend.",
    seasons: [
      { starts: "2010-09-26", episodes: 10 },
      { starts: "2011-09-25", episodes: 10 },
      { starts: "2013-01-01", episodes: 10 },
    ],
    hue: 350,
  },
];

/** One or two episodes an evening. */
function watch(world: World, user: MediaUser, items: MediaItem[], from: number, random: Random): void {
  let evening = Math.floor(from / dayMs) * dayMs;
  for (const [position, item] of items.entries()) {
    if (position % 2 === 0) evening += random.int(1, 5) * dayMs;
    const at = evening + 18.5 * 3_600_000 + (position % 2) * 3_900_000 + random.int(0, 900) * 1_000;
    if (at > world.now() - 2 * 3_600_000) return;
    world.media.play(user, item, { at, savedAt: at + (item.runtimeMs ?? 0) });
  }
}

const regular = (series: MediaItem): MediaItem[] =>
  mediaEpisodesOf(series).filter(({ parent, virtual }) => (parent?.index ?? 0) > 0 && !virtual);

export function furnishMedia(
  world: World,
  {
    style,
    add,
    has,
    shared,
  }: {
    style: MediaStyle;
    add(show: DemoShow): CatalogueShow;
    /** What a server can have already. */
    has(episode: CatalogueShow["seasons"][number]["episodes"][number]): boolean;
    /** A viewing on Plex that this Jellyfin reports too, with the instant that Plex gives. */
    shared: { show: CatalogueShow; season: number; number: number; at: number };
  },
): DemoMedia {
  const { media } = world;
  const random = createRandom(83);
  const now = world.now();
  const known = (title: string): CatalogueShow => {
    const found = world.catalogue.shows.find((show) => show.title === title);
    if (found === undefined) throw new Error(`The demo has no ${title}`);
    return found;
  };

  const basement = media.addServer({ name: "Basement", style });
  const anna = media.addUser(basement, { name: "anna", password: demoPasswords.basement, admin: true });
  const ben = media.addUser(basement, { name: "ben", password: demoPasswords.basement });
  const series = media.addLibrary(basement, { name: "Series" });
  media.addOther(media.addLibrary(basement, { name: "Films", type: "movies" }), { name: "Safety Last!", year: 1923 });
  const copy = (library: typeof series, show: CatalogueShow): MediaItem =>
    media.addToLibrary(library, show, { only: has, virtual: (episode) => !has(episode) && episode.airedOn !== null });
  const [detectorists, deutschland] = basementShows.map((show) => copy(series, add(show)));
  const fargo = copy(series, known("Fargo"));
  copy(series, known("Firefly"));
  if (detectorists !== undefined) {
    watch(world, anna, regular(detectorists), now - 300 * dayMs, random);
    const again = regular(detectorists)[0];
    if (again !== undefined) media.play(anna, again, { at: now - 20 * dayMs });
  }
  if (deutschland !== undefined) {
    watch(world, anna, regular(deutschland).slice(0, 5), now - 40 * dayMs, random);
    watch(world, ben, regular(deutschland).slice(0, 3), now - 70 * dayMs, random);
  }
  const opening = regular(fargo)[0];
  if (opening !== undefined) media.joinEpisodes(opening, 2);
  for (const item of regular(fargo).slice(0, 3)) media.setData(anna, item, { played: true, playCount: 1 });

  const both = copy(series, shared.show);
  const seen = regular(both).find(({ parent, index }) => parent?.index === shared.season && index === shared.number);
  // Plex dates a viewing near its end, Jellyfin its beginning.
  if (seen !== undefined) media.play(anna, seen, { at: shared.at - Math.floor(0.9 * (seen.runtimeMs ?? 0)) });

  const cabin = media.addServer({ name: "Cabin", style: "emby" });
  const cabinAnna = media.addUser(cabin, { name: "anna", password: demoPasswords.cabin });
  media.addUser(cabin, { name: "grandpa", admin: true });
  const shelf = media.addLibrary(cabin, { name: "TV shows", ids: "odd" });
  for (const show of cabinShows) {
    watch(world, cabinAnna, regular(copy(shelf, add(show))).slice(0, 14), now - 200 * dayMs, random);
  }
  const slow = copy(shelf, known("Slow Horses"));
  for (const item of regular(slow).slice(0, 6)) media.mark(cabinAnna, item, { at: now - 500 * dayMs });
  return { basement: { state: basement, anna, ben }, cabin: { state: cabin, anna: cabinAnna } };
}

/** What Anna goes on with on the Basement; null when there is nothing left. */
export function nextOnBasement(world: World, { basement }: DemoMedia): MediaItem | null {
  const unseen = (item: MediaItem): boolean => (world.media.dataOf(basement.anna, item)?.played ?? false) === false;
  const begun = basement.state.libraries
    .flatMap(({ items }) => items)
    .filter(({ kind }) => kind === "Series")
    .filter((series) => regular(series).some((item) => !unseen(item)));
  return begun.flatMap(regular).find(unseen) ?? null;
}
