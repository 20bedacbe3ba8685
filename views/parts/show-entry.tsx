import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { hx } from "../ui/hx.ts";
import { Menu } from "../ui/menu.tsx";
import { RatingField } from "../ui/rating.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";

export type ShowEntryModel = {
  id: string;
  title: string;
  watched: number;
  aired: number;
  /** Empty: it goes where its progress puts it. */
  list: string;
  lists: readonly SelectOption[];
  rating: number | null;
};

type Props = { ctx: ViewContext; show: ShowEntryModel };

/** List and rating save as they change; the button is for readers without script. */
export function ShowEntry({ ctx, show }: Props): JSX.Element {
  const onChange = { "data-submit-on-change": "" };
  const action = ctx.paths.showEntry(show.id);
  const live = {
    target: target("show-entry", show.id),
    swap: "outerMorph",
    disable: undefined,
    // Who walks through the stars with the arrow keys means the last one.
    sync: "this:replace",
  } as const;
  return (
    <div id={id("show-entry", show.id)} class="show-entry">
      <div class="show-entry-row">
        <ActionForm action={action} class="show-list-form" live={live}>
          <Select
            ctx={ctx}
            label="List"
            name="list"
            scope="show"
            options={show.lists}
            value={show.list}
            attributes={onChange}
          />
          <span class="no-script">
            <Button ctx={ctx} label="Save" name="Save the list" />
          </span>
        </ActionForm>
        <ShowActions ctx={ctx} show={show} />
      </div>
      <ActionForm action={action} class="show-rating-form" live={live}>
        <RatingField ctx={ctx} name="rating" scope="show" value={show.rating} attributes={onChange} />
        <span class="no-script">
          <Button ctx={ctx} label="Save" name="Save the rating" />
        </span>
      </ActionForm>
    </div>
  );
}

function ShowActions({ ctx, show }: Props): JSX.Element {
  const complete = show.aired > 0 && show.watched >= show.aired;
  const whole = {
    target: target("show", show.id),
    swap: "outerMorph",
    include: `${target("show", show.id)} [name=open]`,
  } as const;
  return (
    <div class="actions show-actions">
      {complete || show.aired === 0 ? (
        ""
      ) : (
        <ActionForm
          action={ctx.paths.showWatched(show.id)}
          method="put"
          live={{
            ...whole,
            confirm: `Mark every episode of ${show.title} that is out as watched?`,
            confirmLabel: "Mark all watched",
          }}
        >
          <Button ctx={ctx} icon="check" label="Mark all watched" />
        </ActionForm>
      )}
      <ButtonLink ctx={ctx} kind="quiet" href={ctx.paths.showMatch(show.id)} label="Wrong show?" />
      <Menu ctx={ctx} label="More for this show">
        {show.aired === 0 ? (
          ""
        ) : (
          <ButtonLink
            ctx={ctx}
            kind="quiet"
            icon="calendar"
            href={ctx.paths.showMarks(show.id)}
            label={complete ? "Watched again…" : "Mark with a date, watch again…"}
            attributes={hx({ get: ctx.paths.showMarks(show.id), target: target("dialog"), swap: "innerHTML" })}
          />
        )}
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          icon="history"
          href={ctx.paths.history({ show: show.id })}
          label="All plays"
        />
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          icon="link"
          href={ctx.paths.showMerge(show.id)}
          label="Merge with another show…"
        />
        {show.watched === 0 ? (
          ""
        ) : (
          <ActionForm
            action={ctx.paths.showWatched(show.id)}
            method="delete"
            live={{ ...whole, confirm: `Take back every mark of ${show.title}?`, confirmLabel: "Take marks back" }}
          >
            <Button ctx={ctx} kind="quiet" icon="undo" label="Unmark all" />
          </ActionForm>
        )}
        <ActionForm
          action={ctx.paths.show(show.id)}
          method="delete"
          live={{
            target: target("show", show.id),
            swap: "none",
            confirm: `Remove ${show.title} and its marks from your library?`,
            confirmLabel: "Remove",
          }}
        >
          <Button ctx={ctx} kind="quiet" icon="trash" label="Remove from library" />
        </ActionForm>
      </Menu>
    </div>
  );
}
