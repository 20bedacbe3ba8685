import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PlexAccount } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";
import { testPassword } from "../support/app.ts";
import { type Client, createClient } from "../support/http.ts";
import { hurriedClock, type Product, startProduct } from "../support/product.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;

let anna: PlexAccount;
let ben: PlexAccount;
let sims: Simulators;
let product: Product;
let url: string;
let olga: Client;

beforeEach(async () => {
  const world = createWorld();
  anna = world.addAccount({ username: "anna" });
  ben = world.addAccount({ username: "ben" });
  world.addServer({ name: "Attic", owner: anna });
  sims = startSimulators(world, { deadConnections: () => [] });
  product = await startProduct(sims, { clock: hurriedClock, start: true });
  ({ url } = await product.app.start());
  await product.app.accounts.createUser({ username: "olga", password: testPassword, role: "admin" });
  olga = createClient(url);
  await olga.post("/api/auth/login", { username: "olga", password: testPassword });
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

const turn = (on: boolean) => olga.put("/api/sign-in-accounts/ways/plex", { on });
const allow = (body: object) => olga.post("/api/sign-in-accounts", { provider: "plex", ...body });

describe("over the API", () => {
  test("begins with a cookie, waits, and ends with a session", async () => {
    await turn(true);
    await allow({ name: "ben" });
    const phone = createClient(url);
    const pin = (await phone.post("/api/auth/plex/start", { next: "/stats" })).json;
    expect(new Date(pin.expiresAt).getTime()).toBeGreaterThan(Date.now());
    const check = (client: Client) => client.post("/api/auth/plex/check", { pinId: pin.pinId });
    expect((await check(phone)).json).toEqual({ authorized: false, expired: false });
    sims.plexTv.approve(pin.code, ben);
    expect((await check(createClient(url))).status).toBe(404);
    expect((await check(olga)).status).toBe(404);
    const entered = await check(phone);
    expect(entered.json).toMatchObject({ authorized: true, user: { username: "ben", role: "member" }, next: "/stats" });
    const cookies = entered.headers.getSetCookie().join("\n");
    expect(cookies).toMatch(/et_session=[\w-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax/);
    expect(cookies).toMatch(/et_sign_in=; Max-Age=0/);
    expect((await phone.get("/api/auth/me")).json.username).toBe("ben");
    expect((await phone.get("/api/auth/sign-ins")).json).toMatchObject({
      hasPassword: false,
      items: [{ accountName: "ben" }],
    });
  });

  test("is 403 when switched off or not allowed, 404 for another service, 429 when tried too often", async () => {
    const visitor = createClient(url);
    expect((await visitor.post("/api/auth/plex/start", {})).status).toBe(403);
    await turn(true);
    for (const name of ["jellyfin", "kodi", "__proto__"]) {
      expect((await visitor.post(`/api/auth/${name}/start`, {})).status).toBe(404);
    }
    expect((await visitor.post("/api/auth/plex/check", {})).status).toBe(422);
    const pin = (await visitor.post("/api/auth/plex/start", {})).json;
    sims.plexTv.approve(pin.code, ben);
    const refused = await visitor.post("/api/auth/plex/check", { pinId: pin.pinId });
    expect([refused.status, refused.json.detail]).toEqual([403, "The Plex account ben may not sign in here."]);
    expect((await visitor.get("/api/auth/me")).status).toBe(401);
    let last = refused;
    for (let count = 0; count < 10; count += 1) last = await visitor.post("/api/auth/plex/start", {});
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("leads to no other website afterwards", async () => {
    await turn(true);
    await allow({ accountId: String(ben.id), name: "ben" });
    for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      const visitor = createClient(url);
      const pin = (await visitor.post("/api/auth/plex/start", { next })).json;
      sims.plexTv.approve(pin.code, ben);
      expect((await visitor.post("/api/auth/plex/check", { pinId: pin.pinId })).json.next).toBe("/");
    }
  });

  test("the list is for admins, and says what is wrong with what is put on it", async () => {
    const kim = createClient(url);
    const user = await product.app.accounts.createUser({ username: "kim", password: testPassword });
    await kim.post("/api/auth/login", { username: "kim", password: testPassword });
    expect((await kim.get("/api/sign-in-accounts")).status).toBe(403);
    expect((await kim.post("/api/sign-in-accounts", { provider: "plex", name: "kim" })).status).toBe(403);
    expect((await kim.put("/api/sign-in-accounts/ways/plex", { on: true })).status).toBe(403);
    expect((await kim.delete("/api/sign-in-accounts/1")).status).toBe(403);
    const made = await allow({ name: HOSTILE, userId: String(user.id) });
    expect([made.status, made.json]).toMatchObject([201, { accountId: null, accountName: HOSTILE, username: "kim" }]);
    const bad: [object, number][] = [
      [{}, 422],
      [{ name: " " }, 422],
      [{ name: "x", userId: "nobody" }, 404],
      [{ name: "x", userId: "999" }, 404],
      [{ name: HOSTILE }, 409],
      [{ name: "x", userId: String(product.app.accounts.byName("olga")?.id) }, 409],
      [{ provider: "emby", name: "x" }, 404],
    ];
    for (const [body, status] of bad) expect([body, (await allow(body)).status]).toEqual([body, status]);
    expect((await olga.get("/settings/users")).text).not.toContain("<img src=x");
    expect((await olga.delete(`/api/sign-in-accounts/${made.json.id}`)).status).toBe(204);
    expect((await olga.delete(`/api/sign-in-accounts/${made.json.id}`)).status).toBe(404);
  });
});

describe("as pages, without script", () => {
  test("the sign-in page offers it only when it is switched on", async () => {
    const visitor = createClient(url);
    expect((await visitor.get("/login")).text).not.toContain("Sign in with Plex");
    expect((await visitor.form("/login/plex", {})).status).toBe(403);
    expect((await olga.form("/settings/sign-in-ways/plex", { on: "true" })).status).toBe(303);
    expect((await visitor.get("/login?next=/stats")).text).toContain("Sign in with Plex");
  });

  test("waiting, being let in with where one wanted to go, being refused", async () => {
    await turn(true);
    await allow({ name: "ben" });
    const visitor = createClient(url);
    const begun = await visitor.form("/login/plex", { next: "/stats" });
    const at = begun.headers.get("location") ?? "";
    expect([begun.status, at]).toEqual([303, expect.stringMatching(/^\/login\/plex\/[\w-]+$/)]);
    const waiting = await visitor.get(at);
    expect(waiting.text).toContain('http-equiv="refresh"');
    const code = /code(?:=|%3D)([a-z0-9]+)/i.exec(waiting.text)?.[1] ?? "";
    expect((await createClient(url).get(at)).status).toBe(404);
    sims.plexTv.approve(code, ben);
    const entered = await visitor.get(at);
    expect([entered.status, entered.headers.get("location")]).toEqual([303, "/stats"]);
    expect((await visitor.get("/stats")).status).toBe(200);

    const stranger = createClient(url);
    const second = (await stranger.form("/login/plex", {})).headers.get("location") ?? "";
    const theirs = /code(?:=|%3D)([a-z0-9]+)/i.exec((await stranger.get(second)).text)?.[1] ?? "";
    sims.plexTv.approve(theirs, anna);
    const refused = await stranger.get(second);
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining("The Plex account anna may not sign in here."),
    ]);
  });

  test("a post that another website started is refused", async () => {
    await turn(true);
    const visitor = createClient(url);
    const foreign = { method: "POST", body: new URLSearchParams(), headers: { origin: "https://evil.example" } };
    expect((await visitor.request("/login/plex", foreign)).status).toBe(403);
  });

  test("whoever has no password sets one without an old one, and is signed out when the way in is taken away", async () => {
    await turn(true);
    await allow({ name: "ben" });
    const visitor = createClient(url);
    const pin = (await visitor.post("/api/auth/plex/start", {})).json;
    sims.plexTv.approve(pin.code, ben);
    await visitor.post("/api/auth/plex/check", { pinId: pin.pinId });
    const [own] = (await visitor.get("/api/auth/sign-ins")).json.items;
    expect((await visitor.delete(`/api/auth/sign-ins/${own.id}`)).status).toBe(409);
    expect((await olga.delete(`/api/auth/sign-ins/${own.id}`)).status).toBe(404);
    expect((await visitor.get("/settings/account")).text).not.toContain("Current password");
    expect((await visitor.form("/settings/password", { current: "", next: testPassword })).status).toBe(303);
    expect((await visitor.get("/settings/account")).text).toContain("Current password");
    const gone = await visitor.form(`/settings/sign-ins/${own.id}`, { _method: "DELETE" });
    expect(gone.headers.get("location")).toBe("/login");
    expect((await visitor.get("/api/auth/me")).status).toBe(401);
  });
});
