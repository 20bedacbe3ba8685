import type { Db } from "../../db/open.ts";
import { type IntegrationRow, librariesOf, updateIntegration, updateLibrary } from "../../db/repos/integrations.ts";
import { forgetAllStates } from "../../db/repos/item-links.ts";
import { tx } from "../../db/tx.ts";
import { decidesAnew, preferencesInput, readPreferences, withPreferences } from "../../domain/preferences.ts";
import { AppError } from "../../kernel/errors.ts";
import { renumber } from "./renumber.ts";
import type { SettingsInput } from "./types.ts";

/** Throws `invalid`, with the place of each mistake. */
export function checkSettings(db: Db, row: IntegrationRow, { libraries, numbering, preferences }: SettingsInput): void {
  const known = new Set(librariesOf(db, row.id).map(({ key }) => key));
  const unknownIn = (path: string, keys: readonly string[]) => {
    const unknown = keys.find((key) => !known.has(key));
    if (unknown === undefined) return;
    const message = `There is no library "${unknown}" on ${row.serverName}.`;
    throw new AppError("invalid", message, { fields: [{ path, message }] });
  };
  unknownIn("libraries", libraries ?? []);
  unknownIn("numbering", Object.keys(numbering ?? {}));
  const read = preferencesInput.safeParse(preferences ?? {});
  if (read.success) return;
  const fields = read.error.issues.map(({ path, message }) => ({
    path: ["preferences", ...path.map(String)].join("."),
    message,
  }));
  throw new AppError("invalid", fields[0]?.message ?? "This cannot be a preference.", { fields });
}

/**
 * Stores settings, and sees to it that the next sync reads what they ask for anew. Returns the shows of which plays now
 * stand on other episodes.
 */
export function applySettings(db: Db, row: IntegrationRow, input: SettingsInput, now: number): number[] {
  checkSettings(db, row, input);
  const { libraries, numbering = {}, preferences, ...columns } = input;
  return tx(db, () => {
    const moved = new Set<number>();
    let needsFull = input.addShows === "all" && row.addShows !== "all";
    for (const library of librariesOf(db, row.id)) {
      const enabled = libraries?.includes(library.key) ?? library.enabled;
      const numbered = numbering[library.key] ?? library.numbering;
      // A library that is switched on for the first time has never been read as a whole.
      if (enabled && !library.enabled) needsFull = true;
      if (enabled !== library.enabled) updateLibrary(db, row.id, library.key, { enabled });
      if (numbered === library.numbering) continue;
      updateLibrary(db, row.id, library.key, { numbering: numbered });
      for (const showId of renumber(db, row, library, numbered, now)) moved.add(showId);
    }
    const chosen = preferences === undefined ? row.preferences : withPreferences(row.preferences, preferences);
    if (decidesAnew(readPreferences(row.preferences), readPreferences(chosen))) {
      forgetAllStates(db, row.id);
      needsFull = true;
    }
    const full = needsFull ? { needsFull } : {};
    updateIntegration(db, row.id, { ...columns, preferences: chosen, ...full, updatedAt: now });
    return [...moved];
  });
}
