import { describedBy, fieldIds } from "./field.tsx";
import type { Attributes } from "./hx.ts";
import { attr } from "./text.ts";

export type SwitchProps = {
  label: string;
  name: string;
  scope?: string | undefined;
  checked: boolean;
  value?: string | undefined;
  hint?: string | undefined;
  /** "switch" for what takes effect at once or on save; "check" in lists where several are picked. */
  shape?: "switch" | "check" | undefined;
  attributes?: Attributes | undefined;
};

export function Switch({
  label,
  name,
  scope,
  checked,
  value = "true",
  hint,
  shape = "switch",
  ...rest
}: SwitchProps): JSX.Element {
  const ids = fieldIds(name, scope);
  return (
    <div class="switch-field">
      <label class="switch" for={ids.input}>
        <input
          type="checkbox"
          class={shape === "switch" ? "switch-input" : "check-input"}
          id={ids.input}
          name={name}
          value={attr(value)}
          checked={checked}
          {...(shape === "switch" ? { role: "switch" } : {})}
          {...describedBy(ids, { hint })}
          {...(rest.attributes ?? {})}
        />
        <span class="switch-label" safe>
          {label}
        </span>
      </label>
      {hint === undefined ? (
        ""
      ) : (
        <p class="field-hint" id={ids.hint} safe>
          {hint}
        </p>
      )}
    </div>
  );
}
