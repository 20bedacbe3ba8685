import type { Db } from "../../db/open.ts";
import { deleteLibrary, librariesOf, saveLibrary } from "../../db/repos/integrations.ts";
import { tx } from "../../db/tx.ts";
import type { Library } from "../../providers/contract.ts";

/** Keeps the list of a server's libraries as last seen. New ones are switched on; what the user chose for the others stays. */
export function rememberLibraries(db: Db, integrationId: number, libraries: readonly Library[]): void {
  // A server that is just starting lists nothing; that is not the wish to forget what was switched off.
  if (libraries.length === 0) return;
  tx(db, () => {
    const keys = new Set(libraries.map(({ key }) => key));
    for (const { key, enabled } of librariesOf(db, integrationId)) {
      // One that was switched off is remembered: shared again later, or left out of one answer only, it stays off.
      if (enabled && !keys.has(key)) deleteLibrary(db, integrationId, key);
    }
    for (const { key, title, type } of libraries) saveLibrary(db, { integrationId, key, title, type });
  });
}
