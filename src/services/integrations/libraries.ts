import type { Db } from "../../db/open.ts";
import { deleteLibrary, librariesOf, saveLibrary } from "../../db/repos/integrations.ts";
import { hasBeenRead } from "../../db/repos/item-links.ts";
import { tx } from "../../db/tx.ts";
import type { Preferences } from "../../domain/preferences.ts";
import type { Library } from "../../providers/contract.ts";

/**
 * Keeps the list of a server's libraries as last seen; what the user chose for known ones stays. New ones are switched
 * on, or off where that is the user's preference. Returns the titles of those with TV shows that have come in
 * switched off.
 */
export function rememberLibraries(
  db: Db,
  integrationId: number,
  libraries: readonly Library[],
  newLibraries: Preferences["newLibraries"] = "on",
): string[] {
  // A server that is just starting lists nothing; that is not the wish to forget what was switched off.
  if (libraries.length === 0) return [];
  return tx(db, () => {
    const known = librariesOf(db, integrationId);
    const keys = new Set(libraries.map(({ key }) => key));
    for (const { key, enabled } of known) {
      // One that was switched off is remembered: shared again later, or left out of one answer only, it stays off.
      if (enabled && !keys.has(key)) deleteLibrary(db, integrationId, key);
    }
    const before = new Set(known.map(({ key }) => key));
    const isWanted = (key: string) =>
      newLibraries === "on" || before.size === 0 || before.has(key) || hasBeenRead(db, integrationId, key);
    const off: string[] = [];
    for (const { key, title, type } of libraries) {
      const enabled = isWanted(key);
      saveLibrary(db, { integrationId, key, title, type, enabled });
      if (!enabled && type === "show") off.push(title);
    }
    return off;
  });
}
