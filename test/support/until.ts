import { systemClock } from "../../src/kernel/clock.ts";

/** As long as a slow machine may take; a little less than a test may, so that it is said what did not happen. */
const patienceMs = 50_000;

/** Waits for what comes by itself. */
export async function until(condition: () => boolean, what = "what was waited for"): Promise<void> {
  const deadline = systemClock.ticks() + patienceMs;
  while (!condition()) {
    if (systemClock.ticks() > deadline) throw new Error(`${what} did not happen`);
    await systemClock.sleep(3);
  }
}
