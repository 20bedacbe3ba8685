import { AppError, hasCode, isAppError } from "../../kernel/errors.ts";
import { checked, type HttpAnswer } from "../../kernel/http.ts";
import type { HistoryItem, Library, Listing, MediaServer, MediaServerOptions, ServerIdentity } from "../contract.ts";
import { readListing } from "../listing.ts";
import { readArtwork } from "./artwork.ts";
import { createPlexClient, type PlexClient, type PlexPage, type Query } from "./client.ts";
import { ownerAccountId, type PlexDeps } from "./config.ts";
import { historyKey, toEpisode, toHistory, toLibrary, toRating, toShow } from "./mapper.ts";
import { createMarker } from "./marker.ts";
import { plexNews } from "./news.ts";
import { type HistoryRow, type Row, readHistoryRow, readRatedRow, readRow, readShowRow } from "./rows.ts";
import { identitySchema, sectionsSchema } from "./schemas.ts";
import { bodyValue } from "./xml.ts";

/** A relay lets 1 to 2 Mbit/s through. */
const pageSizes = { direct: 500, relay: 200 };
const mostIdsAtOnce = 100;

// Plex's `type` of what a listing holds.
const shows = 2;
const episodes = 4;

// Hints: servers that do not know them send everything.
const unwantedElements = "Media,Role,Director,Writer,Producer,Country,Collection,Rating,Image,UltraBlurColors,Marker";
const unwantedEpisodeFields =
  "summary,tagline,thumb,art,parentThumb,grandparentThumb,grandparentArt,grandparentTheme,chapterSource";

export function openPlexServer(deps: PlexDeps, options: MediaServerOptions): MediaServer {
  const { name, url, token, insecureTls, relay } = options;
  const client = createPlexClient(deps, { name, url, token, insecureTls });
  const pageSize = relay ? pageSizes.relay : pageSizes.direct;
  const fetchPages =
    <WireRow>(path: string, query: Query, read: (value: unknown) => WireRow | null) =>
    (start: number, size: number, signal: AbortSignal) =>
      client.page(path, query, { start, size, read }, signal);

  const itemsOf = <WireRow extends Row, Item>(
    library: Library,
    query: Query,
    read: (value: unknown) => WireRow | null,
    toItem: (row: WireRow, libraryKey: string) => Item | null,
    signal?: AbortSignal,
  ): Listing<Item> =>
    readListing<WireRow, Item>({
      clock: deps.clock,
      askFor: fetchPages(
        `/library/sections/${encodeURIComponent(library.key)}/all`,
        { includeGuids: 1, excludeElements: unwantedElements, ...query },
        read,
      ),
      pageSize,
      keyOf: (row) => row.ratingKey,
      addItems: (row, items) => add(toItem(row, library.key), items),
      signal,
    });

  const historyOf = (query: Query, own: (row: HistoryRow) => boolean, signal?: AbortSignal): Listing<HistoryItem> =>
    readListing<HistoryRow, HistoryItem>({
      clock: deps.clock,
      askFor: fetchPages("/status/sessions/history/all", { sort: "viewedAt:desc", ...query }, readHistoryRow),
      pageSize,
      keyOf: historyKey,
      addItems: (row, items) => add(own(row) ? toHistory(row) : null, items),
      signal,
    });

  return {
    identify: (signal) => identify(client, name, signal),

    libraries: (signal) => readLibraries(client, name, {}, signal),

    shows: (library, signal) => itemsOf(library, { type: shows, sort: "addedAt" }, readShowRow, toShow, signal),

    episodes(library, { viewedSince }, signal) {
      const fields = { type: episodes, excludeFields: unwantedEpisodeFields };
      // Oldest addition first: what is added meanwhile comes at the end. Recently viewed first: what is viewed meanwhile
      // comes again instead of pushing another row out of the page.
      const query =
        viewedSince === undefined
          ? { ...fields, sort: "addedAt" }
          : { ...fields, sort: "lastViewedAt:desc", "lastViewedAt>>": wholeSeconds(viewedSince) - 1 };
      return itemsOf(library, query, readRow, toEpisode, signal);
    },

    async watchedCount(library, signal) {
      const path = `/library/sections/${encodeURIComponent(library.key)}/all`;
      try {
        const page = await client.page(
          path,
          { type: episodes, unwatched: 0 },
          { start: 0, size: 0, read: readRow },
          signal,
        );
        return page.total;
      } catch (error) {
        // A server that refuses the question itself; everything else is about the connection.
        if (isAppError(error) && error.code === "bad-answer") return null;
        throw error;
      }
    },

    history: ({ since }, signal) => ownHistory(options, historyOf, since, signal),

    async showsById(itemIds, signal) {
      return present(await itemsById(client, name, itemIds, readShowRow, signal), toShow);
    },

    async episodesById(itemIds, signal) {
      return present(await itemsById(client, name, itemIds, readRow, signal), toEpisode);
    },

    async showRating(itemId, signal) {
      const page = await itemsById(client, name, [itemId], readRatedRow, signal);
      const row = page?.rows[0] ?? null;
      return row === null ? null : toRating(row);
    },

    setWatched: createMarker(client),

    artwork: (path, signal) => readArtwork(client, name, path, signal),

    news: plexNews(deps, options, client),

    requests: client.requests,
  };
}

