import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MetadataSource } from "../../src/metadata/contract.ts";
import type { Artwork, Poster } from "../../src/services/artwork/service.ts";
import { createDiscovery } from "../../src/services/discovery/service.ts";
import { createTracking } from "../../src/services/tracking/service.ts";
import { createAuthRoutes } from "../../src/web/api/auth.ts";
import { createCalendarRoutes } from "../../src/web/api/calendar.ts";
import { createEpisodeRoutes } from "../../src/web/api/episodes.ts";
import { createHistoryRoutes } from "../../src/web/api/history.ts";
import { createMarkRoutes } from "../../src/web/api/marks.ts";
import { createPlayRoutes } from "../../src/web/api/plays.ts";
import { createSearchRoutes } from "../../src/web/api/search.ts";
import { createShowRoutes } from "../../src/web/api/shows.ts";
import { createStatsRoutes } from "../../src/web/api/stats.ts";
import { createUndoRoutes } from "../../src/web/api/undo.ts";
import { createUpNextRoutes } from "../../src/web/api/up-next.ts";
import type { RouteDeps } from "../../src/web/deps.ts";
import { createImageRoutes, posterSvg } from "../../src/web/images.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { standIn } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";

const { DAY } = given;

const routes = [
  createAuthRoutes,
  createShowRoutes,
  createMarkRoutes,
  createEpisodeRoutes,
  createPlayRoutes,
  createUndoRoutes,
  createUpNextRoutes,
  createHistoryRoutes,
  createCalendarRoutes,
  createStatsRoutes,
  createSearchRoutes,
];

let open: TestApp | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function setUp() {
  let poster: Poster | null = null;
  const artwork: Artwork = { poster: async () => poster, warm: async () => 0 };
  const tvmaze = standIn<MetadataSource>("tvmaze", {
    id: "tvmaze",
    label: "TVmaze",
    search: async (title) => [{ source: "tvmaze", sourceId: "82", title, year: 2020, ids: { tvmaze: "82" } }],
  });
  const app = createTestApp({
    services: (base) => {
      const sources = [tvmaze];
      const importShow = async () => given.addShow(base.db, { title: "Salt Road", ids: { tvmaze: "82" } });
      return {
        sources,
        tracking: createTracking({ ...base, sources }, { importShow }),
        discovery: createDiscovery({ ...base, sources }),
        apiRoutes: routes,
        pageRoutes: [(deps: RouteDeps) => createImageRoutes({ ...deps, artwork })],
      };
    },
  });
  open = app;
  const ana = await app.signIn();
  const now = app.clock.now();
  const userId = Number(ana.user.id);
  const showId = given.addShow(app.db, { title: "Harbour Lights", ids: { tmdb: "5", imdb: "tt0000005" } });
  given.addEntry(app.db, userId, showId);
  const episodes = [1, 2, 3].map((number) =>
    given.addEpisode(app.db, showId, 1, number, { airedAt: now - (10 - number) * DAY }),
  );
  const coming = given.addEpisode(app.db, showId, 1, 4, { airedAt: now + 2 * DAY, airedExact: true });
  given.settle(app.db, userId, [showId], now);
  const [first, second, third] = episodes as [number, number, number];
  const givePoster = (file: string) => {
    poster = { file, type: "image/png", etag: '"1-abc.png"' };
  };
  return { app, ana, now, userId, showId, first, second, third, coming, givePoster };
}

