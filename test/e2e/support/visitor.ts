import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Client } from "../../support/http.ts";
import type { House } from "./house.ts";
import { takePictures } from "./pictures.ts";

const axeSource = readFileSync(join(import.meta.dir, "../../../node_modules/axe-core/axe.min.js"), "utf8");

export const DESK = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

const WAIT_MS = 60_000;

type Violation = { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] };

/** Somebody at a browser, with an eye on everything that goes wrong behind the page. */
export type Visitor = {
  context: BrowserContext;
  page: Page;
  goto(path: string): Promise<void>;
  /** What every page owes: nothing serious for axe, and no sideways scrolling. */
  look(name: string, page?: Page): Promise<void>;
  /** What went wrong since the last time somebody asked: console errors, page errors, refused requests. */
  complaints(): string[];
  [Symbol.asyncDispose](): Promise<void>;
};

type Options = Omit<BrowserContextOptions, "viewport"> & {
  viewport?: { width: number; height: number };
  /** Signed in already, as this client is. */
  as?: Client;
};

export async function visit(browser: Browser, house: House, { as, ...options }: Options = {}): Promise<Visitor> {
  // Without motion colours are judged as they stand, not half way through a fade.
  const context = await browser.newContext({ viewport: DESK, locale: "en-GB", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(WAIT_MS);
  if (as !== undefined) {
    const { hostname } = new URL(house.url);
    await context.addCookies([...as.cookies].map(([name, value]) => ({ name, value, domain: hostname, path: "/" })));
  }
  const complaints: string[] = [];
  context.on("console", (message) => {
    const { url } = message.location();
    // The simulated Plex page has no favicon; that is none of ours.
    if (message.type() !== "error" || (url.startsWith("http") && !url.startsWith(house.url))) return;
    complaints.push(`console: ${message.text()} (${url})`);
  });
  context.on("weberror", (error) => complaints.push(`page error: ${error.error().message}`));
  context.on("response", (response) => {
    if (response.status() >= 400)
      complaints.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  context.on("requestfailed", (request) => {
    // Leaving a page ends its streams and polls.
    const reason = request.failure()?.errorText ?? "";
    if (reason !== "net::ERR_ABORTED") complaints.push(`${reason} ${request.method()} ${request.url()}`);
  });
  const page = await context.newPage();
  return {
    context,
    page,
    async goto(path) {
      await page.goto(`${house.url}${path}`);
    },
    async look(name, which = page) {
      await expectNoSidewaysScroll(name, which);
      await expectAccessible(name, which);
      await takePictures(name, which);
    },
    complaints: () => complaints.splice(0),
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

// What runs inside the page is text: the types of a browser are not those of this program.
const OVERFLOW = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const over = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > clientWidth + 1);
  return [scrollWidth + " > " + clientWidth, ...over.slice(0, 5).map((each) => each.outerHTML.slice(0, 120))];
})()`;
// The impact of a rule is that of everything it finds; what is never serious need not be looked for.
const AXE = `(() => {
  const minor = axe._audit.rules.filter(({ impact }) => impact === "minor" || impact === "moderate");
  const rules = Object.fromEntries(minor.map(({ id }) => [id, { enabled: false }]));
  return axe.run(document, { rules, resultTypes: ["violations"] }).then(({ violations }) => violations);
})()`;

/** Half a megabyte: as an expression of the page's own it would be parsed twice. */
async function bringAxe(page: Page): Promise<void> {
  if (await page.evaluate("'axe' in window")) return;
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axeSource, silent: true });
  await session.detach();
}

export async function expectNoSidewaysScroll(name: string, page: Page): Promise<void> {
  const wide = (await page.evaluate(OVERFLOW)) as string[];
  expect([name, ...wide]).toEqual([name]);
}

export async function expectAccessible(name: string, page: Page): Promise<void> {
  await bringAxe(page);
  const violations = (await page.evaluate(AXE)) as Violation[];
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id} (${nodes.length}×): ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
  expect([name, ...serious]).toEqual([name]);
}

/** Waits until it is there to be seen. */
export async function see(locator: Locator): Promise<Locator> {
  await locator.first().waitFor({ state: "visible" });
  return locator.first();
}

export async function gone(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: "hidden" });
}

export const button = (page: Page | Locator, name: string | RegExp): Locator =>
  page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });

export const link = (page: Page | Locator, name: string | RegExp): Locator =>
  page.getByRole("link", typeof name === "string" ? { name, exact: true } : { name });
