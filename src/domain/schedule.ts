/** Auto-sync as offered in the settings. `cron` is five fields in the user's time zone. */
export interface SchedulePreset {
  id: string;
  label: string;
  cron: string;
}

export const DEFAULT_SCHEDULE = "0 * * * *";

export const SCHEDULE_PRESETS: readonly SchedulePreset[] = [
  { id: "quarter-hour", label: "Every 15 minutes", cron: "*/15 * * * *" },
  { id: "half-hour", label: "Every 30 minutes", cron: "*/30 * * * *" },
  { id: "hour", label: "Every hour", cron: DEFAULT_SCHEDULE },
  { id: "six-hours", label: "Every 6 hours", cron: "0 */6 * * *" },
  { id: "twelve-hours", label: "Every 12 hours", cron: "0 */12 * * *" },
  { id: "day", label: "Every day at 4:00", cron: "0 4 * * *" },
  { id: "week", label: "Every Sunday at 4:00", cron: "0 4 * * 0" },
];

export function presetOf(cron: string): SchedulePreset | undefined {
  const wanted = normalized(cron);
  return SCHEDULE_PRESETS.find((preset) => preset.cron === wanted);
}

/**
 * How long after the scheduled minute an integration starts, so that a household's servers and the services behind
 * them are not all asked at once. The same integration always gets the same delay.
 */
export function staggerMs(integrationId: number | string, spreadMs: number): number {
  if (spreadMs <= 0) return 0;
  // FNV-1a with a final mix: neighbouring ids land far apart.
  let hash = 0x811c9dc5;
  for (const char of String(integrationId)) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = (hash ^ (hash >>> 13)) >>> 0;
  return Math.floor((hash / 2 ** 32) * spreadMs);
}

function normalized(cron: string): string {
  return cron.trim().replace(/\s+/g, " ");
}
