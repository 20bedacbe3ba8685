import type { HistoryRow } from "../../domain/plays.ts";
import type { HistoryItem } from "../../providers/contract.ts";

/** The play history of one account, by item; what belongs to no item that was seen is left for a search by title. */
export type HistoryIndex = ReturnType<typeof createHistoryIndex>;

type Folded = [
  key: string,
  at: number | null,
  showItemId: string | null,
  libraryKey: string | null,
  showTitle: string | null,
  title: string | null,
  season: number | null,
  number: number | null,
  airedOn: string | null,
];

/**
 * A row as one text. The whole history waits in memory while the items are read: unfolded it would be eight times as many
 * objects, in twice the room, and the collector would walk them all again and again.
 */
function fold(row: HistoryItem): string {
  const folded: Folded = [
    row.key,
    row.at,
    row.showItemId,
    row.libraryKey,
    row.showTitle,
    row.title,
    row.season,
    row.number,
    row.airedOn,
  ];
  return JSON.stringify(folded);
}

function unfold(itemId: string, text: string): HistoryItem {
  const folded: Folded = JSON.parse(text);
  const [key, at, showItemId, libraryKey, showTitle, title, season, number, airedOn] = folded;
  return { key, at, itemId, showItemId, libraryKey, showTitle, title, season, number, airedOn };
}

const isOf = (text: string, key: string): boolean => text.startsWith(`[${JSON.stringify(key)},`);

function rowOf(text: string): HistoryRow {
  const [key, at]: Folded = JSON.parse(text);
  return { key, at };
}

export function createHistoryIndex() {
  /** Folded rows, one a line. */
  const byItem = new Map<string, string>();
  const met = new Set<string>();
  const homeless = new Map<string, HistoryItem>();

  const linesOf = (itemId: string): string[] => byItem.get(itemId)?.split("\n") ?? [];
  const peek = (itemId: string): HistoryRow[] => linesOf(itemId).map(rowOf);
  const unseenItems = () => [...byItem.keys()].filter((itemId) => !met.has(itemId));

  return {
    /** Each row once: pages overlap when a play arrives while they are read. */
    add(row: HistoryItem) {
      if (row.itemId === null) {
        homeless.set(row.key, row);
        return;
      }
      const there = byItem.get(row.itemId);
      if (there === undefined) byItem.set(row.itemId, fold(row));
      else if (!linesOf(row.itemId).some((line) => isOf(line, row.key)))
        byItem.set(row.itemId, `${there}\n${fold(row)}`);
    },
    /** The rows of an item, and the note that the item was met. */
    take(itemId: string): HistoryRow[] {
      if (byItem.has(itemId)) met.add(itemId);
      return peek(itemId);
    },
    peek,
    unseenItems,
    /** Rows whose item was not met: deleted, re-added under another key, or moved to a library that was not read. */
    orphans: (): HistoryItem[] => [
      ...homeless.values(),
      ...unseenItems().flatMap((itemId) => linesOf(itemId).map((line) => unfold(itemId, line))),
    ],
  };
}
