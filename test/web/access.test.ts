import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { contextOf, formOf, userOf } from "../../src/web/context.ts";
import type { RouteFactory } from "../../src/web/deps.ts";
import { createEventRoutes } from "../../src/web/events.ts";
import { page, redirect } from "../../src/web/respond.ts";
import { createTestApp, type TestApp, testPassword } from "../support/app.ts";
import type { Client } from "../support/http.ts";

/** Pages as others write them, in small. */
const samplePages: RouteFactory = ({ paths }) =>
  new Elysia()
    .get("/", ({ request }) => page(`<p>${userOf(request).username}</p>`))
    .get("/login", () => page("<p>sign in</p>"))
    .get("/integrations", () => page("<p>integrations</p>"))
    .post("/integrations/:provider/pins", ({ request }) => redirect(`${paths.integrations()}?${formOf(request)}`))
    .delete("/integrations/:provider", ({ request }) => page(`<p>${contextOf(request).method} ${formOf(request)}</p>`));

let app: TestApp;
beforeAll(() => {
  app = createTestApp({ services: { pageRoutes: [createEventRoutes, samplePages] } });
});
afterAll(() => app.close());

const safe = new Set(["GET", "HEAD", "OPTIONS"]);
const open = [
  "/api/health",
  "/api/openapi.json",
  "/api/docs",
  "/api/auth/setup",
  "/api/auth/signup",
  "/api/auth/login",
  "/api/auth/1/start",
  "/api/auth/1/check",
  "/api/webhooks/1/1",
  "/login",
  "/favicon.ico",
  "/manifest.webmanifest",
  "/sw.js",
  "/offline",
];

function routesOf(app: TestApp): { method: string; path: string }[] {
  const routes = app.web.app.routes.map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, "1") }));
  return routes.filter(({ path }) => !open.includes(path) && !path.startsWith("/static/"));
}

describe("before there is an account", () => {
  test("pages lead to the set-up page and the API says 401", async () => {
    const fresh = createTestApp();
    const visitor = fresh.client();
    expect((await visitor.get("/shows")).headers.get("location")).toBe("/setup");
    expect((await visitor.get("/api/auth/me")).status).toBe(401);
    await fresh.close();
  });
});

describe("every route", () => {
  test("refuses an anonymous visitor, whatever the body", async () => {
    await app.signIn();
    const visitor = app.client();
    const routes = routesOf(app);
    expect(routes.length).toBeGreaterThan(25);
    for (const { method, path } of routes) {
      const answer = await visitor.request(path, {
        method,
        headers: { "content-type": "application/json" },
        ...(safe.has(method) ? {} : { body: '{"nonsense":' }),
      });
      const api = path.startsWith("/api/");
      expect([method, path, answer.status]).toEqual([method, path, api ? 401 : 303]);
      if (api) expect(answer.headers.get("content-type")).toBe("application/problem+json");
      else expect(answer.headers.get("location")).toStartWith("/login");
    }
  });

  test("that writes refuses a signed-in browser that comes from elsewhere, or does not say from where", async () => {
    const { cookies } = await app.signIn();
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sources: Record<string, string>[] = [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
    ];
    for (const { method, path } of routesOf(app).filter((route) => !safe.has(route.method))) {
      for (const source of sources) {
        const answer = await fetch(`${app.url}${path}`, { method, headers: { cookie, ...source }, redirect: "manual" });
        expect([method, path, source, answer.status]).toEqual([method, path, source, 403]);
      }
    }
    expect((await fetch(`${app.url}/api/auth/me`, { headers: { cookie } })).status).toBe(200);
  });
});

describe("writes with a session", () => {
  const accepted: Record<string, string>[] = [
    { "sec-fetch-site": "same-origin" },
    // A proxy that changes the Host header: what the browser says about itself counts.
    { "sec-fetch-site": "same-origin", origin: "https://tracker.example.org" },
  ];
  for (const headers of accepted) {
    test(`are accepted with ${Object.keys(headers).join(" and ")}`, async () => {
      const { cookies } = await app.signIn();
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await fetch(`${app.url}/api/tokens`, {
        method: "POST",
        headers: { cookie, "content-type": "application/json", ...headers },
        body: '{"name":"n"}',
      });
      expect(answer.status).toBe(201);
    });
  }

  test("are accepted from an https page whose proxy we do not know, and from PUBLIC_URL", async () => {
    const behind = createTestApp({ env: { PUBLIC_URL: "https://tracker.example.org" } });
    const { cookies } = await behind.signIn();
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const { host } = new URL(behind.url);
    for (const origin of [`https://${host}`, "https://tracker.example.org"]) {
      const headers = { cookie, origin, "content-type": "application/json" };
      const answer = await fetch(`${behind.url}/api/tokens`, { method: "POST", headers, body: '{"name":"n"}' });
      expect([origin, answer.status]).toEqual([origin, 201]);
    }
    await behind.close();
  });
});

