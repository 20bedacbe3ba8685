import type { Check } from "./check.ts";

/** `configured` is TZ, or null when the system's zone is used. */
export function checkTimeZone(zone: string, configured: string | null, now: number): Check {
  const name = "Time zone";
  const local = new Date(now).toLocaleString("en-GB", { timeZone: zone, dateStyle: "medium", timeStyle: "short" });
  const text = `${zone}, where it is ${local}`;
  if (configured === null && /^(UTC|Etc\/UTC|GMT)$/.test(zone)) {
    const fix = "If that is not your time, set TZ, for example TZ=Europe/Berlin.";
    return { name, state: "warn", text: `${text} (TZ is not set)`, fix };
  }
  return { name, state: "ok", text };
}
