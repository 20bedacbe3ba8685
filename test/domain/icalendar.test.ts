import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type CalendarEvent, escapeText, fold, icalendar } from "../../src/domain/icalendar.ts";
import { readCalendar } from "../support/icalendar.ts";

const HOSTILE = `a, b; c\\n d\r\nBEGIN:VEVENT\nSUMMARY:mine\u2028 "🧨👩‍👩‍👧‍👦" \u0000\u0007${"é".repeat(60)}`;

const NASTY = [",", ";", "\\", "\n", "\r", "\u2028", "\u0007", "n", ":", '"', "a", " ", "é", "漢", "🧨", "\u202e"];

function event(change: Partial<CalendarEvent> = {}): CalendarEvent {
  return {
    uid: "episode-1@home",
    start: { date: "2026-03-05", next: "2026-03-06" },
    changedAt: Date.UTC(2026, 1, 1, 8, 30),
    summary: "Harbour Lights S2 E5 · The Door",
    description: "Season 2, episode 5",
    url: "https://tracker.example.org/shows/1",
    ...change,
  };
}

function written(...events: CalendarEvent[]) {
  return readCalendar(new TextEncoder().encode(icalendar({ name: "Episodes", refreshHours: 6, events })));
}

describe("an iCalendar file", () => {
  test("says what it is and how often to come back", () => {
    const { properties, events } = written();
    expect(properties).toMatchObject({
      VERSION: { value: "2.0" },
      "X-WR-CALNAME": { value: "Episodes" },
      "REFRESH-INTERVAL": { parameters: ";VALUE=DURATION", value: "PT6H" },
      "X-PUBLISHED-TTL": { value: "PT6H" },
    });
    expect(events).toEqual([]);
  });

  test("gives a day as a whole day", () => {
    const [read] = written(event()).events;
    expect(read).toMatchObject({
      DTSTART: { parameters: ";VALUE=DATE", value: "20260305" },
      DTEND: { parameters: ";VALUE=DATE", value: "20260306" },
      DTSTAMP: { value: "20260201T083000Z" },
      URL: { value: "https://tracker.example.org/shows/1" },
    });
  });

  test("gives a moment in UTC, with a length as far as one is known", () => {
    const at = Date.UTC(2026, 2, 5, 20, 30);
    const [known, unknown, nonsense] = written(
      event({ start: { at, minutes: 45 } }),
      event({ start: { at, minutes: null } }),
      event({ start: { at, minutes: 0 } }),
    ).events;
    expect(known).toMatchObject({
      DTSTART: { parameters: "", value: "20260305T203000Z" },
      DURATION: { value: "PT45M" },
    });
    for (const read of [unknown, nonsense])
      expect([read?.["DURATION"], read?.["DTEND"]]).toEqual([undefined, undefined]);
  });

  test("keeps hostile titles inside their line", () => {
    const { events } = written(event({ summary: HOSTILE, description: HOSTILE, uid: HOSTILE }), event());
    expect(events).toHaveLength(2);
    const text = HOSTILE.replace(/\r\n|\u2028/g, "\n").replace(/[^\P{Cc}\n]/gu, "");
    expect(events[0]?.["SUMMARY"]?.value).toBe(text);
    expect(events[0]?.["DESCRIPTION"]?.value).toBe(text);
    expect(events[1]?.["SUMMARY"]?.value).toBe("Harbour Lights S2 E5 · The Door");
  });

  test("brings any text back as it was, but for control characters", () => {
    const clean = (text: string) => text.replace(/\r\n?|[\u2028\u2029]/g, "\n").replace(/[^\P{Cc}\n]/gu, "");
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...NASTY), { maxLength: 120 }), (given) => {
        const summary = given.join("");
        const [read] = written(event({ summary, description: `${summary}${summary}` })).events;
        expect(read?.["SUMMARY"]?.value).toBe(clean(summary));
      }),
    );
  });
});

describe("folding", () => {
  test.each([
    ["a".repeat(75), 1],
    ["a".repeat(76), 2],
    ["a".repeat(75 + 74), 2],
    ["a".repeat(75 + 75), 3],
    [`${"a".repeat(73)}é`, 1],
    [`${"a".repeat(74)}é`, 2],
    [`${"a".repeat(72)}🧨`, 2],
    ["", 1],
  ])("of %j makes %i lines of at most 75 octets", (line, count) => {
    const lines = fold(line).split("\r\n");
    expect(lines).toHaveLength(count);
    expect(Math.max(...lines.map((each) => Buffer.byteLength(each)))).toBeLessThanOrEqual(75);
    expect(lines.map((each, index) => (index === 0 ? each : each.slice(1))).join("")).toBe(line);
  });

  test("comes after escaping, and may part an escape", () => {
    const line = `SUMMARY:${escapeText(",".repeat(80))}`;
    expect(fold(line).replaceAll("\r\n ", "")).toBe(line);
  });
});
