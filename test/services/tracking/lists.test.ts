import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Db } from "../../../src/db/open.ts";
import { entryOf, refreshProgress } from "../../../src/db/repos/library.ts";
import { playsOfShow } from "../../../src/db/repos/plays.ts";
import { refreshShowCounts } from "../../../src/db/repos/shows.ts";
import { LIST_NAMES, type ListName } from "../../../src/domain/show-list.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import { createEventBus } from "../../../src/kernel/events.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { AppEvents } from "../../../src/services/context.ts";
import { type BulkAction, changeMany, MOST_AT_ONCE } from "../../../src/services/tracking/bulk.ts";
import { createTracking } from "../../../src/services/tracking/service.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

function setUp(db = given.createTestDb()) {
  const events: unknown[] = [];
  const bus = createEventBus<AppEvents>((error) => {
    throw error;
  });
  bus.subscribe((name, payload) => events.push([name, payload]));
  const clock = { now: () => NOW, sleep: () => Promise.resolve(), ticks: () => 0 };
  const never = () => Promise.reject(new Error("not asked for"));
  const tracking = createTracking({ db, clock, bus, log: silentLog, sources: [] }, { importShow: never });
  return { db, events, tracking, userId: given.addUser(db) };
}

/** An ended show of two episodes, both seen. */
function finished(db: Db, userId: number): number {
  const showId = given.addShow(db, { status: "ended" });
  given.addEntry(db, userId, showId);
  for (const episode of given.addSeasons(db, showId, [2])) given.addPlay(db, userId, episode);
  given.settle(db, userId, [showId]);
  return showId;
}

function newSeason(db: Db, userId: number, showId: number): void {
  given.addEpisode(db, showId, 2, 1, { airedAt: NOW - DAY });
  refreshShowCounts(db, [showId], NOW);
  refreshProgress(db, userId, [showId], NOW);
}

const listOf = (db: Db, userId: number, showId: number) => entryOf(db, userId, showId)?.list;

describe("the list of a show", () => {
  test("is Ended by itself once an ended show has been seen to its end, and Watching again with a new season", () => {
    const { db, userId } = setUp();
    const showId = finished(db, userId);
    expect(listOf(db, userId, showId)).toBe("ended");
    newSeason(db, userId, showId);
    expect(listOf(db, userId, showId)).toBe("watching");
  });

  test.each([...LIST_NAMES])("stays %s when the user has chosen that, whatever comes", (list) => {
    const { db, userId, tracking } = setUp();
    const showId = finished(db, userId);
    tracking.updateShow(userId, String(showId), { list });
    tracking.unmarkShow(userId, String(showId));
    expect(listOf(db, userId, showId)).toBe(list);
    tracking.markShow(userId, String(showId));
    newSeason(db, userId, showId);
    expect(listOf(db, userId, showId)).toBe(list);
  });

  test("follows from what has been watched again when the choice is handed back, and undo brings the choice back", () => {
    const { db, userId, tracking } = setUp();
    const showId = finished(db, userId);
    tracking.updateShow(userId, String(showId), { list: "archived", rating: 8 });
    const { undoToken } = tracking.undoable(userId, () => tracking.updateShow(userId, String(showId), { list: null }));
    expect(entryOf(db, userId, showId)).toMatchObject({ list: "ended", listChosen: 0, rating: 8 });
    newSeason(db, userId, showId);
    expect(listOf(db, userId, showId)).toBe("watching");
    tracking.undo(userId, undoToken);
    expect(entryOf(db, userId, showId)).toMatchObject({ list: "archived", listChosen: 1 });
  });
});

describe("many shows at once", () => {
  function shelf(count: number) {
    const made = setUp();
    const { db, userId } = made;
    const ids = Array.from({ length: count }, (_, at) => {
      const showId = given.addShow(db, { title: `Show ${at}`, status: at % 2 === 0 ? "ended" : "running" });
      given.addEntry(db, userId, showId);
      const [first] = given.addSeasons(db, showId, [3]);
      given.addEpisode(db, showId, 1, 4, { airedAt: NOW + DAY });
      if (first !== undefined && at % 3 === 0) given.addPlay(db, userId, first);
      return showId;
    });
    given.settle(db, userId, ids);
    const state = () => ids.map((id) => [entryOf(db, userId, id) ?? null, playsOfShow(db, userId, id, null)]);
    return { ...made, ids: ids.map(String), state };
  }

  const anyAction: fc.Arbitrary<BulkAction> = fc.oneof(
    fc.constantFrom<ListName | null>(...LIST_NAMES, null).map((list) => ({ kind: "move" as const, list })),
    fc.constantFrom(1, 10, null).map((rating) => ({ kind: "rate" as const, rating })),
    fc.constant({ kind: "mark-watched" as const }),
    fc.constant({ kind: "remove" as const }),
  );

  test("whatever is done to whichever of them, one token takes all of it back", () => {
    fc.assert(
      fc.property(anyAction, fc.uniqueArray(fc.nat(6), { minLength: 1 }), (action, chosen) => {
        const { db, tracking, userId, ids, state } = shelf(7);
        const before = state();
        const some = chosen.map((at) => ids[at] ?? "");
        const { shows, undoToken } = changeMany(tracking, userId, some, action);
        expect(shows).toBe(chosen.length);
        expect(tracking.undo(userId, undoToken)).toBe(true);
        expect(state()).toEqual(before);
        db.close();
      }),
      { numRuns: 40 },
    );
  });

  test("marks every episode that is out, tells how many, and tells the news once", () => {
    const { tracking, userId, ids, events } = shelf(4);
    const result = changeMany(tracking, userId, ids, { kind: "mark-watched" });
    // Three are out of each; of the first and the last one is seen already.
    expect([result.shows, result.episodes]).toEqual([4, 10]);
    expect(events).toEqual([["plays.changed", { userId, showIds: ids.map(Number) }]]);
  });

  test("counts a show that is named twice once", () => {
    const { tracking, userId, ids } = shelf(2);
    expect(changeMany(tracking, userId, [...ids, ...ids], { kind: "rate", rating: 5 }).shows).toBe(2);
  });

  test.each([{ kind: "move", list: "archived" }, { kind: "mark-watched" }, { kind: "remove" }] as BulkAction[])(
    "does nothing at all when one of them is not the user's: %p",
    (action) => {
      const { db, tracking, userId, ids, state, events } = shelf(3);
      const foreign = given.addShow(db);
      given.addEntry(db, given.addUser(db, "ben"), foreign);
      const before = state();
      expect(() => changeMany(tracking, userId, [...ids, String(foreign)], action)).toThrow(AppError);
      expect(state()).toEqual(before);
      expect(events).toEqual([]);
    },
  );

  test("refuses none and more than can be done in one go", () => {
    const { tracking, userId } = shelf(1);
    const many = Array.from({ length: MOST_AT_ONCE + 1 }, (_, at) => String(at));
    for (const ids of [[], many])
      expect(() => changeMany(tracking, userId, ids, { kind: "remove" })).toThrow(/at least one|at most 500/);
  });

  test("costs a fixed number of statements for each show to move", () => {
    const [few, many] = [3, 30].map((count) => {
      const { db, tracking, userId, ids } = shelf(count);
      return given.statementsOf(db, () => changeMany(tracking, userId, ids, { kind: "move", list: "later" })).length;
    }) as [number, number];
    expect((many - few) / 27).toBeLessThanOrEqual(3);
  });
});
