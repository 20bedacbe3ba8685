import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Button } from "../ui/button.tsx";
import { hx } from "../ui/hx.ts";
import { TextArea } from "../ui/text-area.tsx";

export type ShowNotesModel = { id: string; notes: string | null; longestNotes: number };

type Props = { ctx: ViewContext; show: ShowNotesModel };

/**
 * The user's own words. They save a moment after the typing stops; the answer brings the text above the field and
 * leaves the field alone, since the typing may have gone on.
 */
export function ShowNotes({ ctx, show }: Props): JSX.Element {
  const action = ctx.paths.showEntry(show.id);
  const live = hx({
    post: action,
    trigger: "submit, input delay:1s, change",
    target: target("show-notes-text", show.id),
    swap: "outerHTML",
    sync: "this:replace",
  });
  return (
    <div id={id("show-notes", show.id)} class="show-notes">
      <ShowNotesText ctx={ctx} show={show} saved={false} />
      <details class="notes-fold">
        <summary class="link">{show.notes === null ? "Add a note" : "Edit your notes"}</summary>
        <form method="post" action={action} class="notes-form" {...live}>
          <TextArea
            label="Your notes"
            name="notes"
            scope={`show-${show.id}`}
            value={show.notes ?? ""}
            maxlength={show.longestNotes}
            hint="Only you can read them. They are saved as you write."
          />
          <span class="no-script">
            <Button ctx={ctx} label="Save notes" />
          </span>
        </form>
      </details>
    </div>
  );
}

export function ShowNotesText({ show, saved }: Props & { saved: boolean }): JSX.Element {
  return (
    <div id={id("show-notes-text", show.id)} class="notes-shown" role="status">
      {show.notes === null ? (
        ""
      ) : (
        <p class="notes-text" dir="auto" safe>
          {show.notes}
        </p>
      )}
      {saved ? <p class="dim notes-saved">Saved.</p> : ""}
    </div>
  );
}
