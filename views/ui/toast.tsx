import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { target } from "../dom.ts";
import { Icon } from "./icon.tsx";

export type ToastProps = PropsWithChildren<{ ctx: ViewContext; text: string; tone?: "info" | "error" | undefined }>;

/** One line at the foot of the page; children are its action. Errors stay until closed, the rest leaves after a while. */
export function Toast({ ctx, text, tone = "info", children }: ToastProps): JSX.Element {
  return (
    <div class={`toast toast-${tone}`} data-toast={tone}>
      <Icon ctx={ctx} name={tone === "error" ? "x-circle" : "check-circle"} />
      <p dir="auto" safe>
        {text}
      </p>
      {children}
      <button class="button button-quiet button-icon" type="button" data-dismiss="" title="Close">
        <Icon ctx={ctx} name="x" />
        <span class="visually-hidden">Close</span>
      </button>
    </div>
  );
}

/** Rides along in any htmx answer and lands in the toast region. */
export function ToastUpdate({ children }: PropsWithChildren): JSX.Element {
  return (
    <tag of="hx-partial" hx-target={target("toasts")} hx-swap="beforeend">
      {children}
    </tag>
  );
}

/** A part with a target of its own, beside the main part of an htmx answer. */
export function PartUpdate({
  target: into,
  swap = "outerMorph",
  children,
}: PropsWithChildren<{
  target: string;
  swap?: "outerMorph" | "outerHTML" | "beforeend" | "delete" | undefined;
}>): JSX.Element {
  return (
    <tag of="hx-partial" hx-target={into} hx-swap={swap}>
      {children}
    </tag>
  );
}
