import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HOUR_MS, type Instant, MINUTE_MS } from "../../src/domain/instant.ts";
import {
  combineViews,
  type DesiredPlay,
  type HistoryRow,
  type PlayInput,
  playsOf,
  type ViewState,
} from "../../src/domain/plays.ts";

const NOW = Date.UTC(2026, 10, 22, 20);
const T = Date.UTC(2025, 5, 1, 20);
const RUNTIME = 44 * MINUTE_MS;

function row(key: string, at: Instant | null): HistoryRow {
  return { key, at };
}
function view(viewCount: number, lastViewedAt: Instant | null, viewOffset = 0): ViewState {
  return { viewCount, viewOffset, lastViewedAt };
}
function played(at: Instant, key: string): DesiredPlay {
  return { watchedAt: at, certainty: "played", evidence: `history:${key}` };
}
function marked(at: Instant, count = 1): DesiredPlay {
  return { watchedAt: at, certainty: "marked", evidence: `view:${count}` };
}
function unknown(evidence: string): DesiredPlay {
  return { watchedAt: null, certainty: "unknown", evidence };
}
function plays(input: Partial<PlayInput>): DesiredPlay[] {
  return playsOf({ rows: [], view: null, durationMs: RUNTIME, now: NOW, ...input });
}

describe("a play", () => {
  test.each<[string, Partial<PlayInput>, DesiredPlay[]]>([
    ["nothing is nothing", {}, []],
    ["never watched", { view: view(0, null) }, []],
    ["a partial view is no play", { view: view(0, T, 600_000) }, []],
    ["a last-viewed date alone is no play", { view: view(0, T) }, []],
    ["each row is a play", { rows: [row("a", T), row("b", T + HOUR_MS)] }, [played(T, "a"), played(T + HOUR_MS, "b")]],
    [
      "a row counts although the item is unmarked today",
      { rows: [row("a", T)], view: view(0, null) },
      [played(T, "a")],
    ],
    ["a row counts although the item is gone", { rows: [row("a", T)], view: null }, [played(T, "a")]],
    ["a mark without rows is one play at its date", { view: view(1, T) }, [marked(T)]],
    ["many views without rows are still one play", { view: view(7, T) }, [marked(T, 7)]],
    ["more views than rows add nothing", { rows: [row("a", T)], view: view(9, T) }, [played(T, "a")]],
    [
      "a listing an hour after the row is the row's",
      { rows: [row("a", T)], view: view(2, T + HOUR_MS) },
      [played(T, "a")],
    ],
    [
      "a listing more than an hour after the row is one more, marked",
      { rows: [row("a", T)], view: view(2, T + HOUR_MS + 1) },
      [played(T, "a"), marked(T + HOUR_MS + 1, 2)],
    ],
    [
      "… measured from the newest row",
      { rows: [row("a", T), row("b", T + 5 * HOUR_MS)], view: view(2, T + 6 * HOUR_MS) },
      [played(T, "a"), played(T + 5 * HOUR_MS, "b")],
    ],
    ["… but not during a rewatch", { rows: [row("a", T)], view: view(1, T + 9 * HOUR_MS, 5000) }, [played(T, "a")]],
    ["… nor at an impossible time", { rows: [row("a", T)], view: view(1, NOW + 9 * HOUR_MS) }, [played(T, "a")]],
    ["… nor when unmarked", { rows: [row("a", T)], view: view(0, T + 9 * HOUR_MS) }, [played(T, "a")]],
    ["no date is an unknown time", { view: view(1, null) }, [unknown("view:1")]],
    ["the epoch is an unknown time", { view: view(1, 0) }, [unknown("view:1")]],
    ["before 1990 is an unknown time", { view: view(1, Date.UTC(1989, 11, 31)) }, [unknown("view:1")]],
    ["an hour ahead is believed", { view: view(1, NOW + HOUR_MS) }, [marked(NOW + HOUR_MS)]],
    ["further ahead is an unknown time", { view: view(1, NOW + HOUR_MS + 1) }, [unknown("view:1")]],
    ["a rewatch in progress without rows has an unknown time", { view: view(1, T, 5000) }, [unknown("view:1")]],
    ["a row without a time", { rows: [row("a", null)] }, [unknown("history:a")]],
    ["a row of 1970", { rows: [row("a", 1000)], view: view(1, 1000) }, [unknown("history:a")]],
    ["rows with and without a time", { rows: [row("z", null), row("a", T)] }, [played(T, "a"), unknown("history:z")]],
  ])("%s", (_, input, expected) => {
    expect(plays(input)).toEqual(expected);
  });
});

