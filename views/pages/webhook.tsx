import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { Group } from "../parts/setting-group.tsx";
import { WebhookDeliveries, type WebhookDeliveriesModel } from "../parts/webhook-delivery.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { type Attributes, hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { OutLink } from "../ui/link.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { StatusPill } from "../ui/status-pill.tsx";

export type WebhookRegistrationModel = {
  integrationId: string;
  providerName: string;
  registered: boolean;
  /** Under another address than the one shown: its beginning. */
  registeredAt: string | null;
  /** Whether the service has been asked just now; if not, the part asks by itself. */
  isFresh: boolean;
};

export type OtherWayModel = { title: string; intro: string; steps: readonly string[]; template: string | null };

export type WebhookPageModel = WebhookDeliveriesModel & {
  serverName: string;
  providerName: string;
  url: string;
  /** What may keep the address from being reached. */
  warnings: readonly string[];
  /** null: the service keeps no list that could be changed from here. */
  registration: WebhookRegistrationModel | null;
  guide: {
    intro: string;
    title: string;
    page: { url: string; label: string };
    steps: readonly string[];
    others: readonly OtherWayModel[];
  };
};

type Props = { ctx: ViewContext; page: WebhookPageModel };

export function WebhookPage({ ctx, page }: Props): JSX.Element {
  const title = `Webhook of ${page.serverName}`;
  const back = { href: ctx.paths.integrationSettings(page.integrationId), label: "Settings" };
  return (
    <Layout ctx={ctx} title={title} nav="integrations" live>
      <PageHeader ctx={ctx} title={title} lead={page.guide.intro} back={back} />
      <WebhookSettings ctx={ctx} page={page} />
      <WebhookDeliveries ctx={ctx} webhook={page} />
    </Layout>
  );
}

/** Everything about the address; comes anew when it has been changed. */
export function WebhookSettings({ ctx, page }: Props): JSX.Element {
  return (
    <div id={id("webhook")} class="settings">
      <Address ctx={ctx} page={page} />
      {page.registration === null ? (
        ""
      ) : (
        <Group title={`In ${page.providerName}`} hint="Other entries in the list stay as they are.">
          <WebhookRegistration ctx={ctx} registration={page.registration} />
        </Group>
      )}
      <Guide ctx={ctx} page={page} />
    </div>
  );
}

function Address({ ctx, page }: Props): JSX.Element {
  const addressId = id("field", "webhook");
  const hint = `Secret: whoever knows it can post to it. ${page.serverName} itself posts there, from the machine that it runs on.`;
  return (
    <Group title="Address" hint={hint}>
      <div class="secret">
        <code id={addressId} class="webhook-url" safe>
          {page.url}
        </code>
        <CopyButton ctx={ctx} of={addressId} name="Copy the address" />
      </div>
      {page.warnings.map((warning) => (
        <p class="webhook-warning">
          <Icon ctx={ctx} name="alert" />
          <span dir="auto" safe>
            {warning}
          </span>
        </p>
      ))}
      <div class="actions">
        <ActionForm
          action={ctx.paths.webhook(page.integrationId)}
          live={{
            target: target("webhook"),
            swap: "outerMorph",
            confirm: "Make a new address? The old one stops working at once.",
            confirmLabel: "Make a new one",
          }}
        >
          <Button ctx={ctx} kind="quiet" icon="refresh" label="Make a new address" />
        </ActionForm>
      </div>
    </Group>
  );
}

type RegistrationProps = { ctx: ViewContext; registration: WebhookRegistrationModel };

/** Whether the service's own list has it, and the one press that changes it. */
export function WebhookRegistration({ ctx, registration }: RegistrationProps): JSX.Element {
  const { integrationId, providerName, registered, registeredAt, isFresh } = registration;
  const action = ctx.paths.webhookRegistration(integrationId);
  const self = target("webhook-registration");
  const ask: Attributes = isFresh
    ? {}
    : hx({ get: action, trigger: "load", target: self, swap: "outerMorph", keepOnError: true });
  return (
    <div id={id("webhook-registration")} class="stack" {...ask}>
      <div class="webhook-state">
        <StatusPill
          ctx={ctx}
          tone={registered ? "good" : "neutral"}
          icon={registered ? "check-circle" : "circle"}
          label={registered ? "Registered" : "Not registered"}
        />
        <ActionForm action={action} method={registered ? "delete" : "put"} live={{ target: self, swap: "outerMorph" }}>
          {registered ? (
            <Button ctx={ctx} kind="quiet" label={`Remove from ${providerName}`} />
          ) : (
            <Button ctx={ctx} kind="primary" icon="plug" label={`Register with ${providerName}`} />
          )}
        </ActionForm>
      </div>
      {registeredAt === null ? (
        ""
      ) : (
        <p class="dim" dir="auto" safe>
          {`It is registered under ${registeredAt}/…`}
        </p>
      )}
    </div>
  );
}

function Guide({ ctx, page }: Props): JSX.Element {
  const { guide, registration } = page;
  const hint = registration === null ? undefined : "Where one press is not enough, or not possible.";
  return (
    <Group title={registration === null ? `Set it up in ${page.providerName}` : "By hand"} hint={hint}>
      <div>
        <Fold ctx={ctx} title={guide.title} isOpen={registration === null}>
          <Steps steps={guide.steps} />
          <p>
            <OutLink ctx={ctx} href={guide.page.url} label={`Open ${guide.page.label}`} />
          </p>
        </Fold>
        {guide.others.map((other, at) => (
          <OtherWay ctx={ctx} other={other} at={at} />
        ))}
      </div>
    </Group>
  );
}

type FoldProps = PropsWithChildren<{ ctx: ViewContext; title: string; isOpen?: boolean }>;

function Fold({ ctx, title, isOpen = false, children }: FoldProps): JSX.Element {
  return (
    <details class="technical" open={isOpen}>
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span safe>{title}</span>
      </summary>
      <div class="stack webhook-fold">{children}</div>
    </details>
  );
}

function Steps({ steps }: { steps: readonly string[] }): JSX.Element {
  return (
    <ol class="webhook-steps">
      {steps.map((step) => (
        <li safe>{step}</li>
      ))}
    </ol>
  );
}

function OtherWay({ ctx, other, at }: { ctx: ViewContext; other: OtherWayModel; at: number }): JSX.Element {
  return (
    <Fold ctx={ctx} title={other.title}>
      <p safe>{other.intro}</p>
      <Steps steps={other.steps} />
      {other.template === null ? "" : <Template ctx={ctx} text={other.template} at={at} />}
    </Fold>
  );
}

function Template({ ctx, text, at }: { ctx: ViewContext; text: string; at: number }): JSX.Element {
  const templateId = id("field", `webhook-template-${at}`);
  return (
    <div class="secret">
      <pre id={templateId} tabindex="0" safe>
        {text}
      </pre>
      <CopyButton ctx={ctx} of={templateId} name="Copy the JSON data" />
    </div>
  );
}
