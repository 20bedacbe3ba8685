import type { Deps } from "../context.ts";
import { type Backup, backupPath, type KeptBackup, listBackups, writeBackup } from "./backup.ts";
import { type Diagnostics, diagnostics } from "./diagnostics.ts";
import { type PruneResult, prune } from "./prune.ts";

export type Maintenance = {
  /** A consistent copy of the database among the backups. */
  backup(): Backup;
  /** The copies that are kept, newest first. */
  backups(): KeptBackup[];
  /** The file of one of them. Throws `not-found`. */
  backupPath(name: string): string;
  prune(): PruneResult;
  diagnostics(): Diagnostics;
};

export function createMaintenance(deps: Pick<Deps, "db" | "clock" | "log" | "config">): Maintenance {
  return {
    backup: () => writeBackup(deps.config.dataDir, deps.clock.now()),
    backups: () => listBackups(deps.config.dataDir),
    backupPath: (name) => backupPath(deps.config.dataDir, name),
    prune: () => prune(deps),
    diagnostics: () => diagnostics(deps),
  };
}
