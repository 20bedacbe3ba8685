import { afterEach, describe, expect, test } from "bun:test";
import type { FaultEffect } from "../../simulators/faults.ts";
import { type MediaStyle, mediaEpisode, mediaEpisodesOf } from "../../simulators/mediabrowser-state.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { impatient, type PlayFact, type Product, playsOfUser } from "../../support/product.ts";
import { seeds } from "./harness.ts";
import {
  type MediaScene,
  type MediaSceneOptions,
  mediaScene,
  placeIn,
  STYLES,
  timesIn,
  watchedIn,
} from "./media-scene.ts";

const day = 86_400_000;
const scenes: MediaScene[] = [];

afterEach(async () => {
  for (const each of scenes.splice(0)) await each.close();
});

function scene(style: MediaStyle, options: MediaSceneOptions = {}): MediaScene {
  const built = mediaScene(style, options);
  scenes.push(built);
  return built;
}

const asked = ({ sims, state }: MediaScene) => sims.requests.all({ server: state.name });
const places = (plays: readonly PlayFact[]): string[] => [...new Set(plays.map(placeIn))].sort();

/** What a database that has never seen anything makes of the server as it is now. */
async function freshPlays(stage: MediaScene): Promise<PlayFact[]> {
  const product = await stage.open();
  await product.sync(await stage.connect(product), { full: true });
  return playsOfUser(product);
}

describe.each(STYLES)("%s", (style) => {
  test("a first sync brings exactly the episodes that are marked, at the times they were begun", async () => {
    for (const seed of seeds(3)) {
      const stage = scene(style, { seed });
      const product = await stage.open();
      const log = await product.sync(await stage.connect(product), { full: true });
      const plays = playsOfUser(product);
      expect({ seed, status: log.status, errors: log.errors }).toEqual({ seed, status: "success", errors: [] });
      expect(places(plays)).toEqual([...new Set(watchedIn(stage))]);
      const times = timesIn(stage);
      expect(plays.filter(({ at }) => at !== null && !times.has(at))).toEqual([]);
    }
  });

  test("a second sync asks three times a library at most and changes nothing", async () => {
    const stage = scene(style, { shows: 12 });
    const product = await stage.open();
    const integration = await stage.connect(product);
    await product.sync(integration, { full: true });
    const before = playsOfUser(product);
    stage.sims.requests.reset();
    const log = await product.sync(integration);
    expect(log).toMatchObject({ status: "success", watchesAdded: 0 });
    expect(playsOfUser(product)).toEqual(before);
    expect(asked(stage).length).toBeLessThanOrEqual(3 * 2);
    await product.sync(integration, { full: true });
    expect(playsOfUser(product)).toEqual(before);
  });

  test("what is watched between two syncs comes with the next, once", async () => {
    const stage = scene(style);
    const { world, anna, shows } = stage;
    const unwatched = shows
      .flatMap(mediaEpisodesOf)
      .filter((episode) => world.media.dataOf(anna, episode) === null && episode.indexEnd === null);
    const [first, second] = unwatched;
    const product = await stage.open();
    const integration = await stage.connect(product);
    await product.sync(integration, { full: true });
    const before = playsOfUser(product);
    world.media.play(anna, first!, { at: Date.now() - 3_600_000 });
    world.media.mark(anna, second!, { at: Date.now() - 400 * day });
    expect((await product.sync(integration)).watchesAdded).toBe(2);
    expect(playsOfUser(product)).toHaveLength(before.length + 2);
    expect((await product.sync(integration)).watchesAdded).toBe(0);
  });

  test("a rewatch that was begun takes nothing away, and adds a play when it is finished", async () => {
    const stage = scene(style, { shows: 2 });
    const { world, anna, shows } = stage;
    const episode = mediaEpisode(shows[0]!, 2, 3);
    world.media.unmark(anna, episode);
    world.media.play(anna, episode, { at: Date.now() - 60 * day });
    const product = await stage.open();
    const integration = await stage.connect(product);
    product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
    await product.sync(integration, { full: true });
    const before = playsOfUser(product);
    world.media.partial(anna, episode, { positionMs: 900_000, at: Date.now() - 7_200_000 });
    for (const full of [false, true]) await product.sync(integration, { full });
    expect(playsOfUser(product)).toEqual(before);
    world.media.play(anna, episode, { at: Date.now() - 3_600_000 });
    await product.sync(integration);
    expect(playsOfUser(product)).toHaveLength(before.length + 1);
  });

  test("an unmark is followed only where the user wants it so", async () => {
    const stage = scene(style, { shows: 2 });
    const { world, anna, shows } = stage;
    const [first, second] = [mediaEpisode(shows[1]!, 2, 2), mediaEpisode(shows[1]!, 2, 3)];
    for (const episode of [first, second]) {
      world.media.unmark(anna, episode);
      world.media.play(anna, episode, { at: Date.now() - 60 * day });
    }
    const product = await stage.open();
    const integration = await stage.connect(product);
    await product.sync(integration, { full: true });
    const before = playsOfUser(product);
    world.media.unmark(anna, first);
    await product.sync(integration, { full: true });
    expect(playsOfUser(product)).toEqual(before);
    product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
    world.media.unmark(anna, second);
    await product.sync(integration);
    expect(places(before).filter((each) => !places(playsOfUser(product)).includes(each))).toEqual(["Show 2 2x3"]);
  });

  test("after any trouble, one good sync has exactly the plays of a database that never had any", async () => {
    for (const seed of seeds(4)) {
      const stage = scene(style, { seed });
      const plays = await throughTrouble(stage, seed);
      expect({ seed, plays }).toEqual({ seed, plays: await freshPlays(stage) });
      await scenes.pop()?.close();
    }
  }, 120_000);
});

