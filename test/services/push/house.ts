import type { Clock } from "../../../src/kernel/clock.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { episodesOf, type PlexAccount, type PlexItem, type PlexServerState } from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { type Product, startProduct } from "../../support/product.ts";

/** A clock that only the test moves, for the product and the world alike; waiting moves it as well. */
export function sharedClock(start = Date.UTC(2026, 4, 1, 20)): Clock & { advance(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    ticks: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
    advance(ms) {
      now += ms;
    },
  };
}

export type House = {
  clock: ReturnType<typeof sharedClock>;
  world: World;
  sims: Simulators;
  anna: PlexAccount;
  servers: Record<string, PlexServerState>;
  product: Product;
  integrations: Record<string, IntegrationView>;
  /** Copies of one episode on a server, by its place in the show. */
  items(server: string, season: number, number: number): PlexItem[];
  /** Our id of an episode. */
  episode(season: number, number: number, show?: string): string;
  showId(show?: string): string;
  /** What server and tracker say: watched or not. */
  onServer(server: string, season: number, number: number): boolean;
  here(season: number, number: number): boolean;
  plays(season: number, number: number): number;
  /** Time for the settling, then what is due. */
  deliver(ms?: number): Promise<void>;
  switchOn(server: string, change?: { unmarks?: "ignore" | "follow" }): Promise<void>;
  /** Marks and unmarks that servers were asked for. */
  marksSent(): number;
  close(): Promise<void>;
};

export type HouseOptions = {
  servers?: readonly string[];
  seasons?: readonly number[];
  shows?: readonly string[];
  before?: (world: World, anna: PlexAccount, shows: Record<string, PlexItem[]>) => void;
  copies?: number;
};

/** One user with two servers that have the same shows. */
export async function house(options: HouseOptions = {}): Promise<House> {
  const { servers: names = ["Attic", "Cellar"], seasons = [6, 6], shows = ["Harbour Lights"], copies = 1 } = options;
  const clock = sharedClock();
  const world = createWorld({ now: clock.now });
  const anna = world.addAccount({ username: "anna" });
  const made = shows.map((title, index) => world.addShow({ title, year: 2015 + index, seasons: [...seasons] }));
  const servers: Record<string, PlexServerState> = {};
  const shelves: Record<string, PlexItem[]> = {};
  for (const name of names) {
    const server = world.addServer({ name, owner: anna });
    servers[name] = server;
    for (let copy = 0; copy < copies; copy += 1) {
      const library = world.addLibrary(server, { title: `TV ${copy + 1}` });
      shelves[name] = [...(shelves[name] ?? []), ...made.map((show) => world.addToLibrary(library, show))];
    }
  }
  options.before?.(world, anna, shelves);
  const sims = startSimulators(world, { deadConnections: () => [] });
  const product = await startProduct(sims, { clock });
  const integrations: Record<string, IntegrationView> = {};
  for (const name of names) integrations[name] = await product.connect(anna, name);
  const row = (season: number, number: number, show: string) => {
    const found = product.app.deps.db.raw
      .query<{ id: number; plays: number }, [number, string, number, number]>(
        `SELECT e.id, (SELECT count(*) FROM plays p WHERE p.episode_id = e.id AND p.user_id = ?) AS plays
         FROM episodes e JOIN shows s ON s.id = e.show_id WHERE s.title = ? AND e.season = ? AND e.number = ?`,
      )
      .get(product.userId, show, season, number);
    if (found === null) throw new Error(`no episode ${season}x${number} of ${show}`);
    return found;
  };
  const [first = "Harbour Lights"] = shows;
  const items = (server: string, season: number, number: number): PlexItem[] =>
    (shelves[server] ?? [])
      .flatMap(episodesOf)
      .filter(
        (item) =>
          item.episode?.season === season && item.episode.number === number && item.episode.show.title === first,
      );

  const stage: House = {
    clock,
    world,
    sims,
    anna,
    servers,
    product,
    integrations,
    items,
    episode: (season, number, show = first) => String(row(season, number, show).id),
    showId: (show = first) =>
      String(
        product.app.deps.db.raw.query<{ id: number }, [string]>("SELECT id FROM shows WHERE title = ?").get(show)?.id ??
          "no such show",
      ),
    onServer: (server, season, number) =>
      items(server, season, number).some((item) => (world.viewOf(anna, item)?.viewCount ?? 0) > 0),
    here: (season, number) => row(season, number, first).plays > 0,
    plays: (season, number) => row(season, number, first).plays,
    async deliver(ms = 3_000) {
      clock.advance(ms);
      // Once to weigh what is new, once more for what came of it.
      await product.app.push.deliverDue();
    },
    async switchOn(server, change = {}) {
      const { id } = integrations[server] ?? { id: "" };
      const { userId, app } = product;
      app.integrations.update(userId, id, { twoWay: true, ...change });
      const { fingerprint } = app.push.preview(userId, id);
      app.push.confirm(userId, id, { fingerprint, marks: false, unmarks: false });
    },
    marksSent: () => sims.requests.all({ path: "scrobble" }).length,
    async close() {
      await product.stop();
      await sims.stop();
    },
  };
  return stage;
}

/** With the world read once, and two-way sync switched on everywhere. */
export async function settledHouse(options: HouseOptions & { unmarks?: "ignore" | "follow" } = {}): Promise<House> {
  const stage = await house({
    before: (world, anna, shelves) => {
      for (const shelf of Object.values(shelves)) {
        for (const item of shelf.flatMap(episodesOf).filter(({ episode }) => episode?.season === 1)) {
          if ((item.episode?.number ?? 0) <= 2) world.play(anna, item, { at: world.now() - 40 * 86_400_000 });
        }
      }
    },
    ...options,
  });
  for (const integration of Object.values(stage.integrations)) await stage.product.sync(integration);
  for (const name of Object.keys(stage.integrations)) {
    await stage.switchOn(name, options.unmarks === undefined ? {} : { unmarks: options.unmarks });
  }
  return stage;
}
