import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { loadMigrations, migrate } from "../../src/db/migrate.ts";
import * as tables from "../../src/db/schema/tables.ts";
import { createTestDb } from "../support/fixtures.ts";

const NOW = Date.UTC(2026, 0, 1);

/** A database as version 0.1.0 left it, with a child row behind every parent that a rebuild could empty. */
function firstVersion(): Database {
  const raw = new Database(":memory:", { strict: true });
  raw.run("PRAGMA foreign_keys = ON");
  migrate(raw, loadMigrations().slice(0, 1), NOW);
  for (const statement of [
    "INSERT INTO users (id, username, username_key, password_hash, role, created_at) VALUES (1, 'ana', 'ana', '-', 'admin', 0)",
    "INSERT INTO shows (id, title, title_key, sort_title, created_at) VALUES (1, 'Harbour', 'harbour', 'harbour', 0)",
    "INSERT INTO episodes (id, show_id, season, number) VALUES (1, 1, 1, 1)",
    "INSERT INTO library_entries (user_id, show_id, list, rating, added_at) VALUES (1, 1, 'watching', 8, 5)",
    "INSERT INTO plays (user_id, episode_id, watched_at, certainty, source, evidence, created_at) VALUES (1, 1, 7, 'marked', 'manual', 'manual:x', 7)",
  ]) {
    raw.run(statement);
  }
  return raw;
}

describe("migrations", () => {
  test("the journal rises, and every step has its file", () => {
    const { entries } = JSON.parse(readFileSync("migrations/meta/_journal.json", "utf8")) as {
      entries: { idx: number; when: number; tag: string }[];
    };
    expect(entries.map(({ idx }) => idx)).toEqual(entries.map((_, index) => index));
    for (const [index, { when }] of entries.entries()) expect(when).toBeGreaterThan(entries[index - 1]?.when ?? 0);
    expect(loadMigrations().every(({ statements }) => statements.every((statement) => statement !== ""))).toBe(true);
  });

  test("a database of the first version keeps every row", () => {
    const raw = firstVersion();
    expect(migrate(raw, loadMigrations(), NOW)).toEqual(
      loadMigrations()
        .slice(1)
        .map(({ tag }) => tag),
    );
    expect(raw.query("SELECT username, date_format, title_language FROM users").all()).toEqual([
      { username: "ana", date_format: "auto", title_language: null },
    ]);
    expect(raw.query("SELECT rating, notes FROM library_entries").all()).toEqual([{ rating: 8, notes: null }]);
    expect(raw.query("SELECT watched_at, edited_from, import_id FROM plays").all()).toEqual([
      { watched_at: 7, edited_from: null, import_id: null },
    ]);
    expect(raw.query("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  });

  test("the typed tables name the columns that exist, and every table is STRICT", () => {
    const { raw } = createTestDb();
    const typed = Object.values(tables).filter((table) => is(table, SQLiteTable));
    for (const table of typed) {
      const name = getTableName(table);
      const real = raw
        .query<{ name: string; notnull: 0 | 1 }, []>(`SELECT name, "notnull" FROM pragma_table_info('${name}')`)
        .all();
      const ours = Object.values(getTableColumns(table)).map((column) => column.name);
      expect({ name, columns: ours.toSorted() }).toEqual({ name, columns: real.map((row) => row.name).toSorted() });
    }
    const loose = raw
      .query<{ name: string }, []>(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    expect(loose).toEqual([]);
  });
});
