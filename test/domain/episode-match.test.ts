import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CatalogueEpisode, LocalEpisode } from "../../src/domain/episode-facts.ts";
import { matchEpisodes } from "../../src/domain/episode-match.ts";
import { DAY_MS, HOUR_MS, toDate } from "../../src/domain/instant.ts";

const START = Date.UTC(2020, 0, 6);

function local(season: number | null, number: number | null, rest: Partial<LocalEpisode> = {}): LocalEpisode {
  return { key: `${season}x${number}`, season, number, ids: {}, ...rest };
}
function entry(season: number | null, number: number | null, rest: Partial<CatalogueEpisode> = {}): CatalogueEpisode {
  return { season, number, ids: {}, ...rest };
}
function day(number: number): string {
  return toDate(START + number * DAY_MS);
}
function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
/** `key → "method season x number"` */
function linked(locals: LocalEpisode[], catalogue: CatalogueEpisode[], options?: { absoluteOrder?: boolean }) {
  const { links, unmatched } = matchEpisodes(locals, catalogue, options);
  const found = [...links].map(([key, { catalogueIndex, method }]) => {
    const episode = catalogue[catalogueIndex];
    return [key, `${method} ${episode?.season}x${episode?.number}`];
  });
  for (const key of unmatched) found.push([key, "-"]);
  return Object.fromEntries(found) as Record<string, string>;
}

describe("ids", () => {
  test("an equal id wins over the number", () => {
    const locals = [local(1, 1, { ids: { tvdb: "12" } }), local(1, 2, { ids: { tvdb: "11" } })];
    const catalogue = [entry(1, 1, { ids: { tvdb: "11" } }), entry(1, 2, { ids: { tvdb: "12" } })];
    expect(linked(locals, catalogue)).toEqual({ "1x1": "id 1x2", "1x2": "id 1x1" });
  });

  test("an equal plex guid is an equal id", () => {
    const guid = "plex://episode/5d9c1299ba2eb9001f4c1a2b";
    expect(linked([local(3, 3, { guid })], [entry(1, 1), entry(1, 2, { guid })])).toEqual({ "3x3": "id 1x2" });
  });

  test("of ids that disagree the majority decides, then the number", () => {
    const catalogue = [entry(1, 1, { ids: { tmdb: "1", imdb: "tt0000001" } }), entry(1, 2, { ids: { tvdb: "2" } })];
    expect(linked([local(1, 2, { ids: { tmdb: "1", imdb: "tt0000001", tvdb: "2" } })], catalogue)).toEqual({
      "1x2": "id 1x1",
    });
    expect(linked([local(1, 2, { ids: { tmdb: "1", tvdb: "2" } })], catalogue)).toEqual({ "1x2": "id 1x2" });
  });

  test("an id that two entries carry proves nothing", () => {
    const catalogue = [entry(1, 1, { ids: { tvdb: "1" } }), entry(1, 2, { ids: { tvdb: "1" } })];
    expect(linked([local(1, 2, { ids: { tvdb: "1" } })], catalogue)).toEqual({ "1x2": "number 1x2" });
  });
});

