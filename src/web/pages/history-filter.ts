import type { ViewContext } from "../../../views/context.ts";
import type { FilterChipModel, HistoryFilterModel } from "../../../views/parts/history-filter.tsx";
import type { HistoryQuery } from "../../../views/paths.ts";
import { firstPlayAt, type HistoryFilter } from "../../db/queries/history.ts";
import { type ServerName, type ShowName, serverNames, showNames } from "../../db/queries/history-choices.ts";
import { dateToInstant } from "../../domain/instant.ts";
import { titleKey } from "../../domain/title.ts";
import { showOf } from "../../services/tracking/targets.ts";
import { addDays, dateIn, nextMonth, startOfDate } from "../../services/tracking/zoned-days.ts";
import { readSource } from "../api/history.ts";
import type { RouteDeps } from "../deps.ts";
import { fullDay, monthLabel } from "./days.ts";
import { sourceWords } from "./models.ts";

/** The address of the history, and what its forms send. */
export type Asked = HistoryQuery & {
  /** A show by name, from the form. */
  title?: string | undefined;
  /** `YYYY-MM`: its last day and before. */
  month?: string | undefined;
};

/** Further back nobody chooses from a list. */
const MOST_MONTHS = 480;
const LONGEST_NAME = 500;

const OFF_SERVER = { manual: "By hand", import: "Imported" } as const;

type Narrowing = Pick<HistoryQuery, "from" | "to" | "show" | "source" | "undated">;

/** What is asked for, as far as there is such a thing; an address with other words is not an error. */
export type Narrowed = { filter: HistoryFilter; query: Narrowing };

export function narrowed(deps: RouteDeps, ctx: ViewContext, userId: number, asked: Asked): Narrowed {
  const [from, to] = [dateOf(asked.from), dateOf(asked.to)];
  const source = asked.source === undefined ? null : readSource(asked.source);
  const undated = asked.undated === "only" ? "only" : undefined;
  const show = asked.show === undefined || asked.show === "" ? undefined : asked.show;
  return {
    filter: {
      from: from === undefined ? undefined : (startOfDate(from, ctx.timeZone) ?? undefined),
      to: to === undefined ? undefined : (startOfDate(addDays(to, 1), ctx.timeZone) ?? undefined),
      showId: show === undefined ? undefined : showOf(deps.db, userId, show),
      source: source ?? undefined,
      undated,
    },
    query: { from, to, show, source: source === null ? undefined : asked.source, undated },
  };
}

function dateOf(text: string | undefined): string | undefined {
  return text === undefined || dateToInstant(text) === null ? undefined : text;
}

export const isNarrowed = ({ query }: Narrowed): boolean => Object.values(query).some((value) => value !== undefined);

/** The last day of the month that is gone to; null for another text. */
export function lastDayOf(month: string): string | null {
  const first = `${month}-01`;
  return dateToInstant(first) === null ? null : addDays(nextMonth(first), -1);
}

export type Named = { showId: string } | { error: string };

/** A show by what a person calls it: its whole name (with the year, where one is given), else the only one with that in its name. */
export function showNamed(deps: RouteDeps, userId: number, text: string): Named {
  const name = text.slice(0, LONGEST_NAME).trim();
  const { key, year } = titleKey(name);
  const shows = showNames(deps.db, userId);
  const whole = shows.filter((show) => show.titleKey === key && (year === undefined || show.year === year));
  const found = whole.length > 0 ? whole : shows.filter((show) => show.titleKey.includes(key));
  const [first, second] = found;
  if (first === undefined) return { error: "There is no show of that name in your library." };
  if (second === undefined || labelOf(first, whole) === name) return { showId: String(first.id) };
  const exact = found.find((show) => labelOf(show, shows) === name);
  if (exact !== undefined) return { showId: String(exact.id) };
  return { error: `Several shows are called that: ${labelOf(first, found)}, ${labelOf(second, found)}. Choose one.` };
}

/** With its year where another has the same name. */
function labelOf(show: ShowName, among: readonly ShowName[]): string {
  const isAlone = among.every((other) => other.id === show.id || other.titleKey !== show.titleKey);
  return isAlone || show.year === null ? show.title : `${show.title} (${show.year})`;
}

export function filterModel(
  deps: RouteDeps,
  ctx: ViewContext,
  userId: number,
  { query }: Narrowed,
  wrongName: { text: string; error: string } | null,
): HistoryFilterModel {
  const shows = showNames(deps.db, userId);
  const servers = serverNames(deps.db, userId);
  const show = shows.find(({ id }) => String(id) === query.show);
  const sources = [
    { value: "", label: "Everywhere" },
    ...servers.map((server) => ({ value: String(server.integrationId), label: serverLabel(server) })),
    ...Object.entries(OFF_SERVER).map(([value, label]) => ({ value, label })),
  ];
  const title = show === undefined ? "" : show.title;
  return {
    selfHref: deps.paths.history(query),
    title: wrongName?.text ?? title,
    titleError: wrongName?.error,
    names: namesOf(shows),
    from: query.from ?? "",
    to: query.to ?? "",
    source: query.source ?? "",
    sources,
    undated: query.undated === "only",
    months: monthOptions(deps, ctx, userId),
    chips: chipsOf(deps, ctx, query, {
      show: title,
      source: sources.find(({ value }) => value === query.source)?.label ?? "another server",
    }),
    kept: { show: query.show, source: query.source },
  };
}

function serverLabel({ provider, serverName }: ServerName): string {
  return sourceWords({ source: provider, serverName });
}

function namesOf(shows: readonly ShowName[]): string[] {
  const counts = new Map<string, number>();
  for (const { titleKey: key } of shows) counts.set(key, (counts.get(key) ?? 0) + 1);
  return shows.map((show) =>
    counts.get(show.titleKey) === 1 ? show.title : labelOf(show, [show, ...twins(show, shows)]),
  );
}

function twins(show: ShowName, shows: readonly ShowName[]): ShowName[] {
  return shows.filter((other) => other.titleKey === show.titleKey);
}

/** Every month since the first dated play, newest first. */
function monthOptions(deps: RouteDeps, ctx: ViewContext, userId: number): { value: string; label: string }[] {
  const first = firstPlayAt(deps.db, userId);
  if (first === null) return [];
  const options = [{ value: "", label: "Go to a month" }];
  const earliest = dateIn(first, ctx.timeZone).slice(0, 7);
  let month = dateIn(ctx.now, ctx.timeZone).slice(0, 7);
  while (month >= earliest && options.length <= MOST_MONTHS) {
    options.push({ value: month, label: monthLabel(month, ctx) });
    month = addDays(`${month}-01`, -1).slice(0, 7);
  }
  return options;
}

function chipsOf(
  { paths }: RouteDeps,
  ctx: ViewContext,
  query: Narrowing,
  names: { show: string; source: string },
): FilterChipModel[] {
  const chip = (name: keyof Narrowing, kind: string, words: (value: string) => string): FilterChipModel[] => {
    const value = query[name];
    if (value === undefined) return [];
    return [{ kind, value: words(value), removeHref: paths.history({ ...query, [name]: undefined }) }];
  };
  return [
    ...chip("show", "Show", () => names.show),
    ...chip("source", "Source", () => names.source),
    ...chip("from", "From", (day) => fullDay(day, ctx)),
    ...chip("to", "To", (day) => fullDay(day, ctx)),
    ...chip("undated", "Date", () => "unknown"),
  ];
}
