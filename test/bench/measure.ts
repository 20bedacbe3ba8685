import { readFileSync } from "node:fs";
import type { Subprocess } from "bun";

/** The value below which `share` of the values lie (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Megabytes of a process: what it holds now, and the most it ever held. Linux only. */
export function memoryOf(pid: number): { nowMb: number; peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN) / 1024;
  return { nowMb: read("VmRSS"), peakMb: read("VmHWM") };
}

export async function until(what: string, ready: () => Promise<boolean>, everyMs = 20, forMs = 120_000): Promise<void> {
  const deadline = performance.now() + forMs;
  while (performance.now() < deadline) {
    if (await ready()) return;
    await Bun.sleep(everyMs);
  }
  throw new Error(`${what} did not happen within ${forMs / 1000} s`);
}

/** Milliseconds of `times` calls in a row, each after `before`, which is not counted. */
export async function timed(
  times: number,
  call: () => Promise<void>,
  before: () => Promise<void> = async () => undefined,
): Promise<number[]> {
  const taken: number[] = [];
  for (let count = 0; count < times; count += 1) {
    await before();
    const started = performance.now();
    await call();
    taken.push(performance.now() - started);
  }
  return taken;
}

/** A measurement that fails leaves nothing running behind it. */
export function endWithUs(child: Subprocess): void {
  process.on("exit", () => child.kill("SIGKILL"));
}
