import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { Icon, type IconName } from "./icon.tsx";

export type EmptyStateProps = PropsWithChildren<{ ctx: ViewContext; icon: IconName; title: string; text: string }>;

/** Says what will be here; children are the one way to get there. */
export function EmptyState({ ctx, icon, title, text, children }: EmptyStateProps): JSX.Element {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon ctx={ctx} name={icon} />
      </span>
      <h2 safe>{title}</h2>
      <p safe>{text}</p>
      <div class="empty-action">{children}</div>
    </div>
  );
}
