import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import type { IntegrationView } from "../../src/services/integrations/types.ts";
import { createMaintenance } from "../../src/services/maintenance/service.ts";
import { createTracking } from "../../src/services/tracking/service.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { liveNews } from "../../src/web/pages/live.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp, testPassword } from "../support/app.ts";
import { fakeIntegrations, fakeSync, integrationView, syncLogView } from "../support/fake-services.ts";
import {
  addEntry,
  addIntegration,
  addPlay,
  addSeasons,
  addShow,
  addSync,
  DAY,
  NOW,
  settle,
} from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;

let app: TestApp;
afterEach(() => app.close());

type Fakes = { integrations?: Parameters<typeof fakeIntegrations>[0]; sync?: Parameters<typeof fakeSync>[0] };

function start({ integrations = {}, sync = {} }: Fakes = {}, env: Record<string, string> = {}): TestApp {
  app = createTestApp({
    env,
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      live: liveNews,
      tracking: createTracking(base, { importShow: () => Promise.reject(new Error("not expected")) }),
      integrations: fakeIntegrations({ list: () => [], ...integrations }),
      sync: fakeSync({ running: () => null, list: () => [], ...sync }),
      maintenance: createMaintenance(base),
    }),
  });
  return app;
}

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

/** A library with one show of two seasons, the first three episodes watched. */
async function withShow(title = "Harbour Lights") {
  const ana = await app.signIn("ana");
  const showId = addShow(app.db, { title });
  const episodes = addSeasons(app.db, showId, [3, 2]);
  addEntry(app.db, ana.user.id, showId);
  for (const episode of episodes.slice(0, 3)) addPlay(app.db, ana.user.id, episode);
  settle(app.db, ana.user.id, [showId], app.clock.now());
  return { ana, showId, episodes };
}

const SETTINGS = ["/settings", "/settings/account", "/settings/sources", "/settings/data", "/settings/users"];
const PAGES = [
  "/",
  "/shows",
  "/calendar",
  "/history",
  "/stats",
  "/search",
  "/integrations",
  ...SETTINGS,
  "/settings/import",
];
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

function formPart(client: Client, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(fields);
  return client.request(path, { method: "POST", body, headers: { ...htmx, ...headers } });
}

