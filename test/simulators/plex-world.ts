import type { CatalogueEpisode, CatalogueShow } from "./catalogue.ts";
import { hexOf } from "./random.ts";

/** Plex accounts, servers, libraries and what is in them: plain data, changed through `world.ts`. */

export type PlexAccount = {
  /** plex.tv id. Inside its own server the owner is account 1. */
  id: number;
  uuid: string;
  username: string;
  title: string;
  email: string;
  plexPass: boolean;
  /** A long-lived account token that exists from the start; PIN approvals mint further ones. */
  token: string;
  /** Members of this account's Plex Home (managed or with an own account). */
  home: { member: PlexAccount; pin: string | null; managed: boolean }[];
  webhooks: string[];
};

/** TV agents: the first makes plex:// guids with external ids, the others carry the id in the guid, or nothing. */
export type PlexAgent = "series" | "thetvdb" | "themoviedb" | "hama" | "none" | "nfo";

export type PlexLibrary = {
  server: PlexServerState;
  key: string;
  title: string;
  type: "show" | "movie" | "artist" | "photo";
  agent: PlexAgent;
  uuid: string;
  hidden: 0 | 1 | 2;
  refreshing: boolean;
  createdAt: number;
  shows: PlexItem[];
  seasons: PlexItem[];
  episodes: PlexItem[];
  /** Movies, artists or photos: rows that a TV tracker must leave alone. */
  others: PlexItem[];
};

export type PlexItem = {
  library: PlexLibrary;
  ratingKey: string;
  kind: "show" | "season" | "episode" | "movie" | "artist";
  parent: PlexItem | null;
  children: PlexItem[];
  guid: string;
  /** `Guid[]`; empty = the key is absent. */
  externalGuids: string[];
  title: string;
  summary: string;
  index: number | null;
  year: number | null;
  originallyAvailableAt: string | null;
  durationMs: number | null;
  /** Epoch seconds. */
  addedAt: number;
  updatedAt: number;
  show: CatalogueShow | null;
  episode: CatalogueEpisode | null;
  deleted: boolean;
  /** Rendered pieces, dropped by `touch`. */
  rendered: RenderedRow | null;
};

export type RenderedRow = { head: string; summary: string; guids: string; tail: string };

export type ViewState = {
  viewCount: number;
  viewOffsetMs: number;
  lastViewedAt: number | null;
  /** 0 to 10, and when in epoch seconds. */
  rating?: { value: number; at: number };
};

export type HistoryRow = {
  id: number;
  item: PlexItem | null;
  libraryKey: string;
  type: "episode" | "movie";
  title: string;
  grandparentTitle: string | null;
  index: number | null;
  parentIndex: number | null;
  originallyAvailableAt: string | null;
  /** Epoch seconds. */
  viewedAt: number;
  account: PlexAccount;
  deviceId: number;
  /** Rendered row, valid while the item is as alive as it was then. */
  rendered: { alive: boolean; text: string } | null;
};

export type PlexSession = {
  key: string;
  account: PlexAccount;
  item: PlexItem;
  offsetMs: number;
  state: "playing" | "paused";
  player: string;
};

export type PlexShare = {
  account: PlexAccount;
  accessToken: string;
  /** Keys of the shared libraries; null = all. */
  libraries: string[] | null;
};

export type PlexServerState = {
  machineIdentifier: string;
  name: string;
  owner: PlexAccount;
  version: string;
  platform: string;
  libraries: PlexLibrary[];
  items: Map<string, PlexItem>;
  ownerAccessToken: string;
  shares: PlexShare[];
  /** Account → ratingKey → state. */
  views: Map<PlexAccount, Map<string, ViewState>>;
  history: HistoryRow[];
  sessions: PlexSession[];
  nextSessionKey: number;
  /** Counts every change; cached listings are thrown away by it. */
  revision: number;
  nextRatingKey: number;
  nextHistoryId: number;
  /** Claimed = tokens work. After the owner's password change a server answers 401 to every token. */
  claimed: boolean;
  quirks: PlexQuirks;
};

export type PlexQuirks = {
  /** What somebody who is not the owner gets from the play history. */
  guestHistory: "own" | 401 | 403;
  /** What a guest gets from /accounts, /status/sessions and /:/prefs. */
  guestAdminStatus: 401 | 403;
  /** Where a missing X-Plex-Container-Size is an error. */
  requireContainerSize: "sections" | "everywhere" | "nowhere";
  /** Most rows of one page. */
  maxPageRows: number;
  /** More than the cap: a shorter page, or 400. */
  overCap: "short-page" | 400;
  /** Old servers leave totalSize out. */
  omitTotalSize: boolean;
  /** Servers before 1.40 wrote a history row for a manual mark. */
  scrobbleWritesHistory: boolean;
  /** Answers in XML although JSON was asked for. */
  xmlOnly: boolean;
  /** Some servers answer PUT /:/scrobble with 404 and want GET. */
  scrobbleNeedsGet: boolean;
  /** No /:/eventsource/notifications here (404), as behind some proxies. */
  noEventStream: boolean;
  noWebSocket: boolean;
  /** How far the server's clock is ahead of the world's; everything it dates itself is dated by it. */
  clockSkewMs: number;
};

