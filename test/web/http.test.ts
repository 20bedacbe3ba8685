import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { Elysia, t } from "elysia";
import { AppError } from "../../src/kernel/errors.ts";
import { createLog } from "../../src/kernel/log.ts";
import type { RouteFactory } from "../../src/web/deps.ts";
import { apiRoutes } from "../../src/web/routes.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { createTestClock } from "../support/clock.ts";
import type { Client } from "../support/http.ts";

const failures: Record<string, () => unknown> = {
  invalid: () =>
    new AppError("invalid", "Wrong.", { fields: [{ path: "a.b", message: "Is wrong." }], hint: "Do this." }),
  unauthorized: () => new AppError("unauthorized", "Who?"),
  forbidden: () => new AppError("forbidden", "No."),
  "not-found": () => new AppError("not-found", "Gone."),
  conflict: () => new AppError("conflict", "Runs.", { extra: { syncId: "7", status: 1, title: "not this" } }),
  "too-many": () => new AppError("too-many", "Slow.", { retryAfterMs: 61_001 }),
  unreachable: () =>
    new AppError("unreachable", "Off.", { extra: { attempts: [] }, status: 401, detail: "hidden-detail" }),
  "rate-limited": () => new AppError("rate-limited", "Wait.", { retryAfterMs: 5_000 }),
  "auth-expired": () => new AppError("auth-expired", "Sign in there."),
  "bad-answer": () => new AppError("bad-answer", "Odd."),
  unsupported: () => new AppError("unsupported", "Old."),
  database: () => new AppError("database", "Full."),
  internal: () => new Error("hidden-detail"),
  string: () => "hidden-detail",
  null: () => null,
};

const samples: RouteFactory = () =>
  new Elysia()
    .get("/api/fail/:kind", ({ params }) => {
      throw failures[params.kind]?.();
    })
    .get("/fail/:kind", ({ params }) => {
      throw failures[params.kind]?.();
    })
    .post("/api/echo", ({ body }) => ({ body: body ?? null }), {
      body: t.Optional(t.Object({ name: t.Optional(t.String()) })),
    })
    .post("/api/strict", ({ body }) => body, {
      body: t.Object({
        name: t.String({ minLength: 2 }),
        count: t.Optional(t.Integer({ minimum: 1 })),
        kind: t.Optional(t.Union([t.Literal("a"), t.Literal("b")])),
      }),
    })
    .get("/api/limit", ({ query }) => query, { query: t.Object({ limit: t.Optional(t.Integer({ maximum: 100 })) }) })
    .get("/api/broken", () => ({ name: 1 as unknown as string }), { response: { 200: t.Object({ name: t.String() }) } })
    .get("/echo", ({ query }) => `<b>${query["text"]}</b>`);

const lines: string[] = [];
let app: TestApp;
let ana: Client;

beforeAll(async () => {
  const log = createLog({
    clock: createTestClock(),
    level: "debug",
    format: "json",
    write: (line) => lines.push(line),
  });
  app = createTestApp({ log, services: { apiRoutes: [...apiRoutes, samples] } });
  ana = await app.signIn();
});
afterAll(() => app.close());

