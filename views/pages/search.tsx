import type { ViewContext } from "../context.ts";
import { id } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { ActionForm } from "../ui/action-form.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Field } from "../ui/field.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Poster } from "../ui/poster.tsx";
import { attr } from "../ui/text.ts";

export type SearchResultModel = {
  source: string;
  id: string;
  sourceName: string;
  title: string;
  year: number | null;
  /** Set when it is in the library already. */
  showId: string | null;
};

export type SearchPageModel = {
  query: string;
  results: readonly SearchResultModel[];
  problem?: { text: string; hint?: string | undefined } | undefined;
  /** The credit lines that the sources ask for. */
  sources: readonly string[];
};

type Props = { ctx: ViewContext; page: SearchPageModel };

export function SearchPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title={page.query === "" ? "Search" : `Search: ${page.query}`} nav="search">
      <PageHeader ctx={ctx} title="Search" />
      <search>
        <form class="search-form" method="get" action={ctx.paths.search()}>
          <Field
            label="Title of a show"
            labelHidden
            name="query"
            scope="search"
            type="search"
            value={page.query}
            placeholder="Title of a show"
            required
            autofocus={page.query === ""}
            maxlength={200}
            attributes={{ "data-search": "" }}
          />
          <Button ctx={ctx} kind="primary" icon="search" label="Search" />
        </form>
      </search>
      <Results ctx={ctx} page={page} />
    </Layout>
  );
}

function Results({ ctx, page }: Props): JSX.Element {
  if (page.problem !== undefined) {
    return (
      <div class="hint hint-bad" role="alert">
        <p dir="auto" safe>
          {page.problem.text}
        </p>
        {page.problem.hint === undefined ? "" : <p safe>{page.problem.hint}</p>}
      </div>
    );
  }
  if (page.query === "") {
    return (
      <EmptyState
        ctx={ctx}
        icon="search"
        title="Find any show"
        text="For shows that are on none of your servers. What you add is in your library at once, ready to be marked."
      />
    );
  }
  if (page.results.length === 0) {
    return (
      <EmptyState ctx={ctx} icon="search" title="No show of that name" text="Try fewer words, or the original title." />
    );
  }
  return (
    <ul id={id("search-results")} class="candidates" aria-label="Shows found">
      {page.results.map((result) => (
        <Result ctx={ctx} result={result} />
      ))}
    </ul>
  );
}

function Result({ ctx, result }: { ctx: ViewContext; result: SearchResultModel }): JSX.Element {
  const facts = `${result.year === null ? "Year unknown" : String(result.year)} · ${result.sourceName}`;
  return (
    <li class="candidate">
      <Poster title={result.title} src={null} size="thumb" />
      <div class="candidate-text">
        <h2 class="candidate-title" dir="auto" safe>
          {result.title}
        </h2>
        <p class="dim numbers" safe>
          {facts}
        </p>
      </div>
      {result.showId !== null ? (
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          icon="check"
          href={ctx.paths.show(result.showId)}
          label="In your library"
          name={`In your library: ${result.title}`}
        />
      ) : (
        <ActionForm action={ctx.paths.shows()}>
          <input type="hidden" name="source" value={attr(result.source)} />
          <input type="hidden" name="id" value={attr(result.id)} />
          <Button ctx={ctx} icon="plus" label="Add" name={`Add ${result.title}, ${facts}`} />
        </ActionForm>
      )}
    </li>
  );
}
