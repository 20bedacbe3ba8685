import { LONGEST_MINIMUM, type Numbering, type Preferences } from "../../src/domain/preferences.ts";
import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { Group } from "../parts/setting-group.tsx";
import { SyncProgress, type SyncProgressModel } from "../parts/sync-progress.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { type Attributes, hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import { attr } from "../ui/text.ts";
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
  libraries: readonly { key: string; title: string; enabled: boolean; numbering: Numbering }[] | null;
  librariesProblem?: string | undefined;
  unmarks: string;
  /** `watched`, `all`, or ONLY_KNOWN. */
  addShows: string;
  twoWay: boolean;
  preferences: Preferences;
  /** A run that shows what the form would change, where it has just been started without script. */
  preview: SyncProgressModel | null;
  historyNote: string | null;
  /** A mark may be sent with its date. */
  keepsDates: boolean;
  /** The server can tell of finished episodes by itself. */
  hasWebhook: boolean;
  /** Where the user has typed the address: what it is, who is signed in there, and where both are changed. */
  place: { serverUrl: string; accountName: string; href: string } | null;
  errors: Readonly<Record<string, string>>;
};

type Props = { ctx: ViewContext; settings: IntegrationSettingsModel };

export const OWN_SCHEDULE = "own";
/** Chosen in place of what a sync adds: no show at all. */
export const ONLY_KNOWN = "known";

export function IntegrationSettingsPage({ ctx, settings }: Props): JSX.Element {
  const title = `Settings of ${settings.serverName}`;
  return (
    <Layout ctx={ctx} title={title} nav="integrations">
      <PageHeader ctx={ctx} title={title} back={{ href: ctx.paths.integrations(), label: "Integrations" }} />
      <form method="post" action={ctx.paths.integrationSettings(settings.id)}>
        <input type="hidden" name="kind" value="all" />
        <input type="hidden" name="knowsPreferences" value="true" />
        <div class="settings">
          <SyncTimes ctx={ctx} settings={settings} />
          <Libraries ctx={ctx} settings={settings} />
          <Counts ctx={ctx} settings={settings} />
          <LeftOut ctx={ctx} settings={settings} />
          <Shows ctx={ctx} settings={settings} />
          <TwoWayLink ctx={ctx} settings={settings} />
          {settings.hasWebhook ? <Webhook ctx={ctx} settings={settings} /> : ""}
          {settings.place === null ? "" : <Place ctx={ctx} place={settings.place} />}
          <Group title="Use this server" hint="Switched off, nothing is asked of it. What was synced stays.">
            <Switch label="Switched on" name="enabled" checked={settings.enabled} />
          </Group>
        </div>
        <div class="actions form-foot">
          <Button ctx={ctx} kind="primary" label="Save" />
          <Button ctx={ctx} label="What would change" attributes={previewing(ctx, settings.id)} />
          <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.integrations()} label="Cancel" />
        </div>
      </form>
      <div id={id("preview")} class="settings-preview">
        {settings.preview === null ? "" : <SettingsPreview ctx={ctx} sync={settings.preview} />}
      </div>
    </Layout>
  );
}

/** The same form, sent elsewhere: nothing of it is saved. */
function previewing(ctx: ViewContext, integrationId: string): Attributes {
  const path = ctx.paths.integrationSettingsPreview(integrationId);
  return {
    formaction: path,
    ...hx({ post: path, target: target("preview"), swap: "innerHTML", include: "closest form", disable: "this" }),
  };
}

/** What the next sync would do with the settings as they stand in the form. */
export function SettingsPreview({ ctx, sync }: { ctx: ViewContext; sync: SyncProgressModel }): JSX.Element {
  return (
    <Card class="sync-running">
      <SyncProgress ctx={ctx} sync={sync} />
    </Card>
  );
}

