import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { count, durationText, formatNumber } from "../ui/format.ts";
import { type Attributes, hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { StatusPill } from "../ui/status-pill.tsx";
import { Switch } from "../ui/switch.tsx";
import { attr } from "../ui/text.ts";
import { Time } from "../ui/time.tsx";
import { LiveLine, type LiveModel } from "./live-line.tsx";
import type { NowWatchingModel } from "./now-watching.tsx";
import { PinField } from "./pin-field.tsx";
import { SyncProgress, type SyncProgressModel } from "./sync-progress.tsx";
import { outcomeText, STATUS_LOOK, type SyncStatus } from "./sync-words.ts";

export type IntegrationHealthModel = {
  since: number;
  failures: number;
  nextTry: number | null;
  /** How each address answered when the server was last looked for. */
  tried: { at: number; addresses: readonly { url: string; reason: string | null }[] } | null;
};

export type IntegrationCardModel = {
  id: string;
  /** "plex", for addresses. */
  provider: string;
  /** "Plex", for people. */
  providerName: string;
  state: "ok" | "unreachable" | "needs-login" | "disabled";
  /** Set unless all is well: what is wrong and what to do, one or two sentences. */
  stateHint?: string | undefined;
  /** Set while something is wrong. */
  health?: IntegrationHealthModel | undefined;
  serverName: string;
  accountName: string;
  /** Linked through somebody's household: there is no sign-in of its own. */
  throughHome?: boolean | undefined;
  /** Signing in is at the server itself, whose address the user types. */
  byAddress?: boolean | undefined;
  /** Connected with a key of the server's. */
  byKey?: boolean | undefined;
  /** The account may stand for a household, which admins link to users. */
  household?: boolean | undefined;
  serverVersion?: string | undefined;
  connection?: { kind: "local" | "remote" | "relay" | "typed"; latencyMs: number | null } | undefined;
  lastSync: { id: string; endedAt: number; status: SyncStatus; added: number } | null;
  nextSyncAt: number | null;
  autoSync: boolean;
  schedule: string;
  schedules: readonly SelectOption[];
  running: SyncProgressModel | null;
  live: LiveModel;
  watching: readonly NowWatchingModel[];
};

const STATE = {
  ok: { tone: "good", label: "Connected" },
  unreachable: { tone: "bad", label: "Not answering" },
  "needs-login": { tone: "attention", label: "Sign-in needed" },
  disabled: { tone: "neutral", label: "Switched off" },
} as const;

const CONNECTION = {
  local: "local",
  remote: "over the internet",
  relay: "through a relay",
  typed: "typed address",
} as const;

function facts(
  { serverName, accountName, throughHome, byKey, serverVersion, connection }: IntegrationCardModel,
  ctx: ViewContext,
): string[] {
  const parts = [serverName, accountName];
  if (throughHome) parts.push("household profile");
  if (byKey) parts.push("by API key");
  if (serverVersion !== undefined) parts.push(serverVersion);
  if (connection !== undefined) {
    const { kind, latencyMs } = connection;
    const latency =
      latencyMs === null
        ? ""
        : `, ${latencyMs < 1000 ? `${formatNumber(Math.round(latencyMs), ctx)} ms` : durationText(latencyMs)}`;
    parts.push(`${CONNECTION[kind]}${latency}`);
  }
  return parts.filter((part) => part !== "");
}

export type IntegrationCardProps = { ctx: ViewContext; integration: IntegrationCardModel };

export function IntegrationCard({ ctx, integration }: IntegrationCardProps): JSX.Element {
  const state = STATE[integration.state];
  const self = target("integration", integration.id);
  const refresh = hx({
    get: ctx.paths.integrationCard(integration.id),
    trigger: "sync-ended from:body",
    target: self,
    swap: "outerMorph",
    keepOnError: true,
  });
  return (
    <Card
      id={id("integration", integration.id)}
      class="integration"
      attributes={{ ...refresh, "aria-label": attr(`${integration.providerName}, ${integration.serverName}`) }}
    >
      <header class="integration-head">
        <h2 safe>{integration.providerName}</h2>
        <StatusPill ctx={ctx} tone={state.tone} label={state.label} />
      </header>
      <p class="integration-facts">
        {facts(integration, ctx).map((fact) => (
          <span class="fact">
            <bdi safe>{fact}</bdi>
          </span>
        ))}
      </p>
      {integration.stateHint === undefined ? (
        ""
      ) : (
        <p class={`hint hint-${state.tone}`} safe>
          {integration.stateHint}
        </p>
      )}
      {integration.health === undefined ? "" : <Trouble ctx={ctx} health={integration.health} />}
      <div class="integration-times">
        <LastSync ctx={ctx} integration={integration} />
        <Schedule ctx={ctx} integration={integration} />
      </div>
      <LiveLine ctx={ctx} integrationId={integration.id} live={integration.live} watching={integration.watching} />
      {integration.running === null ? "" : <SyncProgress ctx={ctx} sync={integration.running} />}
      <Actions ctx={ctx} integration={integration} self={self} />
    </Card>
  );
}

function Trouble({ ctx, health }: { ctx: ViewContext; health: IntegrationHealthModel }): JSX.Element {
  return (
    <div class="integration-trouble">
      <p>
        <span>Since </span>
        <Time ctx={ctx} at={health.since} as="stamp" />
        <span safe>{`: ${count(health.failures, ctx, "try", "tries")} without success. `}</span>
        {health.nextTry === null ? (
          ""
        ) : (
          <>
            <span>Next try </span>
            <Time ctx={ctx} at={health.nextTry} />
            <span>.</span>
          </>
        )}
      </p>
      {health.tried === null ? "" : <Tried ctx={ctx} tried={health.tried} />}
    </div>
  );
}

function Tried({ ctx, tried }: { ctx: ViewContext; tried: NonNullable<IntegrationHealthModel["tried"]> }): JSX.Element {
  return (
    <details class="technical">
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span>What was tried</span>
      </summary>
      <dl class="tried">
        {tried.addresses.map(({ url, reason }) => (
          <div>
            <dt dir="ltr" safe>
              {url}
            </dt>
            <dd safe>{reason ?? "Answered."}</dd>
          </div>
        ))}
      </dl>
      <p class="dim">
        <span>Asked </span>
        <Time ctx={ctx} at={tried.at} />
      </p>
    </details>
  );
}

function LastSync({ ctx, integration }: IntegrationCardProps): JSX.Element {
  const last = integration.lastSync;
  if (last === null && integration.running !== null)
    return <p class="integration-last dim">The first sync is running.</p>;
  if (last === null)
    return <p class="integration-last dim">Not synced yet. Press Sync Now to bring in what you have watched.</p>;
  const words =
    last.status === "success"
      ? outcomeText({ ...last, mode: "incremental" }, ctx)
      : STATUS_LOOK[last.status].label.toLowerCase();
  return (
    <p class="integration-last">
      <span>Last sync </span>
      <a class="link" href={ctx.paths.sync(last.id)}>
        <Time ctx={ctx} at={last.endedAt} />
      </a>
      <span safe>{`: ${words}`}</span>
    </p>
  );
}

/** Both controls save as they change; the button is for readers without script and hidden otherwise. */
function Schedule({ ctx, integration }: IntegrationCardProps): JSX.Element {
  const onChange: Attributes = { "data-submit-on-change": "" };
  return (
    <ActionForm
      action={ctx.paths.integrationSettings(integration.id)}
      class="integration-schedule"
      live={{ target: target("integration", integration.id), swap: "outerMorph", disable: undefined }}
    >
      <input type="hidden" name="kind" value="schedule" />
      <p class="integration-next dim">
        <NextSync ctx={ctx} integration={integration} />
      </p>
      <Select
        ctx={ctx}
        label="How often"
        labelHidden
        name="schedule"
        scope={integration.id}
        options={integration.schedules}
        value={integration.schedule}
        attributes={onChange}
      />
      <Switch
        label="Auto"
        name="autoSync"
        scope={integration.id}
        checked={integration.autoSync}
        attributes={onChange}
      />
      <span class="no-script">
        <Button ctx={ctx} label="Save" name="Save the schedule" />
      </span>
    </ActionForm>
  );
}

/** What is said above of the next try is not said again. */
function NextSync({ ctx, integration }: IntegrationCardProps): JSX.Element {
  const { state, health, autoSync, nextSyncAt } = integration;
  if (state === "needs-login") return <span>Waits for the sign-in</span>;
  if (!autoSync || nextSyncAt === null) return <span>No automatic sync</span>;
  if (health !== undefined && health.nextTry !== null) return <span>Waits for the server</span>;
  return (
    <>
      <span>Next </span>
      <Time ctx={ctx} at={nextSyncAt} />
    </>
  );
}

function Actions({ ctx, integration, self }: IntegrationCardProps & { self: string }): JSX.Element {
  // htmx would switch the pressed button on again after the answer has switched it off; "drop" swallows a second press.
  const live = { target: self, swap: "outerMorph", disable: undefined, sync: "drop" } as const;
  const busy = integration.running !== null;
  const signIn = integration.state === "needs-login";
  return (
    <div class="actions integration-actions">
      {signIn && integration.throughHome ? (
        <LinkAgain ctx={ctx} integration={integration} />
      ) : signIn ? (
        <ConnectForm
          ctx={ctx}
          provider={integration.provider}
          label="Sign in again"
          primary
          address={integration.byAddress ? { integration: integration.id } : undefined}
        />
      ) : (
        <ActionForm action={ctx.paths.integrationSyncs(integration.id)} live={live} class="action action-main">
          <Button
            ctx={ctx}
            kind="primary"
            icon="refresh"
            label="Sync Now"
            disabled={busy || integration.state === "disabled"}
          />
        </ActionForm>
      )}
      <ActionForm action={ctx.paths.integrationPreviews(integration.id)} live={live}>
        <Button ctx={ctx} kind="quiet" label="Preview" disabled={busy || signIn} />
      </ActionForm>
      <ButtonLink
        ctx={ctx}
        kind="quiet"
        href={ctx.paths.integrationSettings(integration.id)}
        label="Settings"
        name={`Settings of ${integration.serverName}`}
      />
      {integration.byAddress && integration.state === "unreachable" ? (
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          href={ctx.paths.serverAddress(integration.provider, { integration: integration.id })}
          label="Change address"
          name={`Change address of ${integration.serverName}`}
        />
      ) : (
        ""
      )}
      {integration.household && ctx.user?.role === "admin" ? (
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          href={ctx.paths.household(integration.id)}
          label="Household"
          name={`Household behind ${integration.serverName}`}
        />
      ) : (
        ""
      )}
      <ActionForm
        action={ctx.paths.integration(integration.id)}
        method="delete"
        live={{
          ...live,
          swap: "outerHTML",
          confirm: `Disconnect ${integration.serverName}? What was synced stays in your library.`,
          confirmLabel: "Disconnect",
        }}
      >
        <Button ctx={ctx} kind="quiet" label="Disconnect" />
      </ActionForm>
    </div>
  );
}

/** A plain form: a wrong PIN comes back with the page. */
function LinkAgain({ ctx, integration }: IntegrationCardProps): JSX.Element {
  return (
    <ActionForm action={ctx.paths.householdRenewal(integration.id)} class="inline-form">
      <PinField label="PIN of the profile" scope={`renewal-${integration.id}`} hint="Leave empty if it has none." />
      <Button ctx={ctx} kind="primary" icon="link" label="Link again" name={`Link ${integration.serverName} again`} />
    </ActionForm>
  );
}

export type ConnectFormProps = {
  ctx: ViewContext;
  provider: string;
  label: string;
  primary?: boolean | undefined;
  quiet?: boolean | undefined;
  /** What is known already of a server whose address is typed; left out where a service's own page opens. */
  address?: Readonly<Record<string, string>> | undefined;
};

/** Begins a sign-in. `data-popup` lets app.js open the popup inside the click, before the answer is here. */
export function ConnectForm(props: ConnectFormProps): JSX.Element {
  const { ctx, provider, label, primary = false, quiet = false, address } = props;
  return (
    <ActionForm
      action={ctx.paths.pins(provider)}
      live={{ target: target("dialog"), swap: "innerHTML" }}
      attributes={address === undefined ? { "data-popup": "" } : {}}
      class="action action-main"
    >
      {Object.entries(address ?? {}).map(([name, value]) => (
        <input type="hidden" name={name} value={attr(value)} />
      ))}
      <Button
        ctx={ctx}
        kind={primary ? "primary" : quiet ? "quiet" : "secondary"}
        icon={quiet ? "plus" : "plug"}
        label={label}
      />
    </ActionForm>
  );
}

export type ConnectCardProps = {
  ctx: ViewContext;
  provider: string;
  providerName: string;
  /** One sentence on what connecting brings. */
  text: string;
  byAddress: boolean;
  primary?: boolean | undefined;
};

export function ConnectCard({ ctx, provider, providerName, text, byAddress, primary }: ConnectCardProps): JSX.Element {
  const titleId = id("dialog-title", `connect-${provider}`);
  return (
    <Card class="integration connect" labelledBy={titleId}>
      <header class="integration-head">
        <h2 id={titleId} safe>
          {providerName}
        </h2>
        <StatusPill ctx={ctx} tone="neutral" label="Not connected" icon="circle" />
      </header>
      <p class="dim" safe>
        {text}
      </p>
      <div class="actions">
        <ConnectForm
          ctx={ctx}
          provider={provider}
          label={`Connect ${providerName}`}
          primary={primary}
          address={byAddress ? {} : undefined}
        />
      </div>
    </Card>
  );
}
