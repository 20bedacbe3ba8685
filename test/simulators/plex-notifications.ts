import type { ServerWebSocket } from "bun";
import type { Access } from "./plex-answers.ts";
import { localAccountId, type PlexItem, type PlexServerState, type PlexSession } from "./plex-world.ts";
import type { Call, SocketData } from "./simulator.ts";

/**
 * The notification feed: frames over WebSocket (arrays inside a NotificationContainer) and over server-sent events
 * (one bare object per event, plus pings every ten seconds). The owner hears of everybody, a guest only of themselves,
 * and the news of a playback names nobody.
 */
export type Notifications = {
  join(socket: ServerWebSocket<SocketData>, who: Access): void;
  leave(socket: ServerWebSocket<SocketData>): void;
  stream(call: Call, who: Access): Response;
  /** What a mark and an unmark look like: an activity without a user of its own, and the item's entry in the timeline. */
  itemsChanged(item: PlexItem, userId: number): void;
  /** What a scan says of every item it has looked at. */
  scanned(items: readonly PlexItem[]): void;
  playing(session: PlexSession, state: "playing" | "paused" | "buffering" | "stopped"): void;
  listeners(): number;
  /** Ends every open feed, as a restarting server does. */
  dropAll(): void;
  /** Feeds stay open and say nothing any more, as behind a cable that was pulled. */
  fallSilent(): void;
};

type Listener = { who: Access; send(type: string, key: string, value: Json): void; close(): void };
type Json = Record<string, unknown>;

const typeNumbers: Partial<Record<PlexItem["kind"], number>> = { movie: 1, show: 2, season: 3, episode: 4, artist: 8 };

export function createNotifications(state: PlexServerState, pingMs = 10_000): Notifications {
  const listeners = new Map<unknown, Listener>();
  const encoder = new TextEncoder();
  let activity = 1;
  let silent = false;

  const send = (hears: (who: Access) => boolean, type: string, key: string, value: Json): void => {
    if (silent) return;
    for (const listener of listeners.values()) if (hears(listener.who)) listener.send(type, key, value);
  };

  const timeline = (item: PlexItem): void => {
    const type = typeNumbers[item.kind] ?? -1;
    const entry = (step: number): Json => ({
      identifier: "com.plexapp.plugins.library",
      // Ids come as texts in some versions and as numbers in others.
      sectionID: item.library.key,
      itemID: Number(item.ratingKey) % 2 === 0 ? item.ratingKey : Number(item.ratingKey),
      parentItemID: item.parent?.ratingKey ?? "-1",
      rootItemID: item.parent?.parent?.ratingKey ?? "-1",
      type,
      title: item.title,
      state: step,
      ...(step === 5 ? {} : { metadataState: "queued" }),
      updatedAt: item.updatedAt,
    });
    for (const step of [1, 5]) send(({ owner }) => owner, "timeline", "TimelineEntry", entry(step));
  };

  const refreshed = (item: PlexItem, userId: number): void => {
    const uuid = `activity-${activity++}`;
    const about = (event: string, progress: number, context: Json): void =>
      send(({ owner, account }) => owner || account.id === userId, "activity", "ActivityNotification", {
        event,
        uuid,
        Activity: {
          uuid,
          type: "library.refresh.items",
          cancellable: false,
          userID: userId,
          title: "Refreshing",
          subtitle: progress === 0 ? "" : "Refreshing local metadata",
          progress,
          ...context,
        },
      });
    const key = `/library/metadata/${item.ratingKey}`;
    about("started", 0, {});
    about("updated", 33, { Context: { accessible: true, exists: true, key } });
    about("ended", 100, { Context: { accessible: true, analyzed: false, exists: true, key, refreshed: false } });
  };

  return {
    join: (socket, who) =>
      listeners.set(socket, {
        who,
        send: (type, key, value) =>
          void socket.send(JSON.stringify({ NotificationContainer: { type, size: 1, [key]: [value] } })),
        close: () => socket.close(),
      }),
    leave: (socket) => listeners.delete(socket),
    stream(call, who) {
      const own = {};
      let ping: Timer | null = null;
      const end = (): void => {
        listeners.delete(own);
        if (ping !== null) clearInterval(ping);
      };
      call.request.signal.addEventListener("abort", end);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const event = (type: string, value: Json): void =>
            controller.enqueue(encoder.encode(`event: ${type}\ndata: ${JSON.stringify(value)}\n\n`));
          listeners.set(own, {
            who,
            send: (type, key, value) => event(type, { [key]: value }),
            close: () => {
              end();
              controller.close();
            },
          });
          const beat = (): void => {
            if (!silent) event("ping", {});
          };
          beat();
          ping = setInterval(beat, pingMs);
          ping.unref();
        },
        cancel: end,
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
    itemsChanged(item, userId) {
      refreshed(item, userId);
      timeline(item);
    },
    scanned(items) {
      for (const item of items) timeline(item);
      send(({ owner }) => owner, "activity", "ActivityNotification", {
        event: "ended",
        uuid: `activity-${activity}`,
        Activity: { uuid: `activity-${activity++}`, type: "library.update.section", userID: 1, progress: 100 },
      });
    },
    playing(session, what) {
      const { ratingKey } = session.item;
      const hears = (who: Access): boolean =>
        who.owner || localAccountId(state, who.account) === localAccountId(state, session.account);
      send(hears, "playing", "PlaySessionStateNotification", {
        sessionKey: Number(session.key) % 2 === 0 ? session.key : Number(session.key),
        clientIdentifier: `player-${session.key}`,
        guid: "",
        ratingKey: Number(session.key) % 3 === 0 ? `/library/metadata/${ratingKey}` : ratingKey,
        url: "",
        key: `/library/metadata/${ratingKey}`,
        viewOffset: session.offsetMs,
        playQueueItemID: 7,
        playQueueID: 3,
        state: what,
      });
    },
    listeners: () => listeners.size,
    dropAll() {
      for (const listener of [...listeners.values()]) listener.close();
      listeners.clear();
    },
    fallSilent() {
      silent = true;
    },
  };
}
