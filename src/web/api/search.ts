import { Elysia, t } from "elysia";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { listOf, SearchResult } from "./tracker-schemas.ts";
import { searchResultJson } from "./tracker-shapes.ts";

export function createSearchRoutes({ tracking }: RouteDeps) {
  return new Elysia().get(
    "/api/search",
    async ({ request, query }) => ({
      items: (await tracking.search(userOf(request).id, query.query)).map(searchResultJson),
      nextCursor: null,
    }),
    {
      query: t.Object({ query: t.String({ minLength: 1, maxLength: 200 }) }),
      response: { 200: listOf(SearchResult) },
      detail: { summary: "Find shows on the metadata sources", tags: ["Shows"] },
    },
  );
}
