import { Elysia, t } from "elysia";
import { people } from "../../db/queries/people.ts";
import { toRowId } from "../../db/row-id.ts";
import { AppError } from "../../kernel/errors.ts";
import { closeAccount } from "../../services/accounts/farewell.ts";
import { adminOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IdParams, isoOrNull, NoContent, Person, Role, User } from "./schemas.ts";
import { userJson } from "./shapes.ts";

const tags = ["Users"];

/** The row behind an id in an address. */
function idOf(text: string): number {
  const id = toRowId(text);
  if (id === null) throw new AppError("not-found", "There is no such user.");
  return id;
}

export function createUserRoutes(deps: RouteDeps) {
  const { accounts, config, db, hub } = deps;
  const view = (user: Parameters<typeof userJson>[0]) => userJson(user, config.timeZone);

  function everybody() {
    const glances = new Map(people(db).map((person) => [person.id, person]));
    return accounts.list().map((user) => {
      const { lastSeenAt = null, shows = 0 } = glances.get(user.id) ?? {};
      return { ...view(user), lastSeenAt: isoOrNull(lastSeenAt), shows };
    });
  }

  return new Elysia()
    .get(
      "/api/users",
      ({ request }) => {
        adminOf(request);
        return { items: everybody(), nextCursor: null };
      },
      {
        response: { 200: t.Object({ items: t.Array(Person), nextCursor: t.Null() }) },
        detail: { summary: "All accounts (admin)", tags },
      },
    )
    .post(
      "/api/users",
      async ({ request, body, set }) => {
        adminOf(request);
        set.status = 201;
        return view(await accounts.createUser(body));
      },
      {
        body: t.Object({
          username: t.String({ maxLength: 1000 }),
          password: t.String({ maxLength: 4000 }),
          role: t.Optional(Role),
        }),
        response: { 201: User },
        detail: { summary: "Make an account for somebody (admin)", tags },
      },
    )
    .patch(
      "/api/users/:id",
      ({ request, params, body }) => {
        adminOf(request);
        const id = idOf(params.id);
        return view(body.role === undefined ? accounts.get(id) : accounts.changeRole(id, body.role));
      },
      {
        params: IdParams,
        body: t.Object({ role: t.Optional(Role) }),
        response: { 200: User },
        detail: { summary: "Change somebody's role (admin)", description: "409 for the last admin.", tags },
      },
    )
    .post(
      "/api/users/:id/password",
      async ({ request, params, body, set }) => {
        adminOf(request);
        const id = idOf(params.id);
        await accounts.resetPassword(id, body.password);
        hub.closeOwner(String(id));
        set.status = 204;
      },
      {
        params: IdParams,
        body: t.Object({ password: t.String({ maxLength: 4000 }) }),
        response: { 204: NoContent },
        detail: { summary: "Set somebody's password (admin)", description: "Ends all of their sessions.", tags },
      },
    )
    .delete(
      "/api/users/:id",
      async ({ request, params, set }) => {
        adminOf(request);
        const { id } = accounts.get(idOf(params.id));
        await closeAccount(deps, id);
        hub.closeOwner(String(id));
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: {
          summary: "Delete an account and everything that belongs to it (admin)",
          description: "409 for the last admin.",
          tags,
        },
      },
    );
}
