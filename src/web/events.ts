import { Elysia } from "elysia";
import type { User } from "../services/accounts/types.ts";
import type { AppEvents } from "../services/context.ts";
import { userOf } from "./context.ts";
import type { LiveMessages, RouteDeps } from "./deps.ts";
import { openStream } from "./sse.ts";

/** Names and ids only: a page that hears of a change asks for its parts anew. */
const named: LiveMessages = (name, payload) => [{ event: name, data: JSON.stringify(payload) }];

function concerns(payload: AppEvents[keyof AppEvents], user: User): boolean {
  return !("userId" in payload) || payload.userId === user.id;
}

/** The stream behind a user's open pages. */
export function createEventRoutes({ bus, hub, live = named }: RouteDeps) {
  return new Elysia().get(
    "/events",
    ({ request }) => {
      const user = userOf(request);
      return openStream(hub, request, ({ send }) =>
        bus.subscribe((name, payload) => {
          if (!concerns(payload, user)) return;
          for (const message of live(name, payload, user)) send(message);
        }),
      );
    },
    { detail: { hide: true } },
  );
}
