import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Dialog, DialogPage } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { type Attributes, hx } from "../ui/hx.ts";
import { attr } from "../ui/text.ts";
import type { PlayModel } from "./play-evidence.tsx";

export type PlaySheetModel = {
  play: PlayModel;
  showId: string;
  showTitle: string;
  /** "S2 E5 · The Door". */
  episode: string;
  /** Where it came from and how sure that is, in words. */
  facts: string;
  /** As `<input type="datetime-local">` has it, on the reader's clocks; empty without a date. */
  value: string;
  latest: string;
  timeZone: string;
  /** When the episode was broadcast, in words; null: not known, or not out yet. */
  airDate: string | null;
  /** How to go back to the source's time, when the reader has said something else. */
  resetLabel: string | null;
  /** Where the play is one of many, it can be removed here; elsewhere that stands beside it. */
  removable: boolean;
  /** The page to go back to without script. */
  back: string;
  error?: string | undefined;
};

type Props = { ctx: ViewContext; sheet: PlaySheetModel };

const SCOPE = "play";

/** To the sheet: a dialog, or a page of its own without script. */
export function sheetLink(ctx: ViewContext, playId: string): { href: string; attributes: Attributes } {
  const href = ctx.paths.play(playId);
  return { href, attributes: hx({ get: href, target: target("dialog"), swap: "innerHTML" }) };
}

export function PlayDialog({ ctx, sheet }: Props): JSX.Element {
  return (
    <Dialog ctx={ctx} scope={SCOPE} title={sheet.showTitle}>
      <PlaySheet ctx={ctx} sheet={sheet} />
    </Dialog>
  );
}

export function PlayDocument({ ctx, sheet }: Props): JSX.Element {
  return (
    <DialogPage scope={SCOPE} title={sheet.showTitle}>
      <PlaySheet ctx={ctx} sheet={sheet} />
      <a class="link" href={attr(sheet.back)}>
        Back without changing anything
      </a>
    </DialogPage>
  );
}

/** The fields of the page below that an answer needs to know. */
const include = `${target("history-reach")} input`;

export function PlaySheet({ ctx, sheet }: Props): JSX.Element {
  return (
    <div id={id("play-sheet")} class="play-sheet">
      <div>
        <p dir="auto" safe>
          {sheet.episode}
        </p>
        <p class="dim" dir="auto" safe>
          {sheet.facts}
        </p>
      </div>
      <TimeForm ctx={ctx} sheet={sheet} />
      <SheetLinks ctx={ctx} sheet={sheet} />
    </div>
  );
}

/** Save comes first, for whoever presses Enter. The browser is not to insist on a date for the shortcuts. */
function TimeForm({ ctx, sheet }: Props): JSX.Element {
  const shortcut = (value: string, label: string) => (
    <Button ctx={ctx} label={label} field={{ name: "as", value }} attributes={{ formnovalidate: "" }} />
  );
  return (
    <ActionForm
      class="form"
      action={ctx.paths.playTime(sheet.play.id)}
      live={{ target: target("play-sheet"), swap: "outerMorph", include }}
    >
      <input type="hidden" name="back" value={attr(sheet.back)} />
      <Field
        label="Watched at"
        name="at"
        scope={SCOPE}
        type="datetime-local"
        value={sheet.value}
        hint={`On the clocks of ${sheet.timeZone}. No later sync changes it back.`}
        error={sheet.error}
        attributes={{ min: "1900-01-01T00:00", max: sheet.latest }}
      />
      <div class="actions">
        <Button ctx={ctx} kind="primary" label="Save" field={{ name: "as", value: "time" }} />
        {sheet.airDate === null ? "" : shortcut("air", `Air date: ${sheet.airDate}`)}
        {sheet.play.watchedAt === null ? "" : shortcut("unknown", "Date unknown")}
        {sheet.resetLabel === null ? "" : shortcut("source", sheet.resetLabel)}
      </div>
    </ActionForm>
  );
}

function SheetLinks({ ctx, sheet }: Props): JSX.Element {
  const { paths } = ctx;
  const { play, showId } = sheet;
  return (
    <div class="sheet-links">
      <ButtonLink ctx={ctx} kind="quiet" icon="tv" href={paths.show(showId)} label="Open show" />
      <ButtonLink
        ctx={ctx}
        kind="quiet"
        icon="history"
        href={paths.history({ show: showId })}
        label="All plays of this show"
      />
      {play.syncId ? (
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          icon="refresh"
          href={paths.sync(play.syncId)}
          label="The sync it came from"
        />
      ) : (
        ""
      )}
      {sheet.removable ? (
        <ActionForm
          action={paths.play(play.id)}
          method="delete"
          live={{ target: target("play-sheet"), swap: "outerMorph", include }}
        >
          <input type="hidden" name="back" value={attr(sheet.back)} />
          <Button ctx={ctx} kind="quiet" icon="trash" label="Remove this play" />
        </ActionForm>
      ) : (
        ""
      )}
    </div>
  );
}

/** What the dialog ends with: app.js closes it on this mark. */
export function PlaySheetDone(): JSX.Element {
  return <p id={id("play-sheet")} data-dialog-done=""></p>;
}
