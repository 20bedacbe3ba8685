import { expect, test } from "bun:test";
import type { MediaStyle } from "../../simulators/mediabrowser-state.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { seeds } from "../sync/harness.ts";
import { type MediaHouse, mediaHouse } from "./media-house.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NUMBERS = [2, 3, 4, 5];
const STYLES: readonly MediaStyle[] = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"];

type Run = {
  at: MediaHouse;
  random: Random;
  follow: boolean;
  /** Episodes 3 and 4 are one file on the one server, and two on the other. */
  joined: boolean;
  /** Every time at which anybody has watched or marked an episode, anywhere. */
  times: Map<number, Set<number>>;
  acts: number;
  said: string[];
};

const mates = ({ joined }: Run, number: number): number[] =>
  joined && (number === 3 || number === 4) ? [3, 4] : [number];

function remember(run: Run, number: number, time: number): void {
  run.times.get(number)?.add(time);
}

/** One person at the Jellyfin or the Emby. */
function atCellar(run: Run, number: number): void {
  const { at, random } = run;
  const item = at.file(number);
  const deed = random.pick(["play", "play", "mark", "unmark", "partial", "in full"] as const);
  run.said.push(`${deed} ${number} in the cellar`);
  if (deed === "play") at.media.play(at.anna, item, { at: at.clock.now() - HOUR });
  if (deed === "mark" && at.data(number)?.played !== true) at.media.mark(at.anna, item);
  if (deed === "unmark") at.media.unmark(at.anna, item);
  if (deed === "partial") at.media.partial(at.anna, item, { positionMs: 20 * MINUTE });
  if (deed === "in full") {
    const session = at.media.start(at.anna, item);
    at.clock.advance(40 * MINUTE);
    at.media.stop(session, { positionMs: item.runtimeMs });
  }
  run.acts += 1;
  const seen = at.lastPlayed(number);
  if (Number.isFinite(seen)) for (const each of mates(run, number)) remember(run, each, seen);
}

function onPlex(run: Run, number: number): void {
  const { at, random } = run;
  const item = at.plexItem(number);
  const deed = random.pick(["play", "play", "mark", "unmark"] as const);
  run.said.push(`${deed} ${number} in the attic`);
  if (deed === "play") remember(run, number, at.world.play(at.account, item).viewedAt * SECOND);
  if (deed === "mark") at.world.markWatched(at.account, item, {});
  if (deed === "unmark") at.world.unmark(at.account, item);
  run.acts += 1;
  remember(run, number, (at.world.viewOf(at.account, item)?.lastViewedAt ?? 0) * SECOND);
}

function here(run: Run, number: number): void {
  const { at, random } = run;
  const { tracking } = at.product.app;
  const { userId } = at.product;
  const episode = at.episode(number);
  const deed = random.pick(["mark", "mark", "long ago", "again", "unmark", "unmark"] as const);
  run.said.push(`${deed} ${number}`);
  const now = at.clock.now();
  if (deed === "mark") tracking.markEpisode(userId, episode);
  if (deed === "long ago") tracking.markEpisode(userId, episode, now - 90 * DAY);
  if (deed === "again") tracking.addPlay(userId, episode);
  if (deed === "unmark") tracking.unmarkEpisode(userId, episode);
  run.acts += 1;
  remember(run, number, now);
  remember(run, number, now - 90 * DAY);
}

/** Somebody has begun to watch it again and left, which has taken the mark away. */
const isBegunAnew = (at: MediaHouse, number: number): boolean =>
  !at.there(number) && (at.data(number)?.playCount ?? 0) > 0;

const playsHere = ({ product }: MediaHouse): unknown[] =>
  product.app.deps.db.raw.query("SELECT id, episode_id, watched_at, evidence FROM plays ORDER BY id").all();

/** Never a loss where unmarks are to be ignored. */
async function byItself(run: Run, name: string, work: () => Promise<unknown>): Promise<void> {
  run.said.push(name);
  const before = playsHere(run.at).length;
  await work();
  if (!run.follow) expect({ lost: playsHere(run.at).length < before, said: run.said }).toMatchObject({ lost: false });
}

