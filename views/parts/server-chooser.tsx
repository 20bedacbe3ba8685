import type { ViewContext } from "../context.ts";
import { target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { Badge } from "../ui/status-pill.tsx";

export type ServerAddressModel = {
  uri: string;
  kind: "local" | "remote" | "relay" | "typed";
  /** Answered, how fast; or why not, in words: "timed out after 5 s". null: not tried yet. */
  probe: { ok: true; latencyMs: number } | { ok: false; reason: string } | null;
};

export type ServerChoiceModel = {
  machineIdentifier: string;
  name: string;
  owned: boolean;
  /** Already one of the user's integrations: choosing it renews its sign-in. */
  connected?: boolean | undefined;
  addresses: readonly ServerAddressModel[];
};

export type ServerChooserProps = {
  ctx: ViewContext;
  pin: {
    provider: string;
    providerName: string;
    pinId: string;
    accountName: string;
    servers: readonly ServerChoiceModel[];
    problem?: string | undefined;
    doubt?: string | undefined;
    /** An example of an address. */
    example?: string | undefined;
  };
};

const KIND = { local: "local", remote: "internet", relay: "relay", typed: "typed in" } as const;

export function ServerChooser({ ctx, pin }: ServerChooserProps): JSX.Element {
  return (
    <>
      <p class="dim" dir="auto" safe>{`Signed in as ${pin.accountName}.`}</p>
      {pin.doubt === undefined ? (
        ""
      ) : (
        <p class="hint hint-attention" dir="auto" safe>
          {pin.doubt}
        </p>
      )}
      {pin.problem === undefined ? (
        ""
      ) : (
        <p class="hint hint-bad" role="alert" dir="auto" safe>
          {pin.problem}
        </p>
      )}
      {pin.servers.length === 0 ? (
        <p
          safe
        >{`${pin.providerName} knows no server of this account. Is the server signed in to the same account?`}</p>
      ) : (
        <ul class="servers">
          {pin.servers.map((server) => (
            <ServerChoice ctx={ctx} pin={pin} server={server} />
          ))}
        </ul>
      )}
    </>
  );
}

function ServerChoice({ ctx, pin, server }: ServerChooserProps & { server: ServerChoiceModel }): JSX.Element {
  const reachable = server.addresses.some((address) => address.probe?.ok === true);
  const tried = server.addresses.some((address) => address.probe !== null);
  return (
    <li class="server">
      <ActionForm
        action={ctx.paths.pinConnection(pin.provider, pin.pinId)}
        class="server-form"
        live={{ target: target("pin", pin.pinId), swap: "outerHTML" }}
      >
        <input type="hidden" name="machineIdentifier" value={server.machineIdentifier} />
        <div class="server-head">
          <Icon ctx={ctx} name="server" />
          <div class="server-name">
            <h3 dir="auto" safe>
              {server.name}
            </h3>
            {server.owned ? "" : <Badge label="shared with you" />}
            {server.connected ? <Badge label="connected" /> : ""}
          </div>
          <Button
            ctx={ctx}
            kind={reachable || !tried ? "primary" : "secondary"}
            label={server.connected ? "Renew" : "Connect"}
            name={`${server.connected ? "Renew" : "Connect"} ${server.name}`}
          />
        </div>
        {tried ? (
          <ul class="addresses">
            {server.addresses.map((address) => (
              <Address ctx={ctx} address={address} />
            ))}
          </ul>
        ) : (
          <p class="dim" safe>
            {knownAddresses(server)}
          </p>
        )}
        <details class="server-other" open={tried && !reachable}>
          <summary>Use another address</summary>
          <Field
            label="Address of the server"
            name="serverUrl"
            scope={`server-${server.machineIdentifier}`}
            type="url"
            value={server.addresses.find(({ kind, probe }) => kind === "typed" && probe !== null)?.uri}
            placeholder={pin.example}
            hint="Leave empty to use the best of those above."
          />
        </details>
      </ActionForm>
    </li>
  );
}

/** All are tried when one connects; until then their names would only be noise. */
function knownAddresses({ addresses }: ServerChoiceModel): string {
  const kinds = [...new Set(addresses.map(({ kind }) => KIND[kind]))].join(", ");
  if (addresses.length === 0) return "No address is known. Type one below.";
  return addresses.length === 1 ? `1 address known: ${kinds}` : `${addresses.length} addresses known: ${kinds}`;
}

function Address({ ctx, address }: { ctx: ViewContext; address: ServerAddressModel }): JSX.Element {
  const { probe } = address;
  return (
    <li class="address">
      {probe === null ? <Icon ctx={ctx} name="circle" label="Not tried" class="dim" /> : ""}
      {probe?.ok === true ? <Icon ctx={ctx} name="check" label="Answered" class="tone-good" /> : ""}
      {probe?.ok === false ? <Icon ctx={ctx} name="x" label="No answer" class="tone-bad" /> : ""}
      <span class="address-uri" safe>
        {address.uri}
      </span>
      <span class="dim numbers" safe>
        {probe === null
          ? KIND[address.kind]
          : probe.ok
            ? `${KIND[address.kind]}, ${Math.round(probe.latencyMs)} ms`
            : probe.reason}
      </span>
    </li>
  );
}
