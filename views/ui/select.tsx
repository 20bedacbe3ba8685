import type { ViewContext } from "../context.ts";
import { describedBy, fieldIds } from "./field.tsx";
import type { Attributes } from "./hx.ts";
import { Icon } from "./icon.tsx";
import { attr } from "./text.ts";

export type SelectOption = {
  value: string;
  label: string;
  /** Neighbours of the same group stand under its heading. */
  group?: string | undefined;
};

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

type Group = { name: string | undefined; options: SelectOption[] };

function groupsOf(options: readonly SelectOption[]): Group[] {
  const groups: Group[] = [];
  for (const option of options) {
    const last = groups.at(-1);
    if (last !== undefined && last.name === option.group) last.options.push(option);
    else groups.push({ name: option.group, options: [option] });
  }
  return groups;
}

function Options({ options, value }: { options: readonly SelectOption[]; value: string }): JSX.Element {
  return (
    <>
      {options.map((option) => (
        <option value={attr(option.value)} selected={option.value === value} safe>
          {option.label}
        </option>
      ))}
    </>
  );
}

export function Select(props: SelectProps): JSX.Element {
  const ids = fieldIds(props.name, props.scope);
  return (
    <div class="field">
      <label class={props.labelHidden ? "visually-hidden" : "field-label"} for={ids.input} safe>
        {props.label}
      </label>
      <span class="select">
        <select id={ids.input} name={props.name} {...describedBy(ids, props)} {...(props.attributes ?? {})}>
          {groupsOf(props.options).map(({ name, options }) =>
            name === undefined ? (
              <Options options={options} value={props.value} />
            ) : (
              <optgroup label={attr(name)}>
                <Options options={options} value={props.value} />
              </optgroup>
            ),
          )}
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
