import type { Database } from "bun:sqlite";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { assetRoot } from "../kernel/assets.ts";
import { AppError } from "../kernel/errors.ts";
import { sha256Hex } from "../kernel/ids.ts";
import { VERSION } from "../version.ts";

export type Migration = { tag: string; hash: string; statements: string[] };

const journal = z.object({ entries: z.array(z.object({ idx: z.number(), when: z.number(), tag: z.string() })) });

/** Reads the journal and its SQL files, in order. */
export function loadMigrations(folder = join(assetRoot, "migrations")): Migration[] {
  const { entries } = journal.parse(JSON.parse(readFileSync(join(folder, "meta", "_journal.json"), "utf8")));
  return entries.map(({ tag }) => {
    const sql = readFileSync(join(folder, `${tag}.sql`), "utf8");
    return { tag, hash: sha256Hex(sql), statements: sql.split("--> statement-breakpoint").map((each) => each.trim()) };
  });
}

const bookkeeping = `CREATE TABLE IF NOT EXISTS migrations (
  idx INTEGER PRIMARY KEY, tag TEXT NOT NULL, hash TEXT NOT NULL, applied_by TEXT NOT NULL, applied_at INTEGER NOT NULL
) STRICT`;

function appliedTags(raw: Database): { idx: number; tag: string; hash: string; applied_by: string }[] {
  raw.run(bookkeeping);
  return raw
    .query<{ idx: number; tag: string; hash: string; applied_by: string }, []>(
      "SELECT idx, tag, hash, applied_by FROM migrations ORDER BY idx",
    )
    .all();
}

/** Whether every step has been taken. */
export const isUpToDate = (raw: Database, migrations: readonly Migration[]): boolean =>
  appliedTags(raw).length === migrations.length;

/**
 * Brings the database to this program's schema. All pending steps run in one transaction, with foreign keys off around it:
 * inside a transaction the switch is ignored and a table rebuild would empty its child tables.
 * Before an existing database is changed, a copy is written to `backupTo`.
 * Throws `database` for a database that a newer version has written or whose history was edited.
 */
export function migrate(
  raw: Database,
  migrations: Migration[],
  now: number,
  backupTo?: (from: string) => string,
): string[] {
  const applied = appliedTags(raw);
  const newer = applied[migrations.length];
  if (newer !== undefined) {
    throw new AppError(
      "database",
      `The database was written by a newer version (${newer.applied_by}); this is ${VERSION}.`,
      {
        hint: "Start the newer version again, or restore a backup made with this one. Nothing was changed.",
      },
    );
  }
  for (const [index, { tag, hash }] of applied.entries()) {
    if (migrations[index]?.tag !== tag || migrations[index]?.hash !== hash) {
      throw new AppError("database", `The database's history differs from this program's at step ${tag}.`, {
        hint: "Use a released version, or restore a backup. Nothing was changed.",
      });
    }
  }
  const pending = migrations.slice(applied.length);
  if (pending.length === 0) return [];
  if (applied.length > 0 && backupTo) {
    const file = backupTo(applied.at(-1)?.tag ?? "");
    if (!existsSync(file)) raw.query("VACUUM INTO ?").run(file);
  }
  raw.run("PRAGMA foreign_keys = OFF");
  try {
    raw
      .transaction(() => {
        for (const [offset, { tag, hash, statements }] of pending.entries()) {
          for (const statement of statements) raw.run(statement);
          raw
            .query("INSERT INTO migrations (idx, tag, hash, applied_by, applied_at) VALUES (?, ?, ?, ?, ?)")
            .run(applied.length + offset, tag, hash, VERSION, now);
        }
        const broken = raw.query("PRAGMA foreign_key_check").all();
        if (broken.length > 0)
          throw new AppError("database", "The update would have broken links between rows; nothing was changed.");
      })
      .immediate();
  } finally {
    raw.run("PRAGMA foreign_keys = ON");
  }
  return pending.map(({ tag }) => tag);
}
