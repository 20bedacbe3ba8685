import { z } from "zod";
import { AppError } from "../../kernel/errors.ts";
import type { When } from "../../services/tracking/types.ts";
import { readLocalTime } from "../../services/tracking/zoned-days.ts";
import { readForm } from "../form.ts";

const whenForm = z.object({
  at: z.enum(["now", "aired", "date", "unknown"], { error: "Choose when it was." }).optional(),
  watchedAt: z.string().max(40).optional(),
});

/** From the fields of a form that marks; undefined: now. */
export function whenOf(request: Request, timeZone: string): When | undefined {
  const { at, watchedAt = "" } = readForm(request, whenForm);
  switch (at ?? (watchedAt === "" ? "now" : "date")) {
    case "aired":
      return { airedIn: timeZone };
    case "unknown":
      return null;
    case "date":
      return readLocalTime(watchedAt, timeZone)?.at ?? refuse("must be a date and a time such as 2026-08-31T19:30");
    default:
      return undefined;
  }
}

function refuse(message: string): never {
  throw new AppError("invalid", `The date ${message}.`, { fields: [{ path: "watchedAt", message }] });
}
