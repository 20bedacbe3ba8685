import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  createFakeServer,
  type FakeHouse,
  type FakeServer,
  fakeHouse,
  MINUTE,
  RUNTIME,
  WAYS,
  type WayName,
} from "./fake-servers.ts";

const DAY = 86_400_000;
const T = Date.UTC(2026, 2, 1, 20);
const DONE = T + RUNTIME;

let house: FakeHouse;

beforeEach(() => {
  house = fakeHouse(T);
});

afterEach(async () => {
  await house.stop();
});

function connected(way: WayName, settings?: { unmarks: "follow" }): { server: FakeServer; id: number } {
  const server = createFakeServer("Attic", WAYS[way]);
  server.add("a", 1);
  return { server, id: house.connect(server, settings) };
}

/** A run at a given time; what it added. */
async function runAt(id: number, at: number, full = false): Promise<number> {
  house.setNow(at);
  const { status, watchesAdded, errors } = await house.run(id, { full });
  expect({ status, errors }).toEqual({ status: "success", errors: [] });
  return watchesAdded;
}

const rewatching: WayName[] = ["jellyfin 10", "jellyfin 12", "emby"];

describe.each(rewatching)("on %s", (way) => {
  test("a viewing is a play at its beginning, once", async () => {
    const { server, id } = connected(way);
    server.watch("a", T);
    expect(await runAt(id, DONE)).toBe(1);
    for (const full of [false, true]) expect(await runAt(id, DONE + DAY, full)).toBe(0);
    expect(await house.reread(id, "a")).toBe(0);
    expect(house.plays(1)).toEqual([T]);
  });

  test.each(["ignore", "follow"] as const)(
    "a rewatch takes nothing away while it lasts, and is one more play when it has ended (unmarks: %s)",
    async (unmarks) => {
      const server = createFakeServer("Attic", WAYS[way]);
      server.add("a", 1);
      const id = house.connect(server, { unmarks });
      server.watch("a", T);
      await runAt(id, DONE);
      const again = T + 30 * DAY;
      server.begin("a", again);
      house.setNow(again + MINUTE);
      expect(await house.reread(id, "a")).toBe(0);
      for (const full of [false, true, false]) expect(await runAt(id, again + 2 * MINUTE, full)).toBe(0);
      expect(house.plays(1)).toEqual([T]);
      server.end("a", again + RUNTIME);
      house.setNow(again + RUNTIME);
      expect(await house.reread(id, "a")).toBe(1);
      expect(await runAt(id, again + DAY, true)).toBe(0);
      expect(house.plays(1)).toEqual([T, again]);
    },
  );

  test("a rewatch that was broken off is no play, until it is watched to its end", async () => {
    const { server, id } = connected(way);
    server.watch("a", T);
    await runAt(id, DONE);
    const again = T + 30 * DAY;
    server.breakOff("a", again, 10 * MINUTE);
    for (const full of [false, true]) expect(await runAt(id, again + 5 * DAY, full)).toBe(0);
    server.watch("a", again + 6 * DAY);
    expect(await runAt(id, again + 7 * DAY)).toBe(1);
    expect(house.plays(1)).toEqual([T, again + 6 * DAY]);
  });

  describe("a rewatch that is left near its beginning, where the server keeps no place of it", () => {
    const again = T + 30 * DAY;

    test("is no play, then or later, once it was seen to be left", async () => {
      const { server, id } = connected(way);
      server.watch("a", T);
      await runAt(id, DONE);
      server.begin("a", again);
      house.setNow(again + MINUTE);
      expect(await house.reread(id, "a")).toBe(0);
      house.setNow(again + 2 * MINUTE);
      expect(await house.seenLeft(id, "a")).toBe(0);
      // Other news of the same end come before and after it.
      expect(await house.reread(id, "a")).toBe(0);
      for (const full of [false, true, false]) expect(await runAt(id, again + 5 * DAY, full)).toBe(0);
      expect(house.plays(1)).toEqual([T]);
      server.watch("a", again + 6 * DAY);
      expect(await runAt(id, again + 7 * DAY)).toBe(1);
      expect(house.plays(1)).toEqual([T, again + 6 * DAY]);
    });

    test("is one when it is taken up again and watched to its end", async () => {
      const { server, id } = connected(way);
      server.watch("a", T);
      await runAt(id, DONE);
      server.begin("a", again);
      house.setNow(again + MINUTE);
      await house.seenLeft(id, "a");
      server.watch("a", again + 5 * MINUTE);
      house.setNow(again + 5 * MINUTE + RUNTIME);
      expect(await house.reread(id, "a")).toBe(1);
      expect(house.plays(1)).toEqual([T, again + 5 * MINUTE]);
    });

    test("is taken for one that came to its end where nobody saw it, unless the mark has gone", async () => {
      const { server, id } = connected(way);
      server.watch("a", T);
      await runAt(id, DONE);
      server.begin("a", again);
      expect(await runAt(id, again + DAY)).toBe(way === "jellyfin 10" ? 0 : 1);
    });

    test("what was long enough to be watched is believed, whatever the news have missed", async () => {
      const { server, id } = connected(way);
      server.watch("a", T);
      await runAt(id, DONE);
      server.watch("a", again);
      house.setNow(again + RUNTIME);
      expect(await house.seenLeft(id, "a")).toBe(1);
      expect(house.plays(1)).toEqual([T, again]);
    });
  });

  test("a first viewing that is left near its beginning is no play, and one when it is watched", async () => {
    const { server, id } = connected(way);
    await runAt(id, T);
    server.begin("a", T);
    house.setNow(T + MINUTE);
    expect(await house.seenLeft(id, "a")).toBe(0);
    server.watch("a", T + DAY);
    expect(await runAt(id, T + 2 * DAY)).toBe(1);
    expect(house.plays(1)).toEqual([T + DAY]);
  });

  test("a first viewing that was broken off is no play, and leaves every run a quick one", async () => {
    const { server, id } = connected(way);
    server.breakOff("a", T, 10 * MINUTE);
    expect(await runAt(id, T + DAY)).toBe(0);
    expect(await runAt(id, T + 2 * DAY)).toBe(0);
    expect(server.listings()).toBe(1);
    server.watch("a", T + 3 * DAY);
    expect(await runAt(id, T + 4 * DAY)).toBe(1);
    expect(house.plays(1)).toEqual([T + 3 * DAY]);
  });

  test("a counter that has grown by two is one further play", async () => {
    const { server, id } = connected(way);
    server.watch("a", T);
    await runAt(id, DONE);
    server.watch("a", T + DAY);
    server.watch("a", T + 2 * DAY);
    expect(await runAt(id, T + 3 * DAY)).toBe(1);
    expect(house.plays(1)).toEqual([T, T + 2 * DAY]);
  });

  test("several views at the first sync are one play at the last", async () => {
    const { server, id } = connected(way);
    for (const days of [0, 1, 2]) server.watch("a", T + days * DAY);
    expect(await runAt(id, T + 9 * DAY)).toBe(1);
    expect(house.plays(1)).toEqual([T + 2 * DAY]);
  });

  test("a mark without a date is a play at an unknown time, which its date gives it later", async () => {
    const { server, id } = connected(way);
    server.mark("a", null);
    expect(await runAt(id, T)).toBe(1);
    expect(house.plays(1)).toEqual([null]);
    server.mark("a", T - DAY);
    expect(await runAt(id, T + MINUTE)).toBe(0);
    expect(house.plays(1)).toEqual([T - DAY]);
  });

  test("a mark that keeps the old date of a broken-off viewing is found, although no list of recent views shows it", async () => {
    const { server, id } = connected(way);
    server.breakOff("a", T - 300 * DAY, MINUTE);
    await runAt(id, T);
    server.mark("a", null);
    expect(await runAt(id, T + DAY)).toBe(1);
    expect(house.plays(1)).toEqual([T - 300 * DAY]);
  });

  test("watched again after it was unmarked is one more play, though the counter has begun again", async () => {
    const { server, id } = connected(way);
    server.watch("a", T);
    await runAt(id, DONE);
    server.unmark("a");
    expect(await runAt(id, T + DAY)).toBe(0);
    expect(house.plays(1)).toEqual([T]);
    server.watch("a", T + 2 * DAY);
    expect(await runAt(id, T + 3 * DAY)).toBe(1);
    for (const full of [false, true]) expect(await runAt(id, T + 4 * DAY, full)).toBe(0);
    expect(house.plays(1)).toEqual([T, T + 2 * DAY]);
  });

  test("an unmark that is followed takes the play away", async () => {
    const { server, id } = connected(way, { unmarks: "follow" });
    server.watch("a", T);
    await runAt(id, DONE);
    server.unmark("a");
    await runAt(id, T + DAY);
    expect(house.plays(1)).toEqual([]);
  });

  test("copies of an episode speak for themselves, at once or one by one", async () => {
    const { server, id } = connected(way);
    server.add("a4k", 1);
    server.watch("a", T);
    server.watch("a4k", T + 9 * DAY);
    expect(await runAt(id, T + 10 * DAY)).toBe(2);
    server.watch("a", T + 11 * DAY);
    expect(await runAt(id, T + 12 * DAY)).toBe(1);
    expect(await runAt(id, T + 13 * DAY, true)).toBe(0);
    expect(house.plays(1)).toEqual([T, T + 9 * DAY, T + 11 * DAY]);
  });

  test("copies that were marked together are one play", async () => {
    const { server, id } = connected(way);
    server.add("a4k", 1);
    server.mark("a", T);
    server.mark("a4k", T + MINUTE);
    expect(await runAt(id, T + DAY)).toBe(1);
  });

  test("a file that was replaced brings nothing twice, and is followed from then on", async () => {
    const { server, id } = connected(way, { unmarks: "follow" });
    server.watch("a", T);
    await runAt(id, DONE);
    server.add("b", 1);
    Object.assign(server.file("b"), { ...server.file("a"), itemId: "b" });
    server.remove("a");
    expect(await runAt(id, T + DAY, true)).toBe(0);
    server.watch("b", T + 2 * DAY);
    expect(await runAt(id, T + 3 * DAY)).toBe(1);
    expect(house.plays(1)).toEqual([T, T + 2 * DAY]);
    server.unmark("b");
    await runAt(id, T + 4 * DAY, true);
    expect(house.plays(1)).toEqual([]);
  });

  test("a file of two episodes is a play of each, and is counted as the one file it is", async () => {
    const { server, id } = connected(way);
    server.add("b", 2, 3);
    server.watch("b", T);
    expect(await runAt(id, DONE)).toBe(2);
    expect([house.plays(2), house.plays(3)]).toEqual([[T], [T]]);
    await runAt(id, T + DAY);
    expect(server.listings()).toBe(1);
    server.watch("b", T + 2 * DAY);
    house.setNow(T + 3 * DAY);
    expect(await house.reread(id, "b")).toBe(2);
    expect(house.sync.list(house.userId, { limit: 1 })[0]).toMatchObject({ episodesSynced: 2, showsSynced: 1 });
    server.remove("b");
    expect(await runAt(id, T + 4 * DAY, true)).toBe(0);
    expect(house.plays(3)).toEqual([T, T + 2 * DAY]);
  });
});

test("a run does not read everything each time because somebody has begun to watch again", async () => {
  const { server, id } = connected("jellyfin 10");
  server.add("b", 2);
  server.watch("a", T);
  server.watch("b", T);
  await runAt(id, DONE);
  server.begin("a", T + 60 * DAY);
  for (const days of [60, 64, 70, 90]) await runAt(id, T + days * DAY + MINUTE);
  expect(server.listings()).toBeLessThanOrEqual(2);
  expect(house.plays(1)).toEqual([T]);
});
