import type { HistoryRow } from "../../domain/plays.ts";
import type { HistoryItem } from "../../providers/contract.ts";

/** The play history of one account, by item; what belongs to no item that was seen is left for a search by title. */
export type HistoryIndex = ReturnType<typeof createHistoryIndex>;

const noRows: HistoryRow[] = [];

export function createHistoryIndex() {
  const byItem = new Map<string, HistoryItem[]>();
  /** What is left of the rows of items that were met: their titles and numbers are no longer needed. */
  const met = new Map<string, HistoryRow[]>();
  const homeless: HistoryItem[] = [];
  const keys = new Set<string>();

  return {
    add(row: HistoryItem) {
      // Pages overlap when a play arrives while they are read.
      if (keys.has(row.key)) return;
      keys.add(row.key);
      if (row.itemId === null) {
        homeless.push(row);
        return;
      }
      const rows = byItem.get(row.itemId);
      if (rows === undefined) byItem.set(row.itemId, [row]);
      else rows.push(row);
    },
    size: () => keys.size,
    /** The rows of an item, and the note that the item was met. */
    take(itemId: string): HistoryRow[] {
      const there = met.get(itemId);
      if (there !== undefined) return [...there];
      const rows = (byItem.get(itemId) ?? []).map(({ key, at }) => ({ key, at }));
      byItem.delete(itemId);
      met.set(itemId, rows.length === 0 ? noRows : rows);
      return rows;
    },
    peek: (itemId: string): HistoryRow[] =>
      (met.get(itemId) ?? byItem.get(itemId) ?? []).map(({ key, at }) => ({ key, at })),
    unseenItems: () => [...byItem.keys()],
    /** Rows whose item was not met: deleted, re-added under another key, or moved to a library that was not read. */
    orphans(): HistoryItem[] {
      const left = [...homeless];
      for (const rows of byItem.values()) left.push(...rows);
      return left;
    },
  };
}
