import type { PropsWithChildren } from "@kitajs/html";
import { target } from "../dom.ts";
import { ActionForm } from "../ui/action-form.tsx";

export type SettingFormProps = PropsWithChildren<{
  action: string;
  method?: "post" | "delete" | undefined;
  /** "keep": what stands in the page's other fields stays. "clear": fields come back empty, as passwords should. */
  fields?: "keep" | "clear" | undefined;
  class?: string | undefined;
  /** Asked before it is sent. */
  confirm?: { text: string; label: string } | undefined;
}>;

/** Saves in place: the answer is the page's part below the tabs, with a word on what has happened. */
export function SettingForm({ action, method, fields = "keep", confirm, children, ...rest }: SettingFormProps) {
  return (
    <ActionForm
      action={action}
      method={method}
      class={rest.class ?? "form"}
      live={{
        target: target("settings"),
        swap: fields === "keep" ? "outerMorph" : "outerHTML",
        ...(confirm === undefined ? {} : { confirm: confirm.text, confirmLabel: confirm.label }),
      }}
    >
      {children}
    </ActionForm>
  );
}

/** What was wrong with one form of the page. */
export type FormProblem = {
  form: string;
  errors: Readonly<Record<string, string>>;
  /** What had been entered, passwords left out. */
  input: Readonly<Record<string, string>>;
};

/** The message for one field, when it belongs to this form. */
export function errorOf(problem: FormProblem | null, form: string, field: string): string | undefined {
  return problem?.form === form ? problem.errors[field] : undefined;
}

/** What had been entered there, or what is stored. */
export function inputOf(problem: FormProblem | null, form: string, field: string, stored = ""): string {
  return problem?.form === form ? (problem.input[field] ?? stored) : stored;
}
