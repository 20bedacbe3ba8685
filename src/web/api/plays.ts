import { Elysia, t } from "elysia";
import { onePlay } from "../../db/queries/one-play.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IdParams, NoContent } from "./schemas.ts";
import { readTime, zoneOf } from "./times.ts";
import { Play } from "./tracker-schemas.ts";
import { playJson } from "./tracker-shapes.ts";
import { undoably } from "./undo.ts";

const tags = ["Episodes"];

export function createPlayRoutes(deps: RouteDeps) {
  const { db, config, tracking } = deps;

  function play(userId: number, playId: string) {
    const id = toRowId(playId);
    const found = id === null ? null : onePlay(db, userId, id);
    if (found === null) throw new AppError("not-found", "This play is not in your history.");
    return playJson(found);
  }

  return new Elysia()
    .patch(
      "/api/plays/:id",
      ({ request, params, body, set }) => {
        const user = userOf(request);
        const watchedAt =
          body.watchedAt === null ? null : readTime(body.watchedAt, "watchedAt", zoneOf(user, config.timeZone));
        undoably(deps, user.id, set, () => tracking.editPlay(user.id, params.id, { watchedAt }));
        return play(user.id, params.id);
      },
      {
        params: IdParams,
        body: t.Object({
          watchedAt: t.Union([t.String(), t.Null()], {
            description: "ISO 8601; a date alone is that day's begin. Null: the time is not known",
          }),
        }),
        response: { 200: Play },
        detail: {
          summary: "Correct when a play was",
          description: "No later sync changes it back. What the source says stays in `original`.",
          tags,
        },
      },
    )
    .post(
      "/api/plays/:id/reset",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        undoably(deps, id, set, () => tracking.resetPlay(id, params.id));
        return play(id, params.id);
      },
      {
        params: IdParams,
        response: { 200: Play },
        detail: { summary: "Use the time from the source again", tags },
      },
    )
    .delete(
      "/api/plays/:id",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        undoably(deps, id, set, () => tracking.removePlay(id, params.id));
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: { summary: "Remove one viewing", tags },
      },
    );
}
