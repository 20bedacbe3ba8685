import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { createMatching } from "../../src/services/matching/service.ts";
import { createTracking } from "../../src/services/tracking/service.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";

const { DAY } = given;
const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

let app: TestApp;
afterEach(() => app.close());

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

function part(client: Client, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(fields);
  return client.request(path, { method: "POST", body, headers: { ...htmx, ...headers } });
}

type Sized = { title?: string; status?: "running" | "ended"; watched?: number };

async function setUp() {
  app = createTestApp({
    services: (base) => {
      const importShow = () => Promise.reject(new Error("not expected"));
      const tracking = createTracking(base, { importShow });
      return {
        pageRoutes: pages,
        renderError: createErrorRenderer(base),
        tracking,
        matching: createMatching(base, { importShow, tracking }),
        integrations: fakeIntegrations({ list: () => [] }),
        sync: fakeSync({ running: () => null, list: () => [] }),
      };
    },
  });
  const ana = await app.signIn("ana");
  const now = app.clock.now();
  /** A show of these seasons, one episode a day until yesterday, the first of them watched. */
  const make = (sizes: number[], { title = "Harbour Lights", status = "running", watched = 0 }: Sized = {}) => {
    const showId = given.addShow(app.db, { title, status, network: "BBC One", runtimeMin: 50 });
    let left = sizes.reduce((sum, size) => sum + size, 0);
    const episodes = sizes.flatMap((size, at) =>
      Array.from({ length: size }, (_, index) =>
        given.addEpisode(app.db, showId, at + 1, index + 1, { airedAt: now - left-- * DAY, airedExact: true }),
      ),
    );
    given.addEntry(app.db, ana.user.id, showId);
    for (const id of episodes.slice(0, watched)) given.addPlay(app.db, ana.user.id, id, { watchedAt: now - DAY });
    given.settle(app.db, ana.user.id, [showId], now);
    return { showId, episodes };
  };
  const settle = (showId: number) => given.settle(app.db, ana.user.id, [showId], now);
  const progress = async (showId: number) =>
    parse((await ana.get(`/shows/${showId}`)).text).querySelector(".show-progress")?.textContent ?? "";
  return { ana, now, make, settle, progress };
}

