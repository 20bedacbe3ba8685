import { describe, expect, test } from "bun:test";
import type { EpisodeItem, ShowItem } from "../../src/providers/contract.ts";
import { embyDialect } from "../../src/providers/emby/dialect.ts";
import { jellyfinDialect } from "../../src/providers/jellyfin/dialect.ts";
import type { Dialect } from "../../src/providers/mediabrowser/dialect.ts";
import { addEpisodes, instant, toLibrary, toShow } from "../../src/providers/mediabrowser/mapper.ts";
import { readIds, readRating, readRow, readShowRow } from "../../src/providers/mediabrowser/rows.ts";

const hex = (number: number): string => number.toString(16).padStart(32, "0");

const episodeRow = {
  Id: hex(7),
  Type: "Episode",
  Name: "The Door",
  SeriesId: hex(3),
  SeriesName: "Sample Show",
  ParentIndexNumber: 1,
  IndexNumber: 3,
  ProviderIds: { Tvdb: "5550001", Imdb: "tt7000001" },
  RunTimeTicks: 24_000_000_000,
  PremiereDate: "2023-05-01T00:00:00.0000000Z",
  LocationType: "FileSystem",
  UserData: {
    PlaybackPositionTicks: 0,
    PlayCount: 2,
    IsFavorite: false,
    LastPlayedDate: "2024-08-02T22:51:23.1234567Z",
    Played: true,
  },
};

function episodes(changes: Record<string, unknown>, dialect: Dialect = jellyfinDialect): EpisodeItem[] {
  const items: EpisodeItem[] = [];
  const row = readRow({ ...episodeRow, ...changes });
  if (row !== null) addEpisodes(dialect, row, "library", items);
  return items;
}

const userData = (data: Record<string, unknown>) => episodes({ UserData: { PlaybackPositionTicks: 0, ...data } })[0];

describe("an episode", () => {
  test("is read with the show it belongs to and what the account has seen of it", () => {
    expect(episodes({})).toEqual([
      {
        itemId: hex(7),
        libraryKey: "library",
        showItemId: hex(3),
        showTitle: "Sample Show",
        season: 1,
        number: 3,
        title: "The Door",
        airedOn: "2023-05-01",
        durationMs: 2_400_000,
        ids: { tvdb: "5550001", imdb: "tt7000001" },
        guid: null,
        viewCount: 2,
        viewOffsetMs: 0,
        lastViewedAt: Date.UTC(2024, 7, 2, 22, 51, 23, 123),
      },
    ]);
  });

  test("of the season of specials has the season 0, and without numbers it has none", () => {
    expect(episodes({ ParentIndexNumber: 0 })[0]).toMatchObject({ season: 0, number: 3 });
    expect(episodes({ ParentIndexNumber: undefined, IndexNumber: undefined })[0]).toMatchObject({
      season: null,
      number: null,
    });
  });

  test("is recognised however its ids are written", () => {
    const dashed = `${hex(7).slice(0, 8)}-${hex(7).slice(8, 12)}-${hex(7).slice(12, 16)}-${hex(7).slice(16, 20)}-${hex(7).slice(20)}`;
    expect(episodes({ Id: dashed.toUpperCase() })[0]?.itemId).toBe(hex(7));
    expect(episodes({ Id: "240252", SeriesId: "240202" }, embyDialect)[0]).toMatchObject({
      itemId: "240252",
      showItemId: "240202",
    });
  });

  test.each([
    ["a film", { Type: "Movie" }],
    ["a placeholder for what is missing", { LocationType: "Virtual" }],
    ["a row without an id", { Id: undefined }],
    ["a row with something else for an id", { Id: "../etc" }],
  ])("is not %s", (_what, changes) => {
    expect(episodes(changes)).toEqual([]);
  });

  test("does not lose its row to fields of an unexpected type", () => {
    const odd = { Name: { text: "x" }, RunTimeTicks: "a while", ProviderIds: ["x"], UserData: "none", SeriesId: 4 };
    expect(episodes(odd)[0]).toMatchObject({
      title: null,
      durationMs: null,
      ids: {},
      viewCount: 0,
      lastViewedAt: null,
      showItemId: null,
    });
    expect(readRow("row")).toBeNull();
  });
});

describe("the state of an account", () => {
  test("counts a mark without a count as one view", () => {
    expect(userData({ Played: true, PlayCount: 0 })).toMatchObject({ viewCount: 1, lastViewedAt: null });
  });

  test("knows an episode that has been begun again from one that was unmarked", () => {
    const begun = userData({ Played: false, PlayCount: 2, LastPlayedDate: "2024-08-02T22:51:23Z" });
    expect(begun).toMatchObject({ viewCount: 0, begunAnew: true });
    for (const data of [{ Played: false, PlayCount: 0 }, { Played: false, PlayCount: 2 }, { Played: false }]) {
      expect(userData(data)?.begunAnew).toBeUndefined();
      expect(userData(data)?.viewCount).toBe(0);
    }
  });

  test.each([
    ["2024-08-02T22:51:23.1Z", Date.UTC(2024, 7, 2, 22, 51, 23, 100)],
    ["2024-08-02T22:51:23.0000000Z", Date.UTC(2024, 7, 2, 22, 51, 23)],
    ["2024-08-02T22:51:23", Date.UTC(2024, 7, 2, 22, 51, 23)],
    ["2024-08-02T22:51:23.5+02:00", Date.UTC(2024, 7, 2, 20, 51, 23, 500)],
    ["0001-01-01T00:00:00.0000000Z", null],
    ["1969-12-31T23:59:59Z", null],
    ["yesterday", null],
    ["", null],
  ])("reads %s as a moment", (text, at) => {
    expect(instant(text)).toBe(at);
  });

  test("has a rating where one was given", () => {
    expect(readRating({ UserData: { Rating: 8 } })).toBe(8);
    expect(readRating({ UserData: {} })).toBeNull();
    expect(readRating(null)).toBeNull();
  });
});

