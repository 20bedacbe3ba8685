import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { playById } from "../../src/db/repos/plays.ts";
import { createTracking } from "../../src/services/tracking/service.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;
const HOUR = 3_600_000;
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

let app: TestApp;
afterEach(() => app.close());

/** In Berlin, on 2 January 2026 at noon. */
const TODAY = Date.UTC(2026, 0, 2, 11);

async function setUp(title = "Harbour Lights") {
  app = createTestApp({
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      tracking: createTracking(base, { importShow: () => Promise.reject(new Error("not expected")) }),
      integrations: fakeIntegrations({ list: () => [] }),
      sync: fakeSync({ running: () => null, list: () => [] }),
    }),
  });
  app.clock.advance(TODAY - app.clock.now());
  const ana = await app.signIn("ana");
  const userId = ana.user.id;
  const integrationId = given.addIntegration(app.db, userId);
  const syncLogId = given.addSync(app.db, userId, integrationId);
  const showId = given.addShow(app.db, { title, runtimeMin: 40 });
  given.addEntry(app.db, userId, showId);
  const episodes = given.addSeasons(app.db, showId, [3, 2]) as [number, number, number, number, number];
  const play = (episode: number, watchedAt: number | null, more: Partial<Parameters<typeof given.addPlay>[3]> = {}) =>
    given.addPlay(app.db, userId, episode, {
      watchedAt,
      certainty: watchedAt === null ? "unknown" : "played",
      integrationId,
      syncLogId,
      ...more,
    });
  return { ana, userId, integrationId, syncLogId, showId, episodes, play };
}

/** The markup of a page, or the parts of an htmx answer each in a template's place. */
function parse(html: string) {
  const { document } = new Window();
  document.write(html.startsWith("<!doctype") ? html : `<body>${html}</body>`);
  return document;
}

const words = (element: { textContent: string | null } | null | undefined): string =>
  (element?.textContent ?? "").replace(/\s+/g, " ").trim();

const on = (path: string) => ({ ...htmx, "hx-current-url": `${app.url}${path}` });

function post(client: Client, path: string, fields: Record<string, string>, headers: Record<string, string>) {
  return client.request(path, { method: "POST", body: new URLSearchParams(fields), headers });
}

