import { Elysia, t } from "elysia";
import { type HistoryFilter, history } from "../../db/queries/history.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { showOf } from "../../services/tracking/targets.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readBound, zoneOf } from "./times.ts";
import { Cursor, HistoryItem, Limit, listOf } from "./tracker-schemas.ts";
import { historyJson, listJson } from "./tracker-shapes.ts";

const DEFAULT_LIMIT = 100;

/** `manual`, `import`, or an integration: the source of a filter as text. Null when it is none of these. */
export function readSource(text: string): NonNullable<HistoryFilter["source"]> | null {
  if (text === "manual" || text === "import") return { offServer: text };
  const integrationId = toRowId(text);
  return integrationId === null ? null : { integrationId };
}

function sourceOf(text: string): HistoryFilter["source"] {
  const source = readSource(text);
  if (source !== null) return source;
  const message = "must be manual, import, or the id of an integration";
  throw new AppError("invalid", `source ${message}.`, { fields: [{ path: "source", message }] });
}

export function createHistoryRoutes({ db, config, paths }: RouteDeps) {
  return new Elysia().get(
    "/api/history",
    ({ request, query: { from, to, show, source, undated, cursor, limit = DEFAULT_LIMIT } }) => {
      const user = userOf(request);
      const zone = zoneOf(user, config.timeZone);
      const found = history(db, user.id, {
        from: from === undefined ? undefined : readBound(from, "from", zone).at,
        to: to === undefined ? undefined : readBound(to, "to", zone).at,
        showId: show === undefined ? undefined : showOf(db, user.id, show),
        source: source === undefined ? undefined : sourceOf(source),
        undated,
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
        source: t.Optional(t.String({ description: "An integration's id, or manual, or import" })),
        undated: t.Optional(
          t.Union([t.Literal("only"), t.Literal("exclude")], {
            description: "Plays whose time is not known: these alone, or all others",
          }),
        ),
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
