import { afterEach, describe, expect, test } from "bun:test";
import { asArray, asObject } from "./helpers.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { createWorld } from "./world.ts";

let sims: Simulators;
afterEach(() => sims.stop());

const client = { "x-plex-client-identifier": "client-1", "x-plex-product": "Episode Tracker" };
const asJson = { accept: "application/json", ...client };

function household() {
  let time = Date.parse("2026-06-01T12:00:00Z");
  const world = createWorld({ now: () => time });
  const anna = world.addAccount({ username: "anna" });
  const ben = world.addAccount({ username: "ben", plexPass: false });
  const attic = world.addServer({ name: "Attic", owner: anna });
  const cellar = world.addServer({ name: "Cellar", owner: ben });
  world.share(cellar, anna);
  sims = startSimulators(world);
  return { world, anna, ben, attic, cellar, pass: (ms: number) => (time += ms) };
}

async function createPin(query = "?strong=true") {
  const answer = await fetch(`${sims.plexTv.url}/api/v2/pins${query}`, { method: "POST", headers: asJson });
  return { status: answer.status, pin: asObject(await answer.json()) };
}

async function readPin(id: unknown, headers: Record<string, string> = asJson) {
  const answer = await fetch(`${sims.plexTv.url}/api/v2/pins/${id}`, { headers });
  return { status: answer.status, body: asObject(await answer.json()) };
}

describe("PINs", () => {
  test("a strong PIN is created with 201, 25 characters and half an hour", async () => {
    household();
    const { status, pin } = await createPin();
    expect(status).toBe(201);
    expect(pin["code"]).toMatch(/^[a-z0-9]{25}$/);
    expect(pin["expiresIn"]).toBe(1800);
    expect(pin["authToken"]).toBeNull();
  });

  test("a weak PIN has 4 characters and a quarter of an hour", async () => {
    household();
    const { pin } = await createPin("");
    expect(String(pin["code"])).toHaveLength(4);
    expect(pin["expiresIn"]).toBe(900);
  });

  test("without a client identifier there is no PIN", async () => {
    household();
    const answer = await fetch(`${sims.plexTv.url}/api/v2/pins`, {
      method: "POST",
      headers: { accept: "application/json" },
    });
    expect(answer.status).toBe(400);
    expect(asArray(asObject(await answer.json())["errors"])[0]?.["code"]).toBe(1000);
  });

  test("the token appears only after somebody approved, and works", async () => {
    const { anna } = household();
    const { pin } = await createPin();
    expect((await readPin(pin["id"])).body["authToken"]).toBeNull();
    sims.plexTv.approve(String(pin["code"]), anna);
    const { body } = await readPin(pin["id"]);
    const user = await fetch(`${sims.plexTv.url}/api/v2/user`, {
      headers: { ...asJson, "x-plex-token": String(body["authToken"]) },
    });
    expect(asObject(await user.json())["username"]).toBe("anna");
  });

  test("a PIN is unknown to another client and after its time", async () => {
    const { pass } = household();
    const { pin } = await createPin();
    const foreign = await readPin(pin["id"], { ...asJson, "x-plex-client-identifier": "client-2" });
    expect(foreign.status).toBe(404);
    pass(1_800_001);
    const late = await readPin(pin["id"]);
    expect(late.status).toBe(404);
    expect(asArray(late.body["errors"])[0]?.["code"]).toBe(1020);
  });

  test("the page reads the fragment, approves the chosen account and can be driven without a browser", async () => {
    household();
    const { pin } = await createPin();
    const page = await fetch(`${sims.plexApp.url}/auth`);
    expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(await page.text()).toContain("Sign In");
    const approve = (account: string) =>
      fetch(`${sims.plexApp.url}/auth/approve`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ code: pin["code"], clientID: "client-1", account }),
      });
    expect((await approve("nobody")).status).toBe(404);
    expect((await approve("ben")).status).toBe(200);
    expect(sims.plexTv.pinByCode(String(pin["code"]))?.account?.username).toBe("ben");
  });
});

