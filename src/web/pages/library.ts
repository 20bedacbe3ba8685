import { Elysia } from "elysia";
import { LibraryPage, LibraryRows, LibrarySection, RefresherUpdate } from "../../../views/pages/library.tsx";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { queryOf, readAsked, viewCookie } from "./library-asked.ts";
import { libraryModel } from "./library-model.ts";

export function createLibraryPage(deps: RouteDeps) {
  const { paths } = deps;
  return new Elysia().get(
    "/shows",
    ({ request }) => {
      const { ctx, userId, part, ...reply } = visit(deps, request);
      const asked = readAsked(new URL(request.url).searchParams);
      const page = libraryModel(deps, ctx, userId, request, asked);
      if (!part) {
        const answer = reply.page(LibraryPage({ ctx, page }));
        if (asked.view !== undefined)
          answer.headers.append("set-cookie", viewCookie(request, asked.view, paths.basePath));
        return answer;
      }
      if (!page.first) return reply.fragment([LibraryRows({ ctx, page }), RefresherUpdate({ page })]);
      // A form sends every field it has; the address keeps what says something.
      const isTyped = request.headers.get("hx-source")?.startsWith("form#") === true;
      const headers: Record<string, string> = isTyped ? { "hx-replace-url": paths.shows(queryOf(asked)) } : {};
      return reply.fragment(LibrarySection({ ctx, page }), { headers });
    },
    { detail: { hide: true } },
  );
}
