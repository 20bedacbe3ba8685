import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Window } from "happy-dom";
import { loadMigrations } from "../../src/db/migrate.ts";
import { saveTitles } from "../../src/db/repos/titles.ts";
import { inspectDatabase } from "../../src/db/snapshot.ts";
import { AppError } from "../../src/kernel/errors.ts";
import type { MetadataSource } from "../../src/metadata/contract.ts";
import { dataPaths } from "../../src/services/maintenance/paths.ts";
import { createMaintenance } from "../../src/services/maintenance/service.ts";
import { createSourceDesk } from "../../src/services/sources/service.ts";
import type { WebDeps } from "../../src/web/deps.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp, testPassword } from "../support/app.ts";
import { fakeIntegrations, fakeSync, standIn } from "../support/fake-services.ts";
import { addEntry, addEpisode, addPlay, addShow, settle } from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;

let app: TestApp;
let folder: string;
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(services: (base: WebDeps) => Partial<WebDeps> = () => ({}), env: Record<string, string> = {}): void {
  folder = mkdtempSync(join(tmpdir(), "episode-tracker-settings-"));
  app = createTestApp({
    env: { DATA_DIR: folder, ...env },
    dbPath: dataPaths(folder).database,
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      integrations: fakeIntegrations({ list: () => [] }),
      sync: fakeSync({ running: () => null, list: () => [] }),
      maintenance: createMaintenance(base),
      ...services(base),
    }),
  });
}

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

const htmx = { "hx-request": "true", "hx-request-type": "partial" };

const inPlace = (client: Client, path: string, fields: Record<string, string>) =>
  client.request(path, { method: "POST", body: new URLSearchParams(fields), headers: htmx });

