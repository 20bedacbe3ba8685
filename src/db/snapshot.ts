import { Database } from "bun:sqlite";
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { AppError, toAppError } from "../kernel/errors.ts";
import type { Migration } from "./migrate.ts";

/** Makes sure that a file (or a folder's entries) is on the disk and not only in memory. */
export function flushToDisk(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Writes a consistent copy of a database that others may be using. It appears under its name only when complete,
 * and never replaces a file.
 */
export function copyDatabase(from: string, to: string): void {
  if (existsSync(to)) throw new AppError("conflict", `${to} exists already.`, { hint: "Choose another name." });
  const partial = `${to}.partial`;
  rmSync(partial, { force: true });
  const raw = new Database(from, { readwrite: true, strict: true });
  try {
    raw.run("PRAGMA busy_timeout = 5000");
    raw.query("VACUUM INTO $file").run({ file: partial });
    flushToDisk(partial);
    renameSync(partial, to);
    flushToDisk(dirname(to));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("database", `The copy could not be written to ${to}: ${detail}.`, {
      cause,
      hint: `Is ${dirname(to)} a folder that can be written, with enough free space?`,
    });
  } finally {
    raw.close();
    rmSync(partial, { force: true });
  }
}

/** Folds the write-ahead log into the main file, so that this one file is all there is. */
export function foldLog(path: string): void {
  const raw = new Database(path, { readwrite: true, strict: true });
  try {
    raw.run("PRAGMA busy_timeout = 2000");
    raw.query("PRAGMA wal_checkpoint(TRUNCATE)").get();
    raw.query("PRAGMA journal_mode = DELETE").get();
  } finally {
    raw.close();
  }
}

export type DatabaseReport = {
  /** The newest schema step in the file, and how many there are. */
  step: string;
  steps: number;
  /** Version of this program that wrote that step. */
  writtenBy: string;
  /** Steps that the next start will add. */
  pending: number;
  users: number;
  plays: number;
  journalMode: string;
};

type StepRow = { tag: string; applied_by: string };

function readSteps(raw: Database): StepRow[] {
  const table = raw.query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  if (table === null) throw new AppError("invalid", "This is a database, but not one of Episode Tracker.");
  try {
    return raw.query<StepRow, []>("SELECT tag, applied_by FROM migrations ORDER BY idx").all();
  } catch (cause) {
    throw new AppError("invalid", "This is a database, but not one of Episode Tracker.", { cause });
  }
}

function checkSteps(steps: readonly StepRow[], migrations: readonly Migration[]): StepRow {
  const newer = steps[migrations.length];
  if (newer !== undefined) {
    throw new AppError(
      "invalid",
      `The database was written by a newer version (${newer.applied_by}) of this program.`,
      {
        hint: "Update this program first, or use a backup made with this version.",
      },
    );
  }
  const last = steps.at(-1);
  if (last === undefined || steps.some(({ tag }, index) => migrations[index]?.tag !== tag)) {
    throw new AppError("invalid", "This is a database, but not one of Episode Tracker.");
  }
  return last;
}

const countOf = (raw: Database, table: "users" | "plays"): number =>
  raw.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0;

/**
 * Looks a database file over without changing it. Throws when it is no database, damaged, not ours,
 * or newer than this program.
 */
export function inspectDatabase(path: string, migrations: readonly Migration[]): DatabaseReport {
  let raw: Database | undefined;
  try {
    raw = new Database(path, { readwrite: true, strict: true });
    raw.run("PRAGMA busy_timeout = 5000");
    raw.run("PRAGMA query_only = ON");
    const checked = raw.query<{ quick_check: string }, []>("PRAGMA quick_check(5)").all();
    const problems = checked.map((row) => row.quick_check).filter((text) => text !== "ok");
    if (problems.length > 0) {
      throw new AppError("invalid", `The database is damaged: ${problems.join("; ")}.`, {
        hint: "Use another backup: episode-tracker restore FILE",
      });
    }
    const steps = readSteps(raw);
    const last = checkSteps(steps, migrations);
    return {
      step: last.tag,
      steps: steps.length,
      writtenBy: last.applied_by,
      pending: migrations.length - steps.length,
      users: countOf(raw, "users"),
      plays: countOf(raw, "plays"),
      journalMode: raw.query<{ journal_mode: string }, []>("PRAGMA journal_mode").get()?.journal_mode ?? "unknown",
    };
  } catch (error) {
    const known = toAppError(error);
    if (known.code === "database" && /NOTADB/.test(known.detail ?? "")) {
      throw new AppError("invalid", "The file is not a database.", { cause: error });
    }
    throw known;
  } finally {
    raw?.close();
  }
}
