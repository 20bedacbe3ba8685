import { findEpisode } from "./catalogue.ts";
import { ControlError, type Json, optionalNumber, text } from "./control-body.ts";
import type { MediaServerSimulator } from "./mediabrowser-server.ts";
import {
  type MediaHook,
  type MediaItem,
  type MediaQuirks,
  type MediaSession,
  type MediaUser,
  mediaEpisodesOf,
  seriesOf,
  type UserData,
} from "./mediabrowser-state.ts";
import { startMediaViewer } from "./mediabrowser-viewer.ts";
import { mediaSeries } from "./mediabrowser-world.ts";
import type { Simulators } from "./start.ts";

/**
 * Actions of the control API on Jellyfin and Emby. `server` is a name and defaults to the first of them, `user` to its
 * first user; an item is named by {id} or {show, year?, season?, number?}, a session by {session}.
 */

function serverOf(sims: Simulators, body: Json): MediaServerSimulator {
  const name = typeof body["server"] === "string" ? body["server"] : sims.mediaServers[0]?.state.name;
  if (name === undefined) throw new ControlError("There is no Jellyfin or Emby");
  return sims.mediaServer(name);
}

function userOf(sims: Simulators, body: Json): MediaUser {
  const { users, name: serverName } = serverOf(sims, body).state;
  const name = typeof body["user"] === "string" ? body["user"] : users[0]?.name;
  const user = users.find((candidate) => candidate.name === name);
  if (user === undefined) throw new ControlError(`No user ${name} on ${serverName}`);
  return user;
}

function itemOf(sims: Simulators, body: Json): MediaItem {
  const { state } = serverOf(sims, body);
  if (typeof body["id"] === "string") {
    const item = state.items.get(body["id"]);
    if (item === undefined) throw new ControlError(`No item ${body["id"]} on ${state.name}`);
    return item;
  }
  const series = mediaSeries(state, text(body, "show"), optionalNumber(body, "year"));
  if (body["season"] === undefined) return series;
  const season = series.children.find(({ index }) => index === body["season"]);
  if (season === undefined) throw new ControlError(`${series.name} has no season ${body["season"]}`);
  if (body["number"] === undefined) return season;
  const episode = season.children.find(({ index }) => index === body["number"]);
  if (episode === undefined) throw new ControlError(`${series.name} has no S${body["season"]}E${body["number"]}`);
  return episode;
}

function sessionOf(sims: Simulators, body: Json): MediaSession {
  const id = text(body, "session");
  const session = serverOf(sims, body).state.sessions.find((candidate) => candidate.id === id);
  if (session === undefined) throw new ControlError(`Nobody plays in session ${id}`);
  return session;
}

const describe = (item: MediaItem): Json => ({ id: item.id, name: item.name, series: seriesOf(item).name });

const at = (body: Json): { at?: number } => {
  const given = optionalNumber(body, "at");
  return given === undefined ? {} : { at: given };
};

