import { Elysia, t } from "elysia";
import {
  type HistoryListModel,
  HistoryMore,
  HistoryPage,
  type HistoryPageModel,
  HistorySection,
} from "../../../views/pages/history.tsx";
import { shownTitle } from "../../db/queries/view.ts";
import type { RouteDeps } from "../deps.ts";
import { type Visit, visit } from "./answer.ts";
import { type Asked, filterModel, lastDayOf, type Named, narrowed, showNamed } from "./history-filter.ts";
import { historyList } from "./history-list.ts";

const text = t.Optional(t.String());

const query = t.Object({
  from: text,
  to: text,
  show: text,
  source: text,
  undated: text,
  cursor: text,
  day: text,
  seen: text,
  until: text,
  title: text,
  month: text,
});

const nothing = (name: string): HistoryListModel => ({
  days: [],
  moreHref: null,
  first: true,
  reach: { until: "", refreshHref: null },
  filtered: true,
  unknownName: name,
});

export function createHistoryPage(deps: RouteDeps) {
  const { db, paths } = deps;

  function page(reply: Visit, asked: Asked, wrong: { text: string; error: string } | null): Response {
    const { ctx, userId } = reply;
    const narrowing = narrowed(deps, ctx, userId, asked);
    const { showId } = narrowing.filter;
    const title = showId === undefined ? null : shownTitle(db, userId, showId);
    const model: HistoryPageModel = {
      ...(wrong === null ? historyList(deps, ctx, userId, asked) : nothing(wrong.text)),
      filter: filterModel(deps, ctx, userId, narrowing, wrong),
      show: showId === undefined || title === null ? null : { id: String(showId), title },
    };
    return reply.page(HistoryPage({ ctx, page: model }));
  }

  /** What the forms send becomes the address of what they ask for. */
  function goTo(reply: Visit, asked: Asked, named: Named | null): Response {
    const { query: wanted } = narrowed(deps, reply.ctx, reply.userId, asked);
    const show = named !== null && "showId" in named ? named.showId : wanted.show;
    const to = asked.month === undefined ? null : lastDayOf(asked.month);
    return reply.go(paths.history({ ...wanted, show, ...(to === null ? {} : { to, from: undefined }) }));
  }

  return new Elysia().get(
    "/history",
    ({ request, query: asked }) => {
      const reply = visit(deps, request);
      const name = asked.title?.trim() ?? "";
      const named = name === "" ? null : showNamed(deps, reply.userId, name);
      if (named !== null && "error" in named) return page(reply, asked, { text: name, error: named.error });
      if (asked.title !== undefined || asked.month !== undefined) return goTo(reply, asked, named);
      if (!reply.part) return page(reply, asked, null);
      const { ctx, userId } = reply;
      const list = historyList(deps, ctx, userId, asked);
      return reply.fragment(list.first ? HistorySection({ ctx, list }) : HistoryMore({ ctx, list }));
    },
    { query, detail: { hide: true } },
  );
}
