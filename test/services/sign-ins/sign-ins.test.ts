import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { sealedColumns } from "../../../src/vault/sealed-columns.ts";
import type { PlexAccount } from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { hurriedClock, type Product, startProduct } from "../../support/product.ts";
import { contentOf } from "../sync/harness.ts";

const visitor = { address: "192.0.2.1", userAgent: "test" };

let world: World;
let anna: PlexAccount;
let ben: PlexAccount;
let sims: Simulators;
let product: Product;

beforeEach(async () => {
  world = createWorld();
  anna = world.addAccount({ username: "anna" });
  ben = world.addAccount({ username: "ben", email: "ben@example.com" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  world.share(attic, ben);
  sims = startSimulators(world, { deadConnections: () => [] });
  product = await startProduct(sims, { clock: hurriedClock });
  product.app.signIns.turn("plex", true);
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

const signIns = () => product.app.signIns;
const failure = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
    return null;
  } catch (error) {
    return error;
  }
};

async function begin(browser = "browser", address = visitor.address) {
  return signIns().start("plex", { browser, visitor: { ...visitor, address }, next: "/stats", forwardUrl: null });
}

/** The whole way, as this Plex account. */
async function enter(account: PlexAccount, browser = "browser") {
  const pin = await begin(browser, `of ${account.username}`);
  sims.plexTv.approve(pin.code, account);
  const found = await signIns().check(browser, pin.pinId, visitor);
  if (found.state !== "in") throw new Error(`still ${found.state}`);
  return found;
}

const allowByName = (wanted: string, userId: number | null = null) =>
  signIns().allow({ provider: "plex", account: { wanted }, userId });
const allowAccount = (account: PlexAccount, userId: number | null = null) =>
  signIns().allow({ provider: "plex", account: { id: String(account.id), name: account.username }, userId });

async function member(name: string): Promise<number> {
  const id = await product.addUser(name);
  product.app.accounts.changeRole(id, "member");
  return id;
}

describe("signing in with an account elsewhere", () => {
  test("waits, then lets in once, and takes the visitor where they wanted to go", async () => {
    allowAccount(ben, await member("benny"));
    const pin = await begin();
    expect(await signIns().check("browser", pin.pinId, visitor)).toEqual({ state: "waiting" });
    sims.plexTv.approve(pin.code, ben);
    const found = await signIns().check("browser", pin.pinId, visitor);
    expect(found).toMatchObject({ state: "in", next: "/stats", session: { user: { username: "benny" } } });
    const token = found.state === "in" ? found.session.token : "";
    expect(product.app.accounts.bySession(token)).toMatchObject({ user: { username: "benny" } });
    expect(await failure(() => signIns().check("browser", pin.pinId, visitor))).toMatchObject({ code: "not-found" });
  });

  test("belongs to the browser that began it", async () => {
    allowAccount(ben);
    const pin = await begin("one browser");
    sims.plexTv.approve(pin.code, ben);
    for (const other of ["another", "", null]) {
      expect(await failure(() => signIns().check(other, pin.pinId, visitor))).toMatchObject({ code: "not-found" });
      expect(await failure(() => signIns().giveUp(other, pin.pinId))).toMatchObject({ code: "not-found" });
    }
    expect(product.app.accounts.list()).toHaveLength(1);
  });

  test("makes a new user without a usable password, under a name that is free", async () => {
    await member("ben");
    allowAccount(ben);
    const { session } = await enter(ben);
    expect(session.user).toMatchObject({ username: "ben 2", role: "member" });
    expect(product.app.accounts.hasPassword(session.user.id)).toBe(false);
    for (const password of ["none", "", "-"]) {
      const attempt = product.app.accounts.login({ username: "ben 2", password }, visitor);
      expect(await failure(() => attempt)).toMatchObject({ code: "unauthorized" });
    }
    await product.app.accounts.changePassword(session.user.id, { current: "", next: "long enough now" }, null);
    const again = await product.app.accounts.login({ username: "ben 2", password: "long enough now" }, visitor);
    expect(again.user.id).toBe(session.user.id);
    expect((await enter(ben)).session.user.id).toBe(session.user.id);
  });

  test("by name is bound to the first who goes by it, and to that account for good", async () => {
    allowByName("  BEN@Example.com ");
    const { session } = await enter(ben);
    expect(signIns().list()).toMatchObject([{ accountId: String(ben.id), accountName: "ben", username: "ben" }]);
    ben.email = "elsewhere@example.com";
    const taker = world.addAccount({ username: "taker", email: "ben@example.com" });
    expect(await failure(() => enter(taker))).toMatchObject({ code: "forbidden" });
    expect((await enter(ben)).session.user.id).toBe(session.user.id);
  });

  test("is no use to a profile that only calls itself so", async () => {
    allowByName("ben");
    const kid = world.addHomeMember(anna, { username: "ben-kid", title: "ben", managed: true });
    expect(await failure(() => enter(kid))).toMatchObject({ code: "forbidden" });
  });

  test("is refused in plain words to who is not on the list, and to everybody when switched off", async () => {
    expect(await failure(() => enter(ben))).toMatchObject({
      code: "forbidden",
      message: "The Plex account ben may not sign in here.",
    });
    allowAccount(ben);
    const pin = await begin();
    sims.plexTv.approve(pin.code, ben);
    signIns().turn("plex", false);
    expect(await failure(() => signIns().check("browser", pin.pinId, visitor))).toMatchObject({ code: "forbidden" });
    expect(await failure(() => begin())).toMatchObject({ code: "forbidden" });
    expect(signIns().ways()).toEqual([{ provider: "plex", label: "Plex", on: false }]);
  });

  test("is tried ten times from one place, then it waits; who gets in is forgiven", async () => {
    allowAccount(ben);
    for (let count = 0; count < 10; count += 1) await begin("b", "198.51.100.1");
    expect(await failure(() => begin("b", "198.51.100.1"))).toMatchObject({ code: "too-many" });
    await begin("b", "198.51.100.2");
    sims.faults.add({ service: "plex.tv", path: /pins/, effect: { kind: "status", status: 500 } });
    for (let count = 0; count < 12; count += 1) {
      expect(await failure(() => begin("b", "198.51.100.2"))).toMatchObject({ code: "unreachable" });
    }
    sims.faults.clear();
    await begin("b", "198.51.100.2");
    for (let count = 0; count < 12; count += 1) await enter(ben);
  });

  test("goes on asking while the service has a bad day, and ends when the code has run out", async () => {
    allowAccount(ben);
    const pin = await begin();
    sims.plexTv.approve(pin.code, ben);
    sims.faults.add({ service: "plex.tv", path: /user$/, times: 3, effect: { kind: "status", status: 500 } });
    expect(await signIns().check("browser", pin.pinId, visitor)).toEqual({ state: "waiting" });
    expect(await signIns().check("browser", pin.pinId, visitor)).toMatchObject({ state: "in" });
    const second = await begin();
    sims.plexTv.expire(second.code);
    expect(await signIns().check("browser", second.pinId, visitor)).toEqual({ state: "expired" });
  });

  test("keeps no token, and gives it back unless the account has a server connected", async () => {
    allowAccount(ben, await member("benny"));
    await enter(ben);
    expect(sims.requests.count({ service: "plex.tv", path: /signout/ })).toBe(1);
    const used = sims.requests.all({ service: "plex.tv", path: /signout/ })[0]?.headers["x-plex-token"] ?? "";
    expect(sims.plexTv.accountOf(used)).toBeNull();
    expect(JSON.stringify(contentOf(product))).not.toContain(used);
    const benny = product.app.accounts.byName("benny")?.id ?? 0;
    await product.connect(ben, "Attic", benny);
    await enter(ben);
    expect(sims.requests.count({ service: "plex.tv", path: /signout/ })).toBe(1);
  });

  test("seals the code that is waited for, under a key that can be changed", async () => {
    const pin = await begin();
    expect(JSON.stringify(contentOf(product, ["sign_in_pins"]))).not.toContain(pin.code);
    const sealed = product.app.deps.db.raw.query("SELECT sealed_code AS code FROM sign_in_pins").get();
    expect(JSON.stringify(sealed)).not.toContain(pin.code);
    expect(sealedColumns.map(({ table }) => table)).toContain("sign_in_pins");
  });
});

describe("accounts that may sign in", () => {
  test("stop at once when they are taken off, or the whole way is switched off", async () => {
    const allowed = allowAccount(ben, await member("benny"));
    const first = await enter(ben);
    expect(signIns().remove(allowed.id)).toBe(first.session.user.id);
    expect(product.app.accounts.bySession(first.session.token)).toBeNull();
    expect(await failure(() => enter(ben))).toMatchObject({ code: "forbidden" });
    allowAccount(ben, first.session.user.id);
    const second = await enter(ben);
    expect(signIns().turn("plex", false)).toEqual([first.session.user.id]);
    expect(product.app.accounts.bySession(second.session.token)).toBeNull();
  });

  test("are never bound to an admin by somebody else", async () => {
    const benny = await member("benny");
    expect(await failure(() => allowAccount(ben, product.userId))).toMatchObject({
      code: "conflict",
      fields: [{ path: "userId" }],
    });
    allowAccount(ben, benny);
    const { session } = await enter(ben);
    product.app.accounts.changeRole(benny, "admin");
    expect(product.app.accounts.bySession(session.token)).toBeNull();
    expect(await failure(() => enter(ben))).toMatchObject({ code: "forbidden" });
    await product.connect(ben, "Attic", benny);
    signIns().connectOwn(benny, "plex", String(ben.id));
    expect((await enter(ben)).session.user.role).toBe("admin");
  });

  test("are listed once, and offered from what members have connected", async () => {
    const benny = await member("benny");
    await product.connect(ben, "Attic", benny);
    expect(signIns().candidates()).toMatchObject([{ accountId: String(ben.id), username: "benny", role: "member" }]);
    allowAccount(ben, benny);
    expect(signIns().candidates()).toEqual([]);
    expect(await failure(() => allowAccount(ben))).toMatchObject({ code: "conflict" });
    allowByName("Cleo");
    expect(await failure(() => allowByName("cleo "))).toMatchObject({ code: "conflict", fields: [{ path: "name" }] });
    expect(await failure(() => allowByName("  "))).toMatchObject({ code: "invalid", fields: [{ path: "name" }] });
    expect(await failure(() => signIns().remove("999"))).toMatchObject({ code: "not-found" });
  });

  test("are told when they are made, however many there are", () => {
    const { raw } = product.app.deps.db;
    const many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)";
    raw.run(
      `INSERT INTO sign_in_accounts (provider, account_id, account_name, created_at) ${many} SELECT 'plex', 'a' || i, 'a' || i, 0 FROM n`,
    );
    expect(allowByName("one more")).toMatchObject({ accountName: "one more", userId: null });
  });

  test("go with their user", async () => {
    const benny = await member("benny");
    allowAccount(ben, benny);
    product.app.accounts.deleteUser(benny);
    expect(signIns().list()).toEqual([]);
  });
});

describe("one's own", () => {
  test("is an account one has connected oneself; not another user's, nor a household's profile", async () => {
    const benny = await member("benny");
    const integration = await product.connect(anna, "Attic");
    const mia = world.addHomeMember(anna, { username: "mia", managed: true });
    world.share(world.servers[0]!, mia);
    const input = { memberId: mia.uuid, target: { userId: benny } };
    await product.app.households.link(product.userId, integration.id, input);
    for (const account of [anna, mia, ben]) {
      expect(await failure(() => signIns().connectOwn(benny, "plex", String(account.id)))).toMatchObject({
        code: "not-found",
      });
    }
    expect(signIns().ownCandidates(benny)).toEqual([]);
    const made = signIns().connectOwn(product.userId, "plex", String(anna.id));
    expect(made).toMatchObject({ accountName: "anna", chosenByUser: true });
    expect((await enter(anna)).session.user.id).toBe(product.userId);
    expect(await failure(() => signIns().removeOwn(benny, made.id))).toMatchObject({ code: "not-found" });
  });

  test("cannot be the last way in that is taken away", async () => {
    allowAccount(ben);
    const { session } = await enter(ben);
    const [own] = signIns().mine(session.user.id);
    // Nobody has shown yet that this one is theirs.
    allowByName("benny@example.com", session.user.id);
    expect(await failure(() => signIns().removeOwn(session.user.id, own?.id ?? ""))).toMatchObject({
      code: "conflict",
      hint: "Set a password first.",
    });
    await product.app.accounts.changePassword(session.user.id, { current: "", next: "long enough now" }, null);
    signIns().removeOwn(session.user.id, own?.id ?? "");
    expect(signIns().mine(session.user.id)).toMatchObject([{ accountName: "benny@example.com" }]);
  });
});