describe("every page", () => {
  test.each(PAGES)(
    "%s has one heading of the first order, a title and a main landmark, with an empty library",
    async (path) => {
      start();
      const ana = await app.signIn("ana");
      const answer = await ana.get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      const doc = parse(answer.text);
      expect(doc.querySelectorAll("h1")).toHaveLength(1);
      expect(doc.querySelectorAll("main")).toHaveLength(1);
      expect(doc.title).toEndWith(" · Episode Tracker");
      expect(doc.querySelectorAll("script:not([src]), style, [style]")).toHaveLength(0);
      const ids = [...doc.querySelectorAll("[id]")].map(({ id }) => id);
      expect(ids.length).toBe(new Set(ids).size);
    },
  );

  test.each([...PAGES, "/shows/1", "/history?show=1"])("%s keeps hostile titles as text", async (path) => {
    start();
    const { ana } = await withShow(HOSTILE);
    const answer = await ana.get(path);
    expect(answer.status).toBe(200);
    const doc = parse(answer.text);
    const names = [...doc.querySelectorAll("*")].flatMap((element) => element.getAttributeNames());
    expect(names.filter((name) => name.startsWith("on"))).toEqual([]);
    expect([...doc.querySelectorAll("img")].map((img) => img.getAttribute("src"))).not.toContain("x");
  });

  test.each(PAGES)("%s asks for as many statements with forty shows as with one", async (path) => {
    start();
    const { ana } = await withShow();
    const count = async () => {
      await ana.get(path);
      const given: string[] = [];
      const { query, prepare } = app.db.raw;
      Object.assign(app.db.raw, {
        query: (...args: [string]) => {
          given.push(args[0]);
          return Reflect.apply(query, app.db.raw, args);
        },
        prepare: (...args: [string]) => {
          given.push(args[0]);
          return Reflect.apply(prepare, app.db.raw, args);
        },
      });
      await ana.get(path);
      Object.assign(app.db.raw, { query, prepare });
      return given.length;
    };
    const before = await count();
    for (let n = 0; n < 39; n++) {
      const id = addShow(app.db, { title: `Show ${n}`, year: 2000 + n });
      const [first] = addSeasons(app.db, id, [2]);
      addEntry(app.db, ana.user.id, id);
      if (first !== undefined) addPlay(app.db, ana.user.id, first, { watchedAt: NOW - n * DAY });
      settle(app.db, ana.user.id, [id], app.clock.now());
    }
    expect(before).toBeGreaterThan(0);
    expect(await count()).toBe(before);
  });

  test("that waits for something says where it comes from, and the sync light does not claim to be up to date", async () => {
    const ana = await start().signIn("ana");
    const read = async (path: string) => {
      const doc = parse((await ana.get(path)).text);
      const links = [...doc.querySelectorAll(".empty a")].map((link) => [link.textContent, link.getAttribute("href")]);
      return { links, light: doc.querySelector(".sync-light")?.textContent };
    };
    const others = [
      ["Search for a show", "/search"],
      ["Import from a file", "/settings/import"],
    ];
    for (const path of ["/", "/shows", "/calendar", "/history", "/stats"])
      expect([path, await read(path)]).toEqual([
        path,
        { links: [["Connect a server", "/integrations"], ...others], light: "Sync: Not connected" },
      ]);
    addIntegration(app.db, ana.user.id);
    for (const path of ["/", "/shows", "/calendar", "/history", "/stats"])
      expect([path, await read(path)]).toEqual([
        path,
        { links: [["Go to Integrations", "/integrations"], ...others], light: "Sync: Up to date" },
      ]);
  });

  test("for imports leads back to where its link stands", async () => {
    const ana = await start().signIn("ana");
    const back = parse((await ana.get("/settings/import")).text)
      .querySelector(".back-link")
      ?.getAttribute("href");
    expect(back).toBe("/settings/data");
    expect(parse((await ana.get("/settings/data")).text).querySelector('a[href="/settings/import"]')).not.toBeNull();
  });
});

describe("signing in", () => {
  test("sets up the first account and leads to the integrations", async () => {
    start();
    const visitor = app.client();
    expect((await visitor.get("/setup")).text).toContain("Create account");
    const made = await visitor.form("/setup", { username: "ana", password: testPassword });
    expect(made.status).toBe(303);
    expect(made.headers.get("location")).toBe("/integrations");
    expect((await visitor.get("/integrations")).status).toBe(200);
  });

  test("shows what is wrong beside the field and never the password", async () => {
    start();
    const visitor = app.client();
    const refused = await visitor.form("/setup", { username: "ana", password: "secret7" });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain("at least 8 characters");
    expect(refused.text).not.toContain("secret7");
  });

  test("refuses a wrong password with the form and follows only addresses of its own", async () => {
    start();
    await app.signIn("ana");
    const visitor = app.client();
    const wrong = await visitor.form("/login", { username: "ana", password: "nothing of the kind" });
    expect(wrong.status).toBe(401);
    expect(parse(wrong.text).querySelector('[role="alert"]')?.textContent).toContain("wrong");
    const right = await visitor.form("/login", {
      username: "ana",
      password: testPassword,
      next: "https://elsewhere.invalid/",
    });
    expect(right.headers.get("location")).toBe("/");
  });

  test("goes to the page that was asked for", async () => {
    start({}, { BASE_PATH: "/tracker" });
    await app.signIn("ana");
    const visitor = app.client();
    const sent = await visitor.get("/stats");
    expect(sent.headers.get("location")).toBe("/tracker/login?next=%2Ftracker%2Fstats");
    const form = parse((await visitor.get("/login?next=%2Ftracker%2Fstats")).text);
    expect(form.querySelector('input[name="next"]')?.getAttribute("value")).toBe("/tracker/stats");
    const done = await visitor.form("/login", { username: "ana", password: testPassword, next: "/tracker/stats" });
    expect(done.headers.get("location")).toBe("/tracker/stats");
  });

  test("signs out", async () => {
    start();
    const ana = await app.signIn("ana");
    expect((await ana.form("/logout", {})).headers.get("location")).toBe("/login");
    expect((await ana.get("/")).status).toBe(303);
  });
});

