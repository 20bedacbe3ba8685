import type { ViewContext } from "../context.ts";
import { Layout } from "../layout.tsx";
import { PinField } from "../parts/pin-field.tsx";
import { errorOf, type FormProblem, inputOf } from "../parts/setting-form.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { Badge } from "../ui/status-pill.tsx";
import { attr } from "../ui/text.ts";

export type HouseholdMemberModel = {
  memberId: string;
  name: string;
  managed: boolean;
  asksPin: boolean;
  state: "self" | "linked" | "connected" | "offered" | "free";
  /** Of the tracker, where there is one by now. */
  username: string | null;
  needsLink: boolean;
  /** Who is chosen in its form. */
  user: string;
  /** May be let in with its own account: as whom ("" = a new user), or null. */
  signInAs: { accountId: string; userId: string } | null;
};

export type HouseholdModel = {
  integrationId: string;
  provider: string;
  providerName: string;
  serverName: string;
  members: readonly HouseholdMemberModel[];
  /** Users of the tracker, by id. */
  users: readonly SelectOption[];
  problem: FormProblem | null;
  /** Why the household cannot be shown, and what to do. */
  unread: { message: string; hint: string | null } | null;
};

type Props = { ctx: ViewContext; household: HouseholdModel };
type MemberProps = Props & { member: HouseholdMemberModel };

/** Chosen in place of a user: one is made. */
export const NEW_USER = "new";

export function HouseholdPage({ ctx, household }: Props): JSX.Element {
  const { providerName, serverName } = household;
  return (
    <Layout ctx={ctx} title={`Household behind ${serverName}`} nav="integrations">
      <PageHeader
        ctx={ctx}
        title="Household"
        lead={`The profiles behind your ${providerName} account. Link each to a user here, and everybody has their own history of ${serverName}; nobody sees another's.`}
        back={{ href: ctx.paths.integrations(), label: "Integrations" }}
      />
      <Household ctx={ctx} household={household} />
    </Layout>
  );
}

export function Household({ ctx, household }: Props): JSX.Element {
  const { unread } = household;
  if (unread !== null) return <Unread {...unread} />;
  return (
    <ul class="household">
      {household.members.map((member) => (
        <li>
          <Member ctx={ctx} household={household} member={member} />
        </li>
      ))}
    </ul>
  );
}

function Unread({ message, hint }: { message: string; hint: string | null }): JSX.Element {
  return (
    <Card>
      <p safe>{message}</p>
      {hint === null ? (
        ""
      ) : (
        <p class="dim" safe>
          {hint}
        </p>
      )}
    </Card>
  );
}

function stateText({ state, username, needsLink, managed, asksPin }: HouseholdMemberModel): string {
  if (state === "self") return "You, connected with your own sign-in";
  if (state === "linked") return needsLink ? `${username}: the server asks to link it again` : `Linked to ${username}`;
  if (state === "connected") return `Connected by ${username} with their own sign-in`;
  if (state === "offered") return `Offered to ${username}, who has not connected it yet`;
  const kind = managed ? "A profile without an account of its own" : "Has an account of their own";
  return asksPin ? `${kind}, behind a PIN` : kind;
}

function Member({ ctx, household, member }: MemberProps): JSX.Element {
  const { state } = member;
  const linkable = state === "free" || state === "offered" || (state === "linked" && member.needsLink);
  return (
    <Card class="household-member">
      <div class="row-text">
        <h2 class="person-name">
          <Icon ctx={ctx} name="user" />
          <bdi safe>{member.name}</bdi>
          {state === "self" ? <Badge label="you" /> : ""}
          {state === "linked" || state === "connected" ? (
            <Badge label={member.needsLink ? "link again" : "linked"} />
          ) : (
            ""
          )}
          {state === "offered" ? <Badge label="offered" /> : ""}
        </h2>
        <p class="dim" safe>
          {stateText(member)}
        </p>
      </div>
      {state === "offered" || member.signInAs !== null ? (
        <div class="actions">
          {state === "offered" ? <Withdraw ctx={ctx} household={household} member={member} /> : ""}
          {member.signInAs === null ? "" : <LetIn ctx={ctx} household={household} member={member} />}
        </div>
      ) : (
        ""
      )}
      {linkable ? <LinkFold ctx={ctx} household={household} member={member} /> : ""}
    </Card>
  );
}

