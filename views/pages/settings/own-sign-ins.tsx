import type { ViewContext } from "../../context.ts";
import { SettingForm } from "../../parts/setting-form.tsx";
import { Group } from "../../parts/setting-group.tsx";
import { Button } from "../../ui/button.tsx";
import { attr } from "../../ui/text.ts";
import { Time } from "../../ui/time.tsx";

export type OwnSignInsModel = {
  /** Services that are switched on here. */
  services: readonly string[];
  accounts: readonly { id: string; providerName: string; accountName: string; lastUsedAt: number | null }[];
  /** Accounts the reader has connected, and could sign in with. */
  candidates: readonly { provider: string; providerName: string; accountId: string; accountName: string }[];
};

type Props = { ctx: ViewContext; own: OwnSignInsModel };

/** Left out where there is nothing of it: switched off, and nothing to take back. */
export function OwnSignIns({ ctx, own }: Props): JSX.Element {
  if (own.services.length === 0 && own.accounts.length === 0) return "";
  const names = own.services.join(", ");
  return (
    <Group title="Sign in elsewhere" hint="Accounts that let you in here without your password.">
      {own.accounts.length === 0 ? (
        ""
      ) : (
        <ul class="rows">
          {own.accounts.map(({ id, providerName, accountName, lastUsedAt }) => (
            <li class="row">
              <div class="row-text">
                <p>
                  <bdi safe>{accountName}</bdi>
                  <span safe>{` (${providerName})`}</span>
                </p>
                <p class="dim">
                  <span>Last used </span>
                  <Time ctx={ctx} at={lastUsedAt} unknown="never" />
                </p>
              </div>
              <SettingForm action={ctx.paths.ownSignIn(id)} method="delete" class="action">
                <Button ctx={ctx} kind="quiet" icon="unlink" label="Remove" name={`Remove ${accountName}`} />
              </SettingForm>
            </li>
          ))}
        </ul>
      )}
      {own.candidates.map(({ provider, providerName, accountId, accountName }) => (
        <SettingForm action={ctx.paths.ownSignIns()} class="actions">
          <input type="hidden" name="provider" value={attr(provider)} />
          <input type="hidden" name="accountId" value={attr(accountId)} />
          <Button
            ctx={ctx}
            icon="key"
            label={`Connect my ${providerName} account for signing in`}
            name={`Connect my ${providerName} account for signing in: ${accountName}`}
          />
          <span class="dim" dir="auto" safe>
            {accountName}
          </span>
        </SettingForm>
      ))}
      {own.accounts.length === 0 && own.candidates.length === 0 ? (
        <p>
          <a class="link" href={ctx.paths.integrations()} safe>{`Connect ${names} on Integrations first`}</a>
        </p>
      ) : (
        ""
      )}
    </Group>
  );
}
