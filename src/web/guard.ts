import type { Paths } from "../../views/paths.ts";
import { AppError } from "../kernel/errors.ts";
import type { Accounts, SignedIn } from "../services/accounts/types.ts";
import type { RequestContext } from "./context.ts";
import { redirect } from "./respond.ts";

/** Everything else needs a sign-in. Patterns over the path below the base path. */
const publicPaths: readonly RegExp[] = [
  /^\/api\/health$/,
  // What there is to ask is no secret, and tools read it before they sign in.
  /^\/api\/(openapi\.json|docs)$/,
  /^\/api\/auth\/(setup|signup|login)$/,
  /^\/(login|setup)$/,
  // Signing in with an account elsewhere. Which attempt is whose is told by a cookie of its own.
  /^\/api\/auth\/[^/]+\/(start|check)$/,
  /^\/login\/[^/]+(\/[^/]+)?$/,
  /^\/static\//,
  /^\/favicon\.ico$/,
  // What makes it installable; nothing of anybody's is in it.
  /^\/(manifest\.webmanifest|sw\.js|offline)$/,
  // The page that a media server's sign-in leads back to; its window may have no cookie of ours.
  /^\/integrations\/[^/]+\/return$/,
  // The secret in the address is the key.
  /^\/calendar\/feeds\/[^/]+\.ics$/,
  /^\/api\/webhooks\/[^/]+\/[^/]+$/,
];

const webhooks = /^\/api\/webhooks\//;
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

export const SESSION_COOKIE = "et_session";

export function isPublic(path: string): boolean {
  return publicPaths.some((pattern) => pattern.test(path));
}

/** Problems are JSON here; elsewhere they are pages. The reference is read in a browser. */
export function isApi(path: string): boolean {
  return /^\/api(\/|$)/.test(path) && path !== "/api/docs";
}

export function readCookie(request: Request, name: string): string | null {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** An API token from `Authorization: Bearer` or `X-Api-Key`. Other schemes (a proxy's Basic) are not for us. */
function apiTokenOf(request: Request): string | null {
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  return bearer ?? request.headers.get("x-api-key");
}

/** Who asks. A token that is no good is never made up for by a cookie. */
export function identify(accounts: Accounts, request: Request, sessionToken: string | null): SignedIn | null {
  const apiToken = apiTokenOf(request);
  if (apiToken !== null) return accounts.byApiToken(apiToken);
  return sessionToken === null || sessionToken === "" ? null : accounts.bySession(sessionToken);
}

type Source = "same" | "foreign" | "unknown";

/**
 * Where a browser says the request was started. `Sec-Fetch-Site` cannot be forged by a page and survives proxies that
 * change `Host`; browsers leave it out on plain http, where `Origin` is compared by host.
 */
function sourceOf(request: Request, context: RequestContext, publicUrl: string | null): Source {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" ? "same" : "foreign";
  const origin = request.headers.get("origin");
  if (origin === null) return "unknown";
  if (!URL.canParse(origin)) return "foreign";
  const { host } = new URL(origin);
  const own = [new URL(context.origin).host, publicUrl === null ? null : new URL(publicUrl).host];
  return host !== "" && own.includes(host) ? "same" : "foreign";
}

function refuseForeign(request: Request, context: RequestContext, publicUrl: string | null): void {
  if (safeMethods.has(request.method) || webhooks.test(context.path) || context.signedIn?.via === "token") return;
  const source = sourceOf(request, context, publicUrl);
  // A sign-in form uses no cookie, so there only a browser that names another page is refused.
  const byCookie = context.signedIn !== null && !isPublic(context.path);
  const enough = byCookie ? source === "same" : source !== "foreign";
  if (enough) return;
  const unnamed = "This request does not say which website started it (Origin or Sec-Fetch-Site).";
  throw new AppError("forbidden", source === "unknown" ? unnamed : "This request was started by another website.", {
    hint: "Scripts send an API token instead of the session cookie.",
  });
}

function toSignIn(context: RequestContext, accounts: Accounts, paths: Paths): Response {
  const next = context.method === "GET" && !context.htmx && context.path !== "/" ? context.target : undefined;
  const target = accounts.hasUsers() ? paths.login(next) : paths.setup();
  // A redirect would be followed by htmx and put the sign-in form into a corner of the page.
  if (context.htmx) return new Response(null, { status: 401, headers: { "hx-redirect": target } });
  return redirect(target);
}

export type Guard = (request: Request, context: RequestContext) => Response | null;

/** Runs before routing and reading of bodies, and lets nothing pass that is not on the list or signed in. */
export function createGuard(options: { accounts: Accounts; paths: Paths; publicUrl: string | null }): Guard {
  const { accounts, paths, publicUrl } = options;
  return (request, context) => {
    if (context.signedIn === null && !isPublic(context.path)) {
      if (isApi(context.path)) {
        throw new AppError("unauthorized", "Sign in first, or send an API token.");
      }
      return toSignIn(context, accounts, paths);
    }
    refuseForeign(request, context, publicUrl);
    return null;
  };
}

/** Where to go after signing in: a path of ours, or the start page. */
export function safeNext(next: string | null | undefined, paths: Paths): string {
  if (next === null || next === undefined || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) return paths.home();
  const home = "http://own.invalid";
  const url = URL.canParse(next, home) ? new URL(next, home) : null;
  const inside = url?.origin === home && `${url.pathname}/`.startsWith(`${paths.basePath}/`);
  return inside ? `${url.pathname}${url.search}` : paths.home();
}
