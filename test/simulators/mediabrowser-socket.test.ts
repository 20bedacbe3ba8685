import { afterEach, expect, test } from "bun:test";
import { asArray, asObject, type Json } from "./helpers.ts";
import { type MediaStyle, mediaEpisode } from "./mediabrowser-state.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { createWorld } from "./world.ts";

const styles = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"] as const;
const jellyfins = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12"] as const;

let sims: Simulators | null = null;
const open: WebSocket[] = [];

afterEach(async () => {
  for (const socket of open.splice(0)) socket.close();
  await sims?.stop();
  sims = null;
});

function home(style: MediaStyle, mediaSockets = { gatherMs: 5 }) {
  const world = createWorld();
  const state = world.media.addServer({ name: "Cellar", style });
  const anna = world.media.addUser(state, { name: "anna" });
  const ben = world.media.addUser(state, { name: "ben" });
  const root = world.media.addUser(state, { name: "root", admin: true });
  const library = world.media.addLibrary(state, { name: "Series" });
  const series = world.media.addToLibrary(library, world.addShow({ title: "Harbour Lights", seasons: [3] }));
  sims = startSimulators(world, { mediaSockets });
  const server = sims.mediaServer("Cellar");
  const path = style === "emby" ? "/embywebsocket?api_key=" : "/socket?ApiKey=";

  /** The messages of one socket, each handed out once and in order. */
  const listen = async (token: string) => {
    const socket = new WebSocket(`${server.address.replace("http", "ws")}${path}${token}&deviceId=x`);
    open.push(socket);
    const got: Json[] = [];
    const waiting: ((message: Json) => void)[] = [];
    socket.onmessage = ({ data }) => {
      const message = asObject(JSON.parse(String(data)));
      const next = waiting.shift();
      if (next === undefined) got.push(message);
      else next(message);
    };
    const closed = new Promise<void>((resolve) => {
      socket.onclose = () => resolve();
    });
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("refused"));
    });
    const next = (): Promise<Json> => {
      const ready = got.shift();
      return ready === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(ready);
    };
    const say = (message: Json): void => socket.send(JSON.stringify(message));
    return { next, say, closed, got };
  };
  const tokenOf = (user: typeof anna) => server.credentials.issue(user).text;
  return { media: world.media, server, anna, ben, root, series, listen, tokenOf };
}

test.each(jellyfins)("%s asks for signs of life and answers them", async (style) => {
  const { listen, tokenOf, anna } = home(style);
  const { next, say } = await listen(tokenOf(anna));
  expect(await next()).toMatchObject({ MessageType: "ForceKeepAlive", Data: 60 });
  say({ MessageType: "KeepAlive" });
  const answer = await next();
  expect([answer["MessageType"], "Data" in answer, String(answer["MessageId"]).length]).toEqual([
    "KeepAlive",
    false,
    32,
  ]);
});

test("a client that says nothing is dropped", async () => {
  const { listen, tokenOf, anna, server } = home("jellyfin-12", { gatherMs: 5, lostMs: 20 } as { gatherMs: number });
  const { closed } = await listen(tokenOf(anna));
  await closed;
  expect(server.sockets.listeners()).toBe(0);
});

test.each(styles)("%s tells changes to their own user only, with the item's parent", async (style) => {
  const { listen, tokenOf, anna, ben, media, series } = home(style);
  const annas = await listen(tokenOf(anna));
  const bens = await listen(tokenOf(ben));
  if (style !== "emby") await Promise.all([annas.next(), bens.next()]);
  const episode = mediaEpisode(series, 1, 2);
  media.mark(anna, episode, { at: Date.parse("2026-05-01T20:00:00Z") });
  const message = await annas.next();
  expect(message["MessageType"]).toBe("UserDataChanged");
  const data = asObject(message["Data"]);
  const rows = asArray(data["UserDataList"]);
  const parents = style === "jellyfin-12" ? [episode.parent?.id, series.id] : [episode.parent?.id];
  expect([data["UserId"], rows.map((row) => row["ItemId"])]).toEqual([anna.id, [episode.id, ...parents]]);
  expect(rows[0]).toMatchObject({ Played: true });
  expect("LastPlayedDate" in (rows[0] ?? {})).toBe(style !== "emby");
  expect(rows[1]).toMatchObject({ UnplayedItemCount: 2 });
  media.mark(ben, episode);
  expect(asObject((await bens.next())["Data"])["UserId"]).toBe(ben.id);
  expect(annas.got).toEqual([]);
});

