import { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { toAppError } from "../kernel/errors.ts";

export type Drizzle = ReturnType<typeof connect>;

/** The one connection of the process. `orm` for readable queries, `raw` for prepared statements on hot paths. */
export type Db = {
  raw: Database;
  orm: Drizzle;
  path: string;
  /** Every statement prepared by `sql()`, kept for the life of the connection. */
  sql(text: string): ReturnType<Database["query"]>;
  close(): void;
};

function connect(raw: Database) {
  return drizzle(raw);
}

/** busy_timeout comes first, so that even the switch to WAL waits for another program instead of failing. */
const pragmas = [
  "PRAGMA busy_timeout = 5000",
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = NORMAL",
  "PRAGMA foreign_keys = ON",
  "PRAGMA temp_store = MEMORY",
  "PRAGMA cache_size = -16000",
  // A first sync writes some 40 MB: folding the log into the file every 4 MB would cost a tenth of its time.
  "PRAGMA wal_autocheckpoint = 16000",
  "PRAGMA journal_size_limit = 67108864",
  "PRAGMA trusted_schema = OFF",
];

/** The runtime keeps the last 20: a walk through the pages would prepare nearly everything anew. */
Database.MAX_QUERY_CACHE_SIZE = 300;

export function wrap(raw: Database, path: string): Db {
  for (const pragma of pragmas) raw.run(pragma);
  return {
    raw,
    orm: connect(raw),
    path,
    sql: (text) => raw.query(text),
    close: () => {
      try {
        raw.run("PRAGMA optimize");
      } finally {
        raw.close();
      }
    },
  };
}

/**
 * Opens (and creates) the database file. `:memory:` gives a private one.
 * Throws `database` when the file is damaged, locked or not writable.
 */
export function openDatabase(path: string): Db {
  let raw: Database | undefined;
  try {
    raw = new Database(path, { create: true, readwrite: true, strict: true });
    const db = wrap(raw, path);
    // A file that is no database, or is cut off at its head, fails here rather than in the middle of a page.
    raw.query("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (error) {
    raw?.close();
    throw toAppError(error);
  }
}
