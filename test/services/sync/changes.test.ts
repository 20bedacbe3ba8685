import { expect, test } from "bun:test";
import { generateWorld } from "../../simulators/generate.ts";
import { episodesOf, type PlexItem, showOf } from "../../simulators/plex-world.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { type PlayFact, playsOfUser } from "../../support/product.ts";
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

const dayMs = 86_400_000;

/** `at`: in the last hours, each act at its own: two marks within half a runtime are one viewing. */
type Act = (stage: Scene, item: PlexItem, random: Random, at: number) => void;

/** What people do between two syncs, apart from taking marks away. */
const additions: Record<string, Act> = {
  play: ({ world, account }, item, _, at) => world.play(account, item, { at }),
  playLongAgo: ({ world, account }, item, random) =>
    world.play(account, item, { at: Date.now() - random.int(1, 6) * dayMs }),
  mark: ({ world, account }, item, _, at) => world.markWatched(account, item, { at }),
  markShow: ({ world, account }, item, _, at) => world.markWatched(account, showOf(item), { at }),
  markWithoutDate: ({ world, account }, item) => {
    if ((world.viewOf(account, item)?.viewCount ?? 0) === 0) world.markWatched(account, item, { at: null });
  },
  partial: ({ world, account }, item, _, at) => world.partial(account, item, { offsetMs: 500_000, at }),
  rewatch: ({ world, account }, item, _, at) => {
    world.play(account, item, { at: Date.now() - 4 * dayMs });
    world.play(account, item, { at });
  },
  somebodyElse: ({ world, other }, item, _, at) => world.play(other, item, { at }),
  addEpisode: ({ world, account }, item, random, at) => {
    const added = world.addEpisode(showOf(item), random.int(1, 3), {
      title: `New ${random.int(1, 99_999)}`,
      airedOn: "2026-01-02",
    });
    if (random.chance(0.5)) world.play(account, added, { at });
  },
  addShow: ({ world, account, libraries }, _, random, at) => {
    const show = world.addShow({ title: `Newcomer ${random.int(1, 99_999)}`, year: 2025, seasons: [3] });
    const library = libraries[0];
    if (library === undefined) return;
    const copy = world.addToLibrary(library, show);
    for (const item of episodesOf(copy).slice(0, 2)) world.play(account, item, { at });
  },
};

/** Files come and go; their history stays. */
const upheavals: Record<string, Act> = {
  deleteEpisode: ({ world }, item) => world.deleteItem(item),
  readdEpisode: ({ world }, item) => {
    world.readdEpisode(item);
  },
  readdShow: ({ world }, item) => {
    world.readdShow(showOf(item));
  },
  deleteShow: ({ world }, item) => world.deleteItem(showOf(item)),
  moveShow: ({ world, account, libraries }, item, random, at) => {
    const show = showOf(item);
    if (show.show === null) return;
    world.deleteItem(show);
    const copy = world.addToLibrary(random.pick(libraries), show.show);
    if (random.chance(0.5)) world.markWatched(account, copy, { at });
  },
  unmark: ({ world, account }, item) => world.unmark(account, item),
};

function anyEpisode({ libraries }: Scene, random: Random): PlexItem | undefined {
  const all = libraries.flatMap(({ episodes }) => episodes).filter(({ deleted }) => !deleted);
  return all.length === 0 ? undefined : random.pick(all);
}

type Trace = { plays: PlayFact[]; acts: string[]; times: Set<number> };

async function live(stage: Scene, seed: number, acts: Record<string, Act>): Promise<Trace> {
  const random = createRandom(seed * 104_729);
  const { product, integration } = await connected(stage);
  await product.sync(integration);
  const trace: Trace = { plays: [], acts: [], times: timesOf(stage, stage.account) };
  for (let round = 0; round < 4; round++) {
    for (let act = random.int(1, 4); act > 0; act--) {
      const name = random.pick(Object.keys(acts));
      const item = anyEpisode(stage, random);
      if (item === undefined) continue;
      trace.acts.push(`${name} ${showOf(item).title.slice(0, 20)} ${item.parent?.index}x${item.index}`);
      acts[name]?.(stage, item, random, Date.now() - (20 - 4 * round - (4 - act)) * 3_600_000);
      for (const time of timesOf(stage, stage.account)) trace.times.add(time);
    }
    trace.acts.push("sync");
    const run = await product.sync(integration);
    expect({ seed, mode: run.mode, status: run.status }).toEqual({ seed, mode: "incremental", status: "success" });
  }
  // What leaves no date and no other count behind is for the nightly whole sync.
  if (acts !== additions) await product.sync(integration, { full: true, trigger: "schedule" });
  trace.plays = playsOfUser(product);
  return trace;
}

