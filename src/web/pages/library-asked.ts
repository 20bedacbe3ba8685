import type { Picking, ShowView } from "../../../views/parts/show-card.tsx";
import type { ShowsQuery } from "../../../views/paths.ts";
import { LIBRARY_SORTS, type LibrarySort, SORT_ORDERS, type SortOrder, usualOrder } from "../../db/queries/library.ts";
import type { LibraryFilter } from "../../db/queries/library-filter.ts";
import { contextOf } from "../context.ts";
import { readCookie } from "../guard.ts";

// What the library's address says. A sort nobody offers is the usual one; a filter value nobody has finds nothing.

export const DEFAULT_SORT: LibrarySort = "lastWatched";
const LONGEST = 200;
const MOST_VALUES = 100;
/** As many rows as are asked for anew in one go. */
const MOST_SHOWN = 1_000;

export type Asked = {
  query: string;
  list: string;
  networks: readonly string[];
  genres: readonly string[];
  status: string;
  progress: string;
  rated: "" | "yes" | "no";
  sort: LibrarySort;
  /** Undefined: the usual way round. */
  order: SortOrder | undefined;
  /** Undefined: as this browser had it last. */
  view: ShowView | undefined;
  picking: Picking;
  cursor: string | undefined;
  shown: number;
};

export function readAsked(params: URLSearchParams): Asked {
  const text = (name: string): string => (params.get(name) ?? "").slice(0, LONGEST);
  const several = (name: string): string[] => [...new Set(params.getAll(name))].slice(0, MOST_VALUES);
  const among = <Value extends string>(name: string, all: readonly Value[]) => all.find((each) => each === text(name));
  const sort = among("sort", LIBRARY_SORTS) ?? DEFAULT_SORT;
  const order = among("order", SORT_ORDERS);
  const shown = Number(params.get("shown") ?? 0);
  return {
    query: text("query"),
    list: text("list"),
    networks: several("network"),
    genres: several("genre"),
    status: text("status"),
    progress: text("progress"),
    rated: among("rated", ["yes", "no"] as const) ?? "",
    sort,
    order: order === usualOrder(sort) ? undefined : order,
    view: among("view", ["grid", "list"] as const),
    picking: ({ "1": "yes", all: "all" } as const)[text("select")] ?? "no",
    cursor: params.get("cursor") ?? undefined,
    shown: Number.isInteger(shown) && shown > 0 ? Math.min(shown, MOST_SHOWN) : 0,
  };
}

export function filterOf(asked: Asked): LibraryFilter {
  const { query, list, networks, genres, status, progress, rated } = asked;
  return {
    query,
    networks,
    genres,
    list: list === "" ? undefined : list,
    status: status === "" ? undefined : status,
    progress: progress === "" ? undefined : progress,
    rated: rated === "" ? undefined : rated === "yes",
  };
}

const NO_FILTER = { networks: [], genres: [], status: "", progress: "", rated: "" } as const;

export function withoutFilters(asked: Asked): Asked {
  return { ...asked, ...NO_FILTER };
}

/** Back into an address, as short as it says the same. Where in the list one is, is not part of it. */
export function queryOf(asked: Asked): ShowsQuery {
  const { query, list, networks, genres, status, progress, rated, sort, order, view, picking } = asked;
  return {
    list,
    query,
    network: networks,
    genre: genres,
    status,
    progress,
    rated,
    sort: sort === DEFAULT_SORT ? undefined : sort,
    order,
    view,
    select: { no: undefined, yes: "1", all: "all" }[picking],
  };
}

const VIEW_COOKIE = "et_view";
const YEAR_S = 365 * 24 * 3_600;

export function viewOf(request: Request, asked: Pick<Asked, "view">): ShowView {
  return asked.view ?? (readCookie(request, VIEW_COOKIE) === "list" ? "list" : "grid");
}

/** A view that the address names is what this browser shows from now on. */
export function viewCookie(request: Request, view: ShowView, basePath: string): string {
  const secure = contextOf(request).https ? "; Secure" : "";
  return `${VIEW_COOKIE}=${view}; Max-Age=${YEAR_S}; Path=${basePath === "" ? "/" : basePath}; HttpOnly; SameSite=Lax${secure}`;
}
