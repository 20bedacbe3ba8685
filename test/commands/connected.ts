import type { ProviderId } from "../../src/domain/providers.ts";
import { mediaEpisode } from "../simulators/mediabrowser-state.ts";
import { plexEpisode } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld, type World } from "../simulators/world.ts";
import type { Client } from "../support/http.ts";
import { connectAtAddress, connectPlex, setUp } from "./connect.ts";
import { startServer, temporaryFolder } from "./run-command.ts";

const watchedAt = Date.UTC(2026, 2, 1, 20);
const hour = 3_600_000;
const password = "opensesame";

export const KINDS: readonly ProviderId[] = ["plex", "jellyfin", "emby"];

type Kind = {
  provider: ProviderId;
  connect(client: Client, sims: Simulators): Promise<void>;
};

function plexAttic(world: World): Kind {
  const anna = world.addAccount({ username: "anna" });
  const attic = world.addServer({ name: "Attic", owner: anna });
  const tv = world.addLibrary(attic, { title: "TV Shows" });
  const item = world.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [3] }));
  world.play(anna, plexEpisode(item, 1, 1), { at: watchedAt });
  world.play(anna, plexEpisode(item, 1, 2), { at: watchedAt + hour });
  return { provider: "plex", connect: (client, sims) => connectPlex(client, sims, anna) };
}

function mediaAttic(world: World, provider: "jellyfin" | "emby"): Kind {
  const { media } = world;
  const state = media.addServer({ name: "Attic", style: provider === "emby" ? "emby" : "jellyfin-10.11" });
  const anna = media.addUser(state, { name: "anna", password });
  const tv = media.addLibrary(state, { name: "TV Shows" });
  const item = media.addToLibrary(tv, world.addShow({ title: "Harbour Lights", year: 2019, seasons: [3] }));
  media.play(anna, mediaEpisode(item, 1, 1), { at: watchedAt });
  media.play(anna, mediaEpisode(item, 1, 2), { at: watchedAt + hour });
  const connect: Kind["connect"] = (client, sims) =>
    connectAtAddress(client, provider, {
      serverUrl: sims.mediaServer("Attic").address,
      username: "anna",
      password,
    });
  return { provider, connect };
}

/** A person with one server, the Attic, on which two episodes were watched, connected over HTTP by a server that has ended since. */
export async function connectedFolder(provider: ProviderId = "plex") {
  const world = createWorld();
  const kind = provider === "plex" ? plexAttic(world) : mediaAttic(world, provider);
  const sims = startSimulators(world, { withKeys: false });
  const folder = temporaryFolder();
  const env = { ...sims.env, METADATA_SOURCES: "none" };
  await using server = await startServer({ folder: folder.path, env });
  await kind.connect(await setUp(server.url), sims);
  server.signal("SIGTERM");
  await server.exited;
  return {
    sims,
    env,
    path: folder.path,
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]();
      await sims.stop();
    },
  };
}
