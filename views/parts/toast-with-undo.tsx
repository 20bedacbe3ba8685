import type { ViewContext } from "../context.ts";
import { target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { Button } from "../ui/button.tsx";
import { attr } from "../ui/text.ts";
import { Toast, ToastUpdate } from "../ui/toast.tsx";

export type Undo = {
  token: string;
  /** Which part of the page the answer brings up to date: "up-next", "up-next:12", "show:12". */
  part: string;
  /** Where a reader ends up whose script fails between. */
  back: string;
  /** Fields of the page that the answer needs to know. */
  include?: string | undefined;
};

export type ToastWithUndoProps = { ctx: ViewContext; text: string; undo: Undo };

/** Goes into an htmx answer beside its main part. What the undoing changes comes as parts with targets of their own. */
export function ToastWithUndo({ ctx, text, undo }: ToastWithUndoProps): JSX.Element {
  return (
    <ToastUpdate>
      <Toast ctx={ctx} text={text}>
        <ActionForm
          action={ctx.paths.undo()}
          live={{ target: target("toasts"), swap: "none", include: undo.include ?? "[name=open]" }}
          attributes={{ "data-keeps-order": "" }}
        >
          <input type="hidden" name="token" value={attr(undo.token)} />
          <input type="hidden" name="part" value={attr(undo.part)} />
          <input type="hidden" name="back" value={attr(undo.back)} />
          <Button ctx={ctx} kind="quiet" label="Undo" name={`Undo: ${text}`} />
        </ActionForm>
      </Toast>
    </ToastUpdate>
  );
}
