import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asArray, asObject, type Json, pms } from "./helpers.ts";

let folder: string;
let child: Bun.Subprocess;
let facts: Json;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulators-"));
  const portFile = join(folder, "ports.json");
  child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "server.ts"), "--world", "demo", "--port-file", portFile],
    {
      stdout: "ignore",
      stderr: "inherit",
    },
  );
  while (!(await Bun.file(portFile).exists())) {
    if (child.exitCode !== null) throw new Error("The simulators did not start");
    await Bun.sleep(20);
  }
  facts = asObject(await Bun.file(portFile).json());
});

afterAll(async () => {
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

async function control(action: string, body: Json = {}): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${facts["control"]}/_control/${action}`, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, body: asObject(await answer.json()) };
}

test("another process can play, look, break and count", async () => {
  const server = asArray(facts["servers"])[0];
  const url = String(server?.["url"]);
  const token = String(server?.["ownerAccessToken"]);
  const episode = { server: "Attic", show: "The Mandalorian", season: 1, number: 1 };
  expect((await control("view", episode)).body["view"]).toBeNull();
  const played = await control("play", { ...episode, at: "2026-05-01T20:00:00Z" });
  const row = await pms(url, `/library/metadata/${played.body["ratingKey"]}`, { token });
  expect(asArray(row.container()["Metadata"])[0]?.["lastViewedAt"]).toBe(Date.parse("2026-05-01T20:00:00Z") / 1000);

  await control("fault", {
    service: "plex-server",
    path: "sections",
    times: 1,
    effect: { kind: "status", status: 503 },
  });
  expect((await pms(url, "/library/sections", { token })).status).toBe(503);
  expect((await pms(url, "/library/sections", { token })).status).toBe(200);
  const counted = await control("requests", { service: "plex-server", path: "/library/sections$" });
  expect(counted.body["count"]).toBe(2);

  expect((await control("mark", { show: "No Such Show" })).status).toBe(400);
  expect((await control("dance")).status).toBe(404);
});

test("a fault can change the world before a request is answered", async () => {
  const server = asArray(facts["servers"])[0];
  const url = String(server?.["url"]);
  const token = String(server?.["ownerAccessToken"]);
  const total = async () =>
    (await pms(url, "/library/sections/1/all?type=2", { token, start: 0, size: 1 })).container()["totalSize"];
  const before = Number(await total());
  await control("fault", {
    path: "type=2",
    nth: 1,
    effect: { kind: "change", action: "delete", show: "Planet Earth II" },
  });
  expect(await total()).toBe(before - 1);
});

test("the environment names every service", () => {
  expect(Object.keys(asObject(facts["env"])).sort()).toEqual([
    "PLEX_APP_URL",
    "PLEX_TV_URL",
    "TMDB_API_KEY",
    "TMDB_API_URL",
    "TMDB_IMAGE_URL",
    "TRAKT_API_URL",
    "TRAKT_AUTH_URL",
    "TRAKT_CLIENT_ID",
    "TVMAZE_API_URL",
  ]);
});
