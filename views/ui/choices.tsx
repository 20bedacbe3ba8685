import type { Attributes } from "./hx.ts";
import { attr } from "./text.ts";

export type ChoicesProps = {
  /** Read out; what stands beside the row says it to the eye. */
  legend: string;
  name: string;
  choices: readonly { value: string; label: string }[];
  value: string;
  attributes?: Attributes | undefined;
};

/** A few ways to have it, side by side. */
export function Choices({ legend, name, choices, value: current, attributes = {} }: ChoicesProps): JSX.Element {
  return (
    <fieldset class="choice-row">
      <legend class="visually-hidden" safe>
        {legend}
      </legend>
      {choices.map(({ value, label }) => (
        <label class="choice">
          <input type="radio" name={name} value={attr(value)} checked={value === current} {...attributes} />
          <span safe>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
