import { attr } from "./text.ts";

export type ProgressBarProps = {
  label: string;
  value: number;
  /** null: how much there is to do is not known yet. */
  max: number | null;
  complete?: boolean | undefined;
  hidden?: boolean | undefined;
};

/** A native `<progress>`: its width needs no inline style and screen readers know it. */
export function ProgressBar({ label, value, max, complete = false, hidden = false }: ProgressBarProps): JSX.Element {
  const known = max === null || max <= 0 ? {} : { max: String(max), value: String(Math.min(Math.max(value, 0), max)) };
  const hiding = hidden ? { "aria-hidden": "true" } : {};
  return (
    <progress class={complete ? "bar bar-complete" : "bar"} aria-label={attr(label)} {...known} {...hiding}></progress>
  );
}
