import { Elysia, t } from "elysia";
import { CSV_FIELDS, type CsvColumns, DATE_ORDERS, IMPORT_FORMATS } from "../../domain/imports/model.ts";
import type { ImportOptions, ImportView } from "../../services/transfer/types.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readUpload } from "../upload.ts";
import { Id, IdParams, Iso, IsoOrNull, iso, isoOrNull, NoContent, TextOrNull, Whole } from "./schemas.ts";
import { Cursor, Limit, listOf } from "./tracker-schemas.ts";

const tags = ["Import and export"];
const DEFAULT_LIMIT = 100;

function oneOf<const Names extends readonly string[]>(names: Names) {
  return t.Unsafe<Names[number]>(t.Union(names.map((name) => t.Literal(name))));
}

const Columns = t.Unsafe<CsvColumns>(
  t.Object(Object.fromEntries(CSV_FIELDS.map((field) => [field, t.Optional(t.String({ maxLength: 1_000 }))])), {
    description: "For a plain CSV file: field and the name of its column",
  }),
);
const choices = t.Record(t.String(), t.String(), {
  description: "Key of an item, and which show it is: the id of a candidate, `new`, or `skip`",
});
const optionFields = {
  columns: t.Optional(Columns),
  dateOrder: t.Optional(oneOf(DATE_ORDERS)),
  timeZone: t.Optional(t.String({ maxLength: 100, description: "Of times without a zone. Default: yours" })),
  bringBack: t.Optional(t.Boolean({ description: "Also what you had removed here" })),
  choices: t.Optional(choices),
};

const Summary = t.Object({
  shows: Whole({ description: "In the file" }),
  plays: Whole({ description: "In the file" }),
  added: Whole({ description: "Plays that are added; in a preview, that would be" }),
  showsAdded: Whole({ description: "Shows that get one of them" }),
  showsNew: Whole({ description: "Shows that come into your library" }),
  alreadyThere: Whole({ description: "Plays that are here already" }),
  suppressed: Whole({ description: "Plays left out since you had removed them here" }),
  notUnderstood: Whole(),
  leftOut: Whole({ description: "Understood, but not kept here, such as films" }),
  doubtful: Whole({ description: "Shows that may be several; choose with PATCH" }),
  filled: Whole({ description: "Lists, ratings and notes that are taken over" }),
  kept: Whole({ description: "Lists, ratings and notes of your own that the file does not overrule" }),
  unlisted: Whole({ description: "Of notUnderstood and leftOut, those that are not among the items" }),
  notes: t.Array(t.String()),
  failure: TextOrNull,
});

const importFields = {
  id: Id,
  format: oneOf(IMPORT_FORMATS),
  fileName: t.String(),
  status: oneOf(["preview", "running", "done", "failed", "undone"]),
  summary: Summary,
  options: t.Unsafe<ImportOptions>(t.Object({ format: t.Optional(oneOf(IMPORT_FORMATS)), ...optionFields })),
  table: t.Union([
    t.Object({
      header: t.Array(t.String()),
      rows: t.Array(t.Array(t.String()), { description: "The first ones" }),
      columns: Columns,
      complete: t.Boolean({ description: "The columns say which episode of which show" }),
    }),
    t.Null(),
  ]),
  progress: t.Union([t.Object({ done: Whole(), total: Whole() }), t.Null()]),
  createdAt: Iso,
  finishedAt: IsoOrNull,
  undoneAt: IsoOrNull,
};

const Import = t.Object(importFields);
const Item = t.Object({
  kind: oneOf(["show", "not-understood", "left-out"]),
  key: t.String({ description: "Of a show: its name for `choices`. Of anything else: where it stands in the file" }),
  title: t.String(),
  year: t.Union([Whole(), t.Null()]),
  showId: t.Union([Id, t.Null()]),
  outcome: oneOf(["matched", "created", "doubtful", "skipped", "none"]),
  plays: Whole(),
  added: Whole(),
  alreadyThere: Whole(),
  suppressed: Whole(),
  note: t.Union([t.String(), t.Null()], { description: "Why, in words" }),
  candidates: t.Array(t.Object({ showId: Id, title: t.String(), year: t.Union([Whole(), t.Null()]) })),
});
const ImportWithItems = t.Object({
  ...importFields,
  items: t.Array(Item, { description: "In the order of the file: shows, then what was not understood or left out" }),
  nextCursor: TextOrNull,
});

function importJson(view: ImportView) {
  return {
    ...view,
    createdAt: iso(view.createdAt),
    finishedAt: isoOrNull(view.finishedAt),
    undoneAt: isoOrNull(view.undoneAt),
  };
}

