import { join } from "node:path";

/** Where everything lies below DATA_DIR. */
export type DataPaths = { database: string; key: string; backups: string; posters: string; lock: string };

export function dataPaths(dataDir: string): DataPaths {
  return {
    database: join(dataDir, "episode-tracker.db"),
    key: join(dataDir, "encryption.key"),
    backups: join(dataDir, "backups"),
    posters: join(dataDir, "images", "posters"),
    lock: join(dataDir, "server.lock"),
  };
}

/** `2026-11-22-193045` in UTC: sorts by age and suits every file system. */
export function fileStamp(now: number): string {
  const iso = new Date(now).toISOString();
  return `${iso.slice(0, 10)}-${iso.slice(11, 19).replaceAll(":", "")}`;
}
