import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { Icon } from "./icon.tsx";
import { attr } from "./text.ts";

export type PageHeaderProps = PropsWithChildren<{
  ctx: ViewContext;
  title: string;
  lead?: string | undefined;
  back?: { href: string; label: string } | undefined;
}>;

export function BackLink({ ctx, href, label }: { ctx: ViewContext; href: string; label: string }): JSX.Element {
  return (
    <a class="back-link" href={attr(href)}>
      <Icon ctx={ctx} name="arrow-left" />
      <span dir="auto" safe>
        {label}
      </span>
    </a>
  );
}

/** Title, one sentence, and at the far end what can be done here (children). */
export function PageHeader({ ctx, title, lead, back, children }: PageHeaderProps): JSX.Element {
  return (
    <header class="page-header">
      {back === undefined ? "" : <BackLink ctx={ctx} {...back} />}
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
