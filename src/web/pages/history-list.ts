import type { ViewContext } from "../../../views/context.ts";
import type { HistoryListModel, HistoryReachModel } from "../../../views/pages/history.tsx";
import type { HistoryRunModel } from "../../../views/parts/history-run.tsx";
import { count, durationText, formatNumber } from "../../../views/ui/format.ts";
import {
  type HistoryFilter,
  type HistoryItem,
  type HistoryTotals,
  history,
  historyTotals,
  MOST_COUNTED,
} from "../../db/queries/history.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import { addDays, dateIn, startOfDate } from "../../services/tracking/zoned-days.ts";
import type { RouteDeps } from "../deps.ts";
import { dayLabel } from "./days.ts";
import { type Asked, isNarrowed, narrowed } from "./history-filter.ts";
import { episodeTitle, playModel, posterOf } from "./models.ts";

const PER_PAGE = 100;
/** A list that has grown longer than this is not read anew when something happens. */
const FARTHEST = 400;

/** `until` of a list whose end is on the page, and of one that has grown too long. */
export const END = "end";
export const FAR = "far";

const UNDATED = "unknown";

type Day = { day: string; items: HistoryItem[] };

export function historyList(deps: RouteDeps, ctx: ViewContext, userId: number, asked: Asked): HistoryListModel {
  const narrowing = narrowed(deps, ctx, userId, asked);
  const until = asked.until ?? "";
  const isWhole = until === "";
  const { items, nextCursor: natural } = history(deps.db, userId, {
    ...narrowing.filter,
    cursor: asked.cursor,
    until: isWhole || until === END ? undefined : until,
    limit: isWhole ? PER_PAGE : FARTHEST + PER_PAGE,
  });
  const nextCursor = natural ?? (isWhole || until === END ? null : until);
  const days = daysOf(ctx, items);
  const seen = seenBefore(asked) + items.length;
  const { query } = narrowing;
  return {
    days: days.map((day, index) => {
      const isCut = (index === 0 && asked.cursor !== undefined) || (index === days.length - 1 && nextCursor !== null);
      return {
        day: day.day,
        label: day.day === UNDATED ? "Date unknown" : dayLabel(day.day, ctx),
        total: totalWords(ctx, isCut ? wholeDay(deps, ctx, userId, narrowing.filter, day.day) : totalsOf(day.items)),
        continued: index === 0 && asked.day === day.day,
        runs: runsOf(ctx, day.items),
      };
    }),
    moreHref:
      nextCursor === null
        ? null
        : deps.paths.history({ ...query, cursor: nextCursor, day: days.at(-1)?.day ?? asked.day, seen: String(seen) }),
    first: asked.cursor === undefined,
    reach: reachOf(deps, asked, query, { nextCursor, seen }),
    filtered: isNarrowed(narrowing),
    unknownName: null,
  };
}

/**
 * The list that is read anew when something has happened goes as far down as the reader has come. A first page alone
 * has no end to keep: what is new pushes out what is old.
 */
function reachOf(
  { paths }: RouteDeps,
  asked: Asked,
  query: Asked,
  { nextCursor, seen }: { nextCursor: string | null; seen: number },
): HistoryReachModel {
  const isOnePage = asked.seen === undefined && (asked.until ?? "") === "";
  if (isOnePage) return { until: "", refreshHref: asked.cursor === undefined ? paths.history(query) : null };
  if (seen > FARTHEST) return { until: FAR, refreshHref: null };
  const until = nextCursor ?? END;
  return { until, refreshHref: paths.history({ ...query, until }) };
}

/** A page that somebody came to by its address is no list from the top: what joins it counts as too far down. */
function seenBefore({ cursor, seen }: Asked): number {
  if (seen === undefined) return cursor === undefined ? 0 : FARTHEST;
  return Number(seen) || 0;
}

/** The list is in order already; a new day begins where the date changes. */
function daysOf(ctx: ViewContext, items: readonly HistoryItem[]): Day[] {
  const days: Day[] = [];
  for (const item of items) {
    const day = item.watchedAt === null ? UNDATED : dateIn(item.watchedAt, ctx.timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}

function runsOf(ctx: ViewContext, items: readonly HistoryItem[]): HistoryRunModel[] {
  const runs: (HistoryRunModel & { plays: HistoryRunModel["plays"][number][] })[] = [];
  for (const item of items) {
    const row = {
      play: playModel(item),
      seasonNumber: item.episode.season,
      episodeNumber: item.episode.number,
      episodeTitle: episodeTitle(item.episode),
    };
    const last = runs.at(-1);
    if (last?.showId === item.show.id) last.plays.push(row);
    else
      runs.push({
        showId: item.show.id,
        showTitle: item.show.title,
        posterUrl: posterOf(ctx, item.show),
        plays: [row],
      });
  }
  return runs;
}

function totalsOf(items: readonly HistoryItem[]): HistoryTotals {
  return {
    plays: items.length,
    episodes: new Set(items.map(({ episode }) => episode.id)).size,
    minutes: items.reduce((sum, { runtimeMin }) => sum + (runtimeMin ?? 0), 0),
  };
}

/** The page has only a part of that day. */
function wholeDay(
  deps: RouteDeps,
  { timeZone }: ViewContext,
  userId: number,
  filter: HistoryFilter,
  day: string,
): HistoryTotals {
  if (day === UNDATED) return historyTotals(deps.db, userId, filter, "undated");
  const [from, to] = [startOfDate(day, timeZone) ?? 0, startOfDate(addDays(day, 1), timeZone) ?? 0];
  return historyTotals(deps.db, userId, filter, { from, to });
}

/** "4 episodes, 2 h 50 min" */
function totalWords(ctx: ViewContext, { plays, episodes, minutes }: HistoryTotals): string {
  if (plays > MOST_COUNTED) return `more than ${formatNumber(MOST_COUNTED, ctx)} plays`;
  const watched = count(episodes, ctx, "episode");
  return minutes === 0 ? watched : `${watched}, ${durationText(minutes * MINUTE_MS)}`;
}
