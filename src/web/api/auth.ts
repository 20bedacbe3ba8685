import { Elysia, t } from "elysia";
import { TITLE_LANGUAGES } from "../../domain/title-language.ts";
import { closeAccount } from "../../services/accounts/farewell.ts";
import { SESSION_MS } from "../../services/accounts/sessions.ts";
import type { NewSession } from "../../services/accounts/types.ts";
import { contextOf, userOf, visitorOf } from "../context.ts";
import { clearedCookie, sessionCookie } from "../cookies.ts";
import type { RouteDeps } from "../deps.ts";
import { DateFormat, NoContent, Theme, User } from "./schemas.ts";
import { userJson } from "./shapes.ts";

const Credentials = t.Object({ username: t.String({ maxLength: 1000 }), password: t.String({ maxLength: 4000 }) });

const languages = `null, or one of ${TITLE_LANGUAGES.map(({ tag }) => tag).join(", ")}`;

function detail(summary: string, description?: string) {
  return { summary, tags: ["Account"], ...(description === undefined ? {} : { description }) };
}

/** Reachable without a sign-in. */
function open(summary: string, description?: string) {
  return { ...detail(summary, description), security: [] };
}

export function createAuthRoutes(deps: RouteDeps) {
  const { accounts, config, paths, hub } = deps;
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
        const { timezone, ...rest } = body;
        const change = { ...rest, ...(timezone === undefined ? {} : { timeZone: timezone }) };
        const changed = accounts.updateProfile(userOf(request).id, change);
        if (change.titleLanguage != null) deps.enrichment.enqueueTitles();
        return userJson(changed, config.timeZone);
      },
      {
        body: t.Object({
          username: t.Optional(t.String({ maxLength: 1000 })),
          timezone: t.Optional(t.Union([t.String(), t.Null()], { description: "null: the installation's" })),
          theme: t.Optional(Theme),
          dateFormat: t.Optional(DateFormat),
          titleLanguage: t.Optional(t.Union([t.String(), t.Null()], { description: languages })),
        }),
        response: { 200: User },
        detail: detail(
          "Change your name, time zone, theme, date format or the language of titles",
          "409 when the name is taken. Titles in a language that was just chosen are fetched in the background.",
        ),
      },
    )
    .delete(
      "/api/auth/me",
      async ({ request, body, set }) => {
        const { id } = userOf(request);
        await accounts.confirmPassword(id, body.password, "password");
        await closeAccount(deps, id);
        hub.closeOwner(String(id));
        set.headers["set-cookie"] = clearedCookie(scope(request));
        set.status = 204;
      },
      {
        body: t.Object({ password: t.String({ maxLength: 4000 }) }),
        response: { 204: NoContent },
        detail: detail(
          "Delete your account with everything in it",
          "Ends running syncs and gives back the sign-ins at your media servers. 409 for the last admin.",
        ),
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
