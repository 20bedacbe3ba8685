import { Elysia, t } from "elysia";
import { history } from "../../db/queries/history.ts";
import { showOf } from "../../services/tracking/targets.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readBound, zoneOf } from "./times.ts";
import { Cursor, HistoryItem, Limit, listOf } from "./tracker-schemas.ts";
import { historyJson, listJson } from "./tracker-shapes.ts";

const DEFAULT_LIMIT = 100;

export function createHistoryRoutes({ db, config, paths }: RouteDeps) {
  return new Elysia().get(
    "/api/history",
    ({ request, query: { from, to, show, cursor, limit = DEFAULT_LIMIT } }) => {
      const user = userOf(request);
      const zone = zoneOf(user, config.timeZone);
      const found = history(db, user.id, {
        from: from === undefined ? undefined : readBound(from, "from", zone).at,
        to: to === undefined ? undefined : readBound(to, "to", zone).at,
        showId: show === undefined ? undefined : showOf(db, user.id, show),
        cursor,
        limit,
      });
      return listJson(found, (item) => historyJson(item, paths));
    },
    {
      query: t.Object({
        from: t.Optional(t.String({ description: "A time, or a date: from its begin" })),
        to: t.Optional(t.String({ description: "A time, or a date: to its end" })),
        show: t.Optional(t.String({ description: "A show's id" })),
        cursor: Cursor,
        limit: Limit,
      }),
      response: { 200: listOf(HistoryItem) },
      detail: {
        summary: "What you have watched, newest first",
        description: "Plays whose time is not known come last, and are left out when a time is asked for.",
        tags: ["Shows"],
      },
    },
  );
}