async function somethingElse(run: Run): Promise<void> {
  const { at, random } = run;
  const number = random.pick(NUMBERS);
  const { sync } = at.product.app;
  const [server] = random.chance(0.6) ? at.servers : at.servers.slice(1);
  if (server === undefined) return;
  switch (random.int(0, 6)) {
    case 0:
    case 1:
      return byItself(run, "sync", () => at.product.sync(server, { full: false }));
    case 2:
      return byItself(run, "full sync", () => at.product.sync(server, { full: true }));
    case 3:
      return byItself(run, `news of ${number}`, () =>
        sync.reread(Number(at.cellar.id), { itemIds: [at.file(number).id], trigger: "stream" }).catch(() => null),
      );
    case 4:
      at.loseAnswer();
      run.said.push("an answer will get lost");
      return;
    default:
      return byItself(run, "deliver", () => at.deliver(0));
  }
}

async function untilQuiet(run: Run): Promise<void> {
  const { at } = run;
  run.said.push("quiet");
  at.sims.faults.clear();
  for (let round = 0; round < 6; round += 1) {
    const before = JSON.stringify(playsHere(at));
    at.sims.requests.reset();
    for (const server of at.servers) {
      await byItself(run, "full sync", () => at.product.sync(server, { full: true }));
      await byItself(run, "deliver", () => at.deliver(7 * HOUR));
    }
    const sent = at.marksSent() + at.sims.requests.all({ path: "scrobble" }).length;
    if (before === JSON.stringify(playsHere(at)) && sent === 0) return;
  }
  throw new Error(`never quiet: ${run.said.join(", ")}`);
}

function check(run: Run, seed: number): void {
  const { at, said, follow } = run;
  for (const number of NUMBERS) {
    const watched = mates(run, number).map((each) => at.here(each));
    const facts = { seed, number, here: at.here(number), there: at.there(number), said };
    const onAttic = (at.world.viewOf(at.account, at.plexItem(number))?.viewCount ?? 0) > 0;
    if (follow) {
      expect({ ...facts, onAttic }).toMatchObject({ onAttic: at.here(number) });
      // A file that is marked says so of all its episodes.
      if (mates(run, number).length > 1) {
        if (at.there(number)) expect({ ...facts, watched }).toMatchObject({ watched: [true, true] });
      } else if (!isBegunAnew(at, number)) expect(facts).toMatchObject({ there: at.here(number) });
    }
    const times = at.timesOf(number);
    const invented = times.filter((time) => time !== null && !run.times.get(number)?.has(time));
    expect({ ...facts, invented }).toMatchObject({ invented: [] });
  }
}

async function play(seed: number): Promise<void> {
  const random = createRandom(seed);
  const follow = random.chance(0.6);
  const joined = random.chance(0.4);
  const style = random.pick(STYLES);
  const at = await mediaHouse({
    style,
    plex: true,
    unmarks: follow ? "follow" : "ignore",
    quirks: style === "emby" && random.chance(0.4) ? { readsDatesAsLocal: true, utcOffsetMinutes: 120 } : {},
    before: ({ media, episodes: [, , third] }) => {
      if (joined && third !== undefined) media.joinEpisodes(third, 4);
    },
  });
  const times = new Map(NUMBERS.map((number) => [number, new Set<number>()]));
  const run: Run = { at, random, follow, joined, times, acts: 0, said: [style, follow ? "follow" : "ignore"] };
  if (joined) run.said.push("3 and 4 in one file");
  try {
    for (let round = 0; round < 3; round += 1) {
      const steps = random.int(2, 8);
      for (let step = 0; step < steps; step += 1) {
        at.clock.advance(random.pick([3 * SECOND, 3 * MINUTE, 20 * MINUTE, 5 * HOUR, 50 * HOUR]));
        const number = random.pick(NUMBERS);
        const dice = random.next();
        if (dice < 0.2) atCellar(run, number);
        else if (dice < 0.35) onPlex(run, number);
        else if (dice < 0.6) here(run, number);
        else await somethingElse(run);
      }
      await untilQuiet(run);
      check(run, seed);
    }
  } catch (error) {
    throw new Error(`seed ${seed}: ${run.said.join(", ")}`, { cause: error });
  } finally {
    await at.close();
  }
}

test("a Plex beside a Jellyfin or an Emby: all ends quiet, in agreement, and with no play that nobody made", async () => {
  for (const seed of seeds(8)) await play(seed);
}, 7_200_000);
