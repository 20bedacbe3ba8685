import { expect, test } from "bun:test";
import type { FaultEffect } from "../../simulators/faults.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { impatient, type PlayFact, type Product, playsOfUser } from "../../support/product.ts";
import {
  connected,
  episodeOf,
  freshPlays,
  oddWorld,
  plainWorld,
  playOf,
  type Scene,
  scene,
  seeds,
  timesOf,
} from "./harness.ts";

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

function breakThings({ sims }: Scene, random: Random): void {
  sims.faults.clear();
  for (let count = random.int(1, 3); count > 0; count--) {
    const effect = random.pick(faults);
    const path = random.pick([/./, /type=4/, /type=2/, /history/, /sections/, /metadata/]);
    const service = random.chance(0.85) ? ("plex-server" as const) : ("plex.tv" as const);
    sims.faults.add({ service, path, effect, probability: random.pick([0.1, 0.3, 0.7, 1]) });
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

/** Every play that was there still is: the same one, or the same viewing with a better time. */
function expectNothingLost(seed: number, before: readonly PlayFact[], after: readonly PlayFact[]): void {
  const counts = (plays: readonly PlayFact[]) => {
    const found = new Map<string, number>();
    for (const play of plays) found.set(episodeOf(play), (found.get(episodeOf(play)) ?? 0) + 1);
    return found;
  };
  const now = counts(after);
  for (const [episode, plays] of counts(before)) {
    if ((now.get(episode) ?? 0) < plays)
      expect({ seed, episode, plays: now.get(episode) ?? 0 }).toEqual({ seed, episode, plays });
  }
}

function expectNothingInvented(seed: number, plays: readonly PlayFact[], times: ReadonlySet<number>): void {
  expect({ seed, invented: plays.filter(({ at }) => at !== null && !times.has(at)) }).toEqual({ seed, invented: [] });
}

async function throughTrouble(stage: Scene, seed: number): Promise<{ product: Product; plays: PlayFact[] }> {
  const random = createRandom(seed * 7919);
  let patienceMs = 20_000;
  const { product, integration } = await connected(stage, { transport: impatient(() => patienceMs) });
  const times = timesOf(stage, stage.account);
  let before: PlayFact[] = [];
  for (let round = random.int(2, 4); round > 0; round--) {
    breakThings(stage, random);
    patienceMs = 60;
    await badRun(product, integration.id, random);
    patienceMs = 20_000;
    const plays = playsOfUser(product);
    expectNothingLost(seed, before, plays);
    expectNothingInvented(seed, plays, times);
    before = plays;
  }
  stage.sims.faults.clear();
  // Connecting again is what the user is told to do when a sign-in was refused.
  const again = await product.connect(stage.account, stage.server.name);
  const last = await product.sync(again, { full: true });
  expect({ seed, status: last.status, errors: last.errors.filter(({ kind }) => kind !== "show-match") }).toEqual({
    seed,
    status: "success",
    errors: [],
  });
  const plays = playsOfUser(product);
  expectNothingLost(seed, before, plays);
  expectNothingInvented(seed, plays, times);
  return { product, plays };
}

test("after any trouble, one good sync has exactly the plays of a database that never had any", async () => {
  for (const seed of seeds(15)) {
    const stage = scene(plainWorld(seed));
    const { plays } = await throughTrouble(stage, seed);
    expect({ seed, plays }).toEqual({ seed, plays: await freshPlays(stage) });
    await stage.close();
  }
}, 300_000);

test("the same in an odd world, except for the dates of marks on copies that were seen one by one", async () => {
  for (const seed of seeds(15)) {
    const stage = scene(oddWorld(seed));
    const { plays } = await throughTrouble(stage, seed);
    const fresh = await freshPlays(stage);
    const there = new Set(plays.map(playOf));
    const missing = fresh.filter((play) => play.certainty === "played" && !there.has(playOf(play)));
    expect({ seed, missing }).toEqual({ seed, missing: [] });
    expect({ seed, episodes: [...new Set(plays.map(episodeOf))].sort() }).toEqual({
      seed,
      episodes: [...new Set(fresh.map(episodeOf))].sort(),
    });
    await stage.close();
  }
}, 300_000);
