import type { Clock } from "../../src/kernel/clock.ts";
import { createHttp } from "../../src/kernel/http.ts";
import { type Secret, secret } from "../../src/kernel/secret.ts";
import type { AccountPlace, MediaServer, MediaServerOptions, Provider } from "../../src/providers/contract.ts";
import { embyKind } from "../../src/providers/emby/dialect.ts";
import { createEmby } from "../../src/providers/emby/index.ts";
import { jellyfinKind } from "../../src/providers/jellyfin/dialect.ts";
import { createJellyfin } from "../../src/providers/jellyfin/index.ts";
import type { FamilyDeps, Timeouts } from "../../src/providers/mediabrowser/config.ts";
import type { Bench, FaultTarget, MediaServerHarness } from "../contracts/media-server.contract.ts";
import type { MediaServerSimulator } from "../simulators/mediabrowser-server.ts";
import { type MediaItem, type MediaStyle, type MediaUser, mediaEpisode } from "../simulators/mediabrowser-state.ts";
import { startSimulators } from "../simulators/start.ts";
import { createWorld, type World } from "../simulators/world.ts";
import { quiet } from "./plex-bench.ts";

export const app = { product: "Episode Tracker", version: "0.0.0", deviceName: "Küche" };

const timeoutsOf = (ms: number): Timeouts => ({ identityMs: ms, smallMs: ms, listingMs: ms, silenceMs: ms });

/** What the registry gives these providers. */
export const familyOf = (clock: Clock, timeoutMs = 15_000): FamilyDeps => ({
  http: createHttp({ clock, log: quiet, userAgent: "EpisodeTracker/test" }),
  clock,
  app,
  kinds: [jellyfinKind, embyKind],
  timeouts: timeoutsOf(timeoutMs),
});

/** The product's provider for servers of this style. */
export function providerFor(style: MediaStyle, clock: Clock, timeoutMs?: number): Provider {
  const family = familyOf(clock, timeoutMs);
  return style === "emby" ? createEmby(family) : createJellyfin(family);
}

export const placeOf = (server: MediaServerSimulator, user: MediaUser, byKey = false): AccountPlace => ({
  url: server.address,
  insecureTls: false,
  deviceId: `device-of-${user.name}`,
  accountId: user.id,
  byKey,
});

export function signIn(provider: Provider, server: MediaServerSimulator, user: MediaUser): Promise<Secret> {
  const who = { username: user.name, password: secret(user.password) };
  return provider.address!.withPassword(placeOf(server, user), who).then(({ token }) => token);
}

export function optionsFor(server: MediaServerSimulator, user: MediaUser, token: Secret): MediaServerOptions {
  const { url, insecureTls, deviceId, byKey } = placeOf(server, user);
  return {
    name: server.state.name,
    url,
    token,
    account: { id: user.id, username: user.name, email: null },
    owned: user.admin,
    relay: false,
    insecureTls,
    deviceId,
    byKey,
  };
}

/** A connection of this user, with a token of its own. */
export function openFor(
  provider: Provider,
  server: MediaServerSimulator,
  user: MediaUser,
  more: Partial<MediaServerOptions> = {},
): MediaServer {
  const token = server.credentials.issue(user, { deviceId: placeOf(server, user).deviceId });
  return provider.open({ ...optionsFor(server, user, secret(token.text)), ...more });
}

/** The row's own date of change, which the simulator would call now. */
function savedThen(world: World, user: MediaUser, item: MediaItem, at: number): void {
  world.media.setData(user, item, { savedAt: at });
}

const day = 86_400_000;

const places: Record<FaultTarget, RegExp> = {
  account: /^\/Users\/[^/]+$/,
  libraries: /Views(\?|$)/,
  shows: /IncludeItemTypes=Series/,
  episodes: /IncludeItemTypes=Episode/,
  history: /^\/no-such-thing$/,
};

/** Cellar, looked after by anna and used by ben: one show too long for a page, two short ones, films, somebody else's views. */
export const mediaBrowserHarness = (style: MediaStyle): MediaServerHarness => ({
  async start({ timeoutMs, clock }): Promise<Bench> {
    const world = createWorld({ now: () => clock.now() });
    const { media } = world;
    const cellar = media.addServer({ name: "Cellar", style });
    const anna = media.addUser(cellar, { name: "anna", password: "opensesame", admin: true });
    const ben = media.addUser(cellar, { name: "ben", password: "letmein" });
    const series = media.addLibrary(cellar, { name: "Series" });
    const films = media.addLibrary(cellar, { name: "Films", type: "movies" });
    media.addOther(films, { name: "A Film" });
    const titles = ["Harbour Lights", "The Long Run", "Two Towns"];
    const seasons = [[6, 4], [300, 300], [8]];
    const items = titles.map((title, position) =>
      media.addToLibrary(series, world.addShow({ title, year: 2001 + position, seasons: seasons[position]! })),
    );
    const seen = [1, 2, 3, 4].map((number) => {
      const episode = mediaEpisode(items[0]!, 1, number);
      const at = clock.now() - (10 - number) * day;
      media.edit(episode, { name: `Seen ${number}`, savedAt: episode.savedAt });
      media.play(anna, episode, { at });
      savedThen(world, anna, episode, at);
      return { title: `Seen ${number}`, at };
    });
    const byHand = mediaEpisode(items[2]!, 1, 1);
    media.edit(byHand, { name: "Seen by hand", savedAt: byHand.savedAt });
    media.mark(anna, byHand, { at: clock.now() - day });
    savedThen(world, anna, byHand, clock.now() - day);
    const begun = mediaEpisode(items[2]!, 1, 2);
    media.partial(anna, begun, { positionMs: 600_000, at: clock.now() - 2 * day });
    savedThen(world, anna, begun, clock.now() - 2 * day);
    media.play(ben, mediaEpisode(items[0]!, 2, 1), { at: clock.now() - 3 * day });

    const sims = startSimulators(world, { withKeys: false });
    const server = sims.mediaServer("Cellar");
    const provider = providerFor(style, clock, timeoutMs);
    const service = style === "emby" ? "emby-server" : "jellyfin-server";
    const secrets = [anna.password, ben.password];
    return {
      provider,
      account: { id: anna.id, username: anna.name, email: null },
      place: () => placeOf(server, anna),
      async signIn() {
        const token = await signIn(provider, server, anna);
        secrets.push(token.reveal());
        return token;
      },
      open(who = "owner") {
        const opened = openFor(provider, server, who === "owner" ? anna : ben);
        secrets.push(...cellar.tokens.keys());
        return opened;
      },
      truth: {
        serverId: cellar.id,
        serverName: "Cellar",
        libraries: [
          { key: series.id, title: "Series", type: "show" },
          { key: films.id, title: "Films", type: "other" },
        ],
        shows: titles,
        episodes: series.items.filter(({ kind }) => kind === "Episode").length,
        watched: [...seen, { title: "Seen by hand", at: clock.now() - day }],
        history: [],
      },
      fault(target, effect, when = {}) {
        sims.faults.add({ service, path: places[target], ...when, effect });
      },
      change: {
        addEpisode: () => {
          media.addEpisode(items[0]!, 2);
        },
        removeEpisode: () => media.deleteItem(mediaEpisode(items[1]!, 1, 5)),
        revokeSignIn: () => server.credentials.revokeAll(anna),
        refuseHistoryToGuests: () => {
          throw new Error("There is no history to refuse.");
        },
      },
      requested: () =>
        sims.requests.all({ service }).map(({ path, query }) => `${path}?${new URLSearchParams(query).toString()}`),
      secrets,
      stop: () => sims.stop(),
    };
  },
});
