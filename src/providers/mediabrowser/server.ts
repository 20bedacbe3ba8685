import type { Instant } from "../../domain/instant.ts";
import { isPart, wholeItemId } from "../../domain/item-part.ts";
import { AppError, hasCode } from "../../kernel/errors.ts";
import { asJson, type Query } from "../../kernel/http.ts";
import type {
  EpisodeItem,
  HistoryItem,
  Library,
  Listing,
  MediaServer,
  MediaServerOptions,
  ServerIdentity,
  ShowItem,
} from "../contract.ts";
import { type PageAnswer, readListing, tookTooLong } from "../listing.ts";
import { readArtwork } from "./artwork.ts";
import { createMediaBrowserClient, type MediaBrowserClient } from "./client.ts";
import type { MediaBrowserDeps } from "./config.ts";
import { identityOf } from "./find.ts";
import { createPlacement, readLibraries } from "./libraries.ts";
import { addEpisodes, instant, toShow } from "./mapper.ts";
import { createMarker } from "./marker.ts";
import { type Row, readRating, readRow, readShowRow, type ShowRow } from "./rows.ts";
import { publicInfoSchema } from "./schemas.ts";

const pageSize = 500;
/** Views of some days; sorting by them is what servers find hardest. */
const recentPageSize = 100;
const mostIdsAtOnce = 100;

const showFields = "ProviderIds,OriginalTitle,Overview,Genres,Studios,PremiereDate,ProductionYear";
/** The last two are left out by some servers unless they are named, count and mark then being told as "never". */
const episodeFields = "ProviderIds,PremiereDate,UserDataLastPlayedDate,UserDataPlayCount";

const showQuery: Query = {
  IncludeItemTypes: "Series",
  Fields: showFields,
  // Counting what is unwatched in each show is not for nothing.
  EnableUserData: "false",
  EnableImageTypes: "Primary",
  ImageTypeLimit: 1,
};
const episodeQuery: Query = {
  IncludeItemTypes: "Episode",
  Fields: episodeFields,
  EnableUserData: "true",
  EnableImages: "false",
};

/** The episodes of a show together, and an order that views do not change. */
const byShow: Query = { SortBy: "SeriesSortName,SortName", SortOrder: "Ascending" };
const byName: Query = { SortBy: "SortName", SortOrder: "Ascending" };
const byView: Query = { SortBy: "DatePlayed,SortName", SortOrder: "Descending" };

/** A connection, and what the news of it need to know. */
export type OpenedServer = { server: MediaServer; client: MediaBrowserClient };

