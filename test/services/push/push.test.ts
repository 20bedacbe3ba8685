import { afterEach, describe, expect, test } from "bun:test";
import { hasCode } from "../../../src/kernel/errors.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { type House, type HouseOptions, settledHouse } from "./house.ts";

const DAY = 86_400_000;
const open: House[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function settled(options: HouseOptions & { unmarks?: "ignore" | "follow" } = {}): Promise<House> {
  const made = await settledHouse(options);
  open.push(made);
  return made;
}

function attic({ integrations }: House): IntegrationView {
  const { Attic } = integrations;
  if (Attic === undefined) throw new Error("there is no Attic here");
  return Attic;
}
const waitingAt = (at: House, server = "Attic") =>
  at.product.app.push.waiting(at.product.userId, at.integrations[server]?.id ?? "", { limit: 100 }).items;
const outcomesAt = (at: House, server = "Attic") =>
  at.product.app.push.recent(at.product.userId, at.integrations[server]?.id ?? "", 20).map(({ outcome }) => outcome);
const mark = (at: House, season: number, number: number) =>
  at.product.app.tracking.markEpisode(at.product.userId, at.episode(season, number));
const unmark = (at: House, season: number, number: number) =>
  at.product.app.tracking.unmarkEpisode(at.product.userId, at.episode(season, number));

describe("a mark made here", () => {
  test("reaches every server that has the episode, once, and comes back as no play", async () => {
    const at = await settled();
    mark(at, 1, 4);
    expect(waitingAt(at)).toMatchObject([{ wanted: "watched", held: false, attempts: 0 }]);
    await at.deliver();
    expect([at.onServer("Attic", 1, 4), at.onServer("Cellar", 1, 4)]).toEqual([true, true]);
    expect(at.marksSent()).toBe(2);
    expect(waitingAt(at)).toEqual([]);
    expect(outcomesAt(at)).toEqual(["sent"]);
    for (const full of [false, true, true]) {
      for (const each of Object.values(at.integrations)) {
        expect(await at.product.sync(each, { full })).toMatchObject({ status: "success", watchesAdded: 0 });
      }
    }
    await at.deliver();
    expect(at.plays(1, 4)).toBe(1);
    expect(at.marksSent()).toBe(2);
  });

  test("reaches every copy on a server", async () => {
    const at = await settled({ copies: 2, servers: ["Attic"] });
    mark(at, 2, 1);
    await at.deliver();
    expect(at.items("Attic", 2, 1).map((item) => at.world.viewOf(at.anna, item)?.viewCount)).toEqual([1, 1]);
    expect(await at.product.sync(attic(at), { full: true })).toMatchObject({ watchesAdded: 0 });
  });

  test("that is taken back at once sends nothing", async () => {
    const at = await settled();
    const { tracking } = at.product.app;
    const { undoToken } = tracking.undoable(at.product.userId, () => mark(at, 1, 4));
    tracking.undo(at.product.userId, undoToken);
    expect(waitingAt(at)).toEqual([]);
    mark(at, 1, 5);
    unmark(at, 1, 5);
    await at.deliver();
    expect(at.marksSent()).toBe(0);
    expect(waitingAt(at)).toEqual([]);
  });

  test("ten clicks are one push", async () => {
    const at = await settled({ servers: ["Attic"] });
    for (let click = 0; click < 5; click += 1) {
      mark(at, 1, 4);
      unmark(at, 1, 4);
    }
    mark(at, 1, 4);
    await at.deliver();
    expect(at.marksSent()).toBe(1);
    expect(at.onServer("Attic", 1, 4)).toBe(true);
  });

  test("undone later takes back what we had set, and nothing else", async () => {
    const at = await settled({ servers: ["Attic"] });
    const { tracking } = at.product.app;
    const { undoToken } = tracking.undoable(at.product.userId, () => mark(at, 1, 4));
    await at.deliver();
    tracking.undo(at.product.userId, undoToken);
    await at.deliver();
    expect(at.onServer("Attic", 1, 4)).toBe(false);
    // Watched there all along, and only unmarked here before: the server's own view stays.
    at.product.app.integrations.update(at.product.userId, attic(at).id, { twoWay: false });
    unmark(at, 1, 1);
    await at.switchOn("Attic");
    const again = tracking.undoable(at.product.userId, () => mark(at, 1, 1));
    await at.deliver();
    expect(outcomesAt(at)[0]).toBe("already");
    tracking.undo(at.product.userId, again.undoToken);
    await at.deliver();
    expect(at.onServer("Attic", 1, 1)).toBe(true);
  });

  test("is no further view where the server has it watched", async () => {
    const at = await settled({ servers: ["Attic"] });
    const [item] = at.items("Attic", 1, 5);
    if (item === undefined) throw new Error("no item");
    at.world.markWatched(at.anna, item, {});
    mark(at, 1, 5);
    await at.deliver();
    expect(at.world.viewOf(at.anna, item)?.viewCount).toBe(1);
    expect(outcomesAt(at)).toEqual(["already"]);
  });

  test("that finds it watched there gives way to an unmark before the next reading", async () => {
    const at = await settled({ unmarks: "follow" });
    const [item] = at.items("Attic", 1, 5);
    if (item === undefined) throw new Error("no item");
    mark(at, 1, 5);
    at.clock.advance(60_000);
    at.world.play(at.anna, item);
    await at.deliver();
    at.clock.advance(60_000);
    at.world.unmark(at.anna, item);
    await at.product.sync(attic(at), { full: true });
    await at.deliver();
    expect([at.here(1, 5), at.onServer("Attic", 1, 5), at.onServer("Cellar", 1, 5)]).toEqual([false, false, false]);
  });

  test("waits while it is being watched there", async () => {
    const at = await settled({ servers: ["Attic"] });
    const [item] = at.items("Attic", 1, 5);
    if (item === undefined) throw new Error("no item");
    at.world.partial(at.anna, item, { offsetMs: 600_000 });
    mark(at, 1, 5);
    await at.deliver();
    expect(at.marksSent()).toBe(0);
    expect(waitingAt(at)).toMatchObject([{ attempts: 0, lastError: null }]);
    await at.deliver(5 * 3_600_000);
    expect(at.onServer("Attic", 1, 5)).toBe(true);
  });

  test("survives a real viewing in the same minute, which is a play", async () => {
    const at = await settled({ servers: ["Attic"] });
    at.product.app.tracking.markEpisode(at.product.userId, at.episode(1, 5), at.clock.now() - 90 * DAY);
    await at.deliver();
    const [item] = at.items("Attic", 1, 5);
    if (item === undefined) throw new Error("no item");
    at.clock.advance(30_000);
    at.world.markWatched(at.anna, item, {});
    expect(await at.product.sync(attic(at))).toMatchObject({ watchesAdded: 1 });
    expect(at.plays(1, 5)).toBe(2);
  });

  test.each([5, -5])(
    "is known again on a server whose clock is %p minutes off, and that writes rows for marks",
    async (minutes) => {
      const at = await settled();
      for (const server of Object.values(at.servers)) {
        at.world.setQuirks(server, { clockSkewMs: minutes * 60_000, scrobbleWritesHistory: true });
      }
      at.product.app.tracking.markEpisode(at.product.userId, at.episode(1, 5), at.clock.now() - 90 * DAY);
      await at.deliver();
      expect(at.marksSent()).toBe(2);
      for (const full of [false, true]) {
        for (const each of Object.values(at.integrations)) {
          expect(await at.product.sync(each, { full })).toMatchObject({ watchesAdded: 0 });
        }
      }
      unmark(at, 1, 5);
      await at.deliver();
      for (const each of Object.values(at.integrations)) {
        expect(await at.product.sync(each, { full: true })).toMatchObject({ watchesAdded: 0 });
      }
      expect([at.here(1, 5), at.onServer("Attic", 1, 5), at.onServer("Cellar", 1, 5)]).toEqual([false, false, false]);
    },
  );

  test("whose answer got lost is not sent twice", async () => {
    const at = await settled({ servers: ["Attic"] });
    at.sims.faults.add({ service: "plex-server", path: /scrobble/, effect: { kind: "cut" }, times: 1 });
    mark(at, 1, 5);
    await at.deliver();
    const [item] = at.items("Attic", 1, 5);
    if (item === undefined) throw new Error("no item");
    await at.deliver(60_000);
    await at.deliver(600_000);
    expect(at.onServer("Attic", 1, 5)).toBe(true);
    expect(at.world.viewOf(at.anna, item)?.viewCount).toBe(1);
    expect(await at.product.sync(attic(at), { full: true })).toMatchObject({ watchesAdded: 0 });
  });
});

describe("an unmark made here", () => {
  test("reaches every server, also those that showed the viewing first", async () => {
    const at = await settled();
    expect(at.onServer("Attic", 1, 1)).toBe(true);
    unmark(at, 1, 1);
    await at.deliver();
    expect([at.onServer("Attic", 1, 1), at.onServer("Cellar", 1, 1)]).toEqual([false, false]);
    for (const each of Object.values(at.integrations)) {
      expect(await at.product.sync(each, { full: true })).toMatchObject({ watchesAdded: 0 });
    }
    expect(at.here(1, 1)).toBe(false);
  });

  test("gives way to a viewing that came after it", async () => {
    const at = await settled({ servers: ["Attic"] });
    const [item] = at.items("Attic", 1, 1);
    if (item === undefined) throw new Error("no item");
    unmark(at, 1, 1);
    at.clock.advance(600_000);
    at.world.play(at.anna, item);
    await at.deliver();
    expect(outcomesAt(at)).toEqual(["newer"]);
    await at.product.sync(attic(at));
    expect([at.here(1, 1), at.onServer("Attic", 1, 1), at.plays(1, 1)]).toEqual([true, true, 1]);
  });

  test("and a viewing in the same minute: the viewing stays", async () => {
    const at = await settled({ servers: ["Attic"] });
    const [item] = at.items("Attic", 1, 1);
    if (item === undefined) throw new Error("no item");
    at.world.play(at.anna, item);
    at.clock.advance(20_000);
    unmark(at, 1, 1);
    await at.deliver();
    await at.product.sync(attic(at), { full: true });
    expect([at.here(1, 1), at.onServer("Attic", 1, 1)]).toEqual([true, true]);
  });

  test("and a mark that follows a viewing within the hour: the viewing was unmarked, the mark stays", async () => {
    const at = await settled({ unmarks: "follow" });
    const [item] = at.items("Attic", 1, 5);
    if (item === undefined) throw new Error("no item");
    at.world.play(at.anna, item);
    await at.product.sync(attic(at));
    at.clock.advance(300_000);
    unmark(at, 1, 5);
    at.clock.advance(1_200_000);
    at.world.markWatched(at.anna, item, {});
    await at.deliver();
    await at.product.sync(attic(at), { full: true });
    await at.deliver();
    expect([at.here(1, 5), at.onServer("Attic", 1, 5), at.onServer("Cellar", 1, 5)]).toEqual([true, true, true]);
  });
});

describe("between two servers", () => {
  test("a viewing on one reaches the other through the tracker, and stays one play", async () => {
    const at = await settled();
    const [item] = at.items("Attic", 2, 3);
    if (item === undefined) throw new Error("no item");
    at.world.play(at.anna, item);
    await at.product.sync(attic(at));
    await at.deliver();
    expect(at.onServer("Cellar", 2, 3)).toBe(true);
    expect(at.marksSent()).toBe(1);
    for (const each of Object.values(at.integrations)) await at.product.sync(each, { full: true });
    await at.deliver();
    expect(at.plays(2, 3)).toBe(1);
    expect(at.marksSent()).toBe(1);
  });

  test("an unmark on one takes the mark from the other, when the user wants to follow", async () => {
    const at = await settled({ unmarks: "follow" });
    mark(at, 2, 3);
    await at.deliver();
    const [item] = at.items("Attic", 2, 3);
    if (item === undefined) throw new Error("no item");
    at.clock.advance(600_000);
    at.world.unmark(at.anna, item);
    const log = await at.product.sync(attic(at), { full: true });
    expect(log).toMatchObject({ watchesRemoved: 1 });
    await at.deliver();
    expect([at.here(2, 3), at.onServer("Cellar", 2, 3)]).toEqual([false, false]);
    // Undone, the mark is back here and where it was taken away for it.
    at.product.app.sync.undo(at.product.userId, log.id);
    await at.deliver();
    expect([at.here(2, 3), at.onServer("Cellar", 2, 3), at.onServer("Attic", 2, 3)]).toEqual([true, true, false]);
  });

  test("an unmark that is ignored is not answered with a mark", async () => {
    const at = await settled();
    const [item] = at.items("Attic", 1, 1);
    if (item === undefined) throw new Error("no item");
    at.world.unmark(at.anna, item);
    await at.product.sync(attic(at), { full: true });
    await at.deliver();
    expect([at.here(1, 1), at.onServer("Attic", 1, 1), at.marksSent()]).toEqual([true, false, 0]);
  });

  test("a viewing entered here after the last look at the server outlives an unmark there", async () => {
    const at = await settled({ unmarks: "follow", servers: ["Attic"] });
    const [item] = at.items("Attic", 1, 1);
    if (item === undefined) throw new Error("no item");
    at.clock.advance(600_000);
    at.world.unmark(at.anna, item);
    at.product.app.tracking.addPlay(at.product.userId, at.episode(1, 1));
    await at.product.sync(attic(at), { full: true });
    await at.deliver();
    expect([at.here(1, 1), at.onServer("Attic", 1, 1)]).toEqual([true, true]);
  });

  test("undoing a sync takes back from the other server what it had got for it", async () => {
    const at = await settled();
    const [item] = at.items("Attic", 2, 3);
    if (item === undefined) throw new Error("no item");
    at.world.play(at.anna, item);
    const log = await at.product.sync(attic(at));
    await at.deliver();
    at.product.app.sync.undo(at.product.userId, log.id);
    await at.deliver();
    expect([at.onServer("Attic", 2, 3), at.onServer("Cellar", 2, 3), at.here(2, 3)]).toEqual([true, false, false]);
  });
});

describe("a server that is away", () => {
  test("gets it when it is back, after a restart too; until then it is told what waits", async () => {
    const at = await settled({ servers: ["Attic"] });
    const down = at.sims.faults.add({ service: "plex-server", effect: { kind: "status", status: 503 } });
    mark(at, 1, 4);
    await at.deliver();
    const [waiting] = waitingAt(at);
    expect(waiting).toMatchObject({ attempts: 1, wanted: "watched" });
    expect(waiting?.lastError).toContain("Attic");
    expect(waiting?.nextAt).toBeGreaterThan(at.clock.now());
    await at.product.restart();
    await at.deliver(DAY);
    expect(waitingAt(at)).toMatchObject([{ attempts: 2 }]);
    at.sims.faults.remove(down);
    await at.deliver(DAY);
    expect([at.onServer("Attic", 1, 4), waitingAt(at).length]).toEqual([true, 0]);
  });

  test("an episode that is gone from it is let go, with the reason", async () => {
    const at = await settled({ servers: ["Attic"] });
    mark(at, 1, 4);
    for (const item of at.items("Attic", 1, 4)) at.world.deleteItem(item);
    await at.deliver();
    expect([waitingAt(at), outcomesAt(at)]).toEqual([[], ["gone"]]);
  });

  test("the user may give up on one or on all", async () => {
    const at = await settled({ servers: ["Attic"] });
    const { push } = at.product.app;
    const { userId } = at.product;
    for (const number of [3, 4, 5]) mark(at, 1, number);
    expect(push.giveUp(userId, attic(at).id, at.episode(1, 3))).toBe(1);
    expect(() => push.giveUp(userId, attic(at).id, at.episode(1, 3))).toThrow();
    expect(push.giveUp(userId, attic(at).id)).toBe(2);
    await at.deliver();
    expect([at.marksSent(), waitingAt(at).length]).toEqual([0, 0]);
  });
});

describe("the guard", () => {
  test("a lot at once waits for one press; taken back meanwhile, it is gone", async () => {
    const at = await settled({ servers: ["Attic"], seasons: [30, 30] });
    const { tracking, push } = at.product.app;
    const { userId } = at.product;
    const { undoToken } = tracking.undoable(userId, () => tracking.markShow(userId, at.showId()));
    await at.deliver();
    expect(at.marksSent()).toBe(0);
    expect(push.counts(userId, attic(at).id)).toEqual({ waiting: 58, heldMarks: 58, heldUnmarks: 0 });
    tracking.undo(userId, undoToken);
    expect(push.counts(userId, attic(at).id).waiting).toBe(0);
    tracking.markShow(userId, at.showId());
    await at.deliver();
    mark(at, 1, 1);
    unmark(at, 1, 1);
    await at.deliver();
    expect(at.marksSent()).toBe(1);
    expect(push.release(userId, attic(at).id)).toBe(58);
    await at.deliver(0);
    expect(at.marksSent()).toBe(59);
    expect(await at.product.sync(attic(at), { full: true })).toMatchObject({ watchesAdded: 0 });
  });

  test("a show taken out of the library asks before anything is unmarked", async () => {
    const at = await settled({ servers: ["Attic"] });
    const { tracking, push } = at.product.app;
    tracking.removeShow(at.product.userId, at.showId());
    await at.deliver(DAY);
    expect(push.counts(at.product.userId, attic(at).id)).toMatchObject({ heldUnmarks: 2 });
    expect(at.marksSent()).toBe(0);
  });
});

describe("switching it on", () => {
  test("changes nothing before the plan was agreed to, and only what was", async () => {
    const at = await settled({ servers: ["Attic"] });
    const { integrations, push } = at.product.app;
    const { userId } = at.product;
    integrations.update(userId, attic(at).id, { twoWay: false });
    mark(at, 1, 4);
    unmark(at, 1, 1);
    integrations.update(userId, attic(at).id, { twoWay: true });
    mark(at, 1, 5);
    await at.deliver(DAY);
    expect(at.marksSent()).toBe(0);
    const plan = push.preview(userId, attic(at).id);
    expect(plan).toMatchObject({ marks: 2, unmarks: 1, shows: [{ title: "Harbour Lights", marks: 2, unmarks: 1 }] });
    mark(at, 1, 6);
    const refused = () =>
      push.confirm(userId, attic(at).id, { fingerprint: plan.fingerprint, marks: true, unmarks: true });
    expect(refused).toThrow("something else by now");
    const { fingerprint } = push.preview(userId, attic(at).id);
    expect(push.confirm(userId, attic(at).id, { fingerprint, marks: true, unmarks: false })).toBe(3);
    await at.deliver();
    expect([4, 5, 6].map((number) => at.onServer("Attic", 1, number))).toEqual([true, true, true]);
    expect(at.onServer("Attic", 1, 1)).toBe(true);
    expect(await at.product.sync(attic(at), { full: true })).toMatchObject({ watchesAdded: 0 });
    expect(push.preview(userId, attic(at).id)).toMatchObject({ marks: 0, unmarks: 1 });
  });

  test("switched off, and on again, it asks anew", async () => {
    const at = await settled({ servers: ["Attic"] });
    const { integrations, push } = at.product.app;
    mark(at, 1, 4);
    integrations.update(at.product.userId, attic(at).id, { twoWay: false });
    integrations.update(at.product.userId, attic(at).id, { twoWay: true });
    expect(integrations.get(at.product.userId, attic(at).id)).toMatchObject({ twoWay: true, twoWaySince: null });
    await at.deliver(DAY);
    expect(at.marksSent()).toBe(0);
    expect(push.preview(at.product.userId, attic(at).id).marks).toBe(1);
  });

  test("another user's server is not there", async () => {
    const at = await settled({ servers: ["Attic"] });
    const ben = await at.product.addUser("ben");
    let error: unknown;
    try {
      at.product.app.push.preview(ben, attic(at).id);
    } catch (thrown) {
      error = thrown;
    }
    expect(hasCode(error, "not-found")).toBe(true);
  });
});
