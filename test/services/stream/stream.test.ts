import { afterEach, describe, expect, test } from "bun:test";
import { createLog } from "../../../src/kernel/log.ts";
import { createStream } from "../../../src/services/stream/service.ts";
import type { PlexItem } from "../../simulators/plex-world.ts";
import { playsOfUser } from "../../support/product.ts";
import { until } from "../../support/until.ts";
import { type HandClock, handClock, type Rig, type RigOptions, rig } from "./rig.ts";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function stage(options: RigOptions = {}): Promise<Rig> {
  const made = await rig(options);
  open.push(made);
  return made;
}

const MINUTE = 60_000;
const last = (item: PlexItem) => (item.durationMs ?? 0) * 0.95;
const aDay = async (clock: HandClock) => {
  for (let hour = 0; hour < 24; hour += 1) {
    clock.advance(60 * MINUTE);
    await Bun.sleep(1);
  }
};

describe("what is watched becomes a play by itself", () => {
  test.each(["event stream", "WebSocket"])("over the %s, once, with a log of its own", async (way) => {
    const at = await stage();
    at.world.setQuirks(at.server.state, { noEventStream: way === "WebSocket" });
    at.server.notifications.dropAll();
    await until(() => at.listeners() === 1);
    const before = at.plays();
    const [item] = at.watched(false);
    const viewer = at.watch({ item: item!, everyMs: 10, speed: 30_000, fromMs: last(item!) - 10 * MINUTE });
    await viewer.ended;
    await until(() => at.plays() === before + 1, "the play");
    await until(() => at.logs().every(({ status }) => status !== "running"));
    expect(at.logs()[0]).toMatchObject({ trigger: "stream", status: "success", watchesAdded: 1, mode: "incremental" });
    const plays = playsOfUser(at.product);
    expect((await at.product.sync(at.integration, { full: true })).watchesAdded).toBe(0);
    expect(playsOfUser(at.product)).toEqual(plays);
  });

  test("when the server counts it late, it is looked at again", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    const before = at.plays();
    const [item] = at.watched(false);
    const viewer = at.watch({ item: item!, fromMs: last(item!) });
    await until(() => at.now().length === 1);
    viewer.stop();
    await until(() => at.looked(item!) >= 1 && clock.sleeping().includes(5_000));
    at.world.play(at.me, item!);
    expect(at.plays()).toBe(before);
    clock.advance(5_000);
    await until(() => at.plays() === before + 1, "the play");
  });

  test("one that was left in the middle is looked at once and is no play", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    const before = at.plays();
    const [item] = at.watched(false);
    const viewer = at.watch({ item: item!, fromMs: 5 * MINUTE });
    await until(() => at.now().length === 1);
    viewer.stop();
    await until(() => at.looked(item!) === 1 && at.now().length === 0);
    clock.advance(2 * MINUTE);
    await Bun.sleep(20);
    expect([at.looked(item!), at.plays()]).toEqual([1, before]);
  });

  test("a mark by hand is noticed; an unmark too, and followed when the user says so", async () => {
    for (const unmarks of ["ignore", "follow"] as const) {
      const at = await stage();
      at.integrations.update(at.product.userId, at.integration.id, { unmarks });
      const before = at.plays();
      const [item] = at.watched(false);
      at.world.markWatched(at.me, item!);
      at.server.notifications.itemsChanged(item!, 1);
      await until(() => at.plays() === before + 1, "the mark");
      const looked = at.looked(item!);
      at.world.unmark(at.me, item!);
      at.server.notifications.itemsChanged(item!, 1);
      await until(() => at.looked(item!) > looked);
      if (unmarks === "follow") await until(() => at.plays() === before, "the unmark");
      else expect(at.plays()).toBe(before + 1);
    }
  });

  test("a season marked as a whole is read by a run, not episode by episode", async () => {
    const at = await stage();
    const season = at.watched(false)[0]!.parent!;
    const unseen = season.children.filter((item) => at.watched(false).includes(item)).length;
    const before = at.plays();
    at.world.markWatched(at.me, season);
    at.server.notifications.itemsChanged(season, 1);
    await until(() => at.plays() >= before + unseen, "the marks");
    expect(at.runs()).toBeGreaterThan(0);
    for (const episode of season.children) expect(at.looked(episode)).toBe(0);
  });

  test("a guest's own plays are told with the guest's token, the owner's not at all", async () => {
    const at = await stage({ as: "guest" });
    const before = at.plays();
    const [one, two] = at.watched(false);
    at.watch({ item: two!, account: at.someone, fromMs: last(two!) }).stop();
    const mine = at.watch({ item: one!, fromMs: last(one!) });
    await until(() => at.now().length === 1);
    expect(at.now()[0]).toMatchObject({ itemId: one!.ratingKey, durationMs: one!.durationMs, player: null });
    at.world.play(at.me, one!);
    mine.stop();
    await until(() => at.plays() === before + 1, "the play");
    expect(at.asked(/^\/status\/sessions\?/)).toBe(0);
    expect(at.looked(two!)).toBe(0);
  });
});

