import { describe, expect, test } from "bun:test";
import type { Clock } from "../../src/kernel/clock.ts";
import { createGate, inBackground } from "../../src/kernel/limits.ts";
import { createTestClock } from "../support/clock.ts";

/** Lets everything that can go on without time passing do so. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Work that ends when told to. */
function open() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}

describe("a gate", () => {
  test("lets so many in at once, the others in their order", async () => {
    const gate = createGate(createTestClock(), { concurrency: 2 });
    const entered: number[] = [];
    const pieces = [0, 1, 2, 3].map(open);
    const runs = pieces.map(({ work }, index) =>
      gate.run(() => {
        entered.push(index);
        return work();
      }),
    );
    await settle();
    expect(entered).toEqual([0, 1]);
    pieces[1]?.end();
    await settle();
    expect(entered).toEqual([0, 1, 2]);
    for (const { end } of pieces) end();
    await Promise.all(runs);
    expect(entered).toEqual([0, 1, 2, 3]);
  });

  test("gives its place on after a failure", async () => {
    const gate = createGate(createTestClock(), { concurrency: 1 });
    const failing = gate.run(() => Promise.reject(new Error("no")));
    const next = gate.run(async () => "in");
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("in");
  });

  test("never starts more than the window allows in any such span of time", async () => {
    const clock = createTestClock(0);
    const gate = createGate(clock, { concurrency: 4, window: { count: 3, perMs: 1_000 } });
    const starts: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, () =>
        gate.run(async () => {
          starts.push(clock.now());
        }),
      ),
    );
    expect(starts).toHaveLength(8);
    for (const [index, at] of starts.entries()) {
      const third = starts[index - 3];
      if (third !== undefined) expect(at - third).toBeGreaterThanOrEqual(1_000);
    }
  });

  test("stays shut until the moment it was told, and says so", async () => {
    const clock = createTestClock(0);
    const gate = createGate(clock, { concurrency: 1 });
    expect(gate.waitingUntil()).toBeNull();
    gate.pauseUntil(30_000);
    gate.pauseUntil(10_000);
    expect(gate.waitingUntil()).toBe(30_000);
    expect(await gate.run(async () => clock.now())).toBe(30_000);
    expect(gate.waitingUntil()).toBeNull();
  });

  test("tells of a wait for the window too", async () => {
    const clock: Clock = { now: () => 500, ticks: () => 0, sleep: () => new Promise(() => undefined) };
    const gate = createGate(clock, { concurrency: 2, window: { count: 1, perMs: 2_000 } });
    await gate.run(async () => undefined);
    void gate.run(async () => undefined);
    await settle();
    expect(gate.waitingUntil()).toBe(2_500);
  });

  test("whoever gives up in the queue is never run, and the rest moves up", async () => {
    const gate = createGate(createTestClock(), { concurrency: 1 });
    const first = open();
    const abort = new AbortController();
    const entered: string[] = [];
    const running = gate.run(first.work);
    const leaving = gate.run(async () => entered.push("leaving"), abort.signal);
    const staying = gate.run(async () => entered.push("staying"));
    abort.abort(new Error("gave up"));
    await expect(leaving).rejects.toThrow("gave up");
    first.end();
    await Promise.all([running, staying]);
    expect(entered).toEqual(["staying"]);
    expect(await gate.run(async () => "free again")).toBe("free again");
  });

  test("whoever comes with an aborted signal does not queue", async () => {
    const gate = createGate(createTestClock(), { concurrency: 1 });
    const first = open();
    const running = gate.run(first.work);
    await expect(gate.run(async () => "in", AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    first.end();
    await running;
  });

  test("whoever gives up while the gate is shut leaves the place to others", async () => {
    const clock = createTestClock(0);
    const gate = createGate(clock, { concurrency: 1 });
    gate.pauseUntil(5_000);
    await expect(gate.run(async () => "in", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    expect(await gate.run(async () => clock.now())).toBe(5_000);
  });
});

describe("a clock that jumps back", () => {
  test("does not lengthen the window", async () => {
    const clock = createTestClock(10_000_000);
    const gate = createGate(clock, { concurrency: 1, window: { count: 1, perMs: 1_000 } });
    await gate.run(async () => undefined);
    clock.advance(-5_000_000);
    const before = clock.now();
    expect((await gate.run(async () => clock.now())) - before).toBe(0);
  });

  test("does not lengthen a pause", async () => {
    const clock = createTestClock(10_000_000);
    const gate = createGate(clock, { concurrency: 1 });
    gate.pauseUntil(10_060_000);
    clock.advance(-5_000_000);
    expect(await gate.run(async () => clock.now())).toBe(5_000_000);
    expect(gate.waitingUntil()).toBeNull();
  });

  test("leaves the next pause as long as it is", async () => {
    const clock = createTestClock(10_000_000);
    const gate = createGate(clock, { concurrency: 1 });
    gate.pauseUntil(10_060_000);
    clock.advance(-5_000_000);
    gate.pauseUntil(5_002_000);
    expect(gate.waitingUntil()).toBe(5_002_000);
    expect(await gate.run(async () => clock.now())).toBe(5_002_000);
  });
});

describe("work in the background", () => {
  test("lets whoever waits go first, and leaves a part of every window", async () => {
    const clock = createTestClock(0);
    const gate = createGate(clock, { concurrency: 1, window: { count: 4, perMs: 1_000 } });
    const order: string[] = [];
    const enter = (name: string) => gate.run(async () => void order.push(`${name} at ${clock.now()}`));
    const patient = inBackground(() => [1, 2, 3, 4].map((number) => enter(`background ${number}`)));
    expect(inBackground(() => gate.waitMs())).toBeGreaterThanOrEqual(0);
    await Promise.all([enter("search"), ...patient]);
    expect(order[1]).toBe("search at 0");
    expect(order.filter((each) => each.endsWith("at 0"))).toHaveLength(3);
    expect(order.at(-1)).toBe("background 4 at 1000");
  });
});
