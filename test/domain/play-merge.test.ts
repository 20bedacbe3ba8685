import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HOUR_MS, type Instant, MINUTE_MS } from "../../src/domain/instant.ts";
import { type MergeOptions, mergePlays, type PlayMerge, type StoredPlay } from "../../src/domain/play-merge.ts";
import { type DesiredPlay, playsOf } from "../../src/domain/plays.ts";

const NOW = Date.UTC(2026, 10, 22, 20);
const T = Date.UTC(2025, 5, 1, 20);
const RUNTIME = 44 * MINUTE_MS;
const ME = 7;
const OPTIONS: MergeOptions = { integrationId: ME, durationMs: RUNTIME };

function played(at: Instant, key: string): DesiredPlay {
  return { watchedAt: at, certainty: "played", evidence: `history:${key}` };
}
function marked(at: Instant, count = 1): DesiredPlay {
  return { watchedAt: at, certainty: "marked", evidence: `view:${count}` };
}
function unknown(evidence = "view:1"): DesiredPlay {
  return { watchedAt: null, certainty: "unknown", evidence };
}
function stored(id: number, play: DesiredPlay, integrationId: number | null = ME): StoredPlay {
  return { id, ...play, source: integrationId === null ? "manual" : "plex", integrationId };
}
function byHand(id: number, at: Instant): StoredPlay {
  return stored(id, { watchedAt: at, certainty: "marked", evidence: "manual" }, null);
}

function corrected(play: StoredPlay, correctedTo: Instant | null): StoredPlay {
  return { ...play, correctedTo };
}

function withoutCorrection({ correctedTo: _, ...play }: StoredPlay): StoredPlay {
  return play;
}

/** What the table holds after the merge. */
function applied(existing: readonly StoredPlay[], merge: PlayMerge): StoredPlay[] {
  const updates = new Map(merge.update.map((update) => [update.id, update]));
  const highest = Math.max(0, ...existing.map(({ id }) => id));
  return [
    ...existing.map((play) => ({ ...play, ...updates.get(play.id) })),
    ...merge.add.map((play, index) => stored(highest + 1 + index, play)),
  ];
}

