import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError, type Environment, environmentWithDotEnv, readConfig } from "../src/config.ts";

const folder = mkdtempSync(join(tmpdir(), "episode-tracker-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problemsOf(environment: Environment): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const key = "0123456789abcdefghijklmnopqrstuv";

describe("the configuration", () => {
  test("needs nothing to be set", () => {
    expect(readConfig({})).toEqual({
      dataDir: resolve("data"),
      host: "0.0.0.0",
      port: 4747,
      basePath: "",
      publicUrl: null,
      trustProxy: [],
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      logLevel: "info",
      logFormat: "json",
      encryptionKey: null,
      plexClientId: null,
      plexProduct: "Episode Tracker",
      traktClientId: null,
      tmdbApiKey: null,
      metadataSources: ["trakt", "tmdb", "tvmaze"],
      signup: "closed",
      urls: {
        plexTv: "https://plex.tv",
        plexApp: "https://app.plex.tv",
        traktApi: "https://api.trakt.tv",
        traktAuth: "https://auth.trakt.tv",
        tmdbApi: "https://api.themoviedb.org/3",
        tmdbImage: "https://image.tmdb.org/t/p",
        tvmazeApi: "https://api.tvmaze.com",
      },
    });
  });

  test("an empty value is the same as none", () => {
    const empty = { PORT: "", HOST: "", TZ: "", INTEGRATION_ENCRYPTION_KEY: "", METADATA_SOURCES: "", PLEX_TV_URL: "" };
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  test("logs are pretty on a terminal, unless told otherwise", () => {
    expect(readConfig({}, true).logFormat).toBe("pretty");
    expect(readConfig({ LOG_FORMAT: "json" }, true).logFormat).toBe("json");
  });

  test("takes what is set", () => {
    const config = readConfig({ DATA_DIR: "/srv/tv", PORT: "0", TZ: "Asia/Tokyo", SIGNUP: "open", LOG_LEVEL: "warn" });
    expect(config).toMatchObject({ dataDir: "/srv/tv", port: 0, timeZone: "Asia/Tokyo", signup: "open" });
    expect(config.logLevel).toBe("warn");
  });

  test.each([
    ["tracker", "/tracker"],
    ["/tracker", "/tracker"],
    ["/tracker/", "/tracker"],
    ["//tracker//", "/tracker"],
    ["a/b", "/a/b"],
    ["/", ""],
  ])("the sub-path %p is served at %p", (given, basePath) => {
    expect(readConfig({ BASE_PATH: given }).basePath).toBe(basePath);
  });

  test("addresses lose a slash at their end", () => {
    const config = readConfig({ PUBLIC_URL: "https://tv.example.org/", TMDB_API_URL: "http://127.0.0.1:9/3/" });
    expect([config.publicUrl, config.urls.tmdbApi]).toEqual(["https://tv.example.org", "http://127.0.0.1:9/3"]);
  });

  test.each([
    ["none", []],
    ["tvmaze", ["tvmaze"]],
    ["TMDB , trakt", ["tmdb", "trakt"]],
    ["trakt,trakt,", ["trakt"]],
  ])("METADATA_SOURCES=%s", (given, sources) => {
    expect(readConfig({ METADATA_SOURCES: given }).metadataSources).toEqual(sources as never);
  });

  test.each([
    ["true", ["private"]],
    ["false", []],
    ["10.0.0.1, 192.168.0.0/16 fd00::/8", ["10.0.0.1", "192.168.0.0/16", "fd00::/8"]],
    ["private,203.0.113.7", ["private", "203.0.113.7"]],
  ])("TRUST_PROXY=%s", (given, trusted) => {
    expect(readConfig({ TRUST_PROXY: given }).trustProxy).toEqual(trusted);
  });
});

describe("a wrong value", () => {
  test.each([
    ["PORT", "eighty"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "80.5"],
    ["BASE_PATH", "/a b"],
    ["BASE_PATH", "https://example.org/tracker"],
    ["PUBLIC_URL", "tv.example.org"],
    ["PUBLIC_URL", "ftp://tv.example.org"],
    ["TRUST_PROXY", "yes please"],
    ["TRUST_PROXY", "proxy.local"],
    ["TRUST_PROXY", "10.0.0.0/99"],
    ["TRUST_PROXY", "999.1.1.1"],
    ["TZ", "Europe/Atlantis"],
    ["LOG_LEVEL", "loud"],
    ["LOG_FORMAT", "xml"],
    ["INTEGRATION_ENCRYPTION_KEY", "too-short-to-be-a-key"],
    ["INTEGRATION_ENCRYPTION_KEY", `${key}w`],
    ["PLEX_CLIENT_ID", "x".repeat(201)],
    ["PLEX_PRODUCT", "x".repeat(101)],
    ["METADATA_SOURCES", "imdb"],
    ["METADATA_SOURCES", "tmdb,imdb,anidb"],
    ["SIGNUP", "maybe"],
    ["PLEX_TV_URL", "plex.tv"],
    ["PLEX_APP_URL", "file:///etc/passwd"],
    ["TRAKT_API_URL", "http://"],
    ["TRAKT_AUTH_URL", "nowhere at all"],
    ["TMDB_API_URL", "//tmdb"],
    ["TMDB_IMAGE_URL", "ftp://images"],
    ["TVMAZE_API_URL", "https://"],
  ])("of %s (%s) is one line that begins with its name and ends with a full stop", (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: [^\\n]+[^.]\\.$`));
    expect(problems[0]).not.toContain(value);
  });

  test("does not hide the others", () => {
    const problems = problemsOf({ PORT: "x", TZ: "y", SIGNUP: "z", METADATA_SOURCES: "a,b", HOST_FILE: "/nowhere" });
    expect(problems.map((line) => line.slice(0, line.indexOf(":"))).sort()).toEqual(
      ["HOST_FILE", "METADATA_SOURCES", "PORT", "SIGNUP", "TZ"].sort(),
    );
  });

  test("of a source names the ones there are", () => {
    expect(problemsOf({ METADATA_SOURCES: "imdb" })).toEqual([
      "METADATA_SOURCES: must list trakt, tmdb, tvmaze or be none.",
    ]);
  });
});

describe("secrets", () => {
  const environment = {
    INTEGRATION_ENCRYPTION_KEY: key,
    TRAKT_CLIENT_ID: "trakt-hunter2",
    TMDB_API_KEY: "tmdb-hunter2",
  };

  test("are there, and printing the configuration does not show them", () => {
    const config = readConfig(environment);
    expect([config.encryptionKey, config.traktClientId, config.tmdbApiKey].map((each) => each?.reveal())).toEqual(
      Object.values(environment),
    );
    for (const shown of [JSON.stringify(config), Bun.inspect(config)]) {
      for (const value of Object.values(environment)) expect(shown).not.toContain(value);
    }
  });

  test("32 characters are counted as people count them", () => {
    const emoji = "🔑".repeat(32);
    expect(readConfig({ INTEGRATION_ENCRYPTION_KEY: emoji }).encryptionKey?.reveal()).toBe(emoji);
  });
});

describe("NAME_FILE", () => {
  test("gives the value without its line break", () => {
    const path = file("key", `${key}\n`);
    expect(readConfig({ INTEGRATION_ENCRYPTION_KEY_FILE: path }).encryptionKey?.reveal()).toBe(key);
    expect(readConfig({ PORT_FILE: file("port", "8080\r\n") }).port).toBe(8080);
  });

  test("is passed over when the value itself is set", () => {
    expect(readConfig({ PORT: "81", PORT_FILE: file("port2", "82") }).port).toBe(81);
  });

  test("that cannot be read is named, with the path", () => {
    const path = join(folder, "missing");
    expect(problemsOf({ TMDB_API_KEY_FILE: path })).toEqual([`TMDB_API_KEY_FILE: the file ${path} cannot be read.`]);
  });

  test("with a wrong value is told without the value", () => {
    const problems = problemsOf({ INTEGRATION_ENCRYPTION_KEY_FILE: file("bad", "hunter2") });
    expect(problems).toEqual(["INTEGRATION_ENCRYPTION_KEY: must be exactly 32 characters."]);
  });
});

describe(".env", () => {
  test("is read from the folder, and the real environment wins", () => {
    const lines = [
      "# a comment",
      "",
      "PORT=81",
      "export HOST = 127.0.0.1 ",
      'PLEX_PRODUCT="My Tracker"',
      "BASE_PATH='/tv'",
      "TMDB_API_KEY=a=b==",
      "not a line",
    ];
    file(".env", lines.join("\r\n"));
    expect(environmentWithDotEnv({ PORT: "82", TZ: "UTC" }, folder)).toEqual({
      PORT: "82",
      TZ: "UTC",
      HOST: "127.0.0.1",
      PLEX_PRODUCT: "My Tracker",
      BASE_PATH: "/tv",
      TMDB_API_KEY: "a=b==",
    });
  });

  test("steps back behind a file that the real environment names", () => {
    file(".env", "TMDB_API_KEY=from-dot-env");
    const environment = environmentWithDotEnv({ TMDB_API_KEY_FILE: file("tmdb", "from-file") }, folder);
    expect(readConfig(environment).tmdbApiKey?.reveal()).toBe("from-file");
  });

  test("need not be there", () => {
    expect(environmentWithDotEnv({ PORT: "1" }, join(folder, "empty"))).toEqual({ PORT: "1" });
  });
});
