import { Elysia, t } from "elysia";
import { z } from "zod";
import { personForms } from "../../../views/pages/settings/people.tsx";
import { people } from "../../db/queries/people.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { closeAccount } from "../../services/accounts/farewell.ts";
import { adminOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { checkTypedName } from "./settings-data.ts";
import { settingsFrame } from "./settings-frame.ts";

const newUserForm = z.object({ username: z.string().max(1000), password: z.string().max(4000) });
const roleForm = z.object({ role: z.enum(["admin", "member"]) });
const passwordForm = z.object({ password: z.string().max(4000) });
const removalForm = z.object({ confirm: z.string().max(1000) });

const hidden = { detail: { hide: true } };
const Id = { params: t.Object({ id: t.String() }), ...hidden };

/** Everybody with an account, for admins. */
export function createPeopleSettings(deps: RouteDeps) {
  const { accounts, db, hub, paths } = deps;
  const frame = settingsFrame(deps, paths.users(), (user) => ({
    tab: "people",
    people: { people: people(db).map((person) => ({ ...person, id: String(person.id), self: person.id === user.id })) },
  }));

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
