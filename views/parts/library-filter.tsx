import type { ViewContext } from "../context.ts";
import { id, target } from "../dom.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { Field } from "../ui/field.tsx";
import { capitalised, formatNumber } from "../ui/format.ts";
import { type Attributes, hx } from "../ui/hx.ts";
import { Icon } from "../ui/icon.tsx";
import { Select, type SelectOption } from "../ui/select.tsx";
import { attr } from "../ui/text.ts";
import type { ShowView } from "./show-card.tsx";

export type FacetModel = { value: string; label: string; shows: number; checked: boolean };

export type LibraryFilterModel = {
  query: string;
  sort: string;
  sorts: readonly SelectOption[];
  /** The other way round, and what the way is now: "Newest first". */
  turn: { href: string; label: string; ascending: boolean };
  statuses: readonly SelectOption[];
  status: string;
  progresses: readonly SelectOption[];
  progress: string;
  rateds: readonly SelectOption[];
  rated: string;
  genres: readonly FacetModel[];
  networks: readonly FacetModel[];
  /** What is filtered by, each with the address of the same page without it. */
  chips: readonly { label: string; href: string }[];
  clearHref: string;
  view: ShowView;
  views: readonly { view: ShowView; href: string }[];
  /** What the address says besides, to go along with the form. */
  hidden: readonly { name: string; value: string }[];
};

type Props = { ctx: ViewContext; filter: LibraryFilterModel };

/** Links of the page to another state of itself. The form then shows what the answer says, whatever was ticked. */
export function libraryLink(href: string): Attributes {
  return {
    ...hx({ get: href, target: target("library"), swap: "outerMorph", sync: `${target("library-filter")}:replace` }),
    "hx-push-url": "true",
    "data-resets": id("library-filter"),
  };
}

/** A form with GET: the address says what is shown. With script it filters as one types. */
export function LibraryFilter({ ctx, filter }: Props): JSX.Element {
  const live = hx({
    get: ctx.paths.shows(),
    trigger: "submit, input delay:250ms",
    target: target("library"),
    swap: "outerMorph",
    sync: "replace",
  });
  const form = id("library-filter");
  return (
    <search>
      <form id={form} class="library-filter" method="get" action={ctx.paths.shows()} autocomplete="off" {...live}>
        {filter.hidden.map(({ name, value }) => (
          <input type="hidden" name={name} value={attr(value)} />
        ))}
        <Field
          label="Find in your library"
          labelHidden
          name="query"
          scope="library"
          type="search"
          value={filter.query}
          placeholder="Find in your library"
          autocomplete="off"
          maxlength={200}
          attributes={{ "data-search": "" }}
        />
        <Select
          ctx={ctx}
          label="Sort by"
          labelHidden
          name="sort"
          scope="library"
          options={filter.sorts}
          value={filter.sort}
        />
        <ButtonLink
          ctx={ctx}
          href={attr(filter.turn.href)}
          icon={filter.turn.ascending ? "sort-up" : "sort-down"}
          iconOnly
          label={`${filter.turn.label}. Turn round`}
          attributes={{ ...libraryLink(attr(filter.turn.href)), title: filter.turn.label }}
        />
        <FilterFold ctx={ctx} filter={filter} />
        <span class="no-script">
          <Button ctx={ctx} label="Show" />
        </span>
        <ViewSwitch ctx={ctx} filter={filter} />
      </form>
    </search>
  );
}

function FilterFold({ ctx, filter }: Props): JSX.Element {
  const active = filter.chips.length;
  const genres = filter.genres.map((genre) => ({ ...genre, label: capitalised(genre.label, ctx) }));
  return (
    <details class="filter-fold" data-menu="">
      <summary class="button button-secondary">
        <Icon ctx={ctx} name="filter" />
        <span class="button-label">Filter</span>
        {active === 0 ? "" : <FilterCount ctx={ctx} active={active} />}
      </summary>
      <div class="filter-panel">
        <div class="filter-selects">
          <Select
            ctx={ctx}
            label="Progress"
            name="progress"
            scope="library"
            options={filter.progresses}
            value={filter.progress}
          />
          <Select
            ctx={ctx}
            label="Status"
            name="status"
            scope="library"
            options={filter.statuses}
            value={filter.status}
          />
          <Select ctx={ctx} label="Rating" name="rated" scope="library" options={filter.rateds} value={filter.rated} />
        </div>
        <Facets ctx={ctx} legend="Genre" name="genre" facets={genres} />
        <Facets ctx={ctx} legend="Network" name="network" facets={filter.networks} />
      </div>
    </details>
  );
}

function FilterCount({ ctx, active }: { ctx: ViewContext; active: number }): JSX.Element {
  return (
    <span class="filter-count numbers">
      <span safe>{formatNumber(active, ctx)}</span>
      <span class="visually-hidden"> active</span>
    </span>
  );
}

function Facets({
  ctx,
  legend,
  name,
  facets,
}: {
  ctx: ViewContext;
  legend: string;
  name: "genre" | "network";
  facets: readonly FacetModel[];
}): JSX.Element {
  if (facets.length === 0) return "";
  return (
    <fieldset class="facets">
      <legend class="field-label" safe>
        {legend}
      </legend>
      <div class="facet-list">
        {facets.map((facet) => (
          <label class="facet" for={facetId(name, facet)}>
            <input
              class="check-input"
              type="checkbox"
              id={facetId(name, facet)}
              name={name}
              value={attr(facet.value)}
              checked={facet.checked}
            />
            <span class="facet-label" dir="auto" safe>
              {facet.label}
            </span>
            <span class="dim numbers" safe>
              {formatNumber(facet.shows, ctx)}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const facetId = (name: string, { value }: FacetModel): string => id("field", `library-${name}-${value}`);

const VIEW_WORDS = { grid: "Posters", list: "List" } as const;

/** A page of its own each; the browser remembers the last one in a cookie. */
function ViewSwitch({ ctx, filter }: Props): JSX.Element {
  return (
    <nav class="view-switch" aria-label="Show as">
      {filter.views.map(({ view, href }) => (
        <ButtonLink
          ctx={ctx}
          kind="quiet"
          icon={view === "grid" ? "grid" : "rows"}
          iconOnly
          href={attr(href)}
          label={VIEW_WORDS[view]}
          current={view === filter.view}
          attributes={{ title: VIEW_WORDS[view] }}
        />
      ))}
    </nav>
  );
}

/** What is filtered by, to be taken away one by one. */
export function FilterChips({ ctx, filter }: Props): JSX.Element {
  if (filter.chips.length === 0) return "";
  return (
    <ul class="chips" aria-label="Filters">
      {filter.chips.map(({ label, href }) => (
        <li>
          <Chip ctx={ctx} value={label} href={href} attributes={libraryLink(attr(href))} />
        </li>
      ))}
      {filter.chips.length === 1 ? (
        ""
      ) : (
        <li>
          <a class="chip-clear" href={attr(filter.clearHref)} {...libraryLink(attr(filter.clearHref))}>
            Clear all
          </a>
        </li>
      )}
    </ul>
  );
}
