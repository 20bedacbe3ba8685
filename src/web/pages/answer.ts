import type { Flash, ViewContext } from "../../../views/context.ts";
import { contextOf, userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { safeNext } from "../guard.ts";
import { fragment, page, redirect } from "../respond.ts";
import { documentHeaders, redirectWith, viewContext, wantsPart } from "./context.ts";

/** Lists ask for themselves anew. Said to the page itself: the toast whose button was pressed may be gone by then. */
export const RESYNC = JSON.stringify({ resync: { target: "body" } });

export type PartOptions = { status?: number; trigger?: string; headers?: Record<string, string> };

/** What every page route has at hand for one request. */
export type Visit = {
  ctx: ViewContext;
  userId: number;
  part: boolean;
  /** The page that htmx stands on; empty without it. */
  currentUrl: string;
  /** A whole page. */
  page(markup: JSX.Element, status?: number): Response;
  /** Parts, for htmx. */
  fragment(markups: JSX.Element | readonly JSX.Element[], options?: PartOptions): Response;
  /** See other, with a word on what has happened. */
  go(path: string, flash?: Flash): Response;
  /** The page that the form was on, or another of ours. */
  cameFrom(otherwise: string): string;
};

export function visit(deps: RouteDeps, request: Request): Visit {
  const ctx = viewContext(deps, request);
  const userId = userOf(request).id;
  return {
    ctx,
    userId,
    part: wantsPart(request),
    currentUrl: request.headers.get("hx-current-url") ?? "",
    page: (markup, status = 200) => page(String(markup), { status, headers: documentHeaders(deps, request, ctx) }),
    fragment: (markups, { status = 200, trigger, headers = {} } = {}) => {
      const markup = Array.isArray(markups) ? markups.map(String).join("") : String(markups);
      return fragment(markup, {
        status,
        // Which news this answer brings: those from the first number to the second are its own doing.
        headers: {
          "et-news": `${ctx.news} ${deps.news.at(userId)}`,
          ...headers,
          ...(trigger === undefined ? {} : { "hx-trigger": trigger }),
        },
      });
    },
    go: (path, flash) => (flash === undefined ? redirect(path) : redirectWith(deps, request, path, flash)),
    cameFrom: (otherwise) => cameFrom(deps, request, otherwise),
  };
}

/** From the `Referer` of a same-origin form post; never a foreign address. */
export function cameFrom({ paths }: RouteDeps, request: Request, otherwise: string): string {
  const referer = request.headers.get("referer");
  if (referer === null || !URL.canParse(referer)) return otherwise;
  const { host, pathname, search } = new URL(referer);
  if (host !== new URL(contextOf(request).origin).host) return otherwise;
  const path = safeNext(`${pathname}${search}`, paths);
  return path === paths.home() && pathname !== path ? otherwise : path;
}
