import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { AppError } from "../kernel/errors.ts";

/** Who holds a data folder. */
export type LockHolder = { pid: number; url: string; startedAt: number };

export type ServerLock = {
  /** Tells other commands where this server listens. */
  announce(url: string): void;
  release(): void;
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && /^SQLITE_(BUSY|LOCKED)/.test(String(Reflect.get(error, "code")));

function open(path: string): Database {
  const raw = new Database(path, { create: true, readwrite: true, strict: true });
  raw.run("PRAGMA busy_timeout = 250");
  raw.run(
    "CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER, url TEXT, started_at INTEGER)",
  );
  // Who holds the folder is of no use after a power cut: the two writes of a start need not wait for the disk.
  raw.run("PRAGMA synchronous = OFF");
  return raw;
}

/**
 * Takes the data folder for one server. The lock is SQLite's own write lock on a small file beside the database:
 * the kernel drops it when the process ends however it ends, and it holds across containers that share the folder,
 * where process ids say nothing (every container's server is process 1). Readers still see who holds it.
 * Throws `conflict` with the holder when another process has it.
 */
export function takeServerLock(path: string, self: { pid: number; startedAt: number }): ServerLock {
  let raw: Database | undefined;
  try {
    raw = open(path);
    const file = raw;
    const hold = (url: string) => {
      file.run("BEGIN IMMEDIATE");
      file
        .query("INSERT OR REPLACE INTO holder (id, pid, url, started_at) VALUES (1, $pid, $url, $startedAt)")
        .run({ ...self, url });
      file.run("COMMIT");
      file.run("BEGIN IMMEDIATE");
    };
    hold("");
    return {
      announce(url) {
        file.run("ROLLBACK");
        hold(url);
      },
      release() {
        if (file.inTransaction) file.run("ROLLBACK");
        file.close();
      },
    };
  } catch (error) {
    raw?.close();
    if (!isBusy(error)) throw error;
    const holder = serverHolding(path);
    const who = holder === null ? "" : ` (process ${holder.pid}${holder.url === "" ? "" : `, ${holder.url}`})`;
    throw new AppError("conflict", `Another Episode Tracker uses this data folder${who}.`, {
      hint: "Stop it first: two servers must not share one database.",
    });
  }
}

/** The server that holds the folder right now, or null. */
export function serverHolding(path: string): LockHolder | null {
  if (!existsSync(path)) return null;
  const raw = new Database(path, { readwrite: true, strict: true });
  try {
    raw.run("PRAGMA busy_timeout = 100");
    const holder = raw
      .query<{ pid: number; url: string; startedAt: number }, []>(
        "SELECT pid, url, started_at AS startedAt FROM holder",
      )
      .get();
    try {
      raw.run("BEGIN IMMEDIATE");
      raw.run("ROLLBACK");
      return null;
    } catch (error) {
      if (!isBusy(error)) throw error;
      return holder ?? { pid: 0, url: "", startedAt: 0 };
    }
  } finally {
    raw.close();
  }
}
