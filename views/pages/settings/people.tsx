import type { ViewContext } from "../../context.ts";
import { errorOf, type FormProblem, inputOf, SettingForm } from "../../parts/setting-form.tsx";
import { Group } from "../../parts/setting-group.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { count } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Select } from "../../ui/select.tsx";
import { Badge } from "../../ui/status-pill.tsx";
import { Time } from "../../ui/time.tsx";
import { type SignInWithModel, SignInWithSettings } from "./sign-in-with.tsx";

export type PersonModel = {
  id: string;
  username: string;
  role: "admin" | "member";
  createdAt: number;
  lastSeenAt: number | null;
  shows: number;
  self: boolean;
};

export type PeopleModel = { people: readonly PersonModel[]; signIn: SignInWithModel };

type Props = { ctx: ViewContext; people: PeopleModel; problem: FormProblem | null };
type PersonProps = { ctx: ViewContext; person: PersonModel; problem: FormProblem | null };

/** Names of the forms that belong to one person. */
export const personForms = (userId: string) => ({
  password: `password-of-${userId}`,
  removal: `removal-of-${userId}`,
});

export function PeopleSettings({ ctx, people, problem }: Props): JSX.Element {
  return (
    <>
      <Group title="People" hint="Each has their own library, servers and history.">
        <ul class="rows">
          {people.people.map((person) => (
            <PersonRow ctx={ctx} person={person} problem={problem} />
          ))}
        </ul>
      </Group>
      <Group title="Add somebody" hint="They can change the password themselves after signing in.">
        <SettingForm action={ctx.paths.users()} fields="clear" class="form form-narrow">
          <Field
            label="Username"
            name="username"
            scope="new-user"
            value={inputOf(problem, "new-user", "username")}
            required
            maxlength={64}
            autocomplete="off"
            error={errorOf(problem, "new-user", "username")}
          />
          <Field
            label="First password"
            name="password"
            scope="new-user"
            type="password"
            required
            minlength={8}
            autocomplete="new-password"
            hint="At least 8 characters."
            error={errorOf(problem, "new-user", "password")}
          />
          <div class="actions">
            <Button ctx={ctx} label="Add person" />
          </div>
        </SettingForm>
      </Group>
      <SignInWithSettings ctx={ctx} signIn={people.signIn} problem={problem} />
    </>
  );
}

function PersonRow({ ctx, person, problem }: PersonProps): JSX.Element {
  return (
    <li class="row person">
      <div class="row-text">
        <p class="person-name">
          <bdi safe>{person.username}</bdi>
          {person.role === "admin" ? <Badge label="admin" /> : ""}
          {person.self ? <Badge label="you" /> : ""}
        </p>
        <p class="dim">
          <span safe>{`${count(person.shows, ctx, "show")} · since `}</span>
          <Time ctx={ctx} at={person.createdAt} as="date" />
          <span> · last seen </span>
          <Time ctx={ctx} at={person.lastSeenAt} unknown="never" />
        </p>
      </div>
      {person.self ? "" : <PersonFold ctx={ctx} person={person} problem={problem} />}
    </li>
  );
}

const ROLES = [
  { value: "member", label: "Member" },
  { value: "admin", label: "Admin: may look after the installation" },
];

function PersonFold({ ctx, person, problem }: PersonProps): JSX.Element {
  const forms = personForms(person.id);
  const open = problem?.form === forms.password || problem?.form === forms.removal;
  return (
    <details class="person-fold" open={open}>
      <summary class="button button-quiet">
        <span>Manage</span>
        <span class="visually-hidden" safe>{` ${person.username}`}</span>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
      </summary>
      <div class="stack person-forms">
        <SettingForm action={ctx.paths.settingsUser(person.id)} class="inline-form">
          <Select ctx={ctx} label="Role" name="role" scope={person.id} options={ROLES} value={person.role} />
          <Button ctx={ctx} label="Change role" name={`Change role of ${person.username}`} />
        </SettingForm>
        <SettingForm action={ctx.paths.userPassword(person.id)} fields="clear" class="inline-form">
          <Field
            label="New password"
            name="password"
            scope={`reset-${person.id}`}
            type="password"
            required
            minlength={8}
            autocomplete="new-password"
            error={errorOf(problem, forms.password, "password")}
          />
          <Button ctx={ctx} label="Set password" name={`Set password of ${person.username}`} />
        </SettingForm>
        <SettingForm action={ctx.paths.settingsUser(person.id)} method="delete" fields="clear" class="form form-narrow">
          <Field
            label={`Type ${person.username} to delete the account`}
            name="confirm"
            scope={`remove-${person.id}`}
            required
            autocomplete="off"
            hint="Library, history, servers and tokens of this person go for good."
            error={errorOf(problem, forms.removal, "confirm")}
          />
          <div class="actions">
            <Button ctx={ctx} kind="danger" label="Delete account" name={`Delete account of ${person.username}`} />
          </div>
        </SettingForm>
      </div>
    </details>
  );
}