describe("shows", () => {
  test("are listed in the promised shape", async () => {
    const { ana, showId, first, now } = await setUp();
    const answer = await ana.get("/api/shows");
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      items: [
        {
          id: String(showId),
          title: "Harbour Lights",
          year: 2019,
          posterUrl: `/images/shows/${showId}/poster?v=0`,
          ids: { trakt: null, tmdb: "5", tvdb: null, imdb: "tt0000005", tvmaze: null },
          list: "watching",
          listChosen: false,
          rating: null,
          status: null,
          network: null,
          genres: [],
          watched: 0,
          aired: 3,
          total: 4,
          lastWatchedAt: null,
          addedAt: expect.stringMatching(/Z$/),
          nextAirAt: new Date(now + 2 * DAY).toISOString(),
          next: {
            id: String(first),
            season: 1,
            number: 1,
            title: "Episode 1",
            airedAt: new Date(now - 9 * DAY).toISOString(),
            airedExact: false,
          },
          newEpisode: false,
        },
      ],
      nextCursor: null,
    });
  });

  test("are filtered, sorted and paged; what does not exist is 422", async () => {
    const { app, ana, userId } = await setUp();
    for (const title of ["Alder", "Birch"]) given.addEntry(app.db, userId, given.addShow(app.db, { title }));
    const first = await ana.get("/api/shows?sort=title&limit=2");
    expect(first.json.items.map((show: { title: string }) => show.title)).toEqual(["Alder", "Birch"]);
    const rest = await ana.get(`/api/shows?sort=title&limit=2&cursor=${first.json.nextCursor}`);
    expect(rest.json).toMatchObject({ items: [{ title: "Harbour Lights" }], nextCursor: null });
    expect((await ana.get("/api/shows?list=archived")).json.items).toEqual([]);
    expect((await ana.get("/api/shows?query=lights")).json.items).toHaveLength(1);
    const wrong = [
      "list=none",
      "sort=size",
      "order=up",
      "status=x",
      "progress=x",
      "limit=0",
      "limit=501",
      "cursor=zzz",
    ];
    for (const query of wrong) {
      expect((await ana.get(`/api/shows?${query}`)).status).toBe(422);
    }
  });

  test("are filtered by network, genre, status, progress and rating, each name as it is written", async () => {
    const { app, ana, userId } = await setUp();
    const facts = { network: "A&E, Bravo", genres: ["Drama, Crime", "War"], status: "ended" as const };
    const showId = given.addShow(app.db, { title: "Salt Road", ...facts });
    given.addEntry(app.db, userId, showId);
    given.addEntry(app.db, userId, given.addShow(app.db, { title: "Alder", network: "HBO", genres: ["War"] }));
    await ana.patch(`/api/shows/${showId}`, { rating: 7 });
    const titles = async (query: string) =>
      (await ana.get(`/api/shows?${query}`)).json.items.map((show: { title: string }) => show.title);
    expect(await titles("network=A%26E%2C%20Bravo")).toEqual(["Salt Road"]);
    expect(await titles("network=HBO&network=A%26E%2C%20Bravo&sort=title&order=desc")).toEqual(["Salt Road", "Alder"]);
    expect(await titles("genre=Drama%2C%20Crime&status=ended&progress=not-started&rated=true")).toEqual(["Salt Road"]);
    expect(await titles("genre=War&rated=false")).toEqual(["Alder"]);
    expect(await titles("network=nowhere")).toEqual([]);
    const facets = await ana.get("/api/shows/facets");
    expect(facets.json).toMatchObject({
      lists: { all: 3, watching: 3, later: 0, ended: 0, archived: 0 },
      networks: [
        { value: "A&E, Bravo", shows: 1 },
        { value: "HBO", shows: 1 },
      ],
      genres: [
        { value: "War", shows: 2 },
        { value: "Drama, Crime", shows: 1 },
      ],
      statuses: [{ value: "ended", shows: 1 }],
      progress: [{ value: "not-started", shows: 3 }],
    });
    expect((await ana.get("/api/shows/facets?list=archived")).json).toMatchObject({ genres: [], networks: [] });
    expect((await ana.get("/api/shows/facets?list=none")).status).toBe(422);
  });

  test("one has its seasons, episodes and plays", async () => {
    const { ana, showId, first } = await setUp();
    await ana.put(`/api/episodes/${first}/watched`, { watchedAt: "2026-01-02T20:00:00+01:00" });
    const { json } = await ana.get(`/api/shows/${showId}`);
    expect(json).toMatchObject({
      id: String(showId),
      watched: 1,
      lastWatchedAt: "2026-01-02T19:00:00.000Z",
      genres: [],
      matches: [],
    });
    expect(json.seasons).toMatchObject([{ number: 1, title: "Season 1", watched: 1, aired: 3, total: 4 }]);
    expect(json.seasons[0].episodes[0]).toMatchObject({
      id: String(first),
      number: 1,
      watched: true,
      plays: [{ watchedAt: "2026-01-02T19:00:00.000Z", certainty: "marked", source: "manual", syncId: null }],
    });
    expect(json.seasons[0].episodes[3]).toMatchObject({ aired: false, watched: false, plays: [] });
  });

  test("take a list and a rating, and refuse others", async () => {
    const { ana, showId } = await setUp();
    expect((await ana.patch(`/api/shows/${showId}`, { list: "later", rating: 7 })).json).toMatchObject({
      list: "later",
      rating: 7,
    });
    expect((await ana.patch(`/api/shows/${showId}`, { rating: null })).json).toMatchObject({
      list: "later",
      rating: null,
    });
    for (const body of [{ list: "gone" }, { rating: 0 }, { rating: 11 }, { rating: 5.5 }]) {
      const answer = await ana.patch(`/api/shows/${showId}`, body);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([422, "application/problem+json"]);
    }
  });

  test("go by themselves again when the choice of a list is handed back", async () => {
    const { ana, showId } = await setUp();
    expect((await ana.patch(`/api/shows/${showId}`, { list: "later" })).json).toMatchObject({ listChosen: true });
    const released = await ana.patch(`/api/shows/${showId}`, { listChosen: false });
    expect(released.json).toMatchObject({ list: "watching", listChosen: false });
    for (const body of [{ listChosen: true }, { list: "later", listChosen: false }])
      expect((await ana.patch(`/api/shows/${showId}`, body)).status).toBe(422);
  });

  test("many are changed in one go and taken back in one", async () => {
    const { app, ana, userId, showId } = await setUp();
    const other = given.addShow(app.db, { title: "Alder" });
    given.addEntry(app.db, userId, other);
    const ids = [String(showId), String(other)];
    const lists = async () => (await ana.get("/api/shows")).json.items.map((show: { list: string }) => show.list);
    const moved = await ana.post("/api/shows/bulk", { ids, action: "move", list: "archived" });
    expect([moved.status, moved.json, await lists()]).toEqual([
      200,
      { shows: 2, episodes: 0 },
      ["archived", "archived"],
    ]);
    expect((await ana.post("/api/undo", { token: moved.headers.get("x-undo-token") })).status).toBe(204);
    expect(await lists()).toEqual(["watching", "watching"]);
    const marked = await ana.post("/api/shows/bulk", { ids, action: "mark-watched" });
    expect(marked.json).toEqual({ shows: 2, episodes: 3 });
    await ana.post("/api/shows/bulk", { ids, action: "rate", rating: 9 });
    await ana.post("/api/shows/bulk", { ids, action: "move", list: "later" });
    await ana.post("/api/shows/bulk", { ids, action: "move", listChosen: false });
    expect((await ana.get(`/api/shows/${other}`)).json).toMatchObject({
      rating: 9,
      list: "watching",
      listChosen: false,
    });
    expect((await ana.post("/api/shows/bulk", { ids, action: "remove" })).json).toEqual({ shows: 2, episodes: 0 });
    expect((await ana.get("/api/shows")).json.items).toEqual([]);
  });

  test("many: what makes no sense is 422, and one that is not there makes it 404 for all", async () => {
    const { ana, showId } = await setUp();
    const ids = [String(showId)];
    const many = Array.from({ length: 501 }, (_, at) => String(at));
    for (const body of [
      { ids: [], action: "remove" },
      { ids: many, action: "remove" },
      { ids, action: "explode" },
      { ids, action: "move" },
      { ids, action: "move", list: "nowhere" },
      { ids, action: "rate" },
      { ids, action: "rate", rating: 11 },
      { action: "remove" },
    ]) {
      const answer = await ana.post("/api/shows/bulk", body);
      expect([body, answer.status, answer.json.errors?.length > 0]).toEqual([body, 422, true]);
    }
    const answer = await ana.post("/api/shows/bulk", { ids: [...ids, "999"], action: "remove" });
    expect(answer.status).toBe(404);
    expect((await ana.get(`/api/shows/${showId}`)).status).toBe(200);
  });

  test("are found, added once, removed, and brought back by undo", async () => {
    const { ana } = await setUp();
    const found = (await ana.get("/api/search?query=salt%20road")).json.items[0];
    expect(found).toMatchObject({ source: "tvmaze", id: "82", title: "salt road", showId: null });
    const added = await ana.post("/api/shows", { source: found.source, id: found.id, list: "later" });
    expect([added.status, added.json.title, added.json.list]).toEqual([201, "Salt Road", "later"]);
    const again = await ana.post("/api/shows", { source: found.source, id: found.id });
    expect([again.status, again.json.id, again.json.list]).toEqual([200, added.json.id, "later"]);
    expect((await ana.get("/api/search?query=salt")).json.items[0].showId).toBe(added.json.id);
    const removed = await ana.delete(`/api/shows/${added.json.id}`);
    expect(removed.status).toBe(204);
    expect((await ana.get(`/api/shows/${added.json.id}`)).status).toBe(404);
    const token = removed.headers.get("x-undo-token");
    expect((await ana.post("/api/undo", { token })).status).toBe(204);
    expect((await ana.get(`/api/shows/${added.json.id}`)).status).toBe(200);
    expect((await ana.post("/api/undo", { token })).status).toBe(404);
    expect((await ana.post("/api/shows", { source: "nowhere", id: "1" })).status).toBe(422);
  });
});