describe("the history page", () => {
  test("has days with their totals, and one poster for what was watched of one show in a row", async () => {
    const { ana, userId, episodes, play } = await setUp();
    const other = given.addShow(app.db, { title: "Salt Road", runtimeMin: null });
    given.addEntry(app.db, userId, other);
    const [pilot] = given.addSeasons(app.db, other, [1]) as [number];
    play(episodes[0], TODAY - 3 * HOUR);
    play(episodes[1], TODAY - 2 * HOUR);
    play(pilot, TODAY - HOUR, { source: "manual", integrationId: null, syncLogId: null, certainty: "marked" });
    // Already 31 December in UTC, but New Year's Day in Berlin.
    play(episodes[2], Date.UTC(2025, 11, 31, 23, 30), { certainty: "marked" });
    play(episodes[3], null);
    const doc = parse((await ana.get("/history")).text);
    const days = [...doc.querySelectorAll(".history-day")].map((day) => [
      words(day.querySelector("h2")),
      words(day.querySelector(".history-head p")),
      [...day.querySelectorAll(".history-run")].map((run) => [
        words(run.querySelector(".history-show")),
        ...[...run.querySelectorAll(".play-words")].map(words),
      ]),
    ]);
    expect(days).toEqual([
      [
        "Today",
        "3 episodes, 1 h 20 min",
        [
          ["Salt Road", "11:00 · By hand"],
          ["Harbour Lights", "10:00 · Plex on Attic", "09:00 · Plex on Attic"],
        ],
      ],
      ["Yesterday", "1 episode, 40 min", [["Harbour Lights", "00:30 · Plex on Attic · marked"]]],
      ["Date unknown", "1 episode, 40 min", [["Harbour Lights", "No date · Plex on Attic"]]],
    ]);
  });

  test("is turned in pages without script, and joins the day it ends in with it", async () => {
    const { ana, episodes, play } = await setUp();
    for (let minute = 0; minute < 105; minute += 1) play(episodes[0], TODAY - HOUR - minute * 60_000);
    play(episodes[1], TODAY - 30 * HOUR);
    const doc = parse((await ana.get("/history")).text);
    expect(words(doc.querySelector(".history-head p"))).toBe("1 episode, 70 h");
    const more = doc.querySelector(".more-row a");
    expect(words(more)).toBe("Show earlier");
    const href = more?.getAttribute("href") ?? "";

    const page = parse((await ana.get(href)).text);
    expect([...page.querySelectorAll("h2")].map(words)).toEqual(["Today, continued", "Yesterday"]);
    expect(words(page.querySelector(".history-head p"))).toBe("1 episode, 70 h");
    expect(page.querySelectorAll(".history-play")).toHaveLength(6);
    expect(words(page.querySelector(".pager"))).toBe("Back to the newest");

    const part = (await ana.get(href, htmx)).text;
    const [main = "", ...partials] = part.split(/<hx-partial /);
    expect([...parse(main).querySelectorAll("h2")].map(words)).toEqual(["Yesterday"]);
    expect(partials[0]).toStartWith('hx-target="#history-rows--2026-01-02" hx-swap="beforeend"');
    expect(parse(partials[0] ?? "").querySelectorAll(".history-play")).toHaveLength(5);
    expect(partials[1]).toStartWith('hx-target="#history-reach"');
    expect(partials[1]).toContain('value="end"');
  });

  test("takes the row that asked away when the last page only goes on with a day", async () => {
    const { ana, episodes, play } = await setUp();
    for (let minute = 0; minute < 101; minute += 1) play(episodes[0], TODAY - HOUR - minute * 60_000);
    const more = parse((await ana.get("/history")).text).querySelector(".more-row a");
    const part = (await ana.get(more?.getAttribute("href") ?? "", htmx)).text;
    expect(part).toContain('<hx-partial hx-target="#more--history" hx-swap="delete">');
    expect(parse(part).querySelectorAll("h2")).toHaveLength(0);
  });

  test("read anew goes as far down as the reader has come, with what is new on top", async () => {
    const { ana, episodes, play } = await setUp();
    for (let minute = 0; minute < 250; minute += 1) play(episodes[0], TODAY - HOUR - minute * 60_000);
    const more =
      parse((await ana.get("/history")).text)
        .querySelector(".more-row a")
        ?.getAttribute("href") ?? "";
    const part = (await ana.get(more, htmx)).text;
    const refresher = parse(part.split(/<hx-partial /).at(-1) ?? "").querySelector("#refresh");
    play(episodes[1], TODAY);
    const anew = parse((await ana.get(refresher?.getAttribute("hx-get") ?? "", htmx)).text);
    expect(anew.querySelectorAll(".history-play")).toHaveLength(201);
    expect(words(anew.querySelector(".history-play"))).toContain("12:00");
    const further = parse((await ana.get(anew.querySelector(".more-row a")?.getAttribute("href") ?? "", htmx)).text);
    expect(further.querySelectorAll(".history-play")).toHaveLength(50);
  });

  test("keeps hostile words as text, wherever they come from", async () => {
    const { ana, showId, episodes, play } = await setUp(HOSTILE);
    app.db.raw.run("UPDATE integrations SET server_name = ?", [HOSTILE]);
    app.db.raw.run("UPDATE episodes SET title = ?", [HOSTILE]);
    const id = play(episodes[0], TODAY - HOUR);
    const paths = [
      `/history?show=${showId}&source=1&from=2026-01-01`,
      `/history?title=${encodeURIComponent(`${HOSTILE}x`)}`,
      `/plays/${id}`,
    ];
    for (const path of paths) {
      const { text, status } = await ana.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toContain("<img src=x");
      expect(words(parse(text).querySelector("main"))).toContain(HOSTILE);
    }
  });
});

