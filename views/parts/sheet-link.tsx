import type { ViewContext } from "../context.ts";
import { target } from "../dom.ts";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { attr } from "../ui/text.ts";

/** Opens the ways to mark something as a dialog; without script as a page. */
export function SheetLink({ ctx, href, label }: { ctx: ViewContext; href: string; label: string }): JSX.Element {
  return (
    <a
      class="button button-quiet button-icon"
      href={href}
      aria-label={attr(label)}
      title={attr(label)}
      {...hx({ get: href, target: target("dialog"), swap: "innerHTML" })}
    >
      <Icon ctx={ctx} name="more" />
    </a>
  );
}
