import { Elysia } from "elysia";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IdParams, NoContent } from "./schemas.ts";
import { undoably } from "./undo.ts";

export function createPlayRoutes(deps: RouteDeps) {
  return new Elysia().delete(
    "/api/plays/:id",
    ({ request, params, set }) => {
      const { id } = userOf(request);
      undoably(deps, id, set, () => deps.tracking.removePlay(id, params.id));
      set.status = 204;
    },
    {
      params: IdParams,
      response: { 204: NoContent },
      detail: { summary: "Remove one viewing", tags: ["Episodes"] },
    },
  );
}
