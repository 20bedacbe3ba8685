import { describe, expect, test } from "bun:test";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/domain/instant.ts";
import { isShown, nextLook, nextTry } from "../../src/domain/webhook-patience.ts";

const received = Date.UTC(2026, 5, 1, 12);

describe("an item that the server does not show as told", () => {
  test("is looked at four more times, counted from the news", () => {
    const looks: number[] = [];
    for (let at: number | null = received; at !== null; at = nextLook(received, at)) looks.push(at - received);
    expect(looks).toEqual([0, 2 * SECOND_MS, 10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS]);
  });

  test("is not looked at again for a look that came late", () => {
    expect(nextLook(received, received + 11 * SECOND_MS)).toBe(received + MINUTE_MS);
    expect(nextLook(received, received + HOUR_MS)).toBeNull();
  });
});

describe("a server that does not answer", () => {
  test("is asked ever more seldom, and not beyond a day", () => {
    const waits: number[] = [];
    let now = received;
    for (let attempts = 0; ; attempts += 1) {
      const next = nextTry(received, attempts, now);
      if (next === null) break;
      waits.push(next - now);
      now = next;
    }
    expect(waits.slice(0, 6)).toEqual([30 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, HOUR_MS]);
    expect(now).toBeGreaterThan(received + DAY_MS - HOUR_MS);
    expect(now).toBeLessThanOrEqual(received + DAY_MS);
  });
});

describe("the server shows what was told", () => {
  const cases: [string, number, number, number | null, boolean][] = [
    ["once it counts it", 1, 0, 1, true],
    ["when it counts even more", 3, 0, 2, true],
    ["not before", 1, 0, 2, false],
    ["also while somebody has gone on with it", 2, 60_000, 2, true],
    ["not when nothing is counted, whatever was told", 0, 0, 0, false],
    ["without a number: when it is watched", 1, 0, null, true],
    ["without a number: not in the middle of a second viewing", 1, 60_000, null, false],
    ["without a number: not when nobody has watched it", 0, 0, null, false],
  ];
  test.each(cases)("%s", (_, viewCount, viewOffsetMs, told, shown) => {
    expect(isShown({ viewCount, viewOffsetMs }, { viewCount: told })).toBe(shown);
  });
});
