import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Db } from "../../../src/db/open.ts";
import { entryOf } from "../../../src/db/repos/library.ts";
import { matchOf, saveMatch } from "../../../src/db/repos/matches.ts";
import { playsOfShow } from "../../../src/db/repos/plays.ts";
import { insertSuppression } from "../../../src/db/repos/suppressions.ts";
import { MINUTE_MS } from "../../../src/domain/instant.ts";
import { createEventBus } from "../../../src/kernel/events.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { AppEvents } from "../../../src/services/context.ts";
import { createTracking } from "../../../src/services/tracking/service.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

/** The same episode has the same date and title in both shows. */
function seasonsOf(db: Db, showId: number, sizes: readonly number[]): number[] {
  return sizes.flatMap((size, at) =>
    Array.from({ length: size }, (_, index) => {
      const title = `Part ${at + 1}.${index + 1}`;
      const airedAt = NOW - (300 - at * 100 - index * 7) * DAY;
      return given.addEpisode(db, showId, at + 1, index + 1, { title, airedAt, runtimeMin: 40 });
    }),
  );
}

/** Anna and Ben have two shows that are one: "Kingdom" of ten episodes, and again, of eight and with another name. */
function setUp() {
  const db = given.createTestDb();
  const bus = createEventBus<AppEvents>((error) => {
    throw error;
  });
  const events: string[] = [];
  bus.subscribe((name) => events.push(name));
  const clock = { now: () => NOW, sleep: () => Promise.resolve(), ticks: () => 0 };
  const importShow = () => Promise.reject(new Error("not expected"));
  const tracking = createTracking({ db, clock, bus, log: silentLog, sources: [] }, { importShow });
  const [anna, ben] = [given.addUser(db), given.addUser(db, "ben")];
  const from = given.addShow(db, { title: "The Kingdom" });
  const into = given.addShow(db, { title: "Kingdom" });
  const fromEpisodes = seasonsOf(db, from, [6, 4]);
  const intoEpisodes = seasonsOf(db, into, [5, 3]);
  for (const userId of [anna, ben]) for (const showId of [from, into]) given.addEntry(db, userId, showId);
  const integrationId = given.addIntegration(db, anna);
  const settle = () => {
    for (const userId of [anna, ben]) given.settle(db, userId, [from, into]);
  };
  settle();
  return { db, tracking, anna, ben, from, into, fromEpisodes, intoEpisodes, integrationId, settle, events };
}

/** All rows of what a person has, as they are. */
function everything(db: Db, userId: number): unknown {
  const rows = (sql: string) => db.raw.prepare<unknown, [number]>(sql).all(userId);
  return {
    entries: rows("SELECT * FROM library_entries WHERE user_id = ? ORDER BY show_id"),
    plays: rows("SELECT * FROM plays WHERE user_id = ? ORDER BY id"),
    suppressions: rows("SELECT * FROM suppressions WHERE user_id = ? ORDER BY id"),
    links: rows(
      "SELECT * FROM item_links WHERE integration_id IN (SELECT id FROM integrations WHERE user_id = ?) ORDER BY item_id",
    ),
    matches: rows(
      `SELECT server_show, show_id, method, confidence, chosen_by_user, evidence FROM matches
       WHERE integration_id IN (SELECT id FROM integrations WHERE user_id = ?) ORDER BY server_show`,
    ),
  };
}

