import { accessSync, constants } from "node:fs";
import { AppError, toAppError } from "../../kernel/errors.ts";
import type { Db } from "../open.ts";
import { settings } from "../schema/tables.ts";

export function readSetting(db: Db, key: string): string | null {
  const row = db.raw
    .query<{ value: string }, [{ key: string }]>("SELECT value FROM settings WHERE key = $key")
    .get({ key });
  return row?.value ?? null;
}

export function writeSetting(db: Db, key: string, value: string): void {
  db.orm.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } }).run();
}

/** Keeps the first value ever written, and returns what is kept. */
export function settingOr(db: Db, key: string, value: string): string {
  const known = readSetting(db, key);
  if (known !== null) return known;
  db.orm.insert(settings).values({ key, value }).onConflictDoNothing().run();
  return readSetting(db, key) ?? value;
}

/** How long a health check waits for another program's lock; the connection's own patience would stop every page meanwhile. */
const probePatienceMs = 100;

/** Throws `database` unless the database can be read and written right now. Leaves no trace. */
export function probeDatabase(db: Db): void {
  try {
    if (db.path !== ":memory:") accessSync(db.path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new AppError("database", "The database file is gone or cannot be written.", { cause });
  }
  const patience = db.raw.query<{ timeout: number }, []>("PRAGMA busy_timeout").get()?.timeout ?? 0;
  try {
    db.raw.run(`PRAGMA busy_timeout = ${probePatienceMs}`);
    db.raw.run("BEGIN IMMEDIATE");
    try {
      db.sql("INSERT OR REPLACE INTO settings (key, value) VALUES ('health', 'ok')").run();
      db.sql("SELECT value FROM settings WHERE key = 'health'").get();
    } finally {
      db.raw.run("ROLLBACK");
    }
  } catch (error) {
    throw toAppError(error);
  } finally {
    db.raw.run(`PRAGMA busy_timeout = ${patience}`);
  }
}