describe("narrowing the history down", () => {
  async function filled() {
    const scene = await setUp();
    const { userId, episodes, play } = scene;
    const other = given.addShow(app.db, { title: "Café Noir", year: 2020 });
    given.addEntry(app.db, userId, other);
    const [pilot] = given.addSeasons(app.db, other, [1]) as [number];
    play(pilot, TODAY - 40 * 24 * HOUR);
    play(episodes[0], TODAY - HOUR);
    play(episodes[1], Date.UTC(2025, 11, 31, 22, 59));
    play(episodes[2], null, { source: "manual", integrationId: null });
    const seen = async (query: string) =>
      [...parse((await scene.ana.get(`/history?${query}`)).text).querySelectorAll(".history-episode")].map(words);
    return { ...scene, other, seen };
  }

  test("by days counts both ends in, as the reader's clocks have them", async () => {
    const { seen } = await filled();
    expect(await seen("from=2025-12-31&to=2025-12-31")).toEqual(["S1 E2 · Episode 2"]);
    expect(await seen("from=2026-01-01")).toEqual(["S1 E1 · Episode 1"]);
    expect(await seen("from=2026-02-01")).toEqual([]);
  });

  test("by source and by lack of a date", async () => {
    const { seen, integrationId } = await filled();
    expect(await seen("source=manual")).toEqual(["S1 E3 · Episode 3"]);
    expect(await seen(`source=${integrationId}`)).toHaveLength(3);
    expect(await seen("source=import")).toEqual([]);
    expect(await seen("undated=only")).toEqual(["S1 E3 · Episode 3"]);
  });

  test("with words that nobody offers shows everything", async () => {
    const { seen } = await filled();
    expect(await seen("from=soon&to=2026-99-99&source=elsewhere&undated=maybe")).toHaveLength(4);
  });

  test("by a show's name leads to the address of that show", async () => {
    const { ana, other } = await filled();
    const at = async (title: string, more = "") =>
      (await ana.get(`/history?title=${encodeURIComponent(title)}${more}`)).headers.get("location");
    expect(await at("cafe noir")).toBe(`/history?show=${other}`);
    expect(await at("noir", "&from=2025-01-01&to=&source=")).toBe(`/history?from=2025-01-01&show=${other}`);
    // Without a name the form asks for all of them.
    expect(await at("", "&undated=only")).toBe("/history?undated=only");
  });

  test("by a name that no show has, or that several have, says so and lists nothing", async () => {
    const { ana, userId } = await filled();
    const none = parse((await ana.get("/history?title=Zebra")).text);
    expect(words(none.querySelector(".field-error"))).toBe("There is no show of that name in your library.");
    expect(none.querySelector("input[name=title]")?.getAttribute("value")).toBe("Zebra");
    expect(none.querySelectorAll(".history-play")).toHaveLength(0);
    given.addEntry(app.db, userId, given.addShow(app.db, { title: "Café Noir", year: 1999 }));
    const several = parse((await ana.get("/history?title=Café Noir")).text);
    expect(words(several.querySelector(".field-error"))).toBe(
      "Several shows are called that: Café Noir (2020), Café Noir (1999). Choose one.",
    );
    const options = [...several.querySelectorAll("datalist option")].map((option) => option.getAttribute("value"));
    expect(options.toSorted()).toEqual(["Café Noir (1999)", "Café Noir (2020)", "Harbour Lights"]);
    const chosen = await ana.get(`/history?title=${encodeURIComponent("Café Noir (1999)")}`);
    expect(chosen.headers.get("location")).toMatch(/^\/history\?show=\d+$/);
  });

  test("shows what is asked for as links that take it away again", async () => {
    const { ana, showId } = await filled();
    const doc = parse((await ana.get(`/history?show=${showId}&source=manual&from=2020-01-01`)).text);
    const chips = [...doc.querySelectorAll(".chip")].map((chip) => [words(chip), chip.getAttribute("href")]);
    expect(chips).toEqual([
      ["Show Harbour Lights", "/history?from=2020-01-01&source=manual"],
      ["Source By hand", `/history?from=2020-01-01&show=${showId}`],
      ["From 1 Jan 2020", `/history?show=${showId}&source=manual`],
    ]);
  });

  test("goes to a month by its last day", async () => {
    const { ana, showId } = await filled();
    const doc = parse((await ana.get("/history")).text);
    const months = [...doc.querySelectorAll("select[name=month] option")].map((option) => option.getAttribute("value"));
    expect(months).toEqual(["", "2026-01", "2025-12", "2025-11"]);
    const gone = await ana.get(`/history?month=2025-11&show=${showId}&from=2026-01-01`);
    expect(gone.headers.get("location")).toBe(`/history?to=2025-11-30&show=${showId}`);
    expect((await ana.get("/history?month=never")).headers.get("location")).toBe("/history");
  });
});

