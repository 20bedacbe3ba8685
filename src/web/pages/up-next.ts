import { Elysia, t } from "elysia";
import type { ViewContext } from "../../../views/context.ts";
import { UpNextPage, type UpNextPageModel, UpNextRows, UpNextSection } from "../../../views/pages/up-next.tsx";
import { RefresherGone } from "../../../views/parts/more.tsx";
import { libraryCounts } from "../../db/queries/library.ts";
import { serverGlances } from "../../db/queries/page-context.ts";
import { upNext } from "../../db/queries/up-next.ts";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { upNextModel } from "./models.ts";

const PER_PAGE = 40;

export function upNextPage(deps: RouteDeps, ctx: ViewContext, userId: number, cursor?: string): UpNextPageModel {
  const { items, nextCursor } = upNext(deps.db, userId, { limit: PER_PAGE, cursor });
  return {
    items: items.map((item) => upNextModel(ctx, item)),
    moreHref: nextCursor === null ? null : deps.paths.home(nextCursor),
    first: cursor === undefined,
    hasShows: libraryCounts(deps.db, userId).all > 0,
    hasIntegration: serverGlances(deps.db, userId).length > 0,
  };
}

export function createUpNextPage(deps: RouteDeps) {
  return new Elysia().get(
    "/",
    ({ request, query }) => {
      const { ctx, userId, part, ...reply } = visit(deps, request);
      const page = upNextPage(deps, ctx, userId, query.cursor);
      if (!part) return reply.page(UpNextPage({ ctx, page }));
      if (page.first) return reply.fragment(UpNextSection({ ctx, page }));
      return reply.fragment([UpNextRows({ ctx, page }), RefresherGone()]);
    },
    { query: t.Object({ cursor: t.Optional(t.String()) }), detail: { hide: true } },
  );
}
