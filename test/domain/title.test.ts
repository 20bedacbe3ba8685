import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { countryCode, hue, initials, searchWords, sortTitle, titleKey } from "../../src/domain/title.ts";

describe("the title key", () => {
  test.each([
    ["Law & Order", "Law and Order"],
    ["M*A*S*H", "MASH"],
    ["Marvel’s Agents of S.H.I.E.L.D.", "Marvel's Agents of SHIELD"],
    ["Pokémon", "POKEMON"],
    ["Borgen – Macht", "Borgen - Macht"],
    ["3%", "3 percent"],
    ["Straße", "Strasse"],
    ["Forbrydelsen: Mørke", "Forbrydelsen Morke"],
    ["９-１-１", "9-1-1"],
    ["  The   Wire ", "the wire"],
  ])("%p equals %p", (a, b) => {
    expect(titleKey(a).key).toBe(titleKey(b).key);
  });

  test.each([
    ["9-1-1", "9-1-1: Lone Star"],
    ["The Office", "Office"],
    ["Kingdom", "Kingdoms"],
    ["…", "???"],
    ["進撃の巨人", "進撃の巨神"],
    ["が", "か"],
    ["किताब", "कतब"],
  ])("%p differs from %p", (a, b) => {
    expect(titleKey(a).key).not.toBe(titleKey(b).key);
  });

  test.each([
    ["Ghosts (2019)", { key: "ghosts", year: 2019 }],
    ["The Office (US)", { key: "the office", secondKey: "office", country: "US" }],
    ["Ghosts (UK) (2019)", { key: "ghosts", year: 2019, country: "GB" }],
    ["Ghosts (2019) (UK)", { key: "ghosts", year: 2019, country: "GB" }],
    ["1923", { key: "1923" }],
    ["(2019)", { key: "2019" }],
    ["???", { key: "???" }],
    ["…", { key: "…" }],
    ["Spider-Man", { key: "spiderman", secondKey: "spiderman" }],
    ["A", { key: "a", secondKey: "a" }],
    ["The The", { key: "the the", secondKey: "the" }],
  ])("%p gives %p", (title, expected) => {
    expect(titleKey(title)).toMatchObject(expected);
  });

  test.each(["This Is (Us)", "Show (ZZ)", "Show (1066)", "Show (part 2)"])("%p has no year and no country", (title) => {
    const { year, country } = titleKey(title);
    expect([year, country]).toEqual([undefined, undefined]);
  });

  test("is the same for composed and decomposed spelling", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (title) => {
        expect(titleKey(title.normalize("NFD")).key).toBe(titleKey(title.normalize("NFC")).key);
      }),
    );
  });

  test("is never empty for a title with something in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (title) => {
        fc.pre(title.trim() !== "");
        expect(titleKey(title).key).not.toBe("");
      }),
    );
  });
});

test("countries are read in every spelling the services use", () => {
  expect(["us", "USA", "UK", "gb", "de"].map(countryCode)).toEqual(["US", "US", "GB", "GB", "DE"]);
  expect(countryCode("Narnia")).toBeUndefined();
});

describe("a drawn poster", () => {
  test.each([
    ["Lost", "L"],
    ["Breaking Bad", "BB"],
    ["The Wire", "W"],
    ["The Good Place", "GP"],
    ["The", "T"],
    ["9-1-1", "91"],
    ["élite", "É"],
    ["進撃の巨人", "進"],
    ["ßtrange", "ß"],
    ["???", "?"],
    ["👩‍🚀 Space", "S"],
    ["", "?"],
    ["The Office (US)", "O"],
  ])("of %p shows %p", (title, expected) => {
    expect(initials(title)).toBe(expected);
  });

  test("has one or two characters and a hue for any title, always the same", () => {
    const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (title) => {
        const count = [...graphemes.segment(initials(title))].length;
        expect(count >= 1 && count <= 2).toBe(true);
        const angle = hue(title);
        expect(Number.isInteger(angle) && angle >= 0 && angle < 360).toBe(true);
        expect(hue(title)).toBe(angle);
      }),
    );
  });

  test("spreads its hues", () => {
    expect(new Set(["Lost", "Dark", "Fargo", "Monk", "Luther", "Chuck"].map(hue)).size).toBeGreaterThan(4);
  });
});

test("lists are sorted without articles and accents, with namesakes apart", () => {
  const titles = ["The Wire", "Élite", "A Touch of Frost", "Dark", "Kingdom (2019)", "Kingdom (2014)", "…"];
  expect(titles.toSorted((a, b) => (sortTitle(a) < sortTitle(b) ? -1 : 1))).toEqual([
    "Dark",
    "Élite",
    "Kingdom (2014)",
    "Kingdom (2019)",
    "A Touch of Frost",
    "The Wire",
    "…",
  ]);
});

test.each([
  ["  Café   NOIR ", ["cafe", "noir"]],
  ["spider-man", ["spiderman"]],
  ["the office (us)", ["the", "office", "us"]],
  ["???", ["???"]],
  ["   ", []],
])("%p is looked for as %p", (text, words) => {
  expect(searchWords(text)).toEqual(words);
});
