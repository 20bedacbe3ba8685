import { hasCode, isAppError } from "../../kernel/errors.ts";
import type { MediaServer } from "../contract.ts";
import type { PlexClient } from "./client.ts";

const identifier = "com.plexapp.plugins.library";

/** Some servers know marks only as the GET of old, and answer as if there were nothing at the address. */
const wantsGet = (error: unknown): boolean =>
  hasCode(error, "not-found") || (isAppError(error) && (error.status === 405 || error.status === 501));

/**
 * Marks and unmarks single episodes. Plex dates a mark by its own clock, counts one more view each time and forgets where
 * a playback stopped.
 */
export function createMarker(client: PlexClient): NonNullable<MediaServer["setWatched"]> {
  let method: "PUT" | "GET" = "PUT";

  const ask = (how: "PUT" | "GET", itemId: string, watched: boolean, signal: AbortSignal | undefined) =>
    client.get(watched ? "/:/scrobble" : "/:/unscrobble", {
      method: how,
      query: { identifier, key: itemId },
      read: () => undefined,
      // Asked twice, it would count twice: whoever asks looks first whether it has arrived.
      tries: 1,
      counts: true,
      signal,
    });

  return async (itemId, watched, _when, signal) => {
    try {
      await ask(method, itemId, watched, signal);
    } catch (error) {
      if (method === "GET" || !wantsGet(error)) throw error;
      await ask("GET", itemId, watched, signal);
      method = "GET";
    }
  };
}