describe("marks", () => {
  test("a mark without script leads back with a word and a way to undo it", async () => {
    start();
    const { ana, showId, episodes } = await withShow();
    const path = `/episodes/${episodes[3]}/watched`;
    const marked = await ana.form(path, { _method: "PUT" });
    expect(marked.status).toBe(303);
    expect(marked.headers.get("location")).toBe(`/shows/${showId}`);
    const show = parse((await ana.get(`/shows/${showId}`)).text);
    expect(show.querySelector(".flash")?.textContent).toContain("Marked as watched.");
    const token = show.querySelector('.flash input[name="token"]')?.getAttribute("value") ?? "";
    expect(show.querySelector(".show-progress")?.textContent).toContain("4 of 5 episodes");
    await ana.form("/undo", { token, back: `/shows/${showId}` });
    const after = parse((await ana.get(`/shows/${showId}`)).text);
    expect(after.querySelector(".show-progress")?.textContent).toContain("3 of 5 episodes");
    expect(parse((await ana.get(`/shows/${showId}`)).text).querySelector(".flash")).toBeNull();
  });

  test("a mark with htmx answers the row, its season, the progress and an undo", async () => {
    start();
    const { ana, showId, episodes } = await withShow();
    const answer = await formPart(
      ana,
      `/episodes/${episodes[3]}/watched`,
      { _method: "PUT" },
      { "hx-target": `li#episode--${episodes[3]}` },
    );
    expect(answer.status).toBe(200);
    for (const target of [
      `#episode--${episodes[3]}`,
      `#season-head--${showId}-2`,
      `#season-actions--${showId}-2`,
      `#show-progress--${showId}`,
      "#toasts",
    ]) {
      expect(answer.text).toContain(`hx-target="${target}"`);
    }
  });

  test("up next moves on to the next episode and in the end away", async () => {
    start();
    const { ana, showId, episodes } = await withShow();
    const headers = { "hx-target": `li#up-next--${showId}` };
    const next = await formPart(ana, `/episodes/${episodes[3]}/watched`, { _method: "PUT" }, headers);
    expect(next.text).toStartWith(`<li id="up-next--${showId}"`);
    expect(next.text).toContain(`/episodes/${episodes[4]}/watched`);
    const last = await formPart(ana, `/episodes/${episodes[4]}/watched`, { _method: "PUT" }, headers);
    expect(last.headers.get("hx-reswap")).toBe("delete");
    expect((await ana.get("/")).text).toContain("All caught up");
  });

  test("an undo with htmx brings the show's part", async () => {
    start();
    const { ana, showId, episodes } = await withShow();
    const marked = await formPart(ana, `/episodes/${episodes[3]}/watched`, { _method: "PUT" });
    const token = /name="token" value="([^"]+)"/.exec(marked.text)?.[1] ?? "";
    const undone = await formPart(ana, "/undo", { token, part: `show:${showId}`, back: "/" });
    expect(undone.text).toContain(`hx-target="#show--${showId}"`);
    expect(undone.text).toContain("3 of 5 episodes");
    const again = await formPart(ana, "/undo", { token, part: `show:${showId}`, back: "/" });
    expect(again.text).toContain("can no longer be taken back");
  });

  test("seasons and whole shows are marked and unmarked", async () => {
    start();
    const { ana, showId } = await withShow();
    const season = await formPart(ana, `/shows/${showId}/seasons/2/watched`, { _method: "PUT" });
    expect(season.text).toContain("Marked as watched: 2 episodes");
    const all = await formPart(ana, `/shows/${showId}/watched`, { _method: "DELETE" });
    expect(all.text).toContain("0 of 5 episodes");
  });

  test("list and rating are saved; nonsense is refused", async () => {
    start();
    const { ana, showId } = await withShow();
    await ana.form(`/shows/${showId}/entry`, { list: "later", rating: "8" });
    const show = parse((await ana.get(`/shows/${showId}`)).text);
    expect(show.querySelector('input[name="rating"][checked]')?.getAttribute("value")).toBe("8");
    expect(show.querySelector('select[name="list"] option[selected]')?.getAttribute("value")).toBe("later");
    expect((await ana.form(`/shows/${showId}/entry`, { list: "nowhere" })).status).toBe(422);
  });

  test("a play can be removed from its row", async () => {
    start();
    const { ana, showId } = await withShow();
    const play =
      parse((await ana.get(`/shows/${showId}?season=1`)).text)
        .querySelector(".play form")
        ?.getAttribute("action") ?? "";
    const answer = await formPart(ana, play, { _method: "DELETE" });
    expect(answer.text).toContain("Play removed");
    expect(parse((await ana.get(`/shows/${showId}`)).text).querySelector(".show-progress")?.textContent).toContain(
      "2 of 5",
    );
  });
});

