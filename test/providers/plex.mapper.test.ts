import { describe, expect, test } from "bun:test";
import { collectGuids } from "../../src/domain/guid.ts";
import { parseXml } from "../../src/kernel/xml.ts";
import { readGuids } from "../../src/providers/plex/guids.ts";
import { toEpisode, toHistory, toShow } from "../../src/providers/plex/mapper.ts";
import { readHistoryRow, readRow, readShowRow } from "../../src/providers/plex/rows.ts";
import { listingSchema } from "../../src/providers/plex/schemas.ts";
import { jsonShape } from "../../src/providers/plex/xml.ts";

const hex = "5d9c1299ba2eb9001f4c1a2b";
const episodeJson = {
  ratingKey: "5012",
  key: "/library/metadata/5012",
  grandparentRatingKey: "5000",
  guid: `plex://episode/${hex}`,
  grandparentGuid: "plex://show/5d9c086c46115600200aa2fe",
  type: "episode",
  title: "Low Tide & High Water",
  grandparentTitle: "Harbour Lights",
  index: 5,
  parentIndex: 6,
  originallyAvailableAt: "2016-05-22",
  duration: 3_401_000,
  viewCount: 2,
  viewOffset: 812_000,
  lastViewedAt: 1_751_400_000,
  Guid: [{ id: "imdb://tt1234567" }, { id: "tmdb://1187654" }, { id: "tvdb://5600001" }],
};
const showJson = { ratingKey: "5000", type: "show", title: "Harbour Lights" };

const episodeOf = (fields: Record<string, unknown>) => toEpisode(readRow({ ...episodeJson, ...fields })!, "2");
const showOf = (fields: Record<string, unknown>) => toShow(readShowRow({ ...showJson, ...fields })!, "2");
const without = (...names: string[]) => Object.fromEntries(names.map((name) => [name, undefined]));

