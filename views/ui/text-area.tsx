import { describedBy, fieldIds } from "./field.tsx";

export type TextAreaProps = {
  label: string;
  name: string;
  scope?: string | undefined;
  value: string;
  maxlength: number;
  hint?: string | undefined;
};

export function TextArea(props: TextAreaProps): JSX.Element {
  const ids = fieldIds(props.name, props.scope);
  return (
    <div class="field">
      <label class="field-label" for={ids.input} safe>
        {props.label}
      </label>
      <textarea
        class="input text-area"
        id={ids.input}
        name={props.name}
        rows="5"
        maxlength={String(props.maxlength)}
        {...describedBy(ids, props)}
        safe
      >
        {props.value}
      </textarea>
      {props.hint === undefined ? (
        ""
      ) : (
        <p class="field-hint" id={ids.hint} safe>
          {props.hint}
        </p>
      )}
    </div>
  );
}
