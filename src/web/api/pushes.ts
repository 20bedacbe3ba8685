import { Elysia, t } from "elysia";
import type { PushLine, WaitingPush } from "../../db/queries/pushes.ts";
import { PUSH_OUTCOMES, WISHES } from "../../domain/push.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { Id, Iso, IsoOrNull, iso, isoOrNull, NoContent, oneOf, TextOrNull } from "./schemas.ts";

const tags = ["Two-way sync"];
// The router wants one name for what stands here: below these paths it is an integration's id.
const Which = t.Object({ provider: t.String({ description: "The integration's id" }) });
const OnePush = t.Object({ ...Which.properties, episode: t.String({ description: "The episode's id" }) });

const Wanted = oneOf(WISHES);

const Plan = t.Object({
  marks: t.Integer({ description: "Episodes watched here and not there" }),
  unmarks: t.Integer({ description: "Episodes watched there that were unmarked here by hand" }),
  shows: t.Array(
    t.Object({
      showId: Id,
      title: t.String(),
      marks: t.Integer(),
      unmarks: t.Integer(),
      episodes: t.Array(
        t.Object({
          season: t.Integer(),
          number: t.Union([t.Integer(), t.Null()]),
          title: TextOrNull,
          wanted: Wanted,
        }),
        { description: "The first 100" },
      ),
    }),
  ),
  fingerprint: t.String({ description: "Names this plan; `confirm` wants it" }),
  readAt: Iso,
});

const pushFields = {
  episodeId: Id,
  showId: Id,
  show: t.String(),
  season: t.Integer(),
  number: t.Union([t.Integer(), t.Null()]),
  title: TextOrNull,
  wanted: Wanted,
};

const Waiting = t.Object({
  ...pushFields,
  since: Iso,
  held: t.Boolean({ description: "Waits for `pushes/approve`" }),
  attempts: t.Integer(),
  nextTry: IsoOrNull,
  lastError: TextOrNull,
});

const Done = t.Object({
  id: Id,
  ...pushFields,
  outcome: oneOf(PUSH_OUTCOMES),
  at: Iso,
});

function pushJson({ show, episode, wanted }: Pick<PushLine, "show" | "episode" | "wanted">) {
  const { season, number, title } = episode;
  return { episodeId: episode.id, showId: show.id, show: show.title, season, number, title, wanted };
}

const waitingJson = (push: WaitingPush) => ({
  ...pushJson(push),
  since: iso(push.since),
  held: push.held,
  attempts: push.attempts,
  nextTry: isoOrNull(push.nextAt),
  lastError: push.lastError,
});

/** Marks of the tracker on their way to one of the user's servers. */
export function createPushRoutes({ push }: RouteDeps) {
  return new Elysia()
    .post(
      "/api/integrations/:provider/two-way/preview",
      ({ request, params }) => {
        const plan = push.preview(userOf(request).id, params.provider);
        return { ...plan, readAt: iso(plan.readAt) };
      },
      {
        params: Which,
        response: { 200: Plan },
        detail: {
          summary: "What two-way sync would change on the server",
          description: "As of the server's last reading; changes nothing. 409 while `twoWay` is off.",
          tags,
        },
      },
    )
    .post(
      "/api/integrations/:provider/two-way/confirm",
      ({ request, params, body }) => ({
        queued: push.confirm(userOf(request).id, params.provider, {
          fingerprint: body.fingerprint,
          marks: body.marks ?? true,
          unmarks: body.unmarks ?? false,
        }),
      }),
      {
        params: Which,
        body: t.Object({
          fingerprint: t.String({ maxLength: 100, description: "Of the plan that was looked at" }),
          marks: t.Optional(t.Boolean({ description: "Mark there what is watched here. Default true" })),
          unmarks: t.Optional(t.Boolean({ description: "Unmark there what was unmarked here. Default false" })),
        }),
        response: { 200: t.Object({ queued: t.Integer() }) },
        detail: {
          summary: "Agree to a plan, and send changes from now on",
          description: "409 when the plan is another one by now.",
          tags,
        },
      },
    )
    .get(
      "/api/integrations/:provider/pushes",
      ({ request, params, query }) => {
        const options = { cursor: query.cursor, limit: query.limit ?? 50 };
        const { items, nextCursor } = push.waiting(userOf(request).id, params.provider, options);
        return { items: items.map(waitingJson), nextCursor };
      },
      {
        params: Which,
        query: t.Object({
          cursor: t.Optional(t.String({ maxLength: 200 })),
          limit: t.Optional(t.Integer({ minimum: 1, maximum: 200 })),
        }),
        response: { 200: t.Object({ items: t.Array(Waiting), nextCursor: TextOrNull }) },
        detail: { summary: "What waits to be sent, oldest first", tags },
      },
    )
    .get(
      "/api/integrations/:provider/pushes/recent",
      ({ request, params, query }) => {
        const lines = push.recent(userOf(request).id, params.provider, query.limit ?? 20);
        return {
          items: lines.map((line) => ({ id: line.id, ...pushJson(line), outcome: line.outcome, at: iso(line.at) })),
          nextCursor: null,
        };
      },
      {
        params: Which,
        query: t.Object({ limit: t.Optional(t.Integer({ minimum: 1, maximum: 200 })) }),
        response: { 200: t.Object({ items: t.Array(Done), nextCursor: t.Null() }) },
        detail: {
          summary: "What became of the last pushes, newest first",
          description:
            "`sent`; `already`: the server had it so; `newer`: it was watched there after the wish, which stays; `gone`: it is no longer there; `refused`; `given-up`.",
          tags,
        },
      },
    )
    .post(
      "/api/integrations/:provider/pushes/approve",
      ({ request, params }) => ({ released: push.release(userOf(request).id, params.provider) }),
      {
        params: Which,
        response: { 200: t.Object({ released: t.Integer() }) },
        detail: { summary: "Send what was held back because it was a lot, or came from an import", tags },
      },
    )
    .delete(
      "/api/integrations/:provider/pushes",
      ({ request, params, set }) => {
        push.giveUp(userOf(request).id, params.provider);
        set.status = 204;
      },
      { params: Which, response: { 204: NoContent }, detail: { summary: "Give up on everything that waits", tags } },
    )
    .delete(
      "/api/integrations/:provider/pushes/:episode",
      ({ request, params, set }) => {
        push.giveUp(userOf(request).id, params.provider, params.episode);
        set.status = 204;
      },
      { params: OnePush, response: { 204: NoContent }, detail: { summary: "Give up on one episode", tags } },
    );
}
