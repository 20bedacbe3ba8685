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
  const { name, field } = props;
  return (
    <button
      type={props.type ?? "submit"}
      class={classes(props)}
      disabled={props.disabled ?? false}
      aria-label={name === undefined ? undefined : attr(name)}
      title={props.iconOnly ? attr(name ?? props.label) : undefined}
      name={field?.name}
      value={field === undefined ? undefined : attr(field.value)}
      {...props.attributes}
    >
      {Inside(props)}
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
  return (
    <a
      href={props.href}
      class={classes(props)}
      aria-label={props.name === undefined ? undefined : attr(props.name)}
      aria-current={props.current ? "page" : undefined}
      {...props.attributes}
    >
      {Inside(props)}
    </a>
  );
}
