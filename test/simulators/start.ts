import { createFaults, type Faults } from "./faults.ts";
import { type MediaServerSimulator, startMediaServer } from "./mediabrowser-server.ts";
import type { MediaSocketOptions } from "./mediabrowser-socket.ts";
import { createMediaWebhookSender, type MediaWebhookSender } from "./mediabrowser-webhooks.ts";
import { type PlexAppOptions, startPlexApp } from "./plex-app.ts";
import { prerender } from "./plex-rows.ts";
import { type PlexServerSimulator, startPlexServer } from "./plex-server.ts";
import { type Connection, type PlexTvSimulator, startPlexTv } from "./plex-tv.ts";
import { createWebhookSender, type WebhookSender } from "./plex-webhooks.ts";
import type { PlexServerState } from "./plex-world.ts";
import { createRandom, hexOf } from "./random.ts";
import { createRequestLog, type RequestLog } from "./request-log.ts";
import type { RunningSimulator, SimulatorDeps } from "./simulator.ts";
import { startTmdb, type TmdbSimulator } from "./tmdb.ts";
import { startTrakt, type TraktSimulator } from "./trakt.ts";
import { startTvmaze, type TvmazeSimulator } from "./tvmaze.ts";
import type { World } from "./world.ts";

/**
 * Starts real servers of plex.tv, app.plex.tv, every Plex, Jellyfin and Emby server of the world, Trakt, TMDB and TVmaze on the loopback.
 *
 *   const world = createWorld();                       // or demoWorld(), generateWorld({ … })
 *   const anna = world.addAccount({ username: "anna" });
 *   const attic = world.addServer({ name: "Attic", owner: anna });
 *   const sims = startSimulators(world);
 *   const config = { ...process.env, ...sims.env };    // PLEX_TV_URL, TRAKT_API_URL, … for the product
 *   sims.plexTv.approve(code, anna);                   // what the person does on Plex's page
 *   sims.faults.add({ service: "plex-server", path: /type=4/, nth: 2, effect: { kind: "cut" } });
 *   sims.requests.count({ service: "plex-server", path: /history/ });
 *   await sims.stop();
 */
export type Simulators = {
  world: World;
  plexTv: PlexTvSimulator;
  plexApp: RunningSimulator;
  servers: PlexServerSimulator[];
  /** Every Jellyfin and Emby of the world. */
  mediaServers: MediaServerSimulator[];
  /** What the servers post to registered webhooks. */
  webhooks: WebhookSender;
  /** What Jellyfin and Emby post to the hooks of their servers. */
  mediaWebhooks: MediaWebhookSender;
  trakt: TraktSimulator;
  tmdb: TmdbSimulator;
  tvmaze: TvmazeSimulator;
  /** Service roots for the product's environment. With `keys`, TRAKT_CLIENT_ID and TMDB_API_KEY too. */
  env: Record<string, string>;
  keys: { traktClientId: string; tmdbApiKey: string };
  faults: Faults;
  requests: RequestLog;
  /** The simulator of one server of the world, by name. */
  server(name: string): PlexServerSimulator;
  /** The simulator of one Jellyfin or Emby of the world, by name. */
  mediaServer(name: string): MediaServerSimulator;
  /** Closes the port of a server. */
  takeDown(name: string): Promise<void>;
  stop(): Promise<void>;
};

export type SimulatorOptions = {
  hostname?: string;
  /** Fixed ports by service; the servers of the world count up from `plexServer` and `mediaServer`. 0 = any free one. */
  ports?: Partial<Record<"plexTv" | "plexApp" | "plexServer" | "mediaServer" | "trakt" | "tmdb" | "tvmaze", number>>;
  plexApp?: PlexAppOptions;
  /** Puts the metadata keys into `env`, which switches Trakt and TMDB on. Default true. */
  withKeys?: boolean;
  /** Announced besides the live address of each server. Default: one dead private address, one dead public one, one dead relay. */
  deadConnections?: (server: PlexServerState) => Connection[];
  /** Posters with title and shapes (demo) instead of small plain ones. */
  drawPosters?: boolean;
  /** Counts calls against the services' real limits. Default false, so that tests are not slowed down. */
  enforceRateLimits?: boolean;
  /** Tokens handed out by an earlier run still work. */
  keepsTokens?: boolean;
  /** Between two pings of a server's notification feed. */
  pingMs?: number;
  /** Waiting times of the sockets of Jellyfin and Emby. */
  mediaSockets?: MediaSocketOptions;
  /** Renders all rows ahead (for measurements). */
  prerender?: boolean;
  seed?: number;
};

