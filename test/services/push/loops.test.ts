import { expect, test } from "bun:test";
import type { PlexItem } from "../../simulators/plex-world.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { seeds } from "../sync/harness.ts";
import { type House, settledHouse } from "./house.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NUMBERS = [1, 2, 3, 4];
const SERVERS = ["Attic", "Cellar"];
/** Clocks differ by up to five minutes, and a mark by two more counts as the same moment. */
const BLUR = 13 * MINUTE;

/** What a person has done to an episode, and where. */
type Act = {
  side: string;
  on: boolean;
  at: number;
  isFlip: boolean;
  /** A mark taken back says nothing about a viewing that a server had all along. */
  isUndo: boolean;
  /** Something has run by itself since, and may have settled by it what was said elsewhere before. */
  isHeard?: boolean;
  /** A further viewing that was heard of, and taken back after that. */
  isTaken?: boolean;
};
type Doings = { since: Act[]; times: Set<number>; acts: number; undated: boolean };

type Run = {
  at: House;
  random: Random;
  follow: boolean;
  doings: Map<number, Doings>;
  /** What the user can take back, and the act that it was; null: it changed nothing. */
  undoable: { token: string; act: Act | null }[];
  broken: string[];
  /** Marks and unmarks that went out so far. */
  pushes: number;
  said: string[];
};

const sourceTimes = ({ product }: House, number: number): (number | null)[] =>
  product.app.deps.db.raw
    .query<{ at: number | null }, [number, number]>(
      `SELECT CASE WHEN p.edited_from IS NULL THEN p.watched_at ELSE p.edited_from ->> 'watchedAt' END AS at
       FROM plays p JOIN episodes e ON e.id = p.episode_id WHERE p.user_id = ? AND e.season = 1 AND e.number = ?`,
    )
    .all(product.userId, number)
    .map(({ at }) => at);

const allPlays = ({ product }: House): unknown[] =>
  product.app.deps.db.raw
    .query(
      "SELECT id, episode_id, watched_at, certainty, evidence, integration_id FROM plays WHERE user_id = ? ORDER BY id",
    )
    .all(product.userId);

const delivered = ({ sims }: House): number =>
  sims.requests.all({ path: "scrobble" }).filter(({ status }) => status === 200).length;

function doingsOf({ doings }: Run, number: number): Doings {
  const known = doings.get(number);
  if (known === undefined) throw new Error("no such episode");
  return known;
}

function note(
  run: Run,
  number: number,
  { isFlip = true, isUndo = false, ...act }: Pick<Act, "side" | "on"> & Partial<Act>,
  time?: number | null,
): Act {
  const its = doingsOf(run, number);
  const noted = { ...act, isFlip, isUndo, at: run.at.clock.now() };
  its.since.push(noted);
  its.acts += 1;
  if (time === null) its.undated = true;
  else if (time !== undefined) its.times.add(time);
  return noted;
}

/** One person at one of the servers. */
function actOnServer(run: Run, number: number): void {
  const { at, random } = run;
  const server = random.pick(SERVERS);
  const item: PlexItem = random.pick(at.items(server, 1, number));
  const viewed = () => (at.world.viewOf(at.anna, item)?.lastViewedAt ?? 0) * SECOND;
  const deed = random.pick(["play", "play", "mark", "unmark", "unmark", "partial"] as const);
  run.said.push(`${deed} ${number} on ${server}`);
  if (deed === "play") {
    const row = at.world.play(at.anna, item);
    note(run, number, { side: server, on: true }, row.viewedAt * SECOND);
    doingsOf(run, number).times.add(viewed());
  } else if (deed === "mark") {
    at.world.markWatched(at.anna, item, {});
    note(run, number, { side: server, on: true }, viewed());
  } else if (deed === "unmark") {
    const was = at.onServer(server, 1, number);
    at.world.unmark(at.anna, item);
    if (was && !at.onServer(server, 1, number)) note(run, number, { side: server, on: false });
  } else {
    at.world.partial(at.anna, item, { offsetMs: 600_000 });
    doingsOf(run, number).undated = true;
  }
}

