import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { AppError } from "../../src/kernel/errors.ts";
import { createIntegrations } from "../../src/services/integrations/service.ts";
import { type AddressServer, createAddressServer } from "../support/address-server.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeSync } from "../support/fake-services.ts";
import type { Client } from "../support/http.ts";

let app: TestApp;
let cellar: AddressServer;

function start(server = createAddressServer()): void {
  cellar = server;
  app = createTestApp({
    services: (base) => {
      const providers = { get: () => cellar.provider, all: () => [cellar.provider] };
      const integrations = createIntegrations(
        { ...base, providers },
        {
          checkSchedule: () => undefined,
          keyState: () => "ok",
          cancelRunning: async () => undefined,
          leave: async () => undefined,
        },
      );
      return { integrations, providers, sync: fakeSync({ running: () => null, list: () => [] }) };
    },
  });
}
beforeEach(() => start());
afterEach(() => app.close());

const serverUrl = "http://192.0.2.9:8096";
const who = { username: "anna", password: "anna's password" };
const api = "/api/integrations/jellyfin";
const pages = "/integrations/jellyfin";

const HOSTILE = "<img src=x onerror=alert(1)>";
const htmx = { "hx-request": "true", "hx-request-type": "partial" };

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

/** A form as htmx posts it; the redirect is followed with the same headers, as a browser would. */
async function panel(client: Client, path: string, fields: Record<string, string>) {
  const sent = await client.request(path, { method: "POST", body: new URLSearchParams(fields), headers: htmx });
  const location = sent.headers.get("location");
  const answer = location === null ? sent : await client.get(location, htmx);
  expect(answer.status).toBe(200);
  return parse(answer.text);
}

test("guessing passwords ends with 429 and a time to come back, in the API and on the page", async () => {
  const anna = await app.signIn("anna");
  const wrong = { serverUrl, ...who, password: "a guess" };
  for (let time = 0; time < 10; time++) expect((await anna.post(`${api}/auth/password`, wrong)).status).toBe(422);
  const refused = await anna.post(`${api}/auth/password`, { serverUrl, ...who });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "900"]);
  expect(refused.json).toMatchObject({ title: "Too many attempts", hint: "Try again in 15 minutes." });
  const form = new URLSearchParams({ serverUrl, ...who });
  const shown = await anna.request(`${pages}/sign-in-passwords`, { method: "POST", body: form });
  expect(shown.status).toBe(429);
  expect(shown.text).toContain("Too many failed sign-ins. Try again in 15 minutes.");
  expect(shown.text).not.toContain(who.password);
  expect(cellar.tokens.size).toBe(0);
});

