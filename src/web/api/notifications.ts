import { Elysia, t } from "elysia";
import { TARGET_KINDS } from "../../domain/notification-target.ts";
import type { TargetView } from "../../services/notifications/types.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Id, IdParams, Iso, IsoOrNull, iso, isoOrNull, NoContent, TextOrNull } from "./schemas.ts";

const tags = ["Notifications"];

const Place = t.Object({
  id: Id,
  name: t.String(),
  kind: t.Unsafe<TargetView["kind"]>(t.Union(TARGET_KINDS.map((kind) => t.Literal(kind)))),
  host: t.String({ description: "All of the address that is ever shown again" }),
  enabled: t.Boolean(),
  lastSentAt: IsoOrNull,
  problem: t.Union([t.String(), t.Null()], { description: "Why the last message did not arrive" }),
  createdAt: Iso,
});

const Url = t.String({
  maxLength: 2000,
  description:
    "`https://…` (a JSON webhook), `ntfys://host/topic`, `discord://id/token`, `gotifys://host/token` or `apprises://host/key`; `ntfy`, `gotify` and `apprise` without TLS",
});
const Name = t.String({ maxLength: 1000, description: "In your own words; left out, that of the service" });

const placeJson = (place: TargetView) => ({
  ...place,
  lastSentAt: isoOrNull(place.lastSentAt),
  createdAt: iso(place.createdAt),
});

export function createNotificationRoutes({ notifications }: RouteDeps) {
  return new Elysia()
    .get(
      "/api/notifications",
      ({ request }) => ({ items: notifications.list(userOf(request).id).map(placeJson), nextCursor: null }),
      {
        response: { 200: t.Object({ items: t.Array(Place), nextCursor: t.Null() }) },
        detail: { summary: "Where you are told of trouble with your servers", tags },
      },
    )
    .post(
      "/api/notifications",
      async ({ request, body, set }) => {
        const made = await notifications.add(userOf(request).id, body);
        set.status = 201;
        return placeJson(made);
      },
      {
        body: t.Object({ url: Url, name: t.Optional(Name), enabled: t.Optional(t.Boolean()) }),
        response: { 201: Place },
        detail: {
          summary: "Add a place",
          description:
            "Told once when a server needs a new sign-in or cannot be synced for long, and once when it is well again. A webhook gets `{event,title,message,provider,server,since,link}` with `event` one of `needs-login`, `failing`, `recovered`, `test`. At most 10 places (else 409).",
          tags,
        },
      },
    )
    .patch(
      "/api/notifications/:id",
      async ({ request, params, body }) => placeJson(await notifications.change(userOf(request).id, params.id, body)),
      {
        params: IdParams,
        body: t.Object({ url: t.Optional(Url), name: t.Optional(Name), enabled: t.Optional(t.Boolean()) }),
        response: { 200: Place },
        detail: { summary: "Change a place, or switch it off and on", tags },
      },
    )
    .delete(
      "/api/notifications/:id",
      ({ request, params, set }) => {
        notifications.remove(userOf(request).id, params.id);
        set.status = 204;
      },
      { params: IdParams, response: { 204: NoContent }, detail: { summary: "Remove a place", tags } },
    )
    .post("/api/notifications/:id/test", ({ request, params }) => notifications.test(userOf(request).id, params.id), {
      params: IdParams,
      response: { 200: t.Object({ ok: t.Boolean(), message: t.String(), hint: TextOrNull }) },
      detail: {
        summary: "Send a test message",
        description: "200 with `ok:false` and the reason when it does not arrive.",
        tags,
      },
    });
}
