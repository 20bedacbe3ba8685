import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { createLog } from "../../src/kernel/log.ts";
import { createTracking } from "../../src/services/tracking/service.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { liveNews } from "../../src/web/pages/live.ts";
import { apiRoutes, pageRoutes } from "../../src/web/routes.ts";
import { createTestApp, type TestApp, type TestAppOptions } from "../support/app.ts";
import { createTestClock } from "../support/clock.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";
import { readCalendar } from "../support/icalendar.ts";

const { DAY } = given;
const HOUR = DAY / 24;
/** Thursday, noon in London and an hour later in Berlin, where this installation is. */
const TODAY = Date.UTC(2026, 0, 15);
const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;, a; b\\n`;
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

let app: TestApp;
afterEach(() => app.close());

type Setting = Pick<TestAppOptions, "env" | "log">;

async function start(setting: Setting = {}) {
  app = createTestApp({
    ...setting,
    services: (base) => ({
      apiRoutes,
      pageRoutes,
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

function show(ana: Ana, title = "Harbour Lights", more: Parameters<typeof given.addShow>[1] = {}): number {
  const showId = given.addShow(app.db, { title, runtimeMin: 45, ...more });
  given.addEntry(app.db, ana.user.id, showId);
  return showId;
}

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

type Doc = ReturnType<typeof parse>;
const plain = (text: string | null | undefined) => (text ?? "").replace(/\s+/g, " ").trim();
const textOf = (doc: Doc, selector: string) =>
  [...doc.querySelectorAll(selector)].map((each) => plain(each.textContent));

async function open(ana: Client, path: string, headers: Record<string, string> = {}) {
  const answer = await ana.get(path, headers);
  expect([path, answer.status]).toEqual([path, 200]);
  return parse(answer.text);
}

/** What stands on which day: `["Thu 15", ["Harbour Lights"]]`. */
const daysOf = (doc: Doc) =>
  [...doc.querySelectorAll("section:has(> h2)")].map((day) => [
    plain(day.querySelector("h2")?.textContent),
    [...day.querySelectorAll(".calendar-row .history-show")].map(({ textContent }) => textContent),
  ]);

describe("the agenda", () => {
  test("has a day's episodes of one show in one row, with its milestone", async () => {
    const ana = await start();
    const drop = show(ana, "All At Once", { status: "ended" });
    for (let number = 1; number <= 8; number += 1) given.addEpisode(app.db, drop, 1, number, { airedAt: TODAY });
    const weekly = show(ana);
    given.addEpisode(app.db, weekly, 2, 1, { airedAt: TODAY + DAY });
    const doc = await open(ana, "/calendar");
    expect(daysOf(doc)).toEqual([
      ["Today", ["All At Once"]],
      ["Tomorrow", ["Harbour Lights"]],
    ]);
    expect(textOf(doc, ".calendar-group summary")).toEqual(["S1 E1–E8 8 episodes"]);
    expect(textOf(doc, ".calendar-milestone")).toEqual(["Whole season", "Season premiere"]);
    expect(doc.querySelectorAll(".calendar-group .check")).toHaveLength(8);
    // Not out yet: nothing to press.
    expect(doc.querySelectorAll(".calendar-row > .calendar-check .check")).toHaveLength(0);
  });

  test("keeps a known day on its day and a moment on the reader's, in any zone", async () => {
    const ana = await start();
    const showId = show(ana);
    given.addEpisode(app.db, showId, 1, 1, { airedAt: TODAY });
    // 23:30 in London is tomorrow in Berlin, and the evening in New York.
    given.addEpisode(app.db, showId, 1, 2, { airedAt: TODAY + 23.5 * HOUR, airedExact: true });
    const codes = async (zone: string) => {
      app.deps.accounts.updateProfile(ana.user.id, { timeZone: zone });
      const doc = await open(ana, "/calendar?from=2026-01-14&view=week");
      return ["2026-01-14", "2026-01-15", "2026-01-16"].map((day) =>
        textOf(doc, `section[aria-labelledby="calendar--${day}"] .numbers`).join(" "),
      );
    };
    expect(await codes("Europe/Berlin")).toEqual(["", "S1 E1", "S1 E2"]);
    expect(await codes("America/New_York")).toEqual(["", "S1 E1–E2", ""].map((code) => code && "S1 E1–E2 S1 E1 S1 E2"));
    expect(await codes("Pacific/Kiritimati")).toEqual(["", "S1 E1", "S1 E2"]);
  });

  test("puts moments on the right side of midnight when clocks change", async () => {
    const ana = await start();
    const showId = show(ana);
    // Clocks in Berlin go forward in the night to 29 March 2026: the day ends an hour of UTC earlier than it began.
    for (const [number, at] of [
      [1, "2026-03-28T22:59:00Z"],
      [2, "2026-03-28T23:00:00Z"],
      [3, "2026-03-29T21:59:00Z"],
      [4, "2026-03-29T22:00:00Z"],
    ] as const)
      given.addEpisode(app.db, showId, 1, number, { airedAt: Date.parse(at), airedExact: true });
    const { items } = (await ana.get("/api/calendar?from=2026-03-29&to=2026-03-29")).json;
    expect(items.map(({ episode }: { episode: { number: number } }) => episode.number)).toEqual([2, 3]);
    const doc = await open(ana, "/calendar?view=week&from=2026-03-29");
    expect(textOf(doc, 'section[aria-labelledby="calendar--2026-03-29"] summary .numbers')).toEqual(["S1 E2–E3"]);
  });

  test("leaves archived shows out, has later ones, and only watched lists when asked", async () => {
    const ana = await start();
    for (const list of ["watching", "later", "archived"] as const) {
      const showId = show(ana, list);
      app.db.raw.run(`UPDATE library_entries SET list = '${list}' WHERE show_id = ${showId}`);
      given.addEpisode(app.db, showId, 1, 2, { airedAt: TODAY });
    }
    expect(daysOf(await open(ana, "/calendar"))).toEqual([["Today", ["later", "watching"]]]);
    const only = await open(ana, "/calendar?list=watching&view=week&from=2026-01-12");
    expect(textOf(only, ".history-show")).toEqual(["watching"]);
    expect(only.querySelector('input[name="list"]')?.hasAttribute("checked")).toBe(true);
    const kept = [...only.querySelectorAll(".calendar-filter input[type=hidden]")];
    expect(kept.map((input) => [input.getAttribute("name"), input.getAttribute("value")])).toEqual([
      ["view", "week"],
      ["from", "2026-01-12"],
    ]);
    for (const link of only.querySelectorAll("nav a[href*='/calendar?']"))
      expect(link.getAttribute("href")).toContain("list=watching");
    const listed = (await ana.get("/api/calendar?list=archived")).json.items;
    expect(listed.map((item: { show: { title: string } }) => item.show.title)).toEqual(["archived"]);
    expect((await ana.get("/api/calendar?list=some")).status).toBe(422);
  });

  test("shows today's weeks for an address that is none, and says what will be there", async () => {
    const ana = await start();
    expect((await open(ana, "/calendar")).querySelector(".empty h2")?.textContent).toBe("Coming episodes will be here");
    show(ana);
    for (const query of ["?from=yesterday", "?from=2026-02-30", "?view=decade", "?from=9999-01-01", ""]) {
      const doc = await open(ana, `/calendar${query}`);
      expect([query, textOf(doc, ".lead")]).toEqual([query, ["15 Jan to 11 Feb"]]);
      expect(doc.querySelector(".empty h2")?.textContent).toBe("Nothing in these weeks");
    }
  });
});

describe("the week", () => {
  test("has seven days from the reader's first, today marked", async () => {
    const ana = await start();
    show(ana);
    const first = async (language: string) =>
      textOf(await open(ana, "/calendar?view=week", { "accept-language": language }), ".week-title");
    expect((await first("en-GB"))[0]).toBe("Mon 12");
    expect(await first("en-US")).toHaveLength(7);
    expect((await first("en-US"))[0]).toMatch(/11/);
    expect(textOf(await open(ana, "/calendar?view=week"), ".day-today")).toEqual(["Thu 15"]);
  });
});

describe("the month", () => {
  test("is a table with a caption and heads, one link for each day, and the chosen day below", async () => {
    const ana = await start();
    for (let at = 0; at < 5; at += 1)
      given.addEpisode(app.db, show(ana, `Show ${at}`), 1, 2, { airedAt: TODAY + 5 * DAY });
    const doc = await open(ana, "/calendar?view=month&from=2026-01-20");
    expect(textOf(doc, ".month caption")).toEqual(["January 2026"]);
    expect(doc.querySelectorAll('.month th[scope="col"]')).toHaveLength(7);
    const links = [...doc.querySelectorAll(".month-link")];
    expect(links).toHaveLength(35);
    expect(links[0]?.getAttribute("href")).toStartWith("/calendar?view=month&from=2025-12-29");
    const names = links.map((link) => plain(link.querySelector(".visually-hidden")?.textContent));
    expect(names[17]).toBe("Thursday 15 January, today: nothing");
    expect(names[22]).toBe("Tuesday 20 January, shown below: 5 shows");
    expect(textOf(doc, ".month-entry")).toEqual(["Show 0 S1 E2", "Show 1 S1 E2"]);
    expect(textOf(doc, ".month-more")).toEqual(["+3 more"]);
    expect(textOf(doc, ".history-day .history-show")).toHaveLength(5);
    const turns = [...doc.querySelectorAll('nav[aria-label="Time"] a')].map((link) => link.getAttribute("href"));
    expect(turns).toEqual([
      "/calendar?view=month&from=2025-12-01",
      "/calendar?view=month",
      "/calendar?view=month&from=2026-02-01",
    ]);
  });

  test.each([
    ["2026-02-10", 28],
    ["2024-02-29", 35],
    ["2026-03-31", 42],
  ])("of %s has the %i days of its whole weeks", async (from, days) => {
    const ana = await start();
    show(ana);
    const doc = await open(ana, `/calendar?view=month&from=${from}`, {
      "accept-language": from === "2026-02-10" ? "en-US" : "en-GB",
    });
    expect(doc.querySelectorAll(".month-link")).toHaveLength(days);
  });
});

describe("marking on the calendar", () => {
  async function withEpisode() {
    const ana = await start();
    const episodeId = given.addEpisode(app.db, show(ana), 1, 2, { airedAt: TODAY });
    return { ana, episodeId };
  }

  test("swaps the check alone, offers undo, and undoing puts it back", async () => {
    const { ana, episodeId } = await withEpisode();
    const post = (path: string, fields: Record<string, string>) =>
      ana.request(path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { ...htmx, "hx-target": `span#calendar-check--${episodeId}` },
      });
    const marked = await post(`/episodes/${episodeId}/watched`, { _method: "PUT" });
    expect(marked.text).toStartWith(`<span id="calendar-check--${episodeId}"`);
    expect(marked.text).toContain("Watched: Harbour Lights S1 E2 · Episode 2");
    const token = parse(marked.text).querySelector("input[name=token]")?.getAttribute("value") ?? "";
    expect((await ana.get("/api/calendar")).json.items[0].watched).toBe(true);
    const undone = await post("/undo", { token, part: `calendar:${episodeId}`, back: "/calendar" });
    expect(undone.text).toContain(`hx-target="#calendar-check--${episodeId}"`);
    expect((await ana.get("/api/calendar")).json.items[0].watched).toBe(false);
  });

  test("works as a plain form, and a part asked for by htmx is the section alone", async () => {
    const { ana, episodeId } = await withEpisode();
    const done = await ana.request(`/episodes/${episodeId}/watched`, {
      method: "POST",
      body: new URLSearchParams({ _method: "PUT" }),
      headers: { referer: `${app.url}/calendar?view=week` },
    });
    expect([done.status, done.headers.get("location")]).toEqual([303, "/calendar?view=week"]);
    const part = await ana.get("/calendar", htmx);
    expect(part.text).toStartWith('<div id="calendar">');
    expect(part.text).toContain('aria-pressed="true"');
  });

  test("of another user's episode is not there", async () => {
    const { episodeId } = await withEpisode();
    const ben = await app.signIn("ben");
    expect((await ben.request(`/episodes/${episodeId}/watched`, { method: "PUT", headers: htmx })).status).toBe(404);
    expect(textOf(await open(ben, "/calendar"), ".history-show")).toEqual([]);
  });
});

