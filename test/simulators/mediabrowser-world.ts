import type { Catalogue, CatalogueEpisode, CatalogueShow, EpisodeInput, ExternalIds } from "./catalogue.ts";
import {
  isEmby,
  type MediaItem,
  type MediaLibrary,
  type MediaQuirks,
  type MediaServerState,
  type MediaSession,
  type MediaStyle,
  type MediaUser,
  mediaEpisodesOf,
  releaseOf,
  seriesOf,
  ticksPerMs,
  type UserData,
  usualQuirks,
  usualVersions,
} from "./mediabrowser-state.ts";
import { hexOf } from "./random.ts";

/**
 * Jellyfin and Emby in the world, beside Plex: servers with users and libraries of their own, copies of the
 * catalogue's shows, and what each user has watched.
 *
 *   const cellar = world.media.addServer({ name: "Cellar", style: "jellyfin-10.11" });
 *   const anna = world.media.addUser(cellar, { name: "anna", password: "secret" });
 *   const series = world.media.addToLibrary(world.media.addLibrary(cellar, { name: "Series" }), show);
 *   world.media.play(anna, mediaEpisode(series, 1, 1), { at: Date.parse("2026-05-01T20:00:00Z") });
 */
export type MediaWorld = {
  servers: MediaServerState[];
  addServer(input: MediaServerInput): MediaServerState;
  addUser(server: MediaServerState, input: MediaUserInput): MediaUser;
  addLibrary(server: MediaServerState, input: MediaLibraryInput): MediaLibrary;
  /** Copies a show (all of it, or the episodes `only` picks) into a library. */
  addToLibrary(library: MediaLibrary, show: CatalogueShow, options?: MediaCopyOptions): MediaItem;
  addOther(library: MediaLibrary, input: { name: string; year?: number }): MediaItem;
  /** A new episode in catalogue and library. */
  addEpisode(series: MediaItem, season: number, input?: EpisodeInput): MediaItem;
  /** An episode that the catalogue has and the library lacked. */
  addExistingEpisode(series: MediaItem, episode: CatalogueEpisode, options?: { virtual?: boolean }): MediaItem;
  /** The same episode once more, as a second file (4K beside 1080p). */
  addCopy(episode: MediaItem): MediaItem;
  /** One file for this episode and those after it up to `through`; their own items go. */
  joinEpisodes(episode: MediaItem, through: number): MediaItem;
  deleteItem(item: MediaItem): void;
  edit(item: MediaItem, changes: Partial<Omit<MediaItem, "library" | "children" | "id">>): void;
  /** Playback begins: the count rises and the date is written now, not at the end. */
  start(user: MediaUser, item: MediaItem, options?: StartOptions): MediaSession;
  progress(session: MediaSession, positionMs: number): void;
  pause(session: MediaSession, paused: boolean): void;
  /** Without a position the server takes it for watched to the end. */
  stop(session: MediaSession, options?: { positionMs?: number | null }): void;
  /** One viewing from `at` to the end. `savedAt`: when the server wrote it down, for a past that lies behind us; else now. */
  play(user: MediaUser, item: MediaItem, options?: { at?: number; savedAt?: number }): void;
  /** One viewing from `at` that stops before the end. */
  partial(user: MediaUser, item: MediaItem, options: { positionMs: number; at?: number }): void;
  mark(user: MediaUser, item: MediaItem, options?: { at?: number }): void;
  unmark(user: MediaUser, item: MediaItem): void;
  /** Writes a row as it is: imports, other clients, odd data. */
  setData(user: MediaUser, item: MediaItem, changes: Partial<UserData>, reason?: SaveReason): void;
  dataOf(user: MediaUser, item: MediaItem): UserData | null;
  setQuirks(server: MediaServerState, quirks: Partial<MediaQuirks>): void;
  onSave(listener: (save: UserDataSave) => void): void;
  onPlayback(listener: (news: PlaybackNews) => void): void;
};

export type MediaServerInput = {
  name: string;
  style: MediaStyle;
  version?: string;
  basePath?: string;
  id?: string;
  quirks?: Partial<MediaQuirks>;
};

