import { Elysia } from "elysia";
import { userOf } from "./context.ts";
import type { LiveNews, RouteDeps } from "./deps.ts";
import { concerns } from "./news.ts";
import { openStream } from "./sse.ts";

/** Without words of the pages' own. */
export const named: LiveNews = (name) => [name];

/**
 * The stream behind a user's open pages: names of what happened, each with its number. It begins with the number that
 * is reached; a page that was made at a lower one has missed something.
 */
export function createEventRoutes({ bus, hub, news, live = named }: RouteDeps) {
  return new Elysia().get(
    "/events",
    ({ request }) => {
      const { id } = userOf(request);
      return openStream(hub, request, ({ send }) => {
        send({ event: "news-at", data: news.at(id) });
        return bus.subscribe((name, payload) => {
          if (!concerns(payload, id)) return;
          for (const event of live(name, payload)) send({ event, data: news.at(id) });
        });
      });
    },
    { detail: { hide: true } },
  );
}
