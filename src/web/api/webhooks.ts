import { Elysia, t } from "elysia";
import { isProviderId, PROVIDER_CHOICE } from "../../domain/providers.ts";
import { AppError } from "../../kernel/errors.ts";
import type { WebhookGuide } from "../../providers/contract.ts";
import type { DeliveryView } from "../../services/webhooks/types.ts";
import { contextOf, userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { webhookBase } from "../webhook-base.ts";
import { readWebhookBody } from "../webhook-body.ts";
import { Id, Iso, IsoOrNull, iso, isoOrNull, NoContent, TextOrNull } from "./schemas.ts";

const tags = ["Integrations"];
// The router wants one name for what stands after /integrations/.
const Params = t.Object({ provider: t.String({ description: "The integration's id" }) });

const Delivery = t.Object({
  id: Id,
  event: t.String({ description: "In the server's own word, such as media.scrobble" }),
  title: TextOrNull,
  outcome: t.Unsafe<DeliveryView["outcome"]>(
    t.Union(
      ["waiting", "used", "ignored", "failed"].map((name) => t.Literal(name)),
      { description: "waiting: the server is asked again at nextAttemptAt" },
    ),
  ),
  reason: t.Union([t.String(), t.Null()], { description: "Why, one sentence" }),
  syncId: t.Union([Id, t.Null()], { description: "The run that stored what it brought" }),
  receivedAt: Iso,
  settledAt: IsoOrNull,
  nextAttemptAt: IsoOrNull,
});

const steps = t.Array(t.String());
const Guide = t.Object(
  {
    intro: t.String(),
    title: t.String(),
    page: t.Object({ url: t.String(), label: t.String() }),
    steps,
    others: t.Array(
      t.Object({
        title: t.String(),
        intro: t.String(),
        steps,
        template: t.Union([t.String(), t.Null()], { description: "To be pasted" }),
      }),
    ),
  },
  { description: "How it is set up by hand, in the words of the server's own pages" },
);

const Webhook = t.Object({
  url: t.String({ description: "Secret: who knows it can post to it" }),
  registered: t.Boolean({ description: "The service's own list holds this address" }),
  registeredAt: t.Union([t.String(), t.Null()], {
    description: "Under which other address of this program, its beginning without the secret",
  }),
  registrable: t.Boolean({ description: "The service has such a list" }),
  problem: t.Union([t.String(), t.Null()], { description: "Why the list could not be changed just now" }),
  guide: Guide,
  deliveries: t.Array(Delivery, { description: "The latest, newest first" }),
});

function deliveryJson(delivery: DeliveryView) {
  return {
    ...delivery,
    receivedAt: iso(delivery.receivedAt),
    settledAt: isoOrNull(delivery.settledAt),
    nextAttemptAt: isoOrNull(delivery.nextAttemptAt),
  };
}

function guideJson({ steps: first, others, ...guide }: WebhookGuide) {
  return { ...guide, steps: [...first], others: others.map((way) => ({ ...way, steps: [...way.steps] })) };
}

export function createWebhookRoutes(deps: RouteDeps) {
  const { webhooks } = deps;

  async function webhookJson(request: Request, integrationId: string, problem: string | null = null) {
    const userId = userOf(request).id;
    const registered = await webhooks.isRegistered(userId, integrationId);
    const shown = await webhooks.view(userId, integrationId, webhookBase(deps, contextOf(request)));
    const { guide, deliveries } = shown;
    return { ...shown, registered, problem, guide: guideJson(guide), deliveries: deliveries.map(deliveryJson) };
  }

  return new Elysia()
    .get("/api/integrations/:provider/webhook", ({ request, params }) => webhookJson(request, params.provider), {
      params: Params,
      response: { 200: Webhook },
      detail: {
        summary: "The webhook address of a server, and what has come to it",
        description:
          "Whether it is registered is asked of the service; when that does not answer, it is as known last.",
        tags,
      },
    })
    .post(
      "/api/integrations/:provider/webhook",
      async ({ request, params }) => {
        const base = webhookBase(deps, contextOf(request));
        const { problem } = await webhooks.rotate(userOf(request).id, params.provider, base);
        return webhookJson(request, params.provider, problem);
      },
      {
        params: Params,
        response: { 200: Webhook },
        detail: {
          summary: "Make a new webhook address",
          description: "The old one is nobody's from then on. In the service's list the new one takes its place.",
          tags,
        },
      },
    )
    .put(
      "/api/integrations/:provider/webhook/registration",
      async ({ request, params }) => {
        const base = webhookBase(deps, contextOf(request));
        await webhooks.register(userOf(request).id, params.provider, base);
        return { registered: true };
      },
      {
        params: Params,
        response: { 200: t.Object({ registered: t.Boolean() }) },
        detail: {
          summary: "Put the address into the service's own list",
          description: "Other entries stay. 409 with a sentence when the account may have no webhooks.",
          tags,
        },
      },
    )
    .delete(
      "/api/integrations/:provider/webhook/registration",
      async ({ request, params, set }) => {
        await webhooks.unregister(userOf(request).id, params.provider);
        set.status = 204;
      },
      {
        params: Params,
        response: { 204: NoContent },
        detail: { summary: "Take the address out of the service's own list", tags },
      },
    )
    .post(
      "/api/webhooks/:provider/:secret",
      async ({ request, params, set }) => {
        const target = isProviderId(params.provider) ? webhooks.find(params.provider, params.secret) : null;
        if (target === null) throw new AppError("not-found", "There is nothing at this address.");
        webhooks.receive(target, await readWebhookBody(request));
        set.status = 202;
      },
      {
        params: t.Object({ provider: t.String({ description: PROVIDER_CHOICE }), secret: t.String() }),
        response: { 202: t.Void({ description: "Taken; the server is asked about it afterwards" }) },
        detail: {
          summary: "Where a media server posts its news",
          description:
            "The secret in the address is the key. Multipart forms, form fields and JSON are understood; at most 5 MB. What it says is only a hint: the server is asked before anything is stored.",
          tags,
        },
      },
    );
}
