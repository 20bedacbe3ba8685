import { and, asc, eq, inArray, lt } from "drizzle-orm";
import type { Db } from "../open.ts";
import { importItems, imports } from "../schema/tables.ts";

export type ImportRow = typeof imports.$inferSelect;
export type ImportItemRow = typeof importItems.$inferSelect;
export type NewImportItem = typeof importItems.$inferInsert;

export function insertImport(db: Db, row: typeof imports.$inferInsert): number {
  return db.orm.insert(imports).values(row).returning({ id: imports.id }).get().id;
}

export function importById(db: Db, id: number): ImportRow | undefined {
  return db.orm.select().from(imports).where(eq(imports.id, id)).get();
}

export function updateImport(db: Db, id: number, change: Partial<Omit<ImportRow, "id" | "userId">>): void {
  db.orm.update(imports).set(change).where(eq(imports.id, id)).run();
}

/** Plays that it brought stay; they only lose the link to it. */
export function deleteImport(db: Db, id: number): void {
  db.orm.delete(imports).where(eq(imports.id, id)).run();
}

export function importsInStatus(db: Db, status: ImportRow["status"]): ImportRow[] {
  // Asked at every start, and nearly always of none.
  const some = db.raw.query<unknown, [{ status: string }]>("SELECT 1 FROM imports WHERE status = $status LIMIT 1");
  if (some.get({ status }) === null) return [];
  return db.orm.select().from(imports).where(eq(imports.status, status)).orderBy(asc(imports.id)).all();
}

