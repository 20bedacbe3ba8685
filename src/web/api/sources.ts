import { Elysia, t } from "elysia";
import { adminOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IdParams, Iso, IsoOrNull, iso, isoOrNull, TextOrNull } from "./schemas.ts";

const tags = ["Metadata sources"];

const Source = t.Object({
  id: t.String({ description: "trakt, tmdb or tvmaze" }),
  label: t.String(),
  attribution: t.Object({ text: t.String(), url: t.String() }),
  state: t.Union([t.Literal("on"), t.Literal("no-key"), t.Literal("left-out")]),
  keyVariable: t.Union([t.String(), t.Null()], { description: "The variable that switches it on" }),
  waitingUntil: IsoOrNull,
  problem: t.Union([t.Object({ at: Iso, message: t.String(), hint: TextOrNull }), t.Null()]),
});

export function createSourceRoutes({ sourceDesk }: RouteDeps) {
  return new Elysia()
    .get(
      "/api/sources",
      () => ({
        items: sourceDesk.list().map((source) => ({
          ...source,
          waitingUntil: isoOrNull(source.waitingUntil),
          problem: source.problem && { ...source.problem, at: iso(source.problem.at) },
        })),
        nextCursor: null,
      }),
      {
        response: { 200: t.Object({ items: t.Array(Source), nextCursor: t.Null() }) },
        detail: { summary: "The metadata sources, in the order in which they are asked", tags },
      },
    )
    .post(
      "/api/sources/:id/test",
      ({ request, params }) => {
        adminOf(request);
        return sourceDesk.test(params.id);
      },
      {
        params: IdParams,
        response: {
          200: t.Object({ ok: t.Boolean(), durationMs: t.Integer(), message: t.String(), hint: TextOrNull }),
        },
        detail: {
          summary: "Ask a source whether its address and key work (admin)",
          description: "200 with `ok:false` when it does not. 409 for a source that is not switched on.",
          tags,
        },
      },
    );
}
