import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { BulkBar, type BulkBarModel } from "../parts/bulk-bar.tsx";
import { FilterChips, LibraryFilter, type LibraryFilterModel, libraryLink } from "../parts/library-filter.tsx";
import { MoreRow, Refresher } from "../parts/more.tsx";
import { type Picking, type ShowCardModel, ShowItem, type ShowView } from "../parts/show-card.tsx";
import { WaysIn } from "../parts/ways-in.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState, type EmptyStateProps } from "../ui/empty-state.tsx";
import { count, formatNumber } from "../ui/format.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";
import { attr } from "../ui/text.ts";
import { PartUpdate } from "../ui/toast.tsx";

export type LibraryPageModel = {
  shows: readonly ShowCardModel[];
  view: ShowView;
  picking: Picking;
  filter: LibraryFilterModel;
  tabs: readonly Tab[];
  /** Shows that the filter leaves, and how many its list has without it. */
  found: number;
  listed: number;
  bulk: BulkBarModel;
  /** The same page with boxes to choose several, or without them. */
  pickHref: string;
  moreHref: string | null;
  /** This very page as far as it has been read, to ask for it again. */
  refreshHref: string;
  /** Rows on the page when these have come. */
  shown: number;
  first: boolean;
  /** Said in place of shows when there are none; without an action while the library is empty. */
  nothing: (Omit<EmptyStateProps, "ctx" | "children"> & { action: { label: string; href: string } | null }) | null;
  /** All shows of the library, whatever is filtered. */
  total: number;
  /** Shows whose titles, posters and dates are still being looked up. */
  enriching: number;
};

type Props = { ctx: ViewContext; page: LibraryPageModel };

export function LibraryPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title="Library" nav="library" live={page.first}>
      <PageHeader ctx={ctx} title="Library" />
      <LibrarySection ctx={ctx} page={page} />
    </Layout>
  );
}

/** Everything that changes with the filter. */
export function LibrarySection({ ctx, page }: Props): JSX.Element {
  return (
    <div id={id("library")} class="library">
      {page.first ? <LibraryRefresher page={page} /> : ""}
      {page.total === 0 ? <Nothing ctx={ctx} page={page} /> : <Filled ctx={ctx} page={page} />}
    </div>
  );
}

/** Also tells the bar for many shows how far the page has been read. */
function LibraryRefresher({ page }: Pick<Props, "page">): JSX.Element {
  return (
    <Refresher
      href={attr(page.refreshHref)}
      into={target("library")}
      sync={`${target("library-filter")}:drop`}
      field={{ name: "shown", value: String(page.shown), form: id("library-bulk") }}
    />
  );
}

/** Beside further rows: from now on they are asked for anew as well. */
export function RefresherUpdate({ page }: Pick<Props, "page">): JSX.Element {
  return (
    <PartUpdate target={target("refresh")}>
      <LibraryRefresher page={page} />
    </PartUpdate>
  );
}

function Filled({ ctx, page }: Props): JSX.Element {
  return (
    <>
      <div class="toolbar">
        <Tabs label="Lists" tabs={page.tabs} />
        <LibraryFilter ctx={ctx} filter={page.filter} />
        <div class="library-line">
          <p id={id("library-count")} class="dim numbers" role="status" safe>
            {foundWords(ctx, page)}
          </p>
          <FilterChips ctx={ctx} filter={page.filter} />
          <PickSwitch ctx={ctx} page={page} />
        </div>
      </div>
      {page.enriching === 0 ? (
        ""
      ) : (
        <p class="dim library-note" role="status" safe>
          {`Looking up posters and dates of ${count(page.enriching, ctx, "show")}. Your marks are already here.`}
        </p>
      )}
      <Nothing ctx={ctx} page={page} />
      <ul class={page.view === "grid" ? "show-grid" : "show-list"} aria-label="Shows" data-keeps-order="">
        <LibraryRows ctx={ctx} page={page} />
      </ul>
      {page.picking === "no" ? "" : <BulkBar ctx={ctx} bulk={page.bulk} />}
    </>
  );
}

function foundWords(ctx: ViewContext, { found, listed }: LibraryPageModel): string {
  return found === listed ? count(found, ctx, "show") : `${formatNumber(found, ctx)} of ${count(listed, ctx, "show")}`;
}

function PickSwitch({ ctx, page }: Props): JSX.Element {
  if (page.shows.length === 0 && page.picking === "no") return "";
  const href = attr(page.pickHref);
  return (
    <ButtonLink
      ctx={ctx}
      kind="quiet"
      icon={page.picking === "no" ? "select" : "x"}
      href={href}
      label={page.picking === "no" ? "Select" : "Done"}
      name={page.picking === "no" ? "Select several shows" : "Done selecting"}
      attributes={libraryLink(href)}
    />
  );
}

export function LibraryRows({ ctx, page }: Props): JSX.Element {
  return (
    <>
      {page.shows.map((show, index) => (
        <ShowItem ctx={ctx} view={page.view} show={show} eager={page.first && index < 6} picking={page.picking} />
      ))}
      {page.moreHref === null ? "" : <MoreRow ctx={ctx} href={attr(page.moreHref)} scope="library" />}
    </>
  );
}

function Nothing({ ctx, page }: Props): JSX.Element {
  if (page.nothing === null) return "";
  const { action, ...words } = page.nothing;
  return (
    <EmptyState ctx={ctx} {...words}>
      {action === null ? <WaysIn ctx={ctx} /> : <ButtonLink ctx={ctx} href={attr(action.href)} label={action.label} />}
    </EmptyState>
  );
}
