import { describe, expect, test } from "bun:test";
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "../../src/domain/instant.ts";
import {
  isOwnMark,
  type OwnMark,
  PUSH_TOLERANCE_MS,
  rowsWithoutOwn,
  viewWithoutOwn,
} from "../../src/domain/own-marks.ts";
import type { HistoryRow, ViewState } from "../../src/domain/plays.ts";

const T = Date.UTC(2026, 4, 1, 20);

const view = (viewCount: number, lastViewedAt: Instant | null, viewOffset = 0): ViewState => ({
  viewCount,
  viewOffset,
  lastViewedAt,
});
const mark = (more: Partial<OwnMark> = {}): OwnMark => ({ at: T, viewCount: 1, seenAs: T + SECOND_MS, ...more });
const unwatched = (seen: ViewState): ViewState => ({ ...seen, viewCount: 0 });

describe("what a listing says beyond our own mark", () => {
  test.each<[string, ViewState, OwnMark | undefined, boolean]>([
    ["nothing, while the counter stands", view(1, T + SECOND_MS), mark(), true],
    [
      "nothing, however far the server's clock is off",
      view(1, T + 5 * MINUTE_MS),
      mark({ seenAs: T + 5 * MINUTE_MS }),
      true,
    ],
    ["nothing, when a playback that was broken off has moved the date", view(1, T + HOUR_MS, 5_000), mark(), true],
    ["a viewing within the same minute, since the counter has moved on", view(2, T + 30 * SECOND_MS), mark(), false],
    ["everything, when the server has shown it unwatched since", view(1, T + HOUR_MS), mark({ viewCount: 0 }), false],
    ["everything, where we have set nothing", view(1, T), undefined, false],
    [
      "nothing, of a mark that nobody has seen, at about its time",
      view(1, T + 9 * MINUTE_MS),
      mark({ seenAs: null }),
      true,
    ],
    [
      "nothing, of a mark that was seen under the date of another playback, when that is all it still shows",
      view(1, T + HOUR_MS),
      mark({ seenAs: T }),
      true,
    ],
    [
      "nothing, of a mark that is perhaps taken back, at its date",
      view(1, T + SECOND_MS),
      mark({ isDoubtful: true }),
      true,
    ],
    [
      "everything, when it is perhaps taken back and shows another date",
      view(1, T + HOUR_MS),
      mark({ isDoubtful: true }),
      false,
    ],
    [
      "nothing, when it is perhaps taken back and a playback that was broken off has moved the date",
      view(1, T + HOUR_MS, 5_000),
      mark({ isDoubtful: true }),
      true,
    ],
    [
      "everything, when it was set at another time: ours never arrived",
      view(1, T + HOUR_MS),
      mark({ seenAs: null }),
      false,
    ],
  ])("%s", (_, seen, own, isOurs) => {
    expect(viewWithoutOwn(seen, own)).toEqual(isOurs ? unwatched(seen) : seen);
  });

  test("a date that is our own dates no further viewing", () => {
    expect(viewWithoutOwn(view(2, T + SECOND_MS), mark())).toEqual(view(2, null));
  });

  test("a mark that the service has carried to another copy is ours as well, at the same time only", () => {
    const seen = view(1, T + PUSH_TOLERANCE_MS);
    expect(viewWithoutOwn(seen, undefined, [mark({ seenAs: null })])).toEqual(unwatched(seen));
    const later = view(1, T + PUSH_TOLERANCE_MS + 1);
    expect(viewWithoutOwn(later, undefined, [mark({ seenAs: null })])).toEqual(later);
    const counted = view(2, T);
    expect(viewWithoutOwn(counted, undefined, [mark({ seenAs: null })])).toEqual(counted);
  });
});

