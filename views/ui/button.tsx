import type { ViewContext } from "../context.ts";
import type { Attributes } from "./hx.ts";
import { Icon, type IconName } from "./icon.tsx";
import { attr } from "./text.ts";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

type Look = {
  ctx: ViewContext;
  label: string;
  kind?: ButtonKind | undefined;
  icon?: IconName | undefined;
  /** The label is read out but not shown. */
  iconOnly?: boolean | undefined;
  /** A longer name for screen readers where the label alone is ambiguous in a list. Must contain the label. */
  name?: string | undefined;
  wide?: boolean | undefined;
};

function classes({ kind = "secondary", iconOnly = false, wide = false }: Look): string {
  return `button button-${kind}${iconOnly ? " button-icon" : ""}${wide ? " button-wide" : ""}`;
}

function Inside({ ctx, icon, label, iconOnly }: Look): JSX.Element {
  return (
    <>
      {icon === undefined ? "" : <Icon ctx={ctx} name={icon} />}
      <span class={iconOnly ? "visually-hidden" : "button-label"} safe>
        {label}
      </span>
    </>
  );
}

export type ButtonProps = Look & {
  type?: "submit" | "button" | undefined;
  field?: { name: string; value: string } | undefined;
  disabled?: boolean | undefined;
  attributes?: Attributes | undefined;
};

export function Button(props: ButtonProps): JSX.Element {
  const named = props.name === undefined ? {} : { "aria-label": attr(props.name) };
  const tip = props.iconOnly ? { title: attr(props.name ?? props.label) } : {};
  const field = props.field === undefined ? {} : { name: props.field.name, value: attr(props.field.value) };
  return (
    <button
      type={props.type ?? "submit"}
      class={classes(props)}
      disabled={props.disabled ?? false}
      {...named}
      {...tip}
      {...field}
      {...(props.attributes ?? {})}
    >
      <Inside {...props} />
    </button>
  );
}

export type ButtonLinkProps = Look & {
  href: string;
  current?: boolean | undefined;
  attributes?: Attributes | undefined;
};

/** Looks like a button, goes to one of our own pages. */
export function ButtonLink(props: ButtonLinkProps): JSX.Element {
  const named = props.name === undefined ? {} : { "aria-label": attr(props.name) };
  const current = props.current ? { "aria-current": "page" } : {};
  return (
    <a href={props.href} class={classes(props)} {...named} {...current} {...(props.attributes ?? {})}>
      <Inside {...props} />
    </a>
  );
}