describe("what is being watched right now", () => {
  test("is shown while it plays, with pauses, and is gone when it stops", async () => {
    const at = await stage();
    const heard: string[] = [];
    at.product.app.deps.bus.subscribe((name) => name === "watching.changed" && heard.push(name));
    const [item] = at.watched(false);
    const viewer = at.watch({ item: item!, fromMs: 3 * MINUTE, player: "Kitchen" });
    await until(() => at.now().length === 1, "the session");
    expect(at.now()[0]).toMatchObject({
      integrationId: at.integration.id,
      serverName: at.server.state.name,
      showTitle: item!.show?.title ?? "",
      season: item!.parent?.index ?? null,
      number: item!.index,
      title: item!.title,
      state: "playing",
      durationMs: item!.durationMs,
      player: "Kitchen",
    });
    expect(at.now()[0]!.positionMs).toBeGreaterThanOrEqual(3 * MINUTE);
    viewer.pause();
    await until(() => at.now()[0]?.state === "paused", "the pause");
    expect(at.now()[0]!.positionMs).toBe(3 * MINUTE);
    viewer.resume();
    await until(() => at.now()[0]?.state === "playing");
    viewer.stop();
    await until(() => at.now().length === 0, "its end");
    // Begun, paused, resumed, stopped.
    expect(heard).toHaveLength(4);
  });

  test("progress is told every ten seconds at most, however often it comes", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    const heard: string[] = [];
    at.product.app.deps.bus.subscribe((name) => name === "watching.changed" && heard.push(name));
    const viewer = at.watch({ item: at.watched(false)[0]!, everyMs: 2, speed: 1, fromMs: 1_000 });
    await until(() => at.now().length === 1);
    const told = heard.length;
    await until(() => (at.now()[0]?.positionMs ?? 0) > 1_020);
    expect(heard.length).toBe(told);
    clock.advance(10_000);
    await until(() => heard.length === told + 1);
    viewer.stop();
  });

  test("belongs to the account: others', films' and unwanted libraries' never show", async () => {
    const at = await stage();
    const [item, other] = at.watched(false);
    const films = at.world.addLibrary(at.server.state, { title: "Films", type: "movie" });
    const off = at.watched(false).find(({ library }) => library !== item!.library);
    const libraries = [item!.library.key];
    at.integrations.update(at.product.userId, at.integration.id, { libraries });
    at.watch({ item: other!, account: at.someone, fromMs: last(other!) });
    at.watch({ item: at.world.addOther(films, { title: "A Film" }) });
    if (off !== undefined) at.watch({ item: off });
    await until(() => at.asked(/^\/status\/sessions\?/) > 1);
    at.watch({ item: item! });
    await Bun.sleep(2_050);
    at.watch({ item: item! });
    await until(() => at.now().length > 0, "the own session");
    expect(new Set(at.now().map(({ itemId }) => itemId))).toEqual(new Set([item!.ratingKey]));
  });

  test("two people of one household on one server see and keep their own only", async () => {
    const at = await stage();
    const ben = await at.product.addUser("ben");
    const his = await at.product.connect(at.someone, at.server.state.name, ben);
    await at.product.sync(his);
    await until(() => at.stream.state(Number(his.id)).state === "live" && at.listeners() === 2, "his connection");
    const item = at.watched(false).find((each) => (at.world.viewOf(at.someone, each)?.viewCount ?? 0) === 0)!;
    const before = [playsOfUser(at.product).length, playsOfUser(at.product, ben).length];
    const viewer = at.watch({ item, account: at.someone, fromMs: last(item) });
    await until(() => at.stream.nowWatching(ben).length === 1, "his session");
    expect(at.now()).toEqual([]);
    at.world.play(at.someone, item);
    viewer.stop();
    await until(() => playsOfUser(at.product, ben).length === before[1]! + 1, "his play");
    expect(playsOfUser(at.product)).toHaveLength(before[0]!);
    expect(at.stream.nowWatching(ben)).toEqual([]);
  });

  test("works for an episode that no sync has brought", async () => {
    const at = await stage({ synced: false });
    at.watch({ item: at.episodes[0]! });
    await until(() => at.now().length === 1);
    expect(at.now()[0]!.title).toBe(at.episodes[0]!.title);
  });

  test("a refusal of a starting server is not remembered: it is asked again without further news", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    const began = clock.now();
    await until(() => at.asked(/^\/status\/sessions\?/) === 1);
    at.sims.faults.add({
      service: "plex-server",
      path: /^\/status\/sessions\?/,
      effect: { kind: "status", status: 503 },
    });
    at.watch({ item: at.watched(false)[0]! });
    await until(() => at.asked(/^\/status\/sessions\?/) >= 2);
    expect(at.now()).toEqual([]);
    at.sims.faults.clear();
    // The question's own repetitions wait, too.
    while (at.now().length === 0 && clock.now() < began + 60_000) {
      clock.advance(3_000);
      await Bun.sleep(10);
    }
    await until(() => at.now().length === 1, "the session");
  });

  test("ends after five minutes of silence, and is looked at as if it had been stopped", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    const before = at.plays();
    const [item] = at.watched(false);
    const viewer = at.watch({ item: item!, fromMs: last(item!) });
    await until(() => at.now().length === 1);
    at.world.play(at.me, item!);
    viewer.stop({ silently: true });
    for (let minute = 0; minute < 4; minute += 1) clock.advance(MINUTE);
    await Bun.sleep(5);
    expect(at.now()).toHaveLength(1);
    for (let step = 0; step < 8; step += 1) {
      clock.advance(30_000);
      await Bun.sleep(3);
    }
    await until(() => at.now().length === 0 && at.plays() === before + 1, "its end");
  });

  test("what began before the connection is there with it, what ended meanwhile is not", async () => {
    const at = await stage();
    const [one, two] = at.watched(false);
    const first = at.watch({ item: one! });
    await until(() => at.now().length === 1);
    first.stop({ silently: true });
    at.server.state.sessions.push({
      key: "77",
      account: at.me,
      item: two!,
      offsetMs: 60_000,
      state: "paused",
      player: "Attic room",
    });
    at.server.notifications.dropAll();
    await until(() => at.now()[0]?.itemId === two!.ratingKey, "the other session");
    expect(at.now()).toHaveLength(1);
    expect(at.now()[0]).toMatchObject({ state: "paused", player: "Attic room", positionMs: 60_000 });
  });

  test("is not shown while its server is away for long, and is there again with it", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    const [item] = at.watched(false);
    at.watch({ item: item! });
    await until(() => at.now().length === 1);
    const told: string[] = [];
    at.product.app.deps.bus.subscribe((name) => name === "watching.changed" && told.push(name));
    at.sims.faults.add({ service: "plex-server", path: /notifications/, effect: { kind: "status", status: 503 } });
    at.server.notifications.dropAll();
    const msToNextTry = () => {
      const state = at.stream.state(at.id);
      return state.state === "reconnecting" ? state.nextTryAt - clock.now() : 0;
    };
    const tryAgain = async () => {
      await until(() => msToNextTry() > 0, "the wait for another try");
      clock.advance(msToNextTry());
    };
    await tryAgain();
    await until(() => msToNextTry() > 0, "the wait after a short break");
    expect(at.now()).toHaveLength(1);
    expect(told).toEqual([]);
    while (at.now().length > 0) await tryAgain();
    await until(() => told.length > 0, "the word that it is gone");

    at.sims.faults.clear();
    told.length = 0;
    await tryAgain();
    await at.live();
    expect(at.now()).toMatchObject([{ itemId: item!.ratingKey }]);
    expect(told).not.toEqual([]);
  });
});

