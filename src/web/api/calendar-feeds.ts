import { Elysia, t } from "elysia";
import { feedLinks } from "../calendar-links.ts";
import { contextOf, userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Id, IdParams, Iso, IsoOrNull, iso, isoOrNull, NoContent } from "./schemas.ts";

const tags = ["Calendar"];

export function createCalendarFeedRoutes(deps: RouteDeps) {
  const { accounts } = deps;
  return new Elysia()
    .get(
      "/api/calendar/feeds",
      ({ request }) => ({
        items: accounts.listCalendarFeeds(userOf(request).id).map(({ id, name, createdAt, lastFetchedAt }) => ({
          id,
          name,
          createdAt: iso(createdAt),
          lastFetchedAt: isoOrNull(lastFetchedAt),
        })),
        nextCursor: null,
      }),
      {
        response: {
          200: t.Object({
            items: t.Array(t.Object({ id: Id, name: t.String(), createdAt: Iso, lastFetchedAt: IsoOrNull })),
            nextCursor: t.Null(),
          }),
        },
        detail: { summary: "Secret addresses of your calendar, without the addresses", tags },
      },
    )
    .post(
      "/api/calendar/feeds",
      ({ request, body, set }) => {
        const { token, ...made } = accounts.createCalendarFeed(userOf(request).id, body.name);
        const { watching = false, unwatched = false } = body;
        set.status = 201;
        return {
          ...made,
          ...feedLinks(deps, contextOf(request), token, { watching, unwatched }),
          createdAt: iso(made.createdAt),
        };
      },
      {
        body: t.Object({
          name: t.String({ maxLength: 1000, description: "Which program or person it is for" }),
          watching: t.Optional(t.Boolean({ description: "Only shows on the list watching" })),
          unwatched: t.Optional(t.Boolean({ description: "Without what you have watched" })),
        }),
        response: {
          201: t.Object({
            id: Id,
            name: t.String(),
            url: t.String({ description: "Shown this once" }),
            webcalUrl: t.String({ description: "The same; opens a calendar program" }),
            createdAt: Iso,
          }),
        },
        detail: {
          summary: "Make a secret address of your calendar",
          description:
            "An iCalendar feed (RFC 5545) from 30 days ago to all that is announced. It needs no sign-in: who knows the address can read it. Its parameters may be changed at any time: `list` (watching, later, ended, archived; all but archived ones without it) and `unwatched=1` (without what you have watched). Answers carry `ETag` and `Last-Modified`.",
          tags,
        },
      },
    )
    .delete(
      "/api/calendar/feeds/:id",
      ({ request, params, set }) => {
        accounts.deleteCalendarFeed(userOf(request).id, params.id);
        set.status = 204;
      },
      {
        params: IdParams,
        response: { 204: NoContent },
        detail: { summary: "Take an address back: it is nobody's from then on", tags },
      },
    );
}
