import { AppError } from "../../kernel/errors.ts";

type Value = string | number | null;

/** Where a list goes on: the sort values of its last row, opaque outside. */
export function encodeCursor(values: readonly Value[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/** Reads a cursor whose values have the given types (`?` = or null). Throws `invalid` for anything else. */
export function decodeCursor(text: string, types: readonly ("string" | "number" | "number?")[]): Value[] {
  const values = parse(text);
  const fits =
    Array.isArray(values) &&
    values.length === types.length &&
    values.every((value: unknown, index) =>
      value === null ? types[index] === "number?" : types[index]?.startsWith(typeof value),
    );
  if (!fits) {
    const message = "is not one that this list has given";
    throw new AppError("invalid", `The cursor ${message}.`, { fields: [{ path: "cursor", message }] });
  }
  return values;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

/** Splits what was read (one row more than wanted) into a page and the cursor of the next. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => readonly Value[],
): { rows: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}
