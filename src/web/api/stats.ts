import { Elysia } from "elysia";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { zoneOf } from "./times.ts";
import { Stats } from "./tracker-schemas.ts";

export function createStatsRoutes(deps: RouteDeps) {
  const { stats } = deps;
  return new Elysia().get(
    "/api/stats",
    ({ request }) => {
      const user = userOf(request);
      return stats.of(user.id, zoneOf(user, deps.config.timeZone));
    },
    { response: { 200: Stats }, detail: { summary: "How much you have watched, and when", tags: ["Shows"] } },
  );
}