/** Name, id and version. Behind some reverse proxies `/` is blocked although the rest works. */
export async function identify(client: PlexClient, name: string, signal?: AbortSignal): Promise<ServerIdentity> {
  const read = (answer: HttpAnswer) => checked(name, identitySchema, bodyValue(name, answer));
  try {
    const found = await client.get("/", { read, signal });
    return { serverId: found.machineIdentifier, name: found.friendlyName ?? name, version: found.version ?? null };
  } catch (error) {
    const blocked = hasCode(error, "not-found", "bad-answer") || (isAppError(error) && error.status === 403);
    if (!blocked) throw error;
    const found = await client.get("/identity", { read, signal });
    return { serverId: found.machineIdentifier, name, version: found.version ?? null };
  }
}

export async function readLibraries(
  client: PlexClient,
  name: string,
  limits: { timeoutMs?: number; tries?: number },
  signal?: AbortSignal,
): Promise<Library[]> {
  const read = (answer: HttpAnswer) => checked(name, sectionsSchema, bodyValue(name, answer));
  const sections = await client.get("/library/sections", { read, signal, ...limits });
  return sections.map(toLibrary);
}

/**
 * Only the account's own rows, whatever the server sends. An owner without the filter would get the rows of everybody;
 * a server that knows no rows for account 1 is asked once more without it, in case it numbers its owner differently.
 */
async function* ownHistory(
  { name, account, owned }: MediaServerOptions,
  historyOf: (query: Query, own: (row: HistoryRow) => boolean, signal?: AbortSignal) => Listing<HistoryItem>,
  since: number | undefined,
  signal?: AbortSignal,
): Listing<HistoryItem> {
  const accountId = owned ? ownerAccountId : Number(account.id);
  const ownIds = new Set(owned ? [ownerAccountId, Number(account.id)] : [Number(account.id)]);
  const from: Query = since === undefined ? {} : { "viewedAt>": wholeSeconds(since) };
  let rows = 0;
  try {
    const asked = (row: HistoryRow) => {
      rows += 1;
      return ownIds.has(row.accountID ?? accountId);
    };
    const end = yield* historyOf({ accountID: accountId, ...from }, asked, signal);
    if (rows > 0 || !owned || since !== undefined) return end;
    return yield* historyOf({}, (row) => row.accountID !== undefined && ownIds.has(row.accountID), signal);
  } catch (error) {
    // Servers keep the history from accounts that do not own them, in words that elsewhere mean a dead token.
    if (!isAppError(error) || (error.status !== 401 && error.status !== 403)) throw error;
    throw new AppError("unsupported", `${name} does not show its play history to this account.`, {
      cause: error,
      status: error.status,
      hint: owned ? "Sign in again if other things fail too." : "Only the server's owner may read it; nothing is lost.",
    });
  }
}

async function itemsById<WireRow>(
  client: PlexClient,
  name: string,
  itemIds: readonly string[],
  read: (value: unknown) => WireRow | null,
  signal?: AbortSignal,
): Promise<PlexPage<WireRow> | null> {
  if (itemIds.length === 0) return null;
  if (itemIds.length > mostIdsAtOnce) {
    throw new AppError("internal", `${name} can be asked for ${mostIdsAtOnce} items at a time.`);
  }
  const path = `/library/metadata/${itemIds.map(encodeURIComponent).join(",")}`;
  try {
    return await client.page(path, { includeGuids: 1 }, { start: 0, size: itemIds.length, read }, signal);
  } catch (error) {
    if (hasCode(error, "not-found")) return null;
    throw error;
  }
}

function present<WireRow, Item>(
  page: PlexPage<WireRow> | null,
  toItem: (row: WireRow, libraryKey: string) => Item | null,
): Item[] {
  const items: Item[] = [];
  for (const row of page?.rows ?? []) {
    const item = row === null ? null : toItem(row, page?.libraryKey ?? "");
    if (item !== null) items.push(item);
  }
  return items;
}

function add<Item>(item: Item | null, items: Item[]): void {
  if (item !== null) items.push(item);
}

function wholeSeconds(at: number): number {
  return Math.floor(at / 1000);
}