describe("marks", () => {
  test("are idempotent both ways", async () => {
    const { ana, now, first } = await setUp();
    for (let time = 0; time < 2; time += 1) {
      const answer = await ana.put(`/api/episodes/${first}/watched`);
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ watched: true, plays: [{ watchedAt: new Date(now).toISOString() }] });
      expect(answer.json.plays).toHaveLength(1);
    }
    for (let time = 0; time < 2; time += 1) {
      expect((await ana.delete(`/api/episodes/${first}/watched`)).status).toBe(204);
      expect((await ana.get(`/api/episodes/${first}`)).json).toMatchObject({ watched: false, plays: [] });
    }
  });

  test("refuse times that are none, lie ahead, or are before 1900", async () => {
    const { ana, now, first } = await setUp();
    const ahead = new Date(now + 3_600_001).toISOString();
    for (const watchedAt of ["yesterday", "2026-02-30", "", ahead, "1899-12-31T00:00:00Z"]) {
      const answer = await ana.put(`/api/episodes/${first}/watched`, { watchedAt });
      expect([watchedAt, answer.status, answer.json.errors?.[0]?.path]).toEqual([watchedAt, 422, "watchedAt"]);
    }
    expect((await ana.post(`/api/episodes/${first}/plays`, { watchedAt: 5 })).status).toBe(422);
  });

  test("a date alone is that day's begin where the user lives", async () => {
    const { ana, first } = await setUp();
    const answer = await ana.put(`/api/episodes/${first}/watched`, { watchedAt: "2026-01-02" });
    expect(answer.json.plays[0].watchedAt).toBe("2026-01-01T23:00:00.000Z");
  });

  test("further viewings are added and removed one by one", async () => {
    const { ana, first } = await setUp();
    await ana.put(`/api/episodes/${first}/watched`);
    const again = await ana.post(`/api/episodes/${first}/plays`, { watchedAt: "2026-01-03T20:00:00Z" });
    expect([again.status, again.json.watchedAt]).toEqual([201, "2026-01-03T20:00:00.000Z"]);
    expect((await ana.get(`/api/episodes/${first}`)).json.plays).toHaveLength(2);
    expect((await ana.delete(`/api/plays/${again.json.id}`)).status).toBe(204);
    expect((await ana.delete(`/api/plays/${again.json.id}`)).status).toBe(404);
  });

  test("in bulk touch only what is out, and can be undone", async () => {
    const { ana, showId, coming } = await setUp();
    const season = await ana.put(`/api/shows/${showId}/seasons/1/watched`);
    expect(season.json).toEqual({ changed: 3 });
    expect((await ana.get(`/api/episodes/${coming}`)).json.watched).toBe(false);
    expect((await ana.put(`/api/shows/${showId}/watched`)).json).toEqual({ changed: 0 });
    expect((await ana.delete(`/api/shows/${showId}/seasons/1/watched`)).status).toBe(204);
    expect((await ana.put(`/api/shows/${showId}/watched`)).json).toEqual({ changed: 3 });
    const cleared = await ana.delete(`/api/shows/${showId}/watched`);
    expect((await ana.get(`/api/shows/${showId}`)).json.watched).toBe(0);
    await ana.post("/api/undo", { token: cleared.headers.get("x-undo-token") });
    expect((await ana.get(`/api/shows/${showId}`)).json.watched).toBe(3);
    expect((await ana.put(`/api/shows/${showId}/seasons/9/watched`)).status).toBe(404);
    expect((await ana.put(`/api/shows/${showId}/seasons/x/watched`)).status).toBe(422);
  });
});

