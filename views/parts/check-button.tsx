import type { ViewContext } from "../context.ts";
import { ActionForm } from "../ui/action-form.tsx";
import type { HxOptions } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { attr } from "../ui/text.ts";

export type CheckButtonProps = {
  ctx: ViewContext;
  action: string;
  watched: boolean;
  /** What is marked: "S2 E5, The Door". Part of the name that screen readers say. */
  subject: string;
  size?: "row" | "big" | undefined;
  live?: Omit<HxOptions, "get" | "post"> | undefined;
};

/** Marks and unmarks: PUT or DELETE on the same address, so pressing twice by mistake does no harm. */
export function CheckButton({ ctx, action, watched, subject, size = "row", live }: CheckButtonProps): JSX.Element {
  const name = watched ? `Watched: ${subject}. Take the mark back` : `Mark as watched: ${subject}`;
  return (
    <ActionForm action={action} method={watched ? "delete" : "put"} live={live} class="check-form">
      <button
        class={`check check-${size}`}
        type="submit"
        aria-pressed={watched ? "true" : "false"}
        aria-label={attr(name)}
        title={watched ? "Watched" : "Mark as watched"}
      >
        <span class="check-face">
          <Icon ctx={ctx} name="check" />
        </span>
      </button>
    </ActionForm>
  );
}
