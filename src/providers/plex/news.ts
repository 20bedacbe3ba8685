import { hasCode, throwIfAborted } from "../../kernel/errors.ts";
import { readEvents } from "../../kernel/event-stream.ts";
import { socketMessages } from "../../kernel/socket.ts";
import type { MediaServerOptions, NewsFeed, ServerNews } from "../contract.ts";
import type { PlexClient } from "./client.ts";
import { type PlexDeps, plexHeaders } from "./config.ts";
import { readNotification } from "./notifications.ts";
import { readSessions } from "./sessions.ts";

const filters = "playing,timeline,activity";

/**
 * What a server tells by itself, over an event stream or, where that is not there or does not get through, a WebSocket.
 * Both carry the token in a header.
 */
export function plexNews(deps: PlexDeps, options: MediaServerOptions, client: PlexClient): NewsFeed {
  const { name, url, token, insecureTls } = options;
  const { smallMs: timeoutMs, silenceMs } = deps.timeouts;
  let prefersSocket = false;

  async function* overStream(signal: AbortSignal): AsyncGenerator<ServerNews, void, void> {
    const chunks = await deps.http.stream({
      name,
      url: `${url}/:/eventsource/notifications`,
      query: { filters },
      headers: { ...plexHeaders(deps.plex, token), accept: "text/event-stream" },
      type: "text/event-stream",
      timeoutMs,
      silenceMs,
      signal,
      insecureTls,
    });
    yield { kind: "alive" };
    for await (const { data } of readEvents(name, chunks)) yield* newsIn(data);
  }

  async function* overSocket(signal: AbortSignal): AsyncGenerator<ServerNews, void, void> {
    const messages = socketMessages({
      name,
      url: `${url}/:/websockets/notifications`,
      query: { filters },
      headers: plexHeaders(deps.plex, token),
      timeoutMs,
      silenceMs,
      signal,
      insecureTls,
    });
    for await (const message of messages) {
      if (message === null) yield { kind: "alive" };
      else yield* newsIn(message);
    }
  }

  async function* listen(signal: AbortSignal): AsyncGenerator<ServerNews, void, void> {
    let heard = 0;
    try {
      for await (const news of (prefersSocket ? overSocket : overStream)(signal)) {
        heard += 1;
        yield news;
      }
      return;
    } catch (error) {
      throwIfAborted(signal);
      // Some proxies hold an event stream back until it ends: then nothing but its head arrives.
      if (heard <= 1) prefersSocket = !prefersSocket;
      if (!prefersSocket || heard > 0 || !hasCode(error, "not-found")) throw error;
    }
    yield* overSocket(signal);
  }

  return { listen, sessions: (signal) => readSessions(client, options, signal) };
}

/** A message that cannot be read says nothing, but says it on a living connection. */
function newsIn(text: string): ServerNews[] {
  const news = readNotification(jsonOf(text));
  return news.length > 0 ? news : [{ kind: "alive" }];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