describe("numbers", () => {
  test("match when no shared id differs", () => {
    const locals = [local(1, 1, { ids: { tvdb: "1" } }), local(1, 2)];
    const catalogue = [entry(1, 1, { ids: { tmdb: "9" } }), entry(1, 2)];
    expect(linked(locals, catalogue)).toEqual({ "1x1": "number 1x1", "1x2": "number 1x2" });
  });

  test("an id that differs stops them, and the right title on the right day is looked for", () => {
    const suspicious = local(1, 1, { ids: { tvdb: "99" }, title: "The Door", airDate: day(0) });
    const elsewhere = entry(2, 5, { title: "The Door", airDate: day(1), ids: { tvdb: "5" } });
    const hit = entry(1, 1, { ids: { tvdb: "1" }, airDate: day(0) });
    expect(linked([suspicious], [hit, elsewhere])).toEqual({ "1x1": "title-date 2x5" });
    expect(linked([suspicious], [hit])).toEqual({ "1x1": "-" });
  });

  test("a season with more episodes than the catalogue has is not matched by numbers", () => {
    const locals = range(10).map((number) => local(8, number));
    const catalogue = range(9).map((number) => entry(8, number));
    expect(new Set(Object.values(linked(locals, catalogue)))).toEqual(new Set(["-"]));
  });

  test("a season whose dates disagree is not matched by numbers but by dates", () => {
    const locals = range(10).map((number) => local(1, number, { airDate: day(7 * number) }));
    // The catalogue counts the pilot as two.
    const catalogue = range(11).map((number) => entry(1, number, { airDate: day(7 * Math.max(1, number - 1)) }));
    const found = linked(locals, catalogue);
    expect(found["1x2"]).toBe("air-date 1x3");
    expect(found["1x10"]).toBe("air-date 1x11");
    expect(found["1x1"]).toBe("-");
  });

  test("70 % of agreeing dates are enough", () => {
    const locals = range(10).map((number) => local(1, number, { airDate: day(7 * number) }));
    const shifted = (wrong: number) =>
      range(10).map((number) => entry(1, number, { airDate: day(7 * number + (number <= wrong ? 3 : 0)) }));
    expect(linked(locals, shifted(3))["1x1"]).toBe("number 1x1");
    expect(linked(locals, shifted(4))["1x1"]).toBe("-");
  });

  test("a season whose ids stand at other numbers is not matched by numbers", () => {
    const locals = range(6).map((number) => local(1, number, number < 6 ? { ids: { tvdb: `${number}` } } : {}));
    const catalogue = range(6).map((number) => entry(1, number, { ids: { tvdb: `${(number % 6) + 1}` } }));
    const found = linked(locals, catalogue);
    expect(found["1x2"]).toBe("id 1x1");
    expect(found["1x6"]).toBe("-");
  });

  test("each season is judged for itself", () => {
    const locals = [local(1, 1), local(2, 1), local(2, 2)];
    expect(linked(locals, [entry(1, 1), entry(2, 1)])).toEqual({ "1x1": "number 1x1", "2x1": "-", "2x2": "-" });
  });
});

describe("specials", () => {
  test("match by number only when title or date agree", () => {
    const locals = [
      local(0, 1, { title: "Behind the Scenes" }),
      local(0, 2, { airDate: day(3) }),
      local(0, 3, { title: "Deleted Scenes" }),
      local(0, 4),
    ];
    const catalogue = [
      entry(0, 1, { title: "Behind the scenes!" }),
      entry(0, 2, { airDate: day(4) }),
      entry(0, 3, { title: "Christmas Special" }),
      entry(0, 4),
    ];
    expect(linked(locals, catalogue)).toEqual({ "0x1": "number 0x1", "0x2": "number 0x2", "0x3": "-", "0x4": "-" });
  });

  test("without a number are found by date and by title", () => {
    const locals = [local(0, 1, { airDate: day(10) }), local(0, 2, { title: "Christmas Special" })];
    const catalogue = [entry(1, null, { airDate: day(10) }), entry(2, null, { title: "Christmas Special" })];
    expect(linked(locals, catalogue)).toEqual({ "0x1": "air-date 1xnull", "0x2": "title 2xnull" });
  });

  test("are not taken for the regular episode of the same day or title", () => {
    const locals = [local(0, 1, { airDate: day(10) }), local(0, 2, { title: "Finale" })];
    expect(linked(locals, [entry(1, 1, { airDate: day(10) }), entry(1, 2, { title: "Finale" })])).toEqual({
      "0x1": "-",
      "0x2": "-",
    });
  });

  test("a pilot that is a special elsewhere is found by title and day together", () => {
    const locals = [local(0, 1, { title: "The Miniseries", airDate: day(0) })];
    expect(linked(locals, [entry(1, 1, { title: "The Miniseries", airDate: day(0) })])).toEqual({
      "0x1": "title-date 1x1",
    });
  });
});

