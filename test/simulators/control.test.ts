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

test("another process can sign in, approve, play and break on Jellyfin and Emby", async () => {
  const [basement, cabin] = asArray(facts["mediaServers"]);
  expect([basement?.["kind"], cabin?.["kind"]]).toEqual(["jellyfin", "emby"]);
  expect(asArray(basement?.["users"]).map((user) => [user["name"], user["password"]])).toEqual([
    ["anna", "jellyfin"],
    ["ben", "jellyfin"],
  ]);
  const url = String(basement?.["url"]);
  const authorization = 'MediaBrowser Client="T", Device="D", DeviceId="d", Version="1"';
  const begun = await fetch(`${url}/QuickConnect/Initiate`, { method: "POST", headers: { authorization } });
  const { Code, Secret } = asObject(await begun.json());
  const typed = new URLSearchParams({ user: "anna", code: String(Code) });
  expect(await (await fetch(`${url}/web/`, { method: "POST", body: typed })).text()).toContain("code authorized");
  const answer = await fetch(`${url}/Users/AuthenticateWithQuickConnect`, {
    method: "POST",
    headers: { authorization },
    body: JSON.stringify({ Secret }),
  });
  const token = asObject(await answer.json())["AccessToken"];
  const anna = asObject((await control("media-user", { user: "anna" })).body);
  const episode = { server: "Basement", user: "anna", show: "Deutschland 83", season: 1, number: 8 };
  const played = await control("media-play", { ...episode, at: "2026-05-01T20:00:00Z" });
  const path = `${url}/Users/${anna["id"]}/Items/${played.body["id"]}`;
  const read = () => fetch(path, { headers: { authorization: `MediaBrowser Token="${token}"` } });
  expect(asObject(asObject(await (await read()).json())["UserData"])["Played"]).toBe(true);

  const watching = await control("media-start", episode);
  const sessions = await fetch(`${url}/Sessions?ApiKey=${token}`);
  expect(await sessions.text()).toContain(String(watching.body["session"]));
  await control("media-stop", { server: "Basement", session: watching.body["session"], positionMs: null });
  const data = asObject((await control("media-data", episode)).body["data"]);
  expect(data["playCount"]).toBe(3);

  await control("fault", { service: "jellyfin-server", times: 1, effect: { kind: "status", status: 503 } });
  expect((await read()).status).toBe(503);
  await control("media-starting", { server: "Basement" });
  expect((await read()).headers.get("retry-after")).toBe("5");
  await control("media-starting", { server: "Basement", starting: false });
  await control("media-revoke", { server: "Basement", user: "anna" });
  expect((await read()).status).toBe(401);
  expect((await control("media-mark", { server: "Cabin", show: "No Such Show" })).status).toBe(400);
  await control("media-down", { server: "Cabin" });
  expect(fetch(`${cabin?.["url"]}/System/Ping`)).rejects.toThrow();
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
