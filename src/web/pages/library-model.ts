import type { ViewContext } from "../../../views/context.ts";
import type { LibraryPageModel } from "../../../views/pages/library.tsx";
import type { FacetModel, LibraryFilterModel } from "../../../views/parts/library-filter.tsx";
import type { ShowCardModel } from "../../../views/parts/show-card.tsx";
import { formatNumber } from "../../../views/ui/format.ts";
import {
  type Facet,
  LIBRARY_SORTS,
  type LibraryItem,
  type LibrarySort,
  type ListCounts,
  libraryCounts,
  libraryFacets,
  libraryPage,
  type SortOrder,
  usualOrder,
} from "../../db/queries/library.ts";
import { serverGlances } from "../../db/queries/page-context.ts";
import { PROGRESS_STATES, type ProgressState } from "../../domain/progress.ts";
import { isListName, LIST_NAMES, type ListName } from "../../domain/show-list.ts";
import type { RouteDeps } from "../deps.ts";
import { type Asked, filterOf, queryOf, viewOf, withoutFilters } from "./library-asked.ts";
import { listOptions, RATING_OPTIONS } from "./lists.ts";
import { episodeTitle, posterOf } from "./models.ts";
import { LIST_WORDS } from "./show-model.ts";

export const PER_PAGE = 60;

const SORT_WORDS: Record<LibrarySort, string> = {
  title: "Title",
  lastWatched: "Last watched",
  progress: "Progress",
  nextAir: "Next to air",
  added: "Added",
  rating: "Rating",
};

const ORDER_WORDS: Record<LibrarySort, Record<SortOrder, string>> = {
  title: { asc: "A to Z", desc: "Z to A" },
  lastWatched: { asc: "Longest ago first", desc: "Latest first" },
  progress: { asc: "Least watched first", desc: "Most watched first" },
  nextAir: { asc: "Soonest first", desc: "Latest first" },
  added: { asc: "Oldest first", desc: "Newest first" },
  rating: { asc: "Lowest first", desc: "Best first" },
};

const STATUS_WORDS: Readonly<Record<string, string>> = { running: "Running", ended: "Ended", upcoming: "Not out yet" };

const PROGRESS_WORDS: Record<ProgressState, string> = {
  "not-started": "Not started",
  "in-progress": "In progress",
  "up-to-date": "Up to date",
  finished: "Finished",
};

const RATED_WORDS = { yes: "Rated", no: "Not rated" } as const;

export function cardModel(ctx: ViewContext, show: LibraryItem): ShowCardModel {
  const { next } = show;
  return {
    id: show.id,
    title: show.title,
    year: show.year,
    posterUrl: posterOf(ctx, show),
    watched: show.watched,
    aired: show.aired,
    newEpisode: show.newEpisode,
    next:
      next === null ? null : { id: next.id, seasonNumber: next.season, number: next.number, title: episodeTitle(next) },
    nextAirAt: show.nextAirAt,
    lastWatchedAt: show.lastWatchedAt,
    rating: show.rating,
  };
}

/** Rows from a cursor on, or from the begin as far as they have been read. */
export function libraryModel(
  deps: RouteDeps,
  ctx: ViewContext,
  userId: number,
  request: Request,
  asked: Asked,
): LibraryPageModel {
  const { db, clock, paths } = deps;
  const filter = filterOf(asked);
  const first = asked.cursor === undefined;
  const { items, nextCursor } = libraryPage(db, userId, {
    ...filter,
    sort: asked.sort,
    order: asked.order,
    cursor: asked.cursor,
    limit: first ? Math.max(PER_PAGE, asked.shown) : PER_PAGE,
    now: clock.now(),
  });
  const counts = libraryCounts(db, userId);
  const matches = isNarrowed(asked) ? libraryCounts(db, userId, filter) : counts;
  const shown = items.length + (first ? 0 : asked.shown);
  const here = (change: Partial<Asked> = {}) => queryOf({ ...asked, ...change });
  return {
    shows: items.map((show) => cardModel(ctx, show)),
    view: viewOf(request, asked),
    picking: asked.picking,
    filter: filterModel(deps, userId, request, asked),
    tabs: tabsOf(deps, ctx, asked, counts),
    found: ofList(matches, asked.list),
    listed: ofList(counts, asked.list),
    bulk: {
      lists: listOptions(),
      ratings: RATING_OPTIONS,
      from: paths.shows(here({ picking: "no" })),
      allHref: paths.shows(here({ picking: "all" })),
    },
    pickHref: paths.shows(here({ picking: asked.picking === "no" ? "yes" : "no" })),
    moreHref: nextCursor === null ? null : paths.shows({ ...here(), cursor: nextCursor, shown }),
    refreshHref: paths.shows({ ...here(), shown }),
    shown,
    first,
    nothing: items.length > 0 ? null : nothingWords(deps, userId, asked, { all: counts.all, matches }),
    total: counts.all,
    enriching: deps.enrichmentStatus().pending,
  };
}

/** By more than its list. */
function isNarrowed(asked: Asked): boolean {
  return asked.query.trim() !== "" || chipsOf(asked).length > 0;
}

function ofList(counts: ListCounts, list: string): number {
  if (list === "") return counts.all;
  return isListName(list) ? counts[list] : 0;
}

function tabsOf({ paths }: RouteDeps, ctx: ViewContext, asked: Asked, counts: ListCounts) {
  const tab = (label: string, list: ListName | "", shows: number) => ({
    label,
    href: paths.shows(queryOf({ ...asked, list, picking: "no" })),
    current: list === asked.list,
    count: formatNumber(shows, ctx),
  });
  return [tab("All", "", counts.all), ...LIST_NAMES.map((name) => tab(LIST_WORDS[name], name, counts[name]))];
}

