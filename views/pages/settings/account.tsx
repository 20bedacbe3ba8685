import type { ViewContext } from "../../context.ts";
import { id } from "../../dom.ts";
import { MadeRow } from "../../parts/made-row.tsx";
import { errorOf, type FormProblem, inputOf, SettingForm } from "../../parts/setting-form.tsx";
import { Group } from "../../parts/setting-group.tsx";
import { ActionForm } from "../../ui/action-form.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Field } from "../../ui/field.tsx";
import { Badge } from "../../ui/status-pill.tsx";
import { Time } from "../../ui/time.tsx";
import { OwnSignIns, type OwnSignInsModel } from "./own-sign-ins.tsx";

export type SessionModel = { id: string; device: string; createdAt: number; lastSeenAt: number; current: boolean };

export type AccountModel = {
  username: string;
  /** False for those who sign in elsewhere only. */
  hasPassword: boolean;
  signIns: OwnSignInsModel;
  sessions: readonly SessionModel[];
  tokens: readonly { id: string; name: string; createdAt: number; lastUsedAt: number | null }[];
  /** Shown this once. */
  newToken: { name: string; token: string } | null;
};

type Props = { ctx: ViewContext; account: AccountModel; problem: FormProblem | null };

export function AccountSettings(props: Props): JSX.Element {
  return (
    <>
      <Password {...props} />
      <OwnSignIns ctx={props.ctx} own={props.account.signIns} />
      <Sessions {...props} />
      <Tokens {...props} />
    </>
  );
}

function Password({ ctx, account, problem }: Props): JSX.Element {
  const { hasPassword } = account;
  const hint = hasPassword
    ? "Changing it signs you out everywhere else."
    : "You have none yet. With one you can also sign in by name.";
  return (
    <Group title="Password" hint={hint}>
      <SettingForm action={ctx.paths.password()} fields="clear" class="form form-narrow">
        {/* Password managers want to know whose it is. */}
        <input type="text" name="username" autocomplete="username" value={account.username} hidden />
        {hasPassword ? (
          <Field
            label="Current password"
            name="current"
            type="password"
            autocomplete="current-password"
            required
            error={errorOf(problem, "password", "current")}
          />
        ) : (
          <input type="hidden" name="current" value="" />
        )}
        <Field
          label="New password"
          name="next"
          type="password"
          autocomplete="new-password"
          required
          minlength={8}
          hint="At least 8 characters."
          error={errorOf(problem, "password", "next")}
        />
        <div class="actions">
          <Button ctx={ctx} label={hasPassword ? "Change password" : "Set password"} />
        </div>
      </SettingForm>
    </Group>
  );
}

function Sessions({ ctx, account }: Props): JSX.Element {
  const others = account.sessions.some(({ current }) => !current);
  return (
    <Group title="Where you are signed in" hint="A sign-in ends by itself after 30 days without a visit.">
      <ul class="rows">
        {account.sessions.map((session) => (
          <SessionRow ctx={ctx} session={session} />
        ))}
      </ul>
      <div class="actions">
        {others ? (
          <SettingForm action={ctx.paths.sessions()} method="delete" class="action">
            <Button ctx={ctx} label="Sign out everywhere else" />
          </SettingForm>
        ) : (
          ""
        )}
        <ActionForm action={ctx.paths.logout()}>
          <Button ctx={ctx} kind="quiet" icon="log-out" label="Sign out here" />
        </ActionForm>
      </div>
    </Group>
  );
}

function SessionRow({ ctx, session }: { ctx: ViewContext; session: SessionModel }): JSX.Element {
  return (
    <li class="row">
      <div class="row-text">
        <p dir="auto" safe>
          {session.device}
        </p>
        <p class="dim">
          <span>Signed in </span>
          <Time ctx={ctx} at={session.createdAt} as="date" />
          <span> · last seen </span>
          <Time ctx={ctx} at={session.lastSeenAt} />
        </p>
      </div>
      {session.current ? (
        <Badge label="this browser" />
      ) : (
        <SettingForm action={ctx.paths.session(session.id)} method="delete" class="action">
          <Button ctx={ctx} kind="quiet" icon="log-out" label="Sign out" name={`Sign out ${session.device}`} />
        </SettingForm>
      )}
    </li>
  );
}

function Tokens({ ctx, account, problem }: Props): JSX.Element {
  return (
    <Group title="API tokens" hint="For scripts and other programs. A token may do what you may do.">
      {account.newToken === null ? "" : <NewToken ctx={ctx} made={account.newToken} />}
      {account.tokens.length === 0 ? (
        ""
      ) : (
        <ul class="rows">
          {account.tokens.map((token) => (
            <MadeRow ctx={ctx} name={token.name} createdAt={token.createdAt} verb="used" lastAt={token.lastUsedAt}>
              <SettingForm action={ctx.paths.apiToken(token.id)} method="delete" class="action">
                <Button ctx={ctx} kind="quiet" icon="trash" label="Delete" name={`Delete the token ${token.name}`} />
              </SettingForm>
            </MadeRow>
          ))}
        </ul>
      )}
      <SettingForm action={ctx.paths.apiTokens()} fields="clear" class="inline-form">
        <Field
          label="Name of a new token"
          name="name"
          scope="token"
          value={inputOf(problem, "token", "name")}
          required
          maxlength={100}
          placeholder="Home dashboard"
          autocomplete="off"
          error={errorOf(problem, "token", "name")}
        />
        <Button ctx={ctx} label="Create token" />
      </SettingForm>
      <p class="dim">
        <a class="link" href={ctx.paths.api.docs()}>
          What the API can do
        </a>
      </p>
    </Group>
  );
}

function NewToken({ ctx, made }: { ctx: ViewContext; made: { name: string; token: string } }): JSX.Element {
  const tokenId = id("field", "new-token");
  return (
    <div class="stack" role="status">
      <p dir="auto" safe>{`“${made.name}” is ready. Copy the token now; it is not shown again.`}</p>
      <p class="secret">
        <code id={tokenId} safe>
          {made.token}
        </code>
        <CopyButton ctx={ctx} of={tokenId} />
      </p>
    </div>
  );
}
