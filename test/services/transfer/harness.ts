import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../../src/config.ts";
import type { Db } from "../../../src/db/open.ts";
import { type Clock, systemClock } from "../../../src/kernel/clock.ts";
import { createEventBus } from "../../../src/kernel/events.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import type { AppEvents } from "../../../src/services/context.ts";
import { createTransfer } from "../../../src/services/transfer/service.ts";
import type { ImportOptions, ImportView, Transfer } from "../../../src/services/transfer/types.ts";
import { createTestClock } from "../../support/clock.ts";
import { addUser, createTestDb, NOW } from "../../support/fixtures.ts";

/** Imports on a database and a data folder of their own. */
export type Desk = {
  db: Db;
  transfer: Transfer;
  userId: number;
  clock: Clock & { advance(ms: number): void };
  dataDir: string;
  enqueued: number[];
  events: [keyof AppEvents, AppEvents[keyof AppEvents]][];
  /** Previews and writes; the import as it ended. */
  bring(text: string | Uint8Array, options?: ImportOptions, name?: string): Promise<ImportView>;
  look(text: string | Uint8Array, options?: ImportOptions, name?: string): Promise<ImportView>;
  undo(importId: string): Promise<ImportView>;
  exported(format?: "json" | "csv", userId?: number): Promise<string>;
  /** A new process on the same data. */
  again(): Transfer;
  [Symbol.dispose](): void;
};

export function openDesk(): Desk {
  const dataDir = mkdtempSync(join(tmpdir(), "episode-tracker-test-"));
  const db = createTestDb();
  const clock = createTestClock(NOW);
  const config = readConfig({ DATA_DIR: dataDir, TZ: "Europe/Berlin" });
  const enqueued: number[] = [];
  const events: Desk["events"] = [];
  const bus = createEventBus<AppEvents>((error) => {
    throw error;
  });
  bus.subscribe((name, payload) => events.push([name, payload]));
  // Waiting for an import to end takes as long as it takes.
  const waiting = { ...clock, sleep: systemClock.sleep, ticks: systemClock.ticks };
  const again = () =>
    createTransfer(
      { db, clock: waiting, config, log: silentLog, bus },
      { enqueue: (ids) => void enqueued.push(...ids) },
    );
  const transfer = again();
  const userId = addUser(db);
  const bytes = (text: string | Uint8Array) => (typeof text === "string" ? new TextEncoder().encode(text) : text);
  const look: Desk["look"] = (text, options, name = "file") =>
    transfer.preview(userId, { name, bytes: bytes(text) }, options);
  return {
    db,
    transfer,
    userId,
    clock,
    dataDir,
    enqueued,
    events,
    again,
    look,
    async bring(text, options, name) {
      const { id } = await look(text, options, name);
      transfer.apply(userId, id);
      return transfer.settled(userId, id);
    },
    async undo(importId) {
      transfer.undo(userId, importId);
      return transfer.settled(userId, importId);
    },
    async exported(format = "json", of = userId) {
      let text = "";
      for await (const piece of transfer.export(of, format)) text += piece;
      return text;
    },
    [Symbol.dispose]() {
      db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Plays of a user in words: show, episode, time, where from. */
export function playLines(db: Db, userId: number): string[] {
  return db.raw
    .query<{ line: string }, [number]>(
      `SELECT s.title || ' ' || e.season || 'x' || coalesce(e.number, e.title) || ' ' ||
         coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', p.watched_at / 1000, 'unixepoch'), 'unknown') || ' ' || p.source AS line
       FROM plays p JOIN episodes e ON e.id = p.episode_id JOIN shows s ON s.id = e.show_id WHERE p.user_id = ?
       ORDER BY 1`,
    )
    .all(userId)
    .map(({ line }) => line);
}

export function contentOf(db: Db): Record<string, unknown[]> {
  const tables = ["shows", "external_ids", "episodes", "library_entries", "plays", "suppressions", "matches", "users"];
  return Object.fromEntries(tables.map((name) => [name, db.raw.query(`SELECT * FROM ${name} ORDER BY 1, 2`).all()]));
}