describe("shows numbered by date", () => {
  const daily = range(5).map((number) => entry(28, number, { airDate: day(number) }));

  test("a daily show is matched on the exact day", () => {
    const locals = range(5).map((number) => local(2020, number + 3, { airDate: day(number) }));
    expect(linked(locals, daily)).toEqual({
      "2020x4": "air-date 28x1",
      "2020x5": "air-date 28x2",
      "2020x6": "air-date 28x3",
      "2020x7": "air-date 28x4",
      "2020x8": "air-date 28x5",
    });
  });

  test("an episode without any number is found by its day", () => {
    expect(linked([local(2020, null, { airDate: day(3) })], daily)).toEqual({ "2020xnull": "air-date 28x3" });
  });

  test("a daily show known only by its instants in UTC is left alone: the neighbour is as likely", () => {
    const catalogue = range(5).map((number) => entry(28, number, { airedAt: START + number * DAY_MS + 27 * HOUR_MS }));
    expect(linked([local(2020, null, { airDate: day(3) })], catalogue)).toEqual({ "2020xnull": "-" });
  });

  test("a weekly evening show that is on the next day in UTC is found", () => {
    const catalogue = range(4).map((number) =>
      entry(3, number, { airedAt: START + number * 7 * DAY_MS + 27 * HOUR_MS }),
    );
    expect(linked([local(2020, 2, { airDate: day(14) })], catalogue)).toEqual({ "2020x2": "air-date 3x2" });
  });

  test("two episodes of one day stay apart by their titles", () => {
    const locals = [
      local(2020, 1, { airDate: day(1), title: "Fire" }),
      local(2020, 2, { airDate: day(1), title: "Ice" }),
      local(2020, 3, { airDate: day(8), title: "Episode 3" }),
      local(2020, 4, { airDate: day(8), title: "Episode 4" }),
    ];
    const catalogue = [
      entry(1, 1, { airDate: day(1), title: "Ice" }),
      entry(1, 2, { airDate: day(1), title: "Fire" }),
      entry(1, 3, { airDate: day(8) }),
      entry(1, 4, { airDate: day(8) }),
    ];
    expect(linked(locals, catalogue)).toEqual({
      "2020x1": "title-date 1x2",
      "2020x2": "title-date 1x1",
      "2020x3": "-",
      "2020x4": "-",
    });
  });
});

describe("absolute numbers", () => {
  const seasons = [
    ...range(3).map((number) => entry(1, number, { absolute: number, airDate: day(number * 7) })),
    ...range(3).map((number) => entry(2, number, { absolute: number + 3, airDate: day(70 + number * 7) })),
  ];
  const unnumbered = seasons.map(({ absolute: _, ...rest }) => rest);
  const undated = seasons.map(({ airDate: _, ...rest }) => rest);

  test("one long season is spread over the catalogue's", () => {
    const found = linked(
      range(6).map((number) => local(1, number)),
      undated,
    );
    expect(found).toEqual({
      "1x1": "absolute 1x1",
      "1x2": "absolute 1x2",
      "1x3": "absolute 1x3",
      "1x4": "absolute 2x1",
      "1x5": "absolute 2x2",
      "1x6": "absolute 2x3",
    });
  });

  test("a season named for a year is no count through the show", () => {
    expect(linked([local(2020, 4)], undated)).toEqual({ "2020x4": "-" });
  });

  test("a library with several seasons does not count through, unless its agent says so", () => {
    const locals = [local(1, 1), local(2, 5)];
    expect(linked(locals, undated)["2x5"]).toBe("-");
    expect(linked(locals, undated, { absoluteOrder: true })["2x5"]).toBe("absolute 2x2");
  });

  test("a catalogue without absolute numbers is counted through only when dates confirm it", () => {
    const dated = range(6).map((number) => local(1, number, number === 5 ? { airDate: day(84) } : {}));
    expect(linked(dated, unnumbered)["1x4"]).toBe("absolute 2x1");
    const without = range(6).map((number) => local(1, number));
    expect(linked(without, unnumbered)["1x4"]).toBe("-");
    const wrong = range(6).map((number) => local(1, number, number === 5 ? { airDate: day(300) } : {}));
    expect(linked(wrong, unnumbered)["1x4"]).toBe("-");
  });
});