const faults: FaultEffect[] = [
  { kind: "status", status: 401 },
  { kind: "status", status: 403 },
  { kind: "status", status: 404 },
  { kind: "status", status: 429, retryAfterSeconds: 1 },
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "html" },
  { kind: "truncate" },
  { kind: "cut" },
  { kind: "reset" },
  { kind: "hang" },
  { kind: "wrong-json" },
  { kind: "short-pages", rows: 3 },
];

function breakThings({ sims, state }: MediaScene, random: Random): void {
  for (let count = random.int(1, 3); count > 0; count--) {
    const path = random.pick([/./, /=Episode/, /=Series/, /Views/, /System/, /Ancestors/]);
    sims.faults.add({
      server: state.name,
      path,
      effect: random.pick(faults),
      probability: random.pick([0.1, 0.3, 0.7, 1]),
    });
  }
}

/** One run that may be cancelled or killed at any moment. */
async function badRun(product: Product, integrationId: string, random: Random): Promise<void> {
  const { sync } = product.app;
  const id = sync.start(Number(integrationId), { trigger: "schedule", full: random.chance(0.5) });
  const fate = random.next();
  if (fate < 0.35) await Bun.sleep(random.int(0, 60));
  if (fate < 0.2) await product.restart();
  else if (fate < 0.35) await sync.cancelRun(id).catch(() => undefined);
  else await sync.finished(id);
}

async function throughTrouble(stage: MediaScene, seed: number): Promise<PlayFact[]> {
  const random = createRandom(seed * 7919);
  let patienceMs = 20_000;
  const product = await stage.open({ transport: impatient(() => patienceMs) });
  const integration = await stage.connect(product);
  product.app.integrations.update(product.userId, integration.id, { unmarks: "follow" });
  const times = timesIn(stage);
  let before: PlayFact[] = [];
  for (let round = random.int(2, 4); round > 0; round--) {
    stage.sims.faults.clear();
    // A refusal is believed, and what the user is told to do then is to connect again.
    const { status } = product.app.integrations.get(product.userId, integration.id);
    if (status === "needs-login") await stage.connect(product);
    breakThings(stage, random);
    patienceMs = 60;
    await badRun(product, integration.id, random);
    patienceMs = 20_000;
    const plays = playsOfUser(product);
    const there = new Set(places(plays));
    const lost = places(before).filter((each) => !there.has(each));
    const invented = plays.filter(({ at }) => at !== null && !times.has(at));
    expect({ seed, lost, invented }).toEqual({ seed, lost: [], invented: [] });
    before = plays;
  }
  stage.sims.faults.clear();
  const last = await product.sync(await stage.connect(product), { full: true });
  expect({ seed, status: last.status, errors: last.errors }).toEqual({ seed, status: "success", errors: [] });
  return playsOfUser(product);
}