function SyncTimes({ ctx, settings }: Props): JSX.Element {
  const options = [...settings.schedules, { value: OWN_SCHEDULE, label: "A schedule of my own" }];
  return (
    <Group title="When to sync" hint={`Times are in ${settings.timeZone}.`}>
      <Switch label="Sync automatically" name="autoSync" checked={settings.autoSync} />
      <div class="stack schedule">
        <Select ctx={ctx} label="How often" name="schedule" options={options} value={settings.schedule} />
        <div class="schedule-own">
          <Field
            label="A schedule of my own"
            name="ownSchedule"
            value={settings.ownSchedule}
            placeholder="30 */2 * * *"
            hint="Minute, hour, day, month, weekday."
            error={settings.errors["schedule"]}
            autocomplete="off"
          />
        </div>
      </div>
      <QuietHours settings={settings} />
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

function errorOf({ errors }: IntegrationSettingsModel, ...names: (keyof Preferences)[]): string | undefined {
  const found = Object.entries(errors).find(([path]) => names.some((name) => path.startsWith(`preferences.${name}`)));
  return found?.[1];
}

function QuietHours({ settings }: Pick<Props, "settings">): JSX.Element {
  const { quietHours } = settings.preferences;
  const error = errorOf(settings, "quietHours");
  return (
    <fieldset class="side-by-side">
      <legend class="field-label">Quiet hours</legend>
      <Field label="From" name="quietFrom" type="time" value={quietHours?.from ?? ""} />
      <Field label="To" name="quietTo" type="time" value={quietHours?.to ?? ""} />
      <p class="field-hint">
        No scheduled sync begins between these times; Sync Now and the server's own news still work. Empty: none.
      </p>
      <FieldError text={error} />
    </fieldset>
  );
}

function FieldError({ text }: { text: string | undefined }): JSX.Element {
  if (text === undefined) return "";
  return (
    <p class="field-error" safe>
      {text}
    </p>
  );
}

const NUMBERING_OPTIONS: readonly SelectOption[] = [
  { value: "auto", label: "As it looks" },
  { value: "aired", label: "By season, as aired" },
  { value: "absolute", label: "Straight through" },
];

function Libraries({ ctx, settings }: Props): JSX.Element {
  const { libraries } = settings;
  return (
    <Group title="Libraries" hint="Only these are read. Switching one off keeps the plays that came from it.">
      {libraries === null ? (
        <p class="hint hint-bad" safe>
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
      <FieldError text={settings.errors["libraries"]} />
      <Radios
        legend="New libraries on the server"
        name="newLibraries"
        current={settings.preferences.newLibraries}
        choices={[
          { value: "on", label: "Read them" },
          { value: "off", label: "Leave them off until I say so" },
        ]}
      />
      {libraries === null || libraries.length === 0 ? "" : <Numberings ctx={ctx} libraries={libraries} />}
    </Group>
  );
}

type NumberingsProps = { ctx: ViewContext; libraries: NonNullable<IntegrationSettingsModel["libraries"]> };

function Numberings({ ctx, libraries }: NumberingsProps): JSX.Element {
  return (
    <details class="technical" open={libraries.some(({ numbering }) => numbering !== "auto")}>
      <summary>
        <Icon ctx={ctx} name="chevron-right" class="fold-mark" />
        <span>How they number episodes</span>
      </summary>
      <div class="stack">
        <p class="field-hint">
          For anime: where the files count straight through, so that season 2 begins with S1 E25, say so here, and their
          episodes stand where they belong.
        </p>
        <div class="numberings">
          {libraries.map(({ key, title, numbering }) => (
            <Select
              ctx={ctx}
              label={title}
              name={`numbering.${key}`}
              scope={`numbering-${key}`}
              options={NUMBERING_OPTIONS}
              value={numbering}
            />
          ))}
        </div>
      </div>
    </details>
  );
}

type Choice = { value: string; label: string };
type RadiosProps = {
  legend: string;
  name: string;
  current: string;
  choices: readonly Choice[];
  hint?: string | undefined;
};

function Radios({ legend, name, current, choices, hint }: RadiosProps): JSX.Element {
  return (
    <fieldset class="radios">
      <legend class="field-label" safe>
        {legend}
      </legend>
      <div class="choice-row">
        {choices.map(({ value, label }) => (
          <label class="choice">
            <input type="radio" name={name} value={attr(value)} checked={value === current} />
            <span safe>{label}</span>
          </label>
        ))}
      </div>
      {hint === undefined ? (
        ""
      ) : (
        <p class="field-hint" safe>
          {hint}
        </p>
      )}
    </fieldset>
  );
}

const OFFERED_PERCENTAGES = [70, 80, 85, 90, 95];

function percentages(current: number | null): SelectOption[] {
  const all = new Set([...OFFERED_PERCENTAGES, ...(current === null ? [] : [current])]);
  return [
    { value: "", label: "Whatever the server counts" },
    ...[...all].sort((a, b) => a - b).map((value) => ({ value: String(value), label: `From ${value} % on` })),
  ];
}

function Counts({ ctx, settings }: Props): JSX.Element {
  const { watchedFrom, rewatches } = settings.preferences;
  return (
    <Group title="What counts" hint="Which views on the server become plays here, from the next sync on.">
      <Select
        ctx={ctx}
        label="An episode counts as watched"
        name="watchedFrom"
        options={percentages(watchedFrom)}
        value={watchedFrom === null ? "" : String(watchedFrom)}
        hint="From a percentage on, a view that was broken off counts too; the view that ends it takes its place."
        error={errorOf(settings, "watchedFrom")}
      />
      <Radios
        legend="Watching again"
        name="rewatches"
        current={rewatches}
        choices={[
          { value: "all", label: "Every viewing is a play" },
          { value: "first", label: "Only the first one" },
        ]}
        hint="With only the first, an episode that has a play gets no further one."
      />
      <Radios
        legend="Marks taken back on the server"
        name="unmarks"
        current={settings.unmarks}
        choices={[
          { value: "ignore", label: "Keep them here" },
          { value: "follow", label: "Take them back here too" },
        ]}
        hint="When an episode is set to unwatched there, its plays here stay unless you say otherwise."
      />
    </Group>
  );
}

function LeftOut({ settings }: Props): JSX.Element {
  const { specials, minMinutes, since } = settings.preferences;
  return (
    <Group
      title="What is left out"
      hint="This decides what comes in from the next sync on. Plays that are here already are never removed by it."
    >
      <Switch
        label="Read specials"
        name="specials"
        checked={specials === "read"}
        hint="Switched off, episodes of season 0 are not read."
      />
      <Field
        label="Shortest length in minutes"
        name="minMinutes"
        type="number"
        value={minMinutes === 0 || Number.isNaN(minMinutes) ? "" : String(minMinutes)}
        hint="Shorter videos, such as trailers, are not read. Empty: all are."
        error={errorOf(settings, "minMinutes")}
        attributes={{ min: "0", max: String(LONGEST_MINIMUM), inputmode: "numeric" }}
      />
      <Field
        label="Nothing watched before"
        name="since"
        type="date"
        value={since ?? ""}
        hint="Plays with an earlier date are not brought in; those without a date are. Empty: all are."
        error={errorOf(settings, "since")}
      />
    </Group>
  );
}

const LIST_OPTIONS: readonly SelectOption[] = [
  { value: "automatic", label: "Watching, and Ended once all is seen" },
  { value: "watching", label: "Watching" },
  { value: "later", label: "Later" },
  { value: "ended", label: "Ended" },
  { value: "archived", label: "Archived" },
];

function Shows({ ctx, settings }: Props): JSX.Element {
  return (
    <Group title="Shows" hint="Which of the server's shows come into your library, and where they go.">
      <Radios
        legend="Add to my library"
        name="addShows"
        current={settings.addShows}
        choices={[
          { value: "watched", label: "Those I have watched" },
          { value: "all", label: "All of them" },
          { value: ONLY_KNOWN, label: "None" },
        ]}
        hint="With none, plays come in only for shows that are in your library already."
      />
      <Select
        ctx={ctx}
        label="Put new shows on the list"
        name="addTo"
        options={LIST_OPTIONS}
        value={settings.preferences.addTo}
        hint="Shows that are in your library already stay on theirs."
      />
      {settings.historyNote === null ? (
        ""
      ) : (
        <p class="dim" dir="auto" safe>
          {settings.historyNote}
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

function Place({
  ctx,
  place,
}: {
  ctx: ViewContext;
  place: NonNullable<IntegrationSettingsModel["place"]>;
}): JSX.Element {
  return (
    <Group title="Address and sign-in" hint="The same server at another address keeps everything that was synced.">
      <p>
        <bdi safe>{place.accountName}</bdi>
        <span safe>{` at ${place.serverUrl}`}</span>
      </p>
      <div class="actions">
        <ButtonLink ctx={ctx} href={place.href} label="Change address or sign in again" />
      </div>
    </Group>
  );
}

function PushDates({ settings }: Pick<Props, "settings">): JSX.Element {
  return (
    <>
      <input type="hidden" name="knowsPushDates" value="true" />
      <Switch
        label="Send dates"
        name="pushDates"
        checked={settings.preferences.pushDates}
        hint="A mark goes out with the day you watched it. Off: the server dates it with the moment it gets it."
      />
    </>
  );
}

function TwoWayLink({ ctx, settings }: Props): JSX.Element {
  const state = settings.twoWay ? "Marks made here go to the server too." : "Marks made here stay here.";
  return (
    <Group title="Two-way sync" hint={state}>
      {settings.keepsDates ? <PushDates settings={settings} /> : ""}
      <div class="actions">
        <ButtonLink ctx={ctx} href={ctx.paths.twoWay(settings.id)} label="Set up two-way sync" />
      </div>
    </Group>
  );
}