describe("seasons", () => {
  test("come folded except the one the user is in, and bring their episodes when unfolded", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make([3, 4, 5], { watched: 4 });
    const doc = parse((await ana.get(`/shows/${showId}`)).text);
    expect(doc.querySelectorAll("details.season")).toHaveLength(3);
    expect([...doc.querySelectorAll("details.season[open]")].map(({ id }) => id)).toEqual([`season--${showId}-2`]);
    expect(doc.querySelectorAll(".episode")).toHaveLength(4);
    const wait = doc.querySelector(`#season-body--${showId}-3`);
    expect(wait?.getAttribute("hx-get")).toBe(`/shows/${showId}/seasons/3`);
    const body = parse((await ana.get(`/shows/${showId}/seasons/3`, htmx)).text);
    expect([...body.querySelectorAll(".episode")].map(({ id }) => id)).toEqual(
      episodes.slice(7).map((id) => `episode--${id}`),
    );
    const plain = wait?.querySelector("a")?.getAttribute("href") ?? "";
    expect(plain).toBe(`/shows/${showId}?season=3#season--${showId}-3`);
    const unfolded = parse((await ana.get(plain.split("#")[0] ?? "")).text);
    expect([...unfolded.querySelectorAll("details.season[open]")].map(({ id }) => id)).toEqual([`season--${showId}-3`]);
    expect((await ana.get(`/shows/${showId}/seasons/9`, htmx)).status).toBe(404);
    expect((await ana.get(`/shows/${showId}/seasons/3`)).headers.get("location")).toBe(plain);
  });

  test("that the reader has unfolded keep their episodes when the show comes anew", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make([3, 4, 5], { watched: 4 });
    const again = parse((await ana.get(`/shows/${showId}?open=2:1&open=3:1&open=x`, htmx)).text);
    expect(again.querySelectorAll(".episode")).toHaveLength(9);
    const marked = await part(ana, `/episodes/${episodes[11]}/watched-up-to`, { _method: "PUT", open: "1:1" });
    expect(parse(marked.text).querySelectorAll(`#season--${showId}-1 .episode`)).toHaveLength(3);
  });

  test("of great length come in parts, the one with the next episode first", async () => {
    const { ana, make } = await setUp();
    const { showId } = make([250], { watched: 130 });
    const rows = (text: string) => text.match(/<li id="episode--/g)?.length;
    const first = await ana.get(`/shows/${showId}`);
    const parts = parse(/<nav class="season-parts".*?<\/nav>/s.exec(first.text)?.[0] ?? "");
    expect([...parts.querySelectorAll("a")].map(({ textContent }) => textContent)).toEqual([
      "1–100",
      "101–200",
      "201–250",
    ]);
    expect(parts.querySelector("[aria-current]")?.textContent).toBe("101–200");
    expect(rows(first.text)).toBe(100);
    const last = await ana.get(`/shows/${showId}/seasons/1?part=3`, htmx);
    expect(rows(last.text)).toBe(50);
    expect(last.text).toContain('name="open" value="1:3"');
    expect(rows((await ana.get(`/shows/${showId}?season=1&part=99`)).text)).toBe(50);
  });

  test("can be jumped to when there are many; specials stand apart and say that they do not count", async () => {
    const { ana, make, settle } = await setUp();
    const { showId } = make(Array.from({ length: 9 }, () => 1));
    given.addEpisode(app.db, showId, 0, 1);
    settle(showId);
    const doc = parse((await ana.get(`/shows/${showId}`)).text);
    expect(doc.querySelectorAll(".jumps a")).toHaveLength(10);
    expect(doc.querySelector(".jumps [aria-current]")?.textContent).toBe("Season 1");
    for (const jump of doc.querySelectorAll(".jumps a")) {
      expect(doc.getElementById(jump.getAttribute("data-unfold") ?? "")).not.toBeNull();
    }
    expect(doc.querySelectorAll(".specials .season")).toHaveLength(1);
    expect(doc.querySelector(".specials .season-head")?.textContent).toContain("not counted");
    expect(doc.querySelector(".show-progress")?.textContent).toContain("0 of 9 episodes");
    const few = make([1, 1], { title: "Salt Road" });
    expect(parse((await ana.get(`/shows/${few.showId}`)).text).querySelector(".jumps")).toBeNull();
  });

  test("cost as many statements as one, however many there are", async () => {
    const { ana, make } = await setUp();
    const { showId: small } = make([1]);
    const { showId: large } = make(
      Array.from({ length: 30 }, () => 10),
      { title: "Salt Road", watched: 120 },
    );
    const counts = [];
    for (const showId of [small, large]) {
      await ana.get(`/shows/${showId}`);
      const asked: string[] = [];
      const { query } = app.db.raw;
      Object.assign(app.db.raw, {
        query: (...args: [string]) => {
          asked.push(args[0]);
          return Reflect.apply(query, app.db.raw, args);
        },
      });
      await ana.get(`/shows/${showId}`);
      Object.assign(app.db.raw, { query });
      counts.push(asked.length);
    }
    expect(counts[0]).toBe(counts[1] ?? 0);
  });
});

describe("where the user stands", () => {
  test("is said: the next episode with its button, else why there is none", async () => {
    const { ana, now, make, settle, progress } = await setUp();
    const { showId, episodes } = make([3], { watched: 2 });
    expect(await progress(showId)).toContain("Next episodeS1 E3");
    const marked = await part(
      ana,
      `/episodes/${episodes[2]}/watched`,
      { _method: "PUT", open: "1:1" },
      { "hx-target": `article#show--${showId}` },
    );
    expect(marked.text).toContain(`hx-target="#show--${showId}"`);
    expect(await progress(showId)).toContain("You are up to date. No date is known for what comes next.");
    given.addEpisode(app.db, showId, 2, 1, { airedAt: now + 3 * DAY, airedExact: true });
    settle(showId);
    expect(await progress(showId)).toContain("You are up to date. The next episode, S2 E1, airs in 3 days.");
    expect((await ana.get(`/shows/${showId}?season=2`)).text).toContain("episode-upcoming");
  });

  test.each([
    ["ended and seen", { status: "ended", watched: 2 }, [2], "Finished: the show has ended"],
    ["without episodes", {}, [], "No episodes are known yet"],
  ] as const)("%s", async (_, options, sizes, words) => {
    const { make, progress } = await setUp();
    expect(await progress(make([...sizes], options).showId)).toContain(words);
  });

  test("before anything is out, when the first episode airs", async () => {
    const { now, make, settle, progress } = await setUp();
    const { showId } = make([]);
    given.addEpisode(app.db, showId, 1, 1, { airedAt: now + 2 * DAY, airedExact: true });
    settle(showId);
    expect(await progress(showId)).toContain("Nothing is out yet. The first episode, S1 E1, airs in 2 days.");
  });
});

