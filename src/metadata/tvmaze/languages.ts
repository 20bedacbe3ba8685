/** Where one language speaks for the whole country. Belgium, Canada, India and Switzerland say nothing. */
const COUNTRIES: Record<string, readonly string[]> = {
  ar: ["EG", "SA", "AE"],
  bg: ["BG"],
  cs: ["CZ"],
  da: ["DK"],
  de: ["DE", "AT"],
  el: ["GR"],
  en: ["US", "GB", "AU"],
  es: ["ES"],
  "es-MX": ["MX", "AR", "CO", "CL"],
  fi: ["FI"],
  fr: ["FR"],
  he: ["IL"],
  hr: ["HR"],
  hu: ["HU"],
  id: ["ID"],
  it: ["IT"],
  ja: ["JP"],
  ko: ["KR"],
  nl: ["NL"],
  no: ["NO"],
  pl: ["PL"],
  pt: ["PT"],
  "pt-BR": ["BR"],
  ro: ["RO"],
  ru: ["RU"],
  sk: ["SK"],
  sr: ["RS"],
  sv: ["SE"],
  th: ["TH"],
  tr: ["TR"],
  uk: ["UA"],
  vi: ["VN"],
  zh: ["CN"],
  "zh-TW": ["TW"],
};

/** Countries whose names for a show are in that language, the nearest first. */
export function countriesOf(language: string): readonly string[] {
  return COUNTRIES[language] ?? [];
}