test("quick syncs find what one whole sync of the final world finds", async () => {
  for (const seed of seeds(20)) {
    const stage = scene(plainWorld(seed));
    const trace = await live(stage, seed, additions);
    const there = new Set(trace.plays.map(playOf));
    const fresh = await freshPlays(stage);
    expect({
      seed,
      acts: trace.acts,
      missing: fresh.filter((play) => play.at !== null && !there.has(playOf(play))),
    }).toMatchObject({ missing: [] });
    expect([...new Set(trace.plays.map(episodeOf))].sort()).toEqual([...new Set(fresh.map(episodeOf))].sort());
    // A server keeps one date for all marks; who looks in between has seen the earlier ones too. Nothing else is more.
    expect({ seed, invented: trace.plays.filter(({ at }) => at !== null && !trace.times.has(at)) }).toEqual({
      seed,
      invented: [],
    });
    await stage.close();
  }
}, 300_000);

test("with files that come and go, and with unmarks, no mark is ever lost", async () => {
  for (const seed of seeds(20)) {
    const world =
      seed % 2 === 0 ? plainWorld(seed) : generateWorld({ shows: 4, seasons: 1, episodes: 4, watchedShare: 0.6, seed });
    const stage = scene(world);
    const trace = await live(stage, seed, { ...additions, ...upheavals });
    const episodes = new Set(trace.plays.map(episodeOf));
    const fresh = await freshPlays(stage);
    expect({ seed, acts: trace.acts, lost: fresh.filter((play) => !episodes.has(episodeOf(play))) }).toMatchObject({
      lost: [],
    });
    const there = new Set(trace.plays.map(playOf));
    const played = fresh.filter(({ certainty }) => certainty === "played");
    expect({ seed, acts: trace.acts, lost: played.filter((play) => !there.has(playOf(play))) }).toMatchObject({
      lost: [],
    });
    expect({ seed, invented: trace.plays.filter(({ at }) => at !== null && !trace.times.has(at)) }).toEqual({
      seed,
      invented: [],
    });
    await stage.close();
  }
}, 300_000);

test("undoing any run brings back exactly what was there, and only a press on Sync Now brings its marks again", async () => {
  for (const seed of seeds(15)) {
    const stage = scene(seed % 3 === 0 ? oddWorld(seed) : plainWorld(seed));
    const random = createRandom(seed * 31);
    const { product, integration } = await connected(stage);
    const changes: Act[] = Object.values(additions);
    const runsDone: { id: string; before: PlayFact[] }[] = [];
    for (let round = 0; round < 3; round++) {
      const before = playsOfUser(product);
      const run = await product.sync(integration, { full: seed % 3 === 0 });
      runsDone.push({ id: run.id, before });
      const item = anyEpisode(stage, random);
      if (item !== undefined && round < 2)
        random.pick(changes)(stage, item, random, Date.now() - (9 - 3 * round) * 3_600_000);
    }
    const last = runsDone.at(-1);
    if (last === undefined) throw new Error("no run");
    const complete = playsOfUser(product);
    product.app.sync.undo(product.userId, last.id);
    expect({ seed, plays: playsOfUser(product) }).toEqual({ seed, plays: last.before });
    for (const full of [false, true]) {
      const run = await product.sync(integration, { trigger: "schedule", full });
      expect({ seed, full, status: run.status, added: run.watchesAdded }).toEqual({
        seed,
        full,
        status: "success",
        added: 0,
      });
      expect({ seed, plays: playsOfUser(product) }).toEqual({ seed, plays: last.before });
    }
    await product.sync(integration);
    expect({ seed, plays: playsOfUser(product) }).toEqual({ seed, plays: complete });
    await stage.close();
  }
}, 300_000);
