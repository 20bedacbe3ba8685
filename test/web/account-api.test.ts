import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createTestApp, type TestApp, testPassword } from "../support/app.ts";
import { fakeIntegrations, integrationView } from "../support/fake-services.ts";
import { addEntry, addShow } from "../support/fixtures.ts";

let app: TestApp;
beforeEach(() => {
  app = createTestApp({ services: { integrations: fakeIntegrations({ list: () => [] }) } });
});
afterEach(() => app.close());

const ana = { username: "ana", password: testPassword };

describe("setting up", () => {
  test("makes the admin and signs in, once", async () => {
    const first = app.client();
    const made = await first.post("/api/auth/setup", ana);
    expect([made.status, made.json]).toEqual([
      201,
      {
        id: "1",
        username: "ana",
        role: "admin",
        timezone: "Europe/Berlin",
        theme: "auto",
        dateFormat: "auto",
        titleLanguage: null,
      },
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

  test("has a name, a date format and a language of titles", async () => {
    const browser = await app.signIn();
    await app.signIn("ben");
    const change = { username: " Aña ", dateFormat: "ymd", titleLanguage: "pt-BR" };
    expect((await browser.patch("/api/auth/me", change)).json).toMatchObject({ ...change, username: "Aña" });
    expect((await browser.get("/api/auth/me")).json).toMatchObject({ ...change, username: "Aña" });
    expect((await browser.patch("/api/auth/me", { username: "aÑa" })).json.username).toBe("aÑa");
    const refused = [{ username: " " }, { titleLanguage: "xx" }, { dateFormat: "dym" }, { titleLanguage: "DE" }];
    for (const wrong of refused) {
      const answer = await browser.patch("/api/auth/me", wrong);
      expect([wrong, answer.status, answer.json.errors[0].path]).toEqual([wrong, 422, Object.keys(wrong)[0]]);
    }
    const taken = await browser.patch("/api/auth/me", { username: "BEN", theme: "dark" });
    expect([taken.status, taken.json.errors[0].path]).toEqual([409, "username"]);
    expect((await browser.get("/api/auth/me")).json.theme).toBe("auto");
    expect((await browser.patch("/api/auth/me", { titleLanguage: null })).json.titleLanguage).toBeNull();
  });

  test("tells the queue when a language is chosen", async () => {
    let asked = 0;
    const enqueueTitles = () => {
      asked += 1;
    };
    const enrichment = { enqueueTitles, lookUpAgain: () => 0 };
    const other = createTestApp({ services: { enrichment } });
    const browser = await other.signIn();
    await browser.patch("/api/auth/me", { theme: "dark" });
    await browser.patch("/api/auth/me", { titleLanguage: null });
    expect(asked).toBe(0);
    await browser.patch("/api/auth/me", { titleLanguage: "de" });
    expect(asked).toBe(1);
    await other.close();
  });

  test("goes with everything that belongs to it, after its password, and never the last admin's", async () => {
    const left: string[] = [];
    const integrations = fakeIntegrations({
      list: () => [integrationView({ id: "7" }), integrationView({ id: "8" })],
      disconnect: async (_user, id) => {
        left.push(id);
        if (id === "8") throw new Error("plex.tv does not answer");
      },
    });
    const other = createTestApp({ services: { integrations } });
    const admin = await other.signIn();
    const ben = await other.signIn("ben");
    const token = (await ben.post("/api/tokens", { name: "script" })).json.token;
    const remove = (client: typeof ben, password: string) =>
      client.request("/api/auth/me", {
        method: "DELETE",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ password }),
      });
    const wrong = await remove(ben, "not it at all");
    expect([wrong.status, wrong.json.errors[0].path]).toEqual([422, "password"]);
    expect((await ben.delete("/api/auth/me")).status).toBe(422);
    expect(left).toEqual([]);
    const session = ben.cookies.get("et_session");
    const gone = await remove(ben, testPassword);
    expect([gone.status, ben.cookies.size, left]).toEqual([204, 0, ["7", "8"]]);
    for (const headers of [{ cookie: `et_session=${session}` }, { "x-api-key": token }]) {
      expect((await fetch(`${other.url}/api/auth/me`, { headers })).status).toBe(401);
    }
    expect((await other.client().post("/api/auth/login", { ...ana, username: "ben" })).status).toBe(401);
    expect((await remove(admin, testPassword)).status).toBe(409);
    expect(left).toEqual(["7", "8"]);
    await other.close();
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

describe("looking after people", () => {
  test("tells when each was last seen and how many shows they have", async () => {
    const admin = await app.signIn();
    const ben = await app.signIn("ben");
    await app.deps.accounts.createUser({ username: "cleo", password: testPassword });
    addEntry(app.db, ben.user.id, addShow(app.db));
    const { items } = (await admin.get("/api/users")).json;
    const now = new Date(app.clock.now()).toISOString();
    expect(items).toMatchObject([
      { username: "ana", role: "admin", lastSeenAt: now, shows: 0, dateFormat: "auto" },
      { username: "ben", role: "member", lastSeenAt: now, shows: 1 },
      { username: "cleo", role: "member", lastSeenAt: null, shows: 0 },
    ]);
  });

  test("makes and unmakes admins, but never leaves none", async () => {
    const admin = await app.signIn();
    const ben = await app.signIn("ben");
    const change = (client: typeof ben, id: number | string, role: string) =>
      client.patch(`/api/users/${id}`, { role });
    expect((await change(ben, ben.user.id, "admin")).status).toBe(403);
    expect((await change(admin, admin.user.id, "member")).status).toBe(409);
    expect((await change(admin, ben.user.id, "admin")).json).toMatchObject({ username: "ben", role: "admin" });
    expect((await change(ben, admin.user.id, "member")).status).toBe(200);
    expect((await admin.get("/api/users")).status).toBe(403);
    expect((await change(ben, ben.user.id, "member")).status).toBe(409);
    expect((await change(ben, ben.user.id, "king")).status).toBe(422);
    for (const id of ["99", "0", "x", "1e3"]) expect((await change(ben, id, "admin")).status).toBe(404);
  });

  test("sets a password, which ends that person's sessions", async () => {
    const admin = await app.signIn();
    const ben = await app.signIn("ben");
    const path = `/api/users/${ben.user.id}/password`;
    expect((await ben.post(path, { password: "another one" })).status).toBe(403);
    const short = await admin.post(path, { password: "short" });
    expect([short.status, short.json.errors[0].path]).toEqual([422, "password"]);
    expect((await admin.post("/api/users/99/password", { password: "another one" })).status).toBe(404);
    expect((await admin.post(path, { password: "another one" })).status).toBe(204);
    expect((await ben.get("/api/auth/me")).status).toBe(401);
    expect((await app.client().post("/api/auth/login", { username: "ben", password: "another one" })).status).toBe(200);
  });
});

describe("sessions", () => {
  test("are listed by device under ids of their own, and ended one by one or together", async () => {
    const desk = await app.signIn();
    const agent = { "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Mobile Safari/604.1" };
    const [phone, tablet] = [app.client(), app.client()];
    for (const each of [phone, tablet]) await each.post("/api/auth/login", ana, agent);
    const { items } = (await desk.get("/api/sessions")).json;
    expect(items).toHaveLength(3);
    expect(items.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    expect(items.filter(({ device }: { device: string }) => device === "Safari on iOS")).toHaveLength(2);
    const text = JSON.stringify(items);
    const hashes = app.db.raw.query<{ hash: string }, []>("SELECT token_hash AS hash FROM sessions").all();
    for (const { hash } of hashes) expect(text).not.toContain(hash.slice(0, 12));

    const mine = (await phone.get("/api/sessions")).json.items.find(({ current }: { current: boolean }) => current).id;
    expect((await desk.delete(`/api/sessions/${mine}`)).status).toBe(204);
    expect((await phone.get("/api/auth/me")).status).toBe(401);
    expect((await desk.delete(`/api/sessions/${mine}`)).status).toBe(404);
    expect((await desk.delete("/api/sessions")).status).toBe(204);
    expect([(await tablet.get("/api/auth/me")).status, (await desk.get("/api/auth/me")).status]).toEqual([401, 200]);
  });

  test("of somebody else are not there, and ending one's own signs out here", async () => {
    const ben = await app.signIn("ben");
    const eve = await app.signIn("eve");
    const { id } = (await ben.get("/api/sessions")).json.items[0];
    for (const each of [id, "x", "", "0"]) {
      expect((await eve.delete(`/api/sessions/${each || "%20"}`)).status).toBe(404);
    }
    expect((await ben.get("/api/auth/me")).status).toBe(200);
    expect((await ben.delete(`/api/sessions/${id}`)).status).toBe(204);
    expect([ben.cookies.size, (await ben.get("/api/auth/me")).status]).toEqual([0, 401]);
  });

  test("that end close their event streams", async () => {
    const desk = await app.signIn();
    const phone = app.client();
    await phone.post("/api/auth/login", ana);
    const stream = await phone.open("/events");
    const reader = stream.body?.getReader();
    await reader?.read();
    await desk.delete("/api/sessions");
    expect((await reader?.read())?.done).toBe(true);
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
