import { afterEach, describe, expect, test } from "bun:test";
import { hasCode } from "../../../src/kernel/errors.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import type { PlexItem } from "../../simulators/plex-world.ts";
import { type Product, playsOfUser } from "../../support/product.ts";
import { connected, plainWorld, type Scene, scene, seeds } from "./harness.ts";

const open: Scene[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function stage(seed = 1): Scene {
  const made = scene(plainWorld(seed));
  open.push(made);
  return made;
}

const episodesIn = ({ server }: Scene): PlexItem[] =>
  server.libraries.flatMap(({ shows }) => shows.flatMap((show) => show.children.flatMap(({ children }) => children)));

function firstWhere({ account, sims, ...at }: Scene, watched: boolean): PlexItem {
  const items = episodesIn({ account, sims, ...at });
  const found = items.find((item) => (sims.world.viewOf(account, item)?.viewCount ?? 0) > 0 === watched);
  if (found === undefined) throw new Error("the world has no such episode");
  return found;
}

const reread = (product: Product, integration: IntegrationView, ...items: PlexItem[]) =>
  product.app.sync.reread(Number(integration.id), {
    itemIds: items.map(({ ratingKey }) => ratingKey),
    trigger: "webhook",
  });

describe("reading single items again", () => {
  test("a viewing becomes a play with the time of its row in the history, and has a log of its own", async () => {
    const at = stage();
    const { product, integration } = await connected(at);
    await product.sync(integration);
    const before = playsOfUser(product).length;
    const item = firstWhere(at, false);
    at.sims.world.play(at.account, item);
    const read = await reread(product, integration, item);
    expect(read).toMatchObject({ watchesAdded: 1, watchesRemoved: 0 });
    expect(playsOfUser(product)).toHaveLength(before + 1);
    const log = product.app.sync.get(product.userId, read.syncId ?? "");
    expect(log).toMatchObject({ status: "success", trigger: "webhook", watchesAdded: 1, episodesSynced: 1 });
    expect(product.app.sync.undo(product.userId, log.id)).toEqual({ removed: 1, restored: 0 });
    expect(playsOfUser(product)).toHaveLength(before);
  });

  test("news without anything new leaves no log behind", async () => {
    const at = stage();
    const { product, integration } = await connected(at);
    await product.sync(integration);
    const logs = () => product.app.sync.list(product.userId, { limit: 50 }).length;
    const before = logs();
    const read = await reread(product, integration, firstWhere(at, true));
    expect(read).toMatchObject({ syncId: null, watchesAdded: 0 });
    expect(logs()).toBe(before);
  });

  test.each(seeds(6))("whatever was seen live, the next full sync finds nothing to add (world %p)", async (seed) => {
    const at = stage(seed);
    const { product, integration } = await connected(at);
    await product.sync(integration);
    for (const item of episodesIn(at).slice(0, 6)) {
      at.sims.world.play(at.account, item);
      await Promise.all([reread(product, integration, item), reread(product, integration, item)]);
    }
    const live = playsOfUser(product);
    const log = await product.sync(integration, { full: true });
    expect(log).toMatchObject({ status: "success", watchesAdded: 0, watchesRemoved: 0 });
    expect(playsOfUser(product)).toEqual(live);
  });

  test("of a show that was never listed, the show is asked for too", async () => {
    const at = stage();
    const { product, integration } = await connected(at);
    const item = firstWhere(at, true);
    await reread(product, integration, item);
    expect(new Set(playsOfUser(product).map(({ show }) => show)).size).toBe(1);
  });

  test("an item the server does not show, and one of a library that is switched off, change nothing", async () => {
    const at = stage();
    const { product, integration } = await connected(at);
    const item = firstWhere(at, true);
    product.app.integrations.update(product.userId, integration.id, { libraries: [] });
    const read = await product.app.sync.reread(Number(integration.id), {
      itemIds: [item.ratingKey, "999999"],
      trigger: "stream",
    });
    expect(read.items.map(({ state }) => state)).toEqual(["library-off", "gone"]);
    expect(playsOfUser(product)).toHaveLength(0);
  });

  test("an unmark is followed when the user says so, and only then", async () => {
    for (const unmarks of ["ignore", "follow"] as const) {
      const at = stage();
      const { product, integration } = await connected(at);
      product.app.integrations.update(product.userId, integration.id, { unmarks });
      await product.sync(integration);
      const before = playsOfUser(product).length;
      const item = firstWhere(at, true);
      at.sims.world.unmark(at.account, item);
      const read = await reread(product, integration, item);
      expect(read.watchesRemoved > 0).toBe(unmarks === "follow");
      expect(playsOfUser(product)).toHaveLength(before - read.watchesRemoved);
    }
  });

  test("a flood of unmarks is left to a reading of everything, and to the guard", async () => {
    const at = stage();
    const { product, integration } = await connected(at);
    product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
    await product.sync(integration);
    const before = playsOfUser(product).length;
    const watched = episodesIn(at).filter((item) => (at.sims.world.viewOf(at.account, item)?.viewCount ?? 0) > 0);
    expect(watched.length).toBeGreaterThan(25);
    for (const item of watched) {
      at.sims.world.unmark(at.account, item);
      await reread(product, integration, item);
    }
    expect(before - playsOfUser(product).length).toBeLessThanOrEqual(40);
    expect(playsOfUser(product).length).toBeGreaterThan(0);
    expect((await product.sync(integration)).status).toBe("held");
  });

  test("it waits for a running sync, and a sync waits for it", async () => {
    const at = stage();
    const { product, integration } = await connected(at);
    const item = firstWhere(at, true);
    const first = reread(product, integration, item);
    const syncId = product.app.sync.start(Number(integration.id), { trigger: "manual" });
    await Promise.all([first, reread(product, integration, item), product.app.sync.finished(syncId)]);
    const live = playsOfUser(product);
    expect((await product.sync(integration, { full: true })).watchesAdded).toBe(0);
    expect(playsOfUser(product)).toEqual(live);
  });

  test("a server that does not answer is told, and counts for the integration's health", async () => {
    const at = stage();
    const { product, integration } = await connected(at);
    await product.sync(integration);
    const item = firstWhere(at, true);
    await at.sims.takeDown(at.server.name);
    const error: unknown = await reread(product, integration, item).catch((thrown: unknown) => thrown);
    expect(hasCode(error, "unreachable")).toBe(true);
    expect(product.app.integrations.get(product.userId, integration.id).status).toBe("unreachable");
    expect(product.app.sync.list(product.userId, { limit: 50 }).every(({ status }) => status !== "running")).toBe(true);
  });
});
