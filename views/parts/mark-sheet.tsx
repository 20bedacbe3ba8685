import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, type ButtonKind } from "../ui/button.tsx";
import { Dialog, DialogPage } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { hx } from "../ui/hx.ts";
import type { IconName } from "../ui/icon.tsx";
import { BackLink } from "../ui/page-header.tsx";
import { attr } from "../ui/text.ts";

export type MarkAction = {
  label: string;
  action: string;
  method: "put" | "post";
  icon: IconName;
  kind?: ButtonKind | undefined;
};

export type MarkSheetModel = {
  /** Tells apart the fields of several sheets. */
  scope: string;
  title: string;
  /** In words: "Harbour Lights · aired 3 Mar". */
  facts: string;
  /** "On the air date", "On their air dates"; null: no date is known. */
  airDateLabel: string | null;
  /** The present in the user's zone, as a field for date and time wants it. */
  nowLocal: string;
  actions: readonly MarkAction[];
  unmark: { label: string; action: string; confirm?: string | undefined } | null;
  /** What was wrong with the date that was typed. */
  problem?: { typed: string; text: string } | undefined;
  back: { href: string; label: string };
};

type Props = { ctx: ViewContext; sheet: MarkSheetModel };

/** Every answer names its own parts; what is unfolded on the page behind travels along. */
const LIVE = { swap: "none", include: "[name=open]" } as const;

export function MarkDialog({ ctx, sheet }: Props): JSX.Element {
  return (
    <Dialog ctx={ctx} scope={sheet.scope} title={sheet.title}>
      <MarkSheet ctx={ctx} sheet={sheet} />
    </Dialog>
  );
}

export function MarkPage({ ctx, sheet }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title={sheet.title} nav="library">
      <BackLink ctx={ctx} {...sheet.back} />
      <DialogPage scope={sheet.scope} title={sheet.title}>
        <MarkSheet ctx={ctx} sheet={sheet} />
      </DialogPage>
    </Layout>
  );
}

function MarkSheet({ ctx, sheet }: Props): JSX.Element {
  return (
    <div id={id("mark-sheet", sheet.scope)} class="mark-sheet">
      <p class="dim" dir="auto" safe>
        {sheet.facts}
      </p>
      {sheet.actions.length === 0 ? "" : <MarkForm ctx={ctx} sheet={sheet} />}
      {sheet.unmark === null ? (
        ""
      ) : (
        <ActionForm
          action={sheet.unmark.action}
          method="delete"
          live={{ ...LIVE, confirm: sheet.unmark.confirm, confirmLabel: "Take marks back" }}
          attributes={{ "data-closes-dialog": "" }}
        >
          <Button ctx={ctx} kind="quiet" icon="undo" label={sheet.unmark.label} />
        </ActionForm>
      )}
    </div>
  );
}

/** One "when" for all the buttons; each goes to an address of its own, with and without script. */
function MarkForm({ ctx, sheet }: Props): JSX.Element {
  const { problem } = sheet;
  return (
    <form method="post" action={attr(sheet.actions[0]?.action ?? "")} class="mark-form">
      <input type="hidden" name="sheet" value="true" />
      <fieldset>
        <legend class="field-label">When?</legend>
        <div class="choice-row">
          <When value="now" label="Just now" checked={problem === undefined} scope={sheet.scope} />
          {sheet.airDateLabel === null ? (
            ""
          ) : (
            <When value="aired" label={sheet.airDateLabel} checked={false} scope={sheet.scope} />
          )}
          <When value="date" label="Other date…" checked={problem !== undefined} scope={sheet.scope} />
          <When value="unknown" label="Date unknown" checked={false} scope={sheet.scope} />
        </div>
        <div class="mark-date">
          <Field
            label="Date and time"
            name="watchedAt"
            scope={sheet.scope}
            type="datetime-local"
            value={problem?.typed ?? sheet.nowLocal}
            error={problem?.text}
          />
        </div>
      </fieldset>
      <div class="mark-actions">
        {sheet.actions.map((each) => (
          <Button
            ctx={ctx}
            kind={each.kind ?? "secondary"}
            icon={each.icon}
            label={each.label}
            wide
            field={{ name: "_method", value: each.method.toUpperCase() }}
            attributes={{
              formaction: attr(each.action),
              ...hx({ post: attr(each.action), ...LIVE }),
              "data-closes-dialog": "",
            }}
          />
        ))}
      </div>
    </form>
  );
}

type WhenProps = { value: string; label: string; checked: boolean; scope: string };

function When({ value, label, checked, scope }: WhenProps): JSX.Element {
  const input = id("field", `${scope}-at-${value}`);
  return (
    <label class="choice" for={input}>
      <input type="radio" id={input} name="at" value={value} checked={checked} />
      <span safe>{label}</span>
    </label>
  );
}
