import { asJson } from "../../kernel/http.ts";
import type { MediaServer, MediaServerOptions } from "../contract.ts";
import { identityHeaders, type MediaBrowserDeps } from "./config.ts";
import { mediaBrowserNews } from "./news.ts";
import { sessionsSchema } from "./schemas.ts";
import type { OpenedServer } from "./server.ts";

/** The connection together with what the server tells through it: nothing to those who come with a key. */
export function withNews(
  deps: MediaBrowserDeps,
  options: MediaServerOptions,
  { server, client }: OpenedServer,
): MediaServer {
  const { name, token, deviceId, byKey } = options;
  if (byKey || deviceId === null) {
    return {
      ...server,
      noNews: `${name} tells nothing live to a connection by API key. Sign in as yourself for that, or set up its webhook.`,
    };
  }
  const news = mediaBrowserNews({
    clock: deps.clock,
    options,
    deviceId,
    socket: deps.dialect.socket,
    headers: identityHeaders(deps, deviceId, token),
    timeoutMs: deps.timeouts.smallMs,
    silenceMs: deps.timeouts.silenceMs,
    sessionRows: (signal) => client.ask("/Sessions", { read: asJson(name, sessionsSchema), signal }),
    episodesById: server.episodesById,
  });
  return { ...server, news };
}
