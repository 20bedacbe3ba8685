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

/** From the sprite. Decorative unless it carries a label. */
export function Icon({ ctx, name, label, class: className }: IconProps): JSX.Element {
  const href = `${ctx.assets("icons.svg")}#${name}`;
  const classes = className === undefined ? "icon" : `icon ${className}`;
  if (label === undefined) {
    return (
      <svg class={classes} aria-hidden="true" focusable="false">
        <use href={href} />
      </svg>
    );
  }
  return (
    <svg class={classes} role="img" aria-label={attr(label)} focusable="false">
      <use href={href} />
    </svg>
  );
}
