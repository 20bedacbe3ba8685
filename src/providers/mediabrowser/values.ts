import { isRecord } from "../loose.ts";

// What templates, plugins and forms make of a value: numbers and flags as texts, "" for nothing, ids with or without dashes.

export const recordIn = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

export function text(value: unknown): string | null {
  const said = typeof value === "number" ? String(value) : value;
  return typeof said === "string" && said.trim() !== "" ? said.trim() : null;
}

export function flag(value: unknown): boolean | null {
  if (typeof value === "boolean") return value;
  const said = text(value)?.toLowerCase();
  return said === "true" ? true : said === "false" ? false : null;
}

export function number(value: unknown): number | null {
  const said = text(value);
  return said !== null && Number.isFinite(Number(said)) ? Number(said) : null;
}

/** Ids of 32 hex digits come with dashes too; others stay as they are. */
export function plainId(value: unknown): string | null {
  const said = text(value);
  const bare = said?.replaceAll("-", "").toLowerCase() ?? "";
  return /^[0-9a-f]{32}$/.test(bare) ? bare : said;
}
