import type { ViewContext } from "../../../views/context.ts";
import type {
  BrowseModel,
  FilterModel,
  OwnShowModel,
  ProblemModel,
  SearchAnswerModel,
  SearchPageModel,
} from "../../../views/pages/search.tsx";
import type { FoundShowModel } from "../../../views/parts/found-show.tsx";
import type { SearchQuery } from "../../../views/paths.ts";
import { findInLibrary } from "../../db/queries/in-library.ts";
import { libraryPage } from "../../db/queries/library.ts";
import { showById } from "../../db/repos/shows.ts";
import { BROWSE_FILTERS, type BrowseFilter } from "../../domain/browse.ts";
import { countryName } from "../../domain/country-name.ts";
import { readShowLink } from "../../domain/show-link.ts";
import type { ListName } from "../../domain/show-list.ts";
import { type AppError, toAppError } from "../../kernel/errors.ts";
import type { ShowCandidate } from "../../metadata/contract.ts";
import type { Asked, BrowseAnswer, FilterChoices, FoundShow, SearchAnswer } from "../../services/discovery/types.ts";
import { candidatePoster } from "../candidate-poster.ts";
import type { RouteDeps } from "../deps.ts";
import { countryOf } from "./locale.ts";
import { posterOf } from "./models.ts";
import { LIST_WORDS, sourceLabel } from "./show-model.ts";

const MOST_OWN = 6;
const MOST_PAGES = 500;
/** How many filters stand in view; the others wait in a fold. */
const IN_VIEW = 2;

const STATUS_WORDS = { running: "running", ended: "ended", upcoming: "not out yet" } as const;

/** What a source's own list tells of a show, in one line. */
export function candidateFacts(show: ShowCandidate): string {
  const facts = [
    show.year === undefined ? "Year unknown" : String(show.year),
    show.network ?? (show.country === undefined ? "" : (countryName(show.country) ?? "")),
    show.runtimeMin === undefined ? "" : `${show.runtimeMin} min`,
    (show.genres ?? []).slice(0, 2).join(", "),
    show.status === undefined ? "" : STATUS_WORDS[show.status],
  ];
  return facts.filter((fact) => fact !== "").join(" · ");
}

export function foundModel(deps: RouteDeps, show: FoundShow): FoundShowModel {
  const { inLibrary } = show;
  return {
    source: show.source,
    id: show.sourceId,
    title: show.title,
    posterUrl: candidatePoster(deps, show),
    facts: candidateFacts(show),
    overview: show.overview ?? null,
    place: inLibrary === null ? null : { ...inLibrary, list: LIST_WORDS[inLibrary.list] },
  };
}

/** Failures of a source are told on the page; anything else is a fault of ours. */
function problemOf(deps: RouteDeps, thrown: unknown, retryHref: string): ProblemModel {
  const error = toAppError(thrown);
  if (["internal", "database", "cancelled"].includes(error.code)) throw error;
  return problemModel(deps, error, retryHref);
}

function problemModel({ clock }: RouteDeps, error: AppError, retryHref: string): ProblemModel {
  const { message: text, hint, retryAfterMs, code } = error;
  return {
    text,
    hint,
    retryAt: retryAfterMs === undefined ? undefined : clock.now() + retryAfterMs,
    // Another try meets the same settings.
    retryHref: code === "unsupported" || code === "invalid" ? undefined : retryHref,
  };
}

/** What the address asks for. Words that nobody offers are passed over. */
export type SearchAsked = {
  query: string;
  source: string | undefined;
  filters: Asked;
  page: number;
  /** A list is wanted, not only the offer of one. */
  browsing: boolean;
};

export function readSearch({ sources }: RouteDeps, params: Omit<SearchQuery, "page"> & { page?: string }): SearchAsked {
  const filters: Asked = {};
  for (const name of BROWSE_FILTERS) {
    const value = params[name]?.trim().slice(0, 80) ?? "";
    if (value !== "") filters[name] = value;
  }
  const page = Number(params.page ?? 1);
  const source = sources.find(({ id }) => id === params.source)?.id;
  return {
    query: (params.query ?? "").trim().slice(0, 200),
    source,
    filters,
    page: Number.isInteger(page) && page >= 1 && page <= MOST_PAGES ? page : 1,
    browsing: (params.browse ?? "") !== "" || source !== undefined || Object.keys(filters).length > 0,
  };
}

