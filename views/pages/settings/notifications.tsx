import type { ViewContext } from "../../context.ts";
import { id, target } from "../../dom.ts";
import { errorOf, type FormProblem, inputOf, SettingForm } from "../../parts/setting-form.tsx";
import { Group } from "../../parts/setting-group.tsx";
import { ActionForm } from "../../ui/action-form.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { StatusPill } from "../../ui/status-pill.tsx";
import { Time } from "../../ui/time.tsx";

export type NotificationTargetModel = {
  id: string;
  name: string;
  /** "ntfy", "Discord": what kind of place it is. */
  service: string;
  host: string;
  enabled: boolean;
  lastSentAt: number | null;
  problem: string | null;
};

export type NotificationsModel = { targets: readonly NotificationTargetModel[] };

export type NotificationResult = { ok: boolean; message: string; hint: string | null };

type Props = { ctx: ViewContext; notifications: NotificationsModel; problem: FormProblem | null };

export function NotificationSettings(props: Props): JSX.Element {
  const { targets } = props.notifications;
  return (
    <>
      <Group
        title="Where to tell you"
        hint="You hear once when a server needs a new sign-in or cannot be synced for long, and once when it is well again."
      >
        {targets.length === 0 ? (
          <p class="dim">Nowhere yet: pages of this program show such trouble by themselves.</p>
        ) : (
          <ul class="rows">
            {targets.map((place) => (
              <NotificationRow ctx={props.ctx} place={place} result={null} />
            ))}
          </ul>
        )}
      </Group>
      <Add {...props} />
    </>
  );
}

export type NotificationRowProps = {
  ctx: ViewContext;
  place: NotificationTargetModel;
  result: NotificationResult | null;
};

/** One place with what became of its last message; a test is answered with this part. */
export function NotificationRow({ ctx, place, result }: NotificationRowProps): JSX.Element {
  const { enabled, name } = place;
  return (
    <li class="row notification-row" id={id("notification", place.id)}>
      <div class="row-text">
        <p class="notification-name">
          <span class="strong" dir="auto" safe>
            {name}
          </span>
          {enabled ? "" : <StatusPill ctx={ctx} tone="neutral" icon="ban" label="Switched off" />}
        </p>
        <p class="dim" safe>{`${place.service} · ${place.host}`}</p>
        {result === null ? <LastWord ctx={ctx} place={place} /> : <Result ctx={ctx} result={result} />}
      </div>
      <div class="actions">
        <ActionForm
          action={ctx.paths.notificationTest(place.id)}
          live={{ target: target("notification", place.id), swap: "outerMorph" }}
        >
          <Button ctx={ctx} label="Send a test" name={`Send a test: ${name}`} />
        </ActionForm>
        <SettingForm action={ctx.paths.notification(place.id)} class="action">
          <input type="hidden" name="enabled" value={enabled ? "false" : "true"} />
          <Button
            ctx={ctx}
            kind="quiet"
            label={enabled ? "Switch off" : "Switch on"}
            name={`${enabled ? "Switch off" : "Switch on"}: ${name}`}
          />
        </SettingForm>
        <SettingForm
          action={ctx.paths.notification(place.id)}
          method="delete"
          class="action"
          confirm={{ text: `Send nothing to ${name} any more?`, label: "Remove" }}
        >
          <Button ctx={ctx} kind="quiet" label="Remove" name={`Remove ${name}`} />
        </SettingForm>
      </div>
    </li>
  );
}

function LastWord({ ctx, place }: Pick<NotificationRowProps, "ctx" | "place">): JSX.Element {
  if (place.problem !== null) {
    return (
      <p class="source-word">
        <Icon ctx={ctx} name="alert" class="tone-attention" />
        <span safe>{`The last message did not arrive: ${place.problem}`}</span>
      </p>
    );
  }
  if (place.lastSentAt === null) return <p class="dim">Nothing was sent yet.</p>;
  return (
    <p class="dim">
      <span>Last message </span>
      <Time ctx={ctx} at={place.lastSentAt} />
    </p>
  );
}

function Result({ ctx, result }: { ctx: ViewContext; result: NotificationResult }): JSX.Element {
  return (
    <p class="source-word" role="status">
      <Icon ctx={ctx} name={result.ok ? "check-circle" : "x-circle"} class={result.ok ? "tone-good" : "tone-bad"} />
      <span safe>{[result.message, result.hint ?? ""].join(" ").trimEnd()}</span>
    </p>
  );
}

const FORMS: readonly (readonly [service: string, address: string])[] = [
  ["ntfy", "ntfys://ntfy.sh/my-episodes"],
  ["Discord", "discord://id/token, or the address of the webhook"],
  ["Gotify", "gotifys://host/token"],
  ["Apprise", "apprises://host/key"],
  ["Anything else", "https://… gets the message as JSON"],
];

function Add({ ctx, problem }: Props): JSX.Element {
  return (
    <Group
      title="Add a place"
      hint="Without the s before :// the message goes unencrypted, as inside a home. The address is stored encrypted and not shown again."
    >
      <SettingForm action={ctx.paths.settingsNotifications()} fields="clear" class="form form-narrow">
        <Field
          label="Address"
          name="url"
          value={inputOf(problem, "add", "url")}
          required
          autocomplete="off"
          maxlength={2000}
          placeholder="ntfys://ntfy.sh/my-episodes"
          error={errorOf(problem, "add", "url")}
          attributes={{ spellcheck: "false", autocapitalize: "none" }}
        />
        <Field
          label="Name"
          name="name"
          value={inputOf(problem, "add", "name")}
          autocomplete="off"
          maxlength={60}
          hint="As you like it, such as Anna's phone."
        />
        <div class="actions">
          <Button ctx={ctx} label="Add" name="Add this place" />
        </div>
      </SettingForm>
      <dl class="facts notification-forms">
        {FORMS.map(([service, address]) => (
          <div>
            <dt safe>{service}</dt>
            <dd safe>{address}</dd>
          </div>
        ))}
      </dl>
    </Group>
  );
}
