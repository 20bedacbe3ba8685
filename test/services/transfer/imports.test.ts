import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { entryFacts } from "../../../src/db/repos/imports.ts";
import { setList, setRating } from "../../../src/db/repos/library.ts";
import { deletePlays, playsOfEpisodes, restorePlays } from "../../../src/db/repos/plays.ts";
import { insertSuppression } from "../../../src/db/repos/suppressions.ts";
import { DAY_MS } from "../../../src/domain/instant.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import { addEntry, addEpisode, addPlay, addSeasons, addShow, addUser, NOW, settle } from "../../support/fixtures.ts";
import { makeZip } from "../../support/zip.ts";
import { contentOf, type Desk, openDesk, playLines } from "./harness.ts";

const harbour = { title: "Harbour Lights", year: 2019, ids: { trakt: 901, tvdb: 345, tmdb: 876 } };
const seen = (number: number, at: string | null, more: object = {}) => ({
  watched_at: at,
  action: "watch",
  type: "episode",
  episode: { season: 1, number, title: `Part ${number}`, ids: { tmdb: 690 + number } },
  show: harbour,
  ...more,
});
const trakt = (...entries: object[]) => JSON.stringify(entries);
const three = trakt(seen(1, "2024-01-01T20:00:00Z"), seen(2, "2024-01-02T20:00:00Z"), seen(3, null));

