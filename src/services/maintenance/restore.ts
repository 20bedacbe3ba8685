import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Migration } from "../../db/migrate.ts";
import { takeServerLock } from "../../db/server-lock.ts";
import { copyDatabase, type DatabaseReport, flushToDisk, foldLog, inspectDatabase } from "../../db/snapshot.ts";
import { AppError } from "../../kernel/errors.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { giveToOwnerOf } from "./ownership.ts";
import { dataPaths, fileStamp } from "./paths.ts";

export type Restored = {
  report: DatabaseReport;
  /** Where the database that was replaced is now; null when there was none. */
  keptAs: string | null;
};

const besides = (file: string): string[] => [`${file}-wal`, `${file}-shm`, `${file}-journal`];

/** Brings the file beside the database, so that checking it cannot touch the backup and the last step is one rename. */
function stage(file: string, staged: string): void {
  rmSync(staged, { force: true });
  copyFileSync(file, staged);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${staged}-wal`);
  chmodSync(staged, 0o600);
}

/** Keeps what is about to be replaced: a clean copy where possible, the files as they are when it is damaged. */
function keep(database: string, keptAs: string): void {
  try {
    copyDatabase(database, keptAs);
    foldLog(database);
  } catch {
    // A damaged database cannot be copied page by page; its files can still be put aside for rescue.
    rmSync(keptAs, { force: true });
    copyFileSync(database, keptAs);
    if (existsSync(`${database}-wal`)) copyFileSync(`${database}-wal`, `${keptAs}-wal`);
  }
  chmodSync(keptAs, 0o600);
}

/**
 * Puts a backup back. The file is checked first (a sound database of this program, not newer than it), a running server
 * is refused, and the replaced database is kept. Until the last rename nothing has changed.
 */
export function restoreBackup(
  dataDir: string,
  file: string,
  { migrations, now, pid }: { migrations: readonly Migration[]; now: number; pid: number },
): Restored {
  const source = resolve(file);
  if (!existsSync(source) || !statSync(source).isFile()) {
    throw new AppError("not-found", `There is no file ${source}.`);
  }
  prepareDataFolder(dataDir);
  const paths = dataPaths(dataDir);
  if (source === paths.database) throw new AppError("invalid", "This file is the database in use, not a backup of it.");
  const lock = takeServerLock(paths.lock, { pid, startedAt: now });
  const staged = join(dataDir, ".restore.db");
  try {
    stage(source, staged);
    const report = inspectDatabase(staged, migrations);
    foldLog(staged);
    let keptAs: string | null = null;
    if (existsSync(paths.database)) {
      mkdirSync(paths.backups, { recursive: true, mode: 0o750 });
      keptAs = join(paths.backups, `before-restore-${fileStamp(now)}.db`);
      keep(paths.database, keptAs);
    }
    for (const each of besides(paths.database)) rmSync(each, { force: true });
    flushToDisk(staged);
    renameSync(staged, paths.database);
    flushToDisk(dataDir);
    giveToOwnerOf(dataDir, paths.database, paths.lock, paths.backups, ...(keptAs === null ? [] : [keptAs]));
    return { report, keptAs };
  } finally {
    for (const each of [staged, ...besides(staged)]) rmSync(each, { force: true });
    lock.release();
  }
}
