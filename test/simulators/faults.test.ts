import { afterEach, beforeEach, expect, test } from "bun:test";
import type { FaultEffect } from "./faults.ts";
import { pms } from "./helpers.ts";
import { plexEpisode } from "./plex-world.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { createWorld, type World } from "./world.ts";

let sims: Simulators;
let world: World;
let url: string;
let token: string;
const path = "/library/sections/1/all?type=4";

beforeEach(() => {
  world = createWorld();
  const anna = world.addAccount({ username: "anna" });
  const server = world.addServer({ name: "Attic", owner: anna });
  world.addToLibrary(
    world.addLibrary(server, { title: "TV Shows" }),
    world.addShow({ title: "Harbour Lights", seasons: [6] }),
  );
  sims = startSimulators(world);
  url = sims.server("Attic").url;
  token = server.ownerAccessToken;
});
afterEach(() => sims.stop());

const read = (start = 0, size = 10) => pms(url, path, { token, start, size });
const once = (effect: FaultEffect) => sims.faults.add({ service: "plex-server", path: /type=4/, times: 1, effect });

test("an error status meets only the chosen request, with the body this service would send", async () => {
  sims.faults.add({
    service: "plex-server",
    path: /type=4/,
    nth: 2,
    effect: { kind: "status", status: 503, retryAfterSeconds: 7 },
  });
  expect((await read()).status).toBe(200);
  const second = await read();
  expect([second.status, second.headers.get("retry-after"), second.contentType]).toEqual([503, "7", "text/html"]);
  expect((await read()).status).toBe(200);
  sims.faults.add({ service: "trakt", effect: { kind: "status", status: 500 } });
  expect((await read()).status).toBe(200);
});

test("a page of HTML, foreign JSON and half a body come with status 200", async () => {
  once({ kind: "html" });
  expect((await read()).text).toContain("<title>Sign in</title>");
  once({ kind: "wrong-json" });
  expect((await read()).text).toBe('{"unexpected":[1,2,3]}');
  once({ kind: "truncate" });
  const half = await read();
  expect(half.status).toBe(200);
  expect(() => JSON.parse(half.text)).toThrow();
});

test("the connection breaks before the answer, or in the middle of it", async () => {
  once({ kind: "reset" });
  await expect(read()).rejects.toThrow();
  once({ kind: "cut" });
  await expect(read()).rejects.toThrow();
  expect((await read()).status).toBe(200);
});

test("a server that hangs answers nothing until the client gives up", async () => {
  once({ kind: "hang" });
  await expect(
    fetch(url + path, { headers: { "x-plex-token": token }, signal: AbortSignal.timeout(80) }),
  ).rejects.toThrow();
});

test("an endless body goes on as long as somebody reads", async () => {
  once({ kind: "endless", chunkBytes: 1_000 });
  const answer = await fetch(url + path, { headers: { "x-plex-token": token } });
  const reader = answer.body?.getReader();
  let bytes = 0;
  while (bytes < 20_000) bytes += (await reader?.read())?.value?.length ?? 0;
  await reader?.cancel();
  expect(bytes).toBeGreaterThanOrEqual(20_000);
});

test("a redirect names another origin", async () => {
  once({ kind: "redirect", to: "http://elsewhere.invalid/" });
  const answer = await fetch(url + path, { headers: { "x-plex-token": token }, redirect: "manual" });
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "http://elsewhere.invalid/"]);
});

test("rows vanish between two pages, so that the second page starts one row late", async () => {
  const show = world.servers[0]?.libraries[0]?.shows[0];
  if (show === undefined) throw new Error("no show");
  const first = (await read(0, 3)).container();
  sims.faults.add({
    path: /type=4/,
    nth: 1,
    effect: { kind: "change", change: () => world.deleteItem(plexEpisode(show, 1, 1)) },
  });
  const second = (await read(3, 3)).container();
  expect([first["totalSize"], second["totalSize"], second["size"]]).toEqual([6, 5, 2]);
});

test("short pages hold fewer rows than asked", async () => {
  sims.faults.add({ path: /type=4/, effect: { kind: "short-pages", rows: 2 } });
  expect((await read()).container()).toMatchObject({ size: 2, totalSize: 6 });
});

test("the log keeps path, token and status of every request", async () => {
  await read();
  await read();
  await pms(url, "/library/sections", { token: "wrong" });
  expect(sims.requests.byEndpoint()).toEqual({
    "plex-server GET /library/sections/:/all": 2,
    "plex-server GET /library/sections": 1,
  });
  expect(sims.requests.count({ path: /type=4/ })).toBe(2);
  expect(sims.requests.all({ path: /sections$/ })[0]).toMatchObject({
    status: 401,
    headers: { "x-plex-token": "wrong" },
  });
  sims.requests.reset();
  expect(sims.requests.count()).toBe(0);
});
