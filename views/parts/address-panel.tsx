import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogPage } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { BackLink } from "../ui/page-header.tsx";
import { Switch } from "../ui/switch.tsx";
import { attr } from "../ui/text.ts";

export type AddressField = "serverUrl" | "username" | "password" | "apiKey";

/** Where the server is, and who signs in there: before anything is asked of it in somebody's name. */
export type AddressModel = {
  provider: string;
  providerName: string;
  /** An example of an address. */
  example: string;
  /** As typed; once the server is found, as it was found. */
  serverUrl: string;
  insecureTls: boolean;
  /** The certificate could not be checked: the user may say that it need not be. */
  offersInsecure: boolean;
  /** Of an earlier sign-in. */
  username: string;
  /** What went wrong, in words, and where it is said; null: above the form. */
  problem: { text: string; field: AddressField | null } | null;
  /** Every address that was tried in vain. */
  tried: readonly { uri: string; reason: string }[];
  /** Null until it has been found. */
  found: FoundServerModel | null;
};

export type FoundServerModel = {
  name: string;
  version: string | null;
  /** What signing in by a code is called there; null where there is none. */
  codeName: string | null;
  /** Where a key is made, for those who may use one; null for others. */
  keyHint: string | null;
};

type Props = { ctx: ViewContext; address: AddressModel };

/** One root for all steps: each answer takes the place of the one before. */
const key = "new";
const live = { target: target("pin", key), swap: "outerHTML" } as const;

/** The first answer to Connect, for htmx; goes into the dialog slot. */
export function AddressDialog({ ctx, address }: Props): JSX.Element {
  return (
    <Dialog ctx={ctx} scope="pin" title={`Connect ${address.providerName}`}>
      <AddressPanel ctx={ctx} address={address} />
    </Dialog>
  );
}

/** The same as a page, for readers without script. */
export function AddressPage({ ctx, address }: Props): JSX.Element {
  return (
    <>
      <BackLink ctx={ctx} href={ctx.paths.integrations()} label="Integrations" />
      <DialogPage scope="pin" title={`Connect ${address.providerName}`}>
        <AddressPanel ctx={ctx} address={address} />
      </DialogPage>
    </>
  );
}

export function AddressPanel({ ctx, address }: Props): JSX.Element {
  const { found } = address;
  return (
    <div id={id("pin", key)} class="pin" data-pin={found === null ? "address" : "sign-in"}>
      {found === null ? (
        <AskAddress ctx={ctx} address={address} />
      ) : (
        <AskWho ctx={ctx} address={address} found={found} />
      )}
    </div>
  );
}

/** What no field of this step can say. */
function Problem({ address }: { address: AddressModel }): JSX.Element {
  const { problem, found } = address;
  const hasField = problem?.field !== null && (problem?.field === "serverUrl") === (found === null);
  if (problem === null || hasField) return "";
  return (
    <p class="hint hint-bad" role="alert" dir="auto" safe>
      {problem.text}
    </p>
  );
}

function errorAt({ problem }: AddressModel, field: AddressField): string | undefined {
  return problem?.field === field ? problem.text : undefined;
}

function AskAddress({ ctx, address }: Props): JSX.Element {
  const { example, offersInsecure, insecureTls } = address;
  return (
    <>
      <Problem address={address} />
      <Tried ctx={ctx} address={address} />
      <ActionForm action={ctx.paths.serverAddress(address.provider)} class="stacked-form" live={live}>
        <input type="hidden" name="username" value={attr(address.username)} />
        <Field
          label="Address of the server"
          name="serverUrl"
          scope="connect"
          value={address.serverUrl}
          placeholder={example}
          hint={`As you open it in a browser, such as ${example}. A path at its end is welcome.`}
          error={errorAt(address, "serverUrl")}
          required
          autofocus
          maxlength={2000}
          attributes={{ inputmode: "url", autocapitalize: "none", spellcheck: "false" }}
        />
        {offersInsecure || insecureTls ? (
          <Switch
            label="Connect although its certificate cannot be checked"
            name="insecureTls"
            scope="connect"
            checked={insecureTls}
            hint="Only for a server at home with a certificate of its own making."
          />
        ) : (
          ""
        )}
        <div class="actions">
          <Button ctx={ctx} kind="primary" label="Continue" />
        </div>
      </ActionForm>
    </>
  );
}

function Tried({ ctx, address }: Props): JSX.Element {
  const { tried } = address;
  if (tried.length === 0) return "";
  return (
    <ul class="addresses" aria-label="Addresses tried">
      {tried.map(({ uri, reason }) => (
        <li class="address">
          <Icon ctx={ctx} name="x" label="No answer" class="tone-bad" />
          <span class="address-uri" dir="ltr" safe>
            {uri}
          </span>
          <span class="dim numbers" dir="auto" safe>
            {reason}
          </span>
        </li>
      ))}
    </ul>
  );
}