describe("merging", () => {
  test.each<[string, StoredPlay[], DesiredPlay[], { add?: DesiredPlay[]; update?: PlayMerge["update"] }]>([
    ["a new play is added", [], [played(T, "a")], { add: [played(T, "a")] }],
    ["a known one is kept", [stored(1, played(T, "a"))], [played(T, "a")], {}],
    ["an empty answer changes nothing", [stored(1, played(T, "a"))], [], {}],
    ["the second row of a known viewing is that viewing", [stored(1, played(T, "a"))], [played(T + 60_000, "b")], {}],
    [
      "an earlier row of a known viewing moves it to the earlier time",
      [stored(1, played(T, "b"))],
      [played(T - 60_000, "a")],
      { update: [{ id: 1, ...played(T - 60_000, "a") }] },
    ],
    [
      "a viewing stored under its second row is recognised although a later viewing is nearer",
      [stored(1, played(T + 18 * MINUTE_MS, "b"))],
      [{ ...played(T, "c"), alsoKnownAs: ["history:b"] }, played(T + 27 * MINUTE_MS, "a")],
      { update: [{ id: 1, ...played(T, "c") }], add: [played(T + 27 * MINUTE_MS, "a")] },
    ],
    [
      "a rewatch is added",
      [stored(1, played(T, "a"))],
      [played(T, "a"), played(T + RUNTIME, "b")],
      { add: [played(T + RUNTIME, "b")] },
    ],
    [
      "a listing mark becomes the row that history delivers later",
      [stored(1, marked(T + 50 * MINUTE_MS))],
      [played(T, "a")],
      { update: [{ id: 1, ...played(T, "a") }] },
    ],
    [
      "a listing mark of another day stays beside the row",
      [stored(1, marked(T))],
      [played(T + 24 * HOUR_MS, "a")],
      { add: [played(T + 24 * HOUR_MS, "a")] },
    ],
    [
      "an unknown listing play becomes the earliest row",
      [stored(1, unknown())],
      [played(T, "a"), played(T + HOUR_MS, "b")],
      { update: [{ id: 1, ...played(T, "a") }], add: [played(T + HOUR_MS, "b")] },
    ],
    [
      "an unknown listing play gets the date that the listing has by now",
      [stored(1, unknown())],
      [marked(T)],
      { update: [{ id: 1, ...marked(T) }] },
    ],
    [
      "the same single mark under a later date is no second play",
      [stored(1, marked(T))],
      [marked(T + 99 * HOUR_MS)],
      {},
    ],
    ["a mark that lost its date keeps the one we have", [stored(1, marked(T))], [unknown()], {}],
    [
      "a higher count at another date is a further viewing",
      [stored(1, marked(T))],
      [marked(T + 99 * HOUR_MS, 2)],
      { add: [marked(T + 99 * HOUR_MS, 2)] },
    ],
    ["a higher count at the same date is not", [stored(1, marked(T))], [marked(T, 2)], {}],
    [
      "a listing date up to an hour after a known row is that row",
      [stored(1, played(T, "a"))],
      [marked(T + HOUR_MS)],
      {},
    ],
    ["a listing date before a known row is nothing new", [stored(1, played(T, "a"))], [marked(T - 99 * HOUR_MS)], {}],
    [
      "a listing date more than an hour after it is a further viewing",
      [stored(1, played(T, "a"))],
      [played(T, "a"), marked(T + HOUR_MS + 1, 2)],
      { add: [marked(T + HOUR_MS + 1, 2)] },
    ],
    [
      "… read without the rows, which may reach half the runtime further, it is one only after that",
      [stored(1, played(T, "a"))],
      [marked(T + HOUR_MS + RUNTIME / 2, 2), marked(T + HOUR_MS + RUNTIME / 2 + 1, 3)],
      { add: [marked(T + HOUR_MS + RUNTIME / 2 + 1, 3)] },
    ],
    [
      "a moved mark does not double the row it was",
      [stored(1, marked(T))],
      [played(T, "a"), marked(T + 99 * HOUR_MS)],
      { update: [{ id: 1, ...played(T, "a") }], add: [marked(T + 99 * HOUR_MS)] },
    ],
    ["an unknown time is not added beside a dated play", [stored(1, played(T, "a"))], [unknown()], {}],
    ["an unknown time is not added beside a mark by hand", [byHand(1, T)], [unknown()], {}],
    [
      "a row without a time is a play beside others",
      [stored(1, played(T, "a"))],
      [played(T, "a"), unknown("history:b")],
      { add: [unknown("history:b")] },
    ],
    ["a row without a time is the listing mark nobody claims", [stored(1, marked(T))], [unknown("history:b")], {}],
    [
      "a row that gets its time later is brought up to date",
      [stored(1, unknown("history:a"))],
      [played(T, "a")],
      { update: [{ id: 1, ...played(T, "a") }] },
    ],
  ])("%s", (_, existing, desired, expected) => {
    const { add, update } = mergePlays(existing, desired, OPTIONS);
    expect({ add, update }).toEqual({ add: [], update: [], ...expected });
  });
});

describe("plays of others", () => {
  test("the same viewing marked by hand is not added again, nor changed", () => {
    const merge = mergePlays([byHand(1, T + 5 * MINUTE_MS)], [played(T, "a")], OPTIONS);
    expect(merge).toEqual({ add: [], update: [], keep: [1] });
  });

  test("the same viewing from another server is not added again", () => {
    const other = stored(1, played(T, "x"), 99);
    expect(mergePlays([other], [played(T + MINUTE_MS, "a")], OPTIONS).add).toEqual([]);
    expect(mergePlays([other], [marked(T + MINUTE_MS)], OPTIONS).add).toEqual([]);
  });

  test("equal evidence of another server is another play", () => {
    const other = stored(1, played(T, "a"), 99);
    expect(mergePlays([other], [played(T + HOUR_MS, "a")], OPTIONS).add).toEqual([played(T + HOUR_MS, "a")]);
  });

  test("one mark by hand stands for one viewing only", () => {
    const desired = [played(T, "a"), played(T + RUNTIME / 2, "b")];
    expect(mergePlays([byHand(1, T + 10 * MINUTE_MS)], desired, OPTIONS).add).toEqual([played(T + RUNTIME / 2, "b")]);
  });

  test("half the runtime apart is another viewing", () => {
    expect(mergePlays([byHand(1, T + RUNTIME / 2)], [played(T, "a")], OPTIONS).add).toEqual([played(T, "a")]);
  });

  test("an undated row of an integration that is gone is not added again", () => {
    const orphan = { ...stored(1, unknown("history:a"), null), source: "plex" };
    expect(mergePlays([orphan], [unknown("history:a")], OPTIONS).add).toEqual([]);
  });
});

