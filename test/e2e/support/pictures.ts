import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** SCREENSHOTS=folder keeps a picture of every page a journey looks at, in four widths and both themes. */
const folder = process.env["SCREENSHOTS"];

const SIZES = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

const taken = new Map<string, number>();

export async function takePictures(name: string, page: Page): Promise<void> {
  if (folder === undefined || folder === "") return;
  mkdirSync(folder, { recursive: true });
  const count = (taken.get(name) ?? 0) + 1;
  taken.set(name, count);
  const before = page.viewportSize();
  const stem = `${name.replace(/[^a-z0-9]+/gi, "-")}${count === 1 ? "" : `-${count}`}`;
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await picturesLoaded(page);
      // Hiding the caret leaves style="" on the field, which our Content-Security-Policy refuses when it is copied.
      await page.screenshot({ path: join(folder, `${stem}-${size.width}-${colorScheme}.png`), caret: "initial" });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
}

const LOADED = `Promise.all([...document.images].map((image) => {
  const { top, bottom, width } = image.getBoundingClientRect();
  // In a closed fold a picture has a place but is not fetched.
  if (image.complete || !image.checkVisibility() || width === 0 || bottom <= 0 || top >= innerHeight) return null;
  return new Promise((resolve) => { image.onload = resolve; image.onerror = resolve; });
})).then(() => null)`;

/** Every picture that is in view, whether lazy or not. */
export async function picturesLoaded(page: Page): Promise<void> {
  await page.evaluate(LOADED);
}
