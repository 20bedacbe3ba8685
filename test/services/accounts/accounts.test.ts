import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readConfig } from "../../../src/config.ts";
import type { Db } from "../../../src/db/open.ts";
import { readSetting, writeSetting } from "../../../src/db/repos/settings.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/domain/instant.ts";
import { AppError } from "../../../src/kernel/errors.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { secret } from "../../../src/kernel/secret.ts";
import { installationKeyState, KEY_CHECK_SETTING } from "../../../src/services/accounts/installation-key.ts";
import { createAccounts } from "../../../src/services/accounts/service.ts";
import type { Accounts } from "../../../src/services/accounts/types.ts";
import { createVault } from "../../../src/vault/vault.ts";
import { createTestDb } from "../../support/app.ts";
import { createTestClock, type TestClock } from "../../support/clock.ts";

const password = "correct horse battery";
const visitor = { address: "192.0.2.1", userAgent: "test" };

let db: Db;
let clock: TestClock;
let accounts: Accounts;

function build(env: Record<string, string> = {}): Accounts {
  return createAccounts({ db, clock, config: readConfig({ DATA_DIR: "/nonexistent", ...env }), log: silentLog });
}

beforeEach(() => {
  db = createTestDb();
  clock = createTestClock();
  accounts = build();
});
afterEach(() => db.close());

async function failure(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw error;
}

const wrong = (username = "ana", from = visitor) => accounts.login({ username, password: "not it at all" }, from);

