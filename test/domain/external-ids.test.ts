import { describe, expect, test } from "bun:test";
import {
  agree,
  cleanId,
  cleanIds,
  conflict,
  type IdKind,
  mergeIds,
  sharedKinds,
} from "../../src/domain/external-ids.ts";

describe("cleaning an id", () => {
  test.each<[IdKind, unknown, string | undefined]>([
    ["tmdb", "1399", "1399"],
    ["tmdb", 1399, "1399"],
    ["tvdb", " 0121361 ", "121361"],
    ["tvdb", "999999999", "999999999"],
    ["tvdb", "1000000000", undefined],
    ["tmdb", "0", undefined],
    ["tmdb", "-1", undefined],
    ["tmdb", "12.5", undefined],
    ["tmdb", 1e21, undefined],
    ["tmdb", "game-of-thrones", undefined],
    ["tmdb", "", undefined],
    ["tmdb", null, undefined],
    ["tmdb", { id: 1 }, undefined],
    ["trakt", 1390, "1390"],
    ["tvmaze", "82", "82"],
    ["imdb", "tt0944947", "tt0944947"],
    ["imdb", "tt944947", "tt0944947"],
    ["imdb", "TT10986410", "tt10986410"],
    ["imdb", "tt0000000", undefined],
    ["imdb", "0944947", undefined],
    ["imdb", "nm0000123", undefined],
    ["imdb", "tt", undefined],
  ])("%s %p becomes %p", (kind, value, expected) => {
    expect(cleanId(kind, value)).toBe(expected);
  });

  test("leaves out what is no id", () => {
    expect(cleanIds({ tmdb: 5, tvdb: "x", imdb: "tt12" })).toEqual({ tmdb: "5", imdb: "tt0000012" });
    expect(cleanIds({ tvdb: "0" })).toEqual({});
  });
});

describe("comparing ids", () => {
  const a = { tmdb: "1", tvdb: "2" };

  test("the earlier side wins and gaps are filled", () => {
    expect(mergeIds(a, { tmdb: "9", imdb: "tt0000003" })).toEqual({ tmdb: "1", tvdb: "2", imdb: "tt0000003" });
  });

  test("sides without a shared kind neither agree nor conflict", () => {
    const b = { imdb: "tt0000003" };
    expect(sharedKinds(a, b)).toEqual([]);
    expect(agree(a, b)).toBe(false);
    expect(conflict(a, b)).toBe(false);
  });

  test("one equal and one different kind agree and conflict at once", () => {
    const b = { tmdb: "1", tvdb: "3" };
    expect(sharedKinds(a, b)).toEqual(["tmdb", "tvdb"]);
    expect(agree(a, b)).toBe(true);
    expect(conflict(a, b)).toBe(true);
  });
});
