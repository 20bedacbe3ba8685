import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { loadMigrations, migrate } from "../../db/migrate.ts";
import { type Db, openDatabase } from "../../db/open.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { dataPaths, fileStamp } from "./paths.ts";

export type OpenedData = {
  db: Db;
  /** Schema steps that this opening added; empty when the database was up to date. */
  applied: string[];
};

/**
 * Opens the data folder's database, made or updated to this program's schema. Before an update the old state is copied
 * to the backups. Throws with the way to mend it when the folder cannot be used.
 */
export function openData(dataDir: string, now: number): OpenedData {
  prepareDataFolder(dataDir);
  const paths = dataPaths(dataDir);
  const fresh = !existsSync(paths.database);
  const db = openDatabase(paths.database);
  // Password hashes and sealed credentials are in it; SQLite gives its side files the same rights.
  if (fresh) chmodSync(paths.database, 0o600);
  try {
    const applied = migrate(db.raw, loadMigrations(), now, (from) => {
      mkdirSync(paths.backups, { recursive: true, mode: 0o750 });
      return join(paths.backups, `before-update-from-${from}-${fileStamp(now)}.db`);
    });
    return { db, applied };
  } catch (error) {
    db.close();
    throw error;
  }
}