/** From the library itself, so they are there at once and without any source. */
function ownShows(deps: RouteDeps, ctx: ViewContext, userId: number, query: string): OwnShowModel[] {
  const link = readShowLink(query);
  if (link?.by === "id") {
    const [match] = findInLibrary(deps.db, userId, [{ title: "", ids: { [link.kind]: link.id } }]);
    const row = match == null ? undefined : showById(deps.db, Number(match.showId));
    if (match == null || row === undefined) return [];
    const hasPoster = row.posterUrl !== null || row.posterPath !== null;
    return [ownShow(ctx, { ...row, id: match.showId, hasPoster }, match.list)];
  }
  const { items } = libraryPage(deps.db, userId, { query: link?.words ?? query, limit: MOST_OWN });
  return items.map((item) => ownShow(ctx, item, item.list));
}

function ownShow(ctx: ViewContext, show: Parameters<typeof posterOf>[1], list: ListName): OwnShowModel {
  const year = show.year === null ? "Year unknown" : String(show.year);
  return { id: show.id, title: show.title, facts: `${year} · ${LIST_WORDS[list]}`, posterUrl: posterOf(ctx, show) };
}

function nothingWords(answer: SearchAnswer, asked: SearchAsked, label: string): SearchAnswerModel["nothing"] {
  if (answer.link?.by === "id") {
    return { title: "No show has this id", text: "It may be the id of a film, a season or an episode." };
  }
  const text =
    answer.failures.length > 0
      ? "Others could not be asked, so it may exist all the same."
      : `${asked.source === undefined ? "Try" : `${label} knows none. Try another source,`} fewer words, or the original title.`;
  return { title: "No show of that name", text };
}

async function answerModel(deps: RouteDeps, userId: number, asked: SearchAsked) {
  const retryHref = deps.paths.search({ query: asked.query, source: asked.source });
  const empty = { results: [], missed: [], problem: null };
  // One letter of an alphabet fits everything; one sign of Chinese is a word.
  if (/^[\p{ASCII}]?$/u.test(asked.query)) {
    const nothing = { title: "One more letter", text: "Type at least two." };
    return { answer: { ...empty, nothing }, source: null };
  }
  try {
    const answer = await deps.discovery.search(userId, asked.query, asked.source);
    const model: SearchAnswerModel = {
      results: answer.items.map((show) => foundModel(deps, show)),
      missed: answer.failures.map(({ error }) => problemModel(deps, error, retryHref)),
      problem: null,
      nothing: nothingWords(answer, asked, sourceLabel(deps, asked.source ?? "")),
    };
    return { answer: model, source: answer.source };
  } catch (thrown) {
    const problem = problemOf(deps, thrown, retryHref);
    return { answer: { ...empty, problem, nothing: { title: "", text: "" } }, source: null };
  }
}

const FILTER_WORDS: Record<BrowseFilter, { label: string; any?: string; without: string; placeholder?: string }> = {
  sort: { label: "Order", without: "order" },
  genre: { label: "Genre", any: "Any genre", without: "genre" },
  network: { label: "Network", any: "Any network", without: "network", placeholder: "Any network" },
  status: { label: "Status", any: "Any status", without: "status" },
  runtime: { label: "Length", any: "Any length", without: "length" },
  year: { label: "Year", without: "year", placeholder: "2010-2019" },
  weekday: { label: "Shown on", any: "Any day", without: "day of the week" },
  country: { label: "Country", any: "Any country", without: "country" },
};

function filterModel({ filter, options, free, needed }: FilterChoices, asked: Asked): FilterModel {
  const { label, any, placeholder } = FILTER_WORDS[filter];
  const value = asked[filter] ?? "";
  const typed = options.length === 0 || (filter === "network" && free);
  const none = needed || any === undefined ? [] : [{ value: "", label: any }];
  // A value that is none of the usual ones stays what is shown.
  const own =
    value === "" || typed || options.some((option) => option.value === value) ? [] : [{ value, label: value }];
  return { name: filter, label, value, typed, placeholder, options: typed ? options : [...none, ...own, ...options] };
}

