import { expect, test } from "bun:test";
import { playsOfUser } from "../../support/product.ts";
import { connected, contentOf, oddWorld, scene, seeds } from "./harness.ts";

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

test("a preview changes nothing but its log, and the sync after it does what it said", async () => {
  for (const seed of seeds(10)) {
    const stage = scene(oddWorld(seed));
    const { product, integration } = await connected(stage);
    if (seed % 2 === 0) await product.sync(integration);
    const item = stage.libraries[0]?.episodes.find(({ deleted }) => !deleted);
    if (item !== undefined) stage.world.play(stage.account, item, { at: Date.now() - 3_600_000 });
    const logs = ["sync_logs", "sync_log_items"];
    const before = contentOf(product, logs);
    const preview = await product.sync(integration, { mode: "preview" });
    expect({ seed, status: preview.status, mode: preview.mode }).toEqual({ seed, status: "success", mode: "preview" });
    const after = contentOf(product, logs);
    for (const table of Object.keys(before))
      expect({ seed, table, rows: after[table] }).toEqual({ seed, table, rows: before[table] ?? [] });

    const planned = product.app.sync.items(product.userId, preview.id);
    const { raw } = product.app.deps.db;
    const { last } = raw.query("SELECT coalesce(max(id), 0) AS last FROM plays").get() as { last: number };
    const run = await product.sync(integration, { full: true });
    expect([run.watchesAdded, run.showsSynced, run.episodesSynced]).toEqual([
      preview.watchesAdded,
      preview.showsSynced,
      preview.episodesSynced,
    ]);
    const added = raw
      .query<{ season: number; number: number | null; at: number | null }, [number]>(
        "SELECT e.season, e.number, p.watched_at AS at FROM plays p JOIN episodes e ON e.id = p.episode_id WHERE p.id > ?",
      )
      .all(last);
    const lines = (plays: { season: number; number: number | null; at: number | null }[]) =>
      plays.map(({ season, number, at }) => `${season}x${number} ${at}`).sort();
    const plan = planned.flatMap((item) => item.plan.filter(({ action }) => action === "add"));
    expect({ seed, plan: lines(plan.map(({ watchedAt, ...each }) => ({ ...each, at: watchedAt }))) }).toEqual({
      seed,
      plan: lines(added),
    });
    await stage.close();
  }
}, 120_000);
