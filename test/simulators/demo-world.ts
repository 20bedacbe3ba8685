import { addDays, dayOf, type EpisodeInput, type SeasonInput } from "./catalogue.ts";
import { type DemoMedia, furnishMedia } from "./demo-media.ts";
import { type DemoSeason, type DemoShow, demoShows } from "./demo-shows.ts";
import type { MediaStyle } from "./mediabrowser-state.ts";
import { episodesOf, type PlexAccount, type PlexItem, type PlexServerState } from "./plex-world.ts";
import { createRandom, type Random } from "./random.ts";
import { createWorld, type World } from "./world.ts";

/**
 * A believable household: Anna's own server "Attic", "Ben's Server" shared with her, three years of evenings. Her Plex
 * Home has Ben, with his own account, and Mia, a child's profile behind the PIN 1234. A Jellyfin and an Emby besides.
 */

export type DemoWorld = {
  world: World;
  anna: PlexAccount;
  ben: PlexAccount;
  mia: PlexAccount;
  attic: PlexServerState;
  bens: PlexServerState;
  media: DemoMedia;
};

const dayMs = 86_400_000;

const openings = ["The", "A", "No", "Every", "Our", "Last", "First", "Old", "Another", "The Other"];
const middles = ["Quiet", "Long", "Broken", "Open", "Cold", "Borrowed", "Empty", "Bright", "Honest", "Hidden"];
const endings = [
  "Room",
  "Promise",
  "Morning",
  "Stranger",
  "Door",
  "Letter",
  "Bridge",
  "Winter",
  "Answer",
  "Game",
  "Road",
  "Guest",
];
const singles = [
  "Homecoming",
  "Aftermath",
  "Reunion",
  "Trespass",
  "Daylight",
  "Vigil",
  "Collateral",
  "Undertow",
  "Inheritance",
  "Exit Wounds",
];

function episodeTitle(random: Random): string {
  if (random.chance(0.2)) return random.pick(singles);
  const opening = random.pick(openings);
  const rest = random.chance(0.5) ? random.pick(endings) : `${random.pick(middles)} ${random.pick(endings)}`;
  return opening === "A" && /^[AEIO]/.test(rest) ? `An ${rest}` : `${opening} ${rest}`;
}

function seasonInput(season: DemoSeason, position: number, now: number, random: Random): SeasonInput {
  const ago = /^-(\d+)w$/.exec(season.starts)?.[1];
  const firstAired = ago === undefined ? season.starts : dayOf(now - Number(ago) * 7 * dayMs - dayMs);
  const everyDays = season.everyDays ?? 7;
  const number = season.number ?? position;
  const episodes = Array.from({ length: season.episodes }, (_, index): EpisodeInput => {
    const title = season.titles?.[index] ?? episodeTitle(random);
    return {
      title,
      airedOn: addDays(firstAired, index * everyDays),
      overview: `${title}: part ${index + 1} of season ${number}.`,
    };
  });
  return { number, episodes };
}

function addDemoShow(world: World, demo: DemoShow, random: Random) {
  let regular = 0;
  const seasons = demo.seasons.map((season) => {
    if (season.number === undefined) regular += 1;
    return seasonInput(season, regular, world.now(), random);
  });
  const invented = 960_000 + world.catalogue.shows.length;
  const british = demo.country === "gb";
  return world.addShow({
    title: demo.title,
    year: demo.year,
    network: demo.network,
    country: demo.country ?? "us",
    genres: demo.genres,
    runtimeMin: demo.runtimeMin,
    status: demo.status,
    overview: demo.overview,
    aliases: demo.aliases ?? [],
    translations: demo.translations ?? {},
    numbering: demo.numbering ?? {},
    hue: demo.hue,
    // Where an id is not known for certain, an invented one stands in.
    ids: { trakt: invented, tvmaze: invented, tvdb: invented, ...demo.ids },
    airs: british
      ? { day: "Sunday", time: "20:00", timezone: "Europe/London", utcOffsetMinutes: 0 }
      : { day: "Sunday", time: "21:00", timezone: "America/New_York", utcOffsetMinutes: -300 },
    seasons,
  });
}

/** Anna watches in the evening, mostly one or two episodes, now and then a whole weekend. */
function watchInOrder(world: World, account: PlexAccount, items: PlexItem[], from: number, random: Random): void {
  const now = world.now();
  let evening = from;
  let left = 0;
  let minutes = 0;
  for (const item of items) {
    const aired = item.originallyAvailableAt === null ? 0 : Date.parse(item.originallyAvailableAt) + 1.2 * dayMs;
    if (left === 0 || aired > evening) {
      evening = Math.max(evening + random.int(1, 6) * dayMs, aired);
      left = random.chance(0.15) ? random.int(3, 5) : random.int(1, 2);
      minutes = 0;
    }
    const at = Math.floor(evening / dayMs) * dayMs + 19 * 3_600_000 + minutes * 60_000 + random.int(0, 900) * 1_000;
    if (at > now - 3_600_000) return;
    world.play(account, item, { at });
    minutes += (item.episode?.runtimeMin ?? 40) + random.int(2, 12);
    left -= 1;
  }
}

