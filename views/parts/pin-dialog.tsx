import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Dialog, DialogPage } from "../ui/dialog.tsx";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { safeHref } from "../ui/link.tsx";
import { Select } from "../ui/select.tsx";
import { attr } from "../ui/text.ts";
import { Time } from "../ui/time.tsx";
import { ConnectForm, type ConnectFormProps } from "./integration-card.tsx";
import { type ServerChoiceModel, ServerChooser } from "./server-chooser.tsx";

export type { ServerAddressModel, ServerChoiceModel } from "./server-chooser.tsx";

type PinBase = {
  provider: string;
  providerName: string;
  pinId: string;
  /** The sign-in is at this server itself. */
  at?: { serverUrl: string; serverName: string; insecureTls: boolean; byCode: boolean } | undefined;
};

export type PinModel = PinBase &
  (
    | { state: "waiting"; code?: string | undefined; authUrl: string; expiresAt: number }
    /** `where`: where the code is entered. */
    | { state: "code"; code: string; codeName: string; where: string; expiresAt: number }
    | {
        state: "accounts";
        accounts: readonly { id: string; username: string }[];
        problem?: string | undefined;
      }
    | {
        state: "choose";
        accountName: string;
        servers: readonly ServerChoiceModel[];
        problem?: string | undefined;
        /** Why this may be the wrong account. */
        doubt?: string | undefined;
        /** An example of an address. */
        example?: string | undefined;
      }
    | { state: "expired" }
    | { state: "failed"; message: string; hint: string }
    | { state: "connected"; serverName: string; accountName: string; integrationId: string }
  );

export function pinTitle(pin: PinModel): string {
  if (pin.state === "choose") return pin.at === undefined ? "Choose your server" : `Connect ${pin.at.serverName}`;
  if (pin.state === "accounts") return "Whose watched marks are meant?";
  if (pin.state === "connected") return `${pin.providerName} is connected`;
  if (pin.state === "expired") return "The code has run out";
  if (pin.state === "failed") return `${pin.providerName} could not be connected`;
  return `Connect ${pin.providerName}`;
}

/** The answer to POST `paths.pins(provider)` for htmx; goes into the dialog slot. */
export function PinDialog({ ctx, pin }: { ctx: ViewContext; pin: PinModel }): JSX.Element {
  return (
    <Dialog ctx={ctx} scope="pin" title={`Connect ${pin.providerName}`}>
      <PinPanel ctx={ctx} pin={pin} />
    </Dialog>
  );
}

/** The same as a page, for readers without script. */
export function PinPage({ ctx, pin }: { ctx: ViewContext; pin: PinModel }): JSX.Element {
  return (
    <DialogPage scope="pin" title={`Connect ${pin.providerName}`}>
      <PinPanel ctx={ctx} pin={pin} />
    </DialogPage>
  );
}

/** One state of the PIN. Only those that wait ask again; every other state has no trigger. */
export function PinPanel({ ctx, pin }: { ctx: ViewContext; pin: PinModel }): JSX.Element {
  const panelId = id("pin", pin.pinId);
  if (pin.state === "waiting" || pin.state === "code") {
    const at = ctx.paths.pin(pin.provider, pin.pinId);
    const polling = hx({
      get: at,
      trigger: "every 2s",
      target: target("pin", pin.pinId),
      swap: "outerMorph",
      keepOnError: true,
    });
    return (
      <div id={panelId} class="pin" data-pin="waiting" {...polling}>
        {pin.state === "code" ? <CodeWaiting ctx={ctx} pin={pin} at={at} /> : <PinWaiting ctx={ctx} {...pin} at={at} />}
      </div>
    );
  }
  // The popup has done its part in each of these states; app.js closes it on this mark.
  return (
    <div id={panelId} class="pin" data-pin={pin.state} data-popup-close="">
      <h2 class="pin-title" safe>
        {pinTitle(pin)}
      </h2>
      <Settled ctx={ctx} pin={pin} />
    </div>
  );
}

type Waiting = Extract<PinModel, { state: "waiting" | "code" }>;

/** `at`: where the sign-in is asked for, and given up. */
export type PinWaitingProps = {
  ctx: ViewContext;
  providerName: string;
  authUrl: string;
  expiresAt: number;
  at: string;
};

export function PinWaiting({ ctx, at, ...pin }: PinWaitingProps): JSX.Element {
  const authUrl = safeHref(pin.authUrl);
  return (
    <>
      <p>
        <span safe>{`Sign in on ${pin.providerName}'s page and allow access. This window carries on by itself.`}</span>
      </p>
      {authUrl === null ? (
        <p class="hint hint-bad">The address of the sign-in page could not be read. Close this and try again.</p>
      ) : (
        <a
          class="button button-primary button-wide"
          href={attr(authUrl)}
          target="_blank"
          rel="noopener noreferrer"
          data-auth-url=""
        >
          <Icon ctx={ctx} name="external" />
          <span class="button-label" safe>{`Open ${pin.providerName}'s page`}</span>
        </a>
      )}
      <WaitsFor ctx={ctx} whom={pin.providerName} until={pin.expiresAt} at={at} />
    </>
  );
}

type CodeWaitingProps = { ctx: ViewContext; pin: Extract<PinModel, { state: "code" }>; at: string };

function CodeWaiting({ ctx, pin, at }: CodeWaitingProps): JSX.Element {
  return (
    <>
      <p safe>{pin.where}</p>
      <p class="pin-code" dir="ltr">
        <span class="visually-hidden" safe>{`Code for ${pin.codeName}: `}</span>
        <output tabindex="-1" {...{ autofocus: true }} safe>
          {pin.code}
        </output>
      </p>
      <WaitsFor ctx={ctx} whom={pin.at?.serverName ?? pin.providerName} until={pin.expiresAt} at={at} />
    </>
  );
}