describe("a server that dates views by their beginning", () => {
  const START: MergeOptions = { ...OPTIONS, datesBeginning: true };
  const END = T + RUNTIME;
  const atStart = (id: number, at: Instant): StoredPlay => ({ ...stored(id, marked(at), 99), datesBeginning: true });

  test.each<[string, StoredPlay, DesiredPlay, MergeOptions, boolean]>([
    ["a beginning is the viewing whose end is known", stored(1, played(END, "x"), 99), marked(T), START, true],
    ["an end is the viewing whose beginning is known", atStart(1, T), played(END, "a"), OPTIONS, true],
    ["a listing's end is it too", atStart(1, T), marked(END + 20 * MINUTE_MS), OPTIONS, true],
    ["also after a pause", atStart(1, T), played(END + 20 * MINUTE_MS, "a"), OPTIONS, true],
    ["a mark that was copied with its date is it too", atStart(1, END), played(END, "a"), OPTIONS, true],
    ["a mark by hand after the end is that viewing", byHand(1, END + 2 * MINUTE_MS), marked(T), START, true],
    ["a day later is another", atStart(1, T), played(T + 24 * HOUR_MS, "a"), OPTIONS, false],
    ["the end of the next viewing is another's", atStart(1, T), played(END + RUNTIME, "a"), OPTIONS, false],
    ["a beginning long after an end is another", stored(1, played(T, "x"), 99), marked(T + RUNTIME), START, false],
    ["two beginnings a runtime apart are two", atStart(1, T), marked(END), START, false],
    ["two beginnings at the same time are one", atStart(1, T), marked(T + MINUTE_MS), START, true],
  ])("%s", (_, other, play, options, isOne) => {
    expect(mergePlays([other], [play], options).add).toEqual(isOne ? [] : [play]);
  });

  const inFile = (parts: number): MergeOptions => ({ ...START, fileParts: parts });
  const inFileAtStart = (id: number, at: Instant, parts: number): StoredPlay => ({
    ...atStart(id, at),
    fileParts: parts,
  });

  test.each<[string, StoredPlay, DesiredPlay, MergeOptions, boolean]>([
    [
      "a second episode's end is the file's beginning",
      inFileAtStart(1, T, 2),
      played(T + 2 * RUNTIME, "a"),
      OPTIONS,
      true,
    ],
    ["and the other way round", stored(1, played(T + 2 * RUNTIME, "x"), 99), marked(T), inFile(2), true],
    ["so is a third one's", inFileAtStart(1, T, 3), played(T + 3 * RUNTIME, "a"), OPTIONS, true],
    ["in a file of its own it is not", atStart(1, T), played(T + 2 * RUNTIME, "a"), OPTIONS, false],
    ["a beginning in the middle of the file is it too", inFileAtStart(1, T, 2), marked(T + RUNTIME), START, true],
    ["nor does a file reach beyond its end", inFileAtStart(1, T, 2), played(T + 3 * RUNTIME, "a"), OPTIONS, false],
    ["nor to what ended before it", stored(1, played(T - RUNTIME, "x"), 99), marked(T), inFile(3), false],
    [
      "dates of ends are those of each episode",
      stored(1, played(T, "x"), 99),
      played(T + RUNTIME, "a"),
      { ...OPTIONS, fileParts: 3 },
      false,
    ],
  ])("of a file with several episodes: %s", (_, other, play, options, isOne) => {
    expect(mergePlays([other], [play], options).add).toEqual(isOne ? [] : [play]);
  });

  test("of a file with several episodes, what the user has taken out is out under each episode's end", () => {
    const removed = { evidence: "99/view:1", watchedAt: T, until: T + 24 * HOUR_MS, datesBeginning: true };
    const end = played(T + 2 * RUNTIME, "a");
    expect(mergePlays([], [end], { ...OPTIONS, suppressed: [{ ...removed, fileParts: 2 }] }).add).toEqual([]);
    expect(mergePlays([], [end], { ...OPTIONS, suppressed: [removed] }).add).toEqual([end]);
  });

  test("an episode that is watched twice in a row is two plays, beginnings and ends of both", () => {
    const starts = [atStart(1, T), atStart(2, END)];
    expect(mergePlays(starts, [played(END, "a"), played(END + RUNTIME, "b")], OPTIONS).add).toEqual([]);
    const ends = [stored(1, played(END, "a"), 99), stored(2, played(END + RUNTIME, "b"), 99)];
    expect(mergePlays(ends, [marked(END, 2)], START).add).toEqual([]);
  });

  test("a viewing that the user has taken out is out under its beginning too", () => {
    const suppressed = [{ evidence: "99/history:a", watchedAt: END, until: T + 24 * HOUR_MS }];
    expect(mergePlays([], [marked(T)], { ...START, suppressed }).add).toEqual([]);
    expect(mergePlays([], [marked(T - 24 * HOUR_MS)], { ...START, suppressed }).add).toHaveLength(1);
  });
});

