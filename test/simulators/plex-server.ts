import { type Access, createAnswers, visible } from "./plex-answers.ts";
import { createLibraryPages } from "./plex-library.ts";
import { createNotifications, type Notifications } from "./plex-notifications.ts";
import { QueryError } from "./plex-query.ts";
import { createStatusPages } from "./plex-status.ts";
import type { PlexAccount, PlexServerState } from "./plex-world.ts";
import { posterOf } from "./posters.ts";
import {
  type Call,
  htmlError,
  type ListenOptions,
  listen,
  type RunningSimulator,
  type SimulatorDeps,
} from "./simulator.ts";
import type { World } from "./world.ts";

/** A Plex Media Server: listings, items, history, marks, with one state per token and the true service's quirks. */

export type PlexServerSimulator = RunningSimulator & { state: PlexServerState; notifications: Notifications };

export type PlexServerDeps = SimulatorDeps & {
  world: World;
  state: PlexServerState;
  /** The account behind a plex.tv account token; null when unknown or revoked. */
  accountOfToken(token: string): PlexAccount | null;
  drawPosters: boolean;
  /** Between two pings of the notification feed; the true ones come every ten seconds. */
  pingMs?: number | undefined;
};

export function startPlexServer(deps: PlexServerDeps, options: ListenOptions = {}): PlexServerSimulator {
  const { world, state } = deps;
  const notifications = createNotifications(state, deps.pingMs);
  const answers = createAnswers(state);
  const library = createLibraryPages(state, answers, deps.now);
  const status = createStatusPages(state, answers, deps.now);

  const access = (call: Call): Access | null => accessBy(call.param("X-Plex-Token"));

  const accessBy = (token: string | null): Access | null => {
    if (token === null || !state.claimed) return null;
    if (token === state.ownerAccessToken) return { account: state.owner, owner: true, libraries: null };
    const share = state.shares.find((candidate) => candidate.accessToken === token);
    if (share !== undefined) return { account: share.account, owner: false, libraries: share.libraries };
    // An account token opens the servers of this account only; on a shared server it is refused.
    return deps.accountOfToken(token) === state.owner ? { account: state.owner, owner: true, libraries: null } : null;
  };

  const markAs = (call: Call, who: Access, watched: boolean): Response => {
    if (call.method !== "PUT" && call.method !== "GET") return htmlError(405, "Method Not Allowed");
    if (state.quirks.scrobbleNeedsGet && call.method === "PUT") return htmlError(404, "Not Found");
    const key = call.url.searchParams.get("key");
    if (key === null || call.url.searchParams.get("identifier") !== "com.plexapp.plugins.library") {
      return htmlError(400, "Bad Request");
    }
    const item = state.items.get(key);
    if (item === undefined || !visible(who, item.library)) return htmlError(404, "Not Found");
    if (watched) world.markWatched(who.account, item);
    else world.unmark(who.account, item);
    notifications.itemsChanged(item, who.owner ? 1 : who.account.id);
    return new Response("", { headers: { "content-length": "0" } });
  };

  const thumb = (who: Access, id: string): Response => {
    const item = state.items.get(id);
    if (item === undefined || !visible(who, item.library)) return htmlError(404, "Not Found");
    const poster = posterOf(item.show ?? { title: item.title, hue: 210 }, deps.drawPosters);
    return new Response(poster, { headers: { "content-type": "image/png", "cache-control": "max-age=2592000" } });
  };

  const photo = (call: Call, who: Access): Response => {
    const wanted = /^\/library\/metadata\/(\d+)\/(?:thumb|art)\//.exec(call.url.searchParams.get("url") ?? "");
    return wanted?.[1] === undefined ? htmlError(404, "Not Found") : thumb(who, wanted[1]);
  };

  const route = (call: Call, who: Access): Response => {
    const [, a = "", b = "", c = "", d = "", e = ""] = call.path.split("/");
    const read = call.method === "GET";
    if (call.path === "/" && read) return status.root(call, who);
    if (call.path === "/:/scrobble") return markAs(call, who, true);
    if (call.path === "/:/unscrobble") return markAs(call, who, false);
    if (call.path === "/:/prefs" && read) return status.preferences(call, who);
    if (call.path === "/:/eventsource/notifications" && read) {
      return state.quirks.noEventStream ? htmlError(404, "Not Found") : notifications.stream(call, who);
    }
    if (call.path === "/accounts" && read) return status.accounts(call, who);
    if (call.path === "/status/sessions" && read) return status.sessions(call, who);
    if (call.path === "/status/sessions/history/all" && read) return status.history(call, who);
    if (call.path.startsWith("/status/sessions/history/") && call.method === "DELETE")
      return status.removeHistoryRow(who, d);
    if (call.path === "/photo/:/transcode" && read) return photo(call, who);
    if (a !== "library" || !read) return htmlError(404, "Not Found");
    if (call.path === "/library/sections" || call.path === "/library/sections/all") return library.sections(call, who);
    if (call.path === "/library/all") return library.everything(call, who);
    if (b === "sections" && (d === "all" || d === "allLeaves")) return library.section(call, who, c, d);
    if (b !== "metadata") return htmlError(404, "Not Found");
    if (d === "") return library.metadata(call, who, c);
    if (d === "thumb" && e !== "") return thumb(who, c);
    const item = state.items.get(c);
    if (item === undefined || !visible(who, item.library)) return htmlError(404, "Not Found");
    if (d === "children") return library.children(call, who, item);
    if (d === "allLeaves") return library.allLeaves(call, who, item);
    return htmlError(404, "Not Found");
  };

  const handle = (call: Call): Response => {
    if (call.path === "/identity") {
      return answers.container(call, {
        size: 0,
        claimed: state.claimed,
        machineIdentifier: state.machineIdentifier,
        version: state.version,
      });
    }
    const who = access(call);
    if (who === null) return htmlError(401, "Unauthorized");
    try {
      return route(call, who);
    } catch (error) {
      if (error instanceof QueryError) return htmlError(400, "Bad Request", error.message);
      throw error;
    }
  };

  const running = listen("plex-server", state.name, deps, handle, options, {
    accepts: (call) => {
      if (call.path !== "/:/websockets/notifications" || call.request.headers.get("upgrade") === null) return null;
      if (state.quirks.noWebSocket) return null;
      return access(call) === null ? null : { path: call.path, token: call.param("X-Plex-Token") };
    },
    opened: (socket) => {
      const who = accessBy(socket.data.token);
      if (who === null) socket.close();
      else notifications.join(socket, who);
    },
    closed: (socket) => notifications.leave(socket),
  });
  return { ...running, state, notifications };
}
