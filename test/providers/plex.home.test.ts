import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { secret } from "../../src/kernel/secret.ts";
import type { Provider } from "../../src/providers/contract.ts";
import { homeSchema } from "../../src/providers/plex/schemas.ts";
import { createImpatientClock, failureOf } from "../contracts/media-server.contract.ts";
import { SWITCHES_A_MINUTE } from "../simulators/plex-tv.ts";
import type { PlexAccount } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld, type World } from "../simulators/world.ts";
import { plexIdentity, plexOf } from "./plex-bench.ts";

let world: World;
let anna: PlexAccount;
let ben: PlexAccount;
let kim: PlexAccount;
let sims: Simulators;
let plex: Provider;

beforeEach(() => {
  const clock = createImpatientClock(Date.UTC(2026, 5, 1, 12));
  world = createWorld({ now: () => clock.now() });
  anna = world.addAccount({ username: "anna", title: "Anna" });
  ben = world.addAccount({ username: "ben", title: "Ben" });
  kim = world.addHomeMember(anna, { username: "kim", title: "Kim", managed: true, pin: "0042" });
  world.joinHome(anna, ben);
  const attic = world.addServer({ name: "Attic", owner: anna });
  world.share(attic, kim);
  sims = startSimulators(world, { withKeys: false });
  plex = plexOf(sims, clock);
});
afterEach(() => sims.stop());

const token = () => secret(anna.token);

describe("the members of a Plex Home", () => {
  test("are told with who looks after it, who has no account of their own, and who asks for a PIN", async () => {
    const everyone = [
      {
        memberId: anna.uuid,
        accountId: String(anna.id),
        name: "Anna",
        isAdmin: true,
        managed: false,
        protected: false,
      },
      { memberId: kim.uuid, accountId: String(kim.id), name: "Kim", isAdmin: false, managed: true, protected: true },
      { memberId: ben.uuid, accountId: String(ben.id), name: "Ben", isAdmin: false, managed: false, protected: false },
    ];
    expect(await plex.home!.members(token())).toEqual(everyone);
  });

  test("are read from XML, from numbers as text and with dates of both kinds; a strange row hides nobody", () => {
    const rows = [
      { id: "7", uuid: "u7", title: "Kim", restricted: "1", protected: "1", updatedAt: "2026-01-01T00:00:00Z" },
      { title: "no id" },
      "nothing at all",
      {
        id: 8,
        uuid: "u8",
        title: "Ben",
        username: "ben",
        email: "ben@example.com",
        admin: true,
        updatedAt: 1_700_000_000,
      },
    ];
    for (const users of [rows, [{ user: rows }]]) {
      const read = homeSchema.parse({ id: 1, name: "Home", users });
      expect(read.map(({ id, protected: locked, admin }) => [id, locked, admin])).toEqual([
        ["7", true, undefined],
        ["8", undefined, true],
      ]);
    }
    expect(homeSchema.safeParse({ id: 1, name: "Home" }).success).toBe(false);
  });

  for (const [status, expected] of [
    [403, null],
    [404, null],
    [401, "auth-expired"],
    [429, "rate-limited"],
    [500, "unreachable"],
  ] as const) {
    test(`${status} means ${expected ?? "that there is no Home"}`, async () => {
      sims.faults.add({ service: "plex.tv", path: /home/, effect: { kind: "status", status, body: "{}" } });
      if (expected === null) expect(await plex.home!.members(token())).toBeNull();
      else expect((await failureOf(() => plex.home!.members(token()))).code).toBe(expected);
    });
  }
});

describe("switching to a member", () => {
  const switchTo = (memberId: string, pin: string | null) =>
    plex.home!.switchTo(token(), { memberId, pin: pin === null ? null : secret(pin) });

  test("gives the member's own token, good for the servers shared with them, under the same client identifier", async () => {
    const switched = await switchTo(kim.uuid, "0042");
    expect(sims.plexTv.accountOf(switched.reveal())).toBe(kim);
    const [attic] = await plex.account.servers(switched);
    expect(attic?.token.reveal()).toBe(world.servers[0]!.shares[0]!.accessToken);
    const calls = sims.requests.all({ service: "plex.tv" });
    expect(new Set(calls.map(({ headers }) => headers["x-plex-client-identifier"]))).toEqual(
      new Set([plexIdentity.clientId]),
    );
  });

  test("says at the PIN whether it is missing or wrong, and guesses only once", async () => {
    const missing = await failureOf(() => switchTo(kim.uuid, null));
    const wrong = await failureOf(() => switchTo(kim.uuid, "1234"));
    expect([missing.code, missing.fields]).toEqual([
      "invalid",
      [{ path: "pin", message: "This profile asks for its PIN." }],
    ]);
    expect([wrong.code, wrong.fields]).toEqual(["invalid", [{ path: "pin", message: "This PIN is wrong." }]]);
    expect(sims.requests.count({ service: "plex.tv", path: /switch/ })).toBe(2);
  });

  test("to somebody who has left the Home is said to be that", async () => {
    world.leaveHome(anna, kim);
    expect((await failureOf(() => switchTo(kim.uuid, "0042"))).code).toBe("not-found");
  });

  test("is refused without a word on a PIN when this account may not", async () => {
    const body = '{"errors":[{"code":1009,"message":"Not allowed","status":403}]}';
    sims.faults.add({ service: "plex.tv", path: /switch/, effect: { kind: "status", status: 403, body } });
    expect((await failureOf(() => switchTo(kim.uuid, "0042"))).code).toBe("unsupported");
  });

  test("too often is answered with a request to wait, and not tried again at once", async () => {
    for (let count = 0; count < SWITCHES_A_MINUTE; count += 1) await switchTo(ben.uuid, null);
    expect((await failureOf(() => switchTo(ben.uuid, null))).code).toBe("rate-limited");
    expect(sims.requests.count({ service: "plex.tv", path: /switch/ })).toBe(SWITCHES_A_MINUTE + 1);
  });
});
