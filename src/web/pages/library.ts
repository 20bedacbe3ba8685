import { Elysia, t } from "elysia";
import type { ViewContext } from "../../../views/context.ts";
import { LibraryPage, type LibraryPageModel, LibraryRows, LibrarySection } from "../../../views/pages/library.tsx";
import { RefresherGone } from "../../../views/parts/more.tsx";
import type { ShowCardModel } from "../../../views/parts/show-card.tsx";
import { formatNumber } from "../../../views/ui/format.ts";
import {
  LIBRARY_SORTS,
  type LibraryItem,
  type LibrarySort,
  libraryCounts,
  libraryPage,
} from "../../db/queries/library.ts";
import { isListName, LIST_NAMES, type ListName } from "../../domain/show-list.ts";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { posterOf } from "./models.ts";
import { LIST_WORDS } from "./show-model.ts";

const PER_PAGE = 120;

const SORT_WORDS: Record<LibrarySort, string> = {
  title: "By title",
  lastWatched: "Last watched first",
  progress: "Most watched first",
  added: "Newest here first",
  rating: "Best rated first",
  nextAir: "Next to air first",
};
const DEFAULT_SORT: LibrarySort = "lastWatched";

type Asked = {
  list?: string | undefined;
  query?: string | undefined;
  sort?: string | undefined;
  cursor?: string | undefined;
};

function card(ctx: ViewContext, show: LibraryItem): ShowCardModel {
  return {
    id: show.id,
    title: show.title,
    year: show.year,
    posterUrl: posterOf(ctx, show),
    watched: show.watched,
    aired: show.aired,
  };
}

/** An address with words nobody offers shows everything, not an error. */
function readAsked(asked: Asked): { list: ListName | undefined; sort: LibrarySort; query: string } {
  const list = asked.list !== undefined && isListName(asked.list) ? asked.list : undefined;
  const sort = LIBRARY_SORTS.find((known) => known === asked.sort) ?? DEFAULT_SORT;
  return { list, sort, query: (asked.query ?? "").slice(0, 200) };
}

function libraryModel(deps: RouteDeps, ctx: ViewContext, userId: number, asked: Asked): LibraryPageModel {
  const { list, sort, query } = readAsked(asked);
  const counts = libraryCounts(deps.db, userId);
  const { items, nextCursor } = libraryPage(deps.db, userId, {
    list,
    query,
    sort,
    cursor: asked.cursor,
    limit: PER_PAGE,
  });
  const given = { query, sort: sort === DEFAULT_SORT ? undefined : sort };
  const tab = (label: string, name: ListName | undefined, shows: number) => ({
    label,
    href: deps.paths.shows({ ...given, list: name }),
    current: name === list,
    count: formatNumber(shows, ctx),
  });
  return {
    shows: items.map((show) => card(ctx, show)),
    query,
    list: list ?? "",
    sort,
    sorts: LIBRARY_SORTS.map((value) => ({ value, label: SORT_WORDS[value] })),
    tabs: [tab("All", undefined, counts.all), ...LIST_NAMES.map((name) => tab(LIST_WORDS[name], name, counts[name]))],
    moreHref: nextCursor === null ? null : deps.paths.shows({ ...given, list, cursor: nextCursor }),
    selfHref: deps.paths.shows({ ...given, list }),
    first: asked.cursor === undefined,
    total: counts.all,
    enriching: deps.enrichmentStatus().pending,
  };
}

export function createLibraryPage(deps: RouteDeps) {
  return new Elysia().get(
    "/shows",
    ({ request, query }) => {
      const { ctx, userId, part, ...reply } = visit(deps, request);
      const page = libraryModel(deps, ctx, userId, query);
      if (!part) return reply.page(LibraryPage({ ctx, page }));
      if (page.first) return reply.fragment(LibrarySection({ ctx, page }));
      return reply.fragment([LibraryRows({ ctx, page }), RefresherGone()]);
    },
    {
      query: t.Object({
        list: t.Optional(t.String()),
        query: t.Optional(t.String()),
        sort: t.Optional(t.String()),
        cursor: t.Optional(t.String()),
      }),
      detail: { hide: true },
    },
  );
}
