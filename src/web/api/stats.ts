import { Elysia, t } from "elysia";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { zoneOf } from "./times.ts";
import { Stats } from "./tracker-schemas.ts";
import { statsJson } from "./tracker-shapes.ts";

export function createStatsRoutes(deps: RouteDeps) {
  const { stats, config, paths } = deps;
  return new Elysia().get(
    "/api/stats",
    ({ request, query }) => {
      const user = userOf(request);
      const zone = zoneOf(user, config.timeZone);
      return statsJson(stats.of(user.id, zone, query.year), zone, paths);
    },
    {
      query: t.Object({
        year: t.Optional(
          t.Integer({ minimum: 1900, maximum: 2200, description: "One calendar year of yours. Default: ever" }),
        ),
      }),
      response: { 200: Stats },
      detail: {
        summary: "How much you have watched, and when",
        description: "Days, weeks and years are those of your time zone.",
        tags: ["Shows"],
      },
    },
  );
}