describe("other people's things", () => {
  test("are not there", async () => {
    start();
    const { showId, episodes } = await withShow();
    const ben = await app.signIn("ben");
    for (const path of [`/shows/${showId}`, `/history?show=${showId}`]) expect((await ben.get(path)).status).toBe(404);
    for (const path of [`/episodes/${episodes[0]}/watched`, `/shows/${showId}/watched`, "/plays/1"]) {
      expect((await ben.form(path, { _method: "DELETE" })).status).toBe(404);
    }
  });

  test("settings of the installation are the admin's", async () => {
    start();
    await app.signIn("ana");
    const ben = await app.signIn("ben");
    expect((await ben.get("/settings")).text).not.toContain("Add person");
    expect((await ben.form("/settings/backups", {})).status).toBe(403);
    expect((await ben.form("/settings/users", { username: "eve", password: testPassword })).status).toBe(403);
  });
});

describe("errors", () => {
  test("are a page with a way back, for htmx a toast that leaves the page alone", async () => {
    start();
    const ana = await app.signIn("ana");
    const page = await ana.get("/shows/404");
    expect(page.status).toBe(404);
    expect(parse(page.text).querySelector("h1")?.textContent).toBe("Not found");
    const part = await ana.get("/shows/404", htmx);
    expect(part.status).toBe(404);
    expect(part.text).toStartWith('<hx-partial hx-target="#toasts"');
    expect(part.text).not.toContain("<html");
  });
});

describe("the library", () => {
  test("filters by text and list, sorts, and goes on without script", async () => {
    start();
    const ana = await app.signIn("ana");
    for (let n = 0; n < 90; n++) {
      const id = addShow(app.db, { title: `Show ${String(n).padStart(3, "0")}`, year: 2000 });
      addEntry(app.db, ana.user.id, id, n === 7 ? "later" : "watching");
    }
    const first = parse((await ana.get("/shows?sort=title")).text);
    expect(first.querySelectorAll(".show-card")).toHaveLength(60);
    const more = first.querySelector(".more-row a")?.getAttribute("href") ?? "";
    expect(parse((await ana.get(more)).text).querySelectorAll(".show-card")).toHaveLength(30);
    const part = await ana.get(more, htmx);
    expect(part.text).toStartWith('<li id="show-card--');
    expect(part.text).toContain('hx-target="#refresh" hx-swap="outerMorph"');
    expect(part.text).toContain('hx-get="/shows?sort=title&amp;shown=90"');
    expect(parse((await ana.get("/shows?list=later")).text).querySelectorAll(".show-card")).toHaveLength(1);
    const found = await ana.get("/shows?query=show+012", htmx);
    expect(found.text).toStartWith('<div id="library"');
    expect(parse(found.text).querySelectorAll(".show-card")).toHaveLength(1);
    expect((await ana.get("/shows?query=nothing&list=nonsense&sort=nonsense")).text).toContain("Nothing matches");
  });

  test("a page fetched to go back in history is whole", async () => {
    start();
    const ana = await app.signIn("ana");
    const answer = await ana.get("/shows", { "hx-request": "true", "hx-history-restore-request": "true" });
    expect(answer.text).toStartWith("<!doctype html>");
  });
});

