import { afterAll, beforeAll, describe } from "bun:test";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];

/** The shell is Chromium without a window of its own: it takes a third less time for the same pages. */
const PROGRAMS = ["chromium-headless-shell", "chromium"];
const program =
  PROGRAMS.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path)) ??
  PROGRAMS.map((name) => Bun.which(name)).find((path) => path !== null) ??
  null;
const required = process.env["CI"] === "true" || process.env["CI"] === "1";

/** Compiling the program and starting a browser on a busy machine. */
export const SETUP_MS = 120_000;
/** A journey waits for conditions only; this is where it gives up. */
export const JOURNEY_MS = 180_000;

/** One browser for a file's journeys. Without Chromium they are skipped by name, except where all must run. */
export function inBrowser(name: string, define: (browser: () => Browser) => void): void {
  if (program === null && !required) {
    describe.skip(`${name} (skipped: there is no chromium on this machine)`, () => define(() => missing()));
    return;
  }
  describe(name, () => {
    let running: Browser | undefined;
    beforeAll(async () => {
      running = await chromium.launch({ executablePath: program ?? missing(), args: FLAGS });
    }, SETUP_MS);
    afterAll(async () => running?.close());
    define(() => running ?? missing());
  });
}

function missing(): never {
  throw new Error("Chromium is missing: the browser journeys need it (apt-get install chromium).");
}
