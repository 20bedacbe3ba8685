import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { AppError } from "../../src/kernel/errors.ts";
import type { NowWatching, StreamState } from "../../src/services/stream/types.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { liveNews } from "../../src/web/pages/live.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync, integrationView } from "../support/fake-services.ts";
import { addEntry, addIntegration, addSeasons, addShow } from "../support/fixtures.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;
const MINUTE = 60_000;
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

let app: TestApp;
afterEach(() => app.close());

let playing: NowWatching[];
let state: StreamState;

async function start() {
  playing = [];
  state = { state: "off" };
  app = createTestApp({
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      live: liveNews,
      integrations: fakeIntegrations({
        list: (userId) => (userId === 1 ? [integrationView()] : []),
        get: (userId, id) => {
          if (userId !== 1 || id !== "1") throw new AppError("not-found", "There is no such integration.");
          return integrationView();
        },
        pick: (userId) => {
          if (userId !== 1) throw new AppError("not-found", "Plex is not connected.");
          return integrationView();
        },
      }),
      sync: fakeSync({ running: () => null, list: () => [] }),
      stream: { state: () => state, nowWatching: (userId) => (userId === 1 ? playing : []) },
    }),
  });
  const ana = await app.signIn("ana");
  addIntegration(app.db, ana.user.id);
  return ana;
}

const item = (change: Partial<NowWatching> = {}): NowWatching => ({
  id: "1-7",
  integrationId: "1",
  serverName: "Attic",
  itemId: "5012",
  showItemId: "5000",
  showTitle: "The server's name for it",
  season: 1,
  number: 2,
  title: "The server's title",
  state: "playing",
  positionMs: 10 * MINUTE,
  durationMs: 50 * MINUTE,
  player: "Living Room",
  startedAt: app.clock.now() - 10 * MINUTE,
  ...change,
});

/** A show in the library of the user, its second episode known as item 5012 of the server. */
function knownShow(userId: number, link = true): number {
  const showId = addShow(app.db, { title: "Harbour Lights" });
  const [, second] = addSeasons(app.db, showId, [3]);
  addEntry(app.db, userId, showId);
  const insert = app.db.raw.prepare(
    "INSERT INTO item_links (integration_id, item_id, library_key, server_show, episode_id, state) VALUES (1, ?, '1', 'a', ?, '')",
  );
  if (link) insert.run("5012", second!);
  app.db.raw.run(
    "INSERT INTO matches (integration_id, server_show, item_id, show_id, method, confidence, title, updated_at) VALUES (1, 'a', '5000', ?, 'ids', 1, 'x', 0)",
    [showId],
  );
  return showId;
}

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

const words = (element: { textContent: string | null } | null | undefined) =>
  (element?.textContent ?? "").replace(/\s+/g, " ").trim();

describe("what is being watched, as JSON", () => {
  test("names what the library knows as the library does", async () => {
    const ana = await start();
    const showId = knownShow(ana.user.id);
    playing = [item()];
    const { items } = (await ana.get("/api/now-watching")).json;
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      id: "1-7",
      integrationId: "1",
      serverName: "Attic",
      show: { id: String(showId), title: "Harbour Lights" },
      showTitle: "Harbour Lights",
      season: 1,
      number: 2,
      state: "playing",
      positionMs: 10 * MINUTE,
      durationMs: 50 * MINUTE,
      player: "Living Room",
      at: new Date(app.clock.now()).toISOString(),
    });
    expect(items[0].episodeId).not.toBeNull();
    expect(items[0].itemId).toBeUndefined();
  });

  test("an episode that no sync has brought has its show and the server's title; an unknown show both of the server", async () => {
    const ana = await start();
    const showId = knownShow(ana.user.id, false);
    playing = [item(), item({ id: "1-8", showItemId: "6000" })];
    const { items } = (await ana.get("/api/now-watching")).json;
    expect(items[0]).toMatchObject({ show: { id: String(showId) }, episodeId: null, title: "The server's title" });
    expect(items[1]).toMatchObject({ show: null, episodeId: null, showTitle: "The server's name for it" });
  });

  test("is each user's own, and nobody's without sign-in", async () => {
    const ana = await start();
    playing = [item()];
    expect((await ana.get("/api/now-watching")).json.items).toHaveLength(1);
    const ben = await app.signIn("ben");
    expect((await ben.get("/api/now-watching")).json).toEqual({ items: [], nextCursor: null });
    for (const path of ["/api/now-watching", "/api/integrations/plex/stream"]) {
      expect((await app.client().get(path)).status).toBe(401);
    }
    expect((await app.client().get("/now-watching")).status).toBe(303);
  });

  test("of a show in somebody else's library only what the server says is told", async () => {
    const ana = await start();
    const ben = await app.signIn("ben");
    knownShow(ben.user.id);
    playing = [item()];
    expect((await ana.get("/api/now-watching")).json.items[0]).toMatchObject({
      show: null,
      title: "The server's title",
    });
  });
});

