import type { ServerWebSocket } from "bun";
import { callerOf, Refused } from "./mediabrowser-auth.ts";
import type { MediaItems, Row } from "./mediabrowser-items.ts";
import {
  isEmby,
  type MediaItem,
  type MediaServerState,
  type MediaToken,
  type MediaUser,
  releaseOf,
  seriesOf,
} from "./mediabrowser-state.ts";
import type { MediaWorld, PlaybackNews, UserDataSave } from "./mediabrowser-world.ts";
import { hexOf } from "./random.ts";
import type { Call, SocketData, SocketHooks } from "./simulator.ts";

/**
 * The socket of both servers. Each session hears of its own user's marks and viewings only, gathered for half a
 * second; sessions are told to those who ask for them and may know. Nobody who is only a key hears anything.
 */
export type MediaSockets = {
  hooks: SocketHooks;
  /** What a socket with this token would be told; Emby's answers to a refused one differ. */
  refusal(call: Call): Response | null;
  listeners(): number;
  /** Ends every open socket, as a restarting server does. */
  dropAll(): void;
  /** Sockets stay open and say nothing any more, as behind a cable that was pulled. */
  fallSilent(): void;
};

export type MediaSocketOptions = {
  /** How long changes are gathered. The true servers wait 500 ms. */
  gatherMs?: number | undefined;
  /** After this long without a word of the client a Jellyfin drops it. The true one waits a minute. */
  lostMs?: number | undefined;
};

type Listener = {
  token: MediaToken;
  send(type: string, data: unknown): void;
  close(): void;
  lost: Timer | null;
  sessions: { everyMs: number; sentAt: number; timer: Timer | null } | null;
};

