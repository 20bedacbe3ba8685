import { describe, expect, test } from "bun:test";
import { readConfig } from "../../src/config.ts";
import { createHttp } from "../../src/kernel/http.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { pictureAddresses } from "../../src/metadata/artwork.ts";
import { createRecent } from "../../src/metadata/recent.ts";
import { createSources } from "../../src/metadata/registry.ts";
import { createTestClock } from "../contracts/metadata-source.contract.ts";

const clock = createTestClock();
const http = createHttp({ clock, log: silentLog, userAgent: "EpisodeTracker/0.1.0" });
const idsFor = async (environment: Record<string, string>) =>
  (await createSources({ http, clock, config: readConfig(environment) })).map(({ id }) => id);

describe("the sources that are used", () => {
  const keys = { TRAKT_CLIENT_ID: "a".repeat(64), TMDB_API_KEY: "b".repeat(32) };
  test.each([
    ["no key at all", {}, ["tvmaze"]],
    ["a TMDB key", { TMDB_API_KEY: "b".repeat(32) }, ["tmdb", "tvmaze"]],
    ["both keys", keys, ["trakt", "tmdb", "tvmaze"]],
    ["an order of one's own", { ...keys, METADATA_SOURCES: "tvmaze,trakt" }, ["tvmaze", "trakt"]],
    ["none wanted", { ...keys, METADATA_SOURCES: "none" }, []],
  ] as const)("with %s", async (_, environment, wanted) => {
    expect<string[]>(await idsFor(environment)).toEqual([...wanted]);
  });
});

describe("the addresses of pictures", () => {
  const real = pictureAddresses(["trakt.tv"], ["https://api.trakt.tv"]);
  const simulated = pictureAddresses(["trakt.tv"], ["http://127.0.0.1:4801"]);
  test.each([
    ["media.trakt.tv/images/a.webp", "https://media.trakt.tv/images/a.webp"],
    ["//media.trakt.tv/a.webp", "https://media.trakt.tv/a.webp"],
    ["http://media.trakt.tv/a.webp", "https://media.trakt.tv/a.webp"],
    ["https://media.trakt.tv:8443/a.webp", null],
    ["https://user:pw@media.trakt.tv/a.webp", null],
    ["https://nottrakt.tv/a.webp", null],
    ["https://trakt.tv.example.org/a.webp", null],
    ["127.0.0.1:4801/images/a.webp", null],
    ["data:image/png;base64,AAAA", null],
    ["", null],
    [null, null],
  ])("make of %p the address %p", (raw, wanted) => {
    expect(real(raw)).toBe(wanted);
  });

  test("keep the scheme of a configured host", () => {
    expect(simulated("127.0.0.1:4801/images/a.webp")).toBe("http://127.0.0.1:4801/images/a.webp");
    expect(simulated("http://127.0.0.1:4801/a.png")).toBe("http://127.0.0.1:4801/a.png");
    expect(simulated("localhost:4801/a.png")).toBeNull();
    expect(simulated("media.trakt.tv/a.webp")).toBe("https://media.trakt.tv/a.webp");
  });
});

test("what was read a moment ago is kept for a while and only so much of it", () => {
  const recent = createRecent<number>(clock, { entries: 2, forMs: 1_000 });
  recent.set("a", 1);
  recent.set("b", 2);
  expect(recent.get("a")).toBe(1);
  recent.set("c", 3);
  expect([recent.get("a"), recent.get("b"), recent.get("c")]).toEqual([1, null, 3]);
  clock.advance(1_000);
  expect([recent.get("a"), recent.get("c")]).toEqual([null, null]);
});
