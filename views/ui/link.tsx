import type { PropsWithChildren } from "@kitajs/html";
import type { ViewContext } from "../context.ts";
import { Icon } from "./icon.tsx";
import { attr } from "./text.ts";

/** Absolute http(s) addresses and our own paths; everything else (`javascript:`, `data:`, `//host`) becomes null. */
export function safeHref(url: string): string | null {
  if (/^\/(?![/\\])/.test(url) && !/[\p{Cc}\\]/u.test(url)) return url;
  if (!URL.canParse(url)) return null;
  const { protocol } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? url : null;
}

export type LinkProps = PropsWithChildren<{ href: string; class?: string | undefined }>;

/** To one of our own pages; an address that is not ours or http(s) is shown as text. */
export function Link({ href, class: className, children }: LinkProps): JSX.Element {
  const target = safeHref(href);
  const classes = className === undefined ? "link" : className;
  if (target === null) return <span class={classes}>{children}</span>;
  return (
    <a class={classes} href={attr(target)}>
      {children}
    </a>
  );
}

/** To somebody else's page, in a new tab, without telling it where the reader came from. */
export function OutLink({ ctx, href, label }: { ctx: ViewContext; href: string; label: string }): JSX.Element {
  const target = safeHref(href);
  if (target === null) return <span safe>{label}</span>;
  return (
    <a class="link link-out" href={attr(target)} target="_blank" rel="noopener noreferrer">
      <span safe>{label}</span>
      <Icon ctx={ctx} name="external" label="opens in a new tab" />
    </a>
  );
}
