import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { secret } from "../../src/kernel/secret.ts";
import type { Provider } from "../../src/providers/contract.ts";
import { orderedConnections, serverChoices } from "../../src/providers/plex/resources.ts";
import { namesOf, resourcesSchema, userSchema } from "../../src/providers/plex/schemas.ts";
import { createImpatientClock, failureOf } from "../contracts/media-server.contract.ts";
import type { PlexAccount } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld, type World } from "../simulators/world.ts";
import { plexIdentity, plexOf, signIn } from "./plex-bench.ts";

const start = Date.UTC(2026, 5, 1, 12);
let clock: ReturnType<typeof createImpatientClock>;
let world: World;
let anna: PlexAccount;
let sims: Simulators;
let plex: Provider;

beforeEach(() => {
  clock = createImpatientClock(start);
  world = createWorld({ now: () => clock.now() });
  anna = world.addAccount({ username: "anna" });
  world.addServer({ name: "Attic", owner: anna });
  sims = startSimulators(world, { withKeys: false });
  plex = plexOf(sims, clock);
});
afterEach(() => sims.stop());

describe("signing in with Plex", () => {
  test("begins with a strong code, half an hour of time and Plex's own page", async () => {
    const pin = await plex.pin!.start({ forwardUrl: "https://tracker.example/connected?a=1&b=2" });
    expect(pin.expiresAt).toBe(start + 1_800_000);
    expect(sims.plexTv.pinByCode(pin.code.reveal())?.strong).toBe(true);
    const [page = "", fragment = ""] = pin.authUrl.split("#?");
    expect(page).toBe(`${sims.plexApp.url}/auth`);
    expect(fragment).not.toContain("+");
    expect(Object.fromEntries(new URLSearchParams(fragment))).toMatchObject({
      clientID: plexIdentity.clientId,
      code: pin.code.reveal(),
      "context[device][product]": "Episode Tracker",
      "context[device][deviceName]": "Küche",
      forwardUrl: "https://tracker.example/connected?a=1&b=2",
    });
  });

  test("waits until the code is approved and then has the token", async () => {
    const pin = await plex.pin!.start({ forwardUrl: null });
    expect(pin.authUrl).not.toContain("forwardUrl");
    expect(await plex.pin!.check(pin)).toEqual({ state: "waiting" });
    sims.plexTv.approve(pin.code.reveal(), anna);
    const state = await plex.pin!.check(pin);
    expect(state.state === "granted" && sims.plexTv.accountOf(state.token.reveal())).toBe(anna);
  });

  for (const status of [404, 410]) {
    test(`is over when Plex has forgotten the code (${status})`, async () => {
      const pin = await plex.pin!.start({ forwardUrl: null });
      const path = /\/pins\/\d+/;
      sims.faults.add({ service: "plex.tv", path, effect: { kind: "status", status, body: "{}" } });
      expect(await plex.pin!.check(pin)).toEqual({ state: "expired" });
    });
  }

  test("is over when the time has run out", async () => {
    const pin = await plex.pin!.start({ forwardUrl: null });
    await clock.sleep(1_800_001);
    expect(await plex.pin!.check(pin)).toEqual({ state: "expired" });
  });

  test("is not over because plex.tv has a bad day", async () => {
    const pin = await plex.pin!.start({ forwardUrl: null });
    for (const [status, code] of [
      [500, "unreachable"],
      [429, "rate-limited"],
    ] as const) {
      sims.faults.add({ service: "plex.tv", times: 1, effect: { kind: "status", status } });
      expect((await failureOf(() => plex.pin!.check(pin))).code).toBe(code);
    }
    expect(await plex.pin!.check(pin)).toEqual({ state: "waiting" });
  });

  test("keeps one client identifier for all calls and sends token and code in no address", async () => {
    const token = await signIn(plex, sims, anna);
    await plex.account.account(token);
    await plex.account.servers(token);
    await plex.account.ping(token);
    const calls = sims.requests.all({ service: "plex.tv" });
    expect(new Set(calls.map((each) => each.headers["x-plex-client-identifier"]))).toEqual(
      new Set([plexIdentity.clientId]),
    );
    expect(calls.map((each) => JSON.stringify([each.path, each.query])).join()).not.toContain(token.reveal());
    expect(calls.filter((each) => "code" in each.query)).toEqual([]);
  });
});

