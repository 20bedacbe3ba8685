import { Elysia, t } from "elysia";
import { z } from "zod";
import { personForms } from "../../../views/pages/settings/people.tsx";
import { allowForm } from "../../../views/pages/settings/sign-in-with.tsx";
import { people } from "../../db/queries/people.ts";
import { toRowId } from "../../db/row-id.ts";
import { providerLabel } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import { closeAccount } from "../../services/accounts/farewell.ts";
import { adminOf, formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { pinProviderOf } from "../provider.ts";
import { visit } from "./answer.ts";
import { checkTypedName } from "./settings-data.ts";
import { settingsFrame, signedOutToo } from "./settings-frame.ts";
import { signInWithModel } from "./sign-in-models.ts";

const newUserForm = z.object({ username: z.string().max(1000), password: z.string().max(4000) });
const roleForm = z.object({ role: z.enum(["admin", "member"]) });
const passwordForm = z.object({ password: z.string().max(4000) });
const removalForm = z.object({ confirm: z.string().max(1000) });

const hidden = { detail: { hide: true } };
const Id = { params: t.Object({ id: t.String() }), ...hidden };

const allowedForm = z.object({
  provider: z.string().max(50),
  accountId: z.string().max(200).optional(),
  name: z.string().max(400),
  user: z.string().max(30).optional(),
});

/** Everybody with an account, and who may come in with one elsewhere; for admins. */
export function createPeopleSettings(deps: RouteDeps) {
  const { accounts, db, hub, paths, signIns } = deps;
  const frame = settingsFrame(deps, paths.users(), (user) => ({
    tab: "people",
    people: {
      people: people(db).map((person) => ({ ...person, id: String(person.id), self: person.id === user.id })),
      signIn: signInWithModel(deps),
    },
  }));

  /** From this page or from a household's, back to where it was pressed. */
  function allow(request: Request): Response {
    const { provider: name, accountId, user = "", ...typed } = readForm(request, allowedForm);
    const provider = pinProviderOf(deps, name);
    const userId = user === "" ? null : toRowId(user);
    if (user !== "" && userId === null) throw new AppError("not-found", "There is no such user.");
    const account = accountId === undefined ? { wanted: typed.name } : { id: accountId, name: typed.name };
    const { accountName } = signIns.allow({ provider, account, userId });
    const text = `${accountName} may sign in with ${providerLabel(provider)} now.`;
    const { part, go, cameFrom } = visit(deps, request);
    return part ? frame.saved(request, text) : go(cameFrom(paths.users()), { tone: "success", text });
  }

  function turn(request: Request, name: string): Response {
    const provider = pinProviderOf(deps, name);
    const on = formOf(request).get("on") === "true";
    for (const userId of signIns.turn(provider, on)) hub.closeOwner(String(userId));
    const text = `Signing in with ${providerLabel(provider)} is switched ${on ? "on" : "off"}.`;
    return signedOutToo(deps, request) ?? frame.saved(request, text);
  }

  /** Somebody else, as the admin who asks sees them. */
  function otherOf(request: Request, userId: string) {
    const admin = adminOf(request);
    const id = toRowId(userId);
    if (id === null) throw new AppError("not-found", "There is no such user.");
    if (id === admin.id) throw new AppError("conflict", "Your own account is under You, Sign-in and Data.");
    return accounts.get(id);
  }

  return new Elysia()
    .get(
      "/settings/users",
      ({ request }) => {
        adminOf(request);
        return frame.page(request);
      },
      hidden,
    )
    .post(
      "/settings/users",
      ({ request }) => {
        adminOf(request);
        return frame.attempt(request, "new-user", async () => {
          const { username } = await accounts.createUser(readForm(request, newUserForm));
          return frame.saved(request, `${username} can sign in now.`);
        });
      },
      hidden,
    )
    .post(
      "/settings/users/:id",
      ({ request, params }) => {
        const { id, username } = otherOf(request, params.id);
        const { role } = accounts.changeRole(id, readForm(request, roleForm).role);
        return frame.saved(request, `${username} is ${role === "admin" ? "an admin" : "a member"} now.`);
      },
      Id,
    )
    .post(
      "/settings/users/:id/password",
      ({ request, params }) => {
        const { id, username } = otherOf(request, params.id);
        return frame.attempt(request, personForms(params.id).password, async () => {
          await accounts.resetPassword(id, readForm(request, passwordForm).password);
          hub.closeOwner(String(id));
          return frame.saved(request, `${username} has a new password and is signed out everywhere.`);
        });
      },
      Id,
    )
    .post(
      "/settings/sign-in-ways/:id",
      ({ request, params }) => {
        adminOf(request);
        return turn(request, params.id);
      },
      Id,
    )
    .post(
      "/settings/sign-in-accounts",
      ({ request }) => {
        adminOf(request);
        const form = allowForm(formOf(request).get("provider") ?? "");
        return frame.attempt(request, form, () => allow(request));
      },
      hidden,
    )
    .delete(
      "/settings/sign-in-accounts/:id",
      ({ request, params }) => {
        adminOf(request);
        const userId = signIns.remove(params.id);
        if (userId !== null) hub.closeOwner(String(userId));
        return signedOutToo(deps, request) ?? frame.saved(request, "This account lets nobody in any more.");
      },
      Id,
    )
    .delete(
      "/settings/users/:id",
      ({ request, params }) => {
        const { id, username } = otherOf(request, params.id);
        return frame.attempt(request, personForms(params.id).removal, async () => {
          checkTypedName(readForm(request, removalForm).confirm, username);
          await closeAccount(deps, id);
          hub.closeOwner(String(id));
          return frame.saved(request, `The account of ${username} is deleted.`);
        });
      },
      Id,
    );
}
