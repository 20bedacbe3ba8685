import { type AnyElysia, Elysia } from "elysia";
import { AppError } from "../kernel/errors.ts";
import { type Assets, createAssetRoutes } from "./assets.ts";
import { readJsonBody, readsItself } from "./body.ts";
import { contextOf, findContext } from "./context.ts";
import type { RouteDeps } from "./deps.ts";
import { HttpProblem } from "./errors.ts";
import { isApi } from "./guard.ts";
import { invalidInput } from "./invalid-input.ts";
import { createMethodFinder } from "./methods.ts";
import type { Refuse } from "./refuse.ts";
import { apiRoutes, pageRoutes } from "./routes.ts";

/** The framework's errors that are the visitor's doing. */
function translate(code: unknown, error: unknown, request: Request, methodsOf: (path: string) => string[]): unknown {
  if (code === "NOT_FOUND") {
    const allowed = methodsOf(new URL(request.url).pathname);
    if (allowed.length === 0) return new AppError("not-found", "There is nothing at this address.");
    const allow = allowed.join(", ");
    return new HttpProblem(405, "Method not allowed", `This address answers ${allow}.`, { allow });
  }
  if (code === "PARSE") {
    const cause: unknown = error instanceof Error ? error.cause : undefined;
    if (cause instanceof HttpProblem) return cause;
    return new HttpProblem(400, "Malformed request", "The request's body cannot be read.");
  }
  if (code === "VALIDATION" && typeof error === "object" && error !== null && "all" in error && "type" in error) {
    // An answer of ours that breaks its own schema is our fault, not the visitor's.
    const found = invalidInput(Array.isArray(error.all) ? error.all : []);
    return error.type === "response" ? new Error(`answer breaks its schema: ${JSON.stringify(found.fields)}`) : found;
  }
  return error;
}

/** The one place where the framework is put together. Hooks come before routes, or they would not apply to them. */
export function createRouter(deps: RouteDeps, assets: Assets, refuse: Refuse): AnyElysia {
  let methodsOf: (path: string) => string[] = () => [];
  const root = new Elysia({ prefix: deps.paths.basePath })
    .onError(({ code, error, request }) =>
      refuse(
        translate(code, error, request, (path) => methodsOf(path)),
        request,
        contextOf(request),
      ),
    )
    // Requests pass the guard before they get here. One that did not is refused, whatever let it in.
    .onRequest(({ request }) => {
      if (findContext(request) === undefined) return new Response(null, { status: 401 });
    })
    // Always answers: after `undefined` the framework would read the body by itself, in its own way.
    .onParse(({ request }) => {
      const { path } = contextOf(request);
      return isApi(path) && !readsItself(path) ? readJsonBody(request) : null;
    });
  const factories = [...(deps.apiRoutes ?? apiRoutes), ...(deps.pageRoutes ?? pageRoutes)];
  const app = factories
    .reduce<AnyElysia>((whole, create) => whole.use(create(deps)), root)
    .use(createAssetRoutes(assets));
  methodsOf = createMethodFinder(app);
  return app.compile();
}
