import { describe, expect, test } from "bun:test";
import type { CsvColumns, DateOrder, ImportedPlay, ParsedImport } from "../../../src/domain/imports/model.ts";
import { guessColumns, isCompleteChoice } from "../../../src/domain/imports/plain-csv.ts";
import { isWorthReading, recognise } from "../../../src/domain/imports/recognise.ts";
import { believed, readTime } from "../../../src/domain/imports/times.ts";
import { dateToInstant, HOUR_MS, toIso } from "../../../src/domain/instant.ts";

const NOW = Date.UTC(2026, 10, 22, 20);

/** One hour ahead of UTC, always. */
const zoned = (date: string, timeOfDayMs: number) => {
  const midnight = dateToInstant(date);
  return midnight === null ? null : midnight + timeOfDayMs - HOUR_MS;
};

type Files = Record<string, string | unknown[] | object>;

function read(files: Files, options: { columns?: CsvColumns; dateOrder?: DateOrder } = {}): ParsedImport {
  const given = Object.entries(files).map(([name, content]) => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    return { name, head: text.slice(0, 20_000), read: () => text };
  });
  const found = recognise(given);
  if (found === null) throw new Error("not recognised");
  const steps = found.read({ now: NOW, zoned, ...options });
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

const playLine = ({ episode, watchedAt, certainty }: ImportedPlay): string =>
  `${episode.season}x${episode.number} ${watchedAt === null ? "unknown" : toIso(watchedAt)} ${certainty}`;
const shows = (parsed: ParsedImport) =>
  Object.fromEntries(parsed.shows.map((show) => [show.title, show.plays.map(playLine)]));
const problems = (parsed: ParsedImport) =>
  parsed.problems.map(({ kind, place, reason }) => `${kind}: ${place}: ${reason}`);

const harbour = { title: "Harbour Lights", year: 2019, ids: { trakt: 901, tvdb: 345, imdb: "tt0765432", tmdb: 876 } };
const view = (number: number, at: string | null, more: object = {}) => ({
  id: number,
  watched_at: at,
  action: "scrobble",
  type: "episode",
  episode: {
    season: 1,
    number,
    title: `Part ${number}`,
    ids: { trakt: 14_000 + number, tvdb: null, tmdb: 690 + number },
  },
  show: harbour,
  ...more,
});

