import { loadMigrations } from "../db/migrate.ts";
import { systemClock } from "../kernel/clock.ts";
import { restoreBackup } from "../services/maintenance/restore.ts";
import type { Run } from "./command.ts";

export const restore: Run = async ({ config, args, out }) => {
  const { report, keptAs } = restoreBackup(config.dataDir, args.positionals[0] ?? "", {
    migrations: loadMigrations(),
    now: systemClock.now(),
    pid: process.pid,
  });
  out(`Restored: ${report.users} users, ${report.plays} plays, written by version ${report.writtenBy}.\n`);
  if (keptAs !== null) out(`The database that was replaced is now ${keptAs}.\n`);
  return 0;
};
