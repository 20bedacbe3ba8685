import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { collectGuids, identityOf, type ParsedGuid, parseGuid } from "../../src/domain/guid.ts";

const SHOW = "plex://show/5d9c08544eefaa001f5d6dcb";
const EPISODE = "plex://episode/5d9c1299ba2eb9001f4c1a2b";

describe("parsing a guid", () => {
  test.each<[string, Partial<ParsedGuid>]>([
    [SHOW, { plexGuid: SHOW, level: "show", ids: {} }],
    [`${EPISODE}?lang=en`, { plexGuid: EPISODE, level: "episode" }],
    ["com.plexapp.agents.thetvdb://121361?lang=en", { ids: { tvdb: "121361" }, idsLevel: "show", level: "show" }],
    ["com.plexapp.agents.thetvdb://121361/1?lang=en", { ids: { tvdb: "121361" }, level: "season", season: 1 }],
    [
      "com.plexapp.agents.thetvdb://121361/1/2?lang=en",
      { ids: { tvdb: "121361" }, idsLevel: "show", level: "episode", season: 1, episode: 2 },
    ],
    ["com.plexapp.agents.thetvdb://71256/2023-01-05?lang=en", { level: "episode", airDate: "2023-01-05" }],
    ["com.plexapp.agents.thetvdbdvdorder://78874/1/3", { ids: { tvdb: "78874" }, dvdOrder: true, episode: 3 }],
    ["com.plexapp.agents.themoviedb://1399/0/4?lang=de", { ids: { tmdb: "1399" }, season: 0, episode: 4 }],
    ["com.plexapp.agents.imdb://tt944947?lang=en", { ids: { imdb: "tt0944947" }, idsLevel: "show" }],
    ["com.plexapp.agents.hama://tvdb-81797/1/5?lang=en", { ids: { tvdb: "81797" }, season: 1, episode: 5 }],
    ["com.plexapp.agents.hama://tvdb4-81797/1/900", { ids: { tvdb: "81797" }, absoluteOrder: true, episode: 900 }],
    ["com.plexapp.agents.hama://anidb-69/1/5", { ids: {}, agentId: "anidb-69", episode: 5 }],
    ["com.plexapp.agents.hama://anidb2-69", { ids: {}, agentId: "anidb2-69" }],
    ["com.plexapp.agents.hama://tsdb-37854", { ids: { tmdb: "37854" } }],
    ["com.plexapp.agents.hama://imdb-tt0388629", { ids: { imdb: "tt0388629" } }],
    ["com.plexapp.agents.hama://tvmaze-1505", { ids: { tvmaze: "1505" } }],
    ["com.plexapp.agents.xbmcnfotv://121361/1/2", { ids: { tvdb: "121361" }, season: 1, episode: 2 }],
    ["com.plexapp.agents.xbmcnfo://tt0112253", { ids: { imdb: "tt0112253" } }],
    ["com.plexapp.agents.xbmcnfo://603", { ids: { tmdb: "603" } }],
    ["tv.plex.agents.nfo.series://show/tvdb_121361", { ids: { tvdb: "121361" }, idsLevel: "own", level: "show" }],
    ["tv.plex.agents.nfo.series://episode/tmdb_63056", { ids: { tmdb: "63056" }, idsLevel: "own", level: "episode" }],
    ["imdb://tt1234567", { ids: { imdb: "tt1234567" }, idsLevel: "own" }],
    ["tmdb://1187654", { ids: { tmdb: "1187654" } }],
    ["tvdb://5600001", { ids: { tvdb: "5600001" } }],
    ["thetvdb://5600001", { ids: { tvdb: "5600001" } }],
    ["themoviedb://12", { ids: { tmdb: "12" } }],
    ["tt0112253", { ids: { imdb: "tt0112253" } }],
    ["tv.plex.xmltv://channel/1", { live: true, ids: {} }],
  ])("%s", (text, expected) => {
    expect(parseGuid(text)).toMatchObject(expected);
  });

  test.each([
    "",
    "local://123",
    "tv.plex.agents.none://abc",
    "com.plexapp.agents.none://8f3?lang=xn",
    "com.plexapp.agents.thetvdb://?lang=en",
    "com.plexapp.agents.thetvdb://-1/1/1",
    "com.plexapp.agents.hama://cmdb-5",
    "com.plexapp.agents.ytinforeader://UC123",
    "mbid://5b11f4ce",
    "plex://show/short",
    "tmdb://0",
    "imdb://tt0000000",
  ])("%p gives no id and no global guid", (text) => {
    const guid = parseGuid(text);
    expect(guid.ids).toEqual({});
    expect(guid.plexGuid).toBeUndefined();
    expect(guid.agentId).toBeUndefined();
  });

  test("never fails, whatever a server sends", () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseGuid(text).scheme === "string"));
  });
});

describe("collecting an item's guids", () => {
  test("the list wins per kind and the scalar fills gaps", () => {
    expect(collectGuids("com.plexapp.agents.thetvdb://5?lang=en", ["tmdb://7"])).toMatchObject({
      ids: { tmdb: "7", tvdb: "5" },
      showIds: { tvdb: "5" },
    });
    expect(collectGuids("com.plexapp.agents.thetvdb://5", ["tvdb://7"]).ids).toEqual({ tvdb: "7" });
  });

  test("of two ids of one kind the smaller number is taken, in any order", () => {
    const list = ["tvdb://90", "tvdb://1000", "imdb://tt0000300", "imdb://tt10000000", "tvdb://100"];
    const expected = { tvdb: "90", imdb: "tt0000300" };
    expect(collectGuids(undefined, list).ids).toEqual(expected);
    expect(collectGuids(undefined, list.toReversed()).ids).toEqual(expected);
  });

  test("an episode's legacy path names its show, and the show's id is not taken for the episode's", () => {
    expect(collectGuids("com.plexapp.agents.thetvdb://121361/6/5?lang=en", ["tvdb://5600001"])).toEqual({
      ids: { tvdb: "5600001" },
      showIds: { tvdb: "121361" },
      season: 6,
      episode: 5,
    });
  });

  test("a plex episode keeps its own ids and names no show", () => {
    expect(collectGuids(EPISODE, ["imdb://tt1234567", "tmdb://1187654"])).toEqual({
      ids: { imdb: "tt1234567", tmdb: "1187654" },
      showIds: {},
      plexGuid: EPISODE,
    });
  });

  test("nothing gives nothing", () => {
    expect(collectGuids(undefined, [])).toEqual({ ids: {}, showIds: {} });
  });
});

describe("the identity of a show", () => {
  test.each([
    [SHOW, SHOW],
    [`${SHOW}?lang=de`, SHOW],
    ["com.plexapp.agents.thetvdb://121361?lang=en", "com.plexapp.agents.thetvdb://121361"],
    ["com.plexapp.agents.thetvdb://121361/1/2?lang=de", "com.plexapp.agents.thetvdb://121361"],
    ["com.plexapp.agents.hama://anidb-69?lang=en", "com.plexapp.agents.hama://anidb-69"],
    ["tv.plex.agents.nfo.series://show/tvdb_121361", "tv.plex.agents.nfo.series://show/tvdb_121361"],
    ["local://123", "item:5000"],
    ["com.plexapp.agents.none://8f3?lang=xn", "item:5000"],
    [undefined, "item:5000"],
  ])("%p is %s", (guid, expected) => {
    expect(identityOf(guid, "5000")).toBe(expected);
  });
});
