import { findEpisode } from "./catalogue.ts";
import { ControlError, type Json, optionalNumber, text } from "./control-body.ts";
import type { FaultEffect, FaultRule, ServiceName } from "./faults.ts";
import { describeMediaServers, mediaActions } from "./mediabrowser-control.ts";
import {
  episodesOf,
  type PlexAccount,
  type PlexItem,
  type PlexQuirks,
  type PlexServerState,
  type PlexSession,
} from "./plex-world.ts";
import { json } from "./simulator.ts";
import type { Simulators } from "./start.ts";
import { startViewer, type Viewer } from "./viewer.ts";

/**
 * The control API of a simulator process: POST /_control/<action> with a JSON body, so that a browser test, the bench
 * or a person with curl can act in a world that lives in another process. An item is named by
 * {server, ratingKey} or {server, show, year?, season?, number?} (titles as in the library). Actions on Jellyfin and Emby begin with
 * "media-" (mediabrowser-control.ts).
 */

export type ControlServer = { url: string; port: number; stop(): Promise<void> };

function accountOf(sims: Simulators, body: Json): PlexAccount {
  const username = typeof body["account"] === "string" ? body["account"] : sims.world.accounts[0]?.username;
  const account = sims.world.accounts.find((candidate) => candidate.username === username);
  if (account === undefined) throw new ControlError(`No account ${username}`);
  return account;
}

function serverOf(sims: Simulators, body: Json): PlexServerState {
  const name = typeof body["server"] === "string" ? body["server"] : sims.world.servers[0]?.name;
  const server = sims.world.servers.find((candidate) => candidate.name === name);
  if (server === undefined) throw new ControlError(`No server ${name}`);
  return server;
}

function itemOf(sims: Simulators, body: Json): PlexItem {
  const server = serverOf(sims, body);
  if (body["ratingKey"] !== undefined) {
    const item = server.items.get(String(body["ratingKey"]));
    if (item === undefined) throw new ControlError(`No item ${body["ratingKey"]} on ${server.name}`);
    return item;
  }
  const title = text(body, "show");
  const show = server.libraries
    .flatMap((library) => library.shows)
    .find((candidate) => candidate.title === title && (body["year"] === undefined || candidate.year === body["year"]));
  if (show === undefined) throw new ControlError(`No show ${title} on ${server.name}`);
  if (body["season"] === undefined) return show;
  const season = show.children.find((candidate) => candidate.index === body["season"]);
  if (season === undefined) throw new ControlError(`${title} has no season ${body["season"]}`);
  if (body["number"] === undefined) return season;
  const episode = season.children.find((candidate) => candidate.index === body["number"]);
  if (episode === undefined) throw new ControlError(`${title} has no S${body["season"]}E${body["number"]}`);
  return episode;
}

const describe = (item: PlexItem): Json => ({ ratingKey: item.ratingKey, title: item.title, guid: item.guid });

const viewers = new Map<PlexSession, Viewer>();

function viewerOf(sims: Simulators, body: Json, act: (viewer: Viewer) => void): Json {
  const key = text(body, "sessionKey");
  const session = serverOf(sims, body).sessions.find((candidate) => candidate.key === key);
  const viewer = session === undefined ? undefined : viewers.get(session);
  if (viewer === undefined) throw new ControlError(`Nobody watches in session ${key}`);
  act(viewer);
  return { sessionKey: key };
}

type Action = (sims: Simulators, body: Json) => Json;

