import { afterEach, expect, test } from "bun:test";
import { createRandom } from "../../simulators/random.ts";
import { playsOfUser } from "../../support/product.ts";
import { until } from "../../support/until.ts";
import { freshPlays, seeds } from "../sync/harness.ts";
import { type Rig, rig } from "./rig.ts";

const open: Rig[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const triggers = ["webhook", "stream"] as const;

/** The same viewing told by webhook and stream, late, twice, in any order, beside syncs: the plays of a first sync. */
test.each(seeds(10))("however news comes, there is one play of each viewing (world %p)", async (seed) => {
  const at = await rig({ seed });
  open.push(at);
  const random = createRandom(seed);
  const pending: Promise<unknown>[] = [];
  const reread = (itemIds: string[]) =>
    pending.push(at.sync.reread(at.id, { itemIds, trigger: random.pick([...triggers]) }));
  const begin = (full: boolean) => {
    if (at.sync.running(at.id) === null)
      pending.push(at.sync.finished(at.sync.start(at.id, { trigger: "schedule", full })));
  };
  // A mark by hand leaves only its newest date: who was there before knows more of it than a first sync.
  const rows = new Set(at.server.state.history.filter(({ account }) => account === at.me).map(({ item }) => item));
  const episodes = at.episodes.filter((item) => rows.has(item) || at.watched(false).includes(item));
  for (let step = 0; step < 25; step += 1) {
    const item = random.pick(episodes);
    const told = random.int(0, 9);
    if (told < 5) {
      at.world.play(at.me, item);
      const times = random.int(0, 3);
      for (let time = 0; time < times; time += 1) reread([item.ratingKey]);
      if (random.chance(0.5)) at.server.notifications.itemsChanged(item, 1);
    } else if (told === 5) {
      at.watch({ item, fromMs: (item.durationMs ?? 0) * 0.85, speed: 1_000_000, everyMs: 2 });
    } else if (told === 6) {
      reread([item.ratingKey, random.pick(episodes).ratingKey]);
    } else if (told === 7) {
      begin(random.chance(0.3));
    } else if (told === 8) {
      at.server.notifications.dropAll();
    } else {
      at.world.play(at.someone, item);
      at.server.notifications.scanned([item]);
    }
    if (random.chance(0.4)) await Bun.sleep(random.int(0, 8));
  }
  await until(() => at.server.state.sessions.length === 0, "the end of all viewings");
  await Promise.all(pending);
  await at.rest();
  const read = await at.product.sync(at.integration);
  expect(read.status).toBe("success");
  const live = playsOfUser(at.product);
  const full = await at.product.sync(at.integration, { full: true });
  expect(full).toMatchObject({ status: "success", watchesAdded: 0, watchesRemoved: 0 });
  expect(playsOfUser(at.product)).toEqual(live);
  expect(live).toEqual(await freshPlays(at.scene));
});
