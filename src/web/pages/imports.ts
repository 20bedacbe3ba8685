import { Elysia, t } from "elysia";
import { ImportPage, ImportSection } from "../../../views/pages/import.tsx";
import { ImportsPage } from "../../../views/pages/imports.tsx";
import { ImportLineRows, ImportShowRows } from "../../../views/parts/import-items.tsx";
import { CSV_FIELDS, type CsvColumns, DATE_ORDERS } from "../../domain/imports/model.ts";
import { isAppError } from "../../kernel/errors.ts";
import type { ImportOptions, ImportView } from "../../services/transfer/types.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readUpload } from "../upload.ts";
import { type Visit, visit } from "./answer.ts";
import { importPageModel, importRowModel } from "./import-model.ts";

const PER_PAGE = 20;
/** A small file is imported by then; a large one shows how far it is. */
const WAIT_MS = 1_500;

const Id = { params: t.Object({ id: t.String() }), detail: { hide: true } };

/** What the form says: of a plain CSV file its columns, of shows in doubt which is meant. */
function readAnswers(form: URLSearchParams, { options, table }: ImportView): ImportOptions {
  const columns: CsvColumns = {};
  for (const field of CSV_FIELDS) {
    const column = form.get(`column.${field}`) ?? "";
    if (column !== "") columns[field] = column;
  }
  const choices = { ...options.choices };
  for (const [name, value] of form) {
    if (!name.startsWith("choice.")) continue;
    const key = name.slice("choice.".length);
    if (value === "") delete choices[key];
    else choices[key] = value;
  }
  return {
    choices,
    bringBack: form.get("bringBack") === "true",
    dateOrder: DATE_ORDERS.find((order) => order === form.get("dateOrder")),
    ...(table === null ? {} : { columns }),
  };
}

export function createImportPages(deps: RouteDeps) {
  const { transfer, paths } = deps;

  function listPage({ ctx, userId, page }: Visit, cursor?: string, error?: string): Response {
    const { items, nextCursor } = transfer.list(userId, { cursor, limit: PER_PAGE });
    const imports = items.map((view) => importRowModel(ctx, view));
    const moreHref = nextCursor === null ? null : paths.imports(nextCursor);
    return page(ImportsPage({ ctx, page: { imports, moreHref, error } }), error === undefined ? 200 : 422);
  }

  return new Elysia()
    .get("/settings/import", ({ request, query }) => listPage(visit(deps, request), query.cursor), {
      query: t.Object({ cursor: t.Optional(t.String()) }),
      detail: { hide: true },
    })
    .post(
      "/settings/import",
      async ({ request }) => {
        const reply = visit(deps, request);
        try {
          const { file, options } = await readUpload(request);
          const { id } = await transfer.preview(reply.userId, file, options);
          return reply.go(paths.import(id));
        } catch (error) {
          if (!isAppError(error) || error.code !== "invalid") throw error;
          const [field] = error.fields;
          const words =
            field?.path === "file" ? `The file ${field.message}`.replace(/^The file (?=[A-Z])/, "") : error.message;
          return listPage(reply, undefined, `${words.replace(/\.?$/, ".")} ${error.hint ?? ""}`.trim());
        }
      },
      { detail: { hide: true } },
    )
    .get(
      "/settings/import/:id",
      ({ request, params, query }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const model = importPageModel(ctx, transfer, userId, transfer.get(userId, params.id), query);
        if (!part) return reply.page(ImportPage({ ctx, page: model }));
        if (query.cursor === undefined) return reply.fragment(ImportSection({ ctx, page: model }));
        if (query.kind === "show") return reply.fragment(ImportShowRows({ ctx, list: model.shows }));
        const isLeftOut = query.kind === "left-out";
        const list = isLeftOut ? model.leftOut : model.notUnderstood;
        return reply.fragment(ImportLineRows({ ctx, list, kind: isLeftOut ? "left-out" : "not-understood" }));
      },
      { ...Id, query: t.Object({ kind: t.Optional(t.String()), cursor: t.Optional(t.String()) }) },
    )
    .post(
      "/settings/import/:id/options",
      async ({ request, params }) => {
        const { userId, ...reply } = visit(deps, request);
        const current = transfer.get(userId, params.id);
        await transfer.revise(userId, params.id, readAnswers(formOf(request), current));
        return reply.go(paths.import(params.id));
      },
      Id,
    )
    .post(
      "/settings/import/:id/apply",
      async ({ request, params }) => {
        const { userId, ...reply } = visit(deps, request);
        transfer.apply(userId, params.id);
        await transfer.settled(userId, params.id, WAIT_MS);
        return reply.go(paths.import(params.id));
      },
      Id,
    )
    .post(
      "/settings/import/:id/undo",
      async ({ request, params }) => {
        const { userId, ...reply } = visit(deps, request);
        transfer.undo(userId, params.id);
        await transfer.settled(userId, params.id, WAIT_MS);
        return reply.go(paths.import(params.id));
      },
      Id,
    )
    .delete(
      "/settings/import/:id",
      ({ request, params }) => {
        const { userId, ...reply } = visit(deps, request);
        transfer.remove(userId, params.id);
        return reply.go(paths.imports(), { tone: "success", text: "Discarded. Nothing was changed." });
      },
      Id,
    );
}
