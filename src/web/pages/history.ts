import { Elysia, t } from "elysia";
import type { ViewContext } from "../../../views/context.ts";
import { type HistoryDayModel, HistoryPage, type HistoryPageModel } from "../../../views/pages/history.tsx";
import type { HistoryRowModel } from "../../../views/parts/history-row.tsx";
import { type HistoryItem, history } from "../../db/queries/history.ts";
import { shownTitle } from "../../db/queries/view.ts";
import { showOf } from "../../services/tracking/targets.ts";
import { dateIn } from "../../services/tracking/zoned-days.ts";
import type { RouteDeps } from "../deps.ts";
import { visit } from "./answer.ts";
import { dayLabel } from "./days.ts";
import { episodeTitle, playModel, posterOf } from "./models.ts";

const PER_PAGE = 100;
const UNKNOWN = "unknown";

function row(ctx: ViewContext, item: HistoryItem): HistoryRowModel {
  return {
    play: playModel(item),
    showId: item.show.id,
    showTitle: item.show.title,
    posterUrl: posterOf(ctx, item.show),
    seasonNumber: item.episode.season,
    episodeNumber: item.episode.number,
    episodeTitle: episodeTitle(item.episode),
  };
}

/** The list is in order already; a new day begins where the date changes. */
function daysOf(ctx: ViewContext, items: readonly HistoryItem[]): HistoryDayModel[] {
  const days: { day: string; label: string; rows: HistoryRowModel[] }[] = [];
  for (const item of items) {
    const day = item.watchedAt === null ? UNKNOWN : dateIn(item.watchedAt, ctx.timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.rows.push(row(ctx, item));
    else days.push({ day, label: day === UNKNOWN ? "Date unknown" : dayLabel(day, ctx), rows: [row(ctx, item)] });
  }
  return days;
}

export function createHistoryPage(deps: RouteDeps) {
  const { db, paths } = deps;
  return new Elysia().get(
    "/history",
    ({ request, query }) => {
      const { ctx, userId, ...reply } = visit(deps, request);
      const showId = query.show === undefined ? undefined : showOf(db, userId, query.show);
      const { items, nextCursor } = history(db, userId, { showId, cursor: query.cursor, limit: PER_PAGE });
      const title = showId === undefined ? null : shownTitle(db, userId, showId);
      const page: HistoryPageModel = {
        days: daysOf(ctx, items),
        show: showId === undefined || title === null ? null : { id: String(showId), title },
        moreHref: nextCursor === null ? null : paths.history({ show: query.show, cursor: nextCursor }),
        first: query.cursor === undefined,
      };
      return reply.page(HistoryPage({ ctx, page }));
    },
    {
      query: t.Object({ show: t.Optional(t.String()), cursor: t.Optional(t.String()) }),
      detail: { hide: true },
    },
  );
}
