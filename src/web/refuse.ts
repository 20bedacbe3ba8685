import type { Log } from "../kernel/log.ts";
import type { RequestContext } from "./context.ts";
import type { RouteDeps } from "./deps.ts";
import { plainErrorPage } from "./error-page.ts";
import { type Problem, refusalOf } from "./errors.ts";
import { isApi } from "./guard.ts";
import { page } from "./respond.ts";

export type Refuse = (thrown: unknown, request: Request, context: RequestContext) => Response;

/** Turns whatever was thrown into an answer: a problem document for programs, a page for people. */
export function createRefuse(deps: RouteDeps, log: Log): Refuse {
  return (thrown, request, context) => {
    const { problem, headers } = refusalOf(thrown, context.path, log.child({ request: context.id }));
    const { status } = problem;
    if (isApi(context.path)) {
      return new Response(JSON.stringify(problem), {
        status,
        headers: { "content-type": "application/problem+json", ...headers },
      });
    }
    return page(render(problem, request), { status, headers });
  };

  /** A page that fails must not take its error page along. */
  function render(problem: Problem, request: Request): string {
    try {
      return deps.renderError?.(problem, request) ?? plainErrorPage(problem, deps.paths);
    } catch (error) {
      log.error("error-page.failed", { error });
      return plainErrorPage(problem, deps.paths);
    }
  }
}