describe("a counter that has begun again", () => {
  const fresh = (at: Instant): DesiredPlay => ({ ...marked(at), isFresh: true });

  test("counts a further viewing, under evidence of its own", () => {
    const existing = [stored(1, marked(T))];
    const merge = mergePlays(existing, [fresh(T + 24 * HOUR_MS)], OPTIONS);
    expect(merge.add.map(({ watchedAt }) => watchedAt)).toEqual([T + 24 * HOUR_MS]);
    const after = applied(existing, merge);
    expect(new Set(after.map(({ evidence }) => evidence)).size).toBe(2);
    expect(mergePlays(after, [marked(T + 24 * HOUR_MS)], OPTIONS)).toMatchObject({ add: [], update: [] });
  });

  test("says nothing new of the viewing that is known at that time", () => {
    expect(mergePlays([stored(1, marked(T))], [fresh(T + MINUTE_MS)], OPTIONS).add).toEqual([]);
  });
});

describe("a play whose time the user has corrected", () => {
  const lastYear = T - 365 * 24 * HOUR_MS;
  test.each<[string, StoredPlay[], DesiredPlay[], { add?: DesiredPlay[]; update?: PlayMerge["update"] }]>([
    ["is found again by its row", [corrected(stored(1, played(T, "a")), lastYear)], [played(T, "a")], {}],
    ["is found again by another row", [corrected(stored(1, played(T, "a")), lastYear)], [played(T + 60_000, "b")], {}],
    ["is found again without a date", [corrected(stored(1, played(T, "a")), null)], [played(T, "a")], {}],
    ["is found again by its mark", [corrected(stored(1, marked(T)), lastYear)], [marked(T + 99 * HOUR_MS)], {}],
    ["given a date is found again without one", [corrected(stored(1, unknown()), lastYear)], [unknown()], {}],
    [
      "learns of an earlier row",
      [corrected(stored(1, played(T, "b")), lastYear)],
      [played(T - 60_000, "a")],
      { update: [{ id: 1, ...played(T - 60_000, "a") }] },
    ],
    [
      "learns of the row behind its mark",
      [corrected(stored(1, marked(T + 50 * MINUTE_MS)), lastYear)],
      [played(T, "a")],
      { update: [{ id: 1, ...played(T, "a") }] },
    ],
    [
      "learns of the date that the listing has by now",
      [corrected(stored(1, unknown()), lastYear)],
      [marked(T)],
      { update: [{ id: 1, ...marked(T) }] },
    ],
    [
      "stands beside another viewing at the time it was given",
      [corrected(stored(1, played(lastYear, "a")), T)],
      [played(lastYear, "a"), played(T, "b")],
      { add: [played(T, "b")] },
    ],
    [
      "by hand is the viewing at the corrected time",
      [corrected(byHand(1, T), lastYear)],
      [played(lastYear + MINUTE_MS, "a")],
      {},
    ],
    ["by hand stays the viewing that it was first", [corrected(byHand(1, T), lastYear)], [played(T, "a")], {}],
    [
      "by hand is one viewing under both times",
      [corrected(byHand(1, T), lastYear)],
      [played(T, "a"), played(lastYear + MINUTE_MS, "b")],
      { add: [played(lastYear + MINUTE_MS, "b")] },
    ],
    [
      "of another server is known by both times to a listing",
      [corrected(stored(1, played(T, "x"), 99), lastYear)],
      [marked(lastYear + HOUR_MS)],
      {},
    ],
  ])("%s", (_, existing, desired, expected) => {
    const { add, update } = mergePlays(existing, desired, OPTIONS);
    expect({ add, update }).toEqual({ add: [], update: [], ...expected });
  });
});

