import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Time } from "../ui/time.tsx";
import { refreshing } from "./more.tsx";

export type WebhookDeliveryModel = {
  id: string;
  /** In the server's own word. */
  event: string;
  title: string | null;
  outcome: "waiting" | "used" | "ignored" | "failed";
  reason: string | null;
  syncId: string | null;
  receivedAt: number;
  nextAttemptAt: number | null;
};

export type WebhookDeliveriesModel = { integrationId: string; deliveries: readonly WebhookDeliveryModel[] };

const LOOK: Record<WebhookDeliveryModel["outcome"], { icon: IconName; label: string; tone: string }> = {
  waiting: { icon: "clock", label: "Waiting", tone: "active" },
  used: { icon: "check-circle", label: "Used", tone: "good" },
  ignored: { icon: "ban", label: "Not used", tone: "neutral" },
  failed: { icon: "x-circle", label: "Failed", tone: "bad" },
};

type Props = { ctx: ViewContext; webhook: WebhookDeliveriesModel };

/** What has come to the address, newest first; a new one appears by itself. */
export function WebhookDeliveries({ ctx, webhook }: Props): JSX.Element {
  const { integrationId, deliveries } = webhook;
  const refresh = refreshing({
    href: ctx.paths.webhookDeliveries(integrationId),
    into: target("webhook-deliveries"),
    on: ["webhook-delivery", "resync"],
  });
  return (
    <section id={id("webhook-deliveries")} class="section" aria-label="Last deliveries" {...refresh}>
      <h2>Last deliveries</h2>
      {deliveries.length === 0 ? (
        <p class="webhook-none">
          <Icon ctx={ctx} name="clock" />
          <span>Waiting for the first delivery. Watch an episode to its end, and it appears here.</span>
        </p>
      ) : (
        <ol class="webhook-rows">
          {deliveries.map((delivery) => (
            <Row ctx={ctx} delivery={delivery} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({ ctx, delivery }: { ctx: ViewContext; delivery: WebhookDeliveryModel }): JSX.Element {
  const look = LOOK[delivery.outcome];
  return (
    <li class="webhook-row">
      <Icon ctx={ctx} name={look.icon} label={look.label} class={`tone-${look.tone}`} />
      <div class="webhook-what">
        <p class={delivery.outcome === "used" ? "strong" : undefined} dir="auto" safe>
          {delivery.title ?? delivery.event}
        </p>
        <p class="webhook-why dim">
          {delivery.title === null ? (
            ""
          ) : (
            <span class="webhook-event" safe>
              {delivery.event}
            </span>
          )}
          {delivery.reason === null ? (
            ""
          ) : (
            <span dir="auto" safe>
              {delivery.reason}
            </span>
          )}
          {delivery.nextAttemptAt === null ? (
            ""
          ) : (
            <span>
              <span>Looks again </span>
              <Time ctx={ctx} at={delivery.nextAttemptAt} />
            </span>
          )}
          {delivery.syncId === null ? (
            ""
          ) : (
            <a class="link" href={ctx.paths.sync(delivery.syncId)}>
              What it brought
            </a>
          )}
        </p>
      </div>
      <span class="webhook-when dim numbers">
        <Time ctx={ctx} at={delivery.receivedAt} />
      </span>
    </li>
  );
}
