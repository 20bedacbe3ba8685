import { ONLY_KNOWN, OWN_SCHEDULE } from "../../../views/pages/integration-settings.tsx";
import { NUMBERINGS, type PreferencesInput } from "../../domain/preferences.ts";
import { isListName } from "../../domain/show-list.ts";
import type { SettingsInput } from "../../services/integrations/types.ts";

// From what the form of a server's settings holds to what is asked of the service, which says what is wrong with it.

/** A box that is not ticked is not sent. */
const ticked = (form: URLSearchParams, name: string): boolean => form.get(name) === "true";

export function scheduleInput(form: URLSearchParams): SettingsInput {
  const schedule = form.get("schedule");
  return { autoSync: ticked(form, "autoSync"), ...(schedule === null ? {} : { schedule }) };
}

export function wholeInput(form: URLSearchParams): SettingsInput {
  const chosen = form.get("schedule");
  const schedule = chosen === OWN_SCHEDULE ? (form.get("ownSchedule") ?? "").trim() : chosen;
  return {
    autoSync: ticked(form, "autoSync"),
    enabled: ticked(form, "enabled"),
    ...(schedule === null ? {} : { schedule }),
    // Without the list on the page, no box at all means nothing was asked.
    ...(ticked(form, "knowsLibraries") ? { libraries: form.getAll("libraries") } : {}),
    ...numberingOf(form),
    ...(form.has("unmarks") ? { unmarks: form.get("unmarks") === "follow" ? "follow" : "ignore" } : {}),
    ...(form.has("addShows") ? { addShows: form.get("addShows") === "all" ? "all" : "watched" } : {}),
    ...(ticked(form, "knowsPreferences") ? { preferences: preferencesOf(form) } : {}),
  };
}

const NUMBERING = "numbering.";

function numberingOf(form: URLSearchParams): Pick<SettingsInput, "numbering"> {
  const chosen = [...form].flatMap(([name, value]) => {
    const numbering = NUMBERINGS.find((each) => each === value);
    return name.startsWith(NUMBERING) && numbering !== undefined
      ? [[name.slice(NUMBERING.length), numbering] as const]
      : [];
  });
  return chosen.length === 0 ? {} : { numbering: Object.fromEntries(chosen) };
}

function preferencesOf(form: URLSearchParams): PreferencesInput {
  const text = (name: string) => (form.get(name) ?? "").trim();
  const number = (name: string) => (text(name) === "" ? 0 : Number(text(name)));
  const list = text("addTo");
  const quiet = { from: text("quietFrom"), to: text("quietTo") };
  return {
    watchedFrom: text("watchedFrom") === "" ? null : Number(text("watchedFrom")),
    rewatches: text("rewatches") === "first" ? "first" : "all",
    specials: ticked(form, "specials") ? "read" : "skip",
    minMinutes: number("minMinutes"),
    since: text("since") === "" ? null : text("since"),
    addTo: isListName(list) ? list : "automatic",
    onlyKnownShows: form.get("addShows") === ONLY_KNOWN,
    newLibraries: text("newLibraries") === "off" ? "off" : "on",
    pushDates: !ticked(form, "knowsPushDates") || ticked(form, "pushDates"),
    quietHours: quiet.from === "" && quiet.to === "" ? null : quiet,
  };
}