/** The user, here. */
function actHere(run: Run, number: number): void {
  const { at, random } = run;
  const { tracking } = at.product.app;
  const { userId } = at.product;
  const episode = at.episode(1, number);
  const was = at.here(1, number);
  const now = at.clock.now();
  const deed = random.pick(["mark", "mark", "unmark", "unmark", "again", "undo", "edit", "long ago"] as const);
  run.said.push(`${deed} ${number}`);
  let token: string | null = null;
  const keep = (work: () => unknown) => {
    token = tracking.undoable(userId, work).undoToken;
  };
  if (deed === "mark") keep(() => tracking.markEpisode(userId, episode));
  if (deed === "long ago") keep(() => tracking.markEpisode(userId, episode, now - 90 * 24 * HOUR));
  if (deed === "unmark") keep(() => tracking.unmarkEpisode(userId, episode));
  if (deed === "again") keep(() => tracking.addPlay(userId, episode));
  const [play] = at.product.app.deps.db.raw
    .query<{ id: number }, [string]>("SELECT id FROM plays WHERE episode_id = ?")
    .all(episode);
  if (deed === "edit" && play !== undefined) tracking.editPlay(userId, String(play.id), { watchedAt: now - 5 * HOUR });
  if (deed === "undo") {
    undo(run);
    return;
  }
  const is = at.here(1, number);
  const act =
    was !== is || deed === "again" ? note(run, number, { side: "here", on: is, isFlip: was !== is }, now) : null;
  if (token !== null) run.undoable.push({ token, act });
  doingsOf(run, number)
    .times.add(now)
    .add(now - 90 * 24 * HOUR)
    .add(now - 5 * HOUR);
}

function undo(run: Run): void {
  const { at } = run;
  const last = run.undoable.pop();
  if (last === undefined) return;
  const before = NUMBERS.map((number) => at.here(1, number));
  at.product.app.tracking.undo(at.product.userId, last.token);
  // A further viewing that was taken back says nothing any more; what it has overruled meanwhile stays so.
  const { act } = last;
  if (act?.isFlip === false) {
    act.isTaken = true;
    for (const its of run.doings.values()) its.since = its.since.filter((each) => each !== act || each.isHeard);
  }
  for (const [index, number] of NUMBERS.entries()) {
    const is = at.here(1, number);
    if (is !== before[index]) note(run, number, { side: "here", on: is, isUndo: true });
  }
}

/** What happens by itself: never a loss where unmarks are to be ignored. */
async function byItself(run: Run, name: string, work: () => Promise<unknown>): Promise<void> {
  run.said.push(name);
  const before = run.follow ? [] : allPlays(run.at);
  await work();
  for (const its of run.doings.values()) for (const act of its.since) act.isHeard = true;
  if (!run.follow)
    expect({ lost: before.length - allPlays(run.at).length > 0, said: run.said }).toMatchObject({ lost: false });
}

async function syncOne(run: Run, server: string, full: boolean): Promise<void> {
  const integration = run.at.integrations[server];
  if (integration !== undefined) await run.at.product.sync(integration, { full });
}

const rereadOne = async ({ at }: Run, server: string, number: number): Promise<unknown> => {
  const itemIds = at.items(server, 1, number).map(({ ratingKey }) => ratingKey);
  const reread = () =>
    at.product.app.sync.reread(Number(at.integrations[server]?.id), { itemIds, trigger: "stream" }).catch(() => null);
  return Promise.all([reread(), reread()]);
};

async function somethingElse(run: Run): Promise<void> {
  const { at, random } = run;
  const server = random.pick(SERVERS);
  const number = random.pick(NUMBERS);
  switch (random.int(0, 9)) {
    case 0:
    case 1:
      return byItself(run, `sync ${server}`, () => syncOne(run, server, false));
    case 2:
      return byItself(run, `full sync ${server}`, () => syncOne(run, server, true));
    case 3:
      return byItself(run, `reread ${number} on ${server}`, () => rereadOne(run, server, number));
    case 4:
      run.broken.push(at.sims.faults.add({ service: "plex-server", server, effect: { kind: "status", status: 503 } }));
      run.said.push(`${server} goes away`);
      return;
    case 5:
      for (const id of run.broken.splice(0)) at.sims.faults.remove(id);
      run.said.push("all are back");
      return;
    case 6:
      at.sims.faults.add({ service: "plex-server", path: /scrobble/, times: 1, effect: { kind: "cut" } });
      run.said.push("an answer will get lost");
      return;
    case 7:
      await at.product.restart();
      run.undoable.length = 0;
      run.said.push("restart");
      return;
    default:
      return byItself(run, "deliver", () => at.deliver(0));
  }
}

/** Several things in the same moment. */
async function atOnce(run: Run): Promise<void> {
  const { random } = run;
  run.said.push("at once:");
  await byItself(run, "…", async () => {
    const going = [
      syncOne(run, random.pick(SERVERS), random.chance(0.5)),
      run.at.deliver(0),
      rereadOne(run, random.pick(SERVERS), random.pick(NUMBERS)),
    ];
    if (run.follow && random.chance(0.7)) actHere(run, random.pick(NUMBERS));
    if (random.chance(0.7)) actOnServer(run, random.pick(NUMBERS));
    await Promise.all(going);
  });
}