/** Addresses of a server in Docker behind a router: none can be reached, all names end in .invalid. */
export function usualDeadConnections(server: PlexServerState): Connection[] {
  const hash = hexOf(server.machineIdentifier, 32);
  const connection = (ip: string, port: number, local: boolean, relay: boolean): Connection => ({
    protocol: "https",
    address: ip,
    port,
    uri: `https://${ip.replaceAll(".", "-")}.${hash}.plex.direct.invalid:${port}`,
    local,
    relay,
    IPv6: false,
  });
  return [
    connection("172.18.0.3", 32_400, true, false),
    connection("203.0.113.7", 21_234, false, false),
    connection("198.51.100.9", 8_443, false, true),
  ];
}

export function startSimulators(world: World, options: SimulatorOptions = {}): Simulators {
  const random = createRandom(options.seed ?? 1);
  const faults = createFaults(random.next);
  const requests = createRequestLog();
  const deps: SimulatorDeps = { faults, log: requests, now: world.now };
  const where = options.hostname === undefined ? {} : { hostname: options.hostname };
  const at = (name: keyof NonNullable<SimulatorOptions["ports"]>, step = 0) => {
    const base = options.ports?.[name] ?? 0;
    return { ...where, port: base === 0 ? 0 : base + step };
  };
  const drawPosters = options.drawPosters ?? false;
  const limits = options.enforceRateLimits ?? false;

  const plexTv = startPlexTv(world, deps, { ...at("plexTv"), keepsTokens: options.keepsTokens ?? false });
  const plexApp = startPlexApp(world, plexTv, deps, { ...options.plexApp, ...at("plexApp") });
  const servers = world.servers.map((state, position) => {
    if (options.prerender === true) prerender(state);
    const running = startPlexServer(
      { ...deps, world, state, accountOfToken: plexTv.accountOf, drawPosters, pingMs: options.pingMs },
      at("plexServer", position),
    );
    const dead = (options.deadConnections ?? usualDeadConnections)(state);
    const live: Connection = {
      protocol: "http",
      address: new URL(running.url).hostname,
      port: running.port,
      uri: running.url,
      local: true,
      relay: false,
      IPv6: false,
    };
    plexTv.connections.set(state, [...dead.slice(0, 1), live, ...dead.slice(1)]);
    return running;
  });
  const keepsTokens = options.keepsTokens ?? false;
  const mediaServers = world.media.servers.map((state, position) =>
    startMediaServer(
      { ...deps, world, state, drawPosters, keepsTokens, sockets: options.mediaSockets },
      at("mediaServer", position),
    ),
  );
  const trakt = startTrakt({ ...deps, world, drawPosters, limits }, at("trakt"));
  const tmdb = startTmdb({ ...deps, world, drawPosters, limits }, at("tmdb"));
  const tvmaze = startTvmaze({ ...deps, world, drawPosters, limits }, at("tvmaze"));
  const keys = { traktClientId: trakt.clientId, tmdbApiKey: tmdb.apiKey };

  const env: Record<string, string> = {
    PLEX_TV_URL: plexTv.url,
    PLEX_APP_URL: plexApp.url,
    TRAKT_API_URL: trakt.url,
    TRAKT_AUTH_URL: trakt.url,
    TMDB_API_URL: `${tmdb.url}/3`,
    TMDB_IMAGE_URL: `${tmdb.url}/t/p`,
    TVMAZE_API_URL: tvmaze.url,
  };
  if (options.withKeys !== false)
    Object.assign(env, { TRAKT_CLIENT_ID: keys.traktClientId, TMDB_API_KEY: keys.tmdbApiKey });

  const server = (name: string): PlexServerSimulator => {
    const found = servers.find((candidate) => candidate.state.name === name);
    if (found === undefined) throw new Error(`No server named ${name}`);
    return found;
  };

  const mediaServer = (name: string): MediaServerSimulator => {
    const found = mediaServers.find((candidate) => candidate.state.name === name);
    if (found === undefined) throw new Error(`No Jellyfin or Emby named ${name}`);
    return found;
  };

  return {
    world,
    plexTv,
    plexApp,
    servers,
    mediaServers,
    webhooks: createWebhookSender(world),
    mediaWebhooks: createMediaWebhookSender(world.media, world.now),
    trakt,
    tmdb,
    tvmaze,
    env,
    keys,
    faults,
    requests,
    server,
    mediaServer,
    takeDown(name) {
      const running = [...servers, ...mediaServers].find(({ state }) => state.name === name);
      if (running === undefined) throw new Error(`No server named ${name}`);
      return running.stop();
    },
    async stop() {
      for (const running of servers) running.notifications.dropAll();
      for (const running of mediaServers) running.sockets.dropAll();
      await Promise.all(
        [plexTv, plexApp, ...servers, ...mediaServers, trakt, tmdb, tvmaze].map((running) => running.stop()),
      );
    },
  };
}
