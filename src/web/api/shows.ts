import { Elysia, t } from "elysia";
import { LIBRARY_SORTS, libraryPage } from "../../db/queries/library.ts";
import { showPage } from "../../db/queries/show-page.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IdParams, NoContent } from "./schemas.ts";
import { Cursor, LibraryShow, Limit, List, listOf, Notes, Rating, Show } from "./tracker-schemas.ts";
import { libraryShowJson, listJson, showJson } from "./tracker-shapes.ts";
import { UNDO_HEADER, undoably } from "./undo.ts";

const tags = ["Shows"];
const DEFAULT_LIMIT = 100;

export function createShowRoutes(deps: RouteDeps) {
  const { db, clock, paths, tracking, matching } = deps;

  function show(userId: number, showId: string) {
    const id = toRowId(showId);
    const found = id === null ? null : showPage(db, userId, id, clock.now());
    if (found === null) throw new AppError("not-found", "This show is not in your library.");
    return showJson(found, paths);
  }

  return new Elysia()
    .get(
      "/api/shows",
      ({ request, query: { limit = DEFAULT_LIMIT, ...options } }) =>
        listJson(libraryPage(db, userOf(request).id, { ...options, limit }), (item) => libraryShowJson(item, paths)),
      {
        query: t.Object({
          list: t.Optional(List),
          query: t.Optional(t.String({ description: "Part of the title" })),
          sort: t.Optional(t.Union(LIBRARY_SORTS.map((sort) => t.Literal(sort)))),
          cursor: Cursor,
          limit: Limit,
        }),
        response: { 200: listOf(LibraryShow) },
        detail: { summary: "Your library", tags },
      },
    )
    .get("/api/shows/:id", ({ request, params }) => show(userOf(request).id, params.id), {
      params: IdParams,
      response: { 200: Show },
      detail: { summary: "One show with its seasons, episodes and plays", tags },
    })
    .post(
      "/api/shows",
      async ({ request, body, set }) => {
        const { showId } = await tracking.addShow(userOf(request).id, body.source, body.id);
        set.status = 201;
        return show(userOf(request).id, showId);
      },
      {
        body: t.Object({ source: t.String({ maxLength: 20 }), id: t.String({ minLength: 1, maxLength: 100 }) }),
        response: { 201: Show },
        detail: { summary: "Add a show that the search has found", tags },
      },
    )
    .patch(
      "/api/shows/:id",
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        undoably(deps, id, set, () => tracking.updateShow(id, params.id, body));
        return show(id, params.id);
      },
      {
        params: IdParams,
        body: t.Object({ list: t.Optional(List), rating: t.Optional(Rating), notes: t.Optional(Notes) }),
        response: { 200: Show },
        detail: { summary: "Put it on another list, rate it, note something", tags },
      },
    )
    .delete(
      "/api/shows/:id",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        undoably(deps, id, set, () => tracking.removeShow(id, params.id));
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: {
          summary: "Remove a show from your library",
          description: "Your plays of it go too, and older views on a media server do not bring it back. New ones do.",
          tags,
        },
      },
    )
    .put(
      "/api/shows/:id/match",
      async ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const { showId, undoToken } = await matching.choose(id, params.id, body);
        set.headers[UNDO_HEADER] = undoToken;
        return show(id, showId);
      },
      {
        params: IdParams,
        body: t.Object({ source: t.String({ maxLength: 20 }), id: t.String({ minLength: 1, maxLength: 100 }) }),
        response: { 200: Show },
        detail: {
          summary: "Correct a wrong match",
          description:
            "Watches move along, and later syncs remember the choice. The show's id may be another afterwards.",
          tags,
        },
      },
    );
}
