import { afterEach, describe, expect, test } from "bun:test";
import { safeNext } from "../../src/web/guard.ts";
import { createProxyReader } from "../../src/web/proxy.ts";
import { createPaths } from "../../views/paths.ts";
import { createTestApp, type TestApp, testPassword } from "../support/app.ts";
import { fakeIntegrations } from "../support/fake-services.ts";

let app: TestApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function cookieOf(made: TestApp, headers: Record<string, string> = {}): Promise<string> {
  const answer = await made.client().post("/api/auth/setup", { username: "ana", password: testPassword }, headers);
  expect(answer.status).toBe(201);
  return answer.headers.get("set-cookie") ?? "";
}

describe("the session cookie", () => {
  test("is for this site's pages only and not for scripts, and not Secure on plain http", async () => {
    app = createTestApp();
    const cookie = await cookieOf(app, { "x-forwarded-proto": "https" });
    expect(cookie).toMatch(/^et_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test("is Secure behind a trusted proxy that speaks https", async () => {
    app = createTestApp({ env: { TRUST_PROXY: "true" } });
    expect(await cookieOf(app, { "x-forwarded-proto": "https" })).toEndWith("; Secure");
  });

  test("is Secure when the browser itself is on an https page of this host", async () => {
    app = createTestApp();
    expect(await cookieOf(app, { origin: `https://${new URL(app.url).host}` })).toEndWith("; Secure");
  });

  test("stays below the sub-path", async () => {
    app = createTestApp({ env: { BASE_PATH: "tracker/" } });
    expect(await cookieOf(app)).toContain("Path=/tracker; ");
  });

  test("is renewed along with the session", async () => {
    app = createTestApp();
    const ana = await app.signIn();
    expect((await ana.get("/api/auth/me")).headers.get("set-cookie")).toBeNull();
    app.clock.advance(2 * 3_600_000);
    const [name, value] = [...ana.cookies][0] ?? ["", ""];
    expect((await ana.get("/api/auth/me")).headers.get("set-cookie")).toStartWith(`${name}=${value}; Max-Age=2592000`);
    expect((await ana.get("/api/auth/me")).headers.get("set-cookie")).toBeNull();
  });
});

describe("a sub-path", () => {
  test("is part of every address, and nothing is served outside", async () => {
    app = createTestApp({ env: { BASE_PATH: "/tracker" } });
    const root = new URL(app.url).origin;
    const visitor = app.client();
    expect((await visitor.get("/api/health")).status).toBe(200);
    expect((await visitor.get("/shows")).headers.get("location")).toBe("/tracker/setup");
    expect((await fetch(`${root}/api/health`)).status).toBe(404);
    expect((await fetch(`${root}/trackers/api/health`)).status).toBe(404);
    const top = await fetch(`${root}/`, { redirect: "manual" });
    expect([top.status, top.headers.get("location")]).toEqual([303, "/tracker/"]);
    const ana = await app.signIn();
    expect((await ana.get("/api/auth/me")).status).toBe(200);
    expect((await ana.request("/api/auth/me", { method: "PUT" })).status).toBe(405);
    expect((await app.client().get("/shows?a=b")).headers.get("location")).toBe(
      "/tracker/login?next=%2Ftracker%2Fshows%3Fa%3Db",
    );
    const { servers, paths } = (await ana.get("/api/openapi.json")).json;
    expect([servers, "/api/health" in paths]).toEqual([[{ url: "/tracker" }], true]);
    expect(app.web.assetUrl("favicon.svg")).toStartWith("/tracker/static/");
    expect((await fetch(`${root}${app.web.assetUrl("favicon.svg")}`)).status).toBe(200);
  });
});

describe("the address a sign-in leads back to", () => {
  const cases: [string, Record<string, string>, Record<string, string>, RegExp][] = [
    ["is the visitor's own", {}, {}, /^http:\/\/127\.0\.0\.1:\d+\/integrations\/plex\/return$/],
    ["has the sub-path", { BASE_PATH: "/t" }, {}, /^http:\/\/127\.0\.0\.1:\d+\/t\/integrations\/plex\/return$/],
    ["is PUBLIC_URL", { PUBLIC_URL: "https://e.example/" }, {}, /^https:\/\/e\.example\/integrations\/plex\/return$/],
    [
      "is PUBLIC_URL with the sub-path once",
      { PUBLIC_URL: "https://e.example/t", BASE_PATH: "/t" },
      {},
      /^https:\/\/e\.example\/t\/integrations\/plex\/return$/,
    ],
    [
      "is what a trusted proxy says",
      { TRUST_PROXY: "true" },
      { "x-forwarded-proto": "https", "x-forwarded-host": "e.example" },
      /^https:\/\/e\.example\/integrations/,
    ],
    [
      "is not what a stranger says",
      {},
      { "x-forwarded-proto": "https", "x-forwarded-host": "e.example" },
      /^http:\/\/127\.0\.0\.1/,
    ],
  ];
  for (const [name, env, headers, expected] of cases) {
    test(name, async () => {
      let forwardUrl: string | null = null;
      const integrations = fakeIntegrations({
        async startPin(_user, _provider, options) {
          forwardUrl = options.forwardUrl;
          return { pinId: "p", code: "c", authUrl: "https://app.plex.tv/auth", expiresAt: 0 };
        },
      });
      app = createTestApp({ env, services: { integrations } });
      const ana = await app.signIn();
      expect((await ana.get("/api/integrations/plex/auth/pin", headers)).status).toBe(200);
      expect(String(forwardUrl)).toMatch(expected);
    });
  }
});

describe("who asks, behind proxies", () => {
  const cases: [string, string[], string, string, string][] = [
    ["no proxy is trusted", [], "10.0.0.1", "203.0.113.9", "10.0.0.1"],
    ["a trusted proxy names the visitor", ["10.0.0.0/8"], "10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["the visitor made up an address before that", ["private"], "10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"],
    ["two proxies of ours", ["private"], "10.0.0.1", "203.0.113.9, 192.168.1.2", "203.0.113.9"],
    ["the peer is not ours", ["10.0.0.0/8"], "192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["IPv4 written as IPv6", ["127.0.0.1"], "::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["with a port and brackets", ["fd00::/8"], "fd00::1", "[2001:db8::7]:4711", "2001:db8::7"],
    ["nonsense in the chain", ["private"], "10.0.0.1", "unknown", "10.0.0.1"],
  ];
  for (const [name, trusted, peer, forwarded, expected] of cases) {
    test(name, () => {
      const request = new Request("http://localhost/", { headers: { "x-forwarded-for": forwarded } });
      expect(createProxyReader(trusted)(request, peer).ip).toBe(expected);
    });
  }

  test("a range that is none stops the start", () => {
    expect(() => createProxyReader(["999.0.0.0/8"])).toThrow(/TRUST_PROXY/);
  });

  test("failed sign-ins count for the visitor, not for the proxy", async () => {
    app = createTestApp({ env: { TRUST_PROXY: "true" } });
    await app.signIn();
    const attempt = (from: string, password: string) =>
      app?.client().post("/api/auth/login", { username: "ana", password }, { "x-forwarded-for": from });
    for (let count = 0; count < 10; count += 1) expect((await attempt("203.0.113.9", "wrong"))?.status).toBe(401);
    const refused = await attempt("203.0.113.9", testPassword);
    expect([refused?.status, refused?.headers.get("retry-after")]).toEqual([429, "900"]);
    expect((await attempt("203.0.113.10", testPassword))?.status).toBe(200);
  });
});

describe("the way back after signing in", () => {
  const own: [string, string | null][] = [
    ["/shows?list=later", "/shows?list=later"],
    ["/a/../shows", "/shows"],
    ["https://evil.example", null],
    ["//evil.example", null],
    ["/\\evil.example", null],
    ["/\t/evil.example", null],
    ["javascript:alert(1)", null],
    ["shows", null],
    ["", null],
  ];
  for (const [next, expected] of own) {
    test(`${JSON.stringify(next)} leads to ${expected ?? "the start page"}`, () => {
      expect(safeNext(next, createPaths(""))).toBe(expected ?? "/");
    });
  }

  test("stays below the sub-path", () => {
    const paths = createPaths("/t");
    expect([safeNext("/t/shows", paths), safeNext("/other", paths), safeNext("/t/../other", paths)]).toEqual([
      "/t/shows",
      "/t/",
      "/t/",
    ]);
  });
});
