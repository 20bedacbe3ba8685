import { afterEach, describe, expect, test } from "bun:test";
import { updateIntegration } from "../../src/db/repos/integrations.ts";
import { DAY_MS, HOUR_MS } from "../../src/domain/instant.ts";
import { DEFAULT_PREFERENCES } from "../../src/domain/preferences.ts";
import { AppError } from "../../src/kernel/errors.ts";
import type { Integrations, SettingsInput } from "../../src/services/integrations/types.ts";
import type { StartOptions, SyncService } from "../../src/services/sync/types.ts";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync, integrationView, syncLogView } from "../support/fake-services.ts";
import { addIntegration } from "../support/fixtures.ts";

const htmx = { "hx-request": "true", "hx-request-type": "partial" };

let app: TestApp;
afterEach(async () => {
  await app.close();
});

function start(integrations: Partial<Integrations> = {}, sync: Partial<SyncService> = {}): void {
  app = createTestApp({
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      integrations: fakeIntegrations({
        list: () => [],
        get: () => integrationView(),
        pick: () => integrationView(),
        libraries: async () => [{ key: "2", title: "Anime", type: "show", enabled: true, numbering: "auto" }],
        ...integrations,
      }),
      sync: fakeSync({ running: () => null, list: () => [], ...sync }),
    }),
  });
}

const form = {
  kind: "all",
  knowsLibraries: "true",
  knowsPreferences: "true",
  libraries: "2",
  "numbering.2": "absolute",
  addShows: "known",
  unmarks: "ignore",
  watchedFrom: "85",
  rewatches: "first",
  minMinutes: "10",
  since: "2024-01-31",
  addTo: "later",
  newLibraries: "off",
  knowsPushDates: "true",
  quietFrom: "23:00",
  quietTo: "07:00",
};

const meant = {
  libraries: ["2"],
  numbering: { "2": "absolute" },
  addShows: "watched",
  unmarks: "ignore",
  preferences: {
    watchedFrom: 85,
    rewatches: "first",
    specials: "skip",
    minMinutes: 10,
    since: "2024-01-31",
    addTo: "later",
    onlyKnownShows: true,
    newLibraries: "off",
    pushDates: false,
    quietHours: { from: "23:00", to: "07:00" },
  },
} satisfies SettingsInput;

describe("preferences on the settings page of a server", () => {
  test("are read from the form; empty fields are no wish", async () => {
    const updates: SettingsInput[] = [];
    start({
      update(_user, _id, input) {
        updates.push(input);
        return integrationView();
      },
    });
    const ana = await app.signIn("ana");
    expect((await ana.form("/integrations/1/settings", form)).status).toBe(303);
    expect(updates).toMatchObject([meant]);
    const bare = { kind: "all", knowsPreferences: "true", specials: "true" };
    await ana.form("/integrations/1/settings", bare);
    expect(updates[1]?.preferences).toEqual(DEFAULT_PREFERENCES);
  });

  test("come back as they were typed when one of them is refused, each with its reason", async () => {
    start({
      update() {
        const fields = [{ path: "preferences.since", message: "A day such as 2024-01-31." }];
        throw new AppError("invalid", "A day such as 2024-01-31.", { fields });
      },
    });
    const ana = await app.signIn("ana");
    const refused = await ana.form("/integrations/1/settings", { ...form, since: '"><b>' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain("A day such as 2024-01-31.");
    expect(refused.text).toContain('value="known" checked');
    expect(refused.text).not.toContain('"><b>');
    expect(refused.text).toMatch(/value="85" selected/);
  });

  test("show what they would change without being saved: in place, or with the form as it was typed", async () => {
    const started: StartOptions[] = [];
    start(
      {},
      {
        start(_id, how) {
          started.push(how);
          return "7";
        },
        get: () => syncLogView({ mode: "preview", notes: ["Left out, as your settings say: 1 special."] }),
      },
    );
    const ana = await app.signIn("ana");
    const path = "/integrations/1/settings/preview";
    const part = await ana.request(path, { method: "POST", body: new URLSearchParams(form), headers: htmx });
    expect(part.text).not.toContain("<html");
    expect(part.text).toContain("Left out, as your settings say: 1 special.");
    const whole = await ana.form(path, form);
    expect(whole.status).toBe(200);
    expect(whole.text).toContain('value="known" checked');
    expect(whole.text).toContain("Left out, as your settings say: 1 special.");
    expect(started).toEqual([
      { trigger: "manual", mode: "preview", settings: meant },
      { trigger: "manual", mode: "preview", settings: meant },
    ]);
  });

  test("a preview that cannot begin says why", async () => {
    start(
      {},
      {
        start() {
          throw new AppError("conflict", "A sync of this server is already running.");
        },
      },
    );
    const ana = await app.signIn("ana");
    const path = "/integrations/1/settings/preview";
    const part = await ana.request(path, { method: "POST", body: new URLSearchParams(form), headers: htmx });
    expect([part.status, part.text]).toEqual([409, expect.stringContaining("already running")]);
    expect((await ana.form(path, form)).headers.get("location")).toBe("/integrations/1/settings");
  });
});

describe("preferences over the API", () => {
  test("are part of the settings and of a preview, and are shown", async () => {
    const asked: unknown[] = [];
    start(
      {
        update(_user, _id, input) {
          asked.push(input);
          return integrationView({ preferences: meant.preferences });
        },
      },
      {
        start(_id, how) {
          asked.push(how.settings);
          return "7";
        },
      },
    );
    const ana = await app.signIn("ana");
    const { preferences, numbering } = meant;
    const saved = await ana.patch("/api/integrations/plex/settings", { preferences, numbering });
    expect(saved.json.preferences).toEqual(preferences);
    const preview = await ana.post("/api/integrations/plex/sync/preview", { preferences: { specials: "skip" } });
    expect(preview.json).toEqual({ syncId: "7" });
    expect(asked).toEqual([{ preferences, numbering }, { preferences: { specials: "skip" } }]);
  });

  test.each([
    ["watchedFrom", 12],
    ["minMinutes", -1],
    ["quietHours", { from: "7", to: "8" }],
    ["addTo", "somewhere"],
  ])("are refused where they make no sense: %s", async (name, value) => {
    const preferences = { [name]: value };
    start();
    const ana = await app.signIn("ana");
    const refused = await ana.patch("/api/integrations/plex/settings", { preferences });
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].path).toStartWith("preferences");
  });
});

