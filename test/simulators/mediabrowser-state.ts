import type { CatalogueEpisode, CatalogueShow } from "./catalogue.ts";

/** Servers of the MediaBrowser family, their users and what is on them: plain data, changed through `mediabrowser-world.ts`. */

export type MediaStyle = "jellyfin-10.8" | "jellyfin-10.11" | "jellyfin-12" | "emby";

export type MediaServerState = {
  id: string;
  name: string;
  style: MediaStyle;
  version: string;
  /** "/jellyfin" when the administrator has set a base URL, else empty. */
  basePath: string;
  libraries: MediaLibrary[];
  items: Map<string, MediaItem>;
  users: MediaUser[];
  /** By the token's text; those of API keys have no user. */
  tokens: Map<string, MediaToken>;
  codes: QuickConnectRequest[];
  sessions: MediaSession[];
  hooks: MediaHook[];
  data: Map<MediaUser, Map<MediaItem, UserData>>;
  nextId: number;
  /** Counts every change; cached listings are thrown away by it. */
  revision: number;
  /** Counts the changes of items; rendered rows are thrown away by it. */
  contents: number;
  /** Answers 503 to everything, as during start-up and migrations. */
  starting: boolean;
  quirks: MediaQuirks;
};

export type MediaUser = {
  id: string;
  name: string;
  password: string;
  admin: boolean;
  disabled: boolean;
  /** Not among the faces of the sign-in page. */
  hidden: boolean;
  /** Libraries this user may see; null = all. */
  allowed: MediaLibrary[] | null;
  /** Libraries this user has put out of sight. */
  excluded: MediaLibrary[];
  failedSignIns: number;
};

export type MediaToken = {
  text: string;
  /** Null for an API key. */
  user: MediaUser | null;
  client: string;
  device: string;
  deviceId: string;
  version: string;
  createdAt: number;
};

export type QuickConnectRequest = {
  code: string;
  secret: string;
  client: string;
  device: string;
  deviceId: string;
  version: string;
  addedAt: number;
  user: MediaUser | null;
};

export type MediaLibrary = {
  server: MediaServerState;
  id: string;
  name: string;
  /** Null = a mixed library, which names no type at all. */
  type: "tvshows" | "movies" | "music" | "homevideos" | "boxsets" | null;
  /** How the ids of other services are written here. */
  ids: "usual" | "odd" | "none";
  items: MediaItem[];
};

export type MediaItem = {
  library: MediaLibrary;
  id: string;
  kind: "Series" | "Season" | "Episode" | "Movie";
  parent: MediaItem | null;
  children: MediaItem[];
  name: string;
  overview: string;
  index: number | null;
  /** The last episode of a file that holds several. */
  indexEnd: number | null;
  year: number | null;
  /** Calendar day. */
  premiere: string | null;
  runtimeMs: number | null;
  providerIds: Record<string, string>;
  /** Epoch milliseconds. */
  createdAt: number;
  savedAt: number;
  /** A placeholder for what the server knows of but does not have. */
  virtual: boolean;
  picture: boolean;
  show: CatalogueShow | null;
  episode: CatalogueEpisode | null;
  deleted: boolean;
};

export type UserData = {
  played: boolean;
  playCount: number;
  positionTicks: number;
  favorite: boolean;
  /** With seven digits of a second, as the servers hold it; null = never. */
  lastPlayed: string | null;
  /** Epoch milliseconds of the last change of this row. */
  savedAt: number;
};

export type MediaSession = {
  id: string;
  user: MediaUser;
  item: MediaItem;
  positionMs: number;
  paused: boolean;
  client: string;
  device: string;
  deviceId: string;
  startedAt: number;
};

/** An address that the server posts news to. */
export type MediaHook = {
  url: string;
  /** Official plugin with all properties or a template, the unofficial plugin, Emby's two body forms. */
  form: "all-properties" | "template" | "unofficial" | "multipart" | "json";
  /** Whose news; null = everybody's. */
  users: MediaUser[] | null;
  contentType?: string;
  /** Notification types of the official plugin; the default is what a guide of ours would ask for. */
  types?: string[];
  /** Of the template form. */
  template?: string;
  headers?: Record<string, string>;
};

export type MediaQuirks = {
  /** A playback that begins takes the mark away until it ends (before 12). */
  rewatchResets: boolean;
  /** Hours of the server's wall clock against UTC, in minutes. */
  utcOffsetMinutes: number;
  /** Reads the dates of marks as its own wall clock (Emby, where nothing promises UTC). */
  readsDatesAsLocal: boolean;
  /** Quick Connect is switched on by the administrator. */
  quickConnect: boolean;
  /** Nobody is named on the sign-in page. */
  hidesUsers: boolean;
  /** Tokens, headers and parameters of old clients are still known (10.11's switch). */
  legacyAuth: boolean;
  /** `GET /Users` answers 403 and only `/Users/Query` works (some Embys). */
  usersNeedQuery: boolean;
  /** Failed sign-ins until the account is locked; null = never. */
  lockoutAfter: number | null;
  /** Never is written as the year 1 instead of being left out. */
  sentinelDates: boolean;
  /** Most rows of one page; null = as many as asked for. */
  maxPageRows: number | null;
};

export const isEmby = ({ style }: MediaServerState): boolean => style === "emby";

/** Jellyfin's release in numbers that compare: 10.8 → 1008, 12 → 1200. Emby is none of them. */
export function releaseOf({ style }: MediaServerState): number {
  const releases: Record<MediaStyle, number> = {
    "jellyfin-10.8": 1008,
    "jellyfin-10.11": 1011,
    "jellyfin-12": 1200,
    emby: 0,
  };
  return releases[style];
}

export const usualVersions: Record<MediaStyle, string> = {
  "jellyfin-10.8": "10.8.13",
  "jellyfin-10.11": "10.11.6",
  "jellyfin-12": "12.0.0",
  emby: "4.9.1.90",
};

export function usualQuirks(style: MediaStyle): MediaQuirks {
  return {
    rewatchResets: style === "jellyfin-10.8" || style === "jellyfin-10.11",
    utcOffsetMinutes: 0,
    readsDatesAsLocal: false,
    quickConnect: style !== "emby",
    hidesUsers: false,
    legacyAuth: style !== "jellyfin-12",
    usersNeedQuery: false,
    lockoutAfter: null,
    sentinelDates: false,
    maxPageRows: null,
  };
}

export const ticksPerMs = 10_000;

export function seriesOf(item: MediaItem): MediaItem {
  return item.parent === null ? item : seriesOf(item.parent);
}

export function mediaEpisodesOf(item: MediaItem): MediaItem[] {
  return item.kind === "Episode" ? [item] : item.children.flatMap(mediaEpisodesOf);
}

export function mediaEpisode(series: MediaItem, season: number, number: number): MediaItem {
  const found = mediaEpisodesOf(series).find((item) => item.parent?.index === season && item.index === number);
  if (found === undefined) throw new Error(`${series.name} has no S${season}E${number}`);
  return found;
}

export function seesLibrary(user: MediaUser, library: MediaLibrary): boolean {
  return user.allowed === null || user.allowed.includes(library);
}
