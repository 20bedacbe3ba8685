import { afterEach, describe, expect, test } from "bun:test";
import type { MetadataSource } from "../../src/metadata/contract.ts";
import { createMatching } from "../../src/services/matching/service.ts";
import { createTracking } from "../../src/services/tracking/service.ts";
import { apiRoutes } from "../../src/web/routes.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { standIn } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";

const { DAY } = given;

let app: TestApp;
afterEach(() => app.close());

async function setUp() {
  const tvmaze = standIn<MetadataSource>("tvmaze", {
    id: "tvmaze",
    label: "TVmaze",
    search: async (title) => [
      { source: "tvmaze", sourceId: "82", title, year: 2020, country: "GB", network: "ITV", ids: { tvmaze: "82" } },
    ],
  });
  app = createTestApp({
    services: (base) => {
      const sources = [tvmaze];
      const importShow = async () => given.addShow(base.db, { title: "Salt Road", ids: { tvmaze: "82" } });
      const tracking = createTracking({ ...base, sources }, { importShow });
      return { sources, tracking, matching: createMatching({ ...base, sources }, { importShow, tracking }), apiRoutes };
    },
  });
  const ana = await app.signIn();
  const now = app.clock.now();
  const make = (title: string, sizes: number[]) => {
    const showId = given.addShow(app.db, { title, network: "BBC One" });
    given.addEntry(app.db, ana.user.id, showId);
    const episodes = sizes.flatMap((size, at) =>
      Array.from({ length: size }, (_, index) =>
        given.addEpisode(app.db, showId, at + 1, index + 1, {
          title: `Part ${at + 1}.${index + 1}`,
          airedAt: now - (90 - at * 30 - index) * DAY,
          airedExact: true,
        }),
      ),
    );
    given.settle(app.db, ana.user.id, [showId], now);
    return { showId, episodes };
  };
  return { ana, now, make };
}

type Play = { watchedAt: string | null; certainty: string };

describe("when something was watched", () => {
  test("is now, the air date, a given time, or unknown, by either word", async () => {
    const { ana, now, make } = await setUp();
    const { episodes } = make("Harbour Lights", [5]);
    const bodies = [undefined, { at: "now" }, { at: "aired" }, { at: "unknown" }, { watchedAt: null }];
    const plays: Play[] = [];
    for (const [index, body] of bodies.entries()) {
      plays.push((await ana.put(`/api/episodes/${episodes[index]}/watched`, body)).json.plays[0]);
    }
    const marked = (at: number) => ({ watchedAt: new Date(at).toISOString(), certainty: "marked" });
    expect(plays).toMatchObject([
      marked(now),
      marked(now),
      marked(now - 88 * DAY),
      { watchedAt: null, certainty: "unknown" },
      { watchedAt: null, certainty: "unknown" },
    ]);
  });

  test("is said once, in words that there are", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make("Harbour Lights", [2]);
    const both = await ana.put(`/api/episodes/${episodes[0]}/watched`, { at: "now", watchedAt: "2026-01-02" });
    expect([both.status, both.json.errors[0].path]).toEqual([422, "at"]);
    const paths = [
      `/api/episodes/${episodes[0]}/watched-up-to`,
      `/api/shows/${showId}/watched`,
      `/api/shows/${showId}/seasons/1/watched`,
    ];
    for (const body of [{ at: "soon" }, { watchedAt: "yesterday" }, { watchedAt: "2190-01-01" }]) {
      for (const path of paths) expect([path, (await ana.put(path, body)).status]).toEqual([path, 422]);
      expect((await ana.post(`/api/shows/${showId}/plays`, body)).status).toBe(422);
    }
    expect((await ana.get(`/api/shows/${showId}`)).json.watched).toBe(0);
  });
});

describe("in bulk", () => {
  test("everything up to an episode is marked as one change", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make("Harbour Lights", [3, 2]);
    await ana.put(`/api/episodes/${episodes[1]}/watched`);
    const answer = await ana.put(`/api/episodes/${episodes[3]}/watched-up-to`, { at: "unknown" });
    expect([answer.status, answer.json]).toEqual([200, { changed: 3 }]);
    expect((await ana.put(`/api/episodes/${episodes[3]}/watched-up-to`)).json).toEqual({ changed: 0 });
    await ana.post("/api/undo", { token: answer.headers.get("x-undo-token") });
    expect((await ana.get(`/api/shows/${showId}`)).json.watched).toBe(1);
    expect((await ana.put("/api/episodes/999/watched-up-to")).status).toBe(404);
  });

  test("seasons and shows are watched again", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make("Harbour Lights", [3, 2]);
    await ana.put(`/api/shows/${showId}/watched`, { at: "aired" });
    const season = await ana.post(`/api/shows/${showId}/seasons/2/plays`);
    expect([season.status, season.json]).toEqual([201, { added: 2 }]);
    expect((await ana.post(`/api/shows/${showId}/plays`, { watchedAt: "2026-01-02" })).json).toEqual({ added: 5 });
    expect((await ana.get(`/api/episodes/${episodes[4]}`)).json.plays).toHaveLength(3);
    expect((await ana.post(`/api/shows/${showId}/seasons/7/plays`)).status).toBe(404);
  });
});

