import { afterEach, describe, expect, test } from "bun:test";
import { asObject, type Json } from "./helpers.ts";
import { type MediaHook, type MediaStyle, mediaEpisode } from "./mediabrowser-state.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { createWorld } from "./world.ts";

type Post = { type: string; agent: string; text: string };

let sims: Simulators | null = null;
let receiver: Bun.Server<undefined> | null = null;

afterEach(async () => {
  await sims?.stop();
  await receiver?.stop(true);
});

function home(style: MediaStyle, form: MediaHook["form"], hook: Partial<MediaHook> = {}) {
  const posts: Post[] = [];
  receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { headers } = request;
      posts.push({
        type: headers.get("content-type") ?? "",
        agent: headers.get("user-agent") ?? "",
        text: await request.text(),
      });
      return new Response();
    },
  });
  const world = createWorld();
  const state = world.media.addServer({ name: "Cellar", style });
  const anna = world.media.addUser(state, { name: "anna" });
  const ben = world.media.addUser(state, { name: "ben" });
  const library = world.media.addLibrary(state, { name: "Series" });
  const show = world.addShow({ title: 'The "Quiet" Room', year: 2019, seasons: [3] });
  const series = world.media.addToLibrary(library, show);
  state.hooks.push({ url: `http://127.0.0.1:${receiver.port}/hook`, form, users: null, ...hook });
  const running = startSimulators(world);
  sims = running;
  const settled = () => running.mediaWebhooks.settled();
  return { media: world.media, state, anna, ben, series, posts, settled, sims: running };
}

const bodies = (posts: Post[]): Json[] => posts.map(({ text }) => asObject(JSON.parse(text)));

describe("Jellyfin's plugin", () => {
  test("all properties: a viewing is a start, its saved rows and a stop, as plain text", async () => {
    const { media, anna, series, posts, settled } = home("jellyfin-10.11", "all-properties");
    media.play(anna, mediaEpisode(series, 1, 2));
    await settled();
    expect(new Set(posts.map(({ type }) => type))).toEqual(new Set(["text/plain; charset=utf-8"]));
    const types = bodies(posts).map((body) => [
      body["NotificationType"],
      body["SaveReason"],
      body["PlayedToCompletion"],
    ]);
    expect(types).toContainEqual(["PlaybackStart", undefined, undefined]);
    expect(types).toContainEqual(["PlaybackStop", undefined, true]);
    expect(types).toContainEqual(["UserDataSaved", "PlaybackFinished", undefined]);
    const stop = bodies(posts).find((body) => body["NotificationType"] === "PlaybackStop");
    expect(stop).toMatchObject({
      ItemType: "Episode",
      SeriesName: 'The \\"Quiet\\" Room',
      SeasonNumber: 1,
      EpisodeNumber: 2,
      EpisodeNumber00: "02",
      Year: 2019,
      NotificationUsername: "anna",
      UserId: anna.id,
    });
    expect(stop?.["Played"]).toBeUndefined();
  });

  test("an unmark clears date and count", async () => {
    const { media, anna, series, posts, settled } = home("jellyfin-12", "all-properties");
    media.mark(anna, mediaEpisode(series, 1, 1));
    media.unmark(anna, mediaEpisode(series, 1, 1));
    await settled();
    const body = bodies(posts).find(({ Played }) => Played === false);
    expect(body).toMatchObject({ SaveReason: "TogglePlayed", PlayCount: 0 });
    expect(body?.["LastPlayedDate"]).toBeUndefined();
  });

  test("a template makes everything text, with dashed ids", async () => {
    const { media, anna, series, posts, settled } = home("jellyfin-10.11", "template", { types: ["UserDataSaved"] });
    media.mark(anna, mediaEpisode(series, 1, 1));
    await settled();
    expect(bodies(posts)).toHaveLength(1);
    const body = bodies(posts)[0] ?? {};
    expect(body).toMatchObject({
      Played: "True",
      EpisodeNumber: "1",
      PlayedToCompletion: "",
      SaveReason: "TogglePlayed",
    });
    expect(String(body["ItemId"])).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(body["SeriesName"]).toBe('The "Quiet" Room');
  });

  test("a template with two braces spoils its own JSON where a title has quotes", async () => {
    const template = '{"Name":"{{SeriesName}}"}';
    const { media, anna, series, posts, settled } = home("jellyfin-10.11", "template", { template });
    media.mark(anna, mediaEpisode(series, 1, 1));
    await settled();
    expect(posts.map(({ text }) => text)).toEqual(['{"Name":"The \\&quot;Quiet\\&quot; Room"}']);
  });

  test("the unofficial plugin names item and series with their ids", async () => {
    const { media, anna, series, posts, settled } = home("jellyfin-10.11", "unofficial");
    media.mark(anna, mediaEpisode(series, 1, 1));
    await settled();
    const body = bodies(posts)[0] ?? {};
    expect(body["Event"]).toBe("MarkPlayed");
    expect(asObject(asObject(body["Series"])["ProviderIds"])).toHaveProperty("Tvdb");
    expect(asObject(asObject(body["Item"])["UserData"])["Played"]).toBe(true);
  });
});

describe("Emby's webhooks", () => {
  test("a form with one field, from an agent that says what it is", async () => {
    const { media, anna, series, posts, settled, state } = home("emby", "multipart");
    media.play(anna, mediaEpisode(series, 1, 3));
    await settled();
    expect(posts).toHaveLength(2);
    const forms = await Promise.all(
      posts.map(({ type, text }) => new Response(text, { headers: { "content-type": type } }).formData()),
    );
    const payloads = forms.map((form) => asObject(JSON.parse(String(form.get("data")))));
    expect(payloads.map((payload) => payload["Event"]).sort()).toEqual(["playback.start", "playback.stop"]);
    const stop = payloads.find((payload) => payload["Event"] === "playback.stop") ?? {};
    expect(asObject(stop["PlaybackInfo"])["PlayedToCompletion"]).toBe(true);
    expect(asObject(stop["Item"])).toMatchObject({ Type: "Episode", ParentIndexNumber: 1, IndexNumber: 3 });
    expect("UserData" in asObject(stop["Item"])).toBe(false);
    expect(posts[0]?.agent).toBe(`Emby Server/${state.version}`);
  });

  test("JSON, marks and a test message", async () => {
    const { media, anna, series, posts, settled, sims: running, state } = home("emby", "json");
    media.mark(anna, mediaEpisode(series, 1, 1));
    media.unmark(anna, mediaEpisode(series, 1, 1));
    await settled();
    await running.mediaWebhooks.test(state);
    expect(bodies(posts).map((body) => body["Event"])).toEqual([
      "item.markplayed",
      "item.markunplayed",
      "system.notificationtest",
    ]);
    expect(posts[0]?.type).toBe("application/json");
  });
});

test("a hook for one user hears of nobody else", async () => {
  const { media, state, anna, ben, series, posts, settled } = home("emby", "json");
  for (const hook of state.hooks) hook.users = [ben];
  media.mark(anna, mediaEpisode(series, 1, 1));
  media.mark(ben, mediaEpisode(series, 1, 2));
  await settled();
  expect(bodies(posts).map((body) => asObject(body["User"])["Name"])).toEqual(["ben"]);
});
