import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { deleteOutdated, imageFiles, type Pruned } from "../../db/repos/maintenance.ts";
import { DAY_MS, HOUR_MS } from "../../domain/instant.ts";
import type { Deps } from "../context.ts";
import { dataPaths } from "./paths.ts";

const logAgeMs = 365 * DAY_MS;
const logsKept = 50;
/** A file that has just been fetched may not have its row yet. */
const imageGraceMs = HOUR_MS;

export type PruneResult = Pruned & { images: number };

/** Removes cached images that no row refers to any more. */
function removeOrphans(folder: string, wanted: ReadonlySet<string>, now: number): number {
  if (!existsSync(folder)) return 0;
  let removed = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile() || wanted.has(entry.name)) continue;
    const file = join(folder, entry.name);
    if (statSync(file).mtimeMs > now - imageGraceMs) continue;
    rmSync(file, { force: true });
    removed += 1;
  }
  return removed;
}

/** The daily tidying: expired sessions and sign-ins, sync logs older than a year, images without a show. */
export function prune({ db, clock, log, config }: Pick<Deps, "db" | "clock" | "log" | "config">): PruneResult {
  const now = clock.now();
  const rows = deleteOutdated(db, { now, logsBefore: now - logAgeMs, keepLogs: logsKept });
  const images = removeOrphans(dataPaths(config.dataDir).posters, imageFiles(db), now);
  db.raw.run("PRAGMA optimize");
  log.info("maintenance.pruned", { ...rows, images });
  return { ...rows, images };
}