describe("account", () => {
  test("a signed-out token gets 401 with code 1001", async () => {
    const { anna } = household();
    const headers = { ...asJson, "x-plex-token": anna.token };
    expect((await fetch(`${sims.plexTv.url}/api/v2/ping`, { headers })).status).toBe(200);
    expect((await fetch(`${sims.plexTv.url}/api/v2/users/signout`, { method: "DELETE", headers })).status).toBe(204);
    const after = await fetch(`${sims.plexTv.url}/api/v2/user`, { headers });
    expect(after.status).toBe(401);
    expect(asArray(asObject(await after.json())["errors"])[0]?.["code"]).toBe(1001);
  });

  test("without Accept the answer is XML with booleans as digits", async () => {
    const { anna } = household();
    const answer = await fetch(`${sims.plexTv.url}/api/v2/user`, {
      headers: { ...client, "x-plex-token": anna.token },
    });
    const text = await answer.text();
    expect(answer.headers.get("content-type")).toContain("xml");
    expect(text).toContain('<user id="');
    expect(text).toContain('<subscription active="1"');
  });

  test("resources hold a token per server, dead addresses and a relay beside the live one, and a player without token", async () => {
    const { anna, attic, cellar } = household();
    const answer = await fetch(`${sims.plexTv.url}/api/v2/resources?includeHttps=1&includeRelay=1`, {
      headers: { ...asJson, "x-plex-token": anna.token },
    });
    const rows = asArray(await answer.json());
    const servers = rows.filter((row) => row["provides"] === "server");
    expect(servers.map((row) => [row["name"], row["owned"]])).toEqual([
      ["Attic", true],
      ["Cellar", false],
    ]);
    expect(servers[0]?.["accessToken"]).toBe(attic.ownerAccessToken);
    expect(servers[1]?.["accessToken"]).toBe(cellar.shares[0]?.accessToken);
    const connections = asArray(servers[0]?.["connections"]);
    expect(connections.some((connection) => connection["uri"] === sims.server("Attic").url)).toBe(true);
    expect(connections.filter((connection) => String(connection["uri"]).includes(".invalid"))).toHaveLength(3);
    expect(connections.filter((connection) => connection["relay"] === true)).toHaveLength(1);
    expect(rows.find((row) => row["provides"] !== "server")).not.toHaveProperty("accessToken");
  });

  test("webhooks are replaced as a whole and need Plex Pass", async () => {
    const { anna, ben } = household();
    const url = `${sims.plexTv.url}/api/v2/user/webhooks`;
    const post = (token: string, urls: string[]) =>
      fetch(url, {
        method: "POST",
        headers: { ...asJson, "x-plex-token": token },
        body: new URLSearchParams(urls.map((one): [string, string] => ["urls[]", one])),
      });
    await post(anna.token, ["https://one.invalid", "https://two.invalid"]);
    await post(anna.token, ["https://two.invalid"]);
    const listed = await fetch(url, { headers: { ...asJson, "x-plex-token": anna.token } });
    expect(await listed.json()).toEqual([{ url: "https://two.invalid" }]);
    expect((await post(ben.token, [])).status).toBe(403);
  });

  test("a home member behind a PIN is switched to with the PIN only", async () => {
    const { world, anna } = household();
    const kim = world.addHomeMember(anna, { username: "kim", pin: "1234", managed: true });
    const headers = { ...asJson, "x-plex-token": anna.token };
    const switchTo = (query: string) =>
      fetch(`${sims.plexTv.url}/api/v2/home/users/${kim.uuid}/switch${query}`, { method: "POST", headers });
    const refused = await switchTo("");
    expect(refused.status).toBe(403);
    expect(asArray(asObject(await refused.json())["errors"])[0]?.["code"]).toBe(1041);
    const allowed = await switchTo("?pin=1234");
    expect(allowed.status).toBe(201);
    expect(sims.plexTv.accountOf(String(asObject(await allowed.json())["authToken"]))).toBe(kim);
  });
});
