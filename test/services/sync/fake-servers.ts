import { readConfig } from "../../../src/config.ts";
import type { Db } from "../../../src/db/open.ts";
import { updateIntegration } from "../../../src/db/repos/integrations.ts";
import { partItemId } from "../../../src/domain/item-part.ts";
import { type ProviderId, providerLabel } from "../../../src/domain/providers.ts";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import { createEventBus } from "../../../src/kernel/events.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type {
  EpisodeItem,
  HistoryItem,
  Library,
  Listing,
  MediaServer,
  Page,
  Provider,
  ShowItem,
} from "../../../src/providers/contract.ts";
import type { AppEvents, Deps } from "../../../src/services/context.ts";
import type { Integrations } from "../../../src/services/integrations/types.ts";
import { createSyncService } from "../../../src/services/sync/service.ts";
import type { StartOptions, SyncLogView, SyncService } from "../../../src/services/sync/types.ts";
import type { Vault } from "../../../src/vault/vault.ts";
import { standIn } from "../../support/fake-services.ts";
import { addIntegration, addUser, createTestDb } from "../../support/fixtures.ts";

// Media servers without a network, each with the habits of its kind: for what several of them say about one viewing.

/** What kinds of servers, and of accounts on them, do differently. */
export type Ways = {
  provider: ProviderId;
  /** Rows of plays are kept and shown to the account. */
  rows: boolean;
  /** Dates a view by its beginning, and counts it then. */
  fromBeginning: boolean;
  /** Takes the mark away when somebody begins to watch again. */
  resets: boolean;
};

export const WAYS = {
  plex: { provider: "plex", rows: true, fromBeginning: false, resets: false },
  "plex guest": { provider: "plex", rows: false, fromBeginning: false, resets: false },
  "jellyfin 10": { provider: "jellyfin", rows: false, fromBeginning: true, resets: true },
  "jellyfin 12": { provider: "jellyfin", rows: false, fromBeginning: true, resets: false },
  emby: { provider: "emby", rows: false, fromBeginning: true, resets: false },
} as const satisfies Record<string, Ways>;

export type WayName = keyof typeof WAYS;

export const MINUTE = 60_000;
export const RUNTIME = 44 * MINUTE;
/** Servers count an episode as watched before its very end. */
const COUNTS_AT = 0.9;
const LIBRARY: Library = { key: "1", title: "Series", type: "show" };

type State = { played: boolean; count: number; lastAt: number | null; offsetMs: number };

export type FakeFile = State & { itemId: string; numbers: number[] };

export type FakeServer = ReturnType<typeof createFakeServer>;

