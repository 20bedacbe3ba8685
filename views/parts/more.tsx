import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { ButtonLink } from "../ui/button.tsx";
import { type Attributes, hx } from "../ui/hx.ts";
import { attr } from "../ui/text.ts";
import { PartUpdate } from "../ui/toast.tsx";

/** The last row of a list that goes on: loads when scrolled to, is a link without script. */
export function MoreRow({
  ctx,
  href,
  scope,
  label = "Show more",
}: {
  ctx: ViewContext;
  href: string;
  scope: string;
  label?: string | undefined;
}): JSX.Element {
  const row = target("more", scope);
  const load = hx({ get: href, trigger: "click, revealed", target: row, swap: "outerHTML", keepOnError: true });
  return (
    <li id={id("more", scope)} class="more-row">
      <ButtonLink ctx={ctx} href={href} label={label} attributes={load} />
    </li>
  );
}

type Refreshing = {
  href: string;
  into: string;
  on?: readonly string[] | undefined;
  /** Whose requests it gives way to. */
  sync?: string | undefined;
  /** Fields of the page that the answer needs to know. */
  include?: string | undefined;
};

/** What a list of shows or plays listens for. */
const ANYTHING = ["plays-changed", "shows-changed", "sync-ended", "resync"];

/**
 * For an element that asks for a part anew when one of these has happened. When exactly is up to static/live.js: not too
 * often, not while the reader is in the middle of something, never with an answer that is older than what is shown.
 * The stream is opened by `Layout live`.
 */
export function refreshing({ href, into, on = ANYTHING, sync, include }: Refreshing): Attributes {
  return {
    "data-refresh": on.join(" "),
    ...hx({ get: href, trigger: "refresh", target: into, swap: "outerMorph", sync, include, keepOnError: true }),
  };
}

type RefresherProps = Refreshing & {
  /** What a form elsewhere on the page is to know of the list's state. */
  field?: { name: string; value: string; form: string } | undefined;
};

/** Asks for a list anew when something has happened to it. */
export function Refresher({ field, ...props }: RefresherProps): JSX.Element {
  return (
    <div id={id("refresh")} hidden {...refreshing(props)}>
      {field === undefined ? "" : <input type="hidden" name={field.name} value={attr(field.value)} form={field.form} />}
    </div>
  );
}

/** Beside a further page of a list: refreshing would throw the reader back to the first one. */
export function RefresherGone(): JSX.Element {
  return <PartUpdate target={target("refresh")} swap="delete" />;
}
