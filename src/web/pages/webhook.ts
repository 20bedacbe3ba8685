import { Elysia, t } from "elysia";
import { ErrorToast } from "../../../views/pages/error.tsx";
import {
  WebhookPage,
  type WebhookPageModel,
  WebhookRegistration,
  type WebhookRegistrationModel,
  WebhookSettings,
} from "../../../views/pages/webhook.tsx";
import { WebhookDeliveries } from "../../../views/parts/webhook-delivery.tsx";
import { Toast, ToastUpdate } from "../../../views/ui/toast.tsx";
import { providerLabel } from "../../domain/providers.ts";
import { isAppError } from "../../kernel/errors.ts";
import type { DeliveryView } from "../../services/webhooks/types.ts";
import { contextOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { webhookBase } from "../webhook-base.ts";
import { type Visit, visit } from "./answer.ts";

const Which = { params: t.Object({ provider: t.String() }), detail: { hide: true } };

export function createWebhookPages(deps: RouteDeps) {
  const { integrations, webhooks, paths } = deps;
  const baseOf = (request: Request) => webhookBase(deps, contextOf(request));

  async function model(request: Request, userId: number, id: string, isFresh: boolean): Promise<WebhookPageModel> {
    const { serverName, provider } = integrations.get(userId, id);
    const shown = await webhooks.view(userId, id, baseOf(request));
    const { url, registered, registeredAt, registrable, guide } = shown;
    const providerName = providerLabel(provider);
    return {
      integrationId: id,
      serverName,
      providerName,
      url,
      warnings: warningsOf(url),
      registration: registrable ? { integrationId: id, providerName, registered, registeredAt, isFresh } : null,
      guide,
      deliveries: shown.deliveries.map(deliveryModel),
    };
  }

  async function registration(request: Request, userId: number, id: string): Promise<WebhookRegistrationModel> {
    const { provider } = integrations.get(userId, id);
    const { registered, registeredAt } = await webhooks.view(userId, id, baseOf(request));
    return { integrationId: id, providerName: providerLabel(provider), registered, registeredAt, isFresh: true };
  }

  async function rotate(request: Request, id: string): Promise<Response> {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    const { problem } = await webhooks.rotate(userId, id, baseOf(request));
    const left = problem === null ? "" : ` The old one is still in the list: ${problem} Register the new one later.`;
    const text = `The address is new; the old one no longer works.${left}`;
    if (!reply.part) return reply.go(paths.webhook(id), { tone: problem === null ? "success" : "attention", text });
    const page = await model(request, userId, id, true);
    return reply.fragment([WebhookSettings({ ctx, page }), ToastUpdate({ children: Toast({ ctx, text }) })]);
  }

  /** Changes the service's list; what it refuses is said in its own words. */
  async function change(request: Request, id: string, text: string, work: (reply: Visit) => Promise<void>) {
    const reply = visit(deps, request);
    const { ctx, userId } = reply;
    try {
      await work(reply);
    } catch (error) {
      if (!isAppError(error) || error.code === "not-found") throw error;
      const detail = [error.message, error.hint ?? ""].join(" ").trim();
      if (!reply.part) return reply.go(paths.webhook(id), { tone: "attention", text: detail });
      const part = WebhookRegistration({ ctx, registration: await registration(request, userId, id) });
      const problem = { status: 409, title: "Not now", detail };
      return reply.fragment([part, ErrorToast({ ctx, error: problem })], { status: 409 });
    }
    if (!reply.part) return reply.go(paths.webhook(id), { tone: "success", text });
    return reply.fragment(WebhookRegistration({ ctx, registration: await registration(request, userId, id) }));
  }

  return new Elysia()
    .get(
      "/integrations/:provider/webhook",
      async ({ request, params }) => {
        const { ctx, userId, ...reply } = visit(deps, request);
        const page = await model(request, userId, params.provider, false);
        return reply.page(WebhookPage({ ctx, page }));
      },
      Which,
    )
    .post("/integrations/:provider/webhook", ({ request, params }) => rotate(request, params.provider), Which)
    .get(
      "/integrations/:provider/webhook/deliveries",
      ({ request, params }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        const deliveries = webhooks.deliveries(userId, params.provider).map(deliveryModel);
        if (!part) return reply.go(paths.webhook(params.provider));
        return reply.fragment(WebhookDeliveries({ ctx, webhook: { integrationId: params.provider, deliveries } }));
      },
      Which,
    )
    .get(
      "/integrations/:provider/webhook/registration",
      async ({ request, params }) => {
        const { ctx, userId, part, ...reply } = visit(deps, request);
        if (!part) return reply.go(paths.webhook(params.provider));
        await webhooks.isRegistered(userId, params.provider);
        const shown = await registration(request, userId, params.provider);
        return reply.fragment(WebhookRegistration({ ctx, registration: shown }));
      },
      Which,
    )
    .put(
      "/integrations/:provider/webhook/registration",
      ({ request, params }) =>
        change(request, params.provider, "The address is registered.", ({ userId }) =>
          webhooks.register(userId, params.provider, baseOf(request)),
        ),
      Which,
    )
    .delete(
      "/integrations/:provider/webhook/registration",
      ({ request, params }) =>
        change(request, params.provider, "The address is no longer registered.", ({ userId }) =>
          webhooks.unregister(userId, params.provider),
        ),
      Which,
    );
}

const deliveryModel = ({ settledAt: _, ...delivery }: DeliveryView) => delivery;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$|\.localhost$/;

/** What usually keeps a server from reaching an address. */
export function warningsOf(url: string): string[] {
  const { protocol, hostname } = new URL(url);
  const warnings: string[] = [];
  if (LOOPBACK.test(hostname)) {
    warnings.push(
      `${hostname} means each machine itself, so a server on another one, or in a container, does not get here. Open this page under an address that works from there, or set PUBLIC_URL.`,
    );
  }
  if (protocol === "https:") {
    warnings.push(
      "Over https it arrives only with a certificate that your server trusts. With one of your own making, plain http at home is the way.",
    );
  }
  return warnings;
}