function filterModel({ db, paths }: RouteDeps, userId: number, request: Request, asked: Asked): LibraryFilterModel {
  const facets = libraryFacets(db, userId, asked.list === "" ? undefined : asked.list);
  const href = (change: Partial<Asked>) => paths.shows(queryOf({ ...asked, ...change }));
  const order = asked.order ?? usualOrder(asked.sort);
  const { list, view, select } = queryOf(asked);
  return {
    query: asked.query,
    sort: asked.sort,
    sorts: LIBRARY_SORTS.map((value) => ({ value, label: SORT_WORDS[value] })),
    turn: {
      href: href({ order: asked.order === undefined ? otherWay(order) : undefined }),
      label: ORDER_WORDS[asked.sort][order],
      ascending: order === "asc",
    },
    progresses: choices("Any", PROGRESS_STATES, PROGRESS_WORDS, asked.progress),
    progress: asked.progress,
    statuses: choices("Any", Object.keys(STATUS_WORDS), STATUS_WORDS, asked.status),
    status: asked.status,
    rateds: choices("Any", Object.keys(RATED_WORDS), RATED_WORDS, asked.rated),
    rated: asked.rated,
    genres: facetModels(facets.genres, asked.genres),
    networks: facetModels(facets.networks, asked.networks),
    chips: chipsOf(asked).map(({ label, without }) => ({ label, href: href(without) })),
    clearHref: paths.shows(queryOf(withoutFilters(asked))),
    view: viewOf(request, asked),
    views: (["grid", "list"] as const).map((each) => ({ view: each, href: href({ view: each }) })),
    hidden: Object.entries({ list, order: asked.order, view, select }).flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [{ name, value }],
    ),
  };
}

function otherWay(order: SortOrder): SortOrder {
  return order === "asc" ? "desc" : "asc";
}

type Words = Readonly<Record<string, string>>;

/** With the value of the address among them, also when it is none of ours: the form says what is filtered by. */
function choices(any: string, values: readonly string[], words: Words, current: string) {
  const all = current === "" || values.includes(current) ? values : [...values, current];
  return [{ value: "", label: any }, ...all.map((value) => ({ value, label: words[value] ?? value }))];
}

function facetModels(facets: readonly Facet[], chosen: readonly string[]): FacetModel[] {
  const unknown = chosen.filter((value) => facets.every((facet) => facet.value !== value));
  return [...facets, ...unknown.map((value) => ({ value, shows: 0 }))].map(({ value, shows }) => ({
    value,
    label: value,
    shows,
    checked: chosen.includes(value),
  }));
}

function chipsOf(asked: Asked): { label: string; without: Partial<Asked> }[] {
  const { progress, status, rated, genres, networks } = asked;
  const words: Words = PROGRESS_WORDS;
  return [
    ...(progress === "" ? [] : [{ label: words[progress] ?? progress, without: { progress: "" } }]),
    ...(status === "" ? [] : [{ label: `Status: ${STATUS_WORDS[status] ?? status}`, without: { status: "" } }]),
    ...(rated === "" ? [] : [{ label: RATED_WORDS[rated], without: { rated: "" as const } }]),
    ...genres.map((genre) => ({
      label: `Genre: ${genre}`,
      without: { genres: genres.filter((each) => each !== genre) },
    })),
    ...networks.map((network) => ({
      label: network,
      without: { networks: networks.filter((each) => each !== network) },
    })),
  ];
}

type Nothing = NonNullable<LibraryPageModel["nothing"]>;

const EMPTY_LISTS: Record<ListName, Pick<Nothing, "title" | "text">> = {
  watching: {
    title: "Nothing on Watching",
    text: "What you watch comes here by itself, with the first episode that is marked.",
  },
  later: {
    title: "Nothing to watch later",
    text: "Put a show here from the menu beside its title, and it waits until you want it.",
  },
  ended: {
    title: "Nothing on Ended",
    text: "A show comes here by itself when it has ended and you have seen all of it.",
  },
  archived: {
    title: "Nothing on Archived",
    text: "What you archive stays here and never comes back by itself.",
  },
};

function nothingWords(
  { db, paths }: RouteDeps,
  userId: number,
  asked: Asked,
  { all, matches }: { all: number; matches: ListCounts },
): Nothing {
  if (all === 0) return emptyLibrary(serverGlances(db, userId).length > 0);
  if (!isNarrowed(asked) && isListName(asked.list)) {
    const action = { label: "Show all shows", href: paths.shows(queryOf({ ...asked, list: "", picking: "no" })) };
    return { icon: "library", ...EMPTY_LISTS[asked.list], action };
  }
  const text =
    asked.query.trim() === ""
      ? "No show has everything you filter by."
      : `No show here has “${asked.query.trim()}” in its title${chipsOf(asked).length > 0 ? " and passes the filter" : ""}.`;
  const words = { icon: "search", title: "Nothing matches", text } as const;
  if (matches.all > 0) {
    const href = paths.shows(queryOf({ ...asked, list: "", picking: "no" }));
    return { ...words, action: { label: `Look on all lists (${matches.all})`, href } };
  }
  const list = isListName(asked.list) ? asked.list : "";
  const href = paths.shows(queryOf({ ...withoutFilters(asked), list, query: "", picking: "no" }));
  return { ...words, action: { label: "Clear search and filters", href } };
}

function emptyLibrary(isConnected: boolean): Nothing {
  const text = isConnected
    ? "A sync brings in what you have watched. A show that you have not begun is added by hand."
    : "Connect your media server to bring in what you have watched.";
  return { icon: "library", title: "Your shows will be here", text, action: null };
}