describe("the first account", () => {
  test("is an admin, and there is only one first account, also when two ask at the same moment", async () => {
    const both = await Promise.allSettled([
      accounts.setup({ username: "ana", password }, visitor),
      accounts.setup({ username: "ben", password }, visitor),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(accounts.list().map(({ role }) => role)).toEqual(["admin"]);
    expect((await failure(accounts.setup({ username: "cleo", password }, visitor))).code).toBe("conflict");
  });

  test("is seen when the command line makes it while the server runs", async () => {
    expect(accounts.hasUsers()).toBe(false);
    await build().createUser({ username: "ana", password, role: "admin" });
    expect(accounts.hasUsers()).toBe(true);
  });
});

describe("names and passwords", () => {
  const refused: [string, string, string, string][] = [
    ["an empty name", "", password, "username"],
    ["a name of spaces", "   ", password, "username"],
    ["a name of 65 characters", "a".repeat(65), password, "username"],
    ["a name with a line break", "a\nb", password, "username"],
    ["a name with a direction mark", "ana\u202e", password, "username"],
    ["a password of 7 characters", "ana", "1234567", "password"],
    ["a password of 1001 characters", "ana", "x".repeat(1001), "password"],
  ];
  for (const [name, username, given, field] of refused) {
    test(`${name} is refused at its field`, async () => {
      const error = await failure(accounts.createUser({ username, password: given }));
      expect([error.code, error.fields.map(({ path }) => path)]).toEqual(["invalid", [field]]);
    });
  }

  test("the longest ones and emoji are fine", async () => {
    const made = await accounts.createUser({ username: "🦊".repeat(64), password: "x".repeat(1000) });
    expect((await accounts.login({ username: made.username, password: "x".repeat(1000) }, visitor)).user.id).toBe(
      made.id,
    );
    expect((await failure(accounts.login({ username: made.username, password: "x".repeat(1001) }, visitor))).code).toBe(
      "unauthorized",
    );
  });

  test("a name is taken whatever its case, spaces and composition", async () => {
    await accounts.createUser({ username: "José", password });
    for (const username of ["josé", " JOSÉ ", "Jose\u0301"]) {
      expect((await failure(accounts.createUser({ username, password }))).code).toBe("conflict");
      expect((await accounts.login({ username, password }, visitor)).user.username).toBe("José");
    }
  });

  test("passwords and tokens are nowhere in the database", async () => {
    const { token, user } = await accounts.setup({ username: "ana", password }, visitor);
    const api = accounts.createApiToken(user.id, "script");
    const bytes = Buffer.from(db.raw.serialize()).toString("latin1");
    expect(bytes).toContain("$argon2id$");
    for (const text of [password, token, api.token]) expect(bytes).not.toContain(text);
  });
});

describe("signing in", () => {
  beforeEach(async () => {
    await accounts.createUser({ username: "ana", password, role: "admin" });
    await accounts.createUser({ username: "ben", password });
  });

  test("says the same about an unknown name and a wrong password", async () => {
    const [one, two] = [await failure(wrong("ana")), await failure(wrong("nobody"))];
    expect([one.code, two.code]).toEqual(["unauthorized", "unauthorized"]);
    expect(one.message).toBe(two.message);
  });

  test("is refused after 10 failures for that name and address, right password or not, until 15 minutes have passed", async () => {
    for (let count = 0; count < 10; count += 1) expect((await failure(wrong())).code).toBe("unauthorized");
    clock.advance(MINUTE_MS);
    const refused = await failure(accounts.login({ username: "ANA", password }, visitor));
    expect([refused.code, refused.retryAfterMs]).toEqual(["too-many", 14 * MINUTE_MS]);
    expect((await accounts.login({ username: "ben", password }, visitor)).user.username).toBe("ben");
    const elsewhere = { ...visitor, address: "192.0.2.2" };
    expect((await accounts.login({ username: "ana", password }, elsewhere)).user.username).toBe("ana");
    clock.advance(14 * MINUTE_MS);
    expect((await accounts.login({ username: "ana", password }, visitor)).user.username).toBe("ana");
  });

  test("counts attempts that come all at once", async () => {
    const all = await Promise.all(Array.from({ length: 15 }, () => failure(wrong())));
    expect(all.filter(({ code }) => code === "too-many")).toHaveLength(5);
  });

  test("forgets failures after a success", async () => {
    for (let round = 0; round < 2; round += 1) {
      for (let count = 0; count < 9; count += 1) await failure(wrong());
      await accounts.login({ username: "ana", password }, visitor);
    }
  });
});

describe("sessions", () => {
  test("last 30 days from the last visit, written at most once an hour", async () => {
    const { token } = await accounts.setup({ username: "ana", password }, visitor);
    const changes = () => db.raw.query("SELECT total_changes() AS n").get();
    const before = changes();
    clock.advance(HOUR_MS - 1);
    expect(accounts.bySession(token)).toMatchObject({ via: "session", prolongedUntil: null });
    expect(changes()).toEqual(before);
    clock.advance(1);
    expect(accounts.bySession(token)).toMatchObject({ prolongedUntil: clock.now() + 30 * DAY_MS });
    expect(accounts.bySession(token)).toMatchObject({ prolongedUntil: null });
    clock.advance(30 * DAY_MS - 1);
    expect(accounts.bySession(token)).not.toBeNull();
    clock.advance(30 * DAY_MS);
    expect(accounts.bySession(token)).toBeNull();
    accounts.prune();
    expect(db.raw.query("SELECT count(*) AS n FROM sessions").get()).toEqual({ n: 0 });
  });

  test("end with a sign-out, and only that one", async () => {
    const one = await accounts.setup({ username: "ana", password }, visitor);
    const two = await accounts.login({ username: "ana", password }, visitor);
    accounts.logout(one.token);
    expect([accounts.bySession(one.token), accounts.bySession(two.token)?.user.id]).toEqual([null, two.user.id]);
  });

  test("other sessions end when the password changes, all end when it is reset", async () => {
    const one = await accounts.setup({ username: "ana", password }, visitor);
    const two = await accounts.login({ username: "ana", password }, visitor);
    const kept = accounts.bySession(one.token);
    const hash = kept?.via === "session" ? kept.sessionHash : null;
    const bad = await failure(accounts.changePassword(one.user.id, { current: "no", next: "another one" }, hash));
    expect(bad.fields.map(({ path }) => path)).toEqual(["current"]);
    await accounts.changePassword(one.user.id, { current: password, next: "another one" }, hash);
    expect([accounts.bySession(one.token) !== null, accounts.bySession(two.token)]).toEqual([true, null]);
    await accounts.resetPassword(one.user.id, "a third one");
    expect(accounts.bySession(one.token)).toBeNull();
    expect((await accounts.login({ username: "ana", password: "a third one" }, visitor)).user.id).toBe(one.user.id);
  });
});

describe("accounts", () => {
  test("strangers make their own only where that is open", async () => {
    await accounts.setup({ username: "ana", password }, visitor);
    expect((await failure(accounts.signUp({ username: "ben", password }, visitor))).code).toBe("forbidden");
    const open = build({ SIGNUP: "open" });
    expect((await open.signUp({ username: "ben", password }, visitor)).user.role).toBe("member");
  });

  test("the last admin stays, everyone else can be deleted with all that is theirs", async () => {
    const { user } = await accounts.setup({ username: "ana", password }, visitor);
    const ben = await accounts.createUser({ username: "ben", password });
    const { token } = accounts.createApiToken(ben.id, "script");
    expect(() => accounts.deleteUser(user.id)).toThrow(/last admin/);
    accounts.deleteUser(ben.id);
    expect([accounts.byName("ben"), accounts.byApiToken(token)]).toEqual([null, null]);
    expect(() => accounts.get(ben.id)).toThrow(/no such user/);
  });

  test("a profile takes real time zones only, and null for the installation's", async () => {
    const { user } = await accounts.setup({ username: "ana", password }, visitor);
    expect(accounts.updateProfile(user.id, { timeZone: "Asia/Tokyo", theme: "dark" })).toMatchObject({
      timeZone: "Asia/Tokyo",
      theme: "dark",
    });
    expect(() => accounts.updateProfile(user.id, { timeZone: "Mars/Olympus" })).toThrow(/time zone/);
    expect(accounts.updateProfile(user.id, { timeZone: null })).toMatchObject({ timeZone: null, theme: "dark" });
  });

  test("an API token belongs to its user, and only they can revoke it", async () => {
    const { user } = await accounts.setup({ username: "ana", password }, visitor);
    const ben = await accounts.createUser({ username: "ben", password });
    const made = accounts.createApiToken(user.id, " script ");
    expect(made.name).toBe("script");
    expect(made.token).toMatch(/^et_[\w-]{43}$/);
    expect(accounts.byApiToken(made.token)).toMatchObject({ via: "token", user: { id: user.id } });
    expect(() => accounts.deleteApiToken(ben.id, made.id)).toThrow(/no such token/);
    accounts.deleteApiToken(user.id, made.id);
    expect(accounts.byApiToken(made.token)).toBeNull();
    expect(() => accounts.createApiToken(user.id, " ")).toThrow(AppError);
  });
});

describe("the installation's key", () => {
  test("is remembered at the first start, and another one changes nothing", async () => {
    const right = createVault({ key: secret("k".repeat(32)) });
    const other = createVault({ key: secret("z".repeat(32)) });
    expect(await installationKeyState({ db, vault: right })).toBe("ok");
    const stored = readSetting(db, KEY_CHECK_SETTING);
    expect(await installationKeyState({ db, vault: other })).toBe("different");
    expect(readSetting(db, KEY_CHECK_SETTING)).toBe(stored);
    expect(await installationKeyState({ db, vault: right })).toBe("ok");
    writeSetting(db, KEY_CHECK_SETTING, "damaged");
    expect((await failure(installationKeyState({ db, vault: right }))).code).toBe("auth-expired");
  });
});