export const trueQuirks: PlexQuirks = {
  guestHistory: "own",
  guestAdminStatus: 403,
  requireContainerSize: "sections",
  maxPageRows: 1000,
  overCap: "short-page",
  omitTotalSize: false,
  scrobbleWritesHistory: false,
  xmlOnly: false,
  scrobbleNeedsGet: false,
  noEventStream: false,
  noWebSocket: false,
  clockSkewMs: 0,
};

export function localAccountId(server: PlexServerState, account: PlexAccount): number {
  return server.owner === account ? 1 : account.id;
}

export function showOf(item: PlexItem): PlexItem {
  return item.parent === null ? item : showOf(item.parent);
}

export function episodesOf(item: PlexItem): PlexItem[] {
  return item.kind === "episode" ? [item] : item.children.flatMap(episodesOf);
}

export function plexEpisode(show: PlexItem, season: number, number: number): PlexItem {
  const found = episodesOf(show).find(
    (item) => item.episode !== null && item.episode.season === season && item.episode.number === number,
  );
  if (found === undefined) throw new Error(`${show.title} has no S${season}E${number} on ${show.library.server.name}`);
  return found;
}

export const agentNames: Record<PlexAgent, string> = {
  series: "tv.plex.agents.series",
  thetvdb: "com.plexapp.agents.thetvdb",
  themoviedb: "com.plexapp.agents.themoviedb",
  hama: "com.plexapp.agents.hama",
  none: "com.plexapp.agents.none",
  nfo: "tv.plex.agents.nfo.series",
};

function externalGuids(ids: CatalogueShow["ids"]): string[] {
  const guids: string[] = [];
  if (ids.imdb !== undefined) guids.push(`imdb://${ids.imdb}`);
  if (ids.tmdb !== undefined) guids.push(`tmdb://${ids.tmdb}`);
  if (ids.tvdb !== undefined) guids.push(`tvdb://${ids.tvdb}`);
  return guids;
}

/** The primary guid of a show, season or episode under an agent; a show without the agent's id ends as a local guid. */
export function guidsOf(
  agent: PlexAgent,
  show: CatalogueShow,
  season: number | null,
  episode: CatalogueEpisode | null,
): { guid: string; externalGuids: string[] } {
  const level = episode !== null ? "episode" : season !== null ? "season" : "show";
  const path = (
    episode !== null ? `/${episode.season}/${episode.number}` : season !== null ? `/${season}` : ""
  ) as string;
  const legacy = (scheme: string, id: string | number): { guid: string; externalGuids: string[] } => ({
    guid: `com.plexapp.agents.${scheme}://${id}${path}?lang=en`,
    externalGuids: [],
  });
  if (agent === "thetvdb" && show.ids.tvdb !== undefined) return legacy("thetvdb", show.ids.tvdb);
  if (agent === "themoviedb" && show.ids.tmdb !== undefined) return legacy("themoviedb", show.ids.tmdb);
  if (agent === "hama" && show.ids.tvdb !== undefined) return legacy("hama", `tvdb-${show.ids.tvdb}`);
  if (agent === "nfo" && show.ids.tvdb !== undefined) {
    return { guid: `tv.plex.agents.nfo.series://${level}/tvdb_${show.ids.tvdb}${path}`, externalGuids: [] };
  }
  if (agent === "series") {
    if (episode !== null) {
      return { guid: `plex://episode/${episode.plexHex}`, externalGuids: externalGuids(episode.ids) };
    }
    if (season !== null) {
      const found = show.seasons.find((candidate) => candidate.number === season);
      const ids = found === undefined ? {} : { tmdb: found.ids.tmdb, tvdb: found.ids.tvdb };
      const hex = found?.plexHex ?? hexOf(`season ${show.plexHex} ${season}`, 24);
      return { guid: `plex://season/${hex}`, externalGuids: externalGuids(ids) };
    }
    return { guid: `plex://show/${show.plexHex}`, externalGuids: externalGuids(show.ids) };
  }
  return { guid: `com.plexapp.agents.none://${hexOf(`${show.plexHex}${path}`, 32)}?lang=xn`, externalGuids: [] };
}
