import { Elysia, t } from "elysia";
import { upNext } from "../../db/queries/up-next.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Cursor, Limit, listOf, UpNextItem } from "./tracker-schemas.ts";
import { listJson, upNextJson } from "./tracker-shapes.ts";

const DEFAULT_LIMIT = 100;

export function createUpNextRoutes({ db, paths }: RouteDeps) {
  return new Elysia().get(
    "/api/up-next",
    ({ request, query: { limit = DEFAULT_LIMIT, cursor } }) =>
      listJson(upNext(db, userOf(request).id, { cursor, limit }), (item) => upNextJson(item, paths)),
    {
      query: t.Object({ cursor: Cursor, limit: Limit }),
      response: { 200: listOf(UpNextItem) },
      detail: { summary: "The next episode of every show you are watching", tags: ["Shows"] },
    },
  );
}