describe("a saved choice", () => {
  const choices: [path: string, fields: Record<string, string>, shown: RegExp][] = [
    ["/settings/appearance", { theme: "light" }, /name="theme" value="light" checked/],
    ["/settings/preferences", { timeZone: "Asia/Tokyo" }, /value="Asia\/Tokyo" selected/],
    ["/settings/preferences", { dateFormat: "ymd" }, /name="dateFormat" value="ymd" checked/],
    ["/settings/preferences", { titleLanguage: "de" }, /value="de" selected/],
  ];

  test("is answered in place with the part as it is now and a word, and without script with the page", async () => {
    start();
    const ana = await app.signIn("ana");
    for (const [path, fields, shown] of choices) {
      const part = await inPlace(ana, path, fields);
      expect([path, part.status]).toEqual([path, 200]);
      expect(part.text).toStartWith('<div id="settings"');
      expect(part.text).toMatch(shown);
      expect(part.text).toMatch(/data-toast="info">.*\w+\.<\/p>/);
      expect((await ana.form(path, fields)).headers.get("location")).toBe("/settings");
    }
  });

  // Not as a document: the list of time zones alone takes a second to parse.
  test("that is none comes back beside its field, in place and as a page", async () => {
    start();
    const ana = await app.signIn("ana");
    await app.deps.accounts.createUser({ username: "ben", password: testPassword });
    const wrong: [path: string, fields: Record<string, string>, status: number, field: string, words: string][] = [
      ["/settings/preferences", { timeZone: "Mars/Olympus" }, 422, "timeZone", "Choose a time zone"],
      ["/settings/preferences", { titleLanguage: "tlh" }, 422, "titleLanguage", "Choose one of the languages"],
      ["/settings/profile", { username: " " }, 422, "username", "Enter a username."],
      ["/settings/profile", { username: "BEN" }, 409, "username", "This username is taken."],
    ];
    for (const [path, fields, status, field, words] of wrong) {
      for (const answer of [await inPlace(ana, path, fields), await ana.form(path, fields)]) {
        expect([path, answer.status]).toEqual([path, status]);
        const control = new RegExp(`<(?:input|select)[^>]* name="${field}"[^>]* aria-invalid="true"[^>]*>`).exec(
          answer.text,
        );
        const described = /aria-describedby="([^"]+)"/.exec(control?.[0] ?? "")?.[1] ?? "none";
        expect(answer.text).toContain(`id="${described.split(" ").at(-1)}">${words}`);
      }
    }
    expect((await ana.form("/settings/appearance", { theme: "pink" })).status).toBe(422);
    expect((await ana.form("/settings/preferences", { dateFormat: "dym" })).status).toBe(422);
  });

  test("of a name changes what stands around, so the page is loaded anew", async () => {
    start();
    const ana = await app.signIn("ana");
    const part = await inPlace(ana, "/settings/profile", { username: "Anna" });
    expect([part.status, part.headers.get("hx-redirect")]).toEqual([200, "/settings"]);
    const page = parse((await ana.get("/settings")).text);
    expect(page.querySelector(".user-name")?.textContent).toBe("Anna");
    expect(page.querySelector(".flash")?.textContent).toContain("You are Anna from now on.");
    expect((await app.client().post("/api/auth/login", { username: "anna", password: testPassword })).status).toBe(200);
  });

  test("of a date format is kept by every page", async () => {
    start();
    const ana = await app.signIn("ana");
    const showId = addShow(app.db);
    const episode = addEpisode(app.db, showId, 1, 1, { airedAt: app.clock.now() - 400 * 86_400_000 });
    addEpisode(app.db, showId, 1, 2, { airedAt: app.clock.now() + 5 * 86_400_000 });
    addEntry(app.db, ana.user.id, showId);
    addPlay(app.db, ana.user.id, episode, { watchedAt: app.clock.now() - 380 * 86_400_000 });
    settle(app.db, ana.user.id, [showId], app.clock.now());
    await ana.form("/settings/preferences", { dateFormat: "ymd" });
    const texts = async (path: string) => (await ana.get(path)).text;
    expect(await texts("/history")).toContain("Tuesday, 2024-12-31");
    expect(await texts("/calendar")).toContain("Tuesday, 2026-01-20");
    expect(await texts(`/shows/${showId}`)).toContain("2024-12-11");
    expect(await texts("/settings")).toContain("Thursday, 2026-01-15, 13:00");
    expect(await texts("/stats")).toContain("2026-01-15");
  });
});

describe("the language of titles", () => {
  test("tells how far it is, and asks again only while something is missing", async () => {
    start((base) => ({ sources: [standIn<MetadataSource>("source", { id: "tvmaze" })], db: base.db }));
    const ana = await app.signIn("ana");
    const shows = ["One", "Two"].map((title) => addShow(app.db, { title }));
    for (const showId of shows) addEntry(app.db, ana.user.id, showId);
    app.db.raw.run("UPDATE shows SET enriched_at = 1");
    expect((await ana.get("/settings")).text).not.toContain("Titles:");
    await ana.form("/settings/preferences", { titleLanguage: "de" });
    const [first, second] = shows as [number, number];
    saveTitles(app.db, { showId: first, language: "de", title: "Eins", episodes: new Map() }, 2);
    const part = await ana.get("/settings/titles", htmx);
    expect(part.text).toContain("Titles: 1 of 2 fetched…");
    expect(part.text).toContain('hx-trigger="every 2s"');
    saveTitles(app.db, { showId: second, language: "de", title: null, episodes: new Map() }, 2);
    const last = await ana.get("/settings/titles", htmx);
    expect(last.text).toContain("Titles: 2 of 2 fetched.");
    expect(last.text).not.toContain("hx-trigger");
    expect((await ana.get("/shows")).text).toContain("Eins");
    expect((await ana.get("/settings/titles")).status).toBe(303);
  });
});

