import type { ViewContext } from "../context.ts";
import { Icon, type IconName } from "./icon.tsx";

export type Tone = "neutral" | "good" | "attention" | "bad" | "active";

/** A state in a word, with a sign beside it: never by colour alone. */
export function StatusPill({
  ctx,
  tone,
  label,
  icon,
}: {
  ctx: ViewContext;
  tone: Tone;
  label: string;
  icon?: IconName | undefined;
}): JSX.Element {
  return (
    <span class={`pill pill-${tone}`}>
      {icon === undefined ? <span class="pill-dot" aria-hidden="true"></span> : <Icon ctx={ctx} name={icon} />}
      <span safe>{label}</span>
    </span>
  );
}

export function Badge({ label }: { label: string }): JSX.Element {
  return (
    <span class="badge" safe>
      {label}
    </span>
  );
}
