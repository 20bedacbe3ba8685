import { Elysia, t } from "elysia";
import type { Flash } from "../../../views/context.ts";
import { target } from "../../../views/dom.ts";
import { Banners } from "../../../views/layout.tsx";
import { ErrorToast } from "../../../views/pages/error.tsx";
import { IntegrationsPage, IntegrationsSection } from "../../../views/pages/integrations.tsx";
import { PinReturnPage } from "../../../views/pages/sign-in.tsx";
import { IntegrationCard } from "../../../views/parts/integration-card.tsx";
import { PartUpdate } from "../../../views/ui/toast.tsx";
import { isAppError } from "../../kernel/errors.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { page } from "../respond.ts";
import { type Visit, visit } from "./answer.ts";
import { viewContext } from "./context.ts";
import { cardModel, integrationsModel } from "./integration-model.ts";

// The router wants one name for what stands after /integrations/: a kind of server for `pins`, else an integration's id.
const Which = { params: t.Object({ provider: t.String() }), detail: { hide: true } };

export function createIntegrationPages(deps: RouteDeps) {
  const { integrations, sync, paths } = deps;

  const card = ({ ctx, userId }: Visit, integrationId: string) =>
    IntegrationCard({ ctx, integration: cardModel(deps, ctx, userId, integrations.get(userId, integrationId)) });

  /** One that runs already is as good as a new one. */
  function startSync(request: Request, integrationId: string, mode: "preview" | undefined): Response {
    const reply = visit(deps, request);
    const { id } = integrations.get(reply.userId, integrationId);
    try {
      const syncId = sync.start(Number(id), { trigger: "manual", ...(mode === undefined ? {} : { mode }) });
      if (!reply.part) return reply.go(mode === "preview" ? paths.sync(syncId) : paths.integrations());
    } catch (error) {
      if (!isAppError(error) || error.code !== "conflict") throw error;
      return refusedSync(reply, id, error);
    }
    return reply.fragment(card(reply, id), { trigger: "sync-started" });
  }

  function refusedSync(reply: Visit, id: string, error: { message: string; hint: string | undefined }): Response {
    const text = [error.message, error.hint ?? ""].join(" ").trim();
    const flash: Flash = { tone: "attention", text };
    if (!reply.part) return reply.go(paths.integrations(), flash);
    const { ctx } = reply;
    const problem = { status: 409, title: "Not now", detail: text };
    return reply.fragment([card(reply, id), ErrorToast({ ctx, error: problem })], { status: 409 });
  }

  return new Elysia()
    .get(
      "/integrations",
      ({ request }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const model = integrationsModel(deps, ctx, userId);
        return part
          ? reply.fragment(IntegrationsSection({ ctx, page: model }))
          : reply.page(IntegrationsPage({ ctx, page: model }));
      },
      { detail: { hide: true } },
    )
    .get(
      "/integrations/:provider/return",
      ({ request }) => page(String(PinReturnPage({ ctx: viewContext(deps, request) }))),
      Which,
    )
    .get(
      "/integrations/:provider/card",
      ({ request, params }) => {
        const reply = visit(deps, request);
        return reply.fragment(card(reply, params.provider));
      },
      Which,
    )
    .post(
      "/integrations/:provider/syncs",
      ({ request, params }) => startSync(request, params.provider, undefined),
      Which,
    )
    .post(
      "/integrations/:provider/dismissal",
      ({ request, params }) => {
        integrations.dismiss(userOf(request).id, params.provider);
        const { ctx, part, ...reply } = visit(deps, request);
        return part ? reply.fragment(Banners({ ctx })) : reply.go(reply.cameFrom(paths.home()));
      },
      Which,
    )
    .post(
      "/integrations/:provider/previews",
      ({ request, params }) => startSync(request, params.provider, "preview"),
      Which,
    )
    .delete(
      "/integrations/:provider",
      async ({ request, params }) => {
        const reply = visit(deps, request);
        const { ctx, userId } = reply;
        const { serverName } = integrations.get(userId, params.provider);
        await integrations.disconnect(userId, params.provider);
        const text = `${serverName} is disconnected. What was synced stays in your library.`;
        if (!reply.part) return reply.go(paths.integrations(), { tone: "success", text });
        const section = IntegrationsSection({ ctx, page: integrationsModel(deps, ctx, userId) });
        return reply.fragment(PartUpdate({ target: target("integrations"), swap: "outerHTML", children: section }));
      },
      Which,
    );
}