/** Until nobody has anything to say any more. */
async function untilQuiet(run: Run): Promise<void> {
  const { at } = run;
  run.said.push("quiet");
  for (const id of run.broken.splice(0)) at.sims.faults.remove(id);
  at.sims.faults.clear();
  for (let round = 0; round < 6; round += 1) {
    const before = JSON.stringify(allPlays(at));
    at.sims.requests.reset();
    for (const server of SERVERS) {
      await byItself(run, "sync", () => syncOne(run, server, true));
      await byItself(run, "deliver", () => at.deliver(7 * HOUR));
    }
    expect(at.sims.requests.all().length).toBeLessThan(80);
    run.pushes += delivered(at);
    if (before === JSON.stringify(allPlays(at)) && delivered(at) === 0) return;
  }
  throw new Error(`never quiet: ${run.said.join(", ")}`);
}

function check(run: Run, seed: number): void {
  const { at, said } = run;
  for (const number of NUMBERS) {
    const its = doingsOf(run, number);
    const here = at.here(1, number);
    const there = SERVERS.map((server) => at.onServer(server, 1, number));
    const facts = { seed, number, here, there, since: its.since, said };
    const last = its.since.findLast(({ isTaken = false }) => !isTaken);
    if (run.follow) expect({ ...facts, agreed: there.every((each) => each === here) }).toMatchObject({ agreed: true });
    if (last !== undefined && !last.isUndo) {
      const others = its.since.filter(({ side }) => side !== last.side);
      const isClear = last.on
        ? !others.some(({ on, at: when }) => !on && Math.abs(when - last.at) < BLUR)
        : !others.some(({ on }) => on);
      const mattersHere = run.follow || last.side === "here" || last.on;
      if (isClear && mattersHere) expect({ ...facts, here }).toMatchObject({ here: last.on });
      // A further viewing changes nothing on a server whose own unmark was ignored.
      if (isClear && last.side === "here" && (run.follow || last.isFlip))
        expect({ ...facts, there }).toMatchObject({ there: [last.on, last.on] });
    }
    const times = sourceTimes(at, number);
    const invented = times.filter((time) => (time === null ? !its.undated : !its.times.has(time)));
    expect({ ...facts, invented }).toMatchObject({ invented: [] });
    expect({ ...facts, tooMany: times.length > its.acts + 1 }).toMatchObject({ tooMany: false });
  }
}

async function play(seed: number): Promise<void> {
  const random = createRandom(seed);
  const follow = random.chance(0.6);
  const copies = random.chance(0.25) ? 2 : 1;
  const at = await settledHouse({ seasons: [4], copies, unmarks: follow ? "follow" : "ignore" });
  const writesRows = random.chance(0.4);
  for (const server of Object.values(at.servers)) {
    const clockSkewMs = random.chance(0.4) ? random.int(-300, 300) * SECOND : 0;
    at.world.setQuirks(server, {
      clockSkewMs,
      scrobbleWritesHistory: writesRows,
      scrobbleNeedsGet: random.chance(0.2),
    });
  }
  const doings = new Map<number, Doings>();
  const run: Run = { at, random, follow, doings, undoable: [], broken: [], pushes: 0, said: [] };
  for (const number of NUMBERS) {
    doings.set(number, {
      since: [],
      times: new Set(sourceTimes(at, number).flatMap((time) => time ?? [])),
      acts: 1,
      undated: false,
    });
  }
  try {
    for (let round = 0; round < 3; round += 1) {
      at.sims.requests.reset();
      const steps = random.int(2, 9);
      for (let step = 0; step < steps; step += 1) {
        at.clock.advance(random.pick([200, 3 * SECOND, 40 * SECOND, 3 * MINUTE, 20 * MINUTE, 5 * HOUR, 50 * HOUR]));
        const number = random.pick(NUMBERS);
        const dice = random.next();
        if (dice < 0.3) actOnServer(run, number);
        else if (dice < 0.6) actHere(run, number);
        else if (dice < 0.95) await somethingElse(run);
        else await atOnce(run);
      }
      run.pushes += delivered(at);
      await untilQuiet(run);
      check(run, seed);
      for (const its of doings.values()) its.since.length = 0;
    }
    const changes = [...doings.values()].reduce((sum, { acts }) => sum + acts, 0);
    expect(run.pushes).toBeLessThanOrEqual(changes * copies * SERVERS.length);
  } finally {
    await at.close();
  }
}

test("whatever everybody does, all ends quiet, in agreement, and with no play that nobody made", async () => {
  for (const seed of seeds(12)) await play(seed);
}, 7_200_000);

test("runs that once ended wrong end right", async () => {
  // Among them: an unmark whose answer was lost and that was taken back before the next sync, or followed by a viewing.
  for (const seed of [
    700004, 710349, 20815, 730150, 800170, 800409, 801085, 820062, 832003, 840313, 852338, 870418, 871087,
  ])
    await play(seed);
}, 7_200_000);