describe("a mark removed by hand", () => {
  const until = T + 24 * HOUR_MS;
  test.each<[string, MergeOptions["suppressed"], DesiredPlay, boolean]>([
    ["old rows stay away", [{ until }], played(T, "a"), false],
    ["an unknown time stays away", [{ until }], unknown(), false],
    ["a view after it is new", [{ until }], played(until + 1, "b"), true],
    ["the removed play stays away", [{ evidence: "history:a", until }], played(T, "a"), false],
    [
      "the listing's later date of the removed viewing stays away",
      [{ evidence: "history:a", watchedAt: T, until }],
      marked(T + HOUR_MS),
      false,
    ],
    [
      "an unknown time stays away after a removal of one play",
      [{ evidence: "history:a", watchedAt: T, until }],
      unknown("view:2"),
      false,
    ],
    [
      "the removed viewing stays away under an earlier row",
      [{ evidence: "history:b", until }],
      { ...played(T, "a"), alsoKnownAs: ["history:b"] },
      false,
    ],
    ["another play of the episode does not", [{ evidence: "history:a", until }], played(T - HOUR_MS, "b"), true],
    [
      "the removed listing mark stays away under a later date",
      [{ evidence: "view:1", until }],
      marked(until + 1),
      false,
    ],
    [
      "the second row of the removed viewing stays away",
      [{ evidence: "history:a", watchedAt: T, until }],
      played(T + 60_000, "b"),
      false,
    ],
    [
      "a rewatch of the same evening does not",
      [{ evidence: "history:a", watchedAt: T, until }],
      played(T + RUNTIME, "b"),
      true,
    ],
  ])("%s", (_, suppressed, play, comes) => {
    expect(mergePlays([], [play], { ...OPTIONS, suppressed }).add).toEqual(comes ? [play] : []);
  });
});

describe("for any stored and desired plays", () => {
  const anyTime = fc.oneof(
    fc.constant(null),
    fc.integer({ min: 0, max: 36 }).map((step) => T + step * 7 * MINUTE_MS),
  );
  const anyDesired = fc
    .record({ at: anyTime, kind: fc.constantFrom("history", "view"), key: fc.constantFrom("1", "2", "3", "4", "5") })
    .map(({ at, kind, key }): DesiredPlay => {
      const certainty = at === null ? "unknown" : kind === "history" ? "played" : "marked";
      return { watchedAt: at, certainty, evidence: `${kind}:${key}` };
    });
  const anyEdit = fc.option(anyTime, { nil: undefined });
  const anyStored = fc
    .uniqueArray(
      fc.record({ play: anyDesired, by: fc.constantFrom(ME, ME, 99, 98, null), edit: anyEdit }),
      // The database keeps (integration, evidence) of an episode unique.
      { selector: ({ play, by }) => `${by} ${play.evidence}`, maxLength: 6 },
    )
    .map((items) =>
      items.map(({ play, by, edit }, index) => {
        const found: StoredPlay = { ...stored(index + 1, play, by), datesBeginning: by === 98 };
        return edit === undefined ? found : corrected(found, edit);
      }),
    );
  const anyMerge = fc.tuple(anyStored, fc.array(anyDesired, { maxLength: 6 }));

  test("running twice changes nothing more", () => {
    fc.assert(
      fc.property(anyMerge, ([existing, desired]) => {
        const after = applied(existing, mergePlays(existing, desired, OPTIONS));
        expect(mergePlays(after, desired, OPTIONS)).toEqual({ add: [], update: [], keep: after.map(({ id }) => id) });
      }),
      { numRuns: 2000 },
    );
  });

  test("the order of neither side matters", () => {
    fc.assert(
      fc.property(anyMerge, ([existing, desired]) => {
        expect(mergePlays(existing.toReversed(), desired.toReversed(), OPTIONS)).toEqual(
          mergePlays(existing, desired, OPTIONS),
        );
      }),
    );
  });

  test("nothing stored is lost, no date forgotten, and other sources' plays are untouched", () => {
    fc.assert(
      fc.property(anyMerge, ([existing, desired]) => {
        const merge = mergePlays(existing, desired, OPTIONS);
        const ids = [...merge.keep, ...merge.update.map(({ id }) => id)].sort((a, b) => a - b);
        expect(ids).toEqual(existing.map(({ id }) => id));
        const after = new Map(applied(existing, merge).map((play) => [play.id, play]));
        for (const play of existing) {
          if (play.watchedAt !== null) expect(after.get(play.id)?.watchedAt).not.toBeNull();
          if (play.integrationId !== ME) expect(after.get(play.id)).toEqual(play);
        }
      }),
    );
  });

  test("every time comes from the input, and every desired one is covered afterwards", () => {
    fc.assert(
      fc.property(anyMerge, ([existing, desired]) => {
        const merge = mergePlays(existing, desired, OPTIONS);
        const given = new Set(desired.map(({ watchedAt }) => watchedAt));
        for (const { watchedAt } of [...merge.add, ...merge.update]) expect(given.has(watchedAt)).toBe(true);
        if (desired.length > 0) expect(applied(existing, merge).length).toBeGreaterThan(0);
      }),
    );
  });

  test("what the user has said of this server's plays changes nothing about the merge, and the merge nothing about it", () => {
    fc.assert(
      fc.property(anyMerge, ([existing, desired]) => {
        const untouched = existing.map((play) => (play.integrationId === ME ? withoutCorrection(play) : play));
        const merge = mergePlays(existing, desired, OPTIONS);
        expect(merge).toEqual(mergePlays(untouched, desired, OPTIONS));
        const after = new Map(applied(existing, merge).map(({ id, correctedTo }) => [id, correctedTo]));
        for (const { id, correctedTo } of existing) expect(after.get(id)).toBe(correctedTo);
      }),
      { numRuns: 1000 },
    );
  });

  test("an unmarked episode stays unmarked while no view is newer", () => {
    fc.assert(
      fc.property(fc.array(anyDesired), (desired) => {
        const merge = mergePlays([], desired, { ...OPTIONS, suppressed: [{ until: T + 99 * HOUR_MS }] });
        expect(merge).toEqual({ add: [], update: [], keep: [] });
      }),
    );
  });
});

