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
  others: [
    { title: "Another way", intro: "It also tells.", steps: ["Do that."], template: '{"a":"{b}"}' },
    { title: "A third way", intro: "It tells less.", steps: ["Do this."], template: null },
  ],
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

const part = (name: string, text: string) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n--x--\r\n`;

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
    ["form fields that call themselves JSON", "data=%7B%7D&x=1", "application/json", { data: "{}", x: "1" }],
    ["JSON that calls itself a form", '{"event":"a=b"}', "multipart/form-data; boundary=x", { event: "a=b" }],
    ["JSON that calls itself form fields", '{"event":"a=b"}', "application/x-www-form-urlencoded", { event: "a=b" }],
    ["a form that does not say so", part("data", "{}"), "text/plain", { data: "{}" }],
    ["a form without a type", new TextEncoder().encode(part("data", "{}")), null, { data: "{}" }],
    ["a form under another mark than its own", part("data", "{}"), "multipart/form-data; boundary=y", { data: "{}" }],
    ["what breaks off", '{"event"', "application/json", '{"event"'],
    ["a form that breaks off", "--x\r\nContent-Dis", "multipart/form-data; boundary=x", "--x\r\nContent-Dis"],
    ["nothing", "", "application/json", ""],
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
        registeredAt: null,
        registrable: true,
        problem: null,
        guide,
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
        return { registered: false, problem: "plex.tv did not answer." };
      },
      register: async (_user, _id, base) => void done.push(base),
      unregister: async () => void done.push("unregister"),
    });
    const ana = await app.signIn();
    expect((await ana.post("/api/integrations/1/webhook")).json).toMatchObject({ problem: "plex.tv did not answer." });
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

describe("the page of a webhook", () => {
  const part = { "hx-request": "true", "hx-current-url": "http://localhost/integrations/1/webhook" };
  const hostile = '<img src=x onerror="alert(1)">';

  async function open(members: Partial<WebhookService> = {}, options: TestAppOptions = {}) {
    start({ view: async (_user, _id, base) => shown(base), ...members }, options);
    return app.signIn();
  }

  test("shows address, what it needs, steps and what has come, without script", async () => {
    const ana = await open();
    const { status, text } = await ana.get("/integrations/1/webhook");
    expect(status).toBe(200);
    expect(text).toContain(`${app.url}/api/webhooks/plex/${secret}</code>`);
    for (const words of [
      "Webhook of Attic",
      "It tells at once.",
      "Paste it.",
      "Another way",
      "A third way",
      "The Door",
      "Used",
    ]) {
      expect(text).toContain(words);
    }
    expect(text).toContain('href="/syncs/7"');
  });

  test("opens the steps where the service has no list that could be changed from here", async () => {
    const ana = await open({ view: async (_user, _id, base) => shown(base, { registrable: false }) });
    const listless = (await ana.get("/integrations/1/webhook")).text;
    expect(listless).toContain("Set it up in Plex");
    expect(listless).not.toContain("By hand");
    expect(listless.match(/<details[^>]* open/g)).toHaveLength(1);
    expect(listless.match(/<pre/g)).toHaveLength(1);
  });

  test("waits for the first delivery where none has come", async () => {
    const ana = await open({ view: async (_user, _id, base) => shown(base, { deliveries: [] }) });
    expect((await ana.get("/integrations/1/webhook")).text).toContain("Waiting for the first delivery");
  });

  test("warns of an address that leads nowhere, and of https", async () => {
    const ana = await open();
    expect((await ana.get("/integrations/1/webhook")).text).toContain("means each machine itself");
    await app.close();
    const eve = await open({}, { env: { PUBLIC_URL: "https://tracker.example.org" } });
    const { text } = await eve.get("/integrations/1/webhook");
    expect(text).not.toContain("means each machine itself");
    expect(text).toContain("only with a certificate");
    await app.close();
    const kim = await open({}, { env: { PUBLIC_URL: "http://192.0.2.20:4747" } });
    expect((await kim.get("/integrations/1/webhook")).text).not.toContain("webhook-warning");
  });

  test("keeps what servers send as text", async () => {
    const bad = { ...delivery, title: hostile, event: hostile, reason: hostile };
    const ana = await open({
      view: async (_user, _id, base) => shown(base, { deliveries: [bad], registered: true, registeredAt: hostile }),
      deliveries: () => [bad],
    });
    for (const path of ["/integrations/1/webhook", "/integrations/1/webhook/deliveries"]) {
      const { text } = await ana.get(path, part);
      expect(text).toContain("&lt;img");
      expect(text).not.toContain("<img src=x");
    }
  });

  test("registers with one press: as a part, and as a plain form", async () => {
    let registered = false;
    const ana = await open({
      view: async (_user, _id, base) => shown(base, { registered }),
      register: async () => {
        registered = true;
      },
      unregister: async () => {
        registered = false;
      },
    });
    const path = "/integrations/1/webhook/registration";
    const pressed = await ana.request(path, {
      method: "POST",
      headers: part,
      body: new URLSearchParams({ _method: "PUT" }),
    });
    expect([pressed.status, pressed.text.includes("Remove from Plex")]).toEqual([200, true]);
    const plain = await ana.form(path, { _method: "DELETE" });
    expect([plain.status, plain.headers.get("location")]).toEqual([303, "/integrations/1/webhook"]);
    const page = await ana.get("/integrations/1/webhook");
    expect(page.text).toContain("The address is no longer registered.");
    expect(page.text).toContain("Register with Plex");
  });

  test("says in the service's words why it cannot be registered", async () => {
    const ana = await open({
      register: async () => {
        throw new AppError("conflict", "This account has no Plex Pass.", { hint: "Syncs go on." });
      },
    });
    const path = "/integrations/1/webhook/registration";
    const body = new URLSearchParams({ _method: "PUT" });
    const pressed = await ana.request(path, { method: "POST", headers: part, body });
    expect([pressed.status, pressed.text.includes("This account has no Plex Pass. Syncs go on.")]).toEqual([409, true]);
    expect((await ana.form(path, { _method: "PUT" })).status).toBe(303);
    expect((await ana.get("/integrations/1/webhook")).text).toContain("This account has no Plex Pass. Syncs go on.");
  });

  test("makes a new address, and says when the list still has the old one", async () => {
    const ana = await open({ rotate: async () => ({ registered: false, problem: "plex.tv is having trouble." }) });
    const answer = await ana.form("/integrations/1/webhook", {});
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/integrations/1/webhook"]);
    expect((await ana.get("/integrations/1/webhook")).text).toContain("plex.tv is having trouble.");
    const pressed = await ana.request("/integrations/1/webhook", { method: "POST", headers: part });
    expect(pressed.text).toContain(secret);
    expect(pressed.text).toContain("The address is new");
  });

  test("asks the service itself whether the address is in its list", async () => {
    let asked = 0;
    const ana = await open({
      isRegistered: async () => {
        asked += 1;
        return true;
      },
    });
    expect((await ana.get("/integrations/1/webhook")).text).toContain('hx-trigger="load"');
    expect(asked).toBe(0);
    const answer = await ana.get("/integrations/1/webhook/registration", part);
    expect([answer.status, asked, answer.text.includes('hx-trigger="load"')]).toEqual([200, 1, false]);
  });

  test("is nobody else's", async () => {
    const ana = await open();
    const nobody = await app.client().get("/integrations/1/webhook");
    expect([nobody.status, nobody.headers.get("location")]).toEqual([303, "/login?next=%2Fintegrations%2F1%2Fwebhook"]);
    expect(ana.user.username).toBe("ana");
    await app.close();
    app = createTestApp({
      services: {
        integrations: fakeIntegrations({
          list: () => [],
          get: () => {
            throw new AppError("not-found", "There is no such integration.");
          },
        }),
      },
    });
    const ben = await app.signIn("ben");
    expect((await ben.get("/integrations/1/webhook")).status).toBe(404);
  });
});
