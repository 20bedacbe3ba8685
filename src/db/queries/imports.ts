import type { Db } from "../open.ts";
import { toRowId } from "../row-id.ts";
import { decodeCursor, pageOf } from "./cursor.ts";
import type { ListPage } from "./view.ts";

export type ImportListItem = {
  id: number;
  format: string;
  fileName: string;
  status: "preview" | "running" | "done" | "failed" | "undone";
  /** JSON. */
  options: string;
  summary: string;
  createdAt: number;
  finishedAt: number | null;
  undoneAt: number | null;
};

const columns = `i.id, i.format, i.file_name AS fileName, i.status, i.options, i.summary, i.created_at AS createdAt,
  i.finished_at AS finishedAt, i.undone_at AS undoneAt`;

/** The user's imports, newest first. */
export function importList(
  db: Db,
  userId: number,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): ListPage<ImportListItem> {
  const [before] = cursor === undefined ? [Number.MAX_SAFE_INTEGER] : decodeCursor(cursor, ["number"]);
  const found = db.raw
    .query<ImportListItem, [number, number, number]>(
      `SELECT ${columns} FROM imports i WHERE i.user_id = ? AND i.id < ? ORDER BY i.id DESC LIMIT ?`,
    )
    .all(userId, Number(before), limit + 1);
  const { rows, nextCursor } = pageOf(found, limit, ({ id }) => [id]);
  return { items: rows, nextCursor };
}

export function oneImport(db: Db, userId: number, importId: string): ImportListItem | null {
  const id = toRowId(importId);
  if (id === null) return null;
  return db.raw
    .query<ImportListItem, [number, number]>(`SELECT ${columns} FROM imports i WHERE i.user_id = ? AND i.id = ?`)
    .get(userId, id);
}

export type ImportItem = {
  position: number;
  kind: "show" | "not-understood" | "left-out";
  key: string;
  title: string;
  year: number | null;
  showId: string | null;
  outcome: "matched" | "created" | "doubtful" | "skipped" | "none";
  plays: number;
  added: number;
  alreadyThere: number;
  suppressed: number;
  note: string | null;
  candidates: ImportCandidate[];
};

export type ImportCandidate = { showId: string; title: string; year: number | null };

type ItemRow = Omit<ImportItem, "showId" | "candidates"> & { showId: number | null; candidates: string };

export type ImportItemsOptions = {
  kind?: ImportItem["kind"] | undefined;
  /** Only shows that wait for the user, or none of them. */
  doubtful?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** What a file holds, in the file's order: shows first, then what was not understood. One statement. */
export function importItems(db: Db, importId: number, options: ImportItemsOptions): ListPage<ImportItem> {
  const [after] = options.cursor === undefined ? [-1] : decodeCursor(options.cursor, ["number"]);
  const found = db.raw
    .query<ItemRow, [Record<string, string | number | null>]>(
      `SELECT t.position, t.kind, t.key, t.title, t.year, t.show_id AS showId, t.outcome, t.plays, t.added,
         t.already_there AS alreadyThere, t.suppressed, t.note, t.candidates
       FROM import_items t WHERE t.import_id = $importId AND t.position > $after AND ($kind IS NULL OR t.kind = $kind)
         AND ($doubtful IS NULL OR (t.candidates <> '[]') = $doubtful)
       ORDER BY t.position LIMIT $limit`,
    )
    .all({
      importId,
      after: Number(after),
      kind: options.kind ?? null,
      doubtful: options.doubtful === undefined ? null : Number(options.doubtful),
      limit: options.limit + 1,
    });
  const { rows, nextCursor } = pageOf(found, options.limit, ({ position }) => [position]);
  return { items: rows.map(itemView), nextCursor };
}

function itemView({ showId, candidates, ...rest }: ItemRow): ImportItem {
  return { ...rest, showId: showId === null ? null : String(showId), candidates: JSON.parse(candidates) };
}
