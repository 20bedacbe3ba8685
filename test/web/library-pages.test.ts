import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { entryOf, setList, setRating } from "../../src/db/repos/library.ts";
import { createTracking } from "../../src/services/tracking/service.ts";
import { RESYNC } from "../../src/web/pages/answer.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

let app: TestApp;
afterEach(() => app.close());

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

/** Five shows of two episodes, the first of each watched. */
async function setUp() {
  app = createTestApp({
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      tracking: createTracking(base, { importShow: () => Promise.reject(new Error("not expected")) }),
      integrations: fakeIntegrations({ list: () => [] }),
      sync: fakeSync({ running: () => null, list: () => [] }),
    }),
  });
  const ana = await app.signIn("ana");
  const userId = ana.user.id;
  const titles = ["Alder", "Birch", "Cedar", HOSTILE, "Éclair"];
  const ids = titles.map((title, at) => {
    const showId = given.addShow(app.db, {
      title,
      network: at % 2 === 0 ? "HBO" : "A&E, Bravo",
      genres: [at < 2 ? "Drama" : HOSTILE],
      status: at === 4 ? "ended" : "running",
    });
    const [first] = given.addSeasons(app.db, showId, [2]) as [number, number];
    given.addEntry(app.db, userId, showId);
    given.addPlay(app.db, userId, first);
    return showId;
  });
  given.settle(app.db, userId, ids, app.clock.now());
  return { ana, userId, ids };
}

const part = (client: Client, path: string, fields: Record<string, string> | URLSearchParams, headers = {}) =>
  client.request(path, { method: "POST", body: new URLSearchParams(fields), headers: { ...htmx, ...headers } });

const chosen = (ids: readonly number[], fields: Record<string, string>) =>
  new URLSearchParams([...ids.map((id): [string, string] => ["ids", String(id)]), ...Object.entries(fields)]);

const titlesOf = (html: string) =>
  [...parse(html).querySelectorAll(".show-card-title, .show-row-link")].map(({ textContent }) => textContent);

describe("the library's filter", () => {
  test("combines what the address says and shows it in the form and as chips that take it away", async () => {
    const { ana } = await setUp();
    const doc = parse(
      (await ana.get("/shows?query=e&network=A%26E%2C+Bravo&network=HBO&status=ended&sort=title")).text,
    );
    expect(titlesOf(doc.documentElement.outerHTML)).toEqual(["Éclair"]);
    const ticked = [...doc.querySelectorAll(".facet input[checked]")].map((box) => box.getAttribute("value"));
    expect(ticked.toSorted()).toEqual(["A&E, Bravo", "HBO"]);
    expect(doc.querySelector('select[name="status"] option[selected]')?.textContent).toBe("Ended");
    expect(doc.querySelector('input[name="query"]')?.getAttribute("value")).toBe("e");
    expect(doc.querySelector("#library-count")?.textContent).toBe("1 of 5 shows");
    const chips = [...doc.querySelectorAll(".chips a")].map((chip) => [chip.textContent, chip.getAttribute("href")]);
    expect(chips).toEqual([
      ["Status: Ended", "/shows?query=e&network=A%26E%2C+Bravo&network=HBO&sort=title"],
      ["A&E, Bravo", "/shows?query=e&network=HBO&status=ended&sort=title"],
      ["HBO", "/shows?query=e&network=A%26E%2C+Bravo&status=ended&sort=title"],
      ["Clear all", "/shows?query=e&sort=title"],
    ]);
  });

  test("answers the form's own request with an address that says no more than it must", async () => {
    const { ana } = await setUp();
    const path = "/shows?query=cedar&sort=title&progress=&status=&rated=&list=";
    const typed = await ana.get(path, { ...htmx, "hx-source": "form#library-filter" });
    expect(typed.text).toStartWith('<div id="library"');
    expect(typed.headers.get("hx-replace-url")).toBe("/shows?query=cedar&sort=title");
    const refreshed = await ana.get(path, { ...htmx, "hx-source": "div#refresh" });
    expect(refreshed.headers.get("hx-replace-url")).toBeNull();
  });

  test.each([
    "network=nowhere",
    "genre=none",
    "status=nonsense",
    "progress=nonsense",
    "list=nonsense",
    "query=zzz",
    "query=%25%00",
    "genre=Drama&status=ended",
  ])("that finds nothing (%s) says so and has one button to clear it", async (query) => {
    const { ana } = await setUp();
    const answer = await ana.get(`/shows?${query}`);
    expect(answer.status).toBe(200);
    const empty = parse(answer.text).querySelector(".empty");
    expect(empty?.querySelector("h2")?.textContent).toBe("Nothing matches");
    const buttons = [...(empty?.querySelectorAll("a") ?? [])];
    expect(buttons).toHaveLength(1);
    expect(titlesOf((await ana.get(buttons[0]?.getAttribute("href") ?? "")).text)).toHaveLength(5);
  });

  test("finds on another list what is not on this one, and says that", async () => {
    const { ana, userId, ids } = await setUp();
    setList(app.db, userId, ids[0] ?? 0, "archived");
    const doc = parse((await ana.get("/shows?list=watching&query=alder")).text);
    expect(doc.querySelector(".empty a")?.textContent?.trim()).toBe("Look on all lists (1)");
    expect(doc.querySelector(".empty a")?.getAttribute("href")).toBe("/shows?query=alder");
  });

  test.each(["later", "ended", "archived"])("of an empty list (%s) says what comes there", async (list) => {
    const { ana } = await setUp();
    const doc = parse((await ana.get(`/shows?list=${list}`)).text);
    expect(doc.querySelector(".empty h2")?.textContent).toMatch(/^Nothing /);
    expect(doc.querySelectorAll(".empty a")).toHaveLength(1);
  });

  test("turns the order round and back", async () => {
    const { ana } = await setUp();
    const turn = (html: string) =>
      parse(html).querySelector('a[title="A to Z"], a[title="Z to A"]')?.getAttribute("href") ?? "";
    const forward = (await ana.get("/shows?sort=title")).text;
    const backward = (await ana.get(turn(forward))).text;
    expect(titlesOf(backward)).toEqual(titlesOf(forward).toReversed());
    expect(turn(backward)).toBe("/shows?sort=title");
  });
});