const uploadBody = {
  required: true,
  content: {
    "multipart/form-data": {
      schema: {
        type: "object" as const,
        required: ["file"],
        properties: {
          file: { type: "string" as const, format: "binary", description: "At most 50 MB" },
          format: {
            type: "string" as const,
            enum: [...IMPORT_FORMATS],
            description: "Default: recognised by the content",
          },
          columns: {
            type: "string" as const,
            description: 'For plain CSV, JSON: {"show":"Series","season":"S","episode":"E"}',
          },
          dateOrder: { type: "string" as const, enum: [...DATE_ORDERS] },
          timeZone: { type: "string" as const },
          bringBack: { type: "boolean" as const, description: "Also what you had removed here" },
          apply: { type: "boolean" as const, description: "Import at once, without a preview" },
        },
      },
    },
  },
};

export function createImportRoutes({ transfer }: RouteDeps) {
  function withItems(userId: number, view: ImportView, page: { cursor?: string; limit?: number } = {}) {
    const { cursor, limit = DEFAULT_LIMIT } = page;
    return { ...importJson(view), ...transfer.items(userId, view.id, { cursor, limit }) };
  }

  return new Elysia()
    .post(
      "/api/import",
      async ({ request, set }) => {
        const { id } = userOf(request);
        const { file, options, apply } = await readUpload(request);
        const preview = await transfer.preview(id, file, options);
        if (apply) transfer.apply(id, preview.id);
        set.status = 201;
        return withItems(id, apply ? await transfer.settled(id, preview.id) : preview);
      },
      {
        response: { 201: ImportWithItems },
        detail: {
          summary: "Read a file and say what importing it would do",
          description:
            "Exports of Episode Tracker, Trakt, TV Time, Simkl and Yamtrack, and plain CSV, as they are or in a zip. Nothing is " +
            "written before `POST /api/imports/{id}/apply`, except with `apply=true`. A preview is kept for a day.",
          tags,
          requestBody: uploadBody,
        },
      },
    )
    .get(
      "/api/imports",
      ({ request, query: { cursor, limit = DEFAULT_LIMIT } }) => {
        const { items, nextCursor } = transfer.list(userOf(request).id, { cursor, limit });
        return { items: items.map(importJson), nextCursor };
      },
      {
        query: t.Object({ cursor: Cursor, limit: Limit }),
        response: { 200: listOf(Import) },
        detail: { summary: "Your imports, newest first", tags },
      },
    )
    .get(
      "/api/imports/:id",
      ({ request, params, query }) => {
        const { id } = userOf(request);
        return withItems(id, transfer.get(id, params.id), query);
      },
      {
        params: IdParams,
        query: t.Object({ cursor: Cursor, limit: Limit }),
        response: { 200: ImportWithItems },
        detail: { summary: "One import, with what the file holds", tags },
      },
    )
    .patch(
      "/api/imports/:id",
      async ({ request, params, body }) => {
        const { id } = userOf(request);
        return withItems(id, await transfer.revise(id, params.id, body));
      },
      {
        params: IdParams,
        body: t.Object(optionFields),
        response: { 200: ImportWithItems },
        detail: {
          summary: "Preview the same file again, with columns or shows chosen",
          description: "409 once the import has begun.",
          tags,
        },
      },
    )
    .post(
      "/api/imports/:id/apply",
      async ({ request, params }) => {
        const { id } = userOf(request);
        transfer.apply(id, params.id);
        return withItems(id, await transfer.settled(id, params.id));
      },
      {
        params: IdParams,
        response: { 200: ImportWithItems },
        detail: {
          summary: "Import it",
          description:
            "Answers when it is done, or after a minute with `status` still `running`. Interrupted (`failed`), it can be called " +
            "again and adds what is missing. 409 when there is nothing to begin.",
          tags,
        },
      },
    )
    .post(
      "/api/imports/:id/undo",
      async ({ request, params }) => {
        const { id } = userOf(request);
        transfer.undo(id, params.id);
        return withItems(id, await transfer.settled(id, params.id));
      },
      {
        params: IdParams,
        response: { 200: ImportWithItems },
        detail: {
          summary: "Take back exactly what it added",
          description: "What you have changed since stays. 409 when it is undone already.",
          tags,
        },
      },
    )
    .delete(
      "/api/imports/:id",
      ({ request, params, set }) => {
        transfer.remove(userOf(request).id, params.id);
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: {
          summary: "Discard a preview, or forget an import",
          description: "What it has brought stays, and can no longer be undone as a whole.",
          tags,
        },
      },
    );
}
