import { afterEach, expect, test } from "bun:test";
import { secret } from "../../../src/kernel/secret.ts";
import type { IntegrationView } from "../../../src/services/integrations/types.ts";
import { type GeneratedMedia, generateMedia } from "../../simulators/generate-media.ts";
import type { MediaItem, MediaStyle } from "../../simulators/mediabrowser-state.ts";
import { createRandom, type Random } from "../../simulators/random.ts";
import { type Simulators, startSimulators } from "../../simulators/start.ts";
import { hurriedClock, type Product, playsOfUser, startProduct } from "../../support/product.ts";
import { playOf, seeds } from "./harness.ts";

// The properties of syncing on servers with accounts of their own; the worlds are split over the kinds.

const STYLES: readonly MediaStyle[] = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12", "emby"];
const HOUR = 3_600_000;
const styleOf = (seed: number): MediaStyle => STYLES[seed % STYLES.length] ?? "emby";
const plainOf = (seed: number) => ({ shows: 5, seasons: 2, episodes: 5, watchedShare: 0.8, seed });

type Stage = GeneratedMedia & { style: MediaStyle; sims: Simulators; product: Product; integration: IntegrationView };

const open: Stage[] = [];

afterEach(async () => {
  for (const { product, sims } of open.splice(0)) {
    await product.stop();
    await sims.stop();
  }
});

async function stage(seed: number, oddities: boolean): Promise<Stage> {
  const style = styleOf(seed);
  const generated = generateMedia(style, { ...plainOf(seed), oddities });
  const sims = startSimulators(generated.world, { withKeys: false });
  const product = await startProduct(sims, { clock: hurriedClock });
  const integration = await connect(product, sims, generated, style);
  const made = { ...generated, style, sims, product, integration };
  open.push(made);
  return made;
}

async function connect(
  { app, userId }: Product,
  sims: Simulators,
  { state, user }: GeneratedMedia,
  style: MediaStyle,
): Promise<IntegrationView> {
  const provider = style === "emby" ? "emby" : "jellyfin";
  const serverUrl = sims.mediaServer(state.name).address;
  const who = { username: user.name, password: secret(user.password) };
  const pinId = await app.integrations.signInWithPassword(userId, provider, { serverUrl, ...who });
  return (await app.integrations.connect(userId, provider, { pinId })).integration;
}

const episodesOf = ({ state }: GeneratedMedia): MediaItem[] =>
  [...state.items.values()].filter(({ kind }) => kind === "Episode");

test("a second sync changes nothing, whatever the world is like", async () => {
  for (const seed of seeds(8)) {
    const { product, integration, style } = await stage(seed, true);
    const first = await product.sync(integration);
    const plays = playsOfUser(product);
    expect({ seed, style, status: first.status, plays: plays.length }).toEqual({
      seed,
      style,
      status: "success",
      plays: first.watchesAdded,
    });
    for (const full of [false, true, false]) {
      const again = await product.sync(integration, { full });
      expect({ seed, full, added: again.watchesAdded, removed: again.watchesRemoved, mode: again.mode }).toEqual({
        seed,
        full,
        added: 0,
        removed: 0,
        mode: full ? "full" : "incremental",
      });
    }
    expect(playsOfUser(product)).toEqual(plays);
  }
}, 240_000);

/** Watches, marks, unmarks, breaks off. Returns how many viewings came to their end. */
function happen({ world, user }: Stage, item: MediaItem, random: Random, at: number): number {
  const { media } = world;
  const kind = random.int(0, 5);
  if (kind === 0) media.partial(user, item, { positionMs: (item.runtimeMs ?? HOUR) / 2, at });
  else if (kind === 1) media.edit(item, { name: `Renamed ${at}` });
  else media.play(user, item, { at });
  return kind > 1 ? 1 : 0;
}

test("syncs in between miss no viewing and count none twice", async () => {
  for (const seed of seeds(8)) {
    const at = await stage(seed, false);
    const { product, integration, style, world } = at;
    const random = createRandom(seed);
    await product.sync(integration);
    let expected = playsOfUser(product).length;
    // Quick runs look a day back.
    let time = world.now() - 20 * HOUR;
    for (let step = 0; step < 12; step += 1) {
      time += 1.25 * HOUR;
      const item = random.pick(episodesOf(at));
      expected += happen(at, item, random, time);
      if (random.chance(0.3))
        await product.app.sync.reread(Number(integration.id), { itemIds: [item.id], trigger: "stream" });
      // Only the last viewing can be told from the server.
      await product.sync(integration, { full: random.chance(0.3) });
    }
    expect({ seed, style, plays: playsOfUser(product).length }).toEqual({ seed, style, plays: expected });
  }
}, 240_000);

test("failing answers and runs that are cut short end in the same plays as a run of its own", async () => {
  for (const seed of seeds(8)) {
    const { product, integration, sims, style } = await stage(seed, true);
    const random = createRandom(seed);
    const service = style === "emby" ? "emby-server" : "jellyfin-server";
    for (const kind of ["cut", "reset", "truncate", "html", "wrong-json"] as const) {
      sims.faults.add({ service, path: /Items/, nth: random.int(1, 4), effect: { kind } });
      sims.faults.add({ service, path: /Items/, nth: random.int(5, 9), effect: { kind: "status", status: 503 } });
      const syncId = product.app.sync.start(Number(integration.id), { trigger: "manual", full: random.chance(0.5) });
      if (random.chance(0.3)) await product.app.sync.cancel(product.userId, syncId).catch(() => undefined);
      await product.app.sync.finished(syncId);
      sims.faults.clear();
      if (random.chance(0.3)) await product.restart();
    }
    expect((await product.sync(integration, { full: true })).status).toBe("success");
    const shaken = playsOfUser(product).map(playOf);
    const calm = await product.addUser("calm");
    const other = await connect({ ...product, userId: calm }, sims, open.at(-1) ?? expect.unreachable(), style);
    await product.sync(other, { full: true });
    expect({ seed, style, plays: shaken }).toEqual({ seed, style, plays: playsOfUser(product, calm).map(playOf) });
  }
}, 240_000);