describe("titles", () => {
  test("find an episode when only one on each side has that title", () => {
    expect(linked([local(5, 9, { title: "The Door" })], [entry(1, 1, { title: "The door" })])).toEqual({
      "5x9": "title 1x1",
    });
    const twice = [entry(1, 1, { title: "The Door" }), entry(1, 2, { title: "The Door" })];
    expect(linked([local(5, 9, { title: "The Door" })], twice)).toEqual({ "5x9": "-" });
    const both = [local(5, 8, { title: "The Door" }), local(5, 9, { title: "The Door" })];
    expect(linked(both, [entry(1, 1, { title: "The Door" })])).toEqual({ "5x8": "-", "5x9": "-" });
  });

  test.each(["Episode 4", "Folge 4", "TBA", "4", ""])("%p says nothing", (title) => {
    expect(linked([local(5, 9, { title })], [entry(1, 1, { title })])).toEqual({ "5x9": "-" });
  });

  test("an id that differs outweighs an equal title", () => {
    const locals = [local(5, 9, { title: "The Door", ids: { tvdb: "9" } })];
    expect(linked(locals, [entry(1, 1, { title: "The Door", ids: { tvdb: "1" } })])).toEqual({ "5x9": "-" });
  });
});

describe("copies", () => {
  test("of one episode share its entry", () => {
    const locals = [
      local(1, 1, { key: "a" }),
      local(1, 1, { key: "b" }),
      local(7, 7, { key: "c", ids: { tvdb: "1" } }),
    ];
    const catalogue = [entry(1, 1, { ids: { tvdb: "1" } })];
    expect(linked(locals.slice(0, 2), catalogue)).toEqual({ a: "number 1x1", b: "number 1x1" });
    const copies = [local(2, 1, { key: "a", ids: { tvdb: "1" } }), local(7, 7, { key: "b", ids: { tvdb: "1" } })];
    expect(linked(copies, catalogue)).toEqual({ a: "id 1x1", b: "id 1x1" });
  });

  test("an entry that is taken is not given to another episode", () => {
    const locals = [local(1, 2, { ids: { tvdb: "1" } }), local(1, 1)];
    const catalogue = [entry(1, 1, { ids: { tvdb: "1" } }), entry(1, 2)];
    expect(linked(locals, catalogue)).toEqual({ "1x2": "id 1x1", "1x1": "-" });
  });
});

