import { describe, expect, test } from "bun:test";
import { isPlaceholder } from "../../src/domain/episode-facts.ts";
import { guardHolds } from "../../src/domain/guard.ts";
import { isProviderId, PROVIDER_IDS, providerLabel } from "../../src/domain/providers.ts";
import { DEFAULT_SCHEDULE, presetOf, SCHEDULE_PRESETS, staggerMs } from "../../src/domain/schedule.ts";
import { automaticList, isListName } from "../../src/domain/show-list.ts";
import { finalStatus, hintFor, SYNC_ERROR_KINDS } from "../../src/domain/sync.ts";

describe("the guard", () => {
  test.each([
    [0, 0, false],
    [20, 20, false],
    [21, 21, true],
    [21, 420, false],
    [22, 420, true],
    [500, 10_000, false],
    [501, 10_000, true],
  ])("of %p removals from %p marks holds: %p", (removals, existing, expected) => {
    expect(guardHolds({ removals, existing })).toBe(expected);
  });
});

describe("the automatic list", () => {
  test.each([
    [true, 10, 10, "ended"],
    [true, 9, 10, "watching"],
    [false, 10, 10, "watching"],
    [true, 0, 0, "watching"],
  ] as const)("ended %p with %p of %p watched is %s", (hasEnded, watched, total, expected) => {
    expect(automaticList({ hasEnded, progress: { watched, total } })).toBe(expected);
  });

  test("brings a finished show back as soon as there is more of it to see", () => {
    const seen = { hasEnded: true, progress: { watched: 10, total: 10 } };
    expect(automaticList(seen)).toBe("ended");
    expect(automaticList({ ...seen, progress: { watched: 10, total: 18 } })).toBe("watching");
    expect(automaticList({ ...seen, hasEnded: false })).toBe("watching");
  });

  test("names are known", () => {
    expect(isListName("later")).toBe(true);
    expect(isListName("dropped")).toBe(false);
  });
});

describe("schedules", () => {
  test("every preset has its own id and cron, and is found by its cron", () => {
    expect(new Set(SCHEDULE_PRESETS.map(({ id }) => id)).size).toBe(SCHEDULE_PRESETS.length);
    expect(new Set(SCHEDULE_PRESETS.map(({ cron }) => cron)).size).toBe(SCHEDULE_PRESETS.length);
    for (const { cron, label } of SCHEDULE_PRESETS) expect(presetOf(cron)?.label).toBe(label);
  });

  test("the default is offered", () => {
    expect(presetOf(DEFAULT_SCHEDULE)?.label).toBe("Every hour");
    expect(presetOf("  0   *  * * * ")?.label).toBe("Every hour");
  });

  test("one that is not offered is no preset", () => {
    expect(presetOf("7 3 * * 1")).toBeUndefined();
  });

  test("the same integration always waits equally long, and not all wait alike", () => {
    const delays = Array.from({ length: 50 }, (_, id) => staggerMs(id, 60_000));
    expect(delays.every((delay) => Number.isInteger(delay) && delay >= 0 && delay < 60_000)).toBe(true);
    expect(delays).toEqual(Array.from({ length: 50 }, (_, id) => staggerMs(id, 60_000)));
    expect(new Set(delays).size).toBeGreaterThan(40);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(30_000);
    expect(staggerMs(7, 0)).toBe(0);
  });
});

describe("sync outcomes", () => {
  test.each([
    [true, 3, "error"],
    [false, 3, "partial"],
    [false, 0, "success"],
  ] as const)("nothing read %p and %p failures is %s", (nothingRead, failures, expected) => {
    expect(finalStatus({ nothingRead, failures })).toBe(expected);
  });

  test("every kind of error has a hint that ends as a sentence", () => {
    for (const kind of SYNC_ERROR_KINDS) {
      for (const slow of [false, true]) expect(hintFor(kind, { slow })).toMatch(/^[A-Z"].+\.$/);
    }
  });

  test("a hint names the server, the show and the pause", () => {
    expect(hintFor("connection", { service: "Plex", serverName: "Attic" })).toContain("Plex (Attic)");
    expect(hintFor("connection", { service: "Plex", slow: true })).toContain("too slowly");
    expect(hintFor("show-match", { show: "Kingdom" })).toStartWith('"Kingdom" keeps its watched marks.');
    expect(hintFor("rate-limit", { service: "Trakt", waitMs: 41_200 })).toContain("a pause of 42 seconds");
    expect(hintFor("rate-limit", { service: "Trakt", waitMs: 300_000 })).toContain("a pause of 5 minutes");
    expect(hintFor("authorization", { service: "Jellyfin" })).toContain("Connect it again");
  });
});

test("providers are known by id and shown by name", () => {
  expect(PROVIDER_IDS.map(providerLabel)).toEqual(["Plex", "Jellyfin", "Emby"]);
  expect(isProviderId("plex")).toBe(true);
  expect(isProviderId("kodi")).toBe(false);
});

describe("an episode's title", () => {
  test.each([
    ["Episode 3", 3],
    ["Folge 3", 3],
    ["3. Bölüm", 3],
    ["第 3 集", 3],
    ["第3話", 3],
    ["エピソード3", 3],
    ["الحلقة 3", 3],
    ["एपिसोड 3", 3],
    ["TBA", 3],
    ["#3", 3],
  ])("%p of number %d is a placeholder", (title, number) => {
    expect(isPlaceholder(title, number)).toBe(true);
  });

  test.each([
    ["Room 5", 3],
    ["Die Kammer 3 öffnet sich", 3],
    ["Ebbe", 3],
    ["Apollo 13", 1],
    ["🎬", 3],
  ])("%p of number %d is a title", (title, number) => {
    expect(isPlaceholder(title, number)).toBe(false);
  });
});