const actions: Record<string, Action> = {
  info: (sims) => describeSimulators(sims),
  approve: (sims, body) => {
    const pin = sims.plexTv.approve(text(body, "code"), accountOf(sims, body));
    return { code: pin.code, account: pin.account?.username };
  },
  expire: (sims, body) => {
    sims.plexTv.expire(text(body, "code"));
    return {};
  },
  play: (sims, body) => {
    const at = optionalNumber(body, "at");
    const item = itemOf(sims, body);
    const row = sims.world.play(accountOf(sims, body), item, at === undefined ? {} : { at });
    return { ...describe(item), historyId: row.id };
  },
  mark: (sims, body) => {
    const item = itemOf(sims, body);
    const at = body["at"] === null ? null : optionalNumber(body, "at");
    sims.world.markWatched(accountOf(sims, body), item, at === undefined ? {} : { at });
    return describe(item);
  },
  unmark: (sims, body) => {
    const item = itemOf(sims, body);
    sims.world.unmark(accountOf(sims, body), item);
    return describe(item);
  },
  partial: (sims, body) => {
    const item = itemOf(sims, body);
    const at = optionalNumber(body, "at");
    const offsetMs = optionalNumber(body, "offsetMs") ?? 600_000;
    sims.world.partial(accountOf(sims, body), item, at === undefined ? { offsetMs } : { offsetMs, at });
    return describe(item);
  },
  watch: (sims, body) => {
    const item = itemOf(sims, body);
    const server = sims.server(serverOf(sims, body).name);
    const given = (name: string) => (typeof body[name] === "number" ? { [name]: body[name] } : {});
    const player = typeof body["player"] === "string" ? { player: body["player"] } : {};
    const times = { ...given("speed"), ...given("everyMs"), ...given("fromMs"), ...given("untilMs") };
    const viewer = startViewer(
      { world: sims.world, ...server },
      { account: accountOf(sims, body), item, ...times, ...player },
    );
    viewers.set(viewer.session, viewer);
    void viewer.ended.then(() => viewers.delete(viewer.session));
    return { ...describe(item), sessionKey: viewer.session.key, durationMs: item.durationMs };
  },
  pause: (sims, body) => viewerOf(sims, body, (viewer) => viewer.pause()),
  resume: (sims, body) => viewerOf(sims, body, (viewer) => viewer.resume()),
  finish: (sims, body) => viewerOf(sims, body, (viewer) => viewer.finish()),
  "stop-watching": (sims, body) =>
    viewerOf(sims, body, (viewer) => viewer.stop({ silently: body["silently"] === true })),
  "drop-feeds": (sims, body) => {
    sims.server(serverOf(sims, body).name).notifications.dropAll();
    return {};
  },
  listeners: (sims, body) => ({ listeners: sims.server(serverOf(sims, body).name).notifications.listeners() }),
  view: (sims, body) => {
    const item = itemOf(sims, body);
    return { ...describe(item), view: sims.world.viewOf(accountOf(sims, body), item) };
  },
  "add-episode": (sims, body) => {
    const show = itemOf(sims, { ...body, season: undefined, number: undefined });
    const season = optionalNumber(body, "season") ?? 1;
    const title = typeof body["title"] === "string" ? { title: body["title"] } : {};
    const airedOn = typeof body["airedOn"] === "string" ? { airedOn: body["airedOn"] } : {};
    return describe(sims.world.addEpisode(show, season, { ...title, ...airedOn }));
  },
  "add-known-episode": (sims, body) => {
    const show = itemOf(sims, { ...body, season: undefined, number: undefined });
    if (show.show === null) throw new ControlError(`${show.title} is not a show`);
    const episode = findEpisode(show.show, optionalNumber(body, "season") ?? 1, optionalNumber(body, "number") ?? 1);
    return describe(sims.world.addExistingEpisode(show, episode));
  },
  delete: (sims, body) => {
    const item = itemOf(sims, body);
    sims.world.deleteItem(item);
    return describe(item);
  },
  readd: (sims, body) => {
    const item = itemOf(sims, body);
    return describe(item.kind === "episode" ? sims.world.readdEpisode(item) : sims.world.readdShow(item));
  },
  revoke: (sims, body) => {
    if (typeof body["token"] === "string") sims.plexTv.revoke(body["token"]);
    else sims.plexTv.revokeAll(accountOf(sims, body));
    return {};
  },
  claim: (sims, body) => {
    serverOf(sims, body).claimed = body["claimed"] !== false;
    return {};
  },
  unshare: (sims, body) => {
    sims.world.unshare(serverOf(sims, body), accountOf(sims, body));
    return {};
  },
  quirks: (sims, body) => {
    const quirks = (body["quirks"] ?? {}) as Partial<PlexQuirks>;
    sims.world.setQuirks(serverOf(sims, body), quirks);
    return { ...serverOf(sims, body).quirks };
  },
  limit: (sims, body) => {
    const service = text(body, "service");
    if (service !== "trakt" && service !== "tmdb" && service !== "tvmaze") throw new ControlError("No such service");
    sims[service].limiter.configure(optionalNumber(body, "limit") ?? 0, optionalNumber(body, "windowMs") ?? 10_000);
    return {};
  },
  fault: (sims, body) => ({ id: sims.faults.add(ruleOf(sims, body)) }),
  "clear-faults": (sims, body) => {
    if (typeof body["id"] === "string") sims.faults.remove(body["id"]);
    else sims.faults.clear();
    return {};
  },
  faults: (sims) => ({ faults: sims.faults.list().map(({ id, seen, hits }) => ({ id, seen, hits })) }),
  requests: (sims, body) => {
    const filter = {
      ...(typeof body["service"] === "string" ? { service: body["service"] as ServiceName } : {}),
      ...(typeof body["server"] === "string" ? { server: body["server"] } : {}),
      ...(typeof body["method"] === "string" ? { method: body["method"] } : {}),
      ...(typeof body["path"] === "string" ? { path: body["path"] } : {}),
    };
    const entries = sims.requests.all(filter);
    return {
      count: entries.length,
      byEndpoint: sims.requests.byEndpoint(),
      ...(body["entries"] === true ? { entries } : {}),
    };
  },
  /** From now on servers post to registered webhooks by themselves. */
  webhooks: (sims, body) => {
    sims.webhooks.live = body["live"] !== false;
    sims.webhooks.doubled = body["doubled"] === true;
    return {};
  },
  /** Posts one message, whether anything has happened or not. */
  "send-webhook": (sims, body) => {
    const item = itemOf(sims, body);
    const rating = optionalNumber(body, "rating");
    const news = { event: text(body, "event"), account: accountOf(sims, body), item };
    void sims.webhooks.send(rating === undefined ? news : { ...news, rating }).catch(() => undefined);
    return describe(item);
  },
  rate: (sims, body) => {
    const item = itemOf(sims, body);
    sims.world.rate(accountOf(sims, body), item, optionalNumber(body, "rating") ?? null);
    return describe(item);
  },
  hooks: (sims, body) => ({ urls: accountOf(sims, body).webhooks }),
  "reset-requests": (sims) => {
    sims.requests.reset();
    return {};
  },
  reset: (sims) => {
    sims.requests.reset();
    sims.faults.clear();
    return {};
  },
  stop: (sims, body) => {
    void sims.takeDown(serverOf(sims, body).name);
    return {};
  },
  ...mediaActions,
};

