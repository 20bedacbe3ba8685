import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PlexAccount } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld, type World } from "../simulators/world.ts";
import { testPassword } from "../support/app.ts";
import { type Client, createClient } from "../support/http.ts";
import { hurriedClock, type Product, startProduct } from "../support/product.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;

let world: World;
let anna: PlexAccount;
let ben: PlexAccount;
let cleo: PlexAccount;
let mia: PlexAccount;
let sims: Simulators;
let product: Product;
let url: string;

beforeEach(async () => {
  world = createWorld();
  anna = world.addAccount({ username: "anna" });
  ben = world.addAccount({ username: "ben" });
  mia = world.addHomeMember(anna, { username: "mia", title: HOSTILE, managed: true, pin: "1234" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  world.addLibrary(attic, { title: "TV Shows" });
  // Another house, by the same name.
  cleo = world.addAccount({ username: "cleo" });
  world.addLibrary(world.addServer({ name: "Attic", owner: cleo }), { title: "Series" });
  world.share(attic, mia);
  world.share(attic, ben);
  world.joinHome(anna, ben);
  sims = startSimulators(world, { deadConnections: () => [] });
  product = await startProduct(sims, { clock: hurriedClock, start: true });
  ({ url } = await product.app.start());
});

afterEach(async () => {
  await product.stop();
  await sims.stop();
});

async function signIn(username: string, role: "admin" | "member" = "member"): Promise<Client & { id: number }> {
  const { accounts } = product.app;
  const user = accounts.byName(username) ?? (await accounts.createUser({ username, password: testPassword, role }));
  const client = createClient(url);
  expect((await client.post("/api/auth/login", { username, password: testPassword })).status).toBe(200);
  return { ...client, id: user.id };
}

async function household() {
  const olga = await signIn("olga", "admin");
  const integration = await product.connect(anna, "Attic", olga.id);
  return {
    olga,
    integration,
    api: "/api/integrations/plex/household",
    page: `/integrations/${integration.id}/household`,
  };
}

describe("the household of an integration", () => {
  test("is for admins, about their own integrations", async () => {
    const { integration, api, page } = await household();
    const member = await signIn("ben");
    await product.connect(ben, "Attic", member.id);
    for (const path of [api, page]) expect([path, (await member.get(path)).status]).toEqual([path, 403]);
    expect((await member.post(`${api}/links`, { memberId: mia.uuid, userId: "1" })).status).toBe(403);
    expect((await member.form(page, { memberId: mia.uuid, user: "new" })).status).toBe(403);
    const other = await signIn("second", "admin");
    expect((await other.get(`${api}?integration=${integration.id}`)).status).toBe(404);
    expect((await other.get(page)).status).toBe(404);
    expect((await other.form(page, { memberId: mia.uuid, user: "new" })).status).toBe(404);
    for (const kind of ["kodi", "jellyfin"]) {
      expect((await other.get(`/api/integrations/${kind}/household`)).status).toBe(404);
    }
  });

  test("lists everybody, and links over the API: wrong PIN, bad input, then the link with its first sync", async () => {
    const { olga, api } = await household();
    const listed = (await olga.get(api)).json;
    expect(listed.items.map(({ name, state, asksPin }: Record<string, unknown>) => [name, state, asksPin])).toEqual([
      ["anna", "self", false],
      [HOSTILE, "free", true],
      ["ben", "free", false],
    ]);
    const target = await signIn("kim");
    const link = (body: object) => olga.post(`${api}/links`, { memberId: mia.uuid, ...body });
    const wrong = await link({ userId: String(target.id), pin: "0000" });
    expect([wrong.status, wrong.json.errors]).toEqual([422, [{ path: "pin", message: "This PIN is wrong." }]]);
    expect((await link({})).status).toBe(422);
    expect((await link({ userId: "1", newUser: { username: "x" } })).status).toBe(422);
    expect((await link({ userId: "9999", pin: "1234" })).status).toBe(404);
    expect((await olga.post(`${api}/links`, { memberId: "nobody", userId: String(target.id) })).status).toBe(404);
    const linked = await link({ userId: String(target.id), pin: "1234" });
    expect(linked.status).toBe(201);
    expect(linked.json.integration).toMatchObject({ username: HOSTILE, throughHome: true });
    expect(linked.text).not.toMatch(/"[^"]*token[^"]*"|1234"/i);
    expect((await target.get(`/api/syncs/${linked.json.syncId}`)).status).toBe(200);
    expect((await olga.get(`/api/syncs/${linked.json.syncId}`)).status).toBe(404);
    expect((await link({ newUser: { username: "Another" }, pin: "1234" })).status).toBe(409);
  });

  test("is a page whose names stay text and whose forms work without script", async () => {
    const { olga, page } = await household();
    const shown = await olga.get(page);
    expect(shown.status).toBe(200);
    expect(shown.text).not.toContain("<img src=x");
    expect(shown.text).toContain("&lt;img src=x");
    const refused = await olga.form(page, { memberId: mia.uuid, do: "link", user: "new", username: "Kid", pin: "77" });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain("This PIN is wrong.");
    expect(refused.text).toContain('value="Kid"');
    expect(refused.text).not.toContain('value="77"');
    const offered = await olga.form(page, { memberId: mia.uuid, do: "offer", user: "new" });
    expect([offered.status, offered.text]).toEqual([
      422,
      expect.stringContaining("Choose somebody who has a user here"),
    ]);
    const done = await olga.form(page, { memberId: mia.uuid, do: "link", user: "new", username: "Kid", pin: "1234" });
    expect([done.status, done.headers.get("location")]).toEqual([303, page]);
    expect((await olga.get(page)).text).toContain("Linked to Kid");
  });

  test("that plex.tv will not tell about says so on its page, and asks for patience with 429", async () => {
    const { olga, api, page } = await household();
    sims.faults.add({
      service: "plex.tv",
      path: /home/,
      effect: { kind: "status", status: 429, retryAfterSeconds: 120 },
    });
    const asked = await olga.get(api);
    expect([asked.status, asked.headers.get("retry-after"), asked.json.hint]).toEqual([
      429,
      "120",
      "Try again in 2 minutes.",
    ]);
    expect((await olga.get(page)).text).toContain("Try again in 2 minutes.");
    expect(sims.requests.count({ service: "plex.tv", path: /home/ })).toBe(1);
  });
});

describe("an offered profile", () => {
  test("is seen, connected and declined by whom it is for", async () => {
    const { olga, api } = await household();
    const [kim, ben] = [await signIn("kim"), await signIn("benny")];
    const offer = () => olga.put(`${api}/offers/${mia.uuid}`, { userId: String(kim.id) });
    const { id } = (await offer()).json;
    expect((await kim.get("/api/household-offers")).json.items).toMatchObject([
      { id, memberName: HOSTILE, asksPin: true },
    ]);
    expect((await ben.get("/api/household-offers")).json.items).toEqual([]);
    for (const path of [`/api/household-offers/${id}/link`, "/api/household-offers/abc/link"]) {
      expect((await ben.post(path, { pin: "1234" })).status).toBe(404);
    }
    expect((await ben.delete(`/api/household-offers/${id}`)).status).toBe(404);
    const page = await kim.get("/integrations");
    expect(page.text).toContain("has a profile for you: &lt;img");
    expect((await kim.form(`/household-offers/${id}`, { pin: "1" })).status).toBe(422);
    expect((await kim.delete(`/api/household-offers/${id}`)).status).toBe(204);
    const again = (await offer()).json;
    const linked = await kim.form(`/household-offers/${again.id}`, { pin: "1234" });
    expect([linked.status, linked.headers.get("location")]).toEqual([303, "/integrations"]);
    expect((await kim.get("/api/integrations")).json.items).toMatchObject([{ username: HOSTILE }]);
    expect((await olga.delete(`${api}/offers/${mia.uuid}`)).status).toBe(404);
  });
});

describe("two servers and two accounts", () => {
  test("are told apart on the page and by ?integration=, in every call", async () => {
    const olga = await signIn("olga", "admin");
    const first = await product.connect(anna, "Attic", olga.id);
    const second = await product.connect(cleo, "Attic", olga.id);
    expect(second.id).not.toBe(first.id);
    for (const path of ["libraries", "household"]) {
      expect((await olga.get(`/api/integrations/plex/${path}`)).status).toBe(409);
    }
    const titles = async (id: string) =>
      (await olga.get(`/api/integrations/plex/libraries?integration=${id}`)).json.items.map(
        ({ title }: { title: string }) => title,
      );
    expect([await titles(first.id), await titles(second.id)]).toEqual([["TV Shows"], ["Series"]]);
    const all = (await olga.get("/api/integrations/plex/connect")).json;
    expect(all.integrations.map(({ username }: { username: string }) => username)).toEqual(["anna", "cleo"]);
    await product.sync(first);
    await product.sync(second);
    const { text } = await olga.get("/integrations");
    for (const whose of ["anna", "cleo"]) expect(text).toContain(`Plex · Attic (${whose})`);
  });
});
