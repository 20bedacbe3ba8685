import { describe, expect, test } from "bun:test";
import { runsOfEpisodes } from "../../src/domain/episode-runs.ts";
import { type MilestoneInput, milestoneOf } from "../../src/domain/milestone.ts";

describe("a milestone", () => {
  const usual: MilestoneInput = { season: 2, number: 5, lastNumber: 8, isLastSeason: true, hasEnded: false };
  const cases: [string, Partial<MilestoneInput>, ReturnType<typeof milestoneOf>][] = [
    ["an episode in the middle", {}, null],
    ["the very first episode", { season: 1, number: 1 }, "series-premiere"],
    ["the first of a later season", { number: 1 }, "season-premiere"],
    ["the last that is announced of a running season", { number: 8 }, null],
    ["the last of a season that others follow", { number: 8, isLastSeason: false }, "season-finale"],
    ["the last of the last season of an ended show", { number: 8, hasEnded: true }, "series-finale"],
    [
      "the last of an earlier season of an ended show",
      { number: 8, isLastSeason: false, hasEnded: true },
      "season-finale",
    ],
    ["the only episode of a season", { number: 1, lastNumber: 1, isLastSeason: false }, "season-premiere"],
    ["a special", { season: 0, number: 1 }, null],
    ["an episode without a number", { number: null, lastNumber: null, hasEnded: true }, null],
  ];
  test.each(cases)("of %s", (_, change, expected) => {
    expect(milestoneOf({ ...usual, ...change })).toBe(expected);
  });
});

describe("runs of episodes", () => {
  const list = (...places: [number, number | null][]) => places.map(([season, number]) => ({ season, number }));

  test("join numbers that follow each other within a season", () => {
    const season = Array.from({ length: 8 }, (_, index): [number, number] => [1, index + 1]);
    expect(runsOfEpisodes(list(...season))).toEqual([{ season: 1, first: 1, last: 8 }]);
  });

  test("break at gaps, at seasons and at what has no number", () => {
    const runs = runsOfEpisodes(list([1, 8], [1, 10], [1, 11], [2, 12], [2, null], [2, null], [2, 1]));
    expect(runs.map(({ season, first, last }) => [season, first, last])).toEqual([
      [1, 8, 8],
      [1, 10, 11],
      [2, 12, 12],
      [2, null, null],
      [2, null, null],
      [2, 1, 1],
    ]);
    expect(runsOfEpisodes([])).toEqual([]);
  });
});
