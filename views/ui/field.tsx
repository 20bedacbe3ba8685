import { id } from "../dom.ts";
import type { Attributes } from "./hx.ts";
import { attr } from "./text.ts";

export type FieldProps = {
  label: string;
  name: string;
  /** Tells apart fields of the same name on one page. */
  scope?: string | undefined;
  type?: "text" | "password" | "email" | "url" | "search" | "number" | "date" | "time" | "datetime-local" | undefined;
  value?: string | undefined;
  hint?: string | undefined;
  error?: string | undefined;
  required?: boolean | undefined;
  autocomplete?: string | undefined;
  placeholder?: string | undefined;
  minlength?: number | undefined;
  maxlength?: number | undefined;
  autofocus?: boolean | undefined;
  labelHidden?: boolean | undefined;
  attributes?: Attributes | undefined;
};

export function fieldIds(name: string, scope: string | undefined): { input: string; hint: string; error: string } {
  const key = scope === undefined ? name : `${scope}-${name}`;
  return { input: id("field", key), hint: id("field-hint", key), error: id("field-error", key) };
}

/** `aria-describedby` and `aria-invalid` for a control with a hint or an error. */
export function describedBy(
  ids: { hint: string; error: string },
  { hint, error }: { hint?: string | undefined; error?: string | undefined },
): Attributes {
  const parts = [hint === undefined ? "" : ids.hint, error === undefined ? "" : ids.error].filter(
    (part) => part !== "",
  );
  return {
    ...(parts.length === 0 ? {} : { "aria-describedby": parts.join(" ") }),
    ...(error === undefined ? {} : { "aria-invalid": "true" }),
  };
}

export function Field(props: FieldProps): JSX.Element {
  const ids = fieldIds(props.name, props.scope);
  const optional: Attributes = {};
  if (props.value !== undefined) optional["value"] = attr(props.value);
  if (props.autocomplete !== undefined) optional["autocomplete"] = props.autocomplete;
  if (props.placeholder !== undefined) optional["placeholder"] = attr(props.placeholder);
  if (props.minlength !== undefined) optional["minlength"] = String(props.minlength);
  if (props.maxlength !== undefined) optional["maxlength"] = String(props.maxlength);
  return (
    <div class="field">
      <label class={props.labelHidden ? "visually-hidden" : "field-label"} for={ids.input} safe>
        {props.label}
      </label>
      <input
        class="input"
        id={ids.input}
        name={props.name}
        type={props.type ?? "text"}
        required={props.required ?? false}
        autofocus={props.autofocus ?? false}
        {...optional}
        {...describedBy(ids, props)}
        {...(props.attributes ?? {})}
      />
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
