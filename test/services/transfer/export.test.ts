import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Db } from "../../../src/db/open.ts";
import { setList, setRating } from "../../../src/db/repos/library.ts";
import { saveMatch } from "../../../src/db/repos/matches.ts";
import { insertSuppression } from "../../../src/db/repos/suppressions.ts";
import { DAY_MS, MINUTE_MS } from "../../../src/domain/instant.ts";
import {
  addEntry,
  addEpisode,
  addIntegration,
  addPlay,
  addShow,
  addUser,
  NOW,
  settle,
} from "../../support/fixtures.ts";
import { contentOf, openDesk, playLines } from "./harness.ts";

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('=HYPERLINK("x")', 'a,b\n"c"', "شمس", "<b>x</b>", "'@x"),
);
const title = text.map((each) => `Show ${each}`.trim().replace(/\s+/g, " "));
const minute = fc.integer({ min: 0, max: 500_000 });

const viewing = fc.record({
  at: fc.option(minute, { nil: null }),
  evidence: fc.constantFrom("history:", "view:", "manual:", "trakt:2024-01-01T20:00Z"),
  source: fc.constantFrom("plex", "jellyfin", "emby", "manual", "import"),
  editedFrom: fc.option(fc.constantFrom('{"at":1}', "=x"), { nil: null }),
});
const episode = fc.record({
  season: fc.integer({ min: 0, max: 3 }),
  unnumbered: fc.boolean(),
  name: fc.option(
    text.map((each) => each.trim() || "x"),
    { nil: null },
  ),
  tvdb: fc.boolean(),
  plays: fc.array(viewing, { maxLength: 3 }),
  removed: fc.option(fc.record({ one: fc.boolean(), at: minute }), { nil: null }),
});
const show = fc.record({
  title,
  year: fc.option(fc.integer({ min: 1950, max: 2030 }), { nil: null }),
  tmdb: fc.boolean(),
  entry: fc.boolean(),
  list: fc.option(fc.constantFrom("watching" as const, "later" as const, "ended" as const, "archived" as const), {
    nil: null,
  }),
  rating: fc.option(fc.integer({ min: 1, max: 10 }), { nil: null }),
  notes: fc.option(
    text.map((each) => each.trim() || "x"),
    { nil: null },
  ),
  addedAgo: fc.integer({ min: 0, max: 900 }),
  episodes: fc.array(episode, { maxLength: 4 }),
});
type Show = typeof show extends fc.Arbitrary<infer Value> ? Value : never;

/** Shows of random libraries bear their number, so that none is taken for another. */
function build(db: Db, userId: number, shows: readonly Show[]): void {
  for (const [index, each] of shows.entries()) {
    const showId = addShow(db, {
      title: `${index} ${each.title}`,
      year: each.year,
      ids: each.tmdb ? { tmdb: String(index + 1) } : {},
    });
    const hasPlays = each.episodes.some(({ plays }) => plays.length > 0);
    for (const [number, e] of each.episodes.entries()) {
      const id = addEpisode(db, showId, e.season, e.unnumbered ? null : number + 1, {
        title: e.unnumbered ? `${e.name ?? "x"} ${number}` : e.name,
        inCatalogue: false,
        airedAt: number % 2 === 0 ? NOW - number * DAY_MS : null,
        ids: e.tvdb ? { tvdb: String(index * 10 + number + 1) } : {},
        plex: number === 1 ? `plex://episode/${index}` : null,
      });
      for (const [at, play] of e.plays.entries()) {
        const watchedAt = play.at === null ? null : NOW - play.at * MINUTE_MS;
        const certainty = watchedAt === null ? ("unknown" as const) : ("played" as const);
        const more = { watchedAt, certainty, source: play.source, evidence: `${play.evidence}${at}` };
        const playId = addPlay(db, userId, id, more);
        db.raw.query("UPDATE plays SET edited_from = ? WHERE id = ?").run(play.editedFrom, playId);
      }
      if (e.removed === null || (!e.removed.one && e.plays.length > 0)) continue;
      insertSuppression(db, {
        userId,
        episodeId: id,
        integrationId: null,
        evidence: e.removed.one ? "history:99" : null,
        watchedAt: e.removed.one ? NOW - e.removed.at * MINUTE_MS : null,
        until: NOW - e.removed.at * MINUTE_MS,
        reason: "user",
        syncLogId: null,
      });
    }
    if (!each.entry && !hasPlays) continue;
    addEntry(db, userId, showId, "watching", NOW - each.addedAgo * DAY_MS);
    if (each.list !== null) setList(db, userId, showId, each.list);
    if (each.rating !== null) setRating(db, userId, showId, each.rating);
    db.raw.query("UPDATE library_entries SET notes = ? WHERE show_id = ?").run(each.notes, showId);
    settle(db, userId, [showId]);
  }
}

const library = fc.array(show, { maxLength: 4 });

