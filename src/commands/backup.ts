import { systemClock } from "../kernel/clock.ts";
import { writeBackup } from "../services/maintenance/backup.ts";
import type { Run } from "./command.ts";

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

export const backup: Run = async ({ config, args, out }) => {
  const { file, bytes } = writeBackup(config.dataDir, systemClock.now(), args.positionals[0]);
  out(`${file} (${megabytes(bytes)})\n`);
  return 0;
};