describe("a Plex episode", () => {
  test("is read with its own ids, its times in milliseconds and the hex of its guid", () => {
    expect(episodeOf({})).toEqual({
      itemId: "5012",
      libraryKey: "2",
      showItemId: "5000",
      showTitle: "Harbour Lights",
      season: 6,
      number: 5,
      title: "Low Tide & High Water",
      airedOn: "2016-05-22",
      durationMs: 3_401_000,
      ids: { imdb: "tt1234567", tmdb: "1187654", tvdb: "5600001" },
      guid: hex,
      viewCount: 2,
      viewOffsetMs: 812_000,
      lastViewedAt: 1_751_400_000_000,
    });
  });

  test("reads the same from numbers, from texts and from XML", () => {
    const texts = Object.fromEntries(
      Object.entries(episodeJson).map(([name, value]) => [name, typeof value === "number" ? String(value) : value]),
    );
    const attributes = Object.entries(texts)
      .filter(([, value]) => typeof value === "string")
      .map(([name, value]) => `${name}="${String(value).replace("&", "&amp;")}"`)
      .join(" ");
    const guids = episodeJson.Guid.map(({ id }) => `<Guid id="${id}"/>`).join("");
    const xml = `<MediaContainer size="1" librarySectionID="2"><Video ${attributes}>${guids}</Video></MediaContainer>`;
    const [row] = listingSchema.parse(jsonShape(parseXml(xml))).Metadata ?? [];
    expect(episodeOf(texts)).toEqual(episodeOf({}));
    expect(toEpisode(readRow(row)!, "2")).toEqual(episodeOf({}));
  });

  test("has nulls and zeros for what is absent", () => {
    const fields = without("index", "parentIndex", "originallyAvailableAt", "duration", "viewCount", "viewOffset");
    expect(
      episodeOf({ ...fields, ...without("lastViewedAt", "Guid", "guid", "title", "grandparentRatingKey") }),
    ).toMatchObject({
      showItemId: null,
      season: null,
      number: null,
      title: null,
      airedOn: null,
      durationMs: null,
      ids: {},
      guid: null,
      viewCount: 0,
      viewOffsetMs: 0,
      lastViewedAt: null,
    });
  });

  const strange: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["a view time of 0", { lastViewedAt: 0 }, { lastViewedAt: null }],
    ["a negative view time", { lastViewedAt: -5 }, { lastViewedAt: null }],
    ["a view time that is no number", { lastViewedAt: "soon" }, { lastViewedAt: null }],
    ["a negative view count", { viewCount: -1 }, { viewCount: 0 }],
    ["a day that does not exist", { originallyAvailableAt: "2016-02-31" }, { airedOn: null }],
    ["a day with a time", { originallyAvailableAt: "2016-05-22 00:00:00" }, { airedOn: "2016-05-22" }],
    ["specials", { parentIndex: 0, index: 0 }, { season: 0, number: 0 }],
    ["a number as ratingKey", { ratingKey: 5012 }, { itemId: "5012" }],
    ["a title of the wrong type", { title: { text: "x" } }, { title: null }],
    ["an object where a list was expected", { Guid: { id: "tvdb://7" } }, { ids: { tvdb: "7" } }],
    [
      "a show known only by its path",
      { grandparentRatingKey: undefined, grandparentKey: "/library/metadata/77" },
      { showItemId: "77" },
    ],
    ["its own library", { librarySectionID: 9 }, { libraryKey: "9" }],
  ];
  for (const [what, fields, expected] of strange) {
    test(`stands ${what}`, () => expect(episodeOf(fields)).toMatchObject(expected));
  }

  const legacy: [string, Record<string, unknown>][] = [
    ["com.plexapp.agents.thetvdb://121361/6/5?lang=en", { season: 6, number: 5, ids: {}, guid: null }],
    ["com.plexapp.agents.hama://tvdb-81797/6/5?lang=en", { season: 6, number: 5, ids: {}, guid: null }],
    ["com.plexapp.agents.hama://anidb-4242/1/5?lang=en", { season: 1, number: 5, ids: {}, guid: null }],
    ["com.plexapp.agents.none://abcdef/6/5?lang=xn", { season: null, number: null, ids: {}, guid: null }],
    ["local://123", { season: null, number: null, ids: {}, guid: null }],
  ];
  for (const [guid, expected] of legacy) {
    test(`${guid} gives the place at most, never the show's ids as the episode's`, () => {
      expect(episodeOf({ guid, ...without("Guid", "index", "parentIndex") })).toMatchObject(expected);
    });
  }

  const ignored: [string, Record<string, unknown>][] = [
    ["a film", { type: "movie" }],
    ["a season", { type: "season" }],
    ["a trailer", { type: "clip" }],
    ["an extra", { extraType: "5" }],
    ["a scene", { subtype: "behindTheScenes" }],
    ["live television", { guid: "tv.plex.xmltv://show/1" }],
    ["something on air", { live: "1" }],
    ["something under /livetv", { key: "/livetv/sessions/1" }],
    ["a row without id", { ratingKey: undefined }],
  ];
  for (const [what, fields] of ignored) {
    test(`is not ${what}`, () => expect(episodeOf(fields)).toBeNull());
  }

  test("something that is no row at all is refused, not guessed at", () => {
    for (const value of [null, 7, "row", []]) expect(readRow(value)).toBeNull();
  });
});