export function openMediaBrowser(deps: MediaBrowserDeps, options: MediaServerOptions): OpenedServer {
  const { dialect } = deps;
  const { name, url, token, insecureTls, deviceId } = options;
  if (deviceId === null) throw new AppError("internal", `${name} was opened without a device id.`);
  const accountId = options.account.id;
  const client = createMediaBrowserClient(deps, { name, url, token, insecureTls, deviceId });
  const asked = { client, dialect, name, accountId };
  const placement = createPlacement(asked);
  const items = dialect.items(accountId);
  let version: string | null = null;

  async function identify(signal?: AbortSignal): Promise<ServerIdentity> {
    const found = await client.ask("/System/Info/Public", { read: asJson(name, publicInfoSchema), signal });
    ({ version } = identityOf(deps, found));
    return { ...identityOf(deps, found), name: found.ServerName?.trim() || name };
  }

  const inLibrary = ({ key }: Library, query: Query): Query => ({
    ...items.query,
    ...dialect.ungrouped,
    ParentId: key,
    Recursive: "true",
    ExcludeLocationTypes: "Virtual",
    ...query,
  });

  /**
   * Pages of a listing. The total is asked for on the first page and again on the last, where it shows what has come or
   * gone meanwhile. A server that does not manage the order in time is asked for a simpler one.
   */
  function pagesOf<WireRow>(
    query: Query,
    order: Query,
    simpler: Query | null,
    read: (value: unknown) => WireRow | null,
  ) {
    let total: number | null = null;
    let sorting = order;
    return async (start: number, size: number, signal: AbortSignal): Promise<PageAnswer<WireRow>> => {
      const counted = total === null || start + size >= total;
      const route = { path: items.path, query: { ...query, ...sorting } };
      try {
        const page = await client.page(route, { start, size, counted, read }, signal);
        total = page.total ?? total;
        return { ...page, total };
      } catch (error) {
        if (start === 0 && simpler !== null && tookTooLong(error)) sorting = simpler;
        throw error;
      }
    };
  }

  const keyOf = (row: Row): string | undefined => row.id;

  const showsOf = (library: Library, signal?: AbortSignal): Listing<ShowItem> =>
    readListing<ShowRow, ShowItem>({
      clock: deps.clock,
      askFor: pagesOf(inLibrary(library, showQuery), byName, null, readShowRow),
      pageSize,
      keyOf,
      addItems(row, shows) {
        const show = toShow(dialect, row, library.key);
        if (show === null) return;
        placement.learn(show.itemId, library.key);
        shows.push(show);
      },
      signal,
    });

  const addFrom = (library: Library) => (row: Row, episodes: EpisodeItem[]) => {
    const before = episodes.length;
    addEpisodes(dialect, row, library.key, episodes);
    const added = episodes[before];
    if (added !== undefined) placement.learn(added.showItemId, library.key);
  };

  const episodesOf = (library: Library, changed: Query, signal?: AbortSignal): Listing<EpisodeItem> =>
    readListing<Row, EpisodeItem>({
      clock: deps.clock,
      askFor: pagesOf(inLibrary(library, { ...episodeQuery, ...changed }), byShow, byName, readRow),
      pageSize,
      keyOf,
      addItems: addFrom(library),
      signal,
    });

  const viewedBefore = (row: Row, since: Instant): boolean => (instant(row.lastPlayed) ?? 0) < since;

  /** From the newest view down to `since`. What has never been viewed comes last, and so not at all. */
  const viewsOf = (library: Library, since: Instant, signal?: AbortSignal): Listing<EpisodeItem> => {
    const add = addFrom(library);
    const route = { path: items.path, query: { ...inLibrary(library, episodeQuery), ...byView } };
    return readListing<Row, EpisodeItem>({
      clock: deps.clock,
      async askFor(start, size, stop) {
        const page = await client.page(route, { start, size, counted: false, read: readRow }, stop);
        return start === 0 && page.rows.length < size ? { ...page, total: page.rows.length } : page;
      },
      pageSize: recentPageSize,
      keyOf,
      addItems: (row, episodes) => {
        if (!viewedBefore(row, since)) add(row, episodes);
      },
      isBeyond: (row) => viewedBefore(row, since),
      signal,
    });
  };

  /** A server that cannot sort by view in time can still list everything. */
  async function* recentOf(library: Library, since: Instant, signal?: AbortSignal): Listing<EpisodeItem> {
    const changed = dialect.changedSince?.(since);
    if (changed !== undefined) return yield* episodesOf(library, changed, signal);
    const views = viewsOf(library, since, signal);
    let first: Awaited<ReturnType<typeof views.next>>;
    try {
      first = await views.next();
    } catch (error) {
      if (!tookTooLong(error)) throw error;
      return yield* episodesOf(library, {}, signal);
    }
    if (first.done) return first.value;
    yield first.value;
    return yield* views;
  }

  /** A library that was taken from the account is refused in the words of a dead token; the list of libraries knows. */
  async function* ofLibrary<Item>(library: Library, listing: Listing<Item>, signal?: AbortSignal): Listing<Item> {
    try {
      return yield* listing;
    } catch (error) {
      if (!hasCode(error, "auth-expired")) throw error;
      const there = await readLibraries(asked, signal);
      if (there.some(({ key }) => key === library.key)) throw error;
      throw new AppError("not-found", `${name} does not show "${library.title}" to this account any more.`, {
        cause: error,
      });
    }
  }

  async function rowsById<WireRow extends Row>(
    itemIds: readonly string[],
    query: Query,
    read: (value: unknown) => WireRow | null,
    signal?: AbortSignal,
  ): Promise<WireRow[]> {
    if (itemIds.length > mostIdsAtOnce) {
      throw new AppError("internal", `${name} can be asked for ${mostIdsAtOnce} items at a time.`);
    }
    // One that cannot be an id would cost the others their answer.
    const ids = new Set(itemIds.map((each) => dialect.itemId(wholeItemId(each))).filter((each) => each !== null));
    if (ids.size === 0) return [];
    const route = { path: items.path, query: { ...items.query, ...query, Ids: [...ids].join(",") } };
    const part = { start: 0, size: ids.size, counted: false, read };
    const { rows } = await client.page(route, part, signal);
    // A server that does not know the question answers with the beginning of everything.
    return rows.filter((row) => row !== null).filter((row) => ids.has(dialect.itemId(row.id ?? "") ?? ""));
  }

  return {
    client,
    server: {
      identify,
      libraries: (signal) => readLibraries(asked, signal),
      shows: (library, signal) => ofLibrary(library, showsOf(library, signal), signal),

      episodes: (library, { viewedSince }, signal) =>
        ofLibrary(
          library,
          viewedSince === undefined ? episodesOf(library, {}, signal) : recentOf(library, viewedSince, signal),
          signal,
        ),

      async watchedCount(library, signal) {
        const query = { ...inLibrary(library, { IncludeItemTypes: "Episode", EnableUserData: "false" }) };
        const route = { path: items.path, query: { ...query, Filters: "IsPlayed", EnableImages: "false" } };
        try {
          const page = await client.page(route, { start: 0, size: 1, counted: true, read: () => null }, signal);
          return page.total;
        } catch (error) {
          // A server that refuses the question itself; everything else is about the connection.
          if (hasCode(error, "bad-answer")) return null;
          throw error;
        }
      },

      history: () => noHistory(name),

      async showsById(itemIds, signal) {
        const rows = await rowsById(itemIds, showQuery, readShowRow, signal);
        const shows: ShowItem[] = [];
        for (const row of rows) {
          const show = toShow(dialect, row, "");
          if (show !== null) shows.push({ ...show, libraryKey: await placement.of(show.itemId, signal) });
        }
        return shows;
      },

      async episodesById(itemIds, signal) {
        const rows = await rowsById(itemIds, episodeQuery, readRow, signal);
        const episodes: EpisodeItem[] = [];
        for (const row of rows) addEpisodes(dialect, row, "", episodes);
        const wanted = onlyAsked(episodes, itemIds);
        for (const item of wanted) {
          item.libraryKey = await placement.of(item.showItemId ?? wholeItemId(item.itemId), signal);
        }
        return wanted;
      },

      async showRating(itemId, signal) {
        const ratings: (number | null)[] = [];
        const read = (value: unknown) => {
          ratings.push(readRating(value));
          return readRow(value);
        };
        await rowsById([itemId], { EnableUserData: "true", EnableImages: "false" }, read, signal);
        const rating = ratings[0] ?? 0;
        return rating > 0 ? { rating: Math.min(10, Math.max(1, Math.round(rating))), at: null } : null;
      },

      setWatched: createMarker({
        ...asked,
        async version(signal) {
          if (version === null) await identify(signal);
          return version;
        },
        look: async (itemId, signal) => (await rowsById([itemId], episodeQuery, readRow, signal))[0] ?? null,
      }),

      artwork: (path, signal) => readArtwork(client, name, path, signal),
      requests: client.requests,
    },
  };
}

/** Who asks for a file means all its episodes; who asks for one of them means that. */
function onlyAsked(episodes: readonly EpisodeItem[], itemIds: readonly string[]): EpisodeItem[] {
  const parts = new Set(itemIds.filter(isPart));
  if (parts.size === 0) return [...episodes];
  const files = new Set(itemIds.filter((itemId) => !isPart(itemId)));
  return episodes.filter(({ itemId }) => files.has(wholeItemId(itemId)) || parts.has(itemId));
}

// biome-ignore lint/correctness/useYield: a listing that has no pages
async function* noHistory(name: string): Listing<HistoryItem> {
  throw new AppError("unsupported", `${name} keeps no history of plays.`);
}
