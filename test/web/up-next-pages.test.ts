import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { createTracking } from "../../src/services/tracking/service.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { liveNews } from "../../src/web/pages/live.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import {
  addEntry,
  addEpisode,
  addIntegration,
  addPlay,
  addSeasons,
  addShow,
  DAY,
  settle,
} from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;

let app: TestApp;
afterEach(() => app.close());

async function start() {
  app = createTestApp({
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      live: liveNews,
      tracking: createTracking(base, { importShow: () => Promise.reject(new Error("not expected")) }),
      integrations: fakeIntegrations({ list: () => [] }),
      sync: fakeSync({ running: () => null, list: () => [] }),
    }),
  });
  return app.signIn("ana");
}

type Ana = Awaited<ReturnType<typeof start>>;

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

/** A show with this many episodes, the first ones watched. */
function show(ana: Ana, title: string, episodes: number, watched: number, agoDays = 1) {
  const showId = addShow(app.db, { title, runtimeMin: 42, status: "running" });
  const ids = addSeasons(app.db, showId, [episodes]);
  addEntry(app.db, ana.user.id, showId, "watching", app.clock.now() - 90 * DAY);
  for (const id of ids.slice(0, watched)) {
    addPlay(app.db, ana.user.id, id, { watchedAt: app.clock.now() - agoDays * DAY });
  }
  settle(app.db, ana.user.id, [showId], app.clock.now());
  return { showId, ids };
}

const htmx = { "hx-request": "true", "hx-request-type": "partial" };

function press(client: Client, path: string, fields: Record<string, string>, showId: number) {
  const headers = { ...htmx, "hx-target": `li#up-next--${showId}` };
  return client.request(path, { method: "POST", body: new URLSearchParams(fields), headers });
}

const mark = (client: Client, episodeId: number | undefined, showId: number, fields: Record<string, string> = {}) =>
  press(client, `/episodes/${episodeId}/watched`, { _method: "PUT", ...fields }, showId);

const undoFields = (html: string) => {
  const form = parse(html.replaceAll("hx-partial", "div")).querySelector('form[action="/undo"]');
  const value = (name: string) => form?.querySelector(`[name=${name}]`)?.getAttribute("value") ?? "";
  return { token: value("token"), part: value("part"), back: value("back") };
};

describe("the page Up next", () => {
  test("has its sections in order, what was left long ago folded, and when shows go on", async () => {
    const ana = await start();
    const { showId } = show(ana, "Fresh", 3, 2);
    addEpisode(app.db, showId, 2, 1, { airedAt: app.clock.now() - 2 * DAY, airedExact: true });
    app.db.raw.run(`DELETE FROM episodes WHERE show_id = ${showId} AND season = 1 AND number = 3`);
    show(ana, "Going on", 3, 1);
    show(ana, "Untouched", 3, 0);
    show(ana, "Left", 3, 1, 200);
    const done = show(ana, "Done", 2, 2);
    addEpisode(app.db, done.showId, 2, 1, { airedAt: Date.UTC(2026, 0, 23) });
    show(ana, "Some day", 2, 2);
    settle(app.db, ana.user.id, [showId, done.showId], app.clock.now());
    const doc = parse((await ana.get("/")).text);
    const sections = [...doc.querySelectorAll(".up-next-section")];
    expect(sections.map((section) => section.querySelector("h2")?.textContent)).toEqual([
      "New",
      "Continue",
      "Not started",
      "Not watched for a while",
      "Caught up",
    ]);
    expect(sections.map(({ tagName }) => tagName)).toEqual(["SECTION", "SECTION", "SECTION", "DETAILS", "SECTION"]);
    expect(sections[3]?.hasAttribute("open")).toBe(false);
    const fresh = doc.querySelector(`#up-next--${showId}`);
    expect(fresh?.querySelector(".up-next-new")?.textContent).toBe("New");
    expect(fresh?.querySelector(".up-next-facts")?.textContent).toContain("Aired 2 days ago");
    expect(fresh?.querySelector(".up-next-facts")?.textContent).toContain("42 min");
    expect(doc.querySelectorAll(".up-next-new")).toHaveLength(1);
    const rows = [...doc.querySelectorAll(".caught-up-row")].map((row) => row.textContent);
    // Only the day is known, so no clock is said.
    expect(rows[0]).toBe("DDoneContinues Friday, 23 JanS2 E1");
    expect(rows[1]).toContain("No date yet");
  });

  test("goes on section by section, without script as a page", async () => {
    const ana = await start();
    for (let n = 0; n < 22; n += 1) show(ana, `Show ${n}`, 3, 1);
    for (let n = 0; n < 22; n += 1) show(ana, `Done ${n}`, 1, 1);
    const doc = parse((await ana.get("/")).text);
    expect(doc.querySelectorAll(".up-next")).toHaveLength(20);
    for (const [scope, row] of [
      ["up-next-continue", ".up-next"],
      ["caught-up", ".caught-up-row"],
    ]) {
      const more = doc.querySelector(`#more--${scope} a`)?.getAttribute("href") ?? "";
      const rest = parse((await ana.get(more)).text);
      expect(rest.querySelectorAll(row ?? "")).toHaveLength(2);
      expect(rest.querySelectorAll("h1")).toHaveLength(1);
      const part = await ana.get(more, htmx);
      expect(part.text).toStartWith("<li");
      expect(part.text).toContain('hx-target="#refresh" hx-swap="delete"');
    }
  });

  test("that is empty says why and leads on", async () => {
    const ana = await start();
    const linksOf = async () => {
      const doc = parse((await ana.get("/")).text);
      const links = [...doc.querySelectorAll(".empty a")].map((link) => link.getAttribute("href"));
      return [doc.querySelector(".empty h2")?.textContent, ...links];
    };
    expect(await linksOf()).toEqual([
      "Your next episodes will be here",
      "/integrations",
      "/search",
      "/settings/import",
    ]);
    addIntegration(app.db, ana.user.id);
    expect(await linksOf()).toEqual(["Nothing here yet", "/integrations", "/search", "/settings/import"]);
    const { showId } = show(ana, "Done", 2, 2);
    expect(await linksOf()).toEqual(["All caught up", "/calendar"]);
    await ana.form(`/shows/${showId}/entry`, { list: "archived" });
    expect(await linksOf()).toEqual(["You are not watching anything right now", "/shows", "/search"]);
  });
});

