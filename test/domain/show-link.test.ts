import { expect, test } from "bun:test";
import { readShowLink } from "../../src/domain/show-link.ts";

test.each([
  ["tt0944947", "imdb", "tt0944947"],
  [" TT0944947 ", "imdb", "tt0944947"],
  ["tvdb:121361", "tvdb", "121361"],
  ["tmdb-1399", "tmdb", "1399"],
  ["{tvdb-121361}", "tvdb", "121361"],
  ["[tvdbid-121361]", "tvdb", "121361"],
  ["imdb:tt0944947", "imdb", "tt0944947"],
  ["https://www.imdb.com/title/tt0944947/", "imdb", "tt0944947"],
  ["https://m.imdb.com/de/title/tt0944947/episodes?season=2", "imdb", "tt0944947"],
  ["imdb.com/title/tt0944947", "imdb", "tt0944947"],
  ["https://www.themoviedb.org/tv/1399-game-of-thrones?language=de", "tmdb", "1399"],
  ["themoviedb.org/tv/1399", "tmdb", "1399"],
  ["https://www.tvmaze.com/shows/82/game-of-thrones", "tvmaze", "82"],
  ["https://thetvdb.com/?tab=series&id=121361", "tvdb", "121361"],
  ["https://www.thetvdb.com/dereferrer/series/121361", "tvdb", "121361"],
  ["https://trakt.tv/search/trakt/1390?id_type=show", "trakt", "1390"],
  ["https://trakt.tv/search/tvdb/121361", "tvdb", "121361"],
  ["https://app.trakt.tv/shows/1390", "trakt", "1390"],
] as const)("%p is an id of %p", (text, kind, id) => {
  expect(readShowLink(text)).toEqual({ by: "id", kind, id });
});

test.each([
  ["https://thetvdb.com/series/game-of-thrones/seasons/official/1", "tvdb", "game-of-thrones", "game of thrones"],
  ["https://trakt.tv/shows/the-office-us/seasons/2", "trakt", "the-office-us", "the office us"],
] as const)("%p names the show in words", (text, kind, slug, words) => {
  expect(readShowLink(text)).toEqual({ by: "name", kind, slug, words });
});

test.each([
  "",
  "Game of Thrones",
  "tt",
  "tt0000000",
  "tvdb:",
  "tvdb:abc",
  "imdb:1399",
  "trakt-something",
  "24",
  "S.W.A.T.",
  "https://www.themoviedb.org/movie/603",
  "https://www.imdb.com/name/nm0000001/",
  "https://imdb.com.example.org/title/tt0944947/",
  "https://example.org/title/tt0944947/",
  "javascript:alert(1)",
  "https://trakt.tv/shows/%00",
])("%p is no link to a show", (text) => {
  expect(readShowLink(text)).toBeNull();
});