describe("the connection", () => {
  test("is one for each integration in use, closed when it is not, and never two", async () => {
    const at = await stage();
    const most: number[] = [];
    const watching = setInterval(() => most.push(at.listeners()), 1);
    const settings = (enabled: boolean) => at.integrations.update(at.product.userId, at.integration.id, { enabled });
    expect(at.listeners()).toBe(1);
    settings(false);
    expect(at.stream.state(at.id)).toEqual({ state: "off" });
    await until(() => at.listeners() === 0, "its end");
    for (const enabled of [true, false, true, false, true]) settings(enabled);
    await at.live();
    // A renewed token.
    await at.product.connect(at.me, at.server.state.name);
    await at.live();
    await until(() => at.listeners() === 1);
    expect(at.asked(/eventsource/)).toBeGreaterThanOrEqual(3);
    await at.integrations.disconnect(at.product.userId, at.integration.id);
    await until(() => at.listeners() === 0, "its end");
    clearInterval(watching);
    expect(Math.max(...most)).toBe(1);
  });

  test("is not made while the stored sign-ins cannot be opened", async () => {
    const at = await stage();
    const options = { integrations: at.integrations, sync: at.sync, canListen: () => false };
    const second = createStream(at.product.app.deps, options);
    second.start();
    expect(second.state(at.id)).toEqual({ state: "off" });
    await second.stop();
    expect(at.listeners()).toBe(1);
  });

  test("waits for a login, and comes back with it", async () => {
    const at = await stage();
    const { db } = at.product.app.deps;
    db.raw.run("UPDATE integrations SET status = 'needs-login'");
    at.product.app.deps.bus.publish("integration.changed", { integrationId: at.id, userId: at.product.userId });
    await until(() => at.listeners() === 0, "its end");
    await at.product.connect(at.me, at.server.state.name);
    await at.live();
    await until(() => at.listeners() === 1);
  });

  test("is tried again after 1, 2, 4 … 60 seconds, says so once, and leaves the status alone", async () => {
    const lines: { event: string; level: string }[] = [];
    const clock = handClock();
    const log = createLog({ clock, level: "info", format: "json", write: (line) => lines.push(JSON.parse(line)) });
    const at = await stage({ clock, log });
    at.sims.faults.add({ service: "plex-server", path: /notifications/, effect: { kind: "status", status: 503 } });
    at.server.notifications.dropAll();
    for (const expected of [1, 2, 4, 8, 16, 32, 60, 60]) {
      await until(() => at.stream.state(at.id).state === "reconnecting" && clock.sleeping().some((ms) => ms > 500));
      const state = at.stream.state(at.id);
      const waitMs = state.state === "reconnecting" ? state.nextTryAt - clock.now() : 0;
      expect(waitMs).toBeGreaterThanOrEqual(expected * 750);
      expect(waitMs).toBeLessThanOrEqual(expected * 1_000);
      const tries = at.asked(/notifications/);
      clock.advance(waitMs);
      await until(() => at.asked(/notifications/) > tries, "another try");
    }
    expect(at.integrations.get(at.product.userId, at.integration.id).status).toBe("ok");
    at.sims.faults.clear();
    await until(() => clock.sleeping().some((ms) => ms > 500));
    clock.advance(MINUTE);
    await at.live();
    const said = lines.filter(({ event }) => event.startsWith("stream."));
    expect(said.map(({ event, level }) => [event, level])).toEqual([
      ["stream.lost", "info"],
      ["stream.recovered", "info"],
    ]);
  });

  test("after a gap one run reads what was missed; after a blip none does", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    const outage = async (ms: number) => {
      at.sims.faults.add({ service: "plex-server", path: /notifications/, effect: { kind: "status", status: 503 } });
      at.server.notifications.dropAll();
      await until(() => at.stream.state(at.id).state === "reconnecting");
      at.sims.faults.clear();
      clock.advance(ms);
      await at.live();
      clock.advance(2_000);
      await Bun.sleep(30);
    };
    await outage(3_000);
    expect(at.runs()).toBe(0);
    const [item] = at.watched(false);
    const plays = at.plays();
    at.world.play(at.me, item!);
    await outage(20_000);
    await until(() => at.plays() === plays + 1, "the missed play");
    expect(at.runs()).toBe(1);
    expect(at.logs()[0]).toMatchObject({ trigger: "stream", mode: "incremental" });
  });

  test("a server that was left alone for a while is read when it is listened to again", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    const settings = (enabled: boolean) => at.integrations.update(at.product.userId, at.integration.id, { enabled });
    settings(false);
    clock.advance(10 * MINUTE);
    const before = at.plays();
    at.world.play(at.me, at.watched(false)[0]!);
    settings(true);
    await at.live();
    clock.advance(1_000);
    await until(() => at.plays() === before + 1, "the missed play");
    expect(at.runs()).toBe(1);
  });

  test("runs by itself only where automatic syncs are on and the user has begun", async () => {
    for (const how of ["never synced", "switched off"] as const) {
      const at = await stage({ synced: how !== "never synced" });
      if (how === "switched off") at.integrations.update(at.product.userId, at.integration.id, { autoSync: false });
      const before = at.plays();
      for (let round = 0; round < 3; round += 1) {
        at.server.notifications.scanned(at.episodes);
        await Bun.sleep(30);
      }
      expect([at.runs(), at.plays()]).toEqual([0, before]);
    }
  });

  test("is made anew every day", async () => {
    const clock = handClock();
    const at = await stage({ clock });
    await aDay(clock);
    at.watch({ item: at.episodes[0]! });
    await until(() => at.asked(/eventsource/) === 2, "another connection");
    await at.live();
    await until(() => at.listeners() === 1);
    expect(at.runs()).toBe(0);
  });

  test("ends with the program", async () => {
    const at = await stage();
    at.watch({ item: at.watched(false)[0]! });
    await until(() => at.now().length === 1);
    await at.stream.stop();
    expect(at.now()).toEqual([]);
    await until(() => at.listeners() === 0, "its end");
  });
});

describe("a scan of the library", () => {
  test("with hundreds of items is one run, and the next one waits its turn", async () => {
    const clock = handClock();
    const at = await stage({ clock, seed: 3 });
    const scan = () => {
      for (let round = 0; round < 10; round += 1) at.server.notifications.scanned(at.episodes);
    };
    expect(at.episodes.length * 2).toBeGreaterThan(100);
    const step = async (ms: number) => {
      await Bun.sleep(20);
      clock.advance(ms);
      await Bun.sleep(20);
    };
    scan();
    await step(1_000);
    scan();
    await step(1_000);
    scan();
    await step(1_000);
    await until(() => at.runs() === 1, "the run");
    expect(at.asked(/\/library\/metadata\//)).toBeLessThanOrEqual(1);
    scan();
    await step(2 * MINUTE);
    expect(at.runs()).toBe(1);
    await step(4 * MINUTE);
    await until(() => at.runs() === 2, "the second run");
  });
});