describe("a mark on Up next", () => {
  test("brings the next card, and undoing it the one before, with everything else left where it is", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, HOSTILE, 4, 1);
    const marked = await mark(ana, ids[1], showId);
    expect(marked.text).toStartWith(`<li id="up-next--${showId}" class="up-next up-next-arriving">`);
    expect(marked.text).toContain(`/episodes/${ids[2]}/watched`);
    expect(marked.text).not.toContain("<img src=x");
    const undone = await ana.request("/undo", {
      method: "POST",
      headers: htmx,
      body: new URLSearchParams(undoFields(marked.text)),
    });
    expect(undone.text).toStartWith(`<hx-partial hx-target="#up-next--${showId}" hx-swap="outerHTML">`);
    expect(undone.text).toContain(`/episodes/${ids[1]}/watched`);
    expect(undone.text).not.toContain('hx-target="#up-next-list"');
  });

  test("pressed twice for one episode counts once", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, "Twice", 4, 1);
    const [first, second] = [await mark(ana, ids[1], showId), await mark(ana, ids[1], showId)];
    for (const answer of [first, second]) expect(answer.text).toContain(`/episodes/${ids[2]}/watched`);
    const { plays } = app.db.raw.query<{ plays: number }, []>("SELECT count(*) AS plays FROM plays").get() ?? {};
    expect(plays).toBe(2);
  });

  test("of an episode that a sync has just written and not yet counted brings the next one all the same", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, "In between", 4, 1);
    addPlay(app.db, ana.user.id, ids[1] ?? 0);
    const marked = await mark(ana, ids[1], showId);
    expect(marked.text).toContain(`/episodes/${ids[2]}/watched`);
  });

  test("of the last episode takes the card away and says when the show goes on", async () => {
    const ana = await start();
    show(ana, "Another", 3, 1);
    const { showId, ids } = show(ana, "Nearly done", 2, 1);
    const last = await mark(ana, ids[1], showId);
    expect(last.headers.get("hx-reswap")).toBe("delete");
    expect(last.text).toContain('hx-target="#caught-up"');
    expect(last.text).toContain("Nearly done");
    const undone = await ana.request("/undo", {
      method: "POST",
      headers: htmx,
      body: new URLSearchParams(undoFields(last.text)),
    });
    expect(undone.text).toContain('hx-target="#up-next-list"');
  });

  test("that leaves nothing to watch brings the words for that", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, "Alone", 2, 1);
    expect((await mark(ana, ids[1], showId)).text).toContain("All caught up");
  });

  test("can be dated where the reader lives, and a time that is none is refused", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, "Dated", 4, 1);
    expect((await mark(ana, ids[1], showId, { watchedAt: "2026-01-10T21:30" })).status).toBe(200);
    const row = app.db.raw
      .query<{ watched_at: number }, [number]>("SELECT watched_at FROM plays WHERE episode_id = ?")
      .get(ids[1] ?? 0);
    expect(row?.watched_at).toBe(Date.UTC(2026, 0, 10, 20, 30));
    for (const watchedAt of ["yesterday", "2026-02-30T10:00", "2026-01-10T25:00", "2199-01-01T00:00"]) {
      expect([watchedAt, (await mark(ana, ids[2], showId, { watchedAt })).status]).toEqual([watchedAt, 422]);
    }
  });

  test("without script leads back to the page", async () => {
    const ana = await start();
    const { ids } = show(ana, "Plain", 4, 1);
    const marked = await ana.request(`/episodes/${ids[1]}/watched`, {
      method: "POST",
      body: new URLSearchParams({ _method: "PUT" }),
      headers: { referer: `${app.url}/` },
    });
    expect([marked.status, marked.headers.get("location")]).toEqual([303, "/"]);
  });
});

