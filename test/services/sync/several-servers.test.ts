import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
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

let house: FakeHouse;

beforeEach(() => {
  house = fakeHouse(T);
});

afterEach(async () => {
  await house.stop();
});

type Connected = { server: FakeServer; id: number };

function connect(way: WayName, name: string, settings?: { unmarks: "follow" }): Connected {
  const server = createFakeServer(name, WAYS[way]);
  for (const number of [1, 2, 3]) server.add(`${name}-${number}`, number);
  return { server, id: house.connect(server, settings) };
}

const watchedBy = ({ server }: Connected, number: number, from: number): void =>
  server.watch(`${server.name}-${number}`, from);

async function runAt({ id }: Connected, at: number, full = false): Promise<number> {
  house.setNow(at);
  const { status, watchesAdded } = await house.run(id, { full });
  expect(status).toBe("success");
  return watchesAdded;
}

const pairs: [WayName, WayName][] = [
  ["plex", "jellyfin 10"],
  ["plex guest", "jellyfin 12"],
  ["jellyfin 12", "emby"],
  ["plex", "plex guest"],
];

describe.each([...pairs, ...pairs.map(([one, other]): [WayName, WayName] => [other, one])])(
  "%s first, then %s",
  (one, other) => {
    test("one viewing is one play, by syncs, rereads and once more", async () => {
      const first = connect(one, "Attic");
      const second = connect(other, "Barn");
      for (const each of [first, second]) watchedBy(each, 1, T);
      expect(await runAt(first, T + 2 * RUNTIME)).toBe(1);
      expect(await runAt(second, T + 2 * RUNTIME)).toBe(0);
      for (const each of [first, second]) watchedBy(each, 1, T + DAY);
      house.setNow(T + DAY + 2 * RUNTIME);
      expect(await house.reread(second.id, "Barn-1")).toBe(1);
      expect(await house.reread(first.id, "Attic-1")).toBe(0);
      for (const each of [first, second, first])
        for (const full of [true, false]) expect(await runAt(each, T + 3 * DAY, full)).toBe(0);
      expect(house.plays(1)).toHaveLength(2);
    });

    test("what only one of them saw is a play beside the others", async () => {
      const first = connect(one, "Attic");
      const second = connect(other, "Barn");
      for (const each of [first, second]) watchedBy(each, 1, T);
      await runAt(first, T + DAY);
      await runAt(second, T + DAY);
      watchedBy(second, 1, T + 2 * DAY);
      expect(await runAt(second, T + 3 * DAY)).toBe(1);
      watchedBy(first, 1, T + 4 * DAY);
      expect(await runAt(first, T + 5 * DAY)).toBe(1);
      expect(house.plays(1)).toHaveLength(3);
    });

    test("an unmark that is followed on one takes its plays and leaves the other's", async () => {
      const first = connect(one, "Attic", { unmarks: "follow" });
      const second = connect(other, "Barn");
      watchedBy(first, 1, T);
      watchedBy(second, 1, T + 9 * DAY);
      await runAt(first, T + 10 * DAY);
      await runAt(second, T + 10 * DAY);
      const own = house.plays(1).at(-1);
      first.server.unmark("Attic-1");
      await runAt(first, T + 11 * DAY, true);
      await runAt(second, T + 12 * DAY, true);
      expect(house.plays(1)).toEqual([own ?? null]);
    });

    test("an unmark that is followed on one leaves the viewing that the other has seen as well", async () => {
      const first = connect(one, "Attic", { unmarks: "follow" });
      const second = connect(other, "Barn");
      for (const each of [first, second]) watchedBy(each, 1, T);
      await runAt(first, T + DAY);
      await runAt(second, T + DAY);
      first.server.unmark("Attic-1");
      await runAt(first, T + 2 * DAY, true);
      await runAt(second, T + 3 * DAY);
      expect(house.plays(1)).toHaveLength(1);
      await runAt(first, T + 4 * DAY, true);
      expect(house.plays(1)).toHaveLength(1);
    });

    test("undoing a run of one leaves the viewing that the other has seen as well", async () => {
      const first = connect(one, "Attic");
      const second = connect(other, "Barn");
      for (const each of [first, second]) watchedBy(each, 1, T);
      await runAt(first, T + DAY);
      await runAt(second, T + DAY);
      const [, run] = house.sync.list(house.userId, { limit: 2 });
      house.sync.undo(house.userId, run?.id ?? "");
      expect(house.plays(1)).toEqual([]);
      expect(await runAt(first, T + 2 * DAY, true)).toBe(0);
      expect(await runAt(second, T + 2 * DAY)).toBe(1);
      expect(house.plays(1)).toHaveLength(1);
    });

    test("a viewing of the one stays when the server is gone, and is none of the other's a second time", async () => {
      const first = connect(one, "Attic");
      const second = connect(other, "Barn");
      for (const each of [first, second]) watchedBy(each, 1, T);
      await runAt(first, T + DAY);
      house.db.raw.run("DELETE FROM integrations WHERE id = ?", [first.id]);
      expect(await runAt(second, T + DAY)).toBe(0);
      expect(house.plays(1)).toHaveLength(1);
    });
  },
);

