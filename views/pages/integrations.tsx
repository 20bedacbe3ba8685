import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { type AddressModel, AddressPage } from "../parts/address-panel.tsx";
import { ConnectCard, ConnectForm, IntegrationCard, type IntegrationCardModel } from "../parts/integration-card.tsx";
import { type PinModel, PinPage } from "../parts/pin-dialog.tsx";
import { PinField } from "../parts/pin-field.tsx";
import { RecentSyncs, type RecentSyncsModel } from "../parts/sync-row.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { hx } from "../ui/hx.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { StatusPill } from "../ui/status-pill.tsx";

export type ProviderModel = { provider: string; providerName: string; text: string; byAddress: boolean };

/** A profile that somebody's household holds ready for the reader. */
export type ProfileOfferModel = {
  id: string;
  memberName: string;
  asksPin: boolean;
  serverName: string;
  providerName: string;
  /** Whose household it is. */
  username: string;
  problem?: string | undefined;
};

export type IntegrationsPageModel = {
  offers?: readonly ProfileOfferModel[] | undefined;
  integrations: readonly IntegrationCardModel[];
  /** The kinds of servers that can be connected. */
  providers: readonly ProviderModel[];
  recent: RecentSyncsModel;
};

type Props = { ctx: ViewContext; page: IntegrationsPageModel };

export function IntegrationsPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Integrations" nav="integrations" live>
      <PageHeader ctx={ctx} title="Integrations" />
      <IntegrationsSection ctx={ctx} page={page} />
      <RecentSyncs ctx={ctx} recent={page.recent} />
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
  const offers = page.offers ?? [];
  const connected = new Set(page.integrations.map(({ provider }) => provider));
  const fresh = page.providers.filter(({ provider }) => !connected.has(provider));
  const again = page.providers.filter(({ provider }) => connected.has(provider));
  return (
    <div id={id("integrations")} class="stack" {...refresh}>
      {offers.map((offer) => (
        <ProfileOffer ctx={ctx} offer={offer} />
      ))}
      {page.integrations.map((integration) => (
        <IntegrationCard ctx={ctx} integration={integration} />
      ))}
      {fresh.length === 0 ? (
        ""
      ) : (
        <Fresh ctx={ctx} providers={fresh} primary={offers.length + page.integrations.length === 0} />
      )}
      {again.length === 0 ? "" : <Again ctx={ctx} providers={again} />}
    </div>
  );
}

/** Plain forms: what is wrong comes back with the page. */
function ProfileOffer({ ctx, offer }: { ctx: ViewContext; offer: ProfileOfferModel }): JSX.Element {
  const titleId = id("offer", offer.id);
  const needsPin = offer.asksPin || offer.problem !== undefined;
  return (
    <Card class="integration" labelledBy={titleId}>
      <header class="integration-head">
        <h2 id={titleId} dir="auto" safe>{`${offer.providerName}: a profile for you`}</h2>
        <StatusPill ctx={ctx} tone="attention" label="Offered" />
      </header>
      <p safe>{`${offer.username}'s household has a profile for you: ${offer.memberName}, on ${offer.serverName}.`}</p>
      <div class="actions offer-actions">
        <ActionForm action={ctx.paths.profileOffer(offer.id)} class="inline-form">
          {needsPin ? (
            <PinField label={`PIN of ${offer.memberName}`} scope={`offer-${offer.id}`} error={offer.problem} />
          ) : (
            ""
          )}
          <Button ctx={ctx} kind="primary" icon="link" label="Connect" name={`Connect ${offer.memberName}`} />
        </ActionForm>
        <ActionForm action={ctx.paths.profileOffer(offer.id)} method="delete">
          <Button ctx={ctx} kind="quiet" label="No, thanks" name={`No, thanks: ${offer.memberName}`} />
        </ActionForm>
      </div>
    </Card>
  );
}

type FreshProps = { ctx: ViewContext; providers: readonly ProviderModel[]; primary: boolean };

/** What is offered comes first where there is something. */
function Fresh({ ctx, providers, primary }: FreshProps): JSX.Element {
  return (
    <div class="connect-grid">
      {providers.map((each) => (
        <ConnectCard ctx={ctx} {...each} primary={primary} />
      ))}
    </div>
  );
}

/** A second server or account of a kind that is there. */
function Again({ ctx, providers }: Omit<FreshProps, "primary">): JSX.Element {
  return (
    <div class="connect-more">
      {providers.map(({ provider, providerName, byAddress }) => (
        <ConnectForm
          ctx={ctx}
          provider={provider}
          label={`Add another ${providerName} server or account`}
          quiet
          address={byAddress ? {} : undefined}
        />
      ))}
    </div>
  );
}

export function AddressDocument({ ctx, address }: { ctx: ViewContext; address: AddressModel }): JSX.Element {
  return (
    <Layout ctx={ctx} title={`Connect ${address.providerName}`} nav="integrations">
      <AddressPage ctx={ctx} address={address} />
    </Layout>
  );
}

export function PinDocument({ ctx, pin }: { ctx: ViewContext; pin: PinModel }): JSX.Element {
  const waiting = pin.state === "waiting" || pin.state === "code" ? { refreshSeconds: 3 } : {};
  return (
    <Layout ctx={ctx} title={`Connect ${pin.providerName}`} nav="integrations" {...waiting}>
      <PinPage ctx={ctx} pin={pin} />
    </Layout>
  );
}
