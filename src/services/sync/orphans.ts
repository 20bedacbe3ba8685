import { placedRows } from "../../db/repos/item-links.ts";
import { titleKey } from "../../domain/title.ts";
import type { HistoryItem } from "../../providers/contract.ts";
import type { Session } from "./session.ts";
import { localOf } from "./shows.ts";
import type { Writer } from "./writer.ts";

type Named = HistoryItem & { showTitle: string };

/**
 * History outlives the files. A row whose item is gone stays with the episode where it was placed before, or is found
 * again by the titles of its show and its numbers, so that deleting an episode, or adding it again under a new key,
 * loses no play. `unread`: libraries whose items were not (all) read; their rows wait for the run that reads them.
 */
export function writeOrphans(session: Session, pages: Writer, unread: ReadonlySet<string>): void {
  const { history, shows, db, userId, integrationId } = session;
  const rows = history.orphans().filter(({ libraryKey }) => libraryKey === null || !unread.has(libraryKey));
  if (rows.length === 0) return;
  const placed = placedRows(
    db,
    userId,
    integrationId,
    rows.map(({ key }) => key),
  );
  for (const group of grouped(session, rows)) {
    const first = group[0];
    if (first === undefined) continue;
    const plain = group.map(({ key, at }) => ({ key, at }));
    const there = group.flatMap(({ key }) => placed.get(key) ?? [])[0];
    const known = there === undefined ? undefined : shows.ofShow(there.showId);
    if (there !== undefined && known !== undefined) pages.writeRowsOf(known, there.episodeId, plain);
    else
      pages.writeRows(
        shows.ofRow(first) ?? shows.fromTitle(first.showTitle),
        localOf(first, session.sieve.numberingOf(first.libraryKey)),
        plain,
      );
  }
}

/** Rows of one episode together: half an hour apart they are one viewing. */
function grouped({ journal }: Session, rows: readonly HistoryItem[]): Named[][] {
  const groups = new Map<string, Named[]>();
  for (const row of rows) {
    if (row.showTitle === null) {
      const episode = row.title ?? `row ${row.key}`;
      journal.remark(
        "show-match",
        { episode },
        `The server's history names "${episode}" without its show; it could not be placed.`,
      );
      continue;
    }
    const place = row.number === null ? `title ${row.title}` : row.number;
    const key = JSON.stringify([titleKey(row.showTitle).key, row.libraryKey, row.season, place]);
    const group = groups.get(key) ?? [];
    group.push({ ...row, showTitle: row.showTitle });
    groups.set(key, group);
  }
  return [...groups.values()];
}