describe("integrations and syncs", () => {
  const attic = (change: Partial<IntegrationView> = {}) => integrationView(change);
  const running = syncLogView({
    id: "7",
    status: "running",
    syncedAt: null,
    progress: { phase: "episodes", done: 30, total: 60, showsSynced: 4, episodesSynced: 30 },
  });

  test("offer to connect, then to sync, and list the recent syncs", async () => {
    start();
    const ana = await app.signIn("ana");
    const empty = parse((await ana.get("/integrations")).text);
    expect([...empty.querySelectorAll("button")].map(({ textContent }) => textContent)).toContain("Connect Plex");
    expect(empty.querySelector("#recent-syncs h2")?.textContent).toBe("Recent syncs");
  });

  test("plays that arrive live stand apart from the syncs, and are no last sync", async () => {
    const [sync, live] = [syncLogView({ id: "7" }), syncLogView({ id: "8", trigger: "webhook" })];
    start({
      integrations: { list: () => [attic()] },
      sync: { list: (_, choice) => (choice.live ? [live] : [sync]) },
    });
    const ana = await app.signIn("ana");
    const doc = parse((await ana.get("/integrations")).text);
    expect(doc.querySelector(".integration-last a")?.getAttribute("href")).toBe("/syncs/7");
    const fold = doc.querySelector("#recent-syncs details");
    expect(fold?.querySelector("summary")?.textContent).toContain("Arrived live");
    expect([...(fold?.querySelectorAll(".sync-row-link") ?? [])].map((row) => row.getAttribute("href"))).toEqual([
      "/syncs/8",
    ]);
    expect(doc.querySelectorAll(".sync-row-link")).toHaveLength(2);
  });

  test("Sync Now starts one and answers the card with its progress", async () => {
    const started: unknown[] = [];
    start({
      integrations: { list: () => [attic()], get: () => attic() },
      sync: {
        list: () => [running],
        start: (...args) => {
          started.push(args);
          return "7";
        },
      },
    });
    const ana = await app.signIn("ana");
    const answer = await formPart(ana, "/integrations/1/syncs", {});
    expect(started).toEqual([[1, { trigger: "manual" }]]);
    expect(answer.headers.get("hx-trigger")).toBe("sync-started");
    expect(answer.text).toContain('id="sync-progress--7"');
    expect((await ana.form("/integrations/1/syncs", {})).headers.get("location")).toBe("/integrations");
  });

  test("the last state of the progress says that the sync has ended and asks no more", async () => {
    start({ sync: { get: () => syncLogView() } });
    const ana = await app.signIn("ana");
    const answer = await ana.get("/syncs/7/progress", htmx);
    expect(answer.headers.get("hx-trigger")).toBe("sync-ended");
    expect(answer.text).not.toContain("every 1s");
  });

  test("a sync's page says what happened, what needs the user and every show", async () => {
    const log = { showsDoubtful: 1, watchesAdded: 3, watchesRemoved: 0, notes: [HOSTILE] };
    start({ integrations: { list: () => [attic()] }, sync: { get: () => syncLogView({ id: "1", ...log }) } });
    const ana = await app.signIn("ana");
    const integration = addIntegration(app.db, ana.user.id);
    const sync = addSync(app.db, ana.user.id, integration);
    const showId = addShow(app.db);
    const insert = app.db.raw.query(
      `INSERT INTO sync_log_items (sync_log_id, server_show, show_id, title, year, method, confidence, outcome, episodes, added)
       VALUES (?, ?, ?, ?, 2019, 'title', 0.5, ?, 5, ?)`,
    );
    insert.run(sync, "a", showId, HOSTILE, "doubtful", 0);
    insert.run(sync, "b", showId, "Harbour Lights", "added", 3);
    const doc = parse((await ana.get(`/syncs/${sync}`)).text);
    expect(doc.querySelector(".sync-sentence")?.textContent).toBe(
      "3 new plays from 1 show; nothing was removed; 1 show needs your eye.",
    );
    expect(doc.querySelector(".sync-error a")?.getAttribute("href")).toBe(`/shows/${showId}/match`);
    expect(doc.querySelectorAll(".sync-show")).toHaveLength(2);
    expect(doc.querySelector(".sync-undo button")?.textContent).toContain("Undo this sync");
    expect((await ana.get(`/syncs/${sync}/shows?item=b`, htmx)).status).toBe(200);
    expect((await ana.get(`/syncs/${sync}/shows?item=none`)).status).toBe(404);
  });

  test("a held sync waits for Approve", async () => {
    const approved: unknown[] = [];
    const held = syncLogView({ id: "1", status: "held", held: { removals: 25, existing: 100 } });
    start({
      integrations: { list: () => [attic()] },
      sync: {
        get: () => held,
        approve: (...args) => {
          approved.push(args);
          return syncLogView({ id: "1", watchesRemoved: 25 });
        },
      },
    });
    const ana = await app.signIn("ana");
    const doc = parse((await ana.get("/syncs/1")).text);
    expect(doc.querySelector(".sync-held")?.textContent).toContain("25 marks");
    expect((await ana.form("/syncs/1/approve", {})).headers.get("location")).toBe("/syncs/1");
    expect(approved).toHaveLength(1);
  });

  test("disconnecting brings the way to connect again", async () => {
    const left: IntegrationView[] = [attic()];
    start({
      integrations: {
        list: () => left,
        get: () => attic(),
        disconnect: async () => {
          left.length = 0;
        },
      },
    });
    const ana = await app.signIn("ana");
    const answer = await formPart(ana, "/integrations/1", { _method: "DELETE" });
    expect(answer.text).toStartWith('<hx-partial hx-target="#integrations"');
    expect(answer.text).toContain("Connect Plex");
  });

  test("settings are read from the form, and a refused schedule comes back with its reason", async () => {
    const updates: unknown[] = [];
    start({
      integrations: {
        list: () => [attic()],
        get: () => attic(),
        libraries: async () => [{ key: "1", title: HOSTILE, type: "show", enabled: true, numbering: "auto" }],
        update: (_user, _id, input) => {
          updates.push(input);
          return attic();
        },
      },
    });
    const ana = await app.signIn("ana");
    expect((await ana.get("/integrations/1/settings")).status).toBe(200);
    const fields = {
      kind: "all",
      autoSync: "true",
      schedule: "own",
      ownSchedule: "30 */2 * * *",
      knowsLibraries: "true",
      libraries: "1",
      unmarks: "follow",
      addShows: "all",
    };
    const saved = await ana.form("/integrations/1/settings", fields);
    expect(saved.headers.get("location")).toBe("/integrations");
    expect(updates).toEqual([
      {
        autoSync: true,
        enabled: false,
        schedule: "30 */2 * * *",
        libraries: ["1"],
        unmarks: "follow",
        addShows: "all",
      },
    ]);
  });
});

