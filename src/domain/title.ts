/** What a title is compared by. Two titles are equal when their whole keys are, never when one begins with the other. */
export interface TitleKey {
  key: string;
  /** Without a leading article and without blanks: equal more often, so it counts for less. */
  secondKey: string;
  /** From a trailing "(2019)". */
  year?: number;
  /** From a trailing "(US)"; ISO 3166, upper case. */
  country?: string;
}

const COUNTRIES = new Set(
  (
    "AE AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IR IS IT JP KE KR LT LU LV " +
    "MX MY NG NL NO NZ PE PH PK PL PT RO RS RU SA SE SG SI SK TH TR TW UA US UY VE VN ZA"
  ).split(" "),
);

/** Letters that decomposing leaves whole, and typographic signs that stand for plain ones. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
  "\u2018": "'",
  "\u2019": "'",
  "\u201a": "'",
  "\u201c": '"',
  "\u201d": '"',
  "\u201e": '"',
  "\u2010": "-",
  "\u2011": "-",
  "\u2012": "-",
  "\u2013": "-",
  "\u2014": "-",
  "\u2212": "-",
};
const FOLDABLE = new RegExp(`[${Object.keys(FOLDED).join("")}]`, "gu");
/** Accents of Latin, Greek and Cyrillic. Vowel signs and voicing marks of other scripts are letters to their readers. */
const ACCENTS = /[\u0300-\u036f]/g;
const ARTICLE = /^(?:a|an|the) (?=\S)/;

let segmenter: Intl.Segmenter | undefined;

/** Made on first use: the language data behind it takes a while to load. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

export function titleKey(title: string): TitleKey {
  const { text, year, country } = splitSuffixes(title.trim());
  const folded = fold(text);
  // A title of signs only ("???") is still a title.
  const key = folded === "" ? text.normalize("NFC").toLowerCase() : folded;
  return {
    key,
    secondKey: key.replace(ARTICLE, "").replaceAll(" ", ""),
    ...(year === undefined ? {} : { year }),
    ...(country === undefined ? {} : { country }),
  };
}

/** An ISO 3166 code in upper case from any spelling of one that the services use; undefined for anything else. */
export function countryCode(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  const iso = code === "UK" ? "GB" : code === "USA" ? "US" : code;
  return COUNTRIES.has(iso) ? iso : undefined;
}

/** One or two characters for a drawn poster. */
export function initials(title: string): string {
  const words = splitSuffixes(title.trim())
    .text.normalize("NFC")
    .split(/[\s\-–—:/]+/u)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+/u, ""))
    .filter((word) => word !== "");
  const [first = "", ...rest] = words;
  const counted = rest.length > 0 && /^(?:a|an|the)$/i.test(first) ? rest : words;
  const letters = counted.slice(0, 2).map((word) => upperGrapheme(word));
  return letters.join("") || upperGrapheme(title.trim()) || "?";
}

/** A colour angle that stays the same for a title on every machine. */
export function hue(title: string): number {
  let hash = 0x811c9dc5;
  for (const char of titleKey(title).key) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % 360;
}

/** What lists are sorted by: no leading article, no accents, with year and country kept so that namesakes stay apart. */
export function sortTitle(title: string): string {
  const folded = fold(title);
  return (folded === "" ? title.trim().normalize("NFC").toLowerCase() : folded).replace(ARTICLE, "");
}

/** What somebody looks for in titles, word by word, spelled as titles' keys are. */
export function searchWords(text: string): string[] {
  const folded = fold(text);
  const words = folded === "" ? text.normalize("NFC").toLowerCase() : folded;
  return words.split(/\s+/).filter((word) => word !== "");
}

function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .toLowerCase()
    .replace(FOLDABLE, (char) => FOLDED[char] ?? char)
    .normalize("NFC")
    .replaceAll("&", " and ")
    .replace(/(\d)\s*%/g, "$1 percent ")
    .replace(/[^\p{L}\p{N}\p{M}\s]/gu, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Takes one year and one country off the end, in either order, and never the whole title. */
function splitSuffixes(title: string): { text: string; year?: number; country?: string } {
  let text = title;
  let year: number | undefined;
  let country: string | undefined;
  for (;;) {
    const parts = /^(.*\S)\s*\(([^()]+)\)$/u.exec(text);
    const suffix = parts?.[2] ?? "";
    const code = /^[A-Z]{2}$/.test(suffix) ? countryCode(suffix) : undefined;
    if (year === undefined && /^(?:19|20)\d{2}$/.test(suffix)) year = Number(suffix);
    else if (country === undefined && code !== undefined) country = code;
    else break;
    text = parts?.[1] ?? text;
  }
  return { text, ...(year === undefined ? {} : { year }), ...(country === undefined ? {} : { country }) };
}

function upperGrapheme(word: string): string {
  const [first] = graphemesOf(word);
  const letter = first?.segment ?? "";
  const upper = letter.toUpperCase();
  return [...graphemesOf(upper)].length > 1 ? letter : upper;
}