describe("reading a server again and again", () => {
  const anyRows = fc.uniqueArray(
    fc.record({ key: fc.stringMatching(/^[a-f]$/), at: fc.nat(40).map((step) => T + step * 9 * MINUTE_MS) }),
    { selector: ({ key }) => key, maxLength: 6 },
  );
  const anyView = fc.option(
    fc.record({
      viewCount: fc.nat(3),
      viewOffset: fc.constantFrom(0, 5000),
      lastViewedAt: fc.option(fc.nat(40).map((step) => T + step * 9 * MINUTE_MS)),
    }),
  );

  test("a read of part of the history, then of all, then of a part again ends with the plays of all", () => {
    fc.assert(
      fc.property(anyRows, fc.nat(6), fc.nat(6), (rows, from, to) => {
        const read = (part: typeof rows): DesiredPlay[] =>
          playsOf({ rows: part, view: null, durationMs: RUNTIME, now: NOW });
        const sync = (held: StoredPlay[], part: typeof rows) => applied(held, mergePlays(held, read(part), OPTIONS));
        const partly = sync([], rows.slice(0, from));
        const whole = sync(partly, rows);
        const all = read(rows).map(({ watchedAt }) => watchedAt);
        expect(whole.map(({ watchedAt }) => watchedAt).sort()).toEqual(all.toSorted());
        expect(sync(whole, rows)).toEqual(whole);
        expect(mergePlays(whole, read(rows.slice(to)), OPTIONS).update).toEqual([]);
      }),
    );
  });

  test("a first sync and its repetition agree for any history and listing", () => {
    fc.assert(
      fc.property(anyRows, anyView, (rows, view) => {
        const desired = playsOf({ rows, view, durationMs: RUNTIME, now: NOW });
        const first = mergePlays([], desired, OPTIONS);
        expect(first.add).toHaveLength(desired.length);
        const after = applied([], first);
        expect(mergePlays(after, desired, OPTIONS)).toEqual({ add: [], update: [], keep: after.map(({ id }) => id) });
      }),
    );
  });

  test("a listing read without the old rows adds nothing to what they gave", () => {
    fc.assert(
      fc.property(anyRows, anyView, (rows, view) => {
        fc.pre(rows.length > 0);
        const desired = playsOf({ rows, view, durationMs: RUNTIME, now: NOW });
        const after = applied([], mergePlays([], desired, OPTIONS));
        const again = playsOf({ rows: [], view, durationMs: RUNTIME, now: NOW });
        expect(mergePlays(after, again, OPTIONS).add).toEqual([]);
      }),
    );
  });
});