describe("the API", () => {
  test("signs in with a password and connects", async () => {
    const anna = await app.signIn("anna");
    const signedIn = await anna.post(`${api}/auth/password`, { serverUrl, ...who });
    expect([signedIn.status, signedIn.json]).toEqual([
      200,
      {
        requestId: expect.any(String),
        authorized: true,
        account: { username: "anna", email: null },
        servers: [expect.objectContaining({ machineIdentifier: "5e27e4", name: "Cellar" })],
      },
    ]);
    expect(signedIn.text).not.toMatch(/token|password/i);
    const { requestId } = signedIn.json;
    expect((await anna.post(`${api}/auth/check`, { requestId })).json.authorized).toBe(true);
    const made = await anna.post(`${api}/connect`, { requestId });
    expect([made.status, made.json]).toMatchObject([
      201,
      { provider: "jellyfin", serverName: "Cellar", username: "anna", plexUsername: "anna", byKey: false },
    ]);
    expect((await anna.get(`${api}/connect`)).json.connected).toBe(true);
    expect((await anna.delete(`${api}/connect`)).status).toBe(204);
    expect(cellar.tokens.size).toBe(0);
  });

  test("signs in with a code", async () => {
    const anna = await app.signIn("anna");
    const started = (await anna.post(`${api}/auth/quick-connect`, { serverUrl })).json;
    expect(started).toEqual({
      requestId: expect.any(String),
      code: "100000",
      expiresAt: "2100-01-01T00:00:00.000Z",
    });
    const check = () => anna.post(`${api}/auth/check`, { requestId: started.requestId });
    expect((await check()).json).toEqual({ authorized: false, expired: false });
    cellar.approve(started.code, "ben");
    expect((await check()).json).toMatchObject({ authorized: true, account: { username: "ben" } });
    // The guide's name for it does as well.
    expect((await anna.post(`${api}/connect`, { pinId: started.requestId })).json.username).toBe("ben");
  });

  test("says where the server has no codes, or has them switched off", async () => {
    const anna = await app.signIn("anna");
    cellar.codesOn = false;
    const off = await anna.post(`${api}/auth/quick-connect`, { serverUrl });
    const words =
      "Quick Connect is switched off on Cellar. An admin can switch it on. Or use a user name and password.";
    expect([off.status, off.json.errors]).toEqual([422, [{ path: "serverUrl", message: words }]]);
    await app.close();
    start(createAddressServer({ hasCodes: false }));
    const none = await (await app.signIn("anna")).post(`${api}/auth/quick-connect`, { serverUrl });
    expect([none.status, none.json.detail]).toEqual([
      422,
      "Jellyfin does not sign in with a code. Use a user name and password.",
    ]);
  });

  test("names the field at fault, and every address that was tried in vain", async () => {
    const anna = await app.signIn("anna");
    const post = (fields: object) => anna.post(`${api}/auth/password`, { serverUrl, ...who, ...fields });
    const wrong = await post({ password: "guess" });
    expect([wrong.status, wrong.json.errors[0].path]).toEqual([422, "password"]);
    const other = await post({ serverUrl: "http://emby.invalid" });
    expect([other.status, other.json.errors[0]]).toEqual([
      422,
      { path: "serverUrl", message: "This is an Emby server. Use Connect Emby." },
    ]);
    const away = await post({ serverUrl: "https://192.0.2.77" });
    expect([away.status, away.json.attempts]).toMatchObject([502, [{ uri: "https://192.0.2.77" }]]);
    expect((await anna.post(`${api}/auth/password`, { serverUrl })).status).toBe(422);
    expect((await anna.post(`${api}/auth/check`, {})).json.errors).toHaveLength(2);
    expect((await anna.get(`${api}/auth/pin`)).status).toBe(422);
  });

  test("tells a server that is starting or a user that is switched off from a wrong password", async () => {
    const anna = await app.signIn("anna");
    const post = () => anna.post(`${api}/auth/password`, { serverUrl, ...who });
    cellar.trouble = new AppError("unreachable", "Cellar is starting.", { hint: "Try again in a minute." });
    expect((await post()).json).toMatchObject({ status: 502, detail: "Cellar is starting." });
    cellar.trouble = new AppError("forbidden", "Cellar has switched this user off.");
    expect((await post()).json).toMatchObject({ status: 403, detail: "Cellar has switched this user off." });
    expect(app.db.raw.query("SELECT count(*) AS n FROM pins").get()).toEqual({ n: 0 });
  });

  test("takes keys from admins alone, for the user they choose", async () => {
    const anna = await app.signIn("anna");
    const ben = await app.signIn("ben");
    const key = { serverUrl, apiKey: cellar.apiKey };
    expect((await ben.post(`${api}/auth/key`, key)).status).toBe(403);
    expect((await anna.post(`${api}/auth/key`, { serverUrl, apiKey: "guess" })).json.errors[0].path).toBe("apiKey");
    expect((await anna.post(`${api}/auth/key`, key)).json).toEqual({
      authorized: false,
      accounts: [
        { id: "1", username: "anna" },
        { id: "2", username: "ben" },
      ],
    });
    const { requestId } = (await anna.post(`${api}/auth/key`, { ...key, accountId: "2" })).json;
    expect((await anna.post(`${api}/connect`, { requestId })).json).toMatchObject({ username: "ben", byKey: true });
    const unknown = await anna.post(`${api}/auth/key`, { ...key, accountId: "9" });
    expect([unknown.status, unknown.json.errors[0].path]).toEqual([422, "accountId"]);
  });

  test("knows nobody else's sign-in, and nobody without one of the tracker's", async () => {
    const anna = await app.signIn("anna");
    const { requestId } = (await anna.post(`${api}/auth/password`, { serverUrl, ...who })).json;
    const ben = await app.signIn("ben");
    expect((await ben.post(`${api}/auth/check`, { requestId })).status).toBe(404);
    expect((await ben.post(`${api}/connect`, { requestId })).status).toBe(404);
    for (const way of ["password", "quick-connect", "key", "check"]) {
      expect((await app.client().post(`${api}/auth/${way}`, {})).status).toBe(401);
    }
  });
});

