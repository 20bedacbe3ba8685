import { Elysia, t } from "elysia";
import { z } from "zod";
import { SignInWithDocument } from "../../../views/pages/sign-in-with.tsx";
import { type SignInAttempt, SignInWithDialog, SignInWithPanel } from "../../../views/parts/sign-in-with.tsx";
import { type ProviderId, providerLabel } from "../../domain/providers.ts";
import { type AppError, isAppError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/ids.ts";
import { SESSION_MS } from "../../services/accounts/sessions.ts";
import type { NewSession } from "../../services/accounts/types.ts";
import { contextOf, visitorOf } from "../context.ts";
import { clearedSignInCookie, readSignInCookie, sessionCookie, signInCookie } from "../cookies.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { safeNext } from "../guard.ts";
import { pinProviderOf } from "../provider.ts";
import { pinReturnUrl } from "../public-url.ts";
import { fragment, page, redirect } from "../respond.ts";
import { documentHeaders, viewContext, wantsPart } from "./context.ts";

const startForm = z.object({ next: z.string().max(2000).optional() });

const Provider = { params: t.Object({ provider: t.String() }), detail: { hide: true } };
const Pin = { params: t.Object({ provider: t.String(), pinId: t.String() }), detail: { hide: true } };

/** Refusals that are said in the dialog, with the status of the page that says them. */
const STATUS: Partial<Record<AppError["code"], number>> = {
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-many": 429,
  unreachable: 502,
  "rate-limited": 502,
  "bad-answer": 502,
};

/** Signing in with an account elsewhere, for visitors whom nobody knows yet. */
export function createSignInWithPages(deps: RouteDeps) {
  const { clock, paths, signIns } = deps;
  const scope = (request: Request) => ({ basePath: paths.basePath, https: contextOf(request).https });
  const base = (provider: ProviderId, pinId: string) => ({ provider, providerName: providerLabel(provider), pinId });

  function show(request: Request, attempt: SignInAttempt, status = 200, isFirst = false): Response {
    const ctx = viewContext(deps, request);
    if (wantsPart(request)) {
      return fragment(String(isFirst ? SignInWithDialog({ ctx, attempt }) : SignInWithPanel({ ctx, attempt })));
    }
    const headers = documentHeaders(deps, request, ctx);
    return page(String(SignInWithDocument({ ctx, attempt })), { status, headers });
  }

  function refuse(request: Request, provider: ProviderId, pinId: string, thrown: unknown, isFirst: boolean): Response {
    const status = isAppError(thrown) ? STATUS[thrown.code] : undefined;
    if (!isAppError(thrown) || status === undefined) throw thrown;
    const { message, hint = null } = thrown;
    return show(request, { ...base(provider, pinId), state: "refused", message, hint }, status, isFirst);
  }

  function enter(request: Request, session: NewSession, next: string | null): Response {
    const target = safeNext(next, paths);
    const answer = wantsPart(request) ? fragment("", { headers: { "hx-redirect": target } }) : redirect(target);
    answer.headers.append("set-cookie", sessionCookie(session.token, SESSION_MS, scope(request)));
    answer.headers.append("set-cookie", clearedSignInCookie(scope(request)));
    return answer;
  }

  async function start(request: Request, name: string): Promise<Response> {
    const provider = pinProviderOf(deps, name);
    const { next = null } = readForm(request, startForm);
    const browser = readSignInCookie(request) ?? randomToken();
    try {
      const forwardUrl = pinReturnUrl(deps, contextOf(request), provider);
      const options = { browser, visitor: visitorOf(request), next, forwardUrl };
      const { pinId, authUrl, expiresAt } = await signIns.start(provider, options);
      const attempt = { ...base(provider, pinId), state: "waiting", authUrl, expiresAt } as const;
      const answer = wantsPart(request)
        ? show(request, attempt, 200, true)
        : redirect(paths.signInWithPin(provider, pinId));
      answer.headers.append("set-cookie", signInCookie(browser, expiresAt - clock.now(), scope(request)));
      return answer;
    } catch (error) {
      return refuse(request, provider, "none", error, true);
    }
  }

  async function look(request: Request, name: string, pinId: string): Promise<Response> {
    const provider = pinProviderOf(deps, name);
    const browser = readSignInCookie(request);
    try {
      const { authUrl, expiresAt } = signIns.pin(browser, pinId);
      const found = await signIns.check(browser, pinId, visitorOf(request));
      if (found.state === "in") return enter(request, found.session, found.next);
      return found.state === "expired"
        ? show(request, { ...base(provider, pinId), state: "expired" })
        : show(request, { ...base(provider, pinId), state: "waiting", authUrl, expiresAt });
    } catch (error) {
      return refuse(request, provider, pinId, error, false);
    }
  }

  return new Elysia()
    .post("/login/:provider", ({ request, params }) => start(request, params.provider), Provider)
    .get("/login/:provider/:pinId", ({ request, params }) => look(request, params.provider, params.pinId), Pin)
    .delete(
      "/login/:provider/:pinId",
      ({ request, params }) => {
        signIns.giveUp(readSignInCookie(request), params.pinId);
        return wantsPart(request) ? fragment("") : redirect(paths.login());
      },
      Pin,
    );
}
