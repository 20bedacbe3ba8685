import type { ProviderId } from "../../../src/domain/providers.ts";
import { secret } from "../../../src/kernel/secret.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import type { MediaServerSimulator } from "../../simulators/mediabrowser-server.ts";
import {
  isEmby,
  type MediaItem,
  type MediaServerState,
  type MediaStyle,
  type MediaUser,
  mediaEpisodesOf,
} from "../../simulators/mediabrowser-state.ts";
import { createRandom } from "../../simulators/random.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, type PlayFact, type Product, type ProductOptions, startProduct } from "../../support/product.ts";

export const STYLES: readonly MediaStyle[] = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"];

const day = 86_400_000;

/** A server whose accounts are its own, what one of them has watched there, and products beside it. */
export type MediaScene = {
  world: World;
  sims: Simulators;
  state: MediaServerState;
  simulator: MediaServerSimulator;
  provider: ProviderId;
  anna: MediaUser;
  shows: MediaItem[];
  open(options?: ProductOptions): Promise<Product>;
  connect(product: Product): Promise<IntegrationView>;
  close(): Promise<void>;
};

export type MediaSceneOptions = { seed?: number; shows?: number; seasons?: number; episodes?: number };

export function mediaScene(style: MediaStyle, options: MediaSceneOptions = {}): MediaScene {
  const random = createRandom((options.seed ?? 1) * 104_729);
  const world = createWorld();
  const { media } = world;
  const state = media.addServer({ name: "Cellar", style, basePath: random.chance(0.5) ? "/tv" : "" });
  const anna = media.addUser(state, { name: "anna", password: "opensesame" });
  const ben = media.addUser(state, { name: "ben" });
  const libraries = [
    media.addLibrary(state, { name: "Series", ids: random.pick(["usual", "odd"]) }),
    media.addLibrary(state, { name: "Everything", type: null }),
  ];
  media.addOther(media.addLibrary(state, { name: "Films", type: "movies" }), { name: "A Film" });
  const shows = Array.from({ length: options.shows ?? 6 }, (_, number) => {
    const seasons = Array.from({ length: options.seasons ?? 2 }, () => options.episodes ?? 5);
    const show = world.addShow({ title: `Show ${number + 1}`, year: 2000 + number, seasons });
    return media.addToLibrary(random.pick(libraries), show);
  });

  const moment = () => Date.now() - random.int(2, 900) * day - random.int(0, 86_399) * 1000;
  for (const show of shows) {
    const [first] = mediaEpisodesOf(show);
    if (first?.index != null && random.chance(0.3)) media.joinEpisodes(first, first.index + random.int(1, 2));
    for (const episode of mediaEpisodesOf(show)) {
      if (random.chance(0.3)) media.play(ben, episode, { at: moment() });
      const fate = random.next();
      if (fate < 0.4) media.play(anna, episode, { at: moment() });
      else if (fate < 0.5) media.mark(anna, episode, { at: moment() });
      else if (fate < 0.6) media.setData(anna, episode, { played: true, playCount: random.int(0, 2) });
      else if (fate < 0.7) media.partial(anna, episode, { positionMs: 600_000, at: moment() });
    }
  }

  const sims = startSimulators(world, { withKeys: false });
  const simulator = sims.mediaServer("Cellar");
  const provider = isEmby(state) ? "emby" : "jellyfin";
  const products: Product[] = [];
  return {
    world,
    sims,
    state,
    simulator,
    provider,
    anna,
    shows,
    async open(how = {}) {
      const product = await startProduct(sims, { clock: hurriedClock, ...how });
      products.push(product);
      return product;
    },
    async connect({ app: { integrations }, userId }) {
      const who = { username: anna.name, password: secret(anna.password) };
      const at = { serverUrl: simulator.address, ...who };
      const pinId = await integrations.signInWithPassword(userId, provider, at);
      return (await integrations.connect(userId, provider, { pinId })).integration;
    },
    async close() {
      for (const product of products) await product.stop();
      await sims.stop();
    },
  };
}

/** Every time at which this account has begun to watch something that it has watched. */
export function timesIn({ state, anna }: MediaScene): Set<number> {
  const times = new Set<number>();
  for (const { lastPlayed } of state.data.get(anna)?.values() ?? []) {
    if (lastPlayed !== null) times.add(Date.parse(lastPlayed));
  }
  return times;
}

/** The episodes that this account has marked at present, those inside a file among them. */
export function watchedIn({ state, anna }: MediaScene): string[] {
  const found: string[] = [];
  for (const [item, { played }] of state.data.get(anna) ?? []) {
    if (!played || item.index === null) continue;
    const show = item.parent?.parent?.name ?? "";
    for (let number = item.index; number <= (item.indexEnd ?? item.index); number++) {
      found.push(`${show} ${item.parent?.index}x${number}`);
    }
  }
  return found.sort();
}

export const placeIn = ({ show, season, number }: PlayFact): string => `${show} ${season}x${number}`;
