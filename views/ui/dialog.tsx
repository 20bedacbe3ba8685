import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Icon } from "./icon.tsx";
import { PartUpdate } from "./toast.tsx";

export type DialogProps = PropsWithChildren<{ ctx: ViewContext; scope: string; title: string }>;

/** For a fragment swapped into `DialogSlot`: app.js opens it as a modal as it arrives and empties the slot when it closes. */
export function Dialog({ ctx, scope, title, children }: DialogProps): JSX.Element {
  const titleId = id("dialog-title", scope);
  return (
    <dialog class="dialog" data-modal="" aria-labelledby={titleId}>
      <header class="dialog-head">
        <h2 id={titleId} dir="auto" tabindex="-1" {...{ autofocus: true }} safe>
          {title}
        </h2>
        <form method="dialog">
          <button class="button button-quiet button-icon" type="submit" title="Close">
            <Icon ctx={ctx} name="x" />
            <span class="visually-hidden">Close</span>
          </button>
        </form>
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

/** Rides along in an answer to a form inside a dialog: it has done its work. */
export function DialogGone(): JSX.Element {
  return (
    <PartUpdate target={target("dialog")} swap="outerHTML">
      <div id={id("dialog")}></div>
    </PartUpdate>
  );
}

/** The same content as a page of its own, for readers without script. */
export function DialogPage({
  scope,
  title,
  children,
}: PropsWithChildren<{ scope: string; title: string }>): JSX.Element {
  const titleId = id("dialog-title", scope);
  return (
    <section class="card dialog-page" aria-labelledby={titleId}>
      <h1 id={titleId} dir="auto" safe>
        {title}
      </h1>
      {children}
    </section>
  );
}
