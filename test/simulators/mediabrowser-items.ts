import { queryOf, Refused } from "./mediabrowser-auth.ts";
import {
  isEmby,
  type MediaItem,
  type MediaLibrary,
  type MediaServerState,
  type MediaUser,
  mediaEpisodesOf,
  releaseOf,
  seesLibrary,
  seriesOf,
  ticksPerMs,
  type UserData,
} from "./mediabrowser-state.ts";
import { sevenDigits } from "./mediabrowser-world.ts";
import { hexOf } from "./random.ts";
import { type Call, json } from "./simulator.ts";

/** Listings and rows: what is asked for and heeded, what is ignored without a word, and what a row says. */

export type Row = Record<string, unknown>;

type Query = ReturnType<typeof queryOf>;

const words = (text: string | null): string[] =>
  (text ?? "")
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");

/** Only "true" and "false" say something; anything else is as if it were absent. */
const flag = (text: string | null): boolean | null =>
  text?.toLowerCase() === "true" ? true : text?.toLowerCase() === "false" ? false : null;

const whole = (text: string | null): number | null => (text !== null && /^\d+$/.test(text) ? Number(text) : null);

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

const plainId = (id: string): string => id.toLowerCase().replaceAll("-", "");

/** Digits as the server prints them: Jellyfin cuts zeros at the end, unless there are no milliseconds at all. */
export function printedDate(state: MediaServerState, date: string): string {
  if (isEmby(state) || date.includes(".000")) return date;
  return date.replace(/0+Z$/, "Z");
}

const dayOfItem = (day: string): string => `${day}T00:00:00.0000000Z`;

