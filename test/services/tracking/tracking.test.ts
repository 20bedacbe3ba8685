import { describe, expect, test } from "bun:test";
import { entryOf } from "../../../src/db/repos/library.ts";
import { playsOfEpisodes, playsOfShow } from "../../../src/db/repos/plays.ts";
import { idsOfShow, showById } from "../../../src/db/repos/shows.ts";
import { suppressionsOf } from "../../../src/db/repos/suppressions.ts";
import { HOUR_MS } from "../../../src/domain/instant.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import { createEventBus } from "../../../src/kernel/events.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { MetadataSource } from "../../../src/metadata/contract.ts";
import type { AppEvents } from "../../../src/services/context.ts";
import { refreshNewlyAired } from "../../../src/services/tracking/airing.ts";
import { createTracking } from "../../../src/services/tracking/service.ts";
import * as given from "../../support/fixtures.ts";

const { DAY, NOW } = given;

function source(id: "trakt" | "tvmaze", label: string): MetadataSource {
  const never = () => Promise.reject(new Error("not asked for"));
  return {
    id,
    label,
    attribution: { text: label, url: "https://example.invalid" },
    idKinds: [],
    find: never,
    search: never,
    catalogue: never,
    artwork: never,
    probe: never,
    waitingUntil: () => null,
  };
}