describe("for any library and catalogue", () => {
  const facts = {
    season: fc.option(fc.integer({ min: 0, max: 2 })),
    number: fc.option(fc.integer({ min: 1, max: 4 })),
    title: fc.constantFrom(undefined, "Fire", "Ice", "Episode 1"),
    airDate: fc.option(fc.integer({ min: 0, max: 8 }).map(day)),
    ids: fc.constantFrom({}, { tvdb: "1" }, { tvdb: "2" }, { tmdb: "1" }, { tmdb: "1", tvdb: "3" }),
  };
  const anyLocals = fc
    .array(fc.record(facts), { maxLength: 8 })
    .map((items) => items.map((item, index) => ({ ...item, key: `k${index}` })));
  const anyCatalogue = fc.array(fc.record({ ...facts, absolute: fc.option(fc.integer({ min: 1, max: 8 })) }), {
    maxLength: 8,
  });

  test("every episode is linked or unmatched, once", () => {
    fc.assert(
      fc.property(anyLocals, anyCatalogue, (locals, catalogue) => {
        const { links, unmatched } = matchEpisodes(locals, catalogue);
        expect([...links.keys(), ...unmatched].toSorted()).toEqual(locals.map(({ key }) => key).toSorted());
        for (const { catalogueIndex } of links.values()) expect(catalogue[catalogueIndex]).toBeDefined();
      }),
    );
  });

  test("the order of the library's episodes changes nothing", () => {
    fc.assert(
      fc.property(anyLocals, anyCatalogue, (locals, catalogue) => {
        const forward = matchEpisodes(locals, catalogue).links;
        const backward = matchEpisodes(locals.toReversed(), catalogue).links;
        expect(new Map([...backward].sort())).toEqual(new Map([...forward].sort()));
      }),
      { numRuns: 1000 },
    );
  });

  test("two episodes share an entry only as copies", () => {
    fc.assert(
      fc.property(anyLocals, anyCatalogue, (locals, catalogue) => {
        const { links } = matchEpisodes(locals, catalogue);
        const byKey = new Map(locals.map((item) => [item.key, item]));
        const holders = new Map<number, string[]>();
        for (const [key, { catalogueIndex }] of links)
          holders.set(catalogueIndex, [...(holders.get(catalogueIndex) ?? []), key]);
        for (const keys of holders.values()) {
          const [first, ...rest] = keys.map((key) => byKey.get(key));
          for (const other of rest) {
            const idsOf = (item: LocalEpisode | undefined) =>
              Object.entries(item?.ids ?? {}).map((pair) => pair.join(":"));
            const sameId = idsOf(first).some((id) => idsOf(other).includes(id));
            const samePlace = first?.season === other?.season && first?.number === other?.number;
            expect(sameId || samePlace).toBe(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("a library that equals its catalogue is matched whole by numbers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 8 }), (seasonCount, count) => {
        const places = range(seasonCount).flatMap((season) => range(count).map((number) => ({ season, number })));
        const { links, unmatched } = matchEpisodes(
          places.map(({ season, number }) => local(season, number)),
          places.map(({ season, number }) => entry(season, number)),
        );
        expect(unmatched).toEqual([]);
        expect([...links.values()].map(({ catalogueIndex }) => catalogueIndex)).toEqual(
          places.map((_, index) => index),
        );
      }),
    );
  });
});

describe("a library that numbers straight through", () => {
  const local = (number: number, numbering: "auto" | "aired" | "absolute", season: number | null = 1) => ({
    key: String(number),
    season,
    number,
    numbering,
    ids: {},
  });
  const catalogue = (given: boolean) =>
    [1, 2, 3, 4].map((number) => ({
      season: number <= 2 ? 1 : 2,
      number: number <= 2 ? number : number - 2,
      absolute: given ? number : null,
      ids: {},
    }));
  const found = (locals: ReturnType<typeof local>[], given: boolean) =>
    [...matchEpisodes(locals, catalogue(given)).links].map(([key, { catalogueIndex }]) => [key, catalogueIndex]);

  test.each([true, false])("is counted through, also from a single file (absolute numbers given: %p)", (given) => {
    expect(found([local(3, "absolute")], given)).toEqual([["3", 2]]);
    expect(found([local(4, "absolute", null)], given)).toEqual([["4", 3]]);
  });

  test("leaves later seasons and specials to their own numbers", () => {
    expect(found([local(1, "absolute", 2)], true)).toEqual([["1", 2]]);
    expect(found([local(1, "absolute", 0)], true)).toEqual([]);
  });

  test("one that is numbered as aired is never counted through", () => {
    expect(found([local(3, "aired")], true)).toEqual([]);
    expect(found([local(3, "auto")], true)).toEqual([["3", 2]]);
  });
});