describe("the library as a list", () => {
  test("is remembered by the browser that asked for it", async () => {
    const { ana } = await setUp();
    expect(parse((await ana.get("/shows")).text).querySelectorAll(".show-card")).toHaveLength(5);
    expect(parse((await ana.get("/shows?view=list")).text).querySelectorAll(".show-row")).toHaveLength(5);
    expect(parse((await ana.get("/shows")).text).querySelectorAll(".show-row")).toHaveLength(5);
    expect(parse((await ana.get("/shows?view=grid")).text).querySelectorAll(".show-row")).toHaveLength(0);
    expect(parse((await ana.get("/shows?view=nonsense")).text).querySelectorAll(".show-card")).toHaveLength(5);
  });

  test("answers a mark with the line as it is now and a way back; without script it leads back to the page", async () => {
    const { ana, userId, ids } = await setUp();
    const [id] = ids as [number];
    const doc = parse((await ana.get("/shows?view=list&sort=title")).text);
    const action = doc.querySelector(`#show-card--${id} .check-form`)?.getAttribute("action") ?? "";
    const headers = { "hx-target": `li#show-card--${id}`, "hx-current-url": `${app.url}/shows?view=list` };
    const marked = await part(ana, action, { _method: "PUT" }, headers);
    expect(marked.text).toStartWith(`<li id="show-card--${id}" class="show-row"`);
    expect(marked.text).toContain("2 / 2");
    const token = /name="token" value="([^"]+)"/.exec(marked.text)?.[1] ?? "";
    const undone = await part(ana, "/undo", { token, part: "library", back: "/shows" });
    expect(undone.headers.get("hx-trigger")).toBe(RESYNC);
    expect(entryOf(app.db, userId, id)?.watched).toBe(1);
    const body = new URLSearchParams({ _method: "PUT" });
    const referer = `${app.url}/shows?list=watching&sort=title`;
    const plain = await ana.request(action, { method: "POST", body, headers: { referer } });
    expect(plain.headers.get("location")).toBe("/shows?list=watching&sort=title");
  });
});