export const mediaActions: Record<string, (sims: Simulators, body: Json) => Json> = {
  "media-approve": (sims, body) => {
    const user = userOf(sims, body);
    const request = serverOf(sims, body).credentials.approve(text(body, "code"), user);
    return { code: request.code, user: user.name };
  },
  "media-expire": (sims, body) => {
    serverOf(sims, body).credentials.expire(text(body, "code"));
    return {};
  },
  "media-key": (sims, body) => ({ key: serverOf(sims, body).credentials.addKey(text(body, "app")).text }),
  "media-token": (sims, body) => ({ token: serverOf(sims, body).credentials.issue(userOf(sims, body)).text }),
  "media-tokens": (sims, body) => ({
    tokens: [...serverOf(sims, body).state.tokens.values()].map(({ user, client, device, deviceId }) => ({
      user: user?.name ?? null,
      client,
      device,
      deviceId,
    })),
  }),
  "media-revoke": (sims, body) => {
    const { credentials } = serverOf(sims, body);
    if (typeof body["token"] === "string") credentials.revoke(body["token"]);
    else credentials.revokeAll(userOf(sims, body));
    return {};
  },
  "media-user": (sims, body) => {
    const user = userOf(sims, body);
    if (typeof body["password"] === "string") user.password = body["password"];
    if (typeof body["disabled"] === "boolean") user.disabled = body["disabled"];
    if (typeof body["admin"] === "boolean") user.admin = body["admin"];
    return { id: user.id, name: user.name };
  },
  "media-play": (sims, body) => {
    const item = itemOf(sims, body);
    sims.world.media.play(userOf(sims, body), item, at(body));
    return describe(item);
  },
  "media-partial": (sims, body) => {
    const item = itemOf(sims, body);
    const positionMs = optionalNumber(body, "positionMs") ?? 600_000;
    sims.world.media.partial(userOf(sims, body), item, { positionMs, ...at(body) });
    return describe(item);
  },
  "media-mark": (sims, body) => {
    const item = itemOf(sims, body);
    sims.world.media.mark(userOf(sims, body), item, at(body));
    return describe(item);
  },
  "media-unmark": (sims, body) => {
    const item = itemOf(sims, body);
    sims.world.media.unmark(userOf(sims, body), item);
    return describe(item);
  },
  /** Writes the row as it is given: {data: {played, playCount, positionTicks, lastPlayed}}. */
  "media-set-data": (sims, body) => {
    const item = itemOf(sims, body);
    sims.world.media.setData(userOf(sims, body), item, (body["data"] ?? {}) as Partial<UserData>);
    return describe(item);
  },
  "media-data": (sims, body) => {
    const item = itemOf(sims, body);
    return { ...describe(item), data: sims.world.media.dataOf(userOf(sims, body), item) };
  },
  "media-start": (sims, body) => {
    const item = itemOf(sims, body);
    const device = typeof body["device"] === "string" ? { device: body["device"] } : {};
    const session = sims.world.media.start(userOf(sims, body), item, { ...device, ...at(body) });
    return { ...describe(item), session: session.id, runtimeMs: item.runtimeMs };
  },
  "media-progress": (sims, body) => {
    sims.world.media.progress(sessionOf(sims, body), optionalNumber(body, "positionMs") ?? 0);
    return {};
  },
  "media-pause": (sims, body) => {
    sims.world.media.pause(sessionOf(sims, body), body["paused"] !== false);
    return {};
  },
  /** Without a position where they are now; `positionMs: null` says none at all. */
  "media-stop": (sims, body) => {
    const session = sessionOf(sims, body);
    const positionMs = body["positionMs"] === null ? null : optionalNumber(body, "positionMs");
    sims.world.media.stop(session, positionMs === undefined ? {} : { positionMs });
    return {};
  },
  "media-watch": (sims, body) => {
    const item = itemOf(sims, body);
    const given = (name: string) => (typeof body[name] === "number" ? { [name]: body[name] } : {});
    const device = typeof body["device"] === "string" ? { device: body["device"] } : {};
    const times = { ...given("speed"), ...given("everyMs"), ...given("fromMs") };
    const viewer = startMediaViewer(sims.world.media, { user: userOf(sims, body), item, ...times, ...device });
    return { ...describe(item), session: viewer.session.id, runtimeMs: item.runtimeMs };
  },
  "media-add-episode": (sims, body) => {
    const series = itemOf(sims, { ...body, season: undefined, number: undefined });
    const title = typeof body["title"] === "string" ? { title: body["title"] } : {};
    const airedOn = typeof body["airedOn"] === "string" ? { airedOn: body["airedOn"] } : {};
    const season = optionalNumber(body, "season") ?? 1;
    return describe(sims.world.media.addEpisode(series, season, { ...title, ...airedOn }));
  },
  "media-add-known-episode": (sims, body) => {
    const series = itemOf(sims, { ...body, season: undefined, number: undefined });
    if (series.show === null) throw new ControlError(`${series.name} is not a show`);
    const number = optionalNumber(body, "number") ?? 1;
    const episode = findEpisode(series.show, optionalNumber(body, "season") ?? 1, number);
    return describe(sims.world.media.addExistingEpisode(series, episode));
  },
  "media-delete": (sims, body) => {
    const item = itemOf(sims, body);
    sims.world.media.deleteItem(item);
    return describe(item);
  },
  "media-quirks": (sims, body) => {
    const { state } = serverOf(sims, body);
    sims.world.media.setQuirks(state, (body["quirks"] ?? {}) as Partial<MediaQuirks>);
    return { ...state.quirks };
  },
  /** 503 to everything until {starting: false}. */
  "media-starting": (sims, body) => {
    serverOf(sims, body).state.starting = body["starting"] !== false;
    return {};
  },
  "media-hook": (sims, body) => {
    const { state } = serverOf(sims, body);
    const users = typeof body["user"] === "string" ? [userOf(sims, body)] : null;
    const form = text(body, "form") as MediaHook["form"];
    const contentType = typeof body["contentType"] === "string" ? { contentType: body["contentType"] } : {};
    const template = typeof body["template"] === "string" ? { template: body["template"] } : {};
    state.hooks.push({ url: text(body, "url"), form, users, ...contentType, ...template });
    return { hooks: state.hooks.length };
  },
  "media-clear-hooks": (sims, body) => {
    serverOf(sims, body).state.hooks = [];
    return {};
  },
  "media-test-hooks": (sims, body) => {
    void sims.mediaWebhooks.test(serverOf(sims, body).state).catch(() => undefined);
    return {};
  },
  "media-sockets": (sims, body) => ({ listeners: serverOf(sims, body).sockets.listeners() }),
  "media-drop-sockets": (sims, body) => {
    serverOf(sims, body).sockets.dropAll();
    return {};
  },
  "media-down": (sims, body) => {
    void sims.takeDown(serverOf(sims, body).state.name);
    return {};
  },
};

export function describeMediaServers(sims: Simulators): Json[] {
  return sims.mediaServers.map(({ state, address }) => ({
    name: state.name,
    url: address,
    kind: state.style === "emby" ? "emby" : "jellyfin",
    style: state.style,
    version: state.version,
    id: state.id,
    users: state.users.map(({ id, name, password, admin }) => ({ id, name, password, admin })),
    libraries: state.libraries.map((library) => {
      const series = library.items.filter(({ kind }) => kind === "Series");
      const episodes = series.reduce((sum, item) => sum + mediaEpisodesOf(item).length, 0);
      return { id: library.id, name: library.name, type: library.type, shows: series.length, episodes };
    }),
  }));
}
