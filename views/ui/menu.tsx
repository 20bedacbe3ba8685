import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { Icon } from "./icon.tsx";
import { attr } from "./text.ts";

export type MenuProps = PropsWithChildren<{ ctx: ViewContext; label: string }>;

/** A fold with further actions (children: links and action forms). Works without script; app.js closes it on Escape and outside. */
export function Menu({ ctx, label, children }: MenuProps): JSX.Element {
  return (
    <details class="menu" data-menu="">
      <summary class="button button-quiet button-icon" aria-label={attr(label)} title={attr(label)}>
        <Icon ctx={ctx} name="more" />
      </summary>
      <div class="menu-items">{children}</div>
    </details>
  );
}