export function createFakeServer(name: string, ways: Ways) {
  const files: FakeFile[] = [];
  const history: HistoryItem[] = [];
  let listings = 0;

  function file(itemId: string): FakeFile {
    const found = files.find((each) => each.itemId === itemId);
    if (found === undefined) throw new Error(`${name} has no ${itemId}`);
    return found;
  }

  function begin(itemId: string, at: number): void {
    if (!ways.fromBeginning) return;
    const state = file(itemId);
    Object.assign(state, { count: state.count + 1, lastAt: at, played: state.played && !ways.resets });
  }

  function end(itemId: string, at: number): void {
    const state = file(itemId);
    Object.assign(state, { played: true, offsetMs: 0 });
    if (ways.fromBeginning) return;
    Object.assign(state, { count: state.count + 1, lastAt: at });
    for (const number of state.numbers) history.push(rowOf(state, number, at));
  }

  function rowOf(state: FakeFile, number: number, at: number): HistoryItem {
    return {
      key: `${name} ${history.length + 1}`,
      at,
      itemId: itemOf(state, number),
      showItemId: "show",
      libraryKey: LIBRARY.key,
      showTitle: "Harbour Lights",
      title: `Episode ${number}`,
      season: 1,
      number,
      airedOn: null,
    };
  }

  const itemOf = ({ itemId, numbers }: FakeFile, number: number): string =>
    number === numbers[0] ? itemId : partItemId(itemId, number);

  function itemsOf(state: FakeFile): EpisodeItem[] {
    const isBegun = !state.played && state.count > 0 && state.lastAt !== null;
    return state.numbers.map((number) => ({
      itemId: itemOf(state, number),
      libraryKey: LIBRARY.key,
      showItemId: "show",
      showTitle: "Harbour Lights",
      season: 1,
      number,
      title: `Episode ${number}`,
      airedOn: null,
      durationMs: RUNTIME,
      ids: {},
      guid: null,
      viewCount: state.played ? Math.max(1, state.count) : 0,
      viewOffsetMs: state.offsetMs,
      lastViewedAt: state.lastAt,
      ...(isBegun ? { begunAnew: true } : {}),
    }));
  }

  const show: ShowItem = {
    itemId: "show",
    identity: "tvdb://5550001",
    libraryKey: LIBRARY.key,
    title: "Harbour Lights",
    originalTitle: null,
    year: 2019,
    ids: { tvdb: "5550001" },
    guid: null,
    overview: null,
    network: null,
    genres: [],
    runtimeMin: 44,
    firstAired: null,
    posterPath: null,
  };

  async function* listing<Item>(items: Item[]): Listing<Item> {
    const page: Page<Item> = { items, received: items.length, offset: 0, total: items.length, skipped: 0 };
    yield page;
    return { complete: true };
  }

  async function* rowsSince(since: number): Listing<HistoryItem> {
    if (!ways.rows) throw new AppError("unsupported", `${name} does not show its history.`);
    return yield* listing(history.filter(({ at }) => (at ?? 0) >= since).toReversed());
  }

  const server: MediaServer = {
    identify: async () => ({ serverId: name, name, version: null }),
    libraries: async () => [LIBRARY],
    shows: () => listing([show]),
    episodes(_, { viewedSince }) {
      if (viewedSince === undefined) listings += 1;
      const wanted = files.filter(({ lastAt }) => viewedSince === undefined || (lastAt ?? 0) >= viewedSince);
      return listing(wanted.flatMap(itemsOf));
    },
    watchedCount: async () => files.filter(({ played }) => played).length,
    history: ({ since = 0 }) => rowsSince(since),
    showsById: async () => [show],
    episodesById: async (itemIds) =>
      files.flatMap(itemsOf).filter(({ itemId }) => itemIds.some((id) => itemId === id || itemId.startsWith(`${id}#`))),
    artwork: async () => {
      throw new AppError("not-found", "No pictures here.");
    },
    requests: () => 0,
  };

  return {
    name,
    ways,
    server,
    history,
    /** How often everything was read. */
    listings: () => listings,
    add: (itemId: string, ...numbers: number[]): void => {
      files.push({ itemId, numbers, played: false, count: 0, lastAt: null, offsetMs: 0 });
    },
    remove: (itemId: string): void => {
      files.splice(files.indexOf(file(itemId)), 1);
    },
    file,
    begin,
    end,
    watch(itemId: string, from: number): void {
      begin(itemId, from);
      end(itemId, from + COUNTS_AT * RUNTIME);
    },
    breakOff(itemId: string, from: number, offsetMs: number): void {
      begin(itemId, from);
      Object.assign(file(itemId), { offsetMs, ...(ways.fromBeginning ? {} : { lastAt: from + offsetMs }) });
    },
    /** By hand. An earlier date stays where the server keeps one. */
    mark(itemId: string, at: number | null): void {
      const state = file(itemId);
      Object.assign(state, { played: true, count: Math.max(1, state.count), offsetMs: 0, lastAt: at ?? state.lastAt });
    },
    unmark: (itemId: string): void => {
      Object.assign(file(itemId), { played: false, count: 0, lastAt: null, offsetMs: 0 });
    },
  };
}

