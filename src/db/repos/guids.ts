import type { Db } from "../open.ts";

// A media server's own global id of a show (plex://show/…) lies beside the other external ids under a kind of its own.
const kind = "guid";

export function findShowByGuid(db: Db, guid: string): number | null {
  const row = db.raw
    .query<{ show_id: number }, [string, string]>("SELECT show_id FROM external_ids WHERE kind = ? AND value = ?")
    .get(kind, guid);
  return row?.show_id ?? null;
}

/** The first show to carry a guid keeps it. */
export function addGuid(db: Db, showId: number, guid: string): void {
  db.raw
    .query<unknown, [string, string, number]>(
      "INSERT OR IGNORE INTO external_ids (kind, value, show_id) VALUES (?, ?, ?)",
    )
    .run(kind, guid, showId);
}