export function createMediaSockets(
  {
    state,
    items,
    media,
    pathOf,
    sessionsFor,
  }: {
    state: MediaServerState;
    items: MediaItems;
    media: MediaWorld;
    /** The path below base URL and prefix; null = outside. */
    pathOf(path: string): string | null;
    sessionsFor(user: MediaUser | null): Row[];
  },
  { gatherMs = 500, lostMs = 60_000 }: MediaSocketOptions = {},
): MediaSockets {
  const emby = isEmby(state);
  const release = releaseOf(state);
  const listeners = new Map<unknown, Listener>();
  const changed = new Map<MediaUser, Set<MediaItem>>();
  let gathering: Timer | null = null;
  let silent = false;
  let serial = 0;

  const isSocketPath = (path: string): boolean => {
    const inside = pathOf(path)?.toLowerCase();
    return inside === (emby ? "/embywebsocket" : "/socket");
  };

  const flush = (): void => {
    gathering = null;
    for (const [user, itemsOfUser] of changed) {
      const rows = [...itemsOfUser]
        .filter(({ deleted }) => !deleted)
        .map((item) => ({
          ...(emby ? items.listedUserData(user, item) : items.wholeUserData(user, item)),
          ItemId: item.id,
        }));
      const data = { UserId: user.id, UserDataList: rows };
      for (const listener of listeners.values())
        if (listener.token.user === user) listener.send("UserDataChanged", data);
    }
    changed.clear();
  };

  const gather = ({ server, user, item, reason }: UserDataSave): void => {
    if (server !== state || reason === "PlaybackProgress" || listeners.size === 0) return;
    const gathered = changed.get(user) ?? new Set();
    gathered.add(item);
    if (item.parent !== null) gathered.add(item.parent);
    if (release >= 1200) gathered.add(seriesOf(item));
    changed.set(user, gathered);
    // Until 12 every further change puts the message off.
    if (gathering !== null && release >= 1200) return;
    if (gathering !== null) clearTimeout(gathering);
    gathering = setTimeout(flush, gatherMs);
    gathering.unref();
  };

  const maySee = ({ user }: MediaToken): boolean => {
    if (emby || release === 1008) return true;
    return user === null || user.admin;
  };

  const tellSessions = (listener: Listener): void => {
    if (listener.sessions === null) return;
    listener.sessions.sentAt = Date.now();
    listener.send("Sessions", sessionsFor(listener.token.user));
  };

  const played = ({ server, what }: PlaybackNews): void => {
    if (server !== state) return;
    for (const listener of listeners.values()) {
      if (listener.sessions === null) continue;
      const due = Date.now() - listener.sessions.sentAt >= listener.sessions.everyMs;
      if (what !== "progress" || due) tellSessions(listener);
    }
  };

  const startSessions = (listener: Listener, data: unknown): void => {
    // Since 10.9 the asking of ordinary people goes unanswered.
    if (!maySee(listener.token)) return;
    const [dueMs = 0, everyMs = 1_500] = String(data ?? "0,1500")
      .split(",")
      .map(Number);
    listener.sessions = { everyMs, sentAt: 0, timer: null };
    if (!emby) return;
    listener.sessions.timer = setTimeout(() => tellSessions(listener), dueMs);
    listener.sessions.timer.unref();
  };

  const stopSessions = (listener: Listener): void => {
    if (listener.sessions?.timer) clearTimeout(listener.sessions.timer);
    listener.sessions = null;
  };

  const stayAlive = (listener: Listener): void => {
    if (emby) return;
    if (listener.lost !== null) clearTimeout(listener.lost);
    listener.lost = setTimeout(() => listener.close(), lostMs);
    listener.lost.unref();
  };

  const heard = (listener: Listener, message: string): void => {
    let type: unknown;
    let data: unknown;
    try {
      const parsed = JSON.parse(message) as Row | null;
      type = parsed?.["MessageType"];
      data = parsed?.["Data"];
    } catch {
      return;
    }
    if (type === "KeepAlive" && !emby) {
      stayAlive(listener);
      listener.send("KeepAlive", undefined);
    }
    if (type === "SessionsStart") startSessions(listener, data);
    if (type === "SessionsStop") stopSessions(listener);
  };

  const leave = (socket: unknown): void => {
    const listener = listeners.get(socket);
    if (listener === undefined) return;
    stopSessions(listener);
    if (listener.lost !== null) clearTimeout(listener.lost);
    listeners.delete(socket);
  };

  const tokenOf = (call: Call): MediaToken | null => {
    try {
      const { token } = callerOf(state, call);
      return token?.user?.disabled === true ? null : token;
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  };

  media.onSave(gather);
  media.onPlayback(played);

  return {
    hooks: {
      accepts(call): SocketData | null {
        if (state.starting || !isSocketPath(call.path) || call.request.headers.get("upgrade") === null) return null;
        const token = tokenOf(call);
        return token === null ? null : { path: call.path, token: token.text };
      },
      opened(socket: ServerWebSocket<SocketData>) {
        const token = state.tokens.get(socket.data.token ?? "");
        if (token === undefined) return socket.close();
        const listener: Listener = {
          token,
          lost: null,
          sessions: null,
          send(type, data) {
            if (silent) return;
            const id = emby ? {} : { MessageId: hexOf(`message ${serial++} ${state.id}`, 32) };
            socket.send(JSON.stringify({ MessageType: type, ...id, ...(data === undefined ? {} : { Data: data }) }));
          },
          close: () => socket.close(),
        };
        listeners.set(socket, listener);
        stayAlive(listener);
        if (!emby) listener.send("ForceKeepAlive", Math.round(lostMs / 1000));
      },
      heard(socket, message) {
        const listener = listeners.get(socket);
        if (listener !== undefined) heard(listener, message);
      },
      closed: leave,
    },
    refusal: (call) => {
      if (!isSocketPath(call.path)) return null;
      if (emby) return new Response("Access token is invalid or expired.", { status: 401 });
      return new Response("Error processing request.", { status: 403, headers: { "content-type": "text/plain" } });
    },
    listeners: () => listeners.size,
    dropAll() {
      for (const listener of [...listeners.values()]) listener.close();
      for (const socket of [...listeners.keys()]) leave(socket);
      if (gathering !== null) clearTimeout(gathering);
      gathering = null;
      changed.clear();
    },
    fallSilent() {
      silent = true;
    },
  };
}
