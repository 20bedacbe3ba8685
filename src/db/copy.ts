import { Database } from "bun:sqlite";
import { type Db, wrap } from "./open.ts";

/** A private copy of the whole database in memory. Changes to it reach nobody. */
export function copyInMemory(db: Db): Db {
  const bytes = db.raw.serialize();
  // The header says WAL (file format 2), which a database without a file cannot do: say rollback journal instead
  // (https://sqlite.org/fileformat.html, offsets 18 and 19).
  bytes[18] = 1;
  bytes[19] = 1;
  return wrap(Database.deserialize(bytes, { strict: true }), ":memory:");
}
