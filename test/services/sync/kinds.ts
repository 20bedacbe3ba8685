import { secret } from "../../../src/kernel/secret.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { generateMedia } from "../../simulators/generate-media.ts";
import {
  type MediaServerState,
  type MediaStyle,
  type MediaUser,
  mediaEpisode,
} from "../../simulators/mediabrowser-state.ts";
import { plexEpisode } from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, type PlayFact, type Product, playsOfUser, startProduct } from "../../support/product.ts";
import { oddWorld, plainWorld, timesOf } from "./harness.ts";

// Servers of every kind with the same words for what happens on them, for what is to hold on all of them alike.

export type KindName = "plex" | MediaStyle;

export const KINDS: readonly KindName[] = ["plex", "jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"];

export type House = {
  sims: Simulators;
  serverName: string;
  /** Asks for a page of episodes. */
  page: RegExp;
  /** Every time at which the account is recorded to have watched something. */
  times(): ReadonlySet<number>;
  /** The account watches the first episode that it can. */
  watchOne(at: number): void;
  open(dataDir?: string): Promise<Product>;
  connect(product: Product): Promise<IntegrationView>;
  close(): Promise<void>;
};

type Ground = Pick<House, "serverName" | "page" | "times" | "watchOne"> & {
  world: World;
  connect(product: Product, sims: Simulators): Promise<IntegrationView>;
};

async function connectAt(
  sims: Simulators,
  { app, userId }: Product,
  state: MediaServerState,
  user: MediaUser,
): Promise<IntegrationView> {
  const provider = state.style === "emby" ? "emby" : "jellyfin";
  const who = { username: user.name, password: secret(user.password) };
  const at = { serverUrl: sims.mediaServer(state.name).address, ...who };
  const pinId = await app.integrations.signInWithPassword(userId, provider, at);
  return (await app.integrations.connect(userId, provider, { pinId })).integration;
}

function built({ world, connect, ...ground }: Ground): House {
  const sims = startSimulators(world, { withKeys: false, deadConnections: () => [] });
  const products: Product[] = [];
  return {
    ...ground,
    sims,
    async open(dataDir) {
      const product = await startProduct(sims, { clock: hurriedClock, ...(dataDir === undefined ? {} : { dataDir }) });
      products.push(product);
      return product;
    },
    connect: (product) => connect(product, sims),
    async close() {
      for (const product of products) await product.stop();
      await sims.stop();
    },
  };
}

export type HouseOptions = { seed: number; shows: number; oddities?: boolean };

/** One account on one server with a generated library. */
export function houseOf(kind: KindName, { seed, shows, oddities = false }: HouseOptions): House {
  if (kind === "plex") {
    const at = oddities ? oddWorld(seed, shows) : plainWorld(seed, shows);
    const [first] = at.libraries.flatMap(({ episodes }) => episodes).filter(({ deleted }) => !deleted);
    return built({
      world: at.world,
      serverName: at.server.name,
      page: /type=4/,
      times: () => timesOf(at, at.account),
      watchOne: (when) => void (first && at.world.play(at.account, first, { at: when })),
      connect: (product) => product.connect(at.account, at.server.name),
    });
  }
  const at = generateMedia(kind, { shows, seasons: 2, episodes: 5, watchedShare: 0.7, seed, oddities });
  const { world, state, user } = at;
  const first = [...state.items.values()].find(
    (item) => item.kind === "Episode" && !item.virtual && item.indexEnd === null,
  );
  return built({
    world,
    serverName: state.name,
    page: /IncludeItemTypes=Episode/i,
    times: () =>
      new Set([...(state.data.get(user)?.values() ?? [])].flatMap(({ lastPlayed }) => Date.parse(lastPlayed ?? ""))),
    watchOne: (when) => void (first && world.media.play(user, first, { at: when })),
    connect: (product, sims) => connectAt(sims, product, state, user),
  });
}

/** What a database that has never seen anything makes of the server as it is now. */
export async function freshPlaysAt(house: House): Promise<PlayFact[]> {
  const product = await house.open();
  await product.sync(await house.connect(product), { full: true });
  return playsOfUser(product);
}

/** One account on one server with one show, of which the test says what is watched; connected. */
export type Shelf = {
  sims: Simulators;
  product: Product;
  integration: IntegrationView;
  watch(season: number, number: number, at: number): void;
  unmark(season: number, number: number): void;
  isWatched(season: number, number: number): boolean;
  /** Our id of an episode. */
  episode(season: number, number: number): string;
  close(): Promise<void>;
};

type Hands = Pick<Shelf, "watch" | "unmark" | "isWatched"> & {
  connect(product: Product, sims: Simulators): Promise<IntegrationView>;
};

function plexHands(world: World): Hands {
  const anna = world.addAccount({ username: "anna" });
  const server = world.addServer({ name: "Attic", owner: anna });
  const item = world.addToLibrary(world.addLibrary(server, { title: "TV" }), world.addShow(theShow));
  const of = (season: number, number: number) => plexEpisode(item, season, number);
  return {
    watch: (season, number, at) => void world.play(anna, of(season, number), { at }),
    unmark: (season, number) => world.unmark(anna, of(season, number)),
    isWatched: (season, number) => (world.viewOf(anna, of(season, number))?.viewCount ?? 0) > 0,
    connect: (product) => product.connect(anna, "Attic"),
  };
}

function mediaHands(world: World, style: MediaStyle): Hands {
  const { media } = world;
  const state = media.addServer({ name: "Attic", style });
  const anna = media.addUser(state, { name: "anna", password: "opensesame" });
  const series = media.addToLibrary(media.addLibrary(state, { name: "TV" }), world.addShow(theShow));
  const of = (season: number, number: number) => mediaEpisode(series, season, number);
  return {
    watch: (season, number, at) => media.play(anna, of(season, number), { at }),
    unmark: (season, number) => media.unmark(anna, of(season, number)),
    isWatched: (season, number) => media.dataOf(anna, of(season, number))?.played === true,
    connect: (product, sims) => connectAt(sims, product, state, anna),
  };
}

const theShow = { title: "Harbour Lights", year: 2019, seasons: [6, 4], specials: 2 };

export async function shelfOf(kind: KindName): Promise<Shelf> {
  const world = createWorld();
  const { connect, ...hands } = kind === "plex" ? plexHands(world) : mediaHands(world, kind);
  const sims = startSimulators(world, { withKeys: false, deadConnections: () => [] });
  const product = await startProduct(sims, { clock: hurriedClock });
  return {
    ...hands,
    sims,
    product,
    integration: await connect(product, sims),
    episode(season, number) {
      const { raw } = product.app.deps.db;
      const sql = "SELECT id FROM episodes WHERE season = ? AND number = ?";
      return String(raw.query<{ id: number }, [number, number]>(sql).get(season, number)?.id);
    },
    async close() {
      await product.stop();
      await sims.stop();
    },
  };
}