describe("ids of other services", () => {
  test("are found in any spelling of their names, and only when they are some", () => {
    expect(readIds({ TVDB: " 81 ", imdb: "TT0000123", tMdB: 55, "Official Website": "https://example.com" })).toEqual({
      tvdb: "81",
      imdb: "tt0000123",
      tmdb: "55",
    });
    expect(readIds({ Tmdb: "../tv/9/season/1/episode/1", Tvdb: "", Imdb: "nm0000001", Zap2It: "EP1" })).toEqual({});
    expect(readIds(undefined)).toEqual({});
  });
});

describe("a file with several episodes", () => {
  const file = { IndexNumberEnd: 5, RunTimeTicks: 72_000_000_000 };

  test("is an item for each, of which only the first has the file's title, day and ids", () => {
    const items = episodes(file);
    expect(items.map(({ itemId, number, title, airedOn, ids }) => ({ itemId, number, title, airedOn, ids }))).toEqual([
      {
        itemId: hex(7),
        number: 3,
        title: "The Door",
        airedOn: "2023-05-01",
        ids: { tvdb: "5550001", imdb: "tt7000001" },
      },
      { itemId: `${hex(7)}#4`, number: 4, title: null, airedOn: null, ids: {} },
      { itemId: `${hex(7)}#5`, number: 5, title: null, airedOn: null, ids: {} },
    ]);
    expect(new Set(items.map(({ viewCount, lastViewedAt }) => `${viewCount} ${lastViewedAt}`)).size).toBe(1);
  });

  test("shares its length, and what has been seen of it, among them", () => {
    const positionTicks = 30_000_000_000;
    const items = episodes({ ...file, UserData: { Played: false, PlaybackPositionTicks: positionTicks } });
    expect(items.map(({ durationMs }) => durationMs)).toEqual([2_400_000, 2_400_000, 2_400_000]);
    expect(items.map(({ viewOffsetMs }) => viewOffsetMs)).toEqual([2_400_000, 600_000, 1]);
  });

  test.each([
    ["before its beginning", { IndexNumberEnd: 2 }],
    ["at its beginning", { IndexNumberEnd: 3 }],
    ["too far away", { IndexNumberEnd: 1080 }],
    ["without a beginning", { IndexNumber: undefined, IndexNumberEnd: 4 }],
  ])("has no end %s", (_what, changes) => {
    expect(episodes(changes)).toHaveLength(1);
  });
});

const showRow = {
  Id: hex(3),
  Type: "Series",
  Name: "Sample Show",
  OriginalTitle: "Prøveserien",
  ProductionYear: 2023,
  ProviderIds: { Tvdb: "81", Tmdb: "55" },
  Overview: "A door.",
  Genres: ["Drama", "Mystery"],
  Studios: [{ Name: "NRK", Id: "1" }],
  RunTimeTicks: 24_000_000_000,
  PremiereDate: "2023-05-01T00:00:00.0000000Z",
  ImageTags: { Primary: "a b" },
};

function show(changes: Record<string, unknown>, dialect: Dialect = jellyfinDialect): ShowItem | null {
  const row = readShowRow({ ...showRow, ...changes });
  return row === null ? null : toShow(dialect, row, "library");
}

describe("a show", () => {
  test("is read with everything a page shows of it", () => {
    expect(show({})).toEqual({
      itemId: hex(3),
      identity: "tmdb://55",
      libraryKey: "library",
      title: "Sample Show",
      originalTitle: "Prøveserien",
      year: 2023,
      ids: { tvdb: "81", tmdb: "55" },
      guid: null,
      overview: "A door.",
      network: "NRK",
      genres: ["Drama", "Mystery"],
      runtimeMin: 40,
      firstAired: "2023-05-01",
      posterPath: `/Items/${hex(3)}/Images/Primary?tag=a%20b`,
    });
  });

  test("keeps its identity when it is added again, as long as a catalogue knows it", () => {
    expect(show({ Id: hex(99) })?.identity).toBe("tmdb://55");
    expect(show({ ProviderIds: {} })?.identity).toBe(`item:${hex(3)}`);
  });

  test("needs only a title and an id, and not even the title", () => {
    expect(readShowRow({ Id: hex(3), Type: "Series" })).not.toBeNull();
    expect(toShow(jellyfinDialect, readShowRow({ Id: hex(3), Type: "Series" })!, "library")).toMatchObject({
      title: "Untitled show",
      posterPath: null,
      genres: [],
      network: null,
    });
    expect(show({ Type: "Season" })).toBeNull();
    expect(show({}, embyDialect)).toBeNull();
  });
});

test.each([
  ["tvshows", "show"],
  ["TvShows", "show"],
  [undefined, "show"],
  ["movies", "other"],
  ["boxsets", "other"],
  ["homevideos", "other"],
] as const)("a library of %p is of the type %p", (CollectionType, type) => {
  expect(toLibrary(jellyfinDialect, { Id: hex(1), Name: "Library", CollectionType })).toEqual({
    key: hex(1),
    title: "Library",
    type,
  });
});
