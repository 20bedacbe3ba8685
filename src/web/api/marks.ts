import { Elysia, t } from "elysia";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IdParams, NoContent } from "./schemas.ts";
import { undoably } from "./undo.ts";

const tags = ["Episodes"];
const Changed = t.Object({ changed: t.Integer({ description: "Episodes that were not watched before" }) });
const SeasonParams = t.Object({ id: t.String(), number: t.Integer({ minimum: 0 }) });

/** Whole seasons and shows at once. */
export function createMarkRoutes(deps: RouteDeps) {
  const { tracking } = deps;
  return new Elysia()
    .put(
      "/api/shows/:id/seasons/:number/watched",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        return { changed: undoably(deps, id, set, () => tracking.markSeason(id, params.id, params.number)) };
      },
      {
        params: SeasonParams,
        response: { 200: Changed },
        detail: { summary: "Mark a season: its episodes that are out", tags },
      },
    )
    .delete(
      "/api/shows/:id/seasons/:number/watched",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        undoably(deps, id, set, () => tracking.unmarkSeason(id, params.id, params.number));
        set.status = 204;
      },
      { params: SeasonParams, response: { 204: NoContent }, detail: { summary: "Unmark a season", tags } },
    )
    .put(
      "/api/shows/:id/watched",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        return { changed: undoably(deps, id, set, () => tracking.markShow(id, params.id)) };
      },
      {
        params: IdParams,
        response: { 200: Changed },
        detail: { summary: "Mark a show: its episodes that are out, without specials", tags },
      },
    )
    .delete(
      "/api/shows/:id/watched",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        undoably(deps, id, set, () => tracking.unmarkShow(id, params.id));
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: { summary: "Unmark a show, specials included", tags },
      },
    );
}
