import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DAY_MS } from "../../../src/domain/instant.ts";
import { createLog } from "../../../src/kernel/log.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { SWITCHES_A_MINUTE } from "../../simulators/plex-tv.ts";
import { type PlexAccount, type PlexItem, type PlexServerState, plexEpisode } from "../../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { createWorld, type World } from "../../simulators/world.ts";
import { addIntegration } from "../../support/fixtures.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";
import { contentOf } from "../sync/harness.ts";

const at = Math.floor((Date.now() - 40 * DAY_MS) / 1000) * 1000;

let world: World;
let anna: PlexAccount;
let ben: PlexAccount;
let mia: PlexAccount;
let attic: PlexServerState;
let lights: PlexItem;
let sims: Simulators;
let product: Product;
let integration: IntegrationView;

beforeEach(async () => {
  world = createWorld();
  anna = world.addAccount({ username: "anna", title: "Anna" });
  ben = world.addAccount({ username: "ben", title: "Ben" });
  mia = world.addHomeMember(anna, { username: "mia", title: "Mia", managed: true, pin: "1234" });
  world.joinHome(anna, ben);
  attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  world.share(attic, mia);
  world.share(attic, ben);
  lights = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [6] }));
  world.play(anna, plexEpisode(lights, 1, 1), { at });
  world.play(mia, plexEpisode(lights, 1, 2), { at });
  world.play(ben, plexEpisode(lights, 1, 3), { at });
  sims = startSimulators(world, { deadConnections: () => [] });
  product = await startProduct(sims, { clock: hurriedClock });
  integration = await product.connect(anna, "Attic");
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

const households = () => product.app.households;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
const states = async () =>
  (await households().members(product.userId, integration.id)).members.map(({ name, managed, asksPin, state }) => [
    name,
    managed,
    asksPin,
    state.is,
  ]);
const linkMia = (userId: number, pin = "1234") =>
  households().link(product.userId, integration.id, { memberId: mia.uuid, pin, target: { userId } });
const numbers = (userId: number) => playsOfUser(product, userId).map(({ number }) => number);

async function member(name: string): Promise<number> {
  const id = await product.addUser(name);
  product.app.accounts.changeRole(id, "member");
  return id;
}

describe("the household behind an account", () => {
  test("is told with everybody's state, and asked for once in a while only", async () => {
    sims.requests.reset();
    const first = [
      ["Anna", false, false, "self"],
      ["Mia", true, true, "free"],
      ["Ben", false, false, "free"],
    ];
    expect(await states()).toEqual(first);
    expect(await states()).toEqual(first);
    expect(sims.requests.count({ service: "plex.tv", path: /home/ })).toBe(1);
    const [miaUser, benUser] = [await member("mia"), await member("ben")];
    await linkMia(miaUser);
    await product.connect(ben, "Attic", benUser);
    expect(await states()).toEqual([
      ["Anna", false, false, "self"],
      ["Mia", true, true, "linked"],
      ["Ben", false, false, "connected"],
    ]);
  });

  test("is not there for a member, for another user's integration, or where there is none", async () => {
    const benUser = await member("ben");
    const bens = await product.connect(ben, "Attic", benUser);
    expect(await failure(households().members(benUser, bens.id))).toMatchObject({ code: "unsupported" });
    expect(await failure(households().members(benUser, integration.id))).toMatchObject({ code: "not-found" });
    sims.faults.add({ service: "plex.tv", path: /home/, effect: { kind: "status", status: 404 } });
    expect(await failure(households().members(product.userId, integration.id))).toMatchObject({ code: "unsupported" });
    const cellar = addIntegration(product.app.deps.db, product.userId, { provider: "jellyfin", serverName: "Cellar" });
    expect(await failure(households().members(product.userId, String(cellar)))).toMatchObject({
      code: "not-found",
      message: "Jellyfin knows no households.",
    });
  });
});