describe("the ways to mark", () => {
  test("are a dialog for htmx and a page without script, whose buttons go to addresses of their own", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make([3], { watched: 1 });
    const dialog = await ana.get(`/episodes/${episodes[1]}`, htmx);
    expect(dialog.text).toStartWith("<dialog");
    const page = parse((await ana.get(`/episodes/${episodes[1]}`)).text);
    expect(page.querySelector("h1")?.textContent).toBe("S1 E2 · Episode 2");
    const buttons = [...page.querySelectorAll(".mark-actions button")];
    expect(
      buttons.map((each) => [each.textContent, each.getAttribute("formaction"), each.getAttribute("value")]),
    ).toEqual([
      ["Mark as watched", `/episodes/${episodes[1]}/watched`, "PUT"],
      ["Mark everything up to here", `/episodes/${episodes[1]}/watched-up-to`, "PUT"],
    ]);
    const seen = parse((await ana.get(`/episodes/${episodes[0]}`)).text);
    expect(seen.querySelector(".mark-actions button")?.getAttribute("formaction")).toBe(
      `/episodes/${episodes[0]}/plays`,
    );
    for (const path of [`/shows/${showId}/marks`, `/shows/${showId}/seasons/1/marks`]) {
      expect((await ana.get(path, htmx)).text).toContain("On their air dates");
    }
  });

  test("up to an episode without script lead back with a word and a way to undo it", async () => {
    const { ana, make, progress } = await setUp();
    const { showId, episodes } = make([3, 2], { watched: 1 });
    const done = await ana.form(`/episodes/${episodes[3]}/watched-up-to`, {
      _method: "PUT",
      at: "unknown",
      sheet: "true",
    });
    expect(done.headers.get("location")).toBe(`/shows/${showId}`);
    const page = parse((await ana.get(`/shows/${showId}`)).text);
    expect(page.querySelector(".flash")?.textContent).toContain("Marked as watched: 3 episodes");
    expect(page.querySelector(".show-progress")?.textContent).toContain("4 of 5 episodes");
    const token = page.querySelector('.flash input[name="token"]')?.getAttribute("value") ?? "";
    await ana.form("/undo", { token, back: `/shows/${showId}` });
    expect(await progress(showId)).toContain("1 of 5 episodes");
  });

  test("take the reader's clock for a date that is typed", async () => {
    const { ana, make } = await setUp();
    const { showId, episodes } = make([1]);
    await part(ana, `/episodes/${episodes[0]}/watched`, { _method: "PUT", at: "date", watchedAt: "2026-01-02T20:30" });
    const time = parse((await ana.get(`/shows/${showId}`)).text).querySelector(".play time");
    expect(time?.getAttribute("datetime")).toBe("2026-01-02T19:30:00.000Z");
  });

  test.each([
    ["is none", "soon", "This must be a date and a time such as 2026-08-31T19:30."],
    ["is empty", "", "This must be a date and a time such as 2026-08-31T19:30."],
    ["lies ahead", "2190-01-01T00:00", "This must not be in the future."],
  ])("say beside the field when the date %s, and change nothing", async (_, watchedAt, words) => {
    const { ana, make, progress } = await setUp();
    const { showId, episodes } = make([2], { watched: 1 });
    const fields = { _method: "PUT", at: "date", watchedAt, sheet: "true" };
    const refused = await part(ana, `/episodes/${episodes[1]}/watched`, fields);
    expect([refused.status, refused.headers.get("hx-retarget")]).toEqual([422, "#dialog"]);
    expect(parse(refused.text).querySelector(".field-error")?.textContent).toBe(words);
    const page = await ana.form(`/shows/${showId}/seasons/1/watched`, fields);
    expect(page.status).toBe(422);
    expect(parse(page.text).querySelector(".field-error")?.textContent).toBe(words);
    expect(await progress(showId)).toContain("1 of 2 episodes");
  });

  test("a season and a show are watched again", async () => {
    const { ana, make } = await setUp();
    const { showId } = make([2, 1], { watched: 3 });
    const season = await part(ana, `/shows/${showId}/seasons/1/plays`, { _method: "POST", at: "aired" });
    expect(season.text).toContain("Watched once more: 2 episodes");
    expect(season.text).toContain(`hx-target="#season--${showId}-1"`);
    const show = await ana.form(`/shows/${showId}/plays`, { at: "now" });
    expect(show.status).toBe(303);
    expect(parse((await ana.get(`/shows/${showId}?season=1`)).text).querySelectorAll(".play")).toHaveLength(6);
  });
});