function setUp(
  sources: MetadataSource[] = [],
  importShow: (source: string, id: string) => Promise<number> = () => Promise.reject(new Error("no")),
) {
  const db = given.createTestDb();
  const time = { now: NOW };
  const events: unknown[] = [];
  const bus = createEventBus<AppEvents>((error) => {
    throw error;
  });
  bus.subscribe((name, payload) => events.push([name, payload]));
  const clock = { now: () => time.now, sleep: () => Promise.resolve(), ticks: () => 0 };
  const tracking = createTracking({ db, clock, bus, log: silentLog, sources }, { importShow });
  const userId = given.addUser(db);
  const showId = given.addShow(db);
  given.addEntry(db, userId, showId);
  const episodes = given.addSeasons(db, showId, [3, 2]) as [number, number, number, number, number];
  given.settle(db, userId, [showId]);
  const changed = ["plays.changed", { userId, showIds: [showId] }];
  const plays = (episodeId: number) => playsOfEpisodes(db, userId, [episodeId]);
  const suppressions = (episodeId: number) => suppressionsOf(db, userId, [episodeId]);
  const entry = () => entryOf(db, userId, showId);
  return { db, time, events, bus, clock, tracking, userId, showId, episodes, changed, plays, suppressions, entry };
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return "none";
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe("correcting when a play was", () => {
  function corrected() {
    const scene = setUp();
    const { db, userId, episodes, tracking } = scene;
    const id = given.addPlay(db, userId, episodes[0], { watchedAt: NOW - DAY, evidence: "history:1" });
    const play = () => scene.plays(episodes[0]).find((each) => each.id === id);
    return {
      ...scene,
      play,
      edit: (watchedAt: number | null) => tracking.editPlay(userId, String(id), { watchedAt }),
      id,
    };
  }
  const word = JSON.stringify({ watchedAt: NOW - DAY, certainty: "played" });

  test("shows the user's time, keeps source and evidence, and is told once", () => {
    const { edit, play, events, changed, entry } = corrected();
    edit(NOW - 9 * DAY);
    edit(NOW - 9 * DAY);
    expect(play()).toMatchObject({
      watchedAt: NOW - 9 * DAY,
      certainty: "marked",
      source: "plex",
      evidence: "history:1",
      editedFrom: word,
    });
    expect(events).toEqual([changed]);
    expect(entry()?.lastWatchedAt).toBe(NOW - 9 * DAY);
  });

  test("may say that the date is not known, and go back to what the source says", () => {
    const { edit, play, tracking, userId, id } = corrected();
    edit(null);
    expect(play()).toMatchObject({ watchedAt: null, certainty: "unknown", editedFrom: word });
    tracking.resetPlay(userId, String(id));
    expect(play()).toMatchObject({ watchedAt: NOW - DAY, certainty: "played", editedFrom: null });
  });

  test("can be undone, and the undoing leaves alone what a sync has learned since", () => {
    const { db, play, tracking, userId, id } = corrected();
    const edit = (watchedAt: number) =>
      tracking.undoable(userId, () => tracking.editPlay(userId, String(id), { watchedAt })).undoToken;
    const [first, second] = [edit(NOW - 9 * DAY), edit(NOW - 8 * DAY)];
    const better = JSON.stringify({ watchedAt: NOW - DAY - 60_000, certainty: "played" });
    db.raw.run(`UPDATE plays SET evidence = 'history:0', edited_from = '${better}' WHERE id = ${id}`);
    tracking.undo(userId, second);
    expect(play()).toMatchObject({ watchedAt: NOW - 9 * DAY, editedFrom: better, evidence: "history:0" });
    tracking.undo(userId, first);
    expect(play()).toMatchObject({ watchedAt: NOW - DAY - 60_000, certainty: "played", editedFrom: null });
  });

  test("undoes a removal with the correction", () => {
    const { edit, play, tracking, userId, id } = corrected();
    edit(NOW - 9 * DAY);
    const { undoToken } = tracking.undoable(userId, () => tracking.removePlay(userId, String(id)));
    expect(play()).toBeUndefined();
    tracking.undo(userId, undoToken);
    expect(play()).toMatchObject({ watchedAt: NOW - 9 * DAY, editedFrom: word });
  });

  test("refuses the future, the nineteenth century, and somebody else's play", () => {
    const { db, edit, tracking, id } = corrected();
    expect(codeOf(() => edit(NOW + 2 * HOUR_MS))).toBe("invalid");
    expect(codeOf(() => edit(Date.UTC(1899, 0)))).toBe("invalid");
    const ben = given.addUser(db, "ben");
    expect(codeOf(() => tracking.editPlay(ben, String(id), { watchedAt: NOW }))).toBe("not-found");
    expect(codeOf(() => tracking.resetPlay(ben, String(id)))).toBe("not-found");
  });

  test("keeps views of both times away when a corrected play of no server is removed beside another", () => {
    const { db, tracking, userId, episodes, suppressions } = setUp();
    given.addPlay(db, userId, episodes[0]);
    const { playId } = tracking.addPlay(userId, String(episodes[0]), NOW - 2 * DAY);
    tracking.editPlay(userId, playId, { watchedAt: NOW - 5 * DAY });
    tracking.removePlay(userId, playId);
    expect(suppressions(episodes[0]).map(({ watchedAt }) => watchedAt)).toEqual([NOW - 2 * DAY, NOW - 5 * DAY]);
  });
});

describe("marking an episode", () => {
  test("adds one play dated now, however often, and tells it once", () => {
    const { tracking, userId, episodes, plays, events, changed, entry, time } = setUp();
    tracking.markEpisode(userId, String(episodes[0]));
    time.now += DAY;
    tracking.markEpisode(userId, String(episodes[0]));
    expect(plays(episodes[0])).toMatchObject([
      { watchedAt: NOW, certainty: "marked", source: "manual", integrationId: null },
    ]);
    expect(plays(episodes[0])[0]?.evidence).toMatch(/^manual:[0-9a-f-]{36}$/);
    expect(events).toEqual([changed]);
    expect(entry()).toMatchObject({ watched: 1, lastWatchedAt: NOW, nextEpisodeId: episodes[1] });
  });

  test("with a date moves the date of its own mark and never that of a play a server has seen", () => {
    const { db, tracking, userId, episodes, plays } = setUp();
    tracking.markEpisode(userId, String(episodes[0]), NOW - DAY);
    tracking.markEpisode(userId, String(episodes[0]), NOW - 2 * DAY);
    expect(plays(episodes[0]).map(({ watchedAt }) => watchedAt)).toEqual([NOW - 2 * DAY]);
    given.addPlay(db, userId, episodes[1], { watchedAt: NOW - 9 * DAY });
    tracking.markEpisode(userId, String(episodes[1]), NOW - DAY);
    expect(plays(episodes[1]).map(({ watchedAt }) => watchedAt)).toEqual([NOW - 9 * DAY]);
  });

  test("refuses a date before 1900 or more than an hour ahead", () => {
    const { tracking, userId, episodes, plays } = setUp();
    const episode = String(episodes[0]);
    expect(codeOf(() => tracking.markEpisode(userId, episode, NOW + HOUR_MS + 1))).toBe("invalid");
    expect(codeOf(() => tracking.markEpisode(userId, episode, Date.UTC(1899, 11, 31)))).toBe("invalid");
    expect(codeOf(() => tracking.addPlay(userId, episode, Number.NaN))).toBe("invalid");
    expect(plays(episodes[0])).toEqual([]);
    tracking.markEpisode(userId, episode, NOW + HOUR_MS);
    tracking.addPlay(userId, episode, Date.UTC(1900, 0, 1));
    expect(plays(episodes[0])).toHaveLength(2);
  });

  test("is not possible for another user's library, and says no more than that it is not there", () => {
    const { db, tracking, episodes, showId } = setUp();
    const ben = given.addUser(db, "ben");
    const results = [
      () => tracking.markEpisode(ben, String(episodes[0])),
      () => tracking.unmarkEpisode(ben, "999999"),
      () => tracking.addPlay(ben, "x"),
      () => tracking.markSeason(ben, String(showId), 1),
      () => tracking.markShow(ben, `0${showId}`),
      () => tracking.updateShow(ben, String(showId), { rating: 3 }),
      () => tracking.removeShow(ben, String(showId)),
    ].map(codeOf);
    expect(results).toEqual(results.map(() => "not-found"));
  });
});

describe("when it was watched", () => {
  const berlin = { airedIn: "Europe/Berlin" };
  const times = (rows: { watchedAt: number | null; certainty: string }[]) =>
    rows.map(({ watchedAt, certainty }) => [watchedAt, certainty]);

  test("may be unknown, for one episode and for many", () => {
    const { tracking, userId, showId, episodes, plays, entry } = setUp();
    tracking.markEpisode(userId, String(episodes[0]), null);
    tracking.markShow(userId, String(showId), null);
    expect(episodes.flatMap((id) => times(plays(id)))).toEqual(episodes.map(() => [null, "unknown"]));
    expect(entry()).toMatchObject({ watched: 5, lastWatchedAt: null });
    tracking.markEpisode(userId, String(episodes[0]), NOW - DAY);
    expect(times(plays(episodes[0]))).toEqual([[NOW - DAY, "marked"]]);
    tracking.markEpisode(userId, String(episodes[0]), null);
    expect(times(plays(episodes[0]))).toEqual([[null, "unknown"]]);
  });

  test.each([
    ["the moment of broadcast", { airedAt: NOW - DAY, airedExact: true }, NOW - DAY],
    [
      "where only the day is known, its begin where the user lives",
      { airedAt: Date.UTC(2024, 1, 3) },
      Date.UTC(2024, 1, 2, 23),
    ],
    ["without a date, unknown", { airedAt: null, onServer: true }, null],
    ["before it is out, unknown", { airedAt: NOW + DAY }, null],
  ] as const)("may be when it came out: %s", (_, facts, wanted) => {
    const { db, tracking, userId, showId, plays } = setUp();
    const episode = given.addEpisode(db, showId, 3, 1, facts);
    tracking.markEpisode(userId, String(episode), berlin);
    expect(times(plays(episode))).toEqual([[wanted, wanted === null ? "unknown" : "marked"]]);
  });

  test("may be when each of them came out", () => {
    const { tracking, userId, showId, episodes, plays } = setUp();
    expect(tracking.markSeason(userId, String(showId), 1, berlin)).toBe(3);
    const all = episodes.slice(0, 3).flatMap((id) => plays(id).map(({ watchedAt }) => watchedAt ?? 0));
    expect(new Set(all).size).toBe(3);
    expect(Math.max(...all)).toBeLessThan(NOW - DAY);
  });
});

describe("unmarking", () => {
  test("removes every play and keeps older views of any server out, once", () => {
    const { db, tracking, userId, episodes, plays, suppressions, time, entry } = setUp();
    given.addPlay(db, userId, episodes[0]);
    given.addPlay(db, userId, episodes[0]);
    tracking.unmarkEpisode(userId, String(episodes[0]));
    expect(plays(episodes[0])).toEqual([]);
    expect(suppressions(episodes[0])).toMatchObject([
      { evidence: null, integrationId: null, until: NOW, reason: "user" },
    ]);
    expect(entry()).toMatchObject({ watched: 0, lastWatchedAt: null });
    time.now += DAY;
    given.addPlay(db, userId, episodes[0]);
    tracking.unmarkEpisode(userId, String(episodes[0]));
    expect(suppressions(episodes[0])).toMatchObject([{ until: NOW + DAY }]);
  });

  test("an episode that is not watched changes nothing and tells nothing", () => {
    const { tracking, userId, episodes, suppressions, events } = setUp();
    tracking.unmarkEpisode(userId, String(episodes[0]));
    expect(suppressions(episodes[0])).toEqual([]);
    expect(events).toEqual([]);
  });

  test("is taken back by marking again, while marking a watched episode leaves removed plays removed", () => {
    const { db, tracking, userId, episodes, suppressions } = setUp();
    tracking.markEpisode(userId, String(episodes[0]));
    tracking.unmarkEpisode(userId, String(episodes[0]));
    tracking.markEpisode(userId, String(episodes[0]));
    expect(suppressions(episodes[0])).toEqual([]);
    const integrationId = given.addIntegration(db, userId);
    const extra = given.addPlay(db, userId, episodes[0], { integrationId, evidence: "history:9" });
    tracking.removePlay(userId, String(extra));
    tracking.markEpisode(userId, String(episodes[0]));
    expect(suppressions(episodes[0])).toMatchObject([{ evidence: "history:9", integrationId }]);
  });
});

describe("single viewings", () => {
  test("are added beside what is there and removed one by one", () => {
    const { tracking, userId, episodes, plays, suppressions, entry } = setUp();
    const first = tracking.addPlay(userId, String(episodes[0]), NOW - 5 * DAY);
    const second = tracking.addPlay(userId, String(episodes[0]));
    expect(plays(episodes[0]).map(({ watchedAt }) => watchedAt)).toEqual([NOW - 5 * DAY, NOW]);
    tracking.removePlay(userId, second.playId);
    expect(entry()).toMatchObject({ watched: 1, lastWatchedAt: NOW - 5 * DAY });
    tracking.removePlay(userId, first.playId);
    expect(entry()).toMatchObject({ watched: 0, lastWatchedAt: null });
    // The last one takes the mark with it, for every server.
    expect(suppressions(episodes[0])).toMatchObject([
      { evidence: expect.stringMatching(/^manual:/), watchedAt: NOW, until: NOW },
      { evidence: null, watchedAt: null },
    ]);
    expect(codeOf(() => tracking.removePlay(userId, first.playId))).toBe("not-found");
  });

  test("of somebody else are not there", () => {
    const { db, tracking, userId, showId, episodes } = setUp();
    const ben = given.addUser(db, "ben");
    given.addEntry(db, ben, showId);
    const theirs = given.addPlay(db, ben, episodes[0]);
    expect(codeOf(() => tracking.removePlay(userId, String(theirs)))).toBe("not-found");
    expect(playsOfShow(db, ben, showId, null)).toHaveLength(1);
  });
});

describe("in bulk", () => {
  test("marks what is out and not watched yet, without specials unless their season is named", () => {
    const { db, tracking, userId, showId, episodes, plays, events, changed } = setUp();
    const special = given.addEpisode(db, showId, 0, 1);
    const coming = given.addEpisode(db, showId, 2, 3, { airedAt: NOW + DAY });
    const undated = given.addEpisode(db, showId, 2, 4, { airedAt: null });
    const onServer = given.addEpisode(db, showId, 2, 5, { airedAt: null, onServer: true });
    given.addPlay(db, userId, episodes[0], { watchedAt: NOW - 8 * DAY });
    expect(tracking.markSeason(userId, String(showId), 1)).toBe(2);
    expect(tracking.markShow(userId, String(showId))).toBe(3);
    expect(tracking.markShow(userId, String(showId))).toBe(0);
    expect([special, coming, undated].map((id) => plays(id).length)).toEqual([0, 0, 0]);
    expect([episodes[0], onServer].map((id) => plays(id).length)).toEqual([1, 1]);
    expect(tracking.markSeason(userId, String(showId), 0)).toBe(1);
    expect(events).toEqual([changed, changed, changed]);
    expect(codeOf(() => tracking.markSeason(userId, String(showId), 7))).toBe("not-found");
  });

  test("unmarks a season, then the whole show with its specials", () => {
    const { db, tracking, userId, showId, episodes, suppressions, entry } = setUp();
    tracking.markShow(userId, String(showId));
    given.addPlay(db, userId, given.addEpisode(db, showId, 0, 1));
    expect(tracking.unmarkSeason(userId, String(showId), 2)).toBe(2);
    expect(entry()?.watched).toBe(3);
    expect(tracking.unmarkShow(userId, String(showId))).toBe(4);
    expect(playsOfShow(db, userId, showId, null)).toEqual([]);
    expect(suppressions(episodes[4])).toHaveLength(1);
  });

  test("everything up to here is one change that closes the gaps and can be taken back", () => {
    const { db, tracking, userId, showId, episodes, plays, events, changed, entry } = setUp();
    given.addEpisode(db, showId, 0, 1);
    given.addPlay(db, userId, episodes[1], { watchedAt: NOW - 8 * DAY });
    const { result, undoToken } = tracking.undoable(userId, () => tracking.markUpTo(userId, String(episodes[3])));
    expect(result).toBe(3);
    expect(episodes.map((id) => plays(id).length)).toEqual([1, 1, 1, 1, 0]);
    expect(entry()).toMatchObject({ watched: 4, nextEpisodeId: episodes[4] });
    expect(events).toEqual([changed]);
    expect(tracking.markUpTo(userId, String(episodes[3]))).toBe(0);
    expect(tracking.undo(userId, undoToken)).toBe(true);
    expect(episodes.map((id) => plays(id).length)).toEqual([0, 1, 0, 0, 0]);
  });

  test("watched again adds one play to everything that is out, watched before or not", () => {
    const { db, tracking, userId, showId, episodes, plays } = setUp();
    const special = given.addEpisode(db, showId, 0, 1);
    const coming = given.addEpisode(db, showId, 2, 3, { airedAt: NOW + DAY });
    tracking.markEpisode(userId, String(episodes[0]), NOW - 9 * DAY);
    expect(tracking.addSeasonPlays(userId, String(showId), 1, NOW - DAY)).toBe(3);
    expect(tracking.addShowPlays(userId, String(showId))).toBe(5);
    expect([...episodes, special, coming].map((id) => plays(id).length)).toEqual([3, 2, 2, 1, 1, 0, 0]);
    expect(plays(episodes[0]).map(({ watchedAt }) => watchedAt)).toEqual([NOW - 9 * DAY, NOW - DAY, NOW]);
    expect(codeOf(() => tracking.addSeasonPlays(userId, String(showId), 7))).toBe("not-found");
    expect(codeOf(() => tracking.addShowPlays(userId, String(showId), NOW + DAY))).toBe("invalid");
  });

  test("costs the same few statements around the marks for any number of episodes", () => {
    const { db, tracking, userId } = setUp();
    const sizes = [20, 400].map((size) => {
      const showId = given.addShow(db);
      given.addEntry(db, userId, showId);
      given.addSeasons(db, showId, [size]);
      return given.statementsOf(db, () => tracking.markShow(userId, String(showId))).length - size;
    });
    expect(sizes[0]).toBe(sizes[1]!);
  });
});

describe("undo", () => {
  test("takes back a whole change as if it had not been, and works once", () => {
    const { db, tracking, userId, showId, episodes, plays, entry, events } = setUp();
    const integrationId = given.addIntegration(db, userId);
    given.addPlay(db, userId, episodes[0], { integrationId, syncLogId: given.addSync(db, userId, integrationId) });
    given.settle(db, userId, [showId]);
    const before = [plays(episodes[0]), entry()];
    const { undoToken, result } = tracking.undoable(userId, () => {
      tracking.unmarkEpisode(userId, String(episodes[0]));
      return tracking.markSeason(userId, String(showId), 2);
    });
    expect(result).toBe(2);
    expect(events).toHaveLength(1);
    expect(tracking.undo(given.addUser(db, "ben"), undoToken)).toBe(false);
    expect(tracking.undo(userId, undoToken)).toBe(true);
    expect([plays(episodes[0]), entry()]).toEqual(before);
    expect(suppressionsOf(db, userId, episodes)).toEqual([]);
    expect(playsOfShow(db, userId, showId, 2)).toEqual([]);
    expect(tracking.undo(userId, undoToken)).toBe(false);
  });

  test("gives a moved date back, and a cleared suppression", () => {
    const { tracking, userId, episodes, plays, suppressions } = setUp();
    tracking.markEpisode(userId, String(episodes[0]), NOW - DAY);
    tracking.markEpisode(userId, String(episodes[1]));
    tracking.unmarkEpisode(userId, String(episodes[1]));
    const kept = suppressions(episodes[1]);
    const { undoToken } = tracking.undoable(userId, () => {
      tracking.markEpisode(userId, String(episodes[0]), NOW - 3 * DAY);
      tracking.markEpisode(userId, String(episodes[1]));
    });
    expect(tracking.undo(userId, undoToken)).toBe(true);
    expect(plays(episodes[0]).map(({ watchedAt }) => watchedAt)).toEqual([NOW - DAY]);
    expect(plays(episodes[1])).toEqual([]);
    expect(suppressions(episodes[1])).toEqual(kept);
  });

  test("leaves nothing behind of a change that failed halfway", () => {
    const { tracking, userId, episodes, plays, events } = setUp();
    const change = () => {
      tracking.markEpisode(userId, String(episodes[0]));
      tracking.markEpisode(userId, "999999");
    };
    expect(codeOf(() => tracking.undoable(userId, change))).toBe("not-found");
    expect(plays(episodes[0])).toEqual([]);
    expect(events).toEqual([]);
    tracking.markEpisode(userId, String(episodes[0]));
    expect(plays(episodes[0])).toHaveLength(1);
  });

  test("reaches fifty changes back", () => {
    const { tracking, userId, showId } = setUp();
    const tokens = Array.from({ length: 51 }, (_, at) =>
      tracking.undoable(userId, () => tracking.updateShow(userId, String(showId), { rating: (at % 10) + 1 })),
    );
    expect(tracking.undo(userId, tokens[0]!.undoToken)).toBe(false);
    expect(tracking.undo(userId, tokens[1]!.undoToken)).toBe(true);
  });
});

describe("the library", () => {
  test("a removed show is gone with its plays, old views stay out, and undo brings all of it back", () => {
    const { db, tracking, userId, showId, episodes, entry, plays, suppressions } = setUp();
    tracking.updateShow(userId, String(showId), { list: "archived", rating: 8 });
    tracking.markEpisode(userId, String(episodes[0]));
    const before = [entry(), plays(episodes[0])];
    const { undoToken } = tracking.undoable(userId, () => tracking.removeShow(userId, String(showId)));
    expect([entry(), plays(episodes[0])]).toEqual([undefined, []]);
    expect(suppressions(episodes[0])).toHaveLength(1);
    expect(showById(db, showId)).toBeDefined();
    tracking.undo(userId, undoToken);
    expect([entry(), plays(episodes[0])]).toEqual(before);
  });

  test("takes ratings from 1 to 10 or none, and keeps what is not given", () => {
    const { tracking, userId, showId, entry } = setUp();
    for (const rating of [0, 11, 7.5])
      expect(codeOf(() => tracking.updateShow(userId, String(showId), { rating }))).toBe("invalid");
    tracking.updateShow(userId, String(showId), { rating: 10 });
    tracking.updateShow(userId, String(showId), { list: "later" });
    expect(entry()).toMatchObject({ rating: 10, list: "later", listChosen: 1 });
    tracking.updateShow(userId, String(showId), { rating: null });
    expect(entry()?.rating).toBeNull();
  });

  test("keeps notes with their line breaks, at most ten thousand characters of them, and blank ones not at all", () => {
    const { tracking, userId, showId, entry } = setUp();
    const note = (notes: string | null) => tracking.updateShow(userId, String(showId), { notes });
    note("  Seen with Ben.\r\nStopped at the lighthouse.  ");
    expect(entry()?.notes).toBe("Seen with Ben.\nStopped at the lighthouse.");
    tracking.updateShow(userId, String(showId), { rating: 4 });
    expect(entry()?.notes).toContain("Ben");
    expect(codeOf(() => note("x".repeat(10_001)))).toBe("invalid");
    const { undoToken } = tracking.undoable(userId, () => note("  \n "));
    expect(entry()?.notes).toBeNull();
    tracking.undo(userId, undoToken);
    expect(entry()?.notes).toContain("lighthouse");
  });

  test("lets the show's progress choose the list again", () => {
    const { tracking, userId, showId, entry } = setUp();
    tracking.updateShow(userId, String(showId), { list: "archived" });
    tracking.updateShow(userId, String(showId), { list: null });
    expect(entry()).toMatchObject({ list: "watching", listChosen: 0 });
  });

  test("gets a show that is known already without asking the source, and another by its catalogue", async () => {
    const asked: string[] = [];
    const tvmaze = source("tvmaze", "TVmaze");
    const { db, tracking, userId, showId } = setUp([tvmaze], async (...choice) => {
      asked.push(choice.join(":"));
      return given.addShow(db, { title: "Salt Road", ids: { tvmaze: "82" } });
    });
    const ben = given.addUser(db, "ben");
    db.raw.run(`INSERT INTO external_ids (kind, value, show_id) VALUES ('tvmaze', '7', ${showId})`);
    expect(await tracking.addShow(ben, "tvmaze", "7")).toEqual({ showId: String(showId), added: true });
    expect(entryOf(db, ben, showId)).toMatchObject({ list: "watching", nextEpisodeId: expect.any(Number) });
    const added = await tracking.addShow(userId, "tvmaze", "82");
    expect(added.added).toBe(true);
    expect(await tracking.addShow(userId, "tvmaze", "82")).toEqual({ ...added, added: false });
    expect(idsOfShow(db, Number(added.showId))).toEqual({ tvmaze: "82" });
    expect(asked).toEqual(["tvmaze:82"]);
    expect(await tracking.addShow(userId, "tmdb", "1").catch((error: AppError) => error.code)).toBe("invalid");
  });

  test("puts a new show on the list that was named, and leaves one alone that is there", async () => {
    const { db, tracking, userId } = setUp([source("tvmaze", "TVmaze")], async () =>
      given.addShow(db, { title: "Salt Road", ids: { tvmaze: "82" } }),
    );
    const { showId } = await tracking.addShow(userId, "tvmaze", "82", "later");
    const entry = () => entryOf(db, userId, Number(showId));
    expect(entry()).toMatchObject({ list: "later", listChosen: 1 });
    await tracking.addShow(userId, "tvmaze", "82", "watching");
    expect(entry()).toMatchObject({ list: "later", listChosen: 1 });
  });

  test("leaves the list of a show that is being watched to its progress", async () => {
    const { db, tracking, userId } = setUp([source("tvmaze", "TVmaze")], async () =>
      given.addShow(db, { title: "Salt Road", ids: { tvmaze: "82" } }),
    );
    const { showId } = await tracking.addShow(userId, "tvmaze", "82", "watching");
    expect(entryOf(db, userId, Number(showId))).toMatchObject({ list: "watching", listChosen: 0 });
  });
});

test("an episode that comes out becomes next for everybody who has the show", () => {
  const { db, clock, bus, time, userId, showId, tracking, entry, events } = setUp();
  const coming = given.addEpisode(db, showId, 2, 3, { airedAt: NOW + DAY });
  tracking.markShow(userId, String(showId));
  expect(entry()?.nextEpisodeId).toBeNull();
  expect(refreshNewlyAired({ db, clock, bus })).toBe(0);
  time.now = NOW + DAY;
  expect(refreshNewlyAired({ db, clock, bus })).toBe(1);
  expect(entry()?.nextEpisodeId).toBe(coming);
  expect(events.at(-1)).toEqual(["show.changed", { showId }]);
  expect(refreshNewlyAired({ db, clock, bus })).toBe(0);
});