describe("a show that becomes another", () => {
  test("takes plays, what was taken away, links, matches, rating, notes and list along", () => {
    const { db, tracking, anna, from, into, fromEpisodes, intoEpisodes, integrationId, settle, events } = setUp();
    const [first, second] = fromEpisodes as [number, number];
    given.addPlay(db, anna, first, { integrationId, watchedAt: NOW - 5 * DAY });
    insertSuppression(db, {
      userId: anna,
      episodeId: second,
      integrationId: null,
      evidence: null,
      until: NOW,
      reason: "user",
      syncLogId: null,
    });
    db.raw.run(
      `INSERT INTO item_links (integration_id, item_id, library_key, server_show, episode_id, state)
       VALUES (${integrationId}, '77', '1', 'k', ${first}, 'x')`,
    );
    saveMatch(
      db,
      {
        integrationId,
        serverShow: "k",
        itemId: "7",
        showId: from,
        method: "tmdb",
        confidence: 1,
        chosenByUser: 0,
        title: "The Kingdom",
        year: 2019,
        ids: "{}",
        evidence: "{}",
      },
      NOW,
    );
    tracking.updateShow(anna, String(from), { rating: 9, notes: "From the first", list: "later" });
    tracking.updateShow(anna, String(into), { notes: "From the second" });
    settle();
    events.length = 0;
    expect(tracking.moveShow(anna, from, into, "Merged by you")).toEqual({ plays: 1, folded: 0, kept: [] });
    expect(entryOf(db, anna, from)).toBeUndefined();
    expect(entryOf(db, anna, into)).toMatchObject({
      rating: 9,
      notes: "From the second\n\nFrom the first",
      list: "later",
      listChosen: 1,
      watched: 1,
      lastWatchedAt: NOW - 5 * DAY,
      nextEpisodeId: intoEpisodes[1],
    });
    expect(playsOfShow(db, anna, into, null)).toMatchObject([{ episodeId: intoEpisodes[0], integrationId }]);
    const moved = db.raw
      .prepare("SELECT episode_id FROM suppressions UNION ALL SELECT episode_id FROM item_links")
      .all();
    expect(moved).toEqual([{ episode_id: intoEpisodes[1] }, { episode_id: intoEpisodes[0] }]);
    expect(matchOf(db, integrationId, "k")).toMatchObject({ showId: into, method: "chosen", chosenByUser: 1 });
    expect(events.toSorted()).toEqual(["plays.changed", "show.changed", "show.changed"]);
  });

  test("keeps watched episodes that the other does not have as its own, and says which", () => {
    const { db, tracking, anna, from, into, fromEpisodes } = setUp();
    given.addPlay(db, anna, fromEpisodes[5] ?? 0);
    expect(tracking.moveShow(anna, from, into, "x").kept).toEqual([{ season: 1, number: 6, title: "Part 1.6" }]);
    expect(playsOfShow(db, anna, into, 1)).toHaveLength(1);
  });

  test("folds one viewing that both had noted, and only that", () => {
    const { db, tracking, anna, from, into, fromEpisodes, intoEpisodes } = setUp();
    const [mine, theirs] = [fromEpisodes[0] ?? 0, intoEpisodes[0] ?? 0];
    given.addPlay(db, anna, mine, { watchedAt: NOW - 9 * DAY });
    given.addPlay(db, anna, mine, {
      watchedAt: NOW - 2 * DAY,
      source: "manual",
      certainty: "marked",
      evidence: "manual:1",
    });
    given.addPlay(db, anna, theirs, { watchedAt: NOW - 2 * DAY + 15 * MINUTE_MS });
    expect(tracking.moveShow(anna, from, into, "x")).toMatchObject({ plays: 2, folded: 1 });
    expect(playsOfShow(db, anna, into, null).map(({ watchedAt }) => watchedAt)).toEqual([
      NOW - 9 * DAY,
      NOW - 2 * DAY + 15 * MINUTE_MS,
    ]);
  });

  test("is rehearsed with the very same outcome, and nothing of the rehearsal stays or is told", () => {
    const { db, tracking, anna, from, into, fromEpisodes, events } = setUp();
    for (const id of fromEpisodes) given.addPlay(db, anna, id);
    events.length = 0;
    const before = [everything(db, anna), db.raw.prepare("SELECT count(*) FROM episodes").values()];
    const rehearsed = tracking.rehearseMove(anna, from, into);
    expect([everything(db, anna), db.raw.prepare("SELECT count(*) FROM episodes").values()]).toEqual(before);
    expect(events).toEqual([]);
    expect(tracking.moveShow(anna, from, into, "x")).toEqual(rehearsed);
    expect(rehearsed.kept).toHaveLength(2);
  });

  test("leaves alone what has changed since when it is taken back", () => {
    const { db, tracking, anna, from, into, fromEpisodes, intoEpisodes } = setUp();
    const first = given.addPlay(db, anna, fromEpisodes[0] ?? 0);
    const { undoToken } = tracking.undoable(anna, () => tracking.moveShow(anna, from, into, "x"));
    tracking.removePlay(anna, String(first));
    tracking.markEpisode(anna, String(intoEpisodes[3]));
    tracking.undo(anna, undoToken);
    expect(playsOfShow(db, anna, from, null)).toEqual([]);
    expect(playsOfShow(db, anna, into, null).map(({ episodeId }) => episodeId)).toEqual([intoEpisodes[3] ?? 0]);
    expect(entryOf(db, anna, from)).toBeDefined();
  });
});

