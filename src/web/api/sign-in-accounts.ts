import { Elysia, t } from "elysia";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import type { AllowInput } from "../../services/sign-ins/types.ts";
import { adminOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { pinProviderOf } from "../provider.ts";
import { Id, IdParams, NoContent, SignInAccount } from "./schemas.ts";
import { signInAccountJson } from "./shapes.ts";

const tags = ["Users"];

const Way = t.Object({ provider: t.String(), on: t.Boolean() });

/** Who may sign in with an account elsewhere; for admins. */
export function createSignInAccountRoutes(deps: RouteDeps) {
  const { hub, signIns } = deps;
  const ways = () => signIns.ways().map(({ provider, on }) => ({ provider, on }));

  function accountOf(body: { accountId?: string; name?: string }): AllowInput["account"] {
    const { accountId, name = "" } = body;
    return accountId === undefined ? { wanted: name } : { id: accountId, name: name.trim() || accountId };
  }

  function userIdOf(text: string | null | undefined): number | null {
    if (text === null || text === undefined) return null;
    const id = toRowId(text);
    if (id === null) throw new AppError("not-found", "There is no such user.");
    return id;
  }

  return new Elysia()
    .get(
      "/api/sign-in-accounts",
      ({ request }) => {
        adminOf(request);
        return {
          items: signIns.list().map(signInAccountJson),
          nextCursor: null,
          ways: ways(),
          candidates: signIns
            .candidates()
            .filter(({ role }) => role !== "admin")
            .map(({ userId, role: _role, ...each }) => ({ ...each, userId: String(userId) })),
        };
      },
      {
        response: {
          200: t.Object({
            items: t.Array(SignInAccount),
            nextCursor: t.Null(),
            ways: t.Array(Way, { description: "Which services are switched on" }),
            candidates: t.Array(
              t.Object({
                provider: t.String(),
                accountId: t.String(),
                accountName: t.String(),
                userId: Id,
                username: t.String(),
              }),
              { description: "Accounts that people have connected and that may not sign in yet" },
            ),
          }),
        },
        detail: { summary: "Accounts elsewhere that may sign in here (admin)", tags },
      },
    )
    .put(
      "/api/sign-in-accounts/ways/:provider",
      ({ request, params, body }) => {
        adminOf(request);
        const provider = pinProviderOf(deps, params.provider);
        for (const userId of signIns.turn(provider, body.on)) hub.closeOwner(String(userId));
        return { provider, on: body.on };
      },
      {
        params: t.Object({ provider: t.String({ description: "A kind of server, such as plex" }) }),
        body: t.Object({ on: t.Boolean() }),
        response: { 200: Way },
        detail: {
          summary: "Switch signing in with a service on or off (admin)",
          description: "Off, everybody who came in this way is signed out.",
          tags,
        },
      },
    )
    .post(
      "/api/sign-in-accounts",
      ({ request, body, set }) => {
        adminOf(request);
        const provider = pinProviderOf(deps, body.provider);
        const made = signIns.allow({ provider, account: accountOf(body), userId: userIdOf(body.userId) });
        set.status = 201;
        return signInAccountJson(made);
      },
      {
        body: t.Object({
          provider: t.String({ description: "A kind of server, such as plex" }),
          accountId: t.Optional(t.String({ minLength: 1, maxLength: 200 })),
          name: t.Optional(
            t.String({ maxLength: 400, description: "Without accountId: user name or e-mail, bound at first sign-in" }),
          ),
          userId: t.Optional(
            t.Union([t.String(), t.Null()], { description: "null or left out: the first sign-in makes a new user" }),
          ),
        }),
        response: { 201: SignInAccount },
        detail: {
          summary: "Allow an account to sign in (admin)",
          description: "409 for one on the list, and for a user who is an admin: they connect their own.",
          tags,
        },
      },
    )
    .delete(
      "/api/sign-in-accounts/:id",
      ({ request, params, set }) => {
        adminOf(request);
        const userId = signIns.remove(params.id);
        if (userId !== null) hub.closeOwner(String(userId));
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: {
          summary: "No longer let an account sign in (admin)",
          description: "Ends the sessions begun with it.",
          tags,
        },
      },
    );
}
