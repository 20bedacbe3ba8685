import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readConfig } from "../../../src/config.ts";
import type { Db } from "../../../src/db/open.ts";
import { updateIntegration } from "../../../src/db/repos/integrations.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/domain/instant.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import { createEventBus, type EventBus } from "../../../src/kernel/events.ts";
import { createHttp } from "../../../src/kernel/http.ts";
import { createLog } from "../../../src/kernel/log.ts";
import type { AppEvents } from "../../../src/services/context.ts";
import { createHealth } from "../../../src/services/integrations/health.ts";
import { createNotifications } from "../../../src/services/notifications/service.ts";
import type { Notifications } from "../../../src/services/notifications/types.ts";
import { createVault } from "../../../src/vault/vault.ts";
import { createTestClock, type TestClock } from "../../support/clock.ts";
import { plexOnly, testKey } from "../../support/fake-services.ts";
import { addIntegration, addUser, createTestDb } from "../../support/fixtures.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";

const noon = Date.UTC(2026, 0, 15, 12);

let db: Db;
let clock: TestClock;
let bus: EventBus<AppEvents>;
let lines: string[];
let receiver: Receiver;
let service: Notifications;
let anna: number;
let attic: number;

function deps() {
  const log = createLog({ clock, level: "debug", format: "json", write: (line) => lines.push(line) });
  const config = readConfig({ TZ: "UTC", PUBLIC_URL: "https://tv.example/" });
  return { config, db, clock, log, bus, vault: createVault({ key: testKey }), providers: plexOnly, sources: [] };
}

function open(): Notifications {
  const all = deps();
  const http = createHttp({ clock, log: all.log, userAgent: "test" });
  return createNotifications(all, { http, requireKey: () => undefined });
}

beforeEach(() => {
  db = createTestDb();
  clock = createTestClock(noon);
  bus = createEventBus<AppEvents>((error) => {
    throw error;
  });
  lines = [];
  receiver = startReceiver();
  anna = addUser(db);
  attic = addIntegration(db, anna, { serverName: "Attic" });
  service = open();
});

afterEach(async () => {
  await service.stop();
  await receiver.stop();
  db.close();
});

const health = () => createHealth(deps());
const refused = new AppError("auth-expired", "plex.tv does not accept the sign-in.");
const silent = new AppError("unreachable", "Attic did not answer.");
const events = () => receiver.received.map(({ body }) => body["event"]);
const place = (path = "/hook", userId = anna) => service.add(userId, { url: `${receiver.url}${path}` });

describe("what is said of an outage", () => {
  test("a needed sign-in once, and once that it is well again, however often either is seen", async () => {
    await place();
    for (let times = 0; times < 3; times += 1) {
      health().failed(attic, refused);
      await service.run();
      clock.advance(HOUR_MS);
    }
    expect(events()).toEqual(["needs-login"]);
    expect(receiver.received[0]?.body).toMatchObject({
      provider: "plex",
      server: "Attic",
      title: "Plex (Attic) needs a new sign-in",
      since: "2026-01-15T12:00:00.000Z",
      link: "https://tv.example/integrations",
    });
    health().succeeded(attic);
    await service.run();
    await service.run();
    expect(events()).toEqual(["needs-login", "recovered"]);
  });

  test("nothing of a blip, and of what lasts once it has lasted", async () => {
    await place();
    for (let minutes = 0; minutes < 50; minutes += 10) {
      health().failed(attic, silent);
      await service.run();
      clock.advance(10 * MINUTE_MS);
    }
    expect(events()).toEqual([]);
    clock.advance(15 * MINUTE_MS);
    await service.run();
    expect(events()).toEqual(["failing"]);
    health().failed(attic, refused);
    await service.run();
    expect(events()).toEqual(["failing", "needs-login"]);
    health().succeeded(attic);
    await service.run();
    expect(events()).toEqual(["failing", "needs-login", "recovered"]);
  });

  test("a single failure counts after a day", async () => {
    await place();
    health().failed(attic, silent);
    clock.advance(DAY_MS - 1);
    await service.run();
    clock.advance(1);
    await service.run();
    expect(events()).toEqual(["failing"]);
  });

  test("a later outage is another one", async () => {
    await place();
    for (let times = 0; times < 2; times += 1) {
      health().failed(attic, refused);
      await service.run();
      health().succeeded(attic);
      await service.run();
      clock.advance(DAY_MS);
    }
    expect(events()).toEqual(["needs-login", "recovered", "needs-login", "recovered"]);
  });

  test("nothing is said twice after a restart, and what was not said yet is said then", async () => {
    await place();
    health().failed(attic, refused);
    await service.run();
    await service.stop();
    service = open();
    await service.run();
    expect(events()).toEqual(["needs-login"]);
    health().succeeded(attic);
    await service.stop();
    service = open();
    await service.run();
    expect(events()).toEqual(["needs-login", "recovered"]);
  });

  test("its end is not told to those who never heard of it", async () => {
    receiver.answer = () => new Response(null, { status: 503 });
    await place();
    health().failed(attic, refused);
    await service.run();
    receiver.answer = () => new Response(null, { status: 204 });
    health().succeeded(attic);
    clock.advance(DAY_MS);
    await service.run();
    expect(events()).toEqual(["needs-login"]);
  });

  test("is told to its own user only, at every place that is switched on", async () => {
    const ben = addUser(db, "ben");
    await place("/anna");
    await place("/also");
    const { id } = await place("/off");
    await service.change(anna, id, { enabled: false });
    await place("/ben", ben);
    health().failed(attic, refused);
    await service.run();
    expect(receiver.received.map(({ path }) => path).sort()).toEqual(["/also", "/anna"]);
  });

  test("is not told of a server that has been disconnected", async () => {
    await place();
    health().failed(attic, refused);
    updateIntegration(db, attic, { disconnectedAt: noon, status: "ok" });
    await service.run();
    expect(events()).toEqual([]);
  });

  test("is heard of at once by whoever listens", async () => {
    await place();
    service.start();
    health().failed(attic, refused);
    await service.run();
    expect(events()).toEqual(["needs-login"]);
  });
});