function fakeProvider(id: ProviderId, { rows, fromBeginning }: { rows: boolean; fromBeginning: boolean }): Provider {
  return standIn<Provider>(`provider ${id}`, {
    manifest: {
      id,
      label: providerLabel(id),
      connect: id === "plex" ? "pin" : "address",
      capabilities: {
        history: rows,
        incremental: true,
        webhooks: true,
        push: false,
        pushDates: false,
        datesBeginning: fromBeginning,
      },
      accountUrl: null,
    },
  });
}

export type FakeHouse = {
  db: Db;
  userId: number;
  sync: SyncService;
  setNow(at: number): void;
  connect(server: FakeServer, settings?: { unmarks?: "ignore" | "follow" }): number;
  run(integrationId: number, how?: Partial<StartOptions>): Promise<SyncLogView>;
  reread(integrationId: number, ...itemIds: string[]): Promise<number>;
  /** The same of what was seen to be left near its beginning. */
  seenLeft(integrationId: number, ...itemIds: string[]): Promise<number>;
  /** The times of all plays of an episode, in order. */
  plays(number: number): (number | null)[];
  stop(): Promise<void>;
};

/** One person's tracker beside such servers, at a time that only the test moves. */
export function fakeHouse(now: number): FakeHouse {
  const db = createTestDb();
  const userId = addUser(db);
  const servers = new Map<number, FakeServer>();
  const providers = [
    fakeProvider("plex", { rows: true, fromBeginning: false }),
    fakeProvider("jellyfin", { rows: false, fromBeginning: true }),
    fakeProvider("emby", { rows: false, fromBeginning: true }),
  ];
  const clock: Clock = { now: () => now, ticks: systemClock.ticks, sleep: async () => undefined };
  const deps: Deps = {
    config: readConfig({ DATA_DIR: ".", TZ: "UTC", METADATA_SOURCES: "none" }),
    db,
    clock,
    log: silentLog,
    bus: createEventBus<AppEvents>((error) => {
      throw error;
    }),
    vault: standIn<Vault>("vault"),
    providers: {
      get: (id) => {
        const found = providers.find(({ manifest }) => manifest.id === id);
        if (found === undefined) throw new Error(`no ${id}`);
        return found;
      },
      all: () => providers,
    },
    sources: [],
  };
  const integrations = standIn<Integrations>("integrations", {
    open: async (integrationId) => {
      const found = servers.get(integrationId);
      if (found === undefined) throw new Error(`no server ${integrationId}`);
      return found.server;
    },
    rediscover: async () => false,
    succeeded: () => undefined,
    failed: (_, error) => {
      throw error;
    },
    requireKey: () => undefined,
  });
  const sync = createSyncService(deps, { integrations, enqueue: () => undefined });
  return {
    db,
    userId,
    sync,
    setNow: (at) => {
      now = at;
    },
    connect(server, settings = {}) {
      const id = addIntegration(db, userId, { provider: server.ways.provider, serverName: server.name });
      updateIntegration(db, id, { serverId: server.name, ...settings });
      servers.set(id, server);
      return id;
    },
    run: (integrationId, how = {}) => sync.finished(sync.start(integrationId, { trigger: "schedule", ...how })),
    reread: async (integrationId, ...itemIds) =>
      (await sync.reread(integrationId, { itemIds, trigger: "webhook" })).watchesAdded,
    seenLeft: async (integrationId, ...itemIds) =>
      (await sync.reread(integrationId, { itemIds, trigger: "stream", leftEarly: true })).watchesAdded,
    plays: (number) =>
      db.raw
        .query<{ at: number | null }, [number, number]>(
          `SELECT p.watched_at AS at FROM plays p JOIN episodes e ON e.id = p.episode_id
           WHERE p.user_id = ? AND e.number = ? ORDER BY p.watched_at`,
        )
        .all(userId, number)
        .map(({ at }) => at),
    stop: async () => {
      await sync.stop();
      db.close();
    },
  };
}
