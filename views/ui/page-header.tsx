import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { Icon } from "./icon.tsx";

export type PageHeaderProps = PropsWithChildren<{
  ctx: ViewContext;
  title: string;
  lead?: string | undefined;
  back?: { href: string; label: string } | undefined;
}>;

/** Title, one sentence, and at the far end what can be done here (children). */
export function PageHeader({ ctx, title, lead, back, children }: PageHeaderProps): JSX.Element {
  return (
    <header class="page-header">
      {back === undefined ? (
        ""
      ) : (
        <a class="back-link" href={back.href}>
          <Icon ctx={ctx} name="arrow-left" />
          <span safe>{back.label}</span>
        </a>
      )}
      <div class="page-header-row">
        <h1 dir="auto" safe>
          {title}
        </h1>
        <div class="page-header-actions">{children}</div>
      </div>
      {lead === undefined ? (
        ""
      ) : (
        <p class="lead" safe>
          {lead}
        </p>
      )}
    </header>
  );
}