describe.each<WayName>(["jellyfin 10", "jellyfin 12", "emby"])("a file of three episodes on a %s", (way) => {
  /** Beside it another server that has each of them by itself; both tell of an evening with all three. */
  function evening(other: WayName) {
    const attic = createFakeServer("Attic", WAYS[way]);
    attic.add("Attic-1", 1, 2, 3);
    const joined: Connected = { server: attic, id: house.connect(attic) };
    const single = connect(other, "Barn");
    const watch = (from: number): void => {
      attic.watch("Attic-1", from);
      for (const number of [1, 2, 3]) watchedBy(single, number, from + (number - 1) * RUNTIME);
    };
    return { joined, single, watch };
  }
  const counts = () => [1, 2, 3].map((number) => house.plays(number).length);
  const others: WayName[] = ["plex", "plex guest", "jellyfin 12", "emby"];

  describe.each(["joined first", "joined last"])("read %s", (order) => {
    test.each(others)("is one play of each beside a %s, every evening", async (other) => {
      const { joined, single, watch } = evening(other);
      const inTurn = order === "joined first" ? [joined, single] : [single, joined];
      for (const day of [0, 1, 2]) {
        watch(T + day * DAY);
        for (const [position, each] of inTurn.entries())
          expect(await runAt(each, T + day * DAY + 4 * RUNTIME)).toBe(position === 0 ? 3 : 0);
      }
      for (const each of [...inTurn, ...inTurn])
        for (const full of [true, false]) expect(await runAt(each, T + 4 * DAY, full)).toBe(0);
      expect(counts()).toEqual([3, 3, 3]);
    });
  });

  test("is one play of each also where the news bring them one by one", async () => {
    const { joined, single, watch } = evening("plex");
    await runAt(joined, T, true);
    await runAt(single, T, true);
    watch(T + DAY);
    house.setNow(T + DAY + 4 * RUNTIME);
    await house.reread(single.id, "Barn-3");
    expect(await house.reread(joined.id, "Attic-1#3")).toBe(0);
    await house.reread(joined.id, "Attic-1#2");
    expect(await house.reread(single.id, "Barn-2")).toBe(0);
    for (const each of [joined, single]) await runAt(each, T + 2 * DAY, true);
    expect(counts()).toEqual([1, 1, 1]);
  });

  test("whose reading was undone is one play of each by the other, and no further one by itself", async () => {
    const { joined, single, watch } = evening("plex");
    watch(T);
    expect(await runAt(joined, T + 4 * RUNTIME)).toBe(3);
    const [run] = house.sync.list(house.userId, { limit: 1 });
    house.sync.undo(house.userId, run?.id ?? "");
    expect(counts()).toEqual([0, 0, 0]);
    await runAt(single, T + 5 * RUNTIME);
    await runAt(joined, T + 6 * RUNTIME, true);
    expect(counts()).toEqual([1, 1, 1]);
  });
});