export function createItems(state: MediaServerState) {
  const emby = isEmby(state);
  const listings = new Map<string, { revision: number; items: MediaItem[] }>();

  const unplayedIn = (user: MediaUser, item: MediaItem): number =>
    mediaEpisodesOf(item).filter((episode) => !episode.virtual && !isPlayed(user, episode)).length;

  const isPlayed = (user: MediaUser, item: MediaItem): boolean => {
    if (item.kind === "Episode" || item.kind === "Movie") return state.data.get(user)?.get(item)?.played ?? false;
    const episodes = mediaEpisodesOf(item).filter((episode) => !episode.virtual);
    return episodes.length > 0 && episodes.every((episode) => isPlayed(user, episode));
  };

  const keyOf = (item: MediaItem): string => {
    const series = seriesOf(item);
    const own = series.providerIds["Tvdb"] ?? series.id;
    if (item.kind !== "Episode") return own;
    const three = (number: number | null): string => String(number ?? 0).padStart(3, "0");
    return `${own}${three(item.parent?.index ?? null)}${three(item.index)}`;
  };

  /** `whole` = with count and date, which lists of Emby have only on demand. */
  const userDataOf = (user: MediaUser, item: MediaItem, full: { date: boolean; count: boolean }): Row => {
    const row: UserData | undefined = state.data.get(user)?.get(item);
    const folder = item.kind === "Series" || item.kind === "Season";
    const runtime = (item.runtimeMs ?? 0) * ticksPerMs;
    const position = row?.positionTicks ?? 0;
    const date =
      row?.lastPlayed ?? (state.quirks.sentinelDates && row !== undefined ? "0001-01-01T00:00:00.0000000Z" : null);
    return {
      ...(folder ? { UnplayedItemCount: unplayedIn(user, item) } : {}),
      ...(position > 0 && runtime > 0 ? { PlayedPercentage: (position / runtime) * 100 } : {}),
      PlaybackPositionTicks: position,
      PlayCount: full.count ? (row?.playCount ?? 0) : 0,
      IsFavorite: row?.favorite ?? false,
      ...(date !== null && full.date ? { LastPlayedDate: printedDate(state, date) } : {}),
      Played: isPlayed(user, item),
      ...(emby ? {} : { Key: keyOf(item), ItemId: item.id }),
    };
  };

  const wholeUserData = (user: MediaUser, item: MediaItem): Row => userDataOf(user, item, { date: true, count: true });

  const episodeRow = (item: MediaItem, images: boolean): Row => {
    const series = seriesOf(item);
    const season = item.parent;
    return {
      SeriesName: series.name,
      SeriesId: series.id,
      ...(season === null ? {} : { SeasonId: season.id, SeasonName: season.name }),
      ...(series.picture && images ? { SeriesPrimaryImageTag: hexOf(`image ${series.id}`, 32) } : {}),
      ...(season === null || season.index === null ? {} : { ParentIndexNumber: season.index }),
      ...(item.indexEnd === null ? {} : { IndexNumberEnd: item.indexEnd }),
    };
  };

  const userFields = (fields: readonly string[]) => ({
    date: !emby || fields.includes("userdatalastplayeddate"),
    count: !emby || fields.includes("userdataplaycount"),
  });

  const rowOf = (user: MediaUser | null, item: MediaItem, fields: readonly string[], options: RowOptions): Row => {
    const all = options.single === true;
    const has = (name: string): boolean => all || fields.includes(name.toLowerCase());
    const folder = item.kind === "Series" || item.kind === "Season";
    const dated = !emby || has("PremiereDate");
    const inYear = !emby || has("ProductionYear");
    return {
      Name: item.name,
      ServerId: state.id,
      Id: item.id,
      ...(has("DateCreated") ? { DateCreated: printedDate(state, sevenDigits(item.createdAt)) } : {}),
      ...(has("Overview") && item.overview !== "" ? { Overview: item.overview } : {}),
      ...(has("Path") && !item.virtual ? { Path: pathOf(item) } : {}),
      ...(dated && item.premiere !== null ? { PremiereDate: dayOfItem(item.premiere) } : {}),
      ...(inYear && item.year !== null ? { ProductionYear: item.year } : {}),
      ...(item.runtimeMs === null ? {} : { RunTimeTicks: item.runtimeMs * ticksPerMs }),
      ...(item.index === null ? {} : { IndexNumber: item.index }),
      ...(item.kind === "Episode" ? episodeRow(item, options.images !== false) : {}),
      ...(item.kind === "Series" ? seriesRow(item, has) : {}),
      ...(item.kind === "Season" ? { SeriesName: seriesOf(item).name, SeriesId: seriesOf(item).id } : {}),
      ...(has("ProviderIds") ? { ProviderIds: item.providerIds } : {}),
      ...(has("ParentId") ? { ParentId: item.parent?.id ?? item.library.id } : {}),
      IsFolder: folder,
      Type: item.kind,
      ...(user === null || options.userData === false
        ? {}
        : {
            UserData: userDataOf(user, item, all ? { date: true, count: true } : userFields(fields)),
          }),
      ...(options.images === false || !item.picture ? {} : { ImageTags: { Primary: hexOf(`image ${item.id}`, 32) } }),
      ...(emby && !item.virtual ? {} : { LocationType: item.virtual ? "Virtual" : "FileSystem" }),
      ...mediaType(folder),
    };
  };

  /** Since 10.9 also where there is none. */
  const mediaType = (folder: boolean): Row => {
    if (!folder) return { MediaType: "Video" };
    return releaseOf(state) >= 1009 ? { MediaType: "Unknown" } : {};
  };

  const seriesRow = (item: MediaItem, has: (name: string) => boolean): Row => ({
    Status: item.show?.status === "running" || item.show?.status === "in production" ? "Continuing" : "Ended",
    ...(has("Genres") ? { Genres: (item.show?.genres ?? []).map(capital) } : {}),
    ...(has("Studios") && item.show !== null && item.show.network !== ""
      ? { Studios: [{ Name: item.show.network, Id: emby ? 61 : hexOf(`studio ${item.show.network}`, 32) }] }
      : {}),
  });

  const pathOf = (item: MediaItem): string => {
    const base = `/media/${item.library.name}/${seriesOf(item).name}`;
    return item.kind === "Episode" ? `${base}/Season ${item.parent?.index ?? 0}/${item.name}.mkv` : base;
  };

  const libraryRow = (library: MediaLibrary): Row => ({
    Name: library.name,
    ServerId: state.id,
    Id: library.id,
    ...(emby ? { Guid: hexOf(`library ${library.id} ${state.id}`, 32) } : {}),
    ...(library.type === null ? {} : { CollectionType: library.type }),
    IsFolder: true,
    Type: "CollectionFolder",
    ...(emby ? {} : { LocationType: "FileSystem" }),
    ...mediaType(true),
  });

  const views = (user: MediaUser, includeHidden: boolean): Row => {
    const seen = state.libraries.filter(
      (library) => seesLibrary(user, library) && (includeHidden || !user.excluded.includes(library)),
    );
    return { Items: seen.map(libraryRow), TotalRecordCount: seen.length, ...(emby ? {} : { StartIndex: 0 }) };
  };

  /** Where a listing starts: everything the user sees, a library, or what lies below an item. */
  const below = (user: MediaUser | null, parentId: string | null): MediaItem[] => {
    const seen = state.libraries.filter((library) => user === null || seesLibrary(user, library));
    if (parentId === null || parentId === "") return seen.flatMap((library) => library.items);
    const library = state.libraries.find(({ id }) => id === plainId(parentId));
    if (library !== undefined) {
      if (seen.includes(library)) return library.items;
      if (emby) return [];
      throw new Refused(401, `${user?.name} is not permitted to access Library ${library.name}.`);
    }
    const item = state.items.get(plainId(parentId));
    if (item === undefined || !seen.includes(item.library)) throw new Refused(404, "Not Found");
    return item.children.flatMap((child) => [child, ...mediaEpisodesOf(child).filter((each) => each !== child)]);
  };

  const byIds = (user: MediaUser | null, given: string): MediaItem[] | null => {
    const ids = given.split(",").filter((id) => id.trim() !== "");
    if (emby && ids.some((id) => !/^(\d+|[0-9a-f]{32}|[0-9a-f-]{36})$/i.test(id.trim())))
      throw new Refused(500, "Unrecognized Guid format.");
    const known = emby ? ids : ids.filter((id) => /^[0-9a-f]{32}$/.test(plainId(id.trim())));
    // Ids that are none are left out without a word, and with none left over there is no filter any more.
    if (known.length === 0) return null;
    const items = known.map((id) => state.items.get(plainId(id.trim())));
    return items.filter(
      (item): item is MediaItem => item !== undefined && (user === null || seesLibrary(user, item.library)),
    );
  };

  type Test = (item: MediaItem) => boolean;

  const needUser = (user: MediaUser | null): MediaUser => {
    if (user === null) throw new Refused(500, "Error processing request.");
    return user;
  };

  const playTests = (user: MediaUser | null, query: Query): Test[] => {
    const filters = words(query("Filters"));
    const tests: Test[] = [];
    const played = flag(query("IsPlayed"));
    const wanted = filters.includes("isplayed") ? true : filters.includes("isunplayed") ? false : played;
    if (wanted !== null) {
      const who = needUser(user);
      tests.push((item) => isPlayed(who, item) === wanted);
    }
    const rowOfUser = (item: MediaItem) => state.data.get(needUser(user))?.get(item);
    if (filters.includes("isresumable")) tests.push((item) => (rowOfUser(item)?.positionTicks ?? 0) > 0);
    if (filters.includes("isfavorite") || flag(query("IsFavorite")) === true)
      tests.push((item) => rowOfUser(item)?.favorite === true);
    const since = query("MinDateLastSavedForUser");
    if (since !== null && !Number.isNaN(Date.parse(since))) {
      const from = Date.parse(since);
      // Jellyfin compares the item's own date, which no viewing changes.
      tests.push(
        emby
          ? (item) => Math.max(item.savedAt, rowOfUser(item)?.savedAt ?? 0) >= from
          : ({ savedAt }) => savedAt >= from,
      );
    }
    return tests;
  };

  const providerTest = (given: string): Test => {
    const wanted = given.split(/[,;]/).map((pair) => pair.trim().toLowerCase());
    return ({ providerIds }) =>
      Object.entries(providerIds).some(([key, id]) => wanted.includes(`${key}.${id.trim()}`.toLowerCase()));
  };

  const tests = (user: MediaUser | null, query: Query): Test[] => {
    const found = playTests(user, query);
    const types = words(query("IncludeItemTypes"));
    const without = words(query("ExcludeItemTypes"));
    // Any value here makes Emby forget the types.
    const heeded = types.length > 0 && !(emby && query("MediaTypes") !== null);
    if (heeded) found.push(({ kind }) => types.includes(kind.toLowerCase()));
    if (without.length > 0) found.push(({ kind }) => !without.includes(kind.toLowerCase()));
    if (words(query("ExcludeLocationTypes")).includes("virtual") || flag(query("IsMissing")) === false)
      found.push(({ virtual }) => !virtual);
    if (flag(query("IsMissing")) === true) found.push(({ virtual }) => virtual);
    const parentIndex = whole(query("ParentIndexNumber"));
    if (parentIndex !== null) found.push(({ parent }) => parent?.index === parentIndex);
    const index = whole(query("IndexNumber"));
    if (index !== null && (emby || releaseOf(state) >= 1010)) found.push((item) => item.index === index);
    const term = query("SearchTerm")?.toLowerCase() ?? "";
    if (term !== "") found.push(({ name }) => name.toLowerCase().includes(term));
    const ids = query("AnyProviderIdEquals");
    if (emby && ids !== null && ids !== "") found.push(providerTest(ids));
    return found;
  };

  type Key = (item: MediaItem) => string | number;

  const sortKey = (user: MediaUser | null, word: string): Key | null => {
    const sortName = (item: MediaItem): string => {
      const three = (number: number | null): string => String(number ?? 0).padStart(4, "0");
      return item.kind === "Episode"
        ? `${three(item.parent?.index ?? null)} - ${three(item.index)} - ${item.name.toLowerCase()}`
        : item.name.toLowerCase();
    };
    const keys: Record<string, Key> = {
      sortname: sortName,
      name: ({ name }) => name.toLowerCase(),
      seriessortname: (item) => seriesOf(item).name.toLowerCase(),
      parentindexnumber: ({ parent }) => parent?.index ?? -1,
      indexnumber: ({ index }) => index ?? -1,
      datecreated: ({ createdAt }) => createdAt,
      premieredate: ({ premiere }) => premiere ?? "",
      productionyear: ({ year }) => year ?? 0,
      dateplayed: (item) => state.data.get(needUser(user))?.get(item)?.lastPlayed ?? "",
      playcount: (item) => state.data.get(needUser(user))?.get(item)?.playCount ?? 0,
    };
    return keys[word] ?? null;
  };

  const sorted = (user: MediaUser | null, query: Query, items: MediaItem[]): MediaItem[] => {
    const keys = words(query("SortBy"))
      .map((word) => sortKey(user, word))
      .filter((key): key is Key => key !== null);
    if (keys.length === 0) return items;
    const down = words(query("SortOrder")).map((word) => word.startsWith("desc"));
    const rows = items.map((item) => ({ item, values: keys.map((key) => key(item)) }));
    rows.sort((a, b) => {
      for (const [position, left] of a.values.entries()) {
        const right = b.values[position] ?? "";
        if (left === right) continue;
        const order = left < right ? -1 : 1;
        return (down[position] ?? down[0] ?? false) ? -order : order;
      }
      return 0;
    });
    return rows.map(({ item }) => item);
  };

  const select = (user: MediaUser | null, query: Query): MediaItem[] => {
    const chosen = query("Ids") === null ? null : byIds(user, query("Ids") ?? "");
    if (chosen !== null) return chosen.filter((item) => tests(user, query).every((test) => test(item)));
    const parentId = query("ParentId");
    const all = below(user, parentId);
    const recursive = flag(query("Recursive")) === true;
    const near = recursive
      ? all
      : all.filter(({ parent, library }) =>
          parentId === null
            ? false
            : parent === null
              ? library.id === plainId(parentId)
              : parent.id === plainId(parentId),
        );
    const every = tests(user, query);
    return sorted(
      user,
      query,
      near.filter((item) => every.every((test) => test(item))),
    );
  };

  const paging = new Set(["startindex", "limit", "fields", "enabletotalrecordcount", "enableimages", "enableuserdata"]);

  /** The same listing page after page is found once. */
  const selected = (user: MediaUser | null, call: Call, query: Query): MediaItem[] => {
    const asked = [...call.url.searchParams].filter(([name]) => !paging.has(name.toLowerCase()));
    const key = `${user?.id ?? ""} ${JSON.stringify(asked)}`;
    const kept = listings.get(key);
    if (kept?.revision === state.revision) return kept.items;
    const items = select(user, query);
    if (listings.size > 20) listings.clear();
    listings.set(key, { revision: state.revision, items });
    return items;
  };

  /** Rows without what belongs to a user, by the fields asked for: rendered once, for libraries of many thousands. */
  let rendered = { contents: -1, texts: new Map<string, Map<MediaItem, string>>() };
  const userTexts = new WeakMap<UserData, Map<string, string>>();

  const bareText = (item: MediaItem, fields: readonly string[], images: boolean): string => {
    if (rendered.contents !== state.contents) rendered = { contents: state.contents, texts: new Map() };
    const key = `${images} ${fields}`;
    const texts = rendered.texts.get(key) ?? new Map<MediaItem, string>();
    rendered.texts.set(key, texts);
    let text = texts.get(item);
    if (text === undefined) {
      text = JSON.stringify(rowOf(null, item, fields, { images }));
      texts.set(item, text);
    }
    return text;
  };

  const userText = (user: MediaUser, item: MediaItem, full: { date: boolean; count: boolean }): string => {
    const row = state.data.get(user)?.get(item);
    if (row === undefined) return JSON.stringify(userDataOf(user, item, full));
    const key = `${full.date} ${full.count} ${state.quirks.sentinelDates} ${item.runtimeMs}`;
    const texts = userTexts.get(row) ?? new Map<string, string>();
    userTexts.set(row, texts);
    let text = texts.get(key);
    if (text === undefined) {
      text = JSON.stringify(userDataOf(user, item, full));
      texts.set(key, text);
    }
    return text;
  };

  const rowText = (user: MediaUser | null, item: MediaItem, fields: readonly string[], options: RowOptions): string => {
    const bare = bareText(item, fields, options.images !== false);
    if (user === null || options.userData === false) return bare;
    return `${bare.slice(0, -1)},"UserData":${userText(user, item, userFields(fields))}}`;
  };

  const page = (user: MediaUser | null, call: Call, items: MediaItem[]): Response => {
    const query = queryOf(call);
    const start = whole(query("StartIndex")) ?? 0;
    const asked = whole(query("Limit"));
    const caps = [asked, call.rowCap, state.quirks.maxPageRows].filter((cap): cap is number => cap !== null);
    const shown = items.slice(start, caps.length === 0 ? undefined : start + Math.min(...caps));
    const fields = words(query("Fields"));
    const options: RowOptions = {
      userData: flag(query("EnableUserData")) ?? true,
      images: flag(query("EnableImages")) ?? true,
    };
    const counted = flag(query("EnableTotalRecordCount")) ?? true;
    // Without the count Jellyfin calls the page the whole, Emby nothing.
    const total = counted ? items.length : emby ? 0 : shown.length;
    const rows = shown.map((item) => rowText(user, item, fields, options)).join(",");
    const text = `{"Items":[${rows}],"TotalRecordCount":${total}${emby ? "" : `,"StartIndex":${start}`}}`;
    return new Response(text, { headers: { "content-type": "application/json; charset=utf-8" } });
  };

  return {
    rowOf,
    wholeUserData,
    /** As a list of Emby has it without the words for date and count. */
    listedUserData: (user: MediaUser, item: MediaItem): Row => userDataOf(user, item, { date: false, count: false }),
    libraryRow,
    views,
    list(user: MediaUser | null, call: Call): Response {
      const query = queryOf(call);
      const nothing = query("Ids") === null && query("ParentId") === null && flag(query("Recursive")) !== true;
      // The root's children are the libraries.
      if (nothing && user !== null) return json(views(user, false));
      return page(user, call, selected(user, call, query));
    },
    /** Episodes of a series; placeholders only for those who are nobody. */
    episodes(user: MediaUser | null, call: Call, series: MediaItem): Response {
      const query = queryOf(call);
      const season = whole(query("Season"));
      const seasonId = query("SeasonId");
      const items = mediaEpisodesOf(series).filter(
        ({ parent, virtual }) =>
          (season === null || parent?.index === season) &&
          (seasonId === null || parent?.id === plainId(seasonId)) &&
          (!virtual || (user === null && flag(query("IsMissing")) !== false)),
      );
      return page(user, call, items);
    },
    seasons: (user: MediaUser | null, call: Call, series: MediaItem): Response => page(user, call, series.children),
    /** What an item lies in, innermost first: season, series, library and the root of everything. */
    above(user: MediaUser | null, item: MediaItem): Row[] {
      const rows: Row[] = [];
      for (let each = item.parent; each !== null; each = each.parent) rows.push(rowOf(user, each, [], {}));
      const root = { Name: "Media Folders", Id: emby ? "1" : hexOf(`root ${state.id}`, 32), Type: "AggregateFolder" };
      return [...rows, libraryRow(item.library), { ...root, ServerId: state.id, IsFolder: true, ...mediaType(true) }];
    },
    /** One item with everything there is to say. */
    single: (user: MediaUser | null, item: MediaItem): Row => rowOf(user, item, [], { single: true }),
    find: (user: MediaUser | null, id: string): MediaItem | null => {
      const item = state.items.get(plainId(id));
      return item === undefined || (user !== null && !seesLibrary(user, item.library)) ? null : item;
    },
  };
}

export type RowOptions = { single?: boolean; userData?: boolean; images?: boolean };

export type MediaItems = ReturnType<typeof createItems>;
