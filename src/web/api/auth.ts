import { Elysia, t } from "elysia";
import { SESSION_MS } from "../../services/accounts/sessions.ts";
import type { NewSession } from "../../services/accounts/types.ts";
import { contextOf, userOf, visitorOf } from "../context.ts";
import { clearedCookie, sessionCookie } from "../cookies.ts";
import type { RouteDeps } from "../deps.ts";
import { NoContent, User } from "./schemas.ts";
import { userJson } from "./shapes.ts";

const Credentials = t.Object({ username: t.String({ maxLength: 1000 }), password: t.String({ maxLength: 4000 }) });

function detail(summary: string, description?: string) {
  return { summary, tags: ["Account"], ...(description === undefined ? {} : { description }) };
}

/** Reachable without a sign-in. */
function open(summary: string, description?: string) {
  return { ...detail(summary, description), security: [] };
}

export function createAuthRoutes({ accounts, config, paths, hub }: RouteDeps) {
  const scope = (request: Request) => ({ basePath: paths.basePath, https: contextOf(request).https });
  const user = (request: Request) => userJson(userOf(request), config.timeZone);

  const signedIn = (request: Request, set: { headers: Record<string, unknown> }, session: NewSession) => {
    set.headers["set-cookie"] = sessionCookie(session.token, SESSION_MS, scope(request));
    return userJson(session.user, config.timeZone);
  };

  return new Elysia()
    .post(
      "/api/auth/setup",
      async ({ request, body, set }) => {
        const session = await accounts.setup(body, visitorOf(request));
        set.status = 201;
        return signedIn(request, set, session);
      },
      {
        body: Credentials,
        response: { 201: User },
        detail: open("Make the first account, an admin", "409 once there is an account. Sets the session cookie."),
      },
    )
    .post(
      "/api/auth/signup",
      async ({ request, body, set }) => {
        const session = await accounts.signUp(body, visitorOf(request));
        set.status = 201;
        return signedIn(request, set, session);
      },
      {
        body: Credentials,
        response: { 201: User },
        detail: open("Make an account for yourself", "403 unless SIGNUP is open. Sets the session cookie."),
      },
    )
    .post(
      "/api/auth/login",
      async ({ request, body, set }) => signedIn(request, set, await accounts.login(body, visitorOf(request))),
      {
        body: Credentials,
        response: { 200: User },
        detail: open("Sign in", "Sets the session cookie. 429 with Retry-After after repeated failures."),
      },
    )
    .post(
      "/api/auth/logout",
      ({ request, set }) => {
        const { sessionToken } = contextOf(request);
        if (sessionToken !== null) accounts.logout(sessionToken);
        // Open streams were let in by the session; those of other sessions come back by themselves.
        hub.closeOwner(String(userOf(request).id));
        set.headers["set-cookie"] = clearedCookie(scope(request));
        set.status = 204;
      },
      { response: { 204: NoContent }, detail: detail("Sign out") },
    )
    .get("/api/auth/me", ({ request }) => user(request), {
      response: { 200: User },
      detail: detail("Who is signed in"),
    })
    .patch(
      "/api/auth/me",
      ({ request, body }) => {
        const { timezone, theme } = body;
        const change = {
          ...(timezone === undefined ? {} : { timeZone: timezone }),
          ...(theme === undefined ? {} : { theme }),
        };
        return userJson(accounts.updateProfile(userOf(request).id, change), config.timeZone);
      },
      {
        body: t.Object({
          timezone: t.Optional(t.Union([t.String(), t.Null()], { description: "null: the installation's" })),
          theme: t.Optional(t.Union([t.Literal("auto"), t.Literal("dark"), t.Literal("light")])),
        }),
        response: { 200: User },
        detail: detail("Change your time zone or theme"),
      },
    )
    .put(
      "/api/auth/password",
      async ({ request, body, set }) => {
        const { signedIn: current } = contextOf(request);
        const keep = current?.via === "session" ? current.sessionHash : null;
        await accounts.changePassword(userOf(request).id, body, keep);
        hub.closeOwner(String(userOf(request).id));
        set.status = 204;
      },
      {
        body: t.Object({ current: t.String({ maxLength: 4000 }), next: t.String({ maxLength: 4000 }) }),
        response: { 204: NoContent },
        detail: detail("Change your password", "Ends your other sessions."),
      },
    );
}