/** A rule in JSON; `{effect: {kind: "change", action: "delete", …}}` runs a control action before the request. */
function ruleOf(sims: Simulators, body: Json): FaultRule {
  const effect = body["effect"];
  if (typeof effect !== "object" || effect === null) throw new ControlError("effect is missing");
  const given = effect as Json;
  if (given["kind"] !== "change") return body as unknown as FaultRule;
  const action = actions[text(given, "action")];
  if (action === undefined) throw new ControlError("No such action");
  const change: FaultEffect = { kind: "change", change: () => void action(sims, given) };
  return { ...(body as unknown as FaultRule), effect: change };
}

export function describeSimulators(sims: Simulators): Json {
  return {
    env: sims.env,
    keys: sims.keys,
    plexAppUrl: sims.plexApp.url,
    servers: sims.servers.map(({ state, url }) => ({
      name: state.name,
      url,
      machineIdentifier: state.machineIdentifier,
      owner: state.owner.username,
      ownerAccessToken: state.ownerAccessToken,
      shares: state.shares.map((share) => ({ account: share.account.username, accessToken: share.accessToken })),
      libraries: state.libraries.map((library) => ({
        key: library.key,
        title: library.title,
        type: library.type,
        shows: library.shows.length,
        episodes: library.shows.reduce((sum, show) => sum + episodesOf(show).length, 0),
      })),
    })),
    mediaServers: describeMediaServers(sims),
    accounts: sims.world.accounts.map(({ username, email, token }) => ({ username, email, token })),
  };
}

export function startControl(sims: Simulators, port = 0): ControlServer {
  const server = Bun.serve({
    port,
    hostname: "127.0.0.1",
    async fetch(request) {
      const name = /^\/_control\/([a-z-]+)$/.exec(new URL(request.url).pathname)?.[1] ?? "";
      const action = actions[name];
      if (action === undefined)
        return json({ error: "No such action", actions: Object.keys(actions) }, { status: 404 });
      const raw = await request.text();
      try {
        const body: unknown = raw === "" ? {} : JSON.parse(raw);
        return json(action(sims, body as Json));
      } catch (error) {
        return json({ error: error instanceof Error ? error.message : String(error) }, { status: 400 });
      }
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, port: server.port ?? 0, stop: () => server.stop(true) };
}
