import { Elysia, t } from "elysia";
import { decodeCursor, encodeCursor } from "../../db/queries/cursor.ts";
import type { BrowseFilter } from "../../domain/browse.ts";
import { AppError } from "../../kernel/errors.ts";
import type { SourceFilters as Filters } from "../../services/discovery/types.ts";
import { candidatePoster } from "../candidate-poster.ts";
import { userOf } from "../context.ts";
import type { RouteDeps } from "../deps.ts";
import { countryOf, localeOf } from "../pages/locale.ts";
import { zoneOf } from "./times.ts";
import { BrowseAnswer, Cursor, listOf, SourceFilters } from "./tracker-schemas.ts";
import { searchResultJson } from "./tracker-shapes.ts";

const tags = ["Shows"];
const MOST_PAGES = 500;

const WORDS: Record<BrowseFilter, string> = {
  sort: "popular, trending, newest or rated, as far as the source can",
  genre: "One of those that /api/browse/filters names",
  network: "Its name",
  status: "running, ended or upcoming",
  runtime: "Minutes of an episode: 20-40, 50- or -30",
  year: "Of the first broadcast: 2019 or 2010-2019",
  weekday: "monday to sunday: shown on the next such day",
  country: "Two letters: where it is made, or where it is shown for a source that lists days",
};

function pageOf(cursor: string | undefined): number {
  if (cursor === undefined) return 1;
  const page = Number(decodeCursor(cursor, ["number"])[0]);
  if (Number.isInteger(page) && page >= 1 && page <= MOST_PAGES) return page;
  const message = "is not one that this list has given";
  throw new AppError("invalid", `The cursor ${message}.`, { fields: [{ path: "cursor", message }] });
}

export function createBrowseRoutes(deps: RouteDeps) {
  const { discovery, config } = deps;
  const filter = (name: BrowseFilter) => t.Optional(t.String({ maxLength: 80, description: WORDS[name] }));

  return new Elysia()
    .get(
      "/api/browse",
      async ({ request, query: { source, cursor, ...asked } }) => {
        const user = userOf(request);
        const country = countryOf(localeOf(request.headers.get("accept-language")));
        const here = { timeZone: zoneOf(user, config.timeZone), country };
        const page = pageOf(cursor);
        const answer = await discovery.browse(user.id, source, asked, page, here);
        const [first] = answer.problems;
        if (first !== undefined) {
          throw new AppError("invalid", `The filter ${first.path} ${first.message}.`, { fields: answer.problems });
        }
        return {
          items: answer.items.map((found) => searchResultJson(found, candidatePoster(deps, found))),
          nextCursor: answer.nextPage === null ? null : encodeCursor([answer.nextPage]),
          source: answer.source,
          filters: answer.asked,
        };
      },
      {
        query: t.Object({
          source: t.Optional(t.String({ maxLength: 20, description: "Default: the first that can list shows" })),
          sort: filter("sort"),
          genre: filter("genre"),
          network: filter("network"),
          status: filter("status"),
          runtime: filter("runtime"),
          year: filter("year"),
          weekday: filter("weekday"),
          country: filter("country"),
          cursor: Cursor,
        }),
        response: { 200: BrowseAnswer },
        detail: { summary: "List shows of a metadata source by genre, network and more", tags },
      },
    )
    .get(
      "/api/browse/filters",
      async ({ request }) => {
        userOf(request);
        return { items: (await discovery.filters()).map(filtersJson), nextCursor: null };
      },
      {
        response: { 200: listOf(SourceFilters) },
        detail: { summary: "What each metadata source can list, and by which filters", tags },
      },
    );
}

function filtersJson({ failure, ...filters }: Filters) {
  return {
    ...filters,
    filters: filters.filters.map((each) => ({ ...each, options: [...each.options] })),
    problem: failure?.message ?? null,
  };
}
