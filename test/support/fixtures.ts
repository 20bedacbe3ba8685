import { Database } from "bun:sqlite";
import { loadMigrations, migrate } from "../../src/db/migrate.ts";
import { type Db, openDatabase, wrap } from "../../src/db/open.ts";
import { insertEpisode, type NewEpisode } from "../../src/db/repos/episodes.ts";
import { ensureEntry, refreshProgress } from "../../src/db/repos/library.ts";
import { insertPlay, type NewPlay } from "../../src/db/repos/plays.ts";
import { insertShow, type NewShow, refreshShowCounts } from "../../src/db/repos/shows.ts";
import type { ExternalIds } from "../../src/domain/external-ids.ts";
import type { ListName } from "../../src/domain/show-list.ts";

// Rows straight in a migrated database, with defaults for whatever a test does not care about.

/** The fixtures' present: 2024-03-01T20:00:00Z. */
export const NOW = Date.UTC(2024, 2, 1, 20);
export const DAY = 86_400_000;

let migrated: Uint8Array | undefined;

/** A fresh database in memory; migrated once per process and copied. */
export function createTestDb(): Db {
  if (migrated === undefined) {
    const first = openDatabase(":memory:");
    migrate(first.raw, loadMigrations(), NOW);
    migrated = first.raw.serialize();
    first.close();
  }
  return wrap(Database.deserialize(migrated, { strict: true }), ":memory:");
}

export function addUser(db: Db, username = "anna", role: "admin" | "member" = "member"): number {
  const row = db.raw
    .query<{ id: number }, [string, string, string, number]>(
      "INSERT INTO users (username, username_key, password_hash, role, created_at) VALUES (?, ?, 'none', ?, ?) RETURNING id",
    )
    .get(username, username.toLowerCase(), role, NOW);
  return row!.id;
}

export function addShow(db: Db, show: Partial<NewShow> & { ids?: ExternalIds } = {}): number {
  const { ids = {}, ...facts } = show;
  return insertShow(db, { title: "Harbour Lights", year: 2019, ...facts }, ids, NOW).id;
}

/** Without more, an episode that was broadcast a month before `NOW` and lies on no server. */
export function addEpisode(
  db: Db,
  showId: number,
  season: number,
  number: number | null,
  more: Partial<NewEpisode> = {},
) {
  return insertEpisode(db, {
    showId,
    season,
    number,
    title: `Episode ${number ?? "without number"}`,
    airedAt: NOW - 30 * DAY,
    inCatalogue: true,
    ...more,
  });
}

/** `[10, 8]`: ten episodes in season 1, eight in season 2, one a day and all broadcast. Returns their ids in order. */
export function addSeasons(db: Db, showId: number, sizes: readonly number[], more: Partial<NewEpisode> = {}): number[] {
  let ageDays = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.flatMap((size, index) =>
    Array.from({ length: size }, (_, at) =>
      addEpisode(db, showId, index + 1, at + 1, { airedAt: NOW - ageDays-- * DAY, ...more }),
    ),
  );
}

let playNumber = 0;

export function addPlay(db: Db, userId: number, episodeId: number, more: Partial<NewPlay> = {}): number {
  playNumber += 1;
  return insertPlay(db, {
    userId,
    episodeId,
    watchedAt: NOW - DAY,
    certainty: "played",
    source: "plex",
    integrationId: null,
    evidence: `history:${playNumber}`,
    syncLogId: null,
    createdAt: NOW,
    ...more,
  });
}

export function addEntry(db: Db, userId: number, showId: number, list: ListName = "watching", addedAt = NOW): void {
  ensureEntry(db, userId, showId, { list, addedBySync: null, now: addedAt });
}

/** Brings the stored counts in line with episodes and plays put in by hand. */
export function settle(db: Db, userId: number, showIds: readonly number[], now = NOW): void {
  refreshShowCounts(db, showIds, now);
  refreshProgress(db, userId, showIds, now);
}

export function addIntegration(db: Db, userId: number, more: { provider?: string; serverName?: string } = {}): number {
  const row = db.raw
    .query<{ id: number }, [number, string, string, string, number, number]>(
      `INSERT INTO integrations (user_id, provider, server_id, server_name, server_url, account_id, account_name, schedule,
         created_at, updated_at)
       VALUES (?, ?, ?, ?, 'http://127.0.0.1:9', '1', 'anna', '0 * * * *', ?, ?) RETURNING id`,
    )
    .get(
      userId,
      more.provider ?? "plex",
      `server-${userId}-${more.serverName ?? "Attic"}`,
      more.serverName ?? "Attic",
      NOW,
      NOW,
    );
  return row!.id;
}

export function addSync(db: Db, userId: number, integrationId: number, startedAt = NOW - DAY): number {
  const row = db.raw
    .query<{ id: number }, [number, number, number, number]>(
      `INSERT INTO sync_logs (integration_id, user_id, provider, trigger, mode, status, started_at, finished_at)
       VALUES (?, ?, 'plex', 'manual', 'full', 'success', ?, ?) RETURNING id`,
    )
    .get(integrationId, userId, startedAt, startedAt + 1_000);
  return row!.id;
}

/** Runs `work` and tells which statements the database was given, in order. */
export function statementsOf(db: Db, work: () => unknown): string[] {
  const given: string[] = [];
  const { query, prepare } = db.raw;
  const counting =
    (original: typeof query) =>
    (...args: Parameters<typeof query>) => {
      given.push(args[0]);
      return Reflect.apply(original, db.raw, args);
    };
  Object.assign(db.raw, { query: counting(query), prepare: counting(prepare as typeof query) });
  try {
    work();
  } finally {
    Object.assign(db.raw, { query, prepare });
  }
  return given;
}

/** How SQLite would run a statement: one line per step. */
export function planOf(db: Db, sql: string): string[] {
  return db.raw
    .prepare<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => detail);
}
