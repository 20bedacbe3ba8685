import { Elysia, t } from "elysia";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Changed, IdParams, NoContent } from "./schemas.ts";
import { undoably } from "./undo.ts";
import { readWhen, WhenBody } from "./when.ts";

const tags = ["Episodes"];
const Added = t.Object({ added: t.Integer({ description: "Plays; one for each episode that is out" }) });
const SeasonParams = t.Object({ id: t.String(), number: t.Integer({ minimum: 0 }) });

/** Whole seasons and shows at once. */
export function createMarkRoutes(deps: RouteDeps) {
  const { tracking } = deps;
  return new Elysia()
    .put(
      "/api/shows/:id/seasons/:number/watched",
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const when = readWhen(deps, request, body);
        return { changed: undoably(deps, id, set, () => tracking.markSeason(id, params.id, params.number, when)) };
      },
      {
        params: SeasonParams,
        body: WhenBody,
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
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const when = readWhen(deps, request, body);
        return { changed: undoably(deps, id, set, () => tracking.markShow(id, params.id, when)) };
      },
      {
        params: IdParams,
        body: WhenBody,
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
    )
    .post(
      "/api/shows/:id/seasons/:number/plays",
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const when = readWhen(deps, request, body);
        const added = undoably(deps, id, set, () => tracking.addSeasonPlays(id, params.id, params.number, when));
        set.status = 201;
        return { added };
      },
      {
        params: SeasonParams,
        body: WhenBody,
        response: { 201: Added },
        detail: { summary: "Watched a season again: one more viewing of each episode that is out", tags },
      },
    )
    .post(
      "/api/shows/:id/plays",
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const when = readWhen(deps, request, body);
        const added = undoably(deps, id, set, () => tracking.addShowPlays(id, params.id, when));
        set.status = 201;
        return { added };
      },
      {
        params: IdParams,
        body: WhenBody,
        response: { 201: Added },
        detail: {
          summary: "Watched a show again: one more viewing of each episode that is out, without specials",
          tags,
        },
      },
    );
}