async function refused(work: Promise<unknown> | (() => unknown)): Promise<AppError> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("an import", () => {
  test("previews without changing anything, does what it said, and says so to whoever listens", async () => {
    using desk = openDesk();
    const before = contentOf(desk.db);
    const preview = await desk.look(three, {}, "history.json");
    expect(preview).toMatchObject({ format: "trakt", status: "preview", fileName: "history.json" });
    expect(preview.summary).toMatchObject({
      shows: 1,
      plays: 3,
      added: 3,
      showsAdded: 1,
      showsNew: 1,
      alreadyThere: 0,
    });
    expect(contentOf(desk.db)).toEqual(before);
    expect(desk.transfer.items(desk.userId, preview.id, { limit: 9 }).items).toMatchObject([
      { kind: "show", title: "Harbour Lights", outcome: "created", added: 3 },
    ]);
    desk.transfer.apply(desk.userId, preview.id);
    const done = await desk.transfer.settled(desk.userId, preview.id);
    expect(done).toMatchObject({ status: "done", summary: { added: 3, showsNew: 1 } });
    expect(playLines(desk.db, desk.userId)).toEqual([
      "Harbour Lights 1x1 2024-01-01T20:00:00Z import",
      "Harbour Lights 1x2 2024-01-02T20:00:00Z import",
      "Harbour Lights 1x3 unknown import",
    ]);
    const [item] = desk.transfer.items(desk.userId, preview.id, { limit: 9 }).items;
    expect(desk.enqueued).toEqual([Number(item?.showId)]);
    expect(desk.events).toEqual([["plays.changed", { userId: desk.userId, showIds: desk.enqueued }]]);
    expect(readdirSync(join(desk.dataDir, "imports"))).toEqual([]);
    const entry = desk.db.raw.query("SELECT watched, last_watched_at FROM library_entries").get();
    expect(entry).toEqual({ watched: 3, last_watched_at: Date.UTC(2024, 0, 2, 20) });
  });

  test("done twice adds nothing, also by way of another program", async () => {
    using desk = openDesk();
    await desk.bring(three);
    const plays = playLines(desk.db, desk.userId);
    const again = await desk.bring(three);
    expect(again.summary).toMatchObject({ added: 0, showsNew: 0, alreadyThere: 3 });
    const simkl = {
      shows: [
        {
          status: "watching",
          show: { title: "Harbour Lights", year: 2019, ids: { tmdb: "876" } },
          seasons: [
            {
              number: 1,
              episodes: [
                { number: 1, watched_at: "2024-01-01T20:10:00Z" },
                { number: 3, watched_at: "1970-01-01T00:00:01Z" },
              ],
            },
          ],
        },
      ],
    };
    expect((await desk.bring(JSON.stringify(simkl))).summary).toMatchObject({ added: 0, alreadyThere: 2 });
    expect(playLines(desk.db, desk.userId)).toEqual(plays);
  });

  test("folds into what a server has seen, by id before number", async () => {
    using desk = openDesk();
    const showId = addShow(desk.db, { ids: { tmdb: "876" } });
    const first = addEpisode(desk.db, showId, 1, 1, { ids: { tmdb: "691" } });
    const moved = addEpisode(desk.db, showId, 2, 7, { ids: { tmdb: "692" } });
    addEpisode(desk.db, showId, 1, 2, { ids: { tmdb: "999" } });
    addEntry(desk.db, desk.userId, showId);
    addPlay(desk.db, desk.userId, first, { watchedAt: Date.UTC(2024, 0, 1, 20, 9) });
    const done = await desk.bring(three);
    expect(done.summary).toMatchObject({ added: 2, alreadyThere: 1, showsNew: 0 });
    expect(playLines(desk.db, desk.userId)).toEqual([
      "Harbour Lights 1x1 2024-01-01T20:09:00Z plex",
      "Harbour Lights 1x3 unknown import",
      "Harbour Lights 2x7 2024-01-02T20:00:00Z import",
    ]);
    expect(desk.db.raw.query("SELECT count(*) AS n FROM plays WHERE episode_id = ?").get(moved)).toEqual({ n: 1 });
  });

  test("never overrules a choice of the user; it fills what is empty, and says what stayed", async () => {
    using desk = openDesk();
    const showId = addShow(desk.db, { ids: { tmdb: "876" } });
    addEntry(desk.db, desk.userId, showId);
    setList(desk.db, desk.userId, showId, "watching");
    setRating(desk.db, desk.userId, showId, 3);
    const simkl = {
      shows: [
        {
          status: "dropped",
          user_rating: 8,
          memo: "so-so",
          show: { title: "Harbour Lights", year: 2019, ids: { tmdb: "876" } },
        },
      ],
    };
    const preview = await desk.look(JSON.stringify(simkl));
    expect(preview.summary).toMatchObject({ kept: 2, filled: 1 });
    await desk.bring(JSON.stringify(simkl));
    expect(entryFacts(desk.db, desk.userId, showId)).toEqual({
      list: "watching",
      listChosen: 1,
      rating: 3,
      notes: "so-so",
    });
  });

  test("leaves out what the user had removed here and counts it, unless asked to bring it back", async () => {
    using desk = openDesk();
    const showId = addShow(desk.db, { ids: { tmdb: "876" } });
    const [first] = addSeasons(desk.db, showId, [3]) as [number];
    const row = {
      userId: desk.userId,
      episodeId: first,
      integrationId: null,
      evidence: null,
      until: NOW,
      reason: "user" as const,
      syncLogId: null,
    };
    insertSuppression(desk.db, row);
    const only = trakt(seen(1, "2024-01-01T20:00:00Z", { episode: { season: 1, number: 1, ids: {} } }));
    const left = await desk.bring(only);
    expect(left.summary).toMatchObject({ added: 0, suppressed: 1, showsNew: 0 });
    // The show was taken out of the library with its plays: it does not come back empty.
    expect(entryFacts(desk.db, desk.userId, showId)).toBeNull();
    expect((await desk.bring(only, { bringBack: true })).summary).toMatchObject({ added: 1, suppressed: 0 });
  });

  test("does not guess between two shows of one title, and follows what the user says", async () => {
    using desk = openDesk();
    const shows = [addShow(desk.db, { year: 2019 }), addShow(desk.db, { year: 2004 })];
    const csv = "show,season,episode,watched_at\nHarbour Lights,1,1,2024-01-01T20:00:00Z\nNight Ferry,1,1,\n";
    const preview = await desk.look(csv);
    expect(preview.summary).toMatchObject({ doubtful: 1, added: 1, plays: 2 });
    const [item] = desk.transfer.items(desk.userId, preview.id, { doubtful: true, limit: 9 }).items;
    expect(item?.candidates.map(({ showId }) => Number(showId)).toSorted()).toEqual(shows.toSorted());
    for (const [choice, added, doubtful] of [
      [String(shows[1]), 2, 0],
      ["new", 2, 0],
      ["skip", 1, 0],
      ["4711", 1, 1],
    ] as const) {
      const revised = await desk.transfer.revise(desk.userId, preview.id, { choices: { [item?.key ?? ""]: choice } });
      expect({ choice, ...revised.summary }).toMatchObject({ choice, added, doubtful });
    }
    await desk.transfer.revise(desk.userId, preview.id, { choices: { [item?.key ?? ""]: String(shows[1]) } });
    desk.transfer.apply(desk.userId, preview.id);
    await desk.transfer.settled(desk.userId, preview.id);
    expect(entryFacts(desk.db, desk.userId, shows[1]!)).not.toBeNull();
    expect(entryFacts(desk.db, desk.userId, shows[0]!)).toBeNull();
  });

  test("keeps specials that no id places as episodes of their own", async () => {
    using desk = openDesk();
    const showId = addShow(desk.db, { title: "Harbour Lights", ids: { tvdb: "345" } });
    const special = addEpisode(desk.db, showId, 0, 1, { ids: { tmdb: "5" } });
    const known = addEpisode(desk.db, showId, 0, 9, { ids: { tvdb: "6002" } });
    const csv = [
      "series_tvdb_id,title,season,episode,tvdb_id,is_watched,watched_at,special",
      "345,Harbour Lights,0,1,6001,true,2020-01-01 10:00:00,true",
      "345,Harbour Lights,0,2,6002,true,2020-01-02 10:00:00,true",
    ].join("\n");
    const done = await desk.bring(csv);
    const playsOf = (id: number) => desk.db.raw.query("SELECT count(*) AS n FROM plays WHERE episode_id = ?").get(id);
    expect([playsOf(special), playsOf(known)]).toEqual([{ n: 0 }, { n: 1 }]);
    expect(done.summary.added).toBe(2);
    expect(desk.transfer.items(desk.userId, done.id, { limit: 9 }).items[0]?.note).toContain(
      "A special is not in the catalogue",
    );
    expect((await desk.bring(csv)).summary).toMatchObject({ added: 0, alreadyThere: 2 });
  });

  test("reads a zip, and refuses what cannot be read with words and without a trace", async () => {
    using desk = openDesk();
    const zip = makeZip([
      { name: "__MACOSX/._x.json", content: "rubbish" },
      { name: "anna/watched/history-1.json", content: three },
      { name: "anna/.DS_Store", content: "rubbish" },
    ]);
    expect((await desk.look(zip, {}, "trakt.zip")).summary).toMatchObject({ added: 3, notUnderstood: 0 });
    for (const [content, words] of [
      ["", /empty/],
      ["hello there", /nothing that is known here/],
      [makeZip([{ name: "photo.png", content: "x" }]), /holds no file/],
      [makeZip([{ name: "a.csv", content: "x", locked: true }]), /cannot be read/],
    ] as const) {
      const error = await refused(desk.look(content));
      expect([error.code, error.fields[0]?.path]).toEqual(["invalid", "file"]);
      expect(error.message).toMatch(words);
    }
    expect(desk.transfer.list(desk.userId, { limit: 9 }).items).toHaveLength(1);
    expect(readdirSync(join(desk.dataDir, "imports"))).toHaveLength(1);
  });

  test("of a plain table waits for its columns", async () => {
    using desk = openDesk();
    const preview = await desk.look("a,b,c\nHarbour Lights,1x2,2024-01-05\n");
    expect(preview.table).toEqual({
      header: ["a", "b", "c"],
      rows: [["Harbour Lights", "1x2", "2024-01-05"]],
      columns: {},
      complete: false,
    });
    expect((await refused(() => desk.transfer.apply(desk.userId, preview.id))).code).toBe("conflict");
    expect((await refused(desk.transfer.revise(desk.userId, preview.id, { columns: { show: "x" } }))).fields).toEqual([
      { path: "columns.show", message: "is not a column of this file" },
    ]);
    expect((await refused(desk.transfer.revise(desk.userId, preview.id, { timeZone: "Mars" }))).fields[0]?.path).toBe(
      "timeZone",
    );
    const columns = { show: "a", code: "b", watchedAt: "c" };
    const revised = await desk.transfer.revise(desk.userId, preview.id, { columns, timeZone: "America/New_York" });
    expect(revised).toMatchObject({ summary: { added: 1 }, table: { complete: true } });
    desk.transfer.apply(desk.userId, preview.id);
    await desk.transfer.settled(desk.userId, preview.id);
    expect(playLines(desk.db, desk.userId)).toEqual(["Harbour Lights 1x2 2024-01-05T05:00:00Z import"]);
  });

  test("is its user's alone", async () => {
    using desk = openDesk();
    const { id } = await desk.look(three);
    const ben = addUser(desk.db, "ben");
    const { transfer } = desk;
    for (const work of [
      () => transfer.get(ben, id),
      () => transfer.items(ben, id, { limit: 1 }),
      () => transfer.apply(ben, id),
      () => transfer.undo(ben, id),
      () => transfer.remove(ben, id),
      () => transfer.revise(ben, id, {}),
      () => transfer.get(desk.userId, "0x1"),
    ])
      expect((await refused(work)).code).toBe("not-found");
    expect(transfer.list(ben, { limit: 9 }).items).toEqual([]);
  });
});

