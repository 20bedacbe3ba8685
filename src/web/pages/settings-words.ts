import type { SelectOption } from "../../../views/ui/select.tsx";
import { TITLE_LANGUAGES } from "../../domain/title-language.ts";

let known: readonly string[] | undefined;

/** Every zone this runtime knows; asked for by the first reader of the settings. */
function zonesKnown(): readonly string[] {
  known ??= Intl.supportedValuesOf("timeZone");
  return known;
}

function zoneOption(zone: string): SelectOption {
  const [region = zone, ...place] = zone.replaceAll("_", " ").split("/");
  return {
    value: zone,
    label: place.length === 0 ? region : place.join(", "),
    group: place.length === 0 ? "Other" : region,
  };
}

/** Every zone this runtime knows by region, the installation's own first. One that was stored under an old name stays choosable. */
export function timeZoneOptions(installation: string, chosen: string | null): SelectOption[] {
  const zones = zonesKnown();
  const extra = chosen !== null && !zones.includes(chosen) ? [chosen] : [];
  return [
    { value: "", label: `Like this installation (${installation})` },
    ...extra.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
    ...zones.map(zoneOption),
  ];
}

export function languageOptions(): SelectOption[] {
  return [
    { value: "", label: "As the sources name them" },
    ...TITLE_LANGUAGES.map(({ tag, name }) => ({ value: tag, label: name })),
  ];
}
