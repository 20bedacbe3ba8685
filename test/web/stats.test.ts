import { afterEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { createAuthRoutes } from "../../src/web/api/auth.ts";
import { createStatsRoutes } from "../../src/web/api/stats.ts";
import { roundUp } from "../../src/web/pages/stats-charts.ts";
import { pages } from "../../src/web/pages/table.ts";
import { createTestApp, type TestApp } from "../support/app.ts";
import { fakeIntegrations, fakeSync } from "../support/fake-services.ts";
import * as given from "../support/fixtures.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;`;

let app: TestApp;
let close: () => Promise<void> = async () => undefined;
afterEach(async () => {
  await close();
  close = async () => undefined;
});

/** On 15 January 2026 in Berlin, after plays in three years. */
async function setUp({ title = "Harbour Lights" } = {}) {
  app = createTestApp({
    services: {
      pageRoutes: pages,
      apiRoutes: [createAuthRoutes, createStatsRoutes],
      integrations: fakeIntegrations({ list: () => [] }),
      sync: fakeSync({ running: () => null, list: () => [] }),
    },
  });
  close = () => app.close();
  const ana = await app.signIn("ana");
  const showId = given.addShow(app.db, { title, runtimeMin: 45, network: title, genres: [title] });
  given.addEntry(app.db, ana.user.id, showId);
  const [first, second, third] = given.addSeasons(app.db, showId, [3]) as [number, number, number];
  const watch = (episode: number, at: string | null) =>
    given.addPlay(app.db, ana.user.id, episode, {
      watchedAt: at === null ? null : Date.parse(at),
      certainty: at === null ? "unknown" : "played",
    });
  watch(first, "2024-02-29T20:15:00Z");
  // New Year's Eve in UTC, and already 2026 in Berlin.
  watch(second, "2025-12-31T23:30:00Z");
  watch(second, "2026-01-14T20:00:00Z");
  watch(third, null);
  given.settle(app.db, ana.user.id, [showId], app.clock.now());
  return { ana, showId };
}

function parse(html: string) {
  const { document } = new Window();
  document.write(html);
  return document;
}

type Doc = ReturnType<typeof parse>;
const textOf = (doc: Doc, selector: string) =>
  [...doc.querySelectorAll(selector)].map(({ textContent }) => textContent?.replace(/\s+/g, " ").trim());

describe("the statistics page", () => {
  test("begins with three numbers and offers every year of the user's calendar", async () => {
    const { ana } = await setUp();
    const doc = parse((await ana.get("/stats")).text);
    expect(textOf(doc, ".number strong")).toEqual(["3", "3 h 0 min", "1"]);
    expect(textOf(doc, 'nav[aria-label="Period"] a')).toEqual(["All time", "2026", "2024"]);
    expect(doc.querySelector('nav[aria-label="Period"] [aria-current]')?.textContent?.trim()).toBe("All time");
    expect(textOf(doc, ".section p")).toContain("1 play of unknown date: counted above, but on no day.");
  });

  test("draws each chart as one named image with its numbers in a table beside it", async () => {
    const { ana } = await setUp();
    const doc = parse((await ana.get("/stats?year=2026")).text);
    const charts = [...doc.querySelectorAll(".chart")];
    expect(charts).toHaveLength(3);
    for (const chart of charts) {
      const images = chart.querySelectorAll('svg[role="img"]');
      expect(images).toHaveLength(1);
      expect(images[0]?.getAttribute("aria-label")).toMatch(/play/i);
      expect(chart.querySelector("table caption")?.textContent).not.toBe("");
      expect(chart.querySelectorAll("tbody tr").length).toBeGreaterThan(0);
    }
    expect(doc.querySelectorAll("[style], style, script:not([src])")).toHaveLength(0);
    expect(doc.querySelector(".heat-map")?.getAttribute("aria-label")).toBe("2 plays on 2 days");
    expect(doc.querySelectorAll(".heat-map rect")).toHaveLength(365);
    expect(doc.querySelector(".hour-grid")?.getAttribute("aria-label")).toBe("Most plays on Wednesday from 21: 1");
  });

  test.each([
    ["/stats?by=day", 31],
    ["/stats?by=week", 53],
    ["/stats?by=month", 24],
    ["/stats?by=year", 3],
    ["/stats?by=day&year=2024", 366],
    ["/stats?by=week&year=2024", 53],
    ["/stats?by=month&year=2024", 12],
    ["/stats?by=day&year=2026", 15],
    ["/stats?by=year&year=2026", 3],
    ["/stats?by=fortnight&year=MMXX&top=best", 24],
  ])("%s draws %i bars", async (path, bars) => {
    const { ana } = await setUp();
    const doc = parse((await ana.get(path)).text);
    expect(doc.querySelectorAll(".bar-chart g")).toHaveLength(bars);
    expect(doc.querySelectorAll('nav[aria-label="Unit"] [aria-current]')).toHaveLength(1);
  });

  test("of a year without a play says zero and does not fail", async () => {
    const { ana } = await setUp();
    const answer = await ana.get("/stats?year=1999&by=week");
    expect(answer.status).toBe(200);
    expect(textOf(parse(answer.text), ".number strong")).toEqual(["0", "0 min", "0"]);
  });

  test("begins the week where the reader's language does", async () => {
    const { ana } = await setUp();
    const head = async (language: string) => {
      const doc = parse((await ana.get("/stats", { "accept-language": language })).text);
      return textOf(doc, ".chart:has(.hour-grid) thead th").slice(1, 3);
    };
    expect(await head("en-GB")).toEqual(["Mon", "Tue"]);
    expect(await head("en-US")).toEqual(["Sun", "Mon"]);
  });

  test("keeps hostile titles, networks and genres as text", async () => {
    const { ana, showId } = await setUp({ title: HOSTILE });
    for (const path of ["/stats", "/stats?top=plays&by=week"]) {
      const doc = parse((await ana.get(path)).text);
      expect([...doc.querySelectorAll("img")].map((img) => img.getAttribute("src"))).not.toContain("x");
      expect(doc.querySelector(".top-show a")?.textContent).toBe(HOSTILE);
      expect(doc.querySelector(".top-show a")?.getAttribute("href")).toBe(`/shows/${showId}`);
      expect(textOf(doc, ".top-name")).toEqual([HOSTILE, HOSTILE]);
    }
  });
});

describe("GET /api/stats", () => {
  test("has everything that the page draws, for ever and for a year", async () => {
    const { ana, showId } = await setUp();
    const ever = (await ana.get("/api/stats")).json;
    expect(ever).toMatchObject({
      year: null,
      timezone: "Europe/Berlin",
      plays: 4,
      episodes: 3,
      rewatches: 1,
      minutes: 180,
      undated: 1,
      years: [
        { year: 2024, plays: 1, minutes: 45 },
        { year: 2026, plays: 2, minutes: 90 },
      ],
      firstDay: "2024-02-29",
      lastDay: "2026-01-14",
      currentStreak: { from: "2026-01-14", to: "2026-01-14", days: 1 },
      topShows: [{ id: String(showId), posterUrl: `/images/shows/${showId}/poster?v=0`, minutes: 180 }],
      topNetworks: [{ name: "Harbour Lights", shows: 1, plays: 4, minutes: 180 }],
    });
    expect(ever.weeks.map(({ week }: { week: string }) => week)).toEqual(["2024-02-26", "2025-12-29", "2026-01-12"]);
    expect(ever.hours).toHaveLength(7);
    expect("played" in ever).toBe(false);
    const year = (await ana.get("/api/stats?year=2024")).json;
    expect(year).toMatchObject({ year: 2024, plays: 1, months: [{ month: "2024-02", plays: 1, minutes: 45 }] });
    expect(year.days).toHaveLength(366);
  });

  test("refuses what is no year, and anonymous visitors", async () => {
    const { ana } = await setUp();
    for (const year of ["soon", "0", "2024.5", "99999"]) {
      const answer = await ana.get(`/api/stats?year=${year}`);
      expect([year, answer.status, answer.json.errors.length]).toEqual([year, 422, 1]);
    }
    expect((await app.client().get("/api/stats")).status).toBe(401);
    expect((await app.client().get("/stats")).status).toBe(303);
  });
});

describe("the top of a scale", () => {
  test.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [7, 8],
    [11, 20],
    [31, 40],
    [101, 200],
    [999, 1000],
  ])("of %i is %i", (value, top) => {
    expect(roundUp(value)).toBe(top);
  });
});
