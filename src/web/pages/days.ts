import type { ViewContext } from "../../../views/context.ts";
import { formatDate } from "../../../views/ui/format.ts";
import { HOUR_MS } from "../../domain/instant.ts";
import { addDays, dateIn, startOfDate } from "../../services/tracking/zoned-days.ts";

/** "Today", "Yesterday", "Tomorrow", else "Monday, 3 March", with the year when it is not this one. */
export function dayLabel(day: string, ctx: ViewContext): string {
  const today = dateIn(ctx.now, ctx.timeZone);
  if (day === today) return "Today";
  if (day === addDays(today, -1)) return "Yesterday";
  if (day === addDays(today, 1)) return "Tomorrow";
  return written(day, ctx, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" }),
  });
}

/** "24 Nov" */
export function shortDay(day: string, ctx: ViewContext): string {
  return written(day, ctx, { day: "numeric", month: "short" });
}

export function fullDay(day: string, ctx: ViewContext): string {
  return written(day, ctx, { day: "numeric", month: "short", year: "numeric" });
}

export function monthLabel(month: string, ctx: ViewContext): string {
  return written(`${month}-01`, ctx, { month: "long", year: "numeric" });
}

export function shortMonth(day: string, ctx: ViewContext): string {
  return written(day, ctx, { month: "short" });
}

/** "Thu 26": the head of a narrow column. */
export function weekdayAndDay(day: string, ctx: ViewContext): string {
  return written(day, ctx, { weekday: "short", day: "numeric" });
}

/** "Thursday, 26 November" */
export function fullWeekday(day: string, ctx: ViewContext): string {
  return written(day, ctx, { weekday: "long", day: "numeric", month: "long" });
}

export function longWeekday(day: string, ctx: ViewContext): string {
  return written(day, ctx, { weekday: "long" });
}

export function shortWeekday(day: string, ctx: ViewContext): string {
  return written(day, ctx, { weekday: "short" });
}

/** "21:00", "9 PM" */
export function hourLabel(hour: number, ctx: ViewContext): string {
  return formatDate(hour * HOUR_MS, { ...ctx, timeZone: "UTC" }, { hour: "numeric" });
}

/** Dates are written as midnights in UTC, so that no time zone can move them. */
function written(day: string, ctx: ViewContext, options: Intl.DateTimeFormatOptions): string {
  return formatDate(startOfDate(day, "UTC") ?? 0, { ...ctx, timeZone: "UTC" }, options);
}
