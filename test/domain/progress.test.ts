import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  compareEpisodes,
  type EpisodeProgress,
  progressState,
  showProgress,
  upToHere,
} from "../../src/domain/progress.ts";

const NOW = Date.UTC(2026, 0, 1);
const PAST = NOW - 1000;
const FUTURE = NOW + 1000;

function episode(season: number, number: number | null, rest: Partial<EpisodeProgress> = {}): EpisodeProgress {
  return { season, number, airedAt: PAST, onServer: false, plays: 0, ...rest };
}

function nextOf(episodes: EpisodeProgress[]): string | null {
  const { next } = showProgress(episodes, NOW);
  return next ? `${next.season}x${next.number}` : null;
}

describe("counting", () => {
  test("specials are in no count", () => {
    const progress = showProgress([episode(0, 1, { plays: 1 }), episode(1, 1, { plays: 2 }), episode(1, 2)], NOW);
    expect(progress).toMatchObject({ watched: 1, aired: 2, total: 2 });
  });

  test.each([
    ["aired just now", { airedAt: NOW }, 1],
    ["airs later", { airedAt: FUTURE }, 0],
    ["airs later although a file is there", { airedAt: FUTURE, onServer: true }, 0],
    ["no date, no file", { airedAt: null }, 0],
    ["no date, but a file", { airedAt: null, onServer: true }, 1],
    ["watched before its date", { airedAt: FUTURE, plays: 1 }, 1],
  ] as const)("an episode that %s", (_, rest, aired) => {
    expect(showProgress([episode(1, 1, rest)], NOW)).toMatchObject({ aired, total: 1 });
  });

  test("a show without episodes has none", () => {
    expect(showProgress([], NOW)).toEqual({ watched: 0, aired: 0, total: 0, next: null });
  });
});

describe("everything up to here", () => {
  const show = {
    pilotSpecial: episode(0, 1),
    lateSpecial: episode(0, 2),
    first: episode(1, 1),
    seen: episode(1, 2, { plays: 1 }),
    gap: episode(1, 3),
    unnumberedLater: episode(1, null, { airedAt: PAST + 1 }),
    unnumbered: episode(1, null),
    second: episode(2, 1),
    undated: episode(2, 2, { airedAt: null }),
    onServer: episode(2, 3, { airedAt: null, onServer: true }),
    coming: episode(2, 4, { airedAt: FUTURE }),
    third: episode(3, 1),
  };
  type Name = keyof typeof show;
  const nameOf = (wanted: EpisodeProgress) => (Object.keys(show) as Name[]).find((name) => show[name] === wanted);

  test.each([
    ["the first", "first", ["first"]],
    ["one that is seen itself closes the gaps before it", "seen", ["first"]],
    ["the end of a gap", "gap", ["first", "gap"]],
    [
      "one without a number comes after the numbered ones of its season, by date",
      "unnumbered",
      ["first", "gap", "unnumbered"],
    ],
    ["the later of two without a number", "unnumberedLater", ["first", "gap", "unnumbered", "unnumberedLater"]],
    [
      "the next season takes the one before along",
      "second",
      ["first", "gap", "unnumbered", "unnumberedLater", "second"],
    ],
    [
      "one that is not out yet stays open itself",
      "coming",
      ["first", "gap", "unnumbered", "unnumberedLater", "second", "onServer"],
    ],
    [
      "one without a date counts when a file is there",
      "third",
      ["first", "gap", "unnumbered", "unnumberedLater", "second", "onServer", "third"],
    ],
    ["a special takes specials only", "lateSpecial", ["pilotSpecial", "lateSpecial"]],
    ["the first special takes itself", "pilotSpecial", ["pilotSpecial"]],
  ] as [string, Name, Name[]][])("%s", (_, here, wanted) => {
    for (const episodes of [Object.values(show), Object.values(show).toReversed()]) {
      expect(upToHere(episodes, show[here], NOW).map(nameOf)).toEqual(wanted);
    }
  });
});

describe("the next episode", () => {
  test.each<[string, EpisodeProgress[], string | null]>([
    ["nothing watched: the first", [episode(1, 2), episode(1, 1)], "1x1"],
    ["in the middle", [episode(1, 1, { plays: 1 }), episode(1, 2), episode(1, 3)], "1x2"],
    ["over the season's end", [episode(1, 1, { plays: 1 }), episode(2, 1)], "2x1"],
    ["a gap is left behind", [episode(1, 1), episode(1, 2, { plays: 1 }), episode(1, 3)], "1x3"],
    ["a gap comes up when nothing is after it", [episode(1, 1), episode(1, 2, { plays: 1 })], "1x1"],
    [
      "a gap comes up while the rest has not aired",
      [episode(1, 1), episode(1, 2, { plays: 1 }), episode(1, 3, { airedAt: FUTURE })],
      "1x1",
    ],
    ["unaired is not next", [episode(1, 1, { plays: 1 }), episode(1, 2, { airedAt: FUTURE })], null],
    ["specials are not next", [episode(0, 1), episode(1, 1, { plays: 1 })], null],
    ["a watched special moves nothing", [episode(0, 9, { plays: 1 }), episode(1, 1), episode(1, 2)], "1x1"],
    ["all watched", [episode(1, 1, { plays: 1 })], null],
    [
      "what has no number comes last in its season",
      [episode(1, null, { onServer: true }), episode(1, 1, { plays: 1 }), episode(1, 2)],
      "1x2",
    ],
  ])("%s", (_, episodes, expected) => {
    expect(nextOf(episodes)).toBe(expected);
  });

  const anyEpisode = fc.record({
    season: fc.integer({ min: 0, max: 3 }),
    number: fc.option(fc.integer({ min: 1, max: 6 })),
    airedAt: fc.option(fc.integer({ min: NOW - 5, max: NOW + 5 })),
    onServer: fc.boolean(),
    plays: fc.integer({ min: 0, max: 2 }),
  });

  const anyShow = fc.uniqueArray(anyEpisode, {
    selector: ({ season, number, airedAt }) => `${season}x${number ?? `on ${airedAt}`}`,
  });

  test("is aired, unwatched and no special, and is there whenever something is left to watch", () => {
    fc.assert(
      fc.property(anyShow, (episodes) => {
        const { watched, aired, total, next } = showProgress(episodes, NOW);
        expect(watched <= aired && aired <= total).toBe(true);
        expect(next === null).toBe(watched === aired);
        if (next) expect([next.plays, next.season > 0]).toEqual([0, true]);
      }),
    );
  });

  test("does not depend on the order of the episodes", () => {
    fc.assert(
      fc.property(anyShow, (episodes) => {
        const forward = showProgress(episodes, NOW);
        const backward = showProgress(episodes.toReversed(), NOW);
        expect({ ...backward, next: null }).toEqual({ ...forward, next: null });
        if (forward.next && backward.next) expect(compareEpisodes(forward.next, backward.next)).toBe(0);
      }),
    );
  });
});

describe("how far somebody is", () => {
  test.each([
    [0, 0, 0, false, "not-started"],
    [0, 10, 10, true, "not-started"],
    [3, 10, 12, false, "in-progress"],
    [9, 10, 10, true, "in-progress"],
    [10, 10, 12, false, "up-to-date"],
    [10, 10, 12, true, "up-to-date"],
    [10, 10, 10, false, "up-to-date"],
    [10, 10, 10, true, "finished"],
  ] as const)("%p of %p out and %p in all, ended %p: %s", (watched, aired, total, hasEnded, expected) => {
    expect(progressState({ watched, aired, total, hasEnded })).toBe(expected);
  });
});
