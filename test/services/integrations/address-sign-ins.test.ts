import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/instant.ts";
import { AppError, toAppError } from "../../../src/kernel/errors.ts";
import { secret } from "../../../src/kernel/secret.ts";
import { createIntegrations } from "../../../src/services/integrations/service.ts";
import type { Integrations } from "../../../src/services/integrations/types.ts";
import { type AddressServer, createAddressServer } from "../../support/address-server.ts";
import { createTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
let cellar: AddressServer;
let integrations: Integrations;
let anna: number;
let ben: number;

const at = { serverUrl: "192.0.2.9:8096" };

beforeEach(async () => {
  cellar = createAddressServer();
  app = createTestApp({
    services: (base) => {
      const providers = { get: () => cellar.provider, all: () => [cellar.provider] };
      integrations = createIntegrations(
        { ...base, providers },
        {
          checkSchedule: () => undefined,
          keyState: () => "ok",
          cancelRunning: async () => undefined,
          leave: async () => undefined,
        },
      );
      return { integrations, providers };
    },
  });
  anna = (await app.signIn("anna")).user.id;
  ben = (await app.signIn("ben")).user.id;
});
afterEach(() => app.close());

function byPassword(userId: number, username: string): Promise<string> {
  const password = secret(`${username}'s password`);
  return integrations.signInWithPassword(userId, "jellyfin", { ...at, username, password });
}

async function connected(userId: number, username: string) {
  const pinId = await byPassword(userId, username);
  return (await integrations.connect(userId, "jellyfin", { pinId })).integration;
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => toAppError(error).code,
  );

/** What nobody waits for happens nevertheless. */
async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await Bun.sleep(1);
}

type Stored = { device_id: string; by_key: number; server_url: string; account_name: string };
const stored = (id: string): Stored =>
  app.db.raw.query<Stored, [string]>("SELECT * FROM integrations WHERE id = ?").get(id) ?? expect.unreachable();

describe("device ids", () => {
  test("are kept when the same account signs in again, whatever the case of its name", async () => {
    const first = await connected(anna, "anna");
    const { device_id } = stored(first.id);
    cellar.accounts.set("ANNA", { account: { id: "1", username: "anna", email: null }, password: "ANNA's password" });
    const again = await connected(anna, "ANNA");
    expect([again.id, stored(again.id).device_id]).toEqual([first.id, device_id]);
    expect(cellar.tokens.size).toBe(1);
    // The server has ended the former sign-in itself; what it gave for it must not be signed out.
    expect(cellar.signedOut).toEqual([]);
  });

  test("are others for another account, whose sign-in takes the place of the former", async () => {
    const first = await connected(anna, "anna");
    const { device_id } = stored(first.id);
    const other = await connected(anna, "ben");
    expect(other.id).toBe(first.id);
    expect(stored(other.id)).toMatchObject({ account_name: "ben" });
    expect(stored(other.id).device_id).not.toBe(device_id);
    expect(cellar.signedOut).toEqual([{ accountId: "1", deviceId: device_id }]);
  });

  test("are others for another user of the tracker with the same account", async () => {
    const annas = stored((await connected(anna, "anna")).id);
    const bens = stored((await connected(ben, "anna")).id);
    expect(bens.device_id).not.toBe(annas.device_id);
    expect(cellar.tokens.size).toBe(2);
  });

  test("outlast a disconnection", async () => {
    const first = await connected(anna, "anna");
    const { device_id } = stored(first.id);
    await integrations.disconnect(anna, first.id);
    expect(stored((await connected(anna, "anna")).id).device_id).toBe(device_id);
  });

  test("of a sign-in that works are not used for a code, which anybody may approve", async () => {
    const first = await connected(anna, "anna");
    const { device_id } = stored(first.id);
    const { code, requestId } = await integrations.startCode(anna, "jellyfin", at);
    expect([...cellar.codes.values()].map(({ deviceId }) => deviceId)).not.toContain(device_id);
    cellar.approve(code, "anna");
    await integrations.connect(anna, "jellyfin", { pinId: requestId });
    expect(cellar.signedOut).toEqual([{ accountId: "1", deviceId: device_id }]);
    integrations.failed(Number(first.id), new AppError("auth-expired", "Cellar does not accept the sign-in."));
    const needed = stored(first.id).device_id;
    await integrations.startCode(anna, "jellyfin", at);
    expect([...cellar.codes.values()].map(({ deviceId }) => deviceId)).toContain(needed);
  });
});