test("everything comes back on another installation: export, import and export give the same document", async () => {
  await fc.assert(
    fc.asyncProperty(library, async (shows) => {
      using here = openDesk();
      using there = openDesk();
      build(here.db, here.userId, shows);
      const document = await here.exported();
      const done = await there.bring(document);
      expect(done.summary).toMatchObject({ notUnderstood: 0, alreadyThere: 0, suppressed: 0 });
      expect(JSON.parse(await there.exported())).toEqual(JSON.parse(document));
      const before = contentOf(there.db);
      expect((await there.bring(document)).summary).toMatchObject({
        added: 0,
        showsNew: 0,
        filled: 0,
        notUnderstood: 0,
      });
      expect(contentOf(there.db)).toEqual(before);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("as a table it brings every play, rating and note back, and nothing twice", async () => {
  await fc.assert(
    fc.asyncProperty(library, async (shows) => {
      using here = openDesk();
      using there = openDesk();
      build(here.db, here.userId, shows);
      const table = await here.exported("csv");
      expect((await here.bring(table)).summary).toMatchObject({ added: 0, showsNew: 0, filled: 0, notUnderstood: 0 });
      await there.bring(table);
      expect(await there.exported("csv")).toEqual(table);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("preferences and what servers' shows were found to be come along, filling what is still as it came", async () => {
  using here = openDesk();
  const showId = addShow(here.db, { ids: { tmdb: "876" } });
  addEntry(here.db, here.userId, showId);
  const integrationId = addIntegration(here.db, here.userId);
  saveMatch(
    here.db,
    {
      integrationId,
      serverShow: "plex://show/1",
      itemId: "9",
      showId,
      method: "chosen",
      confidence: 1,
      chosenByUser: 1,
      title: "Harbor Lights",
      year: 2019,
      ids: '{"tvdb":"5"}',
      evidence: "{}",
    },
    NOW,
  );
  here.db.raw.run(
    "UPDATE users SET theme = 'light', time_zone = 'Asia/Tokyo', date_format = 'ymd', title_language = 'de'",
  );
  const document = await here.exported();
  expect(document).not.toContain("token");

  using there = openDesk();
  there.db.raw.run("UPDATE users SET theme = 'dark'");
  const done = await there.bring(document);
  const facts = () => there.db.raw.query("SELECT theme, time_zone, date_format, title_language FROM users").get();
  expect(facts()).toEqual({ theme: "dark", time_zone: "Asia/Tokyo", date_format: "ymd", title_language: "de" });
  const { matches } = JSON.parse(await there.exported());
  expect(matches).toHaveLength(1);
  expect(matches).toEqual(JSON.parse(document).matches);
  // The server is remembered, not connected.
  expect(there.db.raw.query("SELECT server_id, disconnected_at IS NOT NULL AS off FROM integrations").all()).toEqual([
    { server_id: `server-${here.userId}-Attic`, off: 1 },
  ]);
  await there.undo(done.id);
  expect(facts()).toEqual({ theme: "dark", time_zone: null, date_format: "auto", title_language: null });
  expect(
    there.db.raw.query("SELECT (SELECT count(*) FROM matches) + (SELECT count(*) FROM integrations) AS n").get(),
  ).toEqual({ n: 0 });
});

test("is the user's own and nobody else's", async () => {
  using desk = openDesk();
  const ben = addUser(desk.db, "ben");
  const showId = addShow(desk.db);
  const id = addEpisode(desk.db, showId, 1, 1);
  addEntry(desk.db, ben, showId);
  addPlay(desk.db, ben, id);
  expect(JSON.parse(await desk.exported()).shows).toEqual([]);
  expect(JSON.parse(await desk.exported("json", ben)).shows).toHaveLength(1);
  expect(playLines(desk.db, desk.userId)).toEqual([]);
});

test("a damaged document is imported as far as it can be read, and says what could not", async () => {
  using desk = openDesk();
  const whole = { season: 1, number: 1, title: null, airedAt: null, ids: {}, guid: null };
  const play = {
    episode: whole,
    watchedAt: "2024-01-01T20:00:00.000Z",
    certainty: "played",
    source: "plex",
    evidence: "history:1",
    editedFrom: null,
  };
  const document = {
    format: "episode-tracker",
    version: 2,
    shows: [
      {
        title: "A",
        year: null,
        ids: {},
        moreIds: [],
        library: null,
        plays: [play, { ...play, watchedAt: "soon" }, { ...play, source: "<b>" }],
        removed: [{}],
      },
      { title: 7 },
    ],
    matches: [{}],
  };
  const done = await desk.bring(JSON.stringify(document));
  expect(done.summary).toMatchObject({ added: 1, notUnderstood: 5 });
  expect(done.summary.notes[0]).toContain("newer version");
  const { items } = desk.transfer.items(desk.userId, done.id, { kind: "not-understood", limit: 9 });
  expect(items.map(({ title: place }) => place)).toEqual([
    "shows, entry 1, play 2",
    "shows, entry 1, play 3",
    "shows, entry 1, removal 1",
    "shows, entry 2",
    "matches, entry 1",
  ]);
});
