import { Elysia, t } from "elysia";
import { z } from "zod";
import { SearchPage, type SearchPageModel } from "../../../views/pages/search.tsx";
import { isAppError } from "../../kernel/errors.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { sourceLabel } from "./show-model.ts";

const addForm = z.object({ source: z.string().min(1).max(40), id: z.string().min(1).max(100) });
const LONGEST = 200;

export function createSearchPage(deps: RouteDeps) {
  const { tracking, paths, sources } = deps;
  const credits = sources.map(({ attribution }) => attribution.text);

  async function find(userId: number, query: string): Promise<Omit<SearchPageModel, "query" | "sources">> {
    if (query === "") return { results: [] };
    try {
      const found = await tracking.search(userId, query);
      const results = found.map((each) => ({
        source: each.source,
        id: each.sourceId,
        sourceName: sourceLabel(deps, each.source),
        title: each.title,
        year: each.year ?? null,
        showId: each.inLibraryShowId,
      }));
      return { results };
    } catch (error) {
      if (!isAppError(error) || error.code === "internal" || error.code === "database") throw error;
      const { message, hint } = error;
      return { results: [], problem: { text: message, ...(hint === undefined ? {} : { hint }) } };
    }
  }

  return new Elysia()
    .get(
      "/search",
      async ({ request, query }) => {
        const { ctx, userId, ...reply } = visit(deps, request);
        const asked = (query.query ?? "").trim().slice(0, LONGEST);
        const page = { query: asked, sources: credits, ...(await find(userId, asked)) };
        return reply.page(SearchPage({ ctx, page }));
      },
      { query: t.Object({ query: t.Optional(t.String()) }), detail: { hide: true } },
    )
    .post(
      "/shows",
      async ({ request }) => {
        const { source, id } = readForm(request, addForm);
        const { userId, ...reply } = visit(deps, request);
        const { showId } = await tracking.addShow(userId, source, id);
        return reply.go(paths.show(showId), { tone: "success", text: "Added to your library." });
      },
      { detail: { hide: true } },
    );
}
