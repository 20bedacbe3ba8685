import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/kernel/clock.ts";
import { createHttp, type Transport } from "../../src/kernel/http.ts";
import { secret } from "../../src/kernel/secret.ts";
import type { ServerConnection } from "../../src/providers/contract.ts";
import { typedAddresses } from "../../src/providers/plex/addresses.ts";
import { createPlex } from "../../src/providers/plex/index.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";
import { plexIdentity, plexOf, quiet, timeoutsOf } from "./plex-bench.ts";

let sims: Simulators;
const world = () => {
  const made = createWorld();
  const anna = made.addAccount({ username: "anna" });
  const attic = made.addServer({ name: "Attic", owner: anna });
  made.addServer({ name: "Basement", owner: made.addAccount({ username: "ben" }) });
  made.addLibrary(attic, { title: "TV Shows" });
  return { made, attic };
};
let attic: ReturnType<typeof world>["attic"];

beforeEach(() => {
  const { made, attic: server } = world();
  attic = server;
  sims = startSimulators(made, { withKeys: false });
});
afterEach(() => sims.stop());

const local = (url: string): ServerConnection => ({ url, kind: "local" });
const probe = (connections: ServerConnection[], more: { token?: string; timeoutMs?: number } = {}) =>
  plexOf(sims, systemClock, more.timeoutMs ?? 10_000).account.probe({
    serverId: attic.machineIdentifier,
    connections,
    token: secret(more.token ?? attic.ownerAccessToken),
  });
const reasonFor = async (connection: ServerConnection, more: { token?: string; timeoutMs?: number } = {}) =>
  (await probe([connection], more)).results[0]?.reason;
const url = (name: string) => sims.server(name).url;

describe("the probe of a Plex server's addresses", () => {
  test("takes the best-ranked address that works, a relay only when nothing else does", async () => {
    const relay: ServerConnection = { url: url("Attic").replace("127.0.0.1", "localhost"), kind: "relay" };
    const both = await probe([relay, local("http://nobody.invalid:32400"), local(url("Attic"))]);
    expect(both.results.map((each) => [each.kind, each.ok])).toEqual([
      ["local", false],
      ["local", true],
      ["relay", true],
    ]);
    expect(both.best).toMatchObject({
      url: url("Attic"),
      insecureTls: false,
      identity: { serverId: attic.machineIdentifier, name: "Attic", version: attic.version },
    });
    expect((await probe([relay, local("http://nobody.invalid:32400")])).best?.kind).toBe("relay");
  });

  test("shows the token to the server that is meant and to nobody before that is clear", async () => {
    expect(await reasonFor(local(url("Basement")))).toMatch(/^Another device \(\w{8}…\) answers there\.$/);
    expect(sims.requests.all({ server: "Basement" }).filter((each) => "x-plex-token" in each.headers)).toEqual([]);
  });

  test("says in a sentence what is wrong with an address", async () => {
    const closed = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("") });
    await closed.stop(true);
    expect(await reasonFor(local(`http://127.0.0.1:${closed.port}`))).toBe("Nothing answers on that port.");
    expect(await reasonFor(local("http://nobody.invalid:32400"))).toBe("The name cannot be found.");
    expect(await reasonFor(local(url("Attic").replace("http:", "https:")))).toBe("No https is spoken at this address.");
    expect(await reasonFor({ url: "no address at all", kind: "typed" })).toBe("This is not an address.");
    expect(await reasonFor(local(url("Attic")), { token: "wrong" })).toContain("does not accept this sign-in");
  });

  const faults = [
    [{ kind: "hang" }, /^Timed out/],
    [{ kind: "html" }, /web page/],
    [{ kind: "wrong-json" }, /not Plex/],
    [{ kind: "status", status: 503 }, /not ready \(HTTP 503\)/],
    [{ kind: "status", status: 404 }, /HTTP 404/],
    [
      { kind: "redirect", to: "http://elsewhere.invalid/" },
      /sends requests elsewhere \(to http:\/\/elsewhere\.invalid\)/,
    ],
  ] as const;
  for (const [effect, expected] of faults) {
    test(`says what ${JSON.stringify(effect)} means`, async () => {
      sims.faults.add({ server: "Attic", path: /^\/identity/, effect });
      expect(await reasonFor(local(url("Attic")), { timeoutMs: 400 })).toMatch(expected);
    });
  }

  test("finds a typed address with or without its scheme", async () => {
    const { host } = new URL(url("Attic"));
    const found = await probe([{ url: `${host}/web/index.html#!/`, kind: "typed" }]);
    expect(found.best).toMatchObject({ url: url("Attic"), kind: "typed" });
  });

  test("leaves the certificate check out only where the user says so, and only where it fails", async () => {
    const unverified: string[] = [];
    const transport: Transport = async (address, init) => {
      const { hostname, pathname } = new URL(address);
      const checks = init.tls === undefined;
      if (!checks) unverified.push(hostname);
      if (hostname === "named-otherwise.test" && checks) {
        throw Object.assign(new TypeError("certificate"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
      }
      const rows = pathname === "/library/sections" ? { size: 0 } : { machineIdentifier: "m1", friendlyName: "Attic" };
      return Response.json({ MediaContainer: rows });
    };
    const http = createHttp({ clock: systemClock, log: quiet, userAgent: "test", transport });
    const plex = { plexTv: "http://plex-tv.test", plexApp: "http://app.test", ...plexIdentity };
    const { account } = createPlex({ http, clock: systemClock, plex, timeouts: timeoutsOf(1_000) });
    const bad: ServerConnection = { url: "https://named-otherwise.test:32400", kind: "typed" };
    const good: ServerConnection = { url: "https://good.test:32400", kind: "remote" };
    const ask = (connections: ServerConnection[], insecureTls: boolean) =>
      account.probe({ serverId: "m1", connections, token: secret("t"), insecureTls });

    const refused = await ask([bad], false);
    expect(refused.best).toBeNull();
    expect(refused.results[0]?.reason).toContain("skip the certificate check");
    expect(unverified).toEqual([]);
    expect((await ask([bad], true)).best).toMatchObject({ url: bad.url, insecureTls: true });
    expect((await ask([bad, good], true)).best).toMatchObject({ url: good.url, insecureTls: false });
    expect(new Set(unverified)).toEqual(new Set(["named-otherwise.test"]));
  });
});

describe("a typed address", () => {
  const cases: [string, string[]][] = [
    ["attic", ["http://attic:32400", "https://attic:32400"]],
    [" 192.168.1.5:32401 ", ["http://192.168.1.5:32401", "https://192.168.1.5:32401"]],
    ["http://attic", ["http://attic:32400", "http://attic"]],
    ["https://plex.example.org/", ["https://plex.example.org", "https://plex.example.org:32400"]],
    ["http://attic:80", ["http://attic:80"]],
    ["HTTP://Attic:32400/web/index.html#!/settings", ["http://attic:32400"]],
    ["https://home.example.org:8443/plex/", ["https://home.example.org:8443/plex"]],
    ["[2001:db8::1]", ["http://[2001:db8::1]:32400", "https://[2001:db8::1]:32400"]],
    ["ftp://attic", []],
    ["two words", []],
    ["", []],
  ];
  for (const [typed, expected] of cases) {
    test(`"${typed}" is tried as ${expected.join(", ") || "nothing"}`, () => {
      expect(typedAddresses(typed)).toEqual(expected);
    });
  }
});