describe("notes", () => {
  test("are kept, given back and taken away", async () => {
    const { ana, make } = await setUp();
    const { showId } = make("Harbour Lights", [1]);
    expect((await ana.get(`/api/shows/${showId}`)).json.notes).toBeNull();
    expect((await ana.patch(`/api/shows/${showId}`, { notes: "With Ben.\r\nTwice." })).json.notes).toBe(
      "With Ben.\nTwice.",
    );
    expect((await ana.patch(`/api/shows/${showId}`, { rating: 4 })).json).toMatchObject({
      rating: 4,
      notes: expect.stringContaining("Ben"),
    });
    expect((await ana.patch(`/api/shows/${showId}`, { notes: "x".repeat(10_001) })).status).toBe(422);
    expect((await ana.patch(`/api/shows/${showId}`, { notes: null })).json.notes).toBeNull();
  });
});

describe("what a show is", () => {
  test("is told with what else it may be, of the sources and of the library", async () => {
    const { ana, make } = await setUp();
    const { showId } = make("Harbour Lights", [1]);
    const { showId: twin } = make("Harbour Lights", [2]);
    make("Elsewhere", [1]);
    expect((await ana.get(`/api/shows/${showId}/match`)).json).toMatchObject({
      matches: [],
      candidates: [
        {
          source: "tvmaze",
          id: "82",
          title: "Harbour Lights",
          year: 2020,
          network: "ITV",
          country: "GB",
          overview: null,
        },
      ],
      others: [{ id: String(twin), network: "BBC One", watched: 0, aired: 2 }],
      note: null,
    });
    const asked = (await ana.get(`/api/shows/${showId}/match?query=salt`)).json;
    expect(asked.candidates).toMatchObject([{ title: "salt" }]);
  });

  test("is corrected in a way that can be taken back", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make("Harbour Lights", [1]);
    await ana.put(`/api/episodes/${episodes[0]}/watched`);
    const chosen = await ana.put(`/api/shows/${showId}/match`, { source: "tvmaze", id: "82" });
    expect(chosen.json).toMatchObject({ title: "Salt Road", watched: 1 });
    await ana.post("/api/undo", { token: chosen.headers.get("x-undo-token") });
    expect((await ana.get(`/api/shows/${showId}`)).json).toMatchObject({ title: "Harbour Lights", watched: 1 });
    expect((await ana.get(`/api/shows/${chosen.json.id}`)).status).toBe(404);
  });
});

describe("merging", () => {
  test("is looked at first, done, and taken back", async () => {
    const { ana, make } = await setUp();
    const { showId: from, episodes } = make("Harbour Lights", [3]);
    const { showId: into } = make("Harbour Lights", [2]);
    await ana.put(`/api/episodes/${episodes[0]}/watched`);
    await ana.put(`/api/episodes/${episodes[2]}/watched`);
    const moved = { plays: 2, folded: 0, kept: [{ season: 1, number: 3, title: "Part 1.3" }] };
    const preview = await ana.get(`/api/shows/${from}/merge?into=${into}`);
    expect(preview.json).toEqual({
      from: { id: String(from), title: "Harbour Lights", year: 2019 },
      into: { id: String(into), title: "Harbour Lights", year: 2019 },
      ...moved,
    });
    expect((await ana.get(`/api/shows/${from}`)).json.watched).toBe(2);
    const merged = await ana.post(`/api/shows/${from}/merge`, { into: String(into) });
    expect(merged.json).toEqual({ showId: String(into), ...moved });
    expect((await ana.get(`/api/shows/${into}`)).json.watched).toBe(2);
    expect((await ana.get(`/api/shows/${from}`)).status).toBe(404);
    await ana.post("/api/undo", { token: merged.headers.get("x-undo-token") });
    expect((await ana.get(`/api/shows/${from}`)).json.watched).toBe(2);
    expect((await ana.get(`/api/shows/${into}`)).json).toMatchObject({ watched: 0, total: 2 });
  });

  test("is refused for one show, for none, and for what is not one's own", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make("Harbour Lights", [1]);
    expect((await ana.post(`/api/shows/${showId}/merge`, { into: String(showId) })).json.errors[0].path).toBe("into");
    expect((await ana.post(`/api/shows/${showId}/merge`, {})).status).toBe(422);
    expect((await ana.get(`/api/shows/${showId}/merge`)).status).toBe(422);
    const ben = await app.signIn("ben");
    const own = given.addShow(app.db, { title: "Ben's" });
    given.addEntry(app.db, ben.user.id, own);
    const answers = [
      await ben.post(`/api/shows/${own}/merge`, { into: String(showId) }),
      await ben.get(`/api/shows/${own}/merge?into=${showId}`),
      await ben.post(`/api/shows/${showId}/merge`, { into: String(own) }),
      await ben.get(`/api/shows/${showId}/match`),
      await ben.put(`/api/episodes/${episodes[0]}/watched-up-to`),
      await ben.post(`/api/shows/${showId}/plays`),
      await ben.post(`/api/shows/${showId}/seasons/1/plays`),
      await ben.patch(`/api/shows/${showId}`, { notes: "mine" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });
});
