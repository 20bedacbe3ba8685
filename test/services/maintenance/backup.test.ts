import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadMigrations } from "../../../src/db/migrate.ts";
import { openDatabase } from "../../../src/db/open.ts";
import { takeServerLock } from "../../../src/db/server-lock.ts";
import { inspectDatabase } from "../../../src/db/snapshot.ts";
import { writeBackup } from "../../../src/services/maintenance/backup.ts";
import { dataPaths } from "../../../src/services/maintenance/paths.ts";
import { restoreBackup } from "../../../src/services/maintenance/restore.ts";
import { addUser, dataFolder, seededAt } from "./seed.ts";

const migrations = loadMigrations();
const how = { migrations, now: seededAt, pid: process.pid };

const usersIn = (path: string): string[] => {
  const db = openDatabase(path);
  try {
    return (db.sql("SELECT username FROM users ORDER BY id").all() as { username: string }[]).map(
      (row) => row.username,
    );
  } finally {
    db.close();
  }
};

test("a backup of an open database holds everything committed and nothing that is not", () => {
  using folder = dataFolder();
  addUser(folder.db, "anna");
  folder.db.raw.run("BEGIN IMMEDIATE");
  addUser(folder.db, "unfinished");
  const { file } = writeBackup(folder.path, seededAt);
  folder.db.raw.run("COMMIT");
  expect(file).toBe(join(folder.path, "backups", "episode-tracker-2026-11-01-120000.db"));
  expect(usersIn(file)).toEqual(["anna"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a backup never replaces a file and leaves no half of one", () => {
  using folder = dataFolder();
  const target = join(folder.path, "mine.db");
  writeFileSync(target, "something else");
  expect(() => writeBackup(folder.path, seededAt, target)).toThrow("exists already");
  expect(readFileSync(target, "utf8")).toBe("something else");
  expect(() => writeBackup(folder.path, seededAt, join(folder.path, "no/such/folder.db"))).toThrow(
    "could not be written",
  );
  expect(readdirSync(folder.path).filter((name) => name.includes("partial"))).toEqual([]);
});

test("a restored backup is what there is afterwards, and the replaced database is kept", () => {
  using folder = dataFolder();
  addUser(folder.db, "anna");
  const { file } = writeBackup(folder.path, seededAt);
  addUser(folder.db, "ben");
  folder.close();
  const { report, keptAs } = restoreBackup(folder.path, file, how);
  expect(report).toMatchObject({ users: 1, plays: 0, pending: 0 });
  expect(usersIn(dataPaths(folder.path).database)).toEqual(["anna"]);
  expect(usersIn(keptAs ?? "")).toEqual(["anna", "ben"]);
  expect(existsSync(file)).toBe(true);
});

test("a backup goes into an empty data folder too", () => {
  using folder = dataFolder();
  addUser(folder.db, "anna");
  const { file } = writeBackup(folder.path, seededAt);
  const elsewhere = join(folder.path, "new/data");
  expect(restoreBackup(elsewhere, file, how).keptAs).toBeNull();
  expect(usersIn(dataPaths(elsewhere).database)).toEqual(["anna"]);
});

test("a database that was copied together with its write-ahead log is restored with what is in the log", () => {
  using folder = dataFolder();
  addUser(folder.db, "anna");
  const copy = join(folder.path, "copy/episode-tracker.db");
  mkdirSync(dirname(copy));
  for (const end of ["", "-wal"]) writeFileSync(copy + end, readFileSync(dataPaths(folder.path).database + end));
  const elsewhere = join(folder.path, "new");
  restoreBackup(elsewhere, copy, how);
  expect(usersIn(dataPaths(elsewhere).database)).toEqual(["anna"]);
});

test("a damaged database in use can still be replaced, and its files are put aside", () => {
  using folder = dataFolder();
  addUser(folder.db, "anna");
  const { file } = writeBackup(folder.path, seededAt);
  folder.close();
  const { database } = dataPaths(folder.path);
  writeFileSync(database, "this was a database once");
  const { keptAs } = restoreBackup(folder.path, file, how);
  expect(usersIn(database)).toEqual(["anna"]);
  expect(readFileSync(keptAs ?? "", "utf8")).toBe("this was a database once");
});

function expectRefusal(file: string, message: string, folder: ReturnType<typeof dataFolder>) {
  const before = readFileSync(dataPaths(folder.path).database);
  expect(() => restoreBackup(folder.path, file, how)).toThrow(message);
  expect(readFileSync(dataPaths(folder.path).database).equals(before)).toBe(true);
  expect(readdirSync(folder.path).filter((name) => name.startsWith(".restore"))).toEqual([]);
}

test("what is no backup of this program is refused and nothing changes", () => {
  using folder = dataFolder();
  addUser(folder.db, "anna");
  const { file } = writeBackup(folder.path, seededAt);
  folder.close();

  const text = join(folder.path, "text.db");
  writeFileSync(text, "not a database at all, just some text that goes on for a while");
  expectRefusal(text, "The file is not a database.", folder);

  const foreign = join(folder.path, "foreign.db");
  const other = openDatabase(foreign);
  other.raw.run("CREATE TABLE things (id INTEGER PRIMARY KEY)");
  other.close();
  expectRefusal(foreign, "not one of Episode Tracker", folder);

  const cut = join(folder.path, "cut.db");
  writeFileSync(cut, readFileSync(file));
  truncateSync(cut, 60_000);
  expectRefusal(cut, "damaged", folder);

  const newer = join(folder.path, "newer.db");
  writeFileSync(newer, readFileSync(file));
  const future = openDatabase(newer);
  future
    .sql("INSERT INTO migrations (idx, tag, hash, applied_by, applied_at) VALUES ($idx, 'future', 'x', '99.0.0', 0)")
    .run({ idx: migrations.length });
  future.close();
  expectRefusal(newer, "newer version (99.0.0)", folder);

  expectRefusal(join(folder.path, "nowhere.db"), "There is no file", folder);
  expectRefusal(dataPaths(folder.path).database, "is the database in use", folder);
});

test("nothing is restored under a running server", () => {
  using folder = dataFolder();
  const { file } = writeBackup(folder.path, seededAt);
  const lock = takeServerLock(dataPaths(folder.path).lock, { pid: 4711, startedAt: seededAt });
  lock.announce("http://127.0.0.1:4747");
  try {
    expectRefusal(file, "Another Episode Tracker uses this data folder (process 4711, http://127.0.0.1:4747).", folder);
  } finally {
    lock.release();
  }
});

test("looking a database over changes nothing in it", () => {
  using folder = dataFolder();
  const { file } = writeBackup(folder.path, seededAt);
  const before = readFileSync(file);
  expect(inspectDatabase(file, migrations)).toMatchObject({ pending: 0, steps: migrations.length, users: 0 });
  expect(readFileSync(file).equals(before)).toBe(true);
});
