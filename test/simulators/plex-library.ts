import { type Access, type Answers, type Json, rowOptions, visible } from "./plex-answers.ts";
import { passes, readFilters, sorted, type Views } from "./plex-query.ts";
import { rowText } from "./plex-rows.ts";
import { agentNames, episodesOf, type PlexItem, type PlexLibrary, type PlexServerState, showOf } from "./plex-world.ts";
import { type Call, htmlError } from "./simulator.ts";

/** Sections, listings, single items and children of a Plex server. */

export type LibraryPages = {
  sections(call: Call, who: Access): Response;
  section(call: Call, who: Access, key: string, leaf: string): Response;
  everything(call: Call, who: Access): Response;
  metadata(call: Call, who: Access, ids: string): Response;
  children(call: Call, who: Access, item: PlexItem): Response;
  allLeaves(call: Call, who: Access, item: PlexItem): Response;
};

export function createLibraryPages(state: PlexServerState, answers: Answers, now: () => number): LibraryPages {
  const { page, cut } = answers;
  const listings = new Map<string, { revision: number; items: PlexItem[] }>();
  const viewsOf = (who: Access): Views => state.views.get(who.account);

  const libraryFacts = (library: PlexLibrary): Json => ({
    allowSync: true,
    identifier: "com.plexapp.plugins.library",
    librarySectionID: Number(library.key),
    librarySectionTitle: library.title,
    librarySectionUUID: library.uuid,
    mediaTagPrefix: "/system/bundle/media/flags/",
    mediaTagVersion: 1_700_000_000,
  });

  const listed = (call: Call, who: Access, source: string, items: () => PlexItem[]): PlexItem[] => {
    const key = `${who.account.id} ${source} ${call.url.search.replace(/[?&]X-Plex-[^&]*/gi, "")}`;
    const cached = listings.get(key);
    if (cached?.revision === state.revision) return cached.items;
    const filters = readFilters(call.url.search);
    const views = viewsOf(who);
    const nowSeconds = Math.floor(now() / 1000);
    const found = items().filter((item) => filters.length === 0 || passes(item, filters, views, nowSeconds));
    const result = sorted(found, call.url.searchParams.get("sort"), views);
    if (listings.size > 50) listings.clear();
    listings.set(key, { revision: state.revision, items: result });
    return result;
  };

  const itemsPage = (
    call: Call,
    who: Access,
    items: PlexItem[],
    facts: Json,
    where: "section" | "other",
    detail = false,
  ): Response => {
    const part = cut(call, items, where);
    if (part instanceof Response) return part;
    const views = viewsOf(who);
    const how = rowOptions(call, detail);
    const rows = part.rows.map((item) => rowText(item, views, how));
    return page(call, { container: { ...part.facts, ...facts }, kind: "Metadata", rows, headers: part.headers });
  };

  const sections = (call: Call, who: Access): Response => {
    const rows = state.libraries
      .filter((library) => visible(who, library))
      .map((library) =>
        JSON.stringify({
          allowSync: true,
          art: `/:/resources/${library.type}-fanart.jpg`,
          composite: `/library/sections/${library.key}/composite/1700000000`,
          filters: true,
          refreshing: library.refreshing,
          thumb: `/:/resources/${library.type}.png`,
          key: library.key,
          type: library.type,
          title: library.title,
          agent: library.type === "show" ? agentNames[library.agent] : `tv.plex.agents.${library.type}`,
          scanner: library.type === "show" ? "Plex TV Series" : "Plex Movie",
          language: "en-US",
          uuid: library.uuid,
          updatedAt: library.createdAt + 86_400,
          createdAt: library.createdAt,
          scannedAt: Math.floor(now() / 1000) - 3_600,
          content: true,
          directory: true,
          contentChangedAt: 1_000 + state.revision,
          hidden: library.hidden,
          Location: [{ id: Number(library.key), path: `/data/${library.title.toLowerCase()}` }],
        }),
      );
    return page(call, {
      container: { size: rows.length, allowSync: false, title1: "Plex Library" },
      kind: "Directory",
      rows,
      headers: {},
    });
  };

  const itemsOfType = (library: PlexLibrary, type: string | null): PlexItem[] | null => {
    const native = { show: library.shows, movie: library.others, artist: library.others, photo: library.others };
    if (type === null) return native[library.type];
    const byType: Record<string, PlexItem[]> = {
      "1": library.type === "movie" ? library.others : [],
      "2": library.shows,
      "3": library.seasons,
      "4": library.episodes,
      "8": library.type === "artist" ? library.others : [],
    };
    return byType[type] ?? null;
  };

  const section = (call: Call, who: Access, key: string, leaf: string): Response => {
    const library = state.libraries.find((candidate) => candidate.key === key);
    if (library === undefined || !visible(who, library)) return htmlError(404, "Not Found");
    const type = leaf === "allLeaves" ? "4" : call.url.searchParams.get("type");
    const items = itemsOfType(library, type);
    if (items === null) return htmlError(400, "Bad Request");
    const group = items[0]?.kind ?? "show";
    const facts = {
      ...libraryFacts(library),
      title1: library.title,
      title2: `All ${group}s`,
      viewGroup: group,
      nocache: true,
    };
    return itemsPage(
      call,
      who,
      listed(call, who, `section ${key} ${type}`, () => items),
      facts,
      "section",
    );
  };

  const everything = (call: Call, who: Access): Response => {
    const type = call.url.searchParams.get("type");
    const items = listed(call, who, `all ${type}`, () =>
      state.libraries.filter((library) => visible(who, library)).flatMap((library) => itemsOfType(library, type) ?? []),
    );
    return itemsPage(call, who, items, { allowSync: true, identifier: "com.plexapp.plugins.library" }, "section", true);
  };

  const metadata = (call: Call, who: Access, ids: string): Response => {
    const items = ids
      .split(",")
      .map((id) => state.items.get(id))
      .filter((item): item is PlexItem => item !== undefined && visible(who, item.library));
    const first = items[0];
    if (first === undefined) return htmlError(404, "Not Found");
    return itemsPage(call, who, items, libraryFacts(first.library), "other", true);
  };

  const children = (call: Call, who: Access, item: PlexItem): Response => {
    const part = cut(call, item.children, "other");
    if (part instanceof Response) return part;
    const views = viewsOf(who);
    const rows = part.rows.map((child) => rowText(child, views, rowOptions(call, false)));
    const show = showOf(item);
    const facts: Json = {
      ...part.facts,
      ...libraryFacts(item.library),
      key: item.ratingKey,
      parentIndex: item.index ?? 1,
      parentTitle: item.kind === "season" ? "" : item.title,
      title1: item.library.title,
      title2: item.title,
      viewGroup: item.kind === "show" ? "season" : "episode",
      viewMode: 65_592,
    };
    // The container-level key of the show is a number here, a string everywhere else.
    if (item.kind === "season") {
      facts["grandparentRatingKey"] = Number(show.ratingKey);
      facts["grandparentTitle"] = show.title;
    }
    if (item.kind === "show" && item.children.length > 1) {
      const leaves = episodesOf(item);
      const viewed = leaves.filter((leaf) => (views?.get(leaf.ratingKey)?.viewCount ?? 0) > 0).length;
      facts["size"] = rows.length + 1;
      facts["Directory"] = [
        {
          leafCount: leaves.length,
          thumb: `/library/metadata/${item.ratingKey}/thumb/${item.updatedAt}`,
          viewedLeafCount: viewed,
          key: `/library/metadata/${item.ratingKey}/allLeaves`,
          title: "All episodes",
        },
      ];
    }
    return page(call, { container: facts, kind: "Metadata", rows, headers: part.headers });
  };

  const allLeaves = (call: Call, who: Access, item: PlexItem): Response => {
    const leaves = listed(call, who, `leaves ${item.ratingKey}`, () => episodesOf(item));
    return itemsPage(call, who, leaves, libraryFacts(item.library), "other");
  };

  return { sections, section, everything, metadata, children, allLeaves };
}
