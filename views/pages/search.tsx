import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Layout } from "../layout.tsx";
import { FoundShow, type FoundShowModel } from "../parts/found-show.tsx";
import { MoreRow } from "../parts/more.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Field } from "../ui/field.tsx";
import { hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Poster } from "../ui/poster.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";
import { attr } from "../ui/text.ts";
import { Time } from "../ui/time.tsx";

export type SearchPageModel = {
  query: string;
  /** The source that was chosen; null: the first that knows. */
  source: string | null;
  own: readonly OwnShowModel[];
  tabs: readonly Tab[];
  answer: SearchAnswerModel | null;
  /** Below an empty box; null without a source that can list shows. */
  browse: BrowseModel | null;
  /** The credit lines that the sources ask for. */
  credits: readonly string[];
};

/** A show of the reader's own that fits what is typed. */
export type OwnShowModel = { id: string; title: string; facts: string; posterUrl: string | null };

export type SearchAnswerModel = {
  results: readonly FoundShowModel[];
  /** Sources that could not be asked, while another answered. */
  missed: readonly ProblemModel[];
  /** Nobody could be asked. */
  problem: ProblemModel | null;
  /** What an empty answer means. */
  nothing: { title: string; text: string };
};

export type ProblemModel = {
  text: string;
  hint?: string | undefined;
  /** When another try makes sense. */
  retryAt?: number | undefined;
  /** This very page again; absent where trying again changes nothing. */
  retryHref?: string | undefined;
};

export type BrowseModel = {
  source: string;
  sourceName: string;
  selfHref: string;
  /** Not asked yet: the page does not wait for a list that nobody may want. */
  later: boolean;
  scope: string;
  /** Those that matter most here; always in view. */
  filters: readonly FilterModel[];
  /** The others, in a fold. */
  moreFilters: readonly FilterModel[];
  moreOpen: boolean;
  /** What this source cannot filter by. */
  without: string | null;
  shows: readonly FoundShowModel[];
  moreHref: string | null;
  problems: readonly ProblemModel[];
  /** What an empty list means. */
  nothing: string;
};

export type FilterModel = {
  name: string;
  label: string;
  value: string;
  options: readonly SelectOption[];
  /** Typed, with the options as suggestions. */
  typed: boolean;
  placeholder?: string | undefined;
};

type Props = { ctx: ViewContext; page: SearchPageModel };

export function SearchPage({ ctx, page }: Props): JSX.Element {
  return (
    <Layout ctx={ctx} title={page.query === "" ? "Search" : `Search: ${page.query}`} nav="search">
      <PageHeader ctx={ctx} title="Search" />
      <SearchBox ctx={ctx} page={page} />
      <SearchSection ctx={ctx} page={page} />
    </Layout>
  );
}

/** A form with GET: the address says what is looked for. With script it searches as one types. */
function SearchBox({ ctx, page }: Props): JSX.Element {
  const live = hx({
    get: ctx.paths.search(),
    trigger: "submit, input delay:300ms",
    target: target("search"),
    swap: "outerMorph",
    sync: "replace",
    keepOnError: true,
  });
  return (
    <search>
      <form
        class="search-form search-box"
        method="get"
        action={ctx.paths.search()}
        {...live}
        {...{ "hx-replace-url": "true" }}
      >
        {page.source === null ? "" : <input type="hidden" name="source" value={attr(page.source)} />}
        <Field
          label="Title of a show, a link or an id"
          labelHidden
          name="query"
          scope="search"
          type="search"
          value={page.query}
          placeholder="Title, link or id"
          autocomplete="off"
          autofocus={page.query === ""}
          maxlength={200}
          attributes={{ "data-search": "" }}
        />
        <Button ctx={ctx} kind="primary" icon="search" label="Search" />
      </form>
    </search>
  );
}

/** Everything that changes with what is typed. */
export function SearchSection({ ctx, page }: Props): JSX.Element {
  return (
    <div id={id("search")} class="search">
      {page.own.length === 0 ? "" : <OwnShows ctx={ctx} shows={page.own} />}
      {page.tabs.length < 2 ? "" : <Tabs label="Where to look" tabs={page.tabs} />}
      {page.answer === null ? "" : <Answer ctx={ctx} answer={page.answer} />}
      {page.browse === null ? "" : <BrowseSection ctx={ctx} browse={page.browse} />}
      <p class="dim search-credits" safe>
        {page.credits.join(" · ")}
      </p>
    </div>
  );
}

