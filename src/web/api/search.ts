import { Elysia, t } from "elysia";
import { candidatePoster } from "../candidate-poster.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Limit, SearchAnswer } from "./tracker-schemas.ts";
import { searchResultJson, sourceFailureJson } from "./tracker-shapes.ts";

export function createSearchRoutes(deps: RouteDeps) {
  const { discovery, clock } = deps;
  return new Elysia().get(
    "/api/search",
    async ({ request, query }) => {
      const { items, source, failures } = await discovery.search(userOf(request).id, query.query, query.source);
      return {
        items: items.slice(0, query.limit).map((found) => searchResultJson(found, candidatePoster(deps, found))),
        nextCursor: null,
        source,
        failures: failures.map((failure) => sourceFailureJson(failure, clock.now())),
      };
    },
    {
      query: t.Object({
        query: t.String({
          minLength: 1,
          maxLength: 200,
          description:
            "A title; or an id like tt0944947 or tvdb:121361; or the address of a show's page on IMDb, TMDB, TheTVDB, TVmaze or Trakt",
        }),
        source: t.Optional(
          t.String({ maxLength: 20, description: "Ask this one only. Default: the first that finds something" }),
        ),
        limit: Limit,
      }),
      response: { 200: SearchAnswer },
      detail: { summary: "Find shows on the metadata sources", tags: ["Shows"] },
    },
  );
}