describe("Trakt", () => {
  test("its history is plays with their own times, rewatches and unknown times included", () => {
    const parsed = read({
      "watched-history.json": [
        view(1, "2026-10-02T20:11:00.000Z"),
        view(1, "2025-01-02T20:11:00.000Z", { action: "watch" }),
        view(2, null),
        view(3, "1970-01-01T00:00:00.000Z"),
      ],
    });
    expect(parsed.format).toBe("trakt");
    expect(parsed.shows).toHaveLength(1);
    expect(parsed.shows[0]).toMatchObject({
      year: 2019,
      ids: { trakt: "901", tvdb: "345", imdb: "tt0765432", tmdb: "876" },
    });
    expect(parsed.shows[0]?.plays[0]?.episode).toMatchObject({ title: "Part 1", ids: { trakt: "14001", tmdb: "691" } });
    expect(shows(parsed)).toEqual({
      "Harbour Lights": [
        "1x1 2026-10-02T20:11:00.000Z played",
        "1x1 2025-01-02T20:11:00.000Z marked",
        "1x2 unknown unknown",
        "1x3 unknown unknown",
      ],
    });
  });

  test("parts of the history come by number, and beside it the summary of watched shows adds no play", () => {
    const watched = [
      {
        plays: 9,
        last_watched_at: "2024-01-01T00:00:00Z",
        show: harbour,
        seasons: [{ number: 1, episodes: [{ number: 9, plays: 1 }] }],
      },
    ];
    const parsed = read({
      "watched-history-10.json": [view(10, "2026-01-10T20:00:00Z")],
      "watched-history-2.json": [view(2, "2026-01-02T20:00:00Z")],
      "watched-history.json": [view(1, "2026-01-01T20:00:00Z")],
      "watched-shows.json": watched,
      "user-settings.json": { user: { email: "a@example.invalid" } },
    });
    expect(parsed.shows[0]?.plays.map(({ episode }) => episode.number)).toEqual([1, 2, 10]);
    expect(parsed.notUnderstood).toBe(0);
  });

  test("the older archive with folders is the same", () => {
    const parsed = read({
      "anna/watched/history-1.json": [view(1, "2026-01-01T20:00:00Z")],
      "anna/ratings/shows.json": [{ rated_at: "2026-01-01T00:00:00Z", rating: 8, type: "show", show: harbour }],
      "anna/lists/watchlist.json": [
        {
          rank: 1,
          listed_at: "2026-01-01T00:00:00Z",
          type: "show",
          show: { title: "Night Ferry", year: 2020, ids: { trakt: 5 } },
        },
      ],
    });
    expect(parsed.shows.map(({ title, list, rating, plays }) => [title, list, rating, plays.length])).toEqual([
      ["Harbour Lights", null, 8, 1],
      ["Night Ferry", "later", null, 0],
    ]);
  });

  test("watched shows alone say how often, and when last", () => {
    const parsed = read({
      "shows.json": [
        {
          plays: 3,
          last_watched_at: "2024-09-10T13:52:56.000Z",
          reset_at: null,
          show: harbour,
          seasons: [
            {
              number: 1,
              episodes: [
                { number: 1, plays: 2, last_watched_at: "2024-09-10T13:52:56.000Z" },
                { number: 2, plays: 1 },
              ],
            },
          ],
        },
      ],
    });
    expect(shows(parsed)["Harbour Lights"]).toEqual([
      "1x1 2024-09-10T13:52:56.000Z marked",
      "1x1 unknown unknown",
      "1x2 unknown unknown",
    ]);
  });

  test("films, ratings of episodes and what is broken are listed with their place and reason", () => {
    const parsed = read({
      "watched-history.json": [
        view(1, "2026-01-01T20:00:00Z"),
        {
          id: 2,
          watched_at: "2026-01-01T20:00:00Z",
          action: "watch",
          type: "movie",
          movie: { title: "The Ferry", year: 1999, ids: {} },
        },
        view(2, "2026-01-01T20:00:00Z", { episode: { season: 1, number: null, ids: {} } }),
        "nonsense",
        view(3, "2026-01-01T20:00:00Z", { show: { title: null, ids: {} } }),
      ],
      "ratings-episodes.json": [
        {
          rated_at: "2026-01-01T00:00:00Z",
          rating: 8,
          type: "episode",
          show: harbour,
          episode: { season: 1, number: 1, ids: {} },
        },
      ],
      "watched-history-2.json": '[{"watched_at": "2026-01-01T20:00:00Z", "show": {',
    });
    expect(problems(parsed)).toEqual([
      expect.stringMatching(/^left-out: ratings-episodes.json, entry 1: only shows as a whole/),
      'left-out: watched-history.json, entry 2: "The Ferry" is a film; only shows are tracked here',
      'not-understood: watched-history.json, entry 3: it does not say which episode of "Harbour Lights"',
      "not-understood: watched-history.json, entry 4: it is not an entry as Trakt writes them",
      "not-understood: watched-history.json, entry 5: its show has neither a title nor an id",
      "not-understood: watched-history-2.json: it is damaged or cut off, and nothing of it can be read",
    ]);
    expect([parsed.notUnderstood, parsed.leftOut]).toEqual([4, 2]);
    expect(parsed.shows[0]?.plays).toHaveLength(1);
  });
});

const RECORDS =
  "created_at,user_id,key,updated_at,is_archived,is_followed,s_id,is_for_later,s_no,ep_no,is_unitary,ep_id,rewatch_count,is_special,movie_name,series_name,season_number,episode_number";
const record = (cells: Partial<Record<string, string>>) =>
  RECORDS.split(",")
    .map((name) => cells[name] ?? "")
    .join(",");

