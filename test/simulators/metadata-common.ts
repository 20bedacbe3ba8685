import {
  type CatalogueEpisode,
  type CatalogueSeason,
  type CatalogueShow,
  type ExternalIds,
  numbersAt,
  type ServiceWithNumbers,
} from "./catalogue.ts";
import { posterOf } from "./posters.ts";
import { hexOf } from "./random.ts";
import type { SimulatorDeps } from "./simulator.ts";
import type { World } from "./world.ts";

export type MetadataDeps = SimulatorDeps & { world: World; drawPosters: boolean; limits: boolean };

export type NumberedEpisode = { season: number; number: number; episode: CatalogueEpisode };
export type NumberedSeason = { number: number; season: CatalogueSeason | null; episodes: NumberedEpisode[] };

/** The show as one service numbers it. */
export function seasonsAt(show: CatalogueShow, service: ServiceWithNumbers): NumberedSeason[] {
  const seasons = new Map<number, NumberedSeason>();
  for (const season of show.seasons) {
    for (const episode of season.episodes) {
      const numbers = numbersAt(episode, service);
      if (numbers === null) continue;
      let target = seasons.get(numbers.season);
      if (target === undefined) {
        const own = show.seasons.find((candidate) => candidate.number === numbers.season) ?? null;
        target = { number: numbers.season, season: own, episodes: [] };
        seasons.set(numbers.season, target);
      }
      target.episodes.push({ ...numbers, episode });
    }
  }
  const list = [...seasons.values()].sort((a, b) => a.number - b.number);
  for (const season of list) season.episodes.sort((a, b) => a.number - b.number);
  return list;
}

export type EpisodeHit = { show: CatalogueShow; row: NumberedEpisode };

/** Episodes by an external id, indexed again only when the catalogue has grown or shrunk. */
export function createEpisodeIndex(
  shows: () => CatalogueShow[],
  service: ServiceWithNumbers,
): (kind: keyof ExternalIds, id: string) => EpisodeHit[] {
  let size = -1;
  let index = new Map<string, EpisodeHit[]>();
  return (kind, id) => {
    const list = shows();
    const now = list.reduce(
      (sum, show) => show.seasons.reduce((inner, season) => inner + season.episodes.length, sum),
      0,
    );
    if (now !== size) {
      size = now;
      index = new Map();
      for (const show of list) {
        for (const row of seasonsAt(show, service).flatMap((season) => season.episodes)) {
          for (const [key, value] of Object.entries(row.episode.ids)) {
            const hits = index.get(`${key} ${value}`);
            if (hits === undefined) index.set(`${key} ${value}`, [{ show, row }]);
            else hits.push({ show, row });
          }
        }
      }
    }
    return index.get(`${kind} ${id}`) ?? [];
  };
}

export function hasAired(episode: CatalogueEpisode, now: number): boolean {
  return episode.airstamp !== null && Date.parse(episode.airstamp) <= now;
}

export function knownShows(world: World): CatalogueShow[] {
  return world.catalogue.shows.filter((show) => show.known);
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** Shows whose title or alias holds the words; exact titles first, then the older show. */
export function searchShows(shows: CatalogueShow[], query: string, exactOnly = false): CatalogueShow[] {
  const wanted = plain(query.replaceAll("\\", ""));
  if (wanted === "") return [];
  const rank = (show: CatalogueShow): number => {
    const names = [show.title, ...show.aliases].map(plain);
    if (names[0] === wanted) return 0;
    if (names.includes(wanted)) return 1;
    if (exactOnly) return 9;
    if (names.some((name) => name.startsWith(wanted))) return 2;
    return names.some((name) => wanted.split(" ").every((word) => name.includes(word))) ? 3 : 9;
  };
  return shows
    .map((show) => ({ show, rank: rank(show) }))
    .filter((row) => row.rank < 9)
    .sort((a, b) => a.rank - b.rank || (a.show.year ?? 0) - (b.show.year ?? 0))
    .map((row) => row.show);
}

/** Image names carry the show's number, so that one route can draw any of them. */
export function posterName(show: CatalogueShow): string {
  return `p${show.id}x${hexOf(`poster ${show.plexHex}`, 20)}.png`;
}

export function posterAnswer(deps: MetadataDeps, name: string): Response {
  const id = Number(/p(\d+)x[0-9a-f]{20}\.png$/.exec(name)?.[1] ?? Number.NaN);
  const show = deps.world.catalogue.shows.find((candidate) => candidate.id === id);
  if (show === undefined) return new Response("Not found", { status: 404, headers: { "content-type": "text/plain" } });
  return new Response(posterOf(show, deps.drawPosters), {
    headers: { "content-type": "image/png", "cache-control": "public, max-age=31536000" },
  });
}

export type Limiter = {
  take(): { allowed: boolean; retryAfterSeconds: number };
  configure(limit: number, windowMs: number): void;
};

/** A fixed window, as Trakt counts. Off while the limit is 0. */
export function createLimiter(now: () => number, startLimit: number, startWindowMs: number): Limiter {
  let limit = startLimit;
  let windowMs = startWindowMs;
  let windowStart = 0;
  let used = 0;
  return {
    configure(newLimit, newWindowMs) {
      limit = newLimit;
      windowMs = newWindowMs;
      used = 0;
    },
    take() {
      if (limit === 0) return { allowed: true, retryAfterSeconds: 0 };
      const at = now();
      if (at - windowStart >= windowMs) {
        windowStart = at;
        used = 0;
      }
      used += 1;
      return {
        allowed: used <= limit,
        retryAfterSeconds: Math.max(1, Math.ceil((windowStart + windowMs - at) / 1000)),
      };
    },
  };
}
