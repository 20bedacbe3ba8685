import type { LiveMessages } from "../deps.ts";
import type { SseMessage } from "../sse.ts";

/** A sync of a whole library says "many", or every open page would be told a thousand names. */
const MOST_SHOWS = 20;

/** Names only: a page that hears of a change asks for its parts anew. Data, since events without any are not dispatched. */
const news = (event: string): SseMessage => ({ event, data: "1" });

export const liveMessages: LiveMessages = (name, payload) => {
  switch (name) {
    case "plays.changed": {
      const showIds = "showIds" in payload ? payload.showIds : [];
      const shows = showIds.length > MOST_SHOWS ? [news("many-shows")] : showIds.map((id) => news(`show-${id}`));
      return [news("plays-changed"), ...shows];
    }
    case "show.changed":
      return "showId" in payload ? [news(`show-${payload.showId}`)] : [];
    case "sync.started":
      return [news("sync-started")];
    case "sync.finished":
      return [news("sync-ended")];
    default:
      return [];
  }
};
