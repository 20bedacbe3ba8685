import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createIntegrations } from "../../src/services/integrations/service.ts";
import { wish } from "../../src/services/push/wishes.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeSync } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";

const HOSTILE = "<img src=x onerror=alert(1)>";

let app: TestApp;
let ana: Awaited<ReturnType<TestApp["signIn"]>>;
let id: number;
let episodes: number[];

/** Ana has watched the first of three episodes; her server has all of them, and has been read. */
beforeEach(async () => {
  app = createTestApp({
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      sync: fakeSync({ running: () => null, list: () => [] }),
      integrations: createIntegrations(base, {
        checkSchedule: () => undefined,
        keyState: () => "ok",
        cancelRunning: async () => undefined,
        leave: async () => undefined,
      }),
    }),
  });
  ana = await app.signIn();
  const { raw } = app.db;
  id = given.addIntegration(app.db, ana.user.id);
  const showId = given.addShow(app.db, { title: HOSTILE });
  episodes = given.addSeasons(app.db, showId, [3]);
  given.addEntry(app.db, ana.user.id, showId);
  raw
    .query("INSERT INTO integration_libraries (integration_id, key, title, type) VALUES (?, '1', 'TV', 'show')")
    .run(id);
  for (const episodeId of episodes) {
    raw
      .query(
        "INSERT INTO item_links (integration_id, item_id, library_key, server_show, episode_id, state) VALUES (?, ?, '1', 'x', ?, '')",
      )
      .run(id, `item-${episodeId}`, episodeId);
  }
  raw.query("UPDATE integrations SET last_full_at = 1, last_sync_at = 1 WHERE id = ?").run(id);
  given.addPlay(app.db, ana.user.id, episodes[0]!);
});
afterEach(() => app.close());

const api = (path: string) => `/api/integrations/${id}/${path}`;
const switchOn = () => ana.patch(`/api/integrations/plex/settings?integration=${id}`, { twoWay: true });
const waiting = async () => (await ana.get(api("pushes"))).json.items;

/** Another episode has been watched. */
function watch(index: number, ask = false): void {
  given.addPlay(app.db, ana.user.id, episodes[index]!);
  wish(app.db, { userId: ana.user.id, episodeIds: [episodes[index]!], origin: null, ask, now: app.clock.now() });
}

describe("the API of two-way sync", () => {
  test("asks before it begins, and takes no other plan for the one that was looked at", async () => {
    expect((await ana.post(api("two-way/preview"))).status).toBe(409);
    expect((await switchOn()).json).toMatchObject({ twoWay: true, twoWaySince: null });
    const plan = (await ana.post(api("two-way/preview"))).json;
    expect(plan).toMatchObject({ marks: 1, unmarks: 0, shows: [{ title: HOSTILE, marks: 1 }] });
    expect((await ana.post(api("two-way/confirm"), { fingerprint: "another" })).status).toBe(409);
    expect((await ana.post(api("two-way/confirm"), {})).status).toBe(422);
    const { fingerprint } = plan;
    expect((await ana.post(api("two-way/confirm"), { fingerprint })).json).toEqual({ queued: 1 });
    expect(await waiting()).toMatchObject([
      { show: HOSTILE, season: 1, number: 1, wanted: "watched", held: false, attempts: 0 },
    ]);
    const [integration] = (await ana.get("/api/integrations")).json.items;
    expect(integration.twoWaySince).toBe(new Date(app.clock.now()).toISOString());
  });

  test("lists what waits, and lets it go, one by one or all at once", async () => {
    await switchOn();
    const { fingerprint } = (await ana.post(api("two-way/preview"))).json;
    await ana.post(api("two-way/confirm"), { fingerprint, marks: false });
    watch(1);
    watch(2, true);
    expect((await waiting()).map(({ held }: { held: boolean }) => held)).toEqual([false, true]);
    expect((await ana.post(api("pushes/approve"))).json).toEqual({ released: 1 });
    expect((await ana.delete(api(`pushes/${episodes[1]}`))).status).toBe(204);
    expect((await ana.delete(api(`pushes/${episodes[1]}`))).status).toBe(404);
    expect((await ana.delete(api("pushes"))).status).toBe(204);
    expect(await waiting()).toEqual([]);
    const recent = (await ana.get(api("pushes/recent"))).json.items;
    expect(recent.map(({ outcome }: { outcome: string }) => outcome)).toEqual(["given-up", "given-up"]);
  });

  test("is nobody else's business", async () => {
    const ben = await app.signIn("ben");
    for (const path of ["pushes", "pushes/recent"]) expect((await ben.get(api(path))).status).toBe(404);
    for (const path of ["two-way/preview", "pushes/approve"]) expect((await ben.post(api(path))).status).toBe(404);
    expect((await ben.delete(api("pushes"))).status).toBe(404);
    expect((await ben.get(`/integrations/${id}/two-way`)).status).toBe(404);
    expect((await app.client().get(api("pushes"))).status).toBe(401);
  });
});

describe("the page of two-way sync", () => {
  const path = () => `/integrations/${id}/two-way`;

  test("works without script: switched on, asked, begun; hostile titles stay text", async () => {
    expect((await ana.get(path())).text).toContain("Both ways");
    expect((await ana.form(path(), { twoWay: "true" })).status).toBe(303);
    const asking = (await ana.get(path())).text;
    expect(asking).toContain("Before it begins");
    expect(asking).not.toContain("<img src=x");
    const fingerprint = /name="fingerprint" value="([0-9a-f]+)"/.exec(asking)?.[1] ?? "";
    expect((await ana.form(`${path()}/confirm`, { fingerprint, marks: "true" })).status).toBe(303);
    const begun = (await ana.get(path())).text;
    expect(begun).not.toContain("Before it begins");
    expect(begun).toContain("1 change on the way");
    expect(begun).not.toContain("<img src=x");
  });

  test("asks anew when something has changed since it was shown", async () => {
    await ana.form(path(), { twoWay: "true" });
    const answer = await ana.form(`${path()}/confirm`, { fingerprint: "old" });
    expect(answer.status).toBe(303);
    expect((await ana.get(path())).text).toContain("Before it begins");
    expect(await waiting()).toEqual([]);
  });

  test("shows what waits for a word, and what was given up", async () => {
    await switchOn();
    const { fingerprint } = (await ana.post(api("two-way/preview"))).json;
    await ana.post(api("two-way/confirm"), { fingerprint, marks: false });
    watch(1, true);
    const held = (await ana.get(path())).text;
    expect(held).toContain("This would mark 1 episode as watched on Attic");
    const given = await ana.form(`${path()}/pushes/${episodes[1]}`, { _method: "DELETE" });
    expect(given.status).toBe(303);
    const after = (await ana.get(path())).text;
    expect(after).toContain("Attic has everything.");
    expect(after).toContain("given up by you");
  });
});