describe("connecting by a code", () => {
  const pin = {
    provider: "plex" as const,
    authUrl: "https://app.plex.invalid/auth#?code=abc",
    expiresAt: NOW + 600_000,
    at: null,
  };
  const server = (id: string, name: string) => ({
    machineIdentifier: id,
    name,
    owned: true,
    ownerName: null,
    online: true,
    connections: [{ uri: "http://192.0.2.7:32400", local: true, relay: false }],
  });
  const account = { id: "1", username: "anna", email: null };

  test("opens a dialog that asks every two seconds, without script a page", async () => {
    start({
      integrations: {
        startPin: async () => ({ pinId: "p1", code: "abc", ...pin }),
        pin: () => pin,
        checkPin: async () => ({ authorized: false, expired: false }),
      },
    });
    const ana = await app.signIn("ana");
    const dialog = await formPart(ana, "/integrations/plex/pins", {});
    expect(dialog.text).toStartWith("<dialog");
    expect(dialog.text).toContain('hx-trigger="every 2s"');
    expect((await ana.form("/integrations/plex/pins", {})).headers.get("location")).toBe("/integrations/plex/pins/p1");
    expect((await ana.get("/integrations/plex/pins/p1")).text).toContain('<noscript><meta http-equiv="refresh"');
  });

  test("stops asking when the code has run out", async () => {
    start({ integrations: { pin: () => pin, checkPin: async () => ({ authorized: false, expired: true }) } });
    const ana = await app.signIn("ana");
    const panel = await ana.get("/integrations/plex/pins/p1", htmx);
    expect(panel.text).toContain("The code has run out");
    expect(panel.text).not.toContain("every 2s");
  });

  test("connects the only server by itself, and lets one choose among several", async () => {
    const connected: unknown[] = [];
    const servers = [server("m1", "Attic")];
    start({
      integrations: {
        pin: () => pin,
        checkPin: async () => ({ authorized: true, account, servers }),
        connect: async (_user, _provider, input) => {
          connected.push(input);
          return { integration: integrationView(), attempts: [] };
        },
      },
    });
    const ana = await app.signIn("ana");
    const only = await ana.get("/integrations/plex/pins/p1", htmx);
    expect(connected).toEqual([{ pinId: "p1", machineIdentifier: "m1" }]);
    expect(only.text).toContain("Sync Now");
    servers.push(server("m2", HOSTILE));
    const several = parse((await ana.get("/integrations/plex/pins/p1", htmx)).text);
    expect(several.querySelectorAll(".server")).toHaveLength(2);
    expect(connected).toHaveLength(1);
  });

  test("says for each address why it failed", async () => {
    const { AppError } = await import("../../src/kernel/errors.ts");
    start({
      integrations: {
        pin: () => pin,
        checkPin: async () => ({ authorized: true, account, servers: [server("m1", "Attic")] }),
        connect: async () => {
          throw new AppError("unreachable", "Attic could not be reached from here.", {
            hint: "Is it switched on?",
            extra: { attempts: [{ uri: "http://192.0.2.7:32400", kind: "local", reason: "Timed out after 5 s." }] },
          });
        },
      },
    });
    const ana = await app.signIn("ana");
    const panel = parse(
      (await formPart(ana, "/integrations/plex/pins/p1/connection", { machineIdentifier: "m1" })).text,
    );
    expect(panel.querySelector(".address")?.textContent).toContain("Timed out after 5 s.");
    expect(panel.querySelector('[role="alert"]')?.textContent).toBe(
      "Attic could not be reached from here. Is it switched on?",
    );
    expect(panel.querySelector("details.server-other")?.hasAttribute("open")).toBe(true);
  });

  test("the page a popup returns to needs no sign-in and closes itself", async () => {
    start();
    const answer = await app.client().get("/integrations/plex/return");
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("data-close-window");
  });
});