describe("what the user says of a show", () => {
  test("the list follows progress until one is chosen, and again when that is taken back", async () => {
    const { ana, make } = await setUp();
    const { showId } = make([1], { watched: 1, status: "ended" });
    const chosen = async () =>
      parse((await ana.get(`/shows/${showId}`)).text).querySelector('select[name="list"] option[selected]')
        ?.textContent;
    expect(await chosen()).toBe("Automatic (Ended)");
    await ana.form(`/shows/${showId}/entry`, { list: "archived" });
    expect(await chosen()).toBe("Archived");
    await ana.form(`/shows/${showId}/entry`, { list: "" });
    expect(await chosen()).toBe("Automatic (Ended)");
  });

  test("a rating is one of ten stars, and can be taken away", async () => {
    const { ana, make } = await setUp();
    const { showId } = make([1]);
    const stars = async () => {
      const doc = parse((await ana.get(`/shows/${showId}`)).text);
      return [...doc.querySelectorAll('input[name="rating"]')].map((each) => [
        each.getAttribute("value"),
        each.hasAttribute("checked"),
      ]);
    };
    expect(await stars()).toHaveLength(11);
    await ana.form(`/shows/${showId}/entry`, { rating: "7" });
    expect((await stars()).filter(([, checked]) => checked)).toEqual([["7", true]]);
    await part(ana, `/shows/${showId}/entry`, { rating: "" });
    expect((await stars()).filter(([, checked]) => checked)).toEqual([["", true]]);
  });

  test("notes are text with their line breaks, saved with and without script", async () => {
    const { ana, make } = await setUp();
    const { showId } = make([1]);
    const notes = `${HOSTILE}\nsecond line`;
    const saved = await part(ana, `/shows/${showId}/entry`, { notes });
    expect(saved.text).toContain("Saved.");
    expect(saved.text).toStartWith(`<div id="show-notes-text--${showId}"`);
    const doc = parse((await ana.get(`/shows/${showId}`)).text);
    expect(doc.querySelector(".notes-text")?.textContent).toBe(notes);
    expect(doc.querySelector("textarea")?.textContent).toBe(notes);
    expect((await ana.form(`/shows/${showId}/entry`, { notes: "x".repeat(10_001) })).status).toBe(422);
    expect((await ana.form(`/shows/${showId}/entry`, { notes: " " })).status).toBe(303);
    expect(parse((await ana.get(`/shows/${showId}`)).text).querySelector(".notes-text")).toBeNull();
  });
});

