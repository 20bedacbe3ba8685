import { afterEach, describe, expect, test } from "bun:test";
import { AppError } from "../../src/kernel/errors.ts";
import type { DeliveryView, WebhookService, WebhookView } from "../../src/services/webhooks/types.ts";
import { webhookForm } from "../simulators/plex-webhooks.ts";
import { createTestApp, type TestApp, type TestAppOptions } from "../support/app.ts";
import { fakeIntegrations, integrationView, standIn } from "../support/fake-services.ts";

let app: TestApp;
afterEach(() => app.close());

const began = Date.UTC(2026, 0, 2, 3, 4, 5);
const secret = "s3cret-s3cret-s3cret";

const delivery: DeliveryView = {
  id: "9",
  event: "media.scrobble",
  title: "Some Show · S6 E5 · The Door",
  outcome: "used",
  reason: null,
  syncId: "7",
  receivedAt: began,
  settledAt: began + 20,
  nextAttemptAt: null,
};

const guide: WebhookView["guide"] = {
  intro: "It tells at once.",
  title: "In its settings",
  page: { url: "https://app.example.com/webhooks", label: "The list" },
  steps: ["Open it.", "Paste it."],
  instead: { title: "Another way", intro: "It also tells.", steps: ["Do that."], template: '{"a":"{b}"}' },
};

function shown(base: string, change: Partial<WebhookView> = {}): WebhookView {
  const url = `${base}/plex/${secret}`;
  return { url, registered: false, registeredAt: null, registrable: true, guide, deliveries: [delivery], ...change };
}

function start(members: Partial<WebhookService>, options: TestAppOptions = {}): void {
  app = createTestApp({
    ...options,
    services: {
      webhooks: standIn<WebhookService>("webhooks", members),
      integrations: fakeIntegrations({ get: () => integrationView(), list: () => [integrationView()] }),
    },
  });
}

describe("a media server posts", () => {
  const received: unknown[] = [];
  const find: WebhookService["find"] = (provider, given) =>
    provider === "plex" && given === secret ? { integrationId: 1, userId: 1 } : null;
  const receive: WebhookService["receive"] = (_, body) => void received.push(body);

  function begin(options: TestAppOptions = {}) {
    received.length = 0;
    start({ find, receive }, options);
    return (body: RequestInit["body"], type: string | null, path = `/api/webhooks/plex/${secret}`) =>
      fetch(`${app.url}${path}`, { method: "POST", body, headers: type === null ? {} : { "content-type": type } });
  }

  test("in the form in which Plex does, and it is taken at once", async () => {
    const post = begin();
    const form = webhookForm({ event: "media.scrobble" }, true);
    const answer = await post(form.body, form.type);
    expect([answer.status, await answer.text()]).toEqual([202, ""]);
    expect(received).toEqual([{ payload: '{"event":"media.scrobble"}' }]);
  });

  const bodies: [string, RequestInit["body"], string | null, unknown][] = [
    ["JSON", '{"event":"a"}', "application/json", { event: "a" }],
    ["JSON that calls itself text", '{"event":"a"}', "text/plain", { event: "a" }],
    ["JSON without a type", new TextEncoder().encode('{"event":"a"}'), null, { event: "a" }],
    [
      "form fields",
      "payload=%7B%22event%22%3A%22a%22%7D",
      "application/x-www-form-urlencoded",
      { payload: '{"event":"a"}' },
    ],
    ["what breaks off", '{"event"', "application/json", null],
    ["a form that breaks off", "--x\r\nContent-Dis", "multipart/form-data; boundary=x", null],
    ["nothing", "", "application/json", null],
  ];
  test.each(bodies)("%s", async (_, body, type, read) => {
    const post = begin();
    expect((await post(body, type)).status).toBe(202);
    expect(received).toEqual([read]);
  });

  test("a part with the message that has the name of a file", async () => {
    const post = begin();
    const form = new FormData();
    form.set("payload", new File(['{"event":"a"}'], "payload.json", { type: "application/json" }));
    form.set("thumb", new File(["…"], "thumb.jpg", { type: "image/jpeg" }));
    await post(form, null);
    expect(received).toEqual([{ payload: '{"event":"a"}' }]);
  });

  test("to an address that nobody has: 404, which does not repeat it", async () => {
    const post = begin();
    for (const path of ["/api/webhooks/plex/guess", `/api/webhooks/emby/${secret}`, `/api/webhooks/other/${secret}`]) {
      const answer = await post("{}", "application/json", path);
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toMatch(/guess|s3cret/);
    }
    expect(received).toEqual([]);
  });

  test("more than 5 MB: refused", async () => {
    const post = begin();
    expect((await post("x".repeat(5 * 1024 * 1024 + 1), "application/json")).status).toBe(413);
    expect((await post(`"${"x".repeat(4_900_000)}"`, "application/json")).status).toBe(202);
  });

  test("from a page of another website, or below a sub-path: it is the secret that counts", async () => {
    const post = begin({ env: { BASE_PATH: "/tracker" } });
    expect((await post("{}", "application/json")).status).toBe(202);
    const foreign = await fetch(`${app.url}/api/webhooks/plex/${secret}`, {
      method: "POST",
      body: "{}",
      headers: { origin: "https://evil.invalid", "sec-fetch-site": "cross-site" },
    });
    expect(foreign.status).toBe(202);
    expect((await fetch(`${app.url}/api/webhooks/plex/${secret}`)).status).toBe(405);
  });

  test("and the secret is in no line of the log", async () => {
    const lines: string[] = [];
    const write = (...parts: unknown[]) => void lines.push(JSON.stringify(parts));
    const log = { debug: write, info: write, warn: write, error: write, child: () => log };
    const post = begin({ log });
    await post("{}", "application/json");
    await post("{}", "application/json", `/api/webhooks/plex/${secret}/more`);
    await post("{}", "application/json", `/api/webhooks/emby/${secret}`);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join("\n")).not.toContain(secret);
  });
});

