import type { ViewContext } from "../context.ts";
import type { Attributes } from "./hx.ts";
import { Icon } from "./icon.tsx";
import { attr } from "./text.ts";

export type ChipProps = {
  ctx: ViewContext;
  /** "Show", "From", where the value alone does not say what it is. */
  kind?: string | undefined;
  value: string;
  /** The same page without it. */
  href: string;
  attributes?: Attributes | undefined;
};

/** One thing that a list is filtered by; a press takes it away. */
export function Chip({ ctx, kind, value, href, attributes = {} }: ChipProps): JSX.Element {
  const name = kind === undefined ? value : `${kind} ${value}`;
  return (
    <a class="chip" href={attr(href)} aria-label={attr(`Remove filter: ${name}`)} {...attributes}>
      {kind === undefined ? (
        ""
      ) : (
        <span class="dim" safe>
          {`${kind} `}
        </span>
      )}
      <span class="chip-value" dir="auto" safe>
        {value}
      </span>
      <Icon ctx={ctx} name="x" />
    </a>
  );
}