describe("a show's menu in the library", () => {
  test("offers what can be done, and the list it is on by itself", async () => {
    const { ana, ids } = await setUp();
    const menu = parse((await ana.get(`/shows/${ids[0]}/menu`, htmx)).text);
    expect(menu.querySelector('select[name="list"] option[selected]')?.textContent).toBe("Automatic (Watching)");
    expect(menu.querySelector('select[name="rating"] option[selected]')?.textContent).toBe("Not rated");
    expect(menu.body.textContent).toContain("Mark S1 E2 watched");
    expect((await ana.get(`/shows/${ids[0]}/menu`)).headers.get("location")).toBe(`/shows/${ids[0]}`);
  });

  test("changes list and rating, hands the list back, and refuses nonsense", async () => {
    const { ana, userId, ids } = await setUp();
    const [id] = ids as [number];
    const moved = await part(ana, `/shows/${id}/card`, { list: "later", rating: "none" });
    expect(moved.text).toContain("Alder moved to Watch later.");
    expect(moved.headers.get("hx-trigger")).toBe(RESYNC);
    expect((await part(ana, `/shows/${id}/card`, { list: "later", rating: "7" })).text).toContain("rated 7 of 10");
    const released = await part(ana, `/shows/${id}/card`, { list: "automatic", rating: "7" });
    expect(released.text).toContain("Alder goes by itself again, to Watching.");
    expect(entryOf(app.db, userId, id)).toMatchObject({ list: "watching", listChosen: 0, rating: 7 });
    for (const fields of [{ list: "gone" }, { rating: "11" }])
      expect((await part(ana, `/shows/${id}/card`, fields as Record<string, string>)).status).toBe(422);
    const plain = await ana.form(`/shows/${id}/card`, { rating: "none" });
    expect([plain.status, plain.headers.get("location")]).toEqual([303, "/shows"]);
  });
});

