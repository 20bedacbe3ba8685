import { afterEach, describe, expect, test } from "bun:test";
import { secret } from "../../src/kernel/secret.ts";
import type { Provider } from "../../src/providers/contract.ts";
import { createImpatientClock, failureOf } from "../contracts/media-server.contract.ts";
import type { MediaServerSimulator } from "../simulators/mediabrowser-server.ts";
import type { MediaStyle, MediaUser } from "../simulators/mediabrowser-state.ts";
import type { MediaServerInput } from "../simulators/mediabrowser-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";
import { placeOf, providerFor, signIn } from "./mediabrowser-bench.ts";

type Stage = {
  clock: ReturnType<typeof createImpatientClock>;
  sims: Simulators;
  server: MediaServerSimulator;
  provider: Provider;
  anna: MediaUser;
  ben: MediaUser;
};

const styles: MediaStyle[] = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"];
const jellyfins = styles.filter((style) => style !== "emby");
const stages: Stage[] = [];

afterEach(async () => {
  for (const { sims } of stages.splice(0)) await sims.stop();
});

function stage(style: MediaStyle, more: Partial<MediaServerInput> = {}): Stage {
  const clock = createImpatientClock(Date.UTC(2026, 5, 1, 12));
  const world = createWorld({ now: () => clock.now() });
  const state = world.media.addServer({ name: "Cellar", style, ...more });
  const anna = world.media.addUser(state, { name: "anna", password: "opensesame", admin: true });
  const ben = world.media.addUser(state, { name: "ben", password: "letmein" });
  const sims = startSimulators(world, { withKeys: false });
  const built = { clock, sims, server: sims.mediaServer("Cellar"), provider: providerFor(style, clock), anna, ben };
  stages.push(built);
  return built;
}

const find = (provider: Provider, url: string) => provider.address!.find({ url, insecureTls: false });
const hostOf = ({ url }: MediaServerSimulator) => new URL(url).host;
const fieldsOf = (error: { fields: { path: string }[] }) => error.fields.map(({ path }) => path);

describe("finding a server", () => {
  test.each(styles)("a whole address, and one without a scheme, lead to it: %s", async (style) => {
    const { server, provider } = stage(style);
    const identity = { serverId: server.state.id, name: "Cellar", version: server.state.version };
    const place = { url: server.url, insecureTls: false, identity, code: style !== "emby" };
    expect(await find(provider, server.url)).toEqual(place);
    expect(await find(provider, `${hostOf(server)}/`)).toEqual(place);
    expect(await find(provider, `${server.url}/web/index.html#!/home`)).toEqual(place);
  });

  test.each(styles)("a path that it lives under is kept, and found where it was left out: %s", async (style) => {
    const { server, provider } = stage(style, { basePath: "/tv" });
    expect((await find(provider, `${server.url}/tv/`)).url).toBe(`${server.url}/tv`);
    expect((await find(provider, server.url)).url).toBe(`${server.url}/tv`);
  });

  test("a server behind a proxy that passes on nothing but /emby is found there", async () => {
    const { server, provider } = stage("emby");
    const proxy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        const { pathname, search } = new URL(request.url);
        if (!pathname.startsWith("/emby/")) return new Response("no", { status: 404 });
        return fetch(`${server.url}${pathname.slice(5)}${search}`, { headers: request.headers });
      },
    });
    expect((await find(provider, proxy.url.origin)).url).toBe(`${proxy.url.origin}/emby`);
    await proxy.stop(true);
  });

  test.each([
    ["emby", "jellyfin-12", "This is an Emby server, not Jellyfin. Connect it as Emby."],
    ["jellyfin-10.8", "emby", "This is a Jellyfin server, not Emby. Connect it as Jellyfin."],
    ["jellyfin-12", "emby", "This is a Jellyfin server, not Emby. Connect it as Jellyfin."],
  ] as const)("another kind of server is called by its name: %s", async (there, wanted, message) => {
    const { server, clock } = stage(there);
    const failure = await failureOf(() => find(providerFor(wanted, clock), server.url));
    expect(failure).toMatchObject({ code: "invalid", message });
    expect(fieldsOf(failure)).toEqual(["serverUrl"]);
  });

  test("what is no address is said to be none", async () => {
    const { provider } = stage("jellyfin-12");
    for (const url of ["", "my server", "ftp://attic"]) {
      expect(fieldsOf(await failureOf(() => find(provider, url)))).toEqual(["serverUrl"]);
    }
  });

  test("where nobody answers, each address says why", async () => {
    const { provider, server } = stage("jellyfin-12");
    const { url } = server;
    await server.stop();
    const failure = await failureOf(() => find(provider, url));
    expect(failure.code).toBe("unreachable");
    expect(failure.extra?.["attempts"]).toEqual([{ uri: url, kind: "typed", reason: "Nothing answers on that port." }]);
  });

  test("a server that is starting is not taken for something else", async () => {
    const { provider, server } = stage("jellyfin-12");
    server.state.starting = true;
    const failure = await failureOf(() => find(provider, server.url));
    expect(failure.code).toBe("unreachable");
    expect(failure.message).toContain("The server is starting");
  });

  test("a page of somebody else's is no server", async () => {
    const { provider } = stage("jellyfin-12");
    const page = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response("<html></html>", { headers: { "content-type": "text/html" } }),
    });
    const failure = await failureOf(() => find(provider, page.url.origin));
    expect(failure.message).toContain("A web page or something else answers there, not Jellyfin.");
    await page.stop(true);
  });

  test("nobody is followed to another host", async () => {
    const { provider, server } = stage("jellyfin-12");
    const portal = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => Response.redirect(`http://localhost:${new URL(server.url).port}/System/Info/Public`),
    });
    expect((await failureOf(() => find(provider, portal.url.origin))).code).toBe("unreachable");
    expect(server.state.tokens.size).toBe(0);
    await portal.stop(true);
  });

  test("without codes switched on, none are offered", async () => {
    const { provider, server } = stage("jellyfin-12", { quirks: { quickConnect: false } });
    expect((await find(provider, server.url)).code).toBe(false);
  });
});