describe("the sheet of a play", () => {
  async function played() {
    const scene = await setUp();
    const id = scene.play(scene.episodes[0], Date.UTC(2026, 0, 1, 19, 5, 33));
    const path = `/plays/${id}`;
    const stored = () => playById(app.db, id);
    const save = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      post(scene.ana, `${path}/time`, fields, headers);
    return { ...scene, id, path, stored, save };
  }

  test("is a page without script and a dialog with it, and says when it was on the reader's clocks", async () => {
    const { ana, path, syncLogId, showId } = await played();
    const doc = parse((await ana.get(path, { referer: `${app.url}/history?from=2025-01-01` })).text);
    expect(words(doc.querySelector("h1"))).toBe("Harbour Lights");
    expect(doc.querySelector("input[name=at]")?.getAttribute("value")).toBe("2026-01-01T20:05");
    expect(doc.querySelector("input[name=back]")?.getAttribute("value")).toBe("/history?from=2025-01-01");
    const links = [...doc.querySelectorAll(".sheet-links a")].map((link) => link.getAttribute("href"));
    expect(links).toEqual([`/shows/${showId}`, `/history?show=${showId}`, `/syncs/${syncLogId}`]);
    const dialog = parse((await ana.get(path, on("/history"))).text);
    expect(dialog.querySelectorAll("dialog[data-modal]")).toHaveLength(1);
    expect(words(dialog.querySelector(".sheet-links button"))).toBe("Remove this play");
    // Beside the play on the show's page is a button for that.
    expect(
      parse((await ana.get(path, on(`/shows/${showId}`))).text).querySelectorAll(".sheet-links button"),
    ).toHaveLength(0);
  });

  test("without script moves the play and comes back with a way to undo it", async () => {
    const { ana, stored, save } = await played();
    const answer = await save({ at: "2024-07-04T21:30", as: "time", back: "/history?from=2020-01-01" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/history?from=2020-01-01"]);
    expect(stored()).toMatchObject({ watchedAt: Date.UTC(2024, 6, 4, 19, 30), certainty: "marked", source: "plex" });
    const doc = parse((await ana.get("/history")).text);
    expect(words(doc.querySelector(".flash p"))).toBe("S1 E1 · Episode 1: Thursday, 4 July 2024 at 21:30.");
    expect(words(doc.querySelector(".play-words"))).toBe("21:30 · Plex on Attic · time set by you");
    const token = doc.querySelector(".flash input[name=token]")?.getAttribute("value") ?? "";
    await ana.form("/undo", { token, back: "/history" });
    expect(stored()).toMatchObject({
      watchedAt: Date.UTC(2026, 0, 1, 19, 5, 33),
      certainty: "played",
      editedFrom: null,
    });
  });

  test("has the air date, no date at all, and the server's own time at one press", async () => {
    const { ana, path, stored, save, episodes } = await played();
    await save({ at: "2026-01-01T20:05", as: "air" });
    const { aired_at: aired } = app.db.raw
      .query<{ aired_at: number }, [number]>("SELECT aired_at FROM episodes WHERE id = ?")
      .get(episodes[0])!;
    // Known by the day alone: its begin in Berlin, an hour before that of UTC in winter.
    expect(stored()?.watchedAt).toBe(Math.floor(aired / given.DAY) * given.DAY - HOUR);
    await save({ at: "", as: "unknown" });
    expect(stored()).toMatchObject({ watchedAt: null, certainty: "unknown" });
    const doc = parse((await ana.get(path)).text);
    const buttons = [...doc.querySelectorAll(".play-sheet .actions button")].map(words);
    expect(buttons[0]).toBe("Save");
    expect(buttons.at(-1)).toBe("Use the time from Plex on Attic");
    expect(buttons).not.toContain("Date unknown");
    expect(words(doc.querySelector(".play-sheet"))).toContain("You set this time; before that it was");
    await save({ at: "", as: "source" });
    expect(stored()).toMatchObject({
      watchedAt: Date.UTC(2026, 0, 1, 19, 5, 33),
      certainty: "played",
      editedFrom: null,
    });
  });

  test("saved as it stands corrects nothing, though it knows no seconds", async () => {
    const { stored, save } = await played();
    await save({ at: "2026-01-01T20:05", as: "time" });
    expect(stored()).toMatchObject({ watchedAt: Date.UTC(2026, 0, 1, 19, 5, 33), editedFrom: null });
  });

  test("takes the next time there was for one that the clocks left out, and says so", async () => {
    const { ana, stored, save } = await played();
    await save({ at: "2025-03-30T02:30", as: "time" });
    expect(stored()?.watchedAt).toBe(Date.UTC(2025, 2, 30, 1));
    const flash = words(parse((await ana.get("/history")).text).querySelector(".flash p"));
    expect(flash).toEndWith("at 03:00. On that day the clocks went past 02:30; this is the next time that there was.");
  });

  test.each([
    ["the future", "2030-01-01T00:00", "The date must not be in the future."],
    ["the nineteenth century", "1899-12-31T23:00", "The date must be after 1900."],
    ["another text", "soon", "Enter a date and a time, or choose “Date unknown”."],
    ["nothing", "", "Enter a date and a time, or choose “Date unknown”."],
  ])("refuses %s with words beside the field", async (_, at, message) => {
    const { stored, save } = await played();
    for (const headers of [{}, on("/history")]) {
      const answer = await save({ at, as: "time" }, headers);
      expect(answer.status).toBe(422);
      expect(words(parse(answer.text).querySelector(".field-error"))).toBe(message);
    }
    expect(stored()?.editedFrom).toBeNull();
  });

  test("on the history page answers with the list as it is now, and a way back", async () => {
    const { ana, id, save, play, episodes, stored } = await played();
    play(episodes[1], TODAY - 300 * 24 * HOUR);
    const answer = await save({ at: "2025-02-01T20:00", as: "time", until: "" }, on("/history?from=2025-01-01"));
    const doc = parse(answer.text);
    expect(doc.querySelectorAll("#play-sheet[data-dialog-done]")).toHaveLength(1);
    expect([...doc.querySelectorAll("#history h2")].map(words)).toEqual([
      "Saturday, 8 March 2025",
      "Saturday, 1 February 2025",
    ]);
    const undo = doc.querySelector(".toast form");
    expect(undo?.getAttribute("hx-include")).toBe("#history-reach input");
    const token = undo?.querySelector("input[name=token]")?.getAttribute("value") ?? "";
    const taken = await post(ana, "/undo", { token, part: "history", until: "" }, on("/history?from=2025-12-01"));
    expect([...parse(taken.text).querySelectorAll("#history .history-play")].map((row) => row.id)).toEqual([
      `play--${id}`,
    ]);
    expect(stored()?.editedFrom).toBeNull();
  });

  test("on the history page removes the play, and undoing brings it back with its time", async () => {
    const { ana, path, id, save, stored } = await played();
    await save({ at: "2025-02-01T20:00", as: "time" });
    const removed = await post(ana, path, { _method: "DELETE", until: "end" }, on("/history"));
    expect(parse(removed.text).querySelectorAll(".history-play")).toHaveLength(0);
    expect(stored()).toBeUndefined();
    const token = parse(removed.text).querySelector(".toast input[name=token]")?.getAttribute("value") ?? "";
    const taken = await post(ana, "/undo", { token, part: "history", until: "end" }, on("/history"));
    expect(parse(taken.text).querySelector(".history-play")?.id).toBe(`play--${id}`);
    expect(stored()).toMatchObject({ watchedAt: Date.UTC(2025, 1, 1, 19) });
  });

  test("a list that has grown too long is loaded instead, and the words wait for it", async () => {
    const { ana, save } = await played();
    const answer = await save({ at: "2025-02-01T20:00", as: "time", until: "far" }, on("/history"));
    expect(answer.headers.get("hx-refresh")).toBe("true");
    expect(words(parse((await ana.get("/history")).text).querySelector(".flash p"))).toContain("1 February 2025");
  });

  test("removed without script leads back to where the reader was, not to what is gone", async () => {
    const { ana, path } = await played();
    const removed = await ana.form(path, { _method: "DELETE", back: "/history?from=2020-01-01" });
    expect([removed.status, removed.headers.get("location")]).toEqual([303, "/history?from=2020-01-01"]);
    expect((await ana.get(path)).status).toBe(404);
    const elsewhere = await setUpElsewhere(ana);
    expect(elsewhere.headers.get("location")).not.toContain("evil");
  });

  async function setUpElsewhere(ana: Client) {
    const { n } = app.db.raw.query<{ n: number }, []>("SELECT min(id) AS n FROM episodes").get()!;
    const id = given.addPlay(app.db, 1, n);
    return ana.form(`/plays/${id}/time`, { as: "unknown", back: "//evil.invalid/x" });
  }

  test("on the show's page brings the show up to date", async () => {
    const { showId, save } = await played();
    const answer = await save({ at: "2025-02-01T20:00", as: "time" }, on(`/shows/${showId}`));
    const doc = parse(answer.text);
    expect(doc.querySelectorAll(`#show--${showId}`)).toHaveLength(1);
    expect(words(doc.querySelector(".plays"))).toContain("You set this time; before that it was");
    expect(words(doc.querySelector(".toast p"))).toContain("1 February 2025");
  });

  test("is nobody else's, for reading or writing", async () => {
    const { path, save } = await played();
    const ben = await app.signIn("ben");
    const answers = [
      await ben.get(path),
      await ben.form(`${path}/time`, { as: "unknown" }),
      await ben.form(path, { _method: "DELETE" }),
      await ben.get("/plays/x1"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await app.client().get(path)).headers.get("location")).toStartWith("/login");
    expect((await save({ as: "sideways" })).status).toBe(422);
  });
});