describe("the menu of a card", () => {
  test("has what can be done with the episode that is next, and only the way to the show for any other", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, HOSTILE, 4, 1);
    const menu = await ana.get(`/up-next/${showId}/menu?episode=${ids[1]}`, htmx);
    const doc = parse(menu.text);
    expect([...doc.querySelectorAll("form")].map((form) => form.getAttribute("action"))).toEqual([
      `/episodes/${ids[1]}/watched`,
      `/up-next/${showId}`,
      `/up-next/${showId}`,
    ]);
    expect(doc.querySelector('input[name="watchedAt"]')?.getAttribute("value")).toMatch(
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/,
    );
    expect(doc.querySelector("img")).toBeNull();
    const other = parse((await ana.get(`/up-next/${showId}/menu?episode=${ids[2]}`, htmx)).text);
    expect([...other.querySelectorAll("form, a")].map((each) => each.getAttribute("href"))).toEqual([
      `/shows/${showId}`,
    ]);
  });

  test("leads to the show without script, is where the card asks for it, and is nobody else's", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, "Ana's", 4, 1);
    const address = `/up-next/${showId}/menu?episode=${ids[1]}`;
    expect((await ana.get(address)).headers.get("location")).toBe(`/shows/${showId}`);
    const card = parse((await ana.get("/")).text).querySelector(`#up-next--${showId} .menu`);
    expect(card?.querySelector("[hx-get]")?.getAttribute("hx-get")).toBe(address);
    expect(card?.querySelector("a")?.getAttribute("href")).toBe(`/shows/${showId}`);
    expect((await (await app.signIn("ben")).get(address, htmx)).status).toBe(404);
  });
});

describe("skipping a show", () => {
  test("takes it off the page with a way back, with and without script", async () => {
    const ana = await start();
    const { showId } = show(ana, "Not now", 4, 1);
    const skipped = await press(ana, `/up-next/${showId}`, { list: "later" }, showId);
    expect(skipped.headers.get("hx-reswap")).toBe("delete");
    expect(skipped.text).toContain("Not now is on Watch later now.");
    expect((await ana.get("/")).text).not.toContain(`id="up-next--${showId}"`);
    await ana.form("/undo", undoFields(skipped.text));
    expect((await ana.get("/")).text).toContain(`id="up-next--${showId}"`);
    const plain = await ana.form(`/up-next/${showId}`, { list: "archived" });
    expect([plain.status, plain.headers.get("location")]).toEqual([303, "/"]);
    expect(parse((await ana.get("/")).text).querySelector(".flash")?.textContent).toContain("Not now is archived now.");
  });

  test("knows only two lists, and only one's own shows", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, "Ana's", 4, 1);
    expect((await ana.form(`/up-next/${showId}`, { list: "ended" })).status).toBe(422);
    const ben = await app.signIn("ben");
    expect((await ben.form(`/up-next/${showId}`, { list: "later" })).status).toBe(404);
    expect((await mark(ben, ids[1], showId)).status).toBe(404);
  });
});

describe("the news of a page", () => {
  const numbers = (text: string | null) => (text ?? "").split(" ").map((each) => Number(each.split(".")[1]));

  test("is numbered: a page says what it was made at, an answer what it has brought about", async () => {
    const ana = await start();
    const { showId, ids } = show(ana, "Counted", 4, 1);
    const page = parse((await ana.get("/")).text);
    const [made] = numbers(page.querySelector("#live")?.getAttribute("data-news") ?? null);
    const begin = made ?? Number.NaN;
    const marked = await mark(ana, ids[1], showId);
    expect(numbers(marked.headers.get("et-news"))).toEqual([begin, begin + 1]);
    const again = await mark(ana, ids[1], showId);
    expect(numbers(again.headers.get("et-news"))).toEqual([begin + 1, begin + 1]);
    expect(numbers((await ana.get("/", htmx)).headers.get("et-news"))).toEqual([begin + 1, begin + 1]);
  });

  test("names shows, and many of them as many", () => {
    app = createTestApp();
    expect(liveNews("plays.changed", { userId: 1, showIds: [3, 4] })).toEqual(["plays-changed", "show-3", "show-4"]);
    const many = Array.from({ length: 21 }, (_, at) => at);
    expect(liveNews("plays.changed", { userId: 1, showIds: many })).toEqual(["plays-changed", "many-shows"]);
    expect(liveNews("show.changed", { showId: 3 })).toEqual(["shows-changed", "show-3"]);
    expect(liveNews("enrichment.progress", { pending: 1, done: 1, failed: 0 })).toEqual([]);
  });
});
