import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Window } from "happy-dom";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import { addEntry, addPlay, addSeasons, addShow } from "../support/fixtures.ts";
import type { Client } from "../support/http.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;
const CSV = `show,season,episode,watched_at
Harbour Lights,1,1,2025-01-01T20:00:00Z
Harbour Lights,1,2,2025-01-02T20:00:00Z
Harbour Lights,one,2,
`;

let app: TestApp;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "episode-tracker-test-"));
  app = createTestApp({
    env: { DATA_DIR: folder },
    services: (base) => ({
      renderError: createErrorRenderer(base),
      integrations: fakeIntegrations({ list: () => [] }),
      sync: fakeSync({ running: () => null, list: () => [] }),
    }),
  });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

function upload(client: Client, path: string, text: string, fields: Record<string, string> = {}, name = "list.csv") {
  const body = new FormData();
  body.set("file", new File([text], name));
  for (const [field, value] of Object.entries(fields)) body.set(field, value);
  return client.request(path, { method: "POST", body });
}

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

describe("the API", () => {
  test("previews a file, imports it, undoes it and forgets it", async () => {
    const ana = await app.signIn("ana");
    const made = await upload(ana, "/api/import", CSV);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      format: "csv",
      fileName: "list.csv",
      status: "preview",
      summary: { shows: 1, plays: 2, added: 2, alreadyThere: 0, suppressed: 0, notUnderstood: 1 },
      table: {
        complete: true,
        columns: { show: "show", season: "season", episode: "episode", watchedAt: "watched_at" },
      },
      finishedAt: null,
      nextCursor: null,
    });
    expect(made.json.items).toMatchObject([
      { kind: "show", title: "Harbour Lights", outcome: "created", added: 2, showId: null },
      { kind: "not-understood", key: "line 4", note: expect.stringContaining("which episode") },
    ]);
    const path = `/api/imports/${made.json.id}`;
    expect((await ana.get("/api/history")).json.items).toEqual([]);
    expect((await ana.post(`${path}/apply`)).json).toMatchObject({ status: "done", summary: { added: 2 } });
    expect((await ana.get("/api/history")).json.items).toHaveLength(2);
    expect((await ana.get("/api/history")).json.items[0]).toMatchObject({ source: "import", certainty: "marked" });
    const again = await upload(ana, "/api/import", CSV, { apply: "true" });
    expect(again.json).toMatchObject({ status: "done", summary: { added: 0, alreadyThere: 2 } });
    expect((await ana.post(`${path}/apply`)).status).toBe(409);
    expect((await ana.get("/api/imports?limit=1")).json).toMatchObject({
      items: [{ id: again.json.id }],
      nextCursor: expect.any(String),
    });
    expect((await ana.post(`${path}/undo`)).json).toMatchObject({ status: "undone" });
    expect((await ana.get("/api/history")).json.items).toEqual([]);
    expect((await ana.post(`${path}/undo`)).status).toBe(409);
    expect((await ana.delete(path)).status).toBe(204);
    expect((await ana.get(path)).status).toBe(404);
  });

  test("reads the same file again with columns and shows chosen", async () => {
    const ana = await app.signIn("ana");
    const fields = { columns: '{"show":"a","code":"b"}', timeZone: "Asia/Tokyo" };
    const made = await upload(ana, "/api/import", "a,b,c\nHarbour Lights,1x1,2025-01-02\n", fields);
    expect(made.json).toMatchObject({ summary: { added: 1 }, options: { columns: { show: "a", code: "b" } } });
    const changed = await ana.patch(`/api/imports/${made.json.id}`, {
      columns: { show: "a", code: "b", watchedAt: "c" },
    });
    expect([changed.status, changed.json.table.columns]).toEqual([200, { show: "a", code: "b", watchedAt: "c" }]);
    await ana.post(`/api/imports/${made.json.id}/apply`);
    expect((await ana.get("/api/history")).json.items[0].watchedAt).toBe("2025-01-01T15:00:00.000Z");
  });

  test("refuses what is no file, no form and no option, with words", async () => {
    const ana = await app.signIn("ana");
    const empty = new FormData();
    expect((await ana.request("/api/import", { method: "POST", body: empty })).status).toBe(422);
    expect((await ana.post("/api/import", {})).status).toBe(415);
    const broken = { method: "POST", body: "x", headers: { "content-type": "multipart/form-data; boundary=y" } };
    expect((await ana.request("/api/import", broken)).status).toBe(400);
    for (const [fields, path] of [
      [{ format: "netflix" }, "format"],
      [{ columns: "{" }, "columns"],
      [{ columns: '{"colour":"a"}' }, "columns"],
      [{ apply: "perhaps" }, "apply"],
      [{ timeZone: "Mars" }, "timeZone"],
      [{ format: "trakt" }, "file"],
    ] as const) {
      const answer = await upload(ana, "/api/import", CSV, fields);
      expect([answer.status, answer.json.errors[0].path]).toEqual([422, path]);
    }
    const image = await upload(ana, "/api/import", "\u0089PNG", {}, "x.png");
    expect([image.status, image.json.hint]).toEqual([422, expect.stringContaining("Trakt")]);
    expect((await ana.get("/api/imports")).json.items).toEqual([]);
  });

  test("refuses more than fifty megabytes", async () => {
    const ana = await app.signIn("ana");
    const answer = await ana
      .request("/api/import", {
        method: "POST",
        body: "x",
        headers: { "content-type": "multipart/form-data; boundary=y", "content-length": String(51 * 1024 * 1024) },
      })
      .catch(() => null);
    expect(answer === null || answer.status >= 400).toBe(true);
    const { prepare } = await import("../../src/web/body.ts");
    const large = new Request("http://localhost/api/import", {
      method: "POST",
      body: "x",
      headers: { "content-length": "60000000" },
    });
    expect(prepare(large, { path: "/api/import" } as never)).rejects.toMatchObject({ status: 413 });
  });

  test("is for who is signed in, and another user's import is not there", async () => {
    const ana = await app.signIn("ana");
    const ben = await app.signIn("ben");
    const { id } = (await upload(ana, "/api/import", CSV)).json;
    for (const [method, path] of [
      ["GET", `/api/imports/${id}`],
      ["PATCH", `/api/imports/${id}`],
      ["POST", `/api/imports/${id}/apply`],
      ["POST", `/api/imports/${id}/undo`],
      ["DELETE", `/api/imports/${id}`],
      ["GET", `/settings/import/${id}`],
      ["POST", `/settings/import/${id}/apply`],
      ["POST", `/settings/import/${id}/options`],
    ] as const) {
      const body = method === "PATCH" ? { body: "{}", headers: { "content-type": "application/json" } } : {};
      expect([path, (await ben.request(path, { method, ...body })).status]).toEqual([path, 404]);
      const nobody = await app.client().request(path, { method, ...body });
      expect([path, nobody.status]).toEqual([path, path.startsWith("/api") ? 401 : 303]);
    }
    expect((await app.client().get("/api/export")).status).toBe(401);
    expect((await upload(app.client(), "/api/import", CSV)).status).toBe(401);
    expect((await ana.get(`/api/imports/${id}`)).json.status).toBe("preview");
  });

  test("gives everything as one file, under a name that tells whose and when", async () => {
    const ana = await app.signIn("ana");
    const showId = addShow(app.db, { title: "=HYPERLINK(1)", ids: { tmdb: "5" } });
    const [first] = addSeasons(app.db, showId, [1]) as [number];
    addEntry(app.db, ana.user.id, showId);
    addPlay(app.db, ana.user.id, first);
    const json = await ana.get("/api/export");
    expect(json.headers.get("content-type")).toBe("application/json;charset=utf-8");
    expect(json.headers.get("content-disposition")).toBe('attachment; filename="episode-tracker-ana-2026-01-15.json"');
    expect(json.json).toMatchObject({
      format: "episode-tracker",
      version: 1,
      shows: [{ title: "=HYPERLINK(1)", plays: [{}] }],
    });
    const csv = await ana.get("/api/export?format=csv");
    expect(csv.headers.get("content-type")).toBe("text/csv;charset=utf-8");
    expect(csv.text.split("\r\n")[1]).toStartWith("'=HYPERLINK(1),2019,5,");
    expect((await ana.get("/api/export?format=xml")).status).toBe(422);
    for (const text of [json.text, csv.text])
      expect((await upload(ana, "/api/import", text)).json.summary).toMatchObject({ added: 0, alreadyThere: 1 });
  });
});