function airedItems(world: World, show: PlexItem): PlexItem[] {
  const today = dayOf(world.now() - dayMs);
  return episodesOf(show).filter(
    (item) => (item.parent?.index ?? 0) > 0 && (item.originallyAvailableAt ?? "9999") <= today,
  );
}

export type DemoOptions = {
  now?: () => number;
  seed?: number;
  /** Builds the past as seen from this instant (epoch ms): the same history again after a restart. */
  asOf?: number;
  /** How the Jellyfin of the household answers. */
  jellyfin?: MediaStyle;
};

export function demoWorld(options: DemoOptions = {}): DemoWorld {
  const random = createRandom(options.seed ?? 2026);
  const clock = options.now ?? Date.now;
  let building = options.asOf ?? null;
  const world = createWorld({ now: () => building ?? clock() });
  const now = world.now();
  const anna = world.addAccount({ username: "anna", title: "Anna", email: "anna@example.com" });
  const ben = world.addAccount({ username: "ben", title: "Ben", email: "ben@example.com", plexPass: false });
  const mia = world.addHomeMember(anna, { username: "mia", title: "Mia", plexPass: false, pin: "1234", managed: true });
  world.joinHome(anna, ben);

  const attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  const kids = world.addLibrary(attic, { title: "Kids" });
  const anime = world.addLibrary(attic, { title: "Anime", agent: "hama" });
  const movies = world.addLibrary(attic, { title: "Movies", type: "movie" });
  const home = world.addLibrary(attic, { title: "Home Videos", agent: "none" });
  const bens = world.addServer({ name: "Ben's Server", owner: ben, version: "1.42.2.10156-f737b826c" });
  const bensTv = world.addLibrary(bens, { title: "Series", agent: "thetvdb" });
  world.share(bens, anna);
  world.share(attic, ben, [tv]);
  world.share(attic, mia, [tv, kids]);
  for (const title of ["Metropolis", "The General", "Nosferatu"]) world.addOther(movies, { title, year: 1926 });

  const onBens = new Set([
    "Mad Men",
    "Parks and Recreation",
    "The Crown",
    "Succession",
    "Fargo",
    "Battlestar Galactica 1978",
  ]);
  const today = dayOf(now);
  const copies = new Map<string, PlexItem>();
  for (const demo of demoShows) {
    const key =
      demo.title === "The Office" || demo.title === "Battlestar Galactica" ? `${demo.title} ${demo.year}` : demo.title;
    const library = onBens.has(key)
      ? bensTv
      : demo.genres.includes("anime")
        ? anime
        : demo.genres.includes("family")
          ? kids
          : tv;
    const show = addDemoShow(world, demo, random);
    // The server has what has been broadcast, not what is announced.
    copies.set(key, world.addToLibrary(library, show, { only: (episode) => (episode.airedOn ?? "9999") < today }));
  }
  const of = (key: string): PlexItem => {
    const found = copies.get(key);
    if (found === undefined) throw new Error(`The demo has no ${key}`);
    return found;
  };

  const finished = ["Breaking Bad", "Chernobyl", "Fleabag", "Sherlock", "Andor", "Mad Men", "Succession", "Dark"];
  const upToDate = [
    "Severance",
    "Slow Horses",
    "Silo",
    "Ted Lasso",
    "Last Week Tonight with John Oliver",
    "House of the Dragon",
  ];
  const halfWay = [
    "The Expanse",
    "The Office 2005",
    "Game of Thrones",
    "Doctor Who",
    "Better Call Saul",
    "The Bear",
    "Parks and Recreation",
    "Bluey",
    "Frieren: Beyond Journey's End",
    "Only Murders in the Building",
    "Battlestar Galactica 2003",
    "The Crown",
  ];
  for (const key of finished)
    watchInOrder(world, anna, airedItems(world, of(key)), now - random.int(500, 1_080) * dayMs, random);
  for (const key of upToDate) {
    const items = airedItems(world, of(key));
    const fresh = Date.parse(items.at(-1)?.originallyAvailableAt ?? today);
    // Older seasons long ago, the running one as it came out, the newest episode still waiting now and then.
    const recent = items.filter((item) => Date.parse(item.originallyAvailableAt ?? today) > fresh - 300 * dayMs);
    const older = items.filter((item) => !recent.includes(item));
    watchInOrder(world, anna, older, now - random.int(700, 1_000) * dayMs, random);
    watchInOrder(world, anna, random.chance(0.5) ? recent.slice(0, -1) : recent, now - 280 * dayMs, random);
  }
  for (const key of halfWay) {
    const items = airedItems(world, of(key));
    const share = 0.25 + random.next() * 0.55;
    watchInOrder(
      world,
      anna,
      items.slice(0, Math.ceil(items.length * share)),
      now - random.int(90, 900) * dayMs,
      random,
    );
  }

  // Seen again after a year.
  watchInOrder(world, anna, airedItems(world, of("Fleabag")), now - 120 * dayMs, random);
  watchInOrder(world, anna, airedItems(world, of("Breaking Bad")).slice(0, 7), now - 60 * dayMs, random);
  // Watched long before the server: marked by hand, some without a date.
  for (const item of airedItems(world, of("Firefly"))) world.markWatched(anna, item, { at: now - 800 * dayMs });
  for (const item of airedItems(world, of("The Office 2001"))) world.markWatched(anna, item, { at: null });
  for (const item of airedItems(world, of("True Detective")).slice(0, 8)) world.markWatched(anna, item, { at: null });
  for (const item of episodesOf(of("Sherlock")).filter((item) => item.parent?.index === 0)) {
    world.play(anna, item, { at: now - 400 * dayMs });
  }
  // Started, not finished; and a rewatch that stopped half way.
  const next = (key: string): PlexItem | undefined =>
    airedItems(world, of(key)).find((item) => (world.viewOf(anna, item)?.viewCount ?? 0) === 0);
  for (const [key, offsetMs] of [
    ["The Expanse", 1_260_000],
    ["The Bear", 700_000],
    ["Planet Earth II", 1_900_000],
  ] as const) {
    const item = next(key);
    if (item !== undefined) world.partial(anna, item, { offsetMs, at: now - random.int(1, 20) * dayMs });
  }
  const again = airedItems(world, of("Chernobyl"))[1];
  if (again !== undefined) world.partial(anna, again, { offsetMs: 1_500_000, at: now - 4 * dayMs });
  // A series that was deleted after watching: only the history remembers it.
  const gone = world.addToLibrary(
    tv,
    world.addShow({
      title: "The Queen's Gambit",
      year: 2020,
      network: "Netflix",
      hue: 340,
      overview: "An orphan finds that she sees chess on the ceiling.",
      ids: { tmdb: 87739, imdb: "tt10048342", tvdb: 961_001, trakt: 961_001, tvmaze: 961_001 },
      seasons: [
        {
          number: 1,
          episodes: ["Openings", "Exchanges", "Doubled Pawns", "Middle Game", "Fork", "Adjournment", "End Game"].map(
            (title) => ({ title, airedOn: "2020-10-23" }),
          ),
        },
      ],
    }),
  );
  watchInOrder(world, anna, airedItems(world, gone), now - 640 * dayMs, random);
  world.deleteItem(gone);
  // Nobody knows these.
  const family = world.addShow({
    title: "Grandpa's Garden Films",
    year: null,
    known: false,
    ids: {},
    network: "",
    overview: "",
    hue: 120,
    seasons: [
      {
        number: 1,
        episodes: ["The Pond", "Plums", "First Snow"].map((title) => ({ title, airedOn: null, overview: "" })),
      },
    ],
  });
  const films = world.addToLibrary(home, family);
  for (const item of episodesOf(films).slice(0, 2)) world.markWatched(anna, item, { at: now - 200 * dayMs });
  // Ben watches on Anna's server too; none of it is hers.
  watchInOrder(world, ben, airedItems(world, of("Stranger Things")), now - 500 * dayMs, random);
  watchInOrder(world, ben, airedItems(world, of("Severance")).slice(0, 5), now - 100 * dayMs, random);
  watchInOrder(world, mia, airedItems(world, of("Bluey")).slice(0, 12), now - 45 * dayMs, createRandom(12));

  const shared = of("Chernobyl").children.at(-1)?.children.at(-1);
  const seen = attic.history.findLast(({ item, account }) => item === shared && account === anna);
  if (shared?.episode === null || shared === undefined || seen === undefined)
    throw new Error("The demo has no viewing to share");
  const { show, season, number } = shared.episode;
  const media = furnishMedia(world, {
    style: options.jellyfin ?? "jellyfin-10.11",
    add: (demo) => addDemoShow(world, demo, random),
    has: (episode) => (episode.airedOn ?? "9999") < today,
    shared: { show, season, number, at: seen.viewedAt * 1_000 },
  });
  building = null;
  return { world, anna, ben, mia, attic, bens, media };
}

/** What Anna goes on with next, of what she is in the middle of; null when there is nothing left. */
export function nextToWatch({ world, anna, attic }: DemoWorld, random: Random): PlexItem | null {
  const shows = attic.libraries
    .flatMap((library) => library.shows)
    .filter((show) => {
      const items = airedItems(world, show);
      return (
        items.some((item) => world.viewOf(anna, item) !== null) &&
        items.some((item) => (world.viewOf(anna, item)?.viewCount ?? 0) === 0)
      );
    });
  if (shows.length === 0) return null;
  const items = airedItems(world, random.pick(shows));
  return items.find((candidate) => (world.viewOf(anna, candidate)?.viewCount ?? 0) === 0) ?? null;
}
