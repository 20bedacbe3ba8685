import type { ViewContext } from "../context.ts";
import { attr } from "./text.ts";

export type IconName =
  | "alert"
  | "arrow-left"
  | "ban"
  | "calendar"
  | "chart"
  | "check"
  | "check-circle"
  | "chevron-down"
  | "chevron-left"
  | "chevron-right"
  | "circle"
  | "clock"
  | "copy"
  | "external"
  | "eye"
  | "filter"
  | "grid"
  | "half-circle"
  | "history"
  | "info"
  | "key"
  | "library"
  | "link"
  | "log-out"
  | "move"
  | "more"
  | "pause"
  | "play"
  | "plug"
  | "plus"
  | "refresh"
  | "rows"
  | "search"
  | "server"
  | "select"
  | "settings"
  | "shield"
  | "sort-down"
  | "sort-up"
  | "star"
  | "trash"
  | "tv"
  | "undo"
  | "unlink"
  | "user"
  | "wifi-off"
  | "x"
  | "x-circle";

export type IconProps = { ctx: ViewContext; name: IconName; class?: string | undefined; label?: string | undefined };

/** A page of a hundred shows has hundreds of icons, and most are one of a dozen. */
const drawn = new WeakMap<ViewContext["assets"], Map<string, JSX.Element>>();

/** From the sprite. Decorative unless it carries a label. */
export function Icon({ ctx, name, label, class: className }: IconProps): JSX.Element {
  const classes = className === undefined ? "icon" : `icon ${className}`;
  if (label === undefined) return decorative(ctx, name, classes);
  const href = `${ctx.assets("icons.svg")}#${name}`;
  return (
    <svg class={classes} role="img" aria-label={attr(label)} focusable="false">
      <use href={href} />
    </svg>
  );
}

function decorative({ assets }: ViewContext, name: IconName, classes: string): JSX.Element {
  const known = drawn.get(assets) ?? new Map<string, JSX.Element>();
  drawn.set(assets, known);
  const key = `${name} ${classes}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = (
    <svg class={classes} aria-hidden="true" focusable="false">
      <use href={`${assets("icons.svg")}#${name}`} />
    </svg>
  );
  known.set(key, made);
  return made;
}