function OwnShows({ ctx, shows }: { ctx: ViewContext; shows: readonly OwnShowModel[] }): JSX.Element {
  return (
    <section class="own-shows" aria-label="In your library">
      <h2>In your library</h2>
      <ul>
        {shows.map((show) => (
          <li>
            <a class="own-show" href={ctx.paths.show(show.id)}>
              <Poster title={show.title} src={show.posterUrl} size="thumb" />
              <span class="own-show-text">
                <span class="own-show-title" dir="auto" safe>
                  {show.title}
                </span>
                <span class="dim numbers" safe>
                  {show.facts}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Answer({ ctx, answer }: { ctx: ViewContext; answer: SearchAnswerModel }): JSX.Element {
  if (answer.problem !== null) return <Problem ctx={ctx} problem={answer.problem} />;
  return (
    <>
      {answer.missed.map((problem) => (
        <Problem ctx={ctx} problem={problem} />
      ))}
      {answer.results.length === 0 ? (
        <EmptyState ctx={ctx} icon="search" title={answer.nothing.title} text={answer.nothing.text} />
      ) : (
        <>
          <h2 class="visually-hidden">Shows found</h2>
          <ul id={id("search-results")} class="found-list" aria-label="Shows found">
            {answer.results.map((show) => (
              <FoundShow ctx={ctx} show={show} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Problem({ ctx, problem }: { ctx: ViewContext; problem: ProblemModel }): JSX.Element {
  return (
    <div class="hint hint-bad search-problem" role="alert">
      <p dir="auto" safe>
        {problem.text}
      </p>
      {problem.hint === undefined ? "" : <p safe>{problem.hint}</p>}
      {problem.retryAt === undefined ? (
        ""
      ) : (
        <p>
          It goes on <Time ctx={ctx} at={problem.retryAt} />.
        </p>
      )}
      {problem.retryHref === undefined ? (
        ""
      ) : (
        <ButtonLink ctx={ctx} kind="quiet" icon="refresh" href={attr(problem.retryHref)} label="Try again" />
      )}
    </div>
  );
}

type BrowseProps = { ctx: ViewContext; browse: BrowseModel };

export function BrowseSection({ ctx, browse }: BrowseProps): JSX.Element {
  return (
    <section id={id("browse")} class="browse">
      <h2>Browse</h2>
      {browse.later ? <BrowseLater ctx={ctx} browse={browse} /> : <BrowseNow ctx={ctx} browse={browse} />}
    </section>
  );
}

function BrowseLater({ ctx, browse }: BrowseProps): JSX.Element {
  const load = hx({
    get: attr(browse.selfHref),
    trigger: "load",
    target: target("browse"),
    swap: "outerHTML",
    keepOnError: true,
  });
  return (
    <div class="browse-later" {...load}>
      <p class="dim" safe>
        {browse.scope}
      </p>
      <ButtonLink ctx={ctx} icon="tv" href={attr(browse.selfHref)} label={`Browse ${browse.sourceName}`} />
    </div>
  );
}

function BrowseNow({ ctx, browse }: BrowseProps): JSX.Element {
  return (
    <>
      <p class="dim" safe>
        {browse.without === null ? browse.scope : `${browse.scope} ${browse.without}`}
      </p>
      <BrowseForm ctx={ctx} browse={browse} />
      {browse.problems.map((problem) => (
        <Problem ctx={ctx} problem={problem} />
      ))}
      {browse.shows.length === 0 && browse.problems.length === 0 ? (
        <EmptyState ctx={ctx} icon="tv" title="Nothing like that" text={browse.nothing} />
      ) : (
        ""
      )}
      <ul class="found-list" aria-label="Shows to browse">
        <BrowseRows ctx={ctx} browse={browse} />
      </ul>
    </>
  );
}

export function BrowseRows({ ctx, browse }: BrowseProps): JSX.Element {
  return (
    <>
      {browse.shows.map((show) => (
        <FoundShow ctx={ctx} show={show} />
      ))}
      {browse.moreHref === null ? "" : <MoreRow ctx={ctx} href={attr(browse.moreHref)} scope="browse" />}
    </>
  );
}

function BrowseForm({ ctx, browse }: BrowseProps): JSX.Element {
  const live = hx({
    get: ctx.paths.search(),
    trigger: "submit, change delay:100ms",
    target: target("browse"),
    swap: "outerMorph",
    sync: "replace",
    keepOnError: true,
  });
  return (
    <search>
      <form class="browse-form" method="get" action={ctx.paths.search()} {...live} {...{ "hx-replace-url": "true" }}>
        <input type="hidden" name="browse" value="on" />
        <input type="hidden" name="source" value={attr(browse.source)} />
        <div class="browse-filters">
          <Filters ctx={ctx} filters={browse.filters} />
        </div>
        {browse.moreFilters.length === 0 ? (
          ""
        ) : (
          <details class="browse-more" open={browse.moreOpen}>
            <summary class="button button-quiet">
              <Icon ctx={ctx} name="chevron-right" />
              <span class="button-label">More filters</span>
            </summary>
            <div class="browse-filters">
              <Filters ctx={ctx} filters={browse.moreFilters} />
            </div>
          </details>
        )}
        <span class="no-script">
          <Button ctx={ctx} label="Show" />
        </span>
      </form>
    </search>
  );
}

function Filters({ ctx, filters }: { ctx: ViewContext; filters: readonly FilterModel[] }): JSX.Element {
  return (
    <>
      {filters.map((filter) =>
        filter.typed ? (
          <TypedFilter filter={filter} />
        ) : (
          <Select
            ctx={ctx}
            label={filter.label}
            name={filter.name}
            scope="browse"
            options={filter.options}
            value={filter.value}
          />
        ),
      )}
    </>
  );
}

function TypedFilter({ filter }: { filter: FilterModel }): JSX.Element {
  const list = id("suggestions", filter.name);
  const suggested = filter.options.length > 0;
  return (
    <>
      <Field
        label={filter.label}
        name={filter.name}
        scope="browse"
        value={filter.value}
        placeholder={filter.placeholder}
        autocomplete="off"
        maxlength={80}
        attributes={suggested ? { list } : {}}
      />
      {suggested ? (
        <datalist id={list}>
          {filter.options.map(({ value }) => (
            <option value={attr(value)}></option>
          ))}
        </datalist>
      ) : (
        ""
      )}
    </>
  );
}
