import { DAY_MS, dateToInstant, fromIso } from "../../domain/instant.ts";
import { AppError } from "../../kernel/errors.ts";
import type { User } from "../../services/accounts/types.ts";
import { startOfDate } from "../../services/tracking/zoned-days.ts";

// Times that come in: an ISO moment, or a date that means that day where the user lives.

export function zoneOf(user: User, installationZone: string): string {
  return user.timeZone ?? installationZone;
}

function refuse(path: string): never {
  const message = "must be a time such as 2026-08-31T19:30:00Z, or a date such as 2026-08-31";
  throw new AppError("invalid", `${path} ${message}.`, { fields: [{ path, message }] });
}

/** A moment; a date alone is the begin of that day. */
export function readTime(text: string, path: string, zone: string): number {
  return fromIso(text) ?? startOfDate(text, zone) ?? refuse(path);
}

export type Bound = {
  at: number;
  /** The same as a whole day: midnight UTC. */
  day: number;
};

/** One end of a range. A date as the end of a range means the end of that day. */
export function readBound(text: string, path: "from" | "to", zone: string): Bound {
  const date = dateToInstant(text);
  if (date === null) {
    const at = fromIso(text) ?? refuse(path);
    return { at, day: at };
  }
  const day = path === "to" ? date + DAY_MS : date;
  return { at: startOfDate(new Date(day).toISOString().slice(0, 10), zone) ?? refuse(path), day };
}