describe("TV Time", () => {
  test("its records are plays at UTC with TVDB's ids; rewatches without a time of their own are so, too", () => {
    const seen = { s_id: "345", series_name: "Harbour Lights", season_number: "1" };
    const parsed = read({
      "tracking.csv": [
        RECORDS,
        record({ key: "tracking-stats", created_at: "2021-11-12 17:11:33" }),
        record({
          ...seen,
          key: "watch-episode-a-b",
          created_at: "2021-02-04 22:11:37",
          ep_id: "6001",
          episode_number: "1",
          rewatch_count: "2",
        }),
        record({
          ...seen,
          key: "rewatch-episode-a-b-1",
          created_at: "2022-02-04 22:11:37",
          ep_id: "6001",
          episode_number: "1",
        }),
        record({
          ...seen,
          key: "watch-episode-a-c",
          created_at: "2020-05-01 10:00:00",
          ep_id: "6009",
          season_number: "0",
          episode_number: "4",
        }),
        record({
          key: "user-series-a",
          created_at: "2019-01-01 00:00:00",
          s_id: "345",
          is_archived: "true",
          series_name: "Harbour Lights",
        }),
        record({
          key: "user-series-b",
          created_at: "2019-01-01 00:00:00",
          s_id: "346",
          is_for_later: "true",
          series_name: "Night Ferry",
        }),
        record({ ...seen, key: "watch-episode-x", created_at: "2021-02-04 22:11:37" }),
        record({ key: "watch-movie-x", created_at: "2021-02-04 22:11:37", movie_name: "The Ferry" }),
        record({ key: "badge-7", series_name: "Night Ferry" }),
      ].join("\n"),
    });
    expect(parsed.format).toBe("tvtime");
    expect(shows(parsed)).toEqual({
      "Harbour Lights": [
        "1x1 2021-02-04T22:11:37.000Z marked",
        "1x1 2022-02-04T22:11:37.000Z marked",
        "0x4 2020-05-01T10:00:00.000Z marked",
        "1x1 unknown unknown",
      ],
      "Night Ferry": [],
    });
    expect(parsed.shows.map(({ ids, list }) => [ids, list])).toEqual([
      [{ tvdb: "345" }, "archived"],
      [{ tvdb: "346" }, "later"],
    ]);
    expect(parsed.shows[0]?.plays.map(({ episode }) => [episode.ids, episode.byIdOnly])).toEqual([
      [{ tvdb: "6001" }, false],
      [{ tvdb: "6001" }, false],
      [{ tvdb: "6009" }, true],
      [{ tvdb: "6001" }, false],
    ]);
    expect(problems(parsed)).toEqual([
      'not-understood: line 8: it does not say which episode of "Harbour Lights"',
      'left-out: line 9: "The Ferry" is a film; only shows are tracked here',
      'not-understood: line 10: "badge-7" is not a kind of record that is known',
    ]);
  });

  test("its own export is two tables of the same shows", () => {
    const parsed = read({
      "tvtime-series-episodes.csv": [
        "series_tvdb_id,series_imdb_id,series_uuid,title,season,episode,tvdb_id,is_watched,watched_at,rewatch_count,special",
        "345,-1,u,Harbour Lights,1,1,6001,true,2019-10-04 03:43:42,1,false",
        "345,,u,Harbour Lights,1,2,6002,false,,0,false",
        "345,,u,Harbour Lights,1,x,6003,true,2019-10-04 03:43:42,0,false",
      ].join("\n"),
      "tvtime-series.csv": [
        "uuid,tvdb_id,imdb_id,title,status,created_at",
        "u,345,,Harbour Lights,stopped,2018-12-18T12:39:15Z",
        "v,346,,Night Ferry,not_started_yet,2018-12-18T12:39:15.067614Z",
      ].join("\n"),
    });
    expect(shows(parsed)).toEqual({
      "Harbour Lights": ["1x1 2019-10-04T03:43:42.000Z marked", "1x1 unknown unknown"],
      "Night Ferry": [],
    });
    expect(parsed.shows.map(({ list, addedAt }) => [list, addedAt])).toEqual([
      ["archived", Date.UTC(2018, 11, 18, 12, 39, 15)],
      ["later", Date.UTC(2018, 11, 18, 12, 39, 15, 67)],
    ]);
    expect(problems(parsed)).toEqual([
      'not-understood: tvtime-series-episodes.csv, line 4: it does not say which episode of "Harbour Lights"',
    ]);
  });
});

describe("Simkl", () => {
  test("its backup has ids as text, and the first second of 1970 for some time", () => {
    const parsed = read({
      "SimklBackup.json": {
        shows: [
          {
            status: "dropped",
            user_rating: 8,
            memo: { text: "too slow" },
            show: {
              title: "Harbour Lights",
              year: 2019,
              ids: { simkl: 1, imdb: "tt0765432", tmdb: "876", tvdb: "345" },
            },
            seasons: [
              {
                number: 1,
                episodes: [
                  { number: 1, watched_at: "2026-01-01T20:00:00Z" },
                  { number: 2, watched_at: "1970-01-01T00:00:01Z" },
                ],
              },
            ],
          },
          { status: "completed", watched_episodes_count: 12, show: { title: "Night Ferry", year: 2020, ids: {} } },
          { status: "watching" },
        ],
        anime: [{ status: "plantowatch", show: { title: "Umi", year: 2021, ids: { tvdb: "99" } } }],
        movies: [{ movie: { title: "The Ferry" } }],
      },
    });
    expect(parsed.format).toBe("simkl");
    expect(parsed.shows.map(({ title, list, rating, notes, ids }) => [title, list, rating, notes, ids])).toEqual([
      ["Harbour Lights", "archived", 8, "too slow", { imdb: "tt0765432", tmdb: "876", tvdb: "345" }],
      ["Night Ferry", null, null, null, {}],
      ["Umi", "later", null, null, { tvdb: "99" }],
    ]);
    expect(shows(parsed)["Harbour Lights"]).toEqual(["1x1 2026-01-01T20:00:00.000Z marked", "1x2 unknown unknown"]);
    expect(problems(parsed)).toEqual([
      'not-understood: shows, entry 2: Simkl counts 12 watched episodes of "Night Ferry" and does not say which',
      "not-understood: shows, entry 3: it is not an entry as Simkl writes them",
      'left-out: movies, entry 1: "The Ferry" is a film; only shows are tracked here',
    ]);
  });
});

