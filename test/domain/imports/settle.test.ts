import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ImportedPlay } from "../../../src/domain/imports/model.ts";
import { type KnownPlay, nameViewings, settlePlays } from "../../../src/domain/imports/settle.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../../src/domain/instant.ts";
import type { Suppression } from "../../../src/domain/play-merge.ts";

const T = Date.UTC(2025, 5, 1, 20);
const episode = { season: 1, number: 1, title: null, airedAt: null, ids: {}, guid: null, byIdOnly: false };

function play(watchedAt: Instant | null, origin: ImportedPlay["origin"] = null): ImportedPlay {
  return { episode, watchedAt, certainty: watchedAt === null ? "unknown" : "marked", origin };
}
const own = (watchedAt: Instant | null, evidence: string): ImportedPlay =>
  play(watchedAt, { source: "plex", evidence, editedFrom: null });

let nextId = 0;
function stored(watchedAt: Instant | null, more: Partial<KnownPlay> = {}): KnownPlay {
  nextId += 1;
  const certainty = watchedAt === null ? "unknown" : "played";
  return {
    id: nextId,
    watchedAt,
    certainty,
    source: "plex",
    integrationId: 1,
    evidence: `history:${nextId}`,
    editedFrom: null,
    ...more,
  };
}

function settle(existing: KnownPlay[], plays: ImportedPlay[], removed: Suppression[] = []) {
  const { add, there, suppressed } = settlePlays(existing, nameViewings("trakt", plays), {
    durationMs: 60 * MINUTE_MS,
    removed,
  });
  return {
    add: add.map(({ play: { watchedAt }, evidence }) => [
      watchedAt === null ? null : (watchedAt - T) / MINUTE_MS,
      evidence,
    ]),
    there,
    suppressed,
  };
}

describe("a viewing of a file", () => {
  test.each<[string, KnownPlay[], ImportedPlay[], { add: number; there: number }]>([
    ["is new where nothing is", [], [play(T)], { add: 1, there: 0 }],
    [
      "is one that a server has seen within half the runtime",
      [stored(T + 29 * MINUTE_MS)],
      [play(T)],
      { add: 0, there: 1 },
    ],
    ["is another one beyond that", [stored(T + 31 * MINUTE_MS)], [play(T)], { add: 1, there: 0 }],
    ["stands for one stored play only", [stored(T)], [play(T), play(T + DAY_MS)], { add: 1, there: 1 }],
    ["recorded twice within minutes is one", [], [play(T), play(T + 5 * MINUTE_MS)], { add: 1, there: 1 }],
    ["without a time says nothing new of what is watched", [stored(T)], [play(null)], { add: 0, there: 1 }],
    ["without a time is one more beside those that are", [stored(T)], [play(T), play(null)], { add: 1, there: 1 }],
    ["with a time is new beside one without", [stored(null)], [play(T)], { add: 1, there: 0 }],
  ])("%s", (_, existing, plays, expected) => {
    const { add, there } = settle(existing, plays);
    expect({ add: add.length, there }).toEqual(expected);
  });

  test("has the name of its minute, and keeps it when the user has given the play another time", () => {
    const [[, evidence] = []] = settle([], [play(T + 1_234)]).add;
    expect(evidence).toBe("trakt:2025-06-01T20:00Z");
    const edited = stored(T - 90 * DAY_MS, { evidence: String(evidence), source: "import", integrationId: null });
    expect(settle([edited], [play(T + 1_234)])).toEqual({ add: [], there: 1, suppressed: 0 });
  });

  test("of our own export is the stored one of the same evidence, unless that is another server's", () => {
    expect(settle([stored(T, { evidence: "history:7" })], [own(T, "history:7")]).there).toBe(1);
    expect(settle([stored(T - 90 * DAY_MS, { evidence: "history:7" })], [own(T, "history:7")]).add).toEqual([
      [0, "history:7"],
    ]);
    const edited = stored(T - 90 * DAY_MS, { evidence: "history:7", editedFrom: "x" });
    expect(settle([edited], [own(T, "history:7")]).there).toBe(1);
    expect(
      settle(
        [],
        [
          own(T, "view:1"),
          own(T + DAY_MS, "history:9"),
          own(null, "view:3"),
          own(T, "manual:a"),
          own(T + MINUTE_MS, "manual:b"),
        ],
      ).add,
    ).toHaveLength(5);
  });

  test("that the user has taken away stays away, and is counted", () => {
    const whole = { until: T + HOUR_MS };
    expect(settle([], [play(T), play(null)], [whole])).toEqual({ add: [], there: 0, suppressed: 2 });
    expect(settle([], [play(T + DAY_MS)], [whole])).toMatchObject({ suppressed: 0, add: [[1440, expect.anything()]] });
    const one = { evidence: "history:5", watchedAt: T + MINUTE_MS, until: T + DAY_MS };
    expect(settle([], [play(T), play(T + 2 * HOUR_MS)], [one])).toMatchObject({
      suppressed: 1,
      add: [[120, expect.anything()]],
    });
    expect(settle([stored(T)], [play(T)], [whole])).toMatchObject({ there: 1, suppressed: 0 });
  });
});

describe("settling", () => {
  const minutes = fc.option(fc.integer({ min: 0, max: 400 }), { nil: null });
  const someStored = fc.array(minutes, { maxLength: 5 });
  const somePlays = fc.array(
    fc.record({
      at: minutes,
      evidence: fc.option(fc.constantFrom("history:1", "view:1", "manual:a", "manual:b"), { nil: null }),
    }),
    { maxLength: 6 },
  );
  const at = (minute: number | null) => (minute === null ? null : T + minute * MINUTE_MS);

  test("what it has added is all there the second time, and every viewing is counted once", () => {
    fc.assert(
      fc.property(someStored, somePlays, (before, given) => {
        const existing = before.map((minute) => stored(at(minute), { integrationId: null, evidence: `x:${minute}` }));
        const plays = given.map(({ at: minute, evidence }) =>
          evidence === null ? play(at(minute)) : own(at(minute), evidence),
        );
        const viewings = nameViewings("trakt", plays);
        const options = { durationMs: 60 * MINUTE_MS, removed: [] };
        const first = settlePlays(existing, viewings, options);
        expect(first.add.length + first.there + first.suppressed).toBe(plays.length);
        const added = first.add.map(({ play: { watchedAt }, evidence }) =>
          stored(watchedAt, { evidence, integrationId: null }),
        );
        const second = settlePlays([...existing, ...added], viewings, options);
        expect(second).toEqual({ add: [], there: plays.length, suppressed: 0 });
      }),
    );
  });
});
