import { Elysia, t } from "elysia";
import { z } from "zod";
import type { AccountModel } from "../../../views/pages/settings/account.tsx";
import type { User } from "../../services/accounts/types.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { deviceOf } from "../device.ts";
import { readForm } from "../form.ts";
import { pinProviderOf } from "../provider.ts";
import { sessionHashOf, settingsFrame, signedOutToo } from "./settings-frame.ts";
import { ownSignInsModel } from "./sign-in-models.ts";

const passwordForm = z.object({ current: z.string().max(4000), next: z.string().max(4000) });
const signInForm = z.object({ provider: z.string().max(50), accountId: z.string().max(200) });
const tokenForm = z.object({ name: z.string().max(1000) });

const hidden = { detail: { hide: true } };
const Id = { params: t.Object({ id: t.String() }), ...hidden };

/** Password, sessions and API tokens. */
export function createAccountSettings(deps: RouteDeps) {
  const { accounts, hub, paths, signIns } = deps;

  const account = (user: User, request: Request, newToken: AccountModel["newToken"] = null): AccountModel => ({
    username: user.username,
    hasPassword: accounts.hasPassword(user.id),
    signIns: ownSignInsModel(deps, user.id),
    sessions: accounts
      .listSessions(user.id, sessionHashOf(request))
      .map(({ userAgent, ...session }) => ({ ...session, device: deviceOf(userAgent) })),
    tokens: accounts.listApiTokens(user.id),
    newToken,
  });
  const frame = settingsFrame(deps, paths.settingsAccount(), (user, _ctx, request) => ({
    tab: "account",
    account: account(user, request),
  }));

  /** Open streams were let in by a session; those of sessions that go on come back by themselves. */
  const closeStreams = (request: Request) => hub.closeOwner(String(userOf(request).id));

  function endSession(request: Request, sessionId: string): Response {
    const { id } = userOf(request);
    accounts.endSession(id, sessionId);
    closeStreams(request);
    return signedOutToo(deps, request) ?? frame.saved(request, "Signed out there.");
  }

  return new Elysia()
    .get("/settings/account", ({ request }) => frame.page(request), hidden)
    .post(
      "/settings/password",
      ({ request }) =>
        frame.attempt(request, "password", async () => {
          const change = readForm(request, passwordForm);
          await accounts.changePassword(userOf(request).id, change, sessionHashOf(request));
          closeStreams(request);
          return frame.saved(request, "The password is changed. You are signed out everywhere else.");
        }),
      hidden,
    )
    .delete(
      "/settings/sessions",
      ({ request }) => {
        accounts.endOtherSessions(userOf(request).id, sessionHashOf(request));
        closeStreams(request);
        return frame.saved(request, "You are signed out everywhere else.");
      },
      hidden,
    )
    .delete("/settings/sessions/:id", ({ request, params }) => endSession(request, params.id), Id)
    .post(
      "/settings/sign-ins",
      ({ request }) => {
        const { provider, accountId } = readForm(request, signInForm);
        const { accountName } = signIns.connectOwn(userOf(request).id, pinProviderOf(deps, provider), accountId);
        return frame.saved(request, `${accountName} signs you in from now on.`);
      },
      hidden,
    )
    .delete(
      "/settings/sign-ins/:id",
      ({ request, params }) => {
        signIns.removeOwn(userOf(request).id, params.id);
        closeStreams(request);
        return signedOutToo(deps, request) ?? frame.saved(request, "This account signs you in no longer.");
      },
      Id,
    )
    .post(
      "/settings/tokens",
      ({ request }) =>
        frame.attempt(request, "token", () => {
          const user = userOf(request);
          const { name, token } = accounts.createApiToken(user.id, readForm(request, tokenForm).name);
          // Shown in the answer itself: a redirect would have to keep the token somewhere.
          const content = { tab: "account", account: account(user, request, { name, token }) } as const;
          return frame.shown(request, content, 201);
        }),
      hidden,
    )
    .delete(
      "/settings/tokens/:id",
      ({ request, params }) => {
        accounts.deleteApiToken(userOf(request).id, params.id);
        return frame.saved(request, "The token is deleted.");
      },
      Id,
    );
}
