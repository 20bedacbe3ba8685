import { Elysia } from "elysia";
import { z } from "zod";
import {
  type CredentialsForm,
  EMPTY_CREDENTIALS,
  LoginPage,
  SetupPage,
  SignUpPage,
} from "../../../views/pages/sign-in.tsx";
import { type AppError, isAppError } from "../../kernel/errors.ts";
import { SESSION_MS } from "../../services/accounts/sessions.ts";
import type { Credentials, NewSession } from "../../services/accounts/types.ts";
import { contextOf, visitorOf } from "../context.ts";
import { clearedCookie, sessionCookie } from "../cookies.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { safeNext } from "../guard.ts";
import { page, redirect } from "../respond.ts";
import { documentHeaders, viewContext } from "./context.ts";

const form = z.object({
  username: z.string().max(1000),
  password: z.string().max(4000),
  next: z.string().max(2000).optional(),
  account: z.string().optional(),
});

const STATUS: Partial<Record<AppError["code"], number>> = {
  invalid: 422,
  unauthorized: 401,
  "too-many": 429,
  conflict: 409,
  forbidden: 403,
};

/** What is shown again after a refusal: the name, what is wrong, never the password. */
function refused(error: AppError, username: string): CredentialsForm {
  const errors = Object.fromEntries(error.fields.map(({ path, message }) => [path, message]));
  const problem = [error.message, error.hint ?? ""].join(" ").trim();
  return { username, errors, ...(error.fields.length > 0 ? {} : { problem }) };
}

export function createSignInRoutes(deps: RouteDeps) {
  const { accounts, config, paths } = deps;
  const scope = (request: Request) => ({ basePath: paths.basePath, https: contextOf(request).https });

  function show(
    request: Request,
    markup: (ctx: ReturnType<typeof viewContext>) => JSX.Element,
    status = 200,
  ): Response {
    const ctx = viewContext(deps, request);
    return page(String(markup(ctx)), { status, headers: documentHeaders(deps, request, ctx) });
  }

  function enter(request: Request, session: NewSession, path: string): Response {
    return redirect(path, { headers: { "set-cookie": sessionCookie(session.token, SESSION_MS, scope(request)) } });
  }

  function login(request: Request, credentials: CredentialsForm, next: string | null, status?: number): Response {
    const openSignUp = config.signup === "open";
    const ways = deps.signIns.ways().filter(({ on }) => on);
    return show(request, (ctx) => LoginPage({ ctx, form: credentials, next, openSignUp, ways }), status);
  }

  /** Refusals that the visitor can put right come back as the form; the rest goes on as an error. */
  async function attempt(
    work: () => Promise<Response>,
    again: (known: CredentialsForm, status: number) => Response,
    username: string,
  ): Promise<Response> {
    try {
      return await work();
    } catch (error) {
      const status = isAppError(error) ? STATUS[error.code] : undefined;
      if (!isAppError(error) || status === undefined) throw error;
      return again(refused(error, username), status);
    }
  }

  return new Elysia()
    .get("/setup", ({ request }) =>
      accounts.hasUsers()
        ? redirect(contextOf(request).signedIn === null ? paths.login() : paths.home())
        : show(request, (ctx) => SetupPage({ ctx, form: EMPTY_CREDENTIALS })),
    )
    .post("/setup", ({ request }) => {
      const { username, password } = readForm(request, form);
      return attempt(
        async () =>
          enter(request, await accounts.setup({ username, password }, visitorOf(request)), paths.integrations()),
        (known, status) => show(request, (ctx) => SetupPage({ ctx, form: known }), status),
        username,
      );
    })
    .get("/login", ({ request }) => {
      const { signedIn, target } = contextOf(request);
      const query = new URL(target, "http://own.invalid").searchParams;
      if (!accounts.hasUsers()) return redirect(paths.setup());
      if (signedIn !== null) return redirect(safeNext(query.get("next"), paths));
      if (query.get("account") === "new" && config.signup === "open") {
        return show(request, (ctx) => SignUpPage({ ctx, form: EMPTY_CREDENTIALS }));
      }
      return login(request, EMPTY_CREDENTIALS, query.get("next"));
    })
    .post("/login", ({ request }) => {
      const { username, password, next = null, account } = readForm(request, form);
      const credentials: Credentials = { username, password };
      if (account === "new") {
        return attempt(
          async () => enter(request, await accounts.signUp(credentials, visitorOf(request)), paths.integrations()),
          (known, status) => show(request, (ctx) => SignUpPage({ ctx, form: known }), status),
          username,
        );
      }
      return attempt(
        async () => enter(request, await accounts.login(credentials, visitorOf(request)), safeNext(next, paths)),
        (known, status) => login(request, known, next, status),
        username,
      );
    })
    .post("/logout", ({ request }) => {
      const { sessionToken } = contextOf(request);
      if (sessionToken !== null) accounts.logout(sessionToken);
      return redirect(paths.login(), { headers: { "set-cookie": clearedCookie(scope(request)) } });
    });
}