describe("signing in with a password", () => {
  test.each(styles)("gives a token and the account, and says who we are: %s", async (style) => {
    const { provider, server, ben } = stage(style);
    const place = placeOf(server, ben);
    const who = { username: "Ben", password: secret("letmein") };
    const { token, account } = await provider.address!.withPassword(place, who);
    expect(account).toEqual({ id: ben.id, username: "ben", email: null });
    expect(server.state.tokens.get(token.reveal())).toMatchObject({
      client: "Episode Tracker",
      device: "Küche",
      deviceId: place.deviceId,
      version: "0.0.0",
    });
    expect(await provider.account.account(token, place)).toEqual(account);
  });

  test.each(styles)("that is wrong, or of an account that is shut, says so: %s", async (style) => {
    const { provider, server, ben } = stage(style);
    const tryWith = (password: string) =>
      failureOf(() =>
        provider.address!.withPassword(placeOf(server, ben), { username: "ben", password: secret(password) }),
      );
    const wrong = await tryWith("guess");
    expect(wrong).toMatchObject({
      code: "invalid",
      message: expect.stringContaining("does not accept this user name"),
    });
    ben.disabled = true;
    const shut = await tryWith("letmein");
    expect(shut).toMatchObject({ code: "invalid", message: expect.stringContaining("may be disabled") });
    expect([wrong, shut].map(fieldsOf)).toEqual([["password"], ["password"]]);
    expect(Bun.inspect([wrong, shut])).not.toMatch(/guess|letmein/);
  });

  test("is tried once only: failures lock the account in the end", async () => {
    const { provider, server, sims, ben } = stage("jellyfin-12");
    sims.faults.add({ path: /AuthenticateByName/, effect: { kind: "status", status: 500 } });
    const who = { username: "ben", password: secret("letmein") };
    const failure = await failureOf(() => provider.address!.withPassword(placeOf(server, ben), who));
    expect(failure.code).toBe("unreachable");
    expect(sims.requests.all({ service: "jellyfin-server" })).toHaveLength(1);
  });
});

describe("signing in by a code", () => {
  test.each(jellyfins)("waits until it is approved, and then gives token and account: %s", async (style) => {
    const { provider, server, ben, clock } = stage(style);
    const place = placeOf(server, ben);
    const codes = provider.address!.code!;
    const started = await codes.start(place);
    expect(started.code).toMatch(/^\d{6}$/);
    expect(started.expiresAt).toBe(clock.now() + 600_000);
    expect(await codes.check(place, started.secret)).toEqual({ state: "waiting" });
    server.credentials.approve(started.code, ben);
    const state = await codes.check(place, started.secret);
    expect(state).toMatchObject({ state: "granted", account: { id: ben.id, username: "ben" } });
    const token = state.state === "granted" ? state.token : secret("");
    expect(server.state.tokens.get(token.reveal())).toMatchObject({ user: ben, deviceId: place.deviceId });
  });

  test.each(jellyfins)("that is unknown by now has expired: %s", async (style) => {
    const { provider, server, ben } = stage(style);
    const codes = provider.address!.code!;
    const started = await codes.start(placeOf(server, ben));
    server.credentials.expire(started.code);
    expect(await codes.check(placeOf(server, ben), started.secret)).toEqual({ state: "expired" });
  });

  test("on a bad day of the server is neither expired nor granted", async () => {
    const { provider, server, sims, ben } = stage("jellyfin-12");
    const started = await provider.address!.code!.start(placeOf(server, ben));
    sims.faults.add({ path: /QuickConnect/, effect: { kind: "status", status: 502 } });
    const check = () => provider.address!.code!.check(placeOf(server, ben), started.secret);
    expect((await failureOf(check)).code).toBe("unreachable");
  });

  test("is refused where it is switched off, and not there at all where no server has it", async () => {
    const { provider, server, ben } = stage("jellyfin-12", { quirks: { quickConnect: false } });
    const failure = await failureOf(() => provider.address!.code!.start(placeOf(server, ben)));
    expect(failure.code).toBe("unsupported");
    expect(stage("emby").provider.address!.code).toBeUndefined();
  });
});

