import {
  type Catalogue,
  type CatalogueEpisode,
  type CatalogueShow,
  createCatalogue,
  type EpisodeInput,
  type ShowInput,
} from "./catalogue.ts";
import { createMediaWorld, type MediaWorld } from "./mediabrowser-world.ts";
import {
  episodesOf,
  guidsOf,
  type HistoryRow,
  type PlexAccount,
  type PlexAgent,
  type PlexItem,
  type PlexLibrary,
  type PlexQuirks,
  type PlexServerState,
  type PlexShare,
  showOf,
  trueQuirks,
  type ViewState,
} from "./plex-world.ts";
import { hexOf } from "./random.ts";

/**
 * The shared truth behind all simulators: shows as the metadata services know them, Plex accounts and servers,
 * copies of the shows on the servers, and who watched what. Change it at any time while the simulators run.
 *
 *   const world = createWorld();
 *   const anna = world.addAccount({ username: "anna" });
 *   const attic = world.addServer({ name: "Attic", owner: anna });
 *   const tv = world.addLibrary(attic, { title: "TV Shows" });
 *   const lights = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [10, 8] }));
 *   world.play(anna, plexEpisode(lights, 1, 1), { at: Date.parse("2026-05-01T20:00:00Z") });
 */
export type World = {
  now(): number;
  catalogue: Catalogue;
  accounts: PlexAccount[];
  servers: PlexServerState[];
  /** Jellyfin and Emby, with the same catalogue. */
  media: MediaWorld;
  addShow(input: ShowInput): CatalogueShow;
  addAccount(input: AccountInput): PlexAccount;
  addHomeMember(owner: PlexAccount, input: AccountInput & { pin?: string; managed?: boolean }): PlexAccount;
  /** Somebody with an account of their own comes into the Home. */
  joinHome(owner: PlexAccount, member: PlexAccount, pin?: string): void;
  leaveHome(owner: PlexAccount, member: PlexAccount): void;
  addServer(input: ServerInput): PlexServerState;
  share(server: PlexServerState, account: PlexAccount, libraries?: PlexLibrary[]): PlexShare;
  unshare(server: PlexServerState, account: PlexAccount): void;
  addLibrary(server: PlexServerState, input: LibraryInput): PlexLibrary;
  /** Copies a show (all of it, or the episodes `only` picks) into a library. */
  addToLibrary(library: PlexLibrary, show: CatalogueShow, options?: CopyOptions): PlexItem;
  addOther(library: PlexLibrary, input: { title: string; year?: number }): PlexItem;
  /** A new episode in catalogue and library. */
  addEpisode(showItem: PlexItem, season: number, input?: EpisodeInput): PlexItem;
  /** An episode that the catalogue has and the library lacked. */
  addExistingEpisode(showItem: PlexItem, episode: CatalogueEpisode, addedAt?: number): PlexItem;
  /** One finished playback: viewCount+1, date, a history row. */
  play(account: PlexAccount, item: PlexItem, options?: { at?: number; deviceId?: number }): HistoryRow;
  /** Called after every finished playback. */
  onPlay(listener: (account: PlexAccount, item: PlexItem) => void): void;
  /** The account's own rating, 0 to 10 in half stars; null takes it back. */
  rate(account: PlexAccount, item: PlexItem, rating: number | null, options?: { at?: number }): void;
  /** Only the history row (view state lost, or written by an offline device). */
  addHistoryRow(account: PlexAccount, item: PlexItem, at: number): HistoryRow;
  /** "Mark as played" by hand: viewCount+1, no history row. `at: null` leaves the date out. */
  markWatched(account: PlexAccount, item: PlexItem, options?: { at?: number | null }): void;
  unmark(account: PlexAccount, item: PlexItem): void;
  /** Playback stopped before the end. On a watched item this is a rewatch in progress. */
  partial(account: PlexAccount, item: PlexItem, options: { offsetMs: number; at?: number }): void;
  setView(account: PlexAccount, item: PlexItem, view: Partial<ViewState>): void;
  viewOf(account: PlexAccount, item: PlexItem): ViewState | null;
  /** Removes a show, season or episode; its history rows stay, without keys. */
  deleteItem(item: PlexItem): void;
  /** Deletes a show and adds it again: new ratingKeys, no view state. */
  readdShow(showItem: PlexItem): PlexItem;
  readdEpisode(item: PlexItem): PlexItem;
  /** Changes fields of an item and drops what was rendered from them. */
  edit(item: PlexItem, changes: Partial<Omit<PlexItem, "library" | "children" | "rendered">>): void;
  /** Another agent for a whole library: all guids change, ratingKeys stay. */
  changeAgent(library: PlexLibrary, agent: PlexAgent): void;
  setQuirks(server: PlexServerState, quirks: Partial<PlexQuirks>): void;
};

