import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { copyDatabase } from "../../db/snapshot.ts";
import { AppError } from "../../kernel/errors.ts";
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

export type KeptBackup = { name: string; bytes: number; createdAt: number };

/** Files of ours among the backups; whatever else lies there is none of our business. */
const named = /^(?:episode-tracker|before-update-from|before-restore)[\w.-]*\.db$/;

/** Newest first. */
export function listBackups(dataDir: string): KeptBackup[] {
  const { backups } = dataPaths(dataDir);
  if (!existsSync(backups)) return [];
  return readdirSync(backups, { withFileTypes: true })
    .filter((entry) => entry.isFile() && named.test(entry.name))
    .map(({ name }) => {
      const { size, mtimeMs } = statSync(join(backups, name));
      return { name, bytes: size, createdAt: Math.floor(mtimeMs) };
    })
    .sort((a, b) => b.createdAt - a.createdAt || (a.name < b.name ? 1 : -1));
}

/** Where a backup of that name lies. Only names that the list has are believed. */
export function backupPath(dataDir: string, name: string): string {
  if (!listBackups(dataDir).some((kept) => kept.name === name)) {
    throw new AppError("not-found", "There is no backup of this name.");
  }
  return join(dataPaths(dataDir).backups, name);
}
