import { afterEach, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../simulators/random.ts";
import { playsOfUser } from "../../support/product.ts";
import { seeds } from "./harness.ts";
import { freshPlaysAt, type House, houseOf, KINDS } from "./kinds.ts";

const houses: House[] = [];

afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
});

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

test.each(KINDS)(
  "a process that is killed in the middle of a sync of %s loses and invents nothing",
  async (kind) => {
    for (const seed of seeds(1)) {
      const house = houseOf(kind, { seed, shows: 40 });
      houses.push(house);
      const product = await house.open();
      const integration = await house.connect(product);
      const dataDir = mkdtempSync(join(tmpdir(), "episode-tracker-killed-"));
      product.app.deps.db.close();
      await Bun.$`cp -r ${product.dataDir}/. ${dataDir}`.quiet();
      await product.restart();
      // The page before may still be on its way into the database.
      await killedAt(house, dataDir, integration.id, createRandom(seed + kind.length).int(4, 10));

      const survivor = await house.open(dataDir);
      const rescued = playsOfUser(survivor);
      const times = house.times();
      const invented = rescued.filter(({ at }) => at !== null && !times.has(at));
      expect(rescued.length).toBeGreaterThan(0);
      expect({ seed, invented }).toEqual({ seed, invented: [] });
      expect(survivor.app.sync.list(survivor.userId, { limit: 5 }).map(({ status }) => status)).toEqual([
        "interrupted",
      ]);

      expect(await survivor.sync(integration)).toMatchObject({ status: "success", errors: [] });
      const whole = playsOfUser(survivor);
      expect(rescued.length).toBeLessThan(whole.length);
      expect({ seed, whole }).toEqual({ seed, whole: await freshPlaysAt(house) });
      expect(await survivor.sync(integration, { full: true })).toMatchObject({ watchesAdded: 0, watchesRemoved: 0 });
    }
  },
  120_000,
);
