import { HOUR_MS, MINUTE_MS } from "../domain/instant.ts";
import { isQuiet, type QuietHours } from "../domain/quiet-hours.ts";
import { addDays, dateIn, localTimeIn, momentIn } from "../services/tracking/zoned-days.ts";

/** When the quiet hours that a moment falls into are over, by the clocks of `timeZone`; null when it is not in any. */
export function endOfQuiet(quiet: QuietHours, at: number, timeZone: string): number | null {
  const clockTime = localTimeIn(at, timeZone).slice(11);
  if (!isQuiet(quiet, clockTime)) return null;
  const today = dateIn(at, timeZone);
  const endsTomorrow = quiet.to <= clockTime;
  const [hours = 0, minutes = 0] = quiet.to.split(":").map(Number);
  return momentIn(endsTomorrow ? addDays(today, 1) : today, hours * HOUR_MS + minutes * MINUTE_MS, timeZone);
}