describe("many shows at once", () => {
  test("are moved without script, with words and a way back", async () => {
    const { ana, userId, ids } = await setUp();
    const page = parse((await ana.get("/shows?select=1&sort=title")).text);
    expect(page.querySelectorAll('input[name="ids"][form="library-bulk"]')).toHaveLength(5);
    expect(page.querySelectorAll(".show-card .menu")).toHaveLength(0);
    const from = page.querySelector('#library-bulk input[name="from"]')?.getAttribute("value") ?? "";
    expect(from).toBe("/shows?sort=title");
    const body = chosen(ids.slice(0, 3), { do: "move:archived", from });
    const done = await ana.request("/shows/bulk", { method: "POST", body });
    expect([done.status, done.headers.get("location")]).toEqual([303, from]);
    const flash = parse((await ana.get(from)).text).querySelector(".flash");
    expect(flash?.textContent).toContain("3 shows moved to Archived.");
    const token = flash?.querySelector('input[name="token"]')?.getAttribute("value") ?? "";
    expect(entryOf(app.db, userId, ids[0] ?? 0)?.list).toBe("archived");
    await ana.form("/undo", { token, back: from });
    expect(ids.map((id) => entryOf(app.db, userId, id)?.list)).toEqual(ids.map(() => "watching"));
  });

  test("all can be ticked without script", async () => {
    const { ana } = await setUp();
    const page = parse((await ana.get("/shows?select=all")).text);
    expect(page.querySelectorAll('input[name="ids"][checked]')).toHaveLength(5);
  });

  test.each([
    ["move:later", "5 shows moved to Watch later."],
    ["move:automatic", "5 shows moved to where they belong by what you have watched."],
    ["rate:8", "5 shows rated 8 of 10."],
    ["rate:none", "5 shows no longer rated."],
  ])("%s answers the list anew, no longer choosing, and says what happened", async (what, words) => {
    const { ana, ids } = await setUp();
    const fields = { do: what, from: "/shows?sort=title", shown: "5" };
    const done = await part(ana, "/shows/bulk", chosen(ids, fields));
    expect(done.text).toStartWith('<div id="library"');
    expect(done.text).toContain(words);
    expect(done.text).not.toContain('name="ids"');
    expect(done.headers.get("hx-replace-url")).toBe("/shows?sort=title");
  });

  test.each([
    ["remove", "Remove three shows?", "3 shows removed from your library."],
    ["mark-watched", "Mark three shows as watched?", "Marked as watched: 3 episodes of 3 shows."],
  ])("%s is asked first, with the number in words, in a dialog or on a page", async (what, title, words) => {
    const { ana, userId, ids } = await setUp();
    const some = ids.slice(1, 4);
    const dialog = await part(ana, "/shows/bulk", chosen(some, { do: what, from: "/shows" }));
    expect(dialog.headers.get("hx-retarget")).toBe("#dialog");
    expect(dialog.text).toContain(title);
    const body = chosen(some, { do: what, from: "/shows" });
    const page = parse((await ana.request("/shows/bulk", { method: "POST", body })).text);
    expect(page.querySelector("h1")?.textContent).toBe(title);
    expect([...page.querySelectorAll(".bulk-titles li")].map(({ textContent }) => textContent)).toContain(HOSTILE);
    expect(entryOf(app.db, userId, some[0] ?? 0)?.watched).toBe(1);
    const fields = [...page.querySelectorAll("form.actions input")].map((input): [string, string] => [
      input.getAttribute("name") ?? "",
      input.getAttribute("value") ?? "",
    ]);
    const done = await ana.request("/shows/bulk", { method: "POST", body: new URLSearchParams(fields) });
    expect(done.headers.get("location")).toBe("/shows");
    expect(parse((await ana.get("/shows")).text).querySelector(".flash")?.textContent).toContain(words);
  });

  test("nothing ticked and nothing meant change nothing", async () => {
    const { ana, userId, ids } = await setUp();
    expect((await part(ana, "/shows/bulk", { do: "remove" })).text).toContain("Choose at least one show first.");
    for (const what of ["", "explode", "move:nowhere", "rate:11", "move"])
      expect((await part(ana, "/shows/bulk", chosen(ids, { do: what }))).status).toBe(422);
    expect(ids.map((id) => entryOf(app.db, userId, id)?.list)).toEqual(ids.map(() => "watching"));
  });

  test("somebody else's are not there", async () => {
    const { userId, ids } = await setUp();
    const ben = await app.signIn("ben");
    for (const what of ["move:archived", "remove", "mark-watched"]) {
      for (const confirmed of ["", "yes"])
        expect((await part(ben, "/shows/bulk", chosen(ids, { do: what, confirmed }))).status).toBe(404);
    }
    expect((await ben.get(`/shows/${ids[0]}/menu`, htmx)).status).toBe(404);
    expect((await part(ben, `/shows/${ids[0]}/card`, { rating: "1" })).status).toBe(404);
    expect(ids.map((id) => entryOf(app.db, userId, id)?.list)).toEqual(ids.map(() => "watching"));
    expect((await app.client().form("/shows/bulk", { do: "remove" })).headers.get("location")).toBe("/login");
  });

  test("a way back to elsewhere is not taken", async () => {
    const { ana, ids } = await setUp();
    const body = chosen(ids, { do: "rate:5", from: "https://elsewhere.invalid/" });
    expect((await ana.request("/shows/bulk", { method: "POST", body })).headers.get("location")).toBe("/");
  });
});

describe("a refreshed library", () => {
  test("has as many rows as had been read", async () => {
    const { ana, userId } = await setUp();
    for (let at = 0; at < 150; at += 1)
      given.addEntry(app.db, userId, given.addShow(app.db, { title: `Show ${at}`, year: 2000 }));
    setRating(app.db, userId, 1, 3);
    const addressIn = (html: string, before: string) =>
      new RegExp(`${before}="([^"]+)"`).exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const first = (await ana.get("/shows?sort=title")).text;
    const second = (await ana.get(addressIn(first, 'class="more-row"><a href'), htmx)).text;
    const refresh = addressIn(second, 'id="refresh" hidden[^>]*? hx-get');
    expect(refresh).toBe("/shows?sort=title&shown=120");
    const anew = (await ana.get(refresh, htmx)).text;
    expect(anew.split('class="show-card"')).toHaveLength(121);
    expect(anew).toContain('<input type="hidden" name="shown" value="120" form="library-bulk"');
  });
});