describe("linking a profile", () => {
  test("reads that profile's plays and nobody else's, with a token of its own", async () => {
    const miaUser = await member("mia");
    const linked = await linkMia(miaUser);
    expect(linked).toMatchObject({
      serverName: "Attic",
      username: "Mia",
      email: null,
      throughHome: true,
      owned: false,
    });
    await product.sync(integration);
    const log = await product.sync(linked);
    expect(log.status).toBe("success");
    expect([numbers(product.userId), numbers(miaUser)]).toEqual([[1], [2]]);
    const row = product.app.deps.db.raw
      .query(
        "SELECT sealed_account_token AS account, sealed_server_token IS NULL AS none FROM integrations WHERE id = ?",
      )
      .get(Number(linked.id));
    expect(row).toEqual({ account: null, none: 0 });
  });

  test("keeps neither the PIN nor the token of the switch, in no table and no log line", async () => {
    const lines: string[] = [];
    const log = createLog({ clock: hurriedClock, level: "debug", format: "json", write: (line) => lines.push(line) });
    const { stop, dataDir } = product;
    await product.app.stop();
    product = await startProduct(sims, { clock: hurriedClock, dataDir, log });
    Object.assign(product, { stop });
    await failure(linkMia(await member("kim"), "4321"));
    await linkMia(await member("mia"));
    const everything = JSON.stringify(contentOf(product)) + lines.join();
    expect(lines.join()).toContain("household.linked");
    const switched = sims.requests.all({ service: "plex.tv", path: /resources/ }).at(-1)?.headers["x-plex-token"] ?? "";
    expect(sims.plexTv.accountOf(switched)).toBe(mia);
    for (const secret of ['"1234"', "=1234", '"4321"', "=4321", switched, attic.shares[0]?.accessToken ?? "none"]) {
      expect(everything).not.toContain(secret);
    }
  });

  test("without its PIN, or with a wrong one, says so at the field and links nothing", async () => {
    const miaUser = await member("mia");
    for (const [pin, message] of [
      ["", "This profile asks for its PIN."],
      ["9999", "This PIN is wrong."],
    ] as const) {
      expect(await failure(linkMia(miaUser, pin))).toMatchObject({
        code: "invalid",
        fields: [{ path: "pin", message }],
      });
    }
    expect(product.app.integrations.list(miaUser)).toEqual([]);
  });

  test("on a bad day of the service says nothing about the PIN, however often it is typed", async () => {
    const miaUser = await member("mia");
    sims.faults.add({ service: "plex.tv", path: /switch/, effect: { kind: "status", status: 500 } });
    for (let guess = 0; guess < 12; guess += 1) {
      expect(await failure(linkMia(miaUser))).toMatchObject({ code: "unreachable" });
    }
    sims.faults.clear();
    expect(await linkMia(miaUser)).toMatchObject({ username: "Mia" });
  });

  test("is not for guessing PINs", async () => {
    const miaUser = await member("mia");
    // plex.tv's own patience is not what is tried here.
    const effect = { kind: "status", status: 403, body: '{"errors":[{"code":1041}]}' } as const;
    sims.faults.add({ service: "plex.tv", path: /switch/, effect });
    const codes: unknown[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      codes.push(Reflect.get((await failure(linkMia(miaUser, `000${guess % 10}`))) as object, "code"));
      // Asking without one in between forgives nothing.
      await failure(linkMia(miaUser, ""));
    }
    expect(codes.slice(-2)).toEqual(["too-many", "too-many"]);
  });

  test("too often is passed on as how long to wait", async () => {
    const benUser = await member("ben");
    const bens = { memberId: ben.uuid, target: { userId: benUser } };
    for (let count = 0; count < SWITCHES_A_MINUTE; count += 1) {
      await households().link(product.userId, integration.id, bens);
    }
    const refused = await failure(households().link(product.userId, integration.id, bens));
    expect(refused).toMatchObject({ code: "too-many", hint: "Try again in a minute." });
    const wait: unknown = Reflect.get(refused as object, "retryAfterMs");
    expect(wait).toBeGreaterThan(55_000);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  test("to a new user makes one when it works, and none when it does not", async () => {
    const target = { newUser: { username: "Mia" } };
    const link = (pin: string) =>
      households().link(product.userId, integration.id, { memberId: mia.uuid, pin, target });
    await failure(link("0000"));
    expect(product.app.accounts.byName("Mia")).toBeNull();
    await link("1234");
    const made = product.app.accounts.byName("mia");
    expect(made).toMatchObject({ username: "Mia", role: "member" });
    expect(product.app.accounts.hasPassword(made?.id ?? 0)).toBe(false);
    const again = await failure(
      households().link(product.userId, integration.id, {
        memberId: ben.uuid,
        target: { newUser: { username: "MIA" } },
      }),
    );
    expect(again).toMatchObject({ code: "conflict", fields: [{ path: "username" }] });
  });

  test("never gives two users the same profile, nor takes the place of somebody's own sign-in", async () => {
    const [miaUser, benUser] = [await member("mia"), await member("ben")];
    await linkMia(miaUser);
    expect(await failure(linkMia(benUser))).toMatchObject({ code: "conflict" });
    await product.connect(ben, "Attic", benUser);
    for (const target of [{ userId: benUser }, { userId: miaUser }]) {
      const bens = { memberId: ben.uuid, target };
      expect(await failure(households().link(product.userId, integration.id, bens))).toMatchObject({
        code: "conflict",
      });
    }
    expect(product.app.integrations.list(benUser)).toMatchObject([{ username: "ben", throughHome: false }]);
    expect(product.app.integrations.list(miaUser)).toMatchObject([{ username: "Mia" }]);
  });

  test("does not go on when the server came to that user in another way while the PIN was tried", async () => {
    const miaUser = await member("mia");
    const change = () => {
      const own = addIntegration(product.app.deps.db, miaUser, { serverName: "Attic" });
      product.app.deps.db.raw.run("UPDATE integrations SET server_id = ? WHERE id = ?", [attic.machineIdentifier, own]);
    };
    sims.faults.add({ service: "plex.tv", path: /switch/, times: 1, effect: { kind: "change", change } });
    expect(await failure(linkMia(miaUser))).toMatchObject({
      code: "conflict",
      message: "Attic is connected there as anna already.",
    });
    expect(product.app.integrations.list(miaUser)).toMatchObject([{ username: "anna", throughHome: false }]);
  });

  test("to two users at the same time is one link", async () => {
    const users = [await member("mia"), await member("kim")];
    const outcomes = await Promise.allSettled(users.map((userId) => linkMia(userId)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(users.flatMap((userId) => product.app.integrations.list(userId))).toHaveLength(1);
  });

  test("of somebody without access to the server says what to do", async () => {
    world.unshare(attic, mia);
    expect(await failure(linkMia(await member("mia")))).toMatchObject({
      code: "conflict",
      message: "Mia has no access to Attic.",
    });
  });

  test("gives way to a sign-in of the member's own", async () => {
    const benUser = await member("ben");
    await households().link(product.userId, integration.id, { memberId: ben.uuid, target: { userId: benUser } });
    const own = await product.connect(ben, "Attic", benUser);
    expect(own.throughHome).toBe(false);
    expect(product.app.integrations.list(benUser)).toHaveLength(1);
  });
});

describe("an offer", () => {
  test("lets that user link the profile, once, and nobody else", async () => {
    const [miaUser, benUser] = [await member("mia"), await member("ben")];
    const { id } = await households().offer(product.userId, integration.id, { memberId: mia.uuid, userId: miaUser });
    expect(households().offers(miaUser)).toMatchObject([{ id, memberName: "Mia", asksPin: true, username: "anna" }]);
    expect(households().offers(benUser)).toEqual([]);
    expect(await failure((async () => households().accept(benUser, id, "1234"))())).toMatchObject({
      code: "not-found",
    });
    expect(await failure(households().accept(miaUser, id, "4321"))).toMatchObject({ code: "invalid" });
    const linked = await households().accept(miaUser, id, "1234");
    expect(linked.username).toBe("Mia");
    expect(households().offers(miaUser)).toEqual([]);
    expect(await failure((async () => households().accept(miaUser, id, "1234"))())).toMatchObject({
      code: "not-found",
    });
  });

  test("goes with the admin's word: withdrawn, declined, disconnected, or no admin any more", async () => {
    const miaUser = await member("mia");
    const offer = () => households().offer(product.userId, integration.id, { memberId: mia.uuid, userId: miaUser });
    await offer();
    households().withdraw(product.userId, integration.id, mia.uuid);
    expect(households().offers(miaUser)).toEqual([]);
    const { id } = await offer();
    households().decline(miaUser, id);
    expect(households().offers(miaUser)).toEqual([]);
    const third = await offer();
    const second = await product.addUser("olga");
    product.app.accounts.changeRole(product.userId, "member");
    expect(households().offers(miaUser)).toEqual([]);
    expect(await failure((async () => households().accept(miaUser, third.id, "1234"))())).toMatchObject({
      code: "not-found",
    });
    product.app.accounts.changeRole(product.userId, "admin");
    await product.app.integrations.disconnect(product.userId, integration.id);
    expect(households().offers(miaUser)).toEqual([]);
    expect(second).toBeGreaterThan(0);
  });

  test("that is taken back while its PIN is tried links nothing", async () => {
    const miaUser = await member("mia");
    const { id } = await households().offer(product.userId, integration.id, { memberId: mia.uuid, userId: miaUser });
    const change = () => households().withdraw(product.userId, integration.id, mia.uuid);
    sims.faults.add({ service: "plex.tv", path: /switch/, times: 1, effect: { kind: "change", change } });
    expect(await failure(households().accept(miaUser, id, "1234"))).toMatchObject({ code: "not-found" });
    expect(product.app.integrations.list(miaUser)).toEqual([]);
  });
});

describe("a linked server", () => {
  let miaUser: number;
  let linked: IntegrationView;

  beforeEach(async () => {
    miaUser = await member("mia");
    linked = await linkMia(miaUser);
    await product.sync(linked);
  });

  const status = () => product.app.integrations.get(miaUser, linked.id);

  test("is found again at another address through the household's admin", async () => {
    product.app.deps.db.raw
      .query("UPDATE integrations SET server_url = 'http://127.0.0.1:1' WHERE id = ?")
      .run(Number(linked.id));
    world.play(mia, plexEpisode(lights, 1, 4), { at: at + DAY_MS });
    expect((await product.sync(linked)).status).toBe("success");
    expect(numbers(miaUser)).toEqual([2, 4]);
    expect(status()).toMatchObject({ serverUrl: sims.server("Attic").url, status: "ok" });
  });

  test("that refuses the profile needs to be linked again, and says how; the user may do it themself", async () => {
    attic.shares.find(({ account }) => account === mia)!.accessToken = "another";
    const log = await product.sync(linked);
    expect(log.status).toBe("error");
    expect(status()).toMatchObject({
      status: "needs-login",
      statusMessage:
        "Attic does not accept the profile Mia any more. Link it again on the Integrations page; your watched marks stay.",
    });
    expect((await states())[1]).toEqual(["Mia", true, true, "linked"]);
    expect(await failure(households().renew(miaUser, linked.id, "1"))).toMatchObject({ code: "invalid" });
    expect((await households().renew(miaUser, linked.id, "1234")).status).toBe("ok");
    expect((await product.sync(linked)).status).toBe("success");
    expect(numbers(miaUser)).toEqual([2]);
  });

  test("whose server is off, or whose admin cannot be asked, is only not reachable", async () => {
    await sims.takeDown("Attic");
    await product.sync(linked);
    expect(status().status).toBe("unreachable");
  });

  test("is never blamed for a household that is signed out", async () => {
    attic.shares.find(({ account }) => account === mia)!.accessToken = "another";
    sims.plexTv.revokeAll(anna);
    await product.sync(linked);
    expect(status().status).not.toBe("needs-login");
  });

  test("is asked for no ping, and signs nobody out when it goes", async () => {
    product.app.deps.db.raw.run("UPDATE integrations SET pinged_at = NULL");
    sims.requests.reset();
    await product.app.integrations.pingAll();
    expect(sims.requests.count({ service: "plex.tv", path: /ping/ })).toBe(1);
    expect(status().status).toBe("ok");
    await product.app.integrations.disconnect(miaUser, linked.id);
    expect(sims.requests.count({ service: "plex.tv", path: /signout/ })).toBe(0);
    expect(product.app.integrations.get(product.userId, integration.id).status).toBe("ok");
    expect(numbers(miaUser)).toEqual([2]);
  });

  test("outlives the admin's account, and then says that the household is gone", async () => {
    await product.addUser("olga");
    product.app.accounts.deleteUser(product.userId);
    world.play(mia, plexEpisode(lights, 1, 5), { at: at + DAY_MS });
    expect((await product.sync(linked)).status).toBe("success");
    expect(numbers(miaUser)).toEqual([2, 5]);
    expect(await failure((async () => households().renew(miaUser, linked.id, "1234"))())).toMatchObject({
      code: "conflict",
    });
  });
});

test("two users with the same account: one leaving does not sign the other out", async () => {
  const second = await member("second");
  const theirs = await product.connect(anna, "Attic", second);
  await product.app.integrations.disconnect(second, theirs.id);
  expect(sims.requests.count({ service: "plex.tv", path: /signout/ })).toBe(0);
  await product.app.integrations.disconnect(product.userId, integration.id);
  expect(sims.requests.count({ service: "plex.tv", path: /signout/ })).toBe(1);
});