export function replaceItems(db: Db, importId: number, rows: readonly NewImportItem[]): void {
  db.raw.query<unknown, [number]>("DELETE FROM import_items WHERE import_id = ?").run(importId);
  const insert = db.raw.query<unknown, (string | number | null)[]>(
    `INSERT INTO import_items (import_id, position, kind, key, title, year, show_id, outcome, plays, added, already_there,
       suppressed, note, candidates)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const row of rows) {
    insert.run(
      importId,
      row.position,
      row.kind,
      row.key,
      row.title,
      row.year ?? null,
      row.showId ?? null,
      row.outcome,
      row.plays ?? 0,
      row.added ?? 0,
      row.alreadyThere ?? 0,
      row.suppressed ?? 0,
      row.note ?? null,
      row.candidates ?? "[]",
    );
  }
}

/** What was foreseen gives way to what is done. */
export function forgetForecast(db: Db, importId: number): void {
  db.raw
    .query<unknown, [number]>(
      "UPDATE import_items SET added = 0, already_there = 0, suppressed = 0 WHERE import_id = ? AND kind = 'show'",
    )
    .run(importId);
}

export function showItemsOf(db: Db, importId: number): ImportItemRow[] {
  return db.orm
    .select()
    .from(importItems)
    .where(and(eq(importItems.importId, importId), eq(importItems.kind, "show")))
    .orderBy(asc(importItems.position))
    .all();
}

export function updateItem(
  db: Db,
  { importId, position }: Pick<ImportItemRow, "importId" | "position">,
  change: Partial<Omit<ImportItemRow, "importId" | "position">>,
): void {
  db.orm
    .update(importItems)
    .set(change)
    .where(and(eq(importItems.importId, importId), eq(importItems.position, position)))
    .run();
}

export type ImportTotals = {
  showsAdded: number;
  showsNew: number;
  added: number;
  alreadyThere: number;
  suppressed: number;
};

/** What the items say together; counted anew, so that an import begun twice is counted once. */
export function totalsOf(db: Db, importId: number): ImportTotals {
  return (
    db.raw
      .query<ImportTotals, [number]>(
        `SELECT count(*) FILTER (WHERE added > 0) AS showsAdded, coalesce(sum(added), 0) AS added,
           coalesce(sum(already_there), 0) AS alreadyThere, coalesce(sum(suppressed), 0) AS suppressed,
           (SELECT count(*) FROM imports i JOIN library_entries l ON l.user_id = i.user_id AND l.added_by_import = i.id
            WHERE i.id = ?1) AS showsNew
         FROM import_items WHERE import_id = ?1 AND kind = 'show'`,
      )
      .get(importId) ?? { showsAdded: 0, showsNew: 0, added: 0, alreadyThere: 0, suppressed: 0 }
  );
}

export type StoredPlayRow = {
  id: number;
  episodeId: number;
  watchedAt: number | null;
  certainty: "played" | "marked" | "unknown";
  source: string;
  integrationId: number | null;
  evidence: string;
  editedFrom: string | null;
};

/** One user's plays of these episodes, with what tells an import's own from others. */
export function playsBesideImport(db: Db, userId: number, episodeIds: readonly number[]): StoredPlayRow[] {
  return db.raw
    .query<StoredPlayRow, [string, number]>(
      `SELECT p.id, p.episode_id AS episodeId, p.watched_at AS watchedAt, p.certainty, p.source,
         p.integration_id AS integrationId, p.evidence, p.edited_from AS editedFrom
       FROM json_each(?1) wanted CROSS JOIN plays p ON p.episode_id = wanted.value AND p.user_id = ?2 ORDER BY p.id`,
    )
    .all(JSON.stringify(episodeIds), userId);
}

/** How many plays of a show an import has brought so far. */
export function importedSoFar(db: Db, importId: number, showId: number): number {
  const row = db.raw
    .query<{ n: number }, [number, number]>(
      `SELECT count(*) AS n FROM episodes e CROSS JOIN plays p ON p.episode_id = e.id AND +p.import_id = ?1
       WHERE e.show_id = ?2`,
    )
    .get(importId, showId);
  return row?.n ?? 0;
}

export type NewImportedPlay = {
  userId: number;
  episodeId: number;
  watchedAt: number | null;
  certainty: string;
  source: string;
  evidence: string;
  editedFrom: string | null;
  importId: number;
  createdAt: number;
};

export function insertImportedPlay(db: Db, play: NewImportedPlay): void {
  db.raw
    .query<unknown, (string | number | null)[]>(
      `INSERT INTO plays (user_id, episode_id, watched_at, certainty, source, evidence, edited_from, import_id, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      play.userId,
      play.episodeId,
      play.watchedAt,
      play.certainty,
      play.source,
      play.evidence,
      play.editedFrom,
      play.importId,
      play.createdAt,
    );
}

/** Up to `most` of an import's plays; none when all are gone. */
export function someImported(db: Db, importId: number, most: number): { id: number; episodeId: number }[] {
  return db.raw
    .query<{ id: number; episodeId: number }, [number, number]>(
      "SELECT id, episode_id AS episodeId FROM plays WHERE import_id = ? LIMIT ?",
    )
    .all(importId, most);
}

/** Episodes that are watched by this import and by nothing else. */
export function watchedByImport(db: Db, userId: number, importId: number): number[] {
  return db.raw
    .query<{ id: number }, [number, number]>(
      `SELECT DISTINCT p.episode_id AS id FROM plays p WHERE p.import_id = ?1 AND NOT EXISTS (
         SELECT 1 FROM plays o WHERE o.episode_id = p.episode_id AND o.user_id = ?2 AND o.import_id IS NOT ?1)`,
    )
    .all(importId, userId)
    .map(({ id }) => id);
}

export type EntryFacts = {
  list: string;
  listChosen: 0 | 1;
  rating: number | null;
  notes: string | null;
};

export function entryFacts(db: Db, userId: number, showId: number): EntryFacts | null {
  return db.raw
    .query<EntryFacts, [number, number]>(
      `SELECT list, list_chosen AS listChosen, rating, notes
       FROM library_entries WHERE user_id = ? AND show_id = ?`,
    )
    .get(userId, showId);
}

export function insertImportedEntry(
  db: Db,
  entry: { userId: number; showId: number; addedAt: number; importId: number },
): void {
  db.raw
    .query<unknown, [number, number, number, number]>(
      "INSERT INTO library_entries (user_id, show_id, list, added_at, added_by_import) VALUES (?, ?, 'watching', ?, ?)",
    )
    .run(entry.userId, entry.showId, entry.addedAt, entry.importId);
}

export function changeEntry(
  db: Db,
  userId: number,
  showId: number,
  { list, listChosen, rating, notes }: EntryFacts,
): void {
  db.raw
    .query<unknown, [string, 0 | 1, number | null, string | null, number, number]>(
      "UPDATE library_entries SET list = ?, list_chosen = ?, rating = ?, notes = ? WHERE user_id = ? AND show_id = ?",
    )
    .run(list, listChosen, rating, notes, userId, showId);
}

/** Shows that an import put into the library, and that nobody has touched since, leave it. */
export function deleteUntouchedEntries(db: Db, userId: number, importId: number): number[] {
  return db.raw
    .query<{ showId: number }, [number, number]>(
      `DELETE FROM library_entries WHERE user_id = ? AND added_by_import = ? AND list_chosen = 0 AND rating IS NULL
         AND coalesce(notes, '') = ''
         AND NOT EXISTS (SELECT 1 FROM episodes e JOIN plays p ON p.episode_id = e.id AND p.user_id = library_entries.user_id
                         WHERE e.show_id = library_entries.show_id)
       RETURNING show_id AS showId`,
    )
    .all(userId, importId)
    .map(({ showId }) => showId);
}

/** Of episodes that an import made: those that nobody has watched, no server has and no catalogue knows. */
export function deleteUnusedEpisodes(db: Db, ids: readonly number[]): void {
  db.raw
    .query<unknown, [string]>(
      `DELETE FROM episodes WHERE id IN (SELECT value FROM json_each(?)) AND in_catalogue = 0 AND on_server = 0
         AND NOT EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = episodes.id)
         AND NOT EXISTS (SELECT 1 FROM item_links l WHERE l.episode_id = episodes.id)
         AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.episode_id = episodes.id)`,
    )
    .run(JSON.stringify(ids));
}

/** Of shows that an import made: those in nobody's library that no server has. Returns those that are gone. */
export function deleteUnusedShows(db: Db, ids: readonly number[]): number[] {
  return db.raw
    .query<{ id: number }, [string]>(
      `DELETE FROM shows WHERE id IN (SELECT value FROM json_each(?))
         AND NOT EXISTS (SELECT 1 FROM library_entries l WHERE l.show_id = shows.id)
         AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.show_id = shows.id)
         AND NOT EXISTS (SELECT 1 FROM episodes e WHERE e.show_id = shows.id AND (e.on_server = 1
           OR EXISTS (SELECT 1 FROM plays p WHERE p.episode_id = e.id)
           OR EXISTS (SELECT 1 FROM suppressions s WHERE s.episode_id = e.id)))
       RETURNING id`,
    )
    .all(JSON.stringify(ids))
    .map(({ id }) => id);
}

/** Adds what is free; kinds beside the catalogues' are the servers' own global names. */
export function addMoreIds(db: Db, showId: number, ids: readonly { kind: string; value: string }[]): void {
  for (const { kind, value } of ids) {
    db.raw
      .query<unknown, [string, string, number]>(
        "INSERT OR IGNORE INTO external_ids (kind, value, show_id) VALUES (?, ?, ?)",
      )
      .run(kind, value, showId);
  }
}

export type ProfileFacts = {
  timeZone: string | null;
  theme: string | null;
  dateFormat: string | null;
  titleLanguage: string | null;
};

const THEMES = ["auto", "dark", "light"];
const DATE_FORMATS = ["auto", "dmy", "mdy", "ymd"];

/** Takes over what the user has left at its default; returns how it was before. */
export function fillProfile(db: Db, userId: number, given: ProfileFacts): ProfileFacts | null {
  const before = profileOf(db, userId);
  if (before === null) return null;
  const one = (value: string | null, allowed: readonly string[]) =>
    value !== null && allowed.includes(value) ? value : "auto";
  setProfile(db, userId, {
    timeZone: before.timeZone ?? given.timeZone,
    theme: before.theme === "auto" ? one(given.theme, THEMES) : before.theme,
    dateFormat: before.dateFormat === "auto" ? one(given.dateFormat, DATE_FORMATS) : before.dateFormat,
    titleLanguage: before.titleLanguage ?? given.titleLanguage,
  });
  return before;
}

export function profileOf(db: Db, userId: number): ProfileFacts | null {
  return db.raw
    .query<ProfileFacts, [number]>(
      `SELECT time_zone AS timeZone, theme, date_format AS dateFormat, title_language AS titleLanguage
       FROM users WHERE id = ?`,
    )
    .get(userId);
}

export function setProfile(db: Db, userId: number, profile: ProfileFacts): void {
  db.raw
    .query<unknown, [ProfileFacts & { userId: number }]>(
      `UPDATE users SET time_zone = $timeZone, theme = $theme, date_format = $dateFormat, title_language = $titleLanguage
       WHERE id = $userId`,
    )
    .run({ ...profile, userId });
}

/** Previews that nobody has decided on, and what never came to an end. */
export function undecidedBefore(db: Db, before: number): ImportRow[] {
  return db.orm
    .select()
    .from(imports)
    .where(and(inArray(imports.status, ["preview", "failed"]), lt(imports.createdAt, before)))
    .all();
}

/** A server that an import only named, and that was never connected. */
export function deleteImportedIntegration(db: Db, id: number): void {
  db.raw
    .query<unknown, [number]>(
      `DELETE FROM integrations WHERE id = ?1 AND disconnected_at IS NOT NULL AND sealed_server_token IS NULL
         AND last_sync_at IS NULL AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.integration_id = ?1)`,
    )
    .run(id);
}
