import type { ViewContext } from "../../context.ts";
import { errorOf, type FormProblem, inputOf, SettingForm } from "../../parts/setting-form.tsx";
import { Group } from "../../parts/setting-group.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Select, type SelectOption } from "../../ui/select.tsx";
import { Badge } from "../../ui/status-pill.tsx";
import { attr } from "../../ui/text.ts";
import { Time } from "../../ui/time.tsx";

export type AllowedAccountModel = {
  id: string;
  accountName: string;
  /** Allowed by name, and nobody has signed in yet. */
  isWaiting: boolean;
  /** Null: the first sign-in makes a new user. */
  username: string | null;
  /** Bound by somebody else to who is an admin now: lets nobody in. */
  isBlocked: boolean;
  lastUsedAt: number | null;
};

export type SignInWayModel = {
  provider: string;
  label: string;
  on: boolean;
  accounts: readonly AllowedAccountModel[];
  /** Accounts that members have connected. */
  candidates: readonly { accountId: string; accountName: string; userId: string; username: string }[];
};

export type SignInWithModel = {
  ways: readonly SignInWayModel[];
  /** Members, whom an account may be bound to. */
  users: readonly SelectOption[];
};

type Props = { ctx: ViewContext; signIn: SignInWithModel; problem: FormProblem | null };
type WayProps = Props & { way: SignInWayModel };

export const allowForm = (provider: string) => `allow-${provider}`;

export function SignInWithSettings(props: Props): JSX.Element {
  return (
    <>
      {props.signIn.ways.map((way) => (
        <Way {...props} way={way} />
      ))}
    </>
  );
}

function Way(props: WayProps): JSX.Element {
  const { ctx, way } = props;
  const { label, on, provider } = way;
  return (
    <Group
      title={`Sign in with ${label}`}
      hint={`People on this list may come in with their ${label} account. The ${label} sign-in only tells who they are; it is not kept.`}
    >
      <SettingForm
        action={ctx.paths.signInWay(provider)}
        class="row"
        {...(on && way.accounts.length > 0
          ? { confirm: { text: `Everybody who came in with ${label} is signed out.`, label: "Switch off" } }
          : {})}
      >
        <input type="hidden" name="on" value={on ? "" : "true"} />
        <p class="row-text">{on ? "Switched on: the sign-in page offers it." : "Switched off."}</p>
        <Button
          ctx={ctx}
          kind={on ? "quiet" : "secondary"}
          label={on ? "Switch off" : "Switch on"}
          name={`Switch ${on ? "off" : "on"} signing in with ${label}`}
        />
      </SettingForm>
      {way.accounts.length === 0 ? (
        <p class="dim">Nobody is on the list.</p>
      ) : (
        <ul class="rows">
          {way.accounts.map((account) => (
            <Allowed ctx={ctx} account={account} />
          ))}
        </ul>
      )}
      {on ? <Candidates {...props} /> : ""}
      {on ? <Allow {...props} /> : ""}
    </Group>
  );
}

function fate({ username, isWaiting, isBlocked }: AllowedAccountModel): string {
  if (isBlocked) return `${username} is an admin by now and has to connect it themself`;
  const who = username === null ? "makes a new user" : `signs in as ${username}`;
  return isWaiting ? `Waits for the first sign-in, which ${username === null ? who : `is as ${username}`}` : who;
}

function Allowed({ ctx, account }: { ctx: ViewContext; account: AllowedAccountModel }): JSX.Element {
  return (
    <li class="row">
      <div class="row-text">
        <p class="person-name">
          <bdi safe>{account.accountName}</bdi>
          {account.isWaiting ? <Badge label="not used yet" /> : ""}
        </p>
        <p class="dim">
          <span dir="auto" safe>
            {fate(account)}
          </span>
          {account.isWaiting ? (
            ""
          ) : (
            <>
              <span> · last used </span>
              <Time ctx={ctx} at={account.lastUsedAt} unknown="never" />
            </>
          )}
        </p>
      </div>
      <SettingForm action={ctx.paths.signInAccount(account.id)} method="delete" class="action">
        <Button ctx={ctx} kind="quiet" icon="trash" label="Remove" name={`Remove ${account.accountName}`} />
      </SettingForm>
    </li>
  );
}

function Candidates({ ctx, way }: WayProps): JSX.Element {
  if (way.candidates.length === 0) return "";
  return (
    <ul class="rows">
      {way.candidates.map(({ accountId, accountName, userId, username }) => (
        <li class="row">
          <div class="row-text">
            <p dir="auto" safe>
              {accountName}
            </p>
            <p class="dim" dir="auto" safe>{`Connected by ${username}`}</p>
          </div>
          <SettingForm action={ctx.paths.signInAccounts()} class="action">
            <input type="hidden" name="provider" value={attr(way.provider)} />
            <input type="hidden" name="accountId" value={attr(accountId)} />
            <input type="hidden" name="name" value={attr(accountName)} />
            <input type="hidden" name="user" value={userId} />
            <Button ctx={ctx} icon="plus" label="Allow" name={`Allow ${accountName} as ${username}`} />
          </SettingForm>
        </li>
      ))}
    </ul>
  );
}

function Allow({ ctx, signIn, way, problem }: WayProps): JSX.Element {
  const form = allowForm(way.provider);
  const options = [{ value: "", label: "A new user at the first sign-in" }, ...signIn.users];
  return (
    <SettingForm action={ctx.paths.signInAccounts()} fields="clear" class="form form-narrow">
      <input type="hidden" name="provider" value={attr(way.provider)} />
      <Field
        label={`${way.label} user name or e-mail address`}
        name="name"
        scope={form}
        value={inputOf(problem, form, "name")}
        required
        maxlength={200}
        autocomplete="off"
        hint="The first who signs in and goes by it is remembered as that account."
        error={errorOf(problem, form, "name") ?? errorOf(problem, form, "accountId")}
      />
      <Select
        ctx={ctx}
        label="Signs in as"
        name="user"
        scope={form}
        options={options}
        value={inputOf(problem, form, "user")}
        hint="Admins connect their own account, under Sign-in."
        error={errorOf(problem, form, "userId")}
      />
      <div class="actions">
        <Button ctx={ctx} label="Allow" name={`Allow this ${way.label} account`} />
      </div>
    </SettingForm>
  );
}