export type AccountInput = { username: string; email?: string; title?: string; id?: number; plexPass?: boolean };

export type ServerInput = {
  name: string;
  owner: PlexAccount;
  machineIdentifier?: string;
  version?: string;
  quirks?: Partial<PlexQuirks>;
};

export type LibraryInput = {
  title: string;
  type?: PlexLibrary["type"];
  agent?: PlexAgent;
  key?: string;
  hidden?: 0 | 1 | 2;
};

export type CopyOptions = {
  addedAt?: number;
  only?: (episode: CatalogueEpisode) => boolean;
  title?: string;
  year?: number | null;
  /** False: `Guid[]` is missing although the agent is the new one. */
  withGuids?: boolean;
};

const seconds = (epochMs: number): number => Math.floor(epochMs / 1000);

export function createWorld(options: { now?: () => number } = {}): World {
  const now = options.now ?? Date.now;
  const catalogue = createCatalogue();
  const accounts: PlexAccount[] = [];
  const servers: PlexServerState[] = [];
  const playListeners: ((account: PlexAccount, item: PlexItem) => void)[] = [];

  const serverNow = ({ library }: PlexItem): number => now() + library.server.quirks.clockSkewMs;

  const viewsOf = (account: PlexAccount, server: PlexServerState): Map<string, ViewState> => {
    let views = server.views.get(account);
    if (views === undefined) {
      views = new Map();
      server.views.set(account, views);
    }
    return views;
  };

  const changeView = (account: PlexAccount, item: PlexItem, change: (view: ViewState) => void): void => {
    const { server } = item.library;
    const views = viewsOf(account, server);
    const view = views.get(item.ratingKey) ?? { viewCount: 0, viewOffsetMs: 0, lastViewedAt: null };
    change(view);
    const isBlank = view.viewCount === 0 && view.viewOffsetMs === 0 && view.lastViewedAt === null;
    if (isBlank && view.rating === undefined) views.delete(item.ratingKey);
    else views.set(item.ratingKey, view);
    server.revision += 1;
  };

  /** Playing writes a record for season and show too; marking a season or show as a whole does not. */
  const bumpAncestors = (account: PlexAccount, item: PlexItem, at: number | null): void => {
    for (let ancestor = item.parent; ancestor !== null; ancestor = ancestor.parent) {
      changeView(account, ancestor, (view) => {
        view.viewCount += 1;
        if (at !== null) view.lastViewedAt = Math.max(view.lastViewedAt ?? 0, at);
      });
    }
  };

  const historyRow = (account: PlexAccount, item: PlexItem, atMs: number, deviceId: number): HistoryRow => {
    const { server } = item.library;
    const row: HistoryRow = {
      id: server.nextHistoryId++,
      item,
      libraryKey: item.library.key,
      type: item.kind === "movie" ? "movie" : "episode",
      title: item.title,
      grandparentTitle: item.kind === "episode" ? showOf(item).title : null,
      index: item.index,
      parentIndex: item.parent?.index ?? null,
      originallyAvailableAt: item.originallyAvailableAt,
      viewedAt: seconds(atMs),
      account,
      deviceId,
      rendered: null,
    };
    server.history.push(row);
    server.revision += 1;
    return row;
  };

  const newItem = (
    library: PlexLibrary,
    kind: PlexItem["kind"],
    parent: PlexItem | null,
    facts: Partial<PlexItem> & { title: string; guid: string; addedAt: number },
  ): PlexItem => {
    const { server } = library;
    const item: PlexItem = {
      summary: "",
      index: null,
      year: null,
      originallyAvailableAt: null,
      durationMs: null,
      updatedAt: facts.addedAt,
      externalGuids: [],
      show: null,
      episode: null,
      ...facts,
      library,
      kind,
      parent,
      children: [],
      ratingKey: String(server.nextRatingKey++),
      deleted: false,
      rendered: null,
    };
    server.items.set(item.ratingKey, item);
    parent?.children.push(item);
    const list = { show: library.shows, season: library.seasons, episode: library.episodes };
    if (kind === "show" || kind === "season" || kind === "episode") list[kind].push(item);
    else library.others.push(item);
    server.revision += 1;
    return item;
  };

  const addSeasonItem = (showItem: PlexItem, number: number, addedAt: number): PlexItem => {
    const show = showItem.show;
    if (show === null) throw new Error("Only copies of shows have seasons");
    const { library } = showItem;
    const season = show.seasons.find((candidate) => candidate.number === number);
    const item = newItem(library, "season", showItem, {
      ...guidsOf(library.agent, show, number, null),
      title: season?.title ?? `Season ${number}`,
      index: number,
      addedAt,
      show,
    });
    showItem.children.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
    return item;
  };

  const addExistingEpisode = (showItem: PlexItem, episode: CatalogueEpisode, addedAt = seconds(now())): PlexItem => {
    const { library } = showItem;
    const season =
      showItem.children.find((candidate) => candidate.index === episode.season) ??
      addSeasonItem(showItem, episode.season, addedAt);
    const item = newItem(library, "episode", season, {
      ...guidsOf(library.agent, episode.show, episode.season, episode),
      title: episode.title,
      summary: episode.overview,
      index: episode.number,
      year: episode.airedOn === null ? null : Number(episode.airedOn.slice(0, 4)),
      originallyAvailableAt: episode.airedOn,
      durationMs: episode.runtimeMin === null ? null : episode.runtimeMin * 60_000 - 1_250,
      addedAt,
      show: episode.show,
      episode,
    });
    if (showItem.guid.startsWith("plex://") && showItem.externalGuids.length === 0) item.externalGuids = [];
    showItem.rendered = null;
    season.rendered = null;
    return item;
  };

  const addToLibrary = (library: PlexLibrary, show: CatalogueShow, copy: CopyOptions = {}): PlexItem => {
    const addedAt = copy.addedAt ?? seconds(now()) - 400 * 86_400;
    const guids = guidsOf(library.agent, show, null, null);
    const first = show.seasons.find((season) => season.number > 0)?.episodes[0]?.airedOn ?? null;
    const showItem = newItem(library, "show", null, {
      guid: guids.guid,
      externalGuids: copy.withGuids === false ? [] : guids.externalGuids,
      title: copy.title ?? show.title,
      summary: show.overview,
      index: 1,
      year: copy.year === undefined ? show.year : copy.year,
      originallyAvailableAt: first,
      durationMs: show.runtimeMin * 60_000,
      addedAt,
      show,
    });
    for (const season of show.seasons) {
      for (const episode of season.episodes) {
        if (copy.only === undefined || copy.only(episode)) addExistingEpisode(showItem, episode, addedAt);
      }
    }
    return showItem;
  };

  const forget = (item: PlexItem): void => {
    for (const child of [...item.children]) forget(child);
    const { library } = item;
    const { server } = library;
    item.deleted = true;
    server.items.delete(item.ratingKey);
    for (const views of server.views.values()) views.delete(item.ratingKey);
    server.sessions = server.sessions.filter((session) => session.item !== item);
    if (item.parent !== null) {
      item.parent.children = item.parent.children.filter((child) => child !== item);
      item.parent.rendered = null;
    }
    for (const list of [library.shows, library.seasons, library.episodes, library.others]) {
      const position = list.indexOf(item);
      if (position >= 0) list.splice(position, 1);
    }
    server.revision += 1;
  };

  const addAccount = (input: AccountInput): PlexAccount => {
    const account: PlexAccount = {
      id: input.id ?? 7_300_000 + accounts.length * 1_117,
      uuid: hexOf(`account ${input.username}`, 16),
      username: input.username,
      title: input.title ?? input.username,
      email: input.email ?? `${input.username}@example.com`,
      plexPass: input.plexPass ?? true,
      token: hexOf(`account token ${input.username}`, 20),
      home: [],
      webhooks: [],
    };
    accounts.push(account);
    return account;
  };

  const mark = (account: PlexAccount, item: PlexItem, at: number | null): void => {
    changeView(account, item, (view) => {
      view.viewCount += 1;
      view.viewOffsetMs = 0;
      view.lastViewedAt = at;
    });
  };

  const world: World = {
    now,
    catalogue,
    accounts,
    servers,
    media: createMediaWorld({ now, catalogue }),
    addShow: (input) => catalogue.addShow(input),
    addAccount,
    addHomeMember(owner, input) {
      const member = addAccount(input);
      owner.home.push({ member, pin: input.pin ?? null, managed: input.managed ?? false });
      return member;
    },
    joinHome(owner, member, pin) {
      owner.home.push({ member, pin: pin ?? null, managed: false });
    },
    leaveHome(owner, member) {
      owner.home = owner.home.filter((entry) => entry.member !== member);
    },
    addServer(input) {
      const server: PlexServerState = {
        machineIdentifier: input.machineIdentifier ?? hexOf(`server ${input.name} ${servers.length}`, 40),
        name: input.name,
        owner: input.owner,
        version: input.version ?? "1.43.1.10611-1e34174b1",
        platform: "Linux",
        libraries: [],
        items: new Map(),
        ownerAccessToken: hexOf(`access token ${input.name} ${input.owner.username}`, 20),
        shares: [],
        views: new Map(),
        history: [],
        sessions: [],
        nextSessionKey: 1,
        revision: 0,
        nextRatingKey: 1_001 + servers.length * 40_000,
        nextHistoryId: 1,
        claimed: true,
        quirks: { ...trueQuirks, ...input.quirks },
      };
      servers.push(server);
      return server;
    },
    share(server, account, libraries) {
      const share: PlexShare = {
        account,
        accessToken: hexOf(`access token ${server.machineIdentifier} ${account.username}`, 20),
        libraries: libraries === undefined ? null : libraries.map((library) => library.key),
      };
      server.shares.push(share);
      return share;
    },
    unshare(server, account) {
      server.shares = server.shares.filter((share) => share.account !== account);
      server.revision += 1;
    },
    addLibrary(server, input) {
      const key = input.key ?? String(server.libraries.length + 1);
      const library: PlexLibrary = {
        server,
        key,
        title: input.title,
        type: input.type ?? "show",
        agent: input.agent ?? "series",
        uuid: [8, 4, 4, 4, 12].map((length, part) => hexOf(`library ${server.name} ${key} ${part}`, length)).join("-"),
        hidden: input.hidden ?? 0,
        refreshing: false,
        createdAt: seconds(now()) - 500 * 86_400,
        shows: [],
        seasons: [],
        episodes: [],
        others: [],
      };
      server.libraries.push(library);
      server.revision += 1;
      return library;
    },
    addToLibrary,
    addOther(library, input) {
      const kind = library.type === "artist" ? "artist" : "movie";
      return newItem(library, kind, null, {
        guid: `plex://${kind}/${hexOf(`${kind} ${input.title}`, 24)}`,
        title: input.title,
        year: input.year ?? 2001,
        durationMs: 6_000_000,
        addedAt: seconds(now()) - 300 * 86_400,
      });
    },
    addEpisode(showItem, season, input = {}) {
      if (showItem.show === null) throw new Error("Only copies of shows have episodes");
      return addExistingEpisode(showItem, catalogue.addEpisode(showItem.show, season, input));
    },
    addExistingEpisode,
    play(account, item, play = {}) {
      const atMs = play.at ?? serverNow(item);
      changeView(account, item, (view) => {
        view.viewCount += 1;
        view.viewOffsetMs = 0;
        view.lastViewedAt = Math.max(view.lastViewedAt ?? 0, seconds(atMs));
      });
      bumpAncestors(account, item, seconds(atMs));
      const row = historyRow(account, item, atMs, play.deviceId ?? 42);
      for (const listener of playListeners) listener(account, item);
      return row;
    },
    onPlay: (listener) => {
      playListeners.push(listener);
    },
    rate(account, item, rating, how = {}) {
      changeView(account, item, (view) => {
        if (rating === null) delete view.rating;
        else view.rating = { value: rating, at: seconds(how.at ?? now()) };
      });
    },
    addHistoryRow: (account, item, at) => historyRow(account, item, at, 42),
    markWatched(account, item, how = {}) {
      const at = how.at === null ? null : seconds(how.at ?? serverNow(item));
      for (const episode of item.kind === "movie" ? [item] : episodesOf(item)) {
        mark(account, episode, at);
        if (item === episode) bumpAncestors(account, item, at);
        if (item.library.server.quirks.scrobbleWritesHistory) historyRow(account, episode, (at ?? 0) * 1000, 0);
      }
    },
    unmark(account, item) {
      const views = viewsOf(account, item.library.server);
      const cleared = item.kind === "movie" ? [item] : episodesOf(item);
      for (const episode of cleared) views.delete(episode.ratingKey);
      const show = showOf(item);
      for (const ancestor of [...show.children, show]) {
        if (!episodesOf(ancestor).some((episode) => (views.get(episode.ratingKey)?.viewCount ?? 0) > 0)) {
          views.delete(ancestor.ratingKey);
        }
      }
      item.library.server.revision += 1;
    },
    partial(account, item, progress) {
      changeView(account, item, (view) => {
        view.viewOffsetMs = progress.offsetMs;
        view.lastViewedAt = seconds(progress.at ?? serverNow(item));
      });
    },
    setView(account, item, change) {
      changeView(account, item, (view) => {
        Object.assign(view, change);
      });
    },
    viewOf: (account, item) => item.library.server.views.get(account)?.get(item.ratingKey) ?? null,
    deleteItem: forget,
    readdShow(showItem) {
      const { show, library } = showItem;
      if (show === null) throw new Error("Only copies of shows can be added again");
      const had = new Set(episodesOf(showItem).map((item) => item.episode));
      forget(showItem);
      return addToLibrary(library, show, { only: (episode) => had.has(episode), addedAt: seconds(now()) });
    },
    readdEpisode(item) {
      if (item.episode === null) throw new Error("Only copies of episodes can be added again");
      const showItem = showOf(item);
      forget(item);
      return addExistingEpisode(showItem, item.episode);
    },
    edit(item, changes) {
      Object.assign(item, changes);
      const touch = (touched: PlexItem): void => {
        touched.rendered = null;
        touched.children.forEach(touch);
      };
      touch(showOf(item));
      item.library.server.revision += 1;
    },
    changeAgent(library, agent) {
      library.agent = agent;
      for (const item of [...library.shows, ...library.seasons, ...library.episodes]) {
        if (item.show === null) continue;
        const season =
          item.kind === "show" ? null : item.kind === "season" ? item.index : (item.episode?.season ?? null);
        Object.assign(item, guidsOf(agent, item.show, season, item.episode));
        item.rendered = null;
      }
      library.server.revision += 1;
    },
    setQuirks(server, quirks) {
      Object.assign(server.quirks, quirks);
      server.revision += 1;
    },
  };
  return world;
}
