import { afterEach, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { createRandom } from "../../simulators/random.ts";
import { type PlayFact, type Product, playsOfUser } from "../../support/product.ts";
import { plainWorld, runs, type Scene, scene, timesOf } from "./harness.ts";
import { type MediaScene, mediaScene, STYLES, timesIn } from "./media-scene.ts";

type House = Pick<Scene | MediaScene, "sims" | "open" | "close"> & {
  connect(product: Product): Promise<IntegrationView>;
  /** Every time at which the account is recorded to have watched something. */
  times(): ReadonlySet<number>;
  /** Asks for a page of episodes. */
  page: RegExp;
};

const shows = 40;
const houses: House[] = [];

afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
});

function plexHouse(seed: number): House {
  const at = scene(plainWorld(seed, shows));
  const connect = (product: Product) => product.connect(at.account, at.server.name);
  return { ...at, connect, times: () => timesOf(at, at.account), page: /type=4/ };
}

function mediaHouse(style: MediaScene["state"]["style"], seed: number): House {
  const at = mediaScene(style, { seed, shows });
  return { ...at, times: () => timesIn(at), page: /IncludeItemTypes=Episode/i };
}

const kinds = [
  { kind: "plex", first: 500, build: plexHouse },
  ...STYLES.map((kind, at) => ({ kind, first: 600 + 100 * at, build: (seed: number) => mediaHouse(kind, seed) })),
];

/** Syncs in a process of its own, which dies at once when it asks for that page of episodes. */
async function killedAt({ sims, page }: House, dataDir: string, integrationId: string, nth: number): Promise<void> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "killed-sync.ts"), dataDir, integrationId], {
    env: { ...process.env, ...sims.env },
    stdout: "ignore",
    stderr: "inherit",
  });
  sims.faults.add({ path: page, effect: { kind: "short-pages", rows: 20 } });
  sims.faults.add({ path: page, nth, effect: { kind: "change", change: () => child.kill("SIGKILL") } });
  await child.exited;
  sims.faults.clear();
}

async function freshPlays(house: House): Promise<PlayFact[]> {
  const product = await house.open();
  await product.sync(await house.connect(product), { full: true });
  return playsOfUser(product);
}

test.each(kinds)(
  "a process that is killed in the middle of a sync of $kind loses and invents nothing",
  async (each) => {
    for (let run = 0; run < runs(1); run++) {
      const seed = each.first + run;
      const house = each.build(seed);
      houses.push(house);
      const product = await house.open();
      const integration = await house.connect(product);
      const dataDir = mkdtempSync(join(tmpdir(), "episode-tracker-killed-"));
      product.app.deps.db.close();
      await Bun.$`cp -r ${product.dataDir}/. ${dataDir}`.quiet();
      await product.restart();
      // The page before may still be on its way into the database.
      await killedAt(house, dataDir, integration.id, createRandom(seed).int(4, 10));

      const survivor = await house.open({ dataDir });
      const rescued = playsOfUser(survivor);
      const times = house.times();
      expect(rescued.length).toBeGreaterThan(0);
      expect({ seed, invented: rescued.filter(({ at }) => at !== null && !times.has(at)) }).toEqual({
        seed,
        invented: [],
      });
      expect(survivor.app.sync.list(survivor.userId, { limit: 5 }).map(({ status }) => status)).toEqual([
        "interrupted",
      ]);

      expect(await survivor.sync(integration)).toMatchObject({ status: "success", errors: [] });
      const whole = playsOfUser(survivor);
      expect(rescued.length).toBeLessThan(whole.length);
      expect({ seed, whole }).toEqual({ seed, whole: await freshPlays(house) });
      expect(await survivor.sync(integration, { full: true })).toMatchObject({ watchesAdded: 0, watchesRemoved: 0 });
    }
  },
  120_000,
);