describe("sign-ins", () => {
  test("are named by device and ended one by one; somebody else's are not there", async () => {
    start();
    const ana = await app.signIn("ana");
    const phone = await app.signIn("ana");
    const ben = await app.signIn("ben");
    const items = (await ana.get("/api/sessions")).json.items as { id: string; current: boolean }[];
    const other = items.find(({ current }) => !current)?.id ?? "";
    const doc = parse((await ana.get("/settings/account")).text);
    expect([...doc.querySelectorAll(".badge")].map((badge) => badge.textContent)).toContain("this browser");
    const mine = (await ben.get("/api/sessions")).json.items[0].id;
    expect((await inPlace(ana, `/settings/sessions/${mine}`, { _method: "DELETE" })).status).toBe(404);
    const part = await inPlace(ana, `/settings/sessions/${other}`, { _method: "DELETE" });
    expect(part.text).toContain("Signed out there.");
    expect((await phone.get("/settings")).status).toBe(303);
    const here = items.find(({ current }) => current)?.id ?? "";
    const out = await inPlace(ana, `/settings/sessions/${here}`, { _method: "DELETE" });
    expect(out.headers.get("hx-redirect")).toBe("/login");
    expect((await ana.get("/settings")).status).toBe(303);
  });

  test("a token is shown once in the part, and a refused name comes back", async () => {
    start();
    const ana = await app.signIn("ana");
    const made = await inPlace(ana, "/settings/tokens", { name: HOSTILE });
    expect([made.status, /et_[\w-]{40}/.test(made.text), made.text.includes("<img")]).toEqual([201, true, false]);
    const later = await ana.get("/settings/account");
    expect([/et_[\w-]{40}/.test(later.text), later.text.includes("never used")]).toEqual([false, true]);
    const refused = await inPlace(ana, "/settings/tokens", { name: "x".repeat(101) });
    expect(refused.status).toBe(422);
    expect(parse(refused.text).querySelector('[name="name"]')?.getAttribute("value")).toHaveLength(101);
    const wrong = await inPlace(ana, "/settings/password", { current: "not it at all", next: "another good one" });
    expect(wrong.status).toBe(422);
    expect(wrong.text).not.toContain("another good one");
  });
});

