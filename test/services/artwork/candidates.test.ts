import { expect, test } from "bun:test";
import { silentLog } from "../../../src/kernel/log.ts";
import type { MetadataSource } from "../../../src/metadata/contract.ts";
import { createCandidatePosters } from "../../../src/services/artwork/candidates.ts";
import { createTestClock } from "../../support/clock.ts";
import { standIn } from "../../support/fake-services.ts";

const png = (bytes: number) => {
  const picture = new Uint8Array(bytes);
  picture.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return { bytes: picture, type: "image/png" };
};

function setUp(artwork: (url: string) => Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string }>) {
  const asked: string[] = [];
  const clock = createTestClock();
  const tvmaze = standIn<MetadataSource>("tvmaze", {
    id: "tvmaze",
    label: "TVmaze",
    artwork: (url) => {
      asked.push(url);
      return artwork(url);
    },
  });
  const posters = createCandidatePosters({ clock, log: silentLog, sources: [tvmaze] });
  const keyOf = (name: string) =>
    posters.keyOf({ source: "tvmaze", posterUrl: `https://static.tvmaze.com/${name}.png` }) ?? "";
  return { posters, asked, clock, keyOf };
}

test("a poster has one name that gives nothing away, and none without an address", () => {
  const { posters, keyOf } = setUp(async () => png(100));
  expect(keyOf("a")).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf("a")).toBe(keyOf("a"));
  expect(keyOf("a")).not.toBe(keyOf("b"));
  expect(keyOf("a")).not.toBe(setUp(async () => png(100)).keyOf("a"));
  expect(posters.keyOf({ source: "tvmaze", posterUrl: undefined })).toBeNull();
});

test("a poster is fetched once, also when many ask at the same time", async () => {
  const { posters, asked, keyOf } = setUp(async () => png(100));
  const key = keyOf("a");
  const [first] = await Promise.all([posters.picture(key), posters.picture(key)]);
  expect(first).toMatchObject({ type: "image/png", bytes: { byteLength: 100 } });
  await posters.picture(key);
  expect(asked).toEqual(["https://static.tvmaze.com/a.png"]);
});

test("a name that nobody was told leads nowhere, nor does a source that is switched off", async () => {
  const { posters, asked } = setUp(async () => png(100));
  expect(await posters.picture("0".repeat(32))).toBeNull();
  expect(await posters.picture("https://static.tvmaze.com/a.png")).toBeNull();
  const key = posters.keyOf({ source: "tmdb", posterUrl: "https://image.tmdb.org/a.png" }) ?? "";
  expect(await posters.picture(key)).toBeNull();
  expect(asked).toEqual([]);
});

test("a failure is not repeated for a while, and what is no picture is a failure", async () => {
  const page = { bytes: new TextEncoder().encode("<svg onload=alert(1)>"), type: "image/png" };
  const { posters, asked, clock, keyOf } = setUp(async (url) =>
    url.includes("page") ? page : Promise.reject(new Error("no")),
  );
  for (const name of ["page", "gone"]) {
    const key = keyOf(name);
    expect([await posters.picture(key), await posters.picture(key)]).toEqual([null, null]);
  }
  expect(asked).toHaveLength(2);
  clock.advance(6 * 60_000);
  await posters.picture(keyOf("gone"));
  expect(asked).toHaveLength(3);
});

test("only so much is held in memory, the pictures looked at last", async () => {
  const { posters, asked, keyOf } = setUp(async () => png(2_500_000));
  const keys = ["a", "b", "c"].map(keyOf);
  for (const key of keys) await posters.picture(key);
  await posters.picture(keys[2] ?? "");
  expect(asked).toHaveLength(3);
  await posters.picture(keys[0] ?? "");
  expect(asked).toHaveLength(4);
});