describe("when a play was", () => {
  async function played() {
    const scene = await setUp();
    const { app, ana, first } = scene;
    const integrationId = given.addIntegration(app.db, ana.user.id);
    const id = given.addPlay(app.db, ana.user.id, first, { integrationId, watchedAt: Date.UTC(2026, 0, 2, 20) });
    return { ...scene, id, integrationId, path: `/api/plays/${id}` };
  }
  const original = { watchedAt: "2026-01-02T20:00:00.000Z", certainty: "played" };

  test("can be corrected, taken as unknown, and reset to what the server says", async () => {
    const { ana, id, path, first } = await played();
    const corrected = await ana.patch(path, { watchedAt: "2025-12-24T18:30:00Z" });
    expect([corrected.status, corrected.json]).toMatchObject([
      200,
      {
        id: String(id),
        watchedAt: "2025-12-24T18:30:00.000Z",
        certainty: "marked",
        source: "plex",
        edited: true,
        original,
      },
    ]);
    // A date alone is that day's begin in Berlin.
    expect((await ana.patch(path, { watchedAt: "2025-12-24" })).json.watchedAt).toBe("2025-12-23T23:00:00.000Z");
    expect((await ana.patch(path, { watchedAt: null })).json).toMatchObject({
      watchedAt: null,
      certainty: "unknown",
      edited: true,
      original,
    });
    expect((await ana.get(`/api/episodes/${first}`)).json.plays).toMatchObject([{ edited: true, original }]);
    const reset = await ana.post(`${path}/reset`);
    expect(reset.json).toMatchObject({ ...original, edited: false, original: null });
    await ana.post("/api/undo", { token: reset.headers.get("x-undo-token") });
    expect((await ana.get("/api/history?undated=only")).json.items).toMatchObject([{ id: String(id), edited: true }]);
  });

  test("is refused in the future, before 1900, and as anything but a time", async () => {
    const { ana, path } = await played();
    for (const body of [
      { watchedAt: "2099-01-01T00:00:00Z" },
      { watchedAt: "1899-12-31" },
      { watchedAt: "soon" },
      {},
      { watchedAt: 5 },
    ]) {
      const answer = await ana.patch(path, body);
      expect([body, answer.status, answer.json.errors?.[0]?.path]).toEqual([body, 422, "watchedAt"]);
    }
  });

  test("is nobody else's business", async () => {
    const { app, path } = await played();
    const ben = await app.signIn("ben");
    const answers = [
      await ben.patch(path, { watchedAt: null }),
      await ben.post(`${path}/reset`),
      await ben.patch("/api/plays/x1", { watchedAt: null }),
      await app.client().patch(path, { watchedAt: null }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 401]);
  });

  test("and where it came from narrow the history down", async () => {
    const { ana, first, second, id, integrationId } = await played();
    const manual = (await ana.post(`/api/episodes/${second}/plays`)).json.id;
    await ana.patch(`/api/plays/${(await ana.post(`/api/episodes/${first}/plays`)).json.id}`, { watchedAt: null });
    const ids = async (query: string) =>
      (await ana.get(`/api/history?${query}`)).json.items.map((item: { id: string }) => item.id);
    expect(await ids("source=manual&undated=exclude")).toEqual([manual]);
    expect(await ids(`source=${integrationId}`)).toEqual([String(id)]);
    expect(await ids("source=import")).toEqual([]);
    expect(await ids("undated=exclude")).toEqual([manual, String(id)]);
    expect(await ids("undated=only")).toHaveLength(1);
    for (const query of ["source=plex", "source=", "undated=maybe"]) {
      expect([query, (await ana.get(`/api/history?${query}`)).status]).toEqual([query, 422]);
    }
  });
});

