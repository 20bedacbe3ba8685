import { Elysia, t } from "elysia";
import { z } from "zod";
import { BrowseRows, BrowseSection, SearchPage, SearchSection } from "../../../views/pages/search.tsx";
import { FoundActions } from "../../../views/parts/found-show.tsx";
import { Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import { entryOf } from "../../db/repos/library.ts";
import { showById } from "../../db/repos/shows.ts";
import { LIST_NAMES } from "../../domain/show-list.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { visit } from "./answer.ts";
import { browseModel, readSearch, searchModel } from "./search-model.ts";
import { LIST_WORDS } from "./show-model.ts";

const addForm = z.object({
  source: z.string().min(1).max(40),
  id: z.string().min(1).max(100),
  list: z.enum(LIST_NAMES).optional(),
});

const text = t.Optional(t.String());
const searchQuery = t.Object({
  query: text,
  source: text,
  browse: text,
  page: text,
  sort: text,
  genre: text,
  network: text,
  status: text,
  runtime: text,
  year: text,
  weekday: text,
  country: text,
});

export function createSearchPage(deps: RouteDeps) {
  const { tracking, paths, db } = deps;

  return new Elysia()
    .get(
      "/search",
      async ({ request, query }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const asked = readSearch(deps, query);
        const target = part ? (request.headers.get("hx-target") ?? "") : "";
        if (/#(?:browse|more--browse)$/.test(target)) {
          const browse = await browseModel(deps, ctx, userId, { ...asked, browsing: true });
          if (browse !== null && target.endsWith("#browse")) return reply.fragment(BrowseSection({ ctx, browse }));
          if (browse !== null) return reply.fragment(BrowseRows({ ctx, browse }));
        }
        const page = await searchModel(deps, ctx, userId, asked);
        return part ? reply.fragment(SearchSection({ ctx, page })) : reply.page(SearchPage({ ctx, page }));
      },
      { query: searchQuery, detail: { hide: true } },
    )
    .post(
      "/shows",
      async ({ request }) => {
        const { source, id, list } = readForm(request, addForm);
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const { showId, added } = await tracking.addShow(userId, source, id, list);
        const title = showById(db, Number(showId))?.title ?? "The show";
        const place = LIST_WORDS[entryOf(db, userId, Number(showId))?.list ?? "watching"];
        const text = added ? `Added to ${place}: ${title}` : `It is in your library already: ${title}`;
        if (!part) return reply.go(reply.cameFrom(paths.show(showId)), { tone: "success", text });
        const show = { source, id, title, place: { showId, list: place, sure: true } };
        return reply.fragment([
          FoundActions({ ctx, show, added: true }),
          ToastUpdate({ children: Toast({ ctx, text }) }),
        ]);
      },
      { detail: { hide: true } },
    );
}