describe("of any viewings on any servers", () => {
  const runs = Number(process.env["SERVERS_RUNS"] ?? 25);
  const names: WayName[] = ["plex", "plex guest", "jellyfin 10", "jellyfin 12", "emby"];
  const anyStep = fc.record({
    gapHours: fc.constantFrom(1, 2, 3, 24, 30, 24 * 7, 24 * 40),
    number: fc.integer({ min: 1, max: 3 }),
    on: fc.subarray([0, 1, 2], { minLength: 1 }),
    offMinutes: fc.integer({ min: -2, max: 6 }),
    broken: fc.boolean(),
    midway: fc.boolean(),
    reads: fc.array(
      fc.record({
        on: fc.integer({ min: 0, max: 2 }),
        how: fc.constantFrom("reread", "quick", "full"),
      }),
      { maxLength: 3 },
    ),
  });
  const anyWorld = fc.record({
    ways: fc.array(fc.constantFrom(...names), { minLength: 2, maxLength: 3 }),
    steps: fc.array(anyStep, { minLength: 1, maxLength: 8 }),
    order: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
  });

  test("there is one play of each that could be seen", async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, async ({ ways, steps, order }) => {
        const each = fakeHouse(T);
        try {
          const servers = ways.map((way, index) => {
            const server = createFakeServer(`Server ${index}`, WAYS[way]);
            for (const number of [1, 2, 3]) server.add(`${index}-${number}`, number);
            return { server, id: each.connect(server), index };
          });
          const known = (indexes: readonly number[]) => servers.filter(({ index }) => indexes.includes(index));
          const readAll = async (full: boolean) => {
            for (const index of order) for (const { id } of known([index])) await each.run(id, { full });
          };
          await readAll(true);
          const expected = new Map<number, number>();
          let now = T;
          for (const { gapHours, number, on, offMinutes, broken, midway, reads } of steps) {
            const reporting = known(on);
            const start = now + 60 * MINUTE;
            if (broken) {
              for (const { server, index } of reporting) server.breakOff(`${index}-${number}`, start, 15 * MINUTE);
            } else {
              const from = (position: number) => start + position * offMinutes * MINUTE;
              for (const [position, { server, index }] of reporting.entries())
                server.begin(`${index}-${number}`, from(position));
              each.setNow(start + RUNTIME / 3);
              if (midway) for (const { id, index } of reporting) await each.reread(id, `${index}-${number}`);
              for (const [position, { server, index }] of reporting.entries())
                server.end(`${index}-${number}`, from(position) + 0.9 * RUNTIME);
              if (reporting.length > 0) expected.set(number, (expected.get(number) ?? 0) + 1);
            }
            now = start + gapHours * 60 * MINUTE;
            each.setNow(now);
            for (const { on: where, how } of reads)
              for (const { id, index } of known([where])) {
                if (how === "reread") await each.reread(id, `${index}-${number}`);
                else await each.run(id, { full: how === "full" });
              }
            // A server without a history tells of the last viewing only: it is read before the next.
            await readAll(false);
          }
          now += DAY;
          each.setNow(now);
          await readAll(true);
          for (const number of [1, 2, 3])
            expect({ number, plays: each.plays(number).length }).toEqual({ number, plays: expected.get(number) ?? 0 });
          const before = [1, 2, 3].map(each.plays);
          await readAll(false);
          await readAll(true);
          expect([1, 2, 3].map(each.plays)).toEqual(before);
        } finally {
          await each.stop();
        }
      }),
      { numRuns: runs },
    );
  }, 3_600_000);
});
