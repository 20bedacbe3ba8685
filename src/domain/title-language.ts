/** Languages that titles can be asked for: their tag, and what they are called by those who speak them. */
export const TITLE_LANGUAGES: readonly { tag: string; name: string }[] = [
  { tag: "ar", name: "العربية" },
  { tag: "bg", name: "Български" },
  { tag: "ca", name: "Català" },
  { tag: "cs", name: "Čeština" },
  { tag: "da", name: "Dansk" },
  { tag: "de", name: "Deutsch" },
  { tag: "el", name: "Ελληνικά" },
  { tag: "en", name: "English" },
  { tag: "es", name: "Español" },
  { tag: "es-MX", name: "Español (Latinoamérica)" },
  { tag: "fi", name: "Suomi" },
  { tag: "fr", name: "Français" },
  { tag: "he", name: "עברית" },
  { tag: "hr", name: "Hrvatski" },
  { tag: "hu", name: "Magyar" },
  { tag: "id", name: "Bahasa Indonesia" },
  { tag: "it", name: "Italiano" },
  { tag: "ja", name: "日本語" },
  { tag: "ko", name: "한국어" },
  { tag: "nl", name: "Nederlands" },
  { tag: "no", name: "Norsk" },
  { tag: "pl", name: "Polski" },
  { tag: "pt", name: "Português" },
  { tag: "pt-BR", name: "Português (Brasil)" },
  { tag: "ro", name: "Română" },
  { tag: "ru", name: "Русский" },
  { tag: "sk", name: "Slovenčina" },
  { tag: "sr", name: "Српски" },
  { tag: "sv", name: "Svenska" },
  { tag: "th", name: "ไทย" },
  { tag: "tr", name: "Türkçe" },
  { tag: "uk", name: "Українська" },
  { tag: "vi", name: "Tiếng Việt" },
  { tag: "zh", name: "简体中文" },
  { tag: "zh-TW", name: "繁體中文" },
];

export function isTitleLanguage(tag: string): boolean {
  return TITLE_LANGUAGES.some((each) => each.tag === tag);
}

/** "pt-BR" → language "pt", country "BR". */
export function partsOfTag(tag: string): { language: string; country: string | null } {
  const [language = tag, country = null] = tag.split("-", 2);
  return { language, country };
}
