import type { ServerWebSocket } from "bun";
import type { PlexItem, PlexSession } from "./plex-world.ts";
import type { Call, SocketData } from "./simulator.ts";

/**
 * The notification feed: frames over WebSocket (arrays inside a NotificationContainer) and over server-sent events
 * (one bare object per event, plus pings).
 */
export type Notifications = {
  join(socket: ServerWebSocket<SocketData>): void;
  leave(socket: ServerWebSocket<SocketData>): void;
  stream(call: Call): Response;
  /** What Plex Web's mark and unmark look like: an activity without a user of its own. */
  itemsChanged(item: PlexItem, userId: number): void;
  playing(session: PlexSession, state: "playing" | "paused" | "stopped"): void;
  listeners(): number;
  /** Ends every open feed, as a restarting server does. */
  dropAll(): void;
};

export function createNotifications(): Notifications {
  const sockets = new Set<ServerWebSocket<SocketData>>();
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const encoder = new TextEncoder();
  let activity = 1;

  const send = (type: string, key: string, value: Record<string, unknown>): void => {
    const frame = JSON.stringify({ NotificationContainer: { type, size: 1, [key]: [value] } });
    for (const socket of sockets) socket.send(frame);
    const event = encoder.encode(`event: ${type}\ndata: ${JSON.stringify({ [key]: value })}\n\n`);
    for (const stream of streams) stream.enqueue(event);
  };

  return {
    join: (socket) => sockets.add(socket),
    leave: (socket) => sockets.delete(socket),
    stream(call) {
      let own: ReadableStreamDefaultController<Uint8Array> | null = null;
      let ping: Timer | null = null;
      const end = (): void => {
        if (own !== null) streams.delete(own);
        if (ping !== null) clearInterval(ping);
      };
      call.request.signal.addEventListener("abort", end);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          own = controller;
          streams.add(controller);
          controller.enqueue(encoder.encode("event: ping\ndata: {}\n\n"));
          ping = setInterval(() => {
            if (streams.has(controller)) controller.enqueue(encoder.encode("event: ping\ndata: {}\n\n"));
            else end();
          }, 10_000);
          ping.unref();
        },
        cancel: end,
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
    itemsChanged(item, userId) {
      send("activity", "ActivityNotification", {
        event: "ended",
        uuid: `activity-${activity++}`,
        Activity: {
          uuid: `activity-${activity}`,
          type: "library.refresh.items",
          cancellable: false,
          userID: userId,
          title: "Refreshing",
          subtitle: item.title,
          progress: 100,
          Context: { accessible: true, exists: true, key: `/library/metadata/${item.ratingKey}`, refreshed: true },
        },
      });
    },
    playing(session, state) {
      send("playing", "PlaySessionStateNotification", {
        sessionKey: session.key,
        clientIdentifier: `player-${session.key}`,
        guid: "",
        ratingKey: session.item.ratingKey,
        url: "",
        key: `/library/metadata/${session.item.ratingKey}`,
        viewOffset: session.offsetMs,
        playQueueItemID: 7,
        state,
      });
    },
    listeners: () => sockets.size + streams.size,
    dropAll() {
      for (const socket of sockets) socket.close();
      for (const stream of streams) stream.close();
      streams.clear();
    },
  };
}