describe("a subscription", () => {
  const feedPath = (url: string) => new URL(url).pathname + new URL(url).search;

  async function subscribed(options: Record<string, boolean> = {}, setting: Setting = {}) {
    const ana = await start(setting);
    const made = await ana.post("/api/calendar/feeds", { name: "Phone", ...options });
    expect(made.status).toBe(201);
    const path = feedPath(made.json.url);
    const read = async (client: Client = app.client(), at = path) => {
      const answer = await client.open(at);
      return { answer, calendar: readCalendar(new Uint8Array(await answer.arrayBuffer())) };
    };
    return { ana, made: made.json, path, read };
  }

  test("is iCalendar that any program can read without signing in", async () => {
    const { ana, read } = await subscribed();
    const showId = show(ana, HOSTILE, { year: 2020 });
    const dayOnly = given.addEpisode(app.db, showId, 1, 1, { airedAt: TODAY, title: HOSTILE });
    given.addEpisode(app.db, showId, 1, 2, {
      airedAt: TODAY + 20 * HOUR,
      airedExact: true,
      title: null,
      runtimeMin: 52,
    });
    given.addEpisode(app.db, showId, 1, 3, { airedAt: TODAY + 3_000 * DAY });
    given.addEpisode(app.db, showId, 1, 4, { airedAt: TODAY - 31 * DAY });
    const { answer, calendar } = await read();
    expect(answer.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
    expect(answer.headers.get("cache-control")).toStartWith("private");
    expect(calendar.properties["X-WR-CALNAME"]?.value).toBe("Episode Tracker");
    expect(calendar.events).toHaveLength(3);
    const [first, second] = calendar.events;
    expect(first?.["SUMMARY"]?.value).toBe(`${HOSTILE} S1 E1 · ${HOSTILE}`);
    expect(first?.["DTSTART"]).toEqual({ parameters: ";VALUE=DATE", value: "20260115" });
    expect(first?.["UID"]?.value).toMatch(new RegExp(`^episode-${dayOnly}@[0-9a-f-]{36}$`));
    expect(first?.["URL"]?.value).toBe(`${app.url}/shows/${showId}`);
    expect(first?.["DESCRIPTION"]?.value).toContain("Season 1, episode 1\nSeries premiere");
    expect(second).toMatchObject({ DTSTART: { value: "20260115T200000Z" }, DURATION: { value: "PT52M" } });
    expect(second?.["SUMMARY"]?.value).toBe(`${HOSTILE} S1 E2`);
  });

  test("leaves out what its address says, and what is archived", async () => {
    const { ana, read, path } = await subscribed();
    for (const list of ["watching", "later", "archived"] as const) {
      const showId = show(ana, list);
      app.db.raw.run(`UPDATE library_entries SET list = '${list}' WHERE show_id = ${showId}`);
      const seen = given.addEpisode(app.db, showId, 1, 2, { airedAt: TODAY });
      given.addEpisode(app.db, showId, 1, 3, { airedAt: TODAY });
      given.addPlay(app.db, ana.user.id, seen);
    }
    const codes = async (query: string) =>
      (await read(app.client(), `${path}${query}`)).calendar.events.map(
        (event) => / (S\d E\d)/.exec(event["SUMMARY"]?.value ?? "")?.[1],
      );
    const named = (await read()).calendar.events.map((event) => event["SUMMARY"]?.value.split(" ")[0]);
    expect(named).toEqual(["later", "later", "watching", "watching"]);
    expect(await codes("?list=watching")).toEqual(["S1 E2", "S1 E3"]);
    expect(await codes("?list=watching&unwatched=1")).toEqual(["S1 E3"]);
    expect(await codes("?list=archived")).toEqual(["S1 E2", "S1 E3"]);
    expect(await codes("?list=nonsense")).toHaveLength(4);
  });

  test("answers 304 until something changes, and HEAD without a body", async () => {
    const { ana, read, path } = await subscribed();
    const showId = show(ana);
    given.addEpisode(app.db, showId, 1, 2, { airedAt: TODAY });
    const { answer } = await read();
    const etag = answer.headers.get("etag") ?? "";
    const modified = answer.headers.get("last-modified") ?? "";
    const visitor = app.client();
    const ask = async (headers: Record<string, string>, method = "GET") =>
      (await visitor.request(path, { method, headers })).status;
    expect(await ask({ "if-none-match": etag })).toBe(304);
    expect(await ask({ "if-none-match": `W/"x", ${etag}` })).toBe(304);
    expect(await ask({ "if-modified-since": modified })).toBe(304);
    expect(await ask({ "if-none-match": '"other"', "if-modified-since": modified })).toBe(200);
    const head = await visitor.request(path, { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("etag")]).toEqual([200, "", etag]);
    given.addEpisode(app.db, showId, 1, 3, { airedAt: TODAY });
    expect(await ask({ "if-none-match": etag })).toBe(200);
    expect(await ask({ "if-modified-since": modified })).toBe(200);
  });

  test("needs its secret: any other address is nobody's, and taking it back ends it", async () => {
    const { ana, made, path, read } = await subscribed();
    const visitor = app.client();
    for (const wrong of ["/calendar/feeds/x.ics", path.replace(/.\.ics/, ".ics"), path.replace(".ics", "x.ics")])
      expect([wrong, (await visitor.get(wrong)).status]).toEqual([wrong, 404]);
    expect((await visitor.get(path.replace(".ics", ""))).status).toBe(303);
    await read();
    expect((await ana.get("/api/calendar/feeds")).json).toEqual({
      items: [
        {
          id: made.id,
          name: "Phone",
          createdAt: made.createdAt,
          lastFetchedAt: new Date(app.clock.now()).toISOString(),
        },
      ],
      nextCursor: null,
    });
    const ben = await app.signIn("ben");
    expect((await ben.get("/api/calendar/feeds")).json.items).toEqual([]);
    expect((await ben.delete(`/api/calendar/feeds/${made.id}`)).status).toBe(404);
    expect((await ana.delete(`/api/calendar/feeds/${made.id}`)).status).toBe(204);
    expect((await visitor.get(path)).status).toBe(404);
    expect((await ana.delete(`/api/calendar/feeds/${made.id}`)).status).toBe(404);
  });

  test("goes with its user, and shows nobody else's episodes", async () => {
    const ana = await start();
    given.addEpisode(app.db, show(ana, "Ana's"), 1, 2, { airedAt: TODAY });
    const ben = await app.signIn("ben");
    const path = feedPath((await ben.post("/api/calendar/feeds", { name: "Phone" })).json.url);
    const text = async () => (await app.client().get(path)).text;
    expect(await text()).not.toContain("VEVENT");
    app.deps.accounts.deleteUser(ben.user.id);
    expect((await app.client().get(path)).status).toBe(404);
  });

  test("keeps its secret out of the log, also when something goes wrong", async () => {
    const lines: string[] = [];
    const log = createLog({
      clock: createTestClock(),
      level: "debug",
      format: "json",
      write: (line) => lines.push(line),
    });
    const { path } = await subscribed({}, { log });
    const token = path.split("/").at(-1)?.replace(".ics", "") ?? "";
    await app.client().get(path);
    await app.client().get(path.replace(".ics", ""));
    await app.client().get(`/calendar/feeds/${token}x.ics`);
    await app.client().post(path);
    app.db.raw.run("ALTER TABLE calendar_feeds RENAME TO gone");
    expect((await app.client().get(path)).status).toBeGreaterThanOrEqual(500);
    expect(lines.filter((line) => line.includes("/calendar/feeds/…")).length).toBeGreaterThan(3);
    expect(lines.filter((line) => line.includes(token))).toEqual([]);
  });

  test("has the address by which the outside knows this installation", async () => {
    const env = { PUBLIC_URL: "https://tv.example.org/tracker", BASE_PATH: "/tracker" };
    const { made } = await subscribed({ watching: true, unwatched: true }, { env });
    expect(made.url).toMatch(
      /^https:\/\/tv\.example\.org\/tracker\/calendar\/feeds\/[\w-]{43}\.ics\?list=watching&unwatched=1$/,
    );
    expect(made.webcalUrl).toBe(made.url.replace("https:", "webcal:"));
  });

  test("refuses a name that says nothing", async () => {
    const ana = await start();
    for (const body of [{ name: " " }, { name: "x".repeat(101) }, {}]) {
      const answer = await ana.post("/api/calendar/feeds", body);
      expect([answer.status, answer.json.errors[0].path]).toEqual([422, "name"]);
    }
  });

  test("is made and taken back on the page, its address shown once", async () => {
    const ana = await start();
    show(ana);
    const made = await ana.form("/calendar/feeds", { name: HOSTILE, watching: "true" });
    expect(made.status).toBe(201);
    const doc = parse(made.text);
    const address = doc.querySelector(".secret code")?.textContent ?? "";
    expect(address).toEndWith(".ics?list=watching");
    expect(doc.querySelector(".secret button")?.getAttribute("data-copy")).toBe(doc.querySelector(".secret code")?.id);
    expect(doc.querySelector('a[href^="webcal:"]')?.getAttribute("href")).toBe(address.replace("http:", "webcal:"));
    expect((await app.client().get(feedPath(address))).status).toBe(200);
    const page = await ana.get("/calendar");
    expect(page.text).not.toContain(".ics");
    expect(textOf(parse(page.text), ".calendar-feeds .row-text p:first-child")).toEqual([plain(HOSTILE)]);
    const action = parse(page.text).querySelector(".calendar-feeds .row form")?.getAttribute("action") ?? "";
    expect((await ana.form(action, { _method: "DELETE" })).headers.get("location")).toBe("/calendar");
    expect((await app.client().get(feedPath(address))).status).toBe(404);
    const refused = await ana.form("/calendar/feeds", { name: "" });
    expect(refused.status).toBe(422);
    expect(parse(refused.text).querySelector(".calendar-feeds .field-error")?.textContent).toContain(
      "Say which calendar",
    );
  });
});
