import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type PlayTime, sourceWord, withEditOf, withoutEdit, withTime } from "../../src/domain/play-edit.ts";

const T = Date.UTC(2025, 5, 1, 20);
const played: PlayTime = { watchedAt: T, certainty: "played", editedFrom: null };
const undated: PlayTime = { watchedAt: null, certainty: "unknown", editedFrom: null };
const corrected: PlayTime = {
  watchedAt: T + 1,
  certainty: "marked",
  editedFrom: JSON.stringify({ watchedAt: T, certainty: "played" }),
};

describe("a corrected play", () => {
  test.each<[string, PlayTime, number | null, PlayTime]>([
    ["keeps what its source said", played, T + 1, corrected],
    ["corrected again keeps what its source said first", { ...corrected, watchedAt: T + 9 }, T + 1, corrected],
    ["may be without a date", played, null, { ...corrected, watchedAt: null, certainty: "unknown" }],
    [
      "may get the date that its source did not have",
      undated,
      T,
      { watchedAt: T, certainty: "marked", editedFrom: JSON.stringify({ watchedAt: null, certainty: "unknown" }) },
    ],
    ["given its source's own time is not corrected", corrected, T, played],
    ["that never had another time is not corrected", played, T, played],
  ])("%s", (_, before, watchedAt, after) => {
    expect(withTime(before, watchedAt)).toEqual(after);
  });

  test("goes back to exactly what its source says", () => {
    expect(withoutEdit(corrected)).toEqual(played);
    expect(withoutEdit(undated)).toEqual(undated);
  });

  test("gives its time to the same viewing as its source tells it by now", () => {
    const better: PlayTime = { watchedAt: T - 60_000, certainty: "played", editedFrom: null };
    const word = JSON.stringify({ watchedAt: T - 60_000, certainty: "played" });
    expect(withEditOf(better, corrected)).toEqual({ ...corrected, editedFrom: word });
    expect(withEditOf({ ...corrected, editedFrom: word }, played)).toEqual(better);
  });
});

test("whatever is said of a play, and however often, its source's word stays", () => {
  const anyTime = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 5 }));
  fc.assert(
    fc.property(anyTime, fc.array(anyTime), (at, edits) => {
      const first: PlayTime = { watchedAt: at, certainty: at === null ? "unknown" : "played", editedFrom: null };
      const last = edits.reduce(withTime, first);
      expect(sourceWord(last)).toEqual(sourceWord(first));
      expect(withoutEdit(last)).toEqual(first);
      expect(last.watchedAt).toBe(edits.at(-1) === undefined ? at : (edits.at(-1) ?? null));
      expect(last.certainty === "unknown").toBe(last.watchedAt === null);
    }),
  );
});