describe("a sign-in under way", () => {
  test("stores no password, and no token or code in the clear", async () => {
    await connected(anna, "anna");
    const { code, requestId } = await integrations.startCode(anna, "jellyfin", at);
    cellar.approve(code, "ben");
    await integrations.checkPin(anna, requestId);
    const tables = ["pins", "integrations"].map((table) => app.db.raw.query(`SELECT * FROM ${table}`).all());
    const everything = JSON.stringify(tables);
    for (const hidden of [...cellar.tokens.keys(), ...cellar.codes.keys(), "anna's password"]) {
      expect(everything).not.toContain(hidden);
    }
  });

  test("is nobody else's", async () => {
    const requestId = await byPassword(anna, "anna");
    const unknown = { code: "not-found" };
    expect(integrations.checkPin(ben, requestId)).rejects.toMatchObject(unknown);
    expect(integrations.connect(ben, "jellyfin", { pinId: requestId })).rejects.toMatchObject(unknown);
    expect(integrations.giveUp(ben, requestId)).rejects.toMatchObject(unknown);
    expect(integrations.chooseAccount(ben, requestId, "1")).rejects.toMatchObject(unknown);
  });

  test("exchanges an approved code once, however many ask", async () => {
    const { code, requestId } = await integrations.startCode(anna, "jellyfin", at);
    expect(await integrations.checkPin(anna, requestId)).toEqual({ authorized: false, expired: false });
    cellar.approve(code, "anna");
    const answers = await Promise.all([1, 2, 3].map(() => integrations.checkPin(anna, requestId)));
    expect(answers.map(({ authorized }) => authorized)).toEqual([true, true, true]);
    expect(cellar.exchanged).toBe(1);
  });

  test("goes on waiting through a bad day of the server, up to its end", async () => {
    const { requestId } = await integrations.startCode(anna, "jellyfin", at);
    cellar.trouble = new AppError("unreachable", "Cellar did not answer.");
    expect(await integrations.checkPin(anna, requestId)).toEqual({ authorized: false, expired: false });
    app.clock.advance(Date.UTC(2100, 0, 1) - app.clock.now());
    expect(await integrations.checkPin(anna, requestId)).toEqual({ authorized: false, expired: true });
  });

  test("runs out an hour after it was granted", async () => {
    const requestId = await byPassword(anna, "anna");
    app.clock.advance(HOUR_MS);
    expect(await integrations.checkPin(anna, requestId)).toEqual({ authorized: false, expired: true });
    expect(integrations.connect(anna, "jellyfin", { pinId: requestId })).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path: "requestId" }],
    });
  });

  test("is signed out when given up, unless it has become the connection", async () => {
    await integrations.giveUp(anna, await byPassword(anna, "anna"));
    expect(cellar.signedOut).toHaveLength(1);
    const used = await byPassword(anna, "anna");
    await integrations.connect(anna, "jellyfin", { pinId: used });
    await integrations.giveUp(anna, used);
    expect(cellar.signedOut).toHaveLength(1);
    expect(cellar.tokens.size).toBe(1);
  });
});