describe("the banner about a server's trouble", () => {
  async function troubled(change: Parameters<typeof updateIntegration>[2]) {
    const dismissed: string[] = [];
    start({
      dismiss(_user, id) {
        dismissed.push(id);
        updateIntegration(app.db, Number(id), { dismissedAt: 1 });
      },
    });
    const ana = await app.signIn("ana");
    const id = addIntegration(app.db, ana.user.id, { serverName: "<b>Attic" });
    updateIntegration(app.db, id, change);
    return { ana, id, dismissed };
  }

  test("stands on every page, and can be put away", async () => {
    const { ana, id, dismissed } = await troubled({ status: "needs-login", firstFailureAt: 0, failureLevel: 1 });
    for (const path of ["/shows", "/history", "/settings/notifications"]) {
      const { text } = await ana.get(path);
      expect(text).toContain("Plex (&lt;b&gt;Attic) needs a new sign-in");
      expect(text).not.toContain("<b>Attic");
    }
    const part = await ana.request(`/integrations/${id}/dismissal`, { method: "POST", headers: htmx });
    expect(part.text).toStartWith('<div id="banners"');
    expect(dismissed).toEqual([String(id)]);
    expect((await ana.get("/shows")).text).not.toContain("needs a new sign-in");
    const plain = await ana.form(`/integrations/${id}/dismissal`, {});
    expect([plain.status, plain.headers.get("location")]).toEqual([303, "/"]);
  });

  test("is silent about a blip and speaks of what lasts", async () => {
    const { ana, id } = await troubled({ status: "unreachable", failureLevel: 3 });
    const now = app.clock.now();
    for (const [forMs, speaks] of [
      [HOUR_MS / 2, false],
      [HOUR_MS, true],
      [DAY_MS, true],
    ] as const) {
      updateIntegration(app.db, id, { firstFailureAt: now - forMs });
      const { text } = await ana.get("/shows");
      expect(text.includes("has not been synced for a while")).toBe(speaks);
      expect(text).toContain(speaks ? "Needs you" : "Trying again");
    }
  });

  test("and the light say nothing of a server that is switched off", async () => {
    const { ana, id } = await troubled({ status: "needs-login", firstFailureAt: 0, failureLevel: 1, enabled: false });
    const quiet = (await ana.get("/shows")).text;
    expect(quiet).not.toContain("needs a new sign-in");
    expect(quiet).toContain("Up to date");
    updateIntegration(app.db, id, { status: "unreachable" });
    expect((await ana.get("/shows")).text).toContain("Up to date");
  });
});
