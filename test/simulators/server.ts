import { rename } from "node:fs/promises";
import { parseArgs } from "node:util";
import { describeSimulators, startControl } from "./control.ts";
import { demoWorld } from "./demo-world.ts";
import { extremeWorld } from "./extreme-world.ts";
import { generateWorld } from "./generate.ts";
import { generateMedia } from "./generate-media.ts";
import type { MediaStyle } from "./mediabrowser-state.ts";
import { startSimulators } from "./start.ts";
import { createWorld, type World } from "./world.ts";

/**
 * All simulators in a process of their own:
 *
 *   bun test/simulators/server.ts --world demo[:jellyfin-10.8]|empty|bench:1000x50|bench-jellyfin:1000x50|bench-emby:1000x50|odd:60[:seed]|extreme[:name] [--port-file FILE] [--port 0] [--limits]
 *
 * Prints (and writes to FILE) one JSON object {control, env, keys, servers, mediaServers, accounts}; see control.ts for what can be
 * asked of `control`. Ends on SIGTERM or SIGINT.
 */

const jellyfinStyles = ["jellyfin-10.8", "jellyfin-10.11", "jellyfin-12"] as const;

function jellyfinOf(name: string): MediaStyle {
  const style = jellyfinStyles.find((each) => each === name);
  if (style === undefined) throw new Error(`Unknown Jellyfin ${name}: ${jellyfinStyles.join(", ")}`);
  return style;
}

function worldOf(name: string): { world: World; big: boolean } {
  const [kind = "", size = "", seed = "1"] = name.split(":");
  if (kind === "demo") return { world: demoWorld(size === "" ? {} : { jellyfin: jellyfinOf(size) }).world, big: false };
  if (kind === "empty") {
    const world = createWorld();
    const anna = world.addAccount({ username: "anna" });
    world.addLibrary(world.addServer({ name: "Attic", owner: anna }), { title: "TV Shows" });
    const basement = world.media.addServer({ name: "Basement", style: "jellyfin-12" });
    const cabin = world.media.addServer({ name: "Cabin", style: "emby" });
    for (const server of [basement, cabin]) {
      world.media.addUser(server, { name: "anna", password: "open sesame" });
      world.media.addLibrary(server, { name: "Series" });
    }
    return { world, big: false };
  }
  if (kind.startsWith("bench")) {
    const [shows = 1_000, episodes = 50] = size.split("x").map(Number);
    const seasons = episodes % 10 === 0 ? episodes / 10 : 1;
    const options = { shows, seasons, episodes: episodes / seasons, watchedShare: 1, seed: Number(seed) };
    if (kind === "bench") return { world: generateWorld(options).world, big: true };
    const style = kind === "bench-emby" ? "emby" : "jellyfin-12";
    return { world: generateMedia(style, options).world, big: true };
  }
  if (kind === "odd") {
    const options = { shows: Number(size) || 60, seasons: 2, episodes: 5, watchedShare: 0.7, seed: Number(seed) };
    return { world: generateWorld({ ...options, oddities: true }).world, big: false };
  }
  if (kind === "extreme") return { world: extremeWorld(size === "" ? undefined : size), big: false };
  throw new Error(`Unknown world ${name}: demo, empty, bench:1000x50, odd:60 or extreme`);
}

const { values } = parseArgs({
  options: {
    world: { type: "string", default: "demo" },
    "port-file": { type: "string" },
    port: { type: "string", default: "0" },
    limits: { type: "boolean", default: false },
  },
});

const { world, big } = worldOf(values.world);
const sims = startSimulators(world, { drawPosters: !big, prerender: big, enforceRateLimits: values.limits });
const control = startControl(sims, Number(values.port));
const facts = JSON.stringify({ control: control.url, pid: process.pid, ...describeSimulators(sims) });
const portFile = values["port-file"];
if (portFile !== undefined) {
  // Whoever waits for the file must never read half of it.
  await Bun.write(`${portFile}.part`, facts);
  await rename(`${portFile}.part`, portFile);
}
console.log(facts);

const stop = async (): Promise<void> => {
  await Promise.all([sims.stop(), control.stop()]);
  process.exit(0);
};
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());
