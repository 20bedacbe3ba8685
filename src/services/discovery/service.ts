import { findInLibrary } from "../../db/queries/in-library.ts";
import { MINUTE_MS } from "../../domain/instant.ts";
import { readShowLink, type ShowLink } from "../../domain/show-link.ts";
import { singleFlight } from "../../kernel/async.ts";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { Browse, Choice, MetadataSource, ShowCandidate } from "../../metadata/contract.ts";
import { createRecent } from "../../metadata/recent.ts";
import type { Deps } from "../context.ts";
import { dateIn } from "../tracking/zoned-days.ts";
import { choicesOf, readAsked, withNeeded } from "./choices.ts";
import { inTime } from "./patience.ts";
import { askInTurn, canFollow, cannotFollow, follow, type Heard, noSource } from "./search.ts";
import type { Discovery, FoundShow, SearchAnswer, SourceFilters } from "./types.ts";

export type DiscoveryDeps = Pick<Deps, "db" | "clock" | "log" | "sources">;

type Browser = MetadataSource & { browse: Browse };
type Page = { items: readonly ShowCandidate[]; nextPage: number | null };

/** A list is turned back to after looking at a show; sources hold their own answers for as long or longer. */
const KEPT_MS = 10 * MINUTE_MS;
const OVERVIEW_LENGTH = 240;

export function createDiscovery(deps: DiscoveryDeps, options: { patienceMs?: number } = {}): Discovery {
  const { db, clock, log, sources } = deps;
  const kept = createRecent<Page>(clock, { entries: 60, forMs: KEPT_MS });
  const once = singleFlight<string, Page>();

  /** Asked of the source unless the very same was asked a moment ago. Failures are not kept. */
  async function asked(source: MetadataSource, question: unknown, work: (signal: AbortSignal) => Promise<Page>) {
    const key = JSON.stringify([source.id, question]);
    const known = kept.get(key);
    if (known !== null) return known;
    return once(key, async () => {
      const { items, nextPage } = await inTime(source, work, options.patienceMs);
      const page = { items: items.filter(({ title }) => title.trim() !== "").map(shortened), nextPage };
      kept.set(key, page);
      return page;
    });
  }

  async function listed(
    source: MetadataSource,
    question: unknown,
    work: (signal: AbortSignal) => Promise<ShowCandidate[]>,
  ) {
    return (await asked(source, question, async (signal) => ({ items: await work(signal), nextPage: null }))).items;
  }

  function found(userId: number, items: readonly ShowCandidate[]): FoundShow[] {
    const inLibrary = findInLibrary(db, userId, items);
    return items.map((item, at) => ({ ...item, inLibrary: inLibrary[at] ?? null }));
  }

  function named(id: string): MetadataSource {
    const source = sources.find((each) => each.id === id);
    if (source !== undefined) return source;
    const message = "is not a metadata source that is switched on";
    throw new AppError("invalid", `"${id}" ${message}.`, { fields: [{ path: "source", message }] });
  }

  const byTitle = (from: readonly MetadataSource[], title: string): Promise<Heard> =>
    askInTurn({
      sources: from,
      log,
      ask: (source) => listed(source, { title: title.toLowerCase() }, (signal) => source.search(title, null, signal)),
    });

  /** Any source that understands the link may answer, the preferred one first. */
  async function byLink(preferred: readonly MetadataSource[], link: ShowLink): Promise<Heard> {
    const able = [...new Set([...preferred, ...sources])].filter((source) => canFollow(source, link));
    if (able.length === 0) {
      if (link.by === "id") throw cannotFollow(link);
      return byTitle(preferred, link.words);
    }
    const heard = await askInTurn({
      sources: able,
      log,
      ask: (source) => listed(source, link, (signal) => follow(source, link, signal)),
    });
    return heard.items.length === 0 && link.by === "name" ? byTitle(preferred, link.words) : heard;
  }

  const browsers = sources.filter((source): source is Browser => source.browse !== undefined);

  function browserNamed(id: string | undefined): Browser {
    const wanted = id === undefined ? undefined : named(id);
    const browser = wanted === undefined ? browsers[0] : browsers.find((each) => each.id === wanted.id);
    if (browser !== undefined) return browser;
    if (sources.length === 0) throw noSource();
    throw new AppError("unsupported", `${wanted?.label ?? "The metadata source"} cannot list shows.`, {
      hint: "Search for a title instead.",
    });
  }

  /** Without its genres a source can still be browsed. */
  async function genresOf(source: Browser): Promise<{ genres: readonly Choice[]; failure: AppError | null }> {
    try {
      return {
        genres: await inTime(source, (signal) => source.browse.genres(signal), options.patienceMs),
        failure: null,
      };
    } catch (error) {
      const failure = toAppError(error);
      if (failure.code === "internal") throw failure;
      log.warn("browse.genres", { source: source.id, failure });
      return { genres: [], failure };
    }
  }

  async function filtersOf(source: Browser): Promise<SourceFilters> {
    const { genres, failure } = await genresOf(source);
    const { id, label, browse } = source;
    return { source: id, label, scope: browse.scope, filters: choicesOf(browse, genres), failure };
  }

  return {
    async search(userId, query, source): Promise<SearchAnswer> {
      const text = query.trim();
      if (sources.length === 0) throw noSource();
      const from = source === undefined ? sources : [named(source)];
      const link = readShowLink(text);
      if (text === "") return { source: null, items: [], failures: [], link };
      const heard = await (link === null ? byTitle(from, text) : byLink(from, link));
      const items = found(userId, heard.items);
      return { source: heard.source?.id ?? null, items, failures: heard.failures, link };
    },

    filters: () => Promise.all(browsers.map(filtersOf)),
    filtersOf: (source) => filtersOf(browserNamed(source)),
    browser: (source) => (browsers.find(({ id }) => id === source) ?? browsers[0])?.id ?? null,

    async browse(userId, id, wanted, page, here) {
      const source = browserNamed(id);
      const today = dateIn(clock.now(), here.timeZone);
      const { filters } = await filtersOf(source);
      const { asked: understood, problems } = readAsked(wanted, filters, today);
      const whole = withNeeded(understood, source.browse.needs, today, here.country);
      const { criteria } = readAsked(whole, filters, today);
      const list = await asked(source, { criteria, page }, async (signal) =>
        source.browse.find(criteria, page, signal),
      );
      const items = found(userId, list.items);
      return { source: source.id, items, nextPage: list.nextPage, asked: whole, problems };
    },
  };
}

/** The beginning is all that is shown of it, and all that is worth keeping. */
function shortened(show: ShowCandidate): ShowCandidate {
  const line = show.overview?.split("\n", 1)[0]?.trim() ?? "";
  if (line.length <= OVERVIEW_LENGTH) return { ...show, overview: line === "" ? undefined : line };
  return { ...show, overview: `${line.slice(0, OVERVIEW_LENGTH).replace(/\s+\S*$/u, "")}…` };
}
