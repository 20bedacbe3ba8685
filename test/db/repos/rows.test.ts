import { describe, expect, test } from "bun:test";
import { ensureSeason, episodesOfShow, updateEpisode } from "../../../src/db/repos/episodes.ts";
import { ensureEntry, entryOf } from "../../../src/db/repos/library.ts";
import { deletePlays, playById, playsOfEpisodes, restorePlays, setPlayTime } from "../../../src/db/repos/plays.ts";
import { moveMarks } from "../../../src/db/repos/relink.ts";
import {
  addExternalIds,
  findShowByExternalId,
  findShowsByExternalIds,
  findShowsByTitle,
  idsOfShow,
  showById,
  updateShowFromCatalogue,
} from "../../../src/db/repos/shows.ts";
import {
  deleteSuppressions,
  insertSuppression,
  restoreSuppressions,
  suppressionsOf,
} from "../../../src/db/repos/suppressions.ts";
import { toRowId } from "../../../src/db/row-id.ts";
import { titleKey } from "../../../src/domain/title.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

describe("ids", () => {
  test("only the canonical spelling of a row number is one", () => {
    expect(["7", "0", "07", "7 ", "-7", "7.0", "7e1", "", "abc", "99999999999999999"].map(toRowId)).toEqual([
      7,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test("an id stays with the show that has it, and the other is told", () => {
    const db = given.createTestDb();
    const first = given.addShow(db, { ids: { tmdb: "10", tvdb: "20" } });
    const second = given.addShow(db, { title: "Salt Road", ids: { imdb: "tt0000030" } });
    expect(addExternalIds(db, second, { tmdb: "10", tvmaze: "40" })).toEqual([
      { kind: "tmdb", value: "10", ownerId: first },
    ]);
    expect(findShowByExternalId(db, "tmdb", "10")).toBe(first);
    expect(idsOfShow(db, second)).toEqual({ imdb: "tt0000030", tvmaze: "40" });
    expect(addExternalIds(db, second, { tvmaze: "40" })).toEqual([]);
    expect(findShowsByExternalIds(db, { imdb: "tt0000030", tmdb: "10", tvdb: "20" })).toEqual([first, second]);
  });
});

describe("shows", () => {
  test("are found by the key of their title, with the year where both sides know it", () => {
    const db = given.createTestDb();
    const old = given.addShow(db, { title: "The Lantern", year: 1999 });
    const recent = given.addShow(db, { title: "The Lantern", year: 2021 });
    const unknown = given.addShow(db, { title: "The Lantern!", year: null });
    const key = titleKey("the lantern").key;
    expect(findShowsByTitle(db, key, 2021).map(({ id }) => id)).toEqual([recent, unknown]);
    expect(findShowsByTitle(db, key, null).map(({ id }) => id)).toEqual([old, recent, unknown]);
    expect(findShowsByTitle(db, titleKey("Lantern Hill").key, null)).toEqual([]);
  });

  test("keep what the server said where the catalogue is silent", () => {
    const db = given.createTestDb();
    const id = given.addShow(db, { overview: "Boats.", genres: ["Drama"], network: "Canal 4", posterUrl: null });
    const facts = {
      title: "Harbour Lights (2019)",
      year: null,
      overview: null,
      status: "ended" as const,
      network: "Channel Four",
      genres: [],
      runtimeMin: 45,
      posterUrl: "https://images.invalid/a.jpg",
      enrichedFrom: "tvmaze",
      enrichedId: "7",
    };
    updateShowFromCatalogue(db, id, facts, NOW);
    expect(showById(db, id)).toMatchObject({
      title: "Harbour Lights (2019)",
      titleKey: titleKey("Harbour Lights").key,
      year: 2019,
      overview: "Boats.",
      status: "ended",
      network: "Channel Four",
      genres: '["Drama"]',
      runtimeMin: 45,
      enrichedFrom: "tvmaze",
      enrichedAt: NOW,
    });
  });
});

describe("episodes", () => {
  test("change in the given fields only", () => {
    const db = given.createTestDb();
    const showId = given.addShow(db);
    const id = given.addEpisode(db, showId, 1, 1, { title: "Ebb", runtimeMin: 44, ids: { tvdb: "5" }, plex: "abc" });
    updateEpisode(db, id, { onServer: true, airedAt: null });
    updateEpisode(db, id, {});
    expect(episodesOfShow(db, showId)[0]).toMatchObject({
      title: "Ebb",
      runtimeMin: 44,
      airedAt: null,
      onServer: true,
      inCatalogue: true,
      airedExact: false,
      tvdb: "5",
      plex: "abc",
    });
    expect(episodesOfShow(db, showId).map((episode) => episode.id)).toEqual([id]);
  });

  test("a season keeps its first title", () => {
    const db = given.createTestDb();
    const showId = given.addShow(db);
    ensureSeason(db, showId, 1);
    ensureSeason(db, showId, 1, "Winter");
    ensureSeason(db, showId, 1, "Season 1");
    ensureSeason(db, showId, 1);
    expect(db.raw.query("SELECT number, title FROM seasons").all()).toEqual([{ number: 1, title: "Winter" }]);
  });
});

describe("plays", () => {
  test("come back as they were, without what is gone, and never twice", () => {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const integrationId = given.addIntegration(db, userId);
    const syncLogId = given.addSync(db, userId, integrationId);
    const [first, second, third] = given.addSeasons(db, given.addShow(db), [3]) as [number, number, number];
    const kept = given.addPlay(db, userId, first, { integrationId, syncLogId, evidence: "history:a" });
    const orphan = given.addPlay(db, userId, second);
    const repeated = given.addPlay(db, userId, third, { integrationId, evidence: "history:c" });
    const before = playsOfEpisodes(db, userId, [first, second, third]);
    expect(before.map(({ id }) => id)).toEqual([kept, orphan, repeated]);
    expect(deletePlays(db, [kept, orphan, repeated])).toBe(3);
    db.raw.run(`DELETE FROM episodes WHERE id = ${second}`);
    db.raw.run(`DELETE FROM sync_logs WHERE id = ${syncLogId}`);
    given.addPlay(db, userId, third, { integrationId, evidence: "history:c" });
    expect(restorePlays(db, before)).toBe(1);
    expect(playById(db, kept)).toEqual({ ...before[0]!, syncLogId: null });
    expect(restorePlays(db, before)).toBe(0);
  });

  test("of another user are not read", () => {
    const db = given.createTestDb();
    const [anna, ben] = [given.addUser(db), given.addUser(db, "ben")];
    const [episode] = given.addSeasons(db, given.addShow(db), [1]) as [number];
    const own = given.addPlay(db, anna, episode);
    given.addPlay(db, ben, episode);
    const editedFrom = JSON.stringify({ watchedAt: given.NOW - given.DAY, certainty: "played" });
    setPlayTime(db, own, { watchedAt: null, certainty: "unknown", editedFrom });
    expect(playsOfEpisodes(db, anna, [episode])).toMatchObject([
      { id: own, watchedAt: null, certainty: "unknown", editedFrom },
    ]);
  });
});

describe("episodes that turn out to be one", () => {
  function twice() {
    const db = given.createTestDb();
    const userId = given.addUser(db);
    const integrationId = given.addIntegration(db, userId);
    const [from, to] = given.addSeasons(db, given.addShow(db), [2]) as [number, number];
    const add = (episode: number, evidence: string, minutes: number, editedTo?: number) => {
      const watchedAt = given.NOW - given.DAY + minutes * 60_000;
      const id = given.addPlay(db, userId, episode, { integrationId, evidence, watchedAt });
      const editedFrom = JSON.stringify({ watchedAt, certainty: "played" });
      if (editedTo !== undefined) setPlayTime(db, id, { watchedAt: editedTo, certainty: "marked", editedFrom });
      return id;
    };
    const left = () =>
      playsOfEpisodes(db, userId, [to]).map(({ id, watchedAt, editedFrom }) => [
        id,
        watchedAt,
        editedFrom === null ? null : JSON.parse(editedFrom).watchedAt,
      ]);
    return { db, from, to, add, left, move: () => moveMarks(db, new Map([[from, to]]), "everybody") };
  }
  const start = given.NOW - given.DAY;

  test("keep the user's time of a row that both have", () => {
    const { from, to, add, left, move } = twice();
    add(from, "history:1", 0, 99);
    const kept = add(to, "history:1", 0);
    move();
    expect(left()).toEqual([[kept, 99, start]]);
  });

  test("keep the user's time of a viewing that both have seen", () => {
    const { from, to, add, left, move } = twice();
    const first = add(from, "history:1", 0);
    add(to, "history:2", 10, 99);
    move();
    expect(left()).toEqual([[first, 99, start]]);
  });

  test("keep two plays that the user has told apart, and those that are at one time by the user's word alone", () => {
    const { from, to, add, left, move } = twice();
    const plays = [add(from, "history:1", 0, 77), add(to, "history:2", 10, 99), add(to, "history:3", 200, start)];
    move();
    expect(left()).toEqual([
      [plays[0], 77, start],
      [plays[1], 99, start + 10 * 60_000],
      [plays[2], start, start + 200 * 60_000],
    ]);
  });
});

test("suppressions come back unless what they belong to is gone", () => {
  const db = given.createTestDb();
  const userId = given.addUser(db);
  const [attic, cellar] = [
    given.addIntegration(db, userId),
    given.addIntegration(db, userId, { serverName: "Cellar" }),
  ];
  const [episode] = given.addSeasons(db, given.addShow(db), [1]) as [number];
  const row = { userId, episodeId: episode, evidence: null, until: NOW, reason: "user" as const, syncLogId: null };
  for (const integrationId of [null, attic, cellar])
    insertSuppression(db, { ...row, integrationId, watchedAt: NOW - DAY });
  const before = suppressionsOf(db, userId, [episode]);
  expect(
    deleteSuppressions(
      db,
      before.map(({ id }) => id),
    ),
  ).toBe(3);
  db.raw.run(`DELETE FROM integrations WHERE id = ${cellar}`);
  expect(restoreSuppressions(db, before)).toBe(2);
  expect(suppressionsOf(db, userId, [episode])).toEqual(before.slice(0, 2));
});

test("an entry is made once and later syncs leave it alone", () => {
  const db = given.createTestDb();
  const userId = given.addUser(db);
  const showId = given.addShow(db);
  expect(ensureEntry(db, userId, showId, { list: "watching", addedBySync: null, now: NOW })).toBe(true);
  expect(ensureEntry(db, userId, showId, { list: "later", addedBySync: null, now: NOW + DAY })).toBe(false);
  expect(entryOf(db, userId, showId)).toMatchObject({ list: "watching", listChosen: 0, addedAt: NOW });
});