describe("a Plex account", () => {
  const answers: [number, string, string][] = [
    [401, "{}", "auth-expired"],
    [403, "{}", "auth-expired"],
    [422, '{"errors":[{"code":1001,"message":"Invalid token","status":422}]}', "auth-expired"],
    [422, '{"errors":[{"code":1,"message":"Something is missing","status":422}]}', "bad-answer"],
    [500, "{}", "unreachable"],
    [503, "{}", "unreachable"],
  ];
  for (const [status, body, code] of answers) {
    test(`answered with ${status} ${body} is ${code}`, async () => {
      const effect = { kind: "status", status, body, contentType: "application/json" } as const;
      sims.faults.add({ service: "plex.tv", effect });
      expect((await failureOf(() => plex.account.ping(secret("any")))).code).toBe(code as "unreachable");
      expect((await failureOf(() => plex.account.account(secret("any")))).code).toBe(code as "unreachable");
    });
  }

  test("without a user name goes by its title, as managed members of a Plex Home do", async () => {
    const kim = world.addHomeMember(anna, { username: "kim", managed: true });
    const account = await plex.account.account(secret(kim.token));
    expect(account).toEqual({ id: String(kim.id), username: kim.title, email: null, names: [] });
  });

  test("can only be called what nobody else can be called", () => {
    const names = (more: Record<string, unknown>) => namesOf(userSchema.parse({ id: 1, title: "Anna", ...more }));
    expect(names({ username: "Anna", email: "Anna@Example.com", confirmed: true })).toEqual([
      "anna@example.com",
      "anna",
    ]);
    expect(names({ username: "a@example.com", email: "a@example.com" })).toEqual(["a@example.com"]);
    // An address as a name does not make it one's own, nor does typing it in without ever answering from it.
    expect(names({ username: "ben@example.com", email: "a@example.com" })).toEqual(["a@example.com"]);
    expect(names({ username: "anna", email: "ben@example.com", confirmed: "0" })).toEqual([]);
    expect(names({})).toEqual([]);
  });

  test("is signed out at plex.tv too", async () => {
    await plex.account.signOut(secret(anna.token));
    expect(sims.requests.count({ service: "plex.tv", method: "DELETE", path: /signout/ })).toBe(1);
  });

  test("lists servers only, with a token for each, and says whose they are", async () => {
    const ben = world.addAccount({ username: "ben" });
    world.share(world.servers[0]!, ben);
    const [own] = await plex.account.servers(secret(anna.token));
    const shared = await plex.account.servers(secret(ben.token));
    expect(own).toMatchObject({ name: "Attic", owned: true, ownerName: null });
    expect(shared).toMatchObject([{ name: "Attic", owned: false, ownerName: anna.title }]);
    expect(shared[0]!.token.reveal()).toBe(world.servers[0]!.shares[0]!.accessToken);
  });
});

describe("the choice of servers and addresses", () => {
  const connection = (uri: string, more: Record<string, unknown> = {}) => ({
    uri,
    address: new URL(uri).hostname,
    port: 32_400,
    local: false,
    relay: false,
    IPv6: false,
    ...more,
  });
  const direct = connection("https://192-168-1-10.abc.plex.direct:32400", { address: "192.168.1.10", local: true });
  const remote = connection("https://plex.example.org:443", { port: 443 });
  const relay = connection("https://198-51-100-9.abc.plex.direct:8443", { relay: true, port: 8_443 });
  const resource = (more: Record<string, unknown>) =>
    resourcesSchema.parse([
      { name: "Attic", clientIdentifier: "m1", provides: "server", accessToken: "t", owned: true, ...more },
    ])[0]!;
  const urls = (more: Record<string, unknown>) => orderedConnections(resource(more)).map((each) => each.url);

  test("puts local before remote before relay and adds the plain twin of a local plex.direct name", () => {
    expect(urls({ connections: [relay, remote, direct] })).toEqual([
      "https://192-168-1-10.abc.plex.direct:32400",
      "http://192.168.1.10:32400",
      "https://plex.example.org:443",
      "https://198-51-100-9.abc.plex.direct:8443",
    ]);
  });

  test("has no plain twin when the server insists on https, nor for an address on the internet", () => {
    const outside = connection("https://203-0-113-7.abc.plex.direct:32400", { address: "203.0.113.7" });
    expect(urls({ connections: [direct, outside], httpsRequired: true })).toEqual([direct.uri, outside.uri]);
    expect(urls({ connections: [outside] })).toEqual([outside.uri]);
  });

  test("tries the private addresses of a friend's server after the public ones, unless both share a network", () => {
    const plain = connection("http://10.0.0.5:32400", { local: true });
    expect(urls({ owned: false, connections: [plain, relay, remote] })).toEqual([remote.uri, plain.uri, relay.uri]);
    expect(urls({ owned: false, publicAddressMatches: true, connections: [remote, plain] })).toEqual([
      plain.uri,
      remote.uri,
    ]);
  });

  test("prefers https to http and IPv4 to IPv6, and leaves link-local and unreadable addresses out", () => {
    const six = connection("https://[2001:db8::1]:32400", { address: "2001:db8::1", local: true, IPv6: true });
    const linkLocal = connection("http://[fe80::1]:32400", { address: "fe80::1", local: true, IPv6: true });
    const docker = connection("http://172.17.0.2:32400", { local: true });
    const secure = connection("https://attic.lan:32400", { local: true });
    const odd = { uri: "not an address", local: true };
    expect(urls({ connections: [linkLocal, docker, six, odd, secure, secure] })).toEqual([
      secure.uri,
      six.uri,
      docker.uri,
    ]);
  });

  test("reads XML booleans and a wrapped list, and leaves out what is no server or has no token", () => {
    const wrapped = resourcesSchema.parse({
      resources: [
        { name: "TV", clientIdentifier: "p", provides: "client,player" },
        { name: "Friend's", clientIdentifier: "m2", provides: "server", owned: "0" },
        { name: "Old", clientIdentifier: "m3", provides: "player, server", owned: "1", presence: "0" },
        { name: "Old again", clientIdentifier: "m3", provides: "server", owned: "1" },
      ],
    });
    const choices = serverChoices(wrapped, secret("account"));
    expect(choices.map(({ serverId, online, connections }) => ({ serverId, online, connections }))).toEqual([
      { serverId: "m3", online: false, connections: [] },
    ]);
    expect(choices[0]!.token.reveal()).toBe("account");
  });
});
