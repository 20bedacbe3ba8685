import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DAY_MS, type Instant } from "../../src/domain/instant.ts";
import {
  decide,
  type MatchCandidate,
  type MatchSubject,
  matchByText,
  resolveConflict,
  score,
} from "../../src/domain/matching.ts";

const DAY = Date.UTC(2020, 0, 1);

function subject(title: string, rest: Partial<MatchSubject> = {}): MatchSubject {
  return { title, ids: {}, ...rest };
}
function candidate(sourceId: string, title: string, rest: Partial<MatchCandidate> = {}): MatchCandidate {
  return { source: "tvmaze", sourceId, title, ids: {}, ...rest };
}
function days(...numbers: number[]): Instant[] {
  return numbers.map((number) => DAY + number * DAY_MS);
}

describe("the score", () => {
  test.each<[string, MatchSubject, MatchCandidate, number]>([
    ["title and year", subject("Dark", { year: 2017 }), candidate("1", "Dark", { year: 2017 }), 80],
    ["title and a year beside", subject("Dark", { year: 2018 }), candidate("1", "Dark", { year: 2017 }), 70],
    ["title without a year", subject("Dark"), candidate("1", "Dark", { year: 2017 }), 55],
    ["title of another decade", subject("Kingdom", { year: 2019 }), candidate("1", "Kingdom", { year: 2014 }), 10],
    ["the year inside the title", subject("Dark (2017)"), candidate("1", "Dark", { year: 2017 }), 80],
    [
      "the original title",
      subject("Money Heist", { originalTitle: "La casa de papel", year: 2017 }),
      candidate("1", "La Casa de Papel", { year: 2017 }),
      80,
    ],
    [
      "an alias",
      subject("Money Heist", { year: 2017 }),
      candidate("1", "La Casa de Papel", { year: 2017, aliases: ["Money Heist"] }),
      70,
    ],
    ["a leading article", subject("The Office", { year: 2005 }), candidate("1", "Office", { year: 2005 }), 60],
    [
      "the same country",
      subject("The Office (US)", { year: 2005 }),
      candidate("1", "The Office", { year: 2005, country: "us" }),
      90,
    ],
    [
      "another country",
      subject("The Office (US)", { year: 2005 }),
      candidate("1", "The Office", { year: 2005, country: "GB" }),
      50,
    ],
    ["the same id", subject("Dark", { ids: { tvdb: "5" } }), candidate("1", "Dark", { ids: { tvdb: "5" } }), 95],
    [
      "another id",
      subject("Dark", { year: 2017, ids: { tvdb: "5" } }),
      candidate("1", "Dark", { year: 2017, ids: { tvdb: "6" } }),
      40,
    ],
    [
      "only the beginning of the title",
      subject("9-1-1", { year: 2018 }),
      candidate("1", "9-1-1: Lone Star", { year: 2018 }),
      30,
    ],
    [
      "dates found",
      subject("Dark", { episodeDates: days(1, 8, 15, 22, 29) }),
      candidate("1", "Dark", { episodeDates: days(2, 9, 16, 23) }),
      75,
    ],
    [
      "dates not found",
      subject("Dark", { episodeDates: days(1, 8, 15, 22, 29) }),
      candidate("1", "Dark", { episodeDates: days(1, 8, 15) }),
      55,
    ],
  ])("%s", (_, wanted, offered, expected) => {
    const scored = score(wanted, offered);
    expect(scored.score).toBe(expected);
    expect(scored.evidence.reduce((sum, { points }) => sum + points, 0)).toBe(expected);
  });
});