describe("a sign-in that was granted and never connected", () => {
  const hours = (count: number) => app.clock.advance(count * HOUR_MS);

  test("is signed out once it has run out for an hour, and only once", async () => {
    await byPassword(anna, "anna");
    hours(1);
    await integrations.clearAwaySignIns();
    expect(cellar.signedOut).toEqual([]);
    hours(1.1);
    await integrations.clearAwaySignIns();
    await integrations.clearAwaySignIns();
    expect([cellar.signedOut.length, cellar.tokens.size]).toEqual([1, 0]);
  });

  test("is signed out when somebody else begins to sign in later", async () => {
    await byPassword(anna, "anna");
    hours(3);
    await byPassword(ben, "ben");
    await until(() => cellar.signedOut.length === 1);
    expect(cellar.signedOut).toMatchObject([{ accountId: "1" }]);
  });

  test("is left alone as a connection, as a key, and while a code waits", async () => {
    await connected(anna, "anna");
    const { code } = await integrations.startCode(anna, "jellyfin", at);
    const key = { ...at, apiKey: secret(cellar.apiKey) };
    const { requestId } = await integrations.signInWithKey(ben, "jellyfin", key);
    await integrations.chooseAccount(ben, requestId, "2");
    hours(3);
    await integrations.clearAwaySignIns();
    expect([cellar.signedOut, cellar.tokens.size]).toEqual([[], 1]);
    expect(app.db.raw.query("SELECT remote_id AS shown FROM pins").all()).toEqual([{ shown: code }]);
  });

  test("is signed out with the connection beside it, and with its user", async () => {
    const { id } = await connected(anna, "anna");
    await byPassword(anna, "ben");
    await integrations.disconnect(anna, id);
    await until(() => cellar.tokens.size === 0);
    expect(cellar.signedOut.map(({ accountId }) => accountId).toSorted()).toEqual(["1", "2"]);
    await byPassword(ben, "ben");
    await integrations.giveUpAll(ben);
    expect([cellar.signedOut.length, cellar.tokens.size]).toEqual([3, 0]);
  });

  test("stands in nobody's way when its row cannot be read", async () => {
    await byPassword(anna, "anna");
    await byPassword(ben, "ben");
    app.db.raw.run("UPDATE pins SET place = '{}' WHERE user_id = ?", [anna]);
    hours(3);
    await integrations.clearAwaySignIns();
    expect(cellar.signedOut).toMatchObject([{ accountId: "2" }]);
    expect(app.db.raw.query("SELECT id FROM pins").all()).toEqual([]);
  });

  test("is forgotten although its server does not answer", async () => {
    const requestId = await byPassword(anna, "anna");
    cellar.trouble = new AppError("unreachable", "Cellar did not answer.");
    await integrations.giveUp(anna, requestId);
    expect(integrations.checkPin(anna, requestId)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("guessing passwords", () => {
  const guess = (userId: number, username: string, word: string) =>
    integrations.signInWithPassword(userId, "jellyfin", { ...at, username, password: secret(word) });
  const guessed = async (count: number, userId: number, username: string) => {
    for (let time = 0; time < count; time++) {
      expect(await codeOf(guess(userId, username, `guess ${time}`))).toBe("invalid");
    }
  };

  test("ends after ten wrong ones for a name, until a quarter of an hour later", async () => {
    await guessed(10, anna, "ben");
    expect(await codeOf(guess(anna, " BEN ", "ben's password"))).toBe("too-many");
    expect(cellar.tokens.size).toBe(0);
    // Another name, and another user of the tracker, have tries of their own.
    await byPassword(anna, "anna");
    expect(await codeOf(guess(anna, "ben", "ben's password"))).toBe("too-many");
    await byPassword(ben, "ben");
    app.clock.advance(15 * MINUTE_MS);
    await byPassword(anna, "ben");
  });

  test("begins again after a right one", async () => {
    await guessed(9, anna, "ben");
    await byPassword(anna, "ben");
    await guessed(10, anna, "ben");
  });

  test("is not what a server without an answer makes of it", async () => {
    await guessed(9, anna, "ben");
    const address = cellar.provider.address ?? expect.unreachable();
    const silent = spyOn(address, "withPassword").mockRejectedValue(new AppError("unreachable", "Cellar is silent."));
    for (let time = 0; time < 12; time++) expect(await codeOf(byPassword(anna, "ben"))).toBe("unreachable");
    silent.mockRestore();
    await guessed(1, anna, "ben");
    expect(await codeOf(byPassword(anna, "ben"))).toBe("too-many");
  });
});

describe("keys", () => {
  async function byKey(accountId: string): Promise<string> {
    const { requestId, accounts } = await integrations.signInWithKey(anna, "jellyfin", {
      ...at,
      apiKey: secret(cellar.apiKey),
    });
    expect(accounts.map(({ username }) => username)).toEqual(["anna", "ben"]);
    await integrations.chooseAccount(anna, requestId, accountId);
    return requestId;
  }

  test("act for the chosen account, and are not taken back", async () => {
    const { integration } = await integrations.connect(anna, "jellyfin", { pinId: await byKey("2") });
    expect(integration).toMatchObject({ username: "ben", byKey: true });
    await integrations.disconnect(anna, integration.id);
    expect(cellar.signedOut).toEqual([]);
  });

  test("act for nobody before an account is chosen, or for one that is not there", async () => {
    const key = { ...at, apiKey: secret(cellar.apiKey) };
    const { requestId } = await integrations.signInWithKey(anna, "jellyfin", key);
    expect(await integrations.checkPin(anna, requestId)).toEqual({ authorized: false, expired: false });
    expect(integrations.chooseAccount(anna, requestId, "9")).rejects.toMatchObject({ fields: [{ path: "accountId" }] });
  });

  test("give way to a sign-in of one's own", async () => {
    const keyed = await integrations.connect(anna, "jellyfin", { pinId: await byKey("1") });
    const own = await connected(anna, "anna");
    expect(own).toMatchObject({ id: keyed.integration.id, byKey: false });
    expect(stored(own.id).by_key).toBe(0);
    expect(cellar.signedOut).toEqual([]);
  });
});

describe("a connection", () => {
  test("is signed out at its server when it ends, also where others have the same account", async () => {
    await connected(ben, "anna");
    const { id } = await connected(anna, "anna");
    const { device_id } = stored(id);
    await integrations.disconnect(anna, id);
    expect(cellar.signedOut).toEqual([{ accountId: "1", deviceId: device_id }]);
    expect(integrations.list(ben)).toHaveLength(1);
  });

  test("ends although the server is away", async () => {
    const { id } = await connected(anna, "anna");
    cellar.trouble = new AppError("unreachable", "Cellar did not answer.");
    await integrations.disconnect(anna, id);
    expect(integrations.list(anna)).toEqual([]);
  });

  test("is looked for at its known address, and says what was tried", async () => {
    const { id } = await connected(anna, "anna");
    expect(await integrations.rediscover(Number(id))).toBe(true);
    cellar.trouble = new AppError("unreachable", "Cellar did not answer.");
    expect(await integrations.rediscover(Number(id))).toBe(false);
    integrations.failed(Number(id), cellar.trouble);
    expect(integrations.get(anna, id).health?.tried?.addresses).toEqual([
      { url: cellar.url, kind: "typed", reason: "It did not answer." },
    ]);
  });

  test("needs a new sign-in when its daily sign of life is refused", async () => {
    const { id } = await connected(anna, "anna");
    app.clock.advance(25 * HOUR_MS);
    await integrations.pingAll();
    expect(integrations.get(anna, id).status).toBe("ok");
    cellar.tokens.clear();
    app.clock.advance(25 * HOUR_MS);
    await integrations.pingAll();
    expect(integrations.get(anna, id).status).toBe("needs-login");
    expect(await connected(anna, "anna")).toMatchObject({ id, status: "ok" });
  });
});
