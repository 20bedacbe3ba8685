import type { Db } from "../open.ts";
import { decodeCursor, pageOf } from "./cursor.ts";
import { type OnePlay, type OnePlayColumns, onePlayColumns, onePlayView } from "./one-play.ts";
import type { ListPage } from "./view.ts";

export type HistoryItem = OnePlay;

/** Which plays are meant. */
export type HistoryFilter = {
  /** Inclusive. With `from` or `to`, plays of unknown time are left out. */
  from?: number | undefined;
  /** Exclusive. */
  to?: number | undefined;
  showId?: number | undefined;
  /** What one server has told us, or what came without any: entered by hand, or from a file, whoever had told that. */
  source?: { integrationId: number } | { offServer: "manual" | "import" } | undefined;
  undated?: "only" | "exclude" | undefined;
};

export type HistoryOptions = HistoryFilter & {
  cursor?: string | undefined;
  /** The cursor of a page: only what lies before its end. */
  until?: string | undefined;
  limit: number;
};

type Params = {
  userId: number;
  beforeAt: number;
  beforeId: number;
  fromAt: number;
  fromId: number;
  undatedBefore: number;
  undatedFrom: number;
  limit: number;
  showId?: number;
  source?: string | number;
};

const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** All plays are found by time, those of one show by its episodes (`+` keeps a column out of the search): neither walks through the other's rows. */
const inTime = { plays: "plays p", at: "p.watched_at" };
const ofShow = {
  plays: "episodes f CROSS JOIN plays p ON p.episode_id = f.id AND f.show_id = $showId",
  at: "+p.watched_at",
};

/** The index by time knows the server, so that a rare one is found without looking at everybody else's rows. */
function sourceCondition(source: HistoryFilter["source"]): string {
  if (source === undefined) return "";
  if ("integrationId" in source) return "AND p.integration_id = $source";
  // A file of ours names the servers that it has its plays from.
  return `AND p.integration_id IS NULL AND p.source ${source.offServer === "manual" ? "=" : "<>"} $source`;
}

function sourceValue(source: NonNullable<HistoryFilter["source"]>): string | number {
  return "offServer" in source ? "manual" : source.integrationId;
}

const statement = ({ plays, at }: typeof inTime, condition: string): string => `
  SELECT ${onePlayColumns}
  FROM (
    SELECT * FROM (
      SELECT p.id FROM ${plays}
      WHERE p.user_id = $userId AND (${at}, p.id) < ($beforeAt, $beforeId) AND (${at}, p.id) >= ($fromAt, $fromId)
        ${condition}
      ORDER BY p.watched_at DESC, p.id DESC LIMIT $limit
    )
    UNION ALL
    SELECT * FROM (
      SELECT p.id FROM ${plays}
      WHERE p.user_id = $userId AND ${at} IS NULL AND p.id < $undatedBefore AND p.id >= $undatedFrom ${condition}
      ORDER BY p.id DESC LIMIT $limit
    )
  ) page
  CROSS JOIN plays p ON p.id = page.id
  CROSS JOIN episodes e ON e.id = p.episode_id
  CROSS JOIN shows s ON s.id = e.show_id
  LEFT JOIN integrations i ON i.id = p.integration_id
  ORDER BY p.watched_at DESC, p.id DESC LIMIT $limit`;

/** More than anybody watches in a day; a file or a whole show marked at once may well have more. */
export const MOST_COUNTED = 1_000;

const totalsStatement = ({ plays, at }: typeof inTime, condition: string): string => `
  SELECT count(*) AS plays, count(DISTINCT p.episode_id) AS episodes,
    coalesce(sum(coalesce(e.runtime_min, s.runtime_min)), 0) AS minutes
  FROM (
    SELECT * FROM (
      SELECT p.id FROM ${plays} WHERE p.user_id = $userId AND ${at} >= $fromAt AND ${at} < $beforeAt ${condition} LIMIT $limit
    )
    UNION ALL
    SELECT * FROM (
      SELECT p.id FROM ${plays} WHERE p.user_id = $userId AND $undated AND ${at} IS NULL ${condition} LIMIT $limit
    )
  ) counted
  CROSS JOIN plays p ON p.id = counted.id
  CROSS JOIN episodes e ON e.id = p.episode_id
  CROSS JOIN shows s ON s.id = e.show_id`;

