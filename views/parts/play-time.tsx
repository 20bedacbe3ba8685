import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Dialog, DialogPage } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { hx } from "../ui/hx.ts";
import { attr } from "../ui/text.ts";

export type PlayTimeModel = {
  playId: string;
  showTitle: string;
  /** "S2 E5 · The Door". */
  episode: string;
  /** As `<input type="datetime-local">` has it, on the reader's clocks; empty without a date. */
  value: string;
  latest: string;
  timeZone: string;
  undated: boolean;
  /** When the episode was broadcast, in words; null: not known, or not out yet. */
  airDate: string | null;
  /** What the source says, when the reader has said something else. */
  original: { label: string; words: string } | null;
  /** The page to go back to without script. */
  back: string;
  error?: string | undefined;
};

type Props = { ctx: ViewContext; time: PlayTimeModel };

const TITLE = "Edit time";

/** To the form: a dialog, or a page of its own without script. */
export function EditTimeLink(props: {
  ctx: ViewContext;
  playId: string;
  name: string;
  iconOnly?: boolean;
}): JSX.Element {
  const { ctx, playId, name, iconOnly = false } = props;
  const href = ctx.paths.playTime(playId);
  return (
    <ButtonLink
      ctx={ctx}
      kind="quiet"
      icon="clock"
      iconOnly={iconOnly}
      href={href}
      label={TITLE}
      name={name}
      attributes={hx({ get: href, target: target("dialog"), swap: "innerHTML" })}
    />
  );
}

export function PlayTimeDialog({ ctx, time }: Props): JSX.Element {
  return (
    <Dialog ctx={ctx} scope="play-time" title={TITLE}>
      <PlayTimeForm ctx={ctx} time={time} />
    </Dialog>
  );
}

export function PlayTimePage({ ctx, time }: Props): JSX.Element {
  return (
    <DialogPage scope="play-time" title={TITLE}>
      <PlayTimeForm ctx={ctx} time={time} />
      <a class="link" href={attr(time.back)}>
        Leave it as it is
      </a>
    </DialogPage>
  );
}

export function PlayTimeForm({ ctx, time }: Props): JSX.Element {
  const action = ctx.paths.playTime(time.playId);
  const live = hx({
    post: action,
    target: target("play-time"),
    swap: "outerMorph",
    include: `${target("history-reach")} input`,
    disable: "find button",
  });
  return (
    <form id={id("play-time")} class="form" method="post" action={action} {...live}>
      <input type="hidden" name="back" value={attr(time.back)} />
      <p>
        <strong dir="auto" safe>
          {time.showTitle}
        </strong>
        <br />
        <span dir="auto" safe>
          {time.episode}
        </span>
      </p>
      <Field
        label="Watched at"
        name="at"
        scope="play-time"
        type="datetime-local"
        value={time.value}
        hint={`On the clocks of ${time.timeZone}. No later sync changes it back.`}
        error={time.error}
        attributes={{ min: "1900-01-01T00:00", max: time.latest }}
      />
      <div class="actions">
        <Button ctx={ctx} kind="primary" label="Save" field={{ name: "as", value: "time" }} />
      </div>
      <Shortcuts ctx={ctx} time={time} />
    </form>
  );
}

/** What needs no typing. The browser is not to insist on a date for these. */
function Shortcuts({ ctx, time }: Props): JSX.Element {
  const choice = (value: string, label: string) => (
    <Button ctx={ctx} label={label} field={{ name: "as", value }} attributes={{ formnovalidate: "" }} />
  );
  return (
    <div class="time-choices">
      {time.airDate === null ? "" : choice("air", `Air date: ${time.airDate}`)}
      {time.undated ? "" : choice("unknown", "Date unknown")}
      {time.original === null ? "" : choice("source", time.original.label)}
      {time.original === null ? (
        ""
      ) : (
        <p class="field-hint" dir="auto" safe>
          {time.original.words}
        </p>
      )}
    </div>
  );
}

/** What the dialog ends with: app.js closes it on this mark. */
export function PlayTimeDone(): JSX.Element {
  return <p id={id("play-time")} data-dialog-done=""></p>;
}