type WhoProps = Props & { found: FoundServerModel };

function AskWho({ ctx, address, found }: WhoProps): JSX.Element {
  const { problem } = address;
  const byPassword = problem?.field === "password" || problem?.field === "username";
  const passwordFirst = found.codeName === null;
  return (
    <>
      <Found ctx={ctx} address={address} found={found} />
      <Problem address={address} />
      {found.codeName === null ? "" : <ByCode ctx={ctx} address={address} name={found.codeName} />}
      {passwordFirst ? <ByPassword ctx={ctx} address={address} primary /> : ""}
      <div class="other-ways">
        {passwordFirst ? (
          ""
        ) : (
          <details class="server-other" open={byPassword}>
            <summary>Use a user name and password</summary>
            <ByPassword ctx={ctx} address={address} primary={false} />
          </details>
        )}
        {found.keyHint === null ? "" : <ByKey ctx={ctx} address={address} hint={found.keyHint} />}
      </div>
    </>
  );
}

function Found({ ctx, address, found }: WhoProps): JSX.Element {
  const version = found.version === null ? "" : ` ${found.version}`;
  return (
    <div class="server-found">
      <Icon ctx={ctx} name="check-circle" class="tone-good" />
      <div class="server-found-name">
        <h2 dir="auto" safe>
          {found.name}
        </h2>
        <p class="dim">
          <span dir="auto" safe>{`${address.providerName}${version}, `}</span>
          <span class="address-uri" dir="ltr" safe>
            {address.serverUrl}
          </span>
        </p>
      </div>
      <ActionForm action={ctx.paths.pins(address.provider)} live={{ target: target("dialog"), swap: "innerHTML" }}>
        <Where address={address} />
        <input type="hidden" name="username" value={attr(address.username)} />
        <Button ctx={ctx} kind="quiet" label="Change" name="Change the address" />
      </ActionForm>
    </div>
  );
}

/** What every form after the first one carries on. */
function Where({ address }: { address: AddressModel }): JSX.Element {
  return (
    <>
      <input type="hidden" name="serverUrl" value={attr(address.serverUrl)} />
      {address.insecureTls ? <input type="hidden" name="insecureTls" value="true" /> : ""}
    </>
  );
}

function ByCode({ ctx, address, name }: Props & { name: string }): JSX.Element {
  return (
    <ActionForm action={ctx.paths.signInCodes(address.provider)} class="stacked-form" live={live}>
      <Where address={address} />
      <p class="dim">You get a short code here and allow it where you are signed in already. No password is typed.</p>
      <Button
        ctx={ctx}
        kind="primary"
        label={`Use ${name}`}
        wide
        attributes={address.problem === null ? { autofocus: "" } : {}}
      />
    </ActionForm>
  );
}

function ByPassword({ ctx, address, primary }: Props & { primary: boolean }): JSX.Element {
  return (
    <ActionForm action={ctx.paths.signInPasswords(address.provider)} class="stacked-form" live={live}>
      <Where address={address} />
      <Field
        label="User name"
        name="username"
        scope="connect"
        value={address.username}
        error={errorAt(address, "username")}
        required
        autofocus={primary && address.username === ""}
        autocomplete="off"
        maxlength={200}
        attributes={{ autocapitalize: "none", spellcheck: "false" }}
      />
      <Field
        label="Password"
        name="password"
        scope="connect"
        type="password"
        hint={`Your password on ${address.found?.name ?? address.providerName}. It is used once and not stored.`}
        error={errorAt(address, "password")}
        autofocus={primary ? address.username !== "" : errorAt(address, "password") !== undefined}
        autocomplete="off"
        maxlength={1000}
      />
      <div class="actions">
        <Button ctx={ctx} kind={primary ? "primary" : "secondary"} label="Sign in" />
      </div>
    </ActionForm>
  );
}

function ByKey({ ctx, address, hint }: Props & { hint: string }): JSX.Element {
  return (
    <details class="server-other" open={address.problem?.field === "apiKey"}>
      <summary>Use an API key</summary>
      <ActionForm action={ctx.paths.signInKeys(address.provider)} class="stacked-form" live={live}>
        <Where address={address} />
        <p class="dim">A key acts for everybody on the server, so only admins may use one here.</p>
        <Field
          label="API key"
          name="apiKey"
          scope="connect"
          type="password"
          hint={hint}
          error={errorAt(address, "apiKey")}
          required
          autofocus={errorAt(address, "apiKey") !== undefined}
          autocomplete="off"
          maxlength={1000}
        />
        <div class="actions">
          <Button ctx={ctx} label="Continue" name="Continue with the key" />
        </div>
      </ActionForm>
    </details>
  );
}
