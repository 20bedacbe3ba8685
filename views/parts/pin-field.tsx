import { Field } from "../ui/field.tsx";

export type PinFieldProps = {
  label: string;
  scope: string;
  hint?: string | undefined;
  error?: string | undefined;
};

/** Of a household's profile. Digits on a phone, nothing that a browser should offer to remember, and in view when it was wrong. */
export function PinField(props: PinFieldProps): JSX.Element {
  return (
    <Field
      {...props}
      name="pin"
      type="password"
      autocomplete="off"
      maxlength={20}
      autofocus={props.error !== undefined}
      attributes={{ inputmode: "numeric" }}
    />
  );
}