describe("undoing an import", () => {
  async function library(): Promise<Desk> {
    const desk = openDesk();
    const showId = addShow(desk.db, { ids: { tmdb: "876" } });
    const [first] = addSeasons(desk.db, showId, [2]) as [number];
    addEntry(desk.db, desk.userId, showId);
    addPlay(desk.db, desk.userId, first, { watchedAt: NOW - 200 * DAY_MS });
    settle(desk.db, desk.userId, [showId]);
    return desk;
  }
  const file = JSON.stringify({
    shows: [
      {
        status: "dropped",
        user_rating: 9,
        memo: "x",
        show: { title: "Harbour Lights", year: 2019, ids: { tmdb: "876" } },
        seasons: [
          { number: 1, episodes: [1, 2, 3].map((number) => ({ number, watched_at: `2024-01-0${number}T20:00:00Z` })) },
        ],
      },
      { status: "plantowatch", show: { title: "Night Ferry", year: 2020, ids: { tvdb: "77" } } },
      {
        status: "watching",
        show: { title: "Umi", year: 2021, ids: {} },
        seasons: [{ number: 1, episodes: [{ number: 1 }] }],
      },
    ],
  });

  test("takes a play too that was removed and put back meanwhile", async () => {
    using desk = openDesk();
    const done = await desk.bring(three);
    const plays = desk.db.raw.query<{ episode_id: number }, []>("SELECT episode_id FROM plays").all();
    const removed = playsOfEpisodes(
      desk.db,
      desk.userId,
      plays.map(({ episode_id }) => episode_id),
    );
    deletePlays(
      desk.db,
      removed.map(({ id }) => id),
    );
    expect(restorePlays(desk.db, removed)).toBe(3);
    await desk.undo(done.id);
    expect(playLines(desk.db, desk.userId)).toEqual([]);
  });

  test("puts everything back as it was, new shows and episodes included", async () => {
    using desk = await library();
    const before = contentOf(desk.db);
    const done = await desk.bring(file);
    expect(done.summary).toMatchObject({ added: 4, showsNew: 2, filled: 4 });
    expect(contentOf(desk.db)).not.toEqual(before);
    const undone = await desk.undo(done.id);
    expect(undone.status).toBe("undone");
    expect(contentOf(desk.db)).toEqual(before);
    expect((await refused(() => desk.transfer.undo(desk.userId, done.id))).code).toBe("conflict");
    // An explicit act both times: what was undone can be imported again.
    expect((await desk.bring(file)).summary).toMatchObject({ added: 4, suppressed: 0 });
  });

  test("leaves alone what came since", async () => {
    using desk = await library();
    const done = await desk.bring(file);
    const night = desk.db.raw.query<{ id: number }, []>("SELECT id FROM shows WHERE title = 'Night Ferry'").get()!.id;
    const harbourId = desk.db.raw
      .query<{ id: number }, []>("SELECT id FROM shows WHERE title = 'Harbour Lights'")
      .get()!.id;
    setRating(desk.db, desk.userId, night, 7);
    setRating(desk.db, desk.userId, harbourId, 2);
    const umi = desk.db.raw
      .query<{ id: number }, []>("SELECT e.id FROM episodes e JOIN shows s ON s.id = e.show_id WHERE s.title = 'Umi'")
      .get()!.id;
    addPlay(desk.db, desk.userId, umi, { watchedAt: NOW });
    await desk.undo(done.id);
    expect(playLines(desk.db, desk.userId)).toHaveLength(2);
    expect(entryFacts(desk.db, desk.userId, night)).toMatchObject({ rating: 7, listChosen: 0 });
    expect(entryFacts(desk.db, desk.userId, harbourId)).toEqual({
      list: "watching",
      listChosen: 0,
      rating: 2,
      notes: null,
    });
  });

  test("forgetting an import keeps what it brought", async () => {
    using desk = await library();
    const done = await desk.bring(file);
    desk.transfer.remove(desk.userId, done.id);
    expect(playLines(desk.db, desk.userId)).toHaveLength(5);
    expect((await refused(() => desk.transfer.undo(desk.userId, done.id))).code).toBe("not-found");
  });
});