describe("metadata sources", () => {
  const source = (members: Partial<MetadataSource>) =>
    standIn<MetadataSource>("source", { id: "tvmaze", label: "TVmaze", waitingUntil: () => null, ...members });

  function withSource(members: Partial<MetadataSource>): void {
    start((base) => ({ sourceDesk: createSourceDesk(base.config, base.clock, [source(members)]) }), {
      METADATA_SOURCES: "trakt,tvmaze",
    });
  }

  test("stand in their order with what switches them on", async () => {
    withSource({});
    const ana = await app.signIn("ana");
    const doc = parse((await ana.get("/settings/sources")).text);
    const rows = [...doc.querySelectorAll(".source-row")].map((row) => row.textContent ?? "");
    expect(rows.map((text) => /Trakt|TVmaze|TMDB/.exec(text)?.[0])).toEqual(["Trakt", "TVmaze", "TMDB"]);
    expect(rows[0]).toContain("Set TRAKT_CLIENT_ID to use it.");
    expect(rows[1]).toContain("In use");
    expect(rows[2]).toContain("Add tmdb to METADATA_SOURCES");
    expect((await ana.get("/api/sources")).json.items).toMatchObject([
      { id: "trakt", state: "no-key", keyVariable: "TRAKT_CLIENT_ID" },
      { id: "tvmaze", state: "on", keyVariable: null, problem: null },
      { id: "tmdb", state: "left-out" },
    ]);
  });

  test("are tested in place, and the result stands in words beside the source", async () => {
    let answer: () => Promise<void> = async () => undefined;
    withSource({ probe: () => answer() });
    const ana = await app.signIn("ana");
    const good = await inPlace(ana, "/settings/sources/tvmaze/test", {});
    expect(parse(good.text).querySelector('[role="status"]')?.textContent).toBe("TVmaze answers (0 ms).");
    answer = () => Promise.reject(new AppError("unreachable", `TVmaze did not answer ${HOSTILE}.`));
    const bad = await inPlace(ana, "/settings/sources/tvmaze/test", {});
    expect(parse(bad.text).querySelector('[role="status"]')?.textContent).toContain(
      "Does this machine reach the internet?",
    );
    expect(bad.text).not.toContain("<img src=x");
    expect((await ana.post("/api/sources/tvmaze/test")).json).toMatchObject({ ok: false });
    expect((await ana.get("/settings/sources")).text).toContain("TVmaze did not answer");
    expect((await ana.post("/api/sources/trakt/test")).status).toBe(409);
    expect((await ana.post("/api/sources/imdb/test")).status).toBe(404);
    const page = await ana.form("/settings/sources/tvmaze/test", {});
    expect(page.headers.get("location")).toBe("/settings/sources");
    expect(parse((await ana.get("/settings/sources")).text).querySelector(".banner-error")?.textContent).toContain(
      "TVmaze",
    );
  });

  test("are looked at by everybody, and tested and asked again by admins only", async () => {
    let again = 0;
    start((base) => ({
      sourceDesk: createSourceDesk(base.config, base.clock, [source({ probe: async () => undefined })]),
      enrichment: {
        enqueueTitles: () => undefined,
        lookUpAgain: () => {
          again += 1;
          return 3;
        },
      },
    }));
    const ana = await app.signIn("ana");
    const ben = await app.signIn("ben");
    const seen = await ben.get("/settings/sources");
    expect([seen.status, seen.text.includes("Look up everything again"), seen.text.includes("/test")]).toEqual([
      200,
      false,
      false,
    ]);
    for (const path of ["/settings/sources/tvmaze/test", "/settings/enrichment"])
      expect((await ben.form(path, {})).status).toBe(403);
    for (const path of ["/api/sources/tvmaze/test", "/api/enrichment"]) expect((await ben.post(path)).status).toBe(403);
    expect(again).toBe(0);
    expect((await inPlace(ana, "/settings/enrichment", {})).text).toContain("Everything is looked up again.");
    expect((await ana.post("/api/enrichment")).status).toBe(202);
    expect(again).toBe(2);
  });
});

