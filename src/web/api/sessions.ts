import { Elysia, t } from "elysia";
import { contextOf, userOf } from "../context.ts";
import { clearedCookie } from "../cookies.ts";
import type { RouteDeps } from "../deps.ts";
import { deviceOf } from "../device.ts";
import { Id, IdParams, Iso, iso, NoContent } from "./schemas.ts";

const tags = ["Account"];

const Session = t.Object({
  id: Id,
  device: t.String({ description: "As far as the browser says: Firefox on Linux" }),
  userAgent: t.String(),
  createdAt: Iso,
  lastSeenAt: Iso,
  current: t.Boolean({ description: "The one that asks" }),
});

export function createSessionRoutes({ accounts, hub, paths }: RouteDeps) {
  const hashOf = (request: Request): string | null => {
    const { signedIn } = contextOf(request);
    return signedIn?.via === "session" ? signedIn.sessionHash : null;
  };

  return new Elysia()
    .get(
      "/api/sessions",
      ({ request }) => ({
        items: accounts.listSessions(userOf(request).id, hashOf(request)).map((session) => ({
          ...session,
          device: deviceOf(session.userAgent),
          createdAt: iso(session.createdAt),
          lastSeenAt: iso(session.lastSeenAt),
        })),
        nextCursor: null,
      }),
      {
        response: { 200: t.Object({ items: t.Array(Session), nextCursor: t.Null() }) },
        detail: { summary: "Where you are signed in, last seen first", tags },
      },
    )
    .delete(
      "/api/sessions",
      ({ request, set }) => {
        const { id } = userOf(request);
        accounts.endOtherSessions(id, hashOf(request));
        hub.closeOwner(String(id));
        set.status = 204;
      },
      { response: { 204: NoContent }, detail: { summary: "Sign out everywhere but here", tags } },
    )
    .delete(
      "/api/sessions/:id",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        const mine = accounts.listSessions(id, hashOf(request)).find(({ current }) => current);
        accounts.endSession(id, params.id);
        // Whose session goes on is let in again at once.
        hub.closeOwner(String(id));
        if (mine?.id === params.id) {
          set.headers["set-cookie"] = clearedCookie({ basePath: paths.basePath, https: contextOf(request).https });
        }
        set.status = 204;
      },
      { params: IdParams, response: { 204: NoContent }, detail: { summary: "Sign out one browser", tags } },
    );
}