describe("two shows that are one", () => {
  test("are offered by title, looked for in the library, looked at, merged and taken apart again", async () => {
    const { ana, make, progress } = await setUp();
    const { showId: first } = make([3, 1], { title: HOSTILE, watched: 4 });
    const { showId: second } = make([3], { title: `${HOSTILE} again`, watched: 1 });
    const { showId: other } = make([3], { title: "Salt Road" });
    const offered = parse((await ana.get(`/shows/${first}/merge`)).text);
    expect(offered.querySelectorAll(".candidate")).toHaveLength(1);
    expect(offered.querySelector(".candidate h3")?.textContent).toBe(`${HOSTILE} again`);
    expect(offered.querySelector(".candidate")?.textContent).toContain("2019 · BBC One");
    expect(offered.querySelectorAll("img[src=x]")).toHaveLength(0);
    const found = parse((await ana.get(`/shows/${first}/merge?query=salt`)).text);
    expect(found.querySelector(".candidate a")?.getAttribute("href")).toBe(`/shows/${first}/merge?into=${other}`);
    const plan = parse((await ana.get(`/shows/${first}/merge?into=${second}`)).text);
    expect(plan.querySelector(".merge-facts")?.textContent).toContain("4 plays move");
    expect(plan.querySelector(".merge-kept")?.textContent).toBe("S2 E1 · Episode 1");
    expect([await progress(first), await progress(second)].map((text) => text.slice(0, 6))).toEqual([
      "4 of 4",
      "1 of 3",
    ]);
    const merged = await ana.form(`/shows/${first}/merge`, { into: String(second) });
    expect(merged.headers.get("location")).toBe(`/shows/${second}`);
    const page = parse((await ana.get(`/shows/${second}`)).text);
    expect(page.querySelector(".flash")?.textContent).toContain(`4 plays moved to ${HOSTILE} again (2019).`);
    expect((await ana.get(`/shows/${first}`)).status).toBe(404);
    const token = page.querySelector('.flash input[name="token"]')?.getAttribute("value") ?? "";
    const undone = await ana.form("/undo", { token, back: `/shows/${first}` });
    expect(undone.headers.get("location")).toBe(`/shows/${first}`);
    expect(await progress(first)).toContain("4 of 4 episodes");
  });

  test("must be two of the user's own", async () => {
    const { ana, make } = await setUp();
    const { showId } = make([1]);
    expect((await ana.form(`/shows/${showId}/merge`, { into: String(showId) })).status).toBe(422);
    expect((await ana.form(`/shows/${showId}/merge`, {})).status).toBe(422);
    for (const into of ["999", "x"]) {
      expect((await ana.form(`/shows/${showId}/merge`, { into })).status).toBe(404);
      expect((await ana.get(`/shows/${showId}/merge?into=${into}`)).status).toBe(404);
    }
  });

  test("are offered beside the question whether this is the wrong show", async () => {
    const { ana, make } = await setUp();
    const { showId } = make([1]);
    const { showId: twin } = make([1]);
    const doc = parse((await ana.get(`/shows/${showId}/match`)).text);
    expect(doc.querySelector(".candidates a")?.getAttribute("href")).toBe(`/shows/${showId}/merge?into=${twin}`);
  });
});

test("another user's show has no sheets, seasons or ways to change it", async () => {
  const { make } = await setUp();
  const { showId, episodes } = make([2], { watched: 1 });
  const ben = await app.signIn("ben");
  const own = given.addShow(app.db, { title: "Ben's" });
  given.addEntry(app.db, ben.user.id, own);
  for (const path of [
    `/episodes/${episodes[0]}`,
    `/shows/${showId}/marks`,
    `/shows/${showId}/seasons/1`,
    `/shows/${showId}/seasons/1/marks`,
    `/shows/${showId}/merge`,
    `/shows/${own}/merge?into=${showId}`,
    `/shows/${showId}/merge?into=${own}`,
  ]) {
    expect([path, (await ben.get(path)).status]).toEqual([path, 404]);
  }
  for (const [path, fields] of [
    [`/episodes/${episodes[0]}/watched-up-to`, { _method: "PUT" }],
    [`/episodes/${episodes[0]}/plays`, {}],
    [`/shows/${showId}/plays`, {}],
    [`/shows/${showId}/seasons/1/plays`, {}],
    [`/shows/${showId}/entry`, { notes: "mine" }],
    [`/shows/${own}/merge`, { into: String(showId) }],
  ] as const) {
    expect([path, (await ben.form(path, { ...fields })).status]).toEqual([path, 404]);
  }
});
