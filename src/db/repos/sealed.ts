import { AppError } from "../../kernel/errors.ts";
import type { Db } from "../open.ts";
import { tx } from "../tx.ts";

/** Where a sealed value stands; the names come from the vault's own list, never from outside. */
export type SealedPlace = { table: string; column: string };

export type SealedValue<Place extends SealedPlace = SealedPlace> = { place: Place; id: string; sealed: string };

export function listSealed<Place extends SealedPlace>(db: Db, places: readonly Place[]): SealedValue<Place>[] {
  return places.flatMap((place) =>
    db.raw
      .query<{ id: string; sealed: string }, []>(
        `SELECT CAST(id AS TEXT) AS id, ${place.column} AS sealed FROM ${place.table} WHERE ${place.column} IS NOT NULL`,
      )
      .all()
      .map((row) => ({ place, ...row })),
  );
}

/**
 * Replaces sealed values and one setting in a single transaction. Throws `conflict`, with nothing changed, when a value
 * is no longer what was read.
 */
export function replaceSealed(
  db: Db,
  values: readonly (SealedValue & { resealed: string })[],
  setting: { key: string; value: string },
): void {
  tx(db, () => {
    for (const { place, id, sealed, resealed } of values) {
      const { changes } = db.raw
        .query<unknown, { id: string; sealed: string; resealed: string }>(
          `UPDATE ${place.table} SET ${place.column} = $resealed WHERE CAST(id AS TEXT) = $id AND ${place.column} = $sealed`,
        )
        .run({ id, sealed, resealed });
      if (changes !== 1) {
        throw new AppError("conflict", "The stored credentials changed meanwhile; nothing was re-encrypted.", {
          hint: "Stop whatever else uses this data folder, then try again.",
        });
      }
    }
    db.raw
      .query<unknown, { key: string; value: string }>(
        "INSERT INTO settings (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      )
      .run(setting);
  });
}
