import type { CatalogueShow, SeasonInput } from "./catalogue.ts";
import { episodesOf, type PlexAccount, type PlexItem, type PlexLibrary, type PlexServerState } from "./plex-world.ts";
import { createRandom, type Random } from "./random.ts";
import { createWorld, type World } from "./world.ts";

/** Worlds out of a seed: regular and big for the bench, full of oddities for property tests. */

export type GenerateOptions = {
  shows: number;
  seasons: number;
  /** Episodes of each season. */
  episodes: number;
  /** Share of the episodes the main account has watched. */
  watchedShare: number;
  /** Share of the watched episodes that have a history row; the others are marked by hand. Default 1. */
  historyShare?: number;
  seed: number;
  /** Odd libraries, guids, fields, titles and view states besides the regular ones. Default false. */
  oddities?: boolean;
  now?: () => number;
};

export type GeneratedWorld = {
  world: World;
  /** The owner of the first server, whose marks count. */
  account: PlexAccount;
  /** A guest on the first server; owns the second one when there are oddities. */
  other: PlexAccount;
  server: PlexServerState;
  libraries: PlexLibrary[];
};

const dayMs = 86_400_000;
const firstWords = [
  "Northern",
  "Silent",
  "Harbour",
  "Second",
  "Glass",
  "Paper",
  "Distant",
  "Iron",
  "Amber",
  "Hollow",
  "Winter",
  "Quiet",
];
const secondWords = [
  "Lights",
  "Station",
  "Letters",
  "Crossing",
  "Orchard",
  "Tide",
  "Engine",
  "Archive",
  "Parade",
  "Valley",
  "Signal",
  "House",
];

export const hostileTitles = [
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(1)</script>",
  "'; DROP TABLE plays; --",
  "\u202eمسلسل عربي طويل",
  "שלום עולם",
  "👩‍👩‍👧‍👦 Family 🏳️‍🌈",
  "日本語のとても長い題名",
  "   ",
  "Tab\tand\nnewline",
  "&amp; &lt;b&gt; \"quotes\" 'single'",
  "x".repeat(500),
  "Zalgo t̷̢̛̖̹͚e̵x̶t̸",
  "../../etc/passwd",
  "{{7*7}} <%= 7*7 %> %s %d",
];

export function titleOf(position: number): string {
  const first = firstWords[position % firstWords.length] ?? "";
  const second = secondWords[Math.floor(position / firstWords.length) % secondWords.length] ?? "";
  const round = Math.floor(position / (firstWords.length * secondWords.length));
  return round === 0 ? `${first} ${second}` : `${first} ${second} ${round + 1}`;
}

export function regularSeasons(options: GenerateOptions, firstYear: number): SeasonInput[] {
  return Array.from({ length: options.seasons }, (_, index) => ({
    number: index + 1,
    episodes: options.episodes,
    firstAired: `${firstYear + index}-09-10`,
  }));
}

/** Watches a share of the episodes in broadcasting order, spread over the last three years. */
function watch(world: World, account: PlexAccount, show: PlexItem, options: GenerateOptions, random: Random): void {
  const now = world.now();
  const start = now - random.int(60, 1_095) * dayMs;
  let at = start;
  for (const episode of episodesOf(show)) {
    if (options.watchedShare < 1 && !random.chance(options.watchedShare)) continue;
    at = Math.min(at + random.int(1, 30) * 3_600_000, now - 60_000);
    if (options.historyShare === undefined || random.chance(options.historyShare)) world.play(account, episode, { at });
    else world.markWatched(account, episode, { at });
  }
}

export function oddShow(world: World, position: number, options: GenerateOptions, random: Random): CatalogueShow {
  const year = random.int(1995, 2024);
  const title = random.chance(0.3) ? random.pick(hostileTitles) : titleOf(position);
  const seasons: SeasonInput[] = random.chance(0.2)
    ? Array.from({ length: 2 }, (_, index) => ({
        number: year + index,
        episodes: options.episodes,
        firstAired: `${year + index}-01-05`,
        everyDays: 1,
      }))
    : regularSeasons(options, year);
  if (random.chance(0.4))
    seasons.unshift({ number: 0, episodes: random.int(1, 3), firstAired: `${year}-12-24`, everyDays: 365 });
  const serial = position + 1;
  const ids = random.pick([
    "invented" as const,
    "invented" as const,
    {},
    { tvdb: 600_000 + serial },
    { tmdb: 700_000 + serial },
    { imdb: `tt7${String(serial).padStart(6, "0")}`, trakt: 800_000 + serial },
  ]);
  return world.addShow({ title, year: random.chance(0.1) ? null : year, ids, seasons, known: !random.chance(0.1) });
}