describe("the address of an integration", () => {
  const members: Partial<WebhookService> = {
    view: async (_user, id, base) => {
      if (id !== "1") throw new AppError("not-found", "There is no such integration.");
      return shown(base);
    },
    isRegistered: async () => true,
  };

  test("is told with what has come to it", async () => {
    start(members, { env: { PUBLIC_URL: "http://tracker.example.org/sub", BASE_PATH: "/sub" } });
    const ana = await app.signIn();
    const answer = await ana.get("/api/integrations/1/webhook");
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        url: `http://tracker.example.org/sub/api/webhooks/plex/${secret}`,
        registered: true,
        registrable: true,
        deliveries: [{ ...delivery, receivedAt: "2026-01-02T03:04:05.000Z", settledAt: "2026-01-02T03:04:05.020Z" }],
      },
    ]);
  });

  test("is made from the request where no address is set", async () => {
    start(members, { env: { BASE_PATH: "/sub" } });
    const ana = await app.signIn();
    expect((await ana.get("/api/integrations/1/webhook")).json.url).toBe(`${app.url}/api/webhooks/plex/${secret}`);
  });

  test("is changed and registered on request", async () => {
    const done: string[] = [];
    start({
      ...members,
      rotate: async () => {
        done.push("rotate");
        return { registered: true, problem: null };
      },
      register: async (_user, _id, base) => void done.push(base),
      unregister: async () => void done.push("unregister"),
    });
    const ana = await app.signIn();
    expect((await ana.post("/api/integrations/1/webhook")).json).toMatchObject({ registered: true });
    expect((await ana.put("/api/integrations/1/webhook/registration")).json).toEqual({ registered: true });
    expect((await ana.delete("/api/integrations/1/webhook/registration")).status).toBe(204);
    expect(done).toEqual(["rotate", `${app.url}/api/webhooks`, "unregister"]);
  });

  test("is not registered for an account that may have none", async () => {
    start({
      register: async () => {
        throw new AppError("conflict", "Plex keeps webhooks for accounts with Plex Pass.", { hint: "Syncs go on." });
      },
    });
    const ana = await app.signIn();
    const answer = await ana.put("/api/integrations/1/webhook/registration");
    expect([answer.status, answer.json.detail, answer.json.hint]).toEqual([
      409,
      "Plex keeps webhooks for accounts with Plex Pass.",
      "Syncs go on.",
    ]);
  });

  test("is for its user only", async () => {
    start(members);
    const nobody = app.client();
    for (const ask of [
      () => nobody.get("/api/integrations/1/webhook"),
      () => nobody.post("/api/integrations/1/webhook"),
      () => nobody.put("/api/integrations/1/webhook/registration"),
    ]) {
      expect((await ask()).status).toBe(401);
    }
    const ana = await app.signIn();
    expect((await ana.get("/api/integrations/2/webhook")).status).toBe(404);
  });
});
