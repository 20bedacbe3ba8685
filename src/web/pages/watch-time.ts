import type { ViewContext } from "../../../views/context.ts";
import { formatNumber } from "../../../views/ui/format.ts";

/** "42 days", "3 h 20 min": what people can picture. */
export function watchTime(minutes: number, ctx: ViewContext): string {
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  if (days >= 10) return `${formatNumber(days, ctx)} days`;
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}

/** "1,024 h", "45 min": for comparing. */
export function hoursText(minutes: number, ctx: ViewContext): string {
  return minutes < 60 ? `${minutes} min` : `${formatNumber(Math.round(minutes / 60), ctx)} h`;
}
