import type { ServerNews } from "../contract.ts";
import { isRecord } from "../loose.ts";
import { flag, plainId, recordIn, text } from "./values.ts";

// One message of the socket. Most kinds say nothing about viewing and are left out.

export function readFrame(message: string, accountId: string): ServerNews | null {
  const frame = jsonOf(message);
  if (!isRecord(frame)) return null;
  const data = recordIn(frame["Data"]);
  switch (text(frame["MessageType"])) {
    case "UserDataChanged":
      return plainId(data["UserId"]) === plainId(accountId) ? userData(listIn(data["UserDataList"])) : null;
    case "LibraryChanged":
      return libraryChanged(data) ? { kind: "library" } : null;
    default:
      return null;
  }
}

/** An item comes together with the season, show or folder it is in, whose mark follows from the items'. */
function userData(rows: readonly unknown[]): ServerNews | null {
  const all = rows.filter(isRecord);
  const items = all.filter((row) => row["UnplayedItemCount"] === undefined);
  const itemIds = [...new Set(items.flatMap((row) => plainId(row["ItemId"]) ?? []))];
  if (itemIds.length > 0) return { kind: "items", itemIds, each: true };
  return all.length > 0 ? { kind: "library" } : null;
}

/** Renewed descriptions and pictures are no news. */
function libraryChanged(data: Record<string, unknown>): boolean {
  return (
    flag(data["IsEmpty"]) !== true && [data["ItemsAdded"], data["ItemsRemoved"]].some((ids) => listIn(ids).length > 0)
  );
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function jsonOf(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return null;
  }
}
