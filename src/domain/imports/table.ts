import { delimiterOf, readCsv } from "../../kernel/csv.ts";
import type { Collector } from "./collector.ts";
import type { ImportFile } from "./model.ts";

/** A row by the names of its columns. */
export type TableRow = {
  place: string;
  /** Without blanks around it; empty where there is none. */
  get(column: string): string;
  raw(column: string): string;
};

export function headerOf({ head }: ImportFile): string[] {
  const [first] = readCsv(head, delimiterOf(head));
  return (first?.cells ?? []).map((cell) => cell.trim());
}

const normal = (column: string) => column.trim().toLowerCase();

export function hasColumns(header: readonly string[], ...wanted: string[]): boolean {
  const there = new Set(header.map(normal));
  return wanted.every((column) => there.has(column));
}

/** The rows below the header; what cannot be read as one is listed and passed over. */
export function* tableRows(
  file: Pick<ImportFile, "name" | "read">,
  collector: Collector,
  inZip: boolean,
): Generator<TableRow> {
  const text = file.read();
  const rows = readCsv(text, delimiterOf(text));
  const header = rows.next();
  if (header.done) return;
  // Of two columns of one name the first counts.
  const columns = new Map(header.value.cells.map((cell, index) => [normal(cell), index] as const).reverse());
  for (const { line, cells, open } of rows) {
    const place = inZip ? `${baseName(file.name)}, line ${line}` : `line ${line}`;
    if (open) {
      collector.notUnderstood(place, "a quotation mark is opened and never closed");
      continue;
    }
    const raw = (column: string) => cells[columns.get(normal(column)) ?? -1] ?? "";
    yield { place, raw, get: (column) => raw(column).trim() };
  }
}

export function baseName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
