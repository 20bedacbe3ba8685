import { conflict, type ExternalIds, ID_KINDS, isIdKind } from "../../domain/external-ids.ts";
import type { ListName } from "../../domain/show-list.ts";
import { titleKey } from "../../domain/title.ts";
import type { Db } from "../open.ts";
import { idsOfShows } from "../repos/shows.ts";

/** A show of somebody else's catalogue, to be recognised. */
export type ForeignShow = { title: string; year?: number | undefined; ids: ExternalIds };

export type LibraryMatch = {
  showId: string;
  list: ListName;
  /** False: only title and year are the same. */
  sure: boolean;
};

type Row = { at: number; showId: number; list: ListName; kind: string };

/** Which of these the user has, in their order; three statements, however many they are. */
export function findInLibrary(db: Db, userId: number, shows: readonly ForeignShow[]): (LibraryMatch | null)[] {
  const byId = rowsById(db, userId, shows);
  const byTitle = rowsByTitle(db, userId, shows);
  const ids = idsOfShows(db, [...new Set(byTitle.map(({ showId }) => showId))]);
  return shows.map((show, at) => {
    const [same] = byId.filter((row) => row.at === at).sort((a, b) => trust(a) - trust(b));
    if (same !== undefined) return { showId: String(same.showId), list: same.list, sure: true };
    const like = byTitle.find((row) => row.at === at && !conflict(ids.get(row.showId) ?? {}, show.ids));
    return like === undefined ? null : { showId: String(like.showId), list: like.list, sure: false };
  });
}

function trust({ kind }: Row): number {
  return isIdKind(kind) ? ID_KINDS.indexOf(kind) : ID_KINDS.length;
}

function rowsById(db: Db, userId: number, shows: readonly ForeignShow[]): Row[] {
  const wanted = shows.flatMap(({ ids }, at) => Object.entries(ids).map(([kind, value]) => [at, kind, value]));
  return db.raw
    .query<Row, [{ userId: number; wanted: string }]>(
      `SELECT w.value ->> 0 AS at, l.show_id AS showId, l.list, x.kind
       FROM json_each($wanted) w
       CROSS JOIN external_ids x ON x.kind = w.value ->> 1 AND x.value = w.value ->> 2
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = x.show_id`,
    )
    .all({ userId, wanted: JSON.stringify(wanted) });
}

function rowsByTitle(db: Db, userId: number, shows: readonly ForeignShow[]): Row[] {
  const wanted = shows.flatMap(({ title, year }, at) => {
    const key = titleKey(title);
    const known = year ?? key.year;
    return known === undefined ? [] : [[at, key.key, known]];
  });
  return db.raw
    .query<Row, [{ userId: number; wanted: string }]>(
      `SELECT w.value ->> 0 AS at, l.show_id AS showId, l.list, '' AS kind
       FROM json_each($wanted) w
       CROSS JOIN shows s ON s.title_key = w.value ->> 1 AND s.year = w.value ->> 2
       CROSS JOIN library_entries l ON l.user_id = $userId AND l.show_id = s.id
       ORDER BY s.id`,
    )
    .all({ userId, wanted: JSON.stringify(wanted) });
}
