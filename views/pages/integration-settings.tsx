import type { ViewContext } from "../context.ts";
import { Layout } from "../layout.tsx";
import { Group } from "../parts/setting-group.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Choices } from "../ui/choices.tsx";
import { Field } from "../ui/field.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import { Time } from "../ui/time.tsx";

export type IntegrationSettingsModel = {
  id: string;
  serverName: string;
  providerName: string;
  enabled: boolean;
  autoSync: boolean;
  /** A preset's cron expression, or "own". */
  schedule: string;
  schedules: readonly SelectOption[];
  ownSchedule: string;
  timeZone: string;
  nextSyncAt: number | null;
  /** null: they could not be read; `librariesProblem` says why. */
  libraries: readonly { key: string; title: string; enabled: boolean }[] | null;
  librariesProblem?: string | undefined;
  unmarks: string;
  addShows: string;
  twoWay: boolean;
  historyNote: string | null;
  /** The server can tell of finished episodes by itself. */
  hasWebhook: boolean;
  errors: Readonly<Record<string, string>>;
};

type Props = { ctx: ViewContext; settings: IntegrationSettingsModel };

export const OWN_SCHEDULE = "own";

export function IntegrationSettingsPage({ ctx, settings }: Props): JSX.Element {
  const title = `Settings of ${settings.serverName}`;
  return (
    <Layout ctx={ctx} title={title} nav="integrations">
      <PageHeader ctx={ctx} title={title} back={{ href: ctx.paths.integrations(), label: "Integrations" }} />
      <form method="post" action={ctx.paths.integrationSettings(settings.id)}>
        <input type="hidden" name="kind" value="all" />
        <div class="settings">
          <SyncTimes ctx={ctx} settings={settings} />
          <Libraries ctx={ctx} settings={settings} />
          <Marks ctx={ctx} settings={settings} />
          {settings.hasWebhook ? <Webhook ctx={ctx} settings={settings} /> : ""}
          <Group title="Use this server" hint="Switched off, nothing is asked of it. What was synced stays.">
            <Switch label="Switched on" name="enabled" checked={settings.enabled} />
          </Group>
        </div>
        <div class="actions form-foot">
          <Button ctx={ctx} kind="primary" label="Save" />
          <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.integrations()} label="Cancel" />
        </div>
      </form>
    </Layout>
  );
}

function SyncTimes({ ctx, settings }: Props): JSX.Element {
  const options = [...settings.schedules, { value: OWN_SCHEDULE, label: "A schedule of my own" }];
  return (
    <Group title="When to sync" hint={`Times are in ${settings.timeZone}.`}>
      <Switch label="Sync automatically" name="autoSync" checked={settings.autoSync} />
      <Select ctx={ctx} label="How often" name="schedule" options={options} value={settings.schedule} />
      <Field
        label="A schedule of my own"
        name="ownSchedule"
        value={settings.ownSchedule}
        placeholder="30 */2 * * *"
        hint="Minute, hour, day, month, weekday. Used when chosen above."
        error={settings.errors["schedule"]}
        autocomplete="off"
      />
      {settings.nextSyncAt === null ? (
        <p class="dim">No automatic sync is planned.</p>
      ) : (
        <p class="dim">
          <span>Next sync </span>
          <Time ctx={ctx} at={settings.nextSyncAt} />
        </p>
      )}
    </Group>
  );
}

function Libraries({ settings }: Props): JSX.Element {
  const { libraries } = settings;
  return (
    <Group title="Libraries" hint="Only these are read.">
      {libraries === null ? (
        <p class="hint hint-bad" dir="auto" safe>
          {settings.librariesProblem ?? "The libraries could not be read."}
        </p>
      ) : libraries.length === 0 ? (
        <p class="dim">No library with TV shows is known. The next sync looks again.</p>
      ) : (
        <fieldset class="checks">
          <legend class="visually-hidden">Libraries to read</legend>
          <input type="hidden" name="knowsLibraries" value="true" />
          {libraries.map((library) => (
            <Switch
              label={library.title}
              name="libraries"
              scope={`library-${library.key}`}
              value={library.key}
              checked={library.enabled}
              shape="check"
            />
          ))}
        </fieldset>
      )}
      {settings.errors["libraries"] === undefined ? (
        ""
      ) : (
        <p class="field-error" safe>
          {settings.errors["libraries"]}
        </p>
      )}
    </Group>
  );
}

function Webhook({ ctx, settings }: Props): JSX.Element {
  return (
    <Group title="Webhook" hint="The server tells of finished episodes at once, between two syncs.">
      <div class="actions">
        <ButtonLink
          ctx={ctx}
          href={ctx.paths.webhook(settings.id)}
          label="Set up and see deliveries"
          name={`Set up and see deliveries of ${settings.serverName}`}
        />
      </div>
    </Group>
  );
}

const UNMARKS = [
  { value: "ignore", label: "Keep them here" },
  { value: "follow", label: "Take them back here too" },
] as const;

const ADD_SHOWS = [
  { value: "watched", label: "Those I have watched" },
  { value: "all", label: "All of them" },
] as const;

function TwoWayLink({ ctx, settings }: Props): JSX.Element {
  const state = settings.twoWay ? "Marks made here go to the server too." : "Marks made here stay here.";
  return (
    <Group title="Two-way sync" hint={state}>
      <ButtonLink ctx={ctx} href={ctx.paths.twoWay(settings.id)} label="Two-way sync" />
    </Group>
  );
}

function Marks({ ctx, settings }: Props): JSX.Element {
  return (
    <>
      <Group
        title="Marks taken back on the server"
        hint="When an episode is set to unwatched there, its plays here stay unless you say otherwise."
      >
        <Choices legend="Marks taken back on the server" name="unmarks" choices={UNMARKS} value={settings.unmarks} />
      </Group>
      <TwoWayLink ctx={ctx} settings={settings} />
      <Group title="Shows" hint="Which of the server's shows come into your library.">
        <Choices legend="Shows" name="addShows" choices={ADD_SHOWS} value={settings.addShows} />
        {settings.historyNote === null ? (
          ""
        ) : (
          <p class="dim" dir="auto" safe>
            {settings.historyNote}
          </p>
        )}
      </Group>
    </>
  );
}
