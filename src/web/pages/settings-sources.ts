import { Elysia, t } from "elysia";
import { type SourceModel, SourceRow } from "../../../views/pages/settings/sources.tsx";
import { AppError } from "../../kernel/errors.ts";
import type { SourceView } from "../../services/sources/service.ts";
import { adminOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { settingsFrame } from "./settings-frame.ts";

const hidden = { detail: { hide: true } };

const sourceModel = ({ attribution, ...source }: SourceView): SourceModel => ({
  ...source,
  credit: attribution.text,
  url: attribution.url,
});

/** The metadata sources and how far they have been asked. */
export function createSourcesSettings(deps: RouteDeps) {
  const { enrichment, enrichmentStatus, paths, sourceDesk } = deps;
  const frame = settingsFrame(deps, paths.settingsSources(), () => ({
    tab: "sources",
    sources: { sources: sourceDesk.list().map(sourceModel), queue: enrichmentStatus() },
  }));

  async function test(request: Request, sourceId: string): Promise<Response> {
    adminOf(request);
    const result = await sourceDesk.test(sourceId);
    const { ctx, part, ...reply } = visit(deps, request);
    if (!part) {
      const text = [result.message, result.hint ?? ""].join(" ").trimEnd();
      return reply.go(paths.settingsSources(), { tone: result.ok ? "success" : "error", text });
    }
    const source = sourceDesk.list().find(({ id }) => id === sourceId);
    if (source === undefined) throw new AppError("not-found", "There is no such metadata source.");
    return reply.fragment(SourceRow({ ctx, source: sourceModel(source), result }));
  }

  return new Elysia()
    .get("/settings/sources", ({ request }) => frame.page(request), hidden)
    .post("/settings/sources/:id/test", ({ request, params }) => test(request, params.id), {
      params: t.Object({ id: t.String() }),
      ...hidden,
    })
    .post(
      "/settings/enrichment",
      ({ request }) => {
        adminOf(request);
        const queued = enrichment.lookUpAgain();
        return frame.saved(request, queued === 0 ? "There is nothing to look up." : "Everything is looked up again.");
      },
      hidden,
    );
}