describe("the decision", () => {
  const topBoy = [candidate("2011", "Top Boy", { year: 2011 }), candidate("2019", "Top Boy", { year: 2019 })];

  test("the year decides between namesakes", () => {
    const decision = matchByText(subject("Top Boy", { year: 2019 }), topBoy);
    expect(decision).toMatchObject({
      kind: "matched",
      candidate: { sourceId: "2019" },
      method: "title-year",
      confidence: 0.8,
    });
  });

  test("without a year the user is asked", () => {
    const decision = matchByText(subject("Top Boy"), topBoy);
    expect(decision).toMatchObject({ kind: "doubtful", candidates: [{ score: 55 }, { score: 55 }] });
  });

  test("a lead of less than 15 points is a doubt", () => {
    const close = [candidate("a", "Dark", { year: 2017 }), candidate("b", "Dark", { year: 2018 })];
    expect(matchByText(subject("Dark", { year: 2017 }), close).kind).toBe("doubtful");
    const clear = [candidate("a", "Dark", { year: 2017 }), candidate("b", "Dark")];
    expect(matchByText(subject("Dark", { year: 2017 }), clear).kind).toBe("matched");
  });

  test("a namesake of another year alone is offered, not taken", () => {
    const decision = matchByText(subject("Kingdom", { year: 2019 }), [candidate("1", "Kingdom", { year: 2014 })]);
    expect(decision).toMatchObject({ kind: "doubtful", candidates: [{ candidate: { sourceId: "1" } }] });
  });

  test("a show that shares only its year is unknown", () => {
    expect(matchByText(subject("9-1-1", { year: 2018 }), [candidate("1", "9-1-1: Lone Star", { year: 2018 })])).toEqual(
      {
        kind: "unknown",
      },
    );
    expect(decide([])).toEqual({ kind: "unknown" });
  });

  test("the same row twice, or the same show of two sources, is no rival of itself", () => {
    const rows = [
      candidate("1", "Dark", { year: 2017, ids: { imdb: "tt5753856" } }),
      candidate("1", "Dark", { year: 2017, ids: { imdb: "tt5753856" } }),
      { ...candidate("70", "Dark", { year: 2017, ids: { imdb: "tt5753856" } }), source: "tmdb" },
    ];
    expect(matchByText(subject("Dark", { year: 2017 }), rows).kind).toBe("matched");
  });

  test("an id without a year is a match by title", () => {
    const decision = matchByText(subject("Dark", { ids: { tvdb: "5" } }), [
      candidate("1", "Dark", { ids: { tvdb: "5" } }),
    ]);
    expect(decision).toMatchObject({ kind: "matched", method: "title", confidence: 0.95 });
  });

  test("does not depend on the order of the rows", () => {
    const anyCandidate = fc.record({
      source: fc.constant("tvmaze"),
      sourceId: fc.stringMatching(/^[1-9]$/),
      title: fc.constantFrom("Dark", "The Dark", "Kingdom"),
      year: fc.constantFrom(undefined, 2016, 2017, 2018, 1999),
      ids: fc.constantFrom({}, { tvdb: "5" }, { tvdb: "6" }),
    });
    const candidates = fc.uniqueArray(anyCandidate, { selector: ({ sourceId }) => sourceId });
    fc.assert(
      fc.property(candidates, (rows) => {
        const wanted = subject("Dark", { year: 2017, ids: { tvdb: "5" } });
        expect(matchByText(wanted, rows.toReversed())).toEqual(matchByText(wanted, rows));
      }),
    );
  });
});

describe("ids that lead to different shows", () => {
  const wanted = subject("Dark", { year: 2017, ids: { tmdb: "1", tvdb: "2", imdb: "tt0000003" } });

  test("no claim is no answer, and one claim is sure", () => {
    expect(resolveConflict(wanted, [])).toBeNull();
    const dark = candidate("1", "Dark", { year: 2017, ids: { tmdb: "1" } });
    expect(resolveConflict(wanted, [{ method: "tmdb", candidate: dark }])).toMatchObject({
      confidence: 1,
      check: false,
    });
  });

  test("ids that lead to the same show are no conflict", () => {
    const dark = candidate("1", "Dark", { year: 2017, ids: { tmdb: "1", tvdb: "2" } });
    const resolved = resolveConflict(wanted, [
      { method: "tvdb", candidate: dark },
      { method: "tmdb", candidate: dark },
    ]);
    expect(resolved).toMatchObject({ method: "tmdb", confidence: 1, check: false });
  });

  test("the show with more agreement wins over the first id", () => {
    const wrong = candidate("1", "Another Show", { year: 1999, ids: { tmdb: "1" } });
    const right = candidate("2", "Dark", { year: 2017, ids: { tvdb: "2", imdb: "tt0000003" } });
    const resolved = resolveConflict(wanted, [
      { method: "tmdb", candidate: wrong },
      { method: "tvdb", candidate: right },
    ]);
    expect(resolved).toMatchObject({ candidate: { sourceId: "2" }, method: "tvdb", check: false });
  });

  test("the episodes found decide between namesakes", () => {
    const first = candidate("1", "Dark", { year: 2017, ids: { tmdb: "1" } });
    const second = candidate("2", "Dark", { year: 2017, ids: { tvdb: "2" } });
    const resolved = resolveConflict(wanted, [
      { method: "tmdb", candidate: first, episodeShare: 0.1 },
      { method: "tvdb", candidate: second, episodeShare: 0.9 },
    ]);
    expect(resolved).toMatchObject({ candidate: { sourceId: "2" }, check: false });
  });

  test("on a tie the required order decides and the match is flagged", () => {
    const first = candidate("1", "Dark", { year: 2017, ids: { tmdb: "1" } });
    const second = candidate("2", "Dark", { year: 2017, ids: { tvdb: "2" } });
    const resolved = resolveConflict(wanted, [
      { method: "tvdb", candidate: second },
      { method: "tmdb", candidate: first },
    ]);
    expect(resolved).toMatchObject({ candidate: { sourceId: "1" }, method: "tmdb", check: true });
  });
});
