export type CsvRow = {
  /** Where the row begins in the file, counted from 1. */
  line: number;
  cells: string[];
  /** A quote in this row is never closed; it is taken for a part of its cell. */
  open: boolean;
};

const BOM = "\ufeff";

/**
 * Rows of a CSV file (RFC 4180, and what people's programs make of it): any line end, quotes inside unquoted cells,
 * rows of any length. Never throws. Blank lines are no rows.
 */
export function* readCsv(text: string, delimiter = ","): Generator<CsvRow> {
  let at = text.startsWith(BOM) ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const row: CsvRow = { line, cells: [], open: false };
    for (;;) {
      const closed = text[at] === '"' ? endOfQuoted(text, at) : at;
      if (closed === null) row.open = true;
      const from = closed ?? at;
      const stop = nextStop(text, from, delimiter);
      const inside = from > at ? text.slice(at + 1, from - 1) : "";
      row.cells.push(inside.replaceAll('""', '"') + text.slice(from, stop));
      line += newlines(inside);
      at = stop;
      if (text[at] !== delimiter) break;
      at += 1;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    line += 1;
    if (row.cells.length > 1 || row.cells[0]?.trim()) yield row;
  }
}

/** After the closing quote; null when there is none. */
function endOfQuoted(text: string, start: number): number | null {
  for (let at = start + 1; ; at += 2) {
    at = text.indexOf('"', at);
    if (at === -1) return null;
    if (text[at + 1] !== '"') return at + 1;
  }
}

function nextStop(text: string, from: number, delimiter: string): number {
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === delimiter || char === "\n" || char === "\r") return at;
  }
  return text.length;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Spreadsheets of some countries write semicolons or tabs: whatever splits the first line most often. */
export function delimiterOf(text: string): string {
  const [first = ""] = text.slice(0, 10_000).split(/\r?\n/, 1);
  const counts = [",", ";", "\t"].map((each) => [each, first.split(each).length] as const);
  const [best] = counts.sort((a, b) => b[1] - a[1]);
  return best?.[0] ?? ",";
}

/**
 * A spreadsheet runs a cell that begins like a formula. An apostrophe before it stops that; `readCell` takes it off
 * again, and every text comes back as it was.
 */
export function writeCell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  const harmless = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export function readCell(text: string): string {
  return /^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}

export function writeRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(writeCell).join(",")}\r\n`;
}