describe("Yamtrack", () => {
  test("its table has shows, seasons and episodes in rows of their own", () => {
    const parsed = read({
      "yamtrack.csv": [
        "media_id,source,media_type,title,image,season_number,episode_number,score,progress,status,start_date,end_date,notes,progressed_at",
        '"876","tmdb","tv","Harbour Lights","","","","8.5","2","Dropped","","","fine, really",""',
        '"876","tmdb","season","Harbour Lights","","1","","7.0","2","Completed","","","",""',
        '"876","tmdb","episode","Harbour Lights","","1","1","","","","","2024-02-09 21:00:00+00:00","",""',
        '"876","tmdb","episode","Harbour Lights","","1","2","","","","","2024-02-09","",""',
        '"876","tmdb","episode","Harbour Lights","","","3","","","","","2024-02-09","",""',
        '"12","mal","anime","Umi","","","","","2","In progress","","","",""',
        '"7","tmdb","movie","The Ferry","","","","9.0","1","Completed","","","",""',
      ].join("\n"),
    });
    expect(parsed.format).toBe("yamtrack");
    expect(parsed.shows).toHaveLength(1);
    expect(parsed.shows[0]).toMatchObject({ ids: { tmdb: "876" }, list: "archived", rating: 9, notes: "fine, really" });
    // The day alone begins where the user lives.
    expect(shows(parsed)["Harbour Lights"]).toEqual([
      "1x1 2024-02-09T21:00:00.000Z marked",
      "1x2 2024-02-08T23:00:00.000Z marked",
    ]);
    expect(problems(parsed).map((line) => line.slice(0, 24))).toEqual([
      "left-out: line 3: only s",
      "not-understood: line 6: ",
      'left-out: line 7: "Umi" ',
      'left-out: line 8: "The F',
    ]);
  });
});

