import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createTestApp, type TestApp, testPassword } from "../support/app.ts";

let app: TestApp;
beforeEach(() => {
  app = createTestApp();
});
afterEach(() => app.close());

const ana = { username: "ana", password: testPassword };

describe("setting up", () => {
  test("makes the admin and signs in, once", async () => {
    const first = app.client();
    const made = await first.post("/api/auth/setup", ana);
    expect([made.status, made.json]).toEqual([
      201,
      { id: "1", username: "ana", role: "admin", timezone: "Europe/Berlin", theme: "auto" },
    ]);
    expect((await first.get("/api/auth/me")).json).toEqual(made.json);
    expect((await app.client().post("/api/auth/setup", { ...ana, username: "eve" })).status).toBe(409);
  });

  test("says what is wrong with which field", async () => {
    const answer = await app.client().post("/api/auth/setup", { username: " ", password: "short" });
    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual([
      { path: "username", message: "Enter a username." },
      { path: "password", message: "Use at least 8 characters." },
    ]);
    expect(answer.text).not.toContain('short"');
  });
});

describe("signing in and out", () => {
  test("works with any spelling of the name, and ends that session only", async () => {
    const one = await app.signIn();
    const two = app.client();
    const answer = await two.post("/api/auth/login", { username: " ANA ", password: testPassword });
    expect([answer.status, answer.json.username]).toEqual([200, "ana"]);
    const old = `et_session=${two.cookies.get("et_session")}`;
    const out = await two.post("/api/auth/logout");
    expect([out.status, out.text, two.cookies.size]).toEqual([204, "", 0]);
    expect((await fetch(`${app.url}/api/auth/me`, { headers: { cookie: old } })).status).toBe(401);
    expect((await one.get("/api/auth/me")).status).toBe(200);
  });

  test("fails the same way for a wrong password and an unknown name", async () => {
    await app.signIn();
    const [one, two] = [
      await app.client().post("/api/auth/login", { ...ana, password: "wrong" }),
      await app.client().post("/api/auth/login", { ...ana, username: "nobody" }),
    ];
    expect([one.status, two.status]).toEqual([401, 401]);
    expect(one.text).toBe(two.text);
    expect(one.headers.get("set-cookie")).toBeNull();
  });

  test("is asked for again after 30 days away", async () => {
    const browser = await app.signIn();
    app.clock.advance(30 * 86_400_000);
    expect((await browser.get("/api/auth/me")).status).toBe(401);
  });

  test("a made-up or odd cookie is nobody's", async () => {
    await app.signIn();
    for (const value of ["x", "", "{}", "%7B%22a%22%3A1%7D", "a=b", '"quoted"', "et_session"]) {
      const answer = await fetch(`${app.url}/api/auth/me`, { headers: { cookie: `other=1; et_session=${value}` } });
      expect([value, answer.status]).toEqual([value, 401]);
    }
  });
});

describe("your account", () => {
  test("has a time zone and a theme", async () => {
    const browser = await app.signIn();
    const changed = await browser.patch("/api/auth/me", { timezone: "Asia/Tokyo", theme: "dark" });
    expect(changed.json).toMatchObject({ timezone: "Asia/Tokyo", theme: "dark" });
    expect((await browser.patch("/api/auth/me", { timezone: null })).json.timezone).toBe("Europe/Berlin");
    const refused = await browser.patch("/api/auth/me", { timezone: "Mars/Olympus" });
    expect([refused.status, refused.json.errors[0].path]).toEqual([422, "timezone"]);
    expect((await browser.patch("/api/auth/me", { theme: "pink" })).status).toBe(422);
  });

  test("changes its password and keeps this session alone", async () => {
    const one = await app.signIn();
    const two = await app.signIn();
    expect((await one.put("/api/auth/password", { current: "wrong", next: "another one" })).status).toBe(422);
    expect((await one.put("/api/auth/password", { current: testPassword, next: "another one" })).status).toBe(204);
    expect([(await one.get("/api/auth/me")).status, (await two.get("/api/auth/me")).status]).toEqual([200, 401]);
  });
});

describe("users", () => {
  test("are made by admins only", async () => {
    const admin = await app.signIn();
    const made = await admin.post("/api/users", { username: "ben", password: testPassword });
    expect([made.status, made.json]).toMatchObject([201, { username: "ben", role: "member" }]);
    expect((await admin.post("/api/users", { username: "BEN", password: testPassword })).status).toBe(409);
    expect((await admin.post("/api/users", { username: "cleo", password: testPassword, role: "king" })).status).toBe(
      422,
    );
    const member = await app.signIn("ben");
    expect((await member.post("/api/users", { username: "eve", password: testPassword })).status).toBe(403);
    expect((await member.get("/api/users")).status).toBe(403);
    expect((await member.delete(`/api/users/${admin.user.id}`)).status).toBe(403);
    expect((await admin.get("/api/users")).json.items.map((each: { username: string }) => each.username)).toEqual([
      "ana",
      "ben",
    ]);
    expect((await admin.delete(`/api/users/${made.json.id}`)).status).toBe(204);
    expect((await member.get("/api/auth/me")).status).toBe(401);
    expect((await admin.delete(`/api/users/${admin.user.id}`)).status).toBe(409);
    expect((await admin.delete("/api/users/99")).status).toBe(404);
  });

  test("make their own account only where SIGNUP is open", async () => {
    await app.signIn();
    expect((await app.client().post("/api/auth/signup", { ...ana, username: "eve" })).status).toBe(403);
    const open = createTestApp({ env: { SIGNUP: "open" } });
    await open.signIn();
    const answer = await open.client().post("/api/auth/signup", { ...ana, username: "eve" });
    expect([answer.status, answer.json.role]).toEqual([201, "member"]);
    await open.close();
  });
});

describe("API tokens", () => {
  test("are shown once, listed without their value, and only their owner's", async () => {
    const one = await app.signIn();
    const two = await app.signIn("ben");
    const made = await one.post("/api/tokens", { name: "script" });
    expect(made.status).toBe(201);
    expect(Object.keys(made.json).sort()).toEqual(["createdAt", "id", "name", "token"]);
    const list = await one.get("/api/tokens");
    expect(list.json.items).toEqual([
      { id: made.json.id, name: "script", createdAt: "2026-01-15T12:00:00.000Z", lastUsedAt: null },
    ]);
    expect(list.text).not.toContain(made.json.token);
    expect((await two.get("/api/tokens")).json.items).toEqual([]);
    expect((await two.delete(`/api/tokens/${made.json.id}`)).status).toBe(404);
    for (const id of ["0", "-1", "x", "1e3", "99999999999999999999"]) {
      expect((await one.delete(`/api/tokens/${id}`)).status).toBe(404);
    }
    expect((await one.post("/api/tokens", { name: "" })).status).toBe(422);
    expect((await one.post("/api/tokens")).status).toBe(422);
  });
});
