import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { ConnectCard, ConnectForm, IntegrationCard, type IntegrationCardModel } from "../parts/integration-card.tsx";
import { type PinModel, PinPage } from "../parts/pin-dialog.tsx";
import { RecentSyncs, type SyncRowModel } from "../parts/sync-row.tsx";
import { hx } from "../ui/hx.ts";
import { PageHeader } from "../ui/page-header.tsx";

export type ProviderModel = { provider: string; providerName: string; text: string };

export type IntegrationsPageModel = {
  integrations: readonly IntegrationCardModel[];
  /** The kinds of servers that can be connected. */
  providers: readonly ProviderModel[];
  /** Kinds that are known but cannot be connected in this version, by name. */
  later: readonly string[];
  syncs: readonly SyncRowModel[];
};

type Props = { ctx: ViewContext; page: IntegrationsPageModel };

export function IntegrationsPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Integrations" nav="integrations" live>
      <PageHeader ctx={ctx} title="Integrations" />
      <IntegrationsSection ctx={ctx} page={page} />
      <RecentSyncs ctx={ctx} syncs={page.syncs} />
    </Layout>
  );
}

/** Comes anew when the connecting dialog has closed: something may have been connected in it. */
export function IntegrationsSection({ ctx, page }: Props): JSX.Element {
  const refresh = hx({
    get: ctx.paths.integrations(),
    trigger: "dialog-closed from:body",
    target: target("integrations"),
    swap: "outerMorph",
    keepOnError: true,
  });
  const connected = new Set(page.integrations.map(({ provider }) => provider));
  const fresh = page.providers.filter(({ provider }) => !connected.has(provider));
  const again = page.providers.filter(({ provider }) => connected.has(provider));
  return (
    <div id={id("integrations")} class="stack" {...refresh}>
      {page.integrations.map((integration) => (
        <IntegrationCard ctx={ctx} integration={integration} />
      ))}
      {fresh.length === 0 ? "" : <Fresh ctx={ctx} providers={fresh} />}
      {again.map(({ provider, providerName }) => (
        <div class="connect-more">
          <ConnectForm ctx={ctx} provider={provider} label={`Add another ${providerName} server`} quiet />
        </div>
      ))}
      {page.later.length === 0 ? (
        ""
      ) : (
        <p class="dim" safe>{`${listed(page.later)} cannot be connected in this version.`}</p>
      )}
    </div>
  );
}

function Fresh({ ctx, providers }: { ctx: ViewContext; providers: readonly ProviderModel[] }): JSX.Element {
  return (
    <div class="connect-grid">
      {providers.map(({ provider, providerName, text }) => (
        <ConnectCard ctx={ctx} provider={provider} providerName={providerName} text={text} available primary />
      ))}
    </div>
  );
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

export function PinDocument({ ctx, pin }: { ctx: ViewContext; pin: PinModel }): JSX.Element {
  const waiting = pin.state === "waiting" ? { refreshSeconds: 3 } : {};
  return (
    <Layout ctx={ctx} title={`Connect ${pin.providerName}`} nav="integrations" {...waiting}>
      <PinPage ctx={ctx} pin={pin} />
    </Layout>
  );
}