describe("a plain table", () => {
  test.each<[string, CsvColumns]>([
    ["show,season,episode,watched_at", { show: "show", season: "season", episode: "episode", watchedAt: "watched_at" }],
    ["Series Title;Season No;Episode Number;Date Watched", {}],
    ["Series,Season,Episode,Date", { show: "Series", season: "Season", episode: "Episode", watchedAt: "Date" }],
    ["Serie,Staffel,Folge,Gesehen am", { show: "Serie", season: "Staffel", episode: "Folge", watchedAt: "Gesehen am" }],
    [
      "showTitle,tmdbId,code,Episode Title",
      { show: "showTitle", tmdb: "tmdbId", code: "code", title: "Episode Title" },
    ],
    ["a,b,c", {}],
  ])("with the columns %s", (header, expected) => {
    const guessed = guessColumns(header.split(","));
    if (header.includes(";")) expect(isCompleteChoice(guessColumns(header.split(";")))).toBe(true);
    else expect(guessed).toEqual(expected);
  });

  const columns = { show: "A", code: "B", watchedAt: "C", rating: "D", year: "E" };

  test("is read by the chosen columns, times in the user's zone", () => {
    const parsed = read(
      {
        "x.csv": [
          "A,B,C,D,E",
          "Harbour Lights,S01E02,2024-02-09 21:00,8/10,2019",
          "Harbour Lights,1x3,2024-02-09T21:00:00Z,7,2019",
          "Harbour Lights,s1e4,,,2019",
          "Harbour Lights,S1E5,1707512400,,2019",
          "Night Ferry (2020),S1E1,2024-02-10,,",
        ].join("\n"),
      },
      { columns },
    );
    expect(shows(parsed)).toEqual({
      "Harbour Lights": [
        "1x2 2024-02-09T20:00:00.000Z marked",
        "1x3 2024-02-09T21:00:00.000Z marked",
        "1x4 unknown unknown",
        "1x5 2024-02-09T21:00:00.000Z marked",
      ],
      "Night Ferry (2020)": ["1x1 2024-02-09T23:00:00.000Z marked"],
    });
    expect(parsed.shows.map(({ year, rating }) => [year, rating])).toEqual([
      [2019, 7],
      [2020, null],
    ]);
  });

  const dates = (rows: string[], dateOrder?: DateOrder) =>
    read(
      { "x.csv": ["A,B,C,D,E", ...rows.map((date, index) => `X,S1E${index + 1},${date},,`)].join("\n") },
      { columns, ...(dateOrder ? { dateOrder } : {}) },
    );

  test("day or month first is told by the dates themselves, or by the user, and never guessed", () => {
    expect(shows(dates(["03/04/2024", "13/04/2024"]))["X"]?.[0]).toStartWith("1x1 2024-04-02T23");
    expect(shows(dates(["03/04/2024", "04/13/2024"]))["X"]?.[0]).toStartWith("1x1 2024-03-03T23");
    const doubtful = dates(["03/04/2024", "05.05.2024 20:15"]);
    expect(shows(doubtful)).toEqual({ X: ["1x2 2024-05-05T19:15:00.000Z marked"] });
    expect(problems(doubtful)[0]).toContain('line 2: "03/04/2024" may be two different days');
    expect(shows(dates(["03/04/2024"], "mdy"))["X"]?.[0]).toStartWith("1x1 2024-03-03T23");
    expect(problems(dates(["31/02/2024", "soon"]))).toEqual([
      'not-understood: line 2: there is no such day as "31/02/2024"',
      'not-understood: line 3: "soon" is not a date that is understood',
    ]);
  });

  test("rows that name no show or no episode are listed by their lines", () => {
    const parsed = read({ "x.csv": 'A,B,C,D,E\n,S1E1,,,\nX,first,,,\nX,,,9,\n"X,S1E1\n' }, { columns });
    expect(problems(parsed)).toEqual([
      "not-understood: line 2: it names no show",
      'not-understood: line 3: it does not say which episode of "X"',
      "not-understood: line 5: a quotation mark is opened and never closed",
    ]);
    expect(parsed.shows.map(({ title, rating }) => [title, rating])).toEqual([["X", 9]]);
  });
});

describe("telling files apart", () => {
  const of = (text: string, asked?: "csv") =>
    recognise([{ name: "whatever.txt", head: text, read: () => text }], asked)?.format ?? null;

  test("goes by what is in them, never by their names", () => {
    expect(of('{"format":"episode-tracker","version":1}')).toBe("episode-tracker-json");
    expect(of('[{"show":{},"listed_at":"x","type":"show"}]')).toBeNull();
    expect(of('{"movies":[],"shows":[{"status":"watching"}]}')).toBe("simkl");
    expect(of("uuid,tvdb_id,title,status,created_at\n")).toBe("tvtime");
    expect(of("uuid,tvdb_id,title,status,created_at\n", "csv")).toBe("csv");
    expect([of("hello"), of(""), of("[1,2]"), of('{"a":1}')]).toEqual([null, null, null, null]);
  });

  test("leaves the rubbish of archives alone", () => {
    expect(["__MACOSX/._a.json", "a/.DS_Store", ".x.csv", "photo.png"].map(isWorthReading)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(["a.json", "anna/watched/history-1.json", "B.CSV"].map(isWorthReading)).toEqual([true, true, true]);
  });
});

describe("times", () => {
  test.each<[string, string | null]>([
    ["2024-02-09T21:00:00Z", "2024-02-09T21:00:00.000Z"],
    ["2024-02-09 21:00:00.123456+02:00", "2024-02-09T19:00:00.123Z"],
    ["2024-02-09 21:00:00 UTC", "2024-02-09T21:00:00.000Z"],
    ["2024-02-09 9:05", "2024-02-09T09:05:00.000Z"],
    ["2024-02-09", "2024-02-09T00:00:00.000Z"],
    ["2024-02-30", null],
    ["2024-02-09 25:00", null],
    ["yesterday", null],
    ["", null],
  ])("%s", (text, expected) => {
    const at = readTime(text);
    expect(at === null ? null : toIso(at)).toBe(expected);
  });

  test("before television, in the future and the first day of 1970 are none", () => {
    expect([Date.UTC(1850, 0, 1), NOW + 2 * HOUR_MS, 0, 1_000].map((at) => believed(at, NOW))).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([Date.UTC(1969, 6, 20), NOW + HOUR_MS / 2].map((at) => believed(at, NOW))).toEqual([
      Date.UTC(1969, 6, 20),
      NOW + HOUR_MS / 2,
    ]);
  });
});