describe("the rest", () => {
  test("up next, history, calendar and statistics follow the marks", async () => {
    const { ana, showId, first, second, coming } = await setUp();
    await ana.put(`/api/episodes/${first}/watched`, { watchedAt: "2026-01-02T20:00:00Z" });
    const next = (await ana.get("/api/up-next")).json;
    expect(next).toMatchObject({
      items: [{ show: { id: String(showId) }, episode: { id: String(second) }, remaining: 1 }],
      nextCursor: null,
    });
    const history = (await ana.get(`/api/history?from=2026-01-02&to=2026-01-02&show=${showId}`)).json;
    expect(history.items).toMatchObject([
      { watchedAt: "2026-01-02T20:00:00.000Z", source: "manual", episode: { id: String(first) } },
    ]);
    expect((await ana.get("/api/history?to=2026-01-01")).json.items).toEqual([]);
    const calendar = (await ana.get("/api/calendar")).json;
    expect(calendar.items).toMatchObject([
      { show: { title: "Harbour Lights" }, episode: { id: String(coming) }, watched: false },
    ]);
    expect((await ana.get("/api/calendar?from=2026-01-18")).json.items).toEqual([]);
    expect((await ana.get("/api/stats")).json).toMatchObject({
      shows: 1,
      episodes: 1,
      plays: 1,
      months: [{ month: "2026-01", plays: 1 }],
    });
  });

  test("refuses times that are none and calendars without end", async () => {
    const { ana } = await setUp();
    for (const path of [
      "history?from=soon",
      "history?to=2026-13-01",
      "calendar?from=x",
      "calendar?from=2020-01-01&to=2026-01-01",
      "search?query=",
      "search",
    ]) {
      expect([path, (await ana.get(`/api/${path}`)).status]).toEqual([path, 422]);
    }
  });

  test("nothing of another user's library is there, for reading or writing", async () => {
    const { app, ana, showId, first } = await setUp();
    const play = (await ana.post(`/api/episodes/${first}/plays`)).json.id;
    const ben = await app.signIn("ben");
    const answers = await Promise.all([
      ben.get(`/api/shows/${showId}`),
      ben.patch(`/api/shows/${showId}`, { rating: 1 }),
      ben.delete(`/api/shows/${showId}`),
      ben.post("/api/shows/bulk", { ids: [String(showId)], action: "remove" }),
      ben.get(`/api/episodes/${first}`),
      ben.put(`/api/episodes/${first}/watched`),
      ben.delete(`/api/episodes/${first}/watched`),
      ben.post(`/api/episodes/${first}/plays`),
      ben.delete(`/api/plays/${play}`),
      ben.put(`/api/shows/${showId}/watched`),
      ben.get(`/api/history?show=${showId}`),
      ben.get(`/images/shows/${showId}/poster`),
      ben.get("/api/shows/x1"),
      ben.get("/api/shows/9999999999999999999"),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect((await ben.get("/api/shows")).json.items).toEqual([]);
    expect((await ana.get(`/api/episodes/${first}`)).json.plays).toHaveLength(1);
    expect((await app.client().get("/api/shows")).status).toBe(401);
  });
});

describe("posters", () => {
  test("come from the store, for ever under a version, and only when they are new to the browser", async () => {
    const { ana, showId, givePoster } = await setUp();
    const folder = mkdtempSync(join(tmpdir(), "posters-"));
    try {
      const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
      writeFileSync(join(folder, "1.png"), bytes);
      givePoster(join(folder, "1.png"));
      const answer = await ana.open(`/images/shows/${showId}/poster?v=3`);
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
      expect(answer.headers.get("content-type")).toBe("image/png");
      expect(answer.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
      const unversioned = await ana.get(`/images/shows/${showId}/poster`);
      expect(unversioned.headers.get("cache-control")).toBe("private, max-age=3600");
      const etag = answer.headers.get("etag") ?? "";
      expect((await ana.get(`/images/shows/${showId}/poster?v=3`, { "if-none-match": etag })).status).toBe(304);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("are drawn while there is none, for a short time, and hostile titles stay text", async () => {
    const { ana, showId } = await setUp();
    const answer = await ana.get(`/images/shows/${showId}/poster?v=0`);
    expect(answer.headers.get("content-type")).toBe("image/svg+xml");
    expect(answer.headers.get("cache-control")).toBe("private, max-age=300");
    expect(answer.text).toContain(">HL</text>");
    for (const title of ["<script>alert(1)</script>", "& <b", "\"'<", "", "🦊 \u202e x"]) {
      const inner = /<text[^>]*>(.*)<\/text>/s.exec(posterSvg(title))?.[1] ?? "none";
      expect(inner.replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toMatch(/[<>&"']/);
    }
  });
});