describe("a key of the server's", () => {
  test.each(styles)("shows everybody it may act for, and acts for the one who is chosen: %s", async (style) => {
    const { provider, server, anna, ben } = stage(style);
    const key = secret(server.credentials.addKey("Tracker").text);
    const accounts = await provider.address!.accountsOf(placeOf(server, ben), key);
    expect(accounts.map(({ username }) => username)).toEqual(["anna", "ben"]);
    const place = placeOf(server, ben, true);
    expect(await provider.account.account(key, place)).toEqual({ id: ben.id, username: "ben", email: null });
    expect(await provider.account.servers(key, place)).toMatchObject([{ owned: false, serverId: server.state.id }]);
    expect(await provider.account.servers(key, placeOf(server, anna, true))).toMatchObject([{ owned: true }]);
    await provider.account.signOut(key, place);
    expect(server.state.tokens.has(key.reveal())).toBe(true);
  });

  test.each(styles)("that is none is refused: %s", async (style) => {
    const { provider, server, ben } = stage(style);
    const failure = await failureOf(() => provider.address!.accountsOf(placeOf(server, ben), secret("0".repeat(32))));
    expect(failure.code).toBe("invalid");
    expect(fieldsOf(failure)).toEqual(["apiKey"]);
  });

  test("leaves out accounts that are shut, and works where the plain list is refused", async () => {
    const { provider, server, ben } = stage("emby", { quirks: { usersNeedQuery: true } });
    ben.disabled = true;
    const key = secret(server.credentials.addKey("Tracker").text);
    const accounts = await provider.address!.accountsOf(placeOf(server, ben), key);
    expect(accounts.map(({ username }) => username)).toEqual(["anna"]);
  });
});

describe("an account", () => {
  test.each(styles)("signs out, after which its token is dead: %s", async (style) => {
    const { provider, server, ben } = stage(style);
    const token = await signIn(provider, server, ben);
    await provider.account.signOut(token, placeOf(server, ben));
    expect((await failureOf(() => provider.account.account(token, placeOf(server, ben)))).code).toBe("auth-expired");
  });

  test("has the one server it lives on, as its owner or as its guest", async () => {
    const { provider, server, anna, ben } = stage("jellyfin-12");
    const choices = [];
    for (const user of [anna, ben]) {
      const token = await signIn(provider, server, user);
      choices.push(...(await provider.account.servers(token, placeOf(server, user))));
    }
    expect(choices).toMatchObject([
      { owned: true, name: "Cellar", connections: [{ url: server.url, kind: "typed" }] },
      { owned: false, name: "Cellar" },
    ]);
  });

  test("is not asked for without a place", async () => {
    const { provider } = stage("jellyfin-12");
    expect((await failureOf(async () => provider.account.account(secret("x")))).code).toBe("internal");
  });
});

describe("looking for a server that is known", () => {
  test.each(styles)("finds it under any of its addresses, and shows the token to nobody else: %s", async (style) => {
    const { provider, server, ben } = stage(style);
    const token = await signIn(provider, server, ben);
    const heard: string[] = [];
    const stranger = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        heard.push(...request.headers.values());
        return Response.json({ Id: "f".repeat(32), ServerName: "Other", Version: "12.0.0", ProductName: "Jellyfin" });
      },
    });
    const probed = await provider.account.probe({
      serverId: server.state.id,
      connections: [
        { url: stranger.url.origin, kind: "typed" },
        { url: server.address, kind: "typed" },
      ],
      token,
      place: placeOf(server, ben),
    });
    await stranger.stop(true);
    expect(probed.best).toMatchObject({ url: server.address, identity: { name: "Cellar" } });
    expect(probed.results[0]).toMatchObject({ ok: false, reason: "Another server (ffffffff…) answers there." });
    expect(heard.join("\n")).not.toContain(token.reveal());
  });

  test("does not call a server found whose sign-in is dead", async () => {
    const { provider, server, ben } = stage("jellyfin-12");
    const probed = await provider.account.probe({
      serverId: server.state.id,
      connections: [{ url: server.address, kind: "typed" }],
      token: secret("0".repeat(32)),
      place: placeOf(server, ben),
    });
    expect(probed.best).toBeNull();
    expect(probed.results[0]?.reason).toBe("The server does not accept this sign-in (HTTP 401).");
  });

  test("says what is no address", async () => {
    const { provider, server, ben } = stage("jellyfin-12");
    const connections = [{ url: "my server", kind: "typed" as const }];
    const probed = await provider.account.probe({
      serverId: null,
      connections,
      token: secret("x"),
      place: placeOf(server, ben),
    });
    expect(probed.results).toMatchObject([{ ok: false, reason: "This is not an address." }]);
  });
});