describe("several servers that tell of the same viewings", () => {
  const numRuns = Number(process.env["MERGE_RUNS"] ?? 500);
  type Habit = { id: number; rows: boolean; datesBeginning: boolean };
  const anyHabit = (id: number): fc.Arbitrary<Habit> =>
    fc.constantFrom(
      { id, rows: true, datesBeginning: false },
      { id, rows: false, datesBeginning: false },
      { id, rows: false, datesBeginning: true },
    );
  const sync = (held: StoredPlay[], { id, datesBeginning }: Habit, desired: DesiredPlay[]): StoredPlay[] => {
    const { add } = mergePlays(held, desired, { integrationId: id, durationMs: RUNTIME, datesBeginning });
    const next = held.length + 1;
    return [...held, ...add.map((play, index) => ({ ...stored(next + index, play, id), datesBeginning }))];
  };
  /** All that the server has to say, as it is read after each viewing: rows, or the counter as it stands. */
  const told = ({ rows, datesBeginning }: Habit, starts: readonly Instant[], jitter: number): DesiredPlay[][] =>
    starts.map((start, index) => {
      const at = (datesBeginning ? start : start + 0.9 * RUNTIME) + jitter;
      return rows
        ? starts.slice(0, index + 1).map((each, row) => played(each + 0.9 * RUNTIME + jitter, `${row}`))
        : [marked(at, index + 1)];
    });
  /** An evening of one and the same episode at the closest; pauses and clocks make small differences. */
  const anyStarts = fc
    .array(
      fc.oneof(
        fc.constantFrom(RUNTIME, RUNTIME + 5 * MINUTE_MS, 2 * RUNTIME),
        fc.integer({ min: 2, max: 900 }).map((hours) => hours * HOUR_MS),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((gaps) => gaps.map((_, index) => T + gaps.slice(0, index).reduce((sum, gap) => sum + gap, 0)));
  const anyJitter = fc.integer({ min: -3, max: 3 }).map((minutes) => minutes * MINUTE_MS);

  test("there is one play of each viewing, whichever server is read first", () => {
    fc.assert(
      fc.property(anyStarts, anyHabit(1), anyHabit(2), anyJitter, (starts, one, two, jitter) => {
        const ofOne = told(one, starts, 0);
        const ofTwo = told(two, starts, jitter);
        for (const inTurn of [
          starts
            .map((_, index): [Habit, DesiredPlay[]] => [one, ofOne[index] ?? []])
            .concat(starts.map((_, index) => [two, ofTwo[index] ?? []])),
          starts.flatMap((_, index): [Habit, DesiredPlay[]][] => [
            [two, ofTwo[index] ?? []],
            [one, ofOne[index] ?? []],
          ]),
          starts.flatMap((_, index): [Habit, DesiredPlay[]][] => [
            [one, ofOne[index] ?? []],
            [two, ofTwo[index] ?? []],
          ]),
        ]) {
          let held: StoredPlay[] = [];
          for (const [habit, desired] of inTurn) held = sync(held, habit, desired);
          expect(held).toHaveLength(starts.length);
          for (const [habit, desired] of inTurn) expect(sync(held, habit, desired)).toEqual(held);
        }
      }),
      { numRuns },
    );
  }, 120_000);

  test("a file of several episodes is one play of each, whether or not another server has it in one", () => {
    type Layout = Habit & { joined: boolean };
    type File = { parts: number; index: number };
    const joined: Layout = { id: 1, rows: false, datesBeginning: true, joined: true };
    const anyOther = fc.tuple(anyHabit(2), fc.boolean()).map(([habit, inOne]): Layout => ({ ...habit, joined: inOne }));
    const anyFile = fc
      .integer({ min: 2, max: 4 })
      .chain((parts) => fc.record({ parts: fc.constant(parts), index: fc.nat(parts - 1) }));
    const anyEvenings = fc
      .array(fc.integer({ min: 6, max: 900 }), { minLength: 1, maxLength: 4 })
      .map((gaps) => gaps.map((_, each) => T + gaps.slice(0, each).reduce((sum, gap) => sum + gap, 0) * HOUR_MS));
    /** What a server says of one of the episodes after each evening with all of them. */
    const saying = (how: Layout, { parts, index }: File, starts: readonly Instant[], jitter: number) => {
      const begins = how.joined ? 0 : index * RUNTIME;
      const ends = how.joined ? 0.9 * parts * RUNTIME : (index + 0.9) * RUNTIME;
      const times = starts.map((start) => start + jitter + (how.datesBeginning ? begins : ends));
      return times.map((at, round) =>
        how.rows ? times.slice(0, round + 1).map((each, row) => played(each, `${row}`)) : [marked(at, round + 1)],
      );
    };
    const read = (held: StoredPlay[], how: Layout, { parts }: File, desired: DesiredPlay[]): StoredPlay[] => {
      const said = { datesBeginning: how.datesBeginning, fileParts: how.joined ? parts : 1 };
      const { add } = mergePlays(held, desired, { integrationId: how.id, durationMs: RUNTIME, ...said });
      return [...held, ...add.map((play, at) => ({ ...stored(held.length + 1 + at, play, how.id), ...said }))];
    };
    fc.assert(
      fc.property(anyEvenings, anyFile, anyOther, anyJitter, (starts, file, other, jitter) => {
        const told = new Map([
          [joined, saying(joined, file, starts, 0)],
          [other, saying(other, file, starts, jitter)],
        ]);
        for (const inTurn of [
          [joined, other],
          [other, joined],
        ]) {
          let held: StoredPlay[] = [];
          for (const round of starts.keys())
            for (const how of inTurn) held = read(held, how, file, told.get(how)?.[round] ?? []);
          expect(held).toHaveLength(starts.length);
          for (const how of inTurn) expect(read(held, how, file, told.get(how)?.at(-1) ?? [])).toEqual(held);
        }
      }),
      { numRuns },
    );
  }, 120_000);

  test("of any times at all, the number of plays is the same whichever of two is read first", () => {
    const anyTimes = fc.uniqueArray(
      fc.nat(60).map((step) => T + step * 11 * MINUTE_MS),
      { maxLength: 6 },
    );
    const rows = (times: readonly Instant[]): DesiredPlay[] =>
      playsOf({ rows: times.map((at) => ({ key: `${at}`, at })), view: null, durationMs: RUNTIME, now: NOW });
    fc.assert(
      fc.property(anyTimes, anyTimes, anyHabit(1), anyHabit(2), (ofOne, ofTwo, one, two) => {
        const there = sync(sync([], one, rows(ofOne)), two, rows(ofTwo));
        const back = sync(sync([], two, rows(ofTwo)), one, rows(ofOne));
        expect(there).toHaveLength(back.length);
        for (const [habit, times] of [
          [one, ofOne],
          [two, ofTwo],
        ] as const)
          expect(sync(there, habit, rows(times))).toEqual(there);
      }),
      { numRuns },
    );
  }, 120_000);
});

describe("a playback that was broken off", () => {
  const unfinished = (at: Instant): DesiredPlay => ({
    watchedAt: at,
    certainty: "marked",
    evidence: `unfinished:${at}`,
  });
  const merged = (existing: StoredPlay[], desired: DesiredPlay[]) =>
    applied(existing, mergePlays(existing, desired, OPTIONS)).map(({ watchedAt, evidence }) => [watchedAt, evidence]);

  test.each<[string, StoredPlay[], DesiredPlay[], [Instant | null, string][]]>([
    ["is a play where there is none", [], [unfinished(T)], [[T, `unfinished:${T}`]]],
    [
      "stays the one play it is, however often it goes on",
      [stored(1, unfinished(T))],
      [unfinished(T + HOUR_MS)],
      [[T, `unfinished:${T}`]],
    ],
    [
      "is taken over by the row of the viewing that ends it",
      [stored(1, unfinished(T))],
      [played(T + 9 * HOUR_MS, "a")],
      [[T + 9 * HOUR_MS, "history:a"]],
    ],
    ["is taken over by a mark", [stored(1, unfinished(T))], [marked(T + 9 * HOUR_MS)], [[T + 9 * HOUR_MS, "view:1"]]],
    ["keeps its time beside a mark without one", [stored(1, unfinished(T))], [unknown()], [[T, "view:1"]]],
    [
      "is not what an older row tells of",
      [stored(1, unfinished(T))],
      [played(T - 9 * HOUR_MS, "a")],
      [
        [T, `unfinished:${T}`],
        [T - 9 * HOUR_MS, "history:a"],
      ],
    ],
    [
      "says nothing new about a viewing that came after it",
      [byHand(1, T + HOUR_MS)],
      [unfinished(T)],
      [[T + HOUR_MS, "manual"]],
    ],
    [
      "is another viewing long after one",
      [stored(1, played(T, "a"))],
      [unfinished(T + 9 * HOUR_MS)],
      [
        [T, "history:a"],
        [T + 9 * HOUR_MS, `unfinished:${T + 9 * HOUR_MS}`],
      ],
    ],
  ])("%s", (_, existing, desired, expected) => {
    const once = merged(existing, desired);
    expect(once).toEqual(expected);
    const after = applied(existing, mergePlays(existing, desired, OPTIONS));
    expect(mergePlays(after, desired, OPTIONS)).toMatchObject({ add: [], update: [] });
  });
});
