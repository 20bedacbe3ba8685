import { Cron } from "croner";
import { AppError } from "../kernel/errors.ts";

const shortestMs = 5 * 60_000;
/** More than a day of the closest runs, so that the gaps across hours and midnight are seen too. */
const lookAhead = 300;
/** Looking from a fixed moment, or `0,1 * * * *` would be refused or not by when it is entered. */
const anchor = new Date(Date.UTC(2024, 0, 1));

/**
 * Checks a cron expression of five fields. Throws `invalid` with a sentence; also for one that never runs, or that would
 * run more often than every five minutes.
 */
export function checkSchedule(schedule: string): void {
  const refuse = (message: string) => new AppError("invalid", message, { fields: [{ path: "schedule", message }] });
  if (schedule.trim().split(/\s+/).length !== 5) {
    throw refuse(
      "A schedule has five fields: minute, hour, day, month, weekday. For example 0 * * * * for every hour.",
    );
  }
  let runs: Date[];
  try {
    runs = new Cron(schedule, { timezone: "UTC" }).nextRuns(lookAhead, anchor);
  } catch (cause) {
    throw new AppError("invalid", "This is not a schedule.", {
      cause,
      fields: [{ path: "schedule", message: "This is not a schedule. For example 0 * * * * runs every hour." }],
    });
  }
  if (runs.length === 0) throw refuse("This schedule never runs.");
  if (runs.some((run, at) => at > 0 && run.getTime() - (runs[at - 1]?.getTime() ?? 0) < shortestMs)) {
    throw refuse("Every five minutes is the shortest interval.");
  }
}

/** The next run after `from` (epoch milliseconds), by the wall clock of `timeZone`; null when there is none. */
export function nextRun(schedule: string, timeZone: string, from: number): number | null {
  return new Cron(schedule, { timezone: timeZone }).nextRun(new Date(from))?.getTime() ?? null;
}

export type Ticker = { stop(): void };

/**
 * Calls `work` at every match of `pattern` (six fields, with seconds), never twice at a time. What it throws goes to
 * `onError`: an unhandled rejection would end the process.
 */
export function every(pattern: string, work: () => Promise<void> | void, onError: (error: unknown) => void): Ticker {
  const job = new Cron(pattern, { protect: true, catch: onError }, async () => {
    await work();
  });
  return { stop: () => job.stop() };
}