describe("whatever two shows hold", () => {
  const anyPlay = fc.record({
    side: fc.constantFrom("from" as const, "into" as const),
    at: fc.nat({ max: 7 }),
    minutes: fc.oneof(fc.constant(null), fc.nat({ max: 120 })),
    kind: fc.constantFrom("history" as const, "view" as const, "manual" as const),
    key: fc.nat({ max: 3 }),
    who: fc.constantFrom("anna" as const, "anna" as const, "ben" as const),
    edited: fc.constantFrom(false, false, true),
  });

  test("no viewing is lost, nobody else is touched, twice is as once, and undo gives it all back", () => {
    fc.assert(
      fc.property(fc.array(anyPlay, { maxLength: 14 }), (plays) => {
        const { db, tracking, anna, ben, from, into, fromEpisodes, intoEpisodes, integrationId, settle } = setUp();
        const known = new Set<string>();
        for (const { side, at, minutes, kind, key, who, edited } of plays) {
          const episodeId = (side === "from" ? fromEpisodes : intoEpisodes)[at] ?? 0;
          const userId = who === "anna" ? anna : ben;
          const evidence = `${kind}:${key}`;
          const name = [episodeId, userId, evidence].join(" ");
          if (known.has(name)) continue;
          known.add(name);
          const playId = given.addPlay(db, userId, episodeId, {
            watchedAt: minutes === null ? null : NOW - DAY + minutes * MINUTE_MS,
            certainty: minutes === null ? "unknown" : kind === "history" ? "played" : "marked",
            source: kind === "manual" ? "manual" : "plex",
            integrationId: kind === "manual" || who === "ben" ? null : integrationId,
            evidence,
          });
          if (edited) tracking.editPlay(userId, String(playId), { watchedAt: NOW - 40 * DAY });
        }
        settle();
        const [annas, bens] = [everything(db, anna), everything(db, ben)];
        const countOf = (showId: number) => playsOfShow(db, anna, showId, null).length;
        const [there, here] = [countOf(from), countOf(into)];
        const watched = (showId: number) =>
          new Set(
            db.raw
              .prepare<{ place: string }, [number, number]>(
                `SELECT DISTINCT e.season || 'x' || e.number AS place FROM plays p JOIN episodes e ON e.id = p.episode_id
                 WHERE p.user_id = ? AND e.show_id = ?`,
              )
              .all(anna, showId)
              .map(({ place }) => place),
          );
        const union = watched(from).union(watched(into));
        const { result, undoToken } = tracking.undoable(anna, () => tracking.moveShow(anna, from, into, "x"));
        expect(result.plays).toBe(there);
        expect([countOf(from), countOf(into)]).toEqual([0, there + here - result.folded]);
        expect(watched(into)).toEqual(union);
        expect(everything(db, ben)).toEqual(bens);
        const after = everything(db, anna);
        expect(tracking.rehearseMove(anna, from, into)).toEqual({ plays: 0, folded: 0, kept: [] });
        expect(everything(db, anna)).toEqual(after);
        expect(tracking.undo(anna, undoToken)).toBe(true);
        expect(everything(db, anna)).toEqual(annas);
        expect(everything(db, ben)).toEqual(bens);
      }),
      { numRuns: 40 },
    );
  });
});
