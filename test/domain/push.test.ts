import { describe, expect, test } from "bun:test";
import { HOUR_MS, type Instant, MINUTE_MS } from "../../src/domain/instant.ts";
import type { ViewState } from "../../src/domain/plays.ts";
import { type PushQuestion, type PushStep, pushStep, wishStep } from "../../src/domain/push.ts";

const T = Date.UTC(2026, 4, 1, 20);
const NOW = T + MINUTE_MS;

const view = (viewCount: number, lastViewedAt: Instant | null = null, viewOffset = 0): ViewState => ({
  viewCount,
  viewOffset,
  lastViewedAt,
});

function step(wanted: PushQuestion["wanted"], seen: ViewState, more: Partial<PushQuestion> = {}): PushStep {
  return pushStep({ wanted, wishedAt: T, view: seen, others: seen, known: view(0), now: NOW, ...more });
}

describe("what is done about a wish", () => {
  test("a mark is sent where there is none, and never twice", () => {
    expect(step("watched", view(0))).toBe("send");
    expect(step("watched", view(1, T - HOUR_MS))).toBe("already");
    expect(step("watched", view(3, T, 5_000))).toBe("already");
  });

  test("a mark waits while the episode is being watched, and not for ever", () => {
    expect(step("watched", view(0, T, 600_000))).toBe("later");
    expect(step("watched", view(0, T - 5 * HOUR_MS, 600_000))).toBe("send");
  });

  test("an unmark is sent where the tracker knew of the viewing", () => {
    const known = view(1, T + MINUTE_MS);
    expect(step("unwatched", known, { known })).toBe("send");
    expect(step("unwatched", view(0), { known })).toBe("already");
    // It is being watched again; when it was finished before, nothing new is known.
    expect(step("unwatched", view(1, T + 2 * MINUTE_MS, 5_000), { known })).toBe("later");
  });

  test("an unmark gives way to a viewing that came after it, or at the same time", () => {
    const known = view(1, T - HOUR_MS);
    expect(step("unwatched", view(2, T + HOUR_MS), { known })).toBe("newer");
    expect(step("unwatched", view(1, T + HOUR_MS), { known })).toBe("newer");
    expect(step("unwatched", view(2, T - MINUTE_MS), { known })).toBe("newer");
    expect(step("unwatched", view(2, T - 10 * MINUTE_MS), { known })).toBe("send");
  });

  test("our own mark is no viewing that an unmark would give way to", () => {
    expect(step("unwatched", view(1, T), { others: view(0, T) })).toBe("send");
  });

  test("a rewatch that took the mark away is left alone while it goes on", () => {
    const anew = { begunAnew: true, known: view(1, T - 24 * HOUR_MS) };
    for (const wanted of ["watched", "unwatched"] as const) expect(step(wanted, view(0, T), anew)).toBe("later");
    const left = view(0, T - 5 * HOUR_MS, 600_000);
    expect([step("watched", left, anew), step("unwatched", left, anew)]).toEqual(["send", "already"]);
  });

  test("a viewing dated by its beginning may have ended after the unmark", () => {
    const began = view(2, T - 30 * MINUTE_MS);
    expect(step("unwatched", began, { lastsMs: 45 * MINUTE_MS })).toBe("newer");
    expect(step("unwatched", began, { lastsMs: 20 * MINUTE_MS })).toBe("send");
  });

  test("a file is marked with all its episodes, and unmarked with one when nothing of the others is unread", () => {
    expect(step("watched", view(0), { mates: [true, false] })).toBe("part");
    expect(step("watched", view(0), { mates: [true, true] })).toBe("send");
    expect(step("watched", view(1), { mates: [false] })).toBe("already");
    const known = view(1, T - 24 * HOUR_MS);
    expect(step("unwatched", known, { known, mates: [true] })).toBe("send");
    expect(step("unwatched", view(2, T - HOUR_MS), { known, mates: [true] })).toBe("later");
  });

  test("of several copies the newer viewing decides, then the one that is being watched", () => {
    expect(wishStep(["already", "send", "later", "newer"])).toBe("newer");
    expect(wishStep(["send", "later"])).toBe("later");
    expect(wishStep(["already", "part", "send"])).toBe("send");
    expect(wishStep(["already", "part"])).toBe("part");
    expect(wishStep(["already"])).toBe("already");
    expect(wishStep([])).toBe("already");
  });
});
