import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { type GeneratedWorld, generateWorld } from "../../simulators/generate.ts";
import type { PlexAccount } from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import {
  hurriedClock,
  type PlayFact,
  type Product,
  type ProductOptions,
  playsOfUser,
  startProduct,
} from "../../support/product.ts";

/** How many random worlds each property is tried on; SYNC_RUNS multiplies it. */
export const runs = (usual: number): number => Math.max(1, Math.round(usual * Number(process.env["SYNC_RUNS"] ?? 1)));
/** Where the seeds begin: another number, other worlds. */
export const firstSeed = Number(process.env["SYNC_SEED"] ?? 1);

export const seeds = (usual: number): number[] => Array.from({ length: runs(usual) }, (_, index) => firstSeed + index);

export type Scene = GeneratedWorld & {
  sims: Simulators;
  open(options?: ProductOptions): Promise<Product>;
  close(): Promise<void>;
};

/** Simulated services around a world, and products beside them. */
export function scene(generated: GeneratedWorld): Scene {
  const sims = startSimulators(generated.world, { deadConnections: () => [] });
  const products: Product[] = [];
  return {
    ...generated,
    sims,
    async open(options = {}) {
      const product = await startProduct(sims, { clock: hurriedClock, ...options });
      products.push(product);
      return product;
    },
    async close() {
      for (const product of products) await product.stop();
      await sims.stop();
    },
  };
}

export const oddWorld = (seed: number, shows = 8): GeneratedWorld =>
  generateWorld({ shows, seasons: 2, episodes: 5, watchedShare: 0.9, seed, oddities: true });

/** Every show once, every mark with its true time: nothing that could be told in two ways. */
export const plainWorld = (seed: number, shows = 6): GeneratedWorld =>
  generateWorld({ shows, seasons: 2, episodes: 5, watchedShare: 0.7, historyShare: 0.7, seed });

/** What a database that has never seen anything makes of the world as it is now. */
export async function freshPlays({ open, account, server }: Scene): Promise<PlayFact[]> {
  const product = await open();
  const integration = await product.connect(account, server.name);
  await product.sync(integration, { full: true });
  return playsOfUser(product);
}

export const episodeOf = ({ show, season, number, title }: PlayFact): string =>
  JSON.stringify([show, season, number, number === null ? title : null]);
export const playOf = (play: PlayFact): string => JSON.stringify([episodeOf(play), play.at]);

/** Every time at which this account is recorded to have watched something, in history or listing. */
export function timesOf({ server }: Pick<GeneratedWorld, "server">, account: PlexAccount): Set<number> {
  const times = new Set<number>();
  for (const row of server.history) if (row.account === account) times.add(row.viewedAt * 1000);
  for (const view of server.views.get(account)?.values() ?? []) {
    if (view.viewCount > 0 && view.lastViewedAt !== null) times.add(view.lastViewedAt * 1000);
  }
  return times;
}

/** The product's whole memory, row by row, without what only tells when something was last looked at. */
export function contentOf(product: Product, without: readonly string[] = []): Record<string, unknown[]> {
  const { raw } = product.app.deps.db;
  const tables = raw
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  const wanted = tables.map(({ name }) => name).filter((name) => !without.includes(name));
  return Object.fromEntries(wanted.map((name) => [name, raw.query(`SELECT * FROM "${name}"`).all()]));
}

export async function connected(
  options: Scene,
  how: ProductOptions = {},
): Promise<{ product: Product; integration: IntegrationView }> {
  const product = await options.open(how);
  return { product, integration: await product.connect(options.account, options.server.name) };
}
