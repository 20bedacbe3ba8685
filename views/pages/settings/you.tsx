import type { DateFormat, Theme, ViewContext } from "../../context.ts";
import { id, target } from "../../dom.ts";
import { errorOf, type FormProblem, inputOf, SettingForm } from "../../parts/setting-form.tsx";
import { Group } from "../../parts/setting-group.tsx";
import { Button } from "../../ui/button.tsx";
import { Choices } from "../../ui/choices.tsx";
import { Field } from "../../ui/field.tsx";
import { formatDate, formatNumber, fullTime } from "../../ui/format.ts";
import { hx } from "../../ui/hx.ts";
import { ProgressBar } from "../../ui/progress-bar.tsx";
import { Select, type SelectOption, type SelectProps } from "../../ui/select.tsx";
import { attr } from "../../ui/text.ts";

export type TitlesModel = {
  /** Shows asked about in the chosen language, of those that a source knows. */
  done: number;
  total: number;
};

export type YouModel = {
  username: string;
  theme: Theme;
  /** "" = the installation's. */
  timeZone: string;
  timeZones: readonly SelectOption[];
  dateFormat: DateFormat;
  /** "" = as the sources name things. */
  titleLanguage: string;
  languages: readonly SelectOption[];
  /** False: no metadata source is switched on, so there is nobody to ask. */
  hasSources: boolean;
  titles: TitlesModel;
};

type Props = { ctx: ViewContext; you: YouModel; problem: FormProblem | null };

export function YouSettings({ ctx, you, problem }: Props): JSX.Element {
  return (
    <>
      <Name ctx={ctx} you={you} problem={problem} />
      <Appearance ctx={ctx} you={you} problem={problem} />
      <Language ctx={ctx} you={you} problem={problem} />
      <TimeZone ctx={ctx} you={you} problem={problem} />
      <Dates ctx={ctx} you={you} problem={problem} />
      <Group title="About">
        <p safe>{`Episode Tracker ${ctx.version}`}</p>
        <p>
          <a class="link" href={ctx.paths.api.docs()}>
            API reference
          </a>
        </p>
      </Group>
    </>
  );
}

/** For readers without script: with it, a choice is saved as it is made. */
function SaveWithoutScript({ ctx, name }: { ctx: ViewContext; name: string }): JSX.Element {
  return (
    <div class="no-script">
      <Button ctx={ctx} label="Save" name={name} />
    </div>
  );
}

const SAVE_AT_ONCE = { "data-submit-on-change": "" };

function Name({ ctx, you, problem }: Props): JSX.Element {
  return (
    <Group title="Name" hint="What you sign in with, and what the others here see.">
      <SettingForm action={ctx.paths.profile()} class="inline-form">
        <Field
          label="Username"
          name="username"
          scope="profile"
          value={inputOf(problem, "profile", "username", you.username)}
          required
          maxlength={64}
          autocomplete="username"
          error={errorOf(problem, "profile", "username")}
        />
        <Button ctx={ctx} label="Change name" />
      </SettingForm>
    </Group>
  );
}

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "auto", label: "Like the system" },
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
];

function Appearance({ ctx, you }: Props): JSX.Element {
  return (
    <Group title="Appearance" hint="Dark, light, or what this device prefers.">
      <SettingForm action={ctx.paths.appearance()}>
        <Choices
          legend="Theme"
          name="theme"
          choices={THEMES}
          value={you.theme}
          attributes={{ ...SAVE_AT_ONCE, "data-theme-choice": "" }}
        />
        <SaveWithoutScript ctx={ctx} name="Save the appearance" />
      </SettingForm>
    </Group>
  );
}

/** One choice of a list that stands alone in its group. */
function Preference(select: Omit<SelectProps, "labelHidden" | "attributes">): JSX.Element {
  const { ctx, label } = select;
  return (
    <SettingForm action={ctx.paths.preferences()} class="form form-narrow">
      <Select {...select} labelHidden attributes={SAVE_AT_ONCE} />
      <SaveWithoutScript ctx={ctx} name={`Save: ${label}`} />
    </SettingForm>
  );
}

function Language({ ctx, you, problem }: Props): JSX.Element {
  return (
    <Group
      title="Language of titles"
      hint="Shows and episodes are named in it where a translation is known, and as before where none is."
    >
      <Preference
        ctx={ctx}
        label="Language of titles"
        name="titleLanguage"
        options={you.languages}
        value={you.titleLanguage}
        error={errorOf(problem, "preferences", "titleLanguage")}
      />
      {you.hasSources ? (
        <TitlesProgress ctx={ctx} titles={you.titles} />
      ) : (
        <p class="dim">No metadata source is switched on, so titles stay as your server has them.</p>
      )}
    </Group>
  );
}

/** Asks for itself anew until all titles are there. */
export function TitlesProgress({ ctx, titles }: { ctx: ViewContext; titles: TitlesModel }): JSX.Element {
  const { done, total } = titles;
  const unfinished = done < total;
  const polling = unfinished
    ? hx({
        get: ctx.paths.titlesProgress(),
        trigger: "every 2s",
        target: target("titles"),
        swap: "outerMorph",
        keepOnError: true,
      })
    : {};
  return (
    <div id={id("titles")} class="stack-tight" {...polling}>
      {total === 0 ? (
        ""
      ) : (
        <p class="dim numbers" role="status" safe>
          {`Titles: ${formatNumber(done, ctx)} of ${formatNumber(total, ctx)} fetched${unfinished ? "…" : "."}`}
        </p>
      )}
      {unfinished ? <ProgressBar label="Titles fetched" value={done} max={total} /> : ""}
    </div>
  );
}

function TimeZone({ ctx, you, problem }: Props): JSX.Element {
  return (
    <Group title="Time zone" hint="Days, times and your schedules follow it.">
      <Preference
        ctx={ctx}
        label="Time zone"
        name="timeZone"
        options={you.timeZones}
        value={you.timeZone}
        error={errorOf(problem, "preferences", "timezone")}
      />
    </Group>
  );
}

const FORMATS: readonly { value: DateFormat; lead: string }[] = [
  { value: "auto", lead: "Like the browser: " },
  { value: "dmy", lead: "" },
  { value: "mdy", lead: "" },
  { value: "ymd", lead: "" },
];

/** A day that tells the orders apart whatever today is. */
const EXAMPLE = Date.UTC(2026, 11, 31);

function Dates({ ctx, you }: Props): JSX.Element {
  const example = (dateFormat: DateFormat) =>
    formatDate(
      EXAMPLE,
      { locale: ctx.locale, timeZone: "UTC", dateFormat },
      { day: "numeric", month: "short", year: "numeric" },
    );
  return (
    <Group title="Dates" hint="How days are written on every page. The clock is your browser's.">
      <SettingForm action={ctx.paths.preferences()}>
        <Choices
          legend="Date format"
          name="dateFormat"
          choices={FORMATS.map(({ value, lead }) => ({ value, label: `${lead}${example(value)}` }))}
          value={you.dateFormat}
          attributes={SAVE_AT_ONCE}
        />
        <SaveWithoutScript ctx={ctx} name="Save the date format" />
      </SettingForm>
      <p class="dim">
        <span>Now: </span>
        <time datetime={attr(new Date(ctx.now).toISOString())} safe>
          {fullTime(ctx.now, ctx)}
        </time>
      </p>
    </Group>
  );
}