function Withdraw({ ctx, household, member }: MemberProps): JSX.Element {
  return (
    <ActionForm action={ctx.paths.householdOffer(household.integrationId, member.memberId)} method="delete">
      <Button ctx={ctx} kind="quiet" icon="undo" label="Take back" name={`Take back the offer of ${member.name}`} />
    </ActionForm>
  );
}

/** Those with an account of their own may come in with it. */
function LetIn({ ctx, household, member }: MemberProps): JSX.Element {
  const { signInAs } = member;
  if (signInAs === null) return "";
  const label = `Allow to sign in with ${household.providerName}`;
  return (
    <ActionForm action={ctx.paths.signInAccounts()}>
      <input type="hidden" name="provider" value={attr(household.provider)} />
      <input type="hidden" name="accountId" value={attr(signInAs.accountId)} />
      <input type="hidden" name="name" value={attr(member.name)} />
      <input type="hidden" name="user" value={attr(signInAs.userId)} />
      <Button ctx={ctx} kind="quiet" icon="key" label={label} name={`${label}: ${member.name}`} />
    </ActionForm>
  );
}

function LinkFold({ ctx, household, member }: MemberProps): JSX.Element {
  const { problem } = household;
  const form = member.memberId;
  const open = problem?.form === form;
  return (
    <details class="person-fold" open={open}>
      <summary class="button button-secondary">
        <span>{member.needsLink ? "Link again" : "Link"}</span>
        <span class="visually-hidden" safe>{` ${member.name}`}</span>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
      </summary>
      <form
        class="form person-forms household-form"
        method="post"
        action={ctx.paths.household(household.integrationId)}
      >
        <input type="hidden" name="memberId" value={attr(form)} />
        {problem?.form === form && problem.errors["form"] !== undefined ? (
          <p class="hint hint-bad" role="alert" safe>
            {problem.errors["form"]}
          </p>
        ) : (
          ""
        )}
        <Select
          ctx={ctx}
          label="Who is this here?"
          name="user"
          scope={form}
          options={[...household.users, { value: NEW_USER, label: "A new user…" }]}
          value={inputOf(problem, form, "user", member.user)}
          error={errorOf(problem, form, "user")}
        />
        <div class="household-new">
          <Field
            label="Username"
            name="username"
            scope={form}
            value={inputOf(problem, form, "username", member.name)}
            maxlength={64}
            autocomplete="off"
            error={errorOf(problem, form, "username")}
          />
          <Field
            label="First password"
            name="password"
            scope={form}
            type="password"
            autocomplete="new-password"
            hint="At least 8 characters. Left empty, you set one later under Settings, People."
            error={errorOf(problem, form, "password")}
          />
        </div>
        {member.asksPin || errorOf(problem, form, "pin") !== undefined ? (
          <PinField
            label={`PIN of ${member.name}`}
            scope={form}
            hint="Asked once, and kept nowhere. Not needed to offer."
            error={errorOf(problem, form, "pin")}
          />
        ) : (
          ""
        )}
        <div class="actions">
          <Button
            ctx={ctx}
            kind="primary"
            icon="link"
            label="Link"
            name={`Link ${member.name} now`}
            field={{ name: "do", value: "link" }}
          />
          <Button
            ctx={ctx}
            label="Offer instead"
            name={`Offer instead: ${member.name} links it themself`}
            field={{ name: "do", value: "offer" }}
          />
        </div>
        <p class="dim">Offered, the user finds it on their own Integrations page and connects it themself.</p>
      </form>
    </details>
  );
}