test.each(styles)("%s gathers what happens at once into one message", async (style) => {
  const { listen, tokenOf, anna, media, series } = home(style);
  const { next, got } = await listen(tokenOf(anna));
  if (style !== "emby") await next();
  media.mark(anna, series);
  const rows = asArray(asObject((await next())["Data"])["UserDataList"]);
  expect(rows.length).toBe(style === "jellyfin-12" ? 5 : 4);
  expect(got).toEqual([]);
});

test("progress is not told, the end is", async () => {
  const { listen, tokenOf, anna, media, series } = home("jellyfin-12");
  const { next, got } = await listen(tokenOf(anna));
  await next();
  const session = media.start(anna, mediaEpisode(series, 1, 1));
  await next();
  media.progress(session, 2_650_000);
  await Bun.sleep(30);
  expect(got).toEqual([]);
  media.stop(session);
  expect(asArray(asObject((await next())["Data"])["UserDataList"])[0]).toMatchObject({ Played: true, PlayCount: 1 });
});

test.each([
  ["jellyfin-10.8", "anna", true],
  ["jellyfin-10.11", "anna", false],
  ["jellyfin-12", "anna", false],
  ["jellyfin-12", "root", true],
  ["emby", "anna", true],
] as const)("sessions on %s are told to %s: %p", async (style, name, told) => {
  const { listen, tokenOf, server, media, anna, series } = home(style);
  const user = server.state.users.find((each) => each.name === name) ?? anna;
  const { next, say, got } = await listen(tokenOf(user));
  if (style !== "emby") {
    await next();
    say({ MessageType: "KeepAlive" });
  }
  say({ MessageType: "SessionsStart", Data: "0,1500" });
  if (style === "emby") expect((await next())["MessageType"]).toBe("Sessions");
  else await next();
  // The answer to a second sign of life comes after the asking has been heard.
  if (style !== "emby") {
    say({ MessageType: "KeepAlive" });
    await next();
  }
  media.start(anna, mediaEpisode(series, 1, 1), { positionMs: 60_000 });
  if (!told) {
    await Bun.sleep(30);
    expect(got.filter((message) => message["MessageType"] === "Sessions")).toEqual([]);
    return;
  }
  const message = await next();
  expect(message["MessageType"]).toBe("Sessions");
  const playing = asArray(message["Data"]).filter((row) => row["NowPlayingItem"] !== undefined);
  expect(playing.map((row) => row["UserId"])).toEqual([anna.id]);
});

test.each([
  ["jellyfin-10.8", 403],
  ["jellyfin-12", 403],
  ["emby", 401],
] as const)("%s refuses a wrong token with %d", async (style, status) => {
  const { server, listen } = home(style);
  expect(listen("wrong")).rejects.toThrow("refused");
  const path = style === "emby" ? "/embywebsocket?api_key=x" : "/socket?ApiKey=x";
  const headers = { upgrade: "websocket", connection: "upgrade" };
  expect((await fetch(server.address + path, { headers })).status).toBe(status);
});

test("a key is let in and hears nothing", async () => {
  const { server, listen, media, anna, series } = home("jellyfin-12");
  const { next, got } = await listen(server.credentials.addKey("Tracker").text);
  await next();
  media.mark(anna, mediaEpisode(series, 1, 1));
  await Bun.sleep(30);
  expect(got).toEqual([]);
});

test("the old name of the token's parameter is refused by 12", async () => {
  const { server, anna, tokenOf } = home("jellyfin-12");
  const headers = { upgrade: "websocket", connection: "upgrade" };
  const answer = await fetch(`${server.address}/socket?api_key=${tokenOf(anna)}`, { headers });
  expect(answer.status).toBe(403);
});