export type MediaUserInput = { name: string; password?: string; admin?: boolean; disabled?: boolean; hidden?: boolean };

export type MediaLibraryInput = { name: string; type?: MediaLibrary["type"]; ids?: MediaLibrary["ids"] };

export type MediaCopyOptions = {
  only?: (episode: CatalogueEpisode) => boolean;
  /** Episodes of the catalogue that are only placeholders here. */
  virtual?: (episode: CatalogueEpisode) => boolean;
  name?: string;
  year?: number | null;
  /** Epoch milliseconds. */
  createdAt?: number;
};

export type StartOptions = { at?: number; positionMs?: number; client?: string; device?: string };

export type SaveReason =
  | "PlaybackStart"
  | "PlaybackProgress"
  | "PlaybackFinished"
  | "TogglePlayed"
  | "Import"
  | "UpdateUserData";

export type UserDataSave = {
  server: MediaServerState;
  user: MediaUser;
  item: MediaItem;
  reason: SaveReason;
  data: UserData;
};

export type PlaybackNews = {
  server: MediaServerState;
  session: MediaSession;
  what: "start" | "progress" | "pause" | "unpause" | "stop";
  completed: boolean;
};

const blank: UserData = {
  played: false,
  playCount: 0,
  positionTicks: 0,
  favorite: false,
  lastPlayed: null,
  savedAt: 0,
};
const usualRuntimeMs = 45 * 60_000;
const watchedShare = 0.9;
const droppedShare = 0.05;
const shortMs = 300_000;

/** With the seven digits that the servers' clocks give. */
export function sevenDigits(epochMs: number, tail = "0000"): string {
  return new Date(epochMs).toISOString().replace("Z", `${tail}Z`);
}

const odd: Record<string, (id: string) => [string, string]> = {
  Tmdb: (id) => ["tmdb", ` ${id} `],
  Tvdb: (id) => ["TVDB", id],
  Imdb: (id) => ["IMDB", id],
};

function providerIdsOf(ids: ExternalIds, how: MediaLibrary["ids"], isEpisode: boolean): Record<string, string> {
  if (how === "none") return {};
  const usual: [string, string][] = [];
  if (ids.tvdb !== undefined) usual.push(["Tvdb", String(ids.tvdb)]);
  if (ids.tmdb !== undefined) usual.push(["Tmdb", String(ids.tmdb)]);
  if (ids.imdb !== undefined) usual.push(["Imdb", ids.imdb]);
  if (how === "usual") return Object.fromEntries(usual);
  const junk: [string, string][] = isEpisode
    ? [["TvRage", ""]]
    : [
        ["Official Website", "https://example.com/show"],
        ["Zap2It", ""],
      ];
  return Object.fromEntries([...usual.map(([key, id]) => odd[key]?.(id) ?? [key, id]), ...junk]);
}

