import type { LiveNews } from "../deps.ts";

/** A sync of a whole library says "many", or every open page would be told a thousand names. */
const MOST_SHOWS = 20;

/** Names only: a page that hears of a change asks for its parts anew. */
export const liveNews: LiveNews = (name, payload) => {
  switch (name) {
    case "plays.changed": {
      const showIds = "showIds" in payload ? payload.showIds : [];
      const shows = showIds.length > MOST_SHOWS ? ["many-shows"] : showIds.map((id) => `show-${id}`);
      return ["plays-changed", ...shows];
    }
    case "show.changed":
      return ["shows-changed", ...("showId" in payload ? [`show-${payload.showId}`] : [])];
    case "webhook.delivery":
      return ["webhook-delivery"];
    case "pushes.changed":
      return ["pushes-changed"];
    case "sync.started":
      return ["sync-started"];
    case "sync.finished":
      return ["sync-ended"];
    case "stream.changed":
      return ["stream-changed"];
    case "watching.changed":
      return ["watching-changed"];
    default:
      return [];
  }
};