describe("data", () => {
  test("is backed up, listed and downloaded by admins only", async () => {
    start();
    const ana = await app.signIn("ana");
    const ben = await app.signIn("ben");
    const part = await inPlace(ana, "/settings/backups", {});
    expect(part.text).toContain("Backed up to episode-tracker-2026-01-15-120000.db.");
    const { items } = (await ana.get("/api/backups")).json;
    expect(items).toMatchObject([{ name: "episode-tracker-2026-01-15-120000.db" }]);
    expect(items[0].bytes).toBeGreaterThan(4096);
    const { name } = items[0];
    for (const path of [`/settings/backups/${name}`, `/api/backups/${name}`]) {
      const file = await ana.open(path);
      const { headers } = file;
      expect([file.status, headers.get("content-disposition"), headers.get("cache-control")]).toEqual([
        200,
        `attachment; filename="${name}"`,
        "no-store",
      ]);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      const copy = join(folder, "downloaded.db");
      await Bun.write(copy, await file.bytes());
      expect(inspectDatabase(copy, loadMigrations()).users).toBe(2);
      expect((await ben.get(path)).status).toBe(403);
    }
    for (const wrong of ["..%2Fepisode-tracker.db", "..%5Cx.db", "encryption.key", "episode-tracker-2020.db"]) {
      expect([wrong, (await ana.get(`/settings/backups/${wrong}`)).status]).toEqual([wrong, 404]);
    }
    expect((await ben.post("/api/backups")).status).toBe(403);
    expect((await ben.get("/api/backups")).status).toBe(403);
    const seen = (await ben.get("/settings/data")).text;
    expect([seen.includes("Back up now"), seen.includes(folder), seen.includes("Export as JSON")]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("an account goes after its name and password, and leaves a word on the sign-in page", async () => {
    start();
    const ana = await app.signIn("ana");
    const ben = await app.signIn("ben");
    expect((await ana.get("/settings/data")).text).toContain("You are the only admin.");
    const leave = (fields: Record<string, string>) =>
      inPlace(ben, "/settings/account", { _method: "DELETE", ...fields });
    const unnamed = await leave({ confirm: "Ben?", password: testPassword });
    expect([unnamed.status, unnamed.text.includes("Type ben exactly")]).toEqual([422, true]);
    expect(parse(unnamed.text).querySelector("details.fold")?.hasAttribute("open")).toBe(true);
    const wrong = await leave({ confirm: "ben", password: "not it at all" });
    expect([wrong.status, wrong.text.includes("This is not your current password.")]).toEqual([422, true]);
    const gone = await leave({ confirm: " ben ", password: testPassword });
    expect([gone.status, gone.headers.get("hx-redirect"), ben.cookies.has("et_session")]).toEqual([
      200,
      "/login",
      false,
    ]);
    expect((await ben.get("/login")).text).toContain("The account of ben is deleted.");
    expect(app.deps.accounts.list().map(({ username }) => username)).toEqual(["ana"]);
    const last = await ana.form("/settings/account", { _method: "DELETE", confirm: "ana", password: testPassword });
    expect([last.status, app.deps.accounts.list()]).toMatchObject([409, [{ username: "ana" }]]);
  });
});

describe("people", () => {
  test("are an admin's matter", async () => {
    start();
    await app.signIn("ana");
    const ben = await app.signIn("ben");
    expect((await ben.get("/settings/users")).status).toBe(403);
    expect((await ben.get("/settings")).text).not.toContain('href="/settings/users"');
    const forms: [string, Record<string, string>][] = [
      ["/settings/users", { username: "eve", password: testPassword }],
      ["/settings/users/1", { role: "member" }],
      ["/settings/users/1/password", { password: testPassword }],
      ["/settings/users/1", { _method: "DELETE", confirm: "ana" }],
    ];
    for (const [path, fields] of forms) expect([path, (await ben.form(path, fields)).status]).toEqual([path, 403]);
    expect(app.deps.accounts.list().map(({ username, role }) => [username, role])).toEqual([
      ["ana", "admin"],
      ["ben", "member"],
    ]);
  });

  test("get another role and password, and go only after their name has been typed", async () => {
    start();
    const ana = await app.signIn("ana");
    const eve = await app.deps.accounts.createUser({ username: HOSTILE, password: testPassword });
    const page = await ana.get("/settings/users");
    expect([page.text.includes("<img src=x"), page.text.includes("last seen")]).toEqual([false, true]);
    expect(parse(page.text).querySelector(".person bdi")?.textContent).toBe("ana");
    const path = `/settings/users/${eve.id}`;
    expect((await inPlace(ana, path, { role: "admin" })).text).toContain("is an admin now.");
    const short = await inPlace(ana, `${path}/password`, { password: "short" });
    expect([short.status, parse(short.text).querySelectorAll("details.person-fold[open]").length]).toEqual([422, 1]);
    const set = await inPlace(ana, `${path}/password`, { password: "another good one" });
    expect(set.text).toContain("has a new password");
    const untyped = await inPlace(ana, path, { _method: "DELETE", confirm: "<img>" });
    expect([untyped.status, parse(untyped.text).querySelector('[name="confirm"][aria-invalid]') !== null]).toEqual([
      422,
      true,
    ]);
    expect((await inPlace(ana, path, { _method: "DELETE", confirm: HOSTILE })).status).toBe(200);
    expect(app.deps.accounts.list()).toHaveLength(1);
    expect((await ana.form("/settings/users/1", { _method: "DELETE", confirm: "ana" })).status).toBe(409);
    for (const id of ["99", "x"]) expect((await ana.form(`/settings/users/${id}`, { role: "admin" })).status).toBe(404);
  });
});
