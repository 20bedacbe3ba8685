import { Elysia, t } from "elysia";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Id, IdParams, Iso, IsoOrNull, iso, isoOrNull, NoContent } from "./schemas.ts";

const tags = ["API tokens"];

export function createTokenRoutes({ accounts }: RouteDeps) {
  return new Elysia()
    .get(
      "/api/tokens",
      ({ request }) => ({
        items: accounts.listApiTokens(userOf(request).id).map(({ id, name, createdAt, lastUsedAt }) => ({
          id,
          name,
          createdAt: iso(createdAt),
          lastUsedAt: isoOrNull(lastUsedAt),
        })),
        nextCursor: null,
      }),
      {
        response: {
          200: t.Object({
            items: t.Array(t.Object({ id: Id, name: t.String(), createdAt: Iso, lastUsedAt: IsoOrNull })),
            nextCursor: t.Null(),
          }),
        },
        detail: { summary: "Your API tokens, without their values", tags },
      },
    )
    .post(
      "/api/tokens",
      ({ request, body, set }) => {
        set.status = 201;
        const made = accounts.createApiToken(userOf(request).id, body.name);
        return { ...made, createdAt: iso(made.createdAt) };
      },
      {
        body: t.Object({ name: t.String({ maxLength: 1000 }) }),
        response: {
          201: t.Object({
            id: Id,
            name: t.String(),
            token: t.String({ description: "Shown this once" }),
            createdAt: Iso,
          }),
        },
        detail: { summary: "Make an API token", tags },
      },
    )
    .delete(
      "/api/tokens/:id",
      ({ request, params, set }) => {
        accounts.deleteApiToken(userOf(request).id, params.id);
        set.status = 204;
      },
      { params: IdParams, response: { 204: NoContent }, detail: { summary: "Revoke an API token", tags } },
    );
}