describe("whether a server is heard", () => {
  test("is told with since when, and when the next try is", async () => {
    const ana = await start();
    const at = app.clock.now();
    const time = (ms: number) => new Date(at + ms).toISOString();
    const read = async () => (await ana.get("/api/integrations/plex/stream")).json;
    expect(await read()).toEqual({ state: "off", since: null, nextTryAt: null, reason: null });
    state = { state: "live", since: at - MINUTE };
    expect(await read()).toEqual({ state: "live", since: time(-MINUTE), nextTryAt: null, reason: null });
    state = { state: "reconnecting", since: at, nextTryAt: at + 8_000, reason: "Attic has gone silent." };
    expect(await read()).toEqual({
      state: "reconnecting",
      since: time(0),
      nextTryAt: time(8_000),
      reason: "Attic has gone silent.",
    });
    expect((await ana.get("/api/integrations/winamp/stream")).status).toBe(404);
  });

  test("stands on the card, which comes anew by itself; another user's is not there", async () => {
    const ana = await start();
    state = { state: "live", since: app.clock.now() - MINUTE };
    playing = [item()];
    const card = parse((await ana.get("/integrations")).text).querySelector("#integration-live--1");
    expect(words(card)).toContain("Live since");
    expect(words(card)).toContain("Playing, 40 min left");
    expect(card?.getAttribute("data-refresh")).toBe("stream-changed watching-changed resync");
    state = { state: "reconnecting", since: 0, nextTryAt: app.clock.now() + 8_000, reason: "" };
    const part = (await ana.get("/integrations/1/live", htmx)).text;
    expect(words(parse(part).querySelector(".live-line"))).toBe(
      "Reconnecting, next try in 8 s. Until then plays come with each sync.",
    );
    const ben = await app.signIn("ben");
    expect((await ben.get("/integrations/1/live", htmx)).status).toBe(404);
    expect((await ana.get("/integrations/1/live")).status).toBe(303);
  });

  test("says why a server tells nothing, where it does not", async () => {
    const ana = await start();
    const reason = "Attic tells nothing live to a connection by <key>.";
    const line = async () =>
      parse((await ana.get("/integrations/1/live", htmx)).text).querySelector(".integration-live");
    expect((await line())?.hasAttribute("hidden")).toBe(true);
    state = { state: "off", reason };
    expect((await line())?.hasAttribute("hidden")).toBe(false);
    expect(words(await line())).toBe(reason);
    expect((await ana.get("/api/integrations/plex/stream")).json).toMatchObject({ state: "off", reason });
  });
});

describe("the strip on Up next", () => {
  test("is hidden while nothing plays, and asks for itself", async () => {
    const ana = await start();
    const strip = parse((await ana.get("/")).text).querySelector("#now-watching");
    expect(strip?.hasAttribute("hidden")).toBe(true);
    expect([words(strip), strip?.getAttribute("data-refresh")]).toEqual(["", "watching-changed resync"]);
    expect(strip?.hasAttribute("aria-live")).toBe(false);
  });

  test("shows show, episode, place and player; pauses; and a hostile title stays text", async () => {
    const ana = await start();
    const showId = knownShow(ana.user.id);
    playing = [
      item(),
      item({ id: "1-8", showItemId: null, itemId: "9", showTitle: HOSTILE, title: HOSTILE, state: "paused" }),
    ];
    const document = parse((await ana.get("/now-watching", htmx)).text);
    const [known, unknown] = [...document.querySelectorAll(".now-playing")];
    expect(known?.querySelector("a")?.getAttribute("href")).toBe(`/shows/${showId}`);
    expect(words(known)).toContain("S1 E2");
    expect(words(known)).toContain("Playing, 40 min left");
    expect(known?.querySelector("progress")?.getAttribute("value")).toBe("600");
    expect(words(unknown)).toContain("Paused, 40 min left");
    expect(words(unknown)).toContain(HOSTILE);
    expect(unknown?.querySelector("a")).toBeNull();
    expect(document.querySelector("img[src=x]")).toBeNull();
  });
});
