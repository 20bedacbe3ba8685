import { Elysia, t } from "elysia";
import { LIBRARY_SORTS, libraryCounts, libraryFacets, libraryPage, SORT_ORDERS } from "../../db/queries/library.ts";
import { showPage } from "../../db/queries/show-page.ts";
import { toRowId } from "../../db/row-id.ts";
import type { ListName } from "../../domain/show-list.ts";
import { AppError } from "../../kernel/errors.ts";
import { type BulkAction, changeMany, MOST_AT_ONCE } from "../../services/tracking/bulk.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IdParams, NoContent } from "./schemas.ts";
import {
  Cursor,
  LibraryFacets,
  LibraryShow,
  Limit,
  List,
  listOf,
  Notes,
  Progress,
  Rating,
  Show,
  ShowStatus,
} from "./tracker-schemas.ts";
import { libraryShowJson, listJson, showJson } from "./tracker-shapes.ts";
import { UNDO_HEADER, undoably } from "./undo.ts";

const tags = ["Shows"];
const DEFAULT_LIMIT = 100;
const BULK_ACTIONS = ["move", "rate", "mark-watched", "remove"] as const;

const Automatic = t.Literal(false, { description: "The list follows from what has been watched again" });

/** Read from the address itself: the framework would cut values at their commas. */
const Several = (description: string) => t.Optional(t.Union([t.String(), t.Array(t.String())], { description }));

function severalOf(request: Request): { networks: string[]; genres: string[] } {
  const { searchParams } = new URL(request.url);
  return { networks: searchParams.getAll("network"), genres: searchParams.getAll("genre") };
}

type EntryInput = { list?: ListName; listChosen?: false; rating?: number | null };
type BulkInput = EntryInput & { action: (typeof BULK_ACTIONS)[number] };

function refuse(path: string, message: string): never {
  throw new AppError("invalid", `${path} ${message}.`, { fields: [{ path, message }] });
}

function entryChange({ list, listChosen, rating }: EntryInput): { list?: ListName | null; rating?: number | null } {
  if (listChosen === false && list !== undefined) refuse("list", "cannot be chosen and left to itself at once");
  const wanted = listChosen === false ? null : list;
  return { ...(wanted === undefined ? {} : { list: wanted }), ...(rating === undefined ? {} : { rating }) };
}

function actionOf(input: BulkInput): BulkAction {
  const { action } = input;
  if (action === "mark-watched" || action === "remove") return { kind: action };
  const { list, rating } = entryChange(input);
  if (action === "move") return { kind: action, list: list === undefined ? refuse("list", "is missing") : list };
  return { kind: action, rating: rating === undefined ? refuse("rating", "is missing") : rating };
}

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
      ({ request, query: { limit = DEFAULT_LIMIT, network, genre, ...rest } }) => {
        const filter = { ...rest, ...severalOf(request) };
        const page = libraryPage(db, userOf(request).id, { ...filter, limit, now: clock.now() });
        return listJson(page, (item) => libraryShowJson(item, paths));
      },
      {
        query: t.Object({
          list: t.Optional(List),
          query: t.Optional(t.String({ description: "Words, each anywhere in the title or a translation of it" })),
          network: Several("Any of these networks; may be given several times"),
          genre: Several("Any of these genres; may be given several times"),
          status: t.Optional(ShowStatus),
          progress: t.Optional(Progress),
          rated: t.Optional(t.Boolean()),
          sort: t.Optional(t.Union(LIBRARY_SORTS.map((sort) => t.Literal(sort)))),
          order: t.Optional(
            t.Union(
              SORT_ORDERS.map((order) => t.Literal(order)),
              { description: "Left out: A to Z, soonest to air, else the most or latest first. Unknown comes last" },
            ),
          ),
          cursor: Cursor,
          limit: Limit,
        }),
        response: { 200: listOf(LibraryShow) },
        detail: { summary: "Your library", description: "Filters combine.", tags },
      },
    )
    .get(
      "/api/shows/facets",
      ({ request, query: { list } }) => {
        const { id } = userOf(request);
        return { lists: libraryCounts(db, id), ...libraryFacets(db, id, list) };
      },
      {
        query: t.Object({ list: t.Optional(List) }),
        response: { 200: LibraryFacets },
        detail: {
          summary: "What your library can be filtered by",
          description: "Networks, genres, statuses and progress with their numbers of shows, of one list or of all.",
          tags,
        },
      },
    )
    .post(
      "/api/shows/bulk",
      ({ request, body, set }) => {
        const { id } = userOf(request);
        const { undoToken, ...changed } = changeMany(tracking, id, body.ids, actionOf(body));
        set.headers[UNDO_HEADER] = undoToken;
        return changed;
      },
      {
        body: t.Object({
          ids: t.Array(t.String(), {
            minItems: 1,
            maxItems: MOST_AT_ONCE,
            description: `Shows of your library, at most ${MOST_AT_ONCE}`,
          }),
          action: t.Union(
            BULK_ACTIONS.map((action) => t.Literal(action)),
            { description: "`mark-watched` marks every episode that is out" },
          ),
          list: t.Optional(List),
          listChosen: t.Optional(Automatic),
          rating: t.Optional(Rating),
        }),
        response: {
          200: t.Object({ shows: t.Integer(), episodes: t.Integer({ description: "That became watched" }) }),
        },
        detail: {
          summary: "Change many shows at once",
          description:
            "`move` takes `list`, or `listChosen: false`; `rate` takes `rating`. A show that is not in your library makes it 404, and nothing is done. One undo token takes all of it back.",
          tags,
        },
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
        const { showId, added } = await tracking.addShow(userOf(request).id, body.source, body.id, body.list);
        set.status = added ? 201 : 200;
        return show(userOf(request).id, showId);
      },
      {
        body: t.Object({
          source: t.String({ maxLength: 20 }),
          id: t.String({ minLength: 1, maxLength: 100 }),
          list: t.Optional(List),
        }),
        response: { 200: Show, 201: Show },
        detail: {
          summary: "Add a show that the search has found",
          description: "200 when it is in your library already; then it stays on its list.",
          tags,
        },
      },
    )
    .patch(
      "/api/shows/:id",
      ({ request, params, body, set }) => {
        const { id } = userOf(request);
        const { notes, ...entry } = body;
        const change = { ...entryChange(entry), ...(notes === undefined ? {} : { notes }) };
        undoably(deps, id, set, () => tracking.updateShow(id, params.id, change));
        return show(id, params.id);
      },
      {
        params: IdParams,
        body: t.Object({
          list: t.Optional(List),
          listChosen: t.Optional(Automatic),
          rating: t.Optional(Rating),
          notes: t.Optional(Notes),
        }),
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