function oddEpisode(world: World, item: PlexItem, random: Random): void {
  if (random.chance(0.05)) world.edit(item, { index: null });
  if (random.chance(0.05)) world.edit(item, { originallyAvailableAt: null, year: null });
  if (random.chance(0.05)) world.edit(item, { durationMs: null });
  if (random.chance(0.03)) world.edit(item, { title: random.pick(hostileTitles) });
}

function oddViews(world: World, account: PlexAccount, other: PlexAccount, item: PlexItem, random: Random): void {
  const at = world.now() - random.int(1, 1_000) * dayMs - random.int(0, 80_000) * 1_000;
  const offsetMs = random.int(90_000, 1_500_000);
  switch (random.int(0, 13)) {
    case 0:
      world.play(account, item, { at });
      world.play(account, item, { at: at + random.int(20, 200) * dayMs });
      break;
    case 1:
      world.markWatched(account, item, { at: null });
      break;
    case 2:
      world.partial(account, item, { offsetMs, at });
      break;
    case 3:
      world.play(account, item, { at });
      world.partial(account, item, { offsetMs, at: at + 3 * dayMs });
      break;
    case 4:
      world.markWatched(account, item, { at });
      world.partial(account, item, { offsetMs, at: at + dayMs });
      break;
    case 5:
      world.play(account, item, { at });
      world.unmark(account, item);
      break;
    case 6:
      world.play(account, item, { at });
      world.addHistoryRow(account, item, at + random.int(0, 600) * 1_000);
      break;
    case 7:
      world.play(other, item, { at });
      break;
    case 8:
      world.markWatched(account, item, { at: random.pick([0, 1_000, world.now() + 5 * dayMs]) });
      break;
    case 9:
      world.play(account, item, { at });
      world.markWatched(account, item, { at: at + 40 * dayMs });
      break;
    case 10:
      world.markWatched(account, item, { at });
      break;
    default:
      break;
  }
}

export function generateWorld(options: GenerateOptions): GeneratedWorld {
  const random = createRandom(options.seed);
  const world = createWorld(options.now === undefined ? {} : { now: options.now });
  const account = world.addAccount({ username: "anna" });
  const other = world.addAccount({ username: "ben" });
  const server = world.addServer({ name: "Attic", owner: account });
  const tv = world.addLibrary(server, { title: "TV Shows" });
  world.share(server, other);

  if (options.oddities !== true) {
    for (let position = 0; position < options.shows; position++) {
      const firstYear = 2024 - (position % 20) - options.seasons;
      const show = world.addShow({
        title: titleOf(position),
        year: firstYear,
        seasons: regularSeasons(options, firstYear),
      });
      watch(world, account, world.addToLibrary(tv, show), options, random);
    }
    return { world, account, other, server, libraries: [tv] };
  }

  const libraries = [
    tv,
    world.addLibrary(server, { title: "Series (old agent)", agent: "thetvdb" }),
    world.addLibrary(server, { title: "Anime", agent: "hama" }),
    world.addLibrary(server, { title: "Home videos", agent: "none" }),
    world.addLibrary(server, { title: "Old films agent", agent: "themoviedb", hidden: 1 }),
  ];
  const movies = world.addLibrary(server, { title: "Movies", type: "movie" });
  const music = world.addLibrary(server, { title: "Music", type: "artist" });
  for (const title of ["A Film", "Another Film"]) world.markWatched(account, world.addOther(movies, { title }), {});
  world.addOther(music, { title: "A Band" });
  const cellar = world.addServer({ name: "Cellar", owner: other });
  const cellarTv = world.addLibrary(cellar, { title: "Serien" });
  world.share(cellar, account);

  for (let position = 0; position < options.shows; position++) {
    const show = oddShow(world, position, options, random);
    const copies = [world.addToLibrary(random.pick(libraries), show, { withGuids: !random.chance(0.1) })];
    if (random.chance(0.3)) copies.push(world.addToLibrary(random.pick(libraries), show));
    if (random.chance(0.2)) copies.push(world.addToLibrary(cellarTv, show));
    for (const copy of copies) {
      for (const item of episodesOf(copy)) {
        oddEpisode(world, item, random);
        if (random.chance(options.watchedShare)) oddViews(world, account, other, item, random);
      }
      if (random.chance(0.1)) world.markWatched(account, copy, {});
      const fate = random.next();
      if (fate < 0.1) world.readdShow(copy);
      if (fate > 0.9) for (const item of episodesOf(copy).slice(0, 2)) world.deleteItem(item);
    }
  }
  return { world, account, other, server, libraries };
}

/** The items an account has watched according to the counters of a server. */
export function watchedItems(server: PlexServerState, account: PlexAccount): PlexItem[] {
  const views = server.views.get(account);
  return server.libraries
    .flatMap((library) => library.episodes)
    .filter((item) => (views?.get(item.ratingKey)?.viewCount ?? 0) > 0);
}