describe("rows of a server that writes them for marks", () => {
  const row = (key: string, at: Instant | null) => ({ key, at });

  const left = (rows: HistoryRow[], ...marks: OwnMark[]) => rowsWithoutOwn(rows, marks).map(({ key }) => key);

  test("ours goes, by the server's own date where that is known; a viewing beside it stays", () => {
    const rows = [row("ours", T + SECOND_MS), row("theirs", T + 30 * SECOND_MS), row("undated", null)];
    expect(left(rows, mark())).toEqual(["theirs", "undated"]);
    expect(left(rows)).toEqual(["ours", "theirs", "undated"]);
  });

  test.each<[string, Instant | null]>([
    ["that nobody has seen", null],
    ["that was seen under the date of another playback", T],
  ])("of a mark %s the nearest goes, even where the clock is wrong", (_, seenAs) => {
    const own = mark({ seenAs });
    expect(left([row("undated", null), row("ours", T - 5 * MINUTE_MS)], own)).toEqual(["undated"]);
    expect(left([row("theirs", T + 9 * MINUTE_MS), row("ours", T - 5 * MINUTE_MS)], own)).toEqual(["theirs"]);
    expect(left([row("theirs", T + 11 * MINUTE_MS), row("old", T - HOUR_MS)], own)).toEqual(["theirs", "old"]);
  });

  test("two marks that nobody has seen explain two rows, and no third", () => {
    const rows = [row("first", T + SECOND_MS), row("second", T + 2 * SECOND_MS), row("theirs", T + MINUTE_MS)];
    expect(left(rows, mark({ seenAs: null }), mark({ seenAs: null, at: T + SECOND_MS }))).toEqual(["theirs"]);
  });
});

describe("a mark that keeps the date it was given", () => {
  const DATED = T - 90 * 24 * HOUR_MS;
  const dated = (more: Partial<OwnMark> = {}): OwnMark => mark({ datedAt: DATED, seenAs: DATED, ...more });

  test.each<[string, ViewState, OwnMark, boolean]>([
    ["is known by its date, whatever the counter says", view(4, DATED), dated(), true],
    ["also where whole seconds are kept", view(1, DATED - 400), dated({ seenAs: null }), true],
    ["also in another zone", view(1, DATED + 5.75 * HOUR_MS), dated({ seenAs: null }), true],
    [
      "also in another zone than the one it was first seen in",
      view(1, DATED),
      dated({ seenAs: DATED - 2 * HOUR_MS }),
      true,
    ],
    ["is no zone away that the earth does not have", view(1, DATED + 15 * HOUR_MS), dated({ seenAs: null }), false],
    ["is not between the zones", view(1, DATED + 2 * HOUR_MS + 7 * MINUTE_MS), dated({ seenAs: null }), false],
    ["is no further view in another zone", view(2, DATED + 2 * HOUR_MS), dated(), false],
    ["is known by its sending where the date was not taken", view(1, T + MINUTE_MS), dated({ seenAs: null }), true],
    ["is not what was watched after an unmark that nobody saw", view(1, T + HOUR_MS), dated(), false],
    ["stands while a playback is open", view(1, T + HOUR_MS, 5_000), dated(), true],
  ])("%s", (_, seen, own, isOwn) => {
    expect(viewWithoutOwn(seen, own).viewCount === 0).toBe(isOwn);
  });

  test("is what shows right after its sending, but for a viewing that ended in the same moment", () => {
    const sent = dated({ seenAs: null });
    expect(isOwnMark(sent, view(5, DATED))).toBe(true);
    expect(isOwnMark(sent, view(1, DATED + HOUR_MS))).toBe(true);
    expect(isOwnMark(sent, view(1, T + SECOND_MS))).toBe(true);
    expect(isOwnMark(sent, view(1, T - 40 * MINUTE_MS - 7 * SECOND_MS))).toBe(false);
    expect(isOwnMark(mark({ seenAs: null }), view(1, T - 40 * MINUTE_MS))).toBe(true);
    expect(isOwnMark(mark({ seenAs: null }), view(2, T))).toBe(false);
  });

  test("says nothing of a view on another copy, which may tell of the same viewing", () => {
    const seen = view(1, DATED);
    expect(viewWithoutOwn(seen, undefined, [dated()])).toEqual(seen);
  });
});
