import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { AppError } from "../../src/kernel/errors.ts";
import type { SyncLogView } from "../../src/services/sync/types.ts";
import { frame } from "../../src/web/sse.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeSync, syncLogView } from "../support/fake-services.ts";
import type { Client } from "../support/http.ts";
import { until } from "../support/until.ts";

type Frame = { event: string; data: string };

/** Reads a stream frame by frame; comments are passed over. */
function reader(response: Response) {
  const source = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    /** Null at the end of the stream. */
    async next(): Promise<Frame | null> {
      for (;;) {
        const at = text.indexOf("\n\n");
        if (at < 0) {
          const { done = true, value } = (await source?.read()) ?? {};
          if (done) return null;
          text += decoder.decode(value, { stream: true });
          continue;
        }
        const lines = text.slice(0, at).split("\n");
        text = text.slice(at + 2);
        const all = (name: string) =>
          lines.filter((l) => l.startsWith(`${name}: `)).map((l) => l.slice(name.length + 2));
        if (lines.every((line) => line.startsWith(":"))) continue;
        return { event: all("event").join(""), data: all("data").join("\n") };
      }
    },
    leave: () => source?.cancel(),
  };
}

const progress = { phase: "episodes", done: 5, total: 10, showsSynced: 1, episodesSynced: 5 } as const;

let app: TestApp;
let log: SyncLogView;

beforeEach(() => {
  log = syncLogView({ status: "running", syncedAt: null, progress });
  app = createTestApp({
    services: {
      sync: fakeSync({
        get(userId, syncId) {
          if (userId !== 1 || syncId !== "7") throw new AppError("not-found", "There is no such sync.");
          return log;
        },
      }),
    },
  });
});
afterEach(() => app.close());

describe("a frame", () => {
  test("has a prefix on each line, whatever ends the lines", () => {
    expect(frame({ data: "<li>\r\none\rtwo\n</li>" })).toBe("data: <li>\ndata: one\ndata: two\ndata: </li>\n\n");
    expect(frame({ event: "end", data: "" })).toBe("event: end\ndata: \n\n");
    expect(() => frame({ event: "a\ndata: b", data: "" })).toThrow(TypeError);
  });
});

describe("the events of a sync", () => {
  test("begin with the current state, go on with progress and end with the run", async () => {
    const ana = await app.signIn();
    const response = await ana.open("/api/syncs/7/events");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    const stream = reader(response);
    expect(await stream.next()).toEqual({ event: "progress", data: JSON.stringify(progress) });
    const ids = { integrationId: 1, userId: 1 };
    app.deps.bus.publish("sync.progress", { ...ids, syncId: 8, progress: { ...progress, done: 9 } });
    app.deps.bus.publish("sync.progress", { ...ids, syncId: 7, progress: { ...progress, done: 6 } });
    expect(JSON.parse((await stream.next())?.data ?? "")).toMatchObject({ done: 6 });
    log = syncLogView();
    app.deps.bus.publish("sync.finished", { ...ids, syncId: 7, status: "success" });
    const end = await stream.next();
    expect(end?.event).toBe("end");
    expect(JSON.parse(end?.data ?? "")).toMatchObject({
      id: "7",
      status: "success",
      startedAt: "2026-01-02T03:04:05.000Z",
    });
    expect(await stream.next()).toBeNull();
    expect(app.web.hub.size()).toBe(0);
  });

  test("of a run that is over are its end alone", async () => {
    log = syncLogView({ status: "error" });
    const stream = reader(await (await app.signIn()).open("/api/syncs/7/events"));
    expect((await stream.next())?.event).toBe("end");
    expect(await stream.next()).toBeNull();
  });

  test("of somebody else's run are a 404", async () => {
    await app.signIn();
    const ben = await app.signIn("ben");
    expect((await ben.get("/api/syncs/7/events")).status).toBe(404);
  });
});

/** A user's live page, past the number that every stream begins with. */
async function listen(client: Pick<Client, "open">) {
  const stream = reader(await client.open("/events"));
  const first = await stream.next();
  expect(first?.event).toBe("news-at");
  return { ...stream, begin: Number(first?.data.split(".")[1]) };
}

const numberOf = (found: Frame | null) => Number(found?.data.split(".")[1]);

describe("live pages", () => {
  test("hear of their own user's news and of everybody's, never of others', each with its number", async () => {
    const ana = await app.signIn();
    const stream = await listen(ana);
    app.deps.bus.publish("plays.changed", { userId: 2, showIds: [1] });
    app.deps.bus.publish("plays.changed", { userId: 1, showIds: [2] });
    app.deps.bus.publish("show.changed", { showId: 3 });
    const [plays, show] = [await stream.next(), await stream.next()];
    expect([plays?.event, numberOf(plays)]).toEqual(["plays.changed", stream.begin + 1]);
    expect([show?.event, numberOf(show)]).toEqual(["show.changed", stream.begin + 2]);
    await stream.leave();
  });

  test("are told at the begin of a stream how far the news has come meanwhile", async () => {
    const ana = await app.signIn();
    const ben = await app.signIn("ben");
    const before = await listen(ana);
    await before.leave();
    app.deps.bus.publish("plays.changed", { userId: ana.user.id, showIds: [2] });
    app.deps.bus.publish("plays.changed", { userId: ben.user.id, showIds: [2] });
    const after = await listen(ana);
    expect(after.begin).toBe(before.begin + 1);
    await after.leave();
  });

  test("that are left are forgotten at once", async () => {
    const ana = await app.signIn();
    const stream = await listen(ana);
    await stream.leave();
    await until(() => app.web.hub.size() === 0);
    app.deps.bus.publish("show.changed", { showId: 3 });
  });

  test("end with the session that opened them", async () => {
    const ana = await app.signIn();
    const stream = await listen(ana);
    const { cookies } = ana;
    const cookie = `et_session=${cookies.get("et_session")}`;
    expect((await ana.post("/api/auth/logout")).status).toBe(204);
    expect(await stream.next()).toBeNull();
    expect((await fetch(`${app.url}/events`, { headers: { cookie }, redirect: "manual" })).status).toBe(303);
  });

  test("end when the server stops, which does not wait for them", async () => {
    const ana = await app.signIn();
    const second = createTestApp({ services: { accounts: app.deps.accounts } });
    const browser = second.client();
    for (const [name, value] of ana.cookies) browser.cookies.set(name, value);
    const stream = await listen(browser);
    const closing = second.close();
    expect(await stream.next()).toBeNull();
    await closing;
  });

  test("make room for new ones when a user has too many", async () => {
    const ana = await app.signIn();
    const first = await listen(ana);
    const others = await Promise.all(Array.from({ length: 24 }, () => ana.open("/events")));
    expect(await first.next()).toBeNull();
    expect(app.web.hub.size()).toBe(24);
    for (const other of others) await other.body?.cancel();
  });

  test("that do not keep up are told to load everything anew, and memory stays bounded", async () => {
    const ana = await app.signIn();
    const response = await ana.open("/events");
    await until(() => app.web.hub.size() === 1);
    // Far more than sockets buffer, published without giving the reader a turn.
    for (let count = 0; count < 5_000; count += 1) app.deps.bus.publish("show.changed", { showId: count });
    const stream = reader(response);
    const seen: string[] = [];
    for (let found = await stream.next(); found !== null; found = await stream.next()) {
      seen.push(found.event);
      if (numberOf(found) === 5_000) break;
    }
    expect(seen).toContain("resync");
    expect(seen.length).toBeLessThan(1_000);
    await stream.leave();
  });
});
