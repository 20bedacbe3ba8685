import type { Deps } from "../context.ts";
import { type Backup, writeBackup } from "./backup.ts";
import { type Diagnostics, diagnostics } from "./diagnostics.ts";
import { type PruneResult, prune } from "./prune.ts";

export type Maintenance = {
  /** A consistent copy of the database among the backups. */
  backup(): Backup;
  prune(): PruneResult;
  diagnostics(): Diagnostics;
};

export function createMaintenance(deps: Pick<Deps, "db" | "clock" | "log" | "config">): Maintenance {
  return {
    backup: () => writeBackup(deps.config.dataDir, deps.clock.now()),
    prune: () => prune(deps),
    diagnostics: () => diagnostics(deps),
  };
}
