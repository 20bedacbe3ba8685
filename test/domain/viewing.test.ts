import { describe, expect, test } from "bun:test";
import { isLeftEarly, mayBeWatched, passesLook } from "../../src/domain/viewing.ts";

const HOUR = 3_600_000;
const at = (share: number) => share * HOUR;

describe("looking at an episode that plays", () => {
  test.each([
    ["just begun", 0, 0.1, false],
    ["in the middle", 0.5, 0.79, false],
    ["where the first servers count it", 0.79, 0.8, true],
    ["between two such places", 0.81, 0.89, false],
    ["where most count it", 0.89, 0.91, true],
    ["where the credits run", 0.94, 0.96, true],
    ["at its end", 0.96, 1, false],
    ["skipped to the end", 0.1, 1, true],
    ["skipped back to the beginning", 0.99, 0.05, false],
    ["standing still at such a place", 0.8, 0.8, false],
  ])("%s", (_, from, to, expected) => {
    expect(passesLook(at(from), at(to), HOUR)).toBe(expected);
  });

  test("of unknown length nothing is passed, and everything may be watched", () => {
    expect(passesLook(0, HOUR, null)).toBe(false);
    expect(mayBeWatched(0, null)).toBe(true);
  });

  test("within its first twentieth it is left early, unless nobody knows its length", () => {
    expect([0, 0.04, 0.049].map((share) => isLeftEarly(at(share), HOUR))).toEqual([true, true, true]);
    expect([0.05, 0.5, 1].map((share) => isLeftEarly(at(share), HOUR))).toEqual([false, false, false]);
    expect(isLeftEarly(0, null)).toBe(false);
  });

  test("from 80 % on it may be watched", () => {
    expect([0, 0.5, 0.79, 0.8, 0.95, 1].map((share) => mayBeWatched(at(share), HOUR))).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});