describe("sending", () => {
  test("a place that is down is tried again a few times, ever later, and then given up", async () => {
    receiver.answer = () => new Response(null, { status: 500 });
    await place();
    health().failed(attic, refused);
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      await service.run();
      clock.advance(MINUTE_MS);
    }
    expect(events()).toHaveLength(5);
    expect(lines.filter((line) => line.includes("notification.given-up"))).toHaveLength(1);
    expect(service.list(anna)[0]?.problem).toContain("HTTP 500");
  });

  test("a redirect is not followed", async () => {
    receiver.answer = () => new Response(null, { status: 307, headers: { location: `${receiver.url}/elsewhere` } });
    const { id } = await place();
    expect(await service.test(anna, id)).toMatchObject({ ok: false });
    expect(receiver.received.map(({ path }) => path)).toEqual(["/hook"]);
  });

  test("the address is sealed and in no log", async () => {
    const { id } = await service.add(anna, { url: `${receiver.url.replace("//", "//key:word@")}/very-secret` });
    await service.test(anna, id);
    receiver.answer = () => new Response(null, { status: 500 });
    await service.test(anna, id);
    health().failed(attic, refused);
    await service.run();
    const [stored] = db.raw.query<{ sealed_url: string }, []>("SELECT * FROM notification_targets").all();
    expect(JSON.stringify([stored, service.list(anna), lines])).not.toMatch(/very-secret|key:word/);
    expect(receiver.received[0]?.headers.get("authorization")).toBe(`Basic ${btoa("key:word")}`);
  });

  test("each service gets the message as it wants it", async () => {
    const forms: [string, string, Record<string, unknown>][] = [
      [`ntfy://tk_1@${receiver.host}/episodes`, "/", { topic: "episodes", message: expect.any(String), priority: 3 }],
      [`gotify://${receiver.host}/sub/token-1`, "/sub/message", { message: expect.any(String), priority: 3 }],
      [`apprise://${receiver.host}/key-1`, "/notify/key-1", { body: expect.any(String), type: "success" }],
      [`http://${receiver.host}/hook?a=1`, "/hook", { event: "test", message: expect.any(String), server: null }],
    ];
    for (const [url, path, body] of forms) {
      const { id } = await service.add(anna, { url });
      clock.advance(1);
      expect(await service.test(anna, id)).toMatchObject({ ok: true });
      expect(receiver.received.pop()).toMatchObject({ path, body: { title: expect.any(String), ...body } });
    }
    expect(service.list(anna).map(({ kind }) => kind)).toEqual(["ntfy", "gotify", "apprise", "webhook"]);
  });

  test("Discord gets it at its own address, and nobody is called by a server's name", async () => {
    const posts: [string, unknown][] = [];
    const all = deps();
    const http = createHttp({
      clock,
      log: all.log,
      userAgent: "test",
      transport: async (url, init) => {
        posts.push([url, JSON.parse(String(init.body))]);
        return new Response(null, { status: 204 });
      },
    });
    const discord = createNotifications(all, { http, requireKey: () => undefined });
    const { id, host } = await discord.add(anna, { url: "https://discord.com/api/webhooks/123/tOken" });
    await discord.test(anna, id);
    expect(host).toBe("discord.com");
    expect(posts).toEqual([
      [
        "https://discord.com/api/webhooks/123/tOken",
        { content: expect.stringContaining("**"), allowed_mentions: { parse: [] } },
      ],
    ]);
    await discord.stop();
  });
});

describe("places", () => {
  test("are somebody's own", async () => {
    const { id } = await place();
    const ben = addUser(db, "ben");
    expect(service.list(ben)).toEqual([]);
    expect(() => service.remove(ben, id)).toThrow(expect.objectContaining({ code: "not-found" }));
    expect(service.change(ben, id, { enabled: false })).rejects.toMatchObject({ code: "not-found" });
    expect(service.test(ben, id)).rejects.toMatchObject({ code: "not-found" });
    service.remove(anna, id);
    expect(service.list(anna)).toEqual([]);
  });

  test("can be given another address and name", async () => {
    const { id } = await place();
    await service.change(anna, id, { url: `ntfy://${receiver.host}/topic`, name: " Phone " });
    expect(service.list(anna)).toMatchObject([{ kind: "ntfy", name: "Phone" }]);
    await service.test(anna, id);
    expect(receiver.received[0]?.body["topic"]).toBe("topic");
  });

  test("are ten at most", async () => {
    for (let number = 0; number < 10; number += 1) await place(`/${number}`);
    expect(place("/one-more")).rejects.toMatchObject({ code: "conflict" });
  });
});
