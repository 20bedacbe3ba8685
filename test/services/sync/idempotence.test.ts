import { expect, test } from "bun:test";
import { playsOfUser } from "../../support/product.ts";
import { connected, oddWorld, scene, seeds } from "./harness.ts";

test("a second sync changes nothing, whatever the world is like", async () => {
  for (const seed of seeds(15)) {
    const stage = scene(oddWorld(seed));
    const { product, integration } = await connected(stage);
    const first = await product.sync(integration);
    const plays = playsOfUser(product);
    expect(plays.length).toBe(first.watchesAdded);
    for (const full of [false, true, false]) {
      const again = await product.sync(integration, { full });
      expect({ seed, full, status: again.status, added: again.watchesAdded, removed: again.watchesRemoved }).toEqual({
        seed,
        full,
        status: "success",
        added: 0,
        removed: 0,
      });
      expect(again.mode).toBe(full ? "full" : "incremental");
      expect([again.showsSynced, again.episodesSynced]).toEqual([first.showsSynced, first.episodesSynced]);
    }
    expect(playsOfUser(product)).toEqual(plays);
    await stage.close();
  }
}, 120_000);