/** Sends bytes as they are: what no well-behaved client would. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(new URL(app.url).port), "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

describe("a failure", () => {
  const statuses: [string, number][] = [
    ["invalid", 422],
    ["unauthorized", 401],
    ["forbidden", 403],
    ["not-found", 404],
    ["conflict", 409],
    ["too-many", 429],
    ["unreachable", 502],
    ["rate-limited", 502],
    ["auth-expired", 409],
    ["bad-answer", 502],
    ["unsupported", 502],
    ["database", 503],
    ["internal", 500],
    ["string", 500],
    ["null", 500],
  ];
  for (const [kind, status] of statuses) {
    test(`of kind ${kind} is a ${status} problem document, and a page outside the API`, async () => {
      const answer = await ana.get(`/api/fail/${kind}`);
      expect(answer.status).toBe(status);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.json).toMatchObject({ type: "about:blank", status, instance: `/api/fail/${kind}` });
      expect(answer.json.title.length * answer.json.detail.length).toBeGreaterThan(0);
      expect(answer.text).not.toContain("hidden-detail");
      const page = await ana.get(`/fail/${kind}`);
      expect([page.status, page.headers.get("content-type")]).toEqual([status, "text/html; charset=utf-8"]);
      expect(page.text).not.toContain("hidden-detail");
    });
  }

  test("carries fields, hint and further members, which cannot replace the standard ones", async () => {
    expect((await ana.get("/api/fail/invalid")).json).toMatchObject({
      errors: [{ path: "a.b", message: "Is wrong." }],
      hint: "Do this.",
    });
    expect((await ana.get("/api/fail/conflict")).json).toMatchObject({ syncId: "7", status: 409, title: "Conflict" });
    expect((await ana.get("/api/fail/unreachable")).json.attempts).toEqual([]);
  });

  test("says when to try again", async () => {
    expect((await ana.get("/api/fail/too-many")).headers.get("retry-after")).toBe("62");
    expect((await ana.get("/api/fail/rate-limited")).headers.get("retry-after")).toBe("5");
  });

  test("nobody expected has a reference that finds the log line with the cause", async () => {
    const ref = /\(ref (\w+)\)/.exec((await ana.get("/api/fail/internal")).json.detail)?.[1] ?? "";
    expect(ref).toHaveLength(8);
    const line = lines.find((each) => each.includes(ref)) ?? "";
    expect(line).toContain("hidden-detail");
  });

  test("of our own answer's shape is a 500 and no description of our schemas", async () => {
    const answer = await ana.get("/api/broken");
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("string");
  });
});

describe("input", () => {
  const json = { "content-type": "application/json" };
  const bodies: [string, string, Record<string, string>, number, { path: string }[] | null][] = [
    ["is fine", '{"name":"ok","more":1}', json, 200, null],
    ["may be left out where it is optional", "", {}, 200, null],
    ["may be empty where it is optional", "", json, 200, null],
    ["that is cut off is malformed", '{"name":', json, 400, null],
    ["that is a list is invalid", "[]", json, 422, null],
    ["that is a word is invalid", '"x"', json, 422, null],
    ["with a wrong field is invalid there", '{"name":1}', json, 422, [{ path: "name" }]],
    ["of another type is not supported", "name=ok", { "content-type": "application/x-www-form-urlencoded" }, 415, null],
    ["with a charset is fine", '{"name":"ok"}', { "content-type": "application/json; charset=utf-8" }, 200, null],
  ];
  for (const [name, body, headers, status, fields] of bodies) {
    test(`${name}: ${status}`, async () => {
      const answer = await ana.request("/api/echo", { method: "POST", headers, body });
      expect([answer.status, answer.text.includes("properties")]).toEqual([status, false]);
      if (fields !== null) expect(answer.json.errors).toMatchObject(fields);
      if (status >= 400) expect(answer.headers.get("content-type")).toBe("application/problem+json");
    });
  }

  const strict: [string, string, { path: string; message: string }[]][] = [
    ["that is missing", "", [{ path: "name", message: "Is required." }]],
    ["without a field", "{}", [{ path: "name", message: "Is required." }]],
    [
      "with wrong fields",
      '{"name":"x","count":0,"kind":"c"}',
      [
        { path: "name", message: "Must have at least 2 characters." },
        { path: "count", message: "Must be a whole number, at least 1." },
        { path: "kind", message: "Must be one of a, b." },
      ],
    ],
  ];
  for (const [name, body, errors] of strict) {
    test(`${name} is invalid, and says where and why`, async () => {
      const answer = await ana.request("/api/strict", { method: "POST", headers: json, body });
      expect([answer.status, answer.json.errors]).toEqual([422, errors]);
    });
  }

  test("in the address is checked too", async () => {
    expect((await ana.get("/api/limit?limit=5")).json).toEqual({ limit: 5 });
    for (const limit of ["101", "many", "1.5"]) expect((await ana.get(`/api/limit?limit=${limit}`)).status).toBe(422);
  });

  const large = 1024 * 1024 + 1;
  test("over 1 MB is refused, with and without an announced length", async () => {
    const whole = await ana.request("/api/echo", { method: "POST", headers: json, body: "x".repeat(large) });
    expect([whole.status, whole.json.status]).toEqual([413, 413]);
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let sent = 0; sent < large; sent += 65_536) controller.enqueue(new Uint8Array(65_536));
        controller.close();
      },
    });
    expect((await ana.request("/api/echo", { method: "POST", headers: json, body: chunks })).status).toBe(413);
  });

  test("in chunks that are empty is like none", async () => {
    const nothing = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
    const answer = await ana.request("/api/echo", { method: "POST", headers: json, body: nothing });
    expect([answer.status, answer.json]).toEqual([200, { body: {} }]);
  });

  test("in chunks is read", async () => {
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of ['{"name":', '"ok"}']) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const answer = await ana.request("/api/echo", { method: "POST", headers: json, body: chunks });
    expect(answer.json).toEqual({ body: { name: "ok" } });
  });
});

describe("addresses and methods", () => {
  test("that do not exist are 404, as a document under /api and as a page elsewhere", async () => {
    const [document, page] = [await ana.get("/api/nothing"), await ana.get("/nothing")];
    expect([document.status, document.json.instance]).toEqual([404, "/api/nothing"]);
    expect([page.status, page.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  });

  test("that do not go together are 405, with what does", async () => {
    const answer = await ana.request("/api/auth/me", { method: "PUT" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD, PATCH"]);
  });

  test("HEAD answers like GET, without a body", async () => {
    const [get, head] = [await ana.get("/api/auth/me"), await ana.request("/api/auth/me", { method: "HEAD" })];
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(head.headers.get("content-length")).toBe(get.headers.get("content-length"));
    expect((await ana.request("/api/nothing", { method: "HEAD" })).status).toBe(404);
  });

  test("with and without a slash at the end are the same", async () => {
    expect((await ana.get("/api/auth/me/")).status).toBe(200);
  });

  const unusual: [string, string][] = [
    ["HTTP/1.0 without a host", "GET /api/health HTTP/1.0\r\n\r\n"],
    ["an unusable host", "GET /api/health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"],
  ];
  for (const [name, request] of unusual) {
    test(`health checks by ${name} are answered`, async () => expect(await raw(request)).toStartWith("HTTP/1.1 200"));
  }

  test("dots in an address lead nowhere but where they say", async () => {
    const at = (path: string) => raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    for (const path of ["/static/../api/auth/me", "/static/%2e%2e/api/auth/me", "/api/auth/login/../me"]) {
      expect(await at(path)).toStartWith("HTTP/1.1 401");
    }
  });
});

describe("every answer", () => {
  for (const path of ["/api/health", "/api/auth/me", "/api/fail/internal", "/nothing", "/api/docs", "/favicon.ico"]) {
    test(`to ${path} has the security headers and a request id`, async () => {
      const { headers } = await ana.get(path);
      expect(headers.get("content-security-policy")).toContain("default-src 'self'; script-src 'self'");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-opener-policy")).toBeNull();
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f]{8}$/);
    });
  }

  test("is kept by no cache, except files under their hash", async () => {
    expect((await ana.get("/api/auth/me")).headers.get("cache-control")).toBe("no-store");
    const file = await app.client().get(app.web.assetUrl("page.js"));
    expect(file.headers.get("cache-control")).toContain("immutable");
    expect(file.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    for (const part of ["htmx", "registerExtension", "data-popup", "data-refresh"]) expect(file.text).toContain(part);
    const older = await app.client().get("/static/0123456789ab/page.js");
    expect([older.status, older.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    expect((await app.client().get("/static/0123456789ab/nothing.js")).status).toBe(404);
  });

  test("of plain text is never taken for markup", async () => {
    const answer = await ana.get("/echo?text=<i>hello</i>");
    expect(answer.headers.get("content-type") ?? "text/plain").not.toContain("html");
  });

  test("is logged without the query, cookies or tokens", async () => {
    lines.length = 0;
    await ana.get("/api/limit?limit=5&secretive=value-of-query");
    await app.client().post("/api/webhooks/plex/very-secret-address", {});
    const all = lines.join("\n");
    expect(all).toContain('"path":"/api/limit"');
    for (const text of ["value-of-query", "very-secret-address", ...ana.cookies.values()])
      expect(all).not.toContain(text);
  });
});

describe("starting and failing", () => {
  test("on a port that is taken says so", () => {
    const { port } = new URL(app.url);
    const listen = () => app.web.listen({ host: "127.0.0.1", port: Number(port) });
    expect(listen).toThrow(`The server cannot listen on 127.0.0.1:${port}.`);
  });

  test("an error page that fails itself is replaced by a plain one", async () => {
    const broken = createTestApp({
      services: {
        renderError: () => {
          throw new Error("hidden-detail");
        },
      },
    });
    const answer = await (await broken.signIn()).get("/nothing");
    expect([answer.status, answer.text.includes("There is nothing at this address.")]).toEqual([404, true]);
    expect(answer.text).not.toContain("hidden-detail");
    await broken.close();
  });

  test("titles of error pages are escaped", async () => {
    const page = createTestApp({
      services: {
        pageRoutes: [
          () =>
            new Elysia().get("/hostile", () => {
              throw new AppError("conflict", "<img src=x onerror=alert(1)>", { hint: "<b>" });
            }),
        ],
      },
    });
    const answer = await (await page.signIn()).get("/hostile");
    expect([answer.status, answer.text.includes("<img"), answer.text.includes("<b>")]).toEqual([409, false, false]);
    await page.close();
  });
});

describe("looking", () => {
  test("changes nothing: every GET leaves the database as it was", async () => {
    const bytes = () => Bun.hash(app.db.raw.serialize());
    const before = bytes();
    for (const { method, path } of app.web.app.routes) {
      // The guide's paths make this one GET begin a sign-in.
      if (method !== "GET" || path.endsWith("/auth/pin") || path.endsWith("/events")) continue;
      await ana.get(path.replace(/:\w+/g, "1"));
    }
    expect(bytes()).toBe(before);
  });
});

describe("the health check", () => {
  test("says ok and the version to anybody", async () => {
    const answer = await app.client().get("/api/health");
    expect([answer.status, answer.json.status, typeof answer.json.version]).toEqual([200, "ok", "string"]);
  });
});
