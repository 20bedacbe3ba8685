import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import type { SelectOption } from "../ui/select.tsx";
import { attr } from "../ui/text.ts";

export type BulkBarModel = {
  lists: readonly SelectOption[];
  ratings: readonly SelectOption[];
  /** The page to come back to. */
  from: string;
  /** The same page with every box ticked, for readers without script. */
  allHref: string;
};

/** Goes before what asks for the list anew: that would bring back the boxes that the answer has just put away. */
const INTO_LIBRARY = {
  target: target("library"),
  swap: "outerMorph",
  sync: `${target("library-filter")}:replace`,
} as const;

/** What can be done with the shows that are ticked above. Their boxes name this form. */
export function BulkBar({ ctx, bulk }: { ctx: ViewContext; bulk: BulkBarModel }): JSX.Element {
  return (
    <ActionForm
      action={ctx.paths.showsBulk()}
      class="bulk-bar"
      live={{ ...INTO_LIBRARY, disable: "find fieldset" }}
      attributes={{ id: id("library-bulk"), "aria-label": "Chosen shows" }}
    >
      {/* Enter in a box would press the first button there is. */}
      <button type="submit" disabled hidden>
        Nothing
      </button>
      <input type="hidden" name="from" value={attr(bulk.from)} />
      <p class="bulk-count" role="status" data-picked="">
        Choose shows
      </p>
      <fieldset class="bulk-actions" aria-label="What to do with them">
        <span class="script-only">
          <Button
            ctx={ctx}
            kind="quiet"
            icon="select"
            type="button"
            label="All shown"
            attributes={{ "data-pick-all": "" }}
          />
        </span>
        <span class="no-script">
          <ButtonLink ctx={ctx} kind="quiet" icon="select" href={attr(bulk.allHref)} label="All shown" />
        </span>
        <Choices ctx={ctx} icon="move" label="Move to">
          {bulk.lists.map(({ value, label }) => (
            <Button ctx={ctx} kind="quiet" label={label} field={{ name: "do", value: `move:${value}` }} />
          ))}
        </Choices>
        <Choices ctx={ctx} icon="star" label="Rate">
          {bulk.ratings.map(({ value, label }) => (
            <Button ctx={ctx} kind="quiet" label={label} field={{ name: "do", value: `rate:${value}` }} />
          ))}
        </Choices>
        <Button
          ctx={ctx}
          kind="quiet"
          icon="check"
          label="Watched"
          name="Watched: mark everything that is out"
          field={{ name: "do", value: "mark-watched" }}
        />
        <Button ctx={ctx} kind="quiet" icon="trash" label="Remove" field={{ name: "do", value: "remove" }} />
      </fieldset>
    </ActionForm>
  );
}

function Choices({
  ctx,
  icon,
  label,
  children,
}: PropsWithChildren<{ ctx: ViewContext; icon: IconName; label: string }>): JSX.Element {
  return (
    <details class="menu menu-up" data-menu="">
      <summary class="button button-quiet">
        <Icon ctx={ctx} name={icon} />
        <span class="button-label" safe>
          {label}
        </span>
      </summary>
      <div class="menu-items">{children}</div>
    </details>
  );
}

export type BulkQuestionModel = {
  /** "Remove three shows?" */
  title: string;
  text: string;
  /** Some of their titles, and how many there are besides. */
  titles: readonly string[];
  others: string | null;
  /** What the confirming button says. */
  label: string;
  danger: boolean;
  ids: readonly string[];
  what: string;
  from: string;
  shown: string;
};

/** Asked before what cannot be overlooked afterwards; in a dialog, or without script as a page. */
export function BulkQuestion({ ctx, question }: { ctx: ViewContext; question: BulkQuestionModel }): JSX.Element {
  const fields = { do: question.what, from: question.from, shown: question.shown, confirmed: "yes" };
  return (
    <>
      <p safe>{question.text}</p>
      <ul class="bulk-titles">
        {question.titles.map((title) => (
          <li dir="auto" safe>
            {title}
          </li>
        ))}
        {question.others === null ? (
          ""
        ) : (
          <li class="dim" safe>
            {question.others}
          </li>
        )}
      </ul>
      <ActionForm action={ctx.paths.showsBulk()} class="actions actions-end" live={INTO_LIBRARY}>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={attr(value)} />
        ))}
        {question.ids.map((showId) => (
          <input type="hidden" name="ids" value={attr(showId)} />
        ))}
        <ButtonLink ctx={ctx} href={attr(question.from)} label="Cancel" attributes={{ "data-close": "" }} />
        <Button ctx={ctx} kind={question.danger ? "danger" : "primary"} label={question.label} />
      </ActionForm>
    </>
  );
}