function WaitsFor({
  ctx,
  whom,
  until,
  at,
}: {
  ctx: ViewContext;
  whom: string;
  until: number;
  at: string;
}): JSX.Element {
  return (
    <>
      <p class="pin-waiting" role="status">
        <span class="waiting-dot" aria-hidden="true"></span>
        <span>
          <span safe>{`Waiting for ${whom}. The code runs out `}</span>
          <Time ctx={ctx} at={until} />
          <span>.</span>
        </span>
      </p>
      <div class="actions actions-end">
        <a class="link no-script" href={at}>
          Check again
        </a>
        <ActionForm
          action={at}
          method="delete"
          live={{ target: target("dialog"), swap: "innerHTML" }}
          attributes={{ "data-popup-cancel": "" }}
        >
          <Button ctx={ctx} kind="quiet" label="Cancel" />
        </ActionForm>
      </div>
    </>
  );
}

function Settled({ ctx, pin }: { ctx: ViewContext; pin: Exclude<PinModel, Waiting> }): JSX.Element {
  switch (pin.state) {
    case "choose":
      return (
        <>
          <ServerChooser ctx={ctx} pin={pin} />
          <NotYou ctx={ctx} pin={pin} />
        </>
      );
    case "accounts":
      return <ChooseAccount ctx={ctx} pin={pin} />;
    case "expired":
      return (
        <>
          <p>Nobody signed in while it was valid. A new one takes a second.</p>
          <TryAgain ctx={ctx} pin={pin} />
        </>
      );
    case "failed":
      return (
        <>
          <p safe>{pin.message}</p>
          <p class="dim" safe>
            {pin.hint}
          </p>
          <TryAgain ctx={ctx} pin={pin} />
        </>
      );
    case "connected":
      return (
        <>
          <p class="pin-done">
            <Icon ctx={ctx} name="check-circle" class="tone-good" />
            <span safe>{`${pin.serverName}, signed in as ${pin.accountName}.`}</span>
          </p>
          <p class="dim">Nothing has been synced yet.</p>
          <div class="actions">
            <ActionForm action={ctx.paths.integrationSyncs(pin.integrationId)} class="action action-main">
              <Button ctx={ctx} kind="primary" icon="refresh" label="Sync Now" />
            </ActionForm>
            <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.integrations()} label="Later" />
          </div>
          {pin.at === undefined || pin.at.byCode ? <NotYou ctx={ctx} pin={pin} /> : ""}
        </>
      );
  }
}

type AccountsProps = { ctx: ViewContext; pin: Extract<PinModel, { state: "accounts" }> };

function ChooseAccount({ ctx, pin }: AccountsProps): JSX.Element {
  return (
    <ActionForm
      action={ctx.paths.pinAccount(pin.provider, pin.pinId)}
      class="stacked-form"
      live={{ target: target("pin", pin.pinId), swap: "outerHTML" }}
    >
      <Select
        ctx={ctx}
        label={`User on ${pin.at?.serverName ?? pin.providerName}`}
        name="accountId"
        scope="connect"
        options={pin.accounts.map(({ id: value, username: label }) => ({ value, label }))}
        value={pin.accounts[0]?.id ?? ""}
        hint="What this user watches there comes into your own history here."
        error={pin.problem}
      />
      <div class="actions">
        <Button ctx={ctx} kind="primary" label="Connect" />
      </div>
    </ActionForm>
  );
}

/** The service's page remembers who used this browser last, and that may be somebody else of the family. */
function NotYou({ ctx, pin }: { ctx: ViewContext; pin: PinBase }): JSX.Element {
  const words =
    pin.at === undefined
      ? `Not you? Sign out on ${pin.providerName}'s page first, or use a private window.`
      : "Not you?";
  return (
    <div class="pin-not-you">
      <p class="dim" safe>
        {words}
      </p>
      <AnotherTry ctx={ctx} pin={pin} label="Sign in with another account" quiet />
    </div>
  );
}

/** At the same server, where it is one whose address was typed. */
function AnotherTry({
  ctx,
  pin,
  ...look
}: Pick<ConnectFormProps, "ctx" | "label" | "primary" | "quiet"> & { pin: PinBase }): JSX.Element {
  const { at } = pin;
  const isInsecure: Record<string, string> = at?.insecureTls ? { insecureTls: "true" } : {};
  return (
    <ConnectForm
      ctx={ctx}
      provider={pin.provider}
      {...look}
      address={at === undefined ? undefined : { serverUrl: at.serverUrl, ...isInsecure }}
    />
  );
}

type AnotherCodeProps = { ctx: ViewContext; pin: PinBase; at: NonNullable<PinBase["at"]> };

function AnotherCode({ ctx, pin, at }: AnotherCodeProps): JSX.Element {
  return (
    <ActionForm
      action={ctx.paths.signInCodes(pin.provider)}
      class="action action-main"
      live={{ target: target("pin", pin.pinId), swap: "outerHTML" }}
    >
      <input type="hidden" name="serverUrl" value={attr(at.serverUrl)} />
      {at.insecureTls ? <input type="hidden" name="insecureTls" value="true" /> : ""}
      <Button ctx={ctx} kind="primary" icon="plug" label="Try again" />
    </ActionForm>
  );
}

function TryAgain({ ctx, pin }: { ctx: ViewContext; pin: PinBase }): JSX.Element {
  return (
    <div class="actions">
      {pin.at?.byCode ? (
        <AnotherCode ctx={ctx} pin={pin} at={pin.at} />
      ) : (
        <AnotherTry ctx={ctx} pin={pin} label="Try again" primary />
      )}
      <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.integrations()} label="Back to Integrations" />
    </div>
  );
}