describe("signing in and setting up", () => {
  for (const path of ["/api/auth/login", "/api/auth/setup"]) {
    test(`${path} refuses a form that another website sends`, async () => {
      const headers = { origin: "https://evil.example", "content-type": "application/json" };
      const body = JSON.stringify({ username: "ana", password: testPassword });
      const answer = await fetch(`${app.url}${path}`, { method: "POST", headers, body });
      expect(answer.status).toBe(403);
    });
  }

  test("a script without a browser may sign in", async () => {
    await app.signIn();
    const answer = await fetch(`${app.url}/api/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "ana", password: testPassword }),
    });
    expect(answer.status).toBe(200);
  });
});

describe("API tokens", () => {
  let token: string;
  let ana: Client;
  beforeAll(async () => {
    ana = await app.signIn();
    token = (await ana.post("/api/tokens", { name: "script" })).json.token;
  });

  for (const [name, headers] of [
    ["Authorization: Bearer", () => ({ authorization: `Bearer ${token}` })],
    ["X-Api-Key", () => ({ "x-api-key": token })],
  ] as const) {
    test(`sign in by ${name}, also for writes without an origin`, async () => {
      expect((await fetch(`${app.url}/api/auth/me`, { headers: headers() })).status).toBe(200);
      const made = await fetch(`${app.url}/api/tokens`, {
        method: "POST",
        headers: { ...headers(), "content-type": "application/json", origin: "https://evil.example" },
        body: '{"name":"second"}',
      });
      expect(made.status).toBe(201);
    });
  }

  test("that are wrong are refused, even beside a good cookie", async () => {
    const answer = await ana.get("/api/auth/me", { authorization: "Bearer et_wrong" });
    expect(answer.status).toBe(401);
  });

  test("leave a proxy's Basic authorization alone", async () => {
    expect((await ana.get("/api/auth/me", { authorization: "Basic YTpi" })).status).toBe(200);
  });

  test("end when they are revoked", async () => {
    const made = (await ana.post("/api/tokens", { name: "short" })).json;
    expect((await ana.delete(`/api/tokens/${made.id}`)).status).toBe(204);
    expect((await fetch(`${app.url}/api/auth/me`, { headers: { "x-api-key": made.token } })).status).toBe(401);
  });
});

describe("pages for visitors who are not signed in", () => {
  test("lead to the sign-in page, which knows the way back", async () => {
    const answer = await app.client().get("/integrations?a=1&b=2");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/login?next=%2Fintegrations%3Fa%3D1%26b%3D2");
  });

  test("tell htmx to load the sign-in page instead of putting it into a part", async () => {
    const answer = await app.client().get("/integrations", { "hx-request": "true" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("hx-redirect")).toBe("/login");
  });

  test("may read what the API is, which tools do before they sign in", async () => {
    expect((await app.client().get("/api/docs")).status).toBe(200);
    expect((await app.client().get("/api/openapi.json")).json.openapi).toStartWith("3.1");
  });
});

describe("forms", () => {
  test("are read before routing and answered with a redirect", async () => {
    const ana = await app.signIn();
    const answer = await ana.form("/integrations/plex/pins", { name: "Attic & cellar" });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/integrations?name=Attic+%26+cellar");
  });

  test("may stand for DELETE", async () => {
    const ana = await app.signIn();
    const answer = await ana.form("/integrations/1", { _method: "DELETE", sure: "yes" });
    expect([answer.status, answer.text]).toEqual([200, "<p>POST sure=yes</p>"]);
  });

  test("cannot make up methods, and a GET cannot become a DELETE", async () => {
    const ana = await app.signIn();
    expect((await ana.form("/integrations/1", { _method: "TRACE" })).status).toBe(405);
    expect((await ana.get("/integrations/1?_method=DELETE")).status).toBe(405);
  });

  test("do not reach the API in disguise", async () => {
    const ana = await app.signIn();
    expect((await ana.form("/api/tokens/1", { _method: "DELETE" })).status).toBe(415);
  });
});
