import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ButtonLink } from "../ui/button.tsx";
import { hx } from "../ui/hx.ts";
import { attr } from "../ui/text.ts";
import { PartUpdate } from "../ui/toast.tsx";

/** The last row of a list that goes on: loads when scrolled to, is a link without script. */
export function MoreRow({ ctx, href, scope }: { ctx: ViewContext; href: string; scope: string }): JSX.Element {
  const row = target("more", scope);
  const load = hx({ get: href, trigger: "click, revealed", target: row, swap: "outerHTML", keepOnError: true });
  return (
    <li id={id("more", scope)} class="more-row">
      <ButtonLink ctx={ctx} href={href} label="Show more" attributes={load} />
    </li>
  );
}

type RefresherProps = {
  href: string;
  into: string;
  /** Whose requests it gives way to. */
  sync?: string | undefined;
  /** What a form elsewhere on the page is to know of the list's state. */
  field?: { name: string; value: string; form: string } | undefined;
};

/** Asks for a list anew when something has happened to it. The stream is opened by `Layout live`. */
export function Refresher({ href, into, sync, field }: RefresherProps): JSX.Element {
  const ask = hx({
    get: href,
    trigger: "plays-changed from:body throttle:2s, sync-ended from:body throttle:2s, resync from:body throttle:2s",
    target: into,
    swap: "outerMorph",
    sync,
    keepOnError: true,
  });
  return (
    <div id={id("refresh")} hidden {...ask}>
      {field === undefined ? "" : <input type="hidden" name={field.name} value={attr(field.value)} form={field.form} />}
    </div>
  );
}

/** Beside a further page of a list: refreshing would throw the reader back to the first one. */
export function RefresherGone(): JSX.Element {
  return <PartUpdate target={target("refresh")} swap="delete" />;
}
