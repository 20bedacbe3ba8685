import type { ViewContext } from "../context.ts";
import { describedBy, fieldIds } from "./field.tsx";
import type { Attributes } from "./hx.ts";
import { Icon } from "./icon.tsx";
import { attr } from "./text.ts";

export type SelectOption = { value: string; label: string };

export type SelectProps = {
  ctx: ViewContext;
  label: string;
  name: string;
  scope?: string | undefined;
  options: readonly SelectOption[];
  value: string;
  hint?: string | undefined;
  error?: string | undefined;
  labelHidden?: boolean | undefined;
  attributes?: Attributes | undefined;
};

export function Select(props: SelectProps): JSX.Element {
  const ids = fieldIds(props.name, props.scope);
  return (
    <div class="field">
      <label class={props.labelHidden ? "visually-hidden" : "field-label"} for={ids.input} safe>
        {props.label}
      </label>
      <span class="select">
        <select id={ids.input} name={props.name} {...describedBy(ids, props)} {...(props.attributes ?? {})}>
          {props.options.map((option) => (
            <option value={attr(option.value)} selected={option.value === props.value} safe>
              {option.label}
            </option>
          ))}
        </select>
        <Icon ctx={props.ctx} name="chevron-down" />
      </span>
      {props.hint === undefined ? (
        ""
      ) : (
        <p class="field-hint" id={ids.hint} safe>
          {props.hint}
        </p>
      )}
      {props.error === undefined ? (
        ""
      ) : (
        <p class="field-error" id={ids.error} safe>
          {props.error}
        </p>
      )}
    </div>
  );
}
