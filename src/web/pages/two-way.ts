import { Elysia, t } from "elysia";
import { z } from "zod";
import { type TwoWayModel, TwoWayPage, TwoWaySection } from "../../../views/pages/two-way.tsx";
import type { PushRowFacts } from "../../../views/parts/push-rows.tsx";
import type { TwoWayPlanModel } from "../../../views/parts/two-way-plan.tsx";
import { Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import type { PushLine } from "../../db/queries/pushes.ts";
import { isAppError } from "../../kernel/errors.ts";
import type { IntegrationView } from "../../services/integrations/types.ts";
import { formOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { readForm } from "../form.ts";
import { type Visit, visit } from "./answer.ts";

const ROWS = 50;
const LAST = 10;
const Which = { params: t.Object({ provider: t.String() }), detail: { hide: true } };
const One = { params: t.Object({ provider: t.String(), episode: t.String() }), detail: { hide: true } };
const agreement = z.object({
  fingerprint: z.string().max(100),
  marks: z.literal("true").optional(),
  unmarks: z.literal("true").optional(),
});

/** Marks made here on their way to one server: the switch, the question before it begins, what waits. */
export function createTwoWayPages(deps: RouteDeps) {
  const { integrations, push, providers, paths } = deps;

  function planOf(userId: number, { id, serverName, twoWay, twoWaySince }: IntegrationView): TwoWayPlanModel | null {
    if (!twoWay || twoWaySince !== null) return null;
    try {
      return { serverName, ...push.preview(userId, id) };
    } catch (error) {
      if (!isAppError(error) || error.code !== "conflict") throw error;
      return { problem: [error.message, error.hint ?? ""].join(" ").trim() };
    }
  }

  function model(userId: number, integrationId: string, cursor?: string): TwoWayModel {
    const view = integrations.get(userId, integrationId);
    const { label, capabilities } = providers.get(view.provider).manifest;
    const { items, nextCursor } = push.waiting(userId, view.id, { cursor, limit: ROWS });
    const { waiting, heldMarks, heldUnmarks } = push.counts(userId, view.id);
    return {
      id: view.id,
      serverName: view.serverName,
      providerName: label,
      possible: capabilities.push,
      keepsDates: capabilities.pushDates,
      on: view.twoWay,
      plan: planOf(userId, view),
      waiting: {
        serverName: view.serverName,
        rows: items.map(({ since, held, attempts, nextAt, lastError, ...row }) => ({
          ...facts(row),
          since,
          held,
          attempts,
          nextAt,
          lastError,
        })),
        total: waiting,
        heldMarks,
        heldUnmarks,
        moreHref: nextCursor === null ? null : paths.twoWay(view.id, nextCursor),
      },
      recent: push
        .recent(userId, view.id, LAST)
        .map(({ id, outcome, at, ...row }) => ({ ...facts(row), id, outcome, at })),
    };
  }

  function answer(reply: Visit, integrationId: string, text: string): Response {
    const { ctx, userId } = reply;
    if (!reply.part) return reply.go(paths.twoWay(integrationId), { tone: "success", text });
    const section = TwoWaySection({ ctx, page: model(userId, integrationId) });
    return reply.fragment([section, ToastUpdate({ children: Toast({ ctx, text }) })]);
  }

  function change(request: Request, integrationId: string): Response {
    const reply = visit(deps, request);
    const on = formOf(request).get("twoWay") === "true";
    const { serverName } = integrations.update(reply.userId, integrationId, { twoWay: on });
    return answer(
      reply,
      integrationId,
      on ? "Look at what would change, then begin." : `Nothing more goes to ${serverName}.`,
    );
  }

  function confirm(request: Request, integrationId: string): Response {
    const reply = visit(deps, request);
    const { fingerprint, marks, unmarks } = readForm(request, agreement);
    const agreed = { fingerprint, marks: marks === "true", unmarks: unmarks === "true" };
    const { serverName } = integrations.get(reply.userId, integrationId);
    try {
      push.confirm(reply.userId, integrationId, agreed);
    } catch (error) {
      // Something has changed while the question stood: it is asked anew.
      if (!isAppError(error) || error.code !== "conflict") throw error;
      return answer(reply, integrationId, [error.message, error.hint ?? ""].join(" ").trim());
    }
    return answer(reply, integrationId, `Changes go to ${serverName} from now on.`);
  }

  return new Elysia()
    .get(
      "/integrations/:provider/two-way",
      ({ request, params, query }) => {
        const reply = visit(deps, request);
        const page = model(reply.userId, params.provider, query.cursor);
        const { ctx } = reply;
        return reply.part ? reply.fragment(TwoWaySection({ ctx, page })) : reply.page(TwoWayPage({ ctx, page }));
      },
      { ...Which, query: t.Object({ cursor: t.Optional(t.String({ maxLength: 200 })) }) },
    )
    .post("/integrations/:provider/two-way", ({ request, params }) => change(request, params.provider), Which)
    .post("/integrations/:provider/two-way/confirm", ({ request, params }) => confirm(request, params.provider), Which)
    .post(
      "/integrations/:provider/two-way/approve",
      ({ request, params }) => {
        const reply = visit(deps, request);
        push.release(reply.userId, params.provider);
        return answer(reply, params.provider, "They are on their way.");
      },
      Which,
    )
    .delete(
      "/integrations/:provider/two-way/pushes",
      ({ request, params }) => {
        const reply = visit(deps, request);
        push.giveUp(reply.userId, params.provider);
        return answer(reply, params.provider, "Nothing waits any more.");
      },
      Which,
    )
    .delete(
      "/integrations/:provider/two-way/pushes/:episode",
      ({ request, params }) => {
        const reply = visit(deps, request);
        push.giveUp(reply.userId, params.provider, params.episode);
        return answer(reply, params.provider, "Given up. Your mark stays here.");
      },
      One,
    );
}

function facts({ show, episode, wanted }: Pick<PushLine, "show" | "episode" | "wanted">): PushRowFacts {
  const { id: episodeId, season, number, title } = episode;
  return { episodeId, showId: show.id, show: show.title, season, number, title, wanted };
}
