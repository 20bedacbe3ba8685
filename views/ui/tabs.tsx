import { attr } from "./text.ts";

export type Tab = { label: string; href: string; current: boolean; count?: string | undefined };

/** Links, since each tab is a page of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }): JSX.Element {
  return (
    <nav class="tabs" aria-label={attr(label)}>
      {tabs.map((tab) => (
        <a href={attr(tab.href)} class="tab" {...(tab.current ? { "aria-current": "page" } : {})}>
          <span safe>{tab.label}</span>
          {tab.count === undefined ? (
            ""
          ) : (
            <span class="tab-count" safe>
              {tab.count}
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