describe("the pages", () => {
  test("lead from the address to the connection, without script", async () => {
    const anna = await app.signIn("anna");
    expect(parse((await anna.get("/integrations")).text).body.textContent).toContain("Connect Jellyfin");
    const opened = await anna.form(`${pages}/pins`, {});
    expect([opened.status, opened.headers.get("location")]).toEqual([303, `${pages}/address`]);
    const first = parse((await anna.get(`${pages}/address`)).text);
    expect(first.querySelector("input[name=serverUrl]")?.getAttribute("placeholder")).toBe("http://192.0.2.1:8096");
    const second = await anna.form(`${pages}/address`, { serverUrl });
    expect(second.status).toBe(200);
    const found = parse(second.text);
    expect(found.querySelector(".server-found")?.textContent).toContain("Cellar");
    expect(found.querySelector("input[name=password]")?.getAttribute("value")).toBeNull();
    const signedIn = await anna.form(`${pages}/sign-in-passwords`, { serverUrl, ...who });
    expect(signedIn.status).toBe(303);
    const done = await anna.get(signedIn.headers.get("location") ?? "");
    expect(done.text).toContain("Cellar, signed in as anna.");
    expect(done.text).toContain("Sync Now");
  });

  test("show the code large, ask until it is approved, and connect", async () => {
    const anna = await app.signIn("anna");
    const waiting = await panel(anna, `${pages}/sign-in-codes`, { serverUrl });
    expect(waiting.querySelector(".pin-code output")?.textContent).toBe("100000");
    expect(waiting.body.textContent).toContain("Enter it in an app of the server.");
    const at = waiting.querySelector("[hx-get]")?.getAttribute("hx-get") ?? "";
    expect((await anna.get(at)).text).toContain('<noscript><meta http-equiv="refresh"');
    cellar.approve("100000", "anna");
    expect((await anna.get(at, htmx)).text).toContain("Cellar, signed in as anna.");
  });

  test("offer a new code when one has run out", async () => {
    const anna = await app.signIn("anna");
    const waiting = await panel(anna, `${pages}/sign-in-codes`, { serverUrl });
    for (const code of cellar.codes.values()) code.expired = true;
    const at = waiting.querySelector("[hx-get]")?.getAttribute("hx-get") ?? "";
    const over = parse((await anna.get(at, htmx)).text);
    expect(over.querySelector("[hx-trigger]")).toBeNull();
    expect(over.querySelector("form input[name=serverUrl]")?.getAttribute("value")).toBe(cellar.url);
  });

  test("say what is wrong beside the field, and keep what was typed but the password", async () => {
    const anna = await app.signIn("anna");
    const wrong = await panel(anna, `${pages}/sign-in-passwords`, { serverUrl, username: "anna", password: "guess" });
    expect(wrong.querySelector(".field-error")?.textContent).toContain("does not accept this user name and password");
    expect(wrong.querySelector("input[name=username]")?.getAttribute("value")).toBe("anna");
    expect(wrong.body.innerHTML).not.toContain("guess");
    expect(wrong.querySelector("details.server-other")?.hasAttribute("open")).toBe(true);
    const other = await panel(anna, `${pages}/address`, { serverUrl: "http://emby.invalid" });
    expect(other.querySelector(".field-error")?.textContent).toBe("This is an Emby server. Use Connect Emby.");
  });

  test("offer to go without the certificate's check only where that was the trouble", async () => {
    const anna = await app.signIn("anna");
    const away = await panel(anna, `${pages}/address`, { serverUrl: "https://192.0.2.77" });
    expect(away.querySelector(".address")?.textContent).toContain("https://192.0.2.77");
    expect(away.querySelector("input[name=insecureTls]")).not.toBeNull();
    const first = await panel(anna, `${pages}/pins`, {});
    expect(first.querySelector("input[name=insecureTls]")).toBeNull();
  });

  test("have a way for keys, which members neither see nor reach", async () => {
    const anna = await app.signIn("anna");
    const ben = await app.signIn("ben");
    const key = { serverUrl, apiKey: cellar.apiKey };
    expect((await panel(ben, `${pages}/address`, { serverUrl })).querySelector("input[name=apiKey]")).toBeNull();
    expect((await ben.form(`${pages}/sign-in-keys`, key)).status).toBe(403);
    expect((await panel(anna, `${pages}/address`, { serverUrl })).querySelector("input[name=apiKey]")).not.toBeNull();
    const choose = await panel(anna, `${pages}/sign-in-keys`, key);
    expect(choose.querySelectorAll("select[name=accountId] option")).toHaveLength(2);
    expect(choose.body.innerHTML).not.toContain(cellar.apiKey);
    const action = choose.querySelector("form")?.getAttribute("action") ?? "";
    expect((await panel(anna, action, { accountId: "9" })).querySelector(".field-error")).not.toBeNull();
    expect((await panel(anna, action, { accountId: "2" })).body.textContent).toContain("Cellar, signed in as ben.");
  });

  test("lead back to the known address and name when a new sign-in is needed", async () => {
    const anna = await app.signIn("anna");
    await panel(anna, `${pages}/sign-in-passwords`, { serverUrl, ...who });
    const [{ id } = { id: "" }] = app.deps.integrations.list(anna.user.id);
    app.deps.integrations.failed(Number(id), new AppError("auth-expired", "Cellar does not accept the sign-in."));
    const card = parse((await anna.get("/integrations")).text).querySelector(".integration-actions");
    expect(card?.textContent).toContain("Sign in again");
    const again = await panel(anna, `${pages}/pins`, { integration: id });
    expect(again.querySelector("input[name=serverUrl]")?.getAttribute("value")).toBe(cellar.url);
    expect(again.querySelector("input[name=username]")?.getAttribute("value")).toBe("anna");
    const ben = await app.signIn("ben");
    expect((await ben.form(`${pages}/pins`, { integration: id })).status).toBe(404);
    expect((await ben.get(`${pages}/address?integration=${id}`)).status).toBe(404);
  });

  test("ask before another account of the same server takes its place", async () => {
    const anna = await app.signIn("anna");
    await panel(anna, `${pages}/sign-in-passwords`, { serverUrl, ...who });
    const other = await panel(anna, `${pages}/sign-in-passwords`, {
      serverUrl,
      username: "ben",
      password: "ben's password",
    });
    expect(other.body.textContent).toContain("Cellar is connected as anna so far.");
    expect(app.deps.integrations.list(anna.user.id)[0]?.username).toBe("anna");
  });

  test("sign out what was given up", async () => {
    const anna = await app.signIn("anna");
    const { requestId } = (await anna.post(`${api}/auth/password`, { serverUrl, ...who })).json;
    expect((await anna.form(`${pages}/pins/${requestId}`, { _method: "DELETE" })).status).toBe(303);
    expect(cellar.signedOut).toHaveLength(1);
    expect((await anna.form(`${pages}/pins/${requestId}`, { _method: "DELETE" })).status).toBe(303);
  });

  test("keep hostile text as text", async () => {
    const anna = await app.signIn("anna");
    const typed = await panel(anna, `${pages}/address`, { serverUrl: HOSTILE, username: HOSTILE });
    expect(typed.querySelector("img")).toBeNull();
    expect(typed.querySelector("input[name=serverUrl]")?.getAttribute("value")).toBe(HOSTILE);
    const wrong = await panel(anna, `${pages}/sign-in-passwords`, { serverUrl, username: HOSTILE, password: HOSTILE });
    expect(wrong.querySelector("img")).toBeNull();
    const long = await anna.form(`${pages}/address`, { serverUrl: "x".repeat(3000) });
    expect(long.status).toBe(422);
  });
});
