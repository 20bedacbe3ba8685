import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { MoreRow, Refresher } from "../parts/more.tsx";
import { ShowCard, type ShowCardModel } from "../parts/show-card.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Field } from "../ui/field.tsx";
import { count } from "../ui/format.ts";
import { hx } from "../ui/hx.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";
import { attr } from "../ui/text.ts";

export type LibraryPageModel = {
  shows: readonly ShowCardModel[];
  query: string;
  list: string;
  sort: string;
  sorts: readonly SelectOption[];
  tabs: readonly Tab[];
  moreHref: string | null;
  /** This very page, to ask for it again. */
  selfHref: string;
  first: boolean;
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
    <div id={id("library")}>
      {page.first ? <Refresher href={page.selfHref} into={target("library")} /> : ""}
      {page.total === 0 ? <EmptyLibrary ctx={ctx} /> : <Filled ctx={ctx} page={page} />}
    </div>
  );
}

function Filled({ ctx, page }: Props): JSX.Element {
  return (
    <>
      <div class="toolbar">
        <Tabs label="Lists" tabs={page.tabs} />
        <Filter ctx={ctx} page={page} />
      </div>
      {page.enriching === 0 ? (
        ""
      ) : (
        <p class="dim library-note" role="status" safe>
          {`Looking up posters and dates of ${count(page.enriching, ctx, "show")}. Your marks are already here.`}
        </p>
      )}
      {page.shows.length === 0 ? <NothingFound ctx={ctx} page={page} /> : ""}
      <ul class="show-grid" aria-label="Shows">
        <LibraryRows ctx={ctx} page={page} />
      </ul>
    </>
  );
}

export function LibraryRows({ ctx, page }: Props): JSX.Element {
  return (
    <>
      {page.shows.map((show, index) => (
        <ShowCard ctx={ctx} show={show} eager={page.first && index < 6} />
      ))}
      {page.moreHref === null ? "" : <MoreRow ctx={ctx} href={page.moreHref} scope="library" />}
    </>
  );
}

/** A form with GET: the address says what is shown. With script it filters as one types. */
function Filter({ ctx, page }: Props): JSX.Element {
  const live = hx({
    get: ctx.paths.shows(),
    trigger: "submit, input delay:250ms",
    target: target("library"),
    swap: "outerMorph",
    sync: "replace",
  });
  return (
    <search>
      <form class="toolbar-row" method="get" action={ctx.paths.shows()} {...live} {...{ "hx-push-url": "true" }}>
        {page.list === "" ? "" : <input type="hidden" name="list" value={attr(page.list)} />}
        <Field
          label="Find in your library"
          labelHidden
          name="query"
          scope="library"
          type="search"
          value={page.query}
          placeholder="Find in your library"
          autocomplete="off"
          attributes={{ "data-search": "" }}
        />
        <Select
          ctx={ctx}
          label="Sort by"
          labelHidden
          name="sort"
          scope="library"
          options={page.sorts}
          value={page.sort}
        />
        <span class="no-script">
          <Button ctx={ctx} label="Show" />
        </span>
      </form>
    </search>
  );
}

function NothingFound({ ctx, page }: Props): JSX.Element {
  if (page.query === "")
    return <EmptyState ctx={ctx} icon="library" title="No shows on this list" text="Put a show here on its page." />;
  return (
    <EmptyState
      ctx={ctx}
      icon="search"
      title="No show of that name"
      text={`Nothing in your library has “${page.query}” in its title.`}
    >
      <ButtonLink ctx={ctx} href={ctx.paths.shows({ list: page.list })} label="Show all" />
      <ButtonLink ctx={ctx} href={ctx.paths.search(page.query)} icon="search" label="Search everywhere" />
    </EmptyState>
  );
}

function EmptyLibrary({ ctx }: { ctx: ViewContext }): JSX.Element {
  return (
    <EmptyState
      ctx={ctx}
      icon="library"
      title="Your shows will be here"
      text="Connect your media server to bring in what you have watched, or add a show by hand."
    >
      <ButtonLink ctx={ctx} kind="primary" href={ctx.paths.integrations()} icon="plug" label="Connect a server" />
      <ButtonLink ctx={ctx} href={ctx.paths.search()} icon="search" label="Search for a show" />
    </EmptyState>
  );
}