export function createMediaWorld({ now, catalogue }: { now(): number; catalogue: Catalogue }): MediaWorld {
  const servers: MediaServerState[] = [];
  const saveListeners: ((save: UserDataSave) => void)[] = [];
  const playbackListeners: ((news: PlaybackNews) => void)[] = [];

  const newId = (server: MediaServerState, what: string): string => {
    const number = server.nextId++;
    return isEmby(server) ? String(number) : hexOf(`${what} ${number} ${server.id}`, 32);
  };

  const rowsOf = (user: MediaUser, item: MediaItem): Map<MediaItem, UserData> => {
    const { data } = item.library.server;
    let rows = data.get(user);
    if (rows === undefined) {
      rows = new Map();
      data.set(user, rows);
    }
    return rows;
  };

  const dataOf = (user: MediaUser, item: MediaItem): UserData | null =>
    item.library.server.data.get(user)?.get(item) ?? null;

  const save = (user: MediaUser, item: MediaItem, reason: SaveReason, changes: Partial<UserData>): void => {
    const { server } = item.library;
    const row: UserData = { ...(dataOf(user, item) ?? blank), savedAt: now(), ...changes };
    rowsOf(user, item).set(item, row);
    server.revision += 1;
    for (const listener of saveListeners) listener({ server, user, item, reason, data: row });
  };

  const tell = (session: MediaSession, what: PlaybackNews["what"], completed = false): void => {
    const { server } = session.item.library;
    for (const listener of playbackListeners) listener({ server, session, what, completed });
  };

  const newItem = (
    library: MediaLibrary,
    kind: MediaItem["kind"],
    parent: MediaItem | null,
    facts: Partial<MediaItem> & { name: string; createdAt: number },
  ): MediaItem => {
    const { server } = library;
    const item: MediaItem = {
      overview: "",
      index: null,
      indexEnd: null,
      year: null,
      premiere: null,
      runtimeMs: null,
      providerIds: {},
      savedAt: facts.createdAt,
      virtual: false,
      picture: true,
      show: null,
      episode: null,
      ...facts,
      library,
      kind,
      parent,
      children: [],
      id: newId(server, kind),
      deleted: false,
    };
    server.items.set(item.id, item);
    library.items.push(item);
    parent?.children.push(item);
    server.contents += 1;
    server.revision += 1;
    return item;
  };

  const addSeason = (series: MediaItem, number: number, createdAt: number): MediaItem => {
    const { library, show } = series;
    const season = show?.seasons.find((candidate) => candidate.number === number);
    const item = newItem(library, "Season", series, {
      name: season?.title ?? `Season ${number}`,
      index: number,
      createdAt,
      providerIds: season === undefined ? {} : providerIdsOf({ tvdb: season.ids.tvdb }, library.ids, true),
      show,
    });
    series.children.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
    return item;
  };

  const addExisting = (
    series: MediaItem,
    episode: CatalogueEpisode,
    how: { virtual?: boolean; createdAt?: number } = {},
  ): MediaItem => {
    const { library } = series;
    const createdAt = how.createdAt ?? now();
    const season =
      series.children.find((candidate) => candidate.index === episode.season) ??
      addSeason(series, episode.season, createdAt);
    return newItem(library, "Episode", season, {
      name: episode.title,
      overview: episode.overview,
      index: episode.number,
      year: episode.airedOn === null ? null : Number(episode.airedOn.slice(0, 4)),
      premiere: episode.airedOn,
      runtimeMs: how.virtual === true || episode.runtimeMin === null ? null : episode.runtimeMin * 60_000 - 1_250,
      providerIds: providerIdsOf(episode.ids, library.ids, true),
      createdAt,
      virtual: how.virtual ?? false,
      show: episode.show,
      episode,
    });
  };

  const forget = (item: MediaItem): void => {
    for (const child of [...item.children]) forget(child);
    const { library } = item;
    const { server } = library;
    item.deleted = true;
    server.items.delete(item.id);
    for (const rows of server.data.values()) rows.delete(item);
    server.sessions = server.sessions.filter((session) => session.item !== item);
    if (item.parent !== null) item.parent.children = item.parent.children.filter((child) => child !== item);
    library.items = library.items.filter((each) => each !== item);
    server.contents += 1;
    server.revision += 1;
  };

  /** What a position means: dropped near the beginning, watched near the end, watched also when the item is short. */
  const atPosition = (item: MediaItem, positionMs: number): { changes: Partial<UserData>; completed: boolean } => {
    const runtimeMs = item.runtimeMs ?? usualRuntimeMs;
    if (positionMs < droppedShare * runtimeMs) return { changes: { positionTicks: 0 }, completed: false };
    const isOver = positionMs > watchedShare * runtimeMs || positionMs >= runtimeMs - 1_000;
    if (isOver || runtimeMs < shortMs) return { changes: { positionTicks: 0, played: true }, completed: true };
    return { changes: { positionTicks: positionMs * ticksPerMs }, completed: false };
  };

  const begin = (user: MediaUser, item: MediaItem, at: number, savedAt = now()): void => {
    const { server } = item.library;
    const had = dataOf(user, item) ?? blank;
    const tail = String(1_000 + ((had.playCount * 1_237 + server.nextId) % 9_000));
    save(user, item, "PlaybackStart", {
      playCount: had.playCount + 1,
      lastPlayed: sevenDigits(at, tail),
      savedAt,
      ...(server.quirks.rewatchResets ? { played: false } : {}),
    });
  };

  const watch = (user: MediaUser, item: MediaItem, positionMs: number, at: number, savedAt = now()): void => {
    begin(user, item, at, savedAt);
    save(user, item, "PlaybackFinished", { ...atPosition(item, positionMs).changes, savedAt });
  };

  const markOne = (user: MediaUser, item: MediaItem, at: number | undefined): void => {
    const { server } = item.library;
    const had = dataOf(user, item) ?? blank;
    const keeps = releaseOf(server) > 1008 ? had.lastPlayed : null;
    save(user, item, "TogglePlayed", {
      played: true,
      playCount: Math.max(had.playCount + (at === undefined ? 0 : 1), 1),
      positionTicks: 0,
      lastPlayed: at === undefined ? (keeps ?? sevenDigits(now(), "2468")) : sevenDigits(at),
    });
  };

  const media: MediaWorld = {
    servers,
    addServer(input) {
      const server: MediaServerState = {
        id: input.id ?? hexOf(`media server ${input.name} ${servers.length}`, 32),
        name: input.name,
        style: input.style,
        version: input.version ?? usualVersions[input.style],
        basePath: input.basePath ?? "",
        libraries: [],
        items: new Map(),
        users: [],
        tokens: new Map(),
        codes: [],
        sessions: [],
        hooks: [],
        data: new Map(),
        nextId: 240_001 + servers.length * 1_000_000,
        revision: 0,
        contents: 0,
        starting: false,
        quirks: { ...usualQuirks(input.style), ...input.quirks },
      };
      servers.push(server);
      return server;
    },
    addUser(server, input) {
      const user: MediaUser = {
        id: hexOf(`user ${input.name} ${server.id}`, 32),
        name: input.name,
        password: input.password ?? "",
        admin: input.admin ?? false,
        disabled: input.disabled ?? false,
        hidden: input.hidden ?? false,
        allowed: null,
        excluded: [],
        failedSignIns: 0,
      };
      server.users.push(user);
      return user;
    },
    addLibrary(server, input) {
      const library: MediaLibrary = {
        server,
        id: isEmby(server) ? String(3 + server.libraries.length) : newId(server, "library"),
        name: input.name,
        type: input.type === undefined ? "tvshows" : input.type,
        ids: input.ids ?? "usual",
        items: [],
      };
      server.libraries.push(library);
      server.revision += 1;
      return library;
    },
    addToLibrary(library, show, copy = {}) {
      const createdAt = copy.createdAt ?? now() - 400 * 86_400_000;
      const series = newItem(library, "Series", null, {
        name: copy.name ?? show.title,
        overview: show.overview,
        year: copy.year === undefined ? show.year : copy.year,
        premiere: show.seasons.find((season) => season.number > 0)?.episodes[0]?.airedOn ?? null,
        runtimeMs: show.runtimeMin * 60_000,
        providerIds: providerIdsOf(show.ids, library.ids, false),
        createdAt,
        show,
      });
      for (const season of show.seasons) {
        for (const episode of season.episodes) {
          const virtual = copy.virtual?.(episode) ?? false;
          if (virtual || copy.only === undefined || copy.only(episode))
            addExisting(series, episode, { virtual, createdAt });
        }
      }
      return series;
    },
    addOther: (library, input) =>
      newItem(library, "Movie", null, {
        name: input.name,
        year: input.year ?? 2001,
        runtimeMs: 6_000_000,
        createdAt: now() - 300 * 86_400_000,
      }),
    addEpisode(series, season, input = {}) {
      if (series.show === null) throw new Error("Only copies of shows have episodes");
      return addExisting(series, catalogue.addEpisode(series.show, season, input));
    },
    addExistingEpisode: (series, episode, how = {}) => addExisting(series, episode, how),
    addCopy(episode) {
      const { id, children, library, kind, parent, deleted, ...facts } = episode;
      return newItem(library, kind, parent, { ...facts, createdAt: now() });
    },
    joinEpisodes(episode, through) {
      const first = episode.index ?? 0;
      const later = (episode.parent?.children ?? []).filter(
        ({ index }) => index !== null && index > first && index <= through,
      );
      for (const item of later) forget(item);
      media.edit(episode, {
        indexEnd: through,
        runtimeMs: (episode.runtimeMs ?? usualRuntimeMs) * (through - first + 1),
      });
      return episode;
    },
    deleteItem: forget,
    edit(item, changes) {
      Object.assign(item, { savedAt: now() }, changes);
      item.library.server.contents += 1;
      item.library.server.revision += 1;
    },
    start(user, item, how = {}) {
      const { server } = item.library;
      const at = how.at ?? now();
      const session: MediaSession = {
        id: hexOf(`session ${server.nextId++} ${server.id}`, 32),
        user,
        item,
        positionMs: how.positionMs ?? 0,
        paused: false,
        client: how.client ?? (isEmby(server) ? "Emby Web" : "Jellyfin Web"),
        device: how.device ?? "Firefox",
        deviceId: hexOf(`device ${how.device ?? "Firefox"} ${user.name}`, 32),
        startedAt: at,
      };
      server.sessions = [...server.sessions.filter(({ deviceId }) => deviceId !== session.deviceId), session];
      tell(session, "start");
      begin(user, item, at);
      return session;
    },
    progress(session, positionMs) {
      session.positionMs = positionMs;
      save(session.user, session.item, "PlaybackProgress", atPosition(session.item, positionMs).changes);
      tell(session, "progress");
    },
    pause(session, paused) {
      session.paused = paused;
      session.item.library.server.revision += 1;
      tell(session, paused ? "pause" : "unpause");
    },
    stop(session, how = {}) {
      const { server } = session.item.library;
      const positionMs = how.positionMs === undefined ? session.positionMs : how.positionMs;
      server.sessions = server.sessions.filter((each) => each !== session);
      if (positionMs !== null) session.positionMs = positionMs;
      const had = dataOf(session.user, session.item) ?? blank;
      const { changes, completed } =
        positionMs === null
          ? { changes: { playCount: had.playCount + 1, played: true, positionTicks: 0 }, completed: true }
          : atPosition(session.item, positionMs);
      save(session.user, session.item, "PlaybackFinished", changes);
      tell(session, "stop", completed);
    },
    play(user, item, how = {}) {
      const runtimeMs = item.runtimeMs ?? usualRuntimeMs;
      if (how.at !== undefined) return watch(user, item, runtimeMs, how.at, how.savedAt);
      const session = media.start(user, item);
      media.stop(session, { positionMs: runtimeMs });
    },
    partial: (user, item, { positionMs, at }) => watch(user, item, positionMs, at ?? now()),
    mark(user, item, how = {}) {
      for (const each of item.kind === "Movie" ? [item] : mediaEpisodesOf(item)) markOne(user, each, how.at);
    },
    unmark(user, item) {
      const cleared = { played: false, playCount: 0, positionTicks: 0, lastPlayed: null };
      for (const each of item.kind === "Movie" ? [item] : mediaEpisodesOf(item))
        save(user, each, "TogglePlayed", cleared);
    },
    setData: (user, item, changes, reason = "Import") => save(user, item, reason, changes),
    dataOf,
    setQuirks(server, quirks) {
      Object.assign(server.quirks, quirks);
      server.revision += 1;
    },
    onSave: (listener) => {
      saveListeners.push(listener);
    },
    onPlayback: (listener) => {
      playbackListeners.push(listener);
    },
  };
  return media;
}

/** The series of this name on a server. */
export function mediaSeries(server: MediaServerState, name: string, year?: number): MediaItem {
  const found = server.libraries
    .flatMap((library) => library.items)
    .find((item) => item.kind === "Series" && item.name === name && (year === undefined || item.year === year));
  if (found === undefined) throw new Error(`No series ${name} on ${server.name}`);
  return seriesOf(found);
}
