import type { Clock } from "../../src/kernel/clock.ts";
import { createHttp } from "../../src/kernel/http.ts";
import type { Log } from "../../src/kernel/log.ts";
import { type Secret, secret } from "../../src/kernel/secret.ts";
import type { MediaServer, MediaServerOptions, Provider } from "../../src/providers/contract.ts";
import type { PlexTimeouts } from "../../src/providers/plex/config.ts";
import { createPlex } from "../../src/providers/plex/index.ts";
import type { Bench, FaultTarget, MediaServerHarness } from "../contracts/media-server.contract.ts";
import type { FaultRule } from "../simulators/faults.ts";
import { type PlexAccount, type PlexServerState, plexEpisode } from "../simulators/plex-world.ts";
import { type Simulators, startSimulators } from "../simulators/start.ts";
import { createWorld } from "../simulators/world.ts";

export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

export const plexIdentity = {
  clientId: "episodetracker-test",
  product: "Episode Tracker",
  version: "0.0.0",
  deviceName: "Küche",
};

export function timeoutsOf(ms: number): PlexTimeouts {
  return { identityMs: ms, accessMs: ms, plexTvMs: ms, smallMs: ms, listingMs: ms, silenceMs: ms };
}

/** The product's Plex provider, talking to simulators. */
export function plexOf(sims: Simulators, clock: Clock, timeoutMs = 15_000): Provider {
  return createPlex({
    http: createHttp({ clock, log: quiet, userAgent: "EpisodeTracker/test" }),
    clock,
    plex: { plexTv: sims.plexTv.url, plexApp: sims.plexApp.url, ...plexIdentity },
    timeouts: timeoutsOf(timeoutMs),
  });
}

export function optionsFor(sims: Simulators, state: PlexServerState, account: PlexAccount): MediaServerOptions {
  const share = state.shares.find((each) => each.account === account);
  return {
    name: state.name,
    url: sims.server(state.name).url,
    token: secret(share?.accessToken ?? state.ownerAccessToken),
    account: { id: String(account.id), username: account.username, email: account.email },
    owned: state.owner === account,
    relay: false,
    insecureTls: false,
    deviceId: null,
    byKey: false,
  };
}

export async function signIn(provider: Provider, sims: Simulators, account: PlexAccount): Promise<Secret> {
  const pin = await provider.pin!.start({ forwardUrl: null });
  sims.plexTv.approve(pin.code.reveal(), account);
  const state = await provider.pin!.check(pin);
  if (state.state !== "granted") throw new Error(`The code is ${state.state}.`);
  return state.token;
}

const places: Record<FaultTarget, Pick<FaultRule, "service" | "path">> = {
  account: { service: "plex.tv", path: /^\/api\/v2\/(user|ping|resources)/ },
  libraries: { service: "plex-server", path: /^\/library\/sections(\?|$)/ },
  shows: { service: "plex-server", path: /\/all\?.*type=2/ },
  episodes: { service: "plex-server", path: /\/all\?.*type=4/ },
  history: { service: "plex-server", path: /^\/status\/sessions\/history/ },
};

/** Attic, owned by anna and shared with ben: one show too long for a page, two short ones, films, somebody else's plays. */
export const plexHarness: MediaServerHarness = {
  async start({ timeoutMs, clock }): Promise<Bench> {
    const world = createWorld({ now: () => clock.now() });
    const anna = world.addAccount({ username: "anna" });
    const ben = world.addAccount({ username: "ben" });
    const attic = world.addServer({ name: "Attic", owner: anna });
    const tv = world.addLibrary(attic, { title: "TV Shows" });
    const films = world.addLibrary(attic, { title: "Films", type: "movie" });
    world.addOther(films, { title: "A Film" });
    world.share(attic, ben);
    const titles = ["Harbour Lights", "The Long Run", "Two Towns"];
    const seasons = [[6, 4], [300, 300], [8]];
    const items = titles.map((title, position) =>
      world.addToLibrary(tv, world.addShow({ title, year: 2001 + position, seasons: seasons[position]! })),
    );
    const day = 86_400_000;
    const seen = [1, 2, 3, 4].map((number) => {
      const episode = plexEpisode(items[0]!, 1, number);
      const at = clock.now() - (10 - number) * day;
      world.edit(episode, { title: `Seen ${number}` });
      world.play(anna, episode, { at });
      return { title: `Seen ${number}`, at };
    });
    const marked = plexEpisode(items[2]!, 1, 1);
    world.edit(marked, { title: "Seen by hand" });
    world.markWatched(anna, marked, { at: clock.now() - day });
    world.partial(anna, plexEpisode(items[2]!, 1, 2), { offsetMs: 600_000, at: clock.now() - 2 * day });
    world.play(ben, plexEpisode(items[0]!, 2, 1), { at: clock.now() - 3 * day });

    const sims = startSimulators(world, { withKeys: false });
    const provider = plexOf(sims, clock, timeoutMs);
    const secrets = [attic.ownerAccessToken, anna.token, ...attic.shares.map((share) => share.accessToken)];
    return {
      provider,
      account: { id: String(anna.id), username: anna.username, email: anna.email },
      async signIn() {
        const token = await signIn(provider, sims, anna);
        secrets.push(token.reveal());
        return token;
      },
      open: (who = "owner"): MediaServer => provider.open(optionsFor(sims, attic, who === "owner" ? anna : ben)),
      truth: {
        serverId: attic.machineIdentifier,
        serverName: "Attic",
        libraries: [
          { key: tv.key, title: "TV Shows", type: "show" },
          { key: films.key, title: "Films", type: "other" },
        ],
        shows: titles,
        episodes: tv.episodes.length,
        watched: [...seen, { title: "Seen by hand", at: clock.now() - day }],
        history: [...seen].reverse(),
      },
      fault(target, effect, when = {}) {
        sims.faults.add({ ...places[target], ...when, effect });
      },
      change: {
        addEpisode: () => {
          world.addEpisode(items[0]!, 2);
        },
        removeEpisode: () => world.deleteItem(plexEpisode(items[1]!, 1, 5)),
        revokeSignIn: () => sims.plexTv.revokeAll(anna),
        refuseHistoryToGuests: (status) => world.setQuirks(attic, { guestHistory: status }),
      },
      requested: () =>
        sims.requests
          .all({ service: "plex-server" })
          .map(({ path, query }) => `${path}?${new URLSearchParams(query).toString()}`),
      secrets,
      stop: () => sims.stop(),
    };
  },
};
