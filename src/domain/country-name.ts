let names: Intl.DisplayNames | undefined;

/** In English; undefined for what is no country. Made on first use: the language data behind it takes a while to load. */
export function countryName(code: string): string | undefined {
  names ??= new Intl.DisplayNames("en", { type: "region" });
  return names.of(code);
}
