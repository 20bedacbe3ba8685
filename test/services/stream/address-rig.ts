import type { Clock } from "../../../src/kernel/clock.ts";
import { secret } from "../../../src/kernel/secret.ts";
import type { MediaHook, MediaItem, MediaStyle, MediaUser } from "../../simulators/mediabrowser-state.ts";
import { mediaEpisodesOf } from "../../simulators/mediabrowser-state.ts";
import { startMediaViewer } from "../../simulators/mediabrowser-viewer.ts";
import { startSimulators } from "../../simulators/start.ts";
import { createWorld } from "../../simulators/world.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";
import { until } from "../../support/until.ts";

const password = "a long password";

export type AddressRigOptions = { clock?: Clock; byKey?: boolean };

/** A Jellyfin or an Emby with two people, and a product that is connected as one of them and synced once. */
export async function addressRig(style: MediaStyle, { clock = hurriedClock, byKey = false }: AddressRigOptions = {}) {
  const world = createWorld();
  const { media } = world;
  const state = media.addServer({ name: "Cellar", style });
  const [anna, ben] = ["anna", "ben"].map((name) => media.addUser(state, { name, password })) as [MediaUser, MediaUser];
  const library = media.addLibrary(state, { name: "Series" });
  const series = media.addToLibrary(library, world.addShow({ title: "Harbour Lights", seasons: [6, 120] }));
  const films = media.addLibrary(state, { name: "Films", type: "movies" });
  const film = media.addOther(films, { name: "A Film" });
  const episodes = mediaEpisodesOf(series);
  media.play(anna, episodes[0] as MediaItem, { at: clock.now() - 5 * 86_400_000 });
  const sims = startSimulators(world, { withKeys: false, mediaSockets: { gatherMs: 5 } });
  const simulator = sims.mediaServer("Cellar");
  const product: Product = await startProduct(sims, { clock });
  const { integrations, stream, sync, webhooks, deps } = product.app;
  const provider = style === "emby" ? "emby" : "jellyfin";
  const at = { serverUrl: simulator.address };

  async function signIn(): Promise<string> {
    const { userId } = product;
    if (!byKey) {
      const who = { username: "anna", password: secret(password) };
      return integrations.signInWithPassword(userId, provider, { ...at, ...who });
    }
    const apiKey = secret(simulator.credentials.addKey("Episode Tracker").text);
    const { requestId } = await integrations.signInWithKey(userId, provider, { ...at, apiKey });
    await integrations.chooseAccount(userId, requestId, anna.id);
    return requestId;
  }

  const { integration } = await integrations.connect(product.userId, provider, { pinId: await signIn() });
  await product.sync(integration);
  const id = Number(integration.id);
  const runs: string[] = [];
  deps.bus.subscribe((name) => name === "sync.started" && runs.push(name));
  return {
    world,
    media,
    state,
    anna,
    ben,
    series,
    film,
    episodes: episodes.slice(1),
    sims,
    simulator,
    product,
    provider,
    integration,
    id,
    stream,
    sync,
    integrations,
    live: () => until(() => stream.state(id).state === "live", "the connection"),
    plays: () => playsOfUser(product).length,
    now: () => stream.nowWatching(product.userId),
    runs: () => runs.length,
    logs: () => sync.list(product.userId, { limit: 100 }),
    watch: (item: MediaItem, user = anna, fromMs = 0) =>
      startMediaViewer(media, { user, item, everyMs: 60_000, fromMs }),
    /** Has the server post to the product, in that form, what happens to these people. */
    async hook(form: MediaHook["form"], users: readonly MediaUser[] | null, more: Partial<MediaHook> = {}) {
      const shown = await webhooks.view(product.userId, integration.id, "http://192.0.2.9:4747/api/webhooks");
      const port = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        fetch: (request) =>
          product.app.web.handle(new Request(`http://localhost${new URL(request.url).pathname}`, request)),
      });
      doors.push(port);
      const url = `http://127.0.0.1:${port.port}${new URL(shown.url).pathname}`;
      state.hooks.push({ url, form, users: users === null ? null : [...users], ...more });
    },
    deliveries: () => webhooks.deliveries(product.userId, integration.id),
    async settled() {
      await sims.mediaWebhooks.settled();
      await webhooks.idle();
    },
    async close() {
      await product.stop();
      for (const door of doors.splice(0)) await door.stop(true);
      await sims.stop();
    },
  };
}

const doors: Bun.Server<undefined>[] = [];

export type AddressRig = Awaited<ReturnType<typeof addressRig>>;
