import { Elysia, t } from "elysia";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Id, IdParams, TextOrNull } from "./schemas.ts";
import { Ids, ShowRef } from "./tracker-schemas.ts";
import { idsJson, showRefJson } from "./tracker-shapes.ts";
import { UNDO_HEADER } from "./undo.ts";

const tags = ["Shows"];
const Year = t.Union([t.Integer(), t.Null()]);
const Evidence = t.Array(t.Object({ label: t.String(), points: t.Number() }));
const Query = t.Optional(t.String({ maxLength: 200, description: "Looks for this instead of the show's title" }));
const Into = t.Object({ into: t.String({ description: "The show that stays" }) });

const Other = t.Intersect([ShowRef, t.Object({ network: TextOrNull, watched: t.Integer(), aired: t.Integer() })]);

const Match = t.Object({
  matches: t.Array(
    t.Object({
      serverName: t.String(),
      title: t.String({ description: "What the server calls it" }),
      year: Year,
      ids: Ids,
      method: t.String(),
      confidence: t.Number({ description: "0 to 1" }),
      chosenByUser: t.Boolean(),
      evidence: Evidence,
    }),
  ),
  candidates: t.Array(
    t.Object({
      source: t.String(),
      id: t.String({ description: "The source's own id, for PUT /api/shows/:id/match" }),
      title: t.String(),
      year: Year,
      network: TextOrNull,
      country: TextOrNull,
      overview: TextOrNull,
      ids: Ids,
      score: t.Number(),
      evidence: Evidence,
      current: t.Boolean(),
    }),
  ),
  others: t.Array(Other, { description: "Your own other shows that may be the same one" }),
  note: t.Union([t.String(), t.Null()], { description: "Why the sources could not be asked" }),
});

const movedFields = {
  plays: t.Integer({ description: "Plays of the show that goes" }),
  folded: t.Integer({ description: "Plays that both shows had noted; each is one afterwards" }),
  kept: t.Array(t.Object({ season: t.Integer(), number: Year, title: TextOrNull }), {
    description: "Watched episodes that the other show does not have; they are kept as its own",
  }),
};

const ShortShow = t.Object({ id: Id, title: t.String(), year: Year });
const Preview = t.Object({ from: ShortShow, into: ShortShow, ...movedFields });
const Merged = t.Object({ showId: Id, ...movedFields });

/** What a show was taken for, what else it may be, and two shows that are one. */
export function createMatchingRoutes({ matching, paths }: RouteDeps) {
  return new Elysia()
    .get(
      "/api/shows/:id/match",
      async ({ request, params, query }) => {
        const view = await matching.view(userOf(request).id, params.id, query.query);
        return {
          matches: view.offered.map((match) => ({ ...match, ids: idsJson(match.ids) })),
          candidates: view.candidates.map((found) => ({
            ...found,
            id: found.sourceId,
            year: found.year ?? null,
            network: found.network ?? null,
            country: found.country ?? null,
            overview: found.overview ?? null,
            ids: idsJson(found.ids),
          })),
          others: view.others.map((other) => ({ ...other, ...showRefJson(other, paths) })),
          note: view.note,
        };
      },
      {
        params: IdParams,
        query: t.Object({ query: Query }),
        response: { 200: Match },
        detail: { summary: "What a show was taken for, and what else it may be", tags },
      },
    )
    .get(
      "/api/shows/:id/merge",
      ({ request, params, query }) => matching.previewMerge(userOf(request).id, params.id, query.into),
      {
        params: IdParams,
        query: Into,
        response: { 200: Preview },
        detail: { summary: "What merging two shows would do", description: "Nothing is changed.", tags },
      },
    )
    .post(
      "/api/shows/:id/merge",
      ({ request, params, body, set }) => {
        const { showId, moved, undoToken } = matching.merge(userOf(request).id, params.id, body.into);
        set.headers[UNDO_HEADER] = undoToken;
        return { showId, ...moved };
      },
      {
        params: IdParams,
        body: Into,
        response: { 200: Merged },
        detail: {
          summary: "Merge a show into another of your library",
          description:
            "Plays, rating, notes and list go to the other show, and later syncs keep to that. Other people's libraries stay as they are.",
          tags,
        },
      },
    );
}
