import { Elysia, t } from "elysia";
import { toDate } from "../../domain/instant.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";

const types = { json: "application/json;charset=utf-8", csv: "text/csv;charset=utf-8" };

/** Written while it is sent: a long history is never in memory as a whole. */
function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

export function createExportRoutes({ transfer, clock }: RouteDeps) {
  return new Elysia().get(
    "/api/export",
    ({ request, query: { format = "json" } }) => {
      const user = userOf(request);
      const name = `episode-tracker-${user.username.replace(/[^\w-]+/g, "_")}-${toDate(clock.now())}.${format}`;
      return new Response(streamOf(transfer.export(user.id, format)), {
        headers: { "content-type": types[format], "content-disposition": `attachment; filename="${name}"` },
      });
    },
    {
      query: t.Object({ format: t.Optional(t.Union([t.Literal("json"), t.Literal("csv")])) }),
      detail: {
        summary: "Everything of yours, as one file",
        description:
          "`json` (default) is complete and can be imported on another installation without loss. `csv` has one row a play " +
          "(and one for each show without any), for spreadsheets; it can be imported too.",
        tags: ["Import and export"],
        responses: {
          200: {
            description: "The file",
            content: {
              "application/json": { schema: { type: "object" } },
              "text/csv": { schema: { type: "string" } },
            },
          },
        },
      },
    },
  );
}