describe("settings", () => {
  test("a new token is shown once", async () => {
    start();
    const ana = await app.signIn("ana");
    const made = await ana.form("/settings/tokens", { name: "Dashboard" });
    expect(made.status).toBe(201);
    const token = /et_[\w-]+/.exec(made.text)?.[0] ?? "";
    expect(token).not.toBe("");
    const later = (await ana.get("/settings/account")).text;
    expect(later).toContain("Dashboard");
    expect(later).not.toContain(token);
  });

  test("theme, time zone and password are saved", async () => {
    start();
    const ana = await app.signIn("ana");
    await ana.form("/settings/appearance", { theme: "light" });
    await ana.form("/settings/preferences", { timeZone: "Asia/Tokyo" });
    const doc = parse((await ana.get("/settings")).text);
    expect(doc.documentElement.getAttribute("data-theme")).toBe("light");
    expect(doc.querySelector('select[name="timeZone"] option[selected]')?.getAttribute("value")).toBe("Asia/Tokyo");
    expect((await ana.form("/settings/preferences", { timeZone: "Nowhere/Else" })).status).toBe(422);
    const wrong = await ana.form("/settings/password", { current: "not it at all", next: "another good one" });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain("This is not your current password.");
    expect((await ana.form("/settings/password", { current: testPassword, next: "another good one" })).status).toBe(
      303,
    );
  });

  test("signs out everywhere else but here", async () => {
    start();
    const ana = await app.signIn("ana");
    const phone = await app.signIn("ana");
    expect((await ana.form("/settings/sessions", { _method: "DELETE" })).status).toBe(303);
    expect((await ana.get("/settings")).status).toBe(200);
    expect((await phone.get("/settings")).status).toBe(303);
  });
});

describe("the language of the browser", () => {
  test("sets how numbers and dates are written, and nonsense does no harm", async () => {
    start();
    const { ana } = await withShow();
    for (const language of ["de-DE,de;q=0.9", "x-nonsense", "*", "en-u-ca-buddhist", "a".repeat(5000)]) {
      expect((await ana.get("/stats", { "accept-language": language })).status).toBe(200);
    }
  });
});