export type HistoryTotals = {
  /** Counted to one more than {@link MOST_COUNTED}. */
  plays: number;
  /** Different ones. */
  episodes: number;
  /** Of plays whose episode's or show's runtime is known. */
  minutes: number;
};

type Place = readonly [at: number, id: number];

const isBefore = ([at, id]: Place, [otherAt, otherId]: Place): boolean =>
  at < otherAt || (at === otherAt && id < otherId);

function placeOf(cursor: string): { at: number | null; id: number } {
  const [at, id] = decodeCursor(cursor, ["number?", "number"]);
  return { at: at === null ? null : Number(at), id: Number(id) };
}

/**
 * One range of dated plays and one of plays without a date, which come after them. Time and page are one bound at each
 * end, since only then the search begins there instead of counting its way to it.
 */
function rangesOf(options: HistoryOptions): Omit<Params, "userId" | "limit"> {
  const { from, to, undated } = options;
  const after = options.cursor === undefined ? null : placeOf(options.cursor);
  const until = options.until === undefined ? null : placeOf(options.until);
  const nothing: Place = [-END_OF_TIME, 0];
  let before: Place = [to ?? END_OF_TIME, 0];
  if (after !== null && after.at !== null && isBefore([after.at, after.id], before)) before = [after.at, after.id];
  if (undated === "only" || after?.at === null) before = nothing;
  let first: Place = [from ?? -END_OF_TIME, 0];
  if (until !== null && until.at !== null && isBefore(first, [until.at, until.id])) first = [until.at, until.id];
  const hasUndated = undated === "only" || (undated === undefined && from === undefined && to === undefined);
  return {
    beforeAt: before[0],
    beforeId: before[1],
    fromAt: first[0],
    fromId: first[1],
    undatedBefore: !hasUndated ? 0 : after?.at === null ? after.id : END_OF_TIME,
    undatedFrom: until === null ? 0 : until.at === null ? until.id : END_OF_TIME,
  };
}

/** The user's plays, newest first; those of unknown time come last. One statement. */
export function history(db: Db, userId: number, options: HistoryOptions): ListPage<HistoryItem> {
  const { showId, source, limit } = options;
  const params: Params = {
    userId,
    ...rangesOf(options),
    limit: limit + 1,
    ...(showId === undefined ? {} : { showId }),
    ...(source === undefined ? {} : { source: sourceValue(source) }),
  };
  const found = db.raw
    .query<OnePlayColumns, [Params]>(statement(showId === undefined ? inTime : ofShow, sourceCondition(source)))
    .all(params);
  const { rows, nextCursor } = pageOf(found, limit, (row) => [row.watchedAt, row.id]);
  return { items: rows.map(onePlayView), nextCursor };
}

/** Of the plays that are meant, those of one day, or those without a date. One statement. */
export function historyTotals(
  db: Db,
  userId: number,
  filter: HistoryFilter,
  day: { from: number; to: number } | "undated",
): HistoryTotals {
  const { showId, source } = filter;
  const range = day === "undated" ? { from: 0, to: 0 } : day;
  const row = db.raw
    .query<HistoryTotals, [Record<string, string | number>]>(
      totalsStatement(showId === undefined ? inTime : ofShow, sourceCondition(source)),
    )
    .get({
      userId,
      fromAt: Math.max(range.from, filter.from ?? range.from),
      beforeAt: Math.min(range.to, filter.to ?? range.to),
      undated: day === "undated" ? 1 : 0,
      limit: MOST_COUNTED + 1,
      ...(showId === undefined ? {} : { showId }),
      ...(source === undefined ? {} : { source: sourceValue(source) }),
    });
  return row ?? { plays: 0, episodes: 0, minutes: 0 };
}

/** When the user's first dated play was. */
export function firstPlayAt(db: Db, userId: number): number | null {
  const row = db.raw
    .query<{ at: number | null }, [{ userId: number }]>(
      "SELECT min(watched_at) AS at FROM plays WHERE user_id = $userId",
    )
    .get({ userId });
  return row?.at ?? null;
}
