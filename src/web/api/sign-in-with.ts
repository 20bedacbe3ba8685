import { Elysia, t } from "elysia";
import { randomToken } from "../../kernel/ids.ts";
import { SESSION_MS } from "../../services/accounts/sessions.ts";
import { contextOf, userOf, visitorOf } from "../context.ts";
import { clearedSignInCookie, readSignInCookie, sessionCookie, signInCookie } from "../cookies.ts";
import type { RouteDeps } from "../deps.ts";
import { safeNext } from "../guard.ts";
import { pinProviderOf } from "../provider.ts";
import { pinReturnUrl } from "../public-url.ts";
import { Id, IdParams, Iso, iso, NoContent, SignInAccount, User } from "./schemas.ts";
import { signInAccountJson, userJson } from "./shapes.ts";

const tags = ["Account"];
const Params = t.Object({ provider: t.String({ description: "A kind of server, such as plex" }) });

/** Signing in with an account at a media server's service, and which of these are one's own. */
export function createSignInWithRoutes(deps: RouteDeps) {
  const { accounts, config, clock, paths, signIns } = deps;
  const scope = (request: Request) => ({ basePath: paths.basePath, https: contextOf(request).https });

  return new Elysia()
    .post(
      "/api/auth/:provider/start",
      async ({ request, params, body, set }) => {
        const provider = pinProviderOf(deps, params.provider);
        const browser = readSignInCookie(request) ?? randomToken();
        const { pinId, code, authUrl, expiresAt } = await signIns.start(provider, {
          browser,
          visitor: visitorOf(request),
          next: body.next ?? null,
          forwardUrl: pinReturnUrl(deps, contextOf(request), provider),
        });
        set.headers["set-cookie"] = signInCookie(browser, expiresAt - clock.now(), scope(request));
        return { pinId, code, authUrl, expiresAt: iso(expiresAt) };
      },
      {
        params: Params,
        body: t.Object({ next: t.Optional(t.String({ maxLength: 2000, description: "A path of this installation" })) }),
        response: { 200: t.Object({ pinId: Id, code: t.String(), authUrl: t.String(), expiresAt: Iso }) },
        detail: {
          summary: "Begin to sign in with an account at a media server's service",
          description:
            "Open authUrl, then ask check with the cookie that this sets. 403 when it is switched off, 429 with Retry-After after too many attempts.",
          tags,
          security: [],
        },
      },
    )
    .post(
      "/api/auth/:provider/check",
      async ({ request, params, body, set }) => {
        pinProviderOf(deps, params.provider);
        const found = await signIns.check(readSignInCookie(request), body.pinId, visitorOf(request));
        if (found.state !== "in") return { authorized: false, expired: found.state === "expired" };
        const { user, token } = found.session;
        const cookie = sessionCookie(token, SESSION_MS, scope(request));
        set.headers["set-cookie"] = [cookie, clearedSignInCookie(scope(request))];
        return { authorized: true, user: userJson(user, config.timeZone), next: safeNext(found.next, paths) };
      },
      {
        params: Params,
        body: t.Object({ pinId: t.String({ maxLength: 200 }) }),
        response: {
          200: t.Object({
            authorized: t.Boolean(),
            expired: t.Optional(t.Boolean()),
            user: t.Optional(User),
            next: t.Optional(t.String({ description: "Where the visitor wanted to go" })),
          }),
        },
        detail: {
          summary: "Whether the sign-in has been approved; sets the session cookie when it has",
          description: "403 for an account that may not sign in here, 404 for another browser's attempt.",
          tags,
          security: [],
        },
      },
    )
    .get(
      "/api/auth/sign-ins",
      ({ request }) => {
        const { id } = userOf(request);
        return {
          items: signIns.mine(id).map(signInAccountJson),
          nextCursor: null,
          hasPassword: accounts.hasPassword(id),
          candidates: signIns.ownCandidates(id).map(({ provider, accountId, accountName }) => ({
            provider,
            accountId,
            accountName,
          })),
        };
      },
      {
        response: {
          200: t.Object({
            items: t.Array(SignInAccount),
            nextCursor: t.Null(),
            hasPassword: t.Boolean({ description: "False for those who sign in elsewhere only" }),
            candidates: t.Array(t.Object({ provider: t.String(), accountId: t.String(), accountName: t.String() }), {
              description: "Accounts you have connected that could sign you in",
            }),
          }),
        },
        detail: { summary: "The accounts elsewhere that sign you in", tags },
      },
    )
    .post(
      "/api/auth/sign-ins",
      ({ request, body, set }) => {
        const provider = pinProviderOf(deps, body.provider);
        set.status = 201;
        return signInAccountJson(signIns.connectOwn(userOf(request).id, provider, body.accountId));
      },
      {
        body: t.Object({ provider: t.String(), accountId: t.String({ maxLength: 200 }) }),
        response: { 201: SignInAccount },
        detail: {
          summary: "Connect an account for signing in",
          description: "One that you have connected a server with. For admins there is no other way.",
          tags,
        },
      },
    )
    .delete(
      "/api/auth/sign-ins/:id",
      ({ request, params, set }) => {
        const { id } = userOf(request);
        signIns.removeOwn(id, params.id);
        deps.hub.closeOwner(String(id));
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: {
          summary: "No longer sign in with an account",
          description: "Ends the sessions begun with it. 409 when you have no password and no other.",
          tags,
        },
      },
    );
}
