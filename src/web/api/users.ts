import { Elysia, t } from "elysia";
import { AppError } from "../../kernel/errors.ts";
import { adminOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { IdParams, NoContent, Role, User } from "./schemas.ts";
import { userJson } from "./shapes.ts";

const tags = ["Users"];

export function createUserRoutes({ accounts, config }: RouteDeps) {
  const view = (user: Parameters<typeof userJson>[0]) => userJson(user, config.timeZone);

  return new Elysia()
    .get(
      "/api/users",
      ({ request }) => {
        adminOf(request);
        return { items: accounts.list().map(view), nextCursor: null };
      },
      {
        response: { 200: t.Object({ items: t.Array(User), nextCursor: t.Null() }) },
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
    .delete(
      "/api/users/:id",
      ({ request, params, set }) => {
        adminOf(request);
        const user = accounts.list().find(({ id }) => String(id) === params.id);
        if (user === undefined) throw new AppError("not-found", "There is no such user.");
        accounts.deleteUser(user.id);
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: { summary: "Delete an account and everything that belongs to it (admin)", tags },
      },
    );
}
