import { expect, test } from "bun:test";
import { lettingIn, rowsBeside } from "../../src/domain/fresh-views.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/domain/instant.ts";
import { mergePlays, type Suppression } from "../../src/domain/play-merge.ts";
import { playsOf, type ViewState } from "../../src/domain/plays.ts";

const T = Date.UTC(2026, 4, 1, 20);
const old = T - 30 * 24 * HOUR_MS;
const behind = T - 4 * MINUTE_MS;

const view = (lastViewedAt: number | null, more: Partial<ViewState> = {}): ViewState => ({
  viewCount: 1,
  viewOffset: 0,
  lastViewedAt,
  ...more,
});

/** The times at which an episode that was unmarked at T counts as watched again. */
function comesBack(seen: ViewState, fewerAt: number, rows: number[], suppression: Partial<Suppression> = {}) {
  const history = rows.map((at) => ({ key: String(at), at }));
  const suppressed = lettingIn([{ until: T, ...suppression }], [{ view: seen, fewerAt }], history);
  const desired = playsOf({ rows: rowsBeside(history, suppressed), view: seen, durationMs: null, now: T + HOUR_MS });
  return mergePlays([], desired, { integrationId: 1, durationMs: null, suppressed }).add.map(
    ({ watchedAt }) => watchedAt,
  );
}

test.each<[string, ViewState, number, number[], (number | null)[]]>([
  ["a viewing after the unmark, by a clock that is behind", view(behind), T, [old, behind], [behind]],
  ["a mark after it, by a clock that is behind", view(behind), T + SECOND_MS, [], [behind]],
  ["a mark after it, below a playback that was broken off", view(behind, { viewOffset: 5 }), T, [], [null]],
  [
    "a mark within the hour of a viewing that was unmarked",
    view(T + 20 * MINUTE_MS),
    T,
    [old, T],
    [T + 20 * MINUTE_MS],
  ],
  ["the same, last seen before the unmark", view(T + 20 * MINUTE_MS), T - 1, [old, T], [T + 20 * MINUTE_MS]],
  [
    "nothing of what was seen before the unmark, below an open playback",
    view(T + MINUTE_MS, { viewOffset: 5 }),
    T - 1,
    [T],
    [],
  ],
  [
    "a mark that nobody knows the time of, below an open playback",
    view(T + MINUTE_MS, { viewOffset: 5 }),
    T - HOUR_MS,
    [old],
    [null],
  ],
  [
    "nothing below a playback that was open before the unmark",
    view(T - MINUTE_MS, { viewOffset: 5 }),
    T - HOUR_MS,
    [],
    [],
  ],
  ["nothing, where the item was last seen unwatched before the unmark", view(behind), T - 1, [behind], []],
  ["nothing of an old view that was carried over", view(old), T, [old], []],
  ["nothing of a view that nobody knows the date of", view(null), T, [], []],
  ["nothing of what is unwatched still", view(behind, { viewCount: 0, viewOffset: 5 }), T, [old], []],
])("what comes back of an unmarked episode: %s", (_, seen, fewerAt, rows, times) => {
  expect(comesBack(seen, fewerAt, rows)).toEqual(times);
});

test("a single play that was removed stays out", () => {
  expect(comesBack(view(behind), T, [behind], { evidence: `history:${behind}`, watchedAt: behind })).toEqual([]);
});