describe("rows close together", () => {
  const half = RUNTIME / 2;
  test.each<[string, number | null, number[], number[]]>([
    ["closer than half the runtime are one play at the earlier time", RUNTIME, [half - 1, 0], [0]],
    ["exactly half the runtime apart are two", RUNTIME, [0, half], [0, half]],
    ["in the same second are one", RUNTIME, [0, 0, 0], [0]],
    ["a chain is measured from its first row", RUNTIME, [0, half - 1, half + 1], [0, half + 1]],
    ["without a runtime 30 minutes count", null, [0, 30 * MINUTE_MS - 1], [0]],
    ["… and 30 minutes apart are two", null, [0, 30 * MINUTE_MS], [0, 30 * MINUTE_MS]],
    ["a runtime of nothing is no runtime", 0, [0, 29 * MINUTE_MS], [0]],
  ])("%s", (_, durationMs, offsets, expected) => {
    const rows = offsets.map((offset, index) => row(`r${index}`, T + offset));
    expect(plays({ rows, durationMs }).map((play) => (play.watchedAt ?? 0) - T)).toEqual(expected);
  });

  test("the rows of a viewing are named, so that it is recognised under any of them", () => {
    expect(plays({ rows: [row("b", T + 2000), row("c", T + 3000), row("a", T + 1000)] })).toEqual([
      { ...played(T + 1000, "a"), alsoKnownAs: ["history:b", "history:c"] },
    ]);
  });

  test("a row that two pages deliver is one", () => {
    expect(plays({ rows: [row("a", T), row("a", T), row("a", null)] })).toEqual([played(T, "a")]);
  });
});

describe("copies of one episode", () => {
  test("a finished copy speaks louder than one in progress", () => {
    expect(combineViews([view(1, T), view(1, T + HOUR_MS, 5000)])).toEqual(view(1, T));
  });
  test("the latest of the finished ones gives the date and the highest count counts", () => {
    expect(combineViews([view(3, T), view(1, T + HOUR_MS), view(0, T + 2 * HOUR_MS)])).toEqual(view(3, T + HOUR_MS));
  });
  test("all in progress stay in progress", () => {
    expect(combineViews([view(1, T, 7000), view(1, T, 5000)])).toEqual(view(1, T, 7000));
  });
  test("an unwatched copy in progress does not hide a watched one", () => {
    expect(combineViews([view(0, T, 7000), view(1, T - HOUR_MS)])).toEqual(view(1, T - HOUR_MS));
  });
  test("none is none", () => {
    expect(combineViews([])).toBeNull();
  });
});

describe("for any history and listing", () => {
  const anyTime = fc.oneof(
    fc.constant(null),
    fc.integer({ min: T, max: T + 6 * HOUR_MS }),
    fc.constantFrom(0, -5, 1000, NOW, NOW + 2 * HOUR_MS),
  );
  const anyRow = fc.record({ key: fc.constantFrom("a", "b", "c", "d", "e", "f"), at: anyTime });
  const anyView = fc.option(
    fc.record({ viewCount: fc.nat(3), viewOffset: fc.constantFrom(0, 5000), lastViewedAt: anyTime }),
  );
  const anyInput = fc.record({
    rows: fc.array(anyRow),
    view: anyView,
    durationMs: fc.constantFrom(null, 0, RUNTIME, 3 * HOUR_MS),
    now: fc.constant(NOW),
  });

  test("the order of the rows changes nothing", () => {
    fc.assert(
      fc.property(anyInput, fc.infiniteStream(fc.nat()), (input, random) => {
        const shuffled = input.rows
          .map((item) => ({ item, at: random.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
        expect(playsOf({ ...input, rows: shuffled })).toEqual(playsOf(input));
      }),
    );
  });

  test("no time is invented, and no evidence used twice", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const given = new Set([...input.rows.map(({ at }) => at), input.view?.lastViewedAt]);
        const found = playsOf(input);
        for (const { watchedAt, certainty } of found) {
          expect(watchedAt === null || given.has(watchedAt)).toBe(true);
          expect(watchedAt === null).toBe(certainty === "unknown");
        }
        expect(new Set(found.map(({ evidence }) => evidence)).size).toBe(found.length);
      }),
    );
  });

  test("whatever counts a view gives a play, and what counts none gives none", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const isWatched = input.rows.length > 0 || (input.view?.viewCount ?? 0) >= 1;
        expect(playsOf(input).length > 0).toBe(isWatched);
      }),
    );
  });

  test("a further row never takes a play away from the history", () => {
    fc.assert(
      fc.property(anyInput, anyRow, (input, extra) => {
        fc.pre(!input.rows.some(({ key }) => key === extra.key));
        const quiet = { ...input, view: null };
        const before = playsOf(quiet).length;
        expect(playsOf({ ...quiet, rows: [...quiet.rows, extra] }).length).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
