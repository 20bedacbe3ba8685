import { chmodSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { copyDatabase } from "../../db/snapshot.ts";
import { requireDatabase } from "./data-folder.ts";
import { giveToOwnerOf } from "./ownership.ts";
import { dataPaths, fileStamp } from "./paths.ts";

export type Backup = { file: string; bytes: number };

/** Copies the database, also while a server uses it, to `file` or to a dated name among the backups. */
export function writeBackup(dataDir: string, now: number, file?: string): Backup {
  const database = requireDatabase(dataDir);
  const { backups } = dataPaths(dataDir);
  const target = resolve(file ?? join(backups, `episode-tracker-${fileStamp(now)}.db`));
  if (file === undefined) mkdirSync(backups, { recursive: true, mode: 0o750 });
  copyDatabase(database, target);
  // Password hashes and sealed credentials are in it.
  chmodSync(target, 0o600);
  if (dirname(target) === backups) giveToOwnerOf(dataDir, backups, target);
  return { file: target, bytes: statSync(target).size };
}
