import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MINUTE_MS } from "../../src/domain/instant.ts";
import { sourceWord, withTime } from "../../src/domain/play-edit.ts";
import { type FoldablePlay, foldPlays } from "../../src/domain/play-fold.ts";

const T = Date.UTC(2025, 5, 1, 20);
const WINDOW = 20 * MINUTE_MS;

const row = (id: number, minutes: number): FoldablePlay => ({
  id,
  watchedAt: T + minutes * MINUTE_MS,
  certainty: "played",
  editedFrom: null,
});
const corrected = (play: FoldablePlay, watchedAt: number | null): FoldablePlay => ({
  ...play,
  ...withTime(play, watchedAt),
});

function outcome(plays: readonly FoldablePlay[]): [id: number, at: number | null][] {
  const { remove, change } = foldPlays(plays, WINDOW);
  const times = new Map(change.map(({ play, time }) => [play.id, time.watchedAt]));
  return plays
    .filter((play) => !remove.includes(play))
    .map(({ id, watchedAt }) => [id, times.has(id) ? (times.get(id) ?? null) : watchedAt]);
}

describe("folding", () => {
  test.each<[string, FoldablePlay[], [number, number | null][]]>([
    ["leaves the earliest of close rows", [row(1, 5), row(2, 0)], [[2, T]]],
    [
      "leaves rows of two viewings",
      [row(1, 0), row(2, 20)],
      [
        [1, T],
        [2, T + WINDOW],
      ],
    ],
    [
      "measures from a viewing's first row",
      [row(1, 0), row(2, 15), row(3, 30)],
      [
        [1, T],
        [3, T + 30 * MINUTE_MS],
      ],
    ],
    ["keeps the time that the user gave to the first", [corrected(row(1, 0), 9), row(2, 5)], [[1, 9]]],
    ["keeps the time that the user gave to the one that goes", [row(1, 0), corrected(row(2, 5), 9)], [[1, 9]]],
    ["keeps the user's word that the time is not known", [row(1, 0), corrected(row(2, 5), null)], [[1, null]]],
    [
      "goes by the source's word, not by the user's",
      [row(1, 0), corrected(row(2, 500), T)],
      [
        [1, T],
        [2, T],
      ],
    ],
    [
      "leaves two that the user has told apart",
      [corrected(row(1, 0), 7), corrected(row(2, 5), 9)],
      [
        [1, 7],
        [2, 9],
      ],
    ],
    ["makes one of two that the user has given one time", [corrected(row(1, 0), 9), corrected(row(2, 5), 9)], [[1, 9]]],
    [
      "leaves out what has no time",
      [corrected({ ...row(1, 0), watchedAt: null, certainty: "unknown" }, T), row(2, 0)],
      [
        [1, T],
        [2, T],
      ],
    ],
  ])("%s", (_, plays, expected) => {
    expect(outcome(plays)).toEqual(expected);
  });

  test("no time that a user gave is ever lost, and what is folded needs no more folding", () => {
    const anyPlay = fc.record({ minutes: fc.nat(60), edit: fc.option(fc.constantFrom(7, 8, 9)) });
    fc.assert(
      fc.property(fc.array(anyPlay, { maxLength: 6 }), (items) => {
        const plays = items.map(({ minutes, edit }, at) =>
          edit === null ? row(at + 1, minutes) : corrected(row(at + 1, minutes), edit),
        );
        const { remove, change } = foldPlays(plays, WINDOW);
        const after = plays
          .filter((play) => !remove.includes(play))
          .map((play) => ({ ...play, ...change.find((each) => each.play === play)?.time }));
        const given = (all: readonly FoldablePlay[]) =>
          new Set(all.filter(({ editedFrom }) => editedFrom !== null).map(({ watchedAt }) => watchedAt));
        expect(given(after)).toEqual(given(plays));
        expect(foldPlays(after, WINDOW)).toEqual({ remove: [], change: [] });
        if (plays.length > 0) {
          const first = Math.min(...plays.map((play) => sourceWord(play).watchedAt ?? 0));
          expect(after.map((play) => sourceWord(play).watchedAt)).toContain(first);
        }
      }),
    );
  });
});