function withoutWords(label: string, filters: readonly FilterChoices[]): string | null {
  const missing = BROWSE_FILTERS.filter((name) => !filters.some(({ filter }) => filter === name));
  if (missing.length === 0) return null;
  const words = new Intl.ListFormat("en", { type: "disjunction" }).format(
    missing.map((name) => FILTER_WORDS[name].without),
  );
  return `${label} cannot filter by ${words}.`;
}

/** The offer of a list, or the list itself; null when no source has one. */
export async function browseModel(
  deps: RouteDeps,
  ctx: ViewContext,
  userId: number,
  asked: SearchAsked,
): Promise<BrowseModel | null> {
  const { discovery, paths } = deps;
  const source = discovery.browser(asked.source);
  if (source === null) return null;
  const sourceName = sourceLabel(deps, source);
  const scope = deps.sources.find(({ id }) => id === source)?.browse?.scope ?? "";
  const href = (page?: number) => paths.search({ browse: "on", source, ...asked.filters, page });
  const model: BrowseModel = {
    source,
    sourceName,
    selfHref: href(),
    later: !asked.browsing,
    scope,
    filters: [],
    moreFilters: [],
    moreOpen: false,
    without: null,
    shows: [],
    moreHref: null,
    problems: [],
    nothing: "",
  };
  if (model.later) return model;
  const { filters, failure } = await discovery.filtersOf(source);
  const here = { timeZone: ctx.timeZone, country: countryOf(ctx.locale) };
  const list = await discovery.browse(userId, source, asked.filters, asked.page, here).catch((thrown: unknown) => ({
    problem: problemOf(deps, thrown, href()),
  }));
  const answer: BrowseAnswer | null = "problem" in list ? null : list;
  const missing = failure === null || answer === null ? [] : [problemModel(deps, failure, href())];
  const models = filters.map((each) => filterModel(each, answer?.asked ?? asked.filters));
  const optional = filters.filter(({ filter, needed }) => !needed && asked.filters[filter] !== undefined);
  return {
    ...model,
    filters: models.slice(0, IN_VIEW),
    moreFilters: models.slice(IN_VIEW),
    moreOpen: models.slice(IN_VIEW).some(({ name }) => optional.some(({ filter }) => filter === name)),
    without: withoutWords(sourceName, filters),
    shows: answer?.items.map((show) => foundModel(deps, show)) ?? [],
    moreHref: answer?.nextPage == null ? null : href(answer.nextPage),
    problems: "problem" in list ? [list.problem] : missing,
    nothing: optional.length > 0 ? "Take one of the filters away." : "Nothing is listed there.",
  };
}

const NO_SOURCE: SearchAnswerModel = {
  results: [],
  missed: [],
  problem: null,
  nothing: {
    title: "Only your own library can be searched",
    text: "No metadata source is switched on. METADATA_SOURCES names them; tvmaze needs no key.",
  },
};

export async function searchModel(
  deps: RouteDeps,
  ctx: ViewContext,
  userId: number,
  asked: SearchAsked,
): Promise<SearchPageModel> {
  const { sources, paths } = deps;
  const typed = asked.query !== "";
  const { answer, source } = typed ? await answerModel(deps, userId, asked) : { answer: null, source: null };
  const browse = typed ? null : await browseModel(deps, ctx, userId, asked);
  const current = asked.source ?? source ?? browse?.source ?? sources[0]?.id;
  const tabs = sources
    .filter((each) => typed || each.browse !== undefined)
    .map(({ id, label }) => ({
      label,
      href: typed ? paths.search({ query: asked.query, source: id }) : paths.search({ source: id, ...asked.filters }),
      current: id === current,
    }));
  return {
    query: asked.query,
    source: asked.source ?? null,
    own: typed ? ownShows(deps, ctx, userId, asked.query) : [],
    tabs,
    answer: sources.length === 0 ? NO_SOURCE : answer,
    browse,
    credits: sources.map(({ attribution }) => attribution.text),
  };
}
