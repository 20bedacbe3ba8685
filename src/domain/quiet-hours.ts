import type { Preferences } from "./preferences.ts";

export type QuietHours = NonNullable<Preferences["quietHours"]>;

/** `HH:MM` as its digits stand on a clock; equal lengths compare like times. `to` itself is no longer quiet. */
export function isQuiet({ from, to }: QuietHours, clockTime: string): boolean {
  return from < to ? clockTime >= from && clockTime < to : clockTime >= from || clockTime < to;
}
