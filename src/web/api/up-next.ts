import { Elysia, t } from "elysia";
import { caughtUp } from "../../db/queries/caught-up.ts";
import { upNext } from "../../db/queries/up-next.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { CaughtUpItem, Cursor, Limit, listOf, UpNextItem, UpNextSection } from "./tracker-schemas.ts";
import { caughtUpJson, listJson, upNextJson } from "./tracker-shapes.ts";

const DEFAULT_LIMIT = 100;

export function createUpNextRoutes({ db, clock, paths }: RouteDeps) {
  return new Elysia()
    .get(
      "/api/up-next",
      ({ request, query: { limit = DEFAULT_LIMIT, ...options } }) =>
        listJson(upNext(db, userOf(request).id, { ...options, limit, now: clock.now() }), (item) =>
          upNextJson(item, paths),
        ),
      {
        query: t.Object({ section: t.Optional(UpNextSection), cursor: Cursor, limit: Limit }),
        response: { 200: listOf(UpNextItem) },
        detail: { summary: "The next episode of every show you are watching", tags: ["Shows"] },
      },
    )
    .get(
      "/api/up-next/caught-up",
      ({ request, query: { limit = DEFAULT_LIMIT, cursor } }) =>
        listJson(caughtUp(db, userOf(request).id, { cursor, limit }), (item) => caughtUpJson(item, paths)),
      {
        query: t.Object({ cursor: Cursor, limit: Limit }),
        response: { 200: listOf(CaughtUpItem) },
        detail: { summary: "Shows you are watching with nothing left to watch, and when they go on", tags: ["Shows"] },
      },
    );
}
