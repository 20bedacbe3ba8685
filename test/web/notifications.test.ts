import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { createErrorRenderer } from "../../src/web/pages/errors.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

let app: TestApp;
let receiver: Receiver;
afterEach(async () => {
  await app.close();
  await receiver.stop();
});

function start(): void {
  receiver = startReceiver();
  app = createTestApp({
    services: (base) => ({
      pageRoutes: pages,
      renderError: createErrorRenderer(base),
      integrations: fakeIntegrations({ list: () => [] }),
      sync: fakeSync({ running: () => null, list: () => [] }),
    }),
  });
}

describe("places for notifications over the API", () => {
  test("are added, tested, changed and removed, and their address is never told again", async () => {
    start();
    const ana = await app.signIn("ana");
    const made = await ana.post("/api/notifications", { url: `${receiver.url}/secret-hook`, name: "Kitchen" });
    expect([made.status, made.json]).toMatchObject([
      201,
      { name: "Kitchen", kind: "webhook", host: receiver.host, enabled: true, lastSentAt: null, problem: null },
    ]);
    const one = `/api/notifications/${made.json.id}`;
    expect((await ana.post(`${one}/test`)).json).toMatchObject({ ok: true });
    expect(receiver.received).toMatchObject([{ path: "/secret-hook", body: { event: "test" } }]);
    receiver.answer = () => new Response(null, { status: 410 });
    expect((await ana.post(`${one}/test`)).json).toMatchObject({ ok: false, message: expect.stringContaining("410") });
    const changed = await ana.patch(one, { enabled: false, name: HOSTILE });
    expect(changed.json).toMatchObject({ enabled: false, name: HOSTILE, lastSentAt: expect.stringMatching(/Z$/) });
    const list = await ana.get("/api/notifications");
    expect(list.json).toMatchObject({ items: [{ id: made.json.id }], nextCursor: null });
    expect([made.text, changed.text, list.text].join()).not.toContain("secret-hook");
    expect((await ana.delete(one)).status).toBe(204);
    expect((await ana.get("/api/notifications")).json.items).toEqual([]);
  });

  test("need a sign-in, are nobody else's, and an address that is none says what to write", async () => {
    start();
    const ana = await app.signIn("ana");
    const { id } = (await ana.post("/api/notifications", { url: receiver.url })).json;
    const ben = await app.signIn("ben");
    for (const [method, path, body] of [
      ["GET", "/api/notifications", undefined],
      ["POST", "/api/notifications", { url: "x" }],
      ["PATCH", `/api/notifications/${id}`, {}],
      ["DELETE", `/api/notifications/${id}`, undefined],
      ["POST", `/api/notifications/${id}/test`, undefined],
    ] as const) {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      expect((await app.client().request(path, init)).status).toBe(401);
    }
    expect((await ben.get("/api/notifications")).json.items).toEqual([]);
    expect((await ben.patch(`/api/notifications/${id}`, { enabled: false })).status).toBe(404);
    expect((await ben.delete(`/api/notifications/${id}`)).status).toBe(404);
    expect((await ben.post(`/api/notifications/${id}/test`)).status).toBe(404);
    const refused = await ana.post("/api/notifications", { url: "ntfys://ntfy.sh" });
    expect([refused.status, refused.json.errors]).toMatchObject([
      422,
      [{ path: "url", message: expect.stringContaining("ntfys://host/topic") }],
    ]);
  });
});

describe("places for notifications on the settings page", () => {
  const path = "/settings/notifications";

  test("are added without script, with hostile names kept as text", async () => {
    start();
    const ana = await app.signIn("ana");
    expect((await ana.get(path)).text).toContain("Nowhere yet");
    const added = await ana.form(path, { url: receiver.url, name: HOSTILE });
    expect([added.status, added.headers.get("location")]).toEqual([303, path]);
    const { document } = new Window();
    document.write((await ana.get(path)).text);
    expect(document.querySelector(".notification-name")?.textContent).toContain(HOSTILE);
    expect(document.querySelector('img[src="x"]')).toBeNull();
  });

  test("a refused address comes back with its reason", async () => {
    start();
    const ana = await app.signIn("ana");
    const refused = await ana.form(path, { url: "pigeon://loft", name: "Loft" });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain("Addresses of this kind are not known here");
    expect(refused.text).toContain('value="pigeon://loft"');
  });

  test("are tested, switched off and removed in place", async () => {
    start();
    const ana = await app.signIn("ana");
    const { id } = (await ana.post("/api/notifications", { url: receiver.url })).json;
    const send = (at: string, fields: Record<string, string> = {}) =>
      ana.request(at, { method: "POST", body: new URLSearchParams(fields), headers: htmx });
    const tested = await send(`${path}/${id}/test`);
    expect(tested.text).toStartWith("<li");
    expect(tested.text).toContain("has taken the test message");
    expect((await ana.form(`${path}/${id}/test`, {})).headers.get("location")).toBe(path);
    expect((await send(`${path}/${id}`, { enabled: "false" })).text).toContain("Switched off");
    expect((await send(`${path}/${id}`, { _method: "DELETE" })).text).toContain("Nowhere yet");
    expect((await send(`${path}/${id}/test`)).status).toBe(404);
  });
});