describe("an interrupted import", () => {
  const many = trakt(
    ...Array.from({ length: 40 }, (_, index) =>
      seen(1 + (index % 4), "2024-01-01T20:00:00Z", {
        show: { title: `Show ${index >> 2}`, year: 2000, ids: { trakt: 1 + (index >> 2) } },
      }),
    ),
  );

  test("keeps what it has added, goes on when asked to, and ends as if nothing had happened", async () => {
    using whole = openDesk();
    await whole.bring(many);
    using desk = openDesk();
    const { id } = await desk.look(many);
    desk.transfer.apply(desk.userId, id);
    await desk.transfer.stop();
    const stopped = desk.transfer.get(desk.userId, id);
    expect(stopped.status).toBe("failed");
    expect(stopped.summary.failure).toContain("interrupted");
    expect(stopped.summary.added).toBe(playLines(desk.db, desk.userId).length);
    expect(stopped.summary.added).toBeLessThan(40);
    const next = desk.again();
    next.apply(desk.userId, id);
    const done = await next.settled(desk.userId, id);
    expect(done).toMatchObject({
      status: "done",
      summary: { added: 40, showsAdded: 10, showsNew: 10, alreadyThere: 0, failure: null },
    });
    expect(playLines(desk.db, desk.userId)).toEqual(playLines(whole.db, whole.userId));
    next.undo(desk.userId, id);
    await next.settled(desk.userId, id);
    expect(playLines(desk.db, desk.userId)).toEqual([]);
  });

  test("that the process did not survive is found at the next start", async () => {
    using desk = openDesk();
    const { id } = await desk.look(many);
    desk.db.raw.run("UPDATE imports SET status = 'running'");
    const next = desk.again();
    next.recover();
    expect(next.get(desk.userId, id)).toMatchObject({ status: "failed" });
    next.apply(desk.userId, id);
    expect((await next.settled(desk.userId, id)).summary.added).toBe(40);
  });

  test("runs one at a time for each user", async () => {
    using desk = openDesk();
    const [first, second] = [await desk.look(many), await desk.look(three)];
    desk.transfer.apply(desk.userId, first.id);
    expect((await refused(() => desk.transfer.apply(desk.userId, second.id))).code).toBe("conflict");
    expect((await refused(() => desk.transfer.remove(desk.userId, first.id))).code).toBe("conflict");
    await desk.transfer.settled(desk.userId, first.id);
  });
});

test("a preview that nobody has decided on goes after a day, with its file", async () => {
  using desk = openDesk();
  const [preview, done] = [await desk.look(three), await desk.bring(trakt(seen(9, null)))];
  desk.transfer.prune();
  expect(desk.transfer.list(desk.userId, { limit: 9 }).items).toHaveLength(2);
  desk.clock.advance(DAY_MS + 1);
  desk.transfer.prune();
  expect(desk.transfer.list(desk.userId, { limit: 9 }).items.map(({ id }) => id)).toEqual([done.id]);
  expect(existsSync(join(desk.dataDir, "imports", preview.id))).toBe(false);
});