describe("a Plex show", () => {
  const forms: [string, string | undefined, string[], Record<string, unknown>][] = [
    [
      "the current agent",
      "plex://show/5d9c086c46115600200aa2fe",
      ["tvdb://121361", "tmdb://1399"],
      {
        ids: { tvdb: "121361", tmdb: "1399" },
        guid: "plex://show/5d9c086c46115600200aa2fe",
        identity: "plex://show/5d9c086c46115600200aa2fe",
      },
    ],
    [
      "TheTVDB's old agent",
      "com.plexapp.agents.thetvdb://121361?lang=en",
      [],
      { ids: { tvdb: "121361" }, guid: null, identity: "com.plexapp.agents.thetvdb://121361" },
    ],
    ["TMDB's old agent", "com.plexapp.agents.themoviedb://1399?lang=en", [], { ids: { tmdb: "1399" } }],
    ["HAMA", "com.plexapp.agents.hama://tvdb2-81797?lang=en", [], { ids: { tvdb: "81797" } }],
    [
      "HAMA with AniDB",
      "com.plexapp.agents.hama://anidb-4242?lang=en",
      [],
      { ids: {}, identity: "com.plexapp.agents.hama://anidb-4242" },
    ],
    ["the NFO agent", "tv.plex.agents.nfo.series://show/tvdb_121361", [], { ids: { tvdb: "121361" } }],
    ["XBMC's NFO agent", "com.plexapp.agents.xbmcnfotv://121361", [], { ids: { tvdb: "121361" } }],
    ["no agent", "com.plexapp.agents.none://0a1b?lang=xn", [], { ids: {}, guid: null, identity: "item:5000" }],
    ["a local show", "local://5000", [], { ids: {}, guid: null, identity: "item:5000" }],
    ["no guid at all", undefined, [], { ids: {}, guid: null, identity: "item:5000" }],
  ];
  for (const [what, guid, list, expected] of forms) {
    test(`of ${what} has the ids its guid gives`, () => {
      expect(showOf({ guid, Guid: list.map((id) => ({ id })) })).toMatchObject(expected);
    });
  }

  test("carries what a page shows of it", () => {
    const fields = {
      originalTitle: "Hafenlichter",
      year: "2014",
      studio: "The Network",
      summary: " Ships. ",
      duration: 2_700_000,
      originallyAvailableAt: "2014-03-19",
      thumb: "/library/metadata/5000/thumb/1",
      Genre: [{ tag: "Drama" }, { tag: "Crime" }],
    };
    expect(showOf(fields)).toMatchObject({
      originalTitle: "Hafenlichter",
      year: 2014,
      network: "The Network",
      overview: "Ships.",
      runtimeMin: 45,
      firstAired: "2014-03-19",
      posterPath: "/library/metadata/5000/thumb/1",
      genres: ["Drama", "Crime"],
    });
  });

  test("a poster somewhere else is not asked of the server", () => {
    expect(showOf({ thumb: "https://images.example/poster.jpg" })?.posterPath).toBeNull();
  });
});

describe("the short way of reading guids", () => {
  const lists = [
    [],
    ["imdb://tt1234567", "tmdb://1187654", "tvdb://5600001"],
    ["tvdb://9", "tvdb://5"],
    ["tvdb://0", "tmdb://abc"],
    ["imdb://tt0000012", "mbid://x"],
    ["plex://show/5d9c086c46115600200aa2fe"],
  ];
  const scalars = [
    undefined,
    `plex://episode/${hex}`,
    `plex://episode/${hex}?x=1`,
    `plex://EPISODE/${hex.toUpperCase()}`,
    "plex://movie/1",
    "local://1",
  ];
  for (const scalar of scalars) {
    test(`finds for ${scalar} what the domain finds`, () => {
      for (const list of lists) expect(readGuids(scalar, list)).toEqual(collectGuids(scalar, list));
    });
  }
});

describe("a row of Plex's history", () => {
  const rowJson = {
    historyKey: "/status/sessions/history/9001",
    key: "/library/metadata/5012",
    ratingKey: "5012",
    librarySectionID: "2",
    grandparentKey: "/library/metadata/5000",
    title: "Low Tide",
    grandparentTitle: "Harbour Lights",
    type: "episode",
    index: 5,
    parentIndex: 6,
    originallyAvailableAt: "2016-05-22",
    viewedAt: 1_751_400_000,
    accountID: 1,
  };
  const historyOf = (fields: Record<string, unknown>) => toHistory(readHistoryRow({ ...rowJson, ...fields })!);

  test("is read with the items it belongs to", () => {
    expect(historyOf({})).toEqual({
      key: "9001",
      at: 1_751_400_000_000,
      itemId: "5012",
      showItemId: "5000",
      libraryKey: "2",
      showTitle: "Harbour Lights",
      title: "Low Tide",
      season: 6,
      number: 5,
      airedOn: "2016-05-22",
    });
  });

  test("stays readable when its item has been deleted", () => {
    expect(historyOf(without("key", "ratingKey", "grandparentKey"))).toMatchObject({
      key: "9001",
      itemId: null,
      showItemId: null,
      showTitle: "Harbour Lights",
    });
  });

  test("without a number of its own is known by its item and second", () => {
    expect(historyOf({ historyKey: undefined })?.key).toBe("5012@1751400000");
  });

  test("of a film, of live television or without an id is not for us", () => {
    expect(historyOf({ type: "movie" })).toBeNull();
    expect(historyOf({ key: "/livetv/1" })).toBeNull();
    expect(historyOf({ historyKey: undefined, ratingKey: undefined })).toBeNull();
  });
});