describe("the pages", () => {
  test("lead from a file through its preview to the library and back, without script", async () => {
    const ana = await app.signIn("ana");
    const sent = await upload(ana, "/settings/import", CSV);
    expect(sent.status).toBe(303);
    const path = new URL(sent.headers.get("location") ?? "", app.url).pathname;
    const preview = parse((await ana.get(path)).text);
    expect(preview.querySelector(".sync-sentence")?.textContent.trim()).toBe(
      "2 plays of 1 show will be added; 1 line was not understood.",
    );
    expect(preview.querySelectorAll("select")).toHaveLength(13);
    const forms = [...preview.querySelectorAll("form")].map((form) => form.getAttribute("action"));
    expect(forms).toContain(`${path}/apply`);
    expect((await ana.form(`${path}/apply`, {})).headers.get("location")).toEndWith(path);
    const done = parse((await ana.get(path)).text);
    expect(done.querySelector(".sync-sentence")?.textContent).toContain("2 plays of 1 show were added");
    expect(done.body.textContent).toContain("Undo this import");
    await ana.form(`${path}/undo`, {});
    expect(parse((await ana.get(path)).text).querySelector(".sync-sentence")?.textContent).toContain("Undone");
    expect((await ana.get("/api/history")).json.items).toEqual([]);
    expect((await ana.get("/settings/import")).text).toContain("list.csv");
  });

  test("ask for the columns first, and read the file again with what is answered", async () => {
    const ana = await app.signIn("ana");
    const path =
      (await upload(ana, "/settings/import", "a,b,c\nHarbour Lights,1x1,03/04/2025\n")).headers.get("location") ?? "";
    const asked = parse((await ana.get(path)).text);
    expect(asked.querySelector("details")?.hasAttribute("open")).toBe(true);
    expect(asked.body.textContent).not.toContain("not understood");
    expect([...asked.querySelectorAll("form")].some((form) => form.getAttribute("action")?.endsWith("/apply"))).toBe(
      false,
    );
    const answers = { "column.show": "a", "column.code": "b", "column.watchedAt": "c", dateOrder: "dmy" };
    expect((await ana.form(`${path}/options`, answers)).status).toBe(303);
    const ready = parse((await ana.get(path)).text);
    expect(ready.querySelector(".sync-sentence")?.textContent).toContain("1 play of 1 show will be added");
    await ana.form(`${path}/apply`, {});
    // The third of April begins in Berlin two hours earlier.
    expect((await ana.get("/api/history")).json.items[0].watchedAt).toBe("2025-04-02T22:00:00.000Z");
  });

  test("ask which show is meant where two have one title", async () => {
    const ana = await app.signIn("ana");
    const [older, newer] = [addShow(app.db, { year: 2004 }), addShow(app.db, { year: 2019 })];
    const path = (await upload(ana, "/settings/import", CSV)).headers.get("location") ?? "";
    const page = parse((await ana.get(path)).text);
    expect(page.querySelector(".sync-sentence")?.textContent).toContain("1 show needs your eye");
    const select = page.querySelector("select[name^='choice.']");
    const values = [...(select?.querySelectorAll("option") ?? [])].map((option) => option.getAttribute("value"));
    expect(values.toSorted()).toEqual(["", String(older), String(newer), "new"].toSorted());
    const columns = {
      "column.show": "show",
      "column.season": "season",
      "column.episode": "episode",
      "column.watchedAt": "watched_at",
    };
    await ana.form(`${path}/options`, { ...columns, [select?.getAttribute("name") ?? ""]: String(newer) });
    await ana.form(`${path}/apply`, {});
    const { items } = (await ana.get("/api/shows")).json;
    expect(items.map(({ id }: { id: string }) => id)).toEqual([String(newer)]);
  });

  test("say beside the field what is wrong with a file", async () => {
    const ana = await app.signIn("ana");
    for (const [text, words] of [
      ["", "The file is empty."],
      ["nonsense", "The file is nothing that is known here."],
    ] as const) {
      const answer = await upload(ana, "/settings/import", text);
      expect(answer.status).toBe(422);
      const field = parse(answer.text).querySelector("input[type=file]");
      expect(field?.getAttribute("aria-invalid")).toBe("true");
      expect(answer.text).toContain(words);
    }
    const none = await ana.request("/settings/import", { method: "POST", body: new FormData() });
    expect([none.status, none.text.includes("Choose a file.")]).toEqual([422, true]);
  });

  test("keep hostile names, titles and columns as text", async () => {
    const ana = await app.signIn("ana");
    addShow(app.db, { title: HOSTILE, year: 2001 });
    addShow(app.db, { title: HOSTILE, year: 2002 });
    const quoted = `"${HOSTILE.replaceAll('"', '""')}"`;
    const csv = `show,season,episode,${quoted}\n${quoted},1,1,${quoted}\n${quoted},x,1,\nB${quoted},1,1,\n`;
    const path = (await upload(ana, "/settings/import", csv, {}, `${HOSTILE}.csv`)).headers.get("location") ?? "";
    for (const each of [path, "/settings/import"]) {
      const doc = parse((await ana.get(each)).text);
      const names = [...doc.querySelectorAll("*")].flatMap((element) => element.getAttributeNames());
      expect(names.filter((name) => name.startsWith("on"))).toEqual([]);
      expect([...doc.querySelectorAll("img")].map((img) => img.getAttribute("src"))).not.toContain("x");
      expect(doc.body.textContent).toContain("<img src=x onerror=alert(1)>");
    }
  });

  test("cost as many statements with two hundred shows as with one, and go on by hundreds", async () => {
    const ana = await app.signIn("ana");
    const rows = (count: number) =>
      Array.from({ length: count }, (_, index) => `Show ${index},1,1,\nShow ${index},x,1,\n`).join("");
    const counts: number[] = [];
    let path = "";
    for (const count of [1, 250]) {
      path =
        (await upload(ana, "/settings/import", `show,season,episode,watched_at\n${rows(count)}`)).headers.get(
          "location",
        ) ?? "";
      await ana.get(path);
      let given = 0;
      const { query, prepare } = app.db.raw;
      const counting =
        (original: typeof query) =>
        (...args: Parameters<typeof query>) => {
          given += 1;
          return Reflect.apply(original, app.db.raw, args);
        };
      Object.assign(app.db.raw, { query: counting(query), prepare: counting(prepare as typeof query) });
      await ana.get(path);
      Object.assign(app.db.raw, { query, prepare });
      counts.push(given);
    }
    expect(counts[1]).toBe(counts[0]!);
    const page = parse((await ana.get(path)).text);
    expect(page.querySelectorAll(".import-fold:first-of-type .import-item").length).toBeGreaterThanOrEqual(100);
    const more = page.querySelector(".more-row a")?.getAttribute("href") ?? "";
    const part = await ana.get(more, { "hx-request": "true", "hx-request-type": "partial" });
    expect(parse(part.text).querySelectorAll(".import-item")).toHaveLength(100);
    expect(parse((await ana.get(more)).text).querySelectorAll("h1")).toHaveLength(1);
  });

  test("discarding a preview changes nothing and leaves nothing", async () => {
    const ana = await app.signIn("ana");
    const path = (await upload(ana, "/settings/import", CSV)).headers.get("location") ?? "";
    const gone = await ana.form(path, { _method: "DELETE" });
    expect([gone.status, gone.headers.get("location")]).toEqual([303, "/settings/import"]);
    expect((await ana.get(path)).status).toBe(404);
    expect((await ana.get("/api/imports")).json.items).toEqual([]);
  });
});
