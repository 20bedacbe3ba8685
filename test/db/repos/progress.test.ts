import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Db } from "../../../src/db/open.ts";
import { episodesOfShow } from "../../../src/db/repos/episodes.ts";
import { entryOf, refreshProgress, setList } from "../../../src/db/repos/library.ts";
import { playsOfEpisodes } from "../../../src/db/repos/plays.ts";
import { refreshShowCounts, showById, showsWithNewlyAired } from "../../../src/db/repos/shows.ts";
import { isSpecial, showProgress } from "../../../src/domain/progress.ts";
import { automaticList } from "../../../src/domain/show-list.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

const episode = fc.record({
  season: fc.integer({ min: 0, max: 3 }),
  number: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  airedAt: fc.oneof(
    fc.constant(null),
    fc.integer({ min: -4, max: 3 }).map((days) => NOW + days * DAY),
  ),
  onServer: fc.boolean(),
  plays: fc.array(
    fc.oneof(
      fc.constant(null),
      fc.integer({ min: 1, max: 400 }).map((days) => NOW - days * DAY),
    ),
    { maxLength: 2 },
  ),
  playsOfOthers: fc.integer({ min: 0, max: 4 }).map((count) => (count === 4 ? 1 : 0)),
});
const show = fc.record({
  status: fc.constantFrom(null, "running" as const, "ended" as const),
  episodes: fc.uniqueArray(episode, {
    maxLength: 14,
    selector: (each) => (each.number === null ? fc.stringify(each) : `${each.season}x${each.number}`),
  }),
});

type GivenShow = typeof show extends fc.Arbitrary<infer Value> ? Value : never;

function fill(db: Db, userId: number, otherId: number, shows: GivenShow[]): number[] {
  return shows.map(({ status, episodes }) => {
    const showId = given.addShow(db, { status });
    given.addEntry(db, userId, showId);
    for (const { season, number, airedAt, onServer, plays, playsOfOthers } of episodes) {
      const id = given.addEpisode(db, showId, season, number, { airedAt, onServer });
      for (const watchedAt of plays) given.addPlay(db, userId, id, { watchedAt });
      for (let index = 0; index < playsOfOthers; index += 1) given.addPlay(db, otherId, id);
    }
    return showId;
  });
}

describe("stored progress", () => {
  test("is what the domain computes from the same episodes and plays, for any library", () => {
    fc.assert(
      fc.property(fc.array(show, { minLength: 1, maxLength: 5 }), (shows) => {
        const db = given.createTestDb();
        const userId = given.addUser(db);
        const showIds = fill(db, userId, given.addUser(db, "ben"), shows);
        refreshProgress(db, userId, showIds, NOW);
        for (const [index, showId] of showIds.entries()) {
          const rows = episodesOfShow(db, showId).sort((a, b) => a.id - b.id);
          const plays = playsOfEpisodes(
            db,
            userId,
            rows.map(({ id }) => id),
          );
          const counted = rows.map((row) => ({
            ...row,
            plays: plays.filter(({ episodeId }) => episodeId === row.id).length,
          }));
          const progress = showProgress(counted, NOW);
          const times = plays.flatMap(({ watchedAt }) => (watchedAt === null ? [] : [watchedAt]));
          const entry = entryOf(db, userId, showId);
          expect(entry?.watched).toBe(progress.watched);
          expect(entry?.lastWatchedAt ?? null).toBe(times.length === 0 ? null : Math.max(...times));
          expect(entry?.list).toBe(automaticList({ hasEnded: shows[index]?.status === "ended", progress }));
          const next = counted.find(({ id }) => id === entry?.nextEpisodeId) ?? null;
          const key = (each: typeof next) => each && [each.season, each.number, each.airedAt];
          expect(key(next)).toEqual(key(progress.next));
        }
        db.close();
      }),
      { numRuns: 150 },
    );
  });

  test("counts of a show leave specials out and take any viewing as proof that an episode is out", () => {
    fc.assert(
      fc.property(fc.array(show, { minLength: 1, maxLength: 4 }), (shows) => {
        const db = given.createTestDb();
        const showIds = fill(db, given.addUser(db), given.addUser(db, "ben"), shows);
        refreshShowCounts(db, showIds, NOW);
        for (const [index, showId] of showIds.entries()) {
          const regular = (shows[index]?.episodes ?? []).filter((each) => !isSpecial(each));
          const out = regular.filter(
            ({ airedAt, onServer, plays, playsOfOthers }) =>
              plays.length + playsOfOthers > 0 || (airedAt === null ? onServer : airedAt <= NOW),
          );
          const coming = regular.flatMap(({ airedAt }) => (airedAt !== null && airedAt > NOW ? [airedAt] : []));
          const row = showById(db, showId);
          expect([row?.total, row?.aired]).toEqual([regular.length, out.length]);
          expect(row?.nextAirAt ?? null).toBe(coming.length === 0 ? null : Math.min(...coming));
        }
        db.close();
      }),
      { numRuns: 60 },
    );
  });

  test("takes the same number of statements for one show and for two hundred", () => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const showIds = Array.from({ length: 200 }, () => {
      const showId = given.addShow(db);
      given.addEntry(db, userId, showId);
      const [first] = given.addSeasons(db, showId, [3]);
      given.addPlay(db, userId, first!);
      return showId;
    });
    const one = given.statementsOf(db, () => given.settle(db, userId, showIds.slice(0, 1)));
    const many = given.statementsOf(db, () => given.settle(db, userId, showIds));
    expect(many).toHaveLength(one.length);
    expect(one.length).toBeLessThanOrEqual(4);
  });

  test("a list that the user has chosen is never moved", () => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const showId = given.addShow(db, { status: "ended" });
    const [only] = given.addSeasons(db, showId, [1]);
    given.addEntry(db, userId, showId);
    setList(db, userId, showId, "archived");
    given.addPlay(db, userId, only!);
    given.settle(db, userId, [showId]);
    expect(entryOf(db, userId, showId)).toMatchObject({ list: "archived", watched: 1 });
  });

  test("a show whose next episode has come out by now is found, and only until its counts are made again", () => {
    const db = given.createTestDb();
    const showId = given.addShow(db);
    given.addEpisode(db, showId, 1, 1, { airedAt: NOW + DAY });
    refreshShowCounts(db, [showId], NOW);
    expect(showsWithNewlyAired(db, NOW)).toEqual([]);
    expect(showsWithNewlyAired(db, NOW + DAY)).toEqual([showId]);
    refreshShowCounts(db, [showId], NOW + DAY);
    expect(showsWithNewlyAired(db, NOW + DAY)).toEqual([]);
    expect(showById(db, showId)).toMatchObject({ aired: 1, nextAirAt: null });
  });

  test("reads episodes and plays through their indexes", () => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const showId = given.addShow(db);
    given.addEntry(db, userId, showId);
    const statements = given.statementsOf(db, () => given.settle(db, userId, [showId]));
    const plans = statements.flatMap((sql) => given.planOf(db, sql));
    expect(plans.filter((step) => /^SCAN (e|p|l|s|plays|episodes|shows|library_entries)\b/.test(step))).toEqual([]);
  });
});
