import { afterEach, beforeEach, expect, test } from "bun:test";
import { webhookForm, webhookPayload } from "./plex-webhooks.ts";
import { type PlexAccount, type PlexItem, plexEpisode } from "./plex-world.ts";
import { type Simulators, startSimulators } from "./start.ts";
import { createWorld, type World } from "./world.ts";

type Heard = { hook: string; agent: string | null; form: Awaited<ReturnType<Request["formData"]>> };

let world: World;
let sims: Simulators;
let anna: PlexAccount;
let ben: PlexAccount;
let episode: PlexItem;
let heard: Heard[];
let ear: ReturnType<typeof Bun.serve>;

beforeEach(() => {
  world = createWorld();
  anna = world.addAccount({ username: "anna" });
  ben = world.addAccount({ username: "ben" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  world.share(attic, ben);
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  const show = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [2] }));
  episode = plexEpisode(show, 1, 1);
  sims = startSimulators(world, { withKeys: false });
  heard = [];
  ear = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const agent = request.headers.get("user-agent");
      heard.push({ hook: new URL(request.url).pathname, agent, form: await request.formData() });
      return new Response(null, { status: 202 });
    },
  });
  anna.webhooks = [`http://127.0.0.1:${ear.port}/anna`];
  ben.webhooks = [`http://127.0.0.1:${ear.port}/ben`];
});

afterEach(async () => {
  await ear.stop(true);
  await sims.stop();
});

const facts = ({ hook, form }: Heard) => {
  const { event, user, owner } = JSON.parse(String(form.get("payload")));
  return { hook, event, user, owner };
};

test("the owner's hook hears of everybody, a guest's of the guest", async () => {
  await sims.webhooks.send({ event: "media.scrobble", account: ben, item: episode });
  expect(heard.map(facts).sort((a, b) => a.hook.localeCompare(b.hook))).toEqual([
    { hook: "/anna", event: "media.scrobble", user: false, owner: true },
    { hook: "/ben", event: "media.scrobble", user: true, owner: false },
  ]);
  heard.length = 0;
  ben.plexPass = false;
  await sims.webhooks.send({ event: "media.scrobble", account: ben, item: episode });
  expect(heard.map(({ hook }) => hook)).toEqual(["/anna"]);
});

test("only some messages carry a picture, and the message itself has no file name", async () => {
  await sims.webhooks.send({ event: "media.scrobble", account: anna, item: episode });
  await sims.webhooks.send({ event: "media.rate", account: anna, item: episode, rating: 8 });
  expect(heard.map(({ form }) => [typeof form.get("payload"), form.get("thumb") instanceof File])).toEqual([
    ["string", false],
    ["string", true],
  ]);
  expect(heard[0]?.agent).toMatch(/^PlexMediaServer\//);
  const text = new TextDecoder().decode(webhookForm({ event: "media.play" }, true).body);
  expect(text).toContain('name="payload"\r\nContent-Type: application/json\r\n\r\n{');
  expect(text).toContain('name="thumb"; filename="thumb.jpg"\r\nContent-Type: image/jpeg\r\n\r\n');
});

test("a scrobble has the new count, and older servers call their owner 1", () => {
  world.play(anna, episode);
  const news = { event: "media.scrobble", account: anna, item: episode };
  expect(webhookPayload(news, anna)).toMatchObject({ Account: { id: anna.id }, Metadata: { viewCount: 1 } });
  expect(webhookPayload(news, anna, { oldIds: true })).toMatchObject({ Account: { id: 1 } });
});

test("playing is posted once switched on, twice where a client doubles it, never for a mark set by hand", async () => {
  world.play(anna, episode);
  sims.webhooks.live = true;
  world.markWatched(anna, episode);
  await sims.webhooks.settled();
  expect(heard).toEqual([]);
  sims.webhooks.doubled = true;
  world.play(anna, episode);
  await sims.webhooks.settled();
  expect(heard.map(facts).map(({ event }) => event)).toEqual(["media.scrobble", "media.scrobble", "media.stop"]);
});
