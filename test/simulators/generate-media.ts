import { type GenerateOptions, hostileTitles, oddShow, regularSeasons, titleOf } from "./generate.ts";
import {
  isEmby,
  type MediaItem,
  type MediaLibrary,
  type MediaServerState,
  type MediaStyle,
  type MediaUser,
  mediaEpisodesOf,
} from "./mediabrowser-state.ts";
import { createRandom, type Random } from "./random.ts";
import { createWorld, type World } from "./world.ts";

/** Libraries of a Jellyfin or Emby out of a seed: regular and big for the bench, full of oddities for property tests. */

export type GeneratedMedia = {
  world: World;
  state: MediaServerState;
  /** Whose marks count. */
  user: MediaUser;
  other: MediaUser;
  libraries: MediaLibrary[];
};

const dayMs = 86_400_000;

/** Watches a share of the episodes in broadcasting order, spread over the last three years. */
function watch(world: World, user: MediaUser, series: MediaItem, options: GenerateOptions, random: Random): void {
  const now = world.now();
  let at = now - random.int(60, 1_095) * dayMs;
  for (const episode of mediaEpisodesOf(series)) {
    if (options.watchedShare < 1 && !random.chance(options.watchedShare)) continue;
    at = Math.min(at + random.int(1, 30) * 3_600_000, now - 3 * 3_600_000);
    world.media.play(user, episode, { at, savedAt: at + (episode.runtimeMs ?? 0) });
  }
}

function oddEpisode(world: World, item: MediaItem, random: Random): void {
  const { media } = world;
  if (random.chance(0.05)) media.edit(item, { index: null });
  if (random.chance(0.05)) media.edit(item, { premiere: null, year: null });
  if (random.chance(0.05)) media.edit(item, { runtimeMs: null });
  if (random.chance(0.03)) media.edit(item, { name: random.pick(hostileTitles) });
  if (random.chance(0.03)) media.edit(item, { virtual: true });
  if (random.chance(0.03) && item.index !== null)
    media.edit(item, { indexEnd: item.index + random.pick([1, 2, 1998]) });
  if (random.chance(0.05))
    media.edit(item, { providerIds: { Tmdb: "../tv/1/season/1/episode/1", tvdb: "", imdb: "none" } });
}

function oddData(world: World, user: MediaUser, other: MediaUser, item: MediaItem, random: Random): void {
  const { media } = world;
  const at = world.now() - random.int(1, 1_000) * dayMs - random.int(0, 80_000) * 1_000;
  const positionMs = Math.round((item.runtimeMs ?? 2_700_000) * (0.06 + random.next() * 0.8));
  switch (random.int(0, 11)) {
    case 0:
      media.play(user, item, { at });
      media.play(user, item, { at: Math.min(at + random.int(20, 200) * dayMs, world.now() - dayMs) });
      break;
    case 1:
      media.setData(user, item, { played: true, playCount: random.int(0, 2) });
      break;
    case 2:
      media.partial(user, item, { positionMs, at });
      break;
    case 3:
      media.play(user, item, { at });
      media.partial(user, item, { positionMs, at: at + 3 * 3_600_000 });
      break;
    case 4:
      media.mark(user, item, { at });
      break;
    case 5:
      media.play(user, item, { at });
      media.unmark(user, item);
      break;
    case 6:
      media.play(other, item, { at });
      break;
    case 7:
      media.setData(user, item, { played: true, playCount: 1, lastPlayed: "0001-01-01T00:00:00.0000000Z" });
      break;
    case 8:
      media.partial(user, item, { positionMs, at });
      media.mark(user, item);
      break;
    case 9:
      media.mark(user, item, { at: world.now() + 5 * dayMs });
      break;
    case 10:
      media.play(user, item, { at });
      media.play(user, media.addCopy(item), { at: at + random.int(0, 40) * dayMs });
      break;
    default:
      break;
  }
}

/** On a server of its own in `into`, or in a world of its own. */
export function generateMedia(style: MediaStyle, options: GenerateOptions, into?: World): GeneratedMedia {
  const random = createRandom(options.seed);
  const world = into ?? createWorld(options.now === undefined ? {} : { now: options.now });
  const { media } = world;
  const state = media.addServer({ name: style === "emby" ? "Cabin" : "Basement", style });
  const user = media.addUser(state, { name: "anna", password: "open sesame" });
  const other = media.addUser(state, { name: "ben" });
  const series = media.addLibrary(state, { name: "Series" });

  if (options.oddities !== true) {
    for (let position = 0; position < options.shows; position++) {
      const year = 2024 - (position % 20) - options.seasons;
      const show = world.addShow({ title: titleOf(position), year, seasons: regularSeasons(options, year) });
      watch(world, user, media.addToLibrary(series, show), options, random);
    }
    return { world, state, user, other, libraries: [series] };
  }

  const libraries = [
    series,
    media.addLibrary(state, { name: "Serien", ids: "odd" }),
    media.addLibrary(state, { name: "Home videos", ids: "none" }),
    media.addLibrary(state, { name: "Everything", type: null }),
  ];
  media.setQuirks(state, { sentinelDates: isEmby(state) });
  const films = media.addLibrary(state, { name: "Films", type: "movies" });
  for (const name of ["A Film", "Another Film"]) media.mark(user, media.addOther(films, { name }));
  for (let position = 0; position < options.shows; position++) {
    const show = oddShow(world, position, options, random);
    const copies = [media.addToLibrary(random.pick(libraries), show)];
    if (random.chance(0.3)) copies.push(media.addToLibrary(random.pick(libraries), show));
    for (const copy of copies) {
      for (const item of mediaEpisodesOf(copy)) {
        oddEpisode(world, item, random);
        if (!item.virtual && random.chance(options.watchedShare)) oddData(world, user, other, item, random);
      }
      if (random.chance(0.1)) for (const item of mediaEpisodesOf(copy).slice(0, 2)) media.deleteItem(item);
    }
  }
  return { world, state, user, other, libraries };
}
