import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { doubledPlays, type JoinedPlay } from "../../src/domain/doubled-plays.ts";
import { MINUTE_MS } from "../../src/domain/instant.ts";
import { sourceWord } from "../../src/domain/play-edit.ts";

const T = Date.UTC(2026, 0, 1, 20);
const WINDOW = 20 * MINUTE_MS;
const [HERE, THERE] = [1, 2];

/** `minutes` after eight; null: no time known. */
function play(id: number, episodeId: number, minutes: number | null, rest: Partial<JoinedPlay> = {}): JoinedPlay {
  const watchedAt = minutes === null ? null : T + minutes * MINUTE_MS;
  const certainty = minutes === null ? "unknown" : "played";
  return {
    id,
    episodeId,
    watchedAt,
    certainty,
    evidence: minutes === null ? "view:1" : `history:${id}`,
    editedFrom: null,
    ...rest,
  };
}

/** The user says another time than the source did. */
const editedFrom = (minutes: number): Partial<JoinedPlay> => ({
  certainty: "marked",
  editedFrom: JSON.stringify({ watchedAt: T + minutes * MINUTE_MS, certainty: "played" }),
});

const byHand = { certainty: "marked", evidence: "manual:x" } as const;

describe("two episodes that are one", () => {
  test.each([
    ["the same viewing noted twice stays once, at the earlier time", [play(1, HERE, 5), play(2, THERE, 0)], [1]],
    ["what a server has seen stands before a mark by hand", [play(1, HERE, 0, byHand), play(2, THERE, 9)], [1]],
    ["another evening is another viewing", [play(1, HERE, 0), play(2, THERE, 20)], []],
    ["two close plays of one episode were meant so", [play(1, HERE, 0, byHand), play(2, HERE, 5, byHand)], []],
    ["one play stands for one viewing", [play(1, HERE, 0), play(2, THERE, 5), play(3, THERE, 10)], [2]],
    ["watched at some time is nothing new beside a date", [play(1, HERE, null), play(2, THERE, 0)], [1]],
    ["watched at some time, said by two servers", [play(1, HERE, null), play(2, THERE, null)], [2]],
    [
      "a corrected play stands for the viewing as its source had it",
      [play(1, HERE, 900, editedFrom(0)), play(2, THERE, 5)],
      [2],
    ],
    [
      "two that were given different times are two",
      [play(1, HERE, 0, editedFrom(500)), play(2, THERE, 5, editedFrom(500))],
      [],
    ],
    [
      "two that were given the same time are one",
      [play(1, HERE, 0, editedFrom(500)), play(2, THERE, 0, editedFrom(900))],
      [2],
    ],
    ["to have taken the date away is a word as well", [play(1, HERE, null, editedFrom(0)), play(2, THERE, 900)], []],
    [
      "a mark without a date that was made by hand stays",
      [play(1, HERE, null, { evidence: "manual:x" }), play(2, THERE, 0)],
      [],
    ],
  ] as [string, JoinedPlay[], number[]][])("%s", (_, plays, doubled) => {
    expect(doubledPlays(plays, WINDOW)).toEqual(doubled);
    expect(doubledPlays(plays.toReversed(), WINDOW)).toEqual(doubled);
  });

  const anyPlays = fc
    .array(
      fc.record({
        episodeId: fc.constantFrom(HERE, THERE),
        minutes: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 90 })),
        certainty: fc.constantFrom("played" as const, "marked" as const),
        edited: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    .map((all) =>
      all.map(({ episodeId, minutes, certainty, edited }, at) =>
        play(at + 1, episodeId, minutes, edited ? editedFrom(7 * at) : minutes === null ? {} : { certainty }),
      ),
    );

  test("never lose an evening, never fold what one of them had alone, and fold once", () => {
    fc.assert(
      fc.property(anyPlays, (plays) => {
        const doubled = new Set(doubledPlays(plays, WINDOW));
        const kept = plays.filter(({ id }) => !doubled.has(id));
        for (const { id, episodeId, watchedAt, editedFrom: edit } of plays.filter((each) => doubled.has(each.id))) {
          const near = (time: number | null) =>
            watchedAt === null || (time !== null && Math.abs(time - watchedAt) < WINDOW);
          const stands = kept.some(
            (other) =>
              other.episodeId !== episodeId &&
              (edit === null
                ? near(other.watchedAt) || near(sourceWord(other).watchedAt)
                : other.watchedAt === watchedAt),
          );
          expect([id, stands]).toEqual([id, true]);
        }
        if (new Set(plays.map(({ episodeId }) => episodeId)).size < 2) expect(doubled.size).toBe(0);
        expect(kept.length > 0).toBe(plays.length > 0);
      }),
    );
  });
});
